//! One element of an array.

use serde::de;

use super::{Memory, Rows, Source, Style};
use crate::{
    de::{
        atom::AtomAnswer,
        hint::{Form, Hint},
        known::facet,
        node::NodeDeserializer,
        plain::Numbers,
        take::{Answer, Entries, Given, Items, Seed, Taker},
        variant::EnumAccess,
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
    value::Value,
};

pub(super) struct Element<'a, 'c, 'i, 'de> {
    pub(super) source: &'a Source<'a, 'c, 'i, 'de>,
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
enum Thing<'a, 'c, 'i, 'de> {
    None,
    Number(Number),
    DateTime(i64),
    TimeDelta(i64),
    Text(String),
    Bytes(&'a [u8]),
    Structure,
    Rows(Rows<'a, 'c, 'i, 'de>),
    Object(NodeDeserializer<'c, 'i, 'de>),
}

impl Clone for Element<'_, '_, '_, '_> {
    fn clone(&self) -> Self {
        *self
    }
}

impl Copy for Element<'_, '_, '_, '_> {}

impl<'a, 'c, 'i, 'de> Element<'a, 'c, 'i, 'de> {
    /// The number that it is, if it is one that has no other meaning.
    #[inline(always)]
    pub(super) fn number(&self) -> Option<Number> {
        match (self.item, self.dtype.kind()) {
            (_, TypeKind::DateTime | TypeKind::TimeDelta) => None,
            (Item::Bytes(bytes), _) => element::number(self.dtype, bytes),
            _ => None,
        }
    }

    /// The number that it is, as text: as Python's `json` writes it.
    pub(super) fn number_text(&self) -> Option<String> {
        Some(match self.number()? {
            Number::Int(int) => int.to_string(),
            Number::UInt(int) => int.to_string(),
            Number::Float(float) => Value::Float(float).to_string(),
            Number::Bool(bool) => bool.to_string(),
            Number::Complex(..) => return None,
        })
    }

    #[cold]
    fn thing(&self) -> Result<Thing<'a, 'c, 'i, 'de>> {
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
    fn field(&self, index: usize, depth: u32) -> Option<Element<'a, 'c, 'i, 'de>> {
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
fn is_missing<'c, 'i: 'c, 'de>(node: &NodeDeserializer<'c, 'i, 'de>) -> bool {
    node.recipes().is_missing(node.node)
}

impl<'de, 'c, 'i: 'c> Element<'_, 'c, 'i, 'de> {
    pub(super) fn visit(self, hint: Hint, visitor: Taker<'_, 'de>) -> Result<()> {
        match self.thing()? {
            Thing::None => visitor.visit_unit(),
            Thing::Number(number) => number.show(hint.form(), visitor),
            Thing::DateTime(value) => match hint.form() {
                Form::Int => visitor.visit_i64(value),
                _ => visitor.visit_string(self.time_text(value)),
            },
            Thing::TimeDelta(value) => self.visit_timedelta(value, hint, visitor),
            Thing::Text(text) => visitor.visit_string(text),
            Thing::Bytes(bytes) => match (hint.form(), std::str::from_utf8(bytes)) {
                (Form::Bytes, _) => visitor.visit_bytes(bytes),
                (Form::Seq(_), _) => visitor.visit_byte_items(bytes),
                (_, Ok(text)) if self.dtype.kind() == TypeKind::Bytes => visitor.visit_str(text),
                _ => visitor.visit_bytes(bytes),
            },
            Thing::Structure => {
                let mut fields = Fields { element: self, depth: self.deeper()?, next: 0 };
                match hint.form() {
                    Form::Seq(_) => visitor.visit_seq(&mut fields),
                    _ => visitor.visit_map(&mut fields),
                }
            }
            Thing::Rows(rows) => rows.visit(visitor),
            Thing::Object(node) => node.answer(hint, visitor),
        }
    }

    fn visit_timedelta(self, value: i64, hint: Hint, visitor: Taker<'_, 'de>) -> Result<()> {
        let unit = self.dtype.time_unit();
        let Some((seconds, nanos)) = datetime64::duration(unit, value) else {
            // Years, months, or just a number.
            return visitor.visit_i64(value);
        };
        let form = hint.form();
        let pair = match form {
            Form::Seq(Some(2)) => true,
            Form::Struct(fields) => matches!(fields, ["secs", "nanos"]),
            _ => false,
        };
        match form {
            Form::Int => visitor.visit_i64(value),
            _ if pair => match i64::try_from(seconds) {
                Ok(seconds) => {
                    let parts = [Number::Int(seconds), Number::UInt(nanos.into())];
                    visitor.visit_seq(&mut Numbers::new(parts.into_iter()))
                }
                Err(_) => visitor.visit_i128(seconds),
            },
            Form::Any | Form::Float => visitor.visit_f64(seconds as f64 + f64::from(nanos) / 1e9),
            form => {
                let delta = TimeDelta::from_microseconds(seconds * 1_000_000 + i128::from(nanos / 1000))?;
                match facet(&delta.into(), form) {
                    Some(atom) => AtomAnswer::new(atom).answer(Hint::Any, visitor),
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

impl<'de, 'c, 'i: 'c> Element<'_, 'c, 'i, 'de> {
    /// To a seed: a number as a number, which is the fast way.
    #[inline(always)]
    pub(super) fn give(mut self, seed: Seed<'_, 'de>) -> Result<()> {
        match self.number() {
            Some(number) => seed.give(Given::Number(number, &mut self)),
            None => seed.other(&mut self),
        }
    }
}

impl<'de, 'c, 'i: 'c> Answer<'de> for Element<'_, 'c, 'i, 'de> {
    fn answer(&mut self, hint: Hint, visitor: Taker<'_, 'de>) -> Result<()> {
        match hint {
            Hint::Option => {
                if let Some(number) = self.number() {
                    let missing = self.is_pandas() && matches!(number, Number::Float(float) if float.is_nan());
                    return match missing {
                        true => visitor.visit_none(),
                        false => visitor.visit_some(Given::Number(number, self)),
                    };
                }
                match self.thing()? {
                    Thing::None => visitor.visit_none(),
                    Thing::Object(node) => node.answer(hint, visitor),
                    _ => visitor.visit_some(Given::Other(self)),
                }
            }
            Hint::Newtype(name) => {
                if let Item::Object(_) = self.item
                    && let Thing::Object(node) = self.thing()?
                {
                    return node.answer(hint, visitor);
                }
                if name == token::WELL_KNOWN
                    && let Some(scalar) = self.scalar()?
                {
                    return visitor.visit_well_known(scalar, Given::Other(self));
                }
                visitor.visit_newtype_struct(Given::Other(self))
            }
            Hint::Enum(..) => match self.thing()? {
                Thing::Object(node) => node.answer(hint, visitor),
                Thing::Text(text) => visitor.visit_enum(EnumAccess::text(text)),
                // The value of a Python Enum, as variant text: never an index.
                Thing::Number(Number::Int(int)) => visitor.visit_enum(EnumAccess::text(int.to_string())),
                Thing::Number(Number::UInt(int)) => visitor.visit_enum(EnumAccess::text(int.to_string())),
                Thing::Bytes(bytes) if std::str::from_utf8(bytes).is_ok() => {
                    visitor.visit_enum(EnumAccess::text(String::from_utf8_lossy(bytes).into_owned()))
                }
                _ => Err(de::Error::invalid_type(de::Unexpected::Other("element of an array"), &visitor)),
            },
            hint => self.visit(hint, visitor),
        }
    }

    fn is_human_readable(&self) -> bool {
        self.source.cx.options.human_readable
    }
}

/// The fields of a structure, with their names or without.
struct Fields<'a, 'c, 'i, 'de> {
    element: Element<'a, 'c, 'i, 'de>,
    depth: u32,
    next: usize,
}

impl<'a, 'c, 'i, 'de> Fields<'a, 'c, 'i, 'de> {
    fn name(&self, index: usize) -> &'a str {
        self.element.dtype.fields().get(index).map_or("", |field| field.name())
    }

    fn left(&self) -> usize {
        self.element.dtype.fields().len().saturating_sub(self.next)
    }
}

impl<'de, 'c, 'i: 'c> Items<'de> for Fields<'_, 'c, 'i, 'de> {
    fn next(&mut self, seed: Seed<'_, 'de>) -> Result<bool> {
        let Some(field) = self.element.field(self.next, self.depth) else { return Ok(false) };
        self.next += 1;
        match field.give(seed) {
            Ok(()) => Ok(true),
            Err(error) => Err(error.within(Segment::Index(self.next - 1))),
        }
    }

    fn left(&self) -> Option<usize> {
        Some(Fields::left(self))
    }
}

impl<'de, 'c, 'i: 'c> Entries<'de> for Fields<'_, 'c, 'i, 'de> {
    fn next_key(&mut self, seed: Seed<'_, 'de>) -> Result<bool> {
        if Fields::left(self) == 0 {
            return Ok(false);
        }
        seed.text(self.name(self.next)).map(|()| true)
    }

    fn next_value(&mut self, seed: Seed<'_, 'de>) -> Result<()> {
        let Some(field) = self.element.field(self.next, self.depth) else {
            return Err(Error::data("the visitor asked for a value before its key"));
        };
        self.next += 1;
        field.give(seed).map_err(|error| error.within(Segment::Name(self.name(self.next - 1).into())))
    }

    fn left(&self) -> Option<usize> {
        Some(Fields::left(self))
    }
}
