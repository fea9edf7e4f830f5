//! What the modules of other crates have in common: `TryFrom` in both directions is all that they need.

use crate::error::Error;

/// Why a conversion failed, if it can fail.
pub(super) trait Failure {
    fn into_error(self) -> Error;
}

impl Failure for Error {
    fn into_error(self) -> Error {
        self
    }
}

impl Failure for std::convert::Infallible {
    fn into_error(self) -> Error {
        match self {}
    }
}

/// Types that `TryFrom` converts, in both directions.
macro_rules! foreign {
    ($($type:ty => $python:ty;)*) => {$(
        impl super::foreign::sealed::Sealed for $type {}

        impl super::foreign::Foreign for $type {
            type Python = $python;

            fn to_python(&self) -> crate::error::Result<$python> {
                <$python>::try_from(self.clone()).map_err(super::convert::Failure::into_error)
            }

            fn from_python(python: $python) -> crate::error::Result<$type> {
                <$type>::try_from(python).map_err(super::convert::Failure::into_error)
            }
        }
    )*};
}

pub(super) use foreign;
