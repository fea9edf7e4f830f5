//! serde's accesses: the items of a sequence, the pairs of a map, the variant of an enum.

use serde::de::{self, DeserializeSeed, Deserializer as _, IntoDeserializer, Visitor};

use super::{
    context::{Context, Lend},
    key::KeyDeserializer,
    node::NodeDeserializer,
};
use crate::{
    error::{Error, Result},
    graph::Ref,
    path::Segment,
};

pub(crate) struct SeqAccess<'c, 'i, 'p, L> {
    cx: &'c Context<'c, 'i, L>,
    items: std::slice::Iter<'p, Ref>,
    len: usize,
    depth: u32,
}

impl<'c, 'i, 'p, L> SeqAccess<'c, 'i, 'p, L> {
    #[inline(always)]
    pub(crate) fn new(cx: &'c Context<'c, 'i, L>, items: &'p [Ref], depth: u32) -> Self {
        SeqAccess { cx, items: items.iter(), len: items.len(), depth }
    }

    /// How many items were not asked for.
    #[inline(always)]
    pub(crate) fn left(&self) -> usize {
        self.items.len()
    }

    #[cold]
    fn inside(&self, item: Ref, error: Error) -> Error {
        // An item may be refused after it was read: by `try_from`, or a visitor that is content with its parts.
        self.cx.locate(item, error).within(Segment::Index(self.len - self.items.len() - 1))
    }
}

impl<'de, 'c, 'i: 'c, L: Lend<'i, 'de>> de::SeqAccess<'de> for &mut SeqAccess<'c, 'i, '_, L> {
    type Error = Error;

    #[inline]
    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        let Some(&item) = self.items.next() else { return Ok(None) };
        match seed.deserialize(NodeDeserializer::new(self.cx, item, self.depth)) {
            Ok(value) => Ok(Some(value)),
            Err(error) => Err(self.inside(item, error)),
        }
    }

    #[inline]
    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

pub(crate) struct MapAccess<'c, 'i, 'p, L> {
    cx: &'c Context<'c, 'i, L>,
    /// Key, value, key, value.
    pairs: &'p [Ref],
    /// Where the next key stands.
    at: usize,
    /// The names that are expected next.
    names: &'static [&'static str],
    depth: u32,
}

impl<'c, 'i, 'p, L> MapAccess<'c, 'i, 'p, L> {
    #[inline(always)]
    pub(crate) fn new(
        cx: &'c Context<'c, 'i, L>,
        pairs: &'p [Ref],
        names: &'static [&'static str],
        depth: u32,
    ) -> Self {
        // Where keys were fetched, they are found by reference: see `Context::key`.
        let names = if cx.store.fetches == 0 { names } else { &[] };
        MapAccess { cx, pairs, at: 0, names, depth }
    }

    /// The name that this key is, if it is the next one or the one after: a text that is known needs no check.
    #[inline(always)]
    fn expected(&mut self, key: Ref) -> Option<&'static str> {
        let (&name, rest) = self.names.split_first()?;
        let text = self.cx.text(key)?;
        if text == name.as_bytes() {
            self.names = rest;
            return Some(name);
        }
        let (&name, rest) = rest.split_first()?;
        (text == name.as_bytes()).then(|| {
            self.names = rest;
            name
        })
    }

    /// How many pairs were not asked for.
    #[inline(always)]
    pub(crate) fn left(&self) -> usize {
        self.pairs.len().saturating_sub(self.at) / 2
    }

    #[cold]
    fn inside(&self, value: Ref, error: Error) -> Error {
        let error = self.cx.locate(value, error);
        match self.at.checked_sub(2).and_then(|at| self.pairs.get(at)) {
            Some(&key) => error.within(segment(self.cx, key)),
            None => error,
        }
    }
}

/// How a path names the value under a key.
#[cold]
pub(crate) fn segment<L>(cx: &Context<'_, '_, L>, key: Ref) -> Segment {
    match super::strings::short_text(cx.store, cx.input, key) {
        Ok(text) => Segment::Name(text.into()),
        Err(repr) => Segment::Key(repr.into()),
    }
}

impl<'de, 'c, 'i: 'c, L: Lend<'i, 'de>> de::MapAccess<'de> for &mut MapAccess<'c, 'i, '_, L> {
    type Error = Error;

