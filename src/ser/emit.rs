//! Opcodes for values: the smallest of each protocol, as CPython chooses them.

use std::io;

use super::{
    memo::KeyMemo,
    options::{Memo, SerOptions},
    output::Output,
    steps::Steps,
};
use crate::{
    Protocol,
    error::{Error, Result},
    graph::compat,
    op::long,
    opcode::code,
    repr,
};

/// Writes one pickle.
pub(crate) struct Emitter<'s> {
    pub(crate) output: Output<'s>,
    pub(crate) options: &'s SerOptions,
    pub(crate) memo: &'s mut KeyMemo,
    pub(super) protocol: Protocol,
    /// How many more levels there may be.
    pub(crate) depth: usize,
    /// What the next sequence or bytes are to be written as, if one of our own types said so.
    pub(crate) form: Option<Form>,
    pub(super) policy: Policy,
    /// The index of the value that was stored or fetched last.
    pub(super) last_index: u32,
    pub(super) steps: Steps,
}

/// What is stored by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Policy {
    /// Texts, once each.
    pub(super) texts: bool,
    /// Globals and what names them, once each.
    pub(super) names: bool,
    /// Everything that Python stores, as it does.
    pub(super) as_python: bool,
}

impl Policy {
    pub(super) const NOTHING: Policy = Policy { texts: false, names: false, as_python: false };

    fn of(memo: Memo) -> Policy {
        match memo {
            Memo::None => Policy::NOTHING,
            Memo::Keys => Policy { names: true, ..Policy::NOTHING },
            Memo::Equal => Policy { texts: true, names: true, as_python: false },
            Memo::Python => Policy { texts: true, names: true, as_python: true },
        }
    }
}

/// What serde has no word for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Tuple,
    Set,
    FrozenSet,
    ByteArray,
    BigInt,
    SurrogateStr,
    /// Module and name, one after the other; the module has so many bytes.
    Global(usize),
    /// A persistent id that is text.
    PersistentId,
    /// Bytes that may be written out of band.
    Buffer {
        readonly: bool,
    },
    /// A str of Python 2.
    Py2Str,
    /// An opcode and its argument, of which so many bytes stand before a payload.
    Raw(usize),
    /// As `Global`, but the class of an INST.
    InstClass(usize),
    /// See `steps`.
    Steps,
    /// Steps that have no limit of depth.
    EndlessSteps,
}

/// Types and functions in C, whose names are texts of their own: Python writes `datetime`, `datetime`. Of those in Python, the name
/// that is that of the module is the same text.
const NAMED_AS_THEIR_MODULE: [&str; 4] = ["array", "datetime", "select", "time"];

/// Functions of `builtins`, in order.
const BUILTIN_FUNCTIONS: [&str; 43] = [
    "__import__",
    "abs",
    "aiter",
    "all",
    "anext",
    "any",
    "ascii",
    "bin",
    "breakpoint",
    "callable",
    "chr",
    "compile",
    "delattr",
    "dir",
    "divmod",
    "eval",
    "exec",
    "format",
    "getattr",
    "globals",
    "hasattr",
    "hash",
    "hex",
    "id",
    "input",
    "isinstance",
    "issubclass",
    "iter",
    "len",
    "locals",
    "max",
    "min",
    "next",
    "oct",
    "ord",
    "pow",
    "print",
    "repr",
    "round",
    "setattr",
    "sorted",
    "sum",
    "vars",
];

/// Keys of maps are stored in maps of up to this many pairs: larger ones are no records.
pub(crate) const KEY_PAIRS: usize = 64;

impl<'s> Emitter<'s> {
    /// Begins a pickle; with a memo that is empty, or holds what the reader has kept.
    pub(crate) fn new(
        buffer: Vec<u8>,
        writer: Option<&'s mut dyn io::Write>,
        options: &'s SerOptions,
        memo: &'s mut KeyMemo,
    ) -> Self {
        let protocol = options.protocol;
        memo.unlimited = matches!(options.memo, Memo::Equal | Memo::Python);
        let mut output = Output::new(buffer, writer);
        if protocol >= Protocol::V2 {
            output.put(&[code::PROTO, protocol.number()]);
        }
        if protocol >= Protocol::V4 {
            output.begin_frames();
        }
        Emitter {
            output,
            options,
            memo,
            protocol,
            depth: options.typed_depth(),
            form: None,
            policy: Policy::of(options.memo),
            last_index: 0,
            steps: Steps::default(),
        }
    }

