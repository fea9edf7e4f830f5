//! Dicts, in order, with Python's equality of keys.

use std::{fmt, sync::Arc};

use indexmap::{Equivalent, IndexMap};

use super::{
    Value,
    key::{Key, Seeded, TextKey, ValueKey, found_by_search},
};
use crate::error::{Error, Result};

/// A Python dict: pairs in the order of their insertion.
///
/// Keys are equal as in Python: `1`, `1.0` and `True` are one key, of which the first spelling stays. Each NaN is a key of its
/// own; so is each object of a pickle, even if another looks the same.
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
    pairs: Pairs,
}

/// Few pairs are searched one by one, and are one allocation; more have an index.
enum Pairs {
    Few(Vec<(Key, Value)>),
    Many(Box<IndexMap<Key, Value, Seeded>>),
}

const FEW: usize = 16;

impl Default for Pairs {
    fn default() -> Pairs {
        Pairs::Few(Vec::new())
    }
}

impl Dict {
    /// An empty dict.
    pub const fn new() -> Dict {
        Dict { pairs: Pairs::Few(Vec::new()) }
    }

    pub(crate) fn with_capacity(pairs: usize) -> Dict {
        Dict {
            pairs: match pairs {
                ..=FEW => Pairs::Few(Vec::with_capacity(pairs)),
                _ => Pairs::Many(Box::new(IndexMap::with_capacity_and_hasher(pairs, Seeded))),
            },
        }
    }

    /// Of keys that are known to be distinct, and as many values.
    pub(crate) fn of_shared(keys: &[Arc<Value>], values: &mut std::vec::Drain<'_, Value>) -> Dict {
        let mut dict = Dict::with_capacity(keys.len());
        for key in keys {
            let Some(value) = values.next() else { break };
            let key = Key::Shared(Arc::clone(key));
            match &mut dict.pairs {
                Pairs::Few(few) => few.push((key, value)),
                Pairs::Many(many) => {
                    many.insert(key, value);
                }
            }
        }
        dict
    }

    /// How many pairs there are.
    pub fn len(&self) -> usize {
        match &self.pairs {
            Pairs::Few(pairs) => pairs.len(),
            Pairs::Many(pairs) => pairs.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn find<Q: std::hash::Hash + Equivalent<Key>>(&self, key: &Q) -> Option<usize> {
        match &self.pairs {
            Pairs::Few(pairs) => pairs.iter().position(|(known, _)| key.equivalent(known)),
            Pairs::Many(pairs) => pairs.get_index_of(key),
        }
    }

    fn find_value(&self, key: &Value) -> Option<usize> {
        self.find(&ValueKey(key)).or_else(|| found_by_search(key, self.raw().map(|(key, _)| key)))
    }

    /// The pair at a place in the order.
    pub fn get_index(&self, index: usize) -> Option<(&Value, &Value)> {
        match &self.pairs {
            Pairs::Few(pairs) => pairs.get(index).map(|(key, value)| (key.value(), value)),
            Pairs::Many(pairs) => pairs.get_index(index).map(|(key, value)| (key.value(), value)),
        }
    }

    /// The value under a key without identity, which is nearly always at that place.
    pub(super) fn get_plain(&self, place: usize, key: &Value) -> Option<&Value> {
        let wanted = ValueKey(key);
        let at_place = match &self.pairs {
            Pairs::Few(pairs) => pairs.get(place).map(|(key, value)| (key, value)),
            Pairs::Many(pairs) => pairs.get_index(place),
        };
        match at_place {
            Some((known, value)) if wanted.equivalent(known) => Some(value),
            _ => self.get_index(self.find(&wanted)?).map(|(_, value)| value),
        }
    }

    fn value_mut(&mut self, index: usize) -> Option<&mut Value> {
        match &mut self.pairs {
            Pairs::Few(pairs) => pairs.get_mut(index).map(|(_, value)| value),
            Pairs::Many(pairs) => pairs.get_index_mut(index).map(|(_, value)| value),
        }
    }

    fn remove_index(&mut self, index: usize) -> Value {
        match &mut self.pairs {
            Pairs::Few(pairs) => pairs.remove(index).1,
            Pairs::Many(pairs) => pairs.shift_remove_index(index).map(|(_, value)| value).unwrap_or_default(),
        }
    }

    /// The value under a text key. Nothing is allocated.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.find(&TextKey(key)).and_then(|index| self.get_index(index)).map(|(_, value)| value)
    }

    /// The value under a text key, to be changed.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Value> {
        let index = self.find(&TextKey(key))?;
        self.value_mut(index)
    }

    /// Whether there is a text key.
    pub fn contains_key(&self, key: &str) -> bool {
        self.find(&TextKey(key)).is_some()
    }

    /// The value under any key.
    pub fn get_value(&self, key: &Value) -> Option<&Value> {
        let index = if key.is_hashable() { self.find_value(key) } else { None };
        index.and_then(|index| self.get_index(index)).map(|(_, value)| value)
    }

