//! Keys of small maps: text is stored in the memo, everything else is written as ever.

use serde::ser::{self, Serialize};

use super::{compound::Compound, emit::Emitter};
use crate::error::{Error, Result};

pub(crate) struct KeySerializer<'a, 's> {
    pub(crate) emitter: &'a mut Emitter<'s>,
    /// It is the name of an attribute.
    pub(crate) attribute: bool,
}

macro_rules! passed_on {
    ($($method:ident($($arg:ident: $type:ty),*) -> $result:ty;)*) => {$(
        fn $method(self, $($arg: $type),*) -> Result<$result> {
            ser::Serializer::$method(self.emitter, $($arg),*)
        }
    )*};
}

impl<'a, 's> ser::Serializer for KeySerializer<'a, 's> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Compound<&'a mut Emitter<'s>>;
    type SerializeTuple = Compound<&'a mut Emitter<'s>>;
    type SerializeTupleStruct = Compound<&'a mut Emitter<'s>>;
    type SerializeTupleVariant = Compound<&'a mut Emitter<'s>>;
    type SerializeMap = Compound<&'a mut Emitter<'s>>;
    type SerializeStruct = Compound<&'a mut Emitter<'s>>;
    type SerializeStructVariant = Compound<&'a mut Emitter<'s>>;

    fn serialize_str(self, value: &str) -> Result<()> {
        if self.attribute { self.emitter.attribute(value) } else { self.emitter.key(value) }
    }

    passed_on! {
        serialize_bool(value: bool) -> ();
        serialize_i8(value: i8) -> ();
        serialize_i16(value: i16) -> ();
        serialize_i32(value: i32) -> ();
        serialize_i64(value: i64) -> ();
        serialize_i128(value: i128) -> ();
        serialize_u8(value: u8) -> ();
        serialize_u16(value: u16) -> ();
        serialize_u32(value: u32) -> ();
        serialize_u64(value: u64) -> ();
        serialize_u128(value: u128) -> ();
        serialize_f32(value: f32) -> ();
        serialize_f64(value: f64) -> ();
        serialize_char(value: char) -> ();
        serialize_bytes(value: &[u8]) -> ();
        serialize_none() -> ();
        serialize_unit() -> ();
        serialize_unit_struct(name: &'static str) -> ();
        serialize_unit_variant(name: &'static str, index: u32, variant: &'static str) -> ();
        serialize_seq(len: Option<usize>) -> Self::SerializeSeq;
        serialize_tuple(len: usize) -> Self::SerializeTuple;
        serialize_tuple_struct(name: &'static str, len: usize) -> Self::SerializeTupleStruct;
        serialize_tuple_variant(name: &'static str, index: u32, variant: &'static str, len: usize) -> Self::SerializeTupleVariant;
        serialize_map(len: Option<usize>) -> Self::SerializeMap;
        serialize_struct(name: &'static str, len: usize) -> Self::SerializeStruct;
        serialize_struct_variant(name: &'static str, index: u32, variant: &'static str, len: usize) -> Self::SerializeStructVariant;
    }

    fn serialize_some<T: ?Sized + Serialize>(self, value: &T) -> Result<()> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: ?Sized + Serialize>(self, name: &'static str, value: &T) -> Result<()> {
        ser::Serializer::serialize_newtype_struct(self.emitter, name, value)
    }

    fn serialize_newtype_variant<T: ?Sized + Serialize>(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<()> {
        ser::Serializer::serialize_newtype_variant(self.emitter, name, index, variant, value)
    }

    fn is_human_readable(&self) -> bool {
        self.emitter.options.human_readable
    }
}
