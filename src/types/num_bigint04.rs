//! num-bigint 0.4: `#[serde(with = "serde_pickle::types::num_bigint04")]` writes its `BigInt` and `BigUint` as Python's `int`, and reads
//! them from ints of any size. It serves `Option` and `Vec` of them, too. Nothing is lost.
//!
//! Without the attribute, that crate writes and reads a tuple of the sign and the digits, which is no int to Python. To and from our own
//! [`BigInt`] there are conversions.
//!
//! ```
//! use num_bigint::BigInt;
//!
//! #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
//! struct Key {
//!     #[serde(with = "serde_pickle::types::num_bigint04")]
//!     modulus: BigInt,
//! }
//!
//! let key = Key { modulus: BigInt::from(2).pow(200) + 1 };
//! let pickle = serde_pickle::to_vec(&key)?;
//! // Python: pickle.loads(pickle) == {'modulus': 2**200 + 1}
//! assert_eq!(serde_pickle::from_slice::<Key>(&pickle)?, key);
//! # Ok::<(), serde_pickle::Error>(())
//! ```

use num_bigint::{BigUint, Sign};

pub use super::foreign::{deserialize, serialize};
use super::{convert::foreign, scalar::invalid};
use crate::{
    error::{Error, Result},
    value::BigInt,
};

foreign! {
    num_bigint::BigInt => BigInt;
    BigUint => BigInt;
}

impl From<num_bigint::BigInt> for BigInt {
    fn from(int: num_bigint::BigInt) -> BigInt {
        BigInt::from_signed_bytes_le(&int.to_signed_bytes_le())
    }
}

impl From<BigInt> for num_bigint::BigInt {
    fn from(int: BigInt) -> num_bigint::BigInt {
        num_bigint::BigInt::from_signed_bytes_le(int.to_signed_bytes_le())
    }
}

impl From<BigUint> for BigInt {
    fn from(int: BigUint) -> BigInt {
        num_bigint::BigInt::from_biguint(Sign::Plus, int).into()
    }
}

/// An error if it is below zero.
impl TryFrom<BigInt> for BigUint {
    type Error = Error;

    fn try_from(int: BigInt) -> Result<BigUint> {
        let negative = invalid(format_args!("BigUint has no {int}"));
        num_bigint::BigInt::from(int).to_biguint().ok_or(negative)
    }
}
