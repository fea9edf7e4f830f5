//! uuid 1: `#[serde(with = "serde_pickle::types::uuid1")]` writes `Uuid` as Python's `uuid.UUID`, and reads every spelling of that. It
//! serves `Option` and `Vec` of it, too. Nothing is lost.
//!
//! Without the attribute it is read from the same objects, and written as text.
//!
//! ```
//! use uuid::Uuid;
//!
//! #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
//! struct User {
//!     #[serde(with = "serde_pickle::types::uuid1")]
//!     id: Uuid,
//! }
//!
//! let user = User { id: Uuid::from_u128(7) };
//! let pickle = serde_pickle::to_vec(&user)?;
//! // Python: pickle.loads(pickle)['id'] == uuid.UUID(int=7)
//! assert_eq!(serde_pickle::from_slice::<User>(&pickle)?, user);
//! # Ok::<(), serde_pickle::Error>(())
//! ```

pub use super::foreign::{deserialize, serialize};
use super::{Uuid, convert::foreign};

foreign! { uuid::Uuid => Uuid; }

impl From<uuid::Uuid> for Uuid {
    fn from(uuid: uuid::Uuid) -> Uuid {
        Uuid::from_u128(uuid.as_u128())
    }
}

impl From<Uuid> for uuid::Uuid {
    fn from(uuid: Uuid) -> uuid::Uuid {
        uuid::Uuid::from_u128(uuid.as_u128())
    }
}
