//! num-complex 0.4: `#[serde(with = "serde_pickle::types::num_complex04")]` writes `Complex<f64>` as Python's `complex`, and reads every
//! spelling of that. It serves `Option` and `Vec` of it, too. Nothing is lost.
//!
//! Without the attribute it is read from the same objects, and written as a tuple.
//!
//! ```
//! use num_complex::Complex64;
//!
//! #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
//! struct Signal {
//!     #[serde(with = "serde_pickle::types::num_complex04")]
//!     values: Vec<Complex64>,
//! }
//!
//! let signal = Signal { values: vec![Complex64::new(1.0, 2.0)] };
//! let pickle = serde_pickle::to_vec(&signal)?;
//! // Python: pickle.loads(pickle)['values'] == [1+2j]
//! assert_eq!(serde_pickle::from_slice::<Signal>(&pickle)?, signal);
//! # Ok::<(), serde_pickle::Error>(())
//! ```

pub use super::foreign::{deserialize, serialize};
use super::{Complex, convert::foreign};

foreign! { num_complex::Complex64 => Complex; }

impl From<num_complex::Complex64> for Complex {
    fn from(complex: num_complex::Complex64) -> Complex {
        Complex { re: complex.re, im: complex.im }
    }
}

impl From<Complex> for num_complex::Complex64 {
    fn from(complex: Complex) -> num_complex::Complex64 {
        num_complex::Complex64::new(complex.re, complex.im)
    }
}