    /// Ends it.
    pub(crate) fn finish(self) -> Result<Vec<u8>> {
        self.output.finish()
    }

    #[inline(always)]
    pub(crate) fn at_least(&self, protocol: Protocol) -> bool {
        self.protocol >= protocol
    }

    #[inline(always)]
    pub(crate) fn put(&mut self, bytes: &[u8]) {
        self.output.put(bytes);
    }

    /// An opcode and one byte, as one store: two of one byte that are read as one at once would wait for each other.
    #[inline(always)]
    pub(super) fn put_pair(&mut self, opcode: u8, arg: u8) {
        self.output.put(&pair(opcode, arg));
    }

    /// The first so many bytes of a word, as one store of `N` bytes: what is behind them is written over.
    #[inline(always)]
    fn put_word<const N: usize>(&mut self, word: u128, length: usize) -> Result<()> {
        let buffer = &mut self.output.buffer;
        if buffer.capacity() - buffer.len() < N {
            return self.grow_and_put(word, length);
        }
        let end = buffer.len() + length;
        buffer.extend_from_slice(&word.to_le_bytes()[..N]);
        buffer.truncate(end);
        Ok(())
    }

    #[cold]
    #[inline(never)]
    fn grow_and_put(&mut self, word: u128, length: usize) -> Result<()> {
        self.output.buffer.reserve(2 * size_of::<u128>());
        self.output.buffer.extend_from_slice(&word.to_le_bytes()[..length]);
        Ok(())
    }

    /// Goes a level down; `leave` goes up again.
    #[inline(always)]
    pub(crate) fn enter(&mut self) -> Result<()> {
        match self.depth.checked_sub(1) {
            Some(depth) => {
                self.depth = depth;
                Ok(())
            }
            None => Err(self.too_deep()),
        }
    }

    #[inline(always)]
    pub(crate) fn leave(&mut self) {
        self.depth += 1;
    }

    #[cold]
    pub(super) fn too_deep(&self) -> Error {
        Error::limit("nested deeper than the limit; SerOptions::depth_limit raises it")
    }

    pub(crate) fn none(&mut self) -> Result<()> {
        self.output.boundary()?;
        self.put(&[code::NONE]);
        Ok(())
    }

    #[inline]
    pub(crate) fn bool(&mut self, value: bool) -> Result<()> {
        self.output.boundary()?;
        if self.at_least(Protocol::V2) {
            self.put(&[if value { code::NEWTRUE } else { code::NEWFALSE }]);
        } else {
            self.put(&[code::INT, b'0', if value { b'1' } else { b'0' }, b'\n']);
        }
        Ok(())
    }

    #[inline]
    pub(crate) fn int(&mut self, value: i64) -> Result<()> {
        self.output.boundary()?;
        if !self.at_least(Protocol::V1) {
            return self.int_text(value);
        }
        // Without branches: the lengths of ints are what nobody can guess.
        if i32::try_from(value).is_ok() {
            let unsigned = u64::from(value as u32);
            let (wide, wider) = (unsigned > 0xff, unsigned > 0xffff);
            const OPCODES: u32 = u32::from_le_bytes([code::BININT1, code::BININT2, code::BININT, 0]);
            let opcode = OPCODES >> (8 * (u32::from(wide) + u32::from(wider))) & 0xff;
            let length = 2 + usize::from(wide) + 2 * usize::from(wider);
            self.put_word::<8>(u128::from(unsigned << 8 | u64::from(opcode)), length)
        } else if self.at_least(Protocol::V2) {
            let bits = 65 - (value ^ value >> 63).leading_zeros();
            let bytes = bits.div_ceil(8);
            let word = u128::from(value as u64) << 16 | u128::from(bytes) << 8 | u128::from(code::LONG1);
            self.put_word::<16>(word, 2 + bytes as usize)
        } else {
            self.int_text(value)
        }
    }

