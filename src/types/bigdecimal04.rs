//! bigdecimal 0.4: `#[serde(with = "serde_pickle::types::bigdecimal04")]` writes `BigDecimal` as Python's `decimal.Decimal`, and reads
//! every spelling of that. It serves `Option` and `Vec` of it, too.
//!
//! Nothing is lost without an error: `BigDecimal` has no infinity and no NaN, and no -0.
//!
//! ```
//! use bigdecimal::BigDecimal;
//!
//! #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
//! struct Item {
//!     #[serde(with = "serde_pickle::types::bigdecimal04")]
//!     price: BigDecimal,
//! }
//!
//! let item = Item { price: "19.99".parse().unwrap() };
//! let pickle = serde_pickle::to_vec(&item)?;
//! // Python: pickle.loads(pickle)['price'] == decimal.Decimal('19.99')
//! assert_eq!(serde_pickle::from_slice::<Item>(&pickle)?, item);
//! # Ok::<(), serde_pickle::Error>(())
//! ```

use bigdecimal::BigDecimal;

pub use super::foreign::{deserialize, serialize};
use super::{Decimal, convert::foreign, scalar::invalid};
use crate::error::{Error, Result};

foreign! { BigDecimal => Decimal; }

impl TryFrom<BigDecimal> for Decimal {
    type Error = Error;

    fn try_from(decimal: BigDecimal) -> Result<Decimal> {
        decimal.to_scientific_notation().parse()
    }
}

/// An error if it is no number, or -0.
impl TryFrom<Decimal> for BigDecimal {
    type Error = Error;

    fn try_from(decimal: Decimal) -> Result<BigDecimal> {
        let is_negative_zero = decimal.as_str().starts_with('-') && decimal.to_i128() == Some(0);
        match decimal.as_str().parse() {
            Ok(read) if decimal.is_finite() && !is_negative_zero => Ok(read),
            _ => Err(invalid(format_args!("bigdecimal has no {decimal}"))),
        }
    }
}
