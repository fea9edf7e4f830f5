//! Values to serializers: faithful to ours, natural forms to others.

use std::sync::LazyLock;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::{
    BigInt, Buffer, Dict, Global, How, Object, PersistentId, Set, SurrogateStr, Value, handoff::Target, natural, walk,
};
use crate::{
    Protocol,
    ser::{
        call::{self, Base, Call, Parts},
        steps::{self, Step, Writer},
    },
    token,
};

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match leaf(self, serializer) {
            Ok(result) => result,
            Err(serializer) => serializer.serialize_newtype_struct(token::VALUE, &Whole(self)),
        }
    }
}

/// Values that serde has a word for, or nearly. Gives the serializer back for others.
fn leaf<S: Serializer>(value: &Value, serializer: S) -> Result<Result<S::Ok, S::Error>, S> {
    Ok(match value {
        Value::None => serializer.serialize_unit(),
        Value::Bool(bool) => serializer.serialize_bool(*bool),
        Value::Int(int) => serializer.serialize_i64(*int),
        Value::BigInt(int) => int.serialize(serializer),
        Value::Float(float) => serializer.serialize_f64(*float),
        Value::Str(text) => serializer.serialize_str(text),
        Value::SurrogateStr(text) => text.serialize(serializer),
        Value::Bytes(bytes) => serializer.serialize_bytes(bytes),
        Value::ByteArray(bytes) => {
            serializer.serialize_newtype_struct(token::BYTEARRAY, serde_bytes::Bytes::new(bytes))
        }
        _ => return Err(serializer),
    })
}

/// A value that is not a leaf, for whatever serializer this is.
struct Whole<'a>(&'a Value);

impl Serialize for Whole<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match steps::begin(serializer) {
            Ok(writer) => write_value(writer?, self.0),
            Err(serializer) => natural(self.0, serializer),
        }
    }
}

// To our serializer: step by step.

/// Writes a value to our serializer.
pub(crate) fn write_value<M: SerializeMap>(writer: Writer<M>, value: &Value) -> Result<M::Ok, M::Error> {
    write(writer, vec![Todo::Value(value)])
}

/// Does what is to be done, one after the other.
pub(crate) fn write_todo<M: SerializeMap>(writer: Writer<M>, mut todo: Vec<Todo<'_>>) -> Result<M::Ok, M::Error> {
    todo.reverse();
    write(writer, todo)
}

