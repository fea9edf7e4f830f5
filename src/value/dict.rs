//! Dicts, in order, with Python's equality of keys.

use std::fmt;

use indexmap::IndexMap;

use super::{
    Value,
    key::{Key, Seeded, TextKey, ValueKey},
};
use crate::error::{Error, Result};

/// A Python dict: pairs in the order of their insertion.
///
/// Keys are equal as in Python: `1`, `1.0` and `True` are one key, of which the first spelling stays. Each NaN is a key of its own.
///
/// ```
/// use serde_pickle::{Dict, Value};
///
/// let mut dict = Dict::new();
/// dict.insert("b", 1)?;
/// dict.insert("a", 2)?;
/// dict.insert("b", 3)?;
/// assert_eq!(Value::from(dict).to_string(), "{'b': 3, 'a': 2}");
/// # Ok::<(), serde_pickle::Error>(())
/// ```
#[derive(Default)]
pub struct Dict {
    map: Box<IndexMap<Key, Value, Seeded>>,
}

impl Dict {
    /// An empty dict.
    pub fn new() -> Dict {
        Dict::default()
    }

    pub(crate) fn with_capacity(pairs: usize) -> Dict {
        Dict { map: Box::new(IndexMap::with_capacity_and_hasher(pairs, Seeded)) }
    }

    /// Of keys and values in turn; the keys are known to be hashable.
    pub(super) fn of_hashable(items: Vec<Value>) -> Dict {
        let mut dict = Dict::with_capacity(items.len() / 2);
        let mut items = items.into_iter();
        while let (Some(key), Some(value)) = (items.next(), items.next()) {
            dict.map.insert(Key(key), value);
        }
        dict
    }

    /// How many pairs there are.
    pub fn len(&self) -> usize {
        self.map.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.map.is_empty()
    }

    /// The value under a text key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.map.get(&TextKey(key))
    }

    /// The value under a text key, to be changed.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Value> {
        self.map.get_mut(&TextKey(key))
    }

    /// The value under any key.
    pub fn get_value(&self, key: &Value) -> Option<&Value> {
        if key.is_hashable() { self.map.get(&ValueKey(key)) } else { None }
    }

    /// Sets a key to a value, and gives the value that it had. A key that is there keeps its place and its spelling.
    ///
    /// # Errors
    ///
    /// If the key is unhashable in Python: a list, dict, set or bytearray, or a tuple that holds one.
    pub fn insert(&mut self, key: impl Into<Value>, value: impl Into<Value>) -> Result<Option<Value>> {
        let key = key.into();
        match key.unhashable() {
            Some(kind) => Err(Error::data(format!("unhashable key: {kind}"))),
            None => Ok(self.map.insert(Key(key), value.into())),
        }
    }

    /// Takes a pair out, by its text key; the order of the others stays.
    pub fn remove(&mut self, key: &str) -> Option<Value> {
        self.map.shift_remove(&TextKey(key))
    }

    /// The pairs, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Value, &Value)> {
        self.map.iter().map(|(key, value)| (&key.0, value))
    }

    /// The keys, in order.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &Value> {
        self.map.keys().map(|key| &key.0)
    }

    /// The values, in order.
    pub fn values(&self) -> impl ExactSizeIterator<Item = &Value> {
        self.map.values()
    }
}

impl Clone for Dict {
    fn clone(&self) -> Dict {
        Dict::of_hashable(self.iter().flat_map(|(key, value)| [key.clone(), value.clone()]).collect())
    }
}

/// The same pairs, in whatever order.
impl PartialEq for Dict {
    fn eq(&self, other: &Dict) -> bool {
        self.map == other.map
    }
}

impl fmt::Debug for Dict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}
