//! Parts that stay pickles.

use std::fmt;

use serde::{
    de::{self, Deserialize, Deserializer, Visitor},
    ser::{Serialize, Serializer},
};

use super::Graph;
use crate::{error::Result, token};

/// A part of a pickle, kept as a pickle of its own: to be read later, or to be passed on. The twin of serde_json's `RawValue`.
///
/// Sharing and cycles inside the part are kept; sharing with what is outside is not.
///
/// ```
/// use serde_pickle::RawPickle;
///
/// #[derive(serde::Deserialize, serde::Serialize)]
/// struct Message { kind: String, body: RawPickle }
///
/// // {'kind': 'order', 'body': {'price': 9.5}}
/// # let pickle = serde_pickle::to_vec(&serde_pickle::pickle!({"kind": "order", "body": {"price": 9.5}}))?;
/// let message: Message = serde_pickle::from_slice(&pickle)?;
/// let body: std::collections::HashMap<String, f64> = message.body.deserialize()?;
/// assert_eq!(body["price"], 9.5);
/// // Written in place.
/// let again = serde_pickle::to_vec(&message)?;
/// # assert_eq!(serde_pickle::from_slice::<serde_pickle::Value>(&again)?, serde_pickle::from_slice::<serde_pickle::Value>(&pickle)?);
/// # Ok::<(), serde_pickle::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RawPickle {
    pickle: Box<[u8]>,
}

impl RawPickle {
    /// Of a pickle.
    ///
    /// # Errors
    ///
    /// If the bytes are not one pickle and nothing else.
    pub fn from_vec(pickle: Vec<u8>) -> Result<RawPickle> {
        Graph::from_slice(&pickle)?;
        Ok(RawPickle { pickle: pickle.into() })
    }

    /// The pickle.
    pub fn get(&self) -> &[u8] {
        &self.pickle
    }

    /// Reads it.
    ///
    /// # Errors
    ///
    /// See [`from_slice`](crate::from_slice).
    pub fn deserialize<'de, T: Deserialize<'de>>(&'de self) -> Result<T> {
        crate::from_slice(&self.pickle)
    }

    /// It as a graph.
    ///
    /// # Errors
    ///
    /// See [`Graph::from_slice`].
    pub fn graph(&self) -> Result<Graph<'_>> {
        Graph::from_slice(&self.pickle)
    }
}

impl Serialize for RawPickle {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let graph = self.graph().map_err(serde::ser::Error::custom)?;
        graph.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for RawPickle {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<RawPickle, D::Error> {
        struct RawVisitor;

        impl<'de> Visitor<'de> for RawVisitor {
            type Value = RawPickle;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any Python value")
            }

            /// By our deserializer: the pickle.
            fn visit_byte_buf<E: de::Error>(self, pickle: Vec<u8>) -> Result<RawPickle, E> {
                Ok(RawPickle { pickle: pickle.into() })
            }

            /// By another: any value, which becomes a pickle.
            fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<RawPickle, D::Error> {
                let value = crate::Value::deserialize(deserializer)?;
                let pickle = crate::to_vec(&value).map_err(de::Error::custom)?;
                Ok(RawPickle { pickle: pickle.into() })
            }
        }

        deserializer.deserialize_newtype_struct(token::RAW, RawVisitor)
    }
}
