//! Each method of serde's data model, both ways, and visitors and serializers written by hand.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor},
    ser::{SerializeMap, SerializeSeq, SerializeStruct, SerializeTuple},
};
use serde_pickle::{DeOptions, Value};

use crate::{comes_back, read, refused, shown};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Unit;
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct New(u8);
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Two(u8, String);
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Named {
    a: u8,
    b: Option<Box<Named>>,
}
#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum All {
    Unit,
    New(New),
    Tuple(u8, Unit),
    Struct { a: Two, b: () },
    Empty {},
    NoFields(),
}

#[test]
fn every_kind() {
    comes_back(&(Unit, New(1), Two(2, "x".into())));
    comes_back(&Named { a: 1, b: Some(Box::new(Named { a: 2, b: None })) });
    comes_back(&vec![
        All::Unit,
        All::New(New(1)),
        All::Tuple(1, Unit),
        All::Struct { a: Two(1, "a".into()), b: () },
        All::Empty {},
        All::NoFields(),
    ]);
    comes_back(&BTreeMap::from([("k".to_owned(), All::Tuple(1, Unit))]));
    assert_eq!(
        shown(&[All::Unit, All::New(New(1)), All::Tuple(1, Unit), All::Empty {}, All::NoFields()]),
        "('Unit', {'New': 1}, {'Tuple': (1, None)}, {'Empty': {}}, {'NoFields': ()})"
    );
}

#[test]
fn errors_of_enums() {
    refused::<All>(
        b"\x8c\x04Unix.",
        "unknown variant `Unix`, expected one of `Unit`, `New`, `Tuple`, `Struct`, `Empty`, `NoFields` at byte 0",
    );
    refused::<All>(b"}\x8c\x03NewNs.", "New: invalid type: None, expected u8 at byte 6");
    refused::<All>(
        b"}\x8c\x05TupleK\x01\x85s.",
        "Tuple: invalid length 1, expected tuple variant All::Tuple with 2 elements at byte 10",
    );
    refused::<All>(b"}\x8c\x06Struct}s.", "Struct: missing field `a` at byte 9");
    refused::<All>(b"\x8c\x06Struct.", "invalid type: unit variant, expected struct variant at byte 0");
    refused::<All>(b"}\x8c\x04UnitK\x01s.", "Unit: invalid type: integer `1`, expected unit at byte 7");
    refused::<All>(b"N.", "invalid type: None, expected enum All at byte 0");
    refused::<All>(b"G\0\0\0\0\0\0\0\0.", "invalid type: floating point `0.0`, expected enum All at byte 0");
    // A unit variant with None in it: `{'Unit': None}`.
    assert_eq!(read::<All>(b"}\x8c\x04UnitNs."), All::Unit);
}

/// Serializes without saying how long it is, or as what only few types are.
struct ByHand;

impl Serialize for ByHand {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("seq", &UnknownLength(3))?;
        map.serialize_key(&1)?;
        map.serialize_value(&[(); 0])?;
        map.serialize_entry(&(1, 2), &Collected)?;
        map.end()
    }
}

struct UnknownLength(u8);

impl Serialize for UnknownLength {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(None)?;
        (0..self.0).try_for_each(|item| seq.serialize_element(&item))?;
        seq.end()
    }
}

struct Collected;

impl Serialize for Collected {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}-{}", 1, 2))
    }
}

#[test]
fn lengths_that_are_not_known() {
    assert_eq!(shown(&ByHand), "{'seq': [0, 1, 2], 1: (), (1, 2): '1-2'}");
    for length in [0, 1, 2, 255] {
        let pickle = serde_pickle::to_vec(&UnknownLength(length)).unwrap();
        assert_eq!(read::<Vec<u8>>(&pickle), (0..length).collect::<Vec<u8>>());
    }

    struct Wrong(usize);
    impl Serialize for Wrong {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut tuple = serializer.serialize_tuple(self.0)?;
            tuple.serialize_element(&1)?;
            tuple.serialize_element(&2)?;
            tuple.end()
        }
    }
    let error = serde_pickle::to_vec(&Wrong(3)).unwrap_err().to_string();
    assert_eq!(error, "a tuple was announced with 3 items and has 2");

    // Lists and dicts are what they are in the end.
    struct TooFew;
    impl Serialize for TooFew {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut fields = serializer.serialize_struct("TooFew", 3)?;
            fields.serialize_field("a", &1)?;
            fields.skip_field("b")?;
            fields.end()
        }
    }
    assert_eq!(shown(&TooFew), "{'a': 1}");
}

/// Calls one method of the deserializer with a visitor that takes anything, and tells what it was given.
macro_rules! asks {
    ($($name:ident $method:ident($($arg:expr),*);)*) => {$(
        #[derive(Debug, PartialEq)]
        struct $name(String);

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$name, D::Error> {
                deserializer.$method($($arg,)* Tells).map($name)
            }
        }
    )*};
}

