//! How objects are made: the opcodes around class and arguments, at each protocol.

use super::{
    container::{Container, Kind},
    emit::Emitter,
    options::Memo,
    steps::Frame,
};
use crate::{Protocol, error::Result, opcode::code, value::handoff::Target};

/// How an object is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    Reduce,
    New,
    Instance,
    Itself,
}

/// What stands for `cls.__new__(cls, *args)` below protocol 2, which has no opcode for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Base {
    /// `copyreg._reconstructor(cls, object, None)`;
    Object,
    /// or with a base and its value: the one argument,
    Int,
    Str,
    Float,
    Bytes,
    TupleItself,
    /// a tuple of all arguments, as of a named tuple,
    Tuple,
    /// or what the object would be given at other protocols.
    List,
    Dict,
    /// `copyreg.__newobj__(cls, *args)`, which Python reads and does not write.
    Called,
    /// Of an instance of Python 2 at protocol 0: INST, whose class stands behind the arguments.
    Inst,
}

const BASES: [Base; 11] = [
    Base::Object,
    Base::Int,
    Base::Str,
    Base::Float,
    Base::Bytes,
    Base::TupleItself,
    Base::Tuple,
    Base::List,
    Base::Dict,
    Base::Called,
    Base::Inst,
];

/// What an instance has that must be made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parts {
    pub(crate) args: usize,
    pub(crate) items: usize,
    pub(crate) pairs: usize,
    /// It has more that is no state, or is part of itself.
    pub(crate) more: bool,
}

impl Base {
    /// As Python, whose class would tell; as far as the parts tell. With other policies, what is right for every class.
    ///
    /// `of_one` is the base of the one argument.
    pub(crate) fn of(target: Target, parts: Parts, of_one: impl FnOnce() -> Option<Base>) -> Base {
        if target.protocol >= Protocol::V2 {
            return Base::Object;
        }
        match parts {
            Parts { args: 0, items: 0, pairs: 0, more: false } => Base::Object,
            _ if target.memo != Memo::Python || parts.more => Base::Called,
            Parts { args: 0, pairs: 0, .. } => Base::List,
            Parts { args: 0, items: 0, .. } => Base::Dict,
            Parts { args: 1, items: 0, pairs: 0, .. } => of_one().unwrap_or(Base::Called),
            Parts { items: 0, pairs: 0, .. } => Base::Tuple,
            _ => Base::Called,
        }
    }

    fn name(self) -> Option<&'static str> {
        Some(match self {
            Base::Object | Base::Called | Base::Inst => return None,
            Base::Int => "int",
            Base::Str => "str",
            Base::Float => "float",
            Base::Bytes => "bytes",
            Base::TupleItself | Base::Tuple => "tuple",
            Base::List => "list",
            Base::Dict => "dict",
        })
    }
}

/// How an object is made, and what it is given, as the number of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) how: How,
    pub(crate) base: Base,
    pub(crate) has_kwargs: bool,
    /// The arguments come as the tuple that they are, and not between `Args` and `Call`.
    pub(crate) args_are_whole: bool,
}

impl Call {
    /// A callable and plain arguments.
    pub(crate) const REDUCE: Call =
        Call { how: How::Reduce, base: Base::Object, has_kwargs: false, args_are_whole: false };

    pub(crate) fn number(self) -> usize {
        self.how as usize
            | usize::from(self.has_kwargs) << 2
            | usize::from(self.args_are_whole) << 3
            | (self.base as usize) << 4
    }

    pub(super) fn of(number: usize) -> Call {
        let how = match number & 3 {
            0 => How::Reduce,
            1 => How::New,
            2 => How::Instance,
            _ => How::Itself,
        };
        let base = BASES.get(number >> 4).copied().unwrap_or(Base::Called);
        Call { how, base, has_kwargs: number & 4 != 0, args_are_whole: number & 8 != 0 }
    }

    /// Whether its arguments are written as a tuple.
    pub(crate) fn takes_tuple(self, protocol: Protocol) -> bool {
        match self.how {
            How::Reduce => true,
            How::New => self.has_kwargs || protocol >= Protocol::V2,
            How::Instance | How::Itself => false,
        }
    }
}

impl Emitter<'_> {
    /// What must stand before the class.
    pub(super) fn before_class(&mut self, call: Call) -> Result<()> {
        match call.how {
            How::New if call.has_kwargs && !self.at_least(Protocol::V4) => {
                self.global("copyreg", "__newobj_ex__")?;
                self.mark_before(3);
            }
            How::New if !self.at_least(Protocol::V2) => {
                let called = call.base == Base::Called;
                self.global("copyreg", if called { "__newobj__" } else { "_reconstructor" })?;
                self.put(&[code::MARK]);
            }
            How::Instance => self.put(&[code::MARK]),
            How::New | How::Reduce | How::Itself => {}
        }
        Ok(())
    }

    /// How the object is made that the arguments are of.
    pub(super) fn open_call(&self) -> Option<Call> {
        self.steps.open.iter().rev().find_map(|frame| match frame {
            Frame::Object(call) => Some(*call),
            _ => None,
        })
    }

    pub(super) fn begin_args(&mut self, number: usize) -> Result<()> {
        let Some(call) = self.open_call() else { return Ok(()) };
        if call.takes_tuple(self.protocol) {
            let tuple = Container::tuple(self, Some(number))?;
            return self.push(Frame::Container(tuple));
        }
        if call.how == How::New
            && let Some(base) = call.base.name()
        {
            self.global("builtins", base)?;
        }
        let container = match call.base {
            Base::Tuple => Container::tuple(self, Some(number))?,
            Base::List => Container::list(self, Some(number)),
            Base::Dict => {
                let container = Container::map(self, Some(number));
                return self.push(Frame::Dict { container, at_value: false, attributes: false });
            }
            _ => Container::new(Kind::Plain, Some(number)),
        };
        self.push(Frame::Container(container))
    }

    pub(super) fn end_args(&mut self, again: Option<usize>) -> Result<()> {
        let Some(call) = self.open_call().filter(|call| call.how != How::Itself) else { return Ok(()) };
        if !call.has_kwargs && !call.args_are_whole {
            // With keyword arguments, the tuple of the others is complete already.
            self.end(None)?;
        }
        match call.how {
            How::Reduce => self.put(&[code::REDUCE]),
            How::New if call.has_kwargs && self.at_least(Protocol::V4) => self.put(&[code::NEWOBJ_EX]),
            How::New if call.has_kwargs => {
                self.call(3)?;
                return self.made_again(again);
            }
            How::New if self.at_least(Protocol::V2) => self.put(&[code::NEWOBJ]),
            How::New => {
                if call.base == Base::Object {
                    self.global("builtins", "object")?;
                    self.put(&[code::NONE]);
                }
                self.put(&[code::TUPLE]);
                self.made();
                self.put(&[code::REDUCE]);
            }
            How::Instance if call.base == Base::Inst => {
                let lines = self.steps.inst.pop().unwrap_or_default();
                self.put(&[code::INST]);
                self.put(&lines);
            }
            How::Instance => self.put(&[code::OBJ]),
            // It has no arguments.
            How::Itself => {}
        }
        match again {
            None => self.made(),
            Some(_) => return self.made_again(again),
        }
        Ok(())
    }

    fn made_again(&mut self, again: Option<usize>) -> Result<()> {
        if let Some(number) = again {
            self.put(&[code::POP]);
            self.fetch_stored(number)?;
        }
        Ok(())
    }
}
