//! Opcodes for values: the smallest of each protocol, as CPython chooses them.

use std::io::{self, Write as _};

use super::{
    memo::{KeyMemo, Lookup},
    options::{Memo, SerOptions},
    output::Output,
};
use crate::{
    Protocol,
    error::{Error, Result},
    graph::compat,
    op::long,
    opcode::code,
    repr,
};

/// Writes one pickle.
pub(crate) struct Emitter<'s> {
    pub(crate) output: Output<'s>,
    pub(crate) options: &'s SerOptions,
    pub(crate) memo: &'s mut KeyMemo,
    protocol: Protocol,
    /// How many more levels there may be.
    pub(crate) depth: usize,
    /// What the next sequence or bytes are to be written as, if one of our own types said so.
    pub(crate) form: Option<Form>,
}

/// What serde has no word for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Tuple,
    Set,
    FrozenSet,
    ByteArray,
    BigInt,
    SurrogateStr,
}

/// Keys of maps are stored up to this length, in bytes,
const KEY_LENGTH: usize = 64;
/// and in maps of up to this many pairs: larger ones are no records.
pub(crate) const KEY_PAIRS: usize = 64;

impl<'s> Emitter<'s> {
    /// Begins a pickle.
    pub(crate) fn new(
        buffer: Vec<u8>,
        writer: Option<&'s mut dyn io::Write>,
        options: &'s SerOptions,
        memo: &'s mut KeyMemo,
    ) -> Self {
        let protocol = options.protocol;
        memo.clear();
        let mut output = Output::new(buffer, writer);
        if protocol >= Protocol::V2 {
            output.put(&[code::PROTO, protocol.number()]);
        }
        if protocol >= Protocol::V4 {
            output.begin_frames();
        }
        Emitter { output, options, memo, protocol, depth: options.typed_depth(), form: None }
    }

    /// Ends it.
    pub(crate) fn finish(self) -> Result<Vec<u8>> {
        self.output.finish()
    }

    #[inline(always)]
    pub(crate) fn at_least(&self, protocol: Protocol) -> bool {
        self.protocol >= protocol
    }

    #[inline(always)]
    pub(crate) fn put(&mut self, bytes: &[u8]) {
        self.output.put(bytes);
    }

    /// An opcode and one byte, as one store: two of one byte that are read as one at once would wait for each other.
    #[inline(always)]
    fn put_pair(&mut self, opcode: u8, arg: u8) {
        self.output.put(&pair(opcode, arg));
    }

    /// An opcode and its argument of a fixed size.
    #[inline(always)]
    fn put_with<const N: usize>(&mut self, opcode: u8, arg: [u8; N]) {
        let buffer = &mut self.output.buffer;
        buffer.reserve(N + 1);
        buffer.push(opcode);
        buffer.extend_from_slice(&arg);
    }

    /// Goes a level down; `leave` goes up again.
    #[inline(always)]
    pub(crate) fn enter(&mut self) -> Result<()> {
        match self.depth.checked_sub(1) {
            Some(depth) => {
                self.depth = depth;
                Ok(())
            }
            None => Err(self.too_deep()),
        }
    }

    #[inline(always)]
    pub(crate) fn leave(&mut self) {
        self.depth += 1;
    }

    #[cold]
    fn too_deep(&self) -> Error {
        Error::limit("nested deeper than the limit; SerOptions::depth_limit raises it")
    }

    pub(crate) fn none(&mut self) -> Result<()> {
        self.output.boundary()?;
        self.put(&[code::NONE]);
        Ok(())
    }

    #[inline]
    pub(crate) fn bool(&mut self, value: bool) -> Result<()> {
        self.output.boundary()?;
        if self.at_least(Protocol::V2) {
            self.put(&[if value { code::NEWTRUE } else { code::NEWFALSE }]);
        } else {
            self.put(&[code::INT, b'0', if value { b'1' } else { b'0' }, b'\n']);
        }
        Ok(())
    }

    #[inline]
    pub(crate) fn int(&mut self, value: i64) -> Result<()> {
        self.output.boundary()?;
        if !self.at_least(Protocol::V1) {
            return self.int_text(value);
        }
        if let Ok(small) = u8::try_from(value) {
            self.put_pair(code::BININT1, small);
        } else if let Ok(small) = u16::try_from(value) {
            self.put_with(code::BININT2, small.to_le_bytes());
        } else if let Ok(small) = i32::try_from(value) {
            self.put_with(code::BININT, small.to_le_bytes());
        } else if self.at_least(Protocol::V2) {
            let bytes = value.to_le_bytes();
            let bytes = long::minimal(&bytes);
            let mut op = [0; 10];
            op[0] = code::LONG1;
            op[1] = bytes.len() as u8;
            op[2..2 + bytes.len()].copy_from_slice(bytes);
            self.output.put(&op[..2 + bytes.len()]);
        } else {
            return self.int_text(value);
        }
        Ok(())
    }

    #[cold]
    fn int_text(&mut self, value: i64) -> Result<()> {
        let mut text = itoa::Buffer::new();
        let text = text.format(value);
        let (opcode, end): (u8, &[u8]) =
            if i32::try_from(value).is_ok() { (code::INT, b"\n") } else { (code::LONG, b"L\n") };
        self.put(&[opcode]);
        self.put(text.as_bytes());
        self.put(end);
        Ok(())
    }

