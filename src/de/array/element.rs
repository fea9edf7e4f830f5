//! One element of an array.

use serde::de::{self, Deserializer, IntoDeserializer, Visitor};

use super::{Memory, Rows, Source, Style};
use crate::{
    de::{
        access::TextAccess,
        context::Lend,
        known::{Hint, facet},
        node::NodeDeserializer,
    },
    error::{Error, Result},
    graph::Ref,
    path::Segment,
    token,
    types::{
        DType, Scalar, TimeDelta, TypeKind,
        ndarray::{
            datetime64,
            element::{self, Number},
        },
    },
    value::handoff,
};

pub(super) struct Element<'a, 'c, 'i, L> {
    pub(super) source: &'a Source<'a, 'c, 'i, L>,
    pub(super) dtype: &'a DType,
    pub(super) item: Item<'a>,
    pub(super) depth: u32,
}

#[derive(Clone, Copy)]
pub(super) enum Item<'a> {
    Bytes(&'a [u8]),
    Object(Ref),
    /// Masked.
    None,
}

/// What an element is that is no number.
enum Thing<'a, 'c, 'i, L> {
    None,
    Number(Number),
    DateTime(i64),
    TimeDelta(i64),
    Text(String),
    Bytes(&'a [u8]),
    Structure,
    Rows(Rows<'a, 'c, 'i, L>),
    Object(NodeDeserializer<'c, 'i, L>),
}

impl<L> Clone for Element<'_, '_, '_, L> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<L> Copy for Element<'_, '_, '_, L> {}

impl<'a, 'c, 'i, L> Element<'a, 'c, 'i, L> {
    /// The number that it is, if it is one that has no other meaning.
    #[inline(always)]
    pub(super) fn number(&self) -> Option<Number> {
        match (self.item, self.dtype.kind()) {
            (_, TypeKind::DateTime | TypeKind::TimeDelta) => None,
            (Item::Bytes(bytes), _) => element::number(self.dtype, bytes),
            _ => None,
        }
    }

    #[cold]
    fn thing(&self) -> Result<Thing<'a, 'c, 'i, L>> {
        let bytes = match self.item {
            Item::None => return Ok(Thing::None),
            Item::Object(node) => {
                let node = NodeDeserializer::new(self.source.cx, node, self.deeper()?);
                return Ok(if self.is_pandas() && is_missing(&node) { Thing::None } else { Thing::Object(node) });
            }
            Item::Bytes(bytes) => bytes,
        };
        if let Some((base, shape)) = self.dtype.subdtype() {
            return Ok(Thing::Rows(Rows {
                source: self.source,
                dtype: base,
                shape,
                strides: None,
                memory: Memory::Bytes(bytes),
                at: 0,
                depth: self.deeper()?,
            }));
        }
        Ok(match (self.dtype.kind(), element::number(self.dtype, bytes)) {
            (TypeKind::DateTime | TypeKind::TimeDelta, Some(Number::Int(datetime64::NAT))) => Thing::None,
            (TypeKind::DateTime, Some(Number::Int(value))) => Thing::DateTime(value),
            (TypeKind::TimeDelta, Some(Number::Int(value))) => Thing::TimeDelta(value),
            (_, Some(number)) => Thing::Number(number),
            (TypeKind::Str, _) => match element::text(self.dtype, bytes) {
                Some(text) => Thing::Text(text),
                None => return Err(Error::data("str in an array with a lone surrogate, or beyond Unicode")),
            },
            (TypeKind::Bytes, _) => Thing::Bytes(element::unpadded(bytes)),
            (TypeKind::Void, _) if !self.dtype.fields().is_empty() => Thing::Structure,
            _ => Thing::Bytes(bytes),
        })
    }

    fn deeper(&self) -> Result<u32> {
        match self.depth.checked_sub(1) {
            Some(depth) => Ok(depth),
            None => Err(self.source.cx.too_deep(self.source.node, self.source.cx.options.typed_depth() as usize)),
        }
    }

    /// A field of a structure.
    fn field(&self, index: usize, depth: u32) -> Option<Element<'a, 'c, 'i, L>> {
        let Item::Bytes(bytes) = self.item else { return None };
        let field = self.dtype.fields().get(index)?;
        let bytes = bytes.get(field.offset()..)?.get(..field.dtype().itemsize())?;
        Some(Element { source: self.source, dtype: field.dtype(), item: Item::Bytes(bytes), depth })
    }

    fn is_pandas(&self) -> bool {
        matches!(self.source.style, Style::Pandas(_))
    }

    /// A point of time as text.
    fn time_text(&self, value: i64) -> String {
        match self.source.style {
            Style::Pandas(zone) => datetime64::stamp_text(self.dtype.time_unit(), value, zone),
            Style::Numpy => datetime64::text(self.dtype.time_unit(), value),
        }
    }

    /// Whether it can be a sequence.
    pub(super) fn is_compound(&self) -> bool {
        !matches!(
            self.dtype.kind(),
            TypeKind::Bool | TypeKind::Int | TypeKind::UInt | TypeKind::Float | TypeKind::Str | TypeKind::DateTime
        )
    }

    /// Whether it is never an integer.
    pub(super) fn is_fractional(&self) -> bool {
        matches!(self.dtype.kind(), TypeKind::Float | TypeKind::Complex)
    }
}

