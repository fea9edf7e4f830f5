//! What well-known values are made of where serde is to see them: a value with words that serde has.

use serde::{
    de::{self, Deserializer, IntoDeserializer, Visitor, value::MapDeserializer, value::SeqDeserializer},
    forward_to_deserialize_any,
    ser::{Serialize, SerializeMap, Serializer},
};

use crate::error::{Error, Result};

/// A value in serde's words.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Atom {
    None,
    Bool(bool),
    Int(i128),
    /// Beyond `i128`.
    Unsigned(u128),
    Float(f64),
    Text(String),
    Bytes(Vec<u8>),
    Tuple(Vec<Atom>),
    Fields(Vec<(&'static str, Atom)>),
    /// What formats that do not describe themselves need to know.
    Maybe(Option<Box<Atom>>),
}

macro_rules! from {
    ($($type:ty => $variant:ident;)*) => {$(
        impl From<$type> for Atom {
            fn from(value: $type) -> Atom {
                Atom::$variant(value.into())
            }
        }
    )*};
}

from! {
    bool => Bool; u8 => Int; i8 => Int; u16 => Int; i16 => Int; i32 => Int; u32 => Int; i64 => Int; u64 => Int; i128 => Int;
    f64 => Float; &str => Text; String => Text; Vec<u8> => Bytes; Vec<Atom> => Tuple;
}

impl From<u128> for Atom {
    fn from(value: u128) -> Atom {
        i128::try_from(value).map_or(Atom::Unsigned(value), Atom::Int)
    }
}

impl<T: Into<Atom>> From<Option<T>> for Atom {
    fn from(value: Option<T>) -> Atom {
        value.map_or(Atom::None, Into::into)
    }
}

impl<'de> Deserializer<'de> for Atom {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self {
            Atom::None => visitor.visit_unit(),
            Atom::Bool(bool) => visitor.visit_bool(bool),
            Atom::Int(int) => match (u64::try_from(int), i64::try_from(int)) {
                (Ok(int), _) => visitor.visit_u64(int),
                (_, Ok(int)) => visitor.visit_i64(int),
                _ => visitor.visit_i128(int),
            },
            Atom::Unsigned(int) => visitor.visit_u128(int),
            Atom::Float(float) => visitor.visit_f64(float),
            Atom::Text(text) => visitor.visit_string(text),
            Atom::Bytes(bytes) => visitor.visit_byte_buf(bytes),
            Atom::Tuple(items) => {
                let len = items.len();
                let mut items = SeqDeserializer::<_, Error>::new(items.into_iter());
                let value = visitor.visit_seq(&mut items)?;
                match items.end() {
                    Ok(()) => Ok(value),
                    Err(_) => Err(de::Error::invalid_length(len, &"fewer elements in sequence")),
                }
            }
            Atom::Fields(fields) => visitor.visit_map(MapDeserializer::new(fields.into_iter())),
            Atom::Maybe(None) => visitor.visit_none(),
            Atom::Maybe(Some(value)) => visitor.visit_some(*value),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self {
            Atom::None => visitor.visit_none(),
            value => visitor.visit_some(value),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        match self {
            Atom::Text(text) => {
                IntoDeserializer::<Error>::into_deserializer(text).deserialize_enum(name, variants, visitor)
            }
            other => other.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

impl IntoDeserializer<'_, Error> for Atom {
    type Deserializer = Atom;

    fn into_deserializer(self) -> Atom {
        self
    }
}

/// To a type that has a form for people and one for machines: it is to ask for the latter.
pub(crate) struct ForMachines(pub(crate) Atom);

impl<'de> Deserializer<'de> for ForMachines {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.0.deserialize_any(visitor)
    }

    fn is_human_readable(&self) -> bool {
        false
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl IntoDeserializer<'_, Error> for ForMachines {
    type Deserializer = ForMachines;

    fn into_deserializer(self) -> ForMachines {
        self
    }
}

impl Serialize for Atom {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Atom::None => serializer.serialize_unit(),
            Atom::Bool(bool) => serializer.serialize_bool(*bool),
            Atom::Int(int) => match (i64::try_from(*int), u64::try_from(*int)) {
                (Ok(int), _) => serializer.serialize_i64(int),
                (_, Ok(int)) => serializer.serialize_u64(int),
                _ => serializer.serialize_i128(*int),
            },
            Atom::Unsigned(int) => serializer.serialize_u128(*int),
            Atom::Float(float) => serializer.serialize_f64(*float),
            Atom::Text(text) => serializer.serialize_str(text),
            Atom::Bytes(bytes) => serializer.serialize_bytes(bytes),
            Atom::Tuple(items) => {
                let mut tuple = serializer.serialize_tuple(items.len())?;
                for item in items {
                    serde::ser::SerializeTuple::serialize_element(&mut tuple, item)?;
                }
                serde::ser::SerializeTuple::end(tuple)
            }
            Atom::Fields(fields) => {
                let mut map = serializer.serialize_map(Some(fields.len()))?;
                for (name, value) in fields {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
            Atom::Maybe(None) => serializer.serialize_none(),
            Atom::Maybe(Some(value)) => serializer.serialize_some(&**value),
        }
    }
}
