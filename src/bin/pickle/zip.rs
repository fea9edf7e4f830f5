//! The pickle in a file of PyTorch: a zip archive that compresses nothing.

use std::ops::Range;

/// Where the entry `.../data.pkl` stands in an archive.
pub(crate) fn data_pkl(file: &[u8]) -> Option<Range<usize>> {
    let end = file.windows(4).rposition(|bytes| bytes == b"PK\x05\x06")?;
    let mut at = number(file, end + 16, 4)?;
    for _ in 0..number(file, end + 10, 2)? {
        let (method, size) = (number(file, at + 10, 2)?, number(file, at + 24, 4)?);
        let (name, extra, comment) = (number(file, at + 28, 2)?, number(file, at + 30, 2)?, number(file, at + 32, 2)?);
        let header = number(file, at + 42, 4)?;
        if method == 0 && file.get(at + 46..at + 46 + name)?.ends_with(b"data.pkl") {
            // The header before the data has a name and extra field of its own.
            let data = header + 30 + number(file, header + 26, 2)? + number(file, header + 28, 2)?;
            return (data + size <= file.len()).then_some(data..data + size);
        }
        at += 46 + name + extra + comment;
    }
    None
}

/// A number of so many bytes, little-endian.
fn number(file: &[u8], at: usize, len: usize) -> Option<usize> {
    let bytes = file.get(at..at.checked_add(len)?)?;
    Some(bytes.iter().rev().fold(0, |number, &byte| number << 8 | usize::from(byte)))
}
