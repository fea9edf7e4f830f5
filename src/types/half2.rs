//! half 2: `#[serde(with = "serde_pickle::types::half2")]` writes `f16` and `bf16` as Python's `float`, and reads them from numbers, as
//! the nearest. It serves `Option` and `Vec` of them, too.
//!
//! Without the attribute, that crate writes the bits as an int.
//!
//! ```
//! use half::f16;
//!
//! #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
//! struct Weights {
//!     #[serde(with = "serde_pickle::types::half2")]
//!     values: Vec<f16>,
//! }
//!
//! let weights = Weights { values: vec![f16::from_f64(0.5)] };
//! let pickle = serde_pickle::to_vec(&weights)?;
//! // Python: pickle.loads(pickle) == {'values': [0.5]}
//! assert_eq!(serde_pickle::from_slice::<Weights>(&pickle)?, weights);
//! # Ok::<(), serde_pickle::Error>(())
//! ```

use half::{bf16, f16};

use super::foreign::{Foreign, sealed::Sealed};
pub use super::foreign::{deserialize, serialize};
use crate::error::Result;

macro_rules! floats {
    ($($type:ident)*) => {$(
        impl Sealed for $type {}

        impl Foreign for $type {
            type Python = f64;

            fn to_python(&self) -> Result<f64> {
                Ok(self.to_f64())
            }

            fn from_python(float: f64) -> Result<$type> {
                Ok($type::from_f64(float))
            }
        }
    )*};
}

floats! { f16 bf16 }
