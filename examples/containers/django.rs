//! Django's caches.
//!
//! - `FileBasedCache` (`*.djcache`): the pickle of the expiry (Unix seconds, or None), then zlib of the pickle of the value. The name of
//!   the file is the MD5 of `prefix:version:key`.
//! - `DatabaseCache`: the column `value` is base64 of the pickle.
//! - `LocMemCache`, memcached: the pickle as it is. `RedisCache`: the pickle, but ints as ASCII digits, as in [`super::cachelib`].

use std::io::{Read as _, Write as _};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use flate2::{Compression, read::ZlibDecoder, write::ZlibEncoder};
use serde::{Deserialize as _, Serialize, de::DeserializeOwned};
use serde_pickle::Deserializer;

use super::Result;

/// When an entry of the file cache expires, and its value.
pub fn file_entry<T: DeserializeOwned>(file: &[u8]) -> Result<(Option<f64>, T)> {
    let mut pickles = Deserializer::from_slice(file);
    let expiry = Option::<f64>::deserialize(&mut pickles)?;
    let compressed = &file[usize::try_from(pickles.byte_offset())?..];
    let mut pickle = Vec::new();
    ZlibDecoder::new(compressed).read_to_end(&mut pickle)?;
    Ok((expiry, serde_pickle::from_slice(&pickle)?))
}

/// An entry of the file cache, as Django reads it.
pub fn to_file_entry<T: Serialize>(expiry: Option<f64>, value: &T) -> Result<Vec<u8>> {
    let file = serde_pickle::to_vec(&expiry)?;
    let mut compressed = ZlibEncoder::new(file, Compression::default());
    compressed.write_all(&serde_pickle::to_vec(value)?)?;
    Ok(compressed.finish()?)
}

/// A value of the database cache.
pub fn database_value<T: DeserializeOwned>(column: &str) -> Result<T> {
    Ok(serde_pickle::from_slice(&STANDARD.decode(column.trim_end())?)?)
}

/// A value for the database cache.
pub fn to_database_value<T: Serialize>(value: &T) -> Result<String> {
    Ok(STANDARD.encode(serde_pickle::to_vec(value)?))
}
