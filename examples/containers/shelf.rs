//! Shelves in `dbm.dumb`: the pickles stand in the `.dat` file, at the places that the `.dir` file names.
//!
//! Other shelves are GDBM, ndbm or (since Python 3.13) SQLite files: each value in them is one pickle, too.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;

use super::Result;

/// A shelf that was read whole.
pub struct Shelf {
    /// Offset and size of each pickle.
    places: BTreeMap<String, (usize, usize)>,
    data: Vec<u8>,
}

impl Shelf {
    /// Of the contents of the `.dir` and the `.dat` file.
    pub fn new(index: &[u8], data: Vec<u8>) -> Result<Shelf> {
        let place = |line: &str| -> Result<(String, (usize, usize))> {
            // Lines of Python: 'key', (offset, size)
            let line = serde_place(line).ok_or_else(|| format!("not a line of an index: {line:?}"))?;
            Ok(line)
        };
        let places = std::str::from_utf8(index)?.lines().map(place).collect::<Result<_>>()?;
        Ok(Shelf { places, data })
    }

    /// The keys, in order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.places.keys().map(String::as_str)
    }

    /// The value of a key.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Result<T> {
        let &(offset, size) = self.places.get(key).ok_or_else(|| format!("no key {key:?}"))?;
        let pickle = self.data.get(offset..offset + size).ok_or("the index points beyond the data")?;
        Ok(serde_pickle::from_slice(pickle)?)
    }
}

fn serde_place(line: &str) -> Option<(String, (usize, usize))> {
    let (key, place) = line.rsplit_once(", (")?;
    let (offset, size) = place.strip_suffix(')')?.split_once(", ")?;
    let quote = key.chars().next()?;
    let key = key.strip_prefix(quote)?.strip_suffix(quote)?;
    Some((key.to_owned(), (offset.parse().ok()?, size.parse().ok()?)))
}
