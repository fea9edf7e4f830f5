//! Parts of well-known objects that stand nowhere in the stream by themselves.

use std::borrow::Cow;

use super::{
    access::segment,
    hint::Hint,
    node::NodeDeserializer,
    plain::Text,
    take::{Answer, Entries, Given, Items, Seed, Taker},
};
use crate::{
    error::{Error, Result},
    graph::Ref,
    path::Segment,
};

/// A part of a well-known object.
pub(super) struct Part<'c, 'i, 'de> {
    /// The value that it is, or the object that it is a part of.
    node: NodeDeserializer<'c, 'i, 'de>,
    content: Content<'c>,
}

pub(super) enum Content<'c> {
    /// The value of the node.
    Value,
    None,
    Text(Cow<'static, str>),
    Items(&'c [Ref]),
    Run(Cow<'c, [Ref]>),
    Pairs(Cow<'c, [Ref]>),
}

impl<'c, 'i: 'c, 'de> Part<'c, 'i, 'de> {
    pub(super) fn new(node: NodeDeserializer<'c, 'i, 'de>, content: Content<'c>) -> Self {
        Part { node, content }
    }

    fn given(&mut self) -> Given<'_, 'c, 'i, 'de> {
        match self.content {
            Content::Value => Given::Node(self.node),
            _ => Given::Other(self),
        }
    }
}

impl<'de, 'c, 'i: 'c> Answer<'de> for Part<'c, 'i, 'de> {
    fn answer(&mut self, hint: Hint, visitor: Taker<'_, 'de>) -> Result<()> {
        match (&self.content, hint) {
            (Content::Value, _) => self.node.answer(hint, visitor),
            (Content::None, _) => visitor.visit_none(),
            (_, Hint::Option) => visitor.visit_some(Given::Other(self)),
            (_, Hint::Newtype(_)) => visitor.visit_newtype_struct(Given::Other(self)),
            (Content::Text(text), _) => Text(text).answer(hint, visitor),
            (Content::Items(items), _) => visitor.visit_run(self.node, items),
            (Content::Run(items), _) => visitor.visit_run(self.node, items),
            (Content::Pairs(pairs), _) => visitor.visit_pairs(self.node, pairs),
        }
    }

    fn is_human_readable(&self) -> bool {
        self.node.cx.options.human_readable
    }
}

/// Two parts as a sequence.
pub(super) struct Pair<'c, 'i, 'de>(pub(super) std::array::IntoIter<Part<'c, 'i, 'de>, 2>);

impl<'de, 'c, 'i: 'c> Items<'de> for Pair<'c, 'i, 'de> {
    fn next(&mut self, seed: Seed<'_, 'de>) -> Result<bool> {
        let Some(mut part) = self.0.next() else { return Ok(false) };
        seed.give(part.given()).map(|()| true)
    }

    fn left(&self) -> Option<usize> {
        Some(self.0.len())
    }
}

/// Parts by name.
pub(super) struct Fields<'c, 'i, 'de, I> {
    fields: I,
    next: Option<(Key<'c, 'i, 'de>, Part<'c, 'i, 'de>)>,
}

/// The name of a part.
pub(super) enum Key<'c, 'i, 'de> {
    /// That of a field, which stands nowhere in the stream.
    Name(&'static str),
    Node(NodeDeserializer<'c, 'i, 'de>),
}

impl<'c, 'i, 'de, I> Fields<'c, 'i, 'de, I> {
    pub(super) fn new(fields: I) -> Self {
        Fields { fields, next: None }
    }
}

impl<'de, 'c, 'i: 'c, I> Entries<'de> for Fields<'c, 'i, 'de, I>
where
    I: Iterator<Item = (Key<'c, 'i, 'de>, Part<'c, 'i, 'de>)>,
{
    fn next_key(&mut self, seed: Seed<'_, 'de>) -> Result<bool> {
        self.next = self.fields.next();
        match &self.next {
            Some((Key::Name(name), _)) => seed.text(name)?,
            Some((Key::Node(key), _)) => seed.node(*key)?,
            None => return Ok(false),
        }
        Ok(true)
    }

    fn next_value(&mut self, seed: Seed<'_, 'de>) -> Result<()> {
        let Some((key, mut part)) = self.next.take() else {
            return Err(Error::data("the visitor asked for a value before its key"));
        };
        seed.give(part.given()).map_err(|error| {
            error.within(match key {
                Key::Name(name) => Segment::Name(name.into()),
                Key::Node(key) => segment(key.cx, key.node),
            })
        })
    }

    fn left(&self) -> Option<usize> {
        Some(self.fields.size_hint().0)
    }
}
