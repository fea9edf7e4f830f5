//! Looking into pickles without running them, in the spirit of Python's `pickletools`.
//!
//! ```
//! let text = serde_pickle::tools::dis(b"\x80\x02]q\0K\x01a.")?;
//! assert_eq!(text.lines().nth(1), Some("    2: ]    EMPTY_LIST"));
//! assert_eq!(text.lines().last(), Some("highest protocol among opcodes = 2"));
//! # Ok::<(), serde_pickle::Error>(())
//! ```

mod asm;
mod check;
mod dangerous;
mod dis;
mod optimize;
mod trust;

pub use self::{
    asm::assemble,
    check::{Complaint, check},
    dis::{Disassembler, Disassembly, Line, dis},
    optimize::optimize,
    trust::{Action, Danger, TrustReport, What},
};
pub use crate::{
    op::{Arg, Op, Ops},
    opcode::{ArgKind, Opcode},
};

/// What the pickle at the start of a slice would import in Python, in the order of the stream, as
/// [`Graph::globals`](crate::Graph::globals); of a broken pickle what comes before the fault.
pub fn globals(pickle: &[u8]) -> Vec<crate::GlobalUse> {
    let mut store = crate::graph::Store::default();
    let settings = crate::DeOptions::new().settings();
    let scratch = &mut crate::machine::Scratch::default();
    let (end, _) = crate::machine::run(pickle, 0, &mut store, scratch, settings);
    crate::lazy::globals_of(&store, &pickle[..end.min(pickle.len())])
}

/// The opcodes of the pickle at the start of a slice: Python's `pickletools.genops`.
pub fn ops(pickle: &[u8]) -> Ops<'_> {
    Ops::new(pickle)
}
