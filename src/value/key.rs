//! Keys: Python's equality and a hash that agrees with it.

use std::{
    hash::{BuildHasher, Hash, Hasher},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use num_bigint::BigInt as Wide;

use super::Value;
use crate::{op::long, work};

/// A hashable value as a key.
#[derive(Debug, Clone)]
pub(crate) enum Key {
    /// Equal to what is equal to it.
    Plain(Value),
    /// The same, of a text that is a key of many dicts: records of one pickle have their keys in common.
    Shared(Arc<Value>),
    /// A NaN or an object, or something that holds one: equal only to what is made of the same objects.
    Own(Box<OwnKey>),
}

#[derive(Debug, Clone)]
pub(crate) struct OwnKey {
    value: Value,
    /// What is equal among the keys of one pickle has one number.
    number: u64,
}

impl Key {
    /// Of a value that did not come from a stream. Each NaN is an object of its own.
    pub(crate) fn of(value: Value) -> Key {
        static NANS: AtomicU64 = AtomicU64::new(0);
        if !holds_nan(&value) {
            return Key::Plain(value);
        }
        Key::with(value, 1 << 63 | NANS.fetch_add(1, Ordering::Relaxed))
    }

    /// Of a value that has identity, by the number of what it is made of.
    pub(crate) fn with(value: Value, number: u64) -> Key {
        Key::Own(Box::new(OwnKey { value, number }))
    }

    /// The same key, of a copy of its value.
    pub(crate) fn with_copy(&self, value: Value) -> Key {
        match self {
            Key::Plain(_) | Key::Shared(_) => Key::Plain(value),
            Key::Own(own) => Key::Own(Box::new(OwnKey { value, number: own.number })),
        }
    }

    /// Its value, if it is equal to what is equal to that.
    fn plain(&self) -> Option<&Value> {
        match self {
            Key::Plain(value) => Some(value),
            Key::Shared(value) => Some(value),
            Key::Own(_) => None,
        }
    }

    pub(crate) fn value(&self) -> &Value {
        match self {
            Key::Plain(value) => value,
            Key::Shared(value) => value,
            Key::Own(own) => &own.value,
        }
    }

    pub(crate) fn into_value(self) -> Value {
        match self {
            Key::Plain(value) => value,
            Key::Shared(value) => Arc::unwrap_or_clone(value),
            Key::Own(own) => own.value,
        }
    }
}

/// What a key is made of, so that equal keys have equal bytes: values without identity by their content, objects and NaNs by their
/// identity, tuples and frozensets by the numbers of their parts.
#[derive(Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Signature {
    bytes: Vec<u8>,
}

impl Signature {
    /// An object or NaN, by something that no other has.
    pub(crate) fn object(&mut self, identity: u64) {
        self.write_u8(9);
        self.write_u64(identity);
    }

    /// A value without identity.
    pub(crate) fn plain(&mut self, value: &Value) {
        hash(value, self);
    }

    /// A tuple of items with these numbers.
    pub(crate) fn tuple(&mut self, items: &[u64]) {
        self.bytes.push(16);
        items.iter().for_each(|item| self.bytes.extend_from_slice(&item.to_le_bytes()));
    }

    /// A frozenset of items with these numbers.
    pub(crate) fn frozenset(&mut self, mut items: Vec<u64>) {
        items.sort_unstable();
        items.dedup();
        self.bytes.push(17);
        items.iter().for_each(|item| self.bytes.extend_from_slice(&item.to_le_bytes()));
    }
}

/// The bytes that make a hash, in full: length and all, so that what is equal here is equal.
impl Hasher for Signature {
    fn finish(&self) -> u64 {
        0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(&bytes.len().to_le_bytes());
        self.bytes.extend_from_slice(bytes);
    }

    fn write_u8(&mut self, byte: u8) {
        self.bytes.push(byte);
    }
}

