//! How arrays look to serde: sequences of sequences of elements, whatever stands in memory.

mod column;
mod element;
mod entries;
mod frame;
mod lend;
mod name;
mod pair;

use serde::de;

use self::element::{Element, Item};
use super::{
    context::Context,
    hint::{Form, Hint},
    node::{KEY, NodeDeserializer},
    take::{Answer, BATCH, Given, Items, Seed, Taker},
};
use crate::{
    error::{Error, Result},
    graph::Ref,
    path::Segment,
    recipe::numpy::{Array, Data},
    types::{
        DType, Order, TimeZone,
        ndarray::element::{Number, numbers as numbers_of},
    },
};

/// What all parts of an array that is read have in common.
struct Source<'a, 'c, 'i, 'de> {
    cx: &'c Context<'c, 'i, 'de>,
    /// The object that the array is.
    node: Ref,
    dtype: &'a DType,
    mask: Option<&'a [u8]>,
    style: Style<'a>,
}

/// Whose array it is.
#[derive(Clone, Copy)]
enum Style<'a> {
    Numpy,
    /// NaN is a missing value; points of time are in UTC if there is a zone.
    Pandas(Option<&'a TimeZone>),
}

/// Where the elements stand.
#[derive(Clone, Copy)]
enum Memory<'a> {
    Bytes(&'a [u8]),
    Objects(&'a [Ref]),
}

/// An array, a row of one, or an array inside an element: what still has an axis.
struct Rows<'a, 'c, 'i, 'de> {
    source: &'a Source<'a, 'c, 'i, 'de>,
    dtype: &'a DType,
    shape: &'a [usize],
    /// How far apart neighbours are, in elements. C order has none.
    strides: Option<&'a [usize]>,
    memory: Memory<'a>,
    /// The first element.
    at: usize,
    depth: u32,
}

impl Clone for Rows<'_, '_, '_, '_> {
    fn clone(&self) -> Self {
        *self
    }
}

impl Copy for Rows<'_, '_, '_, '_> {}

/// An array, or one element.
enum Part<'a, 'c, 'i, 'de> {
    Rows(Rows<'a, 'c, 'i, 'de>),
    Element(Element<'a, 'c, 'i, 'de>),
}

impl<'c, 'i: 'c, 'de> NodeDeserializer<'c, 'i, 'de> {
    /// The bytes of an array, for as long as the input lives if they stand there.
    pub(super) fn array_bytes<'a>(&self, array: &'a Array<'c>) -> Result<Option<ArrayBytes<'a, 'i>>> {
        let bytes = match &array.data {
            Data::Input(range) => ArrayBytes::Lent(self.cx.input.get(range.clone()).unwrap_or_default()),
            Data::Bytes(bytes) => ArrayBytes::Here(bytes),
            Data::Buffer(number) => match self.cx.buffer(*number) {
                Some(bytes) => {
                    array.check_length(bytes.len())?;
                    ArrayBytes::Lent(bytes)
                }
                None => {
                    return Err(Error::data("out-of-band buffer that is not resolved: DeOptions::buffers gives it"));
                }
            },
            Data::Objects(_) => return Ok(None),
        };
        Ok(Some(bytes))
    }

    /// The rows of an array, whose parts are not yet paid for.
    fn with_rows<T>(
        self,
        array: &Array<'c>,
        style: Style<'_>,
        read: impl FnOnce(Rows<'_, 'c, 'i, 'de>) -> Result<T>,
    ) -> Result<T> {
        let memory = match (&array.data, self.array_bytes(array)?) {
            (_, Some(bytes)) => Memory::Bytes(bytes.get()),
            (Data::Objects(items), _) => Memory::Objects(items),
            _ => Memory::Bytes(&[]),
        };
        let source = Source { cx: self.cx, node: self.node, dtype: &array.dtype, mask: array.mask.as_deref(), style };
        read(Rows {
            source: &source,
            dtype: &array.dtype,
            shape: &array.shape,
            strides: Some(&array.strides),
            memory,
            at: 0,
            depth: self.deeper()?,
        })
    }

    /// Takes what reading an array costs beyond its bytes: a shape may have rows without elements, and elements without bytes.
    fn charge_array(&self, array: &Array<'c>) -> Result<()> {
        // Whether a buffer is there, and as long as the shape says, is known first.
        if let Data::Buffer(_) = array.data {
            self.array_bytes(array)?;
        }
        let mut rows = 0_usize;
        let mut product = 1_usize;
        for &dim in &array.shape {
            product = product.saturating_mul(dim);
            rows = rows.saturating_add(product);
        }
        let values = rows.saturating_add(product.saturating_mul(array.dtype.values()));
        // Rows of elements that have bytes are in proportion to them.
        let has_bytes = product.saturating_mul(array.dtype.itemsize()) > 0;
        match array.data {
            _ if has_bytes && array.dtype.values() <= array.dtype.itemsize() => self.cx.charge(values),
            Data::Objects(items) if !items.is_empty() => self.cx.charge(values),
            _ => self.cx.charge_beyond(values),
        }
    }
}