/// Whether an object is a missing value of pandas.
fn is_missing<'c, 'i: 'c, L>(node: &NodeDeserializer<'c, 'i, L>) -> bool {
    node.recipes().is_missing(node.node)
}

impl<'de, 'c, 'i: 'c, L: Lend<'i, 'de>> Element<'_, 'c, 'i, L> {
    pub(super) fn visit<V: Visitor<'de>>(self, hint: Hint, visitor: V) -> Result<V::Value> {
        match self.thing()? {
            Thing::None => visitor.visit_unit(),
            Thing::Number(number) => self.visit_number(number, hint, visitor),
            Thing::DateTime(value) => match hint {
                Hint::Int => visitor.visit_i64(value),
                _ => visitor.visit_string(self.time_text(value)),
            },
            Thing::TimeDelta(value) => self.visit_timedelta(value, hint, visitor),
            Thing::Text(text) => visitor.visit_string(text),
            Thing::Bytes(bytes) => match (hint, std::str::from_utf8(bytes)) {
                (Hint::Bytes, _) => visitor.visit_bytes(bytes),
                (Hint::Seq(_), _) => visitor.visit_seq(de::value::SeqDeserializer::new(bytes.iter().copied())),
                (_, Ok(text)) if self.dtype.kind() == TypeKind::Bytes => visitor.visit_str(text),
                _ => visitor.visit_bytes(bytes),
            },
            Thing::Structure => match hint {
                Hint::Seq(_) => visitor.visit_seq(Fields { element: self, depth: self.deeper()?, next: 0 }),
                _ => visitor.visit_map(Fields { element: self, depth: self.deeper()?, next: 0 }),
            },
            Thing::Rows(rows) => rows.visit(visitor),
            Thing::Object(node) => node.hinted(hint, visitor),
        }
    }

    #[inline(always)]
    fn visit_number<V: Visitor<'de>>(self, number: Number, hint: Hint, visitor: V) -> Result<V::Value> {
        match (number, hint) {
            (Number::Float(float), _) => visitor.visit_f64(float),
            (Number::Int(int), Hint::Float) => visitor.visit_f64(int as f64),
            (Number::UInt(int), Hint::Float) => visitor.visit_f64(int as f64),
            (Number::Int(int), _) => match u64::try_from(int) {
                Ok(int) => visitor.visit_u64(int),
                Err(_) => visitor.visit_i64(int),
            },
            (Number::UInt(int), _) => visitor.visit_u64(int),
            (Number::Bool(bool), Hint::Float) => visitor.visit_f64(f64::from(u8::from(bool))),
            (Number::Bool(bool), Hint::Int) => visitor.visit_u64(u64::from(bool)),
            (Number::Bool(bool), _) => visitor.visit_bool(bool),
            (Number::Complex(re, im), _) => visitor.visit_seq(de::value::SeqDeserializer::new([re, im].into_iter())),
        }
    }

    fn visit_timedelta<V: Visitor<'de>>(self, value: i64, hint: Hint, visitor: V) -> Result<V::Value> {
        let unit = self.dtype.time_unit();
        let Some((seconds, nanos)) = datetime64::duration(unit, value) else {
            // Years, months, or just a number.
            return visitor.visit_i64(value);
        };
        let pair = match hint {
            Hint::Seq(Some(2)) => true,
            Hint::Struct(fields) => matches!(fields, ["secs", "nanos"]),
            _ => false,
        };
        match hint {
            Hint::Int => visitor.visit_i64(value),
            _ if pair => match i64::try_from(seconds) {
                Ok(seconds) => {
                    let parts = [seconds, i64::from(nanos)];
                    visitor.visit_seq(de::value::SeqDeserializer::new(parts.into_iter()))
                }
                Err(_) => visitor.visit_i128(seconds),
            },
            Hint::Any | Hint::Float => visitor.visit_f64(seconds as f64 + f64::from(nanos) / 1e9),
            hint => {
                let delta = TimeDelta::from_microseconds(seconds * 1_000_000 + i128::from(nanos / 1000))?;
                match facet(&delta.into(), hint) {
                    Some(atom) => atom.deserialize_any(visitor),
                    None => visitor.visit_f64(seconds as f64 + f64::from(nanos) / 1e9),
                }
            }
        }
    }

    /// The well-known value of `types` that it is.
    fn scalar(&self) -> Result<Option<Scalar>> {
        let unit = self.dtype.time_unit();
        Ok(match self.thing()? {
            Thing::DateTime(value) => {
                let zone = match self.source.style {
                    Style::Pandas(zone) => zone,
                    Style::Numpy => None,
                };
                datetime64::stamp(unit, value, zone).map(Into::into)
            }
            Thing::TimeDelta(value) => match datetime64::duration(unit, value) {
                Some((seconds, nanos)) if nanos % 1000 == 0 => {
                    Some(TimeDelta::from_microseconds(seconds * 1_000_000 + i128::from(nanos / 1000))?.into())
                }
                _ => None,
            },
            _ => None,
        })
    }
}

