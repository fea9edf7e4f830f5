//! The stack machine: runs the opcodes of one pickle and leaves a [`Store`].
//!
//! It accepts and rejects as CPython's C unpickler does (`Modules/_pickle.c`), as far as structure goes: stack, marks, kinds,
//! lengths, memo, the form of text arguments. It runs nothing: globals are names, calls are recorded. It decodes nothing either,
//! so that a value that nobody asks for costs no more than the step over it. Nothing in it recurses.

mod change;
mod fault;
mod memo;
mod object;
mod raw;
mod row;
mod settings;
mod step;
mod whole;
mod window;

use std::collections::HashMap;

use self::{memo::Memo, step::Step, window::Windows};
pub(crate) use self::{
    raw::is_wrapper,
    settings::{RawArrays, Settings},
    window::Reached,
};
use crate::{
    error::{Error, ErrorKind, Result},
    graph::{Composite, FAR, Kind, Ref, SCALARS, Store},
    opcode::code,
    work,
};

/// The room that a run needs, kept between the pickles of one source.
#[derive(Default)]
pub(crate) struct Scratch {
    stack: Vec<Ref>,
    marks: Vec<u32>,
    memo: Memo,
    ints: Ints,
}

/// Long spellings of ints that served as an index or a byte: each is read once, however often it is fetched.
type Ints = HashMap<Ref, Option<i64>, foldhash::fast::RandomState>;

impl Scratch {
    /// How much room it has, in bytes.
    pub(crate) fn room(&self) -> usize {
        4 * (self.stack.capacity() + self.marks.capacity() + self.memo.room())
    }
}

pub(crate) struct Machine<'m> {
    input: &'m [u8],
    /// Just after what was consumed.
    pos: usize,
    /// Where the opcode stands that is run.
    at: usize,
    /// The height of the stack at the topmost mark: nothing may reach below.
    fence: usize,
    stack: Vec<Ref>,
    marks: Vec<u32>,
    memo: &'m mut Memo,
    store: &'m mut Store,
    ints: &'m mut Ints,
    /// How many arguments stood in calls whose result was dropped, though they stood in such a call before.
    repeated_args: usize,
    settings: Settings,
    /// Lists may be rows.
    rows: bool,
    /// joblib's wrapper class was named: raw bytes follow its objects.
    awaits_raw: bool,
    /// The pickles around the one that is run.
    outer: Vec<raw::Outer>,
    /// The dtypes of joblib's arrays, once there is one.
    raw_cache: Option<Box<crate::recipe::Cache>>,
    windows: Windows,
    /// Where stack and marks go in the end.
    kept: (&'m mut Vec<Ref>, &'m mut Vec<u32>),
}

/// So many bytes at a position.
#[inline(always)]
fn input_at<const N: usize>(input: &[u8], at: usize) -> Option<&[u8; N]> {
    input.get(at..)?.first_chunk()
}

/// Runs the pickle that starts at `start`. Gives the position after its STOP; or the error, and how far the machine had come.
pub(crate) fn run(
    input: &[u8],
    start: usize,
    store: &mut Store,
    scratch: &mut Scratch,
    settings: Settings,
) -> (usize, Result<()>) {
    let mut machine = Machine::new(input, start, store, scratch, settings);
    let reached = machine.run();
    machine.end(reached)
}

impl<'m> Machine<'m> {
    /// Ready to run the pickle that starts at `start`.
    #[inline(always)]
    pub(crate) fn new(
        input: &'m [u8],
        start: usize,
        store: &'m mut Store,
        scratch: &'m mut Scratch,
        settings: Settings,
    ) -> Self {
        let Scratch { stack, marks, memo, ints } = scratch;
        stack.clear();
        marks.clear();
        if !ints.is_empty() {
            ints.clear();
        }
        if !settings.keep_memo {
            memo.clear();
        }
        store.py2_bytes = settings.py2_bytes;
        Machine {
            input,
            pos: start,
            at: start,
            fence: 0,
            stack: std::mem::take(stack),
            marks: std::mem::take(marks),
            memo,
            store,
            ints,
            repeated_args: 0,
            settings,
            rows: settings.rows && input.len() <= FAR,
            awaits_raw: false,
            outer: Vec::new(),
            raw_cache: None,
            windows: Windows::NONE,
            kept: (stack, marks),
        }
    }

    /// Gives back what it borrowed. Gives the position that was reached, and what happened there.
    #[inline]
    pub(crate) fn end(&mut self, reached: Result<Reached>) -> (usize, Result<()>) {
        *self.kept.0 = std::mem::take(&mut self.stack);
        *self.kept.1 = std::mem::take(&mut self.marks);
        match reached {
            Ok(_) => (self.pos, Ok(())),
            Err(error) => (self.pos, Err(error.or_offset(self.at as u64))),
        }
    }

