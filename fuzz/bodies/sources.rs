//! A slice, a reader, a reader of one byte and one that is interrupted: the same values, errors, offsets and places.

use std::io::{self, Read};

use serde_pickle::{DeOptions, Deserializer, Value};

use super::said;

/// Gives so many bytes at a time, and is interrupted before each, if it is told so.
pub(crate) struct Slow<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) step: usize,
    pub(crate) interrupted: bool,
}

impl Read for Slow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.step == 1 && std::mem::replace(&mut self.interrupted, false) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let length = buffer.len().min(self.step).min(self.bytes.len());
        buffer[..length].copy_from_slice(&self.bytes[..length]);
        self.bytes = &self.bytes[length..];
        Ok(length)
    }
}

/// What each pickle of a source is, where it begins and ends.
type Items = Vec<(String, u64, Option<u64>)>;

/// So many pickles of one source are read.
const ITEMS: usize = 20;

macro_rules! items {
    ($pickles:expr) => {{
        let mut pickles = $pickles.into_iter::<Value>();
        let mut items: Items = Vec::new();
        while let Some(item) = pickles.next().filter(|_| items.len() < ITEMS) {
            items.push((said(&item), pickles.last_start(), pickles.last_end()));
        }
        if items.len() < ITEMS {
            assert!(pickles.next().is_none(), "an end is an end");
        }
        items
    }};
}

pub(crate) fn of_slice(options: &DeOptions<'_>, bytes: &[u8]) -> Items {
    items!(options.deserializer(bytes))
}

pub(crate) fn of_reader(options: &DeOptions<'_>, reader: impl Read) -> Items {
    items!(options.deserializer_from_reader(reader))
}

/// The raw arrays of joblib are read from slices only.
pub(crate) fn is_for_slices<'a>(mut said: impl Iterator<Item = &'a String>) -> bool {
    said.any(|said| said.contains("from slices only"))
}

/// All sources agree.
pub(crate) fn agree(options: &DeOptions<'_>, bytes: &[u8]) {
    let items = of_slice(options, bytes);
    let mut last = 0;
    for (item, start, end) in &items {
        assert_eq!(*start, last, "a pickle begins where the one before ends: {item}");
        last = end.unwrap_or(last);
        assert!(last <= bytes.len() as u64 && end.is_none_or(|end| end > *start));
    }
    for (step, interrupted) in [(usize::MAX, false), (1, false), (1, true), (7, false)] {
        let of_reader = of_reader(options, Slow { bytes, step, interrupted });
        if is_for_slices(of_reader.iter().map(|(item, ..)| item)) {
            return;
        }
        assert_eq!(of_reader, items, "by {step} bytes");
    }
}

/// The first pickle of a reader is read, and not one byte after it.
fn reads_no_further(bytes: &[u8]) {
    let mut whole = bytes;
    let mut slow = Slow { bytes, step: 1, interrupted: false };
    let read: serde_pickle::Result<Value> = serde_pickle::from_reader(&mut whole);
    let slowly: serde_pickle::Result<Value> = serde_pickle::from_reader(&mut slow);
    assert_eq!(said(&read), said(&slowly));
    if read.is_ok() {
        assert_eq!(whole.len(), slow.bytes.len(), "as many bytes are left");
        let mut pickles = Deserializer::from_slice(bytes).into_iter::<Value>();
        drop(pickles.next());
        let end = bytes.len() as u64 - pickles.last_end().unwrap_or_default();
        // The last frame is read whole.
        assert!(whole.len() as u64 == end || bytes.contains(&0x95) && whole.len() as u64 <= end);
    }
}

pub(crate) fn sources(bytes: &[u8]) {
    agree(&DeOptions::new().alias_budget(20_000), bytes);
    reads_no_further(bytes);
}
