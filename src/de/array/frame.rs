//! How frames, series and indexes of pandas look to serde.

use std::ops::Range;

use serde::de;

use super::{
    ArrayBytes, Element, Part, Style,
    column::{Computed, Interval, Text},
    name::Name,
};
use crate::{
    de::{
        hint::{Form, Hint},
        node::NodeDeserializer,
        take::{Answer, Entries, Given, Items, Seed, Taker},
    },
    error::{Error, Result},
    graph::{ObjectView, Ref, View},
    path::Segment,
    recipe::{
        Known,
        numpy::Array,
        pandas::{Column, Frame, Made, Series, Texts},
    },
    types::{
        TimeZone,
        ndarray::element::{self, Number},
    },
};

impl<'de, 'c, 'i: 'c> NodeDeserializer<'c, 'i, 'de> {
    /// The columns by name; or the attributes, for a struct that names those.
    pub(in crate::de) fn visit_frame(
        self,
        object: &ObjectView<'c>,
        frame: &Frame<'c>,
        hint: Hint,
        visitor: Taker<'_, 'de>,
    ) -> Result<()> {
        match hint.form() {
            Form::Struct(fields) if names_state(fields) => self.visit_attributes(object, &[], visitor),
            Form::Any | Form::Map | Form::Struct(_) => visitor.visit_map(&mut Columns { node: self, frame, next: 0 }),
            _ => Err(de::Error::invalid_type(de::Unexpected::Other("frame of pandas"), &visitor)),
        }
    }

    pub(in crate::de) fn visit_series(
        self,
        object: &ObjectView<'c>,
        series: &Series<'c>,
        hint: Hint,
        visitor: Taker<'_, 'de>,
    ) -> Result<()> {
        match hint.form() {
            Form::Struct(fields) if names_state(fields) => self.visit_attributes(object, &[], visitor),
            _ => self.visit_column(&series.values, hint, visitor),
        }
    }

    pub(in crate::de) fn visit_column(self, column: &Column<'c>, hint: Hint, visitor: Taker<'_, 'de>) -> Result<()> {
        match hint.form() {
            Form::Any | Form::Seq(_) | Form::Struct(_) => Values { node: self, column, row: 0 }.visit(visitor),
            _ => Err(de::Error::invalid_type(de::Unexpected::Other("column of pandas"), &visitor)),
        }
    }

    /// Index and columns of a frame, or name, index and values of a series: for the types that have all of it.
    pub(in crate::de) fn hand_over_frame(self, visitor: Taker<'_, 'de>) -> Result<()> {
        let View::Object(object) = self.view() else { return visitor.visit_newtype_struct(Given::Node(self)) };
        let result = match self.known(&object) {
            Some(Known::Frame(frame)) => {
                let mut parts = Parts { node: self, of: Of::Frame(&frame), next: 0 };
                visitor.visit_newtype_struct(Given::Other(&mut parts))
            }
            Some(Known::Series(series)) => {
                let mut parts = Parts { node: self, of: Of::Series(&series), next: 0 };
                visitor.visit_newtype_struct(Given::Other(&mut parts))
            }
            Some(Known::Invalid(error)) => Err(error),
            _ => visitor.visit_newtype_struct(Given::Node(self)),
        };
        self.in_place(&object, result)
    }

    pub(super) fn element_of<T>(
        self,
        array: &Array<'c>,
        zone: Option<&TimeZone>,
        at: usize,
        read: impl FnOnce(Element<'_, 'c, 'i, 'de>) -> Result<T>,
    ) -> Result<T> {
        self.with_rows(array, Style::Pandas(zone), |rows| read(rows.element(at)))
    }
}

/// Whether a struct asks for the attributes that a frame or series has in Python.
fn names_state(fields: &[&str]) -> bool {
    fields.iter().any(|field| matches!(*field, "_mgr" | "_data"))
}

/// The columns of a frame.
struct Columns<'a, 'c, 'i, 'de> {
    node: NodeDeserializer<'c, 'i, 'de>,
    frame: &'a Frame<'c>,
    next: usize,
}