/// Whether an object that is equal only to itself is part of it.
fn holds_nan(value: &Value) -> bool {
    match value {
        Value::Float(float) => float.is_nan(),
        Value::Tuple(items) => items.iter().any(holds_nan),
        _ => false,
    }
}

impl Value {
    /// Whether it is a NaN or an object, or holds one: as a key, it may be a [`Key::Own`].
    #[inline]
    pub(crate) fn has_identity(&self) -> bool {
        work::steps(|| 1);
        match self {
            Value::Float(float) => float.is_nan(),
            Value::Tuple(items) => items.iter().any(Value::has_identity),
            Value::FrozenSet(set) => set.has_identity(),
            Value::Object(_) | Value::PersistentId(_) | Value::Buffer(_) => true,
            _ => false,
        }
    }
}

/// The keys that a value is looked up among, if a hash does not find it.
pub(crate) fn found_by_search<'k>(value: &Value, mut keys: impl Iterator<Item = &'k Key>) -> Option<usize> {
    if !value.has_identity() {
        return None;
    }
    keys.position(|key| matches!(key, Key::Own(own) if own.value == *value))
}

/// Text as a key, without a `Value` around it: it hashes as `Value::Str` does.
#[derive(Debug)]
pub(crate) struct TextKey<'a>(pub(crate) &'a str);

/// One seed for the process: hashes of frozensets are kept, and go from one dict to another.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Seeded;

impl BuildHasher for Seeded {
    type Hasher = <foldhash::fast::RandomState as BuildHasher>::Hasher;

    fn build_hasher(&self) -> Self::Hasher {
        static SEED: OnceLock<foldhash::fast::RandomState> = OnceLock::new();
        SEED.get_or_init(foldhash::fast::RandomState::default).build_hasher()
    }
}

impl Hash for TextKey<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash_bytes(3, self.0.as_bytes(), state);
    }
}

impl indexmap::Equivalent<Key> for TextKey<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        matches!(key.plain(), Some(Value::Str(text)) if text == self.0)
    }
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Key::Plain(value) => hash(value, state),
            Key::Shared(value) => hash(value, state),
            Key::Own(own) => state.write_u64(own.number),
        }
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Key) -> bool {
        match (self, other) {
            (Key::Own(a), Key::Own(b)) => a.number == b.number,
            _ => matches!((self.plain(), other.plain()), (Some(a), Some(b)) if a == b),
        }
    }
}

impl Eq for Key {}

/// A value that is looked up, as it stands.
#[derive(Debug, PartialEq)]
pub(crate) struct ValueKey<'a>(pub(crate) &'a Value);

/// As a key: NaN is never looked up for what it is.
impl Eq for ValueKey<'_> {}

impl Hash for ValueKey<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash(self.0, state);
    }
}

impl indexmap::Equivalent<Key> for ValueKey<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        key.plain().is_some_and(|value| value == self.0)
    }
}

fn hash_bytes<H: Hasher>(kind: u8, bytes: &[u8], state: &mut H) {
    state.write_u8(kind);
    state.write(bytes);
}

/// Equal values hash alike: numbers by their value, texts and bytes by their content, frozensets whatever their order.
fn hash<H: Hasher>(value: &Value, state: &mut H) {
    work::steps(|| 1);
    match value {
        Value::None => state.write_u8(0),
        Value::Bool(bool) => hash_int(i64::from(*bool), state),
        Value::Int(int) => hash_int(*int, state),
        Value::BigInt(int) => hash_bytes(2, int.to_signed_bytes_le(), state),
        Value::Float(float) => hash_float(*float, state),
        Value::Str(text) => hash_bytes(3, text.as_bytes(), state),
        Value::SurrogateStr(text) => hash_bytes(3, text.as_bytes(), state),
        Value::Bytes(bytes) | Value::ByteArray(bytes) => hash_bytes(4, bytes, state),
        Value::List(items) | Value::Tuple(items) => {
            state.write_u8(5);
            state.write_usize(items.len());
            items.iter().for_each(|item| hash(item, state));
        }
        Value::Dict(dict) => {
            state.write_u8(6);
            state.write_usize(dict.len());
        }
        Value::Set(set) | Value::FrozenSet(set) => {
            state.write_u8(7);
            state.write_u64(set.sum());
        }
        Value::Global(global) => {
            hash_bytes(11, global.module.as_bytes(), state);
            hash_bytes(11, global.name.as_bytes(), state);
        }
        // Shallow: what is equal in all has equal classes and arguments.
        Value::Object(object) => {
            state.write_u8(12);
            hash(&object.class, state);
            state.write_usize(object.args.len());
            object.args.iter().for_each(|arg| hash(arg, state));
        }
        Value::PersistentId(id) => {
            state.write_u8(13);
            hash(id, state);
        }
        Value::Extension(code) => {
            state.write_u8(14);
            state.write_i32(*code);
        }
        Value::Buffer(buffer) => {
            state.write_u8(15);
            buffer.hash(state);
        }
    }
}

