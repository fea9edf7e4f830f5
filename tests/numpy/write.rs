//! Arrays that are written, and read again.

use serde_pickle::{
    Protocol, SerOptions,
    types::{ArrayRef, DType, NdArray, Order},
};

fn protocols() -> impl Iterator<Item = Protocol> {
    (0..=5).map(|number| Protocol::from_number(number).unwrap())
}

#[track_caller]
fn comes_back(array: &NdArray) {
    for protocol in protocols() {
        let pickle = SerOptions::new().protocol(protocol).to_vec(array).unwrap();
        assert_eq!(serde_pickle::from_slice::<NdArray>(&pickle).unwrap(), *array, "{protocol:?}");
    }
}

#[test]
fn every_dtype_comes_back() {
    comes_back(&NdArray::from(vec![true, false]));
    comes_back(&NdArray::from(vec![1_u8, 255]));
    comes_back(&NdArray::from(vec![-1_i64]));
    comes_back(&NdArray::from(Vec::<f64>::new()));
    comes_back(&NdArray::from(vec![[1.5_f32, -0.5]]));
    comes_back(&NdArray::from_strs(["żółć", ""]));
    comes_back(&NdArray::from_shape_vec([2, 0, 3], Vec::<f32>::new()).unwrap());
    comes_back(&NdArray::from_shape_vec([], vec![7_u16]).unwrap());
    let days = NdArray::from(vec![0_i64, i64::MIN, 19_782]).view("M8[D]".parse().unwrap()).unwrap();
    comes_back(&days);
    let big = NdArray::from_bytes(">i2".parse().unwrap(), [2, 1], Order::F, &[0, 1, 0, 2]).unwrap();
    comes_back(&NdArray::from_bytes(">i2".parse().unwrap(), [1, 2], Order::C, big.bytes()).unwrap());
    let pair = "f4".parse::<DType>().unwrap().array([2]).unwrap();
    let dtype = DType::structured([("id", "<i4".parse().unwrap()), ("at", pair), ("tag", "S2".parse().unwrap())]);
    comes_back(&NdArray::from_bytes(dtype, [1], Order::C, &[7; 14]).unwrap());
    comes_back(&NdArray::from_bytes("f8".parse().unwrap(), [2, 2], Order::F, &[0; 32]).unwrap());
}

#[test]
fn the_shape_must_fit() {
    let error = NdArray::from_shape_vec([2, 2], vec![1.0, 2.0]).unwrap_err();
    assert_eq!(error.to_string(), "an array of shape (2, 2) and dtype float64 has 32 bytes, and not 16");
    let error = NdArray::from_shape_vec([usize::MAX, 2], vec![1.0, 2.0]).unwrap_err();
    let message = "an array of shape (18446744073709551615, 2) and dtype float64 has more bytes than memory";
    assert_eq!(error.to_string(), message);
    let error = NdArray::from_shape_vec(vec![1; 65], vec![1.0]).unwrap_err();
    assert_eq!(error.to_string(), "an array of 65 dimensions: at most 64 are possible");
    let error = ArrayRef::from_bytes("O".parse().unwrap(), [1], Order::C, &[0; 8]).unwrap_err();
    assert_eq!(error.to_string(), "an array of object has no bytes: its elements are Python objects");
}

#[test]
fn out_of_band_buffers() {
    let numbers: Vec<f64> = (0..100).map(f64::from).collect();
    let array = ArrayRef::from_slice([10, 10], &numbers).unwrap();
    let (pickle, buffers) = SerOptions::new().protocol(Protocol::V5).to_vec_and_buffers(&array).unwrap();
    assert_eq!((pickle.len() < 200, buffers.len(), buffers[0].len()), (true, 1, 800));
    let lent: Vec<&[u8]> = buffers.iter().map(Vec::as_slice).collect();
    let back: ArrayRef = serde_pickle::DeOptions::new().buffers(&lent).from_slice(&pickle).unwrap();
    assert_eq!(back.bytes().as_ptr(), buffers[0].as_ptr());
    assert_eq!(back, array);
}

