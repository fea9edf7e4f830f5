//! Sets and frozensets.

use std::{fmt, hash::BuildHasher};

use indexmap::{Equivalent, IndexSet};

use super::{
    Value,
    compare::Comparison,
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
    /// Nothing if it is empty.
    content: Option<Box<Content>>,
}

#[derive(Default)]
struct Content {
    items: Items,
    /// The sum of the hashes of the items: a hash that knows no order, computed once. Hashing frozensets of frozensets again
    /// and again would take time that grows with the square of their nesting.
    sum: u64,
    /// Whether an item has identity, or had before it was removed: for the same reason.
    has_identity: bool,
}

/// Few items are searched one by one, more have an index.
enum Items {
    Few(Vec<Key>),
    Many(Box<IndexSet<Key, Seeded>>),
}

const FEW: usize = 4;

impl Default for Items {
    fn default() -> Items {
        Items::Few(Vec::new())
    }
}

impl Set {
    /// An empty set.
    pub fn new() -> Set {
        Set::default()
    }

    /// How many items there are.
    pub fn len(&self) -> usize {
        match &self.content {
            None => 0,
            Some(content) => content.items.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether a value is in it.
    pub fn contains(&self, value: &Value) -> bool {
        value.is_hashable() && self.find(value).is_some()
    }

    fn find(&self, value: &Value) -> Option<usize> {
        let found = match self.items()? {
            Items::Few(items) => items.iter().position(|item| ValueKey(value).equivalent(item)),
            Items::Many(items) => items.get_index_of(&ValueKey(value)),
        };
        found.or_else(|| if self.has_identity() { found_by_search(value, self.keys()) } else { None })
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
        let has_identity = key.value().has_identity();
        let content = self.content.get_or_insert_default();
        let new = content.items.insert(key);
        if new {
            content.sum = content.sum.wrapping_add(hash);
            content.has_identity |= has_identity;
        }
        new
    }

    /// Takes a value out. Gives whether it was there.
    pub fn remove(&mut self, value: &Value) -> bool {
        let index = if value.is_hashable() { self.find(value) } else { None };
        let (Some(index), Some(content)) = (index, &mut self.content) else { return false };
        let key = match &mut content.items {
            Items::Few(items) => Some(items.remove(index)),
            Items::Many(items) => items.shift_remove_index(index),
        };
        let Some(key) = key else { return false };
        content.sum = content.sum.wrapping_sub(Seeded.hash_one(ValueKey(key.value())));
        true
    }

    /// A set like this one, of copies of its items.
    pub(super) fn with_copies(&self, copies: &mut impl Iterator<Item = Value>) -> Set {
        let Some(content) = &self.content else { return Set::new() };
        let keys = self.keys().zip(copies).map(|(key, copy)| key.with_copy(copy));
        let items = match &content.items {
            Items::Few(_) => Items::Few(keys.collect()),
            Items::Many(_) => Items::Many(Box::new(keys.collect())),
        };
        let (sum, has_identity) = (content.sum, content.has_identity);
        Set { content: Some(Box::new(Content { items, sum, has_identity })) }
    }

    fn items(&self) -> Option<&Items> {
        self.content.as_ref().map(|content| &content.items)
    }

    /// The items as keys, in the order of their insertion.
    fn keys(&self) -> Keys<'_> {
        match self.items() {
            None => Keys::Few([].iter()),
            Some(Items::Few(items)) => Keys::Few(items.iter()),
            Some(Items::Many(items)) => Keys::Many(items.iter()),
        }
    }

    /// Whether it holds a NaN or an object.
    pub(super) fn has_identity(&self) -> bool {
        self.content.as_ref().is_some_and(|content| content.has_identity)
    }

    /// Whether a key is in it that has no identity.
    pub(super) fn has_plain(&self, value: &Value) -> bool {
        match self.items() {
            None => false,
            Some(Items::Few(items)) => items.iter().any(|item| ValueKey(value).equivalent(item)),
            Some(Items::Many(items)) => items.contains(&ValueKey(value)),
        }
    }

    /// The items, in the order of their insertion.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Value> {
        self.keys().map(Key::value)
    }

    pub(crate) fn sum(&self) -> u64 {
        self.content.as_ref().map_or(0, |content| content.sum)
    }
}

impl Items {
    fn len(&self) -> usize {
        match self {
            Items::Few(items) => items.len(),
            Items::Many(items) => items.len(),
        }
    }

    /// Gives whether it is new.
    fn insert(&mut self, key: Key) -> bool {
        match self {
            Items::Few(items) if items.contains(&key) => false,
            Items::Few(items) if items.len() < FEW => {
                items.push(key);
                true
            }
            Items::Few(items) => {
                let mut many: IndexSet<Key, Seeded> = items.drain(..).collect();
                many.insert(key);
                *self = Items::Many(Box::new(many));
                true
            }
            Items::Many(items) => items.insert(key),
        }
    }
}

enum Keys<'a> {
    Few(std::slice::Iter<'a, Key>),
    Many(indexmap::set::Iter<'a, Key>),
}

impl<'a> Iterator for Keys<'a> {
    type Item = &'a Key;

    fn next(&mut self) -> Option<&'a Key> {
        match self {
            Keys::Few(keys) => keys.next(),
            Keys::Many(keys) => keys.next(),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            Keys::Few(keys) => keys.size_hint(),
            Keys::Many(keys) => keys.size_hint(),
        }
    }
}

impl ExactSizeIterator for Keys<'_> {}

impl IntoIterator for Set {
    type Item = Value;
    type IntoIter = std::vec::IntoIter<Value>;

    fn into_iter(self) -> Self::IntoIter {
        let values: Vec<Value> = match self.content.map(|content| content.items) {
            None => Vec::new(),
            Some(Items::Few(items)) => items.into_iter().map(Key::into_value).collect(),
            Some(Items::Many(items)) => items.into_iter().map(Key::into_value).collect(),
        };
        values.into_iter()
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
        Comparison::default().sets(self, other)
    }
}

impl fmt::Debug for Set {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
