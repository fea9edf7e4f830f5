//! Options of reading.

use std::{collections::HashMap, sync::Arc};

use crate::{
    error::Result,
    graph::Extensions,
    machine::RawArrays,
    value::{Global, Value},
};

/// What the `str` of Python 2 is read as: the stream does not say whether it is text or bytes.
///
/// These are the opcodes STRING, BINSTRING and SHORT_BINSTRING; the option is that of Python's `pickle.loads(encoding=...)`.
/// A target that asks for bytes gets the bytes, whatever is said here. For other encodings: [`DeOptions::str_decoder`].
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
///
/// The lifetime is that of the buffers and functions that are lent to it.
#[derive(Clone)]
pub struct DeOptions<'a> {
    pub(crate) encoding: Encoding,
    pub(crate) depth_limit: Option<usize>,
    pub(crate) alias_budget: Option<u64>,
    pub(crate) int_max_str_digits: usize,
    pub(crate) keep_memo: bool,
    pub(crate) human_readable: bool,
    pub(crate) strict: bool,
    pub(crate) cycles: Cycles,
    pub(crate) persistent_load: Option<PersistentLoad<'a>>,
    pub(crate) str_decoder: Option<StrDecoder<'a>>,
    pub(crate) extensions: Option<Extensions>,
    pub(crate) buffers: Vec<&'a [u8]>,
    pub(crate) class_like: Option<Arc<HashMap<String, Global>>>,
    pub(crate) check_classes: bool,
    pub(crate) allowed_globals: Option<Arc<[String]>>,
}

/// What gives a persistent id its value.
pub(crate) type PersistentLoad<'a> = Arc<dyn Fn(&Value) -> Result<Value> + Send + Sync + 'a>;

/// What makes text of a str of Python 2.
pub(crate) type StrDecoder<'a> = Arc<dyn Fn(&[u8]) -> Result<Value> + Send + Sync + 'a>;

/// What is read where a value contains itself: Rust's trees cannot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Cycles {
    /// An error. The default.
    #[default]
    Error,
    /// None, in the place where the value would begin again.
    None,
}

impl std::fmt::Debug for DeOptions<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeOptions")
            .field("encoding", &self.encoding)
            .field("depth_limit", &self.depth_limit)
            .field("alias_budget", &self.alias_budget)
            .field("int_max_str_digits", &self.int_max_str_digits)
            .field("keep_memo", &self.keep_memo)
            .field("human_readable", &self.human_readable)
            .field("strict", &self.strict)
            .field("cycles", &self.cycles)
            .field("persistent_load", &self.persistent_load.is_some())
            .field("str_decoder", &self.str_decoder.is_some())
            .field("extensions", &self.extensions)
            .field("buffers", &self.buffers.len())
            .field("class_like", &self.class_like)
            .field("check_classes", &self.check_classes)
            .field("allow_globals", &self.allowed_globals)
            .finish()
    }
}

/// The nesting that a derived type may have by default: what fits a 2 MiB stack in a debug build.
const TYPED_DEPTH: usize = 128;
/// The nesting that a [`Value`](crate::Value) may have by default: twice what CPython writes with its default settings before 3.12.
const VALUE_DEPTH: usize = 1000;
/// Expansions below this are never too much.
const LEAST_BUDGET: u64 = 1 << 20;
/// How much larger than the pickle the tree read from it may be.
const BUDGET_PER_BYTE: u64 = 128;

