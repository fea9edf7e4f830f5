//! What the runs have found: each by the bytes that showed it, as small as they go.

use serde::de::IgnoredAny;
use serde_pickle::{Graph, Memo, NodeId, Protocol, SerOptions, Value, pickle};

/// What reading as a value says.
fn error(pickle: &[u8]) -> String {
    serde_pickle::from_slice::<serde_json::Value>(pickle).unwrap_err().to_string()
}

/// An array whose dtype has a size that fits no count of bits: the message of its error multiplied it by eight.
#[test]
fn a_dtype_of_a_size_beyond_all_bits() {
    let mut pickle = b"\x80\x02cnumpy.core.multiarray\n_reconstruct\n)R(K\x01K\x04\x85".to_vec();
    pickle.extend(
        b"cnumpy\ndtype\nU\x02U4K\x00K\x01\x87R(K\x03U\x01<NNN\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7fK\x04K\x08tb",
    );
    pickle.extend(b"\x89C\x01atb.");
    assert_eq!(
        error(&pickle),
        "an array of shape (4,) and dtype <U2305843009213693951 has more bytes than memory \
         (numpy.core.multiarray._reconstruct) at byte 39"
    );
}

/// An array of a huge shape in a buffer that is not there: it was counted as work before that was known.
#[test]
fn a_huge_shape_of_a_buffer_that_is_not_there() {
    let pickle =
        b"\x80\x05\x8c\x13numpy._core.numeric\x8c\x0b_frombuffer\x93(\x97cnumpy\ndtype\n\x8c\x02u1K\x00K\x01\x87R\
                   I3383791809689133757\n\x85\x8c\x01CtR.";
    let before = serde_pickle::__steps().unwrap_or_default();
    assert_eq!(
        error(pickle),
        "out-of-band buffer that is not resolved: DeOptions::buffers gives it (numpy._core.numeric._frombuffer) at byte 88"
    );
    assert!(serde_pickle::__steps().unwrap_or_default() - before < 1000);
}

/// What makes an object was replaced by a dict: that was written, and was no pickle.
#[test]
fn a_class_that_was_replaced_by_what_cannot_be_called() {
    let class = |graph: &Graph<'_>| -> NodeId { graph.root().spelled().class().unwrap().id() };
    let mut graph = Graph::from_slice(b"ca\nb\n)R.").unwrap();
    graph.replace_with(class(&graph), &pickle!({"a": 1})).unwrap();
    let error = graph.to_vec().unwrap_err().to_string();
    assert_eq!(error, "what makes the object of byte 6 is not callable");
    // The class is a name that was given items itself.
    let mut graph = Graph::from_slice(b"cbuiltins\nfrozenset\nq\x002a](K\x00K\x01e\x85R.").unwrap();
    graph.replace_with(class(&graph), &pickle!({"a": 1})).unwrap();
    let error = graph.to_vec().unwrap_err().to_string();
    assert!(error.ends_with("is not callable"), "{error}");
}

/// Without PROTO, names are Python 2's; written with PROTO 4, they must be Python 3's.
#[test]
fn names_of_python_2_among_opcodes_of_protocol_4() {
    let graph = Graph::from_slice(b"ccopy_reg\n_reconstructor\n\x94(ca\nb\nc__builtin__\nobject\nNtR.").unwrap();
    assert_eq!(graph.protocol(), Protocol::V4);
    let written = graph.to_vec().unwrap();
    assert_eq!(written[..2], [0x80, 4]);
    let again = Graph::from_slice(&written).unwrap();
    for graph in [graph, again] {
        assert_eq!(graph.root().class_name().unwrap().to_string(), "a.b");
        assert_eq!(graph.root().to_value().unwrap().to_string(), "a.b()");
    }
}

/// From a reader, a graph of joblib's raw arrays was said to be cut off.
#[test]
fn a_graph_of_raw_arrays_from_a_reader() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/joblib");
    let (mut slices, mut readers) = (0, 0);
    for file in std::fs::read_dir(path).unwrap() {
        let pickle = std::fs::read(file.unwrap().path()).unwrap();
        slices += usize::from(serde_pickle::from_slice::<IgnoredAny>(&pickle).is_ok());
        match Graph::from_reader(&pickle[..]) {
            Err(error) if error.to_string().contains("read from slices only") => readers += 1,
            Err(error) => assert!(Graph::from_slice(&pickle).is_err(), "{error}"),
            Ok(graph) => drop(SerOptions::new().memo(Memo::Keys).to_vec(&graph)),
        }
    }
    assert!(slices > 0 && readers > 0, "{slices}, {readers}");
}

