//! An array as a struct: the `{v, dim, data}` of the crate ndarray, or `{dtype, shape, data}`.

use serde::de::{self, Deserializer, IntoDeserializer, Visitor, value::SeqDeserializer};

use super::{Element, Part, Rows};
use crate::{
    de::context::Lend,
    error::{Error, Result},
    path::Segment,
};

/// By name if the fields are those of an array, else the elements by position.
pub(super) fn visit<'de, 'c, 'i: 'c, L: Lend<'i, 'de>, V: Visitor<'de>>(
    rows: Rows<'_, 'c, 'i, L>,
    fields: &[&str],
    visitor: V,
) -> Result<V::Value> {
    let parts: &[&str] = match fields {
        ["v", "dim", "data"] => &["v", "dim", "data"],
        fields if fields.contains(&"shape") && fields.contains(&"data") => &["dtype", "shape", "data"],
        _ => return rows.visit(visitor),
    };
    visitor.visit_map(Parts { rows, names: parts, next: 0 })
}

struct Parts<'a, 'c, 'i, L> {
    rows: Rows<'a, 'c, 'i, L>,
    names: &'static [&'static str],
    next: usize,
}

impl<'de, 'c, 'i: 'c, L: Lend<'i, 'de>> de::MapAccess<'de> for Parts<'_, 'c, 'i, L> {
    type Error = Error;

    fn next_key_seed<K: de::DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        match self.names.get(self.next) {
            Some(&name) => {
                let name: de::value::StrDeserializer<'_, Error> = name.into_deserializer();
                seed.deserialize(name).map(Some)
            }
            None => Ok(None),
        }
    }

    fn next_value_seed<V: de::DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value> {
        let name = self.names.get(self.next).copied().unwrap_or_default();
        self.next += 1;
        let result = match name {
            "v" => seed.deserialize(IntoDeserializer::<Error>::into_deserializer(1_u8)),
            "dtype" => {
                let dtype = self.rows.source.dtype.to_string();
                seed.deserialize(IntoDeserializer::<Error>::into_deserializer(dtype))
            }
            "data" => seed.deserialize(Flat(self.rows)),
            _ => seed.deserialize(shape(&self.rows)),
        };
        result.map_err(|error| error.within(Segment::Name(name.into())))
    }
}

/// The extent along each axis, as a sequence.
pub(super) fn shape<'a, L>(
    rows: &Rows<'a, '_, '_, L>,
) -> SeqDeserializer<impl Iterator<Item = u64> + use<'a, L>, Error> {
    SeqDeserializer::new(rows.shape.iter().map(|&dim| dim as u64))
}

/// All elements of an array in C order, as one sequence.
pub(super) struct Flat<'a, 'c, 'i, L>(pub(super) Rows<'a, 'c, 'i, L>);

impl<'de, 'c, 'i: 'c, L: Lend<'i, 'de>> Deserializer<'de> for Flat<'_, 'c, 'i, L> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let Flat(rows) = self;
        let len = if rows.shape.contains(&0) { 0 } else { rows.shape.iter().product() };
        let mut access = FlatAccess { rows: rows.deeper()?, index: vec![0; rows.shape.len()], next: 0, len };
        let value = visitor.visit_seq(&mut access)?;
        if access.next < len {
            return Err(de::Error::invalid_length(len, &"fewer elements in sequence"));
        }
        Ok(value)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_some(self)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        seq tuple tuple_struct map struct enum identifier
    }

    fn is_human_readable(&self) -> bool {
        self.0.source.cx.options.human_readable
    }
}

struct FlatAccess<'a, 'c, 'i, L> {
    rows: Rows<'a, 'c, 'i, L>,
    /// The index of the next element, along each axis.
    index: Vec<usize>,
    next: usize,
    len: usize,
}

impl<'a, 'c, 'i, L> FlatAccess<'a, 'c, 'i, L> {
    fn element(&mut self) -> Element<'a, 'c, 'i, L> {
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

impl<'de, 'c, 'i: 'c, L: Lend<'i, 'de>> de::SeqAccess<'de> for &mut FlatAccess<'_, 'c, 'i, L> {
    type Error = Error;

    fn next_element_seed<T: de::DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        if self.next == self.len {
            return Ok(None);
        }
        let element = self.element();
        self.next += 1;
        match seed.deserialize(element) {
            Ok(value) => Ok(Some(value)),
            Err(error) => Err(error.within(Segment::Index(self.next - 1))),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.len - self.next)
    }
}

impl<'a, 'c, 'i, L> Rows<'a, 'c, 'i, L> {
    /// The first row, or the first element.
    pub(super) fn first(&self) -> Part<'a, 'c, 'i, L> {
        self.row(0)
    }
}
