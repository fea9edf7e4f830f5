//! An array where a tuple of two is wanted: its two rows, or `(shape, data)`.
//!
//! An array whose first axis has two entries may be meant either way. What the first half is asked for decides: a sequence of
//! `usize` (or, of floats, of any integers) is the shape, all else is a row.

use std::cell::Cell;

use serde::de::{self, Deserializer, Visitor};

use super::{
    Memory, Part, Rows,
    entries::{Flat, shape},
};
use crate::{
    de::context::Lend,
    error::{Error, Result},
    path::Segment,
};

pub(super) fn visit<'de, 'c, 'i: 'c, L: Lend<'i, 'de>, V: Visitor<'de>>(
    rows: Rows<'_, 'c, 'i, L>,
    visitor: V,
) -> Result<V::Value> {
    let meaning = match (rows.shape, rows.memory) {
        ([2, ..], Memory::Objects(_)) => return rows.visit(visitor),
        ([2, ..], _) => Meaning::Rows,
        _ => Meaning::Shape,
    };
    visitor.visit_seq(Halves { rows: rows.deeper()?, meaning: Cell::new(meaning), next: 0 })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Rows,
    Shape,
}

struct Halves<'a, 'c, 'i, L> {
    rows: Rows<'a, 'c, 'i, L>,
    meaning: Cell<Meaning>,
    next: usize,
}

impl<'de, 'c, 'i: 'c, L: Lend<'i, 'de>> de::SeqAccess<'de> for Halves<'_, 'c, 'i, L> {
    type Error = Error;

    fn next_element_seed<T: de::DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        let index = self.next;
        self.next += 1;
        let result = match (index, self.meaning.get()) {
            (0, Meaning::Shape) => seed.deserialize(shape(&self.rows)),
            (0, Meaning::Rows) => seed.deserialize(First { rows: self.rows, meaning: &self.meaning }),
            (1, Meaning::Shape) => seed.deserialize(Flat(self.rows)),
            (1, Meaning::Rows) => match self.rows.row(1) {
                Part::Rows(rows) => seed.deserialize(rows),
                Part::Element(element) => seed.deserialize(element),
            },
            _ => return Ok(None),
        };
        match result {
            Ok(value) => Ok(Some(value)),
            Err(error) => Err(error.within(Segment::Index(index))),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(2_usize.saturating_sub(self.next))
    }
}

/// The first row or element, unless it is asked for a shape.
struct First<'a, 'c, 'i, L> {
    rows: Rows<'a, 'c, 'i, L>,
    meaning: &'a Cell<Meaning>,
}

impl<'de, 'c, 'i: 'c, L: Lend<'i, 'de>> First<'_, 'c, 'i, L> {
    fn visit_shape<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.meaning.set(Meaning::Shape);
        shape(&self.rows).deserialize_any(visitor)
    }
}

macro_rules! forward {
    ($($method:ident($($arg:ident: $type:ty),*);)*) => {$(
        fn $method<V: Visitor<'de>>(self, $($arg: $type,)* visitor: V) -> Result<V::Value> {
            match self.rows.first() {
                Part::Rows(rows) => rows.$method($($arg,)* visitor),
                Part::Element(element) => element.$method($($arg,)* visitor),
            }
        }
    )*};
}