/// A tuple stood where `copyreg._reconstructor` has a class: it was written as an instance of that.
#[test]
fn a_reconstructor_of_what_is_no_class() {
    for pickle in [
        &b"ccopy_reg\n_reconstructor\n(ca\nb\n\x85c__builtin__\ndict\n}tR."[..],
        b"ccopy_reg\n__newobj__\n(ca\nb\n\x85K\x01tR.",
        b"cfunctools\npartial\n(ca\nb\ntR((ca\nb\ntK\x01\x85}Ntb)R.",
    ] {
        let graph = Graph::from_slice(pickle).unwrap();
        for protocol in Protocol::ALL {
            let written = SerOptions::new().protocol(protocol).to_vec(&graph).unwrap();
            assert!(Graph::from_slice(&written).is_ok(), "{} at {protocol}", pickle.escape_ascii());
        }
    }
}

/// What a call gave was called, and was plain data: bytes, written as such.
#[test]
fn plain_data_that_makes_an_object() {
    let pickle = b"\x80\x02c_codecs\nencode\nX\x01\0\0\0aX\x06\0\0\0latin1\x86RK\x01\x85R.";
    let graph = Graph::from_slice(pickle).unwrap();
    assert_eq!(graph.to_vec().unwrap(), pickle, "as it stands, it is a call");
    let error = SerOptions::new().to_vec(&graph).unwrap_err().to_string();
    assert_eq!(error, "what makes the object of byte 40 is not callable");
    let error = serde_pickle::to_vec(&graph.root().to_value().unwrap()).unwrap_err().to_string();
    assert_eq!(error, "what makes an object is not callable: it must be a global, or an object itself");
    let error = serde_pickle::from_slice::<serde_pickle::RawPickle>(pickle).unwrap_err().to_string();
    assert!(error.contains("not callable"), "{error}");
}

/// The result of a call that was dropped stands elsewhere, too, and was replaced there by an int: that had been called, still.
#[test]
fn a_dropped_result_that_was_replaced() {
    let mut graph = Graph::from_slice(b"ca\nb\n)R\x940cm\nsetter\nh\0K\x01\x86R\x940h\0h\x01\x86.").unwrap();
    let result = graph.root().at(1).unwrap().id();
    graph.replace_with(result, &7).unwrap();
    assert_eq!(graph.root().at(0).unwrap().effects().count(), 1);
    let value = graph.root().to_value().unwrap();
    assert_eq!(graph.to_vec().and_then(|pickle| serde_pickle::from_slice::<Value>(&pickle)).unwrap(), value);
    let Value::Tuple(parts) = value else { panic!("{value}") };
    assert_eq!(parts[1], Value::Int(7));
}

/// A value that exceeds the budget says where it stands, by whichever way it is read.
#[test]
fn the_offset_of_what_exceeds_the_budget() {
    let pickle = [b"](\x8c\x01a\x94ca\nb\n(".as_slice(), b"h\0".repeat(600).as_slice(), b"t\x81e."].concat();
    let options = serde_pickle::DeOptions::new().alias_budget(500);
    let error = options.from_slice::<Value>(&pickle).unwrap_err().to_string();
    assert_eq!(error, "[1]: shared values expand beyond the budget; DeOptions::alias_budget raises it at byte 1213");
    let graph = options.graph(&pickle).unwrap();
    assert_eq!(graph.root().to_value().unwrap_err().to_string(), error);
}

/// A persistent id that was given state, and called: Python stores no such id, but here it is asked for again.
#[test]
fn a_persistent_id_with_state_that_is_called() {
    let graph = Graph::from_slice(b"](Pid\nq\x01)Rh\x01Nh\x01)bh\x01)Re.").unwrap();
    for protocol in Protocol::ALL {
        for memo in [Memo::Keys, Memo::Python] {
            let written = SerOptions::new().protocol(protocol).memo(memo).to_vec(&graph).unwrap();
            let again = Graph::from_slice(&written).unwrap();
            assert_eq!(again.root().to_value().unwrap(), graph.root().to_value().unwrap(), "at {protocol}, {memo:?}");
        }
    }
}

/// What a thread keeps of one pickle was asked for by the next, if that keeps its memo.
#[test]
fn the_memo_of_a_pickle_that_was_read_before() {
    let before = b"\x80\x04](]\x94]\x94]\x94}\x94e.";
    assert_eq!(serde_pickle::from_slice::<Value>(before).unwrap(), pickle!([[], [], [], {}]));
    let options = serde_pickle::DeOptions::new().keep_memo(true);
    let error = options.from_slice::<Value>(b"\x80\x04h\x02.").unwrap_err();
    assert_eq!(error.to_string(), "BINGET: the memo has no entry 2 at byte 2");
}

/// The arguments of two calls, which were replaced by a list where they stand as a value.
#[test]
fn arguments_that_were_replaced_by_a_list() {
    let mut graph = Graph::from_slice(b"](ca\nb\n(K\x01t\x94Rca\nc\nh\0Rh\0e.").unwrap();
    let args = graph.root().at(2).unwrap().id();
    graph.replace_with(args, &vec![1]).unwrap();
    assert_eq!(graph.to_vec().unwrap_err().to_string(), "what the object of byte 12 is made of is not a tuple");
}

