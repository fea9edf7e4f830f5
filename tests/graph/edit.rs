//! Changed, and written.

use std::collections::BTreeMap;

use serde_pickle::{Global, Graph, Kind, Memo, Protocol, SerOptions, Value, pickle};

/// `shared = ['s']; a = Order(shared); a.itself = a; root = {'a': a, 'list': shared, 'names': ('x', 'y')}`, at each protocol.
fn shop(protocol: Protocol) -> Vec<u8> {
    let pickle =
        b"\x80\x02}q\0(X\x01\0\0\0aq\x01cshop\nOrder\nq\x02)\x81q\x03}q\x04(X\x06\0\0\0sharedq\x05]q\x06X\x01\0\0\0sa\
        X\x06\0\0\0itselfq\x07h\x03ubX\x04\0\0\0listq\x08h\x06X\x05\0\0\0namesq\x09X\x01\0\0\0xX\x01\0\0\0y\x86u.";
    let graph = Graph::from_slice(pickle).unwrap();
    SerOptions::new().protocol(protocol).memo(Memo::Python).to_vec(&graph).unwrap()
}

const PROTOCOLS: [Protocol; 6] = [Protocol::V0, Protocol::V1, Protocol::V2, Protocol::V3, Protocol::V4, Protocol::V5];

/// What is not touched keeps its class, its sharing and its cycles; at the stream's own protocol and at others.
#[test]
fn changed_and_written() {
    for of in PROTOCOLS {
        for to in PROTOCOLS {
            let pickle = shop(of);
            let mut graph = Graph::from_slice(&pickle).unwrap();
            let (root, order) = (graph.root().id(), graph.root().get("a").unwrap().id());
            let list = graph.root().get("list").unwrap().id();
            graph.set_entry(root, "new", &(1, "two", 3.5)).unwrap();
            graph.set_entry(order, "status", &"paid").unwrap();
            graph.insert_item(list, 0, &serde_pickle::pickle!({"first": Value::Bytes(vec![0, 200])})).unwrap();
            graph.remove_entry(root, "names").unwrap();
            let named = graph.rename_class(&Global::new("shop", "Order"), &Global::new("shop.models", "Purchase"));
            assert_eq!(named.unwrap(), 1);

            let memo = if of == to { Memo::Python } else { Memo::Keys };
            let written = SerOptions::new().protocol(to).memo(memo).to_vec(&graph).unwrap();
            let graph = Graph::from_slice(&written).unwrap();
            assert!(graph.protocol() <= to, "{of:?} {to:?}: {:?}", graph.protocol());
            let root = graph.root();
            let order = root.get("a").unwrap();
            let class = order.class_name().unwrap();
            assert_eq!((&*class.module, &*class.name), ("shop.models", "Purchase"));
            assert!(order.get("itself").unwrap() == order, "{of:?} {to:?}");
            assert!(order.get("shared").unwrap() == root.get("list").unwrap(), "{of:?} {to:?}");
            assert_eq!(order.get("status").unwrap().as_str().as_deref(), Some("paid"));
            assert_eq!(root.get("new").unwrap().to_value().unwrap(), Value::from((1, "two", 3.5)));
            let list = root.get("list").unwrap().to_value().unwrap();
            assert_eq!(list, serde_pickle::pickle!([{"first": Value::Bytes(vec![0, 200])}, "s"]));
            assert!(root.get("names").is_none());
        }
    }
}

/// One item of a list is replaced, and not the object that stood there too.
#[test]
fn one_place_and_all_places() {
    let pickle = b"\x80\x04]\x94(]\x94K\x01ah\x01h\x01e.";
    let mut graph = Graph::from_slice(pickle).unwrap();
    let root = graph.root().id();
    graph.set_item(root, 1, &"only here").unwrap();
    let again = graph.to_vec().unwrap();
    let again = Graph::from_slice(&again).unwrap();
    assert_eq!(again.root().to_value().unwrap(), serde_pickle::pickle!([[1], "only here", [1]]));
    assert!(again.root().at(0).unwrap() == again.root().at(2).unwrap());
    let inner = graph.root().at(0).unwrap().id();
    graph.replace_with(inner, &None::<u8>).unwrap();
    let again = graph.to_vec().unwrap();
    assert_eq!(serde_pickle::from_slice::<Value>(&again).unwrap(), serde_pickle::pickle!([None, "only here", None]));
}

/// A subclass of list, one of dict, and a set, as they are at each protocol: `{'tags': Tags([1, 2]), 'by': By(a=1), 'set': {7}}`.
fn subclasses(protocol: Protocol) -> Vec<u8> {
    let pickle = b"\x80\x04}(\x8c\x04tagscshop\nTags\n)\x81(K\x01K\x02e\x8c\x02bycshop\nBy\n)\x81(\x8c\x01aK\x01u\
        \x8c\x03set\x8f(K\x07\x90\x8c\x05emptycshop\nTags\n)\x81u.";
    let graph = Graph::from_slice(pickle).unwrap();
    SerOptions::new().protocol(protocol).memo(Memo::Python).to_vec(&graph).unwrap()
}

