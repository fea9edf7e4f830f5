//! What is more than plain data: globals, objects, persistent ids, buffers.

use std::{
    fmt,
    hash::{Hash, Hasher},
};

use super::{BigInt, Dict, Set, Value};
use crate::{
    error::{Error, Result},
    graph::Builtin,
};

/// A class or function, by name. Nothing is imported.
///
/// Python may have names with lone surrogates, which no [`String`] can hold: they have U+FFFD in their place here, and only a
/// [`Graph`](crate::Graph) writes them as they are, and [`Node::spelled_bytes`](crate::Node::spelled_bytes) tells them.
///
/// ```
/// use serde_pickle::Global;
///
/// // pickle.dumps(math.cos, 2)
/// let cos: Global = serde_pickle::from_slice(b"\x80\x02cmath\ncos\nq\x00.")?;
/// assert_eq!(cos, Global::new("math", "cos"));
/// assert_eq!(cos.to_string(), "math.cos");
/// # Ok::<(), serde_pickle::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Global {
    /// The module, which may be a package's: `collections.abc`.
    pub module: String,
    /// The name in the module; with dots for what is nested: `Outer.Inner`.
    pub name: String,
}

impl Global {
    /// By module and (perhaps dotted) name.
    pub fn new(module: impl Into<String>, name: impl Into<String>) -> Global {
        Global { module: module.into(), name: name.into() }
    }

    /// Whether it is this one.
    pub fn is(&self, module: &str, name: &str) -> bool {
        self.name == name && self.module == module
    }
}

impl fmt::Display for Global {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.module, self.name)
    }
}

/// How an object was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum How {
    /// By a call: `class(*args)` (REDUCE). Keyword arguments are not part of it.
    Reduce,
    /// As an instance: `class.__new__(class, *args, **kwargs)` (NEWOBJ, NEWOBJ_EX).
    New,
    /// As an instance of a class of Python 2 (INST, OBJ).
    Instance,
    /// Not at all: the class, id or code itself was given state or items.
    Itself,
}

/// An object of Python that is no plain value: what made it, and what was done to it. Nothing is run, and nothing is dropped.
///
/// ```
/// use serde_pickle::{Object, Value};
///
/// // class Point: pass; p = Point(); p.x = 1; pickle.dumps(p, 2)
/// let pickle = b"\x80\x02c__main__\nPoint\nq\x00)\x81q\x01}q\x02X\x01\0\0\0xq\x03K\x01sb.";
/// let point: Object = serde_pickle::from_slice(pickle)?;
/// assert_eq!(point.class.as_global().map(|class| class.name.as_str()), Some("Point"));
/// assert_eq!(point.attribute("x"), Some(&Value::Int(1)));
/// assert_eq!(Value::from(point).to_string(), "__main__.Point(x=1)");
/// # Ok::<(), serde_pickle::Error>(())
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct Object {
    /// How it was made.
    pub how: How,
    /// The class or callable: mostly a [`Value::Global`], but it may be an object itself.
    pub class: Value,
    /// The positional arguments, as they are in the end. What changed after the call (`s = set(items); items.append(3)`) was less
    /// when the call was made: a [`Graph`](crate::Graph) writes it so, and this does not.
    pub args: Vec<Value>,
    /// The keyword arguments; of [`How::New`] only.
    pub kwargs: Dict,
    /// What was appended (APPEND, APPENDS): the items of a subclass of list.
    pub items: Vec<Value>,
    /// What was added (ADDITEMS).
    pub added: Vec<Value>,
    /// What was set by key (SETITEM, SETITEMS): the items of a subclass of dict. Keys may repeat.
    pub pairs: Vec<(Value, Value)>,
    /// What was given as state (BUILD): none, one, or several, one after the other.
    pub states: Vec<Value>,
    /// State setters: a callable, and its arguments after the object itself, which is the first.
    pub effects: Vec<(Value, Vec<Value>)>,
    /// See `takes_kwargs`.
    pub(crate) by_newobj_ex: bool,
    /// It was made by `copyreg._reconstructor`, of such a base and its value, the one argument. It is written so, too: no other
    /// call does the same for every class.
    pub(crate) base: Option<Builtin>,
}

impl Object {
    fn made(how: How, class: impl Into<Value>, args: Vec<Value>) -> Object {
        Object {
            how,
            class: class.into(),
            args,
            kwargs: Dict::new(),
            items: Vec::new(),
            added: Vec::new(),
            pairs: Vec::new(),
            states: Vec::new(),
            effects: Vec::new(),
            by_newobj_ex: false,
            base: None,
        }
    }

