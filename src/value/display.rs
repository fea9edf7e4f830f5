//! Python's `repr`.

use std::fmt::{self, Display};

use super::Value;
use crate::repr;

impl Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::None => f.write_str("None"),
            Value::Bool(bool) => f.write_str(if *bool { "True" } else { "False" }),
            Value::Int(int) => write!(f, "{int}"),
            Value::BigInt(int) => write!(f, "{int}"),
            Value::Float(float) => repr::float(*float, f),
            Value::Str(text) => repr::str(text, f),
            Value::SurrogateStr(text) => repr::surrogate_str(text, f),
            Value::Bytes(bytes) => repr::bytes(bytes, f),
            Value::ByteArray(bytes) => {
                f.write_str("bytearray(")?;
                repr::bytes(bytes, f)?;
                f.write_str(")")
            }
            Value::List(items) => items_in(f, "[", items.iter(), "]"),
            Value::Tuple(items) => items_in(f, "(", items.iter(), if items.len() == 1 { ",)" } else { ")" }),
            Value::Dict(dict) => {
                f.write_str("{")?;
                for (at, (key, value)) in dict.iter().enumerate() {
                    f.write_str(if at == 0 { "" } else { ", " })?;
                    key.fmt(f)?;
                    f.write_str(": ")?;
                    value.fmt(f)?;
                }
                f.write_str("}")
            }
            Value::Set(set) if set.is_empty() => f.write_str("set()"),
            Value::Set(set) => items_in(f, "{", set.iter(), "}"),
            Value::FrozenSet(set) if set.is_empty() => f.write_str("frozenset()"),
            Value::FrozenSet(set) => items_in(f, "frozenset({", set.iter(), "})"),
        }
    }
}

fn items_in<'a>(
    f: &mut fmt::Formatter<'_>,
    open: &str,
    items: impl Iterator<Item = &'a Value>,
    close: &str,
) -> fmt::Result {
    f.write_str(open)?;
    for (at, item) in items.enumerate() {
        f.write_str(if at == 0 { "" } else { ", " })?;
        item.fmt(f)?;
    }
    f.write_str(close)
}