impl<'a> DeOptions<'a> {
    /// The defaults.
    pub const fn new() -> DeOptions<'a> {
        DeOptions {
            encoding: Encoding::Auto,
            depth_limit: None,
            alias_budget: None,
            int_max_str_digits: 4300,
            keep_memo: false,
            human_readable: true,
            strict: false,
            cycles: Cycles::Error,
            persistent_load: None,
            str_decoder: None,
            extensions: None,
            buffers: Vec::new(),
            class_like: None,
            check_classes: false,
            allowed_globals: None,
        }
    }

    /// What the str of Python 2 is read as. Default: [`Encoding::Auto`].
    pub fn encoding(mut self, encoding: Encoding) -> Self {
        self.encoding = encoding;
        self
    }

    /// How deep values may be nested, in levels. Default: 128 for derived types, 1,000 for [`Value`](crate::Value).
    ///
    /// Derived types recurse: a level takes up to about 11 KiB of stack in a debug build, and 2 KiB in a release build.
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

    /// Whether the verdict is exactly that of CPython's C unpickler with its defaults: content is checked everywhere, also in what
    /// is ignored or discarded (UTF-8, keys that are unhashable), and persistent ids, extension codes and buffers must be resolved.
    /// Python 2's str must be ASCII, unless an [`encoding`](DeOptions::encoding) says otherwise. Default: no.
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// What is read where a value contains itself. Default: [`Cycles::Error`]. A [`Graph`](crate::Graph) keeps cycles.
    pub fn cycles(mut self, cycles: Cycles) -> Self {
        self.cycles = cycles;
        self
    }

    /// What gives a persistent id its value, as Python's `Unpickler.persistent_load`. It is asked for ids that are read, and not for
    /// those that are ignored. Without it, ids are ids: see [`PersistentId`](crate::PersistentId).
    ///
    /// ```
    /// use serde_pickle::{DeOptions, Value, pickle};
    ///
    /// let load = |id: &Value| Ok(pickle!({"id": id.clone(), "name": "Ada"}));
    /// let options = DeOptions::new().persistent_load(load);
    /// let users: Vec<Value> = options.from_slice(b"\x80\x02]q\x00K\x07Qa.")?;
    /// assert_eq!(users[0]["name"], "Ada");
    /// # Ok::<(), serde_pickle::Error>(())
    /// ```
    pub fn persistent_load(mut self, load: impl Fn(&Value) -> Result<Value> + Send + Sync + 'a) -> Self {
        self.persistent_load = Some(Arc::new(load));
        self
    }

    /// What makes text of the `str` of Python 2, in the place of an [`encoding`](DeOptions::encoding): for those that have no name
    /// there, and for what Python's `errors=` does. The function gets the bytes, and gives text, text with lone surrogates, or bytes
    /// to be left as such. It is asked for what is read, keys included (with [`strict`](DeOptions::strict) for all); a target that
    /// asks for bytes gets the bytes of the stream.
    ///
    /// Any crate of encodings will do, such as encoding_rs: `|bytes| Ok(WINDOWS_1252.decode(bytes).0.into_owned())`. Or a few lines:
    ///
    /// ```
    /// use serde::de::Error;
    /// use serde_pickle::{DeOptions, Result, SurrogateStr, Value};
    ///
    /// // pickle.loads(pickle, encoding='utf-16-le')
    /// let utf16 = |bytes: &[u8]| -> Result<String> {
    ///     let units = bytes.chunks(2).map(|pair| u16::from_le_bytes([pair[0], *pair.get(1).unwrap_or(&0xd8)]));
    ///     char::decode_utf16(units).collect::<Result<_, _>>().map_err(serde_pickle::Error::custom)
    /// };
    /// let text: String = DeOptions::new().str_decoder(utf16).from_slice(b"U\x04\xac\x20\x31\x00.")?;
    /// assert_eq!(text, "€1");
    ///
    /// // pickle.loads(pickle, errors='surrogateescape'): byte 0x80 and above is U+DC80 and above.
    /// let escape = |bytes: &[u8]| -> Result<Value> {
    ///     let of = |&byte: &u8| if byte < 0x80 { vec![byte] } else { vec![0xed, 0xb0 | byte >> 6 & 3, 0x80 | byte & 0x3f] };
    ///     SurrogateStr::from_bytes(bytes.iter().flat_map(of).collect())
    /// };
    /// let name: Value = DeOptions::new().str_decoder(escape).from_slice(b"U\x04caf\xe9.")?;
    /// assert_eq!(name.to_string(), r"'caf\udce9'");
    /// # Ok::<(), serde_pickle::Error>(())
    /// ```
    pub fn str_decoder<T: Into<Value>>(mut self, decode: impl Fn(&[u8]) -> Result<T> + Send + Sync + 'a) -> Self {
        self.str_decoder = Some(Arc::new(move |bytes: &[u8]| decode(bytes).map(Into::into)));
        self
    }

    /// What extension codes stand for: Python's registry in `copyreg`, by `copyreg.add_extension`.
    pub fn extensions(mut self, codes: impl IntoIterator<Item = (i32, Global)>) -> Self {
        self.extensions = Some(Arc::new(codes.into_iter().collect()));
        self
    }

    /// The out-of-band buffers of the pickle, in order (PEP 574): Python's `pickle.loads(..., buffers=...)`. They are read as
    /// bytes, and lent to what borrows.
    pub fn buffers(mut self, buffers: &[&'a [u8]]) -> Self {
        self.buffers = buffers.to_vec();
        self
    }

    /// Says that an application's class is a subclass of one that is known, and written like it: `"app.MyDate"`,
    /// `"datetime.datetime"`. The stream does not say.
    pub fn class_like(mut self, class: &str, known: &str) -> Self {
        let (module, name) = known.rsplit_once('.').unwrap_or(("builtins", known));
        let mut classes = self.class_like.take().map(Arc::unwrap_or_clone).unwrap_or_default();
        classes.insert(class.replace(':', "."), Global::new(module, name));
        self.class_like = Some(Arc::new(classes));
        self
    }

    /// Whether a type whose serde name is that of a class (`#[serde(rename = "shop.models:Order")]`) is read from instances of
    /// that class only. Default: no.
    pub fn check_classes(mut self, check: bool) -> Self {
        self.check_classes = check;
        self
    }

    /// The globals that a pickle may name: all others are errors, with the byte offset, whatever is done with them, also in what is
    /// ignored or thrown away. Names are those of Python 3, `module.name`; `module.*` is all of a module and of the modules in it.
    /// Extension codes count as what they stand for. Default: everything, for nothing is imported or called.
    ///
    /// ```
    /// use serde_pickle::{DeOptions, Value};
    ///
    /// let options = DeOptions::new().allow_globals(["collections.OrderedDict", "datetime.*"]);
    /// let error = options.from_slice::<Value>(b"cposix\nsystem\n(S'ls'\ntR0N.").unwrap_err();
    /// assert_eq!(error.to_string(), "the global is not among those that DeOptions::allow_globals allows (posix.system) at byte 0");
    /// ```
    pub fn allow_globals<S: Into<String>>(mut self, globals: impl IntoIterator<Item = S>) -> Self {
        self.allowed_globals = Some(globals.into_iter().map(Into::into).collect());
        self
    }

    /// Whether a str of Python 2 that is UTF-8 is that text.
    pub(crate) fn py2_is_text(&self) -> bool {
        matches!(self.encoding, Encoding::Auto | Encoding::Utf8) && !self.strict && self.str_decoder.is_none()
    }

    /// The encoding of Python 2's str: CPython's own, if this is to be its verdict.
    pub(crate) fn py2_encoding(&self) -> Encoding {
        if self.strict && self.encoding == Encoding::Auto { Encoding::Ascii } else { self.encoding }
    }

    pub(crate) fn typed_depth(&self) -> u32 {
        self.depth_limit.unwrap_or(TYPED_DEPTH).min(i32::MAX as usize) as u32
    }

    pub(crate) fn value_depth(&self) -> usize {
        self.depth_limit.unwrap_or(VALUE_DEPTH)
    }

    pub(crate) fn budget(&self, input: usize) -> u64 {
        self.alias_budget.unwrap_or_else(|| LEAST_BUDGET.max((input as u64).saturating_mul(BUDGET_PER_BYTE)))
    }

    /// For input that may end before the raw arrays that stand in it.
    pub(crate) fn reader_settings(&self) -> crate::machine::Settings {
        let settings = self.settings();
        let raw_arrays = match settings.raw_arrays {
            RawArrays::Read => RawArrays::Refused,
            other => other,
        };
        crate::machine::Settings { raw_arrays, ..settings }
    }

    /// The length of the pickle between these offsets: with all before it, if it may ask for what these stored.
    pub(crate) fn length_of(&self, start: usize, end: usize) -> usize {
        if self.keep_memo { end } else { end - start }
    }

    pub(crate) fn settings(&self) -> crate::machine::Settings {
        crate::machine::Settings {
            max_digits: self.int_max_str_digits,
            py2_bytes: self.encoding == Encoding::Bytes && self.str_decoder.is_none(),
            keep_memo: self.keep_memo,
            strict: self.strict,
            rows: false,
            raw_arrays: if self.strict { RawArrays::Unknown } else { RawArrays::Read },
        }
    }
}

impl Default for DeOptions<'_> {
    fn default() -> Self {
        DeOptions::new()
    }
}