/// The bytes of an array.
#[derive(Clone, Copy)]
pub(super) enum ArrayBytes<'a, 'i> {
    Lent(&'i [u8]),
    Here(&'a [u8]),
}

impl<'a, 'i: 'a> ArrayBytes<'a, 'i> {
    pub(super) fn get(self) -> &'a [u8] {
        match self {
            ArrayBytes::Lent(bytes) | ArrayBytes::Here(bytes) => bytes,
        }
    }
}

impl<'de, 'c, 'i: 'c> NodeDeserializer<'c, 'i, 'de> {
    pub(super) fn visit_array(self, array: &Array<'c>, hint: Hint, visitor: Taker<'_, 'de>) -> Result<()> {
        if let Form::Bytes = hint.form()
            && array.dtype.itemsize() == 1
            && array.mask.is_none()
            && array.order() == Some(Order::C)
            && let Some(bytes) = self.array_bytes(array)?
            && !array.shape.is_empty()
        {
            self.cx.charge(bytes.get().len())?;
            return match bytes {
                ArrayBytes::Lent(bytes) => self.cx.take_bytes(bytes, visitor),
                ArrayBytes::Here(bytes) => visitor.visit_bytes(bytes),
            };
        }
        let is_key = self.depth & KEY != 0;
        self.with_part(array, Style::Numpy, |part| match part {
            // The key of a map is text to those who want text.
            Part::Element(element) if is_key && matches!(hint, Hint::Text) => match element.number_text() {
                Some(text) => visitor.visit_string(text),
                None => element.visit(hint, visitor),
            },
            Part::Element(element) => element.visit(hint, visitor),
            Part::Rows(rows) => match hint.form() {
                Form::Seq(Some(2)) => pair::visit(rows, visitor),
                Form::Struct(fields) => entries::visit(rows, fields, visitor),
                Form::Any | Form::Seq(_) => rows.visit(visitor),
                _ => Err(rows.invalid_type(&visitor)),
            },
        })
    }

    /// A variant of the name that the one element of an array is.
    pub(super) fn array_enum(
        self,
        array: &Array<'c>,
        variants: &'static [&'static str],
        visitor: Taker<'_, 'de>,
    ) -> Result<()> {
        self.with_part(array, Style::Numpy, |part| match part {
            Part::Element(mut element) => element.answer(Hint::Enum("", variants), visitor),
            Part::Rows(rows) => rows.visit(visitor),
        })
    }

    /// Reads an array as a whole.
    fn with_part<T>(
        self,
        array: &Array<'c>,
        style: Style<'_>,
        read: impl FnOnce(Part<'_, 'c, 'i, 'de>) -> Result<T>,
    ) -> Result<T> {
        self.charge_array(array)?;
        self.cx.open(self.node);
        let result = self.with_rows(array, style, |rows| read(rows.part()));
        self.cx.close(self.node);
        result
    }
}

impl<'a, 'c, 'i, 'de> Rows<'a, 'c, 'i, 'de> {
    /// Itself, or the element that it is if no axis is left.
    fn part(self) -> Part<'a, 'c, 'i, 'de> {
        if self.shape.is_empty() { Part::Element(self.element(self.at)) } else { Part::Rows(self) }
    }

    #[inline(always)]
    fn element(&self, at: usize) -> Element<'a, 'c, 'i, 'de> {
        let item = match self.memory {
            _ if self.source.mask.is_some_and(|mask| mask.get(at).is_some_and(|&masked| masked != 0)) => Item::None,
            Memory::Bytes(bytes) => {
                let size = self.dtype.itemsize();
                Item::Bytes(bytes.get(at * size..).and_then(|rest| rest.get(..size)).unwrap_or_default())
            }
            Memory::Objects(items) => items.get(at).map_or(Item::None, |&item| Item::Object(item)),
        };
        Element { source: self.source, dtype: self.dtype, item, depth: self.depth }
    }

