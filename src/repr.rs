//! Python's `repr` of texts, bytes and floats.

use std::fmt::{self, Write};

/// A str: in single quotes, unless there are such in it and no double ones.
pub(crate) fn str(text: &str, out: &mut impl Write) -> fmt::Result {
    let quote = quote(text.as_bytes());
    out.write_char(quote)?;
    text.chars().try_for_each(|c| char(c, quote, out))?;
    out.write_char(quote)
}

/// A str with lone surrogates, as three bytes each.
pub(crate) fn surrogate_str(mut text: &[u8], out: &mut impl Write) -> fmt::Result {
    let quote = quote(text);
    out.write_char(quote)?;
    while !text.is_empty() {
        let valid = std::str::from_utf8(text).map_or_else(|error| error.valid_up_to(), str::len);
        for c in String::from_utf8_lossy(&text[..valid]).chars() {
            char(c, quote, out)?;
        }
        match &text[valid..] {
            [0xed, a, b, rest @ ..] => {
                write!(out, "\\u{:04x}", 0xd000 | u32::from(a & 0x3f) << 6 | u32::from(b & 0x3f))?;
                text = rest;
            }
            [byte, rest @ ..] => {
                write!(out, "\\x{byte:02x}")?;
                text = rest;
            }
            [] => break,
        }
    }
    out.write_char(quote)
}

fn quote(text: &[u8]) -> char {
    if text.contains(&b'\'') && !text.contains(&b'"') { '"' } else { '\'' }
}

fn char(c: char, quote: char, out: &mut impl Write) -> fmt::Result {
    match c {
        '\\' => out.write_str("\\\\"),
        '\n' => out.write_str("\\n"),
        '\r' => out.write_str("\\r"),
        '\t' => out.write_str("\\t"),
        c if c == quote => write!(out, "\\{c}"),
        ' '..='~' => out.write_char(c),
        c if is_printable(c) => out.write_char(c),
        c => match u32::from(c) {
            code @ ..=0xff => write!(out, "\\x{code:02x}"),
            code @ ..=0xffff => write!(out, "\\u{code:04x}"),
            code => write!(out, "\\U{code:08x}"),
        },
    }
}

/// Python's `str.isprintable`, by what Rust's `escape_debug` leaves as it is: the tables of both come from Unicode, of
/// whatever version. In second place, because marks that join what is before them are escaped in first place only.
fn is_printable(c: char) -> bool {
    let mut text = String::from("a");
    text.push(c);
    text.escape_debug().nth(1) != Some('\\')
}

/// Bytes, with the `b`.
pub(crate) fn bytes(bytes: &[u8], out: &mut impl Write) -> fmt::Result {
    let quote = quote(bytes);
    write!(out, "b{quote}")?;
    for &byte in bytes {
        match byte {
            b'\\' => out.write_str("\\\\")?,
            b'\n' => out.write_str("\\n")?,
            b'\r' => out.write_str("\\r")?,
            b'\t' => out.write_str("\\t")?,
            byte if char::from(byte) == quote => write!(out, "\\{quote}")?,
            b' '..=b'~' => out.write_char(char::from(byte))?,
            byte => write!(out, "\\x{byte:02x}")?,
        }
    }
    out.write_char(quote)
}

/// A float: the shortest text that reads back as the same, with an exponent below 1e-4 and from 1e16 on.
pub(crate) fn float(value: f64, out: &mut impl Write) -> fmt::Result {
    if value.is_nan() {
        return out.write_str("nan");
    }
    if value.is_infinite() {
        return out.write_str(if value > 0.0 { "inf" } else { "-inf" });
    }
    let mut shortest = format!("{value:e}");
    // Of two shortest texts that are equally near, Python takes the even one. They are long: between them is one digit more.
    if shortest.len() > 16 {
        let digits = shortest.bytes().take_while(|&byte| byte != b'e').filter(u8::is_ascii_digit).count();
        let even = format!("{value:.*e}", digits.saturating_sub(1));
        if even.parse() == Ok(value) {
            shortest = even;
        }
    }
    let (mantissa, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&exponent) {
        let decimals = mantissa.split_once('.').map_or(0, |(_, decimals)| decimals.len() as i32);
        let fixed = format!("{value:.*}", (decimals - exponent).max(0) as usize);
        out.write_str(&fixed)?;
        return if fixed.contains('.') { Ok(()) } else { out.write_str(".0") };
    }
    write!(out, "{mantissa}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(write: impl FnOnce(&mut String) -> fmt::Result) -> String {
        let mut out = String::new();
        write(&mut out).unwrap();
        out
    }

    #[test]
    fn floats() {
        let table = [
            (1.0, "1.0"),
            (0.1, "0.1"),
            (-0.0, "-0.0"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (1.5e16, "1.5e+16"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (5e-324, "5e-324"),
            (f64::MAX, "1.7976931348623157e+308"),
            (123_456.789, "123456.789"),
            (128.208_038_330_078_12, "128.20803833007812"),
            (-3_924_334_040_768.531_2, "-3924334040768.5312"),
            (9_007_199_254_740_993.0, "9007199254740992.0"),
            (1_234_567_890_123_456.7, "1234567890123456.8"),
        ];
        for (value, text) in table {
            assert_eq!(made(|out| float(value, out)), text);
        }
    }

    #[test]
    fn texts() {
        assert_eq!(made(|out| str("it's", out)), "\"it's\"");
        assert_eq!(made(|out| str("'\"", out)), "'\\'\"'");
        assert_eq!(
            made(|out| str("é\u{301}\u{7f}\u{a0}\u{200b}\u{e000}😀\0", out)),
            "'é\u{301}\\x7f\\xa0\\u200b\\ue000😀\\x00'"
        );
        assert_eq!(made(|out| surrogate_str(b"a\xed\xa0\x80b", out)), "'a\\ud800b'");
        assert_eq!(made(|out| bytes(b"'\x00\xff\n", out)), "b\"'\\x00\\xff\\n\"");
    }
}