#[test]
fn other_formats_get_sequences() {
    let array = NdArray::from_shape_vec([2, 2], vec![1.5, 2.0, 3.0, 4.0]).unwrap();
    assert_eq!(serde_json::to_string(&array).unwrap(), "[[1.5,2.0],[3.0,4.0]]");
    let fortran = NdArray::from_bytes("u1".parse().unwrap(), [2, 2], Order::F, &[1, 2, 3, 4]).unwrap();
    assert_eq!(serde_json::to_string(&fortran).unwrap(), "[[1,3],[2,4]]");
    let days = NdArray::from(vec![0_i64, i64::MIN]).view("M8[D]".parse().unwrap()).unwrap();
    assert_eq!(serde_json::to_string(&days).unwrap(), r#"["1970-01-01",null]"#);
    let dtype =
        DType::structured([("n", "u1".parse().unwrap()), ("c", "c8".parse::<DType>().unwrap().array([1]).unwrap())]);
    let structures = NdArray::from_bytes(dtype, [1], Order::C, &[1, 0, 0, 0, 0, 0, 0, 0, 0]).unwrap();
    assert_eq!(serde_json::to_string(&structures).unwrap(), r#"[{"n":1,"c":[[0.0,0.0]]}]"#);
    assert_eq!(serde_json::to_string(structures.dtype()).unwrap(), r#""[('n', '|u1'), ('c', '<c8', (1,))]""#);
    assert_eq!(serde_json::from_str::<DType>(r#""<f8""#).unwrap().to_string(), "float64");
}

/// As lists to other formats; read from there, or from lists of Python, the elements are what they are by themselves.
#[test]
fn from_plain_data() {
    let by_json = |array: &NdArray| serde_json::from_str::<NdArray>(&serde_json::to_string(array).unwrap()).unwrap();
    for array in [
        NdArray::from(vec![1.5, -2.0]),
        NdArray::from_shape_vec([2, 1, 2], vec![1_i64, -2, 3, 4]).unwrap(),
        NdArray::from(vec![true, false]),
        NdArray::from_strs(["a", "żółć"]),
        NdArray::from_shape_vec([], vec![0.5]).unwrap(),
        NdArray::from(vec![1, u64::MAX]),
        NdArray::from_shape_vec([2, 0], Vec::<f64>::new()).unwrap(),
    ] {
        assert_eq!(by_json(&array), array);
        let python: serde_pickle::Value = serde_json::from_str(&serde_json::to_string(&array).unwrap()).unwrap();
        assert_eq!(serde_pickle::from_value::<NdArray>(python).unwrap(), array);
    }
    // The dtype is not in it.
    assert_eq!(by_json(&NdArray::from(vec![7_u8])), NdArray::from(vec![7_i64]));
    let pickle = serde_pickle::to_vec(&(vec![1, 2], vec![0.5, 3.0])).unwrap();
    assert_eq!(serde_pickle::from_slice::<NdArray>(&pickle).unwrap().to_vec::<f64>().unwrap(), [1.0, 2.0, 0.5, 3.0]);
    let refused = |json: &str| {
        let error = serde_json::from_str::<NdArray>(json).unwrap_err().to_string();
        error.split(" at line").next().unwrap().to_owned()
    };
    assert_eq!(refused("[[1], [2, 3]]"), "the sequences that an array is made of are not equally long");
    let kinds = "an array is made of numbers, of texts or of bools, and of one of these kinds";
    assert_eq!((refused(r#"[1, "a"]"#), refused("[null]")), (kinds.to_owned(), kinds.to_owned()));
    let deep = "[".repeat(65) + &"]".repeat(65);
    assert_eq!(refused(deep.as_str()), "an array has at most 64 dimensions");
}