/// What is still to be done; the last first.
pub(crate) enum Todo<'a> {
    Value(&'a Value),
    /// A state: if it is a dict, its keys are names of attributes.
    State(&'a Value),
    Step(Step, usize),
    /// Bytes, which are not copied.
    Bytes(&'a [u8]),
    /// Bytes, out of band if somebody takes them.
    Buffer(&'a [u8]),
    /// Values, one after the other.
    List(std::slice::Iter<'a, Value>),
    Dict(super::Iter<'a>),
    Each(Box<dyn Iterator<Item = &'a Value> + 'a>),
    /// What the object that was just made is given.
    Given(&'a Object, Base),
}

fn write<M: SerializeMap>(mut writer: Writer<M>, mut todo: Vec<Todo<'_>>) -> Result<M::Ok, M::Error> {
    // How many objects were stored.
    let mut objects = 0;
    while let Some(next) = todo.pop() {
        match next {
            Todo::Step(step, number) => writer.step(step, number)?,
            Todo::Value(value) => write_one(&mut writer, value, &mut todo)?,
            Todo::State(Value::Dict(dict)) => {
                writer.step(Step::Attributes, dict.len())?;
                todo.extend([Todo::Step(Step::End, 0), Todo::Dict(dict.iter())]);
            }
            // Attributes, and those that have slots.
            Todo::State(Value::Tuple(both)) if matches!(both[..], [Value::Dict(_) | Value::None, Value::Dict(_)]) => {
                writer.step(Step::Tuple, 2)?;
                todo.extend([Todo::Step(Step::End, 0), Todo::State(&both[1]), Todo::State(&both[0])]);
            }
            Todo::State(state) => write_one(&mut writer, state, &mut todo)?,
            Todo::Bytes(bytes) => writer.leaf(serde_bytes::Bytes::new(bytes))?,
            Todo::Buffer(bytes) => {
                writer.step(Step::BufferBytes, 0)?;
                writer.leaf(serde_bytes::Bytes::new(bytes))?;
            }
            Todo::List(mut items) => {
                while let Some(item) = items.next() {
                    if walk::is_leaf(item) {
                        write_one(&mut writer, item, &mut todo)?;
                        continue;
                    }
                    todo.push(Todo::List(items));
                    todo.push(Todo::Value(item));
                    break;
                }
            }
            Todo::Dict(mut pairs) => {
                while let Some((key, value)) = pairs.next() {
                    if walk::is_leaf(key) && walk::is_leaf(value) {
                        write_one(&mut writer, key, &mut todo)?;
                        write_one(&mut writer, value, &mut todo)?;
                        continue;
                    }
                    todo.extend([Todo::Dict(pairs), Todo::Value(value), Todo::Value(key)]);
                    break;
                }
            }
            Todo::Given(object, base) => give(object, base, &mut todo, &mut objects),
            Todo::Each(mut items) => {
                if let Some(item) = items.next() {
                    todo.extend([Todo::Each(items), Todo::Value(item)]);
                }
            }
        }
    }
    writer.end()
}

/// Writes a leaf, or begins what has values inside: then these are to be done.
fn write_one<'a, M: SerializeMap>(
    writer: &mut Writer<M>,
    value: &'a Value,
    todo: &mut Vec<Todo<'a>>,
) -> Result<(), M::Error> {
    let (step, number, inside) = match value {
        Value::List(items) => (Step::List, items.len(), Todo::List(items.iter())),
        Value::Tuple(items) => (Step::Tuple, items.len(), Todo::List(items.iter())),
        Value::Dict(dict) => (Step::Dict, dict.len(), Todo::Dict(dict.iter())),
        Value::Set(set) => (Step::Set, set.len(), Todo::Each(Box::new(set.iter()))),
        Value::FrozenSet(set) => (Step::FrozenSet, set.len(), Todo::Each(Box::new(set.iter()))),
        Value::Global(global) => return writer.global(Step::Global, &global.module, &global.name),
        Value::Object(object) => return write_object(writer, object, todo),
        Value::Extension(code) => return writer.step(Step::Extension, *code as usize),
        Value::Buffer(buffer) => return write_buffer(writer, buffer),
        Value::PersistentId(id) => {
            if let Value::Str(text) = &**id
                && text.is_ascii()
                && !text.contains('\n')
            {
                writer.step(Step::IdText, 0)?;
                return writer.leaf(serde_bytes::Bytes::new(text.as_bytes()));
            }
            writer.step(Step::Id, 0)?;
            todo.extend([Todo::Step(Step::IdEnd, 0), Todo::Value(id)]);
            return Ok(());
        }
        _ => return writer.leaf(&Leaf(value)),
    };
    writer.step(step, number)?;
    todo.extend([Todo::Step(Step::End, 0), inside]);
    Ok(())
}

fn write_buffer<M: SerializeMap>(writer: &mut Writer<M>, buffer: &Buffer) -> Result<(), M::Error> {
    match buffer.bytes() {
        Some(bytes) => {
            writer.step(Step::BufferBytes, usize::from(buffer.is_readonly()))?;
            writer.leaf(serde_bytes::Bytes::new(bytes))
        }
        None => {
            writer.step(Step::Buffer, buffer.index().unwrap_or(0) as usize)?;
            if buffer.is_readonly() { writer.step(Step::Readonly, 0) } else { Ok(()) }
        }
    }
}

/// Whether Python could call it: what only its opcodes could tell.
fn is_callable(class: &Value) -> bool {
    matches!(class, Value::Global(_) | Value::Object(_) | Value::PersistentId(_) | Value::Extension(_))
}

/// `copyreg._reconstructor`, and the bases that it is given here.
static RECONSTRUCTOR: LazyLock<[Value; 4]> = LazyLock::new(|| {
    [("copyreg", "_reconstructor"), ("builtins", "list"), ("builtins", "dict"), ("builtins", "tuple")]
        .map(|(module, name)| Global::new(module, name).into())
});

fn write_object<'a, M: SerializeMap>(
    writer: &mut Writer<M>,
    object: &'a Object,
    todo: &mut Vec<Todo<'a>>,
) -> Result<(), M::Error> {
    let how = match object.how {
        How::Reduce => call::How::Reduce,
        How::New => call::How::New,
        How::Instance => call::How::Instance,
        How::Itself => call::How::Itself,
    };
    let remade = object.base.filter(|_| object.how == How::New && object.args.len() == 1);
    let how = if remade.is_some() { call::How::Reduce } else { how };
    // Below, it takes a call of three arguments to say that there are none.
    let has_kwargs = object.takes_kwargs() && (!object.kwargs.is_empty() || writer.target.protocol >= Protocol::V4);
    let base = if remade.is_some() { Base::Object } else { base_of(object, writer.target) };
    let call = Call { how, base, has_kwargs, args_are_whole: false };
    if !is_callable(&object.class) {
        return Err(serde::ser::Error::custom(
            "what makes an object is not callable: it must be a global, or an object itself",
        ));
    }
    writer.step(Step::Object, call.number())?;
    let first = todo.len();
    match &object.class {
        Value::Global(class) if base == Base::Inst => {
            writer.global(Step::InstClass, &class.module, &class.name)?;
        }
        _ if remade.is_some() => todo.push(Todo::Value(&RECONSTRUCTOR[0])),
        class => todo.push(Todo::Value(class)),
    }
    if let Some(base) = remade {
        let base = &RECONSTRUCTOR[1 + base as usize];
        todo.extend([Todo::Step(Step::Args, 3), Todo::Value(&object.class), Todo::Value(base)]);
        todo.extend([Todo::List(object.args.iter()), Todo::Step(Step::Call, 0)]);
    } else if object.how != How::Itself {
        let (number, args) = match base {
            Base::List => (object.items.len(), Todo::List(object.items.iter())),
            Base::Dict => (object.pairs.len(), Todo::Each(Box::new(both(&object.pairs)))),
            _ => (object.args.len(), Todo::List(object.args.iter())),
        };
        todo.extend([Todo::Step(Step::Args, number), args]);
        if has_kwargs {
            todo.push(Todo::Step(Step::Kwargs, 0));
            todo.push(Todo::Step(Step::Attributes, object.kwargs.len()));
            todo.push(Todo::Dict(object.kwargs.iter()));
            todo.push(Todo::Step(Step::End, 0));
        }
        todo.push(Todo::Step(Step::Call, 0));
    }
    todo.push(Todo::Given(object, base));
    todo[first..].reverse();
    Ok(())
}

/// What an object is given after it was made.
fn give<'a>(object: &'a Object, base: Base, todo: &mut Vec<Todo<'a>>, objects: &mut usize) {
    let first = todo.len();
    // Numbers are given in the order in which objects are made: one that is an argument of another is first.
    let number = *objects;
    if !object.effects.is_empty() {
        todo.push(Todo::Step(Step::Store, 0));
        *objects += 1;
    }
    let mut given = |step, len, values| {
        if len > 0 {
            todo.extend([Todo::Step(step, len), values, Todo::Step(Step::End, 0)]);
        }
    };
    // What it was made of is not given again.
    if base != Base::List {
        given(Step::Items, object.items.len(), Todo::List(object.items.iter()));
    }
    given(Step::Added, object.added.len(), Todo::List(object.added.iter()));
    if base != Base::Dict {
        given(Step::Pairs, object.pairs.len(), Todo::Each(Box::new(both(&object.pairs))));
    }
    for state in &object.states {
        todo.extend([Todo::State(state), Todo::Step(Step::Build, 0)]);
    }
    for (setter, args) in &object.effects {
        todo.extend([
            Todo::Value(setter),
            Todo::Step(Step::EffectArgs, args.len()),
            Todo::Step(Step::Fetch, number),
            Todo::List(args.iter()),
            Todo::Step(Step::Effect, args.len()),
        ]);
    }
    todo.push(Todo::Step(Step::ObjectEnd, 0));
    todo[first..].reverse();
}

fn both(pairs: &[(Value, Value)]) -> impl Iterator<Item = &Value> {
    pairs.iter().flat_map(|(key, value)| [key, value])
}

/// What an object is made of below protocol 2.
fn base_of(object: &Object, target: Target) -> Base {
    if object.how == How::Instance && target.protocol == Protocol::V0 {
        let can = |class: &Global| !class.name.contains('.') && class.name.is_ascii() && class.module.is_ascii();
        let named = object.class.as_global().is_some_and(can);
        return if named { Base::Inst } else { Base::Object };
    }
    if object.how != How::New {
        return Base::Object;
    }
    // No dict has such a key, whatever the object makes of it.
    let unhashable = object.pairs.iter().any(|(key, _)| key.unhashable().is_some());
    let more = !object.added.is_empty() || !object.kwargs.is_empty() || unhashable;
    let parts = Parts { args: object.args.len(), items: object.items.len(), pairs: object.pairs.len(), more };
    Base::of(target, parts, || {
        Some(match object.args.first()? {
            Value::Int(_) | Value::BigInt(_) => Base::Int,
            Value::Str(_) | Value::SurrogateStr(_) => Base::Str,
            Value::Float(_) => Base::Float,
            Value::Bytes(_) => Base::Bytes,
            Value::Tuple(_) => Base::TupleItself,
            _ => return None,
        })
    })
}

/// A value that is a leaf.
pub(crate) struct Leaf<'a>(pub(crate) &'a Value);

impl Serialize for Leaf<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match leaf(self.0, serializer) {
            Ok(result) => result,
            Err(serializer) => serializer.serialize_unit(),
        }
    }
}

