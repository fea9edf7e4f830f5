//! Writing: Rust types to pickles.
//!
//! [`to_vec`] and [`to_writer`] write one pickle. A [`Serializer`] writes one after the other to one writer;
//! [`SerOptions`] has the options, and the same functions as methods.
//!
//! ```
//! use serde_pickle::{Protocol, SerOptions};
//!
//! assert_eq!(serde_pickle::to_vec(&7)?, b"\x80\x04K\x07.");
//! assert_eq!(SerOptions::new().protocol(Protocol::V0).to_vec(&7)?, b"I7\n.");
//! # Ok::<(), serde_pickle::Error>(())
//! ```

pub(crate) mod call;
mod class;
mod compound;
mod container;
mod emit;
mod instance;
mod key;
mod memo;
mod names;
mod options;
mod output;
pub(crate) mod steps;
mod stream;
mod text;

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
};

use serde::ser::{self, Serialize};

pub(crate) use self::output::{FRAME_LEAST, FRAME_TARGET};
pub(crate) use self::text::raw_unicode_escape;
use self::{
    compound::{Compound, close_variant, named, open_variant},
    emit::{Emitter, Form},
    memo::KeyMemo,
};
pub use self::{
    options::{InBand, Memo, SerOptions},
    stream::Serializer,
};
use crate::{
    error::{Error, Result},
    opcode::code,
    token,
    value::handoff,
};

/// Writes a value as a pickle of protocol 4.
///
/// Structs and maps become dicts, `Vec` a list, tuples stay tuples, `None` and `()` become None. A variant without content
/// becomes its name, any other `{'Name': content}`.
///
/// ```
/// #[derive(serde::Serialize)]
/// struct User { name: &'static str, age: u8 }
///
/// let pickle = serde_pickle::to_vec(&User { name: "Ada", age: 36 })?;
/// // Python: pickle.loads(pickle) == {'name': 'Ada', 'age': 36}
/// assert_eq!(&pickle[11..], b"}(\x8c\x04name\x94\x8c\x03Ada\x8c\x03age\x94K$u.");
/// # Ok::<(), serde_pickle::Error>(())
/// ```
///
/// # Errors
///
/// If the type's `Serialize` fails, or the value is nested deeper than the limit of [`SerOptions::depth_limit`].
pub fn to_vec<T: ?Sized + Serialize>(value: &T) -> Result<Vec<u8>> {
    SerOptions::new().to_vec(value)
}

/// Writes a value as a pickle of protocol 4 to a writer.
///
/// Held in memory is one frame, of about 64 KiB, and not the whole pickle. `&mut W` is a writer, too. What is written when an
/// error occurs has no STOP, so that nobody takes it for a pickle.
///
/// # Errors
///
/// As [`to_vec`], and if the writer fails.
pub fn to_writer<W: io::Write, T: ?Sized + Serialize>(writer: W, value: &T) -> Result<()> {
    SerOptions::new().to_writer(writer, value)
}

impl SerOptions {
    /// [`to_vec`](crate::to_vec) with these options.
    ///
    /// # Errors
    ///
    /// See [`to_vec`](crate::to_vec).
    pub fn to_vec<T: ?Sized + Serialize>(&self, value: &T) -> Result<Vec<u8>> {
        let mut buffer = Vec::with_capacity(256);
        self.to_buf(value, &mut buffer)?;
        Ok(buffer)
    }

    /// Writes a value as a pickle behind what the vector holds, so that its memory can be used again.
    ///
    /// # Errors
    ///
    /// See [`to_vec`](crate::to_vec). The vector is then as it was.
    pub fn to_buf<T: ?Sized + Serialize>(&self, value: &T, buffer: &mut Vec<u8>) -> Result<()> {
        let before = buffer.len();
        let mut memo = KeyMemo::take();
        let mut emitter = Emitter::new(std::mem::take(buffer), None, self, &mut memo);
        let result = match value.serialize(&mut emitter) {
            Ok(()) => emitter.finish().map(|written| *buffer = written),
            Err(error) => {
                *buffer = emitter.output.buffer;
                buffer.truncate(before);
                Err(error)
            }
        };
        memo.keep();
        result
    }

