//! cachelib, and Flask-Caching, which stands on it.
//!
//! - `FileSystemCache`: the expiry (Unix seconds as u32 in the machine's byte order, 0 for never), then the pickle.
//! - `RedisCache`: `!` and the pickle; ints as ASCII digits, so that Redis can count.

use serde::{Serialize, de::DeserializeOwned};

use super::Result;

/// When an entry of the file cache expires, and its value.
pub fn file_entry<T: DeserializeOwned>(file: &[u8]) -> Result<(u32, T)> {
    let (expiry, pickle) = file.split_first_chunk().ok_or("the file is too short")?;
    Ok((u32::from_ne_bytes(*expiry), serde_pickle::from_slice(pickle)?))
}

/// An entry of the file cache.
pub fn to_file_entry<T: Serialize>(expiry: u32, value: &T) -> Result<Vec<u8>> {
    let mut file = expiry.to_ne_bytes().to_vec();
    serde_pickle::to_writer(&mut file, value)?;
    Ok(file)
}

/// A value in Redis.
pub fn redis_value<T: DeserializeOwned>(value: &[u8]) -> Result<T> {
    match value.strip_prefix(b"!") {
        Some(pickle) => Ok(serde_pickle::from_slice(pickle)?),
        // An int that Redis counts.
        None => Ok(serde_pickle::from_value(std::str::from_utf8(value)?.parse::<i64>()?.into())?),
    }
}

/// A value for Redis. Ints are better written as digits, by the caller.
pub fn to_redis_value<T: Serialize>(value: &T) -> Result<Vec<u8>> {
    let mut bytes = b"!".to_vec();
    serde_pickle::to_writer(&mut bytes, value)?;
    Ok(bytes)
}
