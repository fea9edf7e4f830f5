//! Types of other crates, written as the Python objects that they are: what their modules have in common.

use serde::{
    de::{Deserialize, Deserializer, Error as _},
    ser::{Error as _, Serialize, Serializer},
};

use crate::error::Result;

/// A type of another crate that Python has an object for; or an `Option` or `Vec` of such.
///
/// It is implemented here, behind the feature of the crate, and cannot be implemented elsewhere.
pub trait Foreign: Sized + sealed::Sealed {
    /// Our type for that object.
    #[doc(hidden)]
    type Python: Serialize + for<'de> Deserialize<'de>;

    #[doc(hidden)]
    fn to_python(&self) -> Result<Self::Python>;

    #[doc(hidden)]
    fn from_python(python: Self::Python) -> Result<Self>;
}

pub(super) mod sealed {
    pub trait Sealed {}
}

impl<T: Foreign> sealed::Sealed for Option<T> {}

impl<T: Foreign> Foreign for Option<T> {
    type Python = Option<T::Python>;

    fn to_python(&self) -> Result<Self::Python> {
        self.as_ref().map(T::to_python).transpose()
    }

    fn from_python(python: Self::Python) -> Result<Self> {
        python.map(T::from_python).transpose()
    }
}

impl<T: Foreign> sealed::Sealed for Vec<T> {}

impl<T: Foreign> Foreign for Vec<T> {
    type Python = Vec<T::Python>;

    fn to_python(&self) -> Result<Self::Python> {
        self.iter().map(T::to_python).collect()
    }

    fn from_python(python: Self::Python) -> Result<Self> {
        python.into_iter().map(T::from_python).collect()
    }
}

/// Writes the Python object.
///
/// # Errors
///
/// If Python has no such value: the documentation of the conversion says what it does not have.
pub fn serialize<T: Foreign, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    value.to_python().map_err(S::Error::custom)?.serialize(serializer)
}

/// Reads the Python object, from every spelling of it.
///
/// # Errors
///
/// If it is another object, or if the type cannot hold all of it.
pub fn deserialize<'de, T: Foreign, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    T::from_python(T::Python::deserialize(deserializer)?).map_err(D::Error::custom)
}
