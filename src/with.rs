//! What serde has no word for: tuples of any length, sets, frozensets, bytearrays. As wrappers, and as modules for
//! `#[serde(with = "...")]`.
//!
//! Reading needs none of them: sequences are read from lists, tuples, sets and frozensets alike, and bytes from bytes and bytearrays.
//! To other formats, and where serde buffers, they are just what they hold.
//!
//! | Rust | Python gets |
//! |---|---|
//! | [`Tuple<Vec<T>>`](Tuple), `#[serde(with = "serde_pickle::with::tuple")]` on a sequence | tuple |
//! | [`Set<HashSet<T>>`](Set), `#[serde(with = "serde_pickle::with::set")]` on a sequence | set |
//! | [`FrozenSet<Vec<T>>`](FrozenSet), `#[serde(with = "serde_pickle::with::frozenset")]` on a sequence | frozenset |
//! | [`ByteArray<Vec<u8>>`](ByteArray), `#[serde(with = "serde_pickle::with::bytearray")]` on bytes | bytearray |
//!
//! A module serves an `Option` of a sequence, too; what is deeper inside takes the wrapper.
//!
//! ```
//! use std::collections::{BTreeMap, BTreeSet};
//! use serde::{Deserialize, Serialize};
//! use serde_pickle::with;
//!
//! #[derive(Debug, PartialEq, Serialize, Deserialize)]
//! struct Page {
//!     #[serde(with = "with::set")]
//!     tags: BTreeSet<String>,
//!     #[serde(with = "with::tuple")]
//!     path: Vec<u32>,
//!     #[serde(with = "with::bytearray")]
//!     body: Vec<u8>,
//!     by_group: BTreeMap<String, with::FrozenSet<Vec<u8>>>,
//! }
//!
//! let page = Page {
//!     tags: ["new".to_owned()].into(),
//!     path: vec![1, 2, 3, 4],
//!     body: b"abc".to_vec(),
//!     by_group: [("a".to_owned(), with::FrozenSet(vec![7]))].into(),
//! };
//! assert_eq!(
//!     serde_pickle::to_value(&page)?.to_string(),
//!     "{'tags': {'new'}, 'path': (1, 2, 3, 4), 'body': bytearray(b'abc'), 'by_group': {'a': frozenset({7})}}"
//! );
//! assert_eq!(serde_pickle::from_slice::<Page>(&serde_pickle::to_vec(&page)?)?, page);
//! # Ok::<(), serde_pickle::Error>(())
//! ```

use std::{fmt, marker::PhantomData};

use serde::{
    de::{Deserialize, Deserializer, Visitor},
    ser::{Serialize, Serializer},
};

use crate::token;

/// The content of a newtype struct of ours, whatever the deserializer makes of its name.
struct ContentVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ContentVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sequence or bytes")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        T::deserialize(deserializer)
    }
}

macro_rules! sequences {
    ($($(#[$doc:meta])* $type:ident $module:ident $token:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
        pub struct $type<T>(pub T);

        impl<T> From<T> for $type<T> {
            fn from(content: T) -> $type<T> {
                $type(content)
            }
        }

        impl<T: Serialize> Serialize for $type<T> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $module::serialize(&self.0, serializer)
            }
        }

        impl<'de, T: Deserialize<'de>> Deserialize<'de> for $type<T> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$type<T>, D::Error> {
                $module::deserialize(deserializer).map($type)
            }
        }

        #[doc = concat!("For `#[serde(with = \"serde_pickle::with::", stringify!($module), "\")]`: see [`", stringify!($type), "`].")]
        pub mod $module {
            use super::{ContentVisitor, Deserialize, Deserializer, PhantomData, Serialize, Serializer, token};

            #[doc = concat!("Writes what [`", stringify!($type), "`](super::", stringify!($type), ") of it is.")]
            ///
            /// # Errors
            ///
            /// Those of the serializer.
            pub fn serialize<T: ?Sized + Serialize, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_newtype_struct(token::$token, value)
            }

            /// Reads it from any sequence.
            ///
            /// # Errors
            ///
            /// Those of the deserializer.
            pub fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
                deserializer.deserialize_newtype_struct(token::$token, ContentVisitor(PhantomData))
            }
        }
    )*};
}

sequences! {
    /// A sequence that is written as a tuple.
    Tuple tuple TUPLE;
    /// A sequence that is written as a set. Its items are to be hashable, which Python checks.
    Set set SET;
    /// A sequence that is written as a frozenset, which may be a key.
    FrozenSet frozenset FROZENSET;
}

/// Bytes that are written as a bytearray: `Vec<u8>`, `Box<[u8]>` and the like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct ByteArray<T = Vec<u8>>(pub T);

impl<T> From<T> for ByteArray<T> {
    fn from(content: T) -> ByteArray<T> {
        ByteArray(content)
    }
}

impl<T: AsRef<[u8]>> Serialize for ByteArray<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        bytearray::serialize(&self.0, serializer)
    }
}

impl<'de, T: From<Vec<u8>>> Deserialize<'de> for ByteArray<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<ByteArray<T>, D::Error> {
        bytearray::deserialize(deserializer).map(ByteArray)
    }
}

/// For `#[serde(with = "serde_pickle::with::bytearray")]`: see [`ByteArray`].
pub mod bytearray {
    use super::{Deserialize, Deserializer, Serializer, token};

    /// Writes what [`ByteArray`](super::ByteArray) of it is.
    ///
    /// # Errors
    ///
    /// Those of the serializer.
    pub fn serialize<T: ?Sized + AsRef<[u8]>, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(token::BYTEARRAY, serde_bytes::Bytes::new(value.as_ref()))
    }

    /// Reads it from bytes, a bytearray, or a sequence of small ints.
    ///
    /// # Errors
    ///
    /// Those of the deserializer.
    pub fn deserialize<'de, T: From<Vec<u8>>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        Ok(serde_bytes::ByteBuf::deserialize(deserializer)?.into_vec().into())
    }
}
