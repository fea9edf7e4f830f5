//! How objects are made, exactly.

use serde_pickle::{Dict, Global, Graph, Kind, Memo, Object, Protocol, SerOptions, Value};

use crate::python;

/// `cls.__new__(cls, **{})` is not written as `cls.__new__(cls)`, though Python makes the same of it.
#[test]
fn keyword_arguments_of_which_there_are_none() {
    for (pickle, takes) in [(&b"\x80\x04cshop\nOrder\n)}\x92."[..], true), (b"\x80\x04cshop\nOrder\n)\x81.", false)] {
        let graph = Graph::from_slice(pickle).unwrap();
        assert_eq!((graph.root().takes_kwargs(), graph.root().kwargs().len()), (takes, 0));
        assert!(graph.to_vec().unwrap().ends_with(&pickle[2..]));
        let value: Value = serde_pickle::from_slice(pickle).unwrap();
        let order = value.as_object().unwrap();
        assert_eq!((order.takes_kwargs(), order.clone().takes_kwargs()), (takes, takes));
        let opcode = if takes { b'\x92' } else { b'\x81' };
        for value in [&value, &value.clone()] {
            let written = serde_pickle::to_vec(value).unwrap();
            assert_eq!(written[written.len() - 2], opcode);
        }
        // There is no such opcode below, and none is needed.
        let below = SerOptions::new().protocol(Protocol::V2).to_vec(&value).unwrap();
        assert!(below.ends_with(b")\x81."), "{below:?}");
        assert_eq!(value, Value::from(Object::new(Global::new("shop", "Order"), Vec::new())));
    }
    // A stream of a low protocol that has what only a higher one has: the arguments stay, and the keywords.
    for pickle in
        [&b"\x80\0cshop\nOrder\nK\x01\x85}\x92."[..], b"\x80\x01cshop\nOrder\nK\x01\x85}(\x8c\x01aK\x02u\x92."]
    {
        let graph = Graph::from_slice(pickle).unwrap();
        let (value, written) = (graph.deserialize::<Value>().unwrap(), graph.to_vec().unwrap());
        assert_eq!(serde_pickle::from_slice::<Value>(&written).unwrap(), value);
    }
    let made = Object::new(Global::new("shop", "Order"), Vec::new()).with_kwargs(Dict::new());
    assert!(made.takes_kwargs() && !Object::reduce(Global::new("shop", "order"), Vec::new()).takes_kwargs());
}

