//! How a command ends when it does not end well: one line, and an exit code.

use std::io;

/// The result of a command.
pub(crate) type Outcome<T> = Result<T, Fail>;

/// Exit codes. `clap` ends with 2 when the arguments are wrong.
pub(crate) const BAD_DATA: u8 = 1;
/// A file cannot be read or written.
pub(crate) const IO: u8 = 3;
/// `globals` found something to warn of.
pub(crate) const FOUND: u8 = 4;

/// Why a command fails.
#[derive(Debug)]
pub(crate) struct Fail {
    /// One line; empty if there is nothing to say.
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
    pub(crate) code: u8,
}

impl Fail {
    /// The data is not what it should be.
    pub(crate) fn bad(message: impl Into<String>) -> Fail {
        Fail { message: message.into(), hint: None, code: BAD_DATA }
    }

    /// A file cannot be read or written.
    pub(crate) fn io(message: impl Into<String>) -> Fail {
        Fail { message: message.into(), hint: None, code: IO }
    }

    /// Nothing to say.
    pub(crate) fn quiet(code: u8) -> Fail {
        Fail { message: String::new(), hint: None, code }
    }
}

/// Of writing to standard output. Whoever closed it has seen enough.
impl From<io::Error> for Fail {
    fn from(error: io::Error) -> Fail {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Fail::quiet(0),
            _ => Fail::io(format!("standard output: {error}")),
        }
    }
}