#[test]
fn items_of_subclasses() {
    for protocol in PROTOCOLS {
        let pickle = subclasses(protocol);
        let mut graph = Graph::from_slice(&pickle).unwrap();
        graph.set_path("tags[1]", "two").unwrap();
        graph.set_path("by.a", &[1]).unwrap();
        graph.set_path("by.b", &2).unwrap();
        let (tags, set) = (graph.root().get("tags").unwrap().id(), graph.root().get("set").unwrap().id());
        graph.insert_item(tags, 2, &3).unwrap();
        graph.insert_item(set, 0, &6).unwrap();
        graph.set_path("set[1]", &8).unwrap();
        graph.remove_path("tags[0]").unwrap();
        let written = graph.to_vec().unwrap();
        let again = Graph::from_slice(&written).unwrap();
        assert_eq!(again.protocol(), protocol);
        let value: Value = again.deserialize().unwrap();
        // Below protocol 2, what they hold is the argument that they are made of.
        let (tags_hold, by_holds) = match protocol {
            Protocol::V0 | Protocol::V1 => ("['two', 3]", "{'a': (1,), 'b': 2}"),
            _ => ("*['two', 3]", "**{'a': (1,), 'b': 2}"),
        };
        let expected = format!(
            "{{'tags': shop.Tags({tags_hold}), 'by': shop.By({by_holds}), 'set': {{6, 8}}, 'empty': shop.Tags()}}"
        );
        assert_eq!(value.to_string(), expected, "{protocol:?}");
        graph.retain_items(tags, |item| item.kind() == Kind::Int).unwrap();
        graph.remove_path("by.a").unwrap();
        assert_eq!(graph.root().lookup("tags").unwrap().deserialize::<Vec<u8>>().unwrap(), [3]);
        assert_eq!(graph.root().lookup("by").unwrap().deserialize::<BTreeMap<String, u8>>().unwrap().len(), 1);
        let error = graph.set_path("tags[1]", &1).unwrap_err().to_string();
        assert!(error.starts_with("tags[1]: there is no such item in the object at byte "), "{error}");
    }
}

/// What is empty has no room of its own.
#[test]
fn an_empty_set_is_filled() {
    let mut graph = Graph::from_slice(b"(c__builtin__\nset\n(tRK\x01](K\x02K\x03et.").unwrap();
    let set = graph.root().at(0).unwrap().id();
    for at in 0..5_usize {
        graph.insert_item(set, at.saturating_sub(1), &(10 * at)).unwrap();
        graph.retain_items(set, |item| at > 0 || item.is_none()).unwrap();
    }
    assert_eq!(graph.deserialize::<Value>().unwrap().to_string(), "({10, 20, 30, 40}, 1, [2, 3])");
}

/// The list that a subclass is made of at protocol 0 may stand elsewhere, too: that one stays.
#[test]
fn what_a_call_is_made_of_stays() {
    let pickle = b"(lp0\nI1\na(g0\nccopy_reg\n_reconstructor\n(cshop\nTags\nc__builtin__\nlist\ng0\ntRt.";
    let mut graph = Graph::from_slice(pickle).unwrap();
    graph.set_path("[1][0]", &2).unwrap();
    // Below the tuple, a list is left on the stack, which is nothing to the value.
    let again = graph.to_vec().unwrap();
    assert_eq!(serde_pickle::from_slice::<Value>(&again).unwrap().to_string(), "([1], shop.Tags([2]))");
}

