//! `array.array`, and arrays of the crate ndarray.

use serde_pickle::{
    Protocol, SerOptions,
    types::{Array, NdArray},
};

/// Python's own arrays: what the fixtures hold.
type Arrays = (Vec<i8>, Vec<u16>, [i32; 2], Vec<i64>, Vec<f32>, Vec<f64>);

#[test]
fn array_array() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/objects");
    for protocol in 0..=5 {
        let pickle = std::fs::read(folder.join(format!("arrays.p{protocol}.pkl"))).unwrap();
        let arrays: Arrays = serde_pickle::from_slice(&pickle).unwrap();
        assert_eq!(arrays.0, [-1, 2], "{protocol}");
        assert_eq!(arrays.1, [1, 65535], "{protocol}");
        assert_eq!(arrays.2, [-1, i32::MAX], "{protocol}");
        assert_eq!(arrays.3, [i64::MIN], "{protocol}");
        assert_eq!(arrays.4, [0.5], "{protocol}");
        assert_eq!(arrays.5, [1.5, -0.0], "{protocol}");
        let whole: Vec<Array> = serde_pickle::from_slice(&pickle).unwrap();
        assert_eq!(whole[1].to_vec::<u32>().unwrap(), [1, 65535], "{protocol}");
        assert_eq!(whole[5].to_vec::<f64>().unwrap(), [1.5, -0.0], "{protocol}");
        let letters: String = whole.iter().map(Array::typecode).collect();
        assert_eq!(letters, "bHiqfd", "{protocol}");
    }
}

#[test]
fn array_array_is_written() {
    for protocol in (0..=5).map(|number| Protocol::from_number(number).unwrap()) {
        let array = Array::from(vec![1.5, -2.0]);
        let pickle = SerOptions::new().protocol(protocol).to_vec(&array).unwrap();
        assert_eq!(serde_pickle::from_slice::<Array>(&pickle).unwrap(), array, "{protocol:?}");
        let empty = SerOptions::new().protocol(protocol).to_vec(&Array::from(Vec::<u16>::new())).unwrap();
        assert!(serde_pickle::from_slice::<Vec<u16>>(&empty).unwrap().is_empty(), "{protocol:?}");
    }
    assert_eq!(serde_json::to_string(&Array::from(vec![1_u8, 2])).unwrap(), "[1,2]");
    let grid = NdArray::from_shape_vec([1, 1], vec![1.0]).unwrap();
    let error = Array::try_from(grid).unwrap_err().to_string();
    assert_eq!(error, "ArrayRef { dtype: float64, shape: (1, 1), order: C, bytes: 8 } is no array.array");
}

/// Below protocol 3 an array is a list of what is in it, and says of which type it is.
#[test]
fn array_array_of_lists() {
    let of = |letter: &str, items: serde_pickle::Value| {
        let class = serde_pickle::Global::new("array", "array");
        serde_pickle::Value::from(serde_pickle::Object::reduce(class, vec![letter.into(), items]))
    };
    let letter = |value| serde_pickle::from_value::<Array>(value).unwrap().typecode();
    let all = ["b", "B", "h", "H", "i", "I", "q", "Q", "f", "d"];
    for each in all {
        let items =
            if matches!(each, "f" | "d") { serde_pickle::pickle!([1.0, 2.0]) } else { serde_pickle::pickle!([1, 2]) };
        assert_eq!(letter(of(each, items.clone())).to_string(), each);
        assert_eq!(letter(of(each, serde_pickle::pickle!([]))).to_string(), each);
        assert_eq!(serde_pickle::from_value::<Vec<f32>>(of(each, items)).unwrap(), [1.0, 2.0]);
    }
    let most = of("Q", serde_pickle::Value::List(vec![serde_pickle::Value::from(u64::MAX)]));
    assert_eq!(serde_pickle::from_value::<Array>(most).unwrap().to_vec::<u64>().unwrap(), [u64::MAX]);
    let text = of("u", serde_pickle::pickle!(["h", "é"]));
    assert_eq!(serde_pickle::from_value::<String>(text.clone()).unwrap(), "hé");
    assert_eq!(serde_pickle::from_value::<serde_json::Value>(text).unwrap(), serde_json::json!("hé"));
    // What Python would refuse is the list that it is.
    assert_eq!(serde_pickle::from_value::<Vec<i32>>(of("b", serde_pickle::pickle!([1, 128]))).unwrap(), [1, 128]);
    assert_eq!(serde_pickle::from_value::<Vec<f64>>(of("i", serde_pickle::pickle!([1.5]))).unwrap(), [1.5]);
}

