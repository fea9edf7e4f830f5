//! Texts, bytes and names.

use std::io::Write as _;

use super::{
    emit::{Emitter, Form, pair},
    memo::Lookup,
    options::Memo,
};
use crate::{
    Protocol,
    error::{Error, Result},
    opcode::code,
    repr,
};

/// Keys of maps are stored up to this length, in bytes.
const KEY_LENGTH: usize = 64;

impl Emitter<'_> {
    #[inline]
    pub(crate) fn str(&mut self, value: &str) -> Result<()> {
        self.output.boundary()?;
        if self.policy.texts { self.remembered_text(value.as_bytes()) } else { self.text(value.as_bytes()) }
    }

    /// A str under a policy that remembers those: equal ones, or, as Python does, all.
    pub(crate) fn remembered_text(&mut self, utf8: &[u8]) -> Result<()> {
        if !self.policy.texts {
            return self.text(utf8);
        }
        // In Python, '' and each character of latin-1 is one object, wherever it came from.
        let is_one = matches!(utf8, [] | [..=0x7f] | [0xc2 | 0xc3, _]);
        if !self.policy.as_python || is_one {
            return self.interned(utf8);
        }
        self.text(utf8)?;
        self.made();
        Ok(())
    }

    /// A str that is one object wherever it stands: a name.
    pub(crate) fn interned(&mut self, utf8: &[u8]) -> Result<()> {
        if !self.policy.names {
            return self.text(utf8);
        }
        match std::str::from_utf8(utf8) {
            Ok(text) => {
                let lookup = self.memo.key(text);
                self.remembered(lookup, text)
            }
            Err(_) => {
                self.text(utf8)?;
                self.made();
                Ok(())
            }
        }
    }

    /// A str: UTF-8, perhaps with lone surrogates.
    #[inline]
    pub(crate) fn text(&mut self, utf8: &[u8]) -> Result<()> {
        if let Ok(length) = u8::try_from(utf8.len())
            && self.at_least(Protocol::V4)
        {
            let buffer = &mut self.output.buffer;
            buffer.reserve(usize::from(length) + 3);
            buffer.extend_from_slice(&pair(code::SHORT_BINUNICODE, length));
            buffer.extend_from_slice(utf8);
            return Ok(());
        }
        self.long_text(utf8)
    }

    fn long_text(&mut self, utf8: &[u8]) -> Result<()> {
        if !self.at_least(Protocol::V1) {
            self.put(&[code::UNICODE]);
            raw_unicode_escape(utf8, &mut self.output.buffer);
            self.put(b"\n");
            return Ok(());
        }
        self.payload(utf8, code::BINUNICODE, self.at_least(Protocol::V4).then_some(code::BINUNICODE8))
    }

    /// A payload behind a length of four bytes, or eight if it must be.
    fn payload(&mut self, payload: &[u8], opcode: u8, wide: Option<u8>) -> Result<()> {
        let mut header = [0; 9];
        let header = match (u32::try_from(payload.len()), wide) {
            (Ok(length), _) => {
                header[0] = opcode;
                header[1..5].copy_from_slice(&length.to_le_bytes());
                &header[..5]
            }
            (Err(_), Some(wide)) => {
                header[0] = wide;
                header[1..].copy_from_slice(&(payload.len() as u64).to_le_bytes());
                &header[..]
            }
            (Err(_), None) => {
                return Err(Error::data("text and bytes of 4 GiB and more need protocol 4"));
            }
        };
        self.output.put_payload(header, payload)
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        self.output.boundary()?;
        if !self.policy.as_python {
            return self.new_bytes(bytes);
        }
        // In Python, b'' and each single byte is one object.
        if bytes.len() > 1 {
            return self.bytes_of_their_own(bytes);
        }
        if let Some(index) = self.memo.one_byte(bytes.first().copied()) {
            self.fetch(index);
            return Ok(());
        }
        self.bytes_of_their_own(bytes)?;
        let index = self.last_index;
        self.memo.remember_byte(bytes.first().copied(), index);
        Ok(())
    }

    /// Bytes that are no other object.
    fn bytes_of_their_own(&mut self, bytes: &[u8]) -> Result<()> {
        self.new_bytes(bytes)?;
        // Below, they are called, and the call stores them.
        if self.at_least(Protocol::V3) {
            self.made();
        }
        Ok(())
    }

    fn new_bytes(&mut self, bytes: &[u8]) -> Result<()> {
        if !self.at_least(Protocol::V3) {
            return self.bytes_as_call(bytes);
        }
        if let Ok(length) = u8::try_from(bytes.len()) {
            self.put(&[code::SHORT_BINBYTES, length]);
            self.put(bytes);
            return Ok(());
        }
        self.payload(bytes, code::BINBYTES, self.at_least(Protocol::V4).then_some(code::BINBYTES8))
    }

    /// Below protocol 3: `_codecs.encode(text, 'latin1')`, where each character is the byte of its number; or `bytes()`.
    fn bytes_as_call(&mut self, bytes: &[u8]) -> Result<()> {
        if bytes.is_empty() {
            self.global("builtins", "bytes")?;
            return self.call(0);
        }
        self.global("_codecs", "encode")?;
        self.mark_before(2);
        let text: String = bytes.iter().copied().map(char::from).collect();
        self.remembered_text(text.as_bytes())?;
        self.interned(b"latin1")?;
        self.call(2)
    }

    pub(crate) fn bytearray(&mut self, bytes: &[u8]) -> Result<()> {
        self.output.boundary()?;
        if self.at_least(Protocol::V5) {
            let mut header = [code::BYTEARRAY8; 9];
            header[1..].copy_from_slice(&(bytes.len() as u64).to_le_bytes());
            self.output.put_payload(&header, bytes)?;
            self.made();
            return Ok(());
        }
        self.global("builtins", "bytearray")?;
        if bytes.is_empty() {
            return self.call(0);
        }
        self.mark_before(1);
        self.output.boundary()?;
        self.bytes_of_their_own(bytes)?;
        self.call(1)
    }

    /// Bytes as one of our own types says that they are meant.
    #[cold]
    pub(super) fn formed_bytes(&mut self, form: Form, bytes: &[u8]) -> Result<()> {
        match form {
            Form::ByteArray => self.bytearray(bytes),
            Form::BigInt => self.big_int(bytes),
            Form::SurrogateStr => {
                self.output.boundary()?;
                self.remembered_text(bytes)
            }
            Form::Global(module) => {
                let (module, name) = bytes.split_at(module.min(bytes.len()));
                self.global(&String::from_utf8_lossy(module), &String::from_utf8_lossy(name))
            }
            Form::PersistentId if self.at_least(Protocol::V1) => {
                self.remembered_text(bytes)?;
                self.put(&[code::BINPERSID]);
                Ok(())
            }
            Form::PersistentId => {
                self.put(&[code::PERSID]);
                self.put(bytes);
                self.put(b"\n");
                Ok(())
            }
            Form::Py2Str => self.py2_str(bytes),
            Form::Buffer { readonly } => self.buffer(bytes, readonly),
            Form::InstClass(module) => {
                let (module, name) = bytes.split_at(module.min(bytes.len()));
                let lines = self.lines(&String::from_utf8_lossy(module), &String::from_utf8_lossy(name))?;
                self.steps.inst.push(lines);
                Ok(())
            }
            Form::Raw(header) => {
                let (header, payload) = bytes.split_at(header.min(bytes.len()));
                self.output.put_payload(header, payload)
            }
            _ => self.bytes(bytes),
        }
    }

    /// A str of Python 2, which every protocol can hold.
    fn py2_str(&mut self, bytes: &[u8]) -> Result<()> {
        if !self.at_least(Protocol::V1) {
            let mut text = String::new();
            // Writing to a String does not fail. The `b` of bytes is not part of Python 2's repr.
            let _ = repr::bytes(bytes, &mut text);
            self.put(&[code::STRING]);
            self.put(text.trim_start_matches('b').as_bytes());
            self.put(b"\n");
        } else if let Ok(length) = u8::try_from(bytes.len()) {
            self.put(&[code::SHORT_BINSTRING, length]);
            self.put(bytes);
        } else {
            self.payload(bytes, code::BINSTRING, None)?;
        }
        self.made();
        Ok(())
    }

    /// The buffer of that number, whose bytes are outside. Those before it that nobody wants are taken, and dropped.
    pub(super) fn buffer_outside(&mut self, number: usize) -> Result<()> {
        if number < self.steps.buffers {
            return Err(Error::data(format!(
                "out-of-band buffer {number} comes after buffer {}: without its bytes it must come before",
                self.steps.buffers - 1
            )));
        }
        for _ in self.steps.buffers..number {
            self.put(&[code::NEXT_BUFFER, code::POP]);
        }
        self.steps.buffers = number + 1;
        self.put(&[code::NEXT_BUFFER]);
        Ok(())
    }

    /// A buffer: out of band if somebody takes it, else as it stands.
    fn buffer(&mut self, bytes: &[u8], readonly: bool) -> Result<()> {
        self.output.boundary()?;
        let callback = self.options.buffer_callback.as_ref().filter(|_| self.at_least(Protocol::V5));
        if callback.is_none_or(|stays| stays(bytes)) {
            return if readonly { self.bytes(bytes) } else { self.bytearray(bytes) };
        }
        self.steps.buffers += 1;
        self.put(&[code::NEXT_BUFFER]);
        if readonly {
            self.put(&[code::READONLY_BUFFER]);
        }
        Ok(())
    }

    /// The name of a field or variant: two bytes, if it was written before and comes where it is expected.
    #[inline(always)]
    pub(crate) fn name(&mut self, name: &'static str) -> Result<()> {
        if self.at_least(Protocol::V1)
            && !self.output.is_full()
            && let Some(index) = self.memo.expected(name)
        {
            if let Ok(index) = u8::try_from(index) {
                self.put_pair(code::BINGET, index);
            } else {
                self.fetch(index);
            }
            return Ok(());
        }
        self.other_name(name)
    }

    #[inline(never)]
    fn other_name(&mut self, name: &'static str) -> Result<()> {
        self.output.boundary()?;
        if self.options.memo == Memo::None {
            return self.text(name.as_bytes());
        }
        let lookup = self.memo.name(name);
        self.remembered(lookup, name)
    }

    /// A text key of a map.
    pub(crate) fn key(&mut self, key: &str) -> Result<()> {
        self.output.boundary()?;
        if self.options.memo == Memo::None || key.len() > KEY_LENGTH && !self.policy.texts {
            return self.text(key.as_bytes());
        }
        if self.policy.as_python {
            return self.remembered_text(key.as_bytes());
        }
        let lookup = self.memo.key(key);
        self.remembered(lookup, key)
    }

    /// The name of an attribute, which Python has as one text, however it was made.
    pub(crate) fn attribute(&mut self, name: &str) -> Result<()> {
        self.output.boundary()?;
        self.interned(name.as_bytes())
    }

    fn remembered(&mut self, lookup: Lookup, text: &str) -> Result<()> {
        match lookup {
            Lookup::Untold => self.text(text.as_bytes()),
            Lookup::New(index) => {
                self.text(text.as_bytes())?;
                self.store(index);
                Ok(())
            }
            Lookup::Known(index) => {
                self.fetch(index);
                Ok(())
            }
        }
    }
}

/// Protocol 0's text: latin-1 where it can be, and escapes where Python has them.
pub(crate) fn raw_unicode_escape(utf8: &[u8], out: &mut Vec<u8>) {
    let mut rest = utf8;
    while !rest.is_empty() {
        let valid = std::str::from_utf8(rest).map_or_else(|error| error.valid_up_to(), str::len);
        for c in String::from_utf8_lossy(&rest[..valid]).chars() {
            // Writing to a Vec does not fail.
            let _ = match u32::from(c) {
                code @ (0 | 0x0a | 0x0d | 0x1a | 0x5c) => write!(out, "\\u{code:04x}"),
                code @ ..=0xff => out.write_all(&[code as u8]),
                code @ ..=0xffff => write!(out, "\\u{code:04x}"),
                code => write!(out, "\\U{code:08x}"),
            };
        }
        rest = match &rest[valid..] {
            // A lone surrogate.
            [0xed, a, b, rest @ ..] => {
                let _ = write!(out, "\\u{:04x}", 0xd000 | u32::from(a & 0x3f) << 6 | u32::from(b & 0x3f));
                rest
            }
            [_, rest @ ..] | rest @ [] => rest,
        };
    }
}
