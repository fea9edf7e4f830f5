//! [`Value`]: any Python value, without loss.
//!
//! ```
//! use serde_pickle::{Value, pickle};
//!
//! let mut value = pickle!({"name": "Ada", "langs": ["en"], "born": (1815, 12, 10)});
//! assert_eq!(value["born"][0], 1815);
//! value["langs"] = pickle!({"en", "fr"});
//! assert_eq!(value.to_string(), "{'name': 'Ada', 'langs': {'en', 'fr'}, 'born': (1815, 12, 10)}");
//! let again: Value = serde_pickle::from_slice(&serde_pickle::to_vec(&value)?)?;
//! assert_eq!(again, value);
//! # Ok::<(), serde_pickle::Error>(())
//! ```

mod compare;
mod de;
mod dict;
mod display;
mod eq;
mod from;
pub(crate) mod handoff;
mod index;
pub mod instance;
mod int;
pub(crate) mod key;
pub(crate) mod literal;
mod macros;
mod natural;
mod object;
mod ser;
mod set;
pub(crate) mod walk;

use serde::{Serialize, de::DeserializeOwned};

pub use self::macros::{insert_item, insert_key};
#[doc(hidden)]
pub(crate) use self::ser::{Leaf, Todo, write_todo, write_value};
pub use self::{
    dict::{Dict, Entry, IntoIter, Iter},
    from::Scalar,
    int::BigInt,
    object::{Buffer, Global, How, Object, PersistentId, SurrogateStr},
    set::Set,
};
use crate::{
    DeOptions, Protocol, SerOptions,
    error::{Error, Result},
};

/// A Python value, and nothing is lost but sharing (a [`Graph`](crate::Graph) keeps that, too).
///
/// A tuple is not a list, bytes are not a bytearray, ints have any size, dicts keep their order, objects
/// keep class, arguments and state. A `Value` may stand in a derived type, and is written as what it was read as.
///
/// `==` is Python's: `1 == 1.0 == True`, dicts are equal whatever their order, and a list is no tuple.
/// [`Display`](std::fmt::Display) is Python's `repr`.
///
/// ```
/// use serde_pickle::Value;
///
/// // pickle.dumps({'xs': (1, 2.5, None)}, 2)
/// let value: Value = serde_pickle::from_slice(b"\x80\x02}q\0X\x02\0\0\0xsq\x01K\x01G@\x04\0\0\0\0\0\0N\x87q\x02s.")?;
/// assert_eq!(value.to_string(), "{'xs': (1, 2.5, None)}");
/// assert_eq!(value.get("xs").and_then(|xs| xs.at(0)), Some(&Value::Int(1)));
/// # Ok::<(), serde_pickle::Error>(())
/// ```
///
/// # Memory
///
/// Reading takes at most 256 bytes for each byte of the pickle, with the graph that it is made from (empty containers, each an opcode
/// of one byte), and at most 10 for each byte of ordinary records. Shared values are values at each of their places: the alias budget
/// bounds them.
///
/// # Depth
///
/// Values are built without recursion; cloning, comparing, printing, writing and dropping them recurse. All of it is safe at
/// the default depth limit of 1,000 in a thread of 2 MiB.
#[derive(Default)]
#[non_exhaustive]
pub enum Value {
    /// None.
    #[default]
    None,
    /// True or False.
    Bool(bool),
    /// An int that i64 can hold.
    Int(i64),
    /// Any other int.
    BigInt(BigInt),
    /// A float.
    Float(f64),
    /// A str.
    Str(String),
    /// A str with lone surrogates: UTF-8, in which these stand as three bytes each (Python's `surrogatepass`).
    SurrogateStr(SurrogateStr),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A bytearray.
    ByteArray(Vec<u8>),
    /// A list.
    List(Vec<Value>),
    /// A tuple.
    Tuple(Vec<Value>),
    /// A dict.
    Dict(Dict),
    /// A set.
    Set(Set),
    /// A frozenset.
    FrozenSet(Set),
    /// A class or function, by name.
    Global(Box<Global>),
    /// Everything that was made by a call or as an instance.
    Object(Box<Object>),
    /// Something that only the writer knew, by its id.
    PersistentId(Box<Value>),
    /// A class or function, by its code in the registry of `copyreg`.
    Extension(i32),
    /// An out-of-band buffer.
    Buffer(Buffer),
}

/// Any serializable value as a [`Value`].
///
/// # Errors
///
/// If its `Serialize` fails, or it is nested too deep.
pub fn to_value<T: ?Sized + Serialize>(value: &T) -> Result<Value> {
    let pickle = SerOptions::new().protocol(Protocol::V5).to_vec(value)?;
    DeOptions::new().from_slice(&pickle).map_err(Error::without_offset)
}

