//! Container and field attributes of serde.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_pickle::Value;

use crate::{comes_back, read, refused, shown};

fn pickled<T: Serialize>(value: &T) -> Vec<u8> {
    serde_pickle::to_vec(value).unwrap()
}

#[test]
fn names() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Renamed {
        first_name: u8,
        #[serde(rename(serialize = "out", deserialize = "in"))]
        two_ways: u8,
        #[serde(alias = "old", alias = "older")]
        new: u8,
        #[serde(skip)]
        skipped: u8,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        maybe: Option<u8>,
    }
    let value = Renamed { first_name: 1, two_ways: 2, new: 3, skipped: 0, maybe: None };
    assert_eq!(shown(&value), "{'firstName': 1, 'out': 2, 'new': 3}");
    let text = |pairs: &[(&str, u8)]| pickled(&pairs.iter().copied().collect::<BTreeMap<_, _>>());
    let read_back: Renamed = read(&text(&[("firstName", 1), ("in", 2), ("older", 3)]));
    assert_eq!(read_back, value);
    refused::<Renamed>(
        &text(&[("firstName", 1), ("in", 2), ("new", 3), ("wrong", 4)]),
        "unknown field `wrong`, expected one of `firstName`, `in`, `new`, `old`, `older`, `maybe` at byte 42",
    );
    refused::<Renamed>(&text(&[("in", 2)]), "missing field `firstName` at byte 11");
    refused::<Renamed>(&text(&[("new", 2), ("old", 2)]), "duplicate field `new` at byte 11");
}

#[test]
fn defaults_and_conversions() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(default)]
    struct Defaults {
        a: u8,
        #[serde(default = "seven")]
        b: u8,
        c: Vec<u8>,
    }
    fn seven() -> u8 {
        7
    }
    impl Default for Defaults {
        fn default() -> Defaults {
            Defaults { a: 1, b: 2, c: vec![3] }
        }
    }
    assert_eq!(read::<Defaults>(b"}."), Defaults { a: 1, b: 7, c: vec![3] });
    assert_eq!(read::<Defaults>(b"K\x05\x85."), Defaults { a: 5, b: 7, c: vec![3] }, "from a tuple that is too short");

    #[derive(Debug, PartialEq, Clone, Serialize, Deserialize)]
    #[serde(from = "u8", into = "u8")]
    struct Celsius(i16);
    impl From<u8> for Celsius {
        fn from(value: u8) -> Celsius {
            Celsius(i16::from(value) - 100)
        }
    }
    impl From<Celsius> for u8 {
        fn from(value: Celsius) -> u8 {
            u8::try_from(value.0 + 100).unwrap_or(0)
        }
    }
    comes_back(&Celsius(-20));

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(try_from = "String")]
    struct Even(u8);
    impl TryFrom<String> for Even {
        type Error = String;
        fn try_from(text: String) -> Result<Even, String> {
            let number: u8 = text.parse().map_err(|error| format!("{error}"))?;
            if number.is_multiple_of(2) { Ok(Even(number)) } else { Err(format!("{number} is odd")) }
        }
    }
    assert_eq!(read::<Even>(b"\x8c\x014."), Even(4));
    refused::<Vec<Even>>(b"]\x8c\x015a.", "[0]: 5 is odd at byte 1");
    // What is refused after it was read stands somewhere, too, also in a stream.
    refused::<Even>(b"\x80\x04\x8c\x015.", "5 is odd at byte 2");
    let stream: &[u8] = b"\x8c\x014.\x8c\x015.";
    let of_slice = serde_pickle::Deserializer::from_slice(stream).into_iter::<Even>();
    let of_reader = serde_pickle::Deserializer::from_reader(stream).into_iter::<Even>();
    for mut items in [Box::new(of_slice) as Box<dyn Iterator<Item = _>>, Box::new(of_reader)] {
        assert_eq!(items.next().unwrap().unwrap(), Even(4));
        assert_eq!(items.next().unwrap().unwrap_err().to_string(), "5 is odd at byte 4");
        assert!(items.next().is_none());
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(transparent)]
    struct Transparent {
        inner: Vec<u8>,
        #[serde(skip)]
        other: u8,
    }
    comes_back(&Transparent { inner: vec![1], other: 0 });
    assert_eq!(shown(&Transparent { inner: vec![1], other: 5 }), "[1]");
}

mod remote {
    #[derive(Debug, PartialEq)]
    pub(super) struct Foreign {
        pub(super) secs: i64,
        pub(super) nanos: i32,
    }
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "remote::Foreign")]
struct ForeignDef {
    secs: i64,
    nanos: i32,
}

mod as_text {
    use super::{Deserialize, Deserializer, Serializer, fmt};

