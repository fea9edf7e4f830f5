//! Lists of scalars, which stay in the input while they are read: the same in every way as lists whose items do not.

use std::collections::{BTreeSet, LinkedList};

use serde::Deserialize;
use serde_bytes::ByteBuf;
use serde_pickle::{DeOptions, Deserializer, Graph, RawPickle, Value};

use super::{read, refused};

/// None, False, True, ints of each opcode, a float and an empty tuple; then, after a text, another int.
const ITEMS: &[u8] = b"N\x89\x88K\xffM\xff\xffJ\xff\xff\xff\xff\x8a\x05\0\0\0\0\x01G\x3f\xf8\0\0\0\0\0\0)";
const SHOWN: &str = "None, False, True, 255, 65535, -1, 4294967296, 1.5, ()";

fn list(items: &[&[u8]]) -> Vec<u8> {
    [b"](", items.concat().as_slice(), b"e."].concat()
}

/// What a pickle is as a `Value`, which is what its graph is, where no list stays in the input.
#[track_caller]
fn shown(pickle: &[u8]) -> String {
    let value: Value = read(pickle);
    assert_eq!(Graph::from_slice(pickle).unwrap().root().to_value().unwrap(), value);
    assert_eq!(serde_pickle::from_reader::<_, Value>(pickle).unwrap(), value);
    value.to_string()
}

#[track_caller]
fn refused_like_its_graph(pickle: &[u8], message: &str) {
    refused::<Value>(pickle, message);
    assert_eq!(Graph::from_slice(pickle).unwrap_err().to_string(), message);
}

#[test]
fn each_scalar_is_an_item() {
    assert_eq!(shown(&list(&[ITEMS])), format!("[{SHOWN}]"));
    assert_eq!(shown(&list(&[ITEMS, b"\x8c\x01a\x94", b"K\x07"])), format!("[{SHOWN}, 'a', 7]"));
}

#[test]
fn batches_frames_and_stores_stand_between() {
    let frame = b"\x95\x02\0\0\0\0\0\0\0";
    let batch: &[u8] = &[b"(", &frame[..], b"K\x01", frame, b"K\x02", frame, b"e"].concat();
    assert_eq!(shown(&[b"]\x94", batch, frame, batch, b"(e(K\x03e."].concat()), "[1, 2, 1, 2, 3]");
    // Numbers that are stored: nothing that Python writes.
    assert_eq!(shown(b"](K\x01\x94K\x02h\0e."), "[1, 2, 1]");
    assert_eq!(shown(b"]q\0(K\x01e(K\x02q\x01h\x01e."), "[1, 2, 2]");
}

#[test]
fn more_may_be_done_to_them() {
    for (pickle, value) in [
        (&b"](K\x01K\x02eK\x03a."[..], "[1, 2, 3]"),
        (b"](K\x01e(K\x02\x8c\x01aK\x03e(K\x04e.", "[1, 2, 'a', 3, 4]"),
        (b"](K\x01e](K\x02eaK\x03a.", "[1, [2], 3]"),
        (b"](K\x01K\x02eK\0K\x07s.", "[7, 2]"),
        (b"](K\x01K\x02e(J\xff\xff\xff\xffK\x07u.", "[1, 7]"),
        (b"](K\x01e2(K\x02e\x86.", "([1, 2], [1, 2])"),
        (b"]\x94(K\x01e}\x8c\x01ah\0s0h\0(K\x02e.", "[1, 2]"),
        (b"c__builtin__\nset\n](K\x01K\x02e\x85R.", "{1, 2}"),
        (b"c__builtin__\nset\n]\x94(K\x01K\x02e\x85Rh\0(K\x03e\x86.", "(set([1, 2, 3]), [1, 2, 3])"),
        (b"((K\x01K\x02l(K\x01K\x02t](K\x01e1](K\x05e.", "[5]"),
    ] {
        assert_eq!(shown(pickle), value, "{}", pickle.escape_ascii());
    }
}

#[test]
fn what_is_broken_is_refused_where_it_is() {
    refused_like_its_graph(b"](K\x01M\x01", "end of data inside the argument of BININT2 at byte 4");
    refused_like_its_graph(b"](K\x01\x8a\x05ab", "end of data inside the argument of LONG1 at byte 4");
    refused_like_its_graph(b"](K\x01e", "end of data where an opcode is expected at byte 5");
    refused_like_its_graph(b"](K\x01\x95\xff\0\0\0\0\0\0\0e.", "end of data inside the argument of FRAME at byte 4");
    refused_like_its_graph(b"](K\x01e(K\x02ee.", "APPENDS: no MARK on the stack at byte 9");
    refused_like_its_graph(b"](K\x01eK\x05K\x07s.", "SETITEM: the index is out of range at byte 9");
    let strict = DeOptions::new().strict(true);
    let error = strict.from_slice::<Value>(b"}](K\x01eNs.").unwrap_err();
    assert_eq!(error.to_string(), "SETITEM: the key is unhashable at byte 7");
}