    #[cold]
    fn int_text(&mut self, value: i64) -> Result<()> {
        let mut text = itoa::Buffer::new();
        let text = text.format(value);
        let (opcode, end): (u8, &[u8]) =
            if i32::try_from(value).is_ok() { (code::INT, b"\n") } else { (code::LONG, b"L\n") };
        self.put(&[opcode]);
        self.put(text.as_bytes());
        self.put(end);
        Ok(())
    }

    /// An int of any size: two's complement, little-endian.
    pub(crate) fn big_int(&mut self, bytes: &[u8]) -> Result<()> {
        if let Some(small) = long::to_i64(bytes) {
            return self.int(small);
        }
        self.output.boundary()?;
        let bytes = long::minimal(bytes);
        if !self.at_least(Protocol::V2) {
            let text = long::to_text(bytes);
            self.put(&[code::LONG]);
            self.put(text.as_bytes());
            self.put(b"L\n");
        } else if let Ok(length) = u8::try_from(bytes.len()) {
            self.put(&[code::LONG1, length]);
            self.put(bytes);
        } else {
            let Ok(length) = i32::try_from(bytes.len()) else {
                return Err(Error::data("an int of 2 GiB and more cannot be written"));
            };
            self.put(&[code::LONG4]);
            self.put(&length.to_le_bytes());
            self.put(bytes);
        }
        Ok(())
    }

    #[inline]
    pub(crate) fn float(&mut self, value: f64) -> Result<()> {
        self.output.boundary()?;
        if self.at_least(Protocol::V1) {
            let word = u128::from(value.to_bits().swap_bytes()) << 8 | u128::from(code::BINFLOAT);
            return self.put_word::<16>(word, 9);
        }
        let mut text = String::new();
        // Writing to a String does not fail.
        let _ = repr::float(value, &mut text);
        self.put(&[code::FLOAT]);
        self.put(text.as_bytes());
        self.put(b"\n");
        Ok(())
    }

    /// A global by name; its Python 2 name below protocol 3.
    pub(crate) fn global(&mut self, module: &str, name: &str) -> Result<()> {
        let by_getattr = !self.at_least(Protocol::V4);
        self.remembered_global(module, name, by_getattr)
    }

    /// What is in a class, by `getattr(cls, name)` at every protocol.
    pub(super) fn member_of(&mut self, module: &str, class: &str, name: &str) -> Result<()> {
        self.remembered_global(module, &[class, ".", name].concat(), true)
    }

    fn remembered_global(&mut self, module: &str, name: &str, by_getattr: bool) -> Result<()> {
        if self.policy.names
            && let Some(index) = self.memo.global(module, name)
        {
            self.fetch(index);
            return Ok(());
        }
        match name.rsplit_once('.') {
            Some((parent, last)) if by_getattr => self.nested_global(module, parent, last)?,
            _ => self.new_global(module, name)?,
        }
        if self.policy.names {
            let index = self.stored_last();
            self.memo.remember_global(module, name, index);
        }
        Ok(())
    }

    /// `getattr(Outer, 'Inner')`: before protocol 4, names have no dots.
    fn nested_global(&mut self, module: &str, parent: &str, last: &str) -> Result<()> {
        self.global("builtins", "getattr")?;
        self.mark_before(2);
        self.global(module, parent)?;
        self.interned(last.as_bytes())?;
        self.call(2)
    }

    fn new_global(&mut self, module: &str, name: &str) -> Result<()> {
        if self.at_least(Protocol::V4) {
            if self.policy.as_python && module == "builtins" && BUILTIN_FUNCTIONS.binary_search(&name).is_ok() {
                self.builtins()?;
            } else {
                self.interned(module.as_bytes())?;
            }
            if self.policy.as_python && module == name && NAMED_AS_THEIR_MODULE.contains(&name) {
                self.text(name.as_bytes())?;
                self.made();
            } else {
                self.interned(name.as_bytes())?;
            }
            self.put(&[code::STACK_GLOBAL]);
        } else {
            self.put(&[code::GLOBAL]);
            let lines = self.lines(module, name)?;
            self.put(&lines);
        }
        self.made();
        Ok(())
    }