asks! {
    Any deserialize_any();
    Str deserialize_str();
    Bytes deserialize_bytes();
    Seq deserialize_seq();
    Map deserialize_map();
    Struct deserialize_struct("S", &["a", "b"]);
    Tuple deserialize_tuple(2);
    Opt deserialize_option();
    Identifier deserialize_identifier();
    NewType deserialize_newtype_struct("N");
    Ignored deserialize_ignored_any();
}

struct Tells;

macro_rules! tells {
    ($($method:ident($type:ty) $name:literal;)*) => {$(
        fn $method<E: de::Error>(self, value: $type) -> Result<String, E> {
            Ok(format!(concat!($name, " {:?}"), value))
        }
    )*};
}

impl<'de> Visitor<'de> for Tells {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    tells! {
        visit_bool(bool) "bool";
        visit_i64(i64) "i64";
        visit_i128(i128) "i128";
        visit_u64(u64) "u64";
        visit_u128(u128) "u128";
        visit_f64(f64) "f64";
        visit_str(&str) "str";
        visit_borrowed_str(&'de str) "borrowed";
        visit_string(String) "string";
        visit_bytes(&[u8]) "bytes";
        visit_borrowed_bytes(&'de [u8]) "borrowed";
        visit_byte_buf(Vec<u8>) "bytes";
    }

    fn visit_unit<E: de::Error>(self) -> Result<String, E> {
        Ok("unit".to_owned())
    }

    fn visit_none<E: de::Error>(self) -> Result<String, E> {
        Ok("none".to_owned())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        Ok(format!("some {}", Any::deserialize(deserializer)?.0))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        Ok(format!("newtype {}", Any::deserialize(deserializer)?.0))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<String, A::Error> {
        let mut items = vec![format!("seq {:?}", access.size_hint())];
        while let Some(Any(item)) = access.next_element()? {
            items.push(item);
        }
        Ok(items.join(" "))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<String, A::Error> {
        let mut items = vec![format!("map {:?}", access.size_hint())];
        while let Some((Any(key), Any(value))) = access.next_entry()? {
            items.push(format!("{key}: {value}"));
        }
        Ok(items.join(", "))
    }
}

#[test]
fn what_visitors_are_given() {
    assert_eq!(read::<Any>(b"N.").0, "unit");
    assert_eq!(read::<Any>(b"\x88.").0, "bool true");
    assert_eq!(read::<Any>(b"J\xff\xff\xff\xff.").0, "i64 -1");
    assert_eq!(read::<Any>(b"K\x01.").0, "u64 1");
    assert_eq!(read::<Any>(b"\x8a\x09\xff\xff\xff\xff\xff\xff\xff\xff\0.").0, "u64 18446744073709551615");
    assert_eq!(read::<Any>(b"\x8a\x09\0\0\0\0\0\0\0\0\x01.").0, "u128 18446744073709551616");
    assert_eq!(read::<Any>(b"\x8a\x09\0\0\0\0\0\0\0\0\xff.").0, "i128 -18446744073709551616");
    assert_eq!(
        read::<Any>(b"\x8a\x11\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01.").0,
        "string \"340282366920938463463374607431768211456\""
    );
    assert_eq!(read::<Any>(b"G?\xf8\0\0\0\0\0\0.").0, "f64 1.5");
    assert_eq!(read::<Any>(b"\x8c\x01a.").0, "borrowed \"a\"");
    assert_eq!(read::<Any>(b"C\x01a.").0, "borrowed [97]");
    assert_eq!(read::<Any>(b"](K\x01]e.").0, "seq Some(2) u64 1 seq Some(0)");
    assert_eq!(read::<Any>(b"}K\x01Ns.").0, "map Some(1), u64 1: unit");
    assert_eq!(read::<Any>(b"cm\nf\n.").0, "string \"m.f\"");
    assert_eq!(read::<Any>(b"cm\nC\n)\x81}\x8c\x01aK\x01sb.").0, "map Some(1), borrowed \"a\": u64 1");

    assert_eq!(read::<Str>(b"C\x01a.").0, "borrowed [97]");
    assert_eq!(read::<Bytes>(b"\x8c\x01a.").0, "borrowed \"a\"");
    assert_eq!(read::<Bytes>(b"](K\x01K\x02e.").0, "seq Some(2) u64 1 u64 2");
    assert_eq!(read::<Seq>(b"C\x02ab.").0, "seq Some(2) u64 97 u64 98");
    assert_eq!(read::<Tuple>(b"\x8f(K\x01K\x02\x90.").0, "seq Some(2) u64 1 u64 2");
    assert_eq!(read::<Struct>(b"K\x01K\x02\x86.").0, "seq Some(2) u64 1 u64 2");
    assert_eq!(read::<Map>(b"cm\nC\n)\x81}\x8c\x01aK\x01sb.").0, "map Some(1), borrowed \"a\": u64 1");
    assert_eq!(read::<Opt>(b"N.").0, "none");
    assert_eq!(read::<Opt>(b"K\x01.").0, "some u64 1");
    assert_eq!(read::<Identifier>(b"\x8c\x01a.").0, "borrowed \"a\"");
    assert_eq!(read::<Identifier>(b"K\x01.").0, "u64 1");
    assert_eq!(read::<NewType>(b"]N\x61.").0, "newtype seq Some(1) unit");
    assert_eq!(read::<Ignored>(b"]N\x61.").0, "unit");
    let mut stream = serde_pickle::Deserializer::from_reader(&b"\x8c\x01a."[..]);
    assert_eq!(Any::deserialize(&mut stream).unwrap().0, "str \"a\"", "nothing is lent by a reader");
}

/// A map whose values are asked for in another order, or not at all.
#[test]
fn accesses_that_are_used_in_part() {
    struct FirstKey;
    impl<'de> Visitor<'de> for FirstKey {
        type Value = String;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a map")
        }
        fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<String, A::Error> {
            let key = access.next_key::<String>()?.unwrap_or_default();
            access.next_value::<IgnoredAny>()?;
            Ok(key)
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<String, A::Error> {
            Ok(access.next_element::<String>()?.unwrap_or_default())
        }
    }
    #[derive(Debug)]
    struct First;
    impl<'de> Deserialize<'de> for First {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<First, D::Error> {
            deserializer.deserialize_any(FirstKey).map(|_| First)
        }
    }
    refused::<First>(b"}(\x8c\x01aK\x01\x8c\x01bK\x02u.", "invalid length 2, expected fewer elements in map at byte 0");
    refused::<First>(b"](\x8c\x01a\x8c\x01be.", "invalid length 2, expected fewer elements in sequence at byte 0");

    struct ValueFirst;
    impl<'de> Visitor<'de> for ValueFirst {
        type Value = ();
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a map")
        }
        fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<(), A::Error> {
            access.next_value::<u8>().map(drop)
        }
    }
    let mut de = serde_pickle::Deserializer::from_slice(b"}\x8c\x01aK\x01s.");
    let error = Deserializer::deserialize_map(&mut de, ValueFirst).unwrap_err();
    assert_eq!(error.to_string(), "the visitor asked for a value before its key at byte 0");
}

#[test]
fn seeds_keep_state() {
    struct Total<'a>(&'a mut u64);
    impl<'de> DeserializeSeed<'de> for Total<'_> {
        type Value = ();
        fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
            deserializer.deserialize_seq(self)
        }
    }
    impl<'de> Visitor<'de> for Total<'_> {
        type Value = ();
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("numbers")
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<(), A::Error> {
            while let Some(number) = access.next_element::<u64>()? {
                *self.0 += number;
            }
            Ok(())
        }
    }
    let mut total = 0;
    let mut de = serde_pickle::Deserializer::from_slice(b"](K\x01K\x02e.](K\x04e.");
    Total(&mut total).deserialize(&mut de).unwrap();
    Total(&mut total).deserialize(&mut de).unwrap();
    assert_eq!(total, 7);
}

