//! The forms that Python's values have, as types read them. The bytes are what Python's `pickle.dumps` gives.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap, HashSet},
    fmt,
};

use serde::{
    Deserialize,
    de::{self, IgnoredAny},
};
use serde_pickle::{DeOptions, Deserializer, Encoding, SurrogateStr, Value};

use crate::{read, refused};

// {'a': 1, 'b': 'two', 'c': None} at protocol 2
const ABC: &[u8] = b"\x80\x02}q\0(X\x01\0\0\0aq\x01K\x01X\x01\0\0\0bq\x02X\x03\0\0\0twoq\x03X\x01\0\0\0cq\x04Nu.";

#[test]
fn structs() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Plain<'a> {
        a: u8,
        b: &'a str,
        c: Option<bool>,
        #[serde(default)]
        d: u32,
    }
    assert_eq!(read::<Plain<'_>>(ABC), Plain { a: 1, b: "two", c: None, d: 0 });

    #[derive(Debug, PartialEq, Deserialize)]
    struct Aliased {
        #[serde(alias = "a")]
        first: u64,
        #[serde(rename = "b")]
        second: String,
    }
    assert_eq!(read::<Aliased>(ABC), Aliased { first: 1, second: "two".into() });

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Strict {
        a: u8,
        b: String,
    }
    refused::<Strict>(ABC, "unknown field `c`, expected `a` or `b` at byte 34");

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    struct More {
        a: u8,
        z: u8,
    }
    refused::<More>(ABC, "missing field `z` at byte 2");

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    struct Wrong {
        b: u8,
    }
    refused::<Wrong>(ABC, "b: invalid type: string \"two\", expected u8 at byte 24");
}

#[test]
fn flatten_and_tags() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Flat {
        a: u8,
        #[serde(flatten)]
        rest: BTreeMap<String, Option<String>>,
    }
    let rest = [("b".to_owned(), Some("two".to_owned())), ("c".to_owned(), None)].into();
    assert_eq!(read::<Flat>(ABC), Flat { a: 1, rest });

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(untagged)]
    enum Either {
        Number(f64),
        Text(String),
        Pair(u8, u8),
    }
    // [1, 'x', (1, 2), 2.5]
    let pickle = b"](K\x01X\x01\0\0\0xK\x01K\x02\x86G@\x04\0\0\0\0\0\0e.";
    let either = vec![Either::Number(1.0), Either::Text("x".into()), Either::Pair(1, 2), Either::Number(2.5)];
    assert_eq!(read::<Vec<Either>>(pickle), either);

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(tag = "kind")]
    enum Internal {
        Circle { r: f64 },
        Point,
    }
    // [{'kind': 'Circle', 'r': 2}, {'kind': 'Point'}]
    let pickle = b"](}(\x8c\x04kind\x94\x8c\x06Circle\x8c\x01rK\x02u}h\0\x8c\x05Pointse.";
    assert_eq!(read::<Vec<Internal>>(pickle), [Internal::Circle { r: 2.0 }, Internal::Point]);

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(tag = "t", content = "c")]
    enum Adjacent {
        Ints(Vec<u8>),
    }
    assert_eq!(read::<Adjacent>(b"}(\x8c\x01t\x8c\x04Ints\x8c\x01c](K\x01K\x02eu."), Adjacent::Ints(vec![1, 2]));
}

#[test]
fn enums_in_three_forms() {
    #[derive(Debug, PartialEq, Deserialize)]
    enum Shape {
        Point,
        Circle(f64),
        Line(u8, u8),
        Rect {
            w: u8,
        },
        #[serde(rename = "1")]
        One,
    }
    assert_eq!(read::<Shape>(b"\x8c\x05Point."), Shape::Point);
    assert_eq!(read::<Shape>(b"}\x8c\x06CircleK\x02s."), Shape::Circle(2.0));
    assert_eq!(read::<Shape>(b"\x8c\x06CircleK\x02\x86."), Shape::Circle(2.0));
    assert_eq!(read::<Shape>(b"}\x8c\x04LineK\x01K\x02\x86s."), Shape::Line(1, 2));
    assert_eq!(read::<Shape>(b"}\x8c\x04Rect}\x8c\x01wK\x07ss."), Shape::Rect { w: 7 });
    // The value of an enum member is text, never an index.
    assert_eq!(read::<Shape>(b"K\x01."), Shape::One);
    // An instance of the class: geometry.Circle.__new__(Circle, 2.5)
    assert_eq!(read::<Shape>(b"cgeometry\nCircle\nG@\x04\0\0\0\0\0\0\x85\x81."), Shape::Circle(2.5));
    refused::<Shape>(
        b"\x8c\x06Square.",
        "unknown variant `Square`, expected one of `Point`, `Circle`, `Line`, `Rect`, `1` at byte 0",
    );
    refused::<Shape>(b"}.", "invalid length 0, expected a dict with the variant as its one key at byte 0");
    refused::<Shape>(b"\x8c\x06Circle.", "invalid type: unit variant, expected newtype variant at byte 0");
}

