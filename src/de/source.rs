//! Where pickles come from: a slice, or any reader, and where one ends.

use std::io::{self, Read as _};

use memchr::memchr;

use crate::{
    error::{Error, ErrorKind, Result},
    opcode::{ArgKind, Opcode, Span, code},
};

/// A source of pickles: a [`SliceRead`] or an [`IoRead`]. Sealed: the methods are for this crate.
pub trait Read: private::Sealed {}

mod private {
    pub trait Sealed {}
}

/// A slice that holds one pickle or several.
#[derive(Debug)]
pub struct SliceRead<'de> {
    pub(crate) slice: &'de [u8],
    pub(crate) pos: usize,
}

/// A reader that gives one pickle or several. Not one byte after a pickle's STOP is read, unless its last frame reaches further.
#[derive(Debug)]
pub struct IoRead<R> {
    reader: R,
    /// What was read: the pickle that is being read, all pickles if their memo is kept, and what is left of a frame.
    pub(crate) buffer: Vec<u8>,
    /// Where in the buffer the next pickle starts.
    pub(crate) pos: usize,
    /// The offset of the buffer in the source.
    pub(crate) base: u64,
}

impl private::Sealed for SliceRead<'_> {}
impl Read for SliceRead<'_> {}
impl<R: io::Read> private::Sealed for IoRead<R> {}
impl<R: io::Read> Read for IoRead<R> {}

/// What is read at once, at most, before it has proven to be there.
const STEP: u64 = 64 * 1024;

impl<R: io::Read> IoRead<R> {
    pub(crate) fn new(reader: R) -> Self {
        IoRead { reader, buffer: Vec::new(), pos: 0, base: 0 }
    }

    pub(crate) fn into_inner(self) -> R {
        self.reader
    }

    /// Drops what was consumed, once that is most of what there is: a frame may hold a million pickles, and what follows each must
    /// not be moved each time.
    pub(crate) fn forget(&mut self) {
        if self.pos < self.buffer.len() - self.pos {
            return;
        }
        self.base += self.pos as u64;
        self.buffer.drain(..self.pos);
        self.pos = 0;
    }

    /// Whether the source ends where the next pickle would start.
    pub(crate) fn at_end(&mut self) -> Result<bool> {
        if self.pos < self.buffer.len() {
            return Ok(false);
        }
        Ok(self.more(1)? == 0)
    }

    /// Makes sure that the buffer holds the next pickle up to its STOP.
    ///
    /// What is wrong with it, other than that the source ends or fails, is for the machine to say: this stops where
    /// no end can be found.
    pub(crate) fn fill(&mut self) -> Result<()> {
        let mut at = self.pos;
        loop {
            if !self.have(at, 1)? {
                return Ok(());
            }
            let opcode = self.buffer[at];
            at += 1;
            let arg = match Opcode::from_code(opcode) {
                Some(opcode) => opcode.arg(),
                None => return Ok(()),
            };
            if opcode == code::STOP {
                return Ok(());
            }
            if opcode == code::PROTO && self.have(at, 1)? && self.buffer[at] > crate::Protocol::HIGHEST.number() {
                return Ok(());
            }
            let Some(length) = self.arg_length(arg, at)? else { return Ok(()) };
            if !self.have(at, length)? {
                return Ok(());
            }
            if opcode == code::FRAME {
                let Some(frame) = number(&self.buffer[at..at + 8]) else { return Ok(()) };
                if !self.have(at + 8, frame)? {
                    return Ok(());
                }
            }
            at += length as usize;
        }
    }

    /// How long an argument is, its length prefix included; `None` if it has no end.
    fn arg_length(&mut self, arg: ArgKind, at: usize) -> Result<Option<u64>> {
        match arg.span() {
            Span::Fixed(length) => Ok(Some(length as u64)),
            Span::Prefixed(width) => {
                if !self.have(at, width as u64)? {
                    return Ok(None);
                }
                let Some(length) = number(&self.buffer[at..at + width]) else { return Ok(None) };
                if arg == ArgKind::Long4 && length > i32::MAX as u64 {
                    return Ok(None);
                }
                Ok(Some(width as u64 + length))
            }
            Span::Lines(lines) => {
                let mut end = at;
                for _ in 0..lines {
                    loop {
                        if let Some(length) = memchr(b'\n', &self.buffer[end..]) {
                            end += length + 1;
                            break;
                        }
                        // The next search starts where this one ended.
                        end = self.buffer.len();
                        if self.more(1)? == 0 {
                            return Ok(None);
                        }
                    }
                }
                Ok(Some((end - at) as u64))
            }
        }
    }

    /// Makes sure that so many bytes are in the buffer from there on; no if the source ends before.
    fn have(&mut self, at: usize, length: u64) -> Result<bool> {
        let there = (self.buffer.len() - at) as u64;
        let mut missing = length.saturating_sub(there);
        while missing > 0 {
            // A length is a claim: room grows with what arrives.
            let step = missing.min(STEP.max(self.buffer.len() as u64));
            let got = self.more(step)?;
            if got < step {
                return Ok(false);
            }
            missing -= step;
        }
        Ok(true)
    }

    fn more(&mut self, length: u64) -> Result<u64> {
        let result = (&mut self.reader).take(length).read_to_end(&mut self.buffer);
        match result {
            Ok(got) => Ok(got as u64),
            // What had arrived stays: a reader that has nothing for the moment may be asked again.
            Err(error) => {
                let offset = self.base + self.buffer.len() as u64;
                Err(Error::new(ErrorKind::Io(error)).or_offset(offset))
            }
        }
    }
}

/// A length of 1, 4 or 8 bytes, if it is less than 2**63.
fn number(bytes: &[u8]) -> Option<u64> {
    let mut wide = [0; 8];
    wide.get_mut(..bytes.len())?.copy_from_slice(bytes);
    let length = u64::from_le_bytes(wide);
    (length <= i64::MAX as u64).then_some(length)
}