/// A type from a [`Value`], by the rules by which it is read from a pickle.
///
/// # Errors
///
/// If the value does not fit the type.
pub fn from_value<T: DeserializeOwned>(value: Value) -> Result<T> {
    // By way of a pickle: there is one set of rules for how Python's values become Rust's.
    let pickle = SerOptions::new().protocol(Protocol::V5).to_vec(&value)?;
    DeOptions::new().from_slice(&pickle).map_err(Error::without_offset)
}

macro_rules! accessors {
    ($($is:ident $as:ident $variant:ident $type:ty, $what:literal;)*) => {$(
        #[doc = concat!("Whether it is ", $what, ".")]
        pub fn $is(&self) -> bool {
            matches!(self, Value::$variant(_))
        }

        #[doc = concat!("Its content, if it is ", $what, ".")]
        pub fn $as(&self) -> Option<&$type> {
            match self {
                Value::$variant(content) => Some(content),
                _ => None,
            }
        }
    )*};
}

impl Value {
    accessors! {
        is_str as_str Str str, "a str without lone surrogates";
        is_bytes as_bytes Bytes [u8], "bytes";
        is_bytearray as_bytearray ByteArray [u8], "a bytearray";
        is_list as_list List [Value], "a list";
        is_tuple as_tuple Tuple [Value], "a tuple";
        is_dict as_dict Dict Dict, "a dict";
        is_set as_set Set Set, "a set";
        is_frozenset as_frozenset FrozenSet Set, "a frozenset";
        is_global as_global Global Global, "a global";
        is_object as_object Object Object, "an object";
        is_persistent_id as_persistent_id PersistentId Value, "a persistent id";
        is_buffer as_buffer Buffer Buffer, "an out-of-band buffer";
        is_big_int as_big_int BigInt BigInt, "an int that i64 cannot hold";
        is_surrogate_str as_surrogate_str SurrogateStr SurrogateStr, "a str with lone surrogates";
    }

    /// Whether it is True or False.
    pub fn is_bool(&self) -> bool {
        matches!(self, Value::Bool(_))
    }

    /// Whether it is a float.
    pub fn is_float(&self) -> bool {
        matches!(self, Value::Float(_))
    }