/// Equal values hash alike.
impl Hash for Value {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash(self, state);
    }
}

fn hash_int<H: Hasher>(int: i64, state: &mut H) {
    state.write_u8(1);
    state.write_i64(int);
}

fn hash_float<H: Hasher>(float: f64, state: &mut H) {
    match whole(float) {
        Some(Whole::Small(int)) => hash_int(int, state),
        Some(Whole::Wide(bytes)) => hash_bytes(2, &bytes, state),
        None => {
            state.write_u8(8);
            state.write_u64(float.to_bits());
        }
    }
}

enum Whole {
    Small(i64),
    /// Two's complement, without redundant bytes.
    Wide(Vec<u8>),
}

/// The int that a float equals.
fn whole(float: f64) -> Option<Whole> {
    if !float.is_finite() || float.fract() != 0.0 {
        return None;
    }
    // -2**63 is a double, 2**63 is the first that i64 does not hold.
    if (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&float) {
        return Some(Whole::Small(float as i64));
    }
    let bits = float.to_bits();
    let exponent = (bits >> 52 & 0x7ff) as i64 - 1075;
    let mantissa = Wide::from(bits & 0xf_ffff_ffff_ffff | 1 << 52);
    let shifted = mantissa << exponent.max(0) as u64;
    Some(Whole::Wide(long::from_big(&if float < 0.0 { -shifted } else { shifted })))
}

fn int_equals_float(int: i64, float: f64) -> bool {
    matches!(whole(float), Some(Whole::Small(whole)) if whole == int)
}

/// Python's `==` of values that have nothing inside.
pub(super) fn same_scalar(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::None, Value::None) => true,
        (Value::Int(a), Value::Int(b)) => a == b,
        (Value::Float(a), Value::Float(b)) => a == b,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Bool(bool), Value::Int(int)) | (Value::Int(int), Value::Bool(bool)) => i64::from(*bool) == *int,
        (Value::Bool(bool), Value::Float(float)) | (Value::Float(float), Value::Bool(bool)) => {
            f64::from(u8::from(*bool)) == *float
        }
        (Value::Int(int), Value::Float(float)) | (Value::Float(float), Value::Int(int)) => {
            int_equals_float(*int, *float)
        }
        (Value::BigInt(a), Value::BigInt(b)) => a == b,
        (Value::BigInt(int), Value::Float(float)) | (Value::Float(float), Value::BigInt(int)) => {
            matches!(whole(*float), Some(Whole::Wide(bytes)) if bytes == int.to_signed_bytes_le())
        }
        (Value::Str(a), Value::Str(b)) => a == b,
        (Value::SurrogateStr(a), Value::SurrogateStr(b)) => a == b,
        (Value::Bytes(a) | Value::ByteArray(a), Value::Bytes(b) | Value::ByteArray(b)) => a == b,
        (Value::Global(a), Value::Global(b)) => a == b,
        (Value::Extension(a), Value::Extension(b)) => a == b,
        (Value::Buffer(a), Value::Buffer(b)) => a == b,
        _ => false,
    }
}
