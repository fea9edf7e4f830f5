//! What one would guess wrong about reading pickles: each row is what CPython's C unpickler does, and is asked again where there is one.

use super::{Answer, Case, Reference, compare};
use crate::canon::canon;

/// A stream, and its canonical form, or nothing if it is refused.
type Row = (&'static [u8], Option<&'static str>);

/// By `pickle.loads`.
const PLAIN: &[Row] = &[
    // PROTO may be absent, repeated, anywhere, and enables nothing; above 5 it is an error.
    (b"N.", Some("N")),
    (b"\x80\x02\x80\x05N\x80\x00.", Some("N")),
    (b"\x80\x00\x8f.", Some("#0=S{}")),
    (b"\x80\x06N.", None),
    // FRAME: that many bytes must remain, and nothing more.
    (b"\x95\x02\0\0\0\0\0\0\0N.", Some("N")),
    (b"\x95\0\0\0\0\0\0\0\0N.", Some("N")),
    (b"\x95\x03\0\0\0\0\0\0\0N.", None),
    (b"\x95\x0b\0\0\0\0\0\0\0\x95\x02\0\0\0\0\0\0\0N.", Some("N")),
    (b"\x95\x01\0\0\0\0\0\0\0K\x07.", Some("i7")),
    (b"\x95\xff\xff\xff\xff\xff\xff\xff\xffN.", None),
    // The end of the data.
    (b"", None),
    (b"N", None),
    (b"K", None),
    (b"I1", None),
    // STOP takes the top; what lies below does not matter, but a mark on top is an error.
    (b"K\x01K\x02.", Some("i2")),
    (b"(K\x02.", Some("i2")),
    (b"(.", None),
    (b".", None),
    // Nothing reaches below the topmost mark.
    (b"N(0.", Some("N")),
    (b"N(2.", None),
    (b"N(q\0.", None),
    (b"N(00.", None),
    // The memo: sparse, overwritten, and what is stored is the object.
    (b"K\x01p900\n0g900\n.", Some("i1")),
    (b"K\x01q\0K\x02q\0h\0\x86.", Some("#0=(i2,i2)")),
    (b"K\x01q\x01K\x02\x94h\x01\x87.", Some("#0=(i1,i2,i2)")),
    (b"h\0.", None),
    (b"g-1\n.", None),
    (b"p-1\n.", None),
    (b"]q\0h\0K\x01a\x86.", Some("#0=(#1=[i1],#1)")),
    (b"]q\0h\0a.", Some("#0=[#0]")),
    // INT.
    (b"I010\n.", Some("i8")),
    (b"I08\n.", None),
    (b"I0x10\n.", Some("i10")),
    (b"I 5\n.", Some("i5")),
    (b"I5 \n.", Some("i5")),
    (b"I1_000\n.", Some("i3e8")),
    (b"I0b11\n.", Some("i3")),
    (b"I-\n.", None),
    (b"I\n.", None),
    (b"I01\n.", Some("T")),
    (b"I00\n.", Some("F")),
    (b"I+1\n.", Some("T")),
    (b"I 1\n.", Some("T")),
    (b"I-0\n.", Some("F")),
    (b"I1\n.", Some("i1")),
    (b"I001\n.", Some("i1")),
    (b"I99999999999999999999\n.", Some("i56bc75e2d630fffff")),
    // LONG, GET, PUT.
    (b"L5\n.", Some("i5")),
    (b"L5L\n.", Some("i5")),
    (b"L0x10L\n.", Some("i10")),
    (b"L010L\n.", None),
    (b"L\n.", None),
    (b"LL\n.", None),
    (b"K\x01p+5\n0g 5 \n.", Some("i1")),
    (b"K\x01p1_0\n0g10\n.", Some("i1")),
    (b"K\x01p007\n0g7\n.", Some("i1")),
    (b"K\x01p0x7\n.", None),
    // Twice as many references as an index says are more than any memory has: MemoryError.
    (b"Np576460752303423488\n.", None),
    (b"Np9223372036854775807\n.", None),
    // A NUL ends the text.
    (b"I5\0junk\n.", Some("i5")),
    (b"L5\0junk\n.", Some("i5")),
    (b"F1.5\0junk\n.", Some("f3ff8000000000000")),
    (b"K\x01p5\0junk\n0g5\0x\n.", Some("i1")),
    // FLOAT.
    (b"FnAn\n.", Some("f7ff8000000000000")),
    (b"F-inf\n.", Some("ffff0000000000000")),
    (b"F+Infinity\n.", Some("f7ff0000000000000")),
    (b"F.5\n.", Some("f3fe0000000000000")),
    (b"F5.\n.", Some("f4014000000000000")),
    (b"F 5\n.", None),
    (b"F5_0\n.", None),
    (b"F0x1p3\n.", None),
    (b"F1e309\n.", None),
    (b"F1e-400\n.", Some("f0000000000000000")),
    (b"F\n.", None),
    // STRING.
    (b"S'a'\n.", Some("s61")),
    (b"S\"a\"\n.", Some("s61")),
    (b"Sa\n.", None),
    (b"S'a\"\n.", None),
    (b"S'\n.", None),
    (b"S 'a'\n.", None),
    (b"S''\n.", Some("s")),
    (b"S'\\x41\\101\\q\\n'\n.", Some("s41415c710a")),
    (b"S'\\x4'\n.", None),
    (b"S'\\501'\n.", Some("s41")),
    (b"S''a'\n.", Some("s2761")),
    (b"S'\xe9'\n.", None),
    // UNICODE.
    (b"V\\u00e9\n.", Some("sc3a9")),
    (b"V\\\\u00e9\n.", Some("s5c5c7530306539")),
    (b"V\\U0001f600\n.", Some("sf09f9880")),
    (b"V\\U00110000\n.", None),
    (b"V\\u12\n.", None),
    (b"V\xe9\\n\n.", Some("sc3a95c6e")),
    (b"V\\ud800\n.", Some("seda080")),
    // A missing last newline.
    (b"I5", None),
    (b"Va", None),
    // Binary arguments.
    (b"J\xff\xff\xff\xff.", Some("i-1")),
    (b"M\xff\xff.", Some("iffff")),
    (b"K\xff.", Some("iff")),
    (b"\x8a\0.", Some("i0")),
    (b"\x8a\x01\xff.", Some("i-1")),
    (b"\x8a\x03\xff\0\0.", Some("iff")),
    (b"\x8b\x01\0\0\0\xff.", Some("i-1")),
    (b"\x8b\xff\xff\xff\xff.", None),
    (b"T\xff\xff\xff\xff.", None),
    (b"X\x01\0\0\0\xff.", None),
    (b"X\x03\0\0\0\xed\xa0\x80.", Some("seda080")),
    (b"X\x06\0\0\0\xed\xa0\xbd\xed\xb8\x80.", Some("seda0bdedb880")),
    (b"X\x02\0\0\0\xc0\x80.", None),
    (b"X\x04\0\0\0\xf4\x90\x80\x80.", None),
    (b"G\x7f\xf0\0\0\0\0\0\x01.", Some("f7ff0000000000001")),
    (b"\x8d\0\0\0\0\0\0\0\x80.", None),
    (b"\x8e\xff\xff\xff\xff\xff\xff\xff\x7f.", None),
    // Keys equal as in Python: the first key stays, the last value wins.
    (b"}(K\x01K\x01G?\xf0\0\0\0\0\0\0K\x02\x88K\x03u.", Some("#0={i1:i3}")),
    (b"}(G\x80\0\0\0\0\0\0\0K\x01K\0K\x02u.", Some("#0={f8000000000000000:i2}")),
    (b"}(Fnan\nK\x01Fnan\nK\x02u.", Some("#0={f7ff8000000000000:i1,f7ff8000000000000:i2}")),
    (b"}(Fnan\n\x94K\x01h\0K\x02u.", Some("#0={f7ff8000000000000:i2}")),
    (b"\x8f(L9007199254740993L\nG\x43\x40\0\0\0\0\0\0\x90.", Some("#0=S{f4340000000000000,i20000000000001}")),
    (b"\x8f(L9007199254740992L\nG\x43\x40\0\0\0\0\0\0\x90.", Some("#0=S{i20000000000000}")),
    // What is unhashable, also inside a tuple.
    (b"}]K\x01s.", None),
    (b"}}K\x01s.", None),
    (b"}\x8fK\x01s.", None),
    (b"}\x96\0\0\0\0\0\0\0\0K\x01s.", None),
    (b"}]\x85K\x01s.", None),
    (b"\x8f(]\x90.", None),
    (b"(]\x91.", None),
    (b"}((((K\x01\x91t\x91K\x02u.", Some("#0={#1=Z{#0=(#1=Z{i1})}:i2}")),
    // Empty batches do nothing, whatever the target; but there must be one.
    (b"K\x01(e.", Some("i1")),
    (b"K\x01(u.", Some("i1")),
    (b"K\x01(\x90.", Some("i1")),
    (b"(e.", None),
    (b"((e.", None),
    // SETITEM by index, APPEND to a bytearray.
    (b"](K\x01K\x02eK\0K\x05s.", Some("#0=[i5,i2]")),
    (b"](K\x01K\x02eJ\xff\xff\xff\xffK\x05s.", Some("#0=[i1,i5]")),
    (b"](K\x01K\x02eK\x02K\x05s.", None),
    (b"\x96\x01\0\0\0\0\0\0\0aK\0K\x62s.", Some("#0=B62")),
    (b"\x96\x01\0\0\0\0\0\0\0aK\x62a.", Some("#0=B6162")),
    (b"\x96\0\0\0\0\0\0\0\0M\0\x01a.", None),
    (b"}K\x01a.", None),
    (b"(\x91(K\x01\x90.", None),
    (b"K\x01K\x01a.", None),
    // Odd numbers of keys and values.
    (b"(K\x01d.", None),
    (b"}(K\x01u.", None),
    // BUILD on plain data.
    (b"]Nb.", Some("#0=[]")),
    (b"]N}\x86b.", Some("#0=[]")),
    (b"]}b.", None),
    (b"K\x01K\x02b.", None),
    // READONLY_BUFFER: bytes stay as they are; the memo keeps the writable one.
    (b"C\x01a\x98.", Some("b61")),
    (b"\x96\x01\0\0\0\0\0\0\0a\x94\x98h\0\x86.", Some("#0=(r#1=B61,#1)")),
    (b"K\x01\x98.", None),
    (b"\x97.", None),
    (b"Pid\n.", None),
    (b"\x82\x02.", None),
    (b"\x84\0\0\0\0.", None),
    (b"\x84\xff\xff\xff\xff.", None),
    // Recursive tuples.
    (b"](h\0tq\x01.", None),
    (b"]q\0(h\0tq\x01a1h\x01.", None),
    (b"(]q\0(h\0tq\x01a1h\x01.", Some("#0=(#1=[#0])")),
    (b"\x80\x02]q\0h\0\x85q\x01a0h\x01.", Some("#0=(#1=[#0])")),
    // Python 2 writes ints of 33 to 64 bits as text amid protocol 2.
    (b"\x80\x02]q\x01(I1099511627776\nK\x01e.", Some("#0=[i10000000000,i1]")),
];