    pub(super) fn serialize<S: Serializer, T: fmt::Display>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>, T: std::str::FromStr<Err: fmt::Display>>(
        deserializer: D,
    ) -> Result<T, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[test]
fn remote_and_with() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Holds {
        #[serde(with = "ForeignDef")]
        foreign: remote::Foreign,
        #[serde(with = "as_text")]
        number: u64,
        #[serde(with = "serde_bytes")]
        bytes: Vec<u8>,
        #[serde(with = "serde_bytes", default)]
        maybe: Option<Vec<u8>>,
    }
    let holds = Holds { foreign: remote::Foreign { secs: 1, nanos: 2 }, number: 7, bytes: b"ab".to_vec(), maybe: None };
    assert_eq!(shown(&holds), "{'foreign': {'secs': 1, 'nanos': 2}, 'number': '7', 'bytes': b'ab', 'maybe': None}");
    comes_back(&holds);
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Internal {
    Circle {
        r: f64,
        #[serde(default)]
        tags: Vec<String>,
    },
    Point,
    Other(BTreeMap<String, u8>),
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "t", content = "c")]
enum Adjacent {
    Unit,
    New(Vec<u8>),
    Tuple(u8, String),
    Struct { a: Option<u8> },
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Untagged {
    Nothing,
    Bool(bool),
    Int(i64),
    Big(u64),
    Float(f64),
    Text(String),
    Pair(u8, u8),
    List(Vec<Untagged>),
    Named { a: u8 },
    Map(BTreeMap<String, Untagged>),
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum WithOther {
    Known,
    #[serde(other)]
    Other,
}

#[test]
fn tagged_and_untagged_enums() {
    comes_back(&vec![
        Internal::Circle { r: 1.5, tags: vec!["a".into()] },
        Internal::Point,
        Internal::Other([("x".to_owned(), 1)].into()),
    ]);
    comes_back(&vec![
        Adjacent::Unit,
        Adjacent::New(vec![1, 2]),
        Adjacent::Tuple(1, "x".into()),
        Adjacent::Struct { a: None },
    ]);
    comes_back(&vec![
        Untagged::Nothing,
        Untagged::Bool(true),
        Untagged::Int(-5),
        Untagged::Big(u64::MAX),
        Untagged::Float(1.5),
        Untagged::Text("x".into()),
        Untagged::Pair(1, 2),
        Untagged::List(vec![Untagged::Nothing, Untagged::Int(300), Untagged::Int(1)]),
        Untagged::Named { a: 1 },
        Untagged::Map([("b".to_owned(), Untagged::Nothing)].into()),
    ]);
    assert_eq!(read::<WithOther>(b"\x8c\x03Any."), WithOther::Other);
    assert_eq!(read::<WithOther>(b"}\x8c\x03AnyNs."), WithOther::Other);
    refused::<Untagged>(b"C\x01\xff.", "data did not match any variant of untagged enum Untagged at byte 0");
    refused::<Internal>(
        b"}\x8c\x04kind\x8c\x06squares.",
        "kind: unknown variant `square`, expected one of `circle`, `point`, `other` at byte 7",
    );
    refused::<Internal>(b"}.", "missing field `kind` at byte 0");

    // An instance of a class is as good as a dict.
    assert_eq!(
        read::<Internal>(b"cm\nC\n)\x81}(\x8c\x04kind\x8c\x06circle\x8c\x01rK\x02ub."),
        Internal::Circle { r: 2.0, tags: vec![] }
    );
    assert_eq!(read::<Untagged>(b"cm\nC\n)\x81}\x8c\x01aK\x02sb."), Untagged::Named { a: 2 });
}

#[test]
fn flattened() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Outer {
        id: u64,
        #[serde(flatten)]
        inner: Inner,
        #[serde(flatten)]
        maybe: Option<More>,
        #[serde(flatten)]
        kind: External,
        #[serde(flatten)]
        rest: BTreeMap<String, Value>,
    }
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Inner {
        name: String,
        big: u64,
    }
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct More {
        more: u8,
    }
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum External {
        Square(u8),
    }
    let outer = |maybe| Outer {
        id: 1,
        inner: Inner { name: "n".into(), big: 1 << 60 },
        maybe,
        kind: External::Square(4),
        rest: [("x".to_owned(), Value::from(1.5))].into(),
    };
    assert_eq!(shown(&outer(None)), "{'id': 1, 'name': 'n', 'big': 1152921504606846976, 'Square': 4, 'x': 1.5}");
    // serde's buffer has no word for 128 bits: neither the type nor such a value comes through.
    #[derive(Debug, Deserialize)]
    struct Wide {
        #[expect(dead_code, reason = "it is an error")]
        #[serde(flatten)]
        inner: WideInner,
    }
    #[derive(Debug, Deserialize)]
    struct WideInner {
        #[expect(dead_code, reason = "it is an error")]
        big: u128,
    }
    refused::<Wide>(b"}\x8c\x03bigK\x01s.", "u128 is not supported at byte 0");
    comes_back(&outer(None));
    comes_back(&outer(Some(More { more: 1 })));
}

#[test]
fn borrowed_in_flatten() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Holds<'a> {
        a: &'a str,
        #[serde(flatten, borrow)]
        rest: BTreeMap<Cow<'a, str>, &'a str>,
    }
    let pickle = pickled(&BTreeMap::from([("a", "1"), ("b", "2")]));
    let holds: Holds<'_> = read(&pickle);
    assert_eq!(holds.rest["b"], "2");
}

#[test]
fn generic_json_values() {
    let json = serde_json::json!({"a": [1, -2, 1.5, null, true, "x", {"b": []}], "n": u64::MAX});
    comes_back(&json);
    // Keys that are not text have one.
    assert_eq!(read::<serde_json::Value>(b"}K\x01K\x02s."), serde_json::json!({"1": 2}));
    // JSON has no bytes, and says so.
    refused::<serde_json::Value>(b"C\x02ab.", "invalid type: byte array, expected any valid JSON value at byte 0");
}
