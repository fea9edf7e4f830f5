//! An array as a struct: the `{v, dim, data}` of the crate ndarray, or `{dtype, shape, data}`.

use super::{Element, Part, Rows};
use crate::{
    de::{
        hint::Hint,
        plain::Numbers,
        take::{Answer, Entries, Given, Items, Seed, Taker},
    },
    error::Result,
    path::Segment,
    types::ndarray::element::Number,
};

/// By name if the fields are those of an array, else the elements by position.
pub(super) fn visit<'de, 'c, 'i: 'c>(
    rows: Rows<'_, 'c, 'i, 'de>,
    fields: &[&str],
    visitor: Taker<'_, 'de>,
) -> Result<()> {
    let parts: &[&str] = match fields {
        ["v", "dim", "data"] => &["v", "dim", "data"],
        fields if fields.contains(&"shape") && fields.contains(&"data") => &["dtype", "shape", "data"],
        _ => return rows.visit(visitor),
    };
    visitor.visit_map(&mut Parts { rows, names: parts, next: 0 })
}

struct Parts<'a, 'c, 'i, 'de> {
    rows: Rows<'a, 'c, 'i, 'de>,
    names: &'static [&'static str],
    next: usize,
}

impl<'de, 'c, 'i: 'c> Entries<'de> for Parts<'_, 'c, 'i, 'de> {
    fn next_key(&mut self, seed: Seed<'_, 'de>) -> Result<bool> {
        match self.names.get(self.next) {
            Some(name) => seed.text(name).map(|()| true),
            None => Ok(false),
        }
    }

    fn next_value(&mut self, seed: Seed<'_, 'de>) -> Result<()> {
        let name = self.names.get(self.next).copied().unwrap_or_default();
        self.next += 1;
        let result = match name {
            "v" => seed.number(Number::UInt(1)),
            "dtype" => seed.text(&self.rows.source.dtype.to_string()),
            "data" => seed.other(&mut Flat(self.rows)),
            _ => seed.other(&mut Shape(self.rows.shape)),
        };
        result.map_err(|error| error.within(Segment::Name(name.into())))
    }

    fn left(&self) -> Option<usize> {
        Some(self.names.len().saturating_sub(self.next))
    }
}

/// The extent along each axis, as a sequence.
pub(super) struct Shape<'a>(pub(super) &'a [usize]);

impl<'de> Answer<'de> for Shape<'_> {
    fn answer(&mut self, hint: Hint, visitor: Taker<'_, 'de>) -> Result<()> {
        match hint {
            Hint::Option => visitor.visit_some(Given::Other(self)),
            Hint::Newtype(_) => visitor.visit_newtype_struct(Given::Other(self)),
            _ => {
                let mut dims = Numbers::new(self.0.iter().map(|&dim| Number::UInt(dim as u64)));
                visitor.visit_seq(&mut dims)
            }
        }
    }
}

/// All elements of an array in C order, as one sequence.
pub(super) struct Flat<'a, 'c, 'i, 'de>(pub(super) Rows<'a, 'c, 'i, 'de>);

impl<'de, 'c, 'i: 'c> Answer<'de> for Flat<'_, 'c, 'i, 'de> {
    fn answer(&mut self, hint: Hint, visitor: Taker<'_, 'de>) -> Result<()> {
        match hint {
            Hint::Option => return visitor.visit_some(Given::Other(self)),
            Hint::Newtype(_) => return visitor.visit_newtype_struct(Given::Other(self)),
            _ => {}
        }
        let Flat(rows) = *self;
        let len = if rows.shape.contains(&0) { 0 } else { rows.shape.iter().product() };
        let mut items = FlatItems { rows: rows.deeper()?, index: vec![0; rows.shape.len()], next: 0, len };
        visitor.visit_seq(&mut items)
    }

    fn is_human_readable(&self) -> bool {
        self.0.source.cx.options.human_readable
    }
}

struct FlatItems<'a, 'c, 'i, 'de> {
    rows: Rows<'a, 'c, 'i, 'de>,
    /// The index of the next element, along each axis.
    index: Vec<usize>,
    next: usize,
    len: usize,
}

impl<'a, 'c, 'i, 'de> FlatItems<'a, 'c, 'i, 'de> {
    fn element(&mut self) -> Element<'a, 'c, 'i, 'de> {
        let Rows { shape, strides, at, .. } = self.rows;
        let place = match strides {
            Some(strides) => {
                let place = self.index.iter().zip(strides).map(|(index, stride)| index * stride).sum();
                for (index, dim) in self.index.iter_mut().zip(shape).rev() {
                    *index += 1;
                    if *index < *dim {
                        break;
                    }
                    *index = 0;
                }
                place
            }
            None => self.next,
        };
        self.rows.element(at + place)
    }
}

impl<'de, 'c, 'i: 'c> Items<'de> for FlatItems<'_, 'c, 'i, 'de> {
    fn next(&mut self, seed: Seed<'_, 'de>) -> Result<bool> {
        if self.next == self.len {
            return Ok(false);
        }
        let element = self.element();
        self.next += 1;
        match element.give(seed) {
            Ok(()) => Ok(true),
            Err(error) => Err(error.within(Segment::Index(self.next - 1))),
        }
    }

    fn left(&self) -> Option<usize> {
        Some(self.len - self.next)
    }
}

impl<'a, 'c, 'i, 'de> Rows<'a, 'c, 'i, 'de> {
    /// The first row, or the first element.
    pub(super) fn first(&self) -> Part<'a, 'c, 'i, 'de> {
        self.row(0)
    }
}
