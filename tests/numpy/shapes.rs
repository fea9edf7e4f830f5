//! Shapes, orders in memory, and the types that a shape may be read into.

use std::{collections::BTreeMap, fs, path::Path};

use serde::Deserialize;
use serde_json::json;
use serde_pickle::{
    DeOptions,
    types::{ArrayRef, DType, NdArray, Order},
};

use crate::{fixtures, read};

#[test]
fn whatever_the_order_in_memory() {
    #[derive(Deserialize, PartialEq, Debug)]
    struct Layouts {
        c: Vec<Vec<f64>>,
        f: [[f64; 3]; 2],
        transposed: Vec<[f64; 2]>,
        strided: Vec<u64>,
        three: Vec<Vec<Vec<i64>>>,
        three_f: Vec<Vec<Vec<i64>>>,
        permuted: Vec<Vec<Vec<i64>>>,
        zero_d: f64,
        empty: Vec<f64>,
        no_rows: Vec<Vec<f64>>,
        no_columns: Vec<Vec<f64>>,
        ones: [[[f64; 2]; 1]; 1],
        matrix: Vec<(i64, i64)>,
        square: ((i32, i32), (i32, i32)),
        big_f: Vec<Vec<f32>>,
    }

    for (file, layouts) in read::<Layouts>("numpy", "layouts") {
        assert_eq!(layouts.c, [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]], "{file}");
        assert_eq!(layouts.f, [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]], "{file}");
        assert_eq!(layouts.transposed, [[0.0, 3.0], [1.0, 4.0], [2.0, 5.0]], "{file}");
        assert_eq!(layouts.strided, [0, 3, 6, 9], "{file}");
        assert_eq!(layouts.three[1][2], [20, 21, 22, 23], "{file}");
        assert_eq!(layouts.three_f, layouts.three, "{file}");
        assert_eq!(layouts.permuted[2][1], layouts.three[1][2], "{file}");
        assert_eq!(layouts.permuted.len(), 3, "{file}");
        assert_eq!(layouts.zero_d, 7.5, "{file}");
        assert!(layouts.empty.is_empty() && layouts.no_rows.is_empty(), "{file}");
        assert_eq!(layouts.no_columns, [const { &[] as &[f64] }; 2], "{file}");
        assert_eq!(layouts.ones, [[[1.0, 1.0]]], "{file}");
        assert_eq!(layouts.matrix, [(1, 2), (3, 4)], "{file}");
        assert_eq!(layouts.square, ((1, 2), (3, 4)), "{file}");
        assert_eq!(layouts.big_f, [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]], "{file}");
    }
}

#[test]
fn as_shape_and_data() {
    type Both<T> = (Vec<usize>, Vec<T>);

    #[derive(Deserialize, PartialEq, Debug)]
    struct Layouts {
        c: Both<f64>,
        f: ([usize; 2], Vec<f32>),
        transposed: Both<f64>,
        strided: Both<i64>,
        three: Both<u8>,
        permuted: Both<i64>,
        empty: Both<f64>,
        no_rows: Both<f64>,
        ones: Both<f64>,
        square: Both<i64>,
    }

    for (file, layouts) in read::<Layouts>("numpy", "layouts") {
        assert_eq!(layouts.c, (vec![2, 3], vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0]), "{file}");
        assert_eq!(layouts.f, ([2, 3], vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0]), "{file}");
        assert_eq!(layouts.transposed, (vec![3, 2], vec![0.0, 3.0, 1.0, 4.0, 2.0, 5.0]), "{file}");
        assert_eq!(layouts.strided, (vec![4], vec![0, 3, 6, 9]), "{file}");
        assert_eq!(layouts.three, (vec![2, 3, 4], (0..24).collect()), "{file}");
        assert_eq!(layouts.permuted.0, [3, 2, 4], "{file}");
        assert_eq!(layouts.permuted.1[..8], [0, 1, 2, 3, 12, 13, 14, 15], "{file}");
        assert_eq!(layouts.empty, (vec![0], vec![]), "{file}");
        assert_eq!(layouts.no_rows, (vec![0, 3], vec![]), "{file}");
        assert_eq!(layouts.ones, (vec![1, 1, 2], vec![1.0, 1.0]), "{file}");
        assert_eq!(layouts.square, (vec![2, 2], vec![1, 2, 3, 4]), "{file}");
    }

    #[derive(Deserialize)]
    struct Named {
        dtype: String,
        shape: Vec<usize>,
        data: Vec<f64>,
    }

    for (file, arrays) in read::<BTreeMap<String, serde_json::Value>>("numpy", "layouts") {
        assert_eq!(arrays["transposed"], json!([[0.0, 3.0], [1.0, 4.0], [2.0, 5.0]]), "{file}");
    }
    #[derive(Deserialize)]
    struct OfTransposed {
        transposed: Named,
    }
    for (file, OfTransposed { transposed }) in read::<OfTransposed>("numpy", "layouts") {
        assert_eq!((transposed.dtype, transposed.shape), ("float64".to_owned(), vec![3, 2]), "{file}");
        assert_eq!(transposed.data, [0.0, 3.0, 1.0, 4.0, 2.0, 5.0], "{file}");
    }
}

