//! How our deserializer hands a finished [`Value`] to the visitor of `Value`, and how our serializer says that it is ours: serde has
//! no word for either.
//!
//! One side lays something down here and calls the other, which takes it at once.

use std::cell::Cell;

use super::{Global, Value};
use crate::{
    Memo, Protocol,
    types::{DType, Scalar},
};

thread_local! {
    static VALUE: Cell<Option<Value>> = const { Cell::new(None) };
    static SCALAR: Cell<Option<Scalar>> = const { Cell::new(None) };
    static CLASS: Cell<Option<Global>> = const { Cell::new(None) };
    static DTYPE: Cell<Option<DType>> = const { Cell::new(None) };
    static TARGET: Cell<Option<Target>> = const { Cell::new(None) };
}

pub(crate) fn put(value: Value) {
    VALUE.set(Some(value));
}

pub(crate) fn take() -> Option<Value> {
    VALUE.take()
}

/// What a recipe made of an object, for the visitor of one of our `types`.
pub(crate) fn put_scalar(scalar: Scalar) {
    SCALAR.set(Some(scalar));
}

pub(crate) fn take_scalar() -> Option<Scalar> {
    SCALAR.take()
}

/// A dtype, for the visitor of a dtype or an array.
pub(crate) fn put_dtype(dtype: DType) {
    DTYPE.set(Some(dtype));
}

pub(crate) fn take_dtype() -> Option<DType> {
    DTYPE.take()
}

/// What our serializer writes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target {
    pub(crate) protocol: Protocol,
    pub(crate) memo: Memo,
}

/// Our serializer is about to call `serialize` of one of our types.
pub(crate) fn put_target(target: Target) {
    TARGET.set(Some(target));
}

pub(crate) fn take_target() -> Option<Target> {
    TARGET.take()
}

/// The class of the instance whose value comes next.
pub(crate) fn put_class(class: Global) {
    CLASS.set(Some(class));
}

pub(crate) fn take_class() -> Option<Global> {
    CLASS.take()
}
