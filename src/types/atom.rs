//! What well-known values are made of where serde is to see them: a value with words that serde has.

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::error::Result;

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
