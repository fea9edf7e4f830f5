//! Values of a column that are no elements of an array.

use std::ops::Range;

use serde::de;

use super::{ArrayBytes, frame::OneValue};
use crate::{
    de::{
        atom::AtomAnswer,
        hint::{Form, Hint},
        known::facet,
        node::NodeDeserializer,
        take::{Answer, Entries, Given, Items, Seed, Taker},
        variant::EnumAccess,
    },
    error::{Error, Result},
    recipe::{
        numpy::Data,
        pandas::{Made, Texts},
    },
    token,
};

/// A value that was computed; and whether it is to be for people.
pub(super) struct Computed(pub(super) Made, pub(super) bool);

impl<'de> Answer<'de> for Computed {
    fn answer(&mut self, hint: Hint, visitor: Taker<'_, 'de>) -> Result<()> {
        match (&self.0, hint) {
            (_, Hint::Option) => visitor.visit_some(Given::Other(self)),
            (Made::Scalar(scalar), Hint::Newtype(token::WELL_KNOWN)) => {
                visitor.visit_well_known(scalar.clone(), Given::Other(self))
            }
            (_, Hint::Newtype(_)) => visitor.visit_newtype_struct(Given::Other(self)),
            (Made::Text(text), Hint::Enum(..)) => visitor.visit_enum(EnumAccess::text(text.clone())),
            (Made::Text(text), _) => visitor.visit_str(text),
            (Made::Scalar(scalar), _) => match facet(scalar, hint.form()) {
                Some(atom) => AtomAnswer::new(atom).answer(hint, visitor),
                None => Err(de::Error::invalid_type(de::Unexpected::Other(scalar.facets().kind()), &visitor)),
            },
        }
    }

    fn is_human_readable(&self) -> bool {
        self.1
    }
}

/// Text or bytes of Arrow.
pub(super) struct Text<'a, 'c, 'i, 'de> {
    pub(super) node: NodeDeserializer<'c, 'i, 'de>,
    pub(super) texts: &'a Texts<'c>,
    pub(super) range: Range<usize>,
}

impl<'a, 'c, 'i: 'a, 'de> Text<'a, 'c, 'i, 'de> {
    fn bytes(&self) -> Result<ArrayBytes<'a, 'i>> {
        let bytes = match self.texts.data() {
            Data::Input(data) => {
                let data = self.node.cx.input.get(data.clone()).unwrap_or_default();
                data.get(self.range.clone()).map(ArrayBytes::Lent)
            }
            Data::Bytes(data) => data.get(self.range.clone()).map(ArrayBytes::Here),
            Data::Buffer(_) | Data::Objects(_) => None,
        };
        bytes.ok_or_else(|| Error::data("a text of an Arrow array is not in its data"))
    }

    pub(super) fn visit(self, hint: Hint, visitor: Taker<'_, 'de>) -> Result<()> {
        let bytes = self.bytes()?;
        match (hint, bytes) {
            (Hint::Enum(..), _) => visitor.visit_enum(EnumAccess::text(text(bytes.get())?.to_owned())),
            (hint, ArrayBytes::Lent(bytes)) if self.is_text(hint) => self.node.cx.take_str(text(bytes)?, visitor),
            (hint, ArrayBytes::Here(bytes)) if self.is_text(hint) => visitor.visit_str(text(bytes)?),
            (Hint::Seq | Hint::Tuple(_), bytes) => visitor.visit_byte_items(bytes.get()),
            (_, ArrayBytes::Lent(bytes)) => self.node.cx.take_bytes(bytes, visitor),
            (_, ArrayBytes::Here(bytes)) => visitor.visit_bytes(bytes),
        }
    }

    fn is_text(&self, hint: Hint) -> bool {
        self.texts.is_text && !matches!(hint, Hint::Bytes)
    }
}

fn text(bytes: &[u8]) -> Result<&str> {
    std::str::from_utf8(bytes).map_err(|_| Error::data("a text of an Arrow array is not UTF-8"))
}

/// An interval: from, to, and which of them are in it; as a sequence, or by name.
pub(super) struct Interval<'a, 'c, 'i, 'de> {
    pub(super) ends: [OneValue<'a, 'c, 'i, 'de>; 2],
    pub(super) closed: NodeDeserializer<'c, 'i, 'de>,
    pub(super) next: usize,
}

const PARTS: [&str; 3] = ["left", "right", "closed"];

impl<'de, 'c, 'i: 'c> Interval<'_, 'c, 'i, 'de> {
    pub(super) fn visit(&mut self, hint: Hint, visitor: Taker<'_, 'de>) -> Result<()> {
        match hint.form() {
            Form::Map | Form::Struct(_) => visitor.visit_map(self),
            _ => visitor.visit_seq(self),
        }
    }
}

impl<'de, 'c, 'i: 'c> Items<'de> for Interval<'_, 'c, 'i, 'de> {
    fn next(&mut self, seed: Seed<'_, 'de>) -> Result<bool> {
        self.next += 1;
        match self.next {
            part @ (1 | 2) => seed.other(&mut self.ends[part - 1])?,
            3 => seed.node(self.closed)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn left(&self) -> Option<usize> {
        Some(PARTS.len().saturating_sub(self.next))
    }
}

impl<'de, 'c, 'i: 'c> Entries<'de> for Interval<'_, 'c, 'i, 'de> {
    fn next_key(&mut self, seed: Seed<'_, 'de>) -> Result<bool> {
        match PARTS.get(self.next) {
            Some(name) => seed.text(name).map(|()| true),
            None => Ok(false),
        }
    }

    fn next_value(&mut self, seed: Seed<'_, 'de>) -> Result<()> {
        match Items::next(self, seed)? {
            true => Ok(()),
            false => Err(Error::data("the visitor asked for a value before its key")),
        }
    }

    fn left(&self) -> Option<usize> {
        Items::left(self)
    }
}
