//! [`Value`]: any plain Python value, without loss.

mod de;
mod dict;
mod display;
mod from;
pub(crate) mod handoff;
mod int;
mod key;
mod ser;
mod set;
mod walk;

use serde::{Serialize, de::DeserializeOwned};

pub use self::{dict::Dict, int::BigInt, set::Set};
use crate::{
    DeOptions, Protocol, SerOptions,
    error::{Error, Result},
};

/// A Python value.
///
/// Nothing is lost: a tuple is not a list, bytes are not a bytearray, ints have any size, dicts keep their order. A `Value` may
/// stand in a derived type, and is written as what it was read as.
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
    SurrogateStr(Box<[u8]>),
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

    /// The value under a text key, if it is a dict that has it.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.as_dict()?.get(key)
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

/// An int from two's complement bytes: small ones are `Int`.
pub(crate) fn int_from_bytes(bytes: &[u8]) -> Value {
    BigInt::from_signed_bytes_le(bytes).into()
}
