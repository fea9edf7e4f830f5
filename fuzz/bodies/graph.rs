//! A graph, its nodes and what is written of it agree with the value.

use serde::de::IgnoredAny;
use serde_pickle::{DeOptions, Graph, How, Kind, Memo, Node, Protocol, SerOptions, Value};

use super::{
    said,
    sources::{Slow, is_for_slices},
    written::any_object,
};

/// What a node is, and what the value is that is read from it.
fn same(node: Node<'_, '_>, value: &Value) {
    let mut open = vec![(node, value)];
    let mut steps = 0;
    while let Some((node, value)) = open.pop() {
        steps += 1;
        if steps > 5_000 {
            return;
        }
        match (node.kind(), value) {
            (Kind::None, Value::None)
            | (Kind::Py2Str, Value::Str(_) | Value::Bytes(_))
            | (Kind::Str, Value::SurrogateStr(_))
            | (Kind::Int, Value::BigInt(_))
            | (Kind::PersistentId, Value::PersistentId(_))
            | (Kind::Buffer, Value::Buffer(_))
            | (Kind::Readonly, _) => {}
            (Kind::Bool, Value::Bool(bool)) => assert_eq!(node.as_bool(), Some(*bool)),
            (Kind::Int, Value::Int(int)) => assert_eq!(node.as_i64(), Some(*int)),
            (Kind::Float, Value::Float(float)) => {
                assert_eq!(node.as_f64().map(f64::to_bits), Some(float.to_bits()));
            }
            (Kind::Str, Value::Str(text)) => assert_eq!(node.as_str().as_deref(), Some(&text[..])),
            (Kind::Bytes, Value::Bytes(bytes)) | (Kind::ByteArray, Value::ByteArray(bytes)) => {
                assert_eq!(node.as_bytes().as_deref(), Some(&bytes[..]));
            }
            (Kind::List, Value::List(items)) | (Kind::Tuple, Value::Tuple(items)) => {
                assert_eq!(node.items().len(), items.len());
                open.extend(node.items().zip(items));
            }
            (Kind::Dict, Value::Dict(dict)) => {
                assert!(node.entries().len() >= dict.len(), "the last of a key wins");
                if node.entries().len() == dict.len() {
                    open.extend(node.entries().zip(dict).flat_map(|((a, b), (key, value))| [(a, key), (b, value)]));
                }
            }
            (Kind::Set, Value::Set(set)) | (Kind::FrozenSet, Value::FrozenSet(set)) => {
                assert!(node.items().len() >= set.len());
            }
            (Kind::Global, Value::Global(global)) => assert_eq!(node.as_global().as_ref(), Some(&**global)),
            (Kind::Object, Value::Object(object)) => {
                assert_eq!(node.how(), Some(object.how));
                assert_eq!(node.args().len(), object.args.len());
                open.extend(node.class().map(|class| (class, &object.class)));
                open.extend(node.args().zip(&object.args));
                open.extend(node.states().zip(&object.states));
            }
            (Kind::Extension, Value::Extension(code)) => assert_eq!(node.extension_code(), Some(*code)),
            (kind, value) => panic!("a node of the kind {kind:?} is the value {value}"),
        }
    }
}

pub(crate) fn graph(bytes: &[u8]) {
    let options = DeOptions::new().alias_budget(5_000).depth_limit(200);
    let ignored = options.from_slice::<IgnoredAny>(bytes);
    let graph = options.graph(bytes);
    let (graph, ignored) = match (graph, ignored) {
        (Ok(graph), Ok(_)) => (graph, ()),
        (Err(one), Err(other)) => return assert_eq!(one.to_string(), other.to_string()),
        (one, other) => panic!("a graph: {one:?}, ignored: {other:?}"),
    };
    let () = ignored;
    let value = options.from_slice::<Value>(bytes);
    assert_eq!(said(&graph.root().to_value()), said(&value));
    if let Ok(value) = &value {
        same(graph.root(), value);
    }
    let by_reader = options.graph_from_reader(Slow { bytes, step: 1, interrupted: false });
    let by_reader = match by_reader {
        Err(error) if is_for_slices([error.to_string()].iter()) => return,
        by_reader => by_reader.unwrap_or_else(|error| panic!("{error}")),
    };
    // At its own protocol, with everything that it holds.
    let written = graph.to_vec().map_err(|error| error.to_string());
    assert_eq!(by_reader.to_vec().map_err(|error| error.to_string()), written);
    if let Ok(pickle) = &written {
        let again = options.graph(pickle).unwrap_or_else(|error| panic!("written again: {error}"));
        // What begins as Python 2's and says in its middle that it is Python 3's has names of both kinds: written, it has one.
        let turns = |bytes: &[u8]| bytes.windows(2).any(|two| matches!(two, [0x80, 3..=5]));
        // And what says that it is of protocol 0 or 1 has no instances, if it is written so: what looks like their call is one then.
        let is_of_one_kind = matches!(bytes, [0x80, 3..=5, ..]) || !turns(bytes) && !matches!(bytes, [0x80, 0..=1, ..]);
        if let Ok(value) = &value
            && is_of_one_kind
        {
            // What was shared in a way that no value shows may be written at each place.
            let again = DeOptions::new().alias_budget(u64::MAX).depth_limit(10_000).from_slice::<Value>(pickle);
            assert_eq!(said(&again), value.to_string());
        }
        let twice = again.to_vec().map_err(|error| error.to_string());
        // A class that was given state itself is stored as a class, and as what it is then.
        // Neither is what has opcodes that its protocol does not have.
        let is_same = again.protocol() == graph.protocol();
        if is_same && value.as_ref().is_ok_and(|value| !any_object(value, |object| object.how == How::Itself)) {
            assert_eq!(twice.as_ref(), Ok(pickle), "what was written is written the same");
        }
    }
    for protocol in Protocol::ALL {
        for memo in [Memo::Keys, Memo::None, Memo::Python] {
            let Ok(pickle) = SerOptions::new().protocol(protocol).memo(memo).to_vec(&graph) else { continue };
            Graph::from_slice(&pickle).unwrap_or_else(|error| panic!("at {protocol}, {memo:?}: {error}"));
        }
    }
    let uses: Vec<_> = graph.globals().map(|found| found.offset).collect();
    assert!(uses.is_sorted(), "in the order of the stream");
    let owned = graph.into_owned();
    assert_eq!(owned.to_vec().map_err(|error| error.to_string()), written);
}
