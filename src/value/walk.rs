//! The values directly inside a value, for what goes through values without recursion.

use std::borrow::Cow;

use super::{Object, Value};

/// Whether a value has nothing inside.
#[inline]
pub(super) fn is_leaf(value: &Value) -> bool {
    !matches!(
        value,
        Value::List(_)
            | Value::Tuple(_)
            | Value::Dict(_)
            | Value::Set(_)
            | Value::FrozenSet(_)
            | Value::Object(_)
            | Value::PersistentId(_)
    )
}

/// What a copy of a value needs copies of, one after the other.
enum Parts<'a> {
    Items(std::slice::Iter<'a, Value>),
    Dict(super::dict::Parts<'a>),
    Each(Box<dyn Iterator<Item = &'a Value> + 'a>),
}

impl<'a> Parts<'a> {
    fn of(value: &'a Value) -> Parts<'a> {
        match value {
            Value::List(items) | Value::Tuple(items) => Parts::Items(items.iter()),
            Value::Dict(dict) => Parts::Dict(dict.parts()),
            Value::Set(set) | Value::FrozenSet(set) => Parts::Each(Box::new(set.iter())),
            Value::Object(object) => Parts::Each(Box::new(object_parts(object))),
            Value::PersistentId(id) => Parts::Items(std::slice::from_ref(&**id).iter()),
            _ => Parts::Items([].iter()),
        }
    }

    #[inline]
    fn next(&mut self) -> Option<&'a Value> {
        match self {
            Parts::Items(items) => items.next(),
            Parts::Dict(parts) => parts.next(),
            Parts::Each(each) => each.next(),
        }
    }
}

fn object_parts(object: &Object) -> impl Iterator<Item = &Value> {
    std::iter::once(&object.class)
        .chain(&object.args)
        .chain(object.kwargs.parts())
        .chain(&object.items)
        .chain(&object.added)
        .chain(object.pairs.iter().flat_map(|(key, value)| [key, value]))
        .chain(&object.states)
        .chain(object.effects.iter().flat_map(|(callable, args)| std::iter::once(callable).chain(args)))
}

impl Value {
    /// The out-of-band [`Buffer`](super::Buffer)s in it whose bytes are at hand, in the order in which they are written: what Python
    /// needs as `buffers=` to load it (PEP 574), not copied. See [`SerOptions::buffer_callback`](crate::SerOptions::buffer_callback).
    pub fn buffers(&self) -> Vec<Cow<'_, [u8]>> {
        let mut buffers = Vec::new();
        let mut open = vec![Parts::Items(std::slice::from_ref(self).iter())];
        while let Some(parts) = open.last_mut() {
            match parts.next() {
                Some(Value::Buffer(buffer)) => buffers.extend(buffer.bytes().map(Cow::Borrowed)),
                Some(part) if !is_leaf(part) => open.push(Parts::of(part)),
                Some(_) => {}
                None => drop(open.pop()),
            }
        }
        buffers
    }
}

impl Clone for Value {
    fn clone(&self) -> Value {
        if is_leaf(self) {
            return copy(self);
        }
        let mut open = vec![(self, Parts::of(self), 0)];
        let mut done: Vec<Value> = Vec::new();
        while let Some((container, parts, start)) = open.last_mut() {
            match parts.next() {
                Some(part) if is_leaf(part) => done.push(copy(part)),
                Some(part) => open.push((part, Parts::of(part), done.len())),
                None => {
                    let container = rebuilt(container, done.drain(*start..));
                    done.push(container);
                    open.pop();
                }
            }
        }
        done.pop().unwrap_or_default()
    }
}

/// A copy of what has nothing inside.
fn copy(value: &Value) -> Value {
    match value {
        Value::Bool(bool) => Value::Bool(*bool),
        Value::Int(int) => Value::Int(*int),
        Value::BigInt(int) => Value::BigInt(int.clone()),
        Value::Float(float) => Value::Float(*float),
        Value::Str(text) => Value::Str(text.clone()),
        Value::SurrogateStr(text) => Value::SurrogateStr(text.clone()),
        Value::Bytes(bytes) => Value::Bytes(bytes.clone()),
        Value::ByteArray(bytes) => Value::ByteArray(bytes.clone()),
        Value::Global(global) => Value::Global(global.clone()),
        Value::Extension(code) => Value::Extension(*code),
        Value::Buffer(buffer) => Value::Buffer(buffer.clone()),
        _ => Value::None,
    }
}

/// A container like this one, of copies of its parts.
fn rebuilt(container: &Value, mut copies: std::vec::Drain<'_, Value>) -> Value {
    match container {
        Value::Tuple(_) => Value::Tuple(copies.collect()),
        Value::Dict(dict) => Value::Dict(dict.with_copies(&mut copies)),
        Value::Set(set) => Value::Set(set.with_copies(&mut copies)),
        Value::FrozenSet(set) => Value::FrozenSet(set.with_copies(&mut copies)),
        Value::Object(object) => Value::Object(Box::new(rebuilt_object(object, &mut copies))),
        Value::PersistentId(_) => Value::PersistentId(Box::new(copies.next().unwrap_or_default())),
        _ => Value::List(copies.collect()),
    }
}

fn rebuilt_object(object: &Object, copies: &mut std::vec::Drain<'_, Value>) -> Object {
    let mut of = |length: usize| -> Vec<Value> { copies.by_ref().take(length).collect() };
    let class = of(1).pop().unwrap_or_default();
    let args = of(object.args.len());
    let kwargs = object.kwargs.with_copies(&mut of(object.kwargs.parts().count()).into_iter());
    Object {
        how: object.how,
        by_newobj_ex: object.by_newobj_ex,
        base: object.base,
        class,
        args,
        kwargs,
        items: of(object.items.len()),
        added: of(object.added.len()),
        pairs: paired(of(2 * object.pairs.len())),
        states: of(object.states.len()),
        effects: object
            .effects
            .iter()
            .map(|(_, args)| {
                let mut call = of(1 + args.len());
                let args = call.split_off(1);
                (call.pop().unwrap_or_default(), args)
            })
            .collect(),
    }
}

/// Keys and values in turn, as pairs.
pub(crate) fn paired(values: Vec<Value>) -> Vec<(Value, Value)> {
    let mut values = values.into_iter();
    let mut pairs = Vec::with_capacity(values.len() / 2);
    while let (Some(key), Some(value)) = (values.next(), values.next()) {
        pairs.push((key, value));
    }
    pairs
}