impl<'de, 'c, 'i: 'c> Entries<'de> for Columns<'_, 'c, 'i, 'de> {
    fn next_key(&mut self, seed: Seed<'_, 'de>) -> Result<bool> {
        if self.next == self.frame.places.len() {
            return Ok(false);
        }
        seed.other(&mut self.name(self.next)).map(|()| true)
    }

    fn next_value(&mut self, seed: Seed<'_, 'de>) -> Result<()> {
        let at = self.next;
        self.next += 1;
        let place = self.frame.places.get(at).and_then(|&(block, row)| Some((self.frame.blocks.get(block)?, row)));
        let Some((column, row)) = place else {
            return Err(Error::data("the visitor asked for a value before its key"));
        };
        seed.other(&mut Values { node: self.node, column, row }).map_err(|error| {
            let mut name = self.name(at);
            let name = <String as de::Deserialize>::deserialize(Given::Other(&mut name));
            error.within(Segment::Name(name.unwrap_or_else(|_| at.to_string()).into()))
        })
    }

    fn left(&self) -> Option<usize> {
        Some(self.frame.places.len() - self.next)
    }
}

impl<'a, 'c, 'i, 'de> Columns<'a, 'c, 'i, 'de> {
    fn name(&self, at: usize) -> Name<'a, 'c, 'i, 'de> {
        Name(OneValue { node: self.node, column: &self.frame.names, row: 0, at })
    }
}

/// The columns of a frame, as a value.
struct AllColumns<'a, 'c, 'i, 'de>(NodeDeserializer<'c, 'i, 'de>, &'a Frame<'c>);

impl<'de, 'c, 'i: 'c> Answer<'de> for AllColumns<'_, 'c, 'i, 'de> {
    fn answer(&mut self, hint: Hint, visitor: Taker<'_, 'de>) -> Result<()> {
        match hint {
            Hint::Newtype(_) => visitor.visit_newtype_struct(Given::Other(self)),
            _ => visitor.visit_map(&mut Columns { node: self.0, frame: self.1, next: 0 }),
        }
    }
}

enum Of<'a, 'c> {
    Frame(&'a Frame<'c>),
    Series(&'a Series<'c>),
}

struct Parts<'a, 'c, 'i, 'de> {
    node: NodeDeserializer<'c, 'i, 'de>,
    of: Of<'a, 'c>,
    next: usize,
}

impl<'de, 'c, 'i: 'c> Answer<'de> for Parts<'_, 'c, 'i, 'de> {
    fn answer(&mut self, _hint: Hint, visitor: Taker<'_, 'de>) -> Result<()> {
        visitor.visit_seq(self)
    }
}

impl<'de, 'c, 'i: 'c> Items<'de> for Parts<'_, 'c, 'i, 'de> {
    fn next(&mut self, seed: Seed<'_, 'de>) -> Result<bool> {
        let part = self.next;
        self.next += 1;
        let node = self.node;
        let (name, result) = match (&self.of, part) {
            (Of::Frame(Frame { index, .. }) | Of::Series(Series { index, .. }), 0) => {
                ("index", seed.other(&mut Values { node, column: index, row: 0 }))
            }
            (Of::Frame(frame), 1) => ("columns", seed.other(&mut AllColumns(node, frame))),
            (Of::Series(series), 1) => ("values", seed.other(&mut Values { node, column: &series.values, row: 0 })),
            (Of::Series(Series { name: Some(name), .. }), 2) => ("name", seed.node(node.instead(*name)?)),
            _ => return Ok(false),
        };
        match result {
            Ok(()) => Ok(true),
            Err(error) => Err(error.within(Segment::Name(name.into()))),
        }
    }

    fn left(&self) -> Option<usize> {
        None
    }
}

/// The values of a column; `row` is its number in a block of several.
#[derive(Clone, Copy)]
struct Values<'a, 'c, 'i, 'de> {
    node: NodeDeserializer<'c, 'i, 'de>,
    column: &'a Column<'c>,
    row: usize,
}

impl<'de, 'c, 'i: 'c> Values<'_, 'c, 'i, 'de> {
    fn visit(self, visitor: Taker<'_, 'de>) -> Result<()> {
        let Values { node, column, row } = self;
        if let Column::Array { array, zone } = column {
            return node.with_part(array, Style::Pandas(zone.as_ref()), |part| match part {
                Part::Rows(rows) if rows.shape.len() > 1 && row < rows.shape[0] => match rows.row(row) {
                    Part::Rows(rows) => rows.visit(visitor),
                    Part::Element(mut element) => element.answer(Hint::Any, visitor),
                },
                Part::Rows(rows) if row == 0 => rows.visit(visitor),
                _ => Err(Error::data("a column is not in the block where it should be")),
            });
        }
        if let Column::Other(class) = column {
            return Err(Error::data(format!("the values of a column are in a {class}, which is not understood")));
        }
        let len = column.len();
        match column.takes_no_room() {
            true => node.cx.charge_beyond(len)?,
            false => node.cx.charge(len)?,
        }
        let mut items = ValueItems { values: self, next: 0, len };
        visitor.visit_seq(&mut items)
    }
}

