//! How our deserializer hands a finished [`Value`] to the visitor of `Value`, and how our serializer says that it is ours: serde has
//! no word for either.
//!
//! One side lays something down here and calls the other, which takes it at once.

use std::cell::Cell;

use super::Value;
use crate::Protocol;

thread_local! {
    static VALUE: Cell<Option<Value>> = const { Cell::new(None) };
    static PROTOCOL: Cell<Option<Protocol>> = const { Cell::new(None) };
}

pub(crate) fn put(value: Value) {
    VALUE.set(Some(value));
}

pub(crate) fn take() -> Option<Value> {
    VALUE.take()
}

/// Our serializer is about to call `serialize` of one of our types; this is the protocol that it writes.
pub(crate) fn put_protocol(protocol: Protocol) {
    PROTOCOL.set(Some(protocol));
}

pub(crate) fn take_protocol() -> Option<Protocol> {
    PROTOCOL.take()
}
