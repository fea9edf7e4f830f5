//! Arrays as a whole, for the types that keep their bytes.

use super::{ArrayBytes, entries::Shape};
use crate::{
    de::{
        hint::Hint,
        node::NodeDeserializer,
        take::{Answer, Given, Items, Seed, Taker},
    },
    error::{Error, Result},
    graph::View,
    recipe::{Known, numpy::Array},
    types::{
        Order,
        ndarray::element::{self, Number},
    },
    value::handoff,
};

impl<'de, 'c, 'i: 'c> NodeDeserializer<'c, 'i, 'de> {
    /// An array's dtype is handed over; its shape, its order and its bytes are a sequence.
    pub(in crate::de) fn hand_over_array(self, visitor: Taker<'_, 'de>) -> Result<()> {
        let View::Object(object) = self.view() else { return visitor.visit_newtype_struct(Given::Node(self)) };
        let result = match self.known(&object) {
            Some(Known::Array(array)) => self.lend(&array, visitor),
            Some(Known::Invalid(error)) => Err(error),
            _ => visitor.visit_newtype_struct(Given::Node(self)),
        };
        self.in_place(&object, result)
    }

    fn lend(self, array: &Array<'c>, visitor: Taker<'_, 'de>) -> Result<()> {
        if array.mask.is_some() {
            return Err(Error::data("a masked array is no plain array: read it into a Vec of Options"));
        }
        let Some(bytes) = self.array_bytes(array)? else {
            return Err(Error::data("an array of Python objects has no bytes: read it into a Vec"));
        };
        self.cx.charge(bytes.get().len())?;
        let (order, bytes) = match (array.order(), bytes) {
            (Some(order), ArrayBytes::Lent(bytes)) => (order, Whole::Lent(bytes)),
            (Some(order), ArrayBytes::Here(bytes)) => (order, Whole::Here(bytes)),
            (None, bytes) => {
                let size = array.dtype.itemsize();
                let gathered = element::gather_bytes(bytes.get(), size, &array.shape, &array.strides);
                (Order::C, Whole::Made(gathered))
            }
        };
        handoff::put_dtype((*array.dtype).clone());
        let mut parts = Parts { node: self, shape: &array.shape, order, bytes: Some(bytes), next: 0 };
        let result = visitor.visit_newtype_struct(Given::Other(&mut parts));
        // Whoever else may have asked under this name has not taken it.
        drop(handoff::take_dtype());
        result
    }

    /// A dtype is handed over; all else is for the type to make something of.
    pub(in crate::de) fn hand_over_dtype(self, visitor: Taker<'_, 'de>) -> Result<()> {
        if let View::Object(object) = self.view()
            && let Some(Known::DType(dtype)) = self.known(&object)
        {
            handoff::put_dtype((*dtype).clone());
        }
        let result = visitor.visit_newtype_struct(Given::Node(self));
        drop(handoff::take_dtype());
        result
    }
}

enum Whole<'a, 'i> {
    Lent(&'i [u8]),
    Here(&'a [u8]),
    Made(Vec<u8>),
}

struct Parts<'a, 'c, 'i, 'de> {
    node: NodeDeserializer<'c, 'i, 'de>,
    shape: &'a [usize],
    order: Order,
    bytes: Option<Whole<'a, 'i>>,
    next: usize,
}

impl<'de, 'c, 'i: 'c> Answer<'de> for Parts<'_, 'c, 'i, 'de> {
    fn answer(&mut self, _hint: Hint, visitor: Taker<'_, 'de>) -> Result<()> {
        visitor.visit_seq(self)
    }
}

impl<'de, 'c, 'i: 'c> Items<'de> for Parts<'_, 'c, 'i, 'de> {
    fn next(&mut self, seed: Seed<'_, 'de>) -> Result<bool> {
        self.next += 1;
        match self.next {
            1 => seed.other(&mut Shape(self.shape))?,
            2 => seed.number(Number::Bool(self.order == Order::F))?,
            _ => match self.bytes.take() {
                Some(bytes) => seed.other(&mut BytesOf { node: self.node, bytes: Some(bytes) })?,
                None => return Ok(false),
            },
        }
        Ok(true)
    }

    fn left(&self) -> Option<usize> {
        None
    }
}

struct BytesOf<'a, 'c, 'i, 'de> {
    node: NodeDeserializer<'c, 'i, 'de>,
    bytes: Option<Whole<'a, 'i>>,
}

impl<'de, 'c, 'i: 'c> Answer<'de> for BytesOf<'_, 'c, 'i, 'de> {
    fn answer(&mut self, _hint: Hint, visitor: Taker<'_, 'de>) -> Result<()> {
        match self.bytes.take() {
            Some(Whole::Lent(bytes)) => self.node.cx.take_bytes(bytes, visitor),
            Some(Whole::Here(bytes)) => visitor.visit_bytes(bytes),
            Some(Whole::Made(bytes)) => visitor.visit_byte_buf(bytes),
            None => visitor.visit_unit(),
        }
    }
}
