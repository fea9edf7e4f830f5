//! Arguments that are text: what the C unpickler accepts, which is not what the Python one does (`Modules/_pickle.c`,
//! `PyLong_FromString`, `PyOS_string_to_double`, `PyBytes_DecodeEscape`, `PyUnicode_DecodeRawUnicodeEscape`).
//!
//! All functions get the line without its newline.

use std::borrow::Cow;

use memchr::memchr;

use crate::error::{Error, Result};

/// An int that was written as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum IntText<'a> {
    Bool(bool),
    Small(i64),
    /// One that i64 may not hold, as clean digits.
    Big {
        negative: bool,
        radix: u32,
        digits: Cow<'a, [u8]>,
    },
}

/// The argument of INT: as C's `strtol` reads it with base 0, or else as Python's `int(text, 0)`.
pub(crate) fn int(line: &[u8], max_digits: usize) -> Result<IntText<'_>> {
    let Some((value, end)) = strtol(line) else { return python_int(line, 0, max_digits) };
    match line.get(end) {
        None | Some(0) => Ok(match value {
            // "00" and "01" are False and True; the C unpickler looks at the length only, not at the spelling.
            0 | 1 if line.len() == 2 => IntText::Bool(value == 1),
            value => IntText::Small(value),
        }),
        Some(_) => python_int(line, 0, max_digits),
    }
}

/// The argument of LONG: Python's `int(text, 0)`, perhaps with an `L` behind.
pub(crate) fn long(line: &[u8], max_digits: usize) -> Result<IntText<'_>> {
    python_int(line.strip_suffix(b"L").unwrap_or(line), 0, max_digits)
}

