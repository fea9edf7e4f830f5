//! Sets and frozensets.

use std::{fmt, hash::BuildHasher};

use indexmap::IndexSet;

use super::{
    Value,
    key::{Key, Seeded, ValueKey, found_by_search},
};
use crate::error::{Error, Result};

/// A Python set or frozenset. Items are equal as in Python; their order is that of their insertion, and means nothing.
///
/// ```
/// use serde_pickle::Set;
///
/// let mut set = Set::new();
/// assert!(set.insert(1)?);
/// assert!(!set.insert(1.0)?, "1.0 == 1");
/// # Ok::<(), serde_pickle::Error>(())
/// ```
#[derive(Default)]
pub struct Set {
    content: Box<Content>,
}

#[derive(Default)]
struct Content {
    items: IndexSet<Key, Seeded>,
    /// The sum of the hashes of the items: a hash that knows no order, computed once. Hashing frozensets of frozensets again
    /// and again would take time that grows with the square of their nesting.
    sum: u64,
}

impl Set {
    /// An empty set.
    pub fn new() -> Set {
        Set::default()
    }

    /// How many items there are.
    pub fn len(&self) -> usize {
        self.content.items.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.content.items.is_empty()
    }

    /// Whether a value is in it.
    pub fn contains(&self, value: &Value) -> bool {
        value.is_hashable() && self.find(value).is_some()
    }

    fn find(&self, value: &Value) -> Option<usize> {
        let items = &self.content.items;
        items.get_index_of(&ValueKey(value)).or_else(|| found_by_search(value, items.iter()))
    }

    /// Adds a value. Gives whether it is new.
    ///
    /// # Errors
    ///
    /// If the value is unhashable in Python.
    pub fn insert(&mut self, value: impl Into<Value>) -> Result<bool> {
        let value = value.into();
        if let Some(kind) = value.unhashable() {
            return Err(Error::data(format!("unhashable item: {kind}")));
        }
        Ok(self.insert_key(Key::of(value)))
    }

    pub(crate) fn insert_key(&mut self, key: Key) -> bool {
        let hash = Seeded.hash_one(ValueKey(key.value()));
        let new = self.content.items.insert(key);
        if new {
            self.content.sum = self.content.sum.wrapping_add(hash);
        }
        new
    }

    /// Takes a value out. Gives whether it was there.
    pub fn remove(&mut self, value: &Value) -> bool {
        let index = if value.is_hashable() { self.find(value) } else { None };
        let Some(key) = index.and_then(|index| self.content.items.shift_remove_index(index)) else { return false };
        self.content.sum = self.content.sum.wrapping_sub(Seeded.hash_one(ValueKey(key.value())));
        true
    }

    /// A set like this one, of copies of its items.
    pub(super) fn with_copies(&self, copies: &mut impl Iterator<Item = Value>) -> Set {
        let items = self.content.items.iter().zip(copies).map(|(key, copy)| key.with_copy(copy)).collect();
        Set { content: Box::new(Content { items, sum: self.content.sum }) }
    }

    /// The items, in the order of their insertion.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Value> {
        self.content.items.iter().map(Key::value)
    }

    pub(crate) fn sum(&self) -> u64 {
        self.content.sum
    }
}

impl IntoIterator for Set {
    type Item = Value;
    type IntoIter = std::vec::IntoIter<Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.content.items.into_iter().map(Key::into_value).collect::<Vec<_>>().into_iter()
    }
}

/// Items are texts and the like, which are always hashable.
impl<T: Into<super::Scalar>> FromIterator<T> for Set {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Set {
        let mut set = Set::new();
        for item in items {
            set.insert_key(Key::of(item.into().into()));
        }
        set
    }
}

impl Clone for Set {
    fn clone(&self) -> Set {
        self.with_copies(&mut self.iter().cloned())
    }
}

impl PartialEq for Set {
    fn eq(&self, other: &Set) -> bool {
        self.content.sum == other.content.sum
            && self.len() == other.len()
            && self.iter().all(|item| other.find(item).is_some())
    }
}

impl fmt::Debug for Set {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
