//! `value["name"]` and `value[3]`.

use std::ops::{Index, IndexMut};

use super::{Dict, Value};

static NONE: Value = Value::None;

impl Index<&str> for Value {
    type Output = Value;

    /// The value under a text key, or None if there is no such key, or this is no dict: as in serde_json.
    fn index(&self, key: &str) -> &Value {
        self.get(key).unwrap_or(&NONE)
    }
}

impl Index<usize> for Value {
    type Output = Value;

    /// The item at an index, or None if there is no such item.
    fn index(&self, index: usize) -> &Value {
        self.at(index).unwrap_or(&NONE)
    }
}

impl IndexMut<&str> for Value {
    /// The value under a text key, to be changed; put there as None, if need be. None itself becomes a dict first.
    ///
    /// # Panics
    ///
    /// If this is neither a dict nor None.
    #[expect(clippy::panic, reason = "as serde_json")]
    fn index_mut(&mut self, key: &str) -> &mut Value {
        if self.is_none() {
            *self = Value::Dict(Dict::new());
        }
        let kind = self.kind_name();
        let Value::Dict(dict) = self else { panic!("cannot set the key {key:?} of a {kind}") };
        match dict.entry(key) {
            Ok(entry) => entry.or_insert(Value::None),
            Err(_) => panic!("text is hashable"),
        }
    }
}

impl IndexMut<usize> for Value {
    /// The item at an index, to be changed.
    ///
    /// # Panics
    ///
    /// If there is no such item.
    #[expect(clippy::panic, reason = "as serde_json")]
    fn index_mut(&mut self, index: usize) -> &mut Value {
        let kind = self.kind_name();
        match self.at_mut(index) {
            Some(item) => item,
            None => panic!("no item {index} in the {kind}"),
        }
    }
}
