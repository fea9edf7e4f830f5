//! serde's accesses to the variant of an enum, and to its content.

use std::borrow::Cow;

use serde::de::{self, DeserializeSeed, Deserializer as _, Visitor, value::StrDeserializer};

use super::{
    access::segment,
    node::NodeDeserializer,
    take::{Answer, Given},
};
use crate::{
    class::has_colon,
    error::{Error, Result},
    graph::Ref,
    path::Segment,
};

/// A variant whose name stands in the graph, as its content does if it has some: nearly all.
pub(super) struct NodeVariant<'c, 'i, 'de> {
    name: NodeDeserializer<'c, 'i, 'de>,
    content: Option<Ref>,
}

impl<'c, 'i: 'c, 'de> NodeVariant<'c, 'i, 'de> {
    #[inline(always)]
    pub(super) fn new(name: NodeDeserializer<'c, 'i, 'de>, content: Option<Ref>) -> Self {
        NodeVariant { name, content }
    }

    /// What a variant with fields is read from.
    #[inline(always)]
    fn fields(&self, expected: &'static str) -> Result<NodeDeserializer<'c, 'i, 'de>> {
        match self.content {
            Some(node) => Ok(NodeDeserializer { node, ..self.name }),
            None => Err(self.name.cx.locate(self.name.node, refuse(expected))),
        }
    }

    /// An error in the content is inside the variant of that name.
    #[cold]
    fn inside(&self, error: Error) -> Error {
        error.within(segment(self.name.cx, self.name.node))
    }
}

/// Of what is a unit variant, and should have fields.
#[cold]
fn refuse(expected: &'static str) -> Error {
    de::Error::invalid_type(de::Unexpected::UnitVariant, &expected)
}

impl<'de, 'c, 'i: 'c> de::EnumAccess<'de> for NodeVariant<'c, 'i, 'de> {
    type Error = Error;
    type Variant = Self;

    #[inline]
    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Self)> {
        let result = match self.name.variant_text() {
            None => seed.deserialize(self.name),
            // An int as the name of a variant is text, never an index.
            Some(text) => seed.deserialize(StrDeserializer::<Error>::new(&text)),
        };
        match result {
            Ok(value) => Ok((value, self)),
            Err(error) => Err(self.name.cx.locate(self.name.node, error)),
        }
    }
}

impl<'c, 'i: 'c, 'de> NodeDeserializer<'c, 'i, 'de> {
    /// The text that a number is as the name of a variant.
    #[inline(always)]
    fn variant_text(&self) -> Option<String> {
        match self.cx.text(self.node) {
            Some(_) => None,
            None => super::strings::enum_value(self.cx.store, self.cx.input, self.node),
        }
    }
}

impl<'de, 'c, 'i: 'c> de::VariantAccess<'de> for NodeVariant<'c, 'i, 'de> {
    type Error = Error;

    #[inline]
    fn unit_variant(self) -> Result<()> {
        match self.content {
            None => Ok(()),
            Some(node) => {
                let content = NodeDeserializer { node, ..self.name };
                <() as de::Deserialize>::deserialize(content).map_err(|error| self.inside(error))
            }
        }
    }

    #[inline]
    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value> {
        seed.deserialize(self.fields("newtype variant")?).map_err(|error| self.inside(error))
    }

    #[inline]
    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value> {
        self.fields("tuple variant")?.deserialize_tuple(len, visitor).map_err(|error| self.inside(error))
    }

    #[inline]
    fn struct_variant<V: Visitor<'de>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value> {
        let content = self.fields("struct variant")?;
        content.deserialize_struct("", fields, visitor).map_err(|error| self.inside(error))
    }
}

/// A variant whose name stands nowhere in the input.
pub(crate) struct EnumAccess<'a, 'c, 'i, 'de> {
    name: Cow<'static, str>,
    content: Content<'a, 'c, 'i, 'de>,
}

/// What is in a variant.
enum Content<'a, 'c, 'i, 'de> {
    None,
    Value(&'a mut dyn Answer<'de>),
    /// The instance whose class the variant is: to a unit variant, nothing.
    Instance(NodeDeserializer<'c, 'i, 'de>),
}

impl<'a, 'c, 'i, 'de> EnumAccess<'a, 'c, 'i, 'de> {
    /// A unit variant.
    pub(super) fn text(name: String) -> Self {
        EnumAccess { name: name.into(), content: Content::None }
    }

    pub(super) fn of(name: &'static str, content: &'a mut dyn Answer<'de>) -> Self {
        EnumAccess { name: name.into(), content: Content::Value(content) }
    }

    /// The variant of an instance's class.
    pub(super) fn of_class(name: &'static str, instance: NodeDeserializer<'c, 'i, 'de>) -> Self {
        EnumAccess { name: name.into(), content: Content::Instance(instance) }
    }

    /// The name, and what a variant with fields is read from.
    fn fields(self, expected: &'static str) -> Result<(Cow<'static, str>, Given<'a, 'c, 'i, 'de>)> {
        match self.content {
            Content::None => Err(refuse(expected)),
            Content::Value(content) => Ok((self.name, Given::Other(content))),
            Content::Instance(instance) => Ok((self.name, Given::Node(instance))),
        }
    }
}

/// An error in the content is inside the variant of that name.
#[cold]
fn inside(name: Cow<'static, str>, error: Error) -> Error {
    error.within(Segment::Name(name.into()))
}

impl<'de, 'c, 'i: 'c> de::EnumAccess<'de> for EnumAccess<'_, 'c, 'i, 'de> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Self)> {
        Ok((seed.deserialize(StrDeserializer::<Error>::new(&self.name))?, self))
    }
}

impl<'de, 'c, 'i: 'c> de::VariantAccess<'de> for EnumAccess<'_, 'c, 'i, 'de> {
    type Error = Error;

    fn unit_variant(self) -> Result<()> {
        match self.content {
            Content::None | Content::Instance(_) => Ok(()),
            Content::Value(content) => {
                let content = Given::Other(content);
                <() as de::Deserialize>::deserialize(content).map_err(|error| inside(self.name, error))
            }
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value> {
        if let Content::Instance(instance) = &self.content
            && has_colon(&self.name)
        {
            let result = match instance.newtype_of_class() {
                Ok(mut content) => seed.deserialize(Given::Other(&mut content)),
                Err(error) => Err(error),
            };
            return result.map_err(|error| inside(self.name, error));
        }
        let (name, content) = self.fields("newtype variant")?;
        seed.deserialize(content).map_err(|error| inside(name, error))
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value> {
        let (name, content) = self.fields("tuple variant")?;
        content.deserialize_tuple(len, visitor).map_err(|error| inside(name, error))
    }

    fn struct_variant<V: Visitor<'de>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value> {
        let (name, content) = self.fields("struct variant")?;
        content.deserialize_struct("", fields, visitor).map_err(|error| inside(name, error))
    }
}