#[test]
fn any_type_that_a_list_is_read_into() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Point {
        x: u8,
        y: f64,
    }
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(untagged)]
    enum Either {
        Ints(Vec<u8>),
        Floats(Vec<f64>),
    }
    let pickle = b"](K\x01K\x02e.";
    assert_eq!(read::<Vec<u8>>(pickle), [1, 2]);
    assert_eq!(read::<[f32; 2]>(pickle), [1.0, 2.0]);
    assert_eq!(read::<Option<(u8, i64)>>(pickle), Some((1, 2)));
    assert_eq!(read::<LinkedList<u16>>(pickle), LinkedList::from([1, 2]));
    assert_eq!(read::<BTreeSet<u16>>(pickle), BTreeSet::from([1, 2]));
    assert_eq!(read::<Point>(pickle), Point { x: 1, y: 2.0 });
    assert_eq!(read::<ByteBuf>(pickle), [1, 2]);
    assert_eq!(read::<Either>(pickle), Either::Ints(vec![1, 2]));
    assert_eq!(read::<Either>(b"](G\x3f\xf8\0\0\0\0\0\0e."), Either::Floats(vec![1.5]));
    assert_eq!(read::<(u8, u8)>(read::<RawPickle>(pickle).get()), (1, 2));
    assert_eq!(read::<Vec<Point>>(b"]](K\x01K\x02ea](K\x03K\x04ea."), [Point { x: 1, y: 2.0 }, Point { x: 3, y: 4.0 }]);
}

#[test]
fn errors_are_those_of_items() {
    refused::<Vec<u8>>(b"](K\x01M\0\x01e.", "[1]: invalid value: integer `256`, expected u8 at byte 4");
    refused::<Vec<u8>>(b"](K\x01e(K\x02Ne.", "[2]: invalid type: None, expected u8 at byte 8");
    refused::<(u8, u8)>(b"](K\x01K\x02K\x03e.", "invalid length 3, expected fewer elements in sequence at byte 0");
    refused::<[u8; 3]>(b"](K\x01K\x02e.", "invalid length 2, expected an array of length 3 at byte 0");
    refused::<String>(b"](K\x01K\x02e.", "invalid type: list, expected a string at byte 0");
    let shallow = DeOptions::new().depth_limit(1);
    assert_eq!(shallow.from_slice::<Vec<u8>>(b"](K\x01e.").unwrap(), [1]);
    let error = shallow.from_slice::<Vec<Vec<u8>>>(b"]](K\x01ea.").unwrap_err();
    assert_eq!(error.to_string(), "[0]: nested deeper than 1 levels; DeOptions::depth_limit raises it at byte 1");
    let error = shallow.from_slice::<Value>(b"]](K\x01ea.").unwrap_err();
    assert_eq!(error.to_string(), "[0]: nested deeper than 1 levels; DeOptions::depth_limit raises it at byte 1");
}

#[test]
fn one_list_in_many_places_is_charged_at_each() {
    let fetches = b"h\0".repeat(1000);
    let pickle = [&b"(]\x94(K\x01K\x02K\x03e"[..], &fetches, b"t."].concat();
    assert_eq!(DeOptions::new().alias_budget(5_005).from_slice::<Vec<Vec<u8>>>(&pickle).unwrap().len(), 1001);
    let error = DeOptions::new().alias_budget(4_000).from_slice::<Vec<Vec<u8>>>(&pickle).unwrap_err();
    let message = error.to_string();
    assert!(message.ends_with("DeOptions::alias_budget raises it at byte 1"), "{message}");
}

#[test]
fn later_pickles_may_fetch_them() {
    let mut de = Deserializer::from_slice(b"]\x94(K\x01K\x02e.h\0(K\x03e.");
    assert_eq!(Vec::<u8>::deserialize(&mut de).unwrap(), [1, 2]);
    assert!(Vec::<u8>::deserialize(&mut de).is_err());
    let pickles = b"]\x94(K\x01K\x02e.h\0(K\x03e.h\0.";
    let options = DeOptions::new().keep_memo(true);
    let of_slice = options.deserializer(pickles).into_iter::<Vec<u8>>();
    assert_eq!(of_slice.map(Result::unwrap).collect::<Vec<_>>(), [vec![1, 2], vec![1, 2, 3], vec![1, 2, 3]]);
    let of_reader = options.deserializer_from_reader(&pickles[..]).into_iter::<Vec<u8>>();
    assert_eq!(of_reader.map(Result::unwrap).collect::<Vec<_>>(), [vec![1, 2], vec![1, 2, 3], vec![1, 2, 3]]);
}
