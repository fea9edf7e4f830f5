//! Sets and frozensets.

use std::{fmt, hash::BuildHasher};

use indexmap::IndexSet;

use super::{
    Value,
    key::{Key, Seeded, ValueKey},
};
use crate::error::{Error, Result};

/// A Python set or frozenset. Items are equal as in Python; their order is that of their insertion, and means nothing.
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
        value.is_hashable() && self.content.items.contains(&ValueKey(value))
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
        Ok(self.insert_hashable(value))
    }

    fn insert_hashable(&mut self, value: Value) -> bool {
        let key = Key(value);
        let hash = Seeded.hash_one(&key);
        let new = self.content.items.insert(key);
        if new {
            self.content.sum = self.content.sum.wrapping_add(hash);
        }
        new
    }

    /// Of items that are known to be hashable.
    pub(super) fn of_hashable(items: Vec<Value>) -> Set {
        let mut set = Set::new();
        for item in items {
            set.insert_hashable(item);
        }
        set
    }

    /// The items, in the order of their insertion.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Value> {
        self.content.items.iter().map(|key| &key.0)
    }

    pub(crate) fn sum(&self) -> u64 {
        self.content.sum
    }
}

impl Clone for Set {
    fn clone(&self) -> Set {
        Set::of_hashable(self.iter().cloned().collect())
    }
}

impl PartialEq for Set {
    fn eq(&self, other: &Set) -> bool {
        self.content.sum == other.content.sum && self.content.items == other.content.items
    }
}

impl fmt::Debug for Set {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