#[test]
fn the_last_of_repeated_keys_wins() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct One {
        a: u8,
    }
    // {'a': 1, 'a': 2}, which nobody writes, but anybody can
    let pickle = b"}(\x8c\x01aK\x01\x8c\x01aK\x02u.";
    assert_eq!(read::<One>(pickle), One { a: 2 });
    assert_eq!(read::<HashMap<String, u8>>(pickle), [("a".to_owned(), 2)].into());
    assert_eq!(read::<Value>(pickle).to_string(), "{'a': 2}");
    assert_eq!(read::<serde_json::Value>(pickle), serde_json::json!({"a": 2}));
    // {1: 'x', True: 'y', 1.0: 'z'}
    let pickle = b"}(K\x01\x8c\x01x\x88\x8c\x01yG?\xf0\0\0\0\0\0\0\x8c\x01zu.";
    assert_eq!(read::<Value>(pickle).to_string(), "{1: 'z'}");
    assert_eq!(read::<BTreeMap<i64, String>>(pickle), [(1, "z".to_owned())].into());
    let many: Vec<u8> = (0..200_u8).flat_map(|at| [b'K', at % 100, b'K', at]).collect();
    let pickle = [b"}(", &many[..], b"u."].concat();
    let map = read::<BTreeMap<u8, u8>>(&pickle);
    assert_eq!((map.len(), map[&7]), (100, 107));
}

#[test]
fn visitors_that_take_only_maps_with_text_keys() {
    struct OnlyMap(Vec<String>);
    struct OnlyMapVisitor;
    impl<'de> de::Visitor<'de> for OnlyMapVisitor {
        type Value = OnlyMap;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a map")
        }
        fn visit_map<A: de::MapAccess<'de>>(self, mut access: A) -> Result<OnlyMap, A::Error> {
            let mut keys = Vec::new();
            while let Some((key, IgnoredAny)) = access.next_entry::<Cow<'de, str>, _>()? {
                keys.push(key.into_owned());
            }
            Ok(OnlyMap(keys))
        }
    }
    impl<'de> Deserialize<'de> for OnlyMap {
        fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<OnlyMap, D::Error> {
            deserializer.deserialize_struct("OnlyMap", &["x"], OnlyMapVisitor)
        }
    }
    assert_eq!(read::<OnlyMap>(ABC).0, ["a", "b", "c"]);
}

#[test]
fn objects() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Order {
        id: u32,
        note: String,
    }
    let order = Order { id: 7, note: "hi".into() };
    let attributes = b"}(\x8c\x02idK\x07\x8c\x04note\x8c\x02hiu";
    // An instance: cls.__new__(cls) with its dict as state; with slots; and by protocol 0's copyreg.
    let plain = [b"cshop.models\nOrder\n)\x81", &attributes[..], b"b."].concat();
    let slots = [b"cshop.models\nOrder\n)\x81N", &attributes[..], b"\x86b."].concat();
    let old = [b"ccopy_reg\n_reconstructor\n(cshop.models\nOrder\nc__builtin__\nobject\nNtR", &attributes[..], b"b."]
        .concat();
    for pickle in [plain, slots, old] {
        assert_eq!(read::<Order>(&pickle), order);
        assert_eq!(read::<serde_json::Value>(&pickle), serde_json::json!({"id": 7, "note": "hi"}));
    }
    // A namedtuple, by position; a class whose state is an int.
    assert_eq!(read::<Order>(b"cshop.models\nOrder\nK\x07\x8c\x02hi\x86\x81."), order);
    assert_eq!(read::<u32>(b"cm\nCountdown\n)\x81K\x1eb."), 30);
    // An unknown class under a field that nobody asks for is no obstacle.
    let pickle = b"}(\x8c\x02idK\x07\x8c\x04note\x8c\x02hi\x8c\x01xcm\nC\n)R\x8c\x01y]\x94h\0au.";
    assert_eq!(read::<Order>(pickle), order);
    refused::<u8>(
        b"cshop.models\nOrder\n)\x81}\x8c\x02idK\x07sb.",
        "invalid type: object, expected u8 (shop.models.Order) at byte 20",
    );
    refused::<Value>(b"Q.", "BINPERSID: the stack is empty at byte 0");
    refused::<u8>(b"Pabc\n.", "invalid type: persistent id that is not resolved, expected u8 at byte 0");
    refused::<u8>(b"\x82\x05.", "invalid type: extension code that is not resolved, expected u8 at byte 0");
    assert_eq!(read::<Value>(b"\x82\x05."), Value::Extension(5));
}

