//! Pickles without the memo stores that nothing asks for: Python's `pickletools.optimize`.

use std::collections::{HashMap, HashSet};

use super::{Arg, Opcode, ops};
use crate::{
    Protocol,
    error::{Error, Result},
    op::skip_argument,
    opcode::code,
    ser::{FRAME_LEAST, FRAME_TARGET},
};

/// The pickle at the start of a slice, without the stores in the memo that nothing asks for; the others are numbered anew, and frames
/// are made anew. It loads the same, often faster.
///
/// The result is that of Python's `pickletools.optimize`, byte for byte: also where another numbering might be shorter.
///
/// ```
/// // pickle.dumps(['a', 'b'], 2)
/// let pickle = b"\x80\x02]q\0(X\x01\0\0\0aq\x01X\x01\0\0\0bq\x02e.";
/// assert_eq!(serde_pickle::tools::optimize(pickle)?, b"\x80\x02](X\x01\0\0\0aX\x01\0\0\0be.");
/// # Ok::<(), serde_pickle::Error>(())
/// ```
///
/// # Errors
///
/// If the bytes are no opcodes up to a STOP, or something is asked for that was not stored before.
pub fn optimize(pickle: &[u8]) -> Result<Vec<u8>> {
    let Plan { parts, wanted, protocol, header } = plan(pickle)?;
    let mut framer = Framer::new(pickle.get(..header).unwrap_or_default(), protocol);
    let mut numbers: HashMap<i64, u32, foldhash::fast::RandomState> = HashMap::default();
    let mut next = 0;
    for part in parts {
        match part {
            Part::Put(index) => {
                if !wanted.contains(&index) {
                    continue;
                }
                numbers.insert(index, next);
                framer.add(&put(protocol, next));
                next += 1;
            }
            Part::Get(index, offset) => {
                let number = numbers
                    .get(&index)
                    .copied()
                    .ok_or_else(|| Error::syntax(format!("the memo has no entry {index}")).or_offset(offset as u64))?;
                framer.add(&get(protocol, number));
            }
            Part::Other(start, end) => framer.add(pickle.get(start..end).unwrap_or_default()),
        }
    }
    Ok(framer.finish())
}

/// What is written, in its order.
enum Part {
    /// A store, by the index that it had.
    Put(i64),
    /// A fetch, by the index that it had, and where it stands.
    Get(i64, usize),
    /// From one offset to the other, as it stands.
    Other(usize, usize),
}

struct Plan {
    parts: Vec<Part>,
    /// The indexes that something asks for.
    wanted: HashSet<i64, foldhash::fast::RandomState>,
    protocol: Protocol,
    /// The length of the PROTO at the start, if there is one.
    header: usize,
}

fn plan(pickle: &[u8]) -> Result<Plan> {
    let mut plan = Plan { parts: Vec::new(), wanted: HashSet::default(), protocol: Protocol::V0, header: 0 };
    let mut stored: HashSet<i64, foldhash::fast::RandomState> = HashSet::default();
    for op in ops(pickle) {
        let op = op?;
        let rest = pickle.get(op.offset + 1..).unwrap_or_default();
        let end = op.offset + 1 + skip_argument(op.opcode, rest).unwrap_or_default();
        let index = match op.arg {
            Arg::Int(index) => index,
            Arg::Bool(index) => index.into(),
            _ => -1,
        };
        match op.opcode {
            Opcode::Put | Opcode::BinPut | Opcode::LongBinPut | Opcode::Get | Opcode::BinGet | Opcode::LongBinGet
                if index < 0 =>
            {
                return Err(Error::syntax("the index is out of range").or_offset(op.offset as u64));
            }
            Opcode::Put | Opcode::BinPut | Opcode::LongBinPut => {
                stored.insert(index);
                plan.parts.push(Part::Put(index));
            }
            Opcode::Memoize => {
                let index = stored.len() as i64;
                stored.insert(index);
                plan.parts.push(Part::Put(index));
            }
            Opcode::Frame => {}
            Opcode::Get | Opcode::BinGet | Opcode::LongBinGet => {
                plan.protocol = plan.protocol.max(op.opcode.protocol());
                plan.wanted.insert(index);
                plan.parts.push(Part::Get(index, op.offset));
            }
            Opcode::Proto => {
                let said = u8::try_from(index).ok().and_then(Protocol::from_number);
                let said = said.ok_or_else(|| {
                    Error::syntax(format!("unsupported pickle protocol {index}: the highest is 5"))
                        .or_offset(op.offset as u64)
                })?;
                plan.protocol = plan.protocol.max(said);
                match op.offset {
                    0 => plan.header = end,
                    start => plan.parts.push(Part::Other(start, end)),
                }
            }
            _ => plan.parts.push(Part::Other(op.offset, end)),
        }
    }
    Ok(plan)
}

fn put(protocol: Protocol, index: u32) -> Vec<u8> {
    match u8::try_from(index) {
        _ if protocol >= Protocol::V4 => vec![code::MEMOIZE],
        _ if protocol == Protocol::V0 => format!("p{index}\n").into_bytes(),
        Ok(index) => vec![code::BINPUT, index],
        Err(_) => [&[code::LONG_BINPUT][..], &index.to_le_bytes()].concat(),
    }
}

fn get(protocol: Protocol, index: u32) -> Vec<u8> {
    match u8::try_from(index) {
        _ if protocol == Protocol::V0 => format!("g{index}\n").into_bytes(),
        Ok(index) => vec![code::BINGET, index],
        Err(_) => [&[code::LONG_BINGET][..], &index.to_le_bytes()].concat(),
    }
}

/// As `pickle._Framer`, which decides by whole opcodes, and so differs from the pickler in C.
struct Framer {
    out: Vec<u8>,
    /// From protocol 4 on.
    frame: Option<Vec<u8>>,
}

impl Framer {
    fn new(header: &[u8], protocol: Protocol) -> Framer {
        Framer { out: header.to_vec(), frame: (protocol >= Protocol::V4).then(Vec::new) }
    }

    fn commit(&mut self) {
        let Some(frame) = &mut self.frame else { return };
        if frame.len() >= FRAME_LEAST {
            self.out.push(code::FRAME);
            self.out.extend_from_slice(&(frame.len() as u64).to_le_bytes());
        }
        self.out.append(frame);
    }

    fn add(&mut self, opcode: &[u8]) {
        let frameless = opcode.len() > FRAME_TARGET;
        let Some(frame) = &mut self.frame else {
            self.out.extend_from_slice(opcode);
            return;
        };
        if frame.len() >= FRAME_TARGET || frameless {
            self.commit();
        }
        match &mut self.frame {
            Some(frame) if !frameless => frame.extend_from_slice(opcode),
            _ => self.out.extend_from_slice(opcode),
        }
    }

    fn finish(mut self) -> Vec<u8> {
        self.commit();
        self.out
    }
}
