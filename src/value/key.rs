//! Keys: Python's equality and a hash that agrees with it.

use std::{
    hash::{BuildHasher, Hash, Hasher},
    sync::OnceLock,
};

use num_bigint::BigInt as Wide;

use super::Value;
use crate::op::long;

/// A hashable value as a key.
#[derive(Debug, Clone)]
pub(crate) struct Key(pub(crate) Value);

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
        matches!(&key.0, Value::Str(text) if text == self.0)
    }
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash(&self.0, state);
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Key) -> bool {
        self.0 == other.0
    }
}

/// NaN is not equal to itself, and so is found by nobody: each stays a key of its own, as in Python.
impl Eq for Key {}

/// A value that is looked up, as it stands.
#[derive(Debug)]
pub(crate) struct ValueKey<'a>(pub(crate) &'a Value);

impl Hash for ValueKey<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash(self.0, state);
    }
}

impl indexmap::Equivalent<Key> for ValueKey<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        *self.0 == key.0
    }
}

fn hash_bytes<H: Hasher>(kind: u8, bytes: &[u8], state: &mut H) {
    state.write_u8(kind);
    state.write(bytes);
}

/// Equal values hash alike: numbers by their value, texts and bytes by their content, frozensets whatever their order.
fn hash<H: Hasher>(value: &Value, state: &mut H) {
    match value {
        Value::None => state.write_u8(0),
        Value::Bool(bool) => hash_int(i64::from(*bool), state),
        Value::Int(int) => hash_int(*int, state),
        Value::BigInt(int) => hash_bytes(2, int.to_signed_bytes_le(), state),
        Value::Float(float) => hash_float(*float, state),
        Value::Str(text) => hash_bytes(3, text.as_bytes(), state),
        Value::SurrogateStr(text) => hash_bytes(3, text, state),
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

/// Python's `==`.
impl PartialEq for Value {
    fn eq(&self, other: &Value) -> bool {
        match (self, other) {
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
            (Value::List(a), Value::List(b)) | (Value::Tuple(a), Value::Tuple(b)) => a == b,
            (Value::Dict(a), Value::Dict(b)) => a == b,
            (Value::Set(a) | Value::FrozenSet(a), Value::Set(b) | Value::FrozenSet(b)) => a == b,
            _ => false,
        }
    }
}
