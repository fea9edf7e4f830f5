//! How our deserializer hands a finished [`Value`] to the visitor of `Value`: serde's visitors take only what serde has a word for.
//!
//! The deserializer lays the value down here, and calls the visitor, which takes it at once.

use std::cell::Cell;

use super::Value;

thread_local! {
    static VALUE: Cell<Option<Value>> = const { Cell::new(None) };
}

pub(crate) fn put(value: Value) {
    VALUE.set(Some(value));
}

pub(crate) fn take() -> Option<Value> {
    VALUE.take()
}
