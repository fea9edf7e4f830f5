//! A thousand levels of each kind are safe for all that a value does, in a thread of 2 MiB.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_pickle::{Dict, Object, SerOptions, Set, Value};

use crate::measure::{alone, small_thread};

/// Wraps None so many times.
fn wrapped(levels: usize, wrap: impl Fn(Value) -> Value) -> Value {
    (0..levels).fold(Value::None, |value, _| wrap(value))
}

fn class() -> Value {
    serde_pickle::Global::new("a", "B").into()
}

fn kinds() -> Vec<(&'static str, Value)> {
    let set = |value: Value| {
        let mut set = Set::new();
        set.insert(value).unwrap();
        set
    };
    let dict = |key: Value, value: Value| {
        let mut dict = Dict::new();
        dict.insert(key, value).unwrap();
        Value::Dict(dict)
    };
    vec![
        ("list", wrapped(999, |value| Value::List(vec![value]))),
        ("tuple", wrapped(999, |value| Value::Tuple(vec![value]))),
        ("dict", wrapped(999, |value| dict("key".into(), value))),
        ("frozenset", wrapped(999, |value| Value::FrozenSet(set(value)))),
        ("id", wrapped(999, |value| Value::PersistentId(Box::new(value)))),
        ("state", wrapped(999, |value| Object::new(class(), Vec::new()).with_state(value).into())),
        ("arguments", wrapped(999, |value| Object::reduce(class(), vec![value]).into())),
        ("callable", (0..999).fold(class(), |value, _| Object::reduce(value, Vec::new()).into())),
        ("items", wrapped(999, |value| Object::new(class(), Vec::new()).with_items(vec![value]).into())),
        ("pairs", wrapped(999, |value| Object::new(class(), Vec::new()).with_pairs(vec![(Value::None, value)]).into())),
        (
            "key of a pair",
            wrapped(999, |value| Object::new(class(), Vec::new()).with_pairs(vec![(value, Value::None)]).into()),
        ),
        ("tuple as a key", dict(wrapped(998, |value| Value::Tuple(vec![value])), Value::None)),
        ("frozensets and tuples", wrapped(499, |value| Value::Tuple(vec![Value::FrozenSet(set(value))]))),
        (
            "dicts in states",
            wrapped(499, |value| Object::new(class(), Vec::new()).with_state(dict("key".into(), value)).into()),
        ),
    ]
}

#[test]
fn a_thousand_levels_are_safe_for_all_that_a_value_does() {
    let _alone = alone();
    for (name, value) in small_thread(kinds) {
        small_thread(move || {
            let clone = value.clone();
            assert!(value == clone, "{name}");
            let hash = |value: &Value| {
                let mut hasher = DefaultHasher::new();
                value.hash(&mut hasher);
                hasher.finish()
            };
            assert_eq!(hash(&value), hash(&clone), "{name}");
            assert!(value.to_string().len() > 1000 && format!("{value:?}").len() > 1000, "{name}");
            if value.is_hashable() {
                let mut dict = Dict::new();
                dict.insert(clone.clone(), 1).unwrap();
                assert_eq!(dict.get_value(&value), Some(&Value::Int(1)), "{name}");
            }
            for protocol in serde_pickle::Protocol::ALL {
                // What is called below protocol 4 has its arguments around it.
                let options = SerOptions::new().protocol(protocol).depth_limit(10_000);
                let Ok(written) = options.to_vec(&value) else { continue };
                let read = serde_pickle::DeOptions::new().depth_limit(10_000).from_slice::<Value>(&written).unwrap();
                assert_eq!(read.to_string(), value.to_string(), "{name} at {protocol}");
            }
            drop(clone);
        });
    }
}

/// Values that were made by hand may be deeper than those that are read: writing them is an error, and no overflow.
#[test]
fn deeper_values_are_not_written() {
    let _alone = alone();
    small_thread(|| {
        let value = wrapped(1500, |value| Value::List(vec![value]));
        let error = serde_pickle::to_vec(&value).unwrap_err();
        assert!(error.is_limit(), "{error}");
        assert_eq!(error.to_string(), "nested deeper than the limit; SerOptions::depth_limit raises it");
        assert!(value.to_string().starts_with("[[["));
    });
}
