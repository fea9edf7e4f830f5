//! `fractions.Fraction` and complex numbers.

use std::{fmt, str::FromStr};

use super::{
    atom::Atom,
    called::{Called, Python},
    scalar::{Facets, Scalar, WellKnown, invalid},
};
use crate::{
    error::{Error, Result},
    value::{BigInt, Value},
};

/// Python's `fractions.Fraction`: the quotient of two integers of any size, as Python has it: in lowest terms, with a positive
/// denominator.
///
/// ```
/// use serde_pickle::types::Fraction;
///
/// // pickle.dumps(fractions.Fraction(1, 3), 2), by Python 3.11
/// let pickle = b"\x80\x02cfractions\nFraction\nK\x01K\x03\x86R.";
/// let third: Fraction = serde_pickle::from_slice(pickle)?;
/// assert_eq!((third.numerator().to_i64(), third.denominator().to_i64()), (Some(1), Some(3)));
/// assert_eq!(serde_pickle::from_slice::<(i64, i64)>(pickle)?, (1, 3));
/// assert_eq!(serde_pickle::from_slice::<String>(pickle)?, "1/3");
/// # Ok::<(), serde_pickle::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Fraction {
    numerator: BigInt,
    denominator: BigInt,
}

impl Fraction {
    /// By numerator and denominator; it is not reduced: Python does that when it loads it.
    ///
    /// # Errors
    ///
    /// If the denominator is not positive.
    pub fn new(numerator: impl Into<BigInt>, denominator: impl Into<BigInt>) -> Result<Fraction> {
        let (numerator, denominator) = (numerator.into(), denominator.into());
        if denominator <= BigInt::from(0i128) {
            return Err(invalid(format_args!("the denominator of a fraction is positive, and not {denominator}")));
        }
        Ok(Fraction { numerator, denominator })
    }

    /// What is divided; it has the sign.
    pub fn numerator(&self) -> &BigInt {
        &self.numerator
    }

    /// What it is divided by: at least 1.
    pub fn denominator(&self) -> &BigInt {
        &self.denominator
    }

    fn is_whole(&self) -> bool {
        self.denominator.to_i64() == Some(1)
    }
}

/// As Python's `str`: `1/3`, and `5` for what is whole.
impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_whole() {
            write!(f, "{}", self.numerator)
        } else {
            write!(f, "{}/{}", self.numerator, self.denominator)
        }
    }
}

/// From what Python's `str` gives.
impl FromStr for Fraction {
    type Err = Error;

    fn from_str(text: &str) -> Result<Fraction> {
        let (numerator, denominator) = text.split_once('/').unwrap_or((text, "1"));
        Fraction::new(numerator.parse::<BigInt>()?, denominator.parse::<BigInt>()?)
    }
}

/// An int as serde sees it: its text beyond 128 bits.
fn atom(int: &BigInt) -> Atom {
    match (int.to_i128(), int.to_u128()) {
        (Some(int), _) => int.into(),
        (_, Some(int)) => int.into(),
        _ => int.to_string().into(),
    }
}

impl Facets for Fraction {
    fn kind(&self) -> &'static str {
        "Fraction"
    }

    fn natural(&self) -> Atom {
        self.to_string().into()
    }

    fn int(&self) -> Option<Atom> {
        self.is_whole().then(|| atom(&self.numerator))
    }

    fn float(&self) -> Option<f64> {
        Some(self.numerator.to_f64()? / self.denominator.to_f64()?)
    }

    fn tuple(&self, len: Option<usize>) -> Option<Vec<Atom>> {
        matches!(len, None | Some(2)).then(|| vec![atom(&self.numerator), atom(&self.denominator)])
    }

    fn fields(&self, _names: Option<&[&str]>) -> Option<Vec<(&'static str, Atom)>> {
        Some(vec![("numerator", atom(&self.numerator)), ("denominator", atom(&self.denominator))])
    }

    fn python(&self) -> Result<Python<'_>> {
        let fraction = Called::new("fractions", "Fraction").arg(Value::from(self.numerator.clone()));
        Ok(fraction.arg(Value::from(self.denominator.clone())).into())
    }
}

