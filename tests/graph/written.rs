//! Written again as they were.

use serde_pickle::{Graph, Memo, Protocol, SerOptions, tools};

use crate::fixtures;

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

/// A stream may say that it is of a protocol that does not have what it has: then it is written at the lowest that does.
#[test]
fn at_the_lowest_protocol_above() {
    // An extension code, a buffer, and what was added to a pickle of protocol 2.
    for (pickle, least) in [(&b"\x80\x01\x82\x07."[..], 2), (b"\x80\x02]\x97\x98a.", 5), (b"\x80\x04]\x97a.", 5)] {
        let graph = Graph::from_slice(pickle).unwrap();
        let written = graph.to_vec().unwrap();
        assert_eq!(Graph::from_slice(&written).unwrap().protocol().number(), least);
        let mut out = Vec::new();
        graph.to_writer(&mut out).unwrap();
        assert_eq!(out, written);
    }
    let mut graph = Graph::from_slice(b"\x80\x02]K\x01a.").unwrap();
    let root = graph.root().id();
    let buffer = Graph::from_slice(b"\x97.").unwrap();
    graph.insert_item(root, 1, &buffer).unwrap();
    let mut out = Vec::new();
    graph.to_writer(&mut out).unwrap();
    assert_eq!((out[1], Graph::from_slice(&out).unwrap().root().len()), (5, 2));
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