    /// The opcodes that pickles are made of, with the position at hand; all others are left to `step`.
    pub(crate) fn run(&mut self) -> Result<Reached> {
        let input = self.input;
        let mut pos = self.after_header();
        loop {
            work::steps(|| 1);
            let at = pos;
            let Some(&opcode) = input.get(pos) else {
                (self.at, self.pos) = (at, at);
                return Err(Error::new(ErrorKind::EofOpcode));
            };
            pos += 1;
            // What records are made of comes first: keys that were fetched, and texts.
            if opcode == code::BINGET {
                let Some(&index) = input.get(pos) else { return Err(self.eof_at(at)) };
                let Some(value) = self.memo.get(u64::from(index)) else { return Err(self.no_entry_at(at, index)) };
                self.fetched(value);
                pos += 1;
                continue;
            }
            if opcode == code::SHORT_BINUNICODE {
                pos = self.short_text(at)?;
                continue;
            }
            // Scalars, as they come in a row.
            let mut length = usize::from(SCALARS[usize::from(opcode)]);
            if length > 0 {
                pos = at;
                while length > 0 {
                    let end = pos + length;
                    if end > input.len() {
                        return Err(self.eof_at(pos));
                    }
                    self.push_leaf(pos)?;
                    pos = end;
                    length = input.get(pos).map_or(0, |&opcode| usize::from(SCALARS[usize::from(opcode)]));
                }
                continue;
            }
            match opcode {
                code::SHORT_BINBYTES | code::SHORT_BINSTRING => pos = self.short_text(at)?,
                // The only text of protocols 1 to 3, and what is fetched once the memo has more than a byte can count.
                code::BINUNICODE => {
                    let Some(&length) = input[pos..].first_chunk() else { return Err(self.eof_at(at)) };
                    (self.at, self.pos) = (at, pos + 4);
                    self.skip_long(u64::from(u32::from_le_bytes(length)))?;
                    let leaf = self.push_leaf(at)?;
                    pos = self.store_ahead(self.pos, leaf);
                }
                code::LONG_BINGET => {
                    let Some(&index) = input[pos..].first_chunk() else { return Err(self.eof_at(at)) };
                    (self.at, self.pos) = (at, pos + 4);
                    self.get(u64::from(u32::from_le_bytes(index)))?;
                    pos += 4;
                }
                code::LONG1 => {
                    let Some(&length) = input.get(pos) else { return Err(self.eof_at(at)) };
                    let end = pos + 1 + usize::from(length);
                    if end > input.len() {
                        return Err(self.eof_at(at));
                    }
                    self.push_leaf(at)?;
                    pos = end;
                }
                code::MARK => self.push_mark()?,
                code::EMPTY_DICT => {
                    pos = self.push_empty(Kind::Dict, at)?.1;
                }
                code::EMPTY_LIST => {
                    let (list, end) = self.push_empty(Kind::List, at)?;
                    pos = self.row_ahead(list, end)?;
                }
                code::SETITEMS => {
                    (self.at, self.pos) = (at, pos);
                    let mark = self.pop_mark()?;
                    if !self.fill(Kind::Dict, mark) {
                        self.set_items(mark)?;
                    }
                    if self.store.arena.len() >= self.windows.size && self.is_window() {
                        return Ok(Reached::Window);
                    }
                }
                code::APPENDS => {
                    (self.at, self.pos) = (at, pos);
                    let mark = self.pop_mark()?;
                    if !self.fill(Kind::List, mark) {
                        self.append(mark)?;
                    }
                    if self.store.arena.len() >= self.windows.size && self.is_window() {
                        return Ok(Reached::Window);
                    }
                }
                code::TUPLE1 | code::TUPLE2 | code::TUPLE3 => {
                    (self.at, self.pos) = (at, pos);
                    let count = usize::from(opcode - code::TUPLE1) + 1;
                    pos = self.tuple_of(count)?;
                }
                code::SETITEM => {
                    (self.at, self.pos) = (at, pos);
                    let from = self.stack.len().wrapping_sub(2);
                    if !self.fill(Kind::Dict, from) {
                        self.set_items(from)?;
                    }
                }
                code::APPEND => {
                    (self.at, self.pos) = (at, pos);
                    let from = self.stack.len().wrapping_sub(1);
                    if !self.fill(Kind::List, from) {
                        self.append(from)?;
                    }
                }
                code::TUPLE => {
                    (self.at, self.pos) = (at, pos);
                    self.collect(Kind::Tuple)?;
                    pos = self.pos;
                }
                code::STOP if self.outer.is_empty() => {
                    (self.at, self.pos) = (at, pos);
                    self.store.root = self.pop()?;
                    return Ok(Reached::Stop);
                }
                _ => {
                    (self.at, self.pos) = (at, pos);
                    if self.step(opcode)? == Step::Stop {
                        return Ok(Reached::Stop);
                    }
                    pos = self.pos;
                }
            }
        }
    }

    /// How most pickles begin: PROTO, and a FRAME that is there. What begins otherwise is for `step` to tell.
    #[inline(always)]
    fn after_header(&mut self) -> usize {
        let start = self.pos;
        let Some(&[code::PROTO, version]) = input_at(self.input, start) else { return start };
        if version > crate::Protocol::HIGHEST.number() {
            return start;
        }
        if version >= 3 {
            self.store.python3_from = self.store.python3_from.min(start);
        }
        self.after_frame(start + 2)
    }

