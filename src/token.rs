//! Names by which this crate's own types tell this crate's own serializer and deserializer what they are.
//!
//! serde has no word for a set, a tuple of any length or an integer of any size. A newtype struct with one of these
//! names is such a value for us, and just its content for every other format. User types never have a `$` in their name.

/// Every name below starts so: one byte tells that a name is not a user's.
pub(crate) const SIGIL: u8 = b'$';

/// A whole `Value`. Reading: the deserializer hands a finished `Value` over (see `value::handoff`).
pub(crate) const VALUE: &str = "$serde_pickle::Value";
/// Steps of a value, without a limit of depth (see `ser::steps`).
pub(crate) const GRAPH: &str = "$serde_pickle::Graph";
/// One of those steps.
pub(crate) const STEPS: &str = "$serde_pickle::Steps";
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
/// Content: the id, to be written as a persistent id. Reading: the id, too.
pub(crate) const PERSISTENT_ID: &str = "$serde_pickle::PersistentId";
/// Reading: a pickle of the value, as bytes.
pub(crate) const RAW: &str = "$serde_pickle::RawPickle";
/// Reading: the deserializer hands over the dtype of an array, and gives shape, order and bytes as a sequence.
pub(crate) const NDARRAY: &str = "$serde_pickle::NdArray";
/// Reading: index and columns of a frame, or index, values and name of a series, as a sequence.
pub(crate) const FRAME: &str = "$serde_pickle::DataFrame";
/// Reading: the deserializer hands over a dtype.
pub(crate) const DTYPE: &str = "$serde_pickle::DType";
/// Reading: the deserializer hands over what a well-known object is (see `value::handoff`).
pub(crate) const WELL_KNOWN: &str = "$serde_pickle::types";
/// Content: the value of an [`Instance`](crate::Instance), whose class is handed over. Writing: a variant of it is a form.
pub(crate) const INSTANCE: &str = "$serde_pickle::Instance";
/// Reading: a sequence of what a collection has besides its content, and the content.
pub(crate) const PARTS: &str = "$serde_pickle::parts";
