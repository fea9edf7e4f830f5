//! What the machine says of a stream that is refused.

use super::Machine;
use crate::{
    error::{Error, ErrorKind},
    opcode::Opcode,
};

impl Machine<'_> {
    pub(super) fn opcode_name(&self) -> &'static str {
        self.input.get(self.at).and_then(|&code| Opcode::from_code(code)).map_or("?", Opcode::name)
    }

    #[cold]
    pub(super) fn eof_at(&mut self, at: usize) -> Error {
        self.at = at;
        self.eof_in_argument()
    }

    #[cold]
    pub(super) fn no_entry_at(&mut self, at: usize, index: u8) -> Error {
        self.at = at;
        self.no_entry(index)
    }

    #[cold]
    pub(super) fn eof_in_argument(&self) -> Error {
        Error::new(ErrorKind::EofArgument(self.opcode_name()))
    }

    #[cold]
    pub(super) fn syntax(&self, message: &str) -> Error {
        Error::syntax(format!("{}: {message}", self.opcode_name()))
    }

    /// An error about the argument of this opcode.
    #[cold]
    pub(super) fn here(&self, error: Error) -> Error {
        error.or_offset(self.at as u64)
    }

    #[cold]
    pub(super) fn underflow(&self) -> Error {
        self.syntax(if self.marks.is_empty() { "the stack is empty" } else { "unexpected MARK on the stack" })
    }

    #[cold]
    pub(super) fn no_entry(&self, index: impl std::fmt::Display) -> Error {
        self.syntax(&format!("the memo has no entry {index}"))
    }

    #[cold]
    pub(super) fn too_large(&self) -> Error {
        Error::limit("the pickle holds more values than can be numbered")
    }
}
