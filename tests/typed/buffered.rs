//! What serde's buffering makes of our own types: `flatten`, untagged and internally tagged enums ask for any value and keep what
//! they get, which is the natural form. The table of the guide, cell by cell.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, de::DeserializeOwned};
use serde_pickle::{Buffer, Global, Instance, Object, PersistentId, RawPickle, Set, Value, pickle, with};

/// What is left of a type after `flatten`, in an untagged enum, and in an internally tagged one.
fn buffered<T: DeserializeOwned + fmt::Debug>(value: &Value) -> Result<T, String> {
    #[derive(Deserialize)]
    struct Flat<T> {
        #[serde(flatten)]
        rest: BTreeMap<String, T>,
    }
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Untagged<T> {
        It { it: T },
    }
    #[derive(Deserialize)]
    #[serde(tag = "tag")]
    enum Tagged<T> {
        It { it: T },
    }
    fn read<T: DeserializeOwned>(value: &Value) -> Result<T, String> {
        let pickle = serde_pickle::SerOptions::new().protocol(serde_pickle::Protocol::V5).to_vec(value).unwrap();
        serde_pickle::from_slice(&pickle).map_err(|error| error.to_string())
    }
    let flat = read::<Flat<T>>(&pickle!({"it": value.clone()})).map(|flat| flat.rest.into_values().next().unwrap());
    let untagged = read::<Untagged<T>>(&pickle!({"it": value.clone()})).map(|Untagged::It { it }| it);
    let tagged = read::<Tagged<T>>(&pickle!({"it": value.clone(), "tag": "It"})).map(|Tagged::It { it }| it);
    assert_eq!(untagged.is_ok(), flat.is_ok(), "{flat:?} and {untagged:?}");
    assert_eq!(tagged.is_ok(), flat.is_ok(), "{flat:?} and {tagged:?}");
    if let (Ok(flat), Ok(untagged), Ok(tagged)) = (&flat, &untagged, &tagged) {
        let flat = format!("{flat:?}");
        assert_eq!((format!("{untagged:?}"), format!("{tagged:?}")), (flat.clone(), flat));
    }
    flat
}

#[track_caller]
fn becomes(value: impl Into<Value>, natural: &str) {
    let value = value.into();
    assert_eq!(buffered::<Value>(&value).unwrap().to_string(), natural, "{value}");
}

fn object() -> Object {
    Object::new(Global::new("shop", "Order"), vec![]).with_state(pickle!({"id": 7}))
}

#[test]
fn a_value_is_its_natural_form() {
    becomes(pickle!(None), "None");
    becomes(pickle!(true), "True");
    becomes(pickle!(7), "7");
    becomes(pickle!(1.5), "1.5");
    becomes(pickle!("x"), "'x'");
    becomes(pickle!([1, "x"]), "[1, 'x']");
    becomes(pickle!({"a": {"b": 1}}), "{'a': {'b': 1}}");
    becomes(Value::Bytes(b"x".to_vec()), "b'x'");
    // What is lost: which of two alike it was.
    becomes(Value::ByteArray(b"x".to_vec()), "b'x'");
    becomes(pickle!((1, 2)), "[1, 2]");
    becomes(Value::Set([1].into_iter().collect()), "[1]");
    becomes(Value::FrozenSet([1].into_iter().collect()), "[1]");
    becomes(Global::new("math", "cos"), "'math.cos'");
    becomes(object(), "{'id': 7}");
    becomes(Object::new(Global::new("shop", "Coord"), vec![pickle!(1), pickle!(2)]), "[1, 2]");
    becomes(Object::reduce(Global::new("decimal", "Decimal"), vec![pickle!("1.50")]), "'1.50'");
    becomes(Object::reduce(Global::new("datetime", "date"), vec![Value::Bytes(vec![7, 232, 2, 29])]), "'2024-02-29'");
    // Beyond 128 bits there is text only.
    let wide = serde_pickle::from_slice::<Value>(b"\x8a\x11\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01.").unwrap();
    becomes(wide, "'340282366920938463463374607431768211456'");
    // Keys that are not text stay what they are in a value that is no map of names.
    becomes(pickle!({1: 2}), "{1: 2}");
}

#[test]
fn types_that_need_more_than_that_are_errors() {
    let error = |result: Result<String, String>| result.unwrap_err();
    let shown = |value: &Value| buffered::<Value>(value).map(|value| value.to_string());
    // serde's buffer has no 128 bits; an unresolved id is not a value.
    assert!(error(shown(&Value::from(u128::MAX))).contains("128"));
    assert!(error(shown(&PersistentId(pickle!(1)).into())).contains("persistent id that is not resolved"));
    assert!(error(shown(&Value::Extension(300))).contains("extension code that is not resolved"));
    let global = Value::from(Global::new("math", "cos"));
    assert_eq!(buffered::<String>(&global).unwrap(), "math.cos");
    assert!(buffered::<Global>(&global).unwrap_err().contains("str is not a global"));
    assert!(buffered::<Object>(&object().into()).unwrap_err().contains("dict is not an object"));
    assert!(buffered::<Instance<Value>>(&object().into()).unwrap_err().contains("only a pickle knows the class"));
    assert!(
        buffered::<Buffer>(&Value::Bytes(b"x".to_vec())).unwrap_err().contains("bytes is not an out-of-band buffer")
    );
    let set = Value::Set([1].into_iter().collect());
    assert!(buffered::<Set>(&set).unwrap_err().contains("list is not a set"));
    // These are read from anything alike.
    assert_eq!(buffered::<with::Set<Vec<u8>>>(&set).unwrap().0, [1]);
    assert_eq!(buffered::<with::Tuple<Vec<u8>>>(&set).unwrap().0, [1]);
    assert_eq!(buffered::<with::ByteArray>(&Value::ByteArray(b"x".to_vec())).unwrap().0, b"x");
    let raw = buffered::<RawPickle>(&object().into()).unwrap();
    assert_eq!(raw.deserialize::<Value>().unwrap().to_string(), "{'id': 7}");
}
