//! Values as Python's literals: `{'a': [1, 2.5], (1, 'b'): b'\x00'}`.

use std::str::FromStr;

use super::{BigInt, Dict, Set, SurrogateStr, Value};
use crate::error::{Error, Result};

/// What somebody writes by hand is not deeper.
const DEPTH: usize = 64;

/// A value as it is written in Python: a literal, as `ast.literal_eval` takes it and [`Display`](std::fmt::Display) prints it, with
/// `set()`, `frozenset({...})` and `bytearray(b'...')`. Nesting ends at 64 levels.
///
/// ```
/// use serde_pickle::{Value, pickle};
///
/// let value: Value = "{'id': 7, 'tags': ('new', b'\\x00'), 'seen': {1, 2}, 'next': None}".parse()?;
/// assert_eq!(value["tags"].at(0), Some(&pickle!("new")));
/// assert_eq!(value.to_string().parse::<Value>()?, value);
/// let error = "{'id': seven}".parse::<Value>().unwrap_err();
/// assert_eq!(error.to_string(), "{'id': seven} is no literal of Python");
/// # Ok::<(), serde_pickle::Error>(())
/// ```
impl FromStr for Value {
    type Err = Error;

    fn from_str(text: &str) -> Result<Value> {
        let shown = || match text.char_indices().nth(64) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text.to_owned(),
        };
        parse(text).ok_or_else(|| Error::data(format!("{} is no literal of Python", shown())))
    }
}

/// The value of a literal; nothing, if it is none.
pub(crate) fn parse(text: &str) -> Option<Value> {
    let (value, rest) = value(text.trim_start(), DEPTH)?;
    rest.trim().is_empty().then_some(value)
}

/// A value, and what follows it.
fn value(text: &str, depth: usize) -> Option<(Value, &str)> {
    let depth = depth.checked_sub(1)?;
    if let Some(inside) = text.strip_prefix('(') {
        return tuple(inside, depth);
    }
    if let Some(inside) = text.strip_prefix('[') {
        let (items, _, rest) = listed(inside, ']', depth)?;
        return Some((Value::List(items), rest));
    }
    if let Some(inside) = text.strip_prefix('{') {
        return braces(inside, depth);
    }
    if let Some(inside) = text.strip_prefix("bytearray(") {
        let (bytes, rest) = value(inside.trim_start(), depth)?;
        let Value::Bytes(bytes) = bytes else { return None };
        return Some((Value::ByteArray(bytes), rest.trim_start().strip_prefix(')')?));
    }
    if let Some(rest) = text.strip_prefix("set()") {
        return Some((Value::Set(Set::new()), rest));
    }
    if let Some(inside) = text.strip_prefix("frozenset(") {
        let inside = inside.trim_start();
        let (items, rest) = match inside.strip_prefix('{') {
            Some(items) => listed(items, '}', depth).map(|(items, _, rest)| (items, rest))?,
            None => (Vec::new(), inside),
        };
        return Some((Value::FrozenSet(set_of(items)?), rest.trim_start().strip_prefix(')')?));
    }
    if let Some(after) = text.strip_prefix(['"', '\'']) {
        let (bytes, rest) = quoted(after, text.chars().next()?, false)?;
        return Some((SurrogateStr::from_bytes(bytes).ok()?, rest));
    }
    if let Some(after) = text.strip_prefix("b'").or_else(|| text.strip_prefix("b\"")) {
        let (bytes, rest) = quoted(after, text.chars().nth(1)?, true)?;
        return Some((Value::Bytes(bytes), rest));
    }
    let end = text.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.' | '+' | '-'))).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    let value = match word {
        "None" => Value::None,
        "True" => Value::Bool(true),
        "False" => Value::Bool(false),
        _ => number(word)?,
    };
    Some((value, rest))
}

/// What is in parentheses: one value in them is that value, a comma makes a tuple.
fn tuple(inside: &str, depth: usize) -> Option<(Value, &str)> {
    let (mut items, has_comma, rest) = listed(inside, ')', depth)?;
    match items.len() {
        1 if !has_comma => Some((items.pop()?, rest)),
        _ => Some((Value::Tuple(items), rest)),
    }
}

/// What is in braces: a dict, or a set.
fn braces(inside: &str, depth: usize) -> Option<(Value, &str)> {
    let mut rest = inside.trim_start();
    if let Some(rest) = rest.strip_prefix('}') {
        return Some((Value::Dict(Dict::new()), rest));
    }
    let (_, after) = value(rest, depth)?;
    if !after.trim_start().starts_with(':') {
        let (items, _, rest) = listed(inside, '}', depth)?;
        return Some((Value::Set(set_of(items)?), rest));
    }
    let mut dict = Dict::new();
    loop {
        let (key, after) = value(rest, depth)?;
        let (item, after) = value(after.trim_start().strip_prefix(':')?.trim_start(), depth)?;
        dict.insert(key, item).ok()?;
        let after = after.trim_start();
        rest = match after.strip_prefix(',') {
            Some(after) => after.trim_start(),
            None => after,
        };
        match (rest.strip_prefix('}'), after.starts_with(',')) {
            (Some(rest), _) => return Some((Value::Dict(dict), rest)),
            (None, true) => {}
            (None, false) => return None,
        }
    }
}

