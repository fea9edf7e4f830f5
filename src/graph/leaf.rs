//! Leaves: values that stand in the input, decoded from the opcode that made them.

use std::{borrow::Cow, ops::Range};

use memchr::memchr;

use super::{How, Kind, Ref, Store};
use crate::{
    op::{long, skip_argument, text},
    opcode::{Opcode, code},
    work,
};

/// A value without children, as its opcode spells it.
#[derive(Debug, Clone)]
pub(crate) enum Leaf<'i> {
    None,
    Bool(bool),
    /// An int that i64 can hold.
    Int(i64),
    /// Any other int: two's complement, little-endian, without redundant bytes.
    Long(Cow<'i, [u8]>),
    Float(f64),
    /// A str: UTF-8 in which lone surrogates may stand as three bytes each. Not checked.
    Str(Cow<'i, [u8]>),
    /// A str of Python 2: text or bytes, the stream does not say.
    Py2Str(Cow<'i, [u8]>),
    Bytes(&'i [u8]),
    EmptyTuple,
    /// By GLOBAL or INST.
    Global(&'i [u8], &'i [u8]),
    Extension(i32),
    /// By PERSID.
    PersistentId(&'i [u8]),
}

impl<'i> Leaf<'i> {
    /// The leaf whose opcode stands at `offset`. The machine has seen that its argument is there and well-formed;
    /// `None` is what anything else would give.
    pub(crate) fn read(input: &'i [u8], offset: usize) -> Option<Leaf<'i>> {
        let (&opcode, rest) = input.get(offset..)?.split_first()?;
        work::steps(|| 1 + Leaf::line_weight(input, offset));
        Some(match opcode {
            code::NONE => Leaf::None,
            code::NEWTRUE => Leaf::Bool(true),
            code::NEWFALSE => Leaf::Bool(false),
            code::BININT1 => Leaf::Int(i64::from(*rest.first()?)),
            code::BININT2 => Leaf::Int(i64::from(u16::from_le_bytes(*rest.first_chunk()?))),
            code::BININT => Leaf::Int(i64::from(i32::from_le_bytes(*rest.first_chunk()?))),
            code::LONG1 | code::LONG4 => Leaf::long(Leaf::payload(opcode, rest)?),
            code::BINFLOAT => Leaf::Float(f64::from_be_bytes(*rest.first_chunk()?)),
            code::SHORT_BINUNICODE | code::BINUNICODE | code::BINUNICODE8 => {
                Leaf::Str(Cow::Borrowed(Leaf::payload(opcode, rest)?))
            }
            code::SHORT_BINBYTES | code::BINBYTES | code::BINBYTES8 => Leaf::Bytes(Leaf::payload(opcode, rest)?),
            code::SHORT_BINSTRING | code::BINSTRING => Leaf::Py2Str(Cow::Borrowed(Leaf::payload(opcode, rest)?)),
            code::EMPTY_TUPLE => Leaf::EmptyTuple,
            code::INT => match text::int(line(rest)?, 0).ok()? {
                text::IntText::Bool(bool) => Leaf::Bool(bool),
                text::IntText::Small(int) => Leaf::Int(int),
                text::IntText::Big { negative, radix, digits } => Leaf::big(negative, radix, &digits),
            },
            code::LONG => match text::long(line(rest)?, 0).ok()? {
                text::IntText::Bool(bool) => Leaf::Int(i64::from(bool)),
                text::IntText::Small(int) => Leaf::Int(int),
                text::IntText::Big { negative, radix, digits } => Leaf::big(negative, radix, &digits),
            },
            code::FLOAT => Leaf::Float(text::float(line(rest)?).ok()?),
            code::STRING => Leaf::Py2Str(text::unescape(text::check_string(line(rest)?).ok()?)),
            code::UNICODE => Leaf::Str(text::decode_unicode(line(rest)?)),
            code::GLOBAL | code::INST => {
                let module = line(rest)?;
                Leaf::Global(module, line(rest.get(module.len() + 1..)?)?)
            }
            code::EXT1 => Leaf::Extension(i32::from(*rest.first()?)),
            code::EXT2 => Leaf::Extension(i32::from(u16::from_le_bytes(*rest.first_chunk()?))),
            code::EXT4 => Leaf::Extension(i32::from_le_bytes(*rest.first_chunk()?)),
            code::PERSID => Leaf::PersistentId(line(rest)?),
            _ => return None,
        })
    }

    /// What an opcode with a binary length carries; `rest` begins just after the opcode.
    #[inline]
    pub(crate) fn payload(opcode: u8, rest: &'i [u8]) -> Option<&'i [u8]> {
        match opcode {
            code::SHORT_BINUNICODE | code::SHORT_BINBYTES | code::SHORT_BINSTRING | code::LONG1 => {
                let (&length, rest) = rest.split_first()?;
                rest.get(..usize::from(length))
            }
            code::BINUNICODE | code::BINBYTES | code::BINSTRING | code::LONG4 => {
                let (length, rest) = rest.split_first_chunk()?;
                rest.get(..u32::from_le_bytes(*length) as usize)
            }
            code::BINUNICODE8 | code::BINBYTES8 | code::BYTEARRAY8 => {
                let (length, rest) = rest.split_first_chunk()?;
                rest.get(..usize::try_from(u64::from_le_bytes(*length)).ok()?)
            }
            _ => None,
        }
    }

    /// Where the payload stands of the bytes or str whose opcode stands at `offset`, if its length is written before it.
    pub(crate) fn payload_range(input: &[u8], offset: usize) -> Option<Range<usize>> {
        let (&opcode, rest) = input.get(offset..)?.split_first()?;
        let length = Leaf::payload(opcode, rest)?.len();
        let prefix = match opcode {
            code::SHORT_BINBYTES | code::SHORT_BINSTRING | code::SHORT_BINUNICODE => 1,
            code::BINBYTES | code::BINSTRING | code::BINUNICODE => 4,
            code::BINBYTES8 | code::BINUNICODE8 | code::BYTEARRAY8 => 8,
            _ => return None,
        };
        let start = offset + 1 + prefix;
        Some(start..start + length)
    }

    /// The content of the BYTEARRAY8 at `offset`, as the stream first has it.
    pub(crate) fn bytearray8(input: &'i [u8], offset: usize) -> &'i [u8] {
        let rest = input.get(offset + 1..).unwrap_or_default();
        Leaf::payload(code::BYTEARRAY8, rest).unwrap_or_default()
    }

    fn long(bytes: &'i [u8]) -> Leaf<'i> {
        match long::to_i64(bytes) {
            Some(int) => Leaf::Int(int),
            None => Leaf::Long(Cow::Borrowed(long::minimal(bytes))),
        }
    }

    fn big(negative: bool, radix: u32, digits: &[u8]) -> Leaf<'i> {
        let bytes = long::from_digits(negative, radix, digits);
        match long::to_i64(&bytes) {
            Some(int) => Leaf::Int(int),
            None => Leaf::Long(Cow::Owned(bytes)),
        }
    }

    /// What reading it costs beyond being a value: the length of its content.
    pub(crate) fn weight(input: &[u8], offset: usize) -> u64 {
        let Some((&opcode, rest)) = input.get(offset..).and_then(<[u8]>::split_first) else { return 0 };
        match Leaf::payload(opcode, rest) {
            Some(payload) => payload.len() as u64,
            None => Leaf::line_weight(input, offset) as u64,
        }
    }

    /// Whether its argument is text up to a newline, which does not come within so many bytes.
    pub(crate) fn is_long_line(input: &[u8], offset: usize, length: usize) -> bool {
        let Some((&opcode, rest)) = input.get(offset..).and_then(<[u8]>::split_first) else { return false };
        let is_line = matches!(
            opcode,
            code::INT
                | code::LONG
                | code::FLOAT
                | code::STRING
                | code::UNICODE
                | code::PERSID
                | code::GLOBAL
                | code::INST
        );
        is_line && memchr(b'\n', &rest[..rest.len().min(length)]).is_none()
    }

    /// The length of an argument that is text up to a newline, or two: such a value is decoded anew each time it is looked at,
    /// however small it is then. 0 for all others.
    pub(crate) fn line_weight(input: &[u8], offset: usize) -> usize {
        let Some((&opcode, rest)) = input.get(offset..).and_then(<[u8]>::split_first) else { return 0 };
        let first = match opcode {
            code::INT | code::LONG | code::FLOAT | code::STRING | code::UNICODE | code::PERSID => {
                return memchr(b'\n', rest).unwrap_or(0);
            }
            code::GLOBAL | code::INST => memchr(b'\n', rest).unwrap_or(0),
            _ => return 0,
        };
        first + rest.get(first + 1..).and_then(|rest| memchr(b'\n', rest)).unwrap_or(0)
    }
}

impl Store {
    /// A leaf as it stands in the input, opcode and argument; and how much of that stands before its payload.
    pub(crate) fn raw_leaf<'i>(&self, input: &'i [u8], node: Ref) -> Option<(usize, &'i [u8])> {
        if node.is_composite() && self.composite(node).kind != Kind::FarLeaf {
            return None;
        }
        let raw = input.get(self.offset(node)..)?;
        let (&opcode, rest) = raw.split_first()?;
        // The class of INST is part of what makes the object.
        if opcode == code::INST {
            return None;
        }
        let length = 1 + skip_argument(Opcode::from_code(opcode)?, rest)?;
        let payload = Leaf::payload(opcode, rest).map_or(0, <[u8]>::len);
        Some((length - payload, raw.get(..length)?))
    }

    /// Whether a value is such that Python would store it.
    pub(crate) fn is_storable(&self, input: &[u8], node: Ref) -> bool {
        // A name that was given state is the object, and stored as a name.
        let is_name = |node: Ref| {
            let composite = self.composite(node);
            composite.kind == Kind::Object && composite.how() == How::Promoted
        };
        let node = if node.is_composite() && is_name(node) { self.callable(node) } else { node };
        if node.is_composite() && self.composite(node).kind != Kind::FarLeaf {
            return !matches!(self.composite(node).kind, Kind::PersistentId | Kind::Buffer | Kind::ReadonlyView);
        }
        let leaf = Leaf::read(input, self.offset(node));
        matches!(leaf, Some(Leaf::Str(_) | Leaf::Py2Str(_) | Leaf::Bytes(_) | Leaf::Global(..)))
    }

    /// The opcode of a leaf.
    pub(crate) fn leaf_code(&self, input: &[u8], node: Ref) -> Option<u8> {
        if node.is_composite() && self.composite(node).kind != Kind::FarLeaf {
            return None;
        }
        input.get(self.offset(node)).copied()
    }

    /// Whether a value is a leaf that stands for something outside.
    pub(crate) fn is_name(&self, input: &[u8], node: Ref) -> bool {
        let names = [code::GLOBAL, code::INST, code::EXT1, code::EXT2, code::EXT4, code::PERSID];
        self.leaf_code(input, node).is_some_and(|code| names.contains(&code))
    }

    /// Whether a value is a name of whatever spelling: what can be given state itself.
    pub(crate) fn is_named(&self, input: &[u8], node: Ref) -> bool {
        let kind = node.is_composite().then(|| self.composite(node).kind);
        matches!(kind, Some(Kind::Global | Kind::PersistentId)) || self.is_name(input, node)
    }

    /// Names can be called, and what names return; an int or a list cannot.
    pub(crate) fn is_callable(&self, input: &[u8], node: Ref) -> bool {
        let made = node.is_composite() && self.composite(node).kind == Kind::Object;
        made || self.is_named(input, node)
    }

    /// Whether the stream stores a value in the memo right after it is made.
    pub(crate) fn is_stored(&self, input: &[u8], node: Ref) -> bool {
        let rest = input.get(self.offset(node)..).and_then(<[u8]>::split_first);
        let Some((&opcode, rest)) = rest else { return false };
        let length = Opcode::from_code(opcode).and_then(|opcode| skip_argument(opcode, rest));
        let mut rest = length.and_then(|length| rest.get(length..)).unwrap_or_default();
        // A large payload stands outside frames.
        if rest.first() == Some(&code::FRAME) {
            rest = rest.get(9..).unwrap_or_default();
        }
        matches!(rest.first(), Some(&(code::MEMOIZE | code::PUT | code::BINPUT | code::LONG_BINPUT)))
    }
}

/// Up to the newline, without it.
fn line(rest: &[u8]) -> Option<&[u8]> {
    rest.get(..memchr(b'\n', rest)?)
}