    /// The object, to be changed, if it is one.
    pub fn as_object_mut(&mut self) -> Option<&mut Object> {
        match self {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The set or frozenset, to be changed, if it is one.
    pub fn as_set_mut(&mut self) -> Option<&mut Set> {
        match self {
            Value::Set(set) | Value::FrozenSet(set) => Some(set),
            _ => None,
        }
    }

    /// The items of a list or tuple.
    pub fn items(&self) -> Option<&[Value]> {
        match self {
            Value::List(items) | Value::Tuple(items) => Some(items),
            _ => None,
        }
    }

    /// What Python calls its type; `object` for what has a class of its own.
    pub fn kind_name(&self) -> &'static str {
        match self {
            Value::None => "None",
            Value::Bool(_) => "bool",
            Value::Int(_) | Value::BigInt(_) => "int",
            Value::Float(_) => "float",
            Value::Str(_) | Value::SurrogateStr(_) => "str",
            Value::Bytes(_) => "bytes",
            Value::ByteArray(_) => "bytearray",
            Value::List(_) => "list",
            Value::Tuple(_) => "tuple",
            Value::Dict(_) => "dict",
            Value::Set(_) => "set",
            Value::FrozenSet(_) => "frozenset",
            Value::Global(_) => "global",
            Value::Object(_) => "object",
            Value::PersistentId(_) => "persistent id",
            Value::Extension(_) => "extension code",
            Value::Buffer(_) => "buffer",
        }
    }

    /// Whether it is None.
    pub fn is_none(&self) -> bool {
        matches!(self, Value::None)
    }

    /// Whether it is an int, of whatever size.
    pub fn is_int(&self) -> bool {
        matches!(self, Value::Int(_) | Value::BigInt(_))
    }

    /// The bool, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(bool) => Some(*bool),
            _ => None,
        }
    }

    /// The int, if it is one that i64 can hold.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Value::Int(int) => Some(*int),
            _ => None,
        }
    }

    /// The int, if it is one that u64 can hold.
    pub fn as_u64(&self) -> Option<u64> {
        match self {
            Value::Int(int) => u64::try_from(*int).ok(),
            Value::BigInt(int) => u64::try_from(int.to_i128()?).ok(),
            _ => None,
        }
    }

    /// The number, if it is a float or an int: the nearest double.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Value::Float(float) => Some(*float),
            Value::Int(int) => Some(*int as f64),
            Value::BigInt(int) => int.to_f64(),
            _ => None,
        }
    }

    /// The int, if it is one that i128 can hold.
    pub fn as_i128(&self) -> Option<i128> {
        match self {
            Value::Int(int) => Some(i128::from(*int)),
            Value::BigInt(int) => int.to_i128(),
            _ => None,
        }
    }

    /// The value under a text key, if it is a dict that has it; of an object, what was set under the key, or the attribute of that name.
    pub fn get(&self, key: &str) -> Option<&Value> {
        match self {
            Value::Dict(dict) => dict.get(key),
            Value::Object(object) => {
                let pair = object.pairs.iter().rfind(|(name, _)| name == key);
                pair.map(|(_, value)| value).or_else(|| object.attribute(key))
            }
            _ => None,
        }
    }

    /// The value under a text key, to be changed, if it is a dict that has it.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Value> {
        self.as_dict_mut()?.get_mut(key)
    }

    /// The item at an index, to be changed, if it is a list or tuple that is long enough.
    pub fn at_mut(&mut self, index: usize) -> Option<&mut Value> {
        match self {
            Value::List(items) | Value::Tuple(items) => items.get_mut(index),
            _ => None,
        }
    }

    /// A value by the route to it, in the syntax of JSON pointers (RFC 6901): `/users/3/age`. Empty is this value itself.
    ///
    /// ```
    /// let value = serde_pickle::pickle!({"users": [{"age": 36}]});
    /// assert_eq!(value.pointer("/users/0/age"), Some(&36.into()));
    /// assert_eq!(value.pointer("/users/1/age"), None);
    /// ```
    pub fn pointer(&self, pointer: &str) -> Option<&Value> {
        steps(pointer)?.try_fold(self, |value, step| match value.items() {
            Some(_) => value.at(index(&step)?),
            None => value.get(&step),
        })
    }

    /// As [`pointer`](Value::pointer), to be changed.
    pub fn pointer_mut(&mut self, pointer: &str) -> Option<&mut Value> {
        steps(pointer)?.try_fold(self, |value, step| match value.items() {
            Some(_) => value.at_mut(index(&step)?),
            None => value.get_mut(&step),
        })
    }

    /// The item at an index, if it is a list or tuple that is long enough.
    pub fn at(&self, index: usize) -> Option<&Value> {
        match self {
            Value::List(items) | Value::Tuple(items) => items.get(index),
            _ => None,
        }
    }

    /// The dict, to be changed, if it is one.
    pub fn as_dict_mut(&mut self) -> Option<&mut Dict> {
        match self {
            Value::Dict(dict) => Some(dict),
            _ => None,
        }
    }

    /// The list, to be changed, if it is one.
    pub fn as_list_mut(&mut self) -> Option<&mut Vec<Value>> {
        match self {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// The value, leaving None in its place.
    pub fn take(&mut self) -> Value {
        std::mem::take(self)
    }

    /// Whether it may be a key of a dict or an item of a set: not a list, dict, set or bytearray, nor a tuple that holds one.
    pub fn is_hashable(&self) -> bool {
        self.unhashable().is_none()
    }

    /// The Python type that keeps it from being a key.
    pub(crate) fn unhashable(&self) -> Option<&'static str> {
        crate::work::steps(|| 1);
        match self {
            Value::List(_) => Some("list"),
            Value::Dict(_) => Some("dict"),
            Value::Set(_) => Some("set"),
            Value::ByteArray(_) => Some("bytearray"),
            Value::Tuple(items) => items.iter().find_map(Value::unhashable),
            _ => None,
        }
    }
}

/// The steps of a JSON pointer.
fn steps(pointer: &str) -> Option<impl Iterator<Item = String>> {
    let rest = if pointer.is_empty() { None } else { Some(pointer.strip_prefix('/')?) };
    Some(rest.into_iter().flat_map(|rest| rest.split('/')).map(|step| step.replace("~1", "/").replace("~0", "~")))
}

/// An index as JSON pointers have it: no sign, no leading zero.
fn index(step: &str) -> Option<usize> {
    if step.starts_with('+') || step.starts_with('0') && step.len() > 1 { None } else { step.parse().ok() }
}

/// An int from two's complement bytes: small ones are `Int`.
pub(crate) fn int_from_bytes(bytes: &[u8]) -> Value {
    BigInt::from_signed_bytes_le(bytes).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small() {
        assert!(size_of::<Value>() <= 32, "one for each place in the tree");
        assert!(size_of::<Option<Value>>() <= 32);
        assert_eq!(size_of::<key::Key>(), size_of::<Value>(), "one for each key");
    }
}
