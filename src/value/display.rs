//! Python's `repr`, without recursion.

use std::fmt::{self, Display};

use super::{Value, walk::children};
use crate::repr;

/// A container that is being printed.
struct Open<'a> {
    /// Keys and values in turn, for a dict.
    items: Box<dyn Iterator<Item = &'a Value> + 'a>,
    pairs: bool,
    printed: usize,
    close: &'static str,
}

impl Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut open: Vec<Open<'_>> = open_or_print(self, f)?.into_iter().collect();
        while let Some(container) = open.last_mut() {
            let Some(item) = container.items.next() else {
                f.write_str(container.close)?;
                open.pop();
                continue;
            };
            let is_value = container.pairs && container.printed % 2 == 1;
            f.write_str(match container.printed {
                0 => "",
                _ if is_value => ": ",
                _ => ", ",
            })?;
            container.printed += 1;
            open.extend(open_or_print(item, f)?);
        }
        Ok(())
    }
}

/// The same as [`Display`]: what it is in Python.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

/// Prints what has no items, and the beginning of what has.
fn open_or_print<'a>(value: &'a Value, f: &mut fmt::Formatter<'_>) -> Result<Option<Open<'a>>, fmt::Error> {
    let (begin, close) = match value {
        Value::List(_) => ("[", "]"),
        Value::Tuple(items) => ("(", if items.len() == 1 { ",)" } else { ")" }),
        Value::Dict(_) => ("{", "}"),
        Value::Set(set) if !set.is_empty() => ("{", "}"),
        Value::FrozenSet(set) if !set.is_empty() => ("frozenset({", "})"),
        _ => return print(value, f).map(|()| None),
    };
    let Some(items) = children(value) else { return Ok(None) };
    f.write_str(begin)?;
    Ok(Some(Open { items, pairs: value.is_dict(), printed: 0, close }))
}

fn print(value: &Value, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match value {
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
        Value::Set(_) => f.write_str("set()"),
        Value::FrozenSet(_) => f.write_str("frozenset()"),
        // These have items, and are printed where they are opened.
        Value::List(_) | Value::Tuple(_) | Value::Dict(_) => Ok(()),
    }
}