#[test]
fn human_readable_or_not() {
    struct Tells(bool);
    impl<'de> Deserialize<'de> for Tells {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Tells, D::Error> {
            let tells = deserializer.is_human_readable();
            IgnoredAny::deserialize(deserializer)?;
            Ok(Tells(tells))
        }
    }
    impl Serialize for Tells {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let tells = serializer.is_human_readable();
            serializer.serialize_bool(tells)
        }
    }
    #[derive(Serialize, Deserialize)]
    struct Holds {
        in_map: BTreeMap<u8, Vec<Option<Tells>>>,
        in_enum: Either,
        key: BTreeMap<u8, Box<Tells>>,
    }
    #[derive(Serialize, Deserialize)]
    enum Either {
        A(Tells),
    }
    let holds = || Holds {
        in_map: [(1, vec![Some(Tells(true))])].into(),
        in_enum: Either::A(Tells(true)),
        key: [(1, Box::new(Tells(true)))].into(),
    };
    for yes in [true, false] {
        let pickle = serde_pickle::SerOptions::new().human_readable(yes).to_vec(&holds()).unwrap();
        let text = read::<Value>(&pickle).to_string();
        let word = if yes { "True" } else { "False" };
        assert_eq!(text, format!("{{'in_map': {{1: [{word}]}}, 'in_enum': {{'A': {word}}}, 'key': {{1: {word}}}}}"));
        let back: Holds = DeOptions::new().human_readable(yes).from_slice(&pickle).unwrap();
        let Either::A(in_enum) = back.in_enum;
        assert_eq!([back.in_map[&1][0].as_ref().unwrap().0, in_enum.0, back.key[&1].0], [yes; 3]);
    }
}