/// An instance whose state a function sets, below protocol 2: it was taken for one that changed after it had served as an argument.
#[test]
fn an_instance_with_a_setter_at_protocol_0() {
    let value: Value = serde_pickle::from_slice(b"\x80\x02cm\nA\n)\x81q\0cm\nset\nh\0K\x01\x86R0.").unwrap();
    for protocol in Protocol::ALL {
        let pickle = SerOptions::new().protocol(protocol).to_vec(&value).unwrap();
        assert_eq!(serde_pickle::from_slice::<Value>(&pickle).unwrap(), value, "at {protocol}");
    }
}

/// A name that was given state, replaced by the object that it stands in: that was written without end.
#[test]
fn a_name_with_state_that_became_the_object_around_it() {
    let mut graph = Graph::from_slice(b"ca\nb\n)\x81}\x8c\x01x\x8c\x01a\x8c\x04name\x93K\x01bsb.").unwrap();
    let named = graph.root().state().unwrap().get("x").unwrap();
    let (name, root) = (named.class().unwrap().id(), graph.root().id());
    graph.replace(name, root);
    let error = graph.to_vec().unwrap_err().to_string();
    assert_eq!(error, "what was given state at byte 20 is no name any more");
}

/// A persistent id that was given state, and is an item of the list that is its id: that was written without end.
#[test]
fn a_persistent_id_with_state_in_its_own_id() {
    let graph = Graph::from_slice(b"\x80\x04]\x94Q\x94K\x01bh\0h\x01a0.").unwrap();
    let of_id = |graph: &Graph<'_>| {
        let root = graph.root();
        let id = root.persistent_id().or_else(|| root.class()?.persistent_id()).unwrap();
        (
            id.items().len(),
            id.at(0).unwrap().kind(),
            root.to_value().unwrap_err().to_string().contains("contains itself"),
        )
    };
    let written = graph.to_vec().unwrap();
    assert_eq!(of_id(&graph), of_id(&Graph::from_slice(&written).unwrap()));
    // And one that is its own id, as an edit may have it.
    let mut graph = Graph::from_slice(b"\x80\x04K\x01Q\x94K\x02b.").unwrap();
    let id = graph.root().class().unwrap().persistent_id().unwrap().id();
    graph.replace(id, graph.root().id());
    let error = graph.to_vec().unwrap_err().to_string();
    assert!(error.contains("has itself among its own items"), "{error}");
}

/// A function that sets a state, replaced by a list where it stands as a value: what was written called the list.
#[test]
fn a_setter_that_became_a_list() {
    let mut graph = Graph::from_slice(b"](ca\nA\n)\x81q\x00cm\nset\nq\x01h\x00K\x01\x86R0h\x01e.").unwrap();
    let setter = graph.root().at(1).unwrap().id();
    graph.replace(setter, graph.root().id());
    let error = graph.to_vec().unwrap_err().to_string();
    assert_eq!(error, "what sets the state of the object of byte 8 is no call any more");
}

/// A set by a call, as Python 2 has it, that was put among its own items: as a part of a graph, and below a name that was given
/// items, it was written without end.
#[test]
fn a_set_in_its_own_items() {
    let in_itself = |pickle: &[u8]| {
        let graph = Graph::from_slice(pickle).unwrap();
        let first = graph.root().items().next().unwrap();
        assert_eq!(first.items().next().unwrap_or(first).id(), first.id(), "{}", pickle.escape_ascii());
    };
    for pickle in [&b"ca\nb\nc__builtin__\nset\np2\n((lp3\nI1\natRp4\na."[..], b"(lc__builtin__\nset\n((lI1\natRa."] {
        let mut graph = Graph::from_slice(pickle).unwrap();
        let set = graph.root().items().next().unwrap();
        let (item, set) = (set.items().next().unwrap().id(), set.id());
        graph.replace(item, set);
        in_itself(&graph.to_vec().unwrap());
        in_itself(&serde_pickle::to_vec(&graph.node(set)).unwrap());
    }
}