    #[inline(always)]
    fn index_fits(&self, index: usize) -> Result<u32> {
        u32::try_from(index).map_err(|_| self.too_large())
    }

    /// The leaf whose opcode stands at `at`.
    #[inline(always)]
    fn push_leaf(&mut self, at: usize) -> Result<Ref> {
        let leaf = if at < FAR { Ref::leaf(at) } else { self.far_leaf(at)? };
        self.stack.push(leaf);
        Ok(leaf)
    }

    /// A text or bytes with its length in one byte. Gives the position after it, and after its store.
    #[inline(always)]
    fn short_text(&mut self, at: usize) -> Result<usize> {
        let Some(&length) = self.input.get(at + 1) else { return Err(self.eof_at(at)) };
        let end = at + 2 + usize::from(length);
        if end > self.input.len() {
            return Err(self.eof_at(at));
        }
        let leaf = self.push_leaf(at)?;
        Ok(self.store_ahead(end, leaf))
    }

    #[cold]
    fn far_leaf(&mut self, at: usize) -> Result<Ref> {
        self.at = at;
        self.new_composite(Kind::FarLeaf, at as u32, (at >> 32) as u32)
    }

    /// For what Python always stores: the store that follows is taken in the same step.
    fn push_and_store(&mut self) -> Result<()> {
        let leaf = self.push_leaf(self.at)?;
        self.pos = self.store_ahead(self.pos, leaf);
        Ok(())
    }

    fn push_text(&mut self, length: usize) -> Result<()> {
        self.store.longest = self.store.longest.max(length);
        self.push_leaf(self.at)?;
        Ok(())
    }

    /// A container that is still empty; and the position after it, and after its store.
    #[inline(always)]
    fn push_empty(&mut self, kind: Kind, at: usize) -> Result<(Ref, usize)> {
        self.at = at;
        let node = self.push_node(kind, 0, 0)?;
        Ok((node, self.store_ahead(at + 1, node)))
    }

    fn push_node_and_store(&mut self, kind: Kind, first: u32, len: u32) -> Result<()> {
        let node = self.push_node(kind, first, len)?;
        self.pos = self.store_ahead(self.pos, node);
        Ok(())
    }

    #[inline(always)]
    fn new_composite(&mut self, kind: Kind, first: u32, len: u32) -> Result<Ref> {
        let index = self.store.composites.len();
        // The last index would be the empty `Ref`.
        if index >= FAR - 1 {
            return Err(self.too_large());
        }
        self.store.composites.push(Composite::new(kind, self.at, first, len));
        Ok(Ref::composite(index))
    }

    #[inline(always)]
    fn push_node(&mut self, kind: Kind, first: u32, len: u32) -> Result<Ref> {
        let node = self.new_composite(kind, first, len)?;
        self.stack.push(node);
        Ok(node)
    }

    /// If a store of the top stands at `pos`, does it now: saves a dispatch for each text. Gives the position after it.
    #[inline(always)]
    fn store_ahead(&mut self, pos: usize, top: Ref) -> usize {
        match self.input.get(pos) {
            Some(&code::MEMOIZE) => {
                self.memo.memoize(top);
                pos + 1
            }
            Some(&code::BINPUT) => match self.input.get(pos + 1) {
                Some(&index) => {
                    self.memo.put(u64::from(index), top);
                    pos + 2
                }
                None => pos,
            },
            Some(&code::LONG_BINPUT) => match self.input[pos + 1..].first_chunk() {
                Some(&index) => {
                    self.memo.put(u64::from(u32::from_le_bytes(index)), top);
                    pos + 5
                }
                None => pos,
            },
            _ => pos,
        }
    }

    #[inline(always)]
    fn top(&self) -> Result<Ref> {
        match self.stack.last() {
            Some(&top) if self.stack.len() > self.fence => Ok(top),
            _ => Err(self.underflow()),
        }
    }

    #[inline(always)]
    fn pop(&mut self) -> Result<Ref> {
        let top = self.top()?;
        self.stack.pop();
        Ok(top)
    }

    #[inline(always)]
    fn push_mark(&mut self) -> Result<()> {
        self.fence = self.stack.len();
        self.marks.push(self.index_fits(self.fence)?);
        Ok(())
    }

    /// Takes the topmost mark away. Gives the height of the stack that it stood at.
    #[inline(always)]
    fn pop_mark(&mut self) -> Result<usize> {
        let Some(mark) = self.marks.pop() else {
            return Err(self.syntax("no MARK on the stack"));
        };
        self.fence = self.marks.last().map_or(0, |&mark| mark as usize);
        Ok(mark as usize)
    }

    #[inline(always)]
    fn get(&mut self, index: u64) -> Result<()> {
        let Some(value) = self.memo.get(index) else {
            return Err(self.no_entry(index));
        };
        self.fetched(value);
        Ok(())
    }

    /// Pushes a value that already stands somewhere else.
    #[inline(always)]
    fn fetched(&mut self, value: Ref) {
        self.store.fetches += 1;
        if value.is_composite() && !matches!(self.store.composite(value).kind, Kind::Global | Kind::FarLeaf) {
            self.store.shares = true;
        }
        self.stack.push(value);
    }
}
