//! `uuid.UUID`.

use std::{fmt, str::FromStr};

use super::{
    atom::Atom,
    called::Python,
    scalar::{Facets, Scalar, ScalarVisitor, WellKnown, invalid},
};
use crate::{
    error::{Error, Result},
    value::{BigInt, Dict, Global, Object, Value},
};

/// Python's `uuid.UUID`.
///
/// What `uuid.uuid1()` says of how it was made, `is_safe`, is no part of it, as it is none to Python's `==`: a
/// [`Value`](crate::Value) keeps it.
///
/// ```
/// use serde_pickle::types::Uuid;
///
/// let id: Uuid = "12345678-1234-5678-1234-567812345678".parse()?;
/// let pickle = serde_pickle::to_vec(&id)?;
/// // Python: pickle.loads(pickle) == uuid.UUID('12345678-1234-5678-1234-567812345678')
/// assert_eq!(serde_pickle::from_slice::<Uuid>(&pickle)?, id);
/// assert_eq!(serde_pickle::from_slice::<u128>(&pickle)?, 0x12345678_1234_5678_1234_567812345678);
/// assert_eq!(serde_pickle::from_slice::<String>(&pickle)?, id.to_string());
/// # Ok::<(), serde_pickle::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uuid(u128);

impl Uuid {
    /// By its number, as Python's `UUID(int=…)`.
    pub const fn from_u128(int: u128) -> Uuid {
        Uuid(int)
    }

    /// By its 16 bytes, the most significant first, as Python's `UUID(bytes=…)`.
    pub const fn from_bytes(bytes: [u8; 16]) -> Uuid {
        Uuid(u128::from_be_bytes(bytes))
    }

    /// Its number.
    pub const fn as_u128(self) -> u128 {
        self.0
    }

    /// Its bytes, the most significant first.
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }
}

/// With hyphens, in lower case.
impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (head, tail) = ((self.0 >> 64) as u64, self.0 as u64);
        let (a, b, c) = (head >> 32, head >> 16 & 0xffff, head & 0xffff);
        write!(f, "{a:08x}-{b:04x}-{c:04x}-{:04x}-{:012x}", tail >> 48, tail & 0xffff_ffff_ffff)
    }
}

/// From 32 hexadecimal digits with or without hyphens, braces and `urn:uuid:`, as Python's `UUID(text)`.
impl FromStr for Uuid {
    type Err = Error;

    fn from_str(text: &str) -> Result<Uuid> {
        let bare = text.strip_prefix("urn:").unwrap_or(text);
        let bare = bare.strip_prefix("uuid:").unwrap_or(bare);
        let digits: String = bare.trim_matches(['{', '}']).chars().filter(|&c| c != '-').collect();
        let is_hex = digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        match u128::from_str_radix(&digits, 16) {
            Ok(int) if is_hex => Ok(Uuid(int)),
            _ => Err(invalid(format_args!("{text:?} is not a UUID"))),
        }
    }
}

impl From<u128> for Uuid {
    fn from(int: u128) -> Uuid {
        Uuid(int)
    }
}

impl Facets for Uuid {
    fn kind(&self) -> &'static str {
        "UUID"
    }

    fn natural(&self) -> Atom {
        self.to_string().into()
    }

    fn compact(&self) -> Atom {
        Atom::Bytes(self.to_bytes().to_vec())
    }

    fn int(&self) -> Option<Atom> {
        Some(self.0.into())
    }

    fn bytes(&self) -> Option<Vec<u8>> {
        Some(self.to_bytes().to_vec())
    }

    fn tuple(&self, len: Option<usize>) -> Option<Vec<Atom>> {
        matches!(len, None | Some(16)).then(|| self.to_bytes().map(Atom::from).to_vec())
    }

    fn fields(&self, _names: Option<&[&str]>) -> Option<Vec<(&'static str, Atom)>> {
        Some(vec![("int", self.0.into())])
    }

    fn python(&self) -> Result<Python<'_>> {
        let mut state = Dict::new();
        state.insert("int", BigInt::from(self.0))?;
        let id = Object::new(Global::new("uuid", "UUID"), Vec::new()).with_state(Value::Dict(state));
        Ok(Python::Object(id.into()))
    }
}

impl WellKnown for Uuid {
    const EXPECTED: &'static str = "a UUID";

    fn from_scalar(scalar: Scalar) -> Result<Uuid, Scalar> {
        scalar.try_into()
    }

    fn from_atom(atom: Atom) -> Option<Result<Uuid>> {
        match atom {
            Atom::Text(text) => Some(text.parse()),
            Atom::Bytes(bytes) => Some(match bytes.try_into() {
                Ok(bytes) => Ok(Uuid::from_bytes(bytes)),
                Err(bytes) => Err(invalid(format_args!("a UUID has 16 bytes, and not {}", Vec::len(&bytes)))),
            }),
            Atom::Int(int) => Some(u128::try_from(int).map(Uuid).map_err(|_| invalid("a UUID is not negative"))),
            Atom::Unsigned(int) => Some(Ok(Uuid(int))),
            _ => None,
        }
    }

    fn from_compact<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_bytes(ScalarVisitor(std::marker::PhantomData))
    }
}
