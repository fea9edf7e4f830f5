//! The values directly inside a value, for what goes through values without recursion.

use super::{Object, Value};

/// The items of a container, keys and values of a dict in turn, everything that an object has; `None` for what has nothing inside.
pub(super) fn children(value: &Value) -> Option<Box<dyn Iterator<Item = &Value> + '_>> {
    Some(match value {
        Value::List(items) | Value::Tuple(items) => Box::new(items.iter()),
        Value::Dict(dict) => Box::new(dict.iter().flat_map(|(key, value)| [key, value])),
        Value::Set(set) | Value::FrozenSet(set) => Box::new(set.iter()),
        Value::Object(object) => Box::new(object_children(object)),
        Value::PersistentId(id) => Box::new(std::iter::once(&**id)),
        _ => return None,
    })
}

fn object_children(object: &Object) -> impl Iterator<Item = &Value> {
    std::iter::once(&object.class)
        .chain(&object.args)
        .chain(object.kwargs.iter().flat_map(|(key, value)| [key, value]))
        .chain(&object.items)
        .chain(&object.added)
        .chain(object.pairs.iter().flat_map(|(key, value)| [key, value]))
        .chain(&object.states)
        .chain(object.effects.iter().flat_map(|(callable, args)| std::iter::once(callable).chain(args)))
}

impl Clone for Value {
    fn clone(&self) -> Value {
        let mut open: Vec<(&Value, _, usize)> = Vec::new();
        let mut done: Vec<Value> = Vec::new();
        let mut next = Some(self);
        loop {
            if let Some(value) = next.take() {
                match children(value) {
                    Some(children) => open.push((value, children, done.len())),
                    None => done.push(copy(value)),
                }
            }
            let Some((container, children, start)) = open.last_mut() else { return done.pop().unwrap_or_default() };
            next = children.next();
            if next.is_none() {
                let items = done.split_off(*start);
                done.push(rebuilt(container, items));
                open.pop();
            }
        }
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

/// A container like this one, of copies of what is in it.
fn rebuilt(container: &Value, copies: Vec<Value>) -> Value {
    let mut copies = copies.into_iter();
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

fn rebuilt_object(object: &Object, copies: &mut std::vec::IntoIter<Value>) -> Object {
    let mut of = |length: usize| -> Vec<Value> { copies.by_ref().take(length).collect() };
    let class = of(1).pop().unwrap_or_default();
    let args = of(object.args.len());
    let kwargs = object.kwargs.with_copies(&mut of(2 * object.kwargs.len()).into_iter());
    Object {
        how: object.how,
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
