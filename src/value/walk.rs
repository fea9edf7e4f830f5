//! The values directly inside a value, for what goes through values without recursion.

use super::{Dict, Set, Value};

/// The items of a container, keys and values of a dict in turn; `None` for what is no container.
pub(super) fn children(value: &Value) -> Option<Box<dyn Iterator<Item = &Value> + '_>> {
    Some(match value {
        Value::List(items) | Value::Tuple(items) => Box::new(items.iter()),
        Value::Dict(dict) => Box::new(dict.iter().flat_map(|(key, value)| [key, value])),
        Value::Set(set) | Value::FrozenSet(set) => Box::new(set.iter()),
        _ => return None,
    })
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

/// A copy of what is no container.
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
        _ => Value::None,
    }
}

/// A container like this one, of copies of its items.
fn rebuilt(container: &Value, items: Vec<Value>) -> Value {
    match container {
        Value::Tuple(_) => Value::Tuple(items),
        Value::Dict(_) => Value::Dict(Dict::of_hashable(items)),
        Value::Set(_) => Value::Set(Set::of_hashable(items)),
        Value::FrozenSet(_) => Value::FrozenSet(Set::of_hashable(items)),
        _ => Value::List(items),
    }
}