#[test]
fn a_pair_is_two_elements_or_two_rows_where_there_are_two() {
    let array = |shape: &[usize], elements: Vec<f64>| {
        serde_pickle::to_vec(&NdArray::from_shape_vec(shape, elements).unwrap()).unwrap()
    };
    let two = array(&[2], vec![1.0, 2.0]);
    assert_eq!(serde_pickle::from_slice::<(f64, f64)>(&two).unwrap(), (1.0, 2.0));
    assert_eq!(serde_pickle::from_slice::<(Vec<usize>, Vec<f64>)>(&two).unwrap(), (vec![2], vec![1.0, 2.0]));
    let rows = array(&[2, 2], vec![1.0, 2.0, 3.0, 4.0]);
    assert_eq!(serde_pickle::from_slice::<[Vec<f64>; 2]>(&rows).unwrap(), [[1.0, 2.0], [3.0, 4.0]]);
    assert_eq!(serde_pickle::from_slice::<[[f64; 2]; 2]>(&rows).unwrap(), [[1.0, 2.0], [3.0, 4.0]]);
    let flat: (Vec<i32>, Vec<f64>) = serde_pickle::from_slice(&rows).unwrap();
    assert_eq!(flat, (vec![2, 2], vec![1.0, 2.0, 3.0, 4.0]));
    let narrow = array(&[2, 0], vec![]);
    assert_eq!(serde_pickle::from_slice::<[Vec<f64>; 2]>(&narrow).unwrap(), [const { &[] as &[f64] }; 2]);
}

#[test]
fn without_a_copy() {
    for (file, pickle) in fixtures("numpy", "layouts") {
        let arrays: BTreeMap<&str, ArrayRef> = serde_pickle::from_slice(&pickle).unwrap();
        // Below protocol 3, bytes are text.
        assert_eq!(arrays["c"].is_borrowed(), !file.contains(".p0.") && !file.contains(".p2."), "{file}");
        assert_eq!((arrays["c"].order(), arrays["c"].shape()), (Order::C, &[2, 3][..]), "{file}");
        assert_eq!((arrays["f"].order(), arrays["f"].shape()), (Order::F, &[2, 3][..]), "{file}");
        assert_eq!(arrays["f"].as_slice::<f64>(), None, "{file}");
        assert_eq!(arrays["f"].to_vec::<f64>().unwrap(), arrays["c"].to_vec::<f64>().unwrap(), "{file}");
        assert_eq!(arrays["permuted"].to_vec::<i32>().unwrap()[..5], [0, 1, 2, 3, 12], "{file}");
        let owned = arrays["f"].clone().into_owned();
        assert_eq!(owned.as_slice_memory_order::<f64>().unwrap(), [0.0, 3.0, 1.0, 4.0, 2.0, 5.0], "{file}");
        let from_reader: BTreeMap<String, NdArray> = serde_pickle::from_reader(&pickle[..]).unwrap();
        for (name, array) in from_reader {
            assert_eq!(array.as_array_ref(), arrays[&*name], "{file} {name}");
        }
    }
}

