//! Arrays as a whole, for the types that keep their bytes.

use serde::de::{self, Deserializer, IntoDeserializer, Visitor, value::SeqDeserializer};

use super::ArrayBytes;
use crate::{
    de::{context::Lend, node::NodeDeserializer},
    error::{Error, Result},
    graph::View,
    recipe::{Known, numpy::Array},
    types::{Order, ndarray::element},
    value::handoff,
};

impl<'de, 'c, 'i: 'c, L: Lend<'i, 'de>> NodeDeserializer<'c, 'i, L> {
    /// An array's dtype is handed over; its shape, its order and its bytes are a sequence.
    #[cold]
    pub(in crate::de) fn hand_over_array<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let View::Object(object) = self.view() else { return visitor.visit_newtype_struct(self) };
        let result = match self.known(&object) {
            Some(Known::Array(array)) => self.lend(&array, visitor),
            Some(Known::Invalid(error)) => Err(error),
            _ => visitor.visit_newtype_struct(self),
        };
        self.in_place(&object, result)
    }

    fn lend<V: Visitor<'de>>(self, array: &Array<'c>, visitor: V) -> Result<V::Value> {
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
        let parts =
            Parts { shape: &array.shape, order, bytes: Some(bytes), next: 0, lend: std::marker::PhantomData::<L> };
        let result = visitor.visit_newtype_struct(parts);
        // Whoever else may have asked under this name has not taken it.
        drop(handoff::take_dtype());
        result
    }

    /// A dtype is handed over; all else is for the type to make something of.
    #[cold]
    pub(in crate::de) fn hand_over_dtype<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if let View::Object(object) = self.view()
            && let Some(Known::DType(dtype)) = self.known(&object)
        {
            handoff::put_dtype((*dtype).clone());
        }
        let result = visitor.visit_newtype_struct(self);
        drop(handoff::take_dtype());
        result
    }
}

enum Whole<'a, 'i> {
    Lent(&'i [u8]),
    Here(&'a [u8]),
    Made(Vec<u8>),
}

struct Parts<'a, 'i, L> {
    shape: &'a [usize],
    order: Order,
    bytes: Option<Whole<'a, 'i>>,
    next: usize,
    lend: std::marker::PhantomData<L>,
}

impl<'de, 'i, L: Lend<'i, 'de>> Deserializer<'de> for Parts<'_, 'i, L> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_seq(self)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct option
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de, 'i, L: Lend<'i, 'de>> de::SeqAccess<'de> for Parts<'_, 'i, L> {
    type Error = Error;

    fn next_element_seed<T: de::DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        self.next += 1;
        match self.next {
            1 => {
                let shape = SeqDeserializer::<_, Error>::new(self.shape.iter().map(|&dim| dim as u64));
                seed.deserialize(shape).map(Some)
            }
            2 => {
                let fortran = IntoDeserializer::<Error>::into_deserializer(self.order == Order::F);
                seed.deserialize(fortran).map(Some)
            }
            _ => match self.bytes.take() {
                Some(bytes) => seed.deserialize(BytesOf::<L>(bytes, std::marker::PhantomData)).map(Some),
                None => Ok(None),
            },
        }
    }
}

struct BytesOf<'a, 'i, L>(Whole<'a, 'i>, std::marker::PhantomData<L>);

impl<'de, 'i, L: Lend<'i, 'de>> Deserializer<'de> for BytesOf<'_, 'i, L> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.0 {
            Whole::Lent(bytes) => L::visit_bytes(bytes, visitor),
            Whole::Here(bytes) => visitor.visit_bytes(bytes),
            Whole::Made(bytes) => visitor.visit_byte_buf(bytes),
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct option
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}
