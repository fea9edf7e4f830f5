//! `pickle get`, `set`, `del`, `convert`.

use serde_pickle::{Graph, Protocol, Value, pickle};

use crate::{fixtures, python, scratch, tool, written};

#[test]
fn get() {
    let folder = scratch("edit");
    let value = pickle!({"users": [{"name": "Ada", "age": 36}, {"name": "Grace"}]});
    let file = written(&folder, "get.pkl", &serde_pickle::to_vec(&value).unwrap());
    assert_eq!(tool(&["get", &file, "users[0].name"]).text(), "Ada\n");
    assert_eq!(tool(&["get", &file, "users[-1]"]).text(), "{'name': 'Grace'}\n");
    let part = tool(&["get", &file, "users[0]", "--as", "pickle"]).bytes();
    assert_eq!(serde_pickle::from_slice::<Value>(&part).unwrap(), pickle!({"name": "Ada", "age": 36}));
    let run = tool(&["get", &file, "users.name"]);
    assert_eq!(run.code, 1);
    assert_eq!(
        run.err,
        format!("pickle: {file}: users.name: there is no such key or attribute in the list at byte 20\n")
    );
}

#[test]
fn set_and_del() {
    let folder = scratch("edit");
    let value = pickle!({"users": [{"name": "Ada"}, {"name": "Grace"}], 7: (1, 2)});
    let file = written(&folder, "set.pkl", &serde_pickle::to_vec(&value).unwrap());
    let shown = |args: &[&str]| {
        let bytes = tool(args).bytes();
        serde_pickle::from_slice::<Value>(&bytes).unwrap().to_string()
    };
    let name = "{'users': [{'name': 'Ada L.'}, {'name': 'Grace'}], 7: (1, 2)}";
    assert_eq!(shown(&["set", &file, "users[0].name", "\"Ada L.\""]), name);
    assert_eq!(shown(&["set", &file, "users[0].name", "--text", "Ada L."]), name);
    assert_eq!(shown(&["set", &file, "users[0].name", "'Ada L.'"]), name);
    let literal = "{'users': [], 7: (1, 2), ('new', 1): {b'\\x00': (None, {2, 3}, bytearray(b'x'))}}";
    let new = "{b'\\x00': (None, {2, 3}, bytearray(b'x'))}";
    let file_of_less = written(&folder, "less.pkl", &serde_pickle::to_vec(&pickle!({"users": [], 7: (1, 2)})).unwrap());
    assert_eq!(shown(&["set", &file_of_less, "[('new', 1)]", new]), literal);
    let item = "{'users': [{'name': 'Ada'}, {'name': 'Grace'}], 7: (1, -5)}";
    assert_eq!(shown(&["set", &file, "[7][1]", "-5"]), item);
    let tagged = "{'users': [{'name': 'Ada'}, {'name': 'Grace', 'tags': {1}}], 7: (1, 2)}";
    assert_eq!(shown(&["set", &file, "users[1].tags", "{\"$set\": [1]}"]), tagged);
    assert_eq!(shown(&["del", &file, "users[0]"]), "{'users': [{'name': 'Grace'}], 7: (1, 2)}");
    assert_eq!(shown(&["del", &file, "[7]"]), "{'users': [{'name': 'Ada'}, {'name': 'Grace'}]}");
    assert_eq!(shown(&["set", &file, "", "null"]), "None");
    assert_eq!(tool(&["set", &file, "users[0].name", "1", "--in-place"]).text(), "");
    assert_eq!(tool(&["get", &file, "users[0].name"]).text(), "1\n");
    let run = tool(&["set", &file, "users[0].name", "text"]);
    assert_eq!(run.code, 1);
    assert!(run.err.starts_with("pickle: the value is not JSON: expected "), "{}", run.err);
    let run = tool(&["set", &file, "users[9].name", "1"]);
    assert_eq!((run.code, run.err.contains("users[9]")), (1, true));
}

/// An object that refers to itself and stands in two places: what is not touched stays the same object.
#[test]
fn identities_are_kept() {
    let folder = scratch("edit");
    let make = "
import pickle, sys, collections
class Node: pass
import __main__
Node.__module__ = 'shop'; import types; sys.modules['shop'] = types.ModuleType('shop'); sys.modules['shop'].Node = Node
a = Node(); a.name = 'a'; a.me = a; a.list = [1, 2]; a.again = a.list; a.ordered = collections.OrderedDict(x=1, y=a)
data = {'first': a, 'second': a, 'tuple': (a.list, a), 'name': 'old'}
data['itself'] = data
sys.stdout.buffer.write(pickle.dumps(data, 4))
";
    let Some(pickle) = python(make, b"") else { return };
    let file = written(&folder, "cyclic.pkl", &pickle);
    for (path, value) in [
        ("name", "\"new\""),
        ("first.name", "\"b\""),
        ("first.list[0]", "5"),
        ("first.ordered.x", "9"),
        ("second.extra", "[]"),
    ] {
        tool(&["set", &file, path, value, "--in-place"]).text();
    }
    tool(&["set", &file, "third", "--same-as", "first.list", "--in-place"]).text();
    tool(&["del", &file, "first.again", "--in-place"]).text();
    let check = "
import pickle, sys, types
class Node: pass
sys.modules['shop'] = types.ModuleType('shop'); sys.modules['shop'].Node = Node
data = pickle.loads(sys.stdin.buffer.read())
a = data['first']
assert type(a) is Node and data['second'] is a and a.me is a and data['itself'] is data
assert data['tuple'][0] is a.list and data['tuple'][1] is a and data['third'] is a.list and a.ordered['y'] is a
assert type(a.ordered).__name__ == 'OrderedDict' and list(a.ordered) == ['x', 'y'] and a.ordered['x'] == 9
assert a.list == [5, 2] and a.name == 'b' and data['name'] == 'new' and a.extra == [] and not hasattr(a, 'again')
";
    python(check, &std::fs::read(&file).unwrap()).unwrap();
}

#[test]
fn convert() {
    let folder = scratch("edit");
    let file = written(&folder, "convert.pkl", &serde_pickle::to_vec(&pickle!({"a": (1, "x")})).unwrap());
    for protocol in Protocol::ALL {
        let bytes = tool(&["convert", "--protocol", &protocol.to_string(), &file]).bytes();
        assert_eq!(Graph::from_slice(&bytes).unwrap().protocol(), protocol.max(Protocol::V0));
        assert_eq!(serde_pickle::from_slice::<Value>(&bytes).unwrap(), pickle!({"a": (1, "x")}));
    }
    // What it does to the fixtures is the library's: a few for the way through.
    for (name, pickle) in fixtures().iter().filter(|(name, _)| name.contains("objects") && name.contains(".p2.")) {
        let bytes = tool(&["convert", "--protocol", "4", name]).bytes();
        let values =
            [&bytes, pickle].map(|bytes| serde_pickle::from_slice::<Value>(bytes).map(|value| value.to_string()));
        let [Ok(after), Ok(before)] = values else { continue };
        // At protocol 4 it is an instance, and no call of a partial.
        if name.contains("kwargs") {
            let of_protocol_4 = std::fs::read("fixtures/objects/kwargs.p4.pkl").unwrap();
            assert_eq!(after, serde_pickle::from_slice::<Value>(&of_protocol_4).unwrap().to_string());
            continue;
        }
        assert_eq!(after, before, "{name}");
    }
}
