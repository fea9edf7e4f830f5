//! Options of writing.

use crate::Protocol;

/// Which values are stored in the memo and written as a reference when they come again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Memo {
    /// Names of fields and variants, and short text keys of small maps: once each. The default: smaller than what Python
    /// writes, and Python loads it faster, with one object for all keys of that name.
    #[default]
    Keys,
    /// Nothing: for readers that dislike memos.
    None,
}

/// Options of writing, with the functions of the crate root as methods.
///
/// ```
/// use serde_pickle::{Protocol, SerOptions};
///
/// let pickle = SerOptions::new().protocol(Protocol::V2).to_vec(&(1, "two"))?;
/// assert_eq!(pickle, b"\x80\x02K\x01X\x03\0\0\0two\x86.");
/// # Ok::<(), serde_pickle::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct SerOptions {
    pub(crate) protocol: Protocol,
    pub(crate) memo: Memo,
    pub(crate) fix_imports: bool,
    pub(crate) depth_limit: Option<usize>,
    pub(crate) human_readable: bool,
}

/// The nesting that a derived type may have by default, as when reading.
const TYPED_DEPTH: usize = 128;
/// The nesting that a [`Value`](crate::Value) may have by default, as when reading.
const VALUE_DEPTH: usize = 1000;

impl SerOptions {
    /// The defaults.
    pub fn new() -> SerOptions {
        SerOptions {
            protocol: Protocol::DEFAULT,
            memo: Memo::Keys,
            fix_imports: true,
            depth_limit: None,
            human_readable: true,
        }
    }

    /// The protocol to write. Default: [`Protocol::DEFAULT`], which Python 3.4 and later reads.
    pub fn protocol(mut self, protocol: Protocol) -> Self {
        self.protocol = protocol;
        self
    }

    /// What is stored in the memo. Default: [`Memo::Keys`].
    pub fn memo(mut self, memo: Memo) -> Self {
        self.memo = memo;
        self
    }

    /// Whether globals have their Python 2 names below protocol 3, as Python writes by default. Default: yes.
    pub fn fix_imports(mut self, fix: bool) -> Self {
        self.fix_imports = fix;
        self
    }

    /// How deep values may be nested, in levels. Default: 128 for derived types, 1,000 for [`Value`](crate::Value).
    ///
    /// Python's own default is about 500 lists in lists, when writing; it reads any depth.
    pub fn depth_limit(mut self, levels: usize) -> Self {
        self.depth_limit = Some(levels);
        self
    }

    /// What types are told that have one form for people and one for machines, such as IP addresses. Default: for people.
    pub fn human_readable(mut self, yes: bool) -> Self {
        self.human_readable = yes;
        self
    }

    pub(crate) fn typed_depth(&self) -> usize {
        self.depth_limit.unwrap_or(TYPED_DEPTH)
    }

    pub(crate) fn value_depth(&self) -> usize {
        self.depth_limit.unwrap_or(VALUE_DEPTH)
    }
}

impl Default for SerOptions {
    fn default() -> Self {
        SerOptions::new()
    }
}
