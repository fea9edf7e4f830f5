//! rust_decimal 1: `#[serde(with = "serde_pickle::types::rust_decimal1")]` writes its `Decimal` as Python's `decimal.Decimal`, and reads
//! every spelling of that. It serves `Option` and `Vec` of it, too.
//!
//! Nothing is lost without an error: its `Decimal` has up to 28 digits, no exponent, no infinity and no NaN.
//!
//! Without the attribute it is read from the same objects, and written as text or as a float, as that crate does by itself.
//!
//! ```
//! use rust_decimal::Decimal;
//!
//! #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
//! struct Item {
//!     #[serde(with = "serde_pickle::types::rust_decimal1")]
//!     price: Decimal,
//! }
//!
//! let item = Item { price: Decimal::new(1999, 2) };
//! let pickle = serde_pickle::to_vec(&item)?;
//! // Python: pickle.loads(pickle)['price'] == decimal.Decimal('19.99')
//! assert_eq!(serde_pickle::from_slice::<Item>(&pickle)?, item);
//! # Ok::<(), serde_pickle::Error>(())
//! ```

pub use super::foreign::{deserialize, serialize};
use super::{Decimal, convert::foreign, scalar::invalid};
use crate::error::{Error, Result};

foreign! { rust_decimal::Decimal => Decimal; }

impl TryFrom<rust_decimal::Decimal> for Decimal {
    type Error = Error;

    fn try_from(decimal: rust_decimal::Decimal) -> Result<Decimal> {
        decimal.to_string().parse()
    }
}

/// An error if it has too many digits, or is no number.
impl TryFrom<Decimal> for rust_decimal::Decimal {
    type Error = Error;

    fn try_from(decimal: Decimal) -> Result<rust_decimal::Decimal> {
        let text = decimal.as_str();
        let plain = rust_decimal::Decimal::from_str_exact(text);
        let read = if text.contains(['e', 'E']) { rust_decimal::Decimal::from_scientific(text) } else { plain };
        match read {
            Ok(read) if decimal.is_finite() && Decimal::try_from(read)?.is_equal(&decimal) => Ok(read),
            _ => Err(invalid(format_args!("rust_decimal has no {text}"))),
        }
    }
}
