//! The opcodes that are rarer, or have more to them, and their arguments.

use memchr::memchr;

use super::{Machine, memo};
use crate::{
    error::{Error, Result},
    graph::Kind,
    op::text,
    opcode::code,
};

/// What a step leads to.
#[derive(PartialEq, Eq)]
pub(super) enum Step {
    Next,
    Stop,
}

impl<'m> Machine<'m> {
    /// An opcode that is rarer, or has more to it. `at` is its position, and `pos` the one after it.
    #[inline(never)]
    pub(super) fn step(&mut self, opcode: u8) -> Result<Step> {
        match opcode {
            code::MEMOIZE => {
                let top = self.top()?;
                self.memo.memoize(top);
            }
            code::BINPUT => {
                let top = self.top()?;
                let [index] = self.take()?;
                self.memo.put(u64::from(index), top);
            }
            code::LONG_BINPUT => {
                let top = self.top()?;
                let index = self.take()?;
                self.memo.put(u64::from(u32::from_le_bytes(index)), top);
            }
            code::BINBYTES | code::BINSTRING => {
                let length = u64::from(u32::from_le_bytes(self.take()?));
                self.skip_long(length)?;
                self.push_and_store()?;
            }
            code::BINUNICODE8 | code::BINBYTES8 => {
                self.skip_length8()?;
                self.push_and_store()?;
            }
            code::BYTEARRAY8 => {
                self.skip_length8()?;
                self.push_node_and_store(Kind::ByteArray, 0, 0)?;
            }
            code::LONG4 => {
                let length = i32::from_le_bytes(self.take()?);
                let Ok(length) = u64::try_from(length) else {
                    return Err(self.syntax("the length is negative"));
                };
                self.skip_long(length)?;
                self.push_leaf(self.at)?;
            }
            code::FRAME => {
                let length = self.take_length8()?;
                // What the C unpickler asks of a frame, and nothing more: that so many bytes are there.
                if length > (self.input.len() - self.pos) as u64 {
                    return Err(self.eof_in_argument());
                }
            }
            code::PROTO => {
                let [version] = self.take()?;
                if version > crate::Protocol::HIGHEST.number() {
                    return Err(Error::syntax(format!("unsupported pickle protocol {version}: the highest is 5")));
                }
                if !self.inner_version(version) && version >= 3 {
                    self.store.python3_from = self.store.python3_from.min(self.at);
                }
            }
            code::STOP => {
                if self.end_inner()? {
                    return Ok(Step::Next);
                }
                self.store.root = self.pop()?;
                return Ok(Step::Stop);
            }
            code::EMPTY_SET => self.push_node_and_store(Kind::Set, 0, 0)?,
            code::ADDITEMS => {
                let mark = self.pop_mark()?;
                self.add_items(mark)?;
            }
            code::FROZENSET => self.collect(Kind::FrozenSet)?,
            code::LIST => self.collect(Kind::List)?,
            code::DICT => {
                if let Some(&mark) = self.marks.last()
                    && !(self.stack.len() - mark as usize).is_multiple_of(2)
                {
                    return Err(self.syntax("a key has no value"));
                }
                self.collect(Kind::Dict)?;
            }
            code::GLOBAL => {
                let module = self.line()?;
                let name = self.line()?;
                self.check_name(module, name)?;
                self.met_name(name);
                self.store.longest = self.store.longest.max(module.len() + name.len());
                self.push_and_store()?;
            }
            code::STACK_GLOBAL => self.stack_global()?,
            code::REDUCE => self.reduce()?,
            code::NEWOBJ => self.new_object(false)?,
            code::NEWOBJ_EX => self.new_object(true)?,
            code::INST => self.inst()?,
            code::OBJ => self.obj()?,
            code::BUILD => self.build()?,
            code::POP => self.pop_or_mark()?,
            code::POP_MARK => {
                let mark = self.pop_mark()?;
                self.stack.truncate(mark);
            }
            code::DUP => {
                let top = self.top()?;
                self.fetched(top);
            }
            code::INT => {
                let line = self.line()?;
                if line.is_empty() {
                    return Err(self.eof_in_argument());
                }
                text::int(line, self.settings.max_digits).map_err(|error| self.here(error))?;
                self.push_text(line.len())?;
            }
            code::LONG => {
                let line = self.line()?;
                if line.is_empty() {
                    return Err(self.eof_in_argument());
                }
                text::long(line, self.settings.max_digits).map_err(|error| self.here(error))?;
                self.push_text(line.len())?;
            }
            code::FLOAT => {
                let line = self.line()?;
                if line.is_empty() {
                    return Err(self.eof_in_argument());
                }
                text::float(line).map_err(|error| self.here(error))?;
                self.push_text(line.len())?;
            }
            code::STRING => {
                let line = self.line()?;
                text::check_string(line).map_err(|error| self.here(error))?;
                self.store.longest = self.store.longest.max(line.len());
                self.push_and_store()?;
            }
            code::UNICODE => {
                let line = self.line()?;
                text::check_unicode(line).map_err(|error| self.here(error))?;
                self.store.longest = self.store.longest.max(line.len());
                self.push_and_store()?;
            }
            code::GET => {
                let index = self.index_line()?;
                match u64::try_from(index) {
                    Ok(index) => self.get(index)?,
                    Err(_) => return Err(self.no_entry(index)),
                }
            }
            code::PUT => {
                let index = self.index_line()?;
                let top = self.top()?;
                let Ok(index) = u64::try_from(index) else {
                    return Err(self.syntax("the index is negative"));
                };
                if index > memo::MAX_INDEX {
                    return Err(self.syntax("the index is larger than any memo"));
                }
                self.memo.put(index, top);
            }
            code::PERSID => {
                let line = self.line()?;
                if !line.is_ascii() {
                    return Err(self.syntax("the persistent id is not ASCII"));
                }
                self.push_text(line.len())?;
            }
            code::BINPERSID => {
                let id = self.pop()?;
                self.push_node(Kind::PersistentId, id.bits(), 0)?;
            }
            code::EXT1 => {
                let [number] = self.take()?;
                self.push_extension(i32::from(number))?;
            }
            code::EXT2 => {
                let number = u16::from_le_bytes(self.take()?);
                self.push_extension(i32::from(number))?;
            }
            code::EXT4 => {
                let number = i32::from_le_bytes(self.take()?);
                self.push_extension(number)?;
            }
            code::NEXT_BUFFER => self.next_buffer()?,
            code::READONLY_BUFFER => self.readonly_buffer()?,
            unknown => {
                return Err(Error::syntax(format!("unknown opcode 0x{unknown:02x}")));
            }
        }
        Ok(Step::Next)
    }

