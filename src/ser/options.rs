//! Options of writing.

use std::sync::Arc;

use crate::Protocol;

/// Which values are stored in the memo and written as a reference when they come again.
///
/// What that makes of a hundred thousand records (a struct of eight fields with a struct in it), and of as many instances of one
/// class with three attributes, at protocol 4: size, and time in which Python 3.11 loads it, relative to what Python writes itself.
///
/// | | records: size | time | instances: size | time |
/// |---|---|---|---|---|
/// | [`Keys`](Memo::Keys) | 0.93 | 0.88 | 0.93 | 0.72 |
/// | [`Equal`](Memo::Equal) | 0.89 | 0.85 | 0.96 | 0.77 |
/// | [`Python`](Memo::Python) | 1 | 1 | 1 | 1 |
/// | [`None`](Memo::None) | 1.27 | 1.34 | 1.68 | 2.93 |
///
/// A [`Graph`](crate::Graph) keeps its sharing and its cycles with each of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Memo {
    /// Names of fields and variants, short text keys of small maps, classes and functions with their names: once each. The
    /// default: smaller than what Python writes, and Python loads it faster, with one object for all keys of that name.
    #[default]
    Keys,
    /// Nothing: for readers that dislike memos.
    None,
    /// As `Keys`, and equal texts once, wherever they stand: for data with many repeated values. Each text is hashed.
    Equal,
    /// Everything that Python stores, as Python stores it: opcodes, memo, batches and frames are those of `pickle.dumps`, byte for
    /// byte, of a value that Python built afresh from the same data.
    ///
    /// Python looks for identity, which Rust's values do not have. The convention is this.
    ///
    /// - Each value is an object of its own: two equal `String`s are two objects, and written twice.
    /// - Names are one object each, wherever they stand as names: those of fields and variants, of classes and functions, of the
    ///   attributes in the state of an object (Python interns them).
    /// - `''` and each character of latin-1 is one object, and so are `b''` and each single byte, as in CPython.
    /// - None, bools, ints, floats and the empty tuple are never stored.
    /// - The items of sets stand in the order of the value; in Python it depends on hashes.
    ///
    /// In a [`Graph`](crate::Graph), identity is known. At its own protocol it comes back as CPython wrote it; at another it is written
    /// as CPython writes it after loading it. Where only the class could tell what that is, the usual is taken: below protocol 2,
    /// an instance with one plain argument is of a subclass of that type, one with several arguments is a named tuple, and one
    /// with items or pairs is of a subclass of list or dict. The other policies write there what is right for every class.
    Python,
}

/// What is asked for each buffer: whether it stays in the pickle.
pub(crate) type BufferCallback = Arc<dyn Fn(&[u8]) -> bool + Send + Sync>;

/// What a [`buffer_callback`](SerOptions::buffer_callback) may return: nothing, if it takes every buffer, or whether the buffer
/// stays in the pickle, as in Python.
pub trait InBand {
    /// Whether the buffer stays in the pickle.
    fn in_band(self) -> bool;
}

impl InBand for () {
    fn in_band(self) -> bool {
        false
    }
}

impl InBand for bool {
    fn in_band(self) -> bool {
        self
    }
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
#[derive(Clone)]
pub struct SerOptions {
    pub(crate) protocol: Protocol,
    pub(crate) memo: Memo,
    pub(crate) fix_imports: bool,
    pub(crate) classes: bool,
    pub(crate) depth_limit: Option<usize>,
    pub(crate) human_readable: bool,
    pub(crate) keep_memo: bool,
    pub(crate) buffer_callback: Option<BufferCallback>,
}

impl std::fmt::Debug for SerOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SerOptions")
            .field("protocol", &self.protocol)
            .field("memo", &self.memo)
            .field("fix_imports", &self.fix_imports)
            .field("classes", &self.classes)
            .field("depth_limit", &self.depth_limit)
            .field("human_readable", &self.human_readable)
            .field("keep_memo", &self.keep_memo)
            .field("buffer_callback", &self.buffer_callback.is_some())
            .finish()
    }
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
            classes: true,
            depth_limit: None,
            human_readable: true,
            keep_memo: false,
            buffer_callback: None,
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

    /// Whether a serde name such as `shop.models:Order` names a Python class, whose instance is written: see
    /// [`guide::classes`](crate::guide::classes). Without, such types are plain data, as all others are. Default: yes.
    pub fn classes(mut self, classes: bool) -> Self {
        self.classes = classes;
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

    /// Whether the pickles of one [`Serializer`](crate::Serializer) share a memo, as those of one `Pickler` in Python that is used several
    /// times: what one pickle has stored (names, keys, classes) the next ones only refer to. Whoever reads them must keep the memo,
    /// too: one `Unpickler`, or [`DeOptions::keep_memo`](crate::DeOptions::keep_memo). Default: no, each pickle stands by itself.
    ///
    /// ```
    /// use serde::Serialize;
    /// use serde_pickle::{Protocol, SerOptions};
    ///
    /// #[derive(Serialize)]
    /// struct Point { x: u8 }
    ///
    /// let mut ser = SerOptions::new().protocol(Protocol::V2).keep_memo(true).serializer(Vec::new());
    /// Point { x: 1 }.serialize(&mut ser)?;
    /// Point { x: 2 }.serialize(&mut ser)?;
    /// assert_eq!(ser.into_inner(), b"\x80\x02}X\x01\0\0\0xq\0K\x01s.\x80\x02}h\0K\x02s.");
    /// # Ok::<(), serde_pickle::Error>(())
    /// ```
    pub fn keep_memo(mut self, keep: bool) -> Self {
        self.keep_memo = keep;
        self
    }

    /// What takes the bytes of each [`Buffer`](crate::Buffer), in order; the pickle then has only their places, and Python needs
    /// the buffers to load it (`pickle.loads(data, buffers=...)`, PEP 574). Needs protocol 5; without it, or below, buffers stand in
    /// the pickle. A callback that returns `true` leaves that buffer in the pickle, as in Python.
    ///
    /// [`to_vec_and_buffers`](SerOptions::to_vec_and_buffers) collects them; [`Value::buffers`](crate::Value::buffers) lends those of
    /// a value, for a callback that does nothing.
    ///
    /// ```
    /// use serde_pickle::{Buffer, Protocol, SerOptions, pickle};
    ///
    /// let value = pickle!([Buffer::new(*b"small"), Buffer::new(vec![7; 100])]);
    /// let options = SerOptions::new().protocol(Protocol::V5);
    /// let pickle = options.clone().buffer_callback(|_| ()).to_vec(&value)?;
    /// assert!(pickle.len() < 30 && value.buffers().len() == 2);
    /// let pickle = options.buffer_callback(|bytes| bytes.len() < 64).to_vec(&value)?;
    /// assert!(pickle.windows(5).any(|window| window == b"small"));
    /// # Ok::<(), serde_pickle::Error>(())
    /// ```
    pub fn buffer_callback<R: InBand>(mut self, callback: impl Fn(&[u8]) -> R + Send + Sync + 'static) -> Self {
        self.buffer_callback = Some(Arc::new(move |bytes: &[u8]| callback(bytes).in_band()));
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
