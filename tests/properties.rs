//! What holds for any value and for any bytes.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

use proptest::{collection::vec, prelude::*};
use serde::{Deserialize, de::IgnoredAny};
use serde_pickle::{BigInt, Dict, Graph, Memo, Protocol, SerOptions, Set, Value};

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::None),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-70_000_i64..70_000).prop_map(Value::from),
        vec(any::<u8>(), 0..40).prop_map(|bytes| BigInt::from_signed_bytes_le(&bytes).into()),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[a-e]{0,3}".prop_map(Value::from),
        vec(any::<u8>(), 0..300).prop_map(Value::Bytes),
    ]
}

fn hashable() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::Tuple),
            vec(inner, 0..5).prop_map(|items| Value::FrozenSet(set(items))),
        ]
    })
}

fn set(items: Vec<Value>) -> Set {
    let mut set = Set::new();
    for item in items {
        set.insert(item).unwrap();
    }
    set
}

fn dict(pairs: Vec<(Value, Value)>) -> Dict {
    let mut dict = Dict::new();
    for (key, value) in pairs {
        dict.insert(key, value).unwrap();
    }
    dict
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![scalar(), vec(any::<u8>(), 0..300).prop_map(Value::ByteArray)];
    leaf.prop_recursive(4, 60, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::List),
            vec(inner.clone(), 0..6).prop_map(Value::Tuple),
            vec((hashable(), inner), 0..6).prop_map(|pairs| Value::Dict(dict(pairs))),
            vec(hashable(), 0..6).prop_map(|items| Value::Set(set(items))),
        ]
    })
}

/// One opcode with a likely argument, or any bytes: what pickles go wrong by.
fn fragment() -> impl Strategy<Value = Vec<u8>> {
    let opcodes = b"().012NabcdeghijlopqrstuQR]}\x81\x85\x86\x87\x88\x89\x8f\x90\x91\x92\x93\x94\x97\x98";
    prop_oneof![
        4 => proptest::sample::select(&opcodes[..]).prop_map(|opcode| vec![opcode]),
        2 => (0_u8..6).prop_map(|int| vec![b'K', int]),
        2 => (0_u8..6).prop_map(|index| vec![b'h', index]),
        2 => (0_u8..6).prop_map(|index| vec![b'q', index]),
        1 => Just(b"\x8c\x01a".to_vec()),
        1 => Just(b"C\x02ab".to_vec()),
        1 => Just(b"c__builtin__\nset\n".to_vec()),
        1 => Just(b"\x96\x02\0\0\0\0\0\0\0ab".to_vec()),
        1 => vec(any::<u8>(), 0..4),
    ]
}

#[derive(Debug, Deserialize)]
#[allow(dead_code)]
struct Typed {
    a: Option<Vec<u64>>,
    b: Option<std::collections::BTreeMap<String, (f64, bool)>>,
    c: Option<Box<Typed>>,
}

/// Lists in lists, of numbers or of nothing.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(untagged)]
enum Numbers {
    Bits(Bits),
    None,
    Many(Vec<Numbers>),
}

/// A float that is the same as itself.
#[derive(Debug, PartialEq)]
struct Bits(u64);

impl<'de> Deserialize<'de> for Bits {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Bits, D::Error> {
        f64::deserialize(deserializer).map(|float| Bits(float.to_bits()))
    }
}

/// What lists of scalars are made of, and what may come between their items.
fn of_lists() -> impl Strategy<Value = Vec<u8>> {
    let opcodes = b"]((eeaN\x88)\x942085lst}u";
    prop_oneof![
        4 => proptest::sample::select(&opcodes[..]).prop_map(|opcode| vec![opcode]),
        2 => Just(b"](".to_vec()),
        3 => any::<u8>().prop_map(|int| vec![b'K', int]),
        3 => any::<i32>().prop_map(|int| [&b"J"[..], &int.to_le_bytes()].concat()),
        3 => any::<f64>().prop_map(|float| [&b"G"[..], &float.to_be_bytes()].concat()),
        2 => vec(any::<u8>(), 0..12).prop_map(|long| [&[0x8a, long.len() as u8][..], &long].concat()),
        1 => (0_u8..20).prop_map(|length| vec![0x95, length, 0, 0, 0, 0, 0, 0, 0]),
        1 => (0_u8..3).prop_map(|index| vec![b'h', index]),
        1 => Just(b"\x8c\x01a\x94".to_vec()),
        1 => Just(b"c__builtin__\nset\n".to_vec()),
        1 => Just(b"R".to_vec()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_value_comes_back_the_same(value in value()) {
        let text = value.to_string();
        for protocol in Protocol::ALL {
            for memo in [Memo::Keys, Memo::None] {
                let options = SerOptions::new().protocol(protocol).memo(memo);
                let pickle = options.to_vec(&value).unwrap();
                let again: Value = serde_pickle::from_slice(&pickle).unwrap();
                // The text tells 1 from 1.0, -0.0 from 0.0, a tuple from a list.
                prop_assert_eq!(again.to_string(), text.as_str());
                let mut written = Vec::new();
                options.to_writer(&mut written, &value).unwrap();
                prop_assert_eq!(written, pickle);
            }
        }
        prop_assert_eq!(value.clone().to_string(), text);
    }

    #[test]
    fn any_bytes_end_in_a_value_or_an_error(fragments in vec(fragment(), 0..60), stop in any::<bool>()) {
        let mut pickle = fragments.concat();
        if stop {
            pickle.push(b'.');
        }
        let from_slice = serde_pickle::Deserializer::from_slice(&pickle).into_iter::<Value>().next();
        let from_reader = serde_pickle::Deserializer::from_reader(&pickle[..]).into_iter::<Value>().next();
        let say = |item: Option<serde_pickle::Result<Value>>| {
            item.map(|item| item.map_or_else(|error| error.to_string(), |value| value.to_string()))
        };
        let from_slice = say(from_slice);
        prop_assert_eq!(&from_slice, &say(from_reader));
        let _ = serde_pickle::from_slice::<Typed>(&pickle);
        let _ = serde_pickle::from_slice::<Vec<String>>(&pickle);
        let _ = serde_pickle::from_slice::<serde_json::Value>(&pickle);
        let _ = serde_pickle::from_slice::<IgnoredAny>(&pickle);
        let _ = serde_pickle::tools::Disassembly::of(&pickle);
    }

    /// A graph has all items of a list in itself; who reads a value leaves them in the input.
    #[test]
    fn lists_are_what_their_graphs_are(fragments in vec(of_lists(), 0..40)) {
        let pickle = [&b"]\x94("[..], &fragments.concat(), b"."].concat();
        let value = serde_pickle::from_slice::<Value>(&pickle);
        let graph = Graph::from_slice(&pickle);
        let of_graph = graph.as_ref().map(|graph| graph.root().to_value());
        let of_graph = match of_graph {
            Ok(Ok(value)) => value.to_string(),
            Ok(Err(error)) => error.to_string(),
            Err(error) => error.to_string(),
        };
        prop_assert_eq!(value.map_or_else(|error| error.to_string(), |value| value.to_string()), of_graph);
        if let Ok(graph) = graph {
            let typed = serde_pickle::from_slice::<Numbers>(&pickle).map_err(|error| error.to_string());
            prop_assert_eq!(typed, graph.root().deserialize::<Numbers>().map_err(|error| error.to_string()));
        }
    }
}
