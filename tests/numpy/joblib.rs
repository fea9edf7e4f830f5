//! Files of joblib: pickles with raw arrays between their opcodes.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;
use serde_pickle::{
    DeOptions, Deserializer, Graph, Value, pickle,
    types::{ArrayRef, NdArray, Order},
};

use crate::{fixtures, read};

#[derive(Deserialize)]
struct Model {
    title: String,
    f8: Vec<Vec<f64>>,
    fortran: [[f64; 3]; 2],
    texts: Vec<String>,
    objects: serde_json::Value,
    twice: [Vec<Vec<f64>>; 2],
    big: Vec<i32>,
    zero_d: i64,
    empty: Vec<f64>,
    scalar: f32,
    last: Vec<u8>,
}

#[test]
fn arrays_are_understood_by_themselves() {
    for (file, model) in read::<Model>("joblib", "arrays") {
        let rows = [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]];
        assert_eq!(model.title, "model", "{file}");
        assert_eq!(model.f8, rows, "{file}");
        assert_eq!(model.fortran, rows, "{file}");
        assert_eq!(model.texts, ["a", "bc"], "{file}");
        assert_eq!(model.objects, json!(["x", null, [1, 2], {"d": [0.0, 1.0, 2.0]}]), "{file}");
        assert_eq!(model.twice, [rows, rows], "{file}");
        assert_eq!(model.big, [1, 2], "{file}");
        assert_eq!((model.zero_d, model.scalar), (7, 0.5), "{file}");
        assert!(model.empty.is_empty(), "{file}");
        assert_eq!(model.last, [1, 2], "{file}");
    }
    for (file, array) in read::<(f64, f64)>("joblib", "one") {
        assert_eq!(array, (1.5, 2.5), "{file}");
    }
    for (file, objects) in read::<(String, [u8; 1], ())>("joblib", "objects") {
        assert_eq!(objects, ("x".to_owned(), [1], ()), "{file}");
    }
    for (file, plain) in read::<BTreeMap<String, (i32, i32)>>("joblib", "plain") {
        assert_eq!(plain["a"], (1, 2), "{file}");
    }
}

#[test]
fn arrays_are_borrowed() {
    for (file, pickle) in fixtures("joblib", "arrays") {
        #[derive(Deserialize)]
        struct Arrays<'a> {
            #[serde(borrow)]
            f8: ArrayRef<'a>,
            #[serde(borrow)]
            fortran: ArrayRef<'a>,
            zero_d: NdArray,
        }

        let arrays: Arrays = serde_pickle::from_slice(&pickle).unwrap();
        assert!(arrays.f8.is_borrowed() && pickle.as_ptr_range().contains(&arrays.f8.bytes().as_ptr()), "{file}");
        assert_eq!((arrays.fortran.order(), arrays.fortran.shape()), (Order::F, &[2, 3][..]), "{file}");
        assert_eq!(arrays.zero_d.to_vec::<i64>().unwrap(), [7], "{file}");
        // joblib 1.2 and later begin each array at a multiple of 16 in the file.
        let offset = arrays.f8.bytes().as_ptr() as usize - pickle.as_ptr() as usize;
        assert!(offset.is_multiple_of(16) || file.contains("0.14"), "{file}");
    }
}

#[test]
fn from_slices_only() {
    for (file, pickle) in fixtures("joblib", "one") {
        let error = serde_pickle::from_reader::<_, NdArray>(&pickle[..]).unwrap_err();
        let message = "the raw arrays of joblib are read from slices only: read the file into memory first \
                       (joblib.numpy_pickle.NumpyArrayWrapper) at byte ";
        assert!(error.to_string().starts_with(message), "{file}: {error}");
        let error = Deserializer::from_reader(&pickle[..]).into_iter::<NdArray>().next().unwrap().unwrap_err();
        assert!(error.to_string().starts_with(message), "{file}: {error}");
        let strict = DeOptions::new().strict(true).from_slice::<NdArray>(&pickle);
        assert!(strict.is_err(), "Python's own unpickler cannot load {file}");
    }
}

#[test]
fn cut_anywhere() {
    for (_, pickle) in fixtures("joblib", "arrays").into_iter().chain(fixtures("joblib", "objects")) {
        for length in 0..pickle.len() {
            let error = serde_pickle::from_slice::<Value>(&pickle[..length]).unwrap_err();
            assert!(error.is_eof(), "{length}: {error}");
        }
    }
}

#[test]
fn as_values_and_graphs() {
    for (file, pickle) in fixtures("joblib", "arrays") {
        // The wrapper with its array as its first state, and what joblib says of it as the second.
        let value: Value = serde_pickle::from_slice(&pickle).unwrap();
        let wrapper = value["f8"].as_object().unwrap();
        assert_eq!(wrapper.states[0].as_bytes().unwrap().len(), 48, "{file}");
        assert_eq!(wrapper.states[1]["order"], pickle!("C"), "{file}");
        let array: NdArray = serde_pickle::from_value(value["f8"].clone()).unwrap();
        assert_eq!(array.to_vec::<f64>().unwrap(), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0], "{file}");
        // Written again, it is a pickle without raw bytes between its opcodes.
        let again = serde_pickle::to_vec(&value).unwrap();
        let model: Model = serde_pickle::from_slice(&again).unwrap();
        assert_eq!(model.fortran[1], [3.0, 4.0, 5.0], "{file}");
        let graph = Graph::from_slice(&pickle).unwrap();
        let rows: Vec<Vec<f64>> = graph.root().get("twice").unwrap().at(1).unwrap().deserialize().unwrap();
        assert_eq!(rows[1], [3.0, 4.0, 5.0], "{file}");
        let model: Model = serde_pickle::from_reader(&graph.to_vec().unwrap()[..]).unwrap();
        assert_eq!(model.big, [1, 2], "{file}");
    }
}

#[test]
fn a_file_that_is_compressed_is_one_line_more() {
    use std::io::Read;

    let (_, pickle) = fixtures("joblib", "one").pop().unwrap();
    let mut file = flate2::read::ZlibEncoder::new(&pickle[..], flate2::Compression::default());
    let mut compressed = Vec::new();
    file.read_to_end(&mut compressed).unwrap();

    let mut pickle = Vec::new();
    flate2::read::ZlibDecoder::new(&compressed[..]).read_to_end(&mut pickle).unwrap();
    assert_eq!(serde_pickle::from_slice::<Vec<f64>>(&pickle).unwrap(), [1.5, 2.5]);
}

#[test]
fn shapes_that_lie() {
    let (_, pickle) = fixtures("joblib", "one").pop().unwrap();
    // The one dimension of the array, as BININT1 and TUPLE1.
    let at = pickle.windows(3).position(|window| window == b"K\x02\x85").unwrap();
    let mut longer = pickle.clone();
    longer[at + 1] = 200;
    let error = serde_pickle::from_slice::<Value>(&longer).unwrap_err();
    assert!(error.is_eof(), "{error}");
    // Names of other modules mean nothing.
    let other = pickle.iter().map(|&byte| if byte == b'j' { b'k' } else { byte }).collect::<Vec<u8>>();
    assert!(serde_pickle::from_slice::<Value>(&other).is_err());
}
