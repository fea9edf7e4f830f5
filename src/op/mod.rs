//! From bytes to opcodes and their arguments: no stack, no policy.

pub(crate) mod long;
pub(crate) mod text;