/// Objects whose state a function sets, as the class and as the arguments of such objects: what set the outer one was given the inner.
#[test]
fn setters_of_objects_in_objects() {
    for (pickle, shown) in [
        (
            &b"\x80\x04cm\nA\n)R\x94cm\nset\n\x94h\x00K\x01\x86R0)R\x94h\x01h\x02K\x02\x86R0."[..],
            "m.A(m.set(self, 1))(m.set(self, 2))",
        ),
        (
            b"\x80\x04cm\nB\n(cm\nA\n)R\x94cm\nset\n\x94h\x00K\x01\x86R0tR\x94h\x01h\x02K\x02\x86R0.",
            "m.B(m.A(m.set(self, 1)), m.set(self, 2))",
        ),
    ] {
        let value: Value = serde_pickle::from_slice(pickle).unwrap();
        assert_eq!(value.to_string(), shown);
        for protocol in Protocol::ALL {
            for memo in [Memo::Keys, Memo::None, Memo::Equal, Memo::Python] {
                let written = SerOptions::new().protocol(protocol).memo(memo).to_vec(&value).unwrap();
                let again: Value = serde_pickle::from_slice(&written).unwrap();
                assert_eq!(again, value, "at {protocol}, {memo:?}: {}", written.escape_ascii());
            }
        }
    }
}

/// The empty tuple has an opcode of its own: a set of it is the empty set all the same.
#[test]
fn a_set_of_an_empty_tuple() {
    for (pickle, shown) in [
        (&b"\x80\x02c__builtin__\nset\n)\x85R."[..], "set()"),
        (b"\x80\x02c__builtin__\nset\n(t\x85R.", "set()"),
        (b"\x80\x02c__builtin__\nfrozenset\n)\x85R.", "frozenset()"),
    ] {
        let value: Value = serde_pickle::from_slice(pickle).unwrap();
        assert_eq!(value.to_string(), shown);
        assert!(serde_pickle::from_slice::<std::collections::BTreeSet<u8>>(pickle).unwrap().is_empty());
        let mut graph = Graph::from_slice(pickle).unwrap();
        graph.insert_item(graph.root().id(), 0, &7).unwrap();
        let again: Vec<u8> = serde_pickle::from_slice(&graph.to_vec().unwrap()).unwrap();
        assert_eq!(again, [7]);
    }
}

/// An empty tuple that was made of a mark, in two places: it was fetched, and had not been stored.
#[test]
fn an_empty_tuple_in_two_places() {
    for pickle in [&b"(t2\x86."[..], b"(tq\x00h\x00\x86.", b"(tp0\ng0\n\x86.", b"\x80\x02)q\x00h\x00\x86.", b")2\x86."]
    {
        let graph = Graph::from_slice(pickle).unwrap();
        let again = |written: &[u8]| {
            serde_pickle::from_slice::<Value>(written)
                .unwrap_or_else(|e| panic!("{e}: {}", written.escape_ascii()))
                .to_string()
        };
        assert_eq!(again(&graph.to_vec().unwrap()), "((), ())");
        for protocol in Protocol::ALL {
            for memo in [Memo::Keys, Memo::None, Memo::Equal, Memo::Python] {
                let written = SerOptions::new().protocol(protocol).memo(memo).to_vec(&graph).unwrap();
                assert_eq!(again(&written), "((), ())", "at {protocol}, {memo:?}");
            }
        }
    }
}

/// A name that was given state, replaced by what it makes: who asked for its name asked for that of the object, and so on.
#[test]
fn a_name_with_state_that_became_its_own_object() {
    let mut graph = Graph::from_slice(b"](c__builtin__\ncomplex\nq\x01)Rh\x01K\x02be.").unwrap();
    let object = graph.root().at(0).unwrap();
    let (class, object) = (object.class().unwrap().id(), object.id());
    graph.replace(class, object);
    let error = graph.root().to_value().unwrap_err().to_string();
    assert_eq!(error, "[0]: the value contains itself: it is [0] at byte 26");
    assert!(graph.to_vec().unwrap_err().to_string().contains("has itself among its own items"));
}

/// Objects among the two parts of a state, where dicts would be: attributes were looked for in them, and in theirs, without end.
#[test]
fn attributes_are_not_looked_for_in_objects_of_a_state() {
    let in_itself = b"\x80\x02ca\nb\n)\x81q\x00(h\x00h\x00tb.";
    assert!(Graph::from_slice(in_itself).unwrap().root().get("x").is_none());
    let deep = [&b"ca\nb\n)\x81}\x8c\x01xK\x01sb"[..], &b"q\x00ca\nb\n)\x81h\x00N\x86b".repeat(100_000), b"."].concat();
    let graph = Graph::from_slice(&deep).unwrap();
    assert!(graph.root().get("x").is_none());
    assert!(graph.root().lookup("x.y").is_err());
}

/// A read-only view of itself, by an edit: its bytes were looked for without end.
#[test]
fn a_view_of_itself() {
    let mut graph = Graph::from_slice(b"\x80\x05(\x97\x94\x98h\x00t.").unwrap();
    let (view, buffer) = (graph.root().at(0).unwrap().id(), graph.root().at(1).unwrap().id());
    graph.replace(buffer, view);
    assert!(graph.node(view).as_bytes().is_none());
    assert!(graph.to_vec().unwrap_err().to_string().contains("has itself among its own items"));
}
