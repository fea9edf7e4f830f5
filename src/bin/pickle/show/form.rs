//! What a node is shown as, before it is laid out in lines.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde_pickle::{How, Kind, Node, Value, types::ArrayRef};

use crate::walk;

/// What stands inside brackets.
pub(super) enum Part<'g, 'de> {
    Item(Node<'g, 'de>),
    Pair(Node<'g, 'de>, Node<'g, 'de>),
    /// `name=value`.
    Named(String, Node<'g, 'de>),
    /// Brackets inside the brackets.
    Group(&'static str, Vec<Part<'g, 'de>>, &'static str),
    /// What is said of what is not shown.
    Left(usize),
}

/// A container: brackets and what stands inside.
pub(super) struct Form<'g, 'de> {
    /// What made it, before the brackets.
    pub(super) class: Option<Node<'g, 'de>>,
    pub(super) begin: &'static str,
    pub(super) parts: Vec<Part<'g, 'de>>,
    pub(super) end: &'static str,
}

/// The parts of a container, at most so many of each kind.
pub(super) fn form<'g, 'de>(node: Node<'g, 'de>, items: usize) -> Option<Form<'g, 'de>> {
    let listed = |begin, end| Some(Form { class: None, begin, parts: items_of(node.items(), items), end });
    match node.kind() {
        Kind::List => listed("[", "]"),
        Kind::Tuple => listed("(", if node.len() == 1 { ",)" } else { ")" }),
        Kind::Set if !node.is_empty() => listed("{", "}"),
        Kind::FrozenSet if !node.is_empty() => listed("frozenset({", "})"),
        Kind::Dict => Some(Form { class: None, begin: "{", parts: pairs_of(node.entries(), items), end: "}" }),
        Kind::PersistentId => {
            let id = node.persistent_id()?;
            Some(Form { class: None, begin: "<persistent id ", parts: vec![Part::Item(id)], end: ">" })
        }
        Kind::Readonly => {
            let inner = node.readonly()?;
            Some(Form { class: None, begin: "<read-only ", parts: vec![Part::Item(inner)], end: ">" })
        }
        Kind::Object => Some(object(node, items)),
        _ => None,
    }
}

fn object<'g, 'de>(node: Node<'g, 'de>, items: usize) -> Form<'g, 'de> {
    let mut parts = items_of(node.args(), items);
    parts.extend(named(node.kwargs()));
    for state in node.states() {
        match attributes(state) {
            Some(attributes) => parts.extend(attributes),
            None => parts.push(Part::Named("state".into(), state)),
        }
    }
    for (callable, args) in node.effects().filter(|(_, args)| args.len() != 1) {
        let mut call = vec![Part::Item(callable)];
        call.extend(args.map(Part::Item));
        parts.push(Part::Group("<then ", call, ">"));
    }
    if node.appended().len() > 0 {
        parts.push(Part::Group("*[", items_of(node.appended(), items), "]"));
    }
    if node.added().len() > 0 {
        parts.push(Part::Group("*{", items_of(node.added(), items), "}"));
    }
    if node.entries().len() > 0 {
        parts.push(Part::Group("**{", pairs_of(node.entries(), items), "}"));
    }
    let (begin, end) = if node.how() == Some(How::Itself) { ("<", ">") } else { ("(", ")") };
    Form { class: node.class(), begin, parts, end }
}

fn items_of<'g, 'de>(all: serde_pickle::Items<'g, 'de>, most: usize) -> Vec<Part<'g, 'de>> {
    let left = all.len().saturating_sub(most);
    let mut parts: Vec<Part<'g, 'de>> = all.take(most).map(Part::Item).collect();
    parts.extend((left > 0).then_some(Part::Left(left)));
    parts
}

fn pairs_of<'g, 'de>(all: serde_pickle::Entries<'g, 'de>, items: usize) -> Vec<Part<'g, 'de>> {
    let most = items.saturating_mul(5);
    let left = all.len().saturating_sub(most);
    let mut parts: Vec<Part<'g, 'de>> = all.take(most).map(|(key, value)| Part::Pair(key, value)).collect();
    parts.extend((left > 0).then_some(Part::Left(left)));
    parts
}