/// With every global at hand, every persistent id resolved to itself, and three buffers.
const STUBS: &[Row] = &[
    // The state may be anything.
    (b"cm\nn\n)\x81K\x1eb.", Some("#0=W<g6d.6e||>!i1e")),
    (b"cm\nn\n)\x81Nb.", Some("#0=W<g6d.6e||>!N")),
    (b"cm\nn\n)\x81\x89b.", Some("#0=W<g6d.6e||>!F")),
    (b"cm\nn\n)\x81}b]b.", Some("#0=W<g6d.6e||>!#1={}!#2=[]")),
    // Arguments are a tuple, keywords a dict.
    (b"cm\nn\n]R.", None),
    (b"cm\nn\n]\x81.", None),
    (b"cm\nn\n)]\x92.", None),
    (b"cm\nn\n)}X\x01\0\0\0aK\x01s\x92.", Some("#0=W<g6d.6e||s61:i1>")),
    (b"K\x01)R.", None),
    (b"X\x01\0\0\0a)\x81.", None),
    // The callable may be the result of a call, and a result may be dropped.
    (b"cm\nn\n)R)R.", Some("#0=R<#1=R<g6d.6e||>||>")),
    (b"cm\nn\n)Rcm\ns\nh\0.", None),
    (b"cm\nn\n)R\x94cm\ns\nh\0K\x01\x86R0.", Some("#0=R<g6d.6e||>")),
    // GLOBAL: UTF-8, not stripped, neither empty. INST: ASCII.
    (b"cm\nna me\r\n.", Some("g6d.6e61206d650d")),
    (b"c\nn\n.", None),
    (b"cm\n\n.", None),
    (b"cm\n\xc3\xa9\n.", Some("g6d.c3a9")),
    (b"cm\n\xff\n.", None),
    (b"(im\n\xc3\xa9\n.", None),
    // STACK_GLOBAL takes two str; dotted names and surrogates are fine.
    (b"\x8c\x01m\x8c\x03a.b\x93.", Some("g6d.612e62")),
    (b"\x8c\x01mC\x01n\x93.", None),
    (b"\x8c\x01mK\x01\x93.", None),
    // INST and OBJ.
    (b"(K\x01im\nn\n.", Some("#0=R<g6d.6e|i1|>")),
    (b"(cm\nn\no.", Some("#0=W<g6d.6e||>")),
    (b"(o.", None),
    (b"(K\x01o.", None),
    // Items, pairs and what is added, of an object.
    (b"cm\nn\n)\x81(K\x01K\x02e}(u(K\x03K\x04u.", Some("#0={i3:i4}")),
    (b"cm\nn\n)\x81K\x01aK\x02K\x03s(K\x04\x90.", Some("#0=W<g6d.6e||>+[i1,i4]:{i2:i3}")),
    // Persistent ids, extension codes, buffers.
    (b"P\n.", Some("#0=ps")),
    (b"P\xff\n.", None),
    (b"]Q.", Some("#0=p#1=[]")),
    (b"\x82\x05\x83\0\x01\x84\0\0\x01\0\x87.", Some("#0=(x35,x323536,x3635353336)")),
    (b"\x97\x97\x98\x97\x98\x98\x87.", Some("#0=(u0,ru1,ru2)")),
    (b"\x97\x97\x97\x97.", None),
];

