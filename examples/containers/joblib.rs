//! joblib's files: one pickle, compressed or not (zlib by default, gzip, bz2, xz, lz4).
//!
//! Arrays stand raw between the opcodes; they are understood from slices, so the file is decompressed whole.

use std::io::Read as _;

use flate2::read::{MultiGzDecoder, ZlibDecoder};
use serde::{Deserialize, de::DeserializeOwned};

use super::Result;

/// What `joblib.load` gives.
pub fn load<T: DeserializeOwned>(file: &[u8]) -> Result<T> {
    let mut plain = Vec::new();
    let pickle = match file {
        [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..] => {
            ZlibDecoder::new(file).read_to_end(&mut plain)?;
            &plain
        }
        [0x1f, 0x8b, ..] => {
            MultiGzDecoder::new(file).read_to_end(&mut plain)?;
            &plain
        }
        _ => file,
    };
    Ok(serde_pickle::from_slice(pickle)?)
}

/// What `joblib.load(file, mmap_mode='r')` gives, of a file that is not compressed: arrays, as `types::ArrayRef` in the type, are lent
/// from the bytes of the file, which may be mapped into memory. joblib begins them at multiples of 16.
pub fn lend<'file, T: Deserialize<'file>>(file: &'file [u8]) -> Result<T> {
    Ok(serde_pickle::from_slice(file)?)
}
