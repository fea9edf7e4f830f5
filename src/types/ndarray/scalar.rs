//! Scalars of numpy.

use std::{fmt, ops::Deref};

use serde::{
    de::{Deserialize, Deserializer, Error as _},
    ser::{Serialize, Serializer},
};

use super::{DType, Element, NdArray};
use crate::{
    error::{Error, Result},
    ser::steps,
    token,
    value::{Global, Object, Value},
};

/// A scalar of numpy: `numpy.float64`, `numpy.int32`, `numpy.datetime64` and the like, which are what an element of an array is in
/// Python. It is an [`NdArray`] of no dimension, with the same methods, and is written as the real scalar.
///
/// Without this type a scalar reads into a number, a text, a bool.
///
/// ```
/// use serde_pickle::types::NumpyScalar;
///
/// let loss = NumpyScalar::from(0.25_f32);
/// let pickle = serde_pickle::to_vec(&loss)?;
/// // Python: pickle.loads(pickle) is numpy.float32(0.25)
/// let loss: NumpyScalar = serde_pickle::from_slice(&pickle)?;
/// assert_eq!((loss.dtype().to_string().as_str(), loss.get::<f64>()?), ("float32", 0.25));
/// assert_eq!(serde_pickle::from_slice::<f64>(&pickle)?, 0.25);
/// # Ok::<(), serde_pickle::Error>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct NumpyScalar(NdArray);

impl NumpyScalar {
    /// One element, by its bytes.
    ///
    /// # Errors
    ///
    /// If an element of that dtype has not as many bytes, or is a Python object.
    pub fn from_bytes(dtype: DType, bytes: &[u8]) -> Result<NumpyScalar> {
        NdArray::from_bytes(dtype, [], super::Order::C, bytes).map(NumpyScalar)
    }

    /// The number that it is, as a `T`.
    ///
    /// # Errors
    ///
    /// If it is no `T`: see [`ArrayRef::to_vec`](super::ArrayRef::to_vec).
    pub fn get<T: Element>(&self) -> Result<T> {
        self.0.to_vec()?.pop().ok_or_else(|| Error::data("a scalar without a value"))
    }
}

impl Deref for NumpyScalar {
    type Target = NdArray;

    fn deref(&self) -> &NdArray {
        &self.0
    }
}

impl fmt::Debug for NumpyScalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NumpyScalar({}, {:?})", self.dtype(), self.bytes())
    }
}

macro_rules! from {
    ($($type:ty)*) => {$(
        impl From<$type> for NumpyScalar {
            fn from(value: $type) -> NumpyScalar {
                NumpyScalar(NdArray::from(vec![value]).of_no_dimension())
            }
        }
    )*};
}

from! { bool u8 i8 u16 i16 u32 i32 u64 i64 f32 f64 }

/// A text: `numpy.str_`.
impl From<&str> for NumpyScalar {
    fn from(text: &str) -> NumpyScalar {
        NumpyScalar(NdArray::from_strs([text]).of_no_dimension())
    }
}

/// An array of no dimension.
impl TryFrom<NdArray> for NumpyScalar {
    type Error = Error;

    fn try_from(array: NdArray) -> Result<NumpyScalar> {
        match array.ndim() {
            0 => Ok(NumpyScalar(array)),
            _ => Err(Error::data(format!("{array:?} is no scalar"))),
        }
    }
}

impl From<NumpyScalar> for NdArray {
    fn from(scalar: NumpyScalar) -> NdArray {
        scalar.0
    }
}

/// The real scalar to pickles, its natural form to other formats.
impl Serialize for NumpyScalar {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(token::VALUE, &Python(self))
    }
}

struct Python<'a>(&'a NumpyScalar);

impl Serialize for Python<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let array = &self.0.0;
        match steps::begin(serializer) {
            Ok(writer) => {
                // The name that every numpy has.
                let callable = Global::new("numpy.core.multiarray", "scalar");
                let args = vec![array.dtype().to_python(), Value::Bytes(array.bytes().to_vec())];
                crate::value::write_value(writer?, &Object::reduce(callable, args).into())
            }
            Err(serializer) => array.serialize(serializer),
        }
    }
}

/// From every spelling of a scalar, and of an array of no dimension; from plain numbers, texts and bools.
impl<'de> Deserialize<'de> for NumpyScalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<NumpyScalar, D::Error> {
        NdArray::deserialize(deserializer)?.try_into().map_err(D::Error::custom)
    }
}