    /// The result of a call: `callable(*args)`.
    pub fn reduce(callable: impl Into<Value>, args: Vec<Value>) -> Object {
        Object::made(How::Reduce, callable, args)
    }

    /// An instance: `class.__new__(class, *args)`.
    pub fn new(class: impl Into<Value>, args: Vec<Value>) -> Object {
        Object::made(How::New, class, args)
    }

    /// An instance of an old-style class of Python 2.
    pub fn instance(class: impl Into<Value>, args: Vec<Value>) -> Object {
        Object::made(How::Instance, class, args)
    }

    /// A class, id or code that is itself given state or items.
    pub fn itself(class: impl Into<Value>) -> Object {
        Object::made(How::Itself, class, Vec::new())
    }

    /// With keyword arguments: of [`How::New`] it is made by NEWOBJ_EX, even if there are none in the dict.
    pub fn with_kwargs(mut self, kwargs: Dict) -> Object {
        self.kwargs = kwargs;
        self.by_newobj_ex = true;
        self
    }

    /// Whether it is made with keyword arguments (NEWOBJ_EX), be it none. To Python, and to `==`, that is the same as without.
    pub fn takes_kwargs(&self) -> bool {
        self.how == How::New && (self.by_newobj_ex || !self.kwargs.is_empty())
    }

    /// With a (further) state.
    pub fn with_state(mut self, state: impl Into<Value>) -> Object {
        self.states.push(state.into());
        self
    }

    /// With these items.
    pub fn with_items(mut self, items: Vec<Value>) -> Object {
        self.items = items;
        self
    }

    /// With these pairs.
    pub fn with_pairs(mut self, pairs: Vec<(Value, Value)>) -> Object {
        self.pairs = pairs;
        self
    }

    /// The class, if it is just a name.
    pub fn class_name(&self) -> Option<&Global> {
        self.class.as_global()
    }

    /// The first state, if there is one.
    pub fn state(&self) -> Option<&Value> {
        self.states.first()
    }

    /// An attribute that a state sets: of a dict, or of `(dict or None, dict of slots)`. The later wins.
    pub fn attribute(&self, name: &str) -> Option<&Value> {
        let of_setters = self.effects.iter().filter_map(|(_, args)| match &args[..] {
            [state] => Some(state),
            _ => None,
        });
        self.states.iter().chain(of_setters).rev().find_map(|state| attribute_of(state, name))
    }
}

fn attribute_of<'v>(state: &'v Value, name: &str) -> Option<&'v Value> {
    match state {
        Value::Dict(dict) => dict.get(name),
        Value::Tuple(both) => match &both[..] {
            [Value::Dict(dict), Value::Dict(slots)] => slots.get(name).or_else(|| dict.get(name)),
            [_, Value::Dict(slots)] => slots.get(name),
            _ => None,
        },
        _ => None,
    }
}

/// As [`Value`] shows it.
impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::display::object(self, f)
    }
}

/// As [`Value`] shows it.
impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::display::object(self, f)
    }
}

/// A str with lone surrogates, which no [`String`] can hold: UTF-8 in which these stand as three bytes each (Python's
/// `surrogatepass`). Python has them in names of files that are not UTF-8.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SurrogateStr(Box<[u8]>);

impl SurrogateStr {
    /// The text that these bytes are: a [`Value::Str`], if there is no lone surrogate in it.
    ///
    /// # Errors
    ///
    /// If they are not UTF-8 with surrogates.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Value> {
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Value::Str(text)),
            Err(error) => {
                crate::op::text::check_surrogatepass(error.as_bytes())?;
                Ok(Value::SurrogateStr(SurrogateStr(error.into_bytes().into())))
            }
        }
    }

    /// The bytes, as Python's `text.encode('utf-8', 'surrogatepass')`.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The text, with U+FFFD in the place of surrogates.
    pub fn to_string_lossy(&self) -> String {
        String::from_utf8_lossy(&self.0).into_owned()
    }
}

/// An out-of-band buffer (PEP 574).
///
/// Read from a pickle it is a number, which of its buffers, and the bytes if [`DeOptions::buffers`](crate::DeOptions::buffers) has
/// them. Made from bytes it is something to be written out of band: see
/// [`SerOptions::buffer_callback`](crate::SerOptions::buffer_callback). Without that, its bytes stand in the pickle.
#[derive(Debug, Clone)]
pub struct Buffer {
    data: Option<Box<[u8]>>,
    index: Option<u32>,
    readonly: bool,
}