/// What Python loads of each, and of what a graph of it writes at each protocol, is the same: with what was an argument then.
#[test]
fn arguments_that_change_after_the_call() {
    let cases: [(&str, &[u8]); 9] = [
        // items = [1]; s = set(items); items.append(2); (items, s)
        ("a set", b"(](K\x01eq\0cbuiltins\nset\n(h\0tRq\x01h\0K\x02a0h\0h\x01t."),
        // The list is written first where it is met first.
        ("before", b"](K\x01eq\0cbuiltins\nset\n(h\0tRq\x010h\0K\x02a0h\x01h\0\x86."),
        ("the set alone", b"](K\x01eq\0cbuiltins\nfrozenset\n(h\0tRq\x010h\0K\x02a0h\x01."),
        // Two calls, at two stages; the later one is met first.
        ("two stages", b"](K\x01eq\0cbuiltins\nset\n(h\0tRq\x010h\0K\x02a0cbuiltins\ntuple\n(h\0tRq\x020h\0K\x03a0h\x02h\x01h\0\x87."),
        ("a dict", b"}(K\x01K\x02uq\0ccollections\nOrderedDict\n(h\0tRq\x010h\0(K\x03K\x04K\x01K\x05u0h\0h\x01\x86."),
        ("added", b"\x8f(K\x01\x90q\0cbuiltins\nlist\n(h\0tRq\x010h\0(K\x02\x900h\x01h\0\x86."),
        // The call stands in the list that it was given.
        ("inside", b"](K\x01eq\0cbuiltins\ntuple\n(h\0tRq\x01ah\0K\x02a0h\0."),
        // What it returns keeps the list itself: a slice has the list of now.
        ("kept", b"](K\x01eq\0cbuiltins\nslice\n(h\0NNtRq\x010h\0K\x02a0h\x01h\0\x86."),
        ("a bytearray of a list", b"](K\x01eq\0cbuiltins\nbytearray\n(h\0tRq\x010h\0K\x02a0h\x01h\0\x86."),
    ];
    for (name, pickle) in cases {
        let script = "
import pickle, struct, sys
data = sys.stdin.buffer.read()
while data:
    (length,) = struct.unpack('<I', data[:4])
    print(repr(pickle.loads(data[4:4 + length])))
    data = data[4 + length:]
";
        let graph = Graph::from_slice(pickle).unwrap();
        let mut written = vec![pickle.to_vec(), graph.to_vec().unwrap()];
        // Below protocol 4 a set is a call, and made of what it holds at the end.
        let least = if name == "added" { Protocol::V4 } else { Protocol::V0 };
        for protocol in Protocol::ALL.into_iter().filter(|protocol| *protocol >= least) {
            for memo in [Memo::Keys, Memo::None, Memo::Python] {
                written.push(SerOptions::new().protocol(protocol).memo(memo).to_vec(&graph).unwrap());
            }
        }
        let all: Vec<u8> =
            written.iter().flat_map(|pickle| [&(pickle.len() as u32).to_le_bytes()[..], pickle].concat()).collect();
        let Some(out) = python(script, &all) else { return };
        let lines: Vec<&str> = out.lines().collect();
        assert_eq!(lines.len(), written.len(), "{name}");
        assert!(lines.iter().all(|line| *line == lines[0]), "{name}: {lines:#?}");
        // And once more.
        let again = Graph::from_slice(&written[1]).unwrap();
        assert_eq!(again.to_vec().unwrap().len(), written[1].len(), "{name}");
    }
}

/// A persistent id of protocol 0 that was given something is what it was, by itself; its id is a text.
#[test]
fn a_persistent_id_that_is_given_something() {
    let graph = Graph::from_slice(b"Ptwo words\nK\x01Ns.").unwrap();
    let (root, class) = (graph.root(), graph.root().class().unwrap());
    assert_eq!((root.kind(), class.kind()), (Kind::Object, Kind::PersistentId));
    let id = class.persistent_id().unwrap();
    assert_eq!((id.kind(), id.as_str().as_deref()), (Kind::Str, Some("two words")));
    assert_eq!(class.to_value().unwrap(), Value::PersistentId(Box::new("two words".into())));
    assert_eq!(id.to_value().unwrap(), Value::from("two words"));
    let value: Value = graph.deserialize().unwrap();
    assert_eq!(value.as_object().unwrap().class, class.to_value().unwrap());
    let again: Value = serde_pickle::from_slice(&graph.to_vec().unwrap()).unwrap();
    assert_eq!(again.to_string(), value.to_string());
}

/// What stands for something outside is an object of its own each time, as a key, too.
#[test]
fn persistent_ids_as_keys() {
    for pickle in [&b"}(Pid\nK\x01Pid\nK\x02u."[..], b"}(\x8c\x02idQK\x01\x8c\x02idQK\x02u."] {
        let value: Value = serde_pickle::from_slice(pickle).unwrap();
        assert_eq!(value.as_dict().unwrap().len(), 2);
    }
}

/// An object takes a list as a key, if it likes; a dict that it is made of at protocol 1 would not.
#[test]
fn keys_that_no_dict_has() {
    for pickle in [&b"\x80\x02cshop\nBy\n)\x81]K\x01s."[..], b"\x80\x02cshop\nBy\n)\x81]\x85K\x01s."] {
        let graph = Graph::from_slice(pickle).unwrap();
        let value: Value = graph.deserialize().unwrap();
        for protocol in Protocol::ALL {
            for memo in [Memo::Keys, Memo::Python] {
                let options = SerOptions::new().protocol(protocol).memo(memo);
                for written in [options.to_vec(&graph), options.to_vec(&value)] {
                    let again: Value = serde_pickle::from_slice(&written.unwrap()).unwrap();
                    assert_eq!(again.to_string(), value.to_string(), "{protocol:?} {memo:?}");
                }
            }
        }
    }
}

