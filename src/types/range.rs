//! `range` and `slice`.

use std::fmt;

use super::{
    atom::Atom,
    called::{Called, Python},
    scalar::{Facets, Scalar, WellKnown, invalid},
};
use crate::error::{Error, Result};

/// Python's `range`. Its natural form is the tuple (start, stop, step), and not the numbers.
///
/// ```
/// use serde_pickle::types::Range;
///
/// // pickle.dumps(range(0, 10, 2), 2)
/// let pickle = b"\x80\x02c__builtin__\nxrange\nK\x00K\x0aK\x02\x87R.";
/// let range: Range = serde_pickle::from_slice(pickle)?;
/// assert_eq!(range, Range { start: 0, stop: 10, step: 2 });
/// assert_eq!(serde_pickle::from_slice::<(i64, i64, i64)>(pickle)?, (0, 10, 2));
/// # Ok::<(), serde_pickle::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Range {
    /// Where it starts.
    pub start: i64,
    /// Where it stops: that is not in it.
    pub stop: i64,
    /// From one number to the next; not 0.
    pub step: i64,
}

/// Of step 1.
impl From<std::ops::Range<i64>> for Range {
    fn from(range: std::ops::Range<i64>) -> Range {
        Range { start: range.start, stop: range.end, step: 1 }
    }
}

/// An error if its step is not 1.
impl TryFrom<Range> for std::ops::Range<i64> {
    type Error = Error;

    fn try_from(range: Range) -> Result<std::ops::Range<i64>> {
        match range.step {
            1 => Ok(range.start..range.stop),
            step => Err(invalid(format_args!("a Range of Rust has the step 1, and not {step}"))),
        }
    }
}

/// As Python's `str`: `range(0, 10)`, `range(0, 10, 2)`.
impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.step {
            1 => write!(f, "range({}, {})", self.start, self.stop),
            step => write!(f, "range({}, {}, {step})", self.start, self.stop),
        }
    }
}

/// Python's `slice` of ints or None. Its natural form is the tuple (start, stop, step).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Slice {
    /// Where it starts; `None`: at the end that its step goes away from.
    pub start: Option<i64>,
    /// Where it stops; `None`: at the other end.
    pub stop: Option<i64>,
    /// From one index to the next; `None`: 1.
    pub step: Option<i64>,
}

/// As Python's `str`: `slice(1, None, 2)`.
impl fmt::Display for Slice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [start, stop, step] =
            [self.start, self.stop, self.step].map(|part| part.map_or("None".to_owned(), |part| part.to_string()));
        write!(f, "slice({start}, {stop}, {step})")
    }
}

macro_rules! spans {
    ($($type:ident $name:literal $expected:literal, $from:expr, $compact:expr;)*) => {$(
        impl Facets for $type {
            fn kind(&self) -> &'static str {
                $name
            }

            fn natural(&self) -> Atom {
                Atom::Tuple(vec![self.start.into(), self.stop.into(), self.step.into()])
            }

            fn compact(&self) -> Atom {
                Atom::Tuple([self.start, self.stop, self.step].map($compact).to_vec())
            }

            fn text(&self) -> Option<String> {
                Some(self.to_string())
            }

            fn tuple(&self, len: Option<usize>) -> Option<Vec<Atom>> {
                matches!(len, None | Some(3)).then(|| vec![self.start.into(), self.stop.into(), self.step.into()])
            }

            fn fields(&self, _names: Option<&[&str]>) -> Option<Vec<(&'static str, Atom)>> {
                Some(vec![("start", self.start.into()), ("stop", self.stop.into()), ("step", self.step.into())])
            }

            fn python(&self) -> Result<Python<'_>> {
                Ok(Called::new("builtins", $name).arg(self.start).arg(self.stop).arg(self.step).into())
            }
        }

        impl WellKnown for $type {
            const EXPECTED: &'static str = $expected;

            fn from_scalar(scalar: Scalar) -> Result<$type, Scalar> {
                scalar.try_into()
            }

            fn from_atom(atom: Atom) -> Option<Result<$type>> {
                let Atom::Tuple(parts) = atom else { return None };
                let [start, stop, step] = <[Atom; 3]>::try_from(parts).ok()?.map($from);
                Some(Ok($type { start: start?, stop: stop?, step: step? }))
            }

            fn from_compact<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                serde::Deserialize::deserialize(deserializer).map(|(start, stop, step)| $type { start, stop, step })
            }
        }
    )*};
}

fn int(atom: Atom) -> Option<i64> {
    match atom {
        Atom::Int(int) => int.try_into().ok(),
        _ => None,
    }
}

fn int_or_none(atom: Atom) -> Option<Option<i64>> {
    match atom {
        Atom::None => Some(None),
        atom => int(atom).map(Some),
    }
}

spans! {
    Range "range" "a range", int, Atom::from;
    Slice "slice" "a slice", int_or_none,
        |part: Option<i64>| Atom::Maybe(part.map(|part| Box::new(part.into())));
}
