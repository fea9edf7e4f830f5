//! The assembler: opcodes to bytes, the other way round.

use std::io::Write as _;

use crate::{
    error::{Error, Result},
    op::{Arg, Op, long},
    opcode::ArgKind,
    repr,
    ser::raw_unicode_escape,
};

/// The pickle of opcodes with their arguments: what [`ops`](super::ops) reads. Offsets are not looked at.
///
/// For streams that no pickler writes: tests, repairs, other forms of a pickle. Whether the opcodes make sense, one after the
/// other, is not checked.
///
/// ```
/// use serde_pickle::tools::{self, Op};
///
/// let pickle = b"\x80\x04]\x94(K\x01\x8c\x01ae.";
/// let mut ops = tools::ops(pickle).collect::<serde_pickle::Result<Vec<Op>>>()?;
/// assert_eq!(tools::assemble(&ops)?, pickle);
/// ops.remove(2); // MEMOIZE
/// assert_eq!(tools::assemble(&ops)?, b"\x80\x04](K\x01\x8c\x01ae.");
/// # Ok::<(), serde_pickle::Error>(())
/// ```
///
/// # Errors
///
/// If an argument is not one that its opcode can have.
pub fn assemble<'o, 'p: 'o>(ops: impl IntoIterator<Item = &'o Op<'p>>) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    for op in ops {
        out.push(op.opcode.code());
        push(op.opcode.arg(), &op.arg, &mut out).ok_or_else(|| {
            let message = format!("{:?} is no argument of {}", op.arg, op.opcode);
            Error::data(message).or_offset(op.offset as u64)
        })?;
    }
    Ok(out)
}

/// Gives nothing if the argument does not fit.
fn push(kind: ArgKind, arg: &Arg<'_>, out: &mut Vec<u8>) -> Option<()> {
    match (kind, arg) {
        (ArgKind::None, Arg::None) => {}
        (ArgKind::Uint1, Arg::Int(value)) => out.push(u8::try_from(*value).ok()?),
        (ArgKind::Uint2, Arg::Int(value)) => out.extend(u16::try_from(*value).ok()?.to_le_bytes()),
        (ArgKind::Uint4, Arg::Int(value)) => out.extend(u32::try_from(*value).ok()?.to_le_bytes()),
        (ArgKind::Uint8, Arg::Int(value)) => out.extend(u64::try_from(*value).ok()?.to_le_bytes()),
        (ArgKind::Int4, Arg::Int(value)) => out.extend(i32::try_from(*value).ok()?.to_le_bytes()),
        (ArgKind::Float8, Arg::Float(value)) => out.extend(value.to_bits().to_be_bytes()),
        (ArgKind::DecimalNlShort, Arg::Bool(value)) => out.extend_from_slice(if *value { b"01\n" } else { b"00\n" }),
        (ArgKind::DecimalNlShort, Arg::Int(value)) => writeln!(out, "{value}").ok()?,
        (ArgKind::DecimalNlShort, Arg::Long(bytes)) => writeln!(out, "{}", long::to_text(bytes)).ok()?,
        (ArgKind::DecimalNlLong, Arg::Int(value)) => writeln!(out, "{value}L").ok()?,
        (ArgKind::DecimalNlLong, Arg::Long(bytes)) => writeln!(out, "{}L", long::to_text(bytes)).ok()?,
        (ArgKind::FloatNl, Arg::Float(value)) => line(|text| repr::float(*value, text), out)?,
        (ArgKind::StringNl, Arg::Py2Str(bytes)) => {
            let mut text = String::new();
            repr::bytes(bytes, &mut text).ok()?;
            // Without the `b`.
            out.extend_from_slice(text.get(1..)?.as_bytes());
            out.push(b'\n');
        }
        (ArgKind::StringNlNoEscape, Arg::Str(text)) if !text.contains(&b'\n') => {
            out.extend_from_slice(text);
            out.push(b'\n');
        }
        (ArgKind::StringNlNoEscapePair, Arg::Str(text)) if !text.contains(&b'\n') => {
            let space = text.iter().position(|&byte| byte == b' ')?;
            out.extend_from_slice(&text[..space]);
            out.push(b'\n');
            out.extend_from_slice(&text[space + 1..]);
            out.push(b'\n');
        }
        (ArgKind::UnicodeStringNl, Arg::Str(text)) => {
            raw_unicode_escape(text, out);
            out.push(b'\n');
        }
        (ArgKind::Long1 | ArgKind::Long4, Arg::Int(value)) => {
            let width = if kind == ArgKind::Long1 { 1 } else { 4 };
            sized(width, long::minimal(&value.to_le_bytes()), out)?;
        }
        (ArgKind::Long1, Arg::Long(bytes)) => sized(1, bytes, out)?,
        (ArgKind::Long4, Arg::Long(bytes)) => sized(4, bytes, out)?,
        (ArgKind::String1, Arg::Py2Str(bytes)) => sized(1, bytes, out)?,
        (ArgKind::String4, Arg::Py2Str(bytes)) => sized(4, bytes, out)?,
        (ArgKind::Bytes1, Arg::Bytes(bytes)) => sized(1, bytes, out)?,
        (ArgKind::Bytes4, Arg::Bytes(bytes)) => sized(4, bytes, out)?,
        (ArgKind::Bytes8, Arg::Bytes(bytes)) | (ArgKind::ByteArray8, Arg::ByteArray(bytes)) => sized(8, bytes, out)?,
        (ArgKind::UnicodeString1, Arg::Str(text)) => sized(1, text, out)?,
        (ArgKind::UnicodeString4, Arg::Str(text)) => sized(4, text, out)?,
        (ArgKind::UnicodeString8, Arg::Str(text)) => sized(8, text, out)?,
        _ => return None,
    }
    Some(())
}

/// A length of so many bytes, little-endian, and as many bytes as it says.
fn sized(width: usize, bytes: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let length = (bytes.len() as u64).to_le_bytes();
    if length.get(width..)?.iter().any(|&byte| byte != 0) {
        return None;
    }
    out.extend_from_slice(length.get(..width)?);
    out.extend_from_slice(bytes);
    Some(())
}

fn line(write: impl FnOnce(&mut String) -> std::fmt::Result, out: &mut Vec<u8>) -> Option<()> {
    let mut text = String::new();
    write(&mut text).ok()?;
    out.extend_from_slice(text.as_bytes());
    out.push(b'\n');
    Some(())
}