/// INST names its class in ASCII; others are made by OBJ.
#[test]
fn instances_of_classes_that_are_not_ascii() {
    let pickle = b"\x80\0(\x8c\x01m\x8c\x02\xc3\xa9\x93K\x01o.";
    let graph = Graph::from_slice(pickle).unwrap();
    let options = SerOptions::new().protocol(Protocol::V0);
    let value: Value = graph.deserialize().unwrap();
    for written in [graph.to_vec(), options.to_vec(&graph), options.to_vec(&value)] {
        let again: Value = serde_pickle::from_slice(&written.unwrap()).unwrap();
        assert_eq!(again, value);
    }
}

/// Python writes `items = [1]; items.append(Pair(items))` in the midst of the list; at protocol 0, one by one.
#[test]
fn python_s_own_way_stays() {
    let zero = b"(lp0\nI1\nacshop\nPair\np1\n(g0\ntp2\nRp3\na.";
    assert_eq!(Graph::from_slice(zero).unwrap().to_vec().unwrap(), zero);
    let one = b"]q\x00(K\x01cshop\nPair\nq\x01(h\x00tq\x02Rq\x03e.";
    assert_eq!(Graph::from_slice(one).unwrap().to_vec().unwrap(), one);
}

/// Steps to write a graph, for each byte: no more for much than for little.
fn steps_to_write(pickle: &[u8]) -> u64 {
    let graph = Graph::from_slice(pickle).unwrap();
    let before = serde_pickle::__steps().unwrap_or_default();
    let written = graph.to_vec().unwrap();
    assert!(written.len() < 4 * pickle.len() + 100, "{} of {}", written.len(), pickle.len());
    (serde_pickle::__steps().unwrap_or_default() - before) / pickle.len() as u64
}

#[test]
fn many_arguments_that_change() {
    // One list that grows from call to call.
    let grows =
        |count: usize| [&b"]q\0cbuiltins\nset\nq\x01("[..], &b"h\x01h\0\x85Rh\0Na0".repeat(count), b"t."].concat();
    // Many lists in one tuple, which is given to many calls; then all lists change.
    let crossed = |count: usize| {
        let lists: Vec<u8> = (0..count).flat_map(|at| format!("]p{}\n", at + 2).into_bytes()).collect();
        let changes: Vec<u8> = (0..count).flat_map(|at| format!("g{}\nNa0", at + 2).into_bytes()).collect();
        let calls = b"h\0h\x01R".repeat(count);
        [&b"cbuiltins\nmax\nq\x000("[..], &lists, b"tq\x010(", &calls, b"t", &changes, b"."].concat()
    };
    for (few, many) in [(grows(200), grows(5_000)), (crossed(200), crossed(5_000))] {
        let (few, many) = (steps_to_write(&few), steps_to_write(&many));
        assert!(many <= few + 2, "{few} {many}");
    }
}

/// What is changed in the graph afterwards is what it is, for all.
#[test]
fn an_argument_that_is_edited() {
    let mut graph = Graph::from_slice(b"(](K\x01eq\0cbuiltins\nset\n(h\0tRq\x01h\0K\x02a0h\0h\x01t.").unwrap();
    let items = graph.root().at(0).unwrap().id();
    graph.insert_item(items, 2, &3).unwrap();
    let script = "import pickle, sys; print(pickle.load(sys.stdin.buffer))";
    let Some(out) = python(script, &graph.to_vec().unwrap()) else { return };
    assert_eq!(out.trim(), "([1, 2, 3], {1, 2, 3}, [1, 2, 3], {1, 2, 3})");
}