// To other serializers: natural forms.

/// Lists, tuples and sets are sequences, dicts are maps, a global is its name, and an object is what it is when it is read
/// without a hint.
fn natural<S: Serializer>(value: &Value, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Value::List(items) | Value::Tuple(items) => serializer.collect_seq(items),
        Value::Set(set) | Value::FrozenSet(set) => serializer.collect_seq(set.iter()),
        Value::Dict(dict) => serializer.collect_map(dict),
        Value::Global(global) => serializer.collect_str(global),
        Value::Object(_) => natural::serialize(value, serializer),
        Value::PersistentId(id) => id.serialize(serializer),
        Value::Extension(code) => serializer.serialize_i32(*code),
        Value::Buffer(buffer) => natural_buffer(buffer, serializer),
        leaf => Leaf(leaf).serialize(serializer),
    }
}

fn natural_buffer<S: Serializer>(buffer: &Buffer, serializer: S) -> Result<S::Ok, S::Error> {
    match buffer.bytes() {
        Some(bytes) => serializer.serialize_bytes(bytes),
        None => serializer.serialize_unit(),
    }
}

// The parts by themselves.

impl Serialize for Dict {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self)
    }
}

impl Serialize for Set {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(token::SET, &SetItems(self))
    }
}

struct SetItems<'a>(&'a Set);