impl<'de, 'c, 'i: 'c> Answer<'de> for Values<'_, 'c, 'i, 'de> {
    fn answer(&mut self, hint: Hint, visitor: Taker<'_, 'de>) -> Result<()> {
        match hint {
            Hint::Option => visitor.visit_some(Given::Other(self)),
            Hint::Newtype(_) => visitor.visit_newtype_struct(Given::Other(self)),
            _ => self.visit(visitor),
        }
    }

    fn is_human_readable(&self) -> bool {
        self.node.cx.options.human_readable
    }
}

struct ValueItems<'a, 'c, 'i, 'de> {
    values: Values<'a, 'c, 'i, 'de>,
    next: usize,
    len: usize,
}

impl<'de, 'c, 'i: 'c> Items<'de> for ValueItems<'_, 'c, 'i, 'de> {
    fn next(&mut self, seed: Seed<'_, 'de>) -> Result<bool> {
        let at = self.next;
        if at == self.len {
            return Ok(false);
        }
        self.next += 1;
        let Values { node, column, row } = self.values;
        match seed.other(&mut OneValue { node, column, row, at }) {
            Ok(()) => Ok(true),
            Err(error) => Err(error.within(Segment::Index(at))),
        }
    }

    fn left(&self) -> Option<usize> {
        Some(self.len - self.next)
    }
}

/// One value of a column.
#[derive(Clone, Copy)]
pub(super) struct OneValue<'a, 'c, 'i, 'de> {
    pub(super) node: NodeDeserializer<'c, 'i, 'de>,
    column: &'a Column<'c>,
    row: usize,
    at: usize,
}

/// Where a value of a column is.
pub(super) enum Found<'a, 'c> {
    None,
    Int(i64),
    /// An element of an array: where it stands there.
    Element(&'a Array<'c>, Option<&'a TimeZone>, usize),
    Levels(&'a [Column<'c>]),
    Made(Made),
    /// Text or bytes of Arrow.
    Text(&'a Texts<'c>, Range<usize>),
    Interval(&'a [Column<'c>; 2], Ref, usize),
    /// Another value of the pickle.
    Node(Ref),
}

