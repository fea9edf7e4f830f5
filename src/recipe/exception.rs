//! Exceptions. Those of Python itself are known by name, those of others by what they are named, as Python's style guide says.

use super::{Entry, Known, Recipe, Recipes};
use crate::graph::{How, ObjectView};

pub(super) const RECIPES: &[Entry] = &[
    ("builtins", "BaseException", exception),
    ("builtins", "Exception", exception),
    ("builtins", "KeyboardInterrupt", exception),
    ("builtins", "SystemExit", exception),
    ("builtins", "GeneratorExit", exception),
    ("builtins", "StopIteration", exception),
    ("builtins", "StopAsyncIteration", exception),
    ("builtins", "BaseExceptionGroup", exception),
    ("builtins", "ExceptionGroup", exception),
    ("builtins", "Warning", exception),
    ("asyncio.exceptions", "CancelledError", exception),
];

/// For classes whose names are those of exceptions.
pub(super) fn by_name(name: &str) -> Option<Recipe> {
    let is_exception = ["Error", "Exception", "Warning"].iter().any(|end| name.ends_with(end));
    if is_exception { Some(exception) } else { None }
}

fn exception<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    // Exceptions are made by a call, with their arguments.
    if object.how != How::Reduce {
        return None;
    }
    let class = at.store.global_of(at.input, object.class)?;
    Some(Known::Exception(class))
}
