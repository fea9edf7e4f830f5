//! Arrays that are none: each is an error, and takes neither time nor memory.

use serde_pickle::{Global, Object, Value, pickle, to_value, types::NdArray};

fn dtype(spelling: &str, state: Value) -> Value {
    let mut dtype = Object::reduce(Global::new("numpy", "dtype"), vec![spelling.into(), false.into(), true.into()]);
    dtype.states.push(state);
    dtype.into()
}

fn plain(spelling: &str) -> Value {
    dtype(spelling, pickle!((3, "<", None, None, None, (-1), (-1), 0)))
}

fn array(shape: Value, dtype: Value, data: &[u8]) -> Vec<u8> {
    let mut array = Object::reduce(Global::new("numpy._core.multiarray", "_reconstruct"), Vec::new());
    array.states.push(Value::Tuple(vec![1.into(), shape, dtype, false.into(), Value::Bytes(data.to_vec())]));
    serde_pickle::to_vec(&Value::from(array)).unwrap()
}

#[track_caller]
fn error<T: serde::de::DeserializeOwned>(pickle: &[u8]) -> String {
    serde_pickle::from_slice::<T>(pickle).err().unwrap().to_string()
}

const WHO: &str = "(numpy._core.multiarray._reconstruct) at byte 54";

#[test]
fn a_length_that_does_not_match() {
    let short = array(pickle!((2, 2)), plain("f8"), &[0; 24]);
    let message = format!("an array of shape (2, 2) and dtype float64 has 32 bytes, and not 24 {WHO}");
    assert_eq!(error::<Vec<Vec<f64>>>(&short), message);
    assert_eq!(error::<NdArray>(&short), message);
    assert_eq!(error::<serde_json::Value>(&short), message);
    // Nobody asks.
    serde_pickle::from_slice::<serde::de::IgnoredAny>(&short).unwrap();
}

#[test]
fn a_shape_without_end() {
    let huge = array(pickle!((1_000_000_000_000_i64, 1_000_000_000_000_i64)), plain("f8"), &[]);
    let message = "an array of shape (1000000000000, 1000000000000) and dtype float64 has more bytes than memory";
    assert_eq!(error::<NdArray>(&huge), format!("{message} {WHO}"));
    for shape in [pickle!((1_000_000_000_000_i64, 0)), pickle!((1_000_000_000_000_i64, 0, 1_000_000_000_000_i64))] {
        let rows = array(shape, plain("f8"), &[]);
        let message = format!("shared values expand beyond the budget; DeOptions::alias_budget raises it {WHO}");
        assert_eq!(error::<Vec<Vec<f64>>>(&rows), message);
        assert_eq!(serde_pickle::from_slice::<NdArray>(&rows).unwrap().len(), 0);
    }
    let nothings =
        array(pickle!((1_000_000_000_000_i64,)), dtype("V0", pickle!((3, "|", None, None, None, 0, 1, 0))), &[]);
    assert!(error::<Vec<serde_json::Value>>(&nothings).starts_with("shared values expand"));
    let many = array(Value::Tuple(vec![1.into(); 65]), plain("f8"), &[0; 8]);
    assert_eq!(error::<NdArray>(&many), format!("an array of 65 dimensions: at most 64 are possible {WHO}"));
    // A negative dimension is no shape: the object is one like any other.
    assert!(error::<NdArray>(&array(pickle!(((-1),)), plain("f8"), &[])).contains("an array is made of numbers"));
}

#[test]
fn dtypes_that_contain_each_other() {
    // Each has the one before twice: two to the power of thirty values.
    let mut inner = plain("V0");
    for _ in 0..12 {
        let fields = pickle!({"a": (inner.clone(), 0), "b": (inner, 0)});
        inner = dtype(
            "V0",
            Value::Tuple(vec![
                3.into(),
                "|".into(),
                Value::None,
                pickle!(("a", "b")),
                fields,
                0.into(),
                1.into(),
                0.into(),
            ]),
        );
    }
    let deep = array(pickle!((1_000_000,)), inner, &[]);
    assert!(error::<serde_json::Value>(&deep).starts_with("shared values expand"));
    let outside = pickle!({"a": (plain("f8"), 4)});
    let outside = dtype(
        "V8",
        Value::Tuple(vec![3.into(), "|".into(), Value::None, pickle!(("a",)), outside, 8.into(), 1.into(), 0.into()]),
    );
    assert!(error::<NdArray>(&array(pickle!((1,)), outside, &[0; 8])).contains("an array is made of numbers"));
}

/// `_restore_array` of pyarrow, of one type, length and buffers.
fn arrow(kind: &str, len: i64, buffers: Value) -> Value {
    let global = |name: &str| Global::new("pyarrow.lib", name);
    let kind = Value::from(Object::reduce(global("type_for_alias"), vec![kind.into()]));
    Object::reduce(global("_restore_array"), vec![pickle!((kind, len, 0, 0, buffers, [], None))]).into()
}

fn buffer(bytes: &[u8]) -> Value {
    Object::reduce(Global::new("pyarrow.lib", "py_buffer"), vec![Value::Bytes(bytes.to_vec())]).into()
}

