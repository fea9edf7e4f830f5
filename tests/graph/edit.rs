//! Changed, and written.

use serde_pickle::{Global, Graph, Memo, Protocol, SerOptions, Value};

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
