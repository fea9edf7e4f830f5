//! Several pickles to one writer.

use std::io;

use serde::ser::{self, Serialize};

use super::{
    compound::{Compound, Host},
    emit::Emitter,
    memo::KeyMemo,
    options::SerOptions,
};
use crate::error::{Error, Result};

impl SerOptions {
    /// A [`Serializer`] with these options.
    pub fn serializer<W: io::Write>(&self, writer: W) -> Serializer<W> {
        Serializer { writer, options: self.clone(), buffer: Vec::new(), memo: KeyMemo::default(), stored: None }
    }
}

/// Writes one pickle after the other to one writer. Each value that is serialized with a `&mut Serializer` is a whole pickle.
///
/// A pickle that fails leaves no STOP behind, and of most nothing at all; the next one begins as if it had not been.
///
/// ```
/// use serde::Serialize;
///
/// let mut ser = serde_pickle::Serializer::new(Vec::new());
/// 1744830464.0.serialize(&mut ser)?;
/// "hello".serialize(&mut ser)?;
/// let file = ser.into_inner();
/// let mut values = serde_pickle::Deserializer::from_slice(&file);
/// let expiry: f64 = serde::Deserialize::deserialize(&mut values)?;
/// assert_eq!(expiry, 1744830464.0);
/// # Ok::<(), serde_pickle::Error>(())
/// ```
pub struct Serializer<W> {
    writer: W,
    options: SerOptions,
    /// Kept from one pickle to the next.
    buffer: Vec<u8>,
    memo: KeyMemo,
    /// How many values were stored when the last pickle was complete, if the memo is kept and there was one.
    stored: Option<u32>,
}

impl<W> std::fmt::Debug for Serializer<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Serializer").field("options", &self.options).finish_non_exhaustive()
    }
}

impl<W: io::Write> Serializer<W> {
    /// With the default options.
    pub fn new(writer: W) -> Self {
        SerOptions::new().serializer(writer)
    }

    /// The writer.
    pub fn into_inner(self) -> W {
        self.writer
    }

    /// Flushes the writer; all pickles were given to it when they were complete.
    ///
    /// # Errors
    ///
    /// If the writer fails.
    pub fn flush(&mut self) -> Result<()> {
        self.writer.flush().map_err(Error::io)
    }

    fn begin(&mut self) -> Root<'_> {
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.clear();
        match self.stored {
            // What a pickle stored that failed is not there.
            Some(count) => self.memo.roll_back(count),
            None => self.memo.clear(),
        }
        Root {
            emitter: Emitter::new(buffer, Some(&mut self.writer), &self.options, &mut self.memo),
            kept: &mut self.buffer,
            stored: &mut self.stored,
        }
    }
}

/// A whole pickle.
pub(super) struct Root<'s> {
    emitter: Emitter<'s>,
    kept: &'s mut Vec<u8>,
    stored: &'s mut Option<u32>,
}

impl<'s> Host<'s> for Root<'s> {
    fn emitter(&mut self) -> &mut Emitter<'s> {
        &mut self.emitter
    }

    fn done(self) -> Result<()> {
        let stored = self.emitter.options.keep_memo.then(|| self.emitter.memo.count());
        *self.kept = self.emitter.finish()?;
        *self.stored = stored;
        Ok(())
    }
}

/// A sequence, map, struct or variant that is being written as a whole pickle.
pub struct Whole<'s>(Compound<Root<'s>>);

macro_rules! whole_scalars {
    ($($method:ident($($arg:ident: $type:ty),*);)*) => {$(
        fn $method(self, $($arg: $type),*) -> Result<()> {
            let mut root = self.begin();
            ser::Serializer::$method(&mut root.emitter, $($arg),*)?;
            root.done()
        }
    )*};
}

impl<'s, W: io::Write> ser::Serializer for &'s mut Serializer<W> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Whole<'s>;
    type SerializeTuple = Whole<'s>;
    type SerializeTupleStruct = Whole<'s>;
    type SerializeTupleVariant = Whole<'s>;
    type SerializeMap = Whole<'s>;
    type SerializeStruct = Whole<'s>;
    type SerializeStructVariant = Whole<'s>;

    whole_scalars! {
        serialize_bool(value: bool);
        serialize_i8(value: i8);
        serialize_i16(value: i16);
        serialize_i32(value: i32);
        serialize_i64(value: i64);
        serialize_i128(value: i128);
        serialize_u8(value: u8);
        serialize_u16(value: u16);
        serialize_u32(value: u32);
        serialize_u64(value: u64);
        serialize_u128(value: u128);
        serialize_f32(value: f32);
        serialize_f64(value: f64);
        serialize_char(value: char);
        serialize_str(value: &str);
        serialize_bytes(value: &[u8]);
        serialize_none();
        serialize_unit();
        serialize_unit_struct(name: &'static str);
        serialize_unit_variant(name: &'static str, index: u32, variant: &'static str);
    }

    fn serialize_some<T: ?Sized + Serialize>(self, value: &T) -> Result<()> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: ?Sized + Serialize>(self, name: &'static str, value: &T) -> Result<()> {
        let mut root = self.begin();
        ser::Serializer::serialize_newtype_struct(&mut root.emitter, name, value)?;
        root.done()
    }

    fn serialize_newtype_variant<T: ?Sized + Serialize>(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<()> {
        let mut root = self.begin();
        ser::Serializer::serialize_newtype_variant(&mut root.emitter, name, index, variant, value)?;
        root.done()
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<Whole<'s>> {
        Compound::seq(self.begin(), len).map(Whole)
    }

    fn serialize_tuple(self, len: usize) -> Result<Whole<'s>> {
        Compound::fixed_tuple(self.begin(), len).map(Whole)
    }

    fn serialize_tuple_struct(self, name: &'static str, len: usize) -> Result<Whole<'s>> {
        Compound::tuple_struct(self.begin(), name, len).map(Whole)
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        _index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Whole<'s>> {
        Compound::tuple_variant(self.begin(), name, variant, len).map(Whole)
    }

    fn serialize_map(self, len: Option<usize>) -> Result<Whole<'s>> {
        Compound::map(self.begin(), len).map(Whole)
    }

    fn serialize_struct(self, name: &'static str, len: usize) -> Result<Whole<'s>> {
        Compound::structure(self.begin(), name, len).map(Whole)
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        _index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Whole<'s>> {
        Compound::struct_variant(self.begin(), name, variant, len).map(Whole)
    }

    fn is_human_readable(&self) -> bool {
        self.options.human_readable
    }
}

macro_rules! whole_compounds {
    ($($trait:ident { $($method:ident($($arg:ident: $type:ty),*);)* })*) => {$(
        impl ser::$trait for Whole<'_> {
            type Ok = ();
            type Error = Error;

            $(
                fn $method<T: ?Sized + Serialize>(&mut self, $($arg: $type,)* value: &T) -> Result<()> {
                    ser::$trait::$method(&mut self.0, $($arg,)* value)
                }
            )*

            fn end(self) -> Result<()> {
                ser::$trait::end(self.0)
            }
        }
    )*};
}

whole_compounds! {
    SerializeSeq { serialize_element(); }
    SerializeTuple { serialize_element(); }
    SerializeTupleStruct { serialize_field(); }
    SerializeTupleVariant { serialize_field(); }
    SerializeMap { serialize_key(); serialize_value(); }
    SerializeStruct { serialize_field(name: &'static str); }
    SerializeStructVariant { serialize_field(name: &'static str); }
}