    /// How far apart the rows are, in elements.
    fn stride(&self) -> usize {
        match self.strides {
            Some(strides) => strides.first().copied().unwrap_or(0),
            None => self.shape.iter().skip(1).product(),
        }
    }

    fn row(&self, index: usize) -> Part<'a, 'c, 'i, 'de> {
        let at = self.at + index * self.stride();
        match self.shape {
            [] | [_] => Part::Element(self.element(at)),
            [_, shape @ ..] => {
                let strides = self.strides.and_then(|strides| strides.get(1..));
                Part::Rows(Rows { shape, strides, at, ..*self })
            }
        }
    }

    fn invalid_type(&self, expected: &dyn de::Expected) -> Error {
        let found = format!("array of {} with {} dimensions", self.source.dtype, self.shape.len());
        de::Error::invalid_type(de::Unexpected::Other(&found), expected)
    }

    fn deeper(self) -> Result<Self> {
        match self.depth.checked_sub(1) {
            Some(depth) => Ok(Rows { depth, ..self }),
            None => Err(self.source.cx.too_deep(self.source.node, self.source.cx.options.typed_depth() as usize)),
        }
    }
}

impl<'de, 'c, 'i: 'c> Rows<'_, 'c, 'i, 'de> {
    /// A sequence of rows, or of elements.
    fn visit(self, visitor: Taker<'_, 'de>) -> Result<()> {
        let len = self.shape.first().copied().unwrap_or(0);
        let mut items = RowByRow { rows: self.deeper()?, next: 0, len };
        visitor.visit_seq(&mut items)
    }
}

struct RowByRow<'a, 'c, 'i, 'de> {
    rows: Rows<'a, 'c, 'i, 'de>,
    next: usize,
    len: usize,
}

impl<'de, 'c, 'i: 'c> Items<'de> for RowByRow<'_, 'c, 'i, 'de> {
    fn next(&mut self, seed: Seed<'_, 'de>) -> Result<bool> {
        let index = self.next;
        if index == self.len {
            return Ok(false);
        }
        self.next += 1;
        match self.rows.row(index).give(seed) {
            Ok(()) => Ok(true),
            Err(error) => Err(error.within(Segment::Index(index))),
        }
    }

    fn left(&self) -> Option<usize> {
        Some(self.len - self.next)
    }

    fn batch(&mut self, numbers: &mut [Number; BATCH]) -> usize {
        let (Rows { source, dtype, memory: Memory::Bytes(bytes), at, .. }, [_]) = (self.rows, self.rows.shape) else {
            return 0;
        };
        if source.mask.is_some() || !matches!(source.style, Style::Numpy) {
            return 0;
        }
        let (size, stride, left) = (dtype.itemsize(), self.rows.stride(), self.len - self.next);
        let rest = bytes.get((at + self.next * stride) * size..).unwrap_or_default();
        let filled = numbers_of(dtype, rest, stride * size, &mut numbers[..left.min(BATCH)]);
        self.next += filled;
        filled
    }

    fn give_back(&mut self, count: usize) {
        self.next -= count;
    }
}

impl<'de, 'c, 'i: 'c> Part<'_, 'c, 'i, 'de> {
    #[inline(always)]
    fn give(self, seed: Seed<'_, 'de>) -> Result<()> {
        match self {
            Part::Rows(mut rows) => seed.other(&mut rows),
            Part::Element(element) => element.give(seed),
        }
    }

    fn answer(self, hint: Hint, visitor: Taker<'_, 'de>) -> Result<()> {
        match self {
            Part::Rows(mut rows) => rows.answer(hint, visitor),
            Part::Element(mut element) => element.answer(hint, visitor),
        }
    }
}

impl<'de, 'c, 'i: 'c> Answer<'de> for Rows<'_, 'c, 'i, 'de> {
    fn answer(&mut self, hint: Hint, visitor: Taker<'_, 'de>) -> Result<()> {
        match hint {
            Hint::Option => visitor.visit_some(Given::Other(self)),
            Hint::Newtype(_) => visitor.visit_newtype_struct(Given::Other(self)),
            Hint::Struct(_, fields) => entries::visit(*self, fields, visitor),
            _ => self.visit(visitor),
        }
    }

    fn is_human_readable(&self) -> bool {
        self.source.cx.options.human_readable
    }
}