#[test]
fn arrays_of_pyarrow_that_lie() {
    let texts = |offsets: &[u8], data: &[u8]| {
        let value = arrow("string", offsets.len() as i64 / 4 - 1, pickle!([None, buffer(offsets), buffer(data)]));
        serde_pickle::from_value::<Vec<String>>(value)
    };
    assert_eq!(texts(&[0, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0], b"abc").unwrap(), ["a", "bc"]);
    let error = |result: Result<Vec<String>, serde_pickle::Error>| result.unwrap_err().to_string();
    let outside = "a text of an Arrow array is not in its data (pyarrow.lib._restore_array)";
    assert_eq!(error(texts(&[0, 0, 0, 0, 9, 0, 0, 0], b"abc")), format!("[0]: {outside}"));
    assert_eq!(error(texts(&[2, 0, 0, 0, 1, 0, 0, 0], b"abc")), format!("[0]: {outside}"));
    assert_eq!(
        error(texts(&[0, 0, 0, 0, 1, 0, 0, 0], b"\xff")),
        "[0]: a text of an Arrow array is not UTF-8 (pyarrow.lib._restore_array)"
    );
    // One long text at many places: where the next begins before it ends there is no value.
    let offsets: Vec<u8> = (0..4000).flat_map(|at: u32| (at % 2 * 4_000_000).to_le_bytes()).collect();
    let buffers = pickle!([buffer(&[0x55; 500]), buffer(&offsets), buffer(&vec![b'a'; 4_000_000])]);
    let long = arrow("string", 3999, buffers);
    assert!(serde_pickle::from_value::<Vec<Option<String>>>(long).unwrap_err().is_limit());
    // Nothing, many times.
    let nothing = arrow("null", 1 << 40, pickle!([None]));
    assert!(serde_pickle::from_value::<Vec<Option<u8>>>(nothing).unwrap_err().is_limit());
    // Fewer bits than values: it is no array.
    let short = arrow("int8", 9, pickle!([buffer(&[255]), buffer(&[0; 9])]));
    assert!(serde_pickle::from_value::<Vec<Option<u8>>>(short).is_err());
    let long = arrow("int64", i64::MAX, pickle!([None, buffer(&[0; 8])]));
    assert!(serde_pickle::from_value::<Vec<Option<u8>>>(long).is_err());
}

#[test]
fn sparse_arrays_that_lie() {
    let sparse = |len: i64, places: Value| {
        let index =
            Value::from(Object::reduce(Global::new("pandas._libs.sparse", "IntIndex"), vec![len.into(), places]));
        let values = to_value(&NdArray::from(vec![1.5])).unwrap();
        let dtype = Object::new(Global::new("pandas", "SparseDtype"), vec![]).with_state(pickle!({"_fill_value": 0.0}));
        let state = pickle!({"_sparse_index": index, "_sparse_values": values, "_dtype": Value::from(dtype)});
        Value::from(Object::new(Global::new("pandas.arrays", "SparseArray"), vec![]).with_state(state))
    };
    let places = |places: Vec<i32>| to_value(&NdArray::from(places)).unwrap();
    let read = |value| serde_pickle::from_value::<Vec<f64>>(value);
    assert_eq!(read(sparse(3, places(vec![1]))).unwrap(), [0.0, 1.5, 0.0]);
    assert!(read(sparse(1 << 50, places(vec![1]))).unwrap_err().is_limit());
    assert!(read(sparse(3, places(vec![1, 2]))).is_err());
    assert!(read(sparse(3, places(vec![-1]))).is_err());
}

/// A frame of many columns that are all made of the same bits.
#[test]
fn columns_that_share_their_bits() {
    let bits = arrow("bool", 800_000, pickle!([None, buffer(&[0x55; 100_000])]));
    // The pickle has the array once: it is fetched from the memo for each block.
    let mut pickle =
        b"cpandas\nDataFrame\n)\x81}X\x04\0\0\0_mgrcpandas.core.internals.managers\nBlockManager\n(".to_vec();
    let array = serde_pickle::SerOptions::new().protocol(serde_pickle::Protocol::V3).memo(serde_pickle::Memo::None);
    let array = array.to_vec(&bits).unwrap();
    let columns = 100_u8;
    for at in 0..columns {
        pickle.extend(b"cpandas._libs.internals\n_unpickle_block\n");
        if at == 0 {
            pickle.extend(&array[2..array.len() - 1]);
            pickle.extend(b"q\0");
        } else {
            pickle.extend(b"h\0");
        }
        pickle.extend(b"c__builtin__\nslice\n");
        pickle.extend([b'K', at, b'K', at + 1, b'K', 1]);
        pickle.extend(b"\x87RK\x02\x87R");
    }
    let range = |len: u8| {
        let index =
            b"cpandas.core.indexes.base\n_new_Index\ncpandas\nRangeIndex\n}(X\x05\0\0\0startK\0X\x04\0\0\0stopK";
        [&index[..], &[len], b"X\x04\0\0\0stepK\x01u\x86R"].concat()
    };
    pickle.extend([b"t](".to_vec(), range(columns), range(50), b"e\x86Rsb.".to_vec()].concat());
    let error =
        serde_pickle::from_slice::<std::collections::HashMap<String, serde::de::IgnoredAny>>(&pickle).unwrap_err();
    assert_eq!(
        error.to_string(),
        "shared values expand beyond the budget; DeOptions::alias_budget raises it (pandas.DataFrame) at byte 19"
    );
    assert!(error.is_limit());
}
