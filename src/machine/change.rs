//! What changes values that are already made: APPEND, SETITEM, ADDITEMS and the like, and calls whose result is dropped.

use super::Machine;
use crate::{
    error::{Error, Result},
    graph::{How, Kind, Leaf, Ref, Run, Side, flags},
    opcode::code,
};

/// What can be given items, as far as the opcodes go.
enum Target {
    /// The composite of that index and kind.
    Container(usize, Kind),
    /// The object of that index in `composites`.
    Object(usize),
    /// What no opcode changes: an int, a tuple, a str.
    Fixed,
}

/// Spellings of ints that are longer are read once.
const LONG_INT: u64 = 32;
/// So many arguments are no more than the opcodes of the call.
const FEW_ARGS: usize = 4;

impl Machine<'_> {
    /// The commonest case of `append` and `set_items`: a list or dict that is empty so far, and was not given away, gets what stands on
    /// the stack from `from` on. Says whether it was that case.
    #[inline(always)]
    pub(super) fn fill(&mut self, kind: Kind, from: usize) -> bool {
        let (height, arena) = (self.stack.len(), self.store.arena.len());
        if from <= self.fence || from >= height {
            return false;
        }
        let (added, target) = (height - from, self.stack[from - 1]);
        if !target.is_composite() || kind == Kind::Dict && (added % 2 != 0 || self.settings.strict) {
            return false;
        }
        let composite = &mut self.store.composites[target.index()];
        if composite.kind != kind || composite.len != 0 || composite.flags != 0 || arena + added >= u32::MAX as usize {
            return false;
        }
        composite.first = arena as u32;
        composite.len = added as u32;
        self.store.arena.extend_from_slice(&self.stack[from..]);
        self.stack.truncate(from);
        true
    }

    /// Appends what stands on the stack from `from` on to what stands just below.
    #[inline]
    pub(super) fn append(&mut self, from: usize) -> Result<()> {
        let Some(at) = self.target_below(from)? else { return Ok(()) };
        match self.target(at)? {
            Target::Container(index, Kind::List) => self.extend(index, from)?,
            Target::Container(index, Kind::ByteArray) => self.append_bytes(index, from)?,
            Target::Object(index) => self.extend_side(index, from, |side| &mut side.items)?,
            _ => return Err(self.syntax("what is appended to is not a list")),
        }
        self.stack.truncate(from);
        Ok(())
    }

    /// Sets keys to values: pairs on the stack from `from` on, of what stands just below.
    #[inline]
    pub(super) fn set_items(&mut self, from: usize) -> Result<()> {
        let Some(at) = self.target_below(from)? else { return Ok(()) };
        if !(self.stack.len() - from).is_multiple_of(2) {
            return Err(self.syntax("a key has no value"));
        }
        match self.target(at)? {
            Target::Container(index, Kind::Dict) => {
                self.check_keys(from, 2)?;
                self.extend(index, from)?;
            }
            Target::Container(index, kind @ (Kind::List | Kind::ByteArray)) => self.set_by_index(index, kind, from)?,
            Target::Object(index) => self.extend_side(index, from, |side| &mut side.pairs)?,
            _ => return Err(self.syntax("what items are set of is not a dict")),
        }
        self.stack.truncate(from);
        Ok(())
    }

    /// Adds what stands on the stack from `from` on to what stands just below.
    pub(super) fn add_items(&mut self, from: usize) -> Result<()> {
        let Some(at) = self.target_below(from)? else { return Ok(()) };
        match self.target(at)? {
            Target::Container(index, Kind::Set) => {
                self.check_keys(from, 1)?;
                self.extend(index, from)?;
            }
            Target::Object(index) => self.extend_side(index, from, |side| &mut side.adds)?,
            _ => return Err(self.syntax("what items are added to is not a set")),
        }
        self.stack.truncate(from);
        Ok(())
    }

    /// With `strict`: what stands on the stack from `from` on, each or every other, must be hashable.
    #[inline(always)]
    pub(super) fn check_keys(&mut self, from: usize, step: usize) -> Result<()> {
        if self.settings.strict { self.check_hashable(from, step) } else { Ok(()) }
    }

    #[cold]
    fn check_hashable(&mut self, from: usize, step: usize) -> Result<()> {
        let mut open: Vec<Ref> = self.stack[from..].iter().step_by(step).copied().collect();
        while let Some(value) = open.pop() {
            if !value.is_composite() {
                continue;
            }
            let composite = *self.store.composite(value);
            match composite.kind {
                Kind::List | Kind::Row | Kind::Dict | Kind::Set | Kind::ByteArray => {
                    return Err(self.syntax("the key is unhashable"));
                }
                Kind::ReadonlyView => open.push(Ref::from_bits(composite.first)),
                // What is hashable once is so for ever: each tuple is looked into once.
                Kind::Tuple if !composite.is(flags::HASHABLE) => {
                    self.store.composites[value.index()].flags |= flags::HASHABLE;
                    open.extend_from_slice(self.store.children(&composite));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Where the value below `from` stands; `None` if there is nothing from there on, for then nothing is done, whatever it is.
    #[inline(always)]
    fn target_below(&self, from: usize) -> Result<Option<usize>> {
        let height = self.stack.len();
        if from > height || from <= self.fence {
            return Err(self.underflow());
        }
        Ok((from < height).then_some(from - 1))
    }

    /// What the value at this place of the stack is, made an object if it is a name that is now given more.
    #[inline(always)]
    fn target(&mut self, at: usize) -> Result<Target> {
        let value = self.stack[at];
        if value.is_composite() {
            let kind = self.store.composite(value).kind;
            if matches!(kind, Kind::List | Kind::Dict | Kind::Set) {
                return Ok(Target::Container(value.index(), kind));
            }
            if kind == Kind::Row {
                self.unfold(value.index())?;
                return Ok(Target::Container(value.index(), Kind::List));
            }
        }
        self.unusual_target(value)
    }

    fn unusual_target(&mut self, value: Ref) -> Result<Target> {
        Ok(match self.as_object(value)? {
            Some(object) => Target::Object(object),
            None if value.is_composite() => Target::Container(value.index(), self.store.composite(value).kind),
            None => Target::Fixed,
        })
    }

    fn touched(&mut self, index: usize) {
        let composite = &mut self.store.composites[index];
        if composite.is(flags::USED) {
            composite.flags |= flags::CHANGED;
        }
    }

    /// Adds what stands on the stack from `from` on to the children of a list, dict or set.
    fn extend(&mut self, index: usize, from: usize) -> Result<()> {
        if self.store.composites[index].is(flags::USED) {
            self.store.changes(index);
        }
        let (arena, added) = (self.store.arena.len(), self.stack.len() - from);
        let composite = &mut self.store.composites[index];
        // Filled for the first time: its children go to the end of the arena.
        if composite.len == 0 && arena + added < u32::MAX as usize {
            composite.first = arena as u32;
            composite.len = added as u32;
            self.store.arena.extend_from_slice(&self.stack[from..]);
            return Ok(());
        }
        self.extend_more(index, from)
    }

    fn extend_more(&mut self, index: usize, from: usize) -> Result<()> {
        let composite = self.store.composites[index];
        let run = Run { first: composite.first, len: composite.len };
        let at_end = run.first as usize + run.len as usize == self.store.arena.len();
        let run = if at_end && !composite.is(flags::MOVED) {
            self.index_fits(self.store.arena.len() + self.stack.len() - from)?;
            self.store.arena.extend_from_slice(&self.stack[from..]);
            Run { first: run.first, len: run.len + (self.stack.len() - from) as u32 }
        } else {
            let room = if composite.is(flags::MOVED) { run.len.next_power_of_two() } else { run.len };
            self.store.composites[index].flags |= flags::MOVED;
            self.grow(run, room, from)?
        };
        let composite = &mut self.store.composites[index];
        (composite.first, composite.len) = (run.first, run.len);
        Ok(())
    }

    /// Adds what stands on the stack from `from` on to one of the runs of an object.
    fn extend_side(&mut self, index: usize, from: usize, run_of: fn(&mut Side) -> &mut Run) -> Result<()> {
        self.touched(index);
        let side = self.side_of(index)?;
        let run = *run_of(&mut self.store.sides[side]);
        let room = if run.len == 0 { 0 } else { run.len.next_power_of_two() };
        let run = self.grow(run, room, from)?;
        *run_of(&mut self.store.sides[side]) = run;
        Ok(())
    }

    /// Grows a run by what stands on the stack from `from` on: in its room, or at the end of the arena, or moved to there.
    /// Its new room is its length rounded up to a power of two, so that moving costs a constant for each child.
    fn grow(&mut self, run: Run, room: u32, from: usize) -> Result<Run> {
        let (first, len) = (run.first as usize, run.len as usize);
        let added = &self.stack[from..];
        let grown = len + added.len();
        let arena = &mut self.store.arena;
        if grown <= room as usize {
            arena[first + len..first + grown].copy_from_slice(added);
            return Ok(Run { first: run.first, len: grown as u32 });
        }
        let start = if room > 0 && first + room as usize == arena.len() { first } else { arena.len() };
        let end = start + grown.next_power_of_two();
        let end = u32::try_from(end).map_err(|_| self.too_large())? as usize;
        let arena = &mut self.store.arena;
        if start == first {
            arena.truncate(first + len);
        } else {
            arena.extend_from_within(first..first + len);
        }
        arena.extend_from_slice(&self.stack[from..]);
        arena.resize(end, Ref::EMPTY);
        Ok(Run { first: start as u32, len: grown as u32 })
    }

    /// Puts one value into a run of an object.
    pub(super) fn push_side(&mut self, index: usize, value: Ref, run_of: fn(&mut Side) -> &mut Run) -> Result<()> {
        let from = self.stack.len();
        self.stack.push(value);
        let result = self.extend_side(index, from, run_of);
        self.stack.truncate(from);
        result
    }

    /// The index of an object's side table, made if need be.
    pub(super) fn side_of(&mut self, index: usize) -> Result<usize> {
        if let Some(side) = (self.store.composites[index].len as usize).checked_sub(1) {
            return Ok(side);
        }
        let side = self.store.sides.len();
        self.store.composites[index].len = self.index_fits(side + 1)?;
        self.store.sides.push(Side::default());
        Ok(side)
    }

    // Lists and bytearrays by index: `PyObject_SetItem` serves them too.

    fn set_by_index(&mut self, index: usize, kind: Kind, from: usize) -> Result<()> {
        if self.windows.has_taken(index) {
            return Err(self.syntax("items are set of a list that was partly read"));
        }
        self.touched(index);
        if kind == Kind::ByteArray {
            self.own_bytes(index)?;
        }
        for at in (from..self.stack.len()).step_by(2) {
            let (key, value) = (self.stack[at], self.stack[at + 1]);
            let composite = self.store.composites[index];
            let len = match kind {
                Kind::List => composite.len as usize,
                _ => self.store.bytearrays[composite.first as usize].len(),
            };
            let Some(key) = self.int_of(key) else {
                return Err(self.syntax("the index is not an int"));
            };
            let place = if key < 0 { key.checked_add(len as i64) } else { Some(key) };
            let Some(place) = place.and_then(|place| usize::try_from(place).ok()).filter(|&place| place < len) else {
                return Err(self.syntax("the index is out of range"));
            };
            if kind == Kind::List {
                self.store.arena[composite.first as usize + place] = value;
            } else {
                let byte = self.byte_of(value)?;
                self.store.bytearrays[composite.first as usize][place] = byte;
            }
        }
        Ok(())
    }

    fn append_bytes(&mut self, index: usize, from: usize) -> Result<()> {
        self.touched(index);
        self.own_bytes(index)?;
        for at in from..self.stack.len() {
            let byte = self.byte_of(self.stack[at])?;
            let owned = self.store.composites[index].first as usize;
            self.store.bytearrays[owned].push(byte);
        }
        Ok(())
    }

    /// Copies a bytearray out of the input, so that it can change. Each has its own bytes there, so copies stay in proportion.
    fn own_bytes(&mut self, index: usize) -> Result<()> {
        let composite = self.store.composites[index];
        if composite.is(flags::OWNED) {
            return Ok(());
        }
        let owned = self.index_fits(self.store.bytearrays.len())?;
        let bytes = Leaf::bytearray8(self.input, composite.offset()).to_vec();
        self.store.bytearrays.push(bytes);
        let composite = &mut self.store.composites[index];
        composite.first = owned;
        composite.flags |= flags::OWNED;
        Ok(())
    }

    fn byte_of(&mut self, value: Ref) -> Result<u8> {
        let Some(int) = self.int_of(value) else {
            return Err(self.syntax("what is put into a bytearray is not an int"));
        };
        u8::try_from(int).map_err(|_| self.syntax("what is put into a bytearray is not in range(256)"))
    }

    /// The value of an int or bool that i64 can hold.
    fn int_of(&mut self, value: Ref) -> Option<i64> {
        if let Some(&int) = self.ints.get(&value) {
            return int;
        }
        let int = match self.leaf(value)? {
            Leaf::Int(int) => Some(int),
            Leaf::Bool(bool) => Some(i64::from(bool)),
            _ => None,
        };
        if Leaf::weight(self.input, self.store.offset(value)) > LONG_INT {
            self.ints.insert(value, int);
        }
        int
    }

    // Dropped results.

    /// POP took this value away. `setter(object, state)` changes an object that stays; CPython writes it for a 6-tuple
    /// `__reduce__`, drops the result, and so does cloudpickle.
    pub(super) fn dropped(&mut self, value: Ref) -> Result<()> {
        if !value.is_composite() {
            return Ok(());
        }
        let composite = *self.store.composite(value);
        if composite.kind != Kind::Object || composite.how() != How::Reduce {
            return Ok(());
        }
        let args = self.store.arena[composite.first as usize + 1];
        let Some(&first) = self.store.tuple_items(args).first() else { return Ok(()) };
        let first = self.store.current(first);
        if !first.is_composite() || self.store.composite(first).kind != Kind::Object || self.is_made_again(&composite) {
            return Ok(());
        }
        self.check_repeated(args)?;
        // That it served as an argument of this call is no reason to take it for changed.
        let flags = self.store.composites[first.index()].flags;
        self.push_side(first.index(), value, |side| &mut side.effects)?;
        self.store.composites[first.index()].flags = flags;
        Ok(())
    }

    /// One tuple may stand in many of these calls, each time with all of its items: what goes through a graph would go through
    /// more than was ever written.
    fn check_repeated(&mut self, args: Ref) -> Result<()> {
        let composite = &mut self.store.composites[args.index()];
        if !composite.is(flags::IN_EFFECT) {
            composite.flags |= flags::IN_EFFECT;
            return Ok(());
        }
        self.repeated_args += (composite.len as usize).saturating_sub(FEW_ARGS);
        if self.repeated_args > self.input.len() {
            return Err(Error::limit("calls whose results are dropped share more arguments than the pickle has bytes"));
        }
        Ok(())
    }

    /// An object that is reached from its own arguments is made twice: REDUCE, POP, GET of the one that was made first.
    fn is_made_again(&self, dropped: &crate::graph::Composite) -> bool {
        let rest = self.input.get(self.pos..).unwrap_or_default();
        let index = match *rest {
            [code::BINGET, index, ..] => u64::from(index),
            [code::LONG_BINGET, a, b, c, d, ..] => u64::from(u32::from_le_bytes([a, b, c, d])),
            [code::GET, ref text @ ..] => {
                let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).take(18);
                digits.fold(0, |index, digit| index * 10 + u64::from(digit - b'0'))
            }
            _ => return false,
        };
        let Some(next) = self.memo.get(index).filter(|next| next.is_composite()) else { return false };
        let next = self.store.composite(next);
        let slots = |object: &crate::graph::Composite| {
            let callable = self.store.arena[object.first as usize];
            let args = self.store.arena[object.first as usize + 1];
            (callable, if args.is_composite() { self.store.composite(args).len } else { 0 })
        };
        next.kind == Kind::Object && next.how() == dropped.how() && slots(next) == slots(dropped)
    }
}