impl<'a, 'c, 'i: 'c, 'de> OneValue<'a, 'c, 'i, 'de> {
    /// The bytes of an element of an array; none if it is masked.
    fn bytes_of(&self, array: &'a Array<'c>, at: usize) -> Result<Option<&'a [u8]>>
    where
        'c: 'a,
    {
        if array.mask.as_ref().is_some_and(|mask| mask.get(at).is_some_and(|&masked| masked != 0)) {
            return Ok(None);
        }
        let bytes = self.node.array_bytes(array)?.map_or(&[][..], ArrayBytes::get);
        let size = array.dtype.itemsize();
        let rows = if array.shape.len() > 1 { self.row * array.strides[0] } else { 0 };
        let place = (rows + at * array.strides.last().copied().unwrap_or(1)) * size;
        Ok(Some(bytes.get(place..).and_then(|rest| rest.get(..size)).unwrap_or_default()))
    }

    pub(super) fn find(&self) -> Result<Found<'a, 'c>> {
        let mut through_category = false;
        let (mut column, mut at) = (self.column, self.at);
        loop {
            match column {
                Column::Range { start, step, .. } => {
                    return Ok(Found::Int(start.wrapping_add(step.wrapping_mul(at as i64))));
                }
                Column::Multi { levels, .. } => return Ok(Found::Levels(levels)),
                Column::Array { array, zone } => {
                    if through_category {
                        self.node.cx.charge_beyond(array.dtype.itemsize() / 8)?;
                    }
                    let [.., stride] = array.strides[..] else { return Ok(Found::None) };
                    let place = at * stride + if array.shape.len() > 1 { self.row * array.strides[0] } else { 0 };
                    return Ok(Found::Element(array, zone.as_ref(), place));
                }
                Column::Texts(texts) => {
                    let Some(range) = texts.range(at) else { return Ok(Found::None) };
                    // Their places may overlap, and a category may be met often.
                    self.node.cx.charge_beyond(range.len())?;
                    return Ok(Found::Text(texts, range));
                }
                Column::Computed { array, of } => {
                    let element = self.bytes_of(array, at)?;
                    return Ok(match element {
                        Some(bytes) => of.value(&array.dtype, bytes)?.map_or(Found::None, Found::Made),
                        None => Found::None,
                    });
                }
                Column::Intervals { ends, closed } => return Ok(Found::Interval(ends, *closed, at)),
                Column::Sparse { places, values, fill, .. } => match places.binary_search(&at) {
                    Ok(place) => (column, at) = (values, place),
                    Err(_) => return Ok(Found::Node(*fill)),
                },
                Column::Chunks { chunks, .. } => {
                    let chunk = chunks.partition_point(|(first, _)| *first <= at).checked_sub(1);
                    let Some((first, chunk)) = chunk.and_then(|chunk| chunks.get(chunk)) else {
                        return Ok(Found::None);
                    };
                    (column, at) = (chunk, at - first);
                }
                Column::Missing(_) | Column::Other(_) => return Ok(Found::None),
                Column::Categories { codes, categories } => {
                    through_category = true;
                    let Some(bytes) = self.bytes_of(codes, at)? else { return Ok(Found::None) };
                    let code = element::number(&codes.dtype, bytes);
                    // -1 is a value that is missing.
                    let code = match code {
                        Some(Number::Int(code)) => usize::try_from(code).ok(),
                        Some(Number::UInt(code)) => usize::try_from(code).ok(),
                        _ => return Err(Error::data("a code of a category is no integer")),
                    };
                    match code {
                        None => return Ok(Found::None),
                        Some(code) if code < categories.len() => (column, at) = (categories, code),
                        Some(code) => return Err(Error::data(format!("there is no category {code}"))),
                    }
                }
            }
        }
    }
}

struct Levels<'a, 'c, 'i, 'de> {
    value: OneValue<'a, 'c, 'i, 'de>,
    levels: std::slice::Iter<'a, Column<'c>>,
}

impl<'de, 'c, 'i: 'c> Items<'de> for Levels<'_, 'c, 'i, 'de> {
    fn next(&mut self, seed: Seed<'_, 'de>) -> Result<bool> {
        let Some(column) = self.levels.next() else { return Ok(false) };
        seed.other(&mut OneValue { column, row: 0, ..self.value }).map(|()| true)
    }

    fn left(&self) -> Option<usize> {
        Some(self.levels.len())
    }
}

impl<'de, 'c, 'i: 'c> Answer<'de> for OneValue<'_, 'c, 'i, 'de> {
    fn answer(&mut self, hint: Hint, visitor: Taker<'_, 'de>) -> Result<()> {
        match (self.find()?, hint) {
            (Found::None, Hint::Option) => visitor.visit_none(),
            (Found::Element(array, zone, at), _) => {
                self.node.element_of(array, zone, at, |mut element| element.answer(hint, visitor))
            }
            (Found::Node(node), Hint::Option) if self.node.recipes().is_missing(node) => visitor.visit_none(),
            (Found::Node(node), _) => self.node.instead(node)?.answer(hint, visitor),
            (Found::Made(made), _) => Computed(made, self.is_human_readable()).answer(hint, visitor),
            (_, Hint::Option) => visitor.visit_some(Given::Other(self)),
            (_, Hint::Newtype(_)) => visitor.visit_newtype_struct(Given::Other(self)),
            (Found::None, _) => visitor.visit_unit(),
            (Found::Int(int), _) => Number::Int(int).answer(hint, visitor),
            (Found::Levels(levels), _) => visitor.visit_seq(&mut Levels { value: *self, levels: levels.iter() }),
            (Found::Text(texts, range), _) => Text { node: self.node, texts, range }.visit(hint, visitor),
            (Found::Interval(ends, closed, at), _) => {
                let ends = ends.each_ref().map(|column| OneValue { column, row: 0, at, ..*self });
                Interval { ends, closed: self.node.instead(closed)?, next: 0 }.visit(hint, visitor)
            }
        }
    }

    fn is_human_readable(&self) -> bool {
        self.node.cx.options.human_readable
    }
}