#[test]
fn plain_values_written_as_calls() {
    let set = b"c__builtin__\nset\n](K\x01K\x02e\x85R.";
    assert_eq!(read::<HashSet<u8>>(set), [1, 2].into());
    assert_eq!(read::<Value>(set).to_string(), "{1, 2}");
    // Changed after it was used, it is not what the set was made of.
    let changed = b"c__builtin__\nset\n]q\0K\x01a\x85R\x94h\0K\x02a0.";
    assert_eq!(read::<Value>(changed).to_string(), "set([1, 2])");
    let bytes = b"c_codecs\nencode\nX\x03\0\0\0a\xc3\xbfX\x06\0\0\0latin1\x86R.";
    assert_eq!(read::<serde_bytes::ByteBuf>(bytes).as_ref(), b"a\xff");
    assert_eq!(read::<Vec<u8>>(bytes), b"a\xff");
    assert_eq!(read::<Value>(bytes).to_string(), "b'a\\xff'");
}

#[test]
fn scalars() {
    assert_eq!(read::<char>(b"\x8c\x02\xc3\xa9."), 'é');
    assert_eq!(read::<f64>(b"K\x05."), 5.0);
    assert_eq!(read::<f64>(b"\x8a\x09\x01\0\0\0\0\0\0\0\x01."), 18_446_744_073_709_551_616.0);
    assert_eq!(read::<u64>(b"\x8a\x09\xff\xff\xff\xff\xff\xff\xff\xff\0."), u64::MAX);
    assert_eq!(read::<&[u8]>(b"C\x03abc."), b"abc");
    assert_eq!(read::<Vec<u8>>(b"C\x03abc."), b"abc");
    assert_eq!(read::<[u8; 3]>(b"C\x03abc."), *b"abc");
    assert_eq!(read::<BTreeMap<(u8, bool), ()>>(b"}K\x01\x88\x86Ns."), [((1, true), ())].into());
    refused::<u8>(b"M\0\x01.", "invalid value: integer `256`, expected u8 at byte 0");
    refused::<u8>(b"\x88.", "invalid type: boolean `true`, expected u8 at byte 0");
    refused::<u128>(b"J\xff\xff\xff\xff.", "invalid value: integer `-1`, expected u128 at byte 0");
    refused::<(u8, u8)>(b"](K\x01K\x02K\x03e.", "invalid length 3, expected fewer elements in sequence at byte 0");
    refused::<String>(
        b"\x8c\x03\xed\xa0\x80.",
        "str with a lone surrogate, which is not UTF-8: read it as a Value, or as bytes at byte 0",
    );
    refused::<String>(b"\x8c\x01\xff.", "str is not UTF-8 at byte 0");
}

#[test]
fn python_2_str() {
    let text = b"U\x04caf\xe9.";
    assert_eq!(read::<Value>(text).to_string(), "b'caf\\xe9'");
    assert_eq!(read::<Value>(b"U\x03abc.").to_string(), "'abc'");
    let with = |encoding| DeOptions::new().encoding(encoding);
    assert_eq!(with(Encoding::Latin1).from_slice::<String>(text).unwrap(), "café");
    assert_eq!(with(Encoding::Bytes).from_slice::<Value>(b"U\x03abc.").unwrap().to_string(), "b'abc'");
    for (encoding, name) in [(Encoding::Ascii, "ASCII"), (Encoding::Utf8, "UTF-8")] {
        let error = with(encoding).from_slice::<Value>(text).unwrap_err().to_string();
        assert_eq!(error, format!("Python 2 str is not {name}; DeOptions::encoding can say what it is at byte 0"));
        assert_eq!(with(encoding).from_slice::<&serde_bytes::Bytes>(text).unwrap().as_ref(), b"caf\xe9");
    }
}

