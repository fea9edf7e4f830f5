//! Parts of well-known objects that stand nowhere in the stream by themselves.

use std::borrow::Cow;

use serde::de::{self, IntoDeserializer, Visitor};

use super::{access::segment, context::Lend, node::NodeDeserializer};
use crate::{
    error::{Error, Result},
    graph::Ref,
    path::Segment,
};

/// A part of a well-known object.
#[derive(Clone)]
pub(super) struct Part<'c, 'i, L> {
    /// The value that it is, or the object that it is a part of.
    node: NodeDeserializer<'c, 'i, L>,
    content: Content<'c>,
    name: Name,
}

/// What the path of an error calls a part.
#[derive(Clone, Copy)]
pub(super) enum Name {
    None,
    Field(&'static str),
    Key(Ref),
}

#[derive(Clone)]
pub(super) enum Content<'c> {
    /// The value of the node.
    Value,
    None,
    Text(Cow<'static, str>),
    Items(&'c [Ref]),
    Run(Cow<'c, [Ref]>),
    Pairs(Cow<'c, [Ref]>),
}

impl<'c, 'i, L> Part<'c, 'i, L> {
    pub(super) fn new(node: NodeDeserializer<'c, 'i, L>, content: Content<'c>) -> Self {
        Part { node, content, name: Name::None }
    }

    pub(super) fn named(self, name: Name) -> Self {
        Part { name, ..self }
    }
}

impl<L> NodeDeserializer<'_, '_, L> {
    #[cold]
    fn within(&self, error: Error, name: Name) -> Error {
        match name {
            Name::None => error,
            Name::Field(name) => error.within(Segment::Name(name.into())),
            Name::Key(key) => error.within(segment(self.cx, key)),
        }
    }
}

impl<'de, 'c, 'i: 'c, L: Lend<'i, 'de>> IntoDeserializer<'de, Error> for Part<'c, 'i, L> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! part_hints {
    ($($method:ident($($arg:ident: $type:ty),*);)*) => {$(
        fn $method<V: Visitor<'de>>(self, $($arg: $type,)* visitor: V) -> Result<V::Value> {
            let (node, name) = (self.node, self.name);
            let result = match self.content {
                Content::Value => de::Deserializer::$method(self.node, $($arg,)* visitor),
                Content::None => visitor.visit_none(),
                Content::Text(text) => de::Deserializer::$method(
                    IntoDeserializer::<Error>::into_deserializer(text), $($arg,)* visitor),
                Content::Items(items) => self.node.visit_run(items, visitor),
                Content::Run(items) => self.node.visit_run(&items, visitor),
                Content::Pairs(pairs) => self.node.visit_pairs(&pairs, visitor),
            };
            result.map_err(|error| node.within(error, name))
        }
    )*};
}

impl<'de, 'c, 'i: 'c, L: Lend<'i, 'de>> de::Deserializer<'de> for Part<'c, 'i, L> {
    type Error = Error;

    part_hints! {
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
        deserialize_seq();
        deserialize_tuple(len: usize);
        deserialize_tuple_struct(name: &'static str, len: usize);
        deserialize_map();
        deserialize_struct(name: &'static str, fields: &'static [&'static str]);
        deserialize_enum(name: &'static str, variants: &'static [&'static str]);
        deserialize_identifier();
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.content {
            Content::Value => {
                let read = de::Deserializer::deserialize_option(self.node, visitor);
                read.map_err(|error| self.node.within(error, self.name))
            }
            Content::None => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value> {
        match self.content {
            Content::Value => {
                let read = de::Deserializer::deserialize_newtype_struct(self.node, name, visitor);
                read.map_err(|error| self.node.within(error, self.name))
            }
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_unit()
    }

    fn is_human_readable(&self) -> bool {
        self.node.cx.options.human_readable
    }
}
