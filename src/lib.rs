#![doc = include_str!("../README.md")]
#![deny(missing_docs)]

mod class;
pub mod de;
mod error;
mod graph;
pub mod guide;
mod lazy;
mod machine;
mod op;
mod opcode;
mod path;
mod protocol;
mod recipe;
mod repr;
pub mod ser;
mod token;
pub mod tools;
pub mod types;
pub mod value;
pub mod with;
mod work;

/// For this crate's own tests: how many steps the thread has taken, in debug builds.
#[doc(hidden)]
pub fn __steps() -> Option<u64> {
    work::taken()
}

#[doc(inline)]
pub use crate::{
    de::{Cycles, DeOptions, Deserializer, Encoding, StreamDeserializer, from_reader, from_slice},
    error::{Category, Error, Result},
    lazy::{Entries, GlobalUse, Graph, Items, Kind, Node, NodeId, RawPickle, Usage},
    protocol::Protocol,
    ser::{Memo, SerOptions, Serializer, to_vec, to_writer},
    value::{
        BigInt, Buffer, Dict, Global, How, Object, PersistentId, Set, SurrogateStr, Value, from_value, instance,
        instance::Instance, to_value,
    },
};
