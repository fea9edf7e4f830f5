//! Reading: pickles to Rust types.
//!
//! [`from_slice`] and [`from_reader`] read one pickle. A [`Deserializer`] reads one after the other from one source;
//! [`DeOptions`] has the options, and the same functions as methods.
//!
//! ```
//! use serde_pickle::{DeOptions, Encoding};
//!
//! // pickle.dumps([1, 2.5], 2)
//! let pickle = b"\x80\x02]q\0(K\x01G@\x04\0\0\0\0\0\0e.";
//! let numbers: Vec<f64> = serde_pickle::from_slice(pickle)?;
//! assert_eq!(numbers, [1.0, 2.5]);
//! let numbers: (u8, f32) = DeOptions::new().encoding(Encoding::Latin1).from_slice(pickle)?;
//! assert_eq!(numbers, (1, 2.5));
//! # Ok::<(), serde_pickle::Error>(())
//! ```

mod access;
mod array;
mod atom;
mod build;
mod built;
mod class;
mod context;
mod distinct;
mod flow;
mod hint;
mod key;
mod known;
mod node;
mod object;
mod options;
mod part;
mod plain;
mod recall;
mod room;
mod source;
mod stream;
mod strict;
mod strings;
mod take;
mod unusual;
mod variant;

use std::io;

use serde::de::{Deserialize, DeserializeOwned};

use self::room::Room;
pub(crate) use self::{
    build::value,
    context::{Context, Input},
    node::NodeDeserializer,
    recall::Recall,
    source::IoRead as SourceReader,
    stream::{Job, of_value},
    strings::{Py2, py2},
};
pub use self::{
    options::{Cycles, DeOptions, Encoding},
    source::{IoRead, Read, SliceRead},
    stream::{Deserializer, StreamDeserializer},
};
use crate::{
    error::{Error, ErrorKind, Result},
    graph::Store,
    machine::{self, Scratch, Settings},
};

/// Reads a value from a slice that holds one pickle and nothing else.
///
/// The value may borrow from the slice: `&str` and `&[u8]` are not copied. [`Deserializer::from_slice`] reads several
/// pickles, or one with other data behind it.
///
/// A large list or dict at the root is read part by part, so that memory holds little beside the value. Where that turns out not to
/// go, for something in it is shared or wrong, it is read once more as a whole: `T::deserialize` may be called twice.
///
/// ```
/// #[derive(Debug, PartialEq, serde::Deserialize)]
/// struct User<'a> { name: &'a str, age: Option<u8> }
///
/// // pickle.dumps({'name': 'Ada', 'age': 36}, 4)
/// let pickle = b"\x80\x04\x95\x17\0\0\0\0\0\0\0}\x94(\x8c\x04name\x94\x8c\x03Ada\x94\x8c\x03age\x94K$u.";
/// let user: User = serde_pickle::from_slice(pickle)?;
/// assert_eq!(user, User { name: "Ada", age: Some(36) });
/// # Ok::<(), serde_pickle::Error>(())
/// ```
///
/// # Errors
///
/// If the bytes are not a pickle that Python could load, if there are bytes after it, if its value does not fit the type,
/// or if a limit of [`DeOptions`] is exceeded. The error knows the byte offset and the path to the value.
pub fn from_slice<'de, T: Deserialize<'de>>(pickle: &'de [u8]) -> Result<T> {
    DEFAULT.from_slice(pickle)
}

/// Reads a value from a reader, up to the end of one pickle.
///
/// Not one byte after the pickle's STOP is read, unless its last frame reaches further, which no real one does. The pickle is
/// held in memory while it is read, and `T::deserialize` may be called twice, as by [`from_slice`]. Small reads are frequent: wrap
/// files in a [`BufReader`](std::io::BufReader).
///
/// # Errors
///
/// As [`from_slice`], but bytes after the pickle are left unread; and if the reader fails.
pub fn from_reader<R: io::Read, T: DeserializeOwned>(reader: R) -> Result<T> {
    DEFAULT.from_reader(reader)
}

/// Small pickles are many: nothing is made and dropped for each.
static DEFAULT: DeOptions<'static> = DeOptions::new();

impl<'a> DeOptions<'a> {
    /// [`from_slice`](crate::from_slice) with these options.
    ///
    /// # Errors
    ///
    /// See [`from_slice`](crate::from_slice).
    pub fn from_slice<'de, T: Deserialize<'de>>(&self, pickle: &'de [u8]) -> Result<T>
    where
        'a: 'de,
    {
        let (value, end) = self.read(pickle, 0, self.settings())?;
        if end < pickle.len() {
            return Err(Error::new(ErrorKind::TrailingData).or_offset(end as u64));
        }
        Ok(value)
    }

    /// [`from_reader`](crate::from_reader) with these options.
    ///
    /// # Errors
    ///
    /// See [`from_reader`](crate::from_reader).
    pub fn from_reader<R: io::Read, T: DeserializeOwned>(&self, reader: R) -> Result<T> {
        let mut source = SourceReader::new(reader);
        source.fill()?;
        Ok(self.read(&source.buffer, 0, self.reader_settings())?.0)
    }

    /// A [`Deserializer`] over a slice, with these options.
    pub fn deserializer<'de>(&self, pickles: &'de [u8]) -> Deserializer<'de, SliceRead<'de>>
    where
        'a: 'de,
    {
        Deserializer::new(SliceRead { slice: pickles, pos: 0 }, self.clone())
    }

    /// A [`Deserializer`] over a reader, with these options.
    pub fn deserializer_from_reader<R: io::Read>(&self, reader: R) -> Deserializer<'a, IoRead<R>> {
        Deserializer::new(IoRead::new(reader), self.clone())
    }

    /// Reads the pickle that starts at `start`. Gives the value and the position after its STOP.
    fn read<'de, T: Deserialize<'de>>(&self, input: &'de [u8], start: usize, settings: Settings) -> Result<(T, usize)>
    where
        'a: 'de,
    {
        let mut room = Room::take();
        let result = room.read(self, settings, input, start);
        room.keep();
        result
    }

    /// An empty graph that knows what the options say about it.
    pub(crate) fn store(&self) -> Store {
        Store { extensions: self.extensions.clone(), ..Store::default() }
    }

    /// The graph of the pickle that starts at `start`, and the position after its STOP.
    pub(crate) fn run(&self, input: &[u8], start: usize, settings: Settings) -> Result<(Store, usize)> {
        let mut store = self.store();
        let (end, result) = machine::run(input, start, &mut store, &mut Scratch::default(), settings);
        result?;
        self.check(&store, input, start, end)?;
        Ok((store, end))
    }
}
