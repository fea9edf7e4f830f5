//! Any options.

use arbitrary::{Result, Unstructured};
use serde_pickle::{Cycles, DeOptions, Encoding, Global, Graph, Value};

use super::sources::agree;

const BUFFERS: [&[u8]; 2] = [b"\x01\x02\x03\x04", b"0123456789abcdef"];

/// Options of reading, by some bytes.
pub(crate) fn options(choices: &mut Unstructured<'_>) -> Result<DeOptions<'static>> {
    let encodings = [Encoding::Auto, Encoding::Ascii, Encoding::Latin1, Encoding::Utf8, Encoding::Bytes];
    let mut options = DeOptions::new()
        .encoding(*choices.choose(&encodings)?)
        .alias_budget(*choices.choose(&[0, 10, 1_000, 50_000])?)
        .int_max_str_digits(*choices.choose(&[4300, 0, 5])?)
        .keep_memo(choices.arbitrary()?)
        .human_readable(choices.arbitrary()?)
        .strict(choices.arbitrary()?)
        .check_classes(choices.arbitrary()?)
        .cycles(if choices.arbitrary()? { Cycles::None } else { Cycles::Error });
    if choices.arbitrary()? {
        options = options.depth_limit(*choices.choose(&[0, 1, 3, 50])?);
    }
    if choices.arbitrary()? {
        options = options.buffers(&BUFFERS[..choices.int_in_range(0..=2)?]);
    }
    if choices.arbitrary()? {
        options = options.extensions([(1, Global::new("collections", "deque")), (7, Global::new("a", "b"))]);
    }
    if choices.arbitrary()? {
        options = options.persistent_load(|id| match id {
            Value::Int(_) => Ok(Value::List(vec![id.clone()])),
            id => Ok(id.clone()),
        });
    }
    if choices.arbitrary()? {
        options =
            options.class_like("a.b", "datetime.datetime").class_like("__main__.Point", "collections.OrderedDict");
    }
    if choices.arbitrary()? {
        options = options.allow_globals(["builtins.*", "collections.OrderedDict", "a.b"]);
    }
    Ok(options)
}

/// The options are the last bytes, so that a pickle with something after it is one.
pub(crate) fn settings(bytes: &[u8]) {
    let (pickle, choices) = bytes.split_at(bytes.len() - bytes.len().min(12));
    let Ok(options) = options(&mut Unstructured::new(choices)) else { return };
    agree(&options, pickle);
    let graph: Option<Graph<'_>> = options.graph(pickle).ok();
    let ignored = options.from_slice::<serde::de::IgnoredAny>(pickle);
    if let Some(graph) = graph {
        assert!(ignored.is_ok(), "{ignored:?}");
        drop(graph.deserialize::<Value>());
        drop(graph.deserialize::<serde_json::Value>());
    }
}