fn set_of(items: Vec<Value>) -> Option<Set> {
    let mut set = Set::new();
    for item in items {
        set.insert(item).ok()?;
    }
    Some(set)
}

/// Values with commas between them, up to a closing bracket; whether there was a comma; and what follows.
fn listed(inside: &str, close: char, depth: usize) -> Option<(Vec<Value>, bool, &str)> {
    let (mut items, mut has_comma, mut rest) = (Vec::new(), false, inside.trim_start());
    loop {
        if let Some(after) = rest.strip_prefix(close) {
            return Some((items, has_comma, after));
        }
        if !items.is_empty() && !has_comma_before(inside, rest) {
            return None;
        }
        let (item, after) = value(rest, depth)?;
        items.push(item);
        rest = after.trim_start();
        if let Some(after) = rest.strip_prefix(',') {
            has_comma = true;
            rest = after.trim_start();
        }
    }
}

/// Whether what stands before `rest` in a text ends with a comma.
fn has_comma_before(text: &str, rest: &str) -> bool {
    text[..text.len() - rest.len()].trim_end().ends_with(',')
}

fn number(word: &str) -> Option<Value> {
    let (sign, digits) = match word.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", word),
    };
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    let plain = digits.replace('_', "");
    let is_int = match plain.strip_prefix("0x") {
        Some(hex) => hex.bytes().all(|byte| byte.is_ascii_hexdigit()),
        None => plain.bytes().all(|byte| byte.is_ascii_digit()),
    };
    if is_int {
        return format!("{sign}{plain}").parse::<BigInt>().ok().map(Value::from);
    }
    let plain_float =
        plain.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-'));
    plain_float.then(|| format!("{sign}{plain}").parse().map(Value::Float).ok())?
}

/// The bytes of a quoted text, as UTF-8 with surrogates, or of bytes; and what follows.
fn quoted(text: &str, quote: char, of_bytes: bool) -> Option<(Vec<u8>, &str)> {
    let mut out = Vec::new();
    let mut rest = text;
    loop {
        let c = rest.chars().next()?;
        rest = &rest[c.len_utf8()..];
        if c == quote {
            return Some((out, rest));
        }
        if c != '\\' {
            if of_bytes && !c.is_ascii() {
                return None;
            }
            out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            continue;
        }
        let escape = rest.chars().next()?;
        rest = &rest[escape.len_utf8()..];
        let simple = match escape {
            'n' => b'\n',
            'r' => b'\r',
            't' => b'\t',
            '0' => 0,
            '\\' | '\'' | '"' => escape as u8,
            'x' | 'u' | 'U' => {
                let digits = match escape {
                    'x' => 2,
                    'u' => 4,
                    _ => 8,
                };
                let code = u32::from_str_radix(rest.get(..digits)?, 16).ok()?;
                rest = &rest[digits..];
                match (of_bytes, char::from_u32(code)) {
                    (true, _) => out.push(u8::try_from(code).ok().filter(|_| escape == 'x')?),
                    (false, Some(c)) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
                    // A lone surrogate.
                    (false, None) if code < 0x1_0000 => {
                        out.extend([
                            0xe0 | (code >> 12) as u8,
                            0x80 | (code >> 6 & 0x3f) as u8,
                            0x80 | (code & 0x3f) as u8,
                        ]);
                    }
                    (false, None) => return None,
                }
                continue;
            }
            _ => return None,
        };
        out.push(simple);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals() {
        for (text, repr) in [
            ("(1,'a')", "(1, 'a')"),
            ("( 1 , )", "(1,)"),
            ("((1))", "1"),
            ("()", "()"),
            ("None", "None"),
            ("True", "True"),
            ("-1_000", "-1000"),
            ("0x10", "16"),
            ("-0xfF", "-255"),
            ("0x1_0000_0000_0000_0000", "18446744073709551616"),
            ("-0x8000000000000000", "-9223372036854775808"),
            ("18446744073709551616", "18446744073709551616"),
            ("2.50", "2.5"),
            ("-1e3", "-1000.0"),
            (r#"b"\x00a\n""#, r"b'\x00a\n'"),
            (r"'it\'s \u20ac \ud800'", r#""it's € \ud800""#),
            ("frozenset({2})", "frozenset({2})"),
            ("frozenset()", "frozenset()"),
            ("(b'x', (None, 1.0))", "(b'x', (None, 1.0))"),
            ("[1,[ ],'a',]", "[1, [], 'a']"),
            ("{}", "{}"),
            ("{'a':1 , (2,) : [3], }", "{'a': 1, (2,): [3]}"),
            ("{1, 2,}", "{1, 2}"),
            ("set()", "set()"),
            ("bytearray(b'x')", "bytearray(b'x')"),
        ] {
            assert_eq!(parse(text).map(|value| value.to_string()).as_deref(), Some(repr), "{text}");
        }
        for text in [
            "",
            "(",
            "(1 2)",
            "(1,,)",
            "nan",
            "a.b",
            "b'é'",
            "'x",
            "1 2",
            "--1",
            "0x",
            "0x-5",
            "0x+5",
            "0xg",
            "datetime.date(2020, 1, 1)",
            r"'\q'",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse(&"(".repeat(10_000)), None);
    }
}