impl WellKnown for Fraction {
    const EXPECTED: &'static str = "a fraction";

    fn from_scalar(scalar: Scalar) -> Result<Fraction, Scalar> {
        scalar.try_into()
    }

    fn from_atom(atom: Atom) -> Option<Result<Fraction>> {
        match atom {
            Atom::Text(text) => Some(text.parse()),
            Atom::Int(int) => Some(Fraction::new(int, 1i128)),
            Atom::Unsigned(int) => Some(Fraction::new(int, 1i128)),
            Atom::Tuple(parts) => match parts[..] {
                [Atom::Int(numerator), Atom::Int(denominator)] => Some(Fraction::new(numerator, denominator)),
                _ => None,
            },
            _ => None,
        }
    }
}

/// Python's `complex`. Its natural form is the pair.
///
/// ```
/// use serde_pickle::types::Complex;
///
/// // pickle.dumps(1 + 2j, 2)
/// let pickle = b"\x80\x02c__builtin__\ncomplex\nG?\xf0\0\0\0\0\0\0G@\0\0\0\0\0\0\0\x86R.";
/// let read: Complex = serde_pickle::from_slice(pickle)?;
/// assert_eq!(read, Complex { re: 1.0, im: 2.0 });
/// assert_eq!(read.to_string(), "(1+2j)");
/// # Ok::<(), serde_pickle::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Complex {
    /// The real part.
    pub re: f64,
    /// The imaginary part.
    pub im: f64,
}

/// As Python's `str`: `(1+2j)`, `2j`.
impl fmt::Display for Complex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |float: f64| {
            let mut text = String::new();
            // Writing to a String does not fail.
            let _ = crate::repr::float(float, &mut text);
            text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
        };
        if self.re == 0.0 && self.re.is_sign_positive() {
            return write!(f, "{}j", part(self.im));
        }
        let sign = if self.im.is_nan() || self.im.is_sign_positive() { "+" } else { "" };
        write!(f, "({}{sign}{}j)", part(self.re), part(self.im))
    }
}

impl Facets for Complex {
    fn kind(&self) -> &'static str {
        "complex"
    }

    fn natural(&self) -> Atom {
        Atom::Tuple(vec![self.re.into(), self.im.into()])
    }

    fn text(&self) -> Option<String> {
        Some(self.to_string())
    }

    fn tuple(&self, len: Option<usize>) -> Option<Vec<Atom>> {
        matches!(len, None | Some(2)).then(|| vec![self.re.into(), self.im.into()])
    }

    fn fields(&self, names: Option<&[&str]>) -> Option<Vec<(&'static str, Atom)>> {
        let short = names.is_some_and(|names| names.contains(&"re"));
        let [re, im] = if short { ["re", "im"] } else { ["real", "imag"] };
        Some(vec![(re, self.re.into()), (im, self.im.into())])
    }

    fn python(&self) -> Result<Python<'_>> {
        Ok(Called::new("builtins", "complex").arg(self.re).arg(self.im).into())
    }
}

impl WellKnown for Complex {
    const EXPECTED: &'static str = "a complex number";

    fn from_scalar(scalar: Scalar) -> Result<Complex, Scalar> {
        scalar.try_into()
    }

    fn from_atom(atom: Atom) -> Option<Result<Complex>> {
        let float = |atom: &Atom| match *atom {
            Atom::Float(float) => Some(float),
            Atom::Int(int) => Some(int as f64),
            _ => None,
        };
        match &atom {
            Atom::Tuple(parts) => match &parts[..] {
                [re, im] => Some(Ok(Complex { re: float(re)?, im: float(im)? })),
                _ => None,
            },
            number => Some(Ok(Complex { re: float(number)?, im: 0.0 })),
        }
    }

    fn from_compact<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde::Deserialize::deserialize(deserializer).map(|(re, im)| Complex { re, im })
    }
}
