//! An array where a tuple of two is wanted: its two rows, or `(shape, data)`.
//!
//! An array whose first axis has two entries may be meant either way. What the first half is asked for decides: a sequence of
//! `usize` (or, of floats, of any integers) is the shape, all else is a row.

use std::cell::Cell;

use serde::de;

use super::{
    Memory, Part, Rows,
    entries::{Flat, Shape},
};
use crate::{
    de::{
        hint::Hint,
        take::{Answer, Given, Items, Seed, Taker},
    },
    error::Result,
    path::Segment,
    token,
    types::ndarray::element::Number,
};

pub(super) fn visit<'de, 'c, 'i: 'c>(rows: Rows<'_, 'c, 'i, 'de>, visitor: Taker<'_, 'de>) -> Result<()> {
    let meaning = match (rows.shape, rows.memory) {
        ([2, ..], Memory::Objects(_)) => return rows.visit(visitor),
        ([2, ..], _) => Meaning::Rows,
        _ => Meaning::Shape,
    };
    visitor.visit_seq(&mut Halves { rows: rows.deeper()?, meaning: Cell::new(meaning), next: 0 })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Rows,
    Shape,
}

struct Halves<'a, 'c, 'i, 'de> {
    rows: Rows<'a, 'c, 'i, 'de>,
    meaning: Cell<Meaning>,
    next: usize,
}

impl<'de, 'c, 'i: 'c> Items<'de> for Halves<'_, 'c, 'i, 'de> {
    fn next(&mut self, seed: Seed<'_, 'de>) -> Result<bool> {
        let index = self.next;
        self.next += 1;
        let result = match (index, self.meaning.get()) {
            (0, Meaning::Shape) => seed.other(&mut Shape(self.rows.shape)),
            (0, Meaning::Rows) => seed.other(&mut First { rows: self.rows, meaning: &self.meaning }),
            (1, Meaning::Shape) => seed.other(&mut Flat(self.rows)),
            (1, Meaning::Rows) => self.rows.row(1).give(seed),
            _ => return Ok(false),
        };
        match result {
            Ok(()) => Ok(true),
            Err(error) => Err(error.within(Segment::Index(index))),
        }
    }

    fn left(&self) -> Option<usize> {
        Some(2_usize.saturating_sub(self.next))
    }
}

/// The first row or element, unless it is asked for a shape.
struct First<'a, 'c, 'i, 'de> {
    rows: Rows<'a, 'c, 'i, 'de>,
    meaning: &'a Cell<Meaning>,
}

impl<'de, 'c, 'i: 'c> First<'_, 'c, 'i, 'de> {
    fn visit_shape(&self, visitor: Taker<'_, 'de>) -> Result<()> {
        self.meaning.set(Meaning::Shape);
        Shape(self.rows.shape).answer(Hint::Seq, visitor)
    }
}

impl<'de, 'c, 'i: 'c> Answer<'de> for First<'_, 'c, 'i, 'de> {
    fn answer(&mut self, hint: Hint, visitor: Taker<'_, 'de>) -> Result<()> {
        match (self.rows.first(), hint) {
            (Part::Element(mut element), Hint::Seq | Hint::Tuple(_)) if element.is_compound() => {
                element.answer(hint, visitor)
            }
            // A number is no sequence.
            (Part::Element(_), Hint::Seq | Hint::Tuple(_)) => self.visit_shape(visitor),
            (Part::Rows(row), Hint::Seq) => {
                let mut items = RowOrShape { whole: self.rows, row: row.deeper()?, meaning: self.meaning, next: 0 };
                visitor.visit_seq(&mut items)?;
                match items.next < items.len() {
                    true => Err(de::Error::invalid_length(items.len(), &"fewer elements in sequence")),
                    false => Ok(()),
                }
            }
            (Part::Rows(row), Hint::Tuple(len)) if row.shape.first() != Some(&len) && len == self.rows.shape.len() => {
                self.visit_shape(visitor)
            }
            (first, Hint::Newtype(name)) if name.as_bytes().first() == Some(&token::SIGIL) => {
                first.answer(hint, visitor)
            }
            (_, Hint::Newtype(_)) => visitor.visit_newtype_struct(Given::Other(self)),
            (Part::Rows(_), Hint::Option) => visitor.visit_some(Given::Other(self)),
            (first, _) => first.answer(hint, visitor),
        }
    }

    fn is_human_readable(&self) -> bool {
        self.rows.source.cx.options.human_readable
    }
}

/// The items of the first row, or of the shape: the first says which.
struct RowOrShape<'a, 'c, 'i, 'de> {
    whole: Rows<'a, 'c, 'i, 'de>,
    row: Rows<'a, 'c, 'i, 'de>,
    meaning: &'a Cell<Meaning>,
    next: usize,
}

impl RowOrShape<'_, '_, '_, '_> {
    fn len(&self) -> usize {
        match self.meaning.get() {
            Meaning::Shape => self.whole.shape.len(),
            Meaning::Rows => self.row.shape.first().copied().unwrap_or(0),
        }
    }
}

impl<'de, 'c, 'i: 'c> Items<'de> for RowOrShape<'_, 'c, 'i, 'de> {
    fn next(&mut self, seed: Seed<'_, 'de>) -> Result<bool> {
        let index = self.next;
        if index >= self.len() {
            return Ok(false);
        }
        self.next += 1;
        let result = match (index, self.meaning.get()) {
            (0, _) => seed.other(&mut Probe { whole: self.whole, row: self.row, meaning: self.meaning }),
            (index, Meaning::Shape) => {
                seed.number(Number::UInt(self.whole.shape.get(index).copied().unwrap_or(0) as u64))
            }
            (index, Meaning::Rows) => self.row.row(index).give(seed),
        };
        match result {
            Ok(()) => Ok(true),
            Err(error) => Err(error.within(Segment::Index(index))),
        }
    }

    /// Not known before the first item has said what it is.
    fn left(&self) -> Option<usize> {
        None
    }
}

/// The first item of the first row, unless it is asked for an entry of a shape.
struct Probe<'a, 'c, 'i, 'de> {
    whole: Rows<'a, 'c, 'i, 'de>,
    row: Rows<'a, 'c, 'i, 'de>,
    meaning: &'a Cell<Meaning>,
}

impl<'de, 'c, 'i: 'c> Answer<'de> for Probe<'_, 'c, 'i, 'de> {
    fn answer(&mut self, hint: Hint, visitor: Taker<'_, 'de>) -> Result<()> {
        match hint {
            // What `usize` asks for; and any integer, where an item of the row never is one.
            Hint::U64 => self.visit_dim(visitor),
            Hint::Int if self.row.element(0).is_fractional() => self.visit_dim(visitor),
            _ => self.row.first().answer(hint, visitor),
        }
    }

    fn is_human_readable(&self) -> bool {
        self.row.source.cx.options.human_readable
    }
}

impl<'de, 'c, 'i: 'c> Probe<'_, 'c, 'i, 'de> {
    fn visit_dim(&self, visitor: Taker<'_, 'de>) -> Result<()> {
        self.meaning.set(Meaning::Shape);
        visitor.visit_u64(self.whole.shape.first().copied().unwrap_or(0) as u64)
    }
}
