//! Integers of any size: two's complement, little-endian, as LONG1 and LONG4 have them.

use num_bigint::{BigInt, Sign};

/// The value, if i64 can hold it.
#[inline]
pub(crate) fn to_i64(bytes: &[u8]) -> Option<i64> {
    let bytes = if bytes.len() > 8 { minimal(bytes) } else { bytes };
    if bytes.len() > 8 {
        return None;
    }
    let mut wide = [sign_byte(bytes); 8];
    wide[..bytes.len()].copy_from_slice(bytes);
    Some(i64::from_le_bytes(wide))
}

/// The value, if i128 can hold it.
pub(crate) fn to_i128(bytes: &[u8]) -> Option<i128> {
    let bytes = minimal(bytes);
    if bytes.len() > 16 {
        return None;
    }
    let mut wide = [sign_byte(bytes); 16];
    wide[..bytes.len()].copy_from_slice(bytes);
    Some(i128::from_le_bytes(wide))
}

/// The value, if u128 can hold it.
pub(crate) fn to_u128(bytes: &[u8]) -> Option<u128> {
    match minimal(bytes) {
        [low @ .., 0] if low.len() == 16 => Some(u128::from_le_bytes(*low.first_chunk()?)),
        bytes => u128::try_from(to_i128(bytes)?).ok(),
    }
}

/// Without redundant bytes: no byte that only repeats the sign. Zero is no byte at all.
pub(crate) fn minimal(mut bytes: &[u8]) -> &[u8] {
    while let [rest @ .., last] = bytes {
        let sign = if *last & 0x80 == 0 { 0 } else { 0xff };
        let redundant = *last == sign
            && match rest.last() {
                Some(next) => (next ^ sign) & 0x80 == 0,
                None => sign == 0,
            };
        if !redundant {
            break;
        }
        bytes = rest;
    }
    bytes
}

fn sign_byte(bytes: &[u8]) -> u8 {
    if bytes.last().is_some_and(|last| last & 0x80 != 0) { 0xff } else { 0 }
}

/// What Python lets decimal text have by default (`sys.get_int_max_str_digits`): making it takes time that grows with the square.
pub(crate) const MAX_DIGITS: usize = 4300;

/// The decimal text, if it has no more than so many digits; 0 for no limit.
pub(crate) fn to_short_decimal(bytes: &[u8], max_digits: usize) -> Option<String> {
    let bytes = minimal(bytes);
    // A byte is some 2.4 digits: what is surely too long is not even tried.
    if max_digits > 0 && bytes.len() > max_digits / 2 + 16 {
        return None;
    }
    let text = BigInt::from_signed_bytes_le(bytes).to_string();
    let digits = text.len() - usize::from(text.starts_with('-'));
    (max_digits == 0 || digits <= max_digits).then_some(text)
}

/// The text as Python reads it: decimal, or hexadecimal where Python has a limit for decimal text, and none for that.
pub(crate) fn to_text(bytes: &[u8]) -> String {
    to_short_decimal(bytes, MAX_DIGITS)
        .unwrap_or_else(|| format!("{:#x}", BigInt::from_signed_bytes_le(minimal(bytes))))
}

/// Digits of a radix (2 to 36) as two's complement. What is no digit is no part of a number: the empty one, then.
pub(crate) fn from_digits(negative: bool, radix: u32, digits: &[u8]) -> Vec<u8> {
    let Some(mut value) = BigInt::parse_bytes(digits, radix) else { return Vec::new() };
    if negative {
        value = -value;
    }
    from_big(&value)
}

/// Without redundant bytes; zero is no byte at all.
pub(crate) fn from_big(value: &BigInt) -> Vec<u8> {
    if value.sign() == Sign::NoSign { Vec::new() } else { value.to_signed_bytes_le() }
}

/// The double nearest to an integer; `None` if it is larger than any.
pub(crate) fn nearest_double(bytes: &[u8]) -> Option<f64> {
    let float = match (to_i128(bytes), to_u128(bytes)) {
        (Some(int), _) => int as f64,
        (None, Some(int)) => int as f64,
        // Beyond 1024 bits there is no double, so the text is short; parsing it rounds to nearest.
        (None, None) if minimal(bytes).len() <= 129 => to_text(bytes).parse().ok()?,
        (None, None) => return None,
    };
    float.is_finite().then_some(float)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sign_bits() {
        let table: [(&[u8], i64); 12] = [
            (b"", 0),
            (b"\0", 0),
            (b"\x7f", 127),
            (b"\x80", -128),
            (b"\x80\0", 128),
            (b"\xff", -1),
            (b"\xff\0", 255),
            (b"\xff\xff\xff", -1),
            (b"\0\0\0\x80\0", 1 << 31),
            (b"\0\0\0\0\x80", -(1 << 39)),
            (b"\xff\xff\xff\xff\xff\xff\xff\x7f", i64::MAX),
            (b"\0\0\0\0\0\0\0\x80\xff\xff", i64::MIN),
        ];
        for (bytes, value) in table {
            assert_eq!(to_i64(bytes), Some(value), "{bytes:x?}");
            assert_eq!(to_i128(bytes), Some(i128::from(value)), "{bytes:x?}");
            assert_eq!(to_u128(bytes), u128::try_from(value).ok(), "{bytes:x?}");
            assert_eq!(to_text(bytes), value.to_string());
        }
        assert_eq!(to_i64(b"\0\0\0\0\0\0\0\x80\0"), None);
    }

    #[test]
    fn sixteen_bytes_and_more() {
        let mut bytes = [0xff_u8; 17];
        assert_eq!(to_u128(&bytes), None);
        bytes[16] = 0;
        assert_eq!(to_u128(&bytes), Some(u128::MAX));
        assert_eq!(to_i128(&bytes), None);
        assert_eq!(minimal(b"\x80\xff\xff"), b"\x80");
        assert_eq!(minimal(b"\x7f\xff"), b"\x7f\xff");
        assert_eq!(minimal(b"\0\0"), b"");
        assert_eq!(minimal(b"\xff\xff"), b"\xff");
    }

    #[test]
    fn digits() {
        assert_eq!(from_digits(false, 10, b"0"), b"");
        assert_eq!(from_digits(true, 16, b"80"), b"\x80");
        assert_eq!(from_digits(false, 10, b"340282366920938463463374607431768211455").len(), 17);
    }
}
