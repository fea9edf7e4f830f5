//! Values to serializers: faithful to ours, natural forms to others.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::{BigInt, Dict, Set, Value};
use crate::token;

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            // What has no depth needs no name.
            Value::List(_) | Value::Tuple(_) | Value::Dict(_) | Value::Set(_) | Value::FrozenSet(_) => {
                serializer.serialize_newtype_struct(token::VALUE, &Inner(self))
            }
            _ => Inner(self).serialize(serializer),
        }
    }
}

/// A value inside the outermost one.
struct Inner<'a>(&'a Value);

/// Each kind in a function of its own: the frame that recurses stays small.
impl Serialize for Inner<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::None => serializer.serialize_unit(),
            Value::Bool(bool) => serializer.serialize_bool(*bool),
            Value::Int(int) => serializer.serialize_i64(*int),
            Value::BigInt(int) => int.serialize(serializer),
            Value::Float(float) => serializer.serialize_f64(*float),
            Value::Str(text) => serializer.serialize_str(text),
            Value::SurrogateStr(text) => serializer.serialize_newtype_struct(token::SURROGATE_STR, &Surrogates(text)),
            Value::Bytes(bytes) => serializer.serialize_bytes(bytes),
            Value::ByteArray(bytes) => {
                serializer.serialize_newtype_struct(token::BYTEARRAY, serde_bytes::Bytes::new(bytes))
            }
            Value::List(items) => serializer.collect_seq(items.iter().map(Inner)),
            Value::Tuple(items) => serializer.serialize_newtype_struct(token::TUPLE, &Items(items)),
            Value::Dict(dict) => dict_inner(dict, serializer),
            Value::Set(set) => serializer.serialize_newtype_struct(token::SET, &SetItems(set)),
            Value::FrozenSet(set) => serializer.serialize_newtype_struct(token::FROZENSET, &SetItems(set)),
        }
    }
}

fn dict_inner<S: Serializer>(dict: &Dict, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(dict.len()))?;
    for (key, value) in dict.iter() {
        map.serialize_entry(&Inner(key), &Inner(value))?;
    }
    map.end()
}

struct Items<'a>(&'a [Value]);

impl Serialize for Items<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Inner))
    }
}

struct SetItems<'a>(&'a Set);

impl Serialize for SetItems<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Inner))
    }
}

struct Surrogates<'a>(&'a [u8]);

impl Serialize for Surrogates<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_str(&String::from_utf8_lossy(self.0))
        } else {
            serializer.serialize_bytes(self.0)
        }
    }
}

/// An int to pickles; decimal text to other formats for people, two's complement bytes to those for machines.
impl Serialize for BigInt {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(token::BIGINT, &BigIntContent(self))
    }
}

struct BigIntContent<'a>(&'a BigInt);

impl Serialize for BigIntContent<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self.0)
        } else {
            serializer.serialize_bytes(self.0.to_signed_bytes_le())
        }
    }
}

impl Serialize for Dict {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        dict_inner(self, serializer)
    }
}