/// The argument of GET and PUT: Python's `int(text)`.
pub(crate) fn decimal_index(line: &[u8]) -> Result<i64> {
    match python_int(line, 10, 4300)? {
        IntText::Small(value) => Ok(value),
        _ => Err(Error::syntax("the index is beyond 64 bits")),
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// The value and where it ends; `None` if it overflows.
fn strtol(line: &[u8]) -> Option<(i64, usize)> {
    let mut at = line.iter().take_while(|&&byte| is_space(byte)).count();
    let negative = line.get(at) == Some(&b'-');
    if matches!(line.get(at), Some(b'+' | b'-')) {
        at += 1;
    }
    let radix = match line.get(at..) {
        Some([b'0', b'x' | b'X', digit, ..]) if digit.is_ascii_hexdigit() => {
            at += 2;
            16
        }
        Some([b'0', ..]) => 8,
        _ => 10,
    };
    let start = at;
    let mut value = 0_i64;
    while let Some(digit) = line.get(at).and_then(|&byte| char::from(byte).to_digit(radix)) {
        let digit = i64::from(digit);
        value = value.checked_mul(i64::from(radix))?;
        value = if negative { value.checked_sub(digit)? } else { value.checked_add(digit)? };
        at += 1;
    }
    // Nothing was converted: it ends where it began.
    Some((value, if at == start { 0 } else { at }))
}

/// `PyLong_FromString`. With base 0 the prefix tells the radix, and a decimal number has no leading zero.
fn python_int(line: &[u8], base: u32, max_digits: usize) -> Result<IntText<'_>> {
    let invalid = || Error::syntax(format!("not an int: {}", excerpt(line)));
    let text = &line[..memchr(0, line).unwrap_or(line.len())];
    let text = match text.iter().position(|&byte| !is_space(byte)) {
        Some(start) => &text[start..],
        None => return Err(invalid()),
    };
    let end = text.iter().rposition(|&byte| !is_space(byte)).map_or(0, |last| last + 1);
    let text = &text[..end];
    let (negative, text) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let (radix, digits, zero_only) = match (base, text) {
        (0, [b'0', b'x' | b'X', rest @ ..]) => (16, rest.strip_prefix(b"_").unwrap_or(rest), false),
        (0, [b'0', b'o' | b'O', rest @ ..]) => (8, rest.strip_prefix(b"_").unwrap_or(rest), false),
        (0, [b'0', b'b' | b'B', rest @ ..]) => (2, rest.strip_prefix(b"_").unwrap_or(rest), false),
        (0, [b'0', ..]) => (10, text, true),
        _ => (10, text, false),
    };
    let underscores = digits.iter().filter(|&&byte| byte == b'_').count();
    let clean = digits.iter().all(|&byte| byte == b'_' || char::from(byte).is_digit(radix));
    let misplaced = digits.first() == Some(&b'_') || digits.last() == Some(&b'_') || has_double_underscore(digits);
    if digits.is_empty() || !clean || misplaced {
        return Err(invalid());
    }
    if radix == 10 && max_digits > 0 && digits.len() - underscores > max_digits {
        return Err(Error::limit(format!(
            "an int of more than {max_digits} digits; DeOptions::int_max_str_digits raises the limit"
        )));
    }
    let digits = match underscores {
        0 => Cow::Borrowed(digits),
        _ => Cow::Owned(digits.iter().copied().filter(|&byte| byte != b'_').collect()),
    };
    if zero_only && digits.iter().any(|&byte| byte != b'0') {
        return Err(invalid());
    }
    let small = digits.iter().try_fold(0_i64, |value, &byte| {
        let digit = i64::from(char::from(byte).to_digit(radix)?);
        value.checked_mul(i64::from(radix))?.checked_add(digit)
    });
    Ok(match small {
        Some(value) => IntText::Small(if negative { -value } else { value }),
        None => IntText::Big { negative, radix, digits },
    })
}

fn has_double_underscore(digits: &[u8]) -> bool {
    digits.windows(2).any(|pair| pair == b"__")
}

/// The argument of FLOAT.
pub(crate) fn float(line: &[u8]) -> Result<f64> {
    let invalid = || Error::syntax(format!("not a float: {}", excerpt(line)));
    let text = &line[..memchr(0, line).unwrap_or(line.len())];
    // What Rust reads as a double is what C does, but for hexadecimal, which Python does not let through either.
    let value: f64 = std::str::from_utf8(text).ok().and_then(|text| text.parse().ok()).ok_or_else(invalid)?;
    if value.is_infinite() && text.iter().any(u8::is_ascii_digit) {
        return Err(Error::syntax(format!("a float beyond the largest: {}", excerpt(line))));
    }
    Ok(value)
}

/// The argument of STRING between its quotes, its escapes checked.
pub(crate) fn check_string(line: &[u8]) -> Result<&[u8]> {
    let inner = match line {
        [b'\'', inner @ .., b'\''] | [b'"', inner @ .., b'"'] => inner,
        _ => return Err(Error::syntax("STRING: the argument is not quoted")),
    };
    let mut rest = inner;
    while let Some(at) = memchr(b'\\', rest) {
        rest = match &rest[at + 1..] {
            [] => return Err(Error::syntax("STRING: a backslash at the end")),
            [b'x', a, b, rest @ ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => rest,
            [b'x', ..] => return Err(Error::syntax("STRING: \\x without two hexadecimal digits")),
            [_, rest @ ..] => rest,
        };
    }
    Ok(inner)
}

/// The bytes that the content of a STRING stands for.
pub(crate) fn unescape(inner: &[u8]) -> Cow<'_, [u8]> {
    if memchr(b'\\', inner).is_none() {
        return Cow::Borrowed(inner);
    }
    let mut bytes = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        let Some((&escape, after)) = rest.split_first() else { break };
        rest = after;
        match escape {
            b'\\' | b'\'' | b'"' => bytes.push(escape),
            b'\n' => {}
            b'a' => bytes.push(7),
            b'b' => bytes.push(8),
            b't' => bytes.push(b'\t'),
            b'n' => bytes.push(b'\n'),
            b'v' => bytes.push(11),
            b'f' => bytes.push(12),
            b'r' => bytes.push(b'\r'),
            b'x' => {
                let digits = rest.iter().take(2).filter_map(|&digit| char::from(digit).to_digit(16));
                bytes.push(digits.fold(0, |value, digit| value * 16 + digit) as u8);
                rest = rest.get(2..).unwrap_or_default();
            }
            b'0'..=b'7' => {
                let more = rest.iter().take(2).take_while(|digit| matches!(digit, b'0'..=b'7')).count();
                let digits = std::iter::once(&escape).chain(&rest[..more]);
                bytes.push(digits.fold(0_u32, |value, digit| value * 8 + u32::from(digit - b'0')) as u8);
                rest = &rest[more..];
            }
            // What is no escape stays as it is.
            other => bytes.extend_from_slice(&[b'\\', other]),
        }
    }
    Cow::Owned(bytes)
}