#[test]
fn an_array_of_characters_is_text() {
    // pickle.dumps(array.array('u', 'aż'), 4), and the same in UTF-16.
    for (format, bytes) in [(20_u8, "a\0\0\0\u{7c}\u{1}\0\0"), (18, "a\0\u{7c}\u{1}")] {
        let bytes: Vec<u8> = bytes.chars().map(|char| char as u8).collect();
        let call = serde_pickle::Object::reduce(
            serde_pickle::Global::new("array", "_array_reconstructor"),
            vec![
                serde_pickle::Global::new("array", "array").into(),
                "u".into(),
                i64::from(format).into(),
                serde_pickle::Value::Bytes(bytes),
            ],
        );
        let text: String = serde_pickle::from_value(call.into()).unwrap();
        assert_eq!(text, "aż");
    }
}

#[cfg(feature = "ndarray017")]
#[test]
fn arrays_of_ndarray() {
    use std::collections::BTreeMap;

    use ndarray::{Array0, Array1, Array2, ArrayD, array};
    use serde::{Deserialize, Serialize};
    use serde_pickle::types::ArrayRef;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Model {
        #[serde(with = "serde_pickle::types::ndarray017")]
        weights: Array2<f64>,
        #[serde(with = "serde_pickle::types::ndarray017")]
        fortran: Array2<f32>,
        #[serde(with = "serde_pickle::types::ndarray017")]
        any: ArrayD<i64>,
        #[serde(with = "serde_pickle::types::ndarray017")]
        bias: Option<Array1<u8>>,
        #[serde(with = "serde_pickle::types::ndarray017")]
        layers: Vec<Array0<bool>>,
    }

    let model = Model {
        weights: array![[1.0, 2.0], [3.0, 4.0]],
        fortran: array![[1.0_f32, 2.0], [3.0, 4.0], [5.0, 6.0]].reversed_axes(),
        any: array![[[1], [2]]].into_dyn(),
        bias: None,
        layers: vec![ndarray::arr0(true)],
    };
    for protocol in (0..=5).map(|number| Protocol::from_number(number).unwrap()) {
        let pickle = SerOptions::new().protocol(protocol).to_vec(&model).unwrap();
        assert_eq!(serde_pickle::from_slice::<Model>(&pickle).unwrap(), model, "{protocol:?}");
        let arrays: BTreeMap<String, serde_json::Value> = serde_pickle::from_slice(&pickle).unwrap();
        assert_eq!(arrays["fortran"], serde_json::json!([[1.0, 3.0, 5.0], [2.0, 4.0, 6.0]]), "{protocol:?}");
    }
    let lent = ArrayRef::try_from(&model.fortran).unwrap();
    assert_eq!((lent.order(), lent.shape()), (serde_pickle::types::Order::F, &[2, 3][..]));
    let every_other = model.weights.slice_axis(ndarray::Axis(1), ndarray::Slice::new(0, None, 2));
    assert!(ArrayRef::try_from(&every_other).is_err());
}

/// Without an attribute: the struct that the crate's own serde asks for.
#[cfg(feature = "ndarray017")]
#[test]
fn arrays_of_ndarray_by_plain_derive() {
    use ndarray::{Array1, Array2, ArrayD};
    use serde::Deserialize;

    #[derive(Deserialize)]
    struct Layouts {
        c: Array2<f64>,
        transposed: Array2<f64>,
        strided: Array1<i64>,
        permuted: ArrayD<i64>,
    }

    for (file, layouts) in crate::read::<Layouts>("numpy", "layouts") {
        assert_eq!(layouts.c, layouts.transposed.t(), "{file}");
        assert_eq!(layouts.strided, ndarray::array![0, 3, 6, 9], "{file}");
        assert_eq!(layouts.permuted.shape(), [3, 2, 4], "{file}");
        assert_eq!(layouts.permuted[[0, 1, 3]], 15, "{file}");
    }
}
