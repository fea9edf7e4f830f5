//! Python's `repr`, without recursion.

use std::{
    borrow::Cow,
    fmt::{self, Display},
};

use super::{Buffer, Dict, Global, How, Object, Value};
use crate::repr;

/// What a container is printed as, piece by piece.
enum Piece<'a> {
    Text(Cow<'a, str>),
    Value(&'a Value),
}

use Piece::{Text, Value as Inside};

fn text(text: &'static str) -> Piece<'static> {
    Text(Cow::Borrowed(text))
}

type Pieces<'a> = Box<dyn Iterator<Item = Piece<'a>> + 'a>;

impl Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        print(Box::new(std::iter::once(Inside(self))), f)
    }
}

/// The same as [`Display`]: what it is in Python.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

pub(super) fn object(object: &Object, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    print(object_pieces(object), f)
}

fn print(pieces: Pieces<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut open = vec![pieces];
    while let Some(pieces) = open.last_mut() {
        match pieces.next() {
            None => {
                open.pop();
            }
            Some(Text(text)) => f.write_str(&text)?,
            Some(Inside(value)) => match container(value) {
                Some(pieces) => open.push(pieces),
                None => scalar(value, f)?,
            },
        }
    }
    Ok(())
}

/// The pieces of what has values inside.
fn container(value: &Value) -> Option<Pieces<'_>> {
    Some(match value {
        Value::List(items) => enclosed("[", listed(items.iter()), "]"),
        Value::Tuple(items) => enclosed("(", listed(items.iter()), if items.len() == 1 { ",)" } else { ")" }),
        Value::Dict(dict) => enclosed("{", pairs(dict), "}"),
        Value::Set(set) if !set.is_empty() => enclosed("{", listed(set.iter()), "}"),
        Value::FrozenSet(set) if !set.is_empty() => enclosed("frozenset({", listed(set.iter()), "})"),
        Value::Object(object) => object_pieces(object),
        Value::PersistentId(id) => enclosed("<persistent id ", std::iter::once(Inside(id)), ">"),
        _ => return None,
    })
}

fn enclosed<'a>(begin: &'static str, inside: impl Iterator<Item = Piece<'a>> + 'a, end: &'static str) -> Pieces<'a> {
    Box::new(std::iter::once(text(begin)).chain(inside).chain(std::iter::once(text(end))))
}

fn listed<'a>(items: impl Iterator<Item = &'a Value>) -> impl Iterator<Item = Piece<'a>> {
    items.enumerate().flat_map(|(at, item)| [text(if at == 0 { "" } else { ", " }), Inside(item)])
}

fn pairs(dict: &Dict) -> impl Iterator<Item = Piece<'_>> {
    keyed(dict.iter())
}

fn keyed<'a>(pairs: impl Iterator<Item = (&'a Value, &'a Value)>) -> impl Iterator<Item = Piece<'a>> {
    pairs
        .enumerate()
        .flat_map(|(at, (key, value))| [text(if at == 0 { "" } else { ", " }), Inside(key), text(": "), Inside(value)])
}