    /// [`to_writer`](crate::to_writer) with these options.
    ///
    /// # Errors
    ///
    /// See [`to_writer`](crate::to_writer).
    pub fn to_writer<W: io::Write, T: ?Sized + Serialize>(&self, mut writer: W, value: &T) -> Result<()> {
        let mut memo = KeyMemo::take();
        let mut emitter = Emitter::new(Vec::new(), Some(&mut writer), self, &mut memo);
        let result = value.serialize(&mut emitter).and_then(|()| emitter.finish());
        memo.keep();
        result.map(drop)
    }

    /// Writes a value as a pickle, and gives its out-of-band [`Buffer`](crate::Buffer)s, in order (PEP 574). Needs protocol 5.
    ///
    /// ```
    /// use serde_pickle::{Buffer, Protocol, SerOptions};
    ///
    /// let options = SerOptions::new().protocol(Protocol::V5);
    /// let (pickle, buffers) = options.to_vec_and_buffers(&Buffer::new(*b"large"))?;
    /// assert_eq!((&pickle[..], buffers), (&b"\x80\x05\x97."[..], vec![b"large".to_vec()]));
    /// // Python: pickle.loads(pickle, buffers=buffers)
    /// # Ok::<(), serde_pickle::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// See [`to_vec`](crate::to_vec).
    pub fn to_vec_and_buffers<T: ?Sized + Serialize>(&self, value: &T) -> Result<(Vec<u8>, Vec<Vec<u8>>)> {
        let buffers = Arc::new(Mutex::new(Vec::new()));
        let taken = Arc::clone(&buffers);
        let take = move |bytes: &[u8]| taken.lock().unwrap_or_else(PoisonError::into_inner).push(bytes.to_vec());
        let pickle = self.clone().buffer_callback(take).to_vec(value)?;
        let buffers = std::mem::take(&mut *buffers.lock().unwrap_or_else(PoisonError::into_inner));
        Ok((pickle, buffers))
    }
}

macro_rules! scalars {
    ($($method:ident($type:ty) $to:ident as $as:ty;)*) => {$(
        #[inline]
        fn $method(self, value: $type) -> Result<()> {
            self.$to(value as $as)
        }
    )*};
}

