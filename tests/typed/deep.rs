//! Our own types in derived types, at any depth: through options, lists and maps, and as keys.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_pickle::{
    BigInt, Buffer, Dict, Global, Object, PersistentId, Protocol, RawPickle, SerOptions, Set, SurrogateStr, Value,
    pickle,
};

use crate::{read, refused};

/// A type in every place.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Everywhere<T> {
    plain: T,
    maybe: Option<T>,
    boxed: Box<T>,
    many: Vec<T>,
    pair: (T, u8),
    array: [T; 1],
    by_name: BTreeMap<String, Vec<Option<T>>>,
    newtype: New<T>,
    variants: Vec<Variant<T>>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct New<T>(T);

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Variant<T> {
    New(T),
    Tuple(T, u8),
    Named { it: T },
}

fn everywhere<T: Clone>(value: &T) -> Everywhere<T> {
    let value = || value.clone();
    Everywhere {
        plain: value(),
        maybe: Some(value()),
        boxed: Box::new(value()),
        many: vec![value(), value()],
        pair: (value(), 1),
        array: [value()],
        by_name: [("a".to_owned(), vec![Some(value()), None])].into(),
        newtype: New(value()),
        variants: vec![Variant::New(value()), Variant::Tuple(value(), 1), Variant::Named { it: value() }],
    }
}

#[track_caller]
fn stands_anywhere<T>(value: &T)
where
    T: Clone + PartialEq + std::fmt::Debug + Serialize + for<'de> Deserialize<'de>,
{
    let everywhere = everywhere(value);
    for protocol in Protocol::ALL {
        let pickle = SerOptions::new().protocol(protocol).to_vec(&everywhere).unwrap();
        assert_eq!(read::<Everywhere<T>>(&pickle), everywhere, "protocol {protocol}");
        let mut stream = serde_pickle::Deserializer::from_reader(&pickle[..]);
        assert_eq!(Everywhere::deserialize(&mut stream).unwrap(), everywhere, "protocol {protocol}");
        // As all of it is one value.
        let whole: Value = read(&pickle);
        assert_eq!(serde_pickle::from_value::<Everywhere<T>>(whole).unwrap(), everywhere, "protocol {protocol}");
    }
}

fn object() -> Object {
    Object::new(Global::new("shop.models", "Order"), vec![]).with_state(pickle!({"id": 7, "tags": [(1, 2)]}))
}

#[test]
fn own_types() {
    stands_anywhere(&Global::new("math", "cos"));
    stands_anywhere(&Global::new("m", "Outer.Inner"));
    stands_anywhere(&object());
    stands_anywhere(&Object::reduce(Global::new("m", "f"), vec![pickle!([1])]).with_items(vec![pickle!(1)]));
    stands_anywhere(&PersistentId(7_u8));
    stands_anywhere(&PersistentId(pickle!(("storage", 1))));
    stands_anywhere(&pickle!({"a": (1, [2.5, None])}));
    stands_anywhere(&Value::from(object()));
    stands_anywhere(&BigInt::from(u128::MAX));
    let dict = Dict::try_from(pickle!({1: 2})).unwrap();
    stands_anywhere(&dict);
    let set: Set = ["y", "x"].into_iter().collect();
    stands_anywhere(&set);
    let Value::SurrogateStr(text) = SurrogateStr::from_bytes(b"\xed\xa0\x80".to_vec()).unwrap() else { panic!() };
    stands_anywhere(&text);
}

#[test]
fn raw_pickles() {
    let raw = RawPickle::from_vec(serde_pickle::to_vec(&object()).unwrap()).unwrap();
    for protocol in Protocol::ALL {
        let pickle = SerOptions::new().protocol(protocol).to_vec(&everywhere(&raw)).unwrap();
        let again: Everywhere<RawPickle> = read(&pickle);
        let Variant::Named { it } = &again.variants[2] else { panic!() };
        let parts = [&again.plain, &again.boxed, &again.many[1], &again.pair.0, &again.newtype.0, it];
        for part in parts {
            assert_eq!(part.deserialize::<Object>().unwrap(), object(), "protocol {protocol}");
        }
    }
}

#[test]
fn buffers() {
    let options = SerOptions::new().protocol(Protocol::V5);
    let (pickle, buffers) = options.to_vec_and_buffers(&everywhere(&Buffer::new(*b"big"))).unwrap();
    assert_eq!(buffers.len(), 12);
    let slices: Vec<&[u8]> = buffers.iter().map(Vec::as_slice).collect();
    let back: Everywhere<&serde_bytes::Bytes> =
        serde_pickle::DeOptions::new().buffers(&slices).from_slice(&pickle).unwrap();
    assert_eq!(back.maybe.unwrap().as_ref(), b"big");
    let numbers: Everywhere<Buffer> = read(&pickle);
    assert_eq!((numbers.plain.index(), numbers.newtype.0.index()), (Some(0), Some(8)));
}

#[test]
fn keys() {
    let globals = BTreeMap::from([(Global::new("m", "a"), 1), (Global::new("m", "b"), 2)]);
    let ids = BTreeMap::from([(PersistentId(7_u8), "x".to_owned())]);
    for protocol in Protocol::ALL {
        let options = SerOptions::new().protocol(protocol);
        let pickle = options.to_vec(&globals).unwrap();
        assert_eq!(read::<BTreeMap<Global, u8>>(&pickle), globals, "protocol {protocol}");
        let pickle = options.to_vec(&ids).unwrap();
        assert_eq!(read::<BTreeMap<PersistentId<u8>, String>>(&pickle), ids, "protocol {protocol}");
    }
}

#[test]
fn what_does_not_fit() {
    refused::<Vec<Global>>(b"]}a.", "[0]: dict is not a global at byte 1");
    refused::<Vec<Object>>(b"]K\x01a.", "[0]: int is not an object at byte 1");
    refused::<Vec<PersistentId<u8>>>(b"]K\x01a.", "[0]: invalid type: integer `1`, expected a persistent id at byte 1");
    refused::<Vec<Set>>(b"]]a.", "[0]: list is not a set at byte 1");
    refused::<BTreeMap<String, Dict>>(b"}\x8c\x01a]s.", "a: list is not a dict at byte 4");
}
