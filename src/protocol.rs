//! Pickle protocols.

use std::fmt;

/// A version of the pickle protocol (PEP 307, 3154, 574).
///
/// Reading needs no choice: every opcode is understood whatever `PROTO` says, as in CPython.
/// Writing uses [`Protocol::DEFAULT`] unless [`SerOptions::protocol`](crate::SerOptions::protocol) says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Protocol {
    /// The original text protocol; every Python reads it.
    V0 = 0,
    /// The old binary protocol; every Python reads it.
    V1 = 1,
    /// Python 2.3 and later: `PROTO`, small tuples, `NEWOBJ` (PEP 307).
    V2 = 2,
    /// Python 3.0 and later: bytes.
    V3 = 3,
    /// Python 3.4 and later: frames, sets, 8-byte lengths (PEP 3154). Python's default since 3.8.
    V4 = 4,
    /// Python 3.8 and later: bytearray, out-of-band buffers (PEP 574).
    V5 = 5,
}

impl Protocol {
    /// What is written unless an option says otherwise: Python's own default since 3.8.
    pub const DEFAULT: Protocol = Protocol::V4;
    /// The highest there is.
    pub const HIGHEST: Protocol = Protocol::V5;
    /// All of them, lowest first.
    pub const ALL: [Protocol; 6] = [Protocol::V0, Protocol::V1, Protocol::V2, Protocol::V3, Protocol::V4, Protocol::V5];

    /// The number that `PROTO` carries.
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The protocol of that number, if there is one.
    pub const fn from_number(number: u8) -> Option<Protocol> {
        match number {
            0 => Some(Protocol::V0),
            1 => Some(Protocol::V1),
            2 => Some(Protocol::V2),
            3 => Some(Protocol::V3),
            4 => Some(Protocol::V4),
            5 => Some(Protocol::V5),
            _ => None,
        }
    }
}

impl Default for Protocol {
    fn default() -> Self {
        Protocol::DEFAULT
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.number())
    }
}