    /// An int of any size: two's complement, little-endian.
    pub(crate) fn big_int(&mut self, bytes: &[u8]) -> Result<()> {
        if let Some(small) = long::to_i64(bytes) {
            return self.int(small);
        }
        self.output.boundary()?;
        let bytes = long::minimal(bytes);
        if !self.at_least(Protocol::V2) {
            let text = long::to_decimal(bytes);
            self.put(&[code::LONG]);
            self.put(text.as_bytes());
            self.put(b"L\n");
        } else if let Ok(length) = u8::try_from(bytes.len()) {
            self.put(&[code::LONG1, length]);
            self.put(bytes);
        } else {
            let Ok(length) = i32::try_from(bytes.len()) else {
                return Err(Error::data("an int of 2 GiB and more cannot be written"));
            };
            self.put(&[code::LONG4]);
            self.put(&length.to_le_bytes());
            self.put(bytes);
        }
        Ok(())
    }

    #[inline]
    pub(crate) fn float(&mut self, value: f64) -> Result<()> {
        self.output.boundary()?;
        if self.at_least(Protocol::V1) {
            self.put_with(code::BINFLOAT, value.to_be_bytes());
            return Ok(());
        }
        let mut text = String::new();
        // Writing to a String does not fail.
        let _ = repr::float(value, &mut text);
        self.put(&[code::FLOAT]);
        self.put(text.as_bytes());
        self.put(b"\n");
        Ok(())
    }

    #[inline]
    pub(crate) fn str(&mut self, value: &str) -> Result<()> {
        self.output.boundary()?;
        self.text(value.as_bytes())
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
        self.text(text.as_bytes())?;
        self.text(b"latin1")?;
        self.call(2)
    }

    pub(crate) fn bytearray(&mut self, bytes: &[u8]) -> Result<()> {
        self.output.boundary()?;
        if self.at_least(Protocol::V5) {
            let mut header = [code::BYTEARRAY8; 9];
            header[1..].copy_from_slice(&(bytes.len() as u64).to_le_bytes());
            return self.output.put_payload(&header, bytes);
        }
        self.global("builtins", "bytearray")?;
        if bytes.is_empty() {
            return self.call(0);
        }
        self.mark_before(1);
        self.bytes(bytes)?;
        self.call(1)
    }

    /// A global by name; its Python 2 name below protocol 3.
    pub(crate) fn global(&mut self, module: &str, name: &str) -> Result<()> {
        let (module, name) = if self.options.fix_imports && !self.at_least(Protocol::V3) {
            compat::python2_name(module, name)
        } else {
            (module, name)
        };
        if self.at_least(Protocol::V4) {
            self.text(module.as_bytes())?;
            self.text(name.as_bytes())?;
            self.put(&[code::STACK_GLOBAL]);
            return Ok(());
        }
        self.put(&[code::GLOBAL]);
        // Writing to a Vec does not fail.
        let _ = write!(self.output.buffer, "{module}\n{name}\n");
        Ok(())
    }

    /// The mark that a tuple of so many arguments needs: see `call`.
    pub(crate) fn mark_before(&mut self, args: usize) {
        if !self.at_least(Protocol::V2) || args > 3 {
            self.put(&[code::MARK]);
        }
    }

    /// Calls what stands below so many arguments.
    pub(crate) fn call(&mut self, args: usize) -> Result<()> {
        match args {
            0 if !self.at_least(Protocol::V1) => self.put(&[code::MARK, code::TUPLE]),
            0 => self.put(&[code::EMPTY_TUPLE]),
            1 if self.at_least(Protocol::V2) => self.put(&[code::TUPLE1]),
            2 if self.at_least(Protocol::V2) => self.put(&[code::TUPLE2]),
            3 if self.at_least(Protocol::V2) => self.put(&[code::TUPLE3]),
            _ => self.put(&[code::TUPLE]),
        }
        self.put(&[code::REDUCE]);
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
        if self.options.memo == Memo::None || key.len() > KEY_LENGTH {
            return self.text(key.as_bytes());
        }
        let lookup = self.memo.key(key);
        self.remembered(lookup, key)
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

    fn store(&mut self, index: u32) {
        if self.at_least(Protocol::V4) {
            self.put(&[code::MEMOIZE]);
        } else {
            self.indexed(index, code::PUT, code::BINPUT, code::LONG_BINPUT);
        }
    }

    fn fetch(&mut self, index: u32) {
        self.indexed(index, code::GET, code::BINGET, code::LONG_BINGET);
    }

    fn indexed(&mut self, index: u32, text: u8, short: u8, long: u8) {
        if !self.at_least(Protocol::V1) {
            self.put(&[text]);
            self.put(itoa::Buffer::new().format(index).as_bytes());
            self.put(b"\n");
        } else if let Ok(index) = u8::try_from(index) {
            self.put(&[short, index]);
        } else {
            let [a, b, c, d] = index.to_le_bytes();
            self.put(&[long, a, b, c, d]);
        }
    }
}

#[inline(always)]
fn pair(opcode: u8, arg: u8) -> [u8; 2] {
    (u16::from(opcode) | u16::from(arg) << 8).to_le_bytes()
}

/// Protocol 0's text: latin-1 where it can be, and escapes where Python has them.
fn raw_unicode_escape(utf8: &[u8], out: &mut Vec<u8>) {
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
