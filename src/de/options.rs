//! Options of reading.

/// What the `str` of Python 2 is read as: the stream does not say whether it is text or bytes.
///
/// These are the opcodes STRING, BINSTRING and SHORT_BINSTRING; the option is that of Python's `pickle.loads(encoding=...)`.
/// A target that asks for bytes gets the bytes, whatever is said here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Encoding {
    /// Text if it is UTF-8 (as ASCII always is), else bytes. The default.
    #[default]
    Auto,
    /// Text; anything but ASCII is an error. Python's default.
    Ascii,
    /// Text; each byte is the character of that number. What numpy and old datetimes need in Python.
    Latin1,
    /// Text; anything but UTF-8 is an error.
    Utf8,
    /// Always bytes.
    Bytes,
}

/// Options of reading, with the functions of the crate root as methods.
///
/// ```
/// use serde_pickle::{DeOptions, Encoding};
///
/// // Python 2: pickle.dumps(['caf\xe9'], 2)
/// let pickle = b"\x80\x02]q\x00U\x04caf\xe9q\x01a.";
/// let texts: Vec<String> = DeOptions::new().encoding(Encoding::Latin1).from_slice(pickle)?;
/// assert_eq!(texts, ["café"]);
/// # Ok::<(), serde_pickle::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct DeOptions {
    pub(crate) encoding: Encoding,
    pub(crate) depth_limit: Option<usize>,
    pub(crate) alias_budget: Option<u64>,
    pub(crate) int_max_str_digits: usize,
    pub(crate) keep_memo: bool,
    pub(crate) human_readable: bool,
}

/// The nesting that a derived type may have by default: what fits a 2 MiB stack in a debug build.
const TYPED_DEPTH: usize = 128;
/// The nesting that a [`Value`](crate::Value) may have by default: twice what CPython writes with its default settings before 3.12.
const VALUE_DEPTH: usize = 1000;
/// Expansions below this are never too much.
const LEAST_BUDGET: u64 = 1 << 20;
/// How much larger than the pickle the tree read from it may be.
const BUDGET_PER_BYTE: u64 = 128;

impl DeOptions {
    /// The defaults.
    pub fn new() -> DeOptions {
        DeOptions {
            encoding: Encoding::Auto,
            depth_limit: None,
            alias_budget: None,
            int_max_str_digits: 4300,
            keep_memo: false,
            human_readable: true,
        }
    }

    /// What the str of Python 2 is read as. Default: [`Encoding::Auto`].
    pub fn encoding(mut self, encoding: Encoding) -> Self {
        self.encoding = encoding;
        self
    }

    /// How deep values may be nested, in levels. Default: 128 for derived types, 1,000 for [`Value`](crate::Value).
    ///
    /// Derived types recurse: a level takes up to about 10 KiB of stack in a debug build, and 1 KiB in a release build.
    /// A `Value` is built without recursion; cloning, comparing, printing and dropping it recurse, with at most 2 KiB a level.
    pub fn depth_limit(mut self, levels: usize) -> Self {
        self.depth_limit = Some(levels);
        self
    }

    /// How far shared values may expand when they are read at each of their places: one for each value, and one for each
    /// byte of text, bytes and long ints. Default: 128 times the length of the pickle, and at least 1 Mi.
    pub fn alias_budget(mut self, values_and_bytes: u64) -> Self {
        self.alias_budget = Some(values_and_bytes);
        self
    }

    /// How many decimal digits an int may have that is written as text (protocols 0 and 1); 0 for no limit. Default: 4,300,
    /// as in Python (`sys.set_int_max_str_digits`): reading them takes time that grows with the square.
    pub fn int_max_str_digits(mut self, digits: usize) -> Self {
        self.int_max_str_digits = digits;
        self
    }

    /// Whether the memo goes on from one pickle to the next of a [`Deserializer`](crate::Deserializer), as with a Python
    /// `Unpickler` that loads several times. Default: no.
    pub fn keep_memo(mut self, keep: bool) -> Self {
        self.keep_memo = keep;
        self
    }

    /// What types are told that have one form for people and one for machines, such as IP addresses. Default: for people.
    pub fn human_readable(mut self, yes: bool) -> Self {
        self.human_readable = yes;
        self
    }

    pub(crate) fn typed_depth(&self) -> u32 {
        self.depth_limit.unwrap_or(TYPED_DEPTH).min(u32::MAX as usize) as u32
    }

    pub(crate) fn value_depth(&self) -> usize {
        self.depth_limit.unwrap_or(VALUE_DEPTH)
    }

    pub(crate) fn budget(&self, input: usize) -> u64 {
        self.alias_budget.unwrap_or_else(|| LEAST_BUDGET.max((input as u64).saturating_mul(BUDGET_PER_BYTE)))
    }

    pub(crate) fn settings(&self) -> crate::machine::Settings {
        crate::machine::Settings {
            max_digits: self.int_max_str_digits,
            py2_bytes: self.encoding == Encoding::Bytes,
            keep_memo: self.keep_memo,
        }
    }
}

impl Default for DeOptions {
    fn default() -> Self {
        DeOptions::new()
    }
}