#[test]
fn python_2_str_of_any_encoding() {
    // {'name': 'caf\xe9'}, of which the text of a target is made by hand.
    let pickle = b"}U\x04nameU\x04caf\xe9s.";
    let upper = |bytes: &[u8]| Ok(bytes.iter().map(|&byte| char::from(byte).to_ascii_uppercase()).collect::<String>());
    let options = DeOptions::new().encoding(Encoding::Bytes).str_decoder(upper);
    assert_eq!(options.from_slice::<Value>(pickle).unwrap().to_string(), "{'NAME': 'CAFé'}");
    #[derive(Deserialize, Debug, PartialEq)]
    #[serde(rename_all = "UPPERCASE")]
    struct Named {
        name: String,
    }
    assert_eq!(options.from_slice::<Named>(pickle).unwrap(), Named { name: "CAFé".into() });
    let graph = options.graph(pickle).unwrap();
    assert_eq!(graph.deserialize::<BTreeMap<String, String>>().unwrap()["NAME"], "CAFé");
    // Who asks for bytes gets those of the stream.
    assert_eq!(options.from_slice::<&serde_bytes::Bytes>(b"U\x04caf\xe9.").unwrap().as_ref(), b"caf\xe9");

    let bytes = DeOptions::new().str_decoder(|bytes: &[u8]| Ok(Value::Bytes(bytes.to_vec())));
    assert_eq!(bytes.from_slice::<Value>(b"U\x01a.").unwrap(), Value::Bytes(b"a".to_vec()));
    let lone = DeOptions::new().str_decoder(|_: &[u8]| SurrogateStr::from_bytes(b"\xed\xb3\xa9".to_vec()));
    assert_eq!(lone.from_slice::<Value>(b"U\x01a.").unwrap().to_string(), r"'\udce9'");
    let message = |error: serde_pickle::Error| error.to_string();
    assert_eq!(
        message(lone.from_slice::<String>(b"NU\x01a.").unwrap_err()),
        "str with a lone surrogate, which is not UTF-8: read it as a Value, or as bytes at byte 1"
    );
    let odd = DeOptions::new().str_decoder(|_: &[u8]| Ok(7));
    assert_eq!(
        message(odd.from_slice::<Value>(b"]U\x01aa.").unwrap_err()),
        "[0]: what DeOptions::str_decoder gave is neither text nor bytes at byte 1"
    );
    let refuses = DeOptions::new().str_decoder(|_: &[u8]| Err::<String, _>(serde::de::Error::custom("not cp1252")));
    assert_eq!(message(refuses.from_slice::<Value>(b"U\x01a.").unwrap_err()), "not cp1252 at byte 0");
    // Strict: also what is thrown away.
    assert_eq!(message(refuses.strict(true).from_slice::<Value>(b"U\x01a0N.").unwrap_err()), "not cp1252 at byte 0");
}

#[test]
fn one_after_the_other() {
    let stream = b"K\x01.\x8c\x01x.K\x03.";
    let items: Vec<Result<u8, _>> = Deserializer::from_slice(stream).into_iter().collect();
    assert_eq!(items.len(), 3);
    assert_eq!(items[1].as_ref().unwrap_err().to_string(), "invalid type: string \"x\", expected u8 at byte 3");
    assert_eq!(*items[2].as_ref().unwrap(), 3);
    let items: Vec<Result<u8, _>> = Deserializer::from_reader(&stream[..]).into_iter().collect();
    assert_eq!(items[1].as_ref().unwrap_err().to_string(), "invalid type: string \"x\", expected u8 at byte 3");
    // Nobody knows where a broken pickle ends: the iterator does not go on for ever.
    let broken: Vec<Result<u8, _>> = Deserializer::from_slice(b"K\x01.?K\x02.").into_iter().collect();
    assert_eq!(broken.len(), 2);
    assert_eq!(broken[1].as_ref().unwrap_err().to_string(), "unknown opcode 0x3f at byte 3");
    // One memo for all, as with a Python Unpickler that loads twice.
    let kept = b"\x80\x04\x8c\x01x\x94.\x80\x04h\0.";
    let mut de = DeOptions::new().keep_memo(true).deserializer_from_reader(&kept[..]);
    assert_eq!(String::deserialize(&mut de).unwrap(), "x");
    assert_eq!(String::deserialize(&mut de).unwrap(), "x");
    assert_eq!(de.byte_offset(), kept.len() as u64);
    de.end().unwrap();
}

#[test]
fn a_value_inside_a_struct_is_exact() {
    #[derive(Deserialize, serde::Serialize)]
    struct Holder {
        a: Value,
        rest: Vec<Value>,
    }
    // {'a': (1, 2**70), 'rest': [{1}, b'x']}
    let pickle = b"\x80\x04}(\x8c\x01aK\x01\x8a\x09\0\0\0\0\0\0\0\0\x40\x86\x8c\x04rest](\x8f(K\x01\x90C\x01xeu.";
    let holder: Holder = read(pickle);
    assert_eq!(holder.a.to_string(), "(1, 1180591620717411303424)");
    assert_eq!(Value::from(holder.rest.clone()).to_string(), "[{1}, b'x']");
    let again: Holder = read(&serde_pickle::to_vec(&holder).unwrap());
    assert_eq!(again.a.to_string(), holder.a.to_string());
    assert_eq!(serde_pickle::to_value(&holder).unwrap().get("a"), Some(&holder.a));
    assert_eq!(serde_pickle::from_value::<(u8, u128)>(holder.a).unwrap(), (1, 1 << 70));
}
