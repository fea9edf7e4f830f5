//! What well-known values are made of, as a deserializer.

use super::{
    hint::Hint,
    take::{Answer, Entries, Given, Items, Seed, Taker},
    variant::EnumAccess,
};
use crate::{
    error::{Error, Result},
    types::Atom,
};

/// A value in serde's words, read once.
pub(super) struct AtomAnswer {
    atom: Atom,
    human_readable: bool,
}

impl AtomAnswer {
    pub(super) fn new(atom: Atom) -> Self {
        AtomAnswer { atom, human_readable: true }
    }

    /// To a type that has a form for people and one for machines: it is to ask for the latter.
    pub(super) fn for_machines(atom: Atom) -> Self {
        AtomAnswer { atom, human_readable: false }
    }

    fn take(&mut self) -> Atom {
        std::mem::replace(&mut self.atom, Atom::None)
    }
}

impl<'de> Answer<'de> for AtomAnswer {
    fn answer(&mut self, hint: Hint, visitor: Taker<'_, 'de>) -> Result<()> {
        match (self.take(), hint) {
            (Atom::None, Hint::Option) => visitor.visit_none(),
            (Atom::Maybe(None), _) => visitor.visit_none(),
            (Atom::Maybe(Some(atom)), _) => {
                self.atom = *atom;
                visitor.visit_some(Given::Other(self))
            }
            (atom, Hint::Option) => {
                self.atom = atom;
                visitor.visit_some(Given::Other(self))
            }
            (atom, Hint::Newtype(_)) => {
                self.atom = atom;
                visitor.visit_newtype_struct(Given::Other(self))
            }
            (Atom::Text(text), Hint::Enum(..)) => visitor.visit_enum(EnumAccess::text(text)),
            (Atom::None, _) => visitor.visit_unit(),
            (Atom::Bool(bool), _) => visitor.visit_bool(bool),
            (Atom::Int(int), _) => match (u64::try_from(int), i64::try_from(int)) {
                (Ok(int), _) => visitor.visit_u64(int),
                (_, Ok(int)) => visitor.visit_i64(int),
                _ => visitor.visit_i128(int),
            },
            (Atom::Unsigned(int), _) => visitor.visit_u128(int),
            (Atom::Float(float), _) => visitor.visit_f64(float),
            (Atom::Text(text), _) => visitor.visit_string(text),
            (Atom::Bytes(bytes), _) => visitor.visit_byte_buf(bytes),
            (Atom::Tuple(items), _) => {
                let items = items.into_iter();
                visitor.visit_seq(&mut AtomItems { items, human_readable: self.human_readable })
            }
            (Atom::Fields(fields), _) => {
                let fields = fields.into_iter();
                visitor.visit_map(&mut AtomFields { fields, value: None, human_readable: self.human_readable })
            }
        }
    }

    fn is_human_readable(&self) -> bool {
        self.human_readable
    }
}

struct AtomItems {
    items: std::vec::IntoIter<Atom>,
    human_readable: bool,
}

impl<'de> Items<'de> for AtomItems {
    fn next(&mut self, seed: Seed<'_, 'de>) -> Result<bool> {
        let Some(atom) = self.items.next() else { return Ok(false) };
        seed.other(&mut AtomAnswer { atom, human_readable: self.human_readable }).map(|()| true)
    }

    fn left(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

struct AtomFields {
    fields: std::vec::IntoIter<(&'static str, Atom)>,
    value: Option<Atom>,
    human_readable: bool,
}

impl<'de> Entries<'de> for AtomFields {
    fn next_key(&mut self, seed: Seed<'_, 'de>) -> Result<bool> {
        let Some((name, value)) = self.fields.next() else { return Ok(false) };
        self.value = Some(value);
        seed.text(name).map(|()| true)
    }

    fn next_value(&mut self, seed: Seed<'_, 'de>) -> Result<()> {
        let Some(atom) = self.value.take() else {
            return Err(Error::data("the visitor asked for a value before its key"));
        };
        seed.other(&mut AtomAnswer { atom, human_readable: self.human_readable })
    }

    fn left(&self) -> Option<usize> {
        Some(self.fields.len())
    }
}
