//! The bytes on their way out: one buffer, frames, and perhaps a writer behind it.

use std::io;

use crate::{
    error::{Error, Result},
    opcode::code,
};

/// A frame is closed before the first value that begins when it holds this much (CPython's `_FRAME_SIZE_TARGET`).
pub(crate) const FRAME_TARGET: usize = 64 * 1024;
/// A frame of less than this has no header (CPython's `_FRAME_SIZE_MIN`).
pub(crate) const FRAME_LEAST: usize = 4;
/// FRAME and the length.
const HEADER: usize = 9;

/// What may stand behind a large payload without the buffer being moved.
const AFTER: usize = 64;

/// Without a writer, the buffer is the output. With one, it is emptied into it frame by frame.
pub(crate) struct Output<'s> {
    pub(crate) buffer: Vec<u8>,
    writer: Option<&'s mut dyn io::Write>,
    /// Where the open frame has its header; without frames, `None`.
    frame: Option<usize>,
    /// The length of the buffer from which on the next value begins a new frame, or is preceded by a flush.
    full: usize,
}

impl<'s> Output<'s> {
    /// What the buffer holds already stays before the pickle.
    pub(crate) fn new(buffer: Vec<u8>, writer: Option<&'s mut dyn io::Write>) -> Self {
        let full = if writer.is_some() { buffer.len() + FRAME_TARGET } else { usize::MAX };
        Output { buffer, writer, frame: None, full }
    }

    /// Begins with frames: after PROTO, from protocol 4 on.
    pub(crate) fn begin_frames(&mut self) {
        self.open_frame();
    }

    fn open_frame(&mut self) {
        let at = self.buffer.len();
        self.buffer.extend_from_slice(&[code::FRAME, 0, 0, 0, 0, 0, 0, 0, 0]);
        self.frame = Some(at);
        self.full = at + HEADER + FRAME_TARGET;
    }

    fn close_frame(&mut self) {
        let Some(at) = self.frame.take() else { return };
        let content = self.buffer.len() - at - HEADER;
        if content < FRAME_LEAST {
            self.buffer.drain(at..at + HEADER);
        } else {
            self.buffer[at + 1..at + HEADER].copy_from_slice(&(content as u64).to_le_bytes());
        }
    }

    /// Whether `boundary` has something to do.
    #[inline(always)]
    pub(crate) fn is_full(&self) -> bool {
        self.buffer.len() >= self.full
    }

    /// To be called before each value.
    #[inline(always)]
    pub(crate) fn boundary(&mut self) -> Result<()> {
        if self.is_full() { self.next_frame() } else { Ok(()) }
    }

    #[cold]
    fn next_frame(&mut self) -> Result<()> {
        let framed = self.frame.is_some();
        self.close_frame();
        self.flush()?;
        if framed {
            self.open_frame();
        }
        Ok(())
    }

    /// What the buffer holds goes to the writer, if there is one.
    fn flush(&mut self) -> Result<()> {
        if let Some(writer) = &mut self.writer {
            writer.write_all(&self.buffer).map_err(Error::io)?;
            self.buffer.clear();
            self.full = FRAME_TARGET;
        }
        Ok(())
    }

    #[inline(always)]
    pub(crate) fn put(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// A header and a payload, such as BINBYTES with its length. Large payloads stand outside frames, and are not copied
    /// if there is a writer.
    #[inline]
    pub(crate) fn put_payload(&mut self, header: &[u8], payload: &[u8]) -> Result<()> {
        if payload.len() < FRAME_TARGET {
            self.buffer.extend_from_slice(header);
            self.buffer.extend_from_slice(payload);
            return Ok(());
        }
        self.put_large(header, payload)
    }

    #[cold]
    fn put_large(&mut self, header: &[u8], payload: &[u8]) -> Result<()> {
        let framed = self.frame.is_some();
        self.close_frame();
        if self.writer.is_none() {
            self.buffer.reserve(header.len() + payload.len() + AFTER);
        }
        self.buffer.extend_from_slice(header);
        self.flush()?;
        match &mut self.writer {
            Some(writer) => writer.write_all(payload).map_err(Error::io)?,
            None => self.buffer.extend_from_slice(payload),
        }
        if framed {
            self.open_frame();
        }
        Ok(())
    }

    /// Ends the pickle, and gives the buffer back: the whole output, or empty if there is a writer.
    pub(crate) fn finish(mut self) -> Result<Vec<u8>> {
        self.buffer.push(code::STOP);
        self.close_frame();
        self.flush()?;
        Ok(self.buffer)
    }
}
