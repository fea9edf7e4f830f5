//! Names by which this crate's own types tell this crate's own serializer and deserializer what they are.
//!
//! serde has no word for a set, a tuple of any length or an integer of any size. A newtype struct with one of these
//! names is such a value for us, and just its content for every other format. User types never have a `$` in their name.

/// Every name below starts so: one byte tells that a name is not a user's.
pub(crate) const SIGIL: u8 = b'$';

/// A whole `Value`. Reading: the deserializer hands a finished `Value` over (see `value::handoff`).
pub(crate) const VALUE: &str = "$serde_pickle::Value";
/// Content: a sequence, to be written as a tuple.
pub(crate) const TUPLE: &str = "$serde_pickle::Tuple";
/// Content: a sequence, to be written as a set.
pub(crate) const SET: &str = "$serde_pickle::Set";
/// Content: a sequence, to be written as a frozenset.
pub(crate) const FROZENSET: &str = "$serde_pickle::FrozenSet";
/// Content: bytes, to be written as a bytearray.
pub(crate) const BYTEARRAY: &str = "$serde_pickle::ByteArray";
/// Content: little-endian two's complement bytes of an integer of any size.
pub(crate) const BIGINT: &str = "$serde_pickle::BigInt";
/// Content: bytes, UTF-8 with lone surrogates as three bytes each (Python's `surrogatepass`).
pub(crate) const SURROGATE_STR: &str = "$serde_pickle::SurrogateStr";
/// Content: a tuple of two texts, module and name: a global, by reference.
pub(crate) const GLOBAL: &str = "$serde_pickle::Global";
/// Content: a tuple (how: u8, class, args: tuple, kwargs: None or map, items: seq, pairs: seq of 2-tuples, states: seq,
/// effects: seq of (callable, seq of arguments)): an object.
pub(crate) const OBJECT: &str = "$serde_pickle::Object";
/// Content: any value: a persistent id.
pub(crate) const PERSISTENT_ID: &str = "$serde_pickle::PersistentId";
/// Content: an i32: a copyreg extension code.
pub(crate) const EXTENSION: &str = "$serde_pickle::Extension";
/// Content: bytes: an out-of-band buffer that can be written to.
pub(crate) const BUFFER: &str = "$serde_pickle::Buffer";
/// Content: bytes: a read-only out-of-band buffer.
pub(crate) const READONLY_BUFFER: &str = "$serde_pickle::ReadonlyBuffer";