    // Arguments.

    #[inline(always)]
    pub(super) fn take<const N: usize>(&mut self) -> Result<[u8; N]> {
        match self.input.get(self.pos..).and_then(<[u8]>::first_chunk) {
            Some(bytes) => {
                self.pos += N;
                Ok(*bytes)
            }
            None => Err(self.eof_in_argument()),
        }
    }

    /// Steps over a text, bytes or an integer whose length takes more than a byte.
    #[inline]
    pub(super) fn skip_long(&mut self, length: u64) -> Result<()> {
        if length > (self.input.len() - self.pos) as u64 {
            return Err(self.eof_in_argument());
        }
        self.pos += length as usize;
        self.store.longest = self.store.longest.max(length as usize);
        Ok(())
    }

    fn take_length8(&mut self) -> Result<u64> {
        let length = u64::from_le_bytes(self.take()?);
        if length > i64::MAX as u64 {
            return Err(self.syntax("the length is 2**63 or more"));
        }
        Ok(length)
    }

    fn skip_length8(&mut self) -> Result<()> {
        let length = self.take_length8()?;
        self.skip_long(length)
    }

    /// The argument up to its newline, without it.
    pub(super) fn line(&mut self) -> Result<&'m [u8]> {
        let input: &'m [u8] = self.input;
        let rest = &input[self.pos..];
        let Some(length) = memchr(b'\n', rest) else {
            return Err(self.eof_in_argument());
        };
        self.pos += length + 1;
        Ok(&rest[..length])
    }

    // Stack and memo.

    fn index_line(&mut self) -> Result<i64> {
        let line = self.line()?;
        if line.is_empty() {
            return Err(self.eof_in_argument());
        }
        text::decimal_index(line).map_err(|error| self.here(error))
    }

    fn pop_or_mark(&mut self) -> Result<()> {
        if self.marks.last().is_some_and(|&mark| mark as usize == self.stack.len()) {
            self.pop_mark()?;
            return Ok(());
        }
        let dropped = self.pop()?;
        self.dropped(dropped)
    }
}