/// Whether the argument of UNICODE is well-formed.
pub(crate) fn check_unicode(line: &[u8]) -> Result<()> {
    let mut rest = line;
    while let Some(at) = memchr(b'\\', rest) {
        rest = match &rest[at + 1..] {
            [kind @ (b'u' | b'U'), after @ ..] => {
                let count = if *kind == b'u' { 4 } else { 8 };
                if code_point(after, count).is_none() {
                    return Err(Error::syntax(format!(
                        "UNICODE: \\{} without {count} hexadecimal digits of a code point",
                        char::from(*kind)
                    )));
                }
                &after[count..]
            }
            [_, rest @ ..] => rest,
            [] => &[],
        };
    }
    Ok(())
}

/// The str that the argument of UNICODE stands for: UTF-8, lone surrogates as three bytes each.
pub(crate) fn decode_unicode(line: &[u8]) -> Cow<'_, [u8]> {
    if memchr(b'\\', line).is_none() && line.is_ascii() {
        return Cow::Borrowed(line);
    }
    let mut bytes = Vec::with_capacity(line.len());
    let mut rest = line;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'\\' {
            push_code_point(&mut bytes, u32::from(byte));
            continue;
        }
        match rest {
            [kind @ (b'u' | b'U'), after @ ..] => {
                let count = if *kind == b'u' { 4 } else { 8 };
                push_code_point(&mut bytes, code_point(after, count).unwrap_or(0xfffd));
                rest = after.get(count..).unwrap_or_default();
            }
            [next, after @ ..] => {
                bytes.push(b'\\');
                push_code_point(&mut bytes, u32::from(*next));
                rest = after;
            }
            [] => bytes.push(b'\\'),
        }
    }
    Cow::Owned(bytes)
}

fn code_point(text: &[u8], count: usize) -> Option<u32> {
    let digits = text.get(..count)?;
    let value = digits.iter().try_fold(0, |value, &digit| Some(value * 16 + char::from(digit).to_digit(16)?))?;
    (value <= 0x10_ffff).then_some(value)
}

fn push_code_point(bytes: &mut Vec<u8>, code_point: u32) {
    match char::from_u32(code_point) {
        Some(char) => bytes.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes()),
        // A surrogate, as three bytes like any other code point of its size.
        None => bytes.extend_from_slice(&[
            0xe0 | (code_point >> 12) as u8,
            0x80 | (code_point >> 6 & 0x3f) as u8,
            0x80 | (code_point & 0x3f) as u8,
        ]),
    }
}

/// Whether there are surrogates in what is UTF-8 otherwise; an error if it is not (Python's `surrogatepass`).
pub(crate) fn check_surrogatepass(mut bytes: &[u8]) -> Result<bool> {
    let mut surrogates = false;
    loop {
        let Err(error) = std::str::from_utf8(bytes) else { return Ok(surrogates) };
        match &bytes[error.valid_up_to()..] {
            [0xed, 0xa0..=0xbf, 0x80..=0xbf, rest @ ..] => {
                surrogates = true;
                bytes = rest;
            }
            _ => return Err(Error::syntax("str is not UTF-8")),
        }
    }
}