    /// The value under any key, to be changed.
    pub fn get_value_mut(&mut self, key: &Value) -> Option<&mut Value> {
        let index = if key.is_hashable() { self.find_value(key) } else { None };
        index.and_then(|index| self.value_mut(index))
    }

    /// Sets a key to a value, and gives the value that it had. A key that is there keeps its place and its spelling.
    ///
    /// # Errors
    ///
    /// If the key is unhashable in Python: a list, dict, set or bytearray, or a tuple that holds one.
    pub fn insert(&mut self, key: impl Into<Value>, value: impl Into<Value>) -> Result<Option<Value>> {
        let key = hashable(key.into())?;
        Ok(self.insert_key(Key::of(key), value.into()))
    }

    pub(crate) fn insert_key(&mut self, key: Key, value: Value) -> Option<Value> {
        match &mut self.pairs {
            Pairs::Few(pairs) => {
                if let Some((_, known)) = pairs.iter_mut().find(|(known, _)| *known == key) {
                    return Some(std::mem::replace(known, value));
                }
                if pairs.len() < FEW {
                    pairs.push((key, value));
                    return None;
                }
                let mut many = IndexMap::with_capacity_and_hasher(2 * FEW, Seeded);
                many.extend(pairs.drain(..));
                many.insert(key, value);
                self.pairs = Pairs::Many(Box::new(many));
                None
            }
            Pairs::Many(pairs) => pairs.insert(key, value),
        }
    }

    /// Takes a pair out, by its text key; the order of the others stays.
    pub fn remove(&mut self, key: &str) -> Option<Value> {
        self.find(&TextKey(key)).map(|index| self.remove_index(index))
    }

    /// Takes a pair out, by any key; the order of the others stays.
    pub fn remove_value(&mut self, key: &Value) -> Option<Value> {
        let index = if key.is_hashable() { self.find_value(key) } else { None };
        index.map(|index| self.remove_index(index))
    }

    /// The place of a key, to look at it and then to fill it.
    ///
    /// ```
    /// let mut dict = serde_pickle::Dict::new();
    /// *dict.entry("hits")?.or_insert(0) = 5.into();
    /// dict.entry("hits")?.and_modify(|hits| *hits = 6.into()).or_insert(0);
    /// assert_eq!(dict["hits"], 6);
    /// # Ok::<(), serde_pickle::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the key is unhashable in Python.
    pub fn entry(&mut self, key: impl Into<Value>) -> Result<Entry<'_>> {
        let key = hashable(key.into())?;
        let index = self.find_value(&key);
        Ok(Entry { dict: self, key, index })
    }

    /// Removes all pairs.
    pub fn clear(&mut self) {
        *self = Dict::new();
    }

    fn raw(&self) -> RawIter<'_> {
        match &self.pairs {
            Pairs::Few(pairs) => RawIter::Few(pairs.iter()),
            Pairs::Many(pairs) => RawIter::Many(pairs.iter()),
        }
    }

    /// The pairs, in order.
    pub fn iter(&self) -> Iter<'_> {
        Iter(self.raw())
    }

    /// The pairs, in order, their values to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&Value, &mut Value)> {
        let (few, many) = match &mut self.pairs {
            Pairs::Few(pairs) => (Some(pairs.iter_mut()), None),
            Pairs::Many(pairs) => (None, Some(pairs.iter_mut())),
        };
        let few = few.into_iter().flatten().map(|(key, value)| (key.value(), value));
        few.chain(many.into_iter().flatten().map(|(key, value)| (key.value(), value)))
    }

    /// The keys, in order.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &Value> {
        self.iter().map(|(key, _)| key)
    }

    /// The values, in order.
    pub fn values(&self) -> impl ExactSizeIterator<Item = &Value> {
        self.iter().map(|(_, value)| value)
    }

    /// The values, in order, to be changed.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Value> {
        self.iter_mut().map(|(_, value)| value)
    }

    /// What a copy needs copies of: keys and values in turn, but for the keys that are shared.
    pub(super) fn parts(&self) -> Parts<'_> {
        Parts { pairs: self.raw(), value: None }
    }

    /// A dict like this one, of copies of its parts.
    pub(super) fn with_copies(&self, copies: &mut impl Iterator<Item = Value>) -> Dict {
        let mut dict = Dict::with_capacity(self.len());
        for (key, _) in self.raw() {
            let key = match key {
                Key::Shared(text) => Key::Shared(Arc::clone(text)),
                key => key.with_copy(copies.next().unwrap_or_default()),
            };
            let Some(value) = copies.next() else { break };
            match &mut dict.pairs {
                // The keys are known to be distinct.
                Pairs::Few(pairs) => pairs.push((key, value)),
                Pairs::Many(pairs) => {
                    pairs.insert(key, value);
                }
            }
        }
        dict
    }
}