impl<'a, 's> ser::Serializer for &'a mut Emitter<'s> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Compound<&'a mut Emitter<'s>>;
    type SerializeTuple = Compound<&'a mut Emitter<'s>>;
    type SerializeTupleStruct = Compound<&'a mut Emitter<'s>>;
    type SerializeTupleVariant = Compound<&'a mut Emitter<'s>>;
    type SerializeMap = Compound<&'a mut Emitter<'s>>;
    type SerializeStruct = Compound<&'a mut Emitter<'s>>;
    type SerializeStructVariant = Compound<&'a mut Emitter<'s>>;

    scalars! {
        serialize_i8(i8) int as i64;
        serialize_i16(i16) int as i64;
        serialize_i32(i32) int as i64;
        serialize_i64(i64) int as i64;
        serialize_u8(u8) int as i64;
        serialize_u16(u16) int as i64;
        serialize_u32(u32) int as i64;
        serialize_f32(f32) float as f64;
        serialize_f64(f64) float as f64;
    }

    #[inline]
    fn serialize_bool(self, value: bool) -> Result<()> {
        self.bool(value)
    }

    #[inline]
    fn serialize_u64(self, value: u64) -> Result<()> {
        match i64::try_from(value) {
            Ok(value) => self.int(value),
            Err(_) => self.serialize_u128(u128::from(value)),
        }
    }

    fn serialize_i128(self, value: i128) -> Result<()> {
        self.big_int(&value.to_le_bytes())
    }

    fn serialize_u128(self, value: u128) -> Result<()> {
        // One byte more, for the sign.
        let mut bytes = [0; 17];
        bytes[..16].copy_from_slice(&value.to_le_bytes());
        self.big_int(&bytes)
    }

    fn serialize_char(self, value: char) -> Result<()> {
        self.str(value.encode_utf8(&mut [0; 4]))
    }

    #[inline]
    fn serialize_str(self, value: &str) -> Result<()> {
        self.str(value)
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<()> {
        match self.form.take() {
            None => self.bytes(value),
            Some(form) => self.formed_bytes(form, value),
        }
    }

    #[inline]
    fn serialize_none(self) -> Result<()> {
        self.none()
    }

    #[inline]
    fn serialize_some<T: ?Sized + Serialize>(self, value: &T) -> Result<()> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<()> {
        self.none()
    }

    fn serialize_unit_struct(self, name: &'static str) -> Result<()> {
        match self.class(name) {
            Some(class) => self.unit_of_class(class),
            None => self.none(),
        }
    }

    fn serialize_unit_variant(self, name: &'static str, _index: u32, variant: &'static str) -> Result<()> {
        match self.class(name) {
            Some(class) if class.called => self.member_by_value(class, variant),
            Some(class) => self.member(class, variant),
            None => self.name(variant),
        }
    }

    #[inline]
    fn serialize_newtype_struct<T: ?Sized + Serialize>(self, name: &'static str, value: &T) -> Result<()> {
        if name.as_bytes().first() == Some(&token::SIGIL) {
            return self.own_type(name, value);
        }
        if let Some(class) = self.class(name) {
            return self.newtype_of_class(class, value);
        }
        self.enter()?;
        value.serialize(&mut *self)?;
        self.leave();
        Ok(())
    }

    fn serialize_newtype_variant<T: ?Sized + Serialize>(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<()> {
        if name.as_bytes().first() == Some(&token::SIGIL) {
            return self.instance(index, value);
        }
        if let Some(class) = self.class_of_variant(name, variant)? {
            return self.newtype_of_class(class, value).map_err(|error| named(error, variant));
        }
        open_variant(self, variant)?;
        value.serialize(&mut *self).map_err(|error| named(error, variant))?;
        close_variant(self);
        Ok(())
    }

    #[inline]
    fn serialize_seq(self, len: Option<usize>) -> Result<Self::SerializeSeq> {
        Compound::seq(self, len)
    }

    #[inline]
    fn serialize_tuple(self, len: usize) -> Result<Self::SerializeTuple> {
        Compound::fixed_tuple(self, len)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn serialize_tuple_struct(self, name: &'static str, len: usize) -> Result<Self::SerializeTupleStruct> {
        Compound::tuple_struct(self, name, len)
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Self::SerializeTupleVariant> {
        if name.as_bytes().first() == Some(&token::SIGIL) {
            return Compound::step(self, index, len);
        }
        Compound::tuple_variant(self, name, variant, len)
    }

    #[inline]
    fn serialize_map(self, len: Option<usize>) -> Result<Self::SerializeMap> {
        Compound::map(self, len)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn serialize_struct(self, name: &'static str, len: usize) -> Result<Self::SerializeStruct> {
        Compound::structure(self, name, len)
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        _index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Self::SerializeStructVariant> {
        Compound::struct_variant(self, name, variant, len)
    }

    fn is_human_readable(&self) -> bool {
        // These hand their bytes to us, and their text to other formats for people.
        !matches!(self.form, Some(Form::BigInt | Form::SurrogateStr)) && self.options.human_readable
    }
}

fn form(name: &'static str) -> Option<Form> {
    match name {
        token::TUPLE => Some(Form::Tuple),
        token::SET => Some(Form::Set),
        token::FROZENSET => Some(Form::FrozenSet),
        token::BYTEARRAY => Some(Form::ByteArray),
        token::BIGINT => Some(Form::BigInt),
        token::SURROGATE_STR => Some(Form::SurrogateStr),
        token::VALUE => Some(Form::Steps),
        token::GRAPH => Some(Form::EndlessSteps),
        _ => None,
    }
}

impl Emitter<'_> {
    /// One of this crate's own types, by its name.
    fn own_type<T: ?Sized + Serialize>(&mut self, name: &'static str, value: &T) -> Result<()> {
        self.form = form(name);
        if name == token::INSTANCE {
            handoff::put_target(handoff::Target { protocol: self.options.protocol, memo: self.options.memo });
        }
        if matches!(self.form, Some(Form::Steps | Form::EndlessSteps)) {
            handoff::put_target(handoff::Target { protocol: self.options.protocol, memo: self.options.memo });
            let outside = std::mem::replace(&mut self.depth, usize::MAX);
            let policy = self.policy;
            value.serialize(&mut *self)?;
            self.depth = outside;
            self.policy = policy;
            return Ok(());
        }
        let result = value.serialize(&mut *self);
        self.form = None;
        result?;
        if name == token::PERSISTENT_ID {
            self.put(&[code::BINPERSID]);
        }
        Ok(())
    }
}