    /// Module and name as text, as this protocol has them.
    pub(super) fn lines(&self, module: &str, name: &str) -> Result<Vec<u8>> {
        let (module, name) = if self.options.fix_imports && !self.at_least(Protocol::V3) {
            compat::python2_name(module, name)
        } else {
            (module, name)
        };
        let plain = |text: &str| !text.is_empty() && !text.contains('\n');
        if !plain(module) || !plain(name) {
            return Err(Error::data(format!("the global {module}.{name} needs protocol 4")));
        }
        Ok([module, "\n", name, "\n"].concat().into_bytes())
    }

    /// The module of functions such as `getattr`: a text of its own, and not that of the types.
    fn builtins(&mut self) -> Result<()> {
        match self.memo.builtins {
            Some(index) => self.fetch(index),
            None => {
                self.text(b"builtins")?;
                self.memo.builtins = Some(self.store_next());
            }
        }
        Ok(())
    }

    /// The mark that a tuple of so many arguments needs: see `call`.
    pub(crate) fn mark_before(&mut self, args: usize) {
        if !self.at_least(Protocol::V2) || args > 3 {
            self.put(&[code::MARK]);
        }
    }

    /// Calls what stands below so many arguments.
    pub(crate) fn call(&mut self, args: usize) -> Result<()> {
        self.call_only(args);
        self.made();
        Ok(())
    }

    /// As `call`, and the result is not stored.
    pub(super) fn call_only(&mut self, args: usize) {
        match args {
            0 if !self.at_least(Protocol::V1) => self.put(&[code::MARK, code::TUPLE]),
            0 => self.put(&[code::EMPTY_TUPLE]),
            1 if self.at_least(Protocol::V2) => self.put(&[code::TUPLE1]),
            2 if self.at_least(Protocol::V2) => self.put(&[code::TUPLE2]),
            3 if self.at_least(Protocol::V2) => self.put(&[code::TUPLE3]),
            _ => self.put(&[code::TUPLE]),
        }
        if args > 0 {
            self.made();
        }
        self.put(&[code::REDUCE]);
    }

    /// Stores what was just made, if Python does.
    #[inline(always)]
    pub(crate) fn made(&mut self) {
        if self.policy.as_python {
            self.store_next();
        }
    }

    /// Stores the value on top under the next index, and gives that.
    pub(crate) fn store_next(&mut self) -> u32 {
        let index = self.memo.next_index();
        self.store(index);
        index
    }

    /// The index under which the value is stored that was just written; stores it if it is not.
    pub(crate) fn stored_last(&mut self) -> u32 {
        if self.policy.as_python { self.last_index } else { self.store_next() }
    }

    pub(super) fn store(&mut self, index: u32) {
        self.last_index = index;
        if self.at_least(Protocol::V4) {
            self.put(&[code::MEMOIZE]);
        } else {
            self.indexed(index, code::PUT, code::BINPUT, code::LONG_BINPUT);
        }
    }

    pub(super) fn fetch(&mut self, index: u32) {
        self.last_index = index;
        self.indexed(index, code::GET, code::BINGET, code::LONG_BINGET);
    }

    fn indexed(&mut self, index: u32, text: u8, short: u8, long: u8) {
        if !self.at_least(Protocol::V1) {
            self.put(&[text]);
            self.put(itoa::Buffer::new().format(index).as_bytes());
            self.put(b"\n");
        } else if let Ok(index) = u8::try_from(index) {
            self.put(&[short, index]);
        } else {
            let [a, b, c, d] = index.to_le_bytes();
            self.put(&[long, a, b, c, d]);
        }
    }
}

#[inline(always)]
pub(super) fn pair(opcode: u8, arg: u8) -> [u8; 2] {
    (u16::from(opcode) | u16::from(arg) << 8).to_le_bytes()
}
