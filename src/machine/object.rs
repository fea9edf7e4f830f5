//! Globals, calls and state: recorded as objects, never run.

use super::Machine;
use crate::{
    error::Result,
    graph::{How, Kind, Leaf, Ref, flags},
    opcode::code,
};

impl Machine<'_> {
    /// GLOBAL's two lines: neither may be empty.
    pub(super) fn check_name(&self, module: &[u8], name: &[u8]) -> Result<()> {
        if module.is_empty() || name.is_empty() {
            return Err(self.eof_in_argument());
        }
        Ok(())
    }

    pub(super) fn stack_global(&mut self) -> Result<()> {
        let name = self.pop()?;
        let module = self.pop()?;
        if !self.is_str(name) || !self.is_str(module) {
            return Err(self.syntax("module and name must be str"));
        }
        self.met_name_at(name);
        self.push_node_and_store(Kind::Global, module.bits(), name.bits())
    }

    pub(super) fn push_extension(&mut self, number: i32) -> Result<()> {
        if number <= 0 {
            return Err(self.syntax("the extension code is not positive"));
        }
        self.push_leaf(self.at)?;
        Ok(())
    }

    pub(super) fn reduce(&mut self) -> Result<()> {
        let args = self.pop()?;
        let callable = self.pop()?;
        self.check_callable(callable)?;
        self.check_args(args)?;
        self.mark_used(args)?;
        let object = self.push_object(How::Reduce, callable, args)?;
        self.pos = self.store_ahead(self.pos, object);
        Ok(())
    }

    pub(super) fn new_object(&mut self, with_kwargs: bool) -> Result<()> {
        let kwargs = if with_kwargs { Some(self.pop()?) } else { None };
        let args = self.pop()?;
        let class = self.pop()?;
        self.check_callable(class)?;
        self.check_args(args)?;
        self.mark_used(args)?;
        let object = self.push_object(How::New, class, args)?;
        if let Some(kwargs) = kwargs {
            if !kwargs.is_composite() || self.store.composite(kwargs).kind != Kind::Dict {
                return Err(self.syntax("the keyword arguments are not a dict"));
            }
            self.store.composites[kwargs.index()].flags |= flags::USED;
            let side = self.side_of(object.index())?;
            self.store.sides[side].kwargs = kwargs;
        }
        self.pos = self.store_ahead(self.pos, object);
        Ok(())
    }

    /// `(args… INST module name`: an instance of a class of Python 2. The class is the opcode itself, as a leaf.
    pub(super) fn inst(&mut self) -> Result<()> {
        let module = self.line()?;
        let name = self.line()?;
        self.check_name(module, name)?;
        if !module.is_ascii() || !name.is_ascii() {
            return Err(self.syntax("module and name must be ASCII"));
        }
        let mark = self.pop_mark()?;
        self.collect_from(Kind::Tuple, mark)?;
        self.push_leaf(self.at)?;
        let (class, args) = (self.pop()?, self.pop()?);
        self.mark_used(args)?;
        let object = self.push_object(How::Instance, class, args)?;
        self.pos = self.store_ahead(self.pos, object);
        Ok(())
    }

    /// `(class args… OBJ`.
    pub(super) fn obj(&mut self) -> Result<()> {
        let mark = self.pop_mark()?;
        if self.stack.len() == mark {
            return Err(self.underflow());
        }
        self.collect_from(Kind::Tuple, mark + 1)?;
        let (args, class) = (self.pop()?, self.pop()?);
        self.check_callable(class)?;
        self.mark_used(args)?;
        let object = self.push_object(How::Instance, class, args)?;
        self.pos = self.store_ahead(self.pos, object);
        Ok(())
    }

    pub(super) fn build(&mut self) -> Result<()> {
        // Both must stand above the mark before either is taken.
        if self.stack.len() < self.fence + 2 {
            return Err(self.underflow());
        }
        let state = self.pop()?;
        let target = self.top()?;
        let Some(object) = self.as_object(target)? else {
            // A value that is no object has no attributes to set: only a state that sets none is fine.
            return if self.sets_nothing(state) {
                Ok(())
            } else {
                Err(self.syntax("what state is set of is not an object"))
            };
        };
        let slot = self.store.composites[object].first as usize + 2;
        if self.store.composites[object].is(flags::USED) {
            self.store.composites[object].flags |= flags::CHANGED;
        }
        if self.store.arena[slot].is_empty() {
            self.store.arena[slot] = state;
            return if self.awaits_raw { self.raw_array(object, state) } else { Ok(()) };
        }
        self.push_side(object, state, |side| &mut side.states)
    }

    pub(super) fn next_buffer(&mut self) -> Result<()> {
        let number = self.store.buffers;
        self.store.buffers = self.index_fits(number as usize + 1)?;
        self.push_node(Kind::Buffer, number, 0)?;
        Ok(())
    }

    /// Replaces the top by a read-only view of it; bytes are read-only as they are.
    pub(super) fn readonly_buffer(&mut self) -> Result<()> {
        let top = self.top()?;
        if !top.is_composite() {
            return match self.leaf_code(top) {
                Some(code::SHORT_BINBYTES | code::BINBYTES | code::BINBYTES8) => Ok(()),
                Some(code::STRING | code::BINSTRING | code::SHORT_BINSTRING) if self.settings.py2_bytes => Ok(()),
                _ => Err(self.syntax("the top is not a buffer")),
            };
        }
        match self.store.composite(top).kind {
            Kind::ReadonlyView => Ok(()),
            Kind::ByteArray | Kind::Buffer => {
                self.stack.pop();
                self.push_node(Kind::ReadonlyView, top.bits(), 0)?;
                Ok(())
            }
            Kind::FarLeaf => match self.leaf(top) {
                Some(Leaf::Bytes(_)) => Ok(()),
                _ => Err(self.syntax("the top is not a buffer")),
            },
            _ => Err(self.syntax("the top is not a buffer")),
        }
    }

    // What a value is, as far as the machine must know.

    /// The leaf that a value is, if it is one.
    pub(super) fn leaf(&self, value: Ref) -> Option<Leaf<'_>> {
        if value.is_composite() && self.store.composite(value).kind != Kind::FarLeaf {
            return None;
        }
        Leaf::read(self.input, self.store.offset(value))
    }

    fn leaf_code(&self, value: Ref) -> Option<u8> {
        self.store.leaf_code(self.input, value)
    }

    fn is_str(&self, value: Ref) -> bool {
        match self.leaf_code(value) {
            Some(code::SHORT_BINUNICODE | code::BINUNICODE | code::BINUNICODE8 | code::UNICODE) => true,
            Some(code::STRING | code::BINSTRING | code::SHORT_BINSTRING) => !self.settings.py2_bytes,
            _ => false,
        }
    }

    fn is_name(&self, value: Ref) -> bool {
        self.store.is_name(self.input, value)
    }

    fn check_callable(&self, value: Ref) -> Result<()> {
        let callable = self.store.is_callable(self.input, value);
        if callable { Ok(()) } else { Err(self.syntax("what is called is not callable")) }
    }

    fn check_args(&self, args: Ref) -> Result<()> {
        let tuple = match args.is_composite() {
            true => self.store.composite(args).kind == Kind::Tuple || self.leaf_code(args) == Some(code::EMPTY_TUPLE),
            false => self.leaf_code(args) == Some(code::EMPTY_TUPLE),
        };
        if tuple { Ok(()) } else { Err(self.syntax("the arguments are not a tuple")) }
    }

    /// None, or `(None, {})`.
    fn sets_nothing(&self, state: Ref) -> bool {
        if let Some(code) = self.leaf_code(state) {
            return code == code::NONE;
        }
        match *self.store.tuple_items(state) {
            [state, slots] => {
                self.leaf_code(state) == Some(code::NONE) && slots.is_composite() && {
                    let slots = self.store.composite(slots);
                    slots.kind == Kind::Dict && slots.len == 0
                }
            }
            _ => false,
        }
    }

    /// The index of the object that a value is; a global, extension code or persistent id becomes one.
    pub(super) fn as_object(&mut self, value: Ref) -> Result<Option<usize>> {
        if !value.is_composite() {
            let value = self.store.current(value);
            if value.is_composite() {
                return Ok(Some(value.index()));
            }
            if !self.is_name(value) {
                return Ok(None);
            }
            // It stands where the name does.
            let at = std::mem::replace(&mut self.at, value.offset());
            let object = self.new_object_node(How::Promoted, value, Ref::EMPTY);
            self.at = at;
            let object = object?;
            self.store.promoted.insert(value, object);
            self.store.shares = true;
            return Ok(Some(object.index()));
        }
        let composite = *self.store.composite(value);
        match composite.kind {
            Kind::Object => Ok(Some(value.index())),
            // Becomes an object where it stands, so that all its places see it; what it was moves aside.
            Kind::Global | Kind::PersistentId | Kind::FarLeaf => {
                if composite.kind == Kind::FarLeaf && !self.is_name(value) {
                    return Ok(None);
                }
                let name = self.new_composite(composite.kind, composite.first, composite.len)?;
                self.store.composites[name.index()] = composite;
                let object = self.new_object_node(How::Promoted, name, Ref::EMPTY)?;
                let object = self.store.composites[object.index()];
                let place = &mut self.store.composites[value.index()];
                (place.kind, place.flags, place.first, place.len) =
                    (Kind::Object, object.flags, object.first, object.len);
                self.store.shares = true;
                Ok(Some(value.index()))
            }
            _ => Ok(None),
        }
    }

    fn new_object_node(&mut self, how: How, callable: Ref, args: Ref) -> Result<Ref> {
        let first = self.index_fits(self.store.arena.len())?;
        self.index_fits(first as usize + 3)?;
        self.store.arena.extend_from_slice(&[callable, args, Ref::EMPTY]);
        let object = self.new_composite(Kind::Object, first, 0)?;
        self.store.composites[object.index()].flags |= how as u8;
        Ok(object)
    }

    fn push_object(&mut self, how: How, callable: Ref, args: Ref) -> Result<Ref> {
        let object = self.new_object_node(how, callable, args)?;
        self.stack.push(object);
        Ok(object)
    }
}
