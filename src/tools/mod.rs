//! Looking into pickles without running them, in the spirit of Python's `pickletools`.
//!
//! ```
//! let text = serde_pickle::tools::dis(b"\x80\x02]q\0K\x01a.")?;
//! assert_eq!(text.lines().nth(1), Some("    2: ]    EMPTY_LIST"));
//! assert_eq!(text.lines().last(), Some("highest protocol among opcodes = 2"));
//! # Ok::<(), serde_pickle::Error>(())
//! ```

mod asm;
mod dis;
mod optimize;

pub use self::{
    asm::assemble,
    dis::{Disassembler, Disassembly, Line, dis},
    optimize::optimize,
};
pub use crate::{
    op::{Arg, Op, Ops},
    opcode::{ArgKind, Opcode},
};

/// The opcodes of the pickle at the start of a slice: Python's `pickletools.genops`.
pub fn ops(pickle: &[u8]) -> Ops<'_> {
    Ops::new(pickle)
}
