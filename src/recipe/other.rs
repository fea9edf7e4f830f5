//! Functions, methods, members of enums, and what stands for text.

use super::{Entry, Known, Recipes};
use crate::graph::{Leaf, ObjectView, View};

pub(super) const RECIPES: &[Entry] = &[
    ("builtins", "type", type_of),
    ("builtins", "getattr", bound_method),
    ("_operator", "or_", flags),
    ("operator", "or_", flags),
    ("re", "_compile", pattern),
    ("regex._regex_core", "_compile", pattern),
    ("django.utils.functional", "_lazy_proxy_unpickle", lazy),
];

/// `type(None)`, the way of classes that have no name.
fn type_of<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    let &[of] = object.args else { return None };
    let name = match at.view(of) {
        View::Leaf(Leaf::None) => "builtins.NoneType",
        View::Global(global) if global.is("builtins", "Ellipsis") => "builtins.ellipsis",
        View::Global(global) if global.is("builtins", "NotImplemented") => "builtins.NotImplementedType",
        _ => return None,
    };
    Some(Known::Text(name.to_owned()))
}

/// A method of an object; a name that is an attribute of a name is a global.
fn bound_method<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    let &[_, name] = object.args else { return None };
    Some(Known::Text(at.text(name)?.into_owned()))
}

/// Members of a flag, as Python 3.11.0 to 3.11.4 wrote them: `or_(or_(C, B), A)`, the lowest last, and behind it the bits that have no
/// member. It is what Python has as its name: `A|B|C`, `A|8`.
fn flags<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    let (mut names, mut bits) = (Vec::new(), Vec::new());
    let [first, second] = *object.args else { return None };
    let mut left = vec![first, second];
    while let Some(operand) = left.pop() {
        match at.view(operand) {
            View::Global(global) => names.push(global.name.rsplit('.').next().unwrap_or_default().to_owned()),
            View::Leaf(Leaf::Int(unknown)) => bits.push(unknown.to_string()),
            View::Object(inner) if names.len() + bits.len() + left.len() < MOST_FLAGS => {
                let [first, second] = *inner.args else { return None };
                let is_or = at.store.global_of(at.input, inner.class).is_some_and(|global| global.name == "or_");
                left.extend(is_or.then_some([first, second])?);
            }
            _ => return None,
        }
    }
    names.extend(bits);
    Some(Known::Text(names.join("|")))
}

/// A flag has a bit for each.
const MOST_FLAGS: usize = 128;

fn pattern<'c>(_: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    match object.args {
        args @ &[_, _] => Some(Known::Fields(&["pattern", "flags"], args)),
        _ => None,
    }
}

/// A text of Django that is translated when it is shown: what is to be translated.
fn lazy<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    let &[_, args, ..] = object.args else { return None };
    match *at.store.tuple_items(args) {
        [text] => at.text(text).map(|_| Known::Value(text)),
        _ => None,
    }
}