/// The beginning of a text, for messages.
fn excerpt(line: &[u8]) -> String {
    let mut out = String::new();
    // Writing to a String does not fail.
    let _ = crate::repr::bytes(&line[..line.len().min(40)], &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn small(line: &str) -> i64 {
        match int(line.as_bytes(), 4300) {
            Ok(IntText::Small(value)) => value,
            other => panic!("{line:?}: {other:?}"),
        }
    }

    #[test]
    fn int_is_strtol_first() {
        let table = [
            ("010", 8),
            ("0x10", 16),
            (" 5", 5),
            ("-0x10", -16),
            ("+7", 7),
            ("1_000", 1000),
            ("0b11", 3),
            ("1 ", 1),
            ("0o17", 15),
            ("5\0junk", 5),
            ("-9223372036854775808", i64::MIN),
            ("1", 1),
            ("001", 1),
        ];
        for (line, value) in table {
            // Two characters and 0 or 1 make a bool, which is checked below.
            if line != "1 " {
                assert_eq!(small(line), value, "{line:?}");
            }
        }
        for (line, value) in [("00", false), ("01", true), ("+1", true), (" 1", true), ("-0", false)] {
            assert_eq!(int(line.as_bytes(), 0).unwrap(), IntText::Bool(value), "{line:?}");
        }
        for line in ["08", "x", "1__0", "_1", "1_", "0x", "1 2", "--1", "1L"] {
            assert!(int(line.as_bytes(), 4300).is_err(), "{line:?}");
        }
    }

    #[test]
    fn long_is_python_only() {
        assert_eq!(long(b"0x10L", 0).unwrap(), IntText::Small(16));
        assert_eq!(long(b"5", 0).unwrap(), IntText::Small(5));
        for line in ["010L", "L", "5LL", "5 L x"] {
            assert!(long(line.as_bytes(), 0).is_err(), "{line:?}");
        }
        let digits = "9".repeat(4301);
        let error = long(digits.as_bytes(), 4300).unwrap_err();
        assert!(error.is_limit());
        assert_eq!(
            error.to_string(),
            "an int of more than 4300 digits; DeOptions::int_max_str_digits raises the limit"
        );
        assert!(long(format!("0x{digits}").as_bytes(), 4300).is_ok());
    }

    #[test]
    fn index() {
        for (line, value) in [("+5", 5), (" 5 ", 5), ("1_0", 10), ("007", 7), ("-1", -1)] {
            assert_eq!(decimal_index(line.as_bytes()).unwrap(), value);
        }
        assert!(decimal_index(b"0x5").is_err());
    }

    #[test]
    fn floats() {
        for (line, value) in
            [(".5", 0.5), ("5.", 5.0), ("1e3", 1000.0), ("-Infinity", f64::NEG_INFINITY), ("+inf", f64::INFINITY)]
        {
            assert_eq!(float(line.as_bytes()).unwrap(), value);
        }
        assert!(float(b"-NaN").unwrap().is_nan());
        for line in ["", " 1", "1 ", "1_0", "0x1p3", "1e309", "1e", ".", "1.5.2"] {
            assert!(float(line.as_bytes()).is_err(), "{line:?}");
        }
    }

    #[test]
    fn strings_of_python_2() {
        let read = |line: &'static [u8]| check_string(line).map(|inner| unescape(inner).into_owned());
        assert_eq!(read(br"'a\x41\101\n\q\'' ".trim_ascii()).unwrap(), b"aAA\n\\q'");
        assert_eq!(read(br"''a'").unwrap(), b"'a");
        assert_eq!(read(br#""\777""#).unwrap(), b"\xff");
        for line in [&b"'"[..], b"abc", b"'abc\"", br"'\x4'", br"'abc\'", b" 'a'", b""] {
            assert!(check_string(line).is_err(), "{line:?}");
        }
    }

    #[test]
    fn raw_unicode_escape() {
        let read = |line: &'static [u8]| check_unicode(line).map(|()| decode_unicode(line).into_owned());
        assert_eq!(read(b"\xe9").unwrap(), "é".as_bytes());
        assert_eq!(read(br"\u20ac\U0001f600").unwrap(), "€😀".as_bytes());
        assert_eq!(read(br"\\u0041\n").unwrap(), br"\\u0041\n");
        assert_eq!(read(br"\ud800").unwrap(), b"\xed\xa0\x80");
        assert_eq!(read(br"\").unwrap(), br"\");
        for line in [&br"\u12"[..], br"\U00110000", br"\uzzzz"] {
            assert!(read(line).is_err(), "{line:?}");
        }
        assert!(check_surrogatepass(b"a\xed\xa0\x80\xed\xb0\x80").unwrap());
        assert!(!check_surrogatepass("é".as_bytes()).unwrap());
        assert!(check_surrogatepass(b"\xc0\x80").is_err());
    }
}
