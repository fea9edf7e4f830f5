//! Texts, bytes and numbers in the forms that the cold paths need.

use std::{borrow::Cow, fmt::Write as _};

use super::options::{DeOptions, Encoding};
use crate::{
    error::{Error, Result},
    graph::{Leaf, Ref, Store},
    repr,
    value::{SurrogateStr, Value},
};

/// What a str of Python 2 is.
pub(crate) enum Py2<'i> {
    Text(Cow<'i, str>),
    Surrogates(SurrogateStr),
    Bytes(Cow<'i, [u8]>),
}

/// A str of Python 2 by the rules of an encoding, or by the caller's own.
pub(crate) fn py2<'i>(bytes: Cow<'i, [u8]>, options: &DeOptions<'_>) -> Result<Py2<'i>> {
    if let Some(decode) = &options.str_decoder {
        return match decode(&bytes)? {
            Value::Str(text) => Ok(Py2::Text(Cow::Owned(text))),
            Value::SurrogateStr(text) => Ok(Py2::Surrogates(text)),
            Value::Bytes(bytes) => Ok(Py2::Bytes(Cow::Owned(bytes))),
            _ => Err(Error::data("what DeOptions::str_decoder gave is neither text nor bytes")),
        };
    }
    let encoding = options.py2_encoding();
    let refuse = |name| Error::data(format!("Python 2 str is not {name}; DeOptions::encoding can say what it is"));
    Ok(match encoding {
        Encoding::Bytes => Py2::Bytes(bytes),
        Encoding::Latin1 => Py2::Text(match utf8(bytes) {
            Ok(text) if text.is_ascii() => text,
            Ok(text) => Cow::Owned(text.bytes().map(char::from).collect()),
            Err(bytes) => Cow::Owned(bytes.iter().copied().map(char::from).collect()),
        }),
        Encoding::Ascii if !bytes.is_ascii() => return Err(refuse("ASCII")),
        Encoding::Auto | Encoding::Ascii | Encoding::Utf8 => match utf8(bytes) {
            Ok(text) => Py2::Text(text),
            Err(bytes) if encoding == Encoding::Auto => Py2::Bytes(bytes),
            Err(_) => return Err(refuse("UTF-8")),
        },
    })
}

fn utf8(bytes: Cow<'_, [u8]>) -> Result<Cow<'_, str>, Cow<'_, [u8]>> {
    match bytes {
        Cow::Borrowed(bytes) => std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|_| Cow::Borrowed(bytes)),
        Cow::Owned(bytes) => String::from_utf8(bytes).map(Cow::Owned).map_err(|error| Cow::Owned(error.into_bytes())),
    }
}

/// Longer texts are cut in paths.
const SHOWN: usize = 64;

/// A key as a path shows it: text as it is, anything else as (something like) Python's repr.
pub(crate) fn short_text(store: &Store, input: &[u8], key: Ref) -> Result<String, String> {
    // One long key may stand on every level of a path. What a character takes is at most ten bytes (`\U0001f600`).
    if !key.is_composite() && Leaf::is_long_line(input, key.offset(), 10 * SHOWN) {
        return Err("…".to_owned());
    }
    match store.leaf(input, key) {
        Some(Leaf::Str(text) | Leaf::Py2Str(text)) => {
            let text = String::from_utf8_lossy(&text[..text.len().min(4 * SHOWN + 4)]);
            Ok(match text.char_indices().nth(SHOWN) {
                Some((end, _)) => format!("{}…", &text[..end]),
                None => text.into_owned(),
            })
        }
        Some(Leaf::Int(int)) => Err(int.to_string()),
        Some(Leaf::Bool(bool)) => Err(if bool { "True" } else { "False" }.to_owned()),
        Some(Leaf::None) => Err("None".to_owned()),
        Some(Leaf::Float(float)) => {
            let mut out = String::new();
            // Writing to a String does not fail.
            let _ = repr::float(float, &mut out);
            Err(out)
        }
        Some(Leaf::Bytes(bytes)) => {
            let mut out = String::new();
            let _ = repr::bytes(&bytes[..bytes.len().min(SHOWN)], &mut out);
            Err(out)
        }
        Some(Leaf::EmptyTuple) => Err("()".to_owned()),
        _ if key.is_composite() => {
            let composite = store.composite(key);
            let children = match composite.kind {
                crate::graph::Kind::Tuple if composite.len <= 8 => store.children(composite),
                _ => return Err("…".to_owned()),
            };
            let mut out = String::from("(");
            for (at, &child) in children.iter().enumerate() {
                let separator = if at == 0 { "" } else { ", " };
                let _ = match store.leaf(input, child) {
                    Some(_) => match short_text(store, input, child) {
                        Ok(text) => write!(out, "{separator}{text:?}"),
                        Err(repr) => write!(out, "{separator}{repr}"),
                    },
                    None => write!(out, "{separator}…"),
                };
            }
            out.push(')');
            Err(out)
        }
        _ => Err("…".to_owned()),
    }
}

/// An int as the name of a variant.
pub(crate) fn enum_value(store: &Store, input: &[u8], name: Ref) -> Option<String> {
    match store.leaf(input, name)? {
        Leaf::Int(int) => Some(int.to_string()),
        _ => None,
    }
}