#[test]
fn out_of_band() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/numpy");
    for version in ["1.26", "2.5"] {
        let read = |name: &str| fs::read(folder.join(format!("buffers-{version}.{name}"))).unwrap();
        let (pickle, image, fortran) = (read("p5.pkl"), read("0.buffer"), read("1.buffer"));
        let options = DeOptions::new().buffers(&[&image, &fortran]);
        let arrays: BTreeMap<&str, ArrayRef> = options.from_slice(&pickle).unwrap();
        assert_eq!(arrays["image"].bytes().as_ptr(), image.as_ptr(), "the very buffer");
        assert_eq!(arrays["fortran"].to_vec::<f64>().unwrap(), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);

        #[derive(Deserialize)]
        struct Arrays<'a> {
            #[serde(borrow)]
            image: &'a [u8],
            fortran: Vec<Vec<f64>>,
        }

        let arrays: Arrays = options.from_slice(&pickle).unwrap();
        assert_eq!(arrays.image, image);
        assert_eq!(arrays.fortran, [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]);
        let error = serde_pickle::from_slice::<Arrays>(&pickle).err().unwrap().to_string();
        let module = if version == "1.26" { "numpy.core.numeric" } else { "numpy._core.numeric" };
        assert!(
            error.starts_with("image: out-of-band buffer that is not resolved: DeOptions::buffers gives it"),
            "{error}"
        );
        assert!(error.contains(module), "{error}");
        let short = DeOptions::new().buffers(&[&image[1..], &fortran]);
        let error = short.from_slice::<BTreeMap<&str, ArrayRef>>(&pickle).unwrap_err().to_string();
        assert!(
            error.starts_with("image: an array of shape (3, 4) and dtype uint8 has 12 bytes, and not 11"),
            "{error}"
        );
    }
}

/// What a target has no room for is said, and not lost: also inside of elements, and of columns.
#[test]
fn nothing_is_left_over() {
    #[track_caller]
    fn refused<T: serde::de::DeserializeOwned>(dtype: DType, bytes: &[u8], message: &str) {
        let array = ArrayRef::from_bytes(dtype, [1], Order::C, bytes).unwrap();
        let pickle = serde_pickle::to_vec(&array).unwrap();
        let error = serde_pickle::from_slice::<T>(&pickle).map(|_| ()).unwrap_err().to_string();
        assert!(error.starts_with(message), "{error}");
    }

    let dtype = |text: &str| text.parse::<DType>().unwrap();
    let pair = || DType::structured([("x", dtype("u1")), ("y", dtype("u1"))]);
    refused::<[[u8; 1]; 1]>(pair(), &[1, 2], "[0]: invalid length 2, expected fewer elements in sequence");
    refused::<Vec<(u8,)>>(pair(), &[1, 2], "[0]: invalid length 2, expected fewer elements in sequence");
    refused::<[(u8,); 1]>(dtype("S2"), b"ab", "[0]: invalid length 2, expected fewer elements in sequence");
    refused::<[(f64,); 1]>(dtype("c16"), &[0; 16], "[0]: invalid length 2, expected fewer elements in sequence");
    refused::<Vec<(u8,)>>(
        dtype("u1").array([2]).unwrap(),
        &[1, 2],
        "[0]: invalid length 2, expected fewer elements in sequence",
    );

    #[derive(Deserialize)]
    struct Scalars {
        #[serde(rename = "interval")]
        _interval: (f64, f64),
    }
    for (file, pickle) in fixtures("pandas", "scalars") {
        let error = serde_pickle::from_slice::<Scalars>(&pickle).map(|_| ()).unwrap_err().to_string();
        let message = "interval: invalid length 3, expected fewer elements in sequence";
        assert!(error.starts_with(message), "{file}: {error}");
    }
}