impl Buffer {
    /// The bytes, else the number.
    fn content(&self) -> Result<&[u8], Option<u32>> {
        self.bytes().ok_or(self.index)
    }
}

/// Of the same bytes, or, where these are not at hand, of the same number.
impl PartialEq for Buffer {
    fn eq(&self, other: &Buffer) -> bool {
        self.content() == other.content() && self.readonly == other.readonly
    }
}

impl Eq for Buffer {}

impl Hash for Buffer {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.content(), self.readonly).hash(state);
    }
}

impl Buffer {
    /// Of bytes, to be written.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Buffer {
        Buffer { data: Some(bytes.into().into_boxed_slice()), index: None, readonly: false }
    }

    /// The buffer of that number of a pickle.
    pub(crate) fn numbered(index: u32, bytes: Option<&[u8]>) -> Buffer {
        Buffer { data: bytes.map(Box::from), index: Some(index), readonly: false }
    }

    /// Whether Python may write to it; if not, it gets a read-only view.
    pub fn readonly(mut self, readonly: bool) -> Buffer {
        self.readonly = readonly;
        self
    }

    /// Whether Python may not write to it.
    pub fn is_readonly(&self) -> bool {
        self.readonly
    }

    /// Its bytes, if they are at hand.
    pub fn bytes(&self) -> Option<&[u8]> {
        self.data.as_deref()
    }

    /// Which of the buffers of its pickle it is, if it was read from one.
    pub fn index(&self) -> Option<u32> {
        self.index
    }
}

/// A persistent id (PERSID, BINPERSID) in a derived type: what the id is, and nothing of what it stands for.
///
/// ```
/// use serde_pickle::PersistentId;
///
/// let id: PersistentId<u32> = serde_pickle::from_slice(b"\x80\x02K\x07Q.")?;
/// assert_eq!(id, PersistentId(7));
/// assert_eq!(serde_pickle::SerOptions::new().protocol(serde_pickle::Protocol::V2).to_vec(&id)?, b"\x80\x02K\x07Q.");
/// # Ok::<(), serde_pickle::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PersistentId<T = Value>(pub T);

impl From<Global> for Value {
    fn from(global: Global) -> Value {
        Value::Global(Box::new(global))
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Value {
        Value::Object(Box::new(object))
    }
}

impl From<Buffer> for Value {
    fn from(buffer: Buffer) -> Value {
        Value::Buffer(buffer)
    }
}

impl From<SurrogateStr> for Value {
    fn from(text: SurrogateStr) -> Value {
        Value::SurrogateStr(text)
    }
}

impl<T: Into<Value>> From<PersistentId<T>> for Value {
    fn from(id: PersistentId<T>) -> Value {
        Value::PersistentId(Box::new(id.0.into()))
    }
}

macro_rules! try_from {
    ($($type:ty, $variant:ident => $made:expr, $what:literal;)*) => {$(
        impl TryFrom<Value> for $type {
            type Error = Error;

            fn try_from(value: Value) -> Result<$type> {
                match value {
                    Value::$variant(content) => Ok($made(content)),
                    other => Err(Error::data(format!(concat!("{} is not ", $what), other.kind_name()))),
                }
            }
        }
    )*};
}

try_from! {
    Global, Global => |global: Box<Global>| *global, "a global";
    Object, Object => |object: Box<Object>| *object, "an object";
    Buffer, Buffer => |buffer| buffer, "an out-of-band buffer";
    SurrogateStr, SurrogateStr => |text| text, "a str with lone surrogates";
    Dict, Dict => |dict| dict, "a dict";
}

impl TryFrom<Value> for Set {
    type Error = Error;

    fn try_from(value: Value) -> Result<Set> {
        match value {
            Value::Set(set) | Value::FrozenSet(set) => Ok(set),
            other => Err(Error::data(format!("{} is not a set", other.kind_name()))),
        }
    }
}

impl TryFrom<Value> for BigInt {
    type Error = Error;

    fn try_from(value: Value) -> Result<BigInt> {
        match value {
            Value::Int(int) => Ok(BigInt::from(i128::from(int))),
            Value::BigInt(int) => Ok(int),
            other => Err(Error::data(format!("{} is not an int", other.kind_name()))),
        }
    }
}
