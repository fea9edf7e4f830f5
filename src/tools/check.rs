//! What is wrong with a pickle that loads all the same.

use super::{Disassembler, Opcode, ops};
use crate::op::Arg;

/// Something about a pickle that Python's `pickletools` would complain about, or that no pickler writes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Complaint {
    /// The byte offset of the opcode concerned.
    pub offset: u64,
    /// What is wrong.
    pub message: String,
}

impl std::fmt::Display for Complaint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} at byte {}", self.message, self.offset)
    }
}

/// What `pickletools.dis` would complain about in the pickle at the start of a slice, and frames that no pickler writes: off the
/// boundaries of opcodes, one in another, past the STOP. Readers are not that strict. Nothing if all is well.
///
/// ```
/// use serde_pickle::tools::check;
///
/// assert!(check(b"\x80\x04N.").is_empty());
/// let complaints = check(b"\x80\x04\x95\x03\0\0\0\0\0\0\0NN.");
/// assert_eq!(complaints[0].to_string(), "stack not empty after STOP: 1 left at byte 13");
/// ```
pub fn check(pickle: &[u8]) -> Vec<Complaint> {
    let mut complaints = frames(pickle);
    let mut last = 0;
    for line in Disassembler::new(pickle) {
        match line {
            Ok(line) => last = line.op.map_or(last, |op| op.offset),
            Err(error) => {
                let offset = error.offset().unwrap_or(last as u64);
                let message = error.to_string();
                let place = format!(" at byte {offset}");
                let message = message.strip_suffix(&place).unwrap_or(&message).to_owned();
                complaints.push(Complaint { offset, message });
            }
        }
    }
    complaints.sort_by_key(|complaint| complaint.offset);
    complaints
}

fn frames(pickle: &[u8]) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    // The end of the frame that is open.
    let mut frame: Option<usize> = None;
    let mut declared = None;
    let mut say = |offset: usize, message: String| complaints.push(Complaint { offset: offset as u64, message });
    let mut next = ops(pickle).filter_map(Result::ok).peekable();
    while let Some(op) = next.next() {
        let end = next.peek().map(|next| next.offset);
        if frame.is_some_and(|frame| frame <= op.offset) {
            frame = None;
        }
        match (op.opcode, &op.arg) {
            (Opcode::Proto, Arg::Int(version)) if op.offset == 0 => declared = Some(*version),
            (Opcode::Proto, _) => say(op.offset, "PROTO is not the first opcode".to_owned()),
            (Opcode::Frame, Arg::Int(length)) => {
                if frame.is_some() {
                    say(op.offset, "a frame begins inside another".to_owned());
                }
                let begin = op.offset + 9;
                let left = pickle.len() - begin.min(pickle.len());
                match usize::try_from(*length).ok().filter(|&length| length <= left) {
                    Some(length) => frame = Some(begin + length),
                    None => say(op.offset, format!("a frame of {length} bytes, of which {left} are there")),
                }
            }
            (opcode, _) => {
                if let Some(declared) = declared
                    && i64::from(opcode.protocol().number()) > declared
                {
                    let protocol = opcode.protocol().number();
                    say(op.offset, format!("{opcode} is of protocol {protocol}, and PROTO says {declared}"));
                }
            }
        }
        let end = end.or((op.opcode == Opcode::Stop).then_some(op.offset + 1));
        if let (Some(frame), Some(end)) = (frame, end)
            && op.opcode != Opcode::Frame
        {
            if end > frame {
                say(op.offset, format!("a frame ends inside {}", op.opcode));
            } else if op.opcode == Opcode::Stop && end < frame {
                say(op.offset, format!("the last frame reaches {} bytes past STOP", frame - end));
            }
        }
    }
    complaints
}
