//! Several pickles to one writer, buffers out of band, and what is written when something fails.

use std::{
    io,
    sync::{Arc, Mutex},
};

use serde::{Deserialize, Serialize, ser::SerializeSeq};
use serde_pickle::{
    Buffer, DeOptions, Deserializer, Graph, Memo, Protocol, SerOptions, Serializer, Value, from_slice, pickle, tools,
};

use crate::PROTOCOLS;

#[derive(Serialize, Deserialize, Debug, PartialEq, Clone)]
struct Point {
    x: i64,
    label: String,
}

fn point(x: i64) -> Point {
    Point { x, label: format!("point {x}") }
}

/// Fails after some items.
struct Failing(usize);

impl Serialize for Failing {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(None)?;
        for at in 0..self.0 {
            seq.serialize_element(&point(at as i64))?;
        }
        Err(serde::ser::Error::custom("no more"))
    }
}

#[test]
fn each_stands_by_itself() {
    for protocol in PROTOCOLS {
        let mut ser = SerOptions::new().protocol(protocol).serializer(Vec::new());
        let mut alone = Vec::new();
        for x in 0..3 {
            point(x).serialize(&mut ser).unwrap();
            alone.extend(SerOptions::new().protocol(protocol).to_vec(&point(x)).unwrap());
        }
        ser.flush().unwrap();
        assert_eq!(ser.into_inner(), alone);
    }
}

/// `pickler = pickle.Pickler(out, 4)`, then `dump` of `{'x': 1, 'label': 'point 1'}` and of 2, with the keys interned.
#[test]
fn as_one_pickler_used_twice() {
    let mut ser = SerOptions::new().memo(Memo::Python).keep_memo(true).serializer(Vec::new());
    point(1).serialize(&mut ser).unwrap();
    point(2).serialize(&mut ser).unwrap();
    let written = ser.into_inner();
    let expected = b"\x80\x04\x95\x1d\0\0\0\0\0\0\0}\x94(\x8c\x01x\x94K\x01\x8c\x05label\x94\x8c\x07point 1\x94u.\
        \x80\x04\x95\x15\0\0\0\0\0\0\0}\x94(h\x01K\x02h\x02\x8c\x07point 2\x94u.";
    assert_eq!(written.escape_ascii().to_string(), expected.escape_ascii().to_string());
}

#[test]
fn a_kept_memo_is_read_with_a_kept_memo() {
    for protocol in PROTOCOLS {
        for memo in [Memo::Keys, Memo::None, Memo::Equal, Memo::Python] {
            let options = SerOptions::new().protocol(protocol).memo(memo).keep_memo(true);
            let mut ser = options.serializer(Vec::new());
            (0..300).for_each(|x| point(x).serialize(&mut ser).unwrap());
            let written = ser.into_inner();
            let mut de = DeOptions::new().keep_memo(true).deserializer(&written);
            for x in 0..300 {
                assert_eq!(Point::deserialize(&mut de).unwrap(), point(x), "{protocol:?} {memo:?}");
            }
        }
    }
}

/// What a failed pickle has stored, the next one does not refer to.
#[test]
fn a_failed_pickle_leaves_no_trace() {
    for keep in [false, true] {
        for memo in [Memo::Keys, Memo::Equal, Memo::Python] {
            let mut ser = SerOptions::new().memo(memo).keep_memo(keep).serializer(Vec::new());
            "first".serialize(&mut ser).unwrap();
            assert_eq!(Failing(3).serialize(&mut ser).unwrap_err().to_string(), "no more");
            point(7).serialize(&mut ser).unwrap();
            let written = ser.into_inner();
            let mut de = DeOptions::new().keep_memo(keep).deserializer(&written);
            assert_eq!(String::deserialize(&mut de).unwrap(), "first");
            assert_eq!(Point::deserialize(&mut de).unwrap(), point(7), "{keep} {memo:?}");
            de.end().unwrap();
        }
    }
}

