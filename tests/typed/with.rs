//! Tuples, sets, frozensets and bytearrays: wrappers and modules.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde::{Deserialize, Serialize};
use serde_pickle::{Protocol, SerOptions, Value, with};

use crate::{comes_back, read, shown};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Fields {
    #[serde(with = "with::tuple")]
    tuple: Vec<u8>,
    #[serde(with = "with::set")]
    set: BTreeSet<u8>,
    #[serde(with = "with::frozenset")]
    frozenset: HashSet<String>,
    #[serde(with = "with::bytearray")]
    bytearray: Vec<u8>,
    #[serde(with = "with::bytearray")]
    boxed: Box<[u8]>,
    #[serde(with = "with::set", default)]
    maybe: Option<Vec<u8>>,
    #[serde(with = "with::set")]
    array: [u8; 2],
    #[serde(with = "with::tuple")]
    pair: (u8, Vec<u8>),
}

fn fields(maybe: Option<Vec<u8>>) -> Fields {
    Fields {
        tuple: vec![1, 2, 3, 4, 5],
        set: [1, 2].into(),
        frozenset: ["x".to_owned()].into(),
        bytearray: b"ab".to_vec(),
        boxed: Box::new([1]),
        maybe,
        array: [1, 2],
        pair: (1, vec![2]),
    }
}

#[test]
fn modules() {
    assert_eq!(
        shown(&fields(None)),
        "{'tuple': (1, 2, 3, 4, 5), 'set': {1, 2}, 'frozenset': frozenset({'x'}), 'bytearray': bytearray(b'ab'), \
         'boxed': bytearray(b'\\x01'), 'maybe': None, 'array': {1, 2}, 'pair': (1, [2])}"
    );
    assert!(shown(&fields(Some(vec![7]))).contains("'maybe': {7}"));
    comes_back(&fields(None));
    comes_back(&fields(Some(vec![7])));
}

#[test]
#[allow(clippy::type_complexity, reason = "depth is the point")]
fn wrappers_at_any_depth() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Deep {
        many: Vec<with::Tuple<Vec<u8>>>,
        maybe: Option<with::ByteArray>,
        keys: BTreeMap<with::FrozenSet<BTreeSet<u8>>, Option<Box<with::Set<Vec<String>>>>>,
        nested: with::Tuple<Vec<with::FrozenSet<Vec<with::Tuple<Vec<u8>>>>>>,
        empty: (with::Tuple<Vec<()>>, with::Set<Vec<()>>, with::FrozenSet<Vec<()>>, with::ByteArray),
        in_variant: Kind,
    }
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum Kind {
        Of(with::Set<Vec<u8>>),
    }
    let deep = Deep {
        many: vec![with::Tuple(vec![1]), with::Tuple(vec![])],
        maybe: Some(with::ByteArray(b"ab".to_vec())),
        keys: [(with::FrozenSet([1].into()), Some(Box::new(with::Set(vec!["x".to_owned()]))))].into(),
        nested: with::Tuple(vec![with::FrozenSet(vec![with::Tuple(vec![1, 2])])]),
        empty: (with::Tuple(vec![]), with::Set(vec![]), with::FrozenSet(vec![]), with::ByteArray(vec![])),
        in_variant: Kind::Of(with::Set(vec![1])),
    };
    assert_eq!(
        shown(&deep),
        "{'many': [(1,), ()], 'maybe': bytearray(b'ab'), 'keys': {frozenset({1}): {'x'}}, \
         'nested': (frozenset({(1, 2)}),), 'empty': ((), set(), frozenset(), bytearray(b'')), 'in_variant': {'Of': {1}}}"
    );
    comes_back(&deep);
}

#[test]
fn what_is_no_sequence_is_as_ever() {
    // What the wrapper says is of its content, and not of what is deeper inside.
    let map = BTreeMap::from([("a".to_owned(), vec![1])]);
    assert_eq!(shown(&with::Set(&map)), "{'a': [1]}");
    assert_eq!(shown(&(with::Set(1), vec![1])), "(1, [1])");
    #[derive(Serialize)]
    struct Holds {
        a: Vec<u8>,
    }
    #[derive(Serialize)]
    enum Variant {
        New(Vec<u8>),
    }
    assert_eq!(shown(&with::Set(Holds { a: vec![1] })), "{'a': [1]}");
    assert_eq!(shown(&with::Set(Variant::New(vec![1]))), "{'New': [1]}");
}

#[test]
fn read_from_anything_alike() {
    for pickle in [&b"](K\x01K\x02e."[..], b"K\x01K\x02\x86.", b"\x8f(K\x01K\x02\x90.", b"C\x02\x01\x02."] {
        assert_eq!(read::<with::Set<Vec<u8>>>(pickle).0, [1, 2]);
        assert_eq!(read::<with::Tuple<Vec<u8>>>(pickle).0, [1, 2]);
    }
    for pickle in [&b"](K\x01K\x02e."[..], b"K\x01K\x02\x86.", b"C\x02\x01\x02.", b"\x96\x02\0\0\0\0\0\0\0\x01\x02."] {
        assert_eq!(read::<with::ByteArray>(pickle).0, [1, 2]);
    }
    assert_eq!(serde_json::to_string(&with::Set([1, 2])).unwrap(), "[1,2]");
    assert_eq!(serde_json::from_str::<with::Set<Vec<u8>>>("[1,2]").unwrap().0, [1, 2]);
    assert_eq!(serde_json::from_str::<with::ByteArray>("[1,2]").unwrap().0, [1, 2]);
}

#[test]
fn every_protocol_has_them() {
    for protocol in Protocol::ALL {
        let pickle = SerOptions::new().protocol(protocol).to_vec(&fields(None)).unwrap();
        assert_eq!(read::<Value>(&pickle).to_string(), shown(&fields(None)), "protocol {protocol}");
    }
}