impl<'de, 'c, 'i: 'c, L: Lend<'i, 'de>> Deserializer<'de> for First<'_, 'c, 'i, L> {
    type Error = Error;

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.rows.first() {
            Part::Element(element) if element.is_compound() => element.deserialize_seq(visitor),
            // A number is no sequence.
            Part::Element(_) => self.visit_shape(visitor),
            Part::Rows(row) => {
                let mut items = Items { whole: self.rows, row: row.deeper()?, meaning: self.meaning, next: 0 };
                let value = visitor.visit_seq(&mut items)?;
                if items.next < items.len() {
                    return Err(de::Error::invalid_length(items.len(), &"fewer elements in sequence"));
                }
                Ok(value)
            }
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value> {
        let dims = self.rows.shape.len();
        match self.rows.first() {
            Part::Element(element) if element.is_compound() => element.deserialize_tuple(len, visitor),
            Part::Element(_) => self.visit_shape(visitor),
            Part::Rows(row) if row.shape.first() != Some(&len) && len == dims => self.visit_shape(visitor),
            Part::Rows(row) => row.deserialize_tuple(len, visitor),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value> {
        if name.as_bytes().first() == Some(&crate::token::SIGIL) {
            return match self.rows.first() {
                Part::Rows(rows) => rows.deserialize_newtype_struct(name, visitor),
                Part::Element(element) => element.deserialize_newtype_struct(name, visitor),
            };
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.rows.first() {
            Part::Element(element) => element.deserialize_option(visitor),
            Part::Rows(_) => visitor.visit_some(self),
        }
    }

    forward! {
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
        deserialize_unit();
        deserialize_unit_struct(name: &'static str);
        deserialize_tuple_struct(name: &'static str, len: usize);
        deserialize_map();
        deserialize_struct(name: &'static str, fields: &'static [&'static str]);
        deserialize_enum(name: &'static str, variants: &'static [&'static str]);
        deserialize_identifier();
        deserialize_ignored_any();
    }

    fn is_human_readable(&self) -> bool {
        self.rows.source.cx.options.human_readable
    }
}

/// The items of the first row, or of the shape: the first says which.
struct Items<'a, 'c, 'i, L> {
    whole: Rows<'a, 'c, 'i, L>,
    row: Rows<'a, 'c, 'i, L>,
    meaning: &'a Cell<Meaning>,
    next: usize,
}

impl<L> Items<'_, '_, '_, L> {
    fn len(&self) -> usize {
        match self.meaning.get() {
            Meaning::Shape => self.whole.shape.len(),
            Meaning::Rows => self.row.shape.first().copied().unwrap_or(0),
        }
    }
}

impl<'de, 'c, 'i: 'c, L: Lend<'i, 'de>> de::SeqAccess<'de> for &mut Items<'_, 'c, 'i, L> {
    type Error = Error;

    fn next_element_seed<T: de::DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        let index = self.next;
        if index >= self.len() {
            return Ok(None);
        }
        self.next += 1;
        let result = match (index, self.meaning.get()) {
            (0, _) => seed.deserialize(Probe { whole: self.whole, row: self.row, meaning: self.meaning }),
            (index, Meaning::Shape) => {
                let dim = self.whole.shape.get(index).copied().unwrap_or(0) as u64;
                seed.deserialize(de::value::U64Deserializer::<Error>::new(dim))
            }
            (index, Meaning::Rows) => match self.row.row(index) {
                Part::Rows(rows) => seed.deserialize(rows),
                Part::Element(element) => seed.deserialize(element),
            },
        };
        match result {
            Ok(value) => Ok(Some(value)),
            Err(error) => Err(error.within(Segment::Index(index))),
        }
    }
}

/// The first item of the first row, unless it is asked for an entry of a shape.
struct Probe<'a, 'c, 'i, L> {
    whole: Rows<'a, 'c, 'i, L>,
    row: Rows<'a, 'c, 'i, L>,
    meaning: &'a Cell<Meaning>,
}

impl<'de, 'c, 'i: 'c, L: Lend<'i, 'de>> Probe<'_, 'c, 'i, L> {
    fn visit_dim<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.meaning.set(Meaning::Shape);
        visitor.visit_u64(self.whole.shape.first().copied().unwrap_or(0) as u64)
    }

    /// Whether an item of the row is never an integer.
    fn is_fractional(&self) -> bool {
        self.row.element(0).is_fractional()
    }
}

macro_rules! int_probe {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
            if self.is_fractional() {
                return self.visit_dim(visitor);
            }
            match self.row.first() {
                Part::Rows(rows) => rows.$method(visitor),
                Part::Element(element) => element.$method(visitor),
            }
        }
    )*};
}

macro_rules! forward_probe {
    ($($method:ident($($arg:ident: $type:ty),*);)*) => {$(
        fn $method<V: Visitor<'de>>(self, $($arg: $type,)* visitor: V) -> Result<V::Value> {
            match self.row.first() {
                Part::Rows(rows) => rows.$method($($arg,)* visitor),
                Part::Element(element) => element.$method($($arg,)* visitor),
            }
        }
    )*};
}

impl<'de, 'c, 'i: 'c, L: Lend<'i, 'de>> Deserializer<'de> for Probe<'_, 'c, 'i, L> {
    type Error = Error;

    /// What `usize` asks for.
    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.visit_dim(visitor)
    }

    int_probe! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u128
    }

    forward_probe! {
        deserialize_any();
        deserialize_bool();
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
        deserialize_identifier();
        deserialize_ignored_any();
    }

    fn is_human_readable(&self) -> bool {
        self.row.source.cx.options.human_readable
    }
}