/// `module.Class(args, name=value, *[items], **{pairs})`: attributes that a state sets are shown like keyword arguments, a state
/// of another kind as `state=`. What a class itself was given follows its name in angle brackets.
fn object_pieces(object: &Object) -> Pieces<'_> {
    fn one<'a, const N: usize>(pieces: [Piece<'a>; N]) -> Pieces<'a> {
        Box::new(pieces.into_iter())
    }
    let mut shown: Vec<Pieces<'_>> = Vec::new();
    shown.extend(object.args.iter().map(|arg| one([Inside(arg)])));
    shown.extend(object.kwargs.iter().map(|(key, value)| match key {
        Value::Str(name) => one([Text(Cow::Borrowed(name)), text("="), Inside(value)]),
        _ => one([Inside(key), text("="), Inside(value)]),
    }));
    for state in &object.states {
        match attributes(state) {
            Some(attributes) => shown.extend(attributes),
            None => shown.push(one([text("state="), Inside(state)])),
        }
    }
    for (callable, args) in &object.effects {
        match &args[..] {
            [state] if attributes(state).is_some() => shown.extend(attributes(state).into_iter().flatten()),
            _ => shown.push(Box::new(std::iter::once(Inside(callable)).chain(enclosed(
                "(self, ",
                listed(args.iter()),
                ")",
            )))),
        }
    }
    if !object.items.is_empty() {
        shown.push(enclosed("*[", listed(object.items.iter()), "]"));
    }
    if !object.added.is_empty() {
        shown.push(enclosed("*{", listed(object.added.iter()), "}"));
    }
    if !object.pairs.is_empty() {
        shown.push(enclosed("**{", keyed(object.pairs.iter().map(|(key, value)| (key, value))), "}"));
    }
    let inside = shown
        .into_iter()
        .enumerate()
        .flat_map(|(at, part)| std::iter::once(text(if at == 0 { "" } else { ", " })).chain(part));
    let name: Pieces<'_> = match &object.class {
        Value::Global(_) | Value::Object(_) => one([Inside(&object.class)]),
        other => enclosed("(", std::iter::once(Inside(other)), ")"),
    };
    let (begin, end) = if object.how == How::Itself { ("<", ">") } else { ("(", ")") };
    Box::new(name.chain(enclosed(begin, inside, end)))
}

/// The attributes that a state sets, if it is a dict of names, or such a one and one of slots.
fn attributes(state: &Value) -> Option<Vec<Pieces<'_>>> {
    fn of(dict: &Dict) -> Option<Vec<Pieces<'_>>> {
        dict.iter()
            .map(|(key, value)| match key {
                Value::Str(name) => {
                    let pieces = [Text(Cow::Borrowed(name.as_str())), text("="), Inside(value)];
                    Some(Box::new(pieces.into_iter()) as Pieces<'_>)
                }
                _ => None,
            })
            .collect()
    }
    match state {
        Value::Dict(dict) => of(dict),
        Value::Tuple(both) => match &both[..] {
            [Value::None, Value::Dict(slots)] => of(slots),
            [Value::Dict(dict), Value::Dict(slots)] => {
                let mut all = of(dict)?;
                all.extend(of(slots)?);
                Some(all)
            }
            _ => None,
        },
        _ => None,
    }
}

fn scalar(value: &Value, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match value {
        Value::None => f.write_str("None"),
        Value::Bool(bool) => f.write_str(if *bool { "True" } else { "False" }),
        Value::Int(int) => write!(f, "{int}"),
        Value::BigInt(int) => write!(f, "{int}"),
        Value::Float(float) => repr::float(*float, f),
        Value::Str(text) => repr::str(text, f),
        Value::SurrogateStr(text) => repr::surrogate_str(text.as_bytes(), f),
        Value::Bytes(bytes) => repr::bytes(bytes, f),
        Value::ByteArray(bytes) => {
            f.write_str("bytearray(")?;
            repr::bytes(bytes, f)?;
            f.write_str(")")
        }
        Value::Set(_) => f.write_str("set()"),
        Value::FrozenSet(_) => f.write_str("frozenset()"),
        Value::Global(global) => global_name(global, f),
        Value::Extension(code) => write!(f, "<extension {code}>"),
        Value::Buffer(buffer) => buffer_name(buffer, f),
        // These have values inside, and are printed where they are opened.
        Value::List(_) | Value::Tuple(_) | Value::Dict(_) | Value::Object(_) | Value::PersistentId(_) => Ok(()),
    }
}

/// Names of builtins stand by themselves, as in Python: `int`, not `builtins.int`.
fn global_name(global: &Global, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match global.module.as_str() {
        "builtins" => f.write_str(&global.name),
        _ => write!(f, "{global}"),
    }
}

fn buffer_name(buffer: &Buffer, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let readonly = if buffer.is_readonly() { "read-only " } else { "" };
    match buffer.bytes() {
        Some(bytes) => write!(f, "<{readonly}buffer of {} bytes>", bytes.len()),
        None => write!(f, "<{readonly}buffer {}>", buffer.index().unwrap_or_default()),
    }
}
