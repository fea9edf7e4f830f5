//! Decoding, encoding and decoding again is a fixed point.

use serde_pickle::{DeOptions, How, Memo, Object, Protocol, SerOptions, Value, tools};

pub(crate) const MEMOS: [Memo; 4] = [Memo::Keys, Memo::None, Memo::Equal, Memo::Python];

/// Modules of Python 2, such as damage makes.
const PYTHON2: [&str; 8] =
    ["exceptions.", "__builtin__", "copy_reg", "cPickle", "UserDict", "StringIO", "Queue", "itertools.i"];

/// A value is written at every protocol, with every memo, and comes back the same; and what is read from that is written the same.
/// What was made by hand may spell plain values as calls, which it is not any more when it was read once.
pub(crate) fn comes_back(value: &Value, was_read: bool) {
    let text = value.to_string();
    let spells = !was_read && any_object(value, |_| true);
    for protocol in Protocol::ALL {
        for memo in MEMOS {
            // Below protocol 4, calls stand around what was none; and names of Python 2 may stand for several of Python 3.
            let options = SerOptions::new().protocol(protocol).memo(memo).depth_limit(10_000).fix_imports(false);
            let reading = DeOptions::new().depth_limit(10_000).alias_budget(u64::MAX).int_max_str_digits(0);
            let read = |pickle: &[u8]| -> Value {
                let value: Value = match reading.from_slice(pickle) {
                    Ok(value) => value,
                    // A set made by a call, of what is in no set.
                    Err(error) if spells && error.to_string().contains("unhashable key") => return value.clone(),
                    Err(error) => panic!("at {protocol}, {memo:?}: {error}: {text}"),
                };
                let again = value.to_string();
                // Keyword arguments have an opcode from protocol 4 on; below, they are a call.
                let is_call = ["__newobj_ex__", "functools.partial"].iter().any(|call| again.contains(call));
                let differs = || {
                    let at = again.bytes().zip(text.bytes()).take_while(|(one, other)| one == other).count();
                    let near = |text: &str| text.bytes().skip(at.saturating_sub(80)).take(200).collect::<Vec<u8>>();
                    format!("{}: {}", near(&again).escape_ascii(), near(&text).escape_ascii())
                };
                // Calls of which more is known once they are written: what a str of Python 2 is encoded to, since it is one of Python 3
                // then; what a set holds, since its list does not change any more; what is an instance of a set, since that is a call.
                let calls = ["_codecs.encode(", "set([", "copyreg._reconstructor(", "copyreg.__newobj"];
                let settles = calls.iter().any(|call| text.contains(call));
                let same = again == text || is_call && protocol < Protocol::V4 || spells || settles;
                assert!(same, "at {protocol}, {memo:?}: {}", differs());
                value
            };
            let write = |value: &Value| options.to_vec(value);
            // Names that only Python 2 had are Python 3's once they stand in a low protocol.
            if protocol < Protocol::V3 && PYTHON2.iter().any(|name| text.contains(name)) {
                continue;
            }
            // Of what an instance is, only its class could tell below protocol 2: the usual is taken.
            if memo == Memo::Python && protocol < Protocol::V2 && any_object(value, |_| true) {
                continue;
            }
            // Extension codes, buffers and some names have no form in low protocols.
            let Ok(mut pickle) = write(value) else { continue };
            let again = |error| panic!("at {protocol}, {memo:?}, again: {error}: {text}");
            if !was_read {
                pickle = write(&read(&pickle)).unwrap_or_else(again);
            }
            let written = write(&read(&pickle)).unwrap_or_else(again);
            if written != pickle {
                let (one, other) = (tools::Disassembly::of(&pickle).text, tools::Disassembly::of(&written).text);
                let differs = one.lines().zip(other.lines()).find(|(one, other)| one != other);
                panic!("at {protocol}, {memo:?} written in two ways: {differs:#?}\n{text}\n{one}");
            }
        }
    }
}

/// Whether there is such an object in a value.
pub(crate) fn any_object(value: &Value, is_such: impl Fn(&Object) -> bool) -> bool {
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match value {
            Value::List(items) | Value::Tuple(items) => open.extend(items),
            Value::Dict(dict) => open.extend(dict.iter().flat_map(|(key, value)| [key, value])),
            Value::Set(set) | Value::FrozenSet(set) => open.extend(set.iter()),
            Value::PersistentId(id) => open.push(id),
            Value::Object(object) if is_such(object) => return true,
            Value::Object(object) => {
                open.push(&object.class);
                open.extend(object.kwargs.iter().flat_map(|(key, value)| [key, value]));
                open.extend(object.pairs.iter().flat_map(|(key, value)| [key, value]));
                open.extend(object.effects.iter().map(|(callable, _)| callable));
                open.extend(object.effects.iter().flat_map(|(_, args)| args));
                open.extend([&object.args, &object.items, &object.added, &object.states].into_iter().flatten());
            }
            _ => {}
        }
    }
    false
}

pub(crate) fn written(bytes: &[u8]) {
    let options = DeOptions::new().alias_budget(2_000).depth_limit(100);
    let Ok(value) = options.from_slice::<Value>(bytes) else { return };
    // A class that was given state or items is one object wherever it is named, which a value does not show.
    if any_object(&value, |object| object.how == How::Itself) {
        return;
    }
    comes_back(&value, true);
    let clone = value.clone();
    assert_eq!(clone.to_string(), value.to_string());
    let json = serde_json::to_value(&value);
    drop(json);
    let same: Value = match serde_pickle::from_value(value) {
        // A call that gave plain data was called; a buffer without bytes stands in two places, for a value has no sharing.
        Err(error) if ["is not callable", "without its bytes"].iter().any(|said| error.to_string().contains(said)) => {
            return;
        }
        same => same.unwrap_or_else(|error| panic!("{error}: {clone}")),
    };
    assert_eq!(same.to_string(), clone.to_string());
}
