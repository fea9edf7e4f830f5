//! `decimal.Decimal`.

use std::{fmt, str::FromStr};

use super::{
    atom::Atom,
    called::{Called, Python},
    scalar::{Facets, Scalar, WellKnown, invalid},
};
use crate::error::{Error, Result};

/// Python's `decimal.Decimal`: exact decimal digits, of any number, with an exponent; or NaN or infinity.
///
/// It is the text that Python's `str` gives, and does no arithmetic: features such as `rust_decimal1` convert it to types that do.
/// Two decimals are equal here if their texts are: `1.0` is not `1.00`.
///
/// ```
/// use serde_pickle::types::Decimal;
///
/// // pickle.dumps(decimal.Decimal('19.99'), 2)
/// let pickle = b"\x80\x02cdecimal\nDecimal\nX\x05\0\0\x0019.99\x85R.";
/// let price: Decimal = serde_pickle::from_slice(pickle)?;
/// assert_eq!(price.as_str(), "19.99");
/// assert_eq!(price.to_f64(), 19.99);
/// assert_eq!(serde_pickle::from_slice::<String>(pickle)?, "19.99");
/// assert_eq!(serde_pickle::from_slice::<f64>(pickle)?, 19.99);
/// # Ok::<(), serde_pickle::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Decimal(String);

impl Decimal {
    /// Its text: `19.99`, `1E+10`, `NaN`, `-Infinity`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The nearest double; NaN for each of Python's kinds of NaN.
    pub fn to_f64(&self) -> f64 {
        // NaNs may have a payload, which Rust has no text for.
        self.0.parse().unwrap_or(f64::NAN)
    }

    /// The integer that it is; `None` if it has a fraction, is none, or is beyond `i128`.
    pub fn to_i128(&self) -> Option<i128> {
        let (negative, digits, exponent) = self.parts()?;
        if digits.is_empty() {
            return Some(0);
        }
        let scale = 10i128.checked_pow(u32::try_from(exponent).ok()?)?;
        let signed = if negative { ["-", &digits].concat() } else { digits };
        signed.parse::<i128>().ok()?.checked_mul(scale)
    }

    /// Whether it is negative, its digits without zeros at either end, and the power of ten of the last; `None` if it is no number.
    fn parts(&self) -> Option<(bool, String, i64)> {
        let (negative, digits) = match self.0.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, self.0.strip_prefix('+').unwrap_or(&self.0)),
        };
        let (digits, exponent) = match digits.split_once(['E', 'e']) {
            Some((digits, exponent)) => (digits, exponent.parse::<i64>().ok()?),
            None => (digits, 0),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all = [whole, fraction].concat();
        if all.is_empty() || !all.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let kept = all.trim_end_matches('0');
        let exponent = exponent.checked_add((all.len() - kept.len()) as i64)?.checked_sub(fraction.len() as i64)?;
        let digits = kept.trim_start_matches('0').to_owned();
        Some((negative, digits, exponent))
    }

    /// Whether it is the same number.
    #[cfg(feature = "rust_decimal1")]
    pub(super) fn is_equal(&self, other: &Decimal) -> bool {
        match (self.parts(), other.parts()) {
            (Some((a, digits, _)), Some((b, others, _))) if digits.is_empty() => others.is_empty() && a == b,
            (Some(parts), Some(others)) => parts == others,
            _ => false,
        }
    }

    /// Whether it is a number: neither infinite nor NaN.
    pub fn is_finite(&self) -> bool {
        self.0.bytes().any(|byte| byte.is_ascii_digit()) && !self.0.to_ascii_lowercase().contains("nan")
    }
}

/// Its text.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// From what Python's `Decimal` takes: digits with a point and an exponent, `Infinity`, `NaN`, `sNaN`, in any case.
impl FromStr for Decimal {
    type Err = Error;

    fn from_str(text: &str) -> Result<Decimal> {
        let text = text.trim();
        if is_decimal(text) {
            Ok(Decimal(text.to_owned()))
        } else {
            Err(invalid(format_args!("{text:?} is not a decimal")))
        }
    }
}

fn is_decimal(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let lower = unsigned.to_ascii_lowercase();
    if matches!(&*lower, "inf" | "infinity") {
        return true;
    }
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(payload) = lower.strip_prefix("snan").or_else(|| lower.strip_prefix("nan")) {
        return all_digits(payload);
    }
    let (digits, exponent) = lower.split_once('e').unwrap_or((&lower, "0"));
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    !exponent.is_empty()
        && all_digits(exponent)
        && !(whole.is_empty() && fraction.is_empty())
        && all_digits(whole)
        && all_digits(fraction)
}

macro_rules! from_ints {
    ($($type:ty)*) => {$(
        impl From<$type> for Decimal {
            fn from(int: $type) -> Decimal {
                Decimal(int.to_string())
            }
        }
    )*};
}

from_ints! { i32 u32 i64 u64 i128 u128 }

impl Facets for Decimal {
    fn kind(&self) -> &'static str {
        "Decimal"
    }

    fn natural(&self) -> Atom {
        self.0.as_str().into()
    }

    fn int(&self) -> Option<Atom> {
        self.to_i128().map(Atom::Int)
    }

    fn float(&self) -> Option<f64> {
        Some(self.to_f64())
    }

    fn python(&self) -> Result<Python<'_>> {
        Ok(Called::new("decimal", "Decimal").arg(self.0.as_str()).into())
    }
}

impl WellKnown for Decimal {
    const EXPECTED: &'static str = "a decimal";

    fn from_scalar(scalar: Scalar) -> Result<Decimal, Scalar> {
        scalar.try_into()
    }

    fn from_atom(atom: Atom) -> Option<Result<Decimal>> {
        match atom {
            Atom::Text(text) => Some(text.parse()),
            Atom::Int(int) => Some(Ok(int.into())),
            Atom::Unsigned(int) => Some(Ok(int.into())),
            // As Python's Decimal(repr(x)): the shortest digits that are this double.
            Atom::Float(float) => Some(float.to_string().parse()),
            _ => None,
        }
    }
}