    #[inline]
    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        let Some(&key) = self.pairs.get(self.at) else { return Ok(None) };
        self.at += 2;
        let node = NodeDeserializer::key(self.cx, key, self.depth);
        let result = match self.expected(key) {
            Some(text) => seed.deserialize(KeyDeserializer { node, text }),
            None => seed.deserialize(node),
        };
        match result {
            Ok(key) => Ok(Some(key)),
            Err(error) => Err(self.cx.locate(key, error)),
        }
    }

    #[inline]
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value> {
        // Asked for before its key: an error of the visitor.
        let Some(&value) = self.at.checked_sub(1).and_then(|at| self.pairs.get(at)) else {
            return Err(de::Error::custom("the visitor asked for a value before its key"));
        };
        match seed.deserialize(NodeDeserializer::new(self.cx, value, self.depth)) {
            Ok(value) => Ok(value),
            Err(error) => Err(self.inside(value, error)),
        }
    }

    #[inline]
    fn size_hint(&self) -> Option<usize> {
        Some(self.left())
    }
}

/// A variant by its name, and its content if it has some.
pub(crate) struct EnumAccess<'c, 'i, L> {
    pub(crate) cx: &'c Context<'c, 'i, L>,
    pub(crate) name: Ref,
    pub(crate) content: Option<Ref>,
    pub(crate) depth: u32,
}

impl<'de, 'c, 'i: 'c, L: Lend<'i, 'de>> de::EnumAccess<'de> for EnumAccess<'c, 'i, L> {
    type Error = Error;
    type Variant = VariantAccess<'c, 'i, L>;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Self::Variant)> {
        let name = NodeDeserializer::new(self.cx, self.name, self.depth);
        let number = match self.cx.text(self.name) {
            Some(_) => None,
            None => super::strings::enum_value(self.cx.store, self.cx.input, self.name),
        };
        let value = match number {
            // An int as the name of a variant is text, never an index.
            Some(text) => seed.deserialize(IntoDeserializer::<Error>::into_deserializer(text)),
            None => seed.deserialize(name),
        };
        let value = value.map_err(|error| self.cx.locate(self.name, error))?;
        Ok((value, VariantAccess { cx: self.cx, name: self.name, content: self.content, depth: self.depth }))
    }
}

pub(crate) struct VariantAccess<'c, 'i, L> {
    cx: &'c Context<'c, 'i, L>,
    name: Ref,
    content: Option<Ref>,
    depth: u32,
}

impl<'c, 'i: 'c, L> VariantAccess<'c, 'i, L> {
    /// Runs with the content; an error in it is inside the variant of that name.
    fn with<T>(self, expected: &'static str, read: impl FnOnce(NodeDeserializer<'c, 'i, L>) -> Result<T>) -> Result<T> {
        let Some(content) = self.content else {
            let error = de::Error::invalid_type(de::Unexpected::UnitVariant, &expected);
            return Err(self.cx.locate(self.name, error));
        };
        read(NodeDeserializer::new(self.cx, content, self.depth))
            .map_err(|error| error.within(segment(self.cx, self.name)))
    }
}

impl<'de, 'c, 'i: 'c, L: Lend<'i, 'de>> de::VariantAccess<'de> for VariantAccess<'c, 'i, L> {
    type Error = Error;

    fn unit_variant(self) -> Result<()> {
        match self.content {
            None => Ok(()),
            Some(_) => self.with("unit variant", <() as de::Deserialize>::deserialize),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value> {
        self.with("newtype variant", |content| seed.deserialize(content))
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value> {
        self.with("tuple variant", |content| content.deserialize_tuple(len, visitor))
    }

    fn struct_variant<V: Visitor<'de>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value> {
        self.with("struct variant", |content| content.deserialize_struct("", fields, visitor))
    }
}

/// A unit variant by a text that stands nowhere in the input.
pub(crate) struct TextAccess(pub(crate) String);

impl<'de> de::EnumAccess<'de> for TextAccess {
    type Error = Error;
    type Variant = UnitOnly;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, UnitOnly)> {
        Ok((seed.deserialize(IntoDeserializer::<Error>::into_deserializer(self.0))?, UnitOnly))
    }
}

pub(crate) struct UnitOnly;

impl UnitOnly {
    fn refuse<T>(expected: &'static str) -> Result<T> {
        Err(de::Error::invalid_type(de::Unexpected::UnitVariant, &expected))
    }
}

impl<'de> de::VariantAccess<'de> for UnitOnly {
    type Error = Error;

    fn unit_variant(self) -> Result<()> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, _seed: T) -> Result<T::Value> {
        UnitOnly::refuse("newtype variant")
    }

    fn tuple_variant<V: Visitor<'de>>(self, _len: usize, _visitor: V) -> Result<V::Value> {
        UnitOnly::refuse("tuple variant")
    }

    fn struct_variant<V: Visitor<'de>>(self, _fields: &'static [&'static str], _visitor: V) -> Result<V::Value> {
        UnitOnly::refuse("struct variant")
    }
}
