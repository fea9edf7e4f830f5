//! What all well-known values have in common that hold no other values: how they meet serde, in both directions.

use std::{fmt, marker::PhantomData};

use serde::{
    de::{self, Deserializer, Unexpected, Visitor},
    ser::{self, Serialize, Serializer},
};

use super::{atom::Atom, called::Python};
use crate::{
    error::{Error, Result},
    ser::steps,
    token,
    value::handoff,
};

/// What a well-known value is to each of serde's hints; `None` where it is nothing.
pub(crate) trait Facets {
    /// What errors call it.
    fn kind(&self) -> &'static str;

    /// The one form that it has by itself, to `deserialize_any` and to other formats.
    fn natural(&self) -> Atom;

    /// The form that it has to formats that are not for people.
    fn compact(&self) -> Atom {
        self.natural()
    }

    /// As text: `isoformat`, `str`.
    fn text(&self) -> Option<String> {
        match self.natural() {
            Atom::Text(text) => Some(text),
            _ => None,
        }
    }

    /// As an integer.
    fn int(&self) -> Option<Atom> {
        None
    }

    fn float(&self) -> Option<f64> {
        None
    }

    fn bytes(&self) -> Option<Vec<u8>> {
        None
    }

    /// As a tuple of so many, or as a sequence.
    fn tuple(&self, _len: Option<usize>) -> Option<Vec<Atom>> {
        None
    }

    /// As a struct with these fields, or as a map.
    fn fields(&self, _names: Option<&[&str]>) -> Option<Vec<(&'static str, Atom)>> {
        None
    }

    /// As one of these variants: its name and content.
    fn variant(&self, _variants: &[&str]) -> Option<(&'static str, Atom)> {
        None
    }

    /// The real Python object.
    ///
    /// # Errors
    ///
    /// If there is none.
    fn python(&self) -> Result<Python<'_>>;
}

/// A well-known value that can be read from everything that means it.
pub(crate) trait WellKnown: Facets + Sized {
    /// What errors say was expected.
    const EXPECTED: &'static str;

    /// From what a recipe made of an object.
    fn from_scalar(scalar: Scalar) -> Result<Self, Scalar>;

    /// From plain data: what other formats have, and what Python programs write instead of objects.
    fn from_atom(atom: Atom) -> Option<Result<Self>>;

    /// From a format that is not for people, and may not describe itself: what `compact` gives.
    fn from_compact<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(ScalarVisitor(PhantomData))
    }
}

macro_rules! scalars {
    ($($variant:ident)*) => {
        /// One of the well-known values that hold no other values.
        #[derive(Debug, Clone)]
        pub(crate) enum Scalar {
            $($variant(super::$variant),)*
        }

        impl Scalar {
            pub(crate) fn facets(&self) -> &dyn Facets {
                match self {
                    $(Scalar::$variant(value) => value,)*
                }
            }
        }

        $(
            impl From<super::$variant> for Scalar {
                fn from(value: super::$variant) -> Scalar {
                    Scalar::$variant(value)
                }
            }

            impl TryFrom<Scalar> for super::$variant {
                type Error = Scalar;

                fn try_from(scalar: Scalar) -> Result<Self, Scalar> {
                    match scalar {
                        Scalar::$variant(value) => Ok(value),
                        other => Err(other),
                    }
                }
            }

            /// The real Python object to pickles, its natural form to other formats.
            impl Serialize for super::$variant {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serialize(self, serializer)
                }
            }

            /// From every spelling of the object, and from its natural form.
            impl<'de> de::Deserialize<'de> for super::$variant {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    deserialize(deserializer)
                }
            }
        )*
    };
}

scalars! {
    DateTime Date Time TimeDelta TimeZone
    Decimal Fraction Complex Uuid Path IpAddress IpNetwork IpInterface Range Slice
}

/// Writes the Python object; to other formats the natural form.
pub(crate) fn serialize<T: Facets, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_newtype_struct(token::VALUE, &Object(value))
}

struct Object<'a, T>(&'a T);

impl<T: Facets> Serialize for Object<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match steps::begin(serializer) {
            Ok(writer) => self.0.python().map_err(ser::Error::custom)?.write(writer?),
            Err(serializer) if serializer.is_human_readable() => self.0.natural().serialize(serializer),
            Err(serializer) => self.0.compact().serialize(serializer),
        }
    }
}

pub(crate) fn deserialize<'de, T: WellKnown, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_newtype_struct(token::WELL_KNOWN, ScalarVisitor(PhantomData))
}

pub(crate) struct ScalarVisitor<T>(pub(super) PhantomData<T>);

impl<T: WellKnown> ScalarVisitor<T> {
    fn atom<E: de::Error>(self, atom: Atom, unexpected: Unexpected<'_>) -> Result<T, E> {
        match T::from_atom(atom) {
            Some(Ok(value)) => Ok(value),
            Some(Err(error)) => Err(E::custom(error)),
            None => Err(E::invalid_type(unexpected, &self)),
        }
    }
}

impl<'de, T: WellKnown> Visitor<'de> for ScalarVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        match handoff::take_scalar() {
            Some(scalar) => T::from_scalar(scalar)
                .map_err(|other| de::Error::invalid_type(Unexpected::Other(other.facets().kind()), &self)),
            None if deserializer.is_human_readable() => deserializer.deserialize_any(self),
            None => T::from_compact(deserializer),
        }
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<T, E> {
        self.atom(value.into(), Unexpected::Signed(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<T, E> {
        self.atom(value.into(), Unexpected::Unsigned(value))
    }

    fn visit_i128<E: de::Error>(self, value: i128) -> Result<T, E> {
        self.atom(value.into(), Unexpected::Other("int beyond 64 bits"))
    }

    fn visit_u128<E: de::Error>(self, value: u128) -> Result<T, E> {
        self.atom(value.into(), Unexpected::Other("int beyond 64 bits"))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<T, E> {
        self.atom(value.into(), Unexpected::Float(value))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<T, E> {
        self.atom(value.into(), Unexpected::Str(value))
    }

    fn visit_bytes<E: de::Error>(self, value: &[u8]) -> Result<T, E> {
        self.atom(value.to_vec().into(), Unexpected::Bytes(value))
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, mut access: A) -> Result<T, A::Error> {
        let mut items = Vec::new();
        while let Some(Number(item)) = access.next_element()? {
            if items.len() == MOST_ITEMS {
                return Err(de::Error::invalid_length(MOST_ITEMS + 1, &self));
            }
            items.push(item);
        }
        self.atom(Atom::Tuple(items), Unexpected::Seq)
    }
}

/// No well-known value is a longer tuple of numbers.
const MOST_ITEMS: usize = 16;

/// A number, or none.
struct Number(Atom);

impl<'de> de::Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Number, D::Error> {
        deserializer.deserialize_any(NumberVisitor)
    }
}

struct NumberVisitor;

impl Visitor<'_> for NumberVisitor {
    type Value = Number;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Number, E> {
        Ok(Number(value.into()))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Number, E> {
        Ok(Number(value.into()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Number, E> {
        Ok(Number(value.into()))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Number, E> {
        Ok(Number(Atom::None))
    }
}

/// What is wrong with the parts of a value.
pub(crate) fn invalid(what: impl fmt::Display) -> Error {
    Error::data(what.to_string())
}