#[test]
fn nothing_that_looks_complete() {
    let mut buffer = b"before".to_vec();
    assert!(SerOptions::new().to_buf(&Failing(3), &mut buffer).is_err());
    assert_eq!(buffer, b"before");
    for protocol in PROTOCOLS {
        let mut written = Vec::new();
        // Large enough that some of it was written.
        let error = SerOptions::new().protocol(protocol).to_writer(&mut written, &Failing(20_000)).unwrap_err();
        assert_eq!(error.to_string(), "no more");
        assert!(written.len() > 60_000, "{protocol:?}: {}", written.len());
        assert!(from_slice::<Value>(&written).unwrap_err().is_eof(), "{protocol:?}");
    }
}

#[test]
fn a_vector_is_used_again() {
    let mut buffer = Vec::new();
    SerOptions::new().to_buf(&point(1), &mut buffer).unwrap();
    let (length, room) = (buffer.len(), buffer.capacity());
    for x in 2..5 {
        buffer.clear();
        SerOptions::new().to_buf(&point(x), &mut buffer).unwrap();
        assert_eq!((buffer.len(), buffer.capacity()), (length, room));
    }
}

/// The largest piece that was written at once.
struct Largest(usize);

impl io::Write for Largest {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.max(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_writer_holds_a_frame() {
    let points: Vec<Point> = (0..20_000).map(point).collect();
    for protocol in PROTOCOLS {
        let mut largest = Largest(0);
        SerOptions::new().protocol(protocol).to_writer(&mut largest, &points).unwrap();
        assert!((1..66_000).contains(&largest.0), "{protocol:?}: {}", largest.0);
    }
}

#[test]
fn buffers_out_of_band() {
    let buffers = [Buffer::new(*b"first"), Buffer::new(*b"second").readonly(true)];
    let value = Value::List(buffers.map(Value::Buffer).into());
    let taken = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&taken);
    let take = move |bytes: &[u8]| keep.lock().unwrap().push(bytes.to_vec());
    let pickle = SerOptions::new().protocol(Protocol::V5).buffer_callback(take).to_vec(&value).unwrap();
    let shown = tools::dis(&pickle).unwrap();
    assert!(shown.contains("NEXT_BUFFER") && shown.contains("READONLY_BUFFER"), "{shown}");
    assert_eq!(*taken.lock().unwrap(), [b"first".to_vec(), b"second".to_vec()]);
    let read: Vec<serde_bytes::ByteBuf> =
        DeOptions::new().buffers(&[&b"first"[..], b"second"]).from_slice(&pickle).unwrap();
    assert_eq!(read, [&b"first"[..], b"second"]);
    assert_eq!(value.buffers(), [&b"first"[..], b"second"]);
    // A callback that returns true leaves a buffer where it is, as in Python.
    let short = |bytes: &[u8]| bytes.len() == 5;
    let pickle =
        SerOptions::new().protocol(Protocol::V5).memo(Memo::None).buffer_callback(short).to_vec(&value).unwrap();
    assert_eq!(pickle[11..], *b"](\x96\x05\0\0\0\0\0\0\0first\x97\x98e.");
    // Below protocol 5, they stand in the pickle.
    let pickle = SerOptions::new().protocol(Protocol::V4).to_vec(&value).unwrap();
    assert_eq!(from_slice::<Vec<serde_bytes::ByteBuf>>(&pickle).unwrap(), [&b"first"[..], b"second"]);
}

#[test]
fn what_a_protocol_cannot_hold() {
    let error = |value: &Value, protocol| SerOptions::new().protocol(protocol).to_vec(value).unwrap_err().to_string();
    assert_eq!(error(&Value::Extension(7), Protocol::V1), "an extension code needs protocol 2");
    let unknown = from_slice::<Value>(b"\x80\x05\x97.").unwrap();
    assert_eq!(error(&unknown, Protocol::V4), "an out-of-band buffer needs protocol 5");
    let odd = Value::from(serde_pickle::Global::new("a\nb", "c"));
    assert_eq!(error(&odd, Protocol::V3), "the global a\nb.c needs protocol 4");
    let graph = Graph::from_slice(b"\x80\x05\x97.").unwrap();
    let options = SerOptions::new().protocol(Protocol::V2);
    assert_eq!(options.to_vec(&graph).unwrap_err().to_string(), "an out-of-band buffer needs protocol 5");
}

#[test]
fn lengths_that_nobody_announced() {
    struct Unsized(usize);

    impl Serialize for Unsized {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut seq = serializer.serialize_seq(None)?;
            (0..self.0).try_for_each(|at| seq.serialize_element(&at))?;
            seq.end()
        }
    }