#[test]
fn keys_that_are_no_texts() {
    let mut value = pickle!({(1, "a"): 1, None: 2, 2.5: 3, true: 4, 7: 5, 1180591620717411303424i128: 7});
    value.as_dict_mut().unwrap().insert(Value::Bytes(b"\0'".to_vec()), 6).unwrap();
    for protocol in PROTOCOLS {
        let pickle = SerOptions::new().protocol(protocol).to_vec(&value).unwrap();
        let mut graph = Graph::from_slice(&pickle).unwrap();
        let paths = ["[(1,'a')]", "[None]", "[2.50]", "[True]", "[7.0]", r#"[b"\x00'"]"#, "[1180591620717411303424]"];
        for (at, path) in paths.into_iter().enumerate() {
            assert_eq!(graph.root().lookup(path).unwrap().as_i64(), Some(at as i64 + 1), "{path}");
            graph.set_path(path, &(10 * at)).unwrap();
        }
        assert_eq!(graph.root().lookup("[1]").unwrap().as_i64(), Some(30));
        graph.set_path("[('new', (None,))]", "x").unwrap();
        graph.set_path("[frozenset({b'y'})]", "y").unwrap();
        graph.set_path("[-3]", "z").unwrap();
        graph.remove_path("[None]").unwrap();
        graph.remove_path("[(1, 'a')]").unwrap();
        let again: Value = serde_pickle::from_slice(&graph.to_vec().unwrap()).unwrap();
        assert_eq!(
            again.to_string(),
            r#"{2.5: 20, True: 30, 7: 40, 1180591620717411303424: 60, b"\x00'": 50, ('new', (None,)): 'x', frozenset({b'y'}): 'y', -3: 'z'}"#
        );
        let error = graph.set_path("[datetime.date(2020, 1, 1)]", &1).unwrap_err();
        assert_eq!(error.to_string(), "datetime.date(2020, 1, 1) is no key that can be written so");
        let error = graph.remove_path("[(9, 9)]").unwrap_err().to_string();
        assert!(error.starts_with("[(9, 9)]: there is no such key in the dict at byte"), "{error}");
    }
}

/// Steps that editing takes, for each edit: no more for many than for few.
fn steps_of_each(count: usize, edit: impl Fn(&mut Graph<'_>, usize)) -> u64 {
    let records: Vec<Value> = (0..count).map(|at| pickle!({"id": at as i64})).collect();
    let dict: serde_pickle::Dict = (0..count).map(|at| (format!("key {at}"), Value::Int(at as i64))).collect();
    let classes: Vec<Value> = (0..count).map(|at| Global::new("shop", format!("Class{}", at % 7)).into()).collect();
    let pickle = serde_pickle::to_vec(&pickle!({"list": records, "dict": dict, "classes": classes})).unwrap();
    let mut graph = Graph::from_slice(&pickle).unwrap();
    let before = serde_pickle::__steps().unwrap_or_default();
    (0..count).for_each(|at| edit(&mut graph, at));
    let taken = serde_pickle::__steps().unwrap_or_default() - before;
    assert!(graph.to_vec().is_ok());
    taken / count as u64
}

#[test]
fn many_edits_take_no_more_for_each() {
    type Edit = fn(&mut Graph<'_>, usize);
    let edits: [(&str, Edit); 7] = [
        ("set_item", |graph, at| {
            let list = graph.root().get("list").unwrap().id();
            graph.set_item(list, at, &at).unwrap();
        }),
        ("insert_item", |graph, _| {
            let list = graph.root().get("list").unwrap().id();
            let end = graph.node(list).len();
            graph.insert_item(list, end, "new").unwrap();
        }),
        ("set_entry", |graph, at| {
            let dict = graph.root().get("dict").unwrap().id();
            graph.set_entry(dict, &format!("key {at}"), &None::<u8>).unwrap();
        }),
        ("set_entry, new", |graph, at| {
            let dict = graph.root().get("dict").unwrap().id();
            graph.set_entry(dict, &format!("new {at}"), &at).unwrap();
        }),
        ("set_path", |graph, at| {
            graph.set_path(&format!("dict['key {at}']"), &at).unwrap();
        }),
        ("set_path, inside", |graph, at| {
            graph.set_path(&format!("list[{at}].id"), &at).unwrap();
        }),
        ("set_path_node", |graph, at| {
            let node = graph.root().lookup("list[0]").unwrap().id();
            graph.set_path_node(&format!("dict['new {at}']"), node).unwrap();
        }),
    ];
    for (name, edit) in edits {
        let (few, many) = (steps_of_each(500, edit), steps_of_each(8_000, edit));
        assert!(many <= few + few / 4 + 4, "{name}: {few} for each of 500, {many} for each of 8,000");
    }
}

/// One pass, however many names there are: each of these is a text of its own in the stream.
#[test]
fn a_class_that_is_named_often_is_renamed_in_one_pass() {
    let steps = |count: usize| {
        let pickle = [&b"("[..], &b"cshop\nOrder\n".repeat(count), b"t."].concat();
        let mut graph = Graph::from_slice(&pickle).unwrap();
        let before = serde_pickle::__steps().unwrap_or_default();
        let renamed = graph.rename_class(&Global::new("shop", "Order"), &Global::new("shop.models", "Order")).unwrap();
        assert_eq!(renamed, count);
        let class = graph.root().at(count - 1).unwrap().as_global().unwrap();
        assert!(class.is("shop.models", "Order"));
        serde_pickle::__steps().unwrap_or_default() - before
    };
    let (few, many) = (steps(100), steps(10_000));
    assert!(many <= 100 * few + 100, "{few} for 100, {many} for 10,000");
}

#[test]
fn taken_out_in_one_pass() {
    let mut graph = Graph::from_slice(b"}(\x8c\x01aK\x01\x8c\x01bK\x02\x8c\x01aK\x03K\x07Nu.").unwrap();
    let root = graph.root().id();
    assert_eq!(graph.remove_entry(root, "a").unwrap().map(|id| graph.node(id).as_i64()), Some(Some(3)));
    assert_eq!(graph.remove_entry(root, "a").unwrap(), None);
    graph.retain_entries(root, |_, value| !value.is_none()).unwrap();
    assert_eq!(graph.deserialize::<Value>().unwrap(), pickle!({"b": 2}));
    let error = graph.retain_items(root, |_| false).unwrap_err();
    assert_eq!(error.to_string(), "a node of the kind Dict has no items");
}