fn named<'g, 'de>(all: serde_pickle::Entries<'g, 'de>) -> Vec<Part<'g, 'de>> {
    let part = |(key, value): (Node<'g, 'de>, _)| match key.as_str() {
        Some(name) => Part::Named(name.into_owned(), value),
        None => Part::Pair(key, value),
    };
    all.map(part).collect()
}

/// The attributes that a state sets, if it is a dict of names, or such a one and one of slots.
fn attributes<'g, 'de>(state: Node<'g, 'de>) -> Option<Vec<Part<'g, 'de>>> {
    let names = |dict: Node<'g, 'de>| {
        let are_names = dict.kind() == Kind::Dict && dict.entries().all(|(key, _)| key.as_str().is_some());
        are_names.then(|| named(dict.entries()))
    };
    if state.kind() == Kind::Tuple && state.len() == 2 {
        let (dict, slots) = (state.at(0)?, state.at(1)?);
        let mut parts = if dict.is_none() { Vec::new() } else { names(dict)? };
        parts.extend(names(slots)?);
        return Some(parts);
    }
    names(state)
}

/// What an array is, instead of its bytes.
pub(crate) fn array_of(node: Node<'_, '_>) -> Option<String> {
    // Any plain value can be read as an array: these are arrays.
    let class = node.class_name().filter(|class| {
        let package = class.module.split('.').next().unwrap_or_default();
        matches!(package, "numpy" | "array" | "joblib") || class.module.contains(".joblib")
    });
    class?;
    let array = node.deserialize::<ArrayRef<'_>>().ok()?;
    let dtype = array.dtype();
    let shape: Vec<String> = array.shape().iter().map(usize::to_string).collect();
    let comma = if shape.len() == 1 { "," } else { "" };
    let kind = format!("{:?}", dtype.kind()).to_lowercase();
    Some(format!("array of {kind}, {} bytes each, shape ({}{comma})", dtype.itemsize(), shape.join(", ")))
}

/// The name of the class of an object, as Python shows it.
pub(crate) fn class_of(node: Node<'_, '_>) -> Option<String> {
    let class = node.class_name()?;
    Some(if class.module == "builtins" { class.name } else { class.to_string() })
}

/// The text or number that an object is: a date, a Decimal, an UUID, whose arguments say nothing to a reader.
pub(crate) fn scalar_of(node: Node<'_, '_>) -> Option<Value> {
    let is_plain = |arg: Node<'_, '_>| !matches!(arg.kind(), Kind::Bytes | Kind::Py2Str | Kind::Object | Kind::Global);
    let speaks = node.args().all(is_plain) && (node.args().len() > 0 || node.states().all(is_plain_state));
    if node.kind() != Kind::Object || speaks || walk::setter_states(node) > 0 {
        return None;
    }
    node.deserialize::<Scalar>().ok().map(|scalar| scalar.0)
}

/// An instance with attributes is shown by them, unless the class is known.
fn is_plain_state(state: Node<'_, '_>) -> bool {
    state.kind() != Kind::Dict
}

/// What is a text or number in its natural form; anything else is an error.
struct Scalar(Value);

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Scalar, D::Error> {
        struct ScalarVisitor;

        impl Visitor<'_> for ScalarVisitor {
            type Value = Scalar;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a number")
            }

            fn visit_bool<E: de::Error>(self, value: bool) -> Result<Scalar, E> {
                Ok(Scalar(value.into()))
            }

            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Scalar, E> {
                Ok(Scalar(value.into()))
            }

            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Scalar, E> {
                Ok(Scalar(value.into()))
            }

            fn visit_i128<E: de::Error>(self, value: i128) -> Result<Scalar, E> {
                Ok(Scalar(value.into()))
            }

            fn visit_f64<E: de::Error>(self, value: f64) -> Result<Scalar, E> {
                Ok(Scalar(value.into()))
            }

            fn visit_str<E: de::Error>(self, value: &str) -> Result<Scalar, E> {
                Ok(Scalar(value.into()))
            }
        }

        deserializer.deserialize_any(ScalarVisitor)
    }
}
