//! Ints of any size.

use std::{cmp::Ordering, fmt, str::FromStr};

use crate::{
    error::{Error, Result},
    op::long,
};

/// A Python int of any size.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct BigInt {
    /// Two's complement, little-endian, without redundant bytes.
    bytes: Box<[u8]>,
}

impl BigInt {
    /// From two's complement bytes, the lowest first, as Python's `int.from_bytes(bytes, 'little', signed=True)`.
    pub fn from_signed_bytes_le(bytes: &[u8]) -> BigInt {
        BigInt { bytes: long::minimal(bytes).into() }
    }

    /// Two's complement bytes, the lowest first, as few as can be; none for zero.
    pub fn to_signed_bytes_le(&self) -> &[u8] {
        &self.bytes
    }

    /// The value, if i64 can hold it.
    pub fn to_i64(&self) -> Option<i64> {
        long::to_i64(&self.bytes)
    }

    /// The value, if i128 can hold it.
    pub fn to_i128(&self) -> Option<i128> {
        long::to_i128(&self.bytes)
    }

    /// The value, if u128 can hold it.
    pub fn to_u128(&self) -> Option<u128> {
        long::to_u128(&self.bytes)
    }

    /// The nearest double, if the value is not beyond the largest.
    pub fn to_f64(&self) -> Option<f64> {
        long::nearest_double(&self.bytes)
    }

    /// Whether it is below zero.
    pub fn is_negative(&self) -> bool {
        self.bytes.last().is_some_and(|last| last & 0x80 != 0)
    }
}

impl From<i128> for BigInt {
    fn from(value: i128) -> BigInt {
        BigInt::from_signed_bytes_le(&value.to_le_bytes())
    }
}

impl From<u128> for BigInt {
    fn from(value: u128) -> BigInt {
        let mut bytes = [0; 17];
        bytes[..16].copy_from_slice(&value.to_le_bytes());
        BigInt::from_signed_bytes_le(&bytes)
    }
}

/// From decimal text, which takes time that grows with the square of its length, or from hexadecimal text (`0x…`).
impl FromStr for BigInt {
    type Err = Error;

    fn from_str(text: &str) -> Result<BigInt> {
        let (negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
        let value = match digits.strip_prefix("0x") {
            Some(hex) if hex.starts_with(|digit: char| digit.is_ascii_hexdigit()) => {
                num_bigint::BigInt::parse_bytes(hex.as_bytes(), 16).map(|value| if negative { -value } else { value })
            }
            _ => text.parse().ok(),
        };
        let value = value.ok_or_else(|| Error::data("not an int"))?;
        Ok(BigInt::from_signed_bytes_le(&long::from_big(&value)))
    }
}

impl PartialOrd for BigInt {
    fn partial_cmp(&self, other: &BigInt) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for BigInt {
    fn cmp(&self, other: &BigInt) -> Ordering {
        let by_sign = other.is_negative().cmp(&self.is_negative());
        // Of one sign, the longer is farther from zero; of one length, two's complement compares like unsigned numbers.
        let by_length = self.bytes.len().cmp(&other.bytes.len());
        let by_length = if self.is_negative() { by_length.reverse() } else { by_length };
        by_sign.then(by_length).then_with(|| self.bytes.iter().rev().cmp(other.bytes.iter().rev()))
    }
}

/// Decimal; hexadecimal beyond 4,300 digits, for which Python itself has no decimal text by default.
impl fmt::Display for BigInt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&long::to_text(&self.bytes))
    }
}

impl fmt::Debug for BigInt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BigInt({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_text() {
        let texts = [
            "-340282366920938463463374607431768211456",
            "-18446744073709551616",
            "-1",
            "0",
            "255",
            "18446744073709551615",
        ];
        let ints: Vec<BigInt> = texts.iter().map(|text| text.parse().unwrap()).collect();
        assert!(ints.is_sorted());
        assert_eq!(ints.iter().map(ToString::to_string).collect::<Vec<_>>(), texts);
        assert_eq!(ints[5], BigInt::from(u128::from(u64::MAX)));
        assert!("1x".parse::<BigInt>().is_err());
    }
}
