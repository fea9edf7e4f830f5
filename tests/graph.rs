//! Graphs: written again as they were, looked into, changed.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

use std::{fs, path::PathBuf};

use serde_pickle::{Global, Graph, Memo, Protocol, SerOptions, Value, tools};

fn fixtures() -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for folder in fs::read_dir("fixtures").unwrap() {
        let folder = folder.unwrap().path();
        if !folder.is_dir() {
            continue;
        }
        for file in fs::read_dir(&folder).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "pkl") {
                let pickle = fs::read(&path).unwrap();
                found.push((path, pickle));
            }
        }
    }
    found.sort();
    found
}

/// What CPython's pickler wrote comes back byte for byte, at the stream's own protocol.
#[test]
fn python_s_own_pickles_come_back() {
    let (mut same, mut different) = (0, Vec::new());
    for (path, pickle) in fixtures() {
        let name = path.display().to_string();
        // These were written with other memos: `pickletools.optimize`, and Python 2's cPickle.
        if ["optimized", "py2"].iter().any(|part| name.contains(part)) {
            continue;
        }
        let graph = Graph::from_slice(&pickle).unwrap();
        let again = graph.to_vec().unwrap();
        if again != pickle {
            different.push(format!("{name}\n{}\n{}", tools::dis(&pickle).unwrap(), tools::dis(&again).unwrap()));
        }
        same += 1;
    }
    assert!(different.is_empty(), "{} of {same} differ\n{}", different.len(), different.join("\n"));
    assert!(same > 500, "{same}");
}

/// `t = ([t], [t], ...)`: Python writes the tuple once more in each list, which takes the square of their number.
fn tuple_of_lists(count: usize) -> Vec<u8> {
    let mut pickle = Vec::new();
    (0..count).for_each(|at| pickle.extend_from_slice(format!("]p{at}\n").as_bytes()));
    pickle.extend_from_slice(b"(");
    (0..count).for_each(|at| pickle.extend_from_slice(format!("g{at}\n").as_bytes()));
    pickle.extend_from_slice(format!("tp{count}\n").as_bytes());
    (0..count).for_each(|at| pickle.extend_from_slice(format!("g{at}\ng{count}\na0").as_bytes()));
    pickle.extend_from_slice(format!("g{count}\n.").as_bytes());
    pickle
}

#[test]
fn knots_take_no_more_than_they_are() {
    let pickle = tuple_of_lists(20_000);
    let graph = Graph::from_slice(&pickle).unwrap();
    for memo in [Memo::Keys, Memo::None, Memo::Equal] {
        let again = SerOptions::new().protocol(Protocol::V4).memo(memo).to_vec(&graph).unwrap();
        assert!(again.len() < pickle.len(), "{memo:?}: {} of {}", again.len(), pickle.len());
        let again = Graph::from_slice(&again).unwrap();
        let (root, last) = (again.root(), again.root().at(19_999).unwrap());
        assert_eq!((root.len(), last.len(), last.at(0).unwrap() == root), (20_000, 1, true), "{memo:?}");
    }
}

#[test]
fn what_is_late_only_is_no_pickle() {
    // ((1,),), of which the inner tuple becomes the outer one.
    let mut graph = Graph::from_slice(b"K\x01\x85\x85.").unwrap();
    let (outer, inner) = (graph.root().id(), graph.root().at(0).unwrap().id());
    graph.replace(inner, outer);
    let error = graph.to_vec().unwrap_err();
    assert_eq!(error.to_string(), "the value of byte 3 has itself among its own items: no pickle can hold that");
}

#[test]
fn python_s_way_with_knots_has_an_end() {
    let pickle = tuple_of_lists(1_500);
    let graph = Graph::from_slice(&pickle).unwrap();
    let again = graph.to_vec().unwrap();
    assert!(again.len() < 1_000 * pickle.len(), "{}", again.len());
    let few = tuple_of_lists(100);
    // pickletools.dis(pickle.dumps(t, 0)), of such a tuple of 100 lists, is the same.
    let again = Graph::from_slice(&few).unwrap().to_vec().unwrap();
    assert_eq!(again, Graph::from_slice(&again).unwrap().to_vec().unwrap());
}

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
