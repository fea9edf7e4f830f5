//! serde's accesses: the items of a sequence, the pairs of a map. Those of enums are in `variant.rs`.

use serde::de::{self, DeserializeSeed};

use super::{context::Context, key::KeyDeserializer, node::NodeDeserializer};
use crate::{
    error::{Error, Result},
    graph::{Ref, RowItems},
    path::Segment,
};

/// The items of a list, tuple or set.
#[derive(Clone)]
pub(crate) enum Children<'i, 'p> {
    Run(std::slice::Iter<'p, Ref>),
    /// They stay in the input.
    Row(RowItems<'i>),
}

impl<'p> From<&'p [Ref]> for Children<'_, 'p> {
    #[inline(always)]
    fn from(run: &'p [Ref]) -> Self {
        Children::Run(run.iter())
    }
}

impl Iterator for Children<'_, '_> {
    type Item = Ref;

    #[inline(always)]
    fn next(&mut self) -> Option<Ref> {
        match self {
            Children::Run(run) => run.next().copied(),
            Children::Row(row) => row.next(),
        }
    }

    #[inline(always)]
    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            Children::Run(run) => run.size_hint(),
            Children::Row(row) => row.size_hint(),
        }
    }
}

impl ExactSizeIterator for Children<'_, '_> {}

pub(crate) struct SeqAccess<'c, 'i, 'p, 'de> {
    cx: &'c Context<'c, 'i, 'de>,
    items: Children<'i, 'p>,
    len: usize,
    depth: u32,
}

impl<'c, 'i, 'p, 'de> SeqAccess<'c, 'i, 'p, 'de> {
    #[inline(always)]
    pub(crate) fn new(cx: &'c Context<'c, 'i, 'de>, items: Children<'i, 'p>, depth: u32) -> Self {
        SeqAccess { cx, len: items.len(), items, depth }
    }

    /// How many items were not asked for.
    #[inline(always)]
    pub(crate) fn left(&self) -> usize {
        self.items.len()
    }
}

/// What went wrong with an item of a sequence.
#[cold]
pub(super) fn inside(cx: &Context<'_, '_, '_>, item: Ref, index: usize, error: Error) -> Error {
    // An item may be refused after it was read: by `try_from`, or a visitor that is content with its parts.
    cx.locate(item, error).within(Segment::Index(index))
}

impl<'de, 'c, 'i: 'c> de::SeqAccess<'de> for &mut SeqAccess<'c, 'i, '_, 'de> {
    type Error = Error;

    #[inline]
    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        let Some(item) = self.items.next() else { return Ok(None) };
        match seed.deserialize(NodeDeserializer::new(self.cx, item, self.depth)) {
            Ok(value) => Ok(Some(value)),
            Err(error) => Err(inside(self.cx, item, self.len - self.items.len() - 1, error)),
        }
    }

    #[inline]
    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

/// What is known of the keys of a struct before they are read.
#[derive(Clone, Copy)]
pub(super) enum Names {
    /// Nothing.
    Unknown,
    /// They are probably these, in this order.
    Like(&'static [&'static str]),
    /// They are these, in this order: no two are the same, and none needs to be read.
    Same(&'static [&'static str]),
}

impl Names {
    /// The name that the next key is, if it is the next one or the one after: a text that is known needs no check.
    #[inline(always)]
    fn next(&mut self, cx: &Context<'_, '_, '_>, key: Ref) -> Option<&'static str> {
        match self {
            Names::Unknown => None,
            Names::Same(names) => {
                let (&name, rest) = names.split_first()?;
                *names = rest;
                Some(name)
            }
            Names::Like(names) => {
                let (&name, rest) = names.split_first()?;
                let text = cx.text(key)?;
                if text == name.as_bytes() {
                    *names = rest;
                    return Some(name);
                }
                let (&name, rest) = rest.split_first()?;
                (text == name.as_bytes()).then(|| {
                    *names = rest;
                    name
                })
            }
        }
    }
}

pub(crate) struct MapAccess<'c, 'i, 'p, 'de> {
    cx: &'c Context<'c, 'i, 'de>,
    /// Key, value, key, value.
    pairs: &'p [Ref],
    /// Where the next key stands.
    at: usize,
    names: Names,
    depth: u32,
}

impl<'c, 'i, 'p, 'de> MapAccess<'c, 'i, 'p, 'de> {
    #[inline(always)]
    pub(super) fn new(cx: &'c Context<'c, 'i, 'de>, pairs: &'p [Ref], names: Names, depth: u32) -> Self {
        MapAccess { cx, pairs, at: 0, names, depth }
    }

    /// How many pairs were not asked for.
    #[inline(always)]
    pub(crate) fn left(&self) -> usize {
        self.pairs.len().saturating_sub(self.at) / 2
    }
}

/// What went wrong with a value of a map.
#[cold]
pub(super) fn below(cx: &Context<'_, '_, '_>, key: Ref, value: Ref, error: Error) -> Error {
    cx.locate(value, error).within(segment(cx, key))
}

#[cold]
pub(super) fn value_before_key() -> Error {
    de::Error::custom("the visitor asked for a value before its key")
}

/// How a path names the value under a key.
#[cold]
pub(crate) fn segment(cx: &Context<'_, '_, '_>, key: Ref) -> Segment {
    match super::strings::short_text(cx.store, cx.input, key) {
        Ok(text) => Segment::Name(text.into()),
        Err(repr) => Segment::Key(repr.into()),
    }
}

impl<'de, 'c, 'i: 'c> de::MapAccess<'de> for &mut MapAccess<'c, 'i, '_, 'de> {
    type Error = Error;

    #[inline]
    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        let Some(&key) = self.pairs.get(self.at) else { return Ok(None) };
        self.at += 2;
        let node = NodeDeserializer::key(self.cx, key, self.depth);
        let result = match self.names.next(self.cx, key) {
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
        let Some(&[key, value]) = self.at.checked_sub(2).and_then(|at| self.pairs.get(at..self.at)) else {
            return Err(value_before_key());
        };
        match seed.deserialize(NodeDeserializer::new(self.cx, value, self.depth)) {
            Ok(value) => Ok(value),
            Err(error) => Err(below(self.cx, key, value, error)),
        }
    }

    #[inline]
    fn size_hint(&self) -> Option<usize> {
        Some(self.left())
    }
}