impl Serialize for SetItems<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter())
    }
}

/// Parts that are written as the values that they are.
#[derive(Clone, Copy)]
enum Part<'a> {
    Global(&'a Global),
    Object(&'a Object),
    Buffer(&'a Buffer),
}

impl Serialize for Part<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut writer = match steps::begin(serializer) {
            Ok(writer) => writer?,
            Err(serializer) => {
                return match self {
                    Part::Global(global) => serializer.collect_str(global),
                    Part::Object(object) => natural::serialize(&Value::from((*object).clone()), serializer),
                    Part::Buffer(buffer) => natural_buffer(buffer, serializer),
                };
            }
        };
        let mut todo = Vec::new();
        match self {
            Part::Global(global) => writer.global(Step::Global, &global.module, &global.name)?,
            Part::Object(object) => write_object(&mut writer, object, &mut todo)?,
            Part::Buffer(buffer) => write_buffer(&mut writer, buffer)?,
        }
        write(writer, todo)
    }
}

macro_rules! parts {
    ($($type:ident)*) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_newtype_struct(token::VALUE, &Part::$type(self))
            }
        }
    )*};
}

parts! { Global Object Buffer }

impl<T: Serialize> Serialize for PersistentId<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(token::PERSISTENT_ID, &self.0)
    }
}

impl Serialize for SurrogateStr {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(token::SURROGATE_STR, &Surrogates(self.as_bytes()))
    }
}

struct Surrogates<'a>(&'a [u8]);

impl Serialize for Surrogates<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_str(&String::from_utf8_lossy(self.0))
        } else {
            serializer.serialize_bytes(self.0)
        }
    }
}

/// An int to pickles; decimal text to other formats for people, two's complement bytes to those for machines.
impl Serialize for BigInt {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(token::BIGINT, &BigIntContent(self))
    }
}

struct BigIntContent<'a>(&'a BigInt);

impl Serialize for BigIntContent<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self.0)
        } else {
            serializer.serialize_bytes(self.0.to_signed_bytes_le())
        }
    }
}
