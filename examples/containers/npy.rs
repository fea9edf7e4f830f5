//! numpy's `.npy` files of objects: a header, and a pickle of the array.

use serde::de::DeserializeOwned;
use serde_pickle::Graph;

use super::Result;

/// The pickle after the header.
pub fn pickle(file: &[u8]) -> Result<&[u8]> {
    let begin = match file {
        [0x93, b'N', b'U', b'M', b'P', b'Y', 1, _, low, high, ..] => {
            10 + usize::from(u16::from_le_bytes([*low, *high]))
        }
        [0x93, b'N', b'U', b'M', b'P', b'Y', _, _, a, b, c, d, ..] => {
            12 + usize::try_from(u32::from_le_bytes([*a, *b, *c, *d]))?
        }
        _ => return Err("not an .npy file".into()),
    };
    Ok(file.get(begin..).ok_or("the header is cut")?)
}

/// The objects of an array of one dimension.
pub fn objects<T: DeserializeOwned>(file: &[u8]) -> Result<Vec<T>> {
    let graph = Graph::from_slice(pickle(file)?)?;
    // (version, shape, dtype, whether in Fortran order, data)
    let state = graph.root().state().ok_or("not an array")?;
    Ok(state.at(4).ok_or("an array without data")?.deserialize()?)
}