fn hashable(key: Value) -> Result<Value> {
    match key.unhashable() {
        Some(kind) => Err(Error::data(format!("unhashable key: {kind}"))),
        None => Ok(key),
    }
}

/// The place of a key in a [`Dict`]: see [`Dict::entry`].
#[derive(Debug)]
pub struct Entry<'a> {
    dict: &'a mut Dict,
    key: Value,
    index: Option<usize>,
}

impl<'a> Entry<'a> {
    /// The key.
    pub fn key(&self) -> &Value {
        &self.key
    }

    /// The value that is there, or this one, which is then put there.
    pub fn or_insert(self, value: impl Into<Value>) -> &'a mut Value {
        self.or_insert_with(|| value.into())
    }

    /// The value that is there, or the one that this makes, which is then put there.
    pub fn or_insert_with(self, value: impl FnOnce() -> Value) -> &'a mut Value {
        let index = match self.index {
            Some(index) => index,
            None => {
                self.dict.insert_key(Key::of(self.key), value());
                self.dict.len() - 1
            }
        };
        match &mut self.dict.pairs {
            Pairs::Few(pairs) => &mut pairs[index].1,
            Pairs::Many(pairs) => &mut pairs[index],
        }
    }

    /// Changes the value that is there, if there is one.
    pub fn and_modify(self, change: impl FnOnce(&mut Value)) -> Self {
        if let Some(value) = self.index.and_then(|index| self.dict.value_mut(index)) {
            change(value);
        }
        self
    }
}

#[derive(Clone)]
enum RawIter<'a> {
    Few(std::slice::Iter<'a, (Key, Value)>),
    Many(indexmap::map::Iter<'a, Key, Value>),
}

impl<'a> Iterator for RawIter<'a> {
    type Item = (&'a Key, &'a Value);

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            RawIter::Few(pairs) => pairs.next().map(|(key, value)| (key, value)),
            RawIter::Many(pairs) => pairs.next(),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            RawIter::Few(pairs) => pairs.size_hint(),
            RawIter::Many(pairs) => pairs.size_hint(),
        }
    }
}

/// See [`Dict::parts`].
pub(super) struct Parts<'a> {
    pairs: RawIter<'a>,
    value: Option<&'a Value>,
}

impl<'a> Iterator for Parts<'a> {
    type Item = &'a Value;

    fn next(&mut self) -> Option<&'a Value> {
        if let Some(value) = self.value.take() {
            return Some(value);
        }
        let (key, value) = self.pairs.next()?;
        if matches!(key, Key::Shared(_)) {
            return Some(value);
        }
        self.value = Some(value);
        Some(key.value())
    }
}

/// The pairs of a [`Dict`], in order.
#[derive(Clone)]
pub struct Iter<'a>(RawIter<'a>);

impl fmt::Debug for Iter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

impl<'a> Iterator for Iter<'a> {
    type Item = (&'a Value, &'a Value);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|(key, value)| (key.value(), value))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl ExactSizeIterator for Iter<'_> {}

impl<'a> IntoIterator for &'a Dict {
    type Item = (&'a Value, &'a Value);
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

/// The pairs of a [`Dict`] that is taken apart, in order.
#[derive(Debug)]
pub struct IntoIter(std::vec::IntoIter<(Value, Value)>);

impl Iterator for IntoIter {
    type Item = (Value, Value);

    fn next(&mut self) -> Option<(Value, Value)> {
        self.0.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl ExactSizeIterator for IntoIter {}

impl IntoIterator for Dict {
    type Item = (Value, Value);
    type IntoIter = IntoIter;

    fn into_iter(self) -> IntoIter {
        let value_of = |(key, value): (Key, Value)| (key.into_value(), value);
        let pairs: Vec<_> = match self.pairs {
            Pairs::Few(pairs) => pairs.into_iter().map(value_of).collect(),
            Pairs::Many(pairs) => pairs.into_iter().map(value_of).collect(),
        };
        IntoIter(pairs.into_iter())
    }
}

/// Keys are texts and the like, which are always hashable.
impl<K: Into<super::Scalar>, V: Into<Value>> FromIterator<(K, V)> for Dict {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Dict {
        let pairs = pairs.into_iter();
        let mut dict = Dict::with_capacity(pairs.size_hint().0.min(1024));
        for (key, value) in pairs {
            dict.insert_key(Key::of(key.into().into()), value.into());
        }
        dict
    }
}

impl std::ops::Index<&str> for Dict {
    type Output = Value;

    /// The value under a text key.
    ///
    /// # Panics
    ///
    /// If there is no such key; [`get`](Dict::get) does not.
    #[expect(clippy::panic, reason = "indexing panics, as everywhere in Rust")]
    fn index(&self, key: &str) -> &Value {
        match self.get(key) {
            Some(value) => value,
            None => panic!("no key {key:?} in the dict"),
        }
    }
}

impl Clone for Dict {
    fn clone(&self) -> Dict {
        self.with_copies(&mut self.parts().cloned())
    }
}

impl fmt::Debug for Dict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}