fn check(rows: &[Row], loads: bool) {
    let mut python = Reference::start();
    for (data, expected) in rows {
        let case =
            Case { data, encoding: "ASCII", persistent: !loads, buffers: if loads { None } else { Some(3) }, loads };
        if let Some(python) = &mut python {
            let answer = compare(python, &case);
            let text = match &answer {
                Answer::Value { text, .. } => Some(text.as_str()),
                _ => None,
            };
            assert_eq!(text, *expected, "CPython, of {:?}", data.escape_ascii().to_string());
        }
        let ours = super::options(&case).graph(data).ok().map(|graph| canon(&graph));
        assert_eq!(ours.as_deref(), *expected, "{:?}", data.escape_ascii().to_string());
    }
}

#[test]
fn plain_data() {
    check(PLAIN, true);
}

#[test]
fn with_globals() {
    check(STUBS, false);
}

/// More than 4,300 digits are refused; hexadecimal has no such limit.
#[test]
fn long_texts_of_ints() {
    let Some(mut python) = Reference::start() else { return };
    for (digits, prefix, fine) in [(4300, "", true), (4301, "", false), (9000, "0x", true)] {
        let data = format!("L{prefix}{}L\n.", "1".repeat(digits));
        let case = Case { data: data.as_bytes(), encoding: "ASCII", persistent: false, buffers: None, loads: true };
        assert_eq!(matches!(compare(&mut python, &case), Answer::Value { .. }), fine, "{digits}");
    }
}

/// A name with a surrogate is accepted; a `Global` shows it with U+FFFD, a graph writes it as it was.
#[test]
fn names_with_surrogates() {
    let pickle = b"\x8c\x01m\x8c\x03\xed\xa0\x80\x93.";
    let graph = serde_pickle::DeOptions::new().strict(true).graph(pickle).unwrap();
    assert_eq!(graph.root().as_global().unwrap().to_string(), "m.\u{fffd}\u{fffd}\u{fffd}");
    let again = graph.to_vec().unwrap();
    assert!(again.windows(5).any(|window| window == b"\x8c\x03\xed\xa0\x80"), "{again:?}");
}
