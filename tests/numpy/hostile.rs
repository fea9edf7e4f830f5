//! Arrays that are none: each is an error, and takes neither time nor memory.

use serde_pickle::{Object, Value, pickle, types::NdArray};

fn dtype(spelling: &str, state: Value) -> Value {
    let mut dtype =
        Object::reduce(serde_pickle::Global::new("numpy", "dtype"), vec![spelling.into(), false.into(), true.into()]);
    dtype.states.push(state);
    dtype.into()
}

fn plain(spelling: &str) -> Value {
    dtype(spelling, pickle!((3, "<", None, None, None, (-1), (-1), 0)))
}

fn array(shape: Value, dtype: Value, data: &[u8]) -> Vec<u8> {
    let mut array = Object::reduce(serde_pickle::Global::new("numpy._core.multiarray", "_reconstruct"), Vec::new());
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
    assert!(error::<NdArray>(&array(pickle!(((-1),)), plain("f8"), &[])).contains("expected an array of numpy"));
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
    assert!(error::<NdArray>(&array(pickle!((1,)), outside, &[0; 8])).contains("expected an array of numpy"));
}
