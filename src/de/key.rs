//! A key whose text is known already: a name of the struct that is read, or the key of a record that came before.

use serde::de::{self, Visitor};

use super::node::NodeDeserializer;
use crate::error::{Error, Result};

/// A key. Who asks for an identifier gets the known text; all else is read from the stream.
pub(super) struct KeyDeserializer<'c, 'i, 'de> {
    pub(super) node: NodeDeserializer<'c, 'i, 'de>,
    pub(super) text: &'static str,
}

macro_rules! from_stream {
    ($($method:ident($($arg:ident: $type:ty),*);)*) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, $($arg: $type,)* visitor: V) -> Result<V::Value> {
            self.node.$method($($arg,)* visitor)
        }
    )*};
}

impl<'de, 'c, 'i: 'c> de::Deserializer<'de> for KeyDeserializer<'c, 'i, 'de> {
    type Error = Error;

    #[inline(always)]
    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.node.cx.charge(self.text.len())?;
        match visitor.visit_borrowed_str(self.text) {
            Ok(value) => Ok(value),
            Err(error) => Err(self.node.cx.locate(self.node.node, error)),
        }
    }

    from_stream! {
        deserialize_any();
        deserialize_bool();
        deserialize_i8();
        deserialize_i16();
        deserialize_i32();
        deserialize_i64();
        deserialize_i128();
        deserialize_u8();
        deserialize_u16();
        deserialize_u32();
        deserialize_u64();
        deserialize_u128();
        deserialize_f32();
        deserialize_f64();
        deserialize_char();
        deserialize_str();
        deserialize_string();
        deserialize_bytes();
        deserialize_byte_buf();
        deserialize_option();
        deserialize_unit();
        deserialize_unit_struct(name: &'static str);
        deserialize_newtype_struct(name: &'static str);
        deserialize_seq();
        deserialize_tuple(len: usize);
        deserialize_tuple_struct(name: &'static str, len: usize);
        deserialize_map();
        deserialize_struct(name: &'static str, fields: &'static [&'static str]);
        deserialize_enum(name: &'static str, variants: &'static [&'static str]);
        deserialize_ignored_any();
    }

    fn is_human_readable(&self) -> bool {
        self.node.is_human_readable()
    }
}