    for protocol in PROTOCOLS {
        for count in [0, 1, 2, 999, 1000, 1001, 2500] {
            let pickle = SerOptions::new().protocol(protocol).to_vec(&Unsized(count)).unwrap();
            assert_eq!(from_slice::<Vec<usize>>(&pickle).unwrap(), (0..count).collect::<Vec<_>>(), "{protocol:?}");
        }
    }
}

/// Instances of one class, and datetimes: by default smaller than Python's own.
#[test]
fn smaller_than_python_s() {
    let class = serde_pickle::Global::new("shop.models", "Order");
    let orders: Vec<Value> = (0..1000)
        .map(|id| {
            let state = pickle!({"id": id, "customer": format!("customer {id}"), "price": 9.5});
            serde_pickle::Object::new(class.clone(), Vec::new()).with_state(state).into()
        })
        .collect();
    let datetime = serde_pickle::Global::new("datetime", "datetime");
    let dates: Vec<Value> = (0..1000_u16)
        .map(|at| {
            let [high, low] = at.to_be_bytes();
            let bytes = Value::Bytes(vec![7, 232, 1, 1, 0, 0, 0, 0, high, low]);
            serde_pickle::Object::reduce(datetime.clone(), vec![bytes]).into()
        })
        .collect();
    for value in [Value::List(orders), Value::List(dates)] {
        for protocol in PROTOCOLS {
            let options = SerOptions::new().protocol(protocol);
            let (keys, python) = (options.to_vec(&value).unwrap(), options.memo(Memo::Python).to_vec(&value).unwrap());
            assert!(keys.len() < python.len(), "{protocol:?}: {} and {}", keys.len(), python.len());
            assert_eq!(from_slice::<Value>(&keys).unwrap(), value);
            let names = keys.windows(5).filter(|part| *part == b"Order" || *part == b"datet").count();
            assert!(names <= 2, "{protocol:?}: {names}");
        }
    }
}

#[test]
fn instances_of_python_2() {
    // (i__main__\nPoint\n(dS'x'\nI1\nsb.
    let pickle = b"(i__main__\nPoint\np0\n(dp1\nS'x'\np2\nI1\nsb.";
    let graph = Graph::from_slice(pickle).unwrap();
    assert_eq!(graph.to_vec().unwrap().escape_ascii().to_string(), pickle.escape_ascii().to_string());
    let value: Value = from_slice(pickle).unwrap();
    let written = SerOptions::new().protocol(Protocol::V0).memo(Memo::None).to_vec(&value).unwrap();
    assert_eq!(written.escape_ascii().to_string(), b"(i__main__\nPoint\n(dVx\nI1\nsb.".escape_ascii().to_string());
    let written = SerOptions::new().protocol(Protocol::V1).memo(Memo::None).to_vec(&value).unwrap();
    assert_eq!(&written[..19], b"(c__main__\nPoint\no}");
    let python = SerOptions::new().protocol(Protocol::V2).memo(Memo::Python).to_vec(&graph).unwrap();
    assert_eq!(&python[..22], b"\x80\x02c__main__\nPoint\nq\0)\x81");
    let mut ser = Serializer::new(Vec::new());
    value.serialize(&mut ser).unwrap();
    let written = ser.into_inner();
    assert_eq!(Value::deserialize(&mut Deserializer::from_slice(&written)).unwrap(), value);
}
