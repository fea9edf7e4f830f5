//! From bytes to opcodes and their arguments: no stack, no policy.

pub(crate) mod long;
pub(crate) mod text;

use std::borrow::Cow;

use memchr::memchr;

use crate::{
    error::{Error, ErrorKind, Result},
    opcode::{ArgKind, Opcode, Span},
};

/// An opcode with its argument, where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Op<'p> {
    /// The opcode.
    pub opcode: Opcode,
    /// What follows it.
    pub arg: Arg<'p>,
    /// The byte offset of the opcode.
    pub offset: usize,
}

/// The argument of an opcode, decoded.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Arg<'p> {
    /// There is none.
    None,
    /// Of INT: `00` or `01`.
    Bool(bool),
    /// A number, an index, a length.
    Int(i64),
    /// An int that i64 cannot hold: two's complement, little-endian.
    Long(Cow<'p, [u8]>),
    /// A float.
    Float(f64),
    /// Text: UTF-8, in which lone surrogates may stand as three bytes each.
    Str(Cow<'p, [u8]>),
    /// A str of Python 2.
    Py2Str(Cow<'p, [u8]>),
    /// Bytes.
    Bytes(&'p [u8]),
    /// The content of a bytearray.
    ByteArray(&'p [u8]),
}

/// The opcodes of a pickle, one after the other, up to its STOP: Python's `pickletools.genops`. After an error there is nothing more.
#[derive(Debug, Clone)]
pub struct Ops<'p> {
    pickle: &'p [u8],
    pos: usize,
    done: bool,
}

impl<'p> Ops<'p> {
    pub(crate) fn new(pickle: &'p [u8]) -> Self {
        Ops { pickle, pos: 0, done: false }
    }

    fn op(&mut self) -> Result<Op<'p>> {
        let offset = self.pos;
        let Some(&code) = self.pickle.get(offset) else {
            return Err(Error::new(ErrorKind::EofOpcode).or_offset(offset as u64));
        };
        let Some(opcode) = Opcode::from_code(code) else {
            return Err(Error::syntax(format!("unknown opcode 0x{code:02x}")).or_offset(offset as u64));
        };
        let rest = &self.pickle[offset + 1..];
        let eof = || Error::new(ErrorKind::EofArgument(opcode.name())).or_offset(offset as u64);
        let length = span_length(opcode.arg().span(), rest).ok_or_else(eof)?;
        let arg = decode(opcode.arg(), rest.get(..length).ok_or_else(eof)?)
            .map_err(|error| error.or_offset(offset as u64))?;
        self.pos = offset + 1 + length;
        self.done = opcode == Opcode::Stop;
        Ok(Op { opcode, arg, offset })
    }
}

impl<'p> Iterator for Ops<'p> {
    type Item = Result<Op<'p>>;

    fn next(&mut self) -> Option<Result<Op<'p>>> {
        if self.done {
            return None;
        }
        let op = self.op();
        self.done |= op.is_err();
        Some(op)
    }
}

/// How long the argument of an opcode is that begins here.
pub(crate) fn skip_argument(opcode: Opcode, rest: &[u8]) -> Option<usize> {
    span_length(opcode.arg().span(), rest)
}

/// How long an argument is; `None` if it ends beyond what there is, or what there can be.
fn span_length(span: Span, rest: &[u8]) -> Option<usize> {
    match span {
        Span::Fixed(length) => Some(length),
        Span::Prefixed(width) => usize::try_from(prefix(rest.get(..width)?)).ok()?.checked_add(width),
        Span::Lines(lines) => {
            let mut end = 0;
            for _ in 0..lines {
                end += memchr(b'\n', rest.get(end..)?)? + 1;
            }
            Some(end)
        }
    }
}

fn prefix(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |value, &byte| value << 8 | u64::from(byte))
}

/// An argument, of which every byte is there.
fn decode(kind: ArgKind, bytes: &[u8]) -> Result<Arg<'_>> {
    let payload = |width| bytes.get(width..).unwrap_or_default();
    let line = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    Ok(match kind {
        ArgKind::None => Arg::None,
        ArgKind::Uint1 | ArgKind::Uint2 | ArgKind::Uint4 => Arg::Int(prefix(bytes) as i64),
        ArgKind::Uint8 => match i64::try_from(prefix(bytes)) {
            Ok(value) => Arg::Int(value),
            Err(_) => return Err(Error::syntax("the length is 2**63 or more")),
        },
        ArgKind::Int4 => Arg::Int(i64::from(prefix(bytes) as i32)),
        ArgKind::DecimalNlShort => int(text::int(line, long::MAX_DIGITS)?),
        ArgKind::DecimalNlLong => int(text::long(line, long::MAX_DIGITS)?),
        ArgKind::FloatNl => Arg::Float(text::float(line)?),
        ArgKind::Float8 => Arg::Float(f64::from_bits(bytes.iter().fold(0, |bits, &byte| bits << 8 | u64::from(byte)))),
        ArgKind::StringNl => Arg::Py2Str(text::unescape(text::check_string(line)?)),
        ArgKind::StringNlNoEscape => Arg::Str(Cow::Borrowed(line)),
        ArgKind::StringNlNoEscapePair => {
            Arg::Str(line.iter().map(|&byte| if byte == b'\n' { b' ' } else { byte }).collect())
        }
        ArgKind::UnicodeStringNl => {
            text::check_unicode(line)?;
            Arg::Str(text::decode_unicode(line))
        }
        ArgKind::String1 => Arg::Py2Str(Cow::Borrowed(payload(1))),
        ArgKind::String4 => Arg::Py2Str(Cow::Borrowed(payload(4))),
        ArgKind::Bytes1 => Arg::Bytes(payload(1)),
        ArgKind::Bytes4 => Arg::Bytes(payload(4)),
        ArgKind::Bytes8 => Arg::Bytes(payload(8)),
        ArgKind::ByteArray8 => Arg::ByteArray(payload(8)),
        ArgKind::UnicodeString1 => Arg::Str(Cow::Borrowed(payload(1))),
        ArgKind::UnicodeString4 => Arg::Str(Cow::Borrowed(payload(4))),
        ArgKind::UnicodeString8 => Arg::Str(Cow::Borrowed(payload(8))),
        ArgKind::Long1 => long_arg(payload(1)),
        ArgKind::Long4 => long_arg(payload(4)),
    })
}

fn int(text: text::IntText<'_>) -> Arg<'_> {
    match text {
        text::IntText::Bool(value) => Arg::Bool(value),
        text::IntText::Small(value) => Arg::Int(value),
        text::IntText::Big { negative, radix, digits } => {
            let bytes = long::from_digits(negative, radix, &digits);
            long::to_i64(&bytes).map_or(Arg::Long(Cow::Owned(bytes)), Arg::Int)
        }
    }
}

fn long_arg(bytes: &[u8]) -> Arg<'_> {
    long::to_i64(bytes).map_or(Arg::Long(Cow::Borrowed(bytes)), Arg::Int)
}
