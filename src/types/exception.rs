//! Exceptions.

use std::fmt;

use serde::{
    de::{self, Deserialize, Deserializer},
    ser::{Serialize, SerializeMap, Serializer},
};

use crate::{
    error::{Error, Result},
    ser::steps,
    token,
    value::{Dict, Global, How, Object, Value, write_value},
};

/// An exception of Python: its class, the arguments that it was made with, and the attributes that it was given.
///
/// To read one, a struct with fields named `class`, `args` and as the attributes serves as well.
///
/// ```
/// use serde_pickle::{Global, types::Exception};
///
/// // pickle.dumps(ValueError('bad', 3), 2)
/// let pickle = b"\x80\x02cexceptions\nValueError\nX\x03\0\0\0badK\x03\x86R.";
/// let error: Exception = serde_pickle::from_slice(pickle)?;
/// assert_eq!(error, Exception::new(Global::new("builtins", "ValueError"), ["bad".into(), 3.into()]));
/// assert_eq!(error.to_string(), "ValueError('bad', 3)");
/// # Ok::<(), serde_pickle::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Exception {
    /// Its class.
    pub class: Global,
    /// What it was made with: its message, mostly.
    pub args: Vec<Value>,
    /// What was set on it by name.
    pub attributes: Dict,
}

impl Exception {
    /// Of a class, with arguments.
    pub fn new(class: Global, args: impl Into<Vec<Value>>) -> Exception {
        Exception { class, args: args.into(), attributes: Dict::new() }
    }
}

/// Its class and arguments, as Python's `repr`.
impl fmt::Display for Exception {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Value::from(Object::reduce(self.class.clone(), self.args.clone())))
    }
}

impl From<Exception> for Value {
    fn from(exception: Exception) -> Value {
        let object = Object::reduce(exception.class, exception.args);
        match exception.attributes.is_empty() {
            true => object.into(),
            false => object.with_state(Value::Dict(exception.attributes)).into(),
        }
    }
}

/// From an object that was made by a call of its class, and from a dict with `class` and `args`.
impl TryFrom<Value> for Exception {
    type Error = Error;

    fn try_from(value: Value) -> Result<Exception> {
        match value {
            Value::Object(object) => of_object(*object),
            Value::Dict(dict) => of_dict(dict),
            other => Err(Error::data(format!("{} is no exception", other.kind_name()))),
        }
    }
}

fn of_object(object: Object) -> Result<Exception> {
    let Value::Global(class) = object.class else { return Err(Error::data("an exception has a class with a name")) };
    if !matches!(object.how, How::Reduce | How::Instance) {
        return Err(Error::data(format!("an instance that was not made by a call is no exception ({class})")));
    }
    let mut exception = Exception::new(*class, object.args);
    for state in object.states {
        let Value::Dict(attributes) = state else { continue };
        for (name, value) in attributes {
            exception.attributes.insert(name, value)?;
        }
    }
    Ok(exception)
}

fn of_dict(dict: Dict) -> Result<Exception> {
    let (mut class, mut args, mut attributes) = (None, Vec::new(), Dict::new());
    for (name, value) in dict {
        match (name.as_str(), value) {
            (Some("class"), Value::Str(name)) => class = Some(name),
            (Some("args"), Value::List(items) | Value::Tuple(items)) => args = items,
            (_, value) => {
                attributes.insert(name, value)?;
            }
        }
    }
    let Some((module, name)) = class.as_deref().and_then(|class| class.rsplit_once('.')) else {
        return Err(Error::data("an exception has a class, as \"builtins.ValueError\""));
    };
    Ok(Exception { class: Global::new(module, name), args, attributes })
}

/// The exception to pickles; to other formats a map of `class`, `args`, and the attributes.
impl Serialize for Exception {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(token::VALUE, &Python(self))
    }
}

struct Python<'a>(&'a Exception);

impl Serialize for Python<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match steps::begin(serializer) {
            Ok(writer) => write_value(writer?, &Value::from(self.0.clone())),
            Err(serializer) => {
                let mut map = serializer.serialize_map(Some(self.0.attributes.len() + 2))?;
                map.serialize_entry("class", &self.0.class)?;
                map.serialize_entry("args", &self.0.args)?;
                for (name, value) in &self.0.attributes {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}

/// From every spelling of an exception, and from its natural form.
impl<'de> Deserialize<'de> for Exception {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Exception, D::Error> {
        Value::deserialize(deserializer)?.try_into().map_err(de::Error::custom)
    }
}