/// Hints that want a number.
macro_rules! number_hints {
    ($($method:ident $hint:ident)*) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
            match self.number() {
                Some(number) => self.visit_number(number, Hint::$hint, visitor),
                None => self.visit(Hint::$hint, visitor),
            }
        }
    )*};
}

macro_rules! other_hints {
    ($($method:ident($($arg:ident: $type:ty),*) $hint:expr;)*) => {$(
        fn $method<V: Visitor<'de>>(self, $($arg: $type,)* visitor: V) -> Result<V::Value> {
            self.visit($hint, visitor)
        }
    )*};
}

impl<'de, 'c, 'i: 'c, L: Lend<'i, 'de>> Deserializer<'de> for Element<'_, 'c, 'i, L> {
    type Error = Error;

    number_hints! {
        deserialize_any Any deserialize_bool Any deserialize_identifier Any
        deserialize_i8 Int deserialize_i16 Int deserialize_i32 Int deserialize_i64 Int deserialize_i128 Int
        deserialize_u8 Int deserialize_u16 Int deserialize_u32 Int deserialize_u64 Int deserialize_u128 Int
        deserialize_f32 Float deserialize_f64 Float
    }

    other_hints! {
        deserialize_char() Hint::Text;
        deserialize_str() Hint::Text;
        deserialize_string() Hint::Text;
        deserialize_bytes() Hint::Bytes;
        deserialize_byte_buf() Hint::Bytes;
        deserialize_seq() Hint::Seq(None);
        deserialize_tuple(len: usize) Hint::Seq(Some(len));
        deserialize_tuple_struct(_name: &'static str, len: usize) Hint::Seq(Some(len));
        deserialize_map() Hint::Map;
        deserialize_unit() Hint::Any;
        deserialize_unit_struct(_name: &'static str) Hint::Any;
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if let Some(number) = self.number() {
            let missing = self.is_pandas() && matches!(number, Number::Float(float) if float.is_nan());
            return if missing { visitor.visit_none() } else { visitor.visit_some(self) };
        }
        match self.thing()? {
            Thing::None => visitor.visit_none(),
            Thing::Object(node) => node.deserialize_option(visitor),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value> {
        if let Item::Object(_) = self.item
            && let Thing::Object(node) = self.thing()?
        {
            return node.deserialize_newtype_struct(name, visitor);
        }
        if name == token::WELL_KNOWN
            && let Some(scalar) = self.scalar()?
        {
            handoff::put_scalar(scalar);
            let result = visitor.visit_newtype_struct(self);
            // Whoever else may have asked under this name has not taken it.
            drop(handoff::take_scalar());
            return result;
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        match self.thing()? {
            Thing::Object(node) => node.deserialize_struct(name, fields, visitor),
            _ => self.visit(Hint::Struct(fields), visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        match self.thing()? {
            Thing::Object(node) => node.deserialize_enum(name, variants, visitor),
            Thing::Text(text) => visitor.visit_enum(IntoDeserializer::<Error>::into_deserializer(text)),
            // The value of a Python Enum, as variant text: never an index.
            Thing::Number(Number::Int(int)) => visitor.visit_enum(TextAccess(int.to_string())),
            Thing::Number(Number::UInt(int)) => visitor.visit_enum(TextAccess(int.to_string())),
            Thing::Bytes(bytes) if std::str::from_utf8(bytes).is_ok() => {
                visitor.visit_enum(TextAccess(String::from_utf8_lossy(bytes).into_owned()))
            }
            _ => Err(de::Error::invalid_type(de::Unexpected::Other("element of an array"), &visitor)),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_unit()
    }

    fn is_human_readable(&self) -> bool {
        self.source.cx.options.human_readable
    }
}

/// The fields of a structure, with their names or without.
struct Fields<'a, 'c, 'i, L> {
    element: Element<'a, 'c, 'i, L>,
    depth: u32,
    next: usize,
}

impl<'a, 'c, 'i, L> Fields<'a, 'c, 'i, L> {
    fn name(&self, index: usize) -> &'a str {
        self.element.dtype.fields().get(index).map_or("", |field| field.name())
    }

    fn left(&self) -> usize {
        self.element.dtype.fields().len().saturating_sub(self.next)
    }
}

impl<'de, 'c, 'i: 'c, L: Lend<'i, 'de>> de::SeqAccess<'de> for Fields<'_, 'c, 'i, L> {
    type Error = Error;

    fn next_element_seed<T: de::DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        let Some(field) = self.element.field(self.next, self.depth) else { return Ok(None) };
        self.next += 1;
        match seed.deserialize(field) {
            Ok(value) => Ok(Some(value)),
            Err(error) => Err(error.within(Segment::Index(self.next - 1))),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left())
    }
}

impl<'de, 'c, 'i: 'c, L: Lend<'i, 'de>> de::MapAccess<'de> for Fields<'_, 'c, 'i, L> {
    type Error = Error;

    fn next_key_seed<K: de::DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        if self.left() == 0 {
            return Ok(None);
        }
        seed.deserialize(IntoDeserializer::<Error>::into_deserializer(self.name(self.next))).map(Some)
    }

    fn next_value_seed<V: de::DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value> {
        let Some(field) = self.element.field(self.next, self.depth) else {
            return Err(Error::data("the visitor asked for a value before its key"));
        };
        self.next += 1;
        seed.deserialize(field).map_err(|error| error.within(Segment::Name(self.name(self.next - 1).into())))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left())
    }
}
