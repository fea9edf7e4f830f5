//! Values that are written without recursion, step by step.
//!
//! serde's containers recurse. Our own types ([`Value`](crate::Value), [`Graph`](crate::Graph)) may be as deep as they like, have
//! objects, sharing and cycles, for which serde has no word, and know before they begin what they will write. They ask our serializer
//! for a map under the name [`token::STEPS`](crate::token::STEPS), whose keys are steps and whose values are leaves.

use serde::ser::{Serialize, SerializeMap, SerializeTupleVariant, Serializer};

use super::{
    call::Call,
    container::{Container, Kind},
    emit::{Emitter, Form, Policy},
};
use crate::{
    Protocol,
    error::{Error, Result},
    opcode::code,
    token,
    value::handoff::{self, Target},
};

/// What a step does. `END` and what follows it in this list end something; all before begin a value or are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum Step {
    /// Of so many items, which follow, up to `End`.
    List,
    Tuple,
    Set,
    FrozenSet,
    /// Of so many pairs, whose keys and values follow in turn.
    Dict,
    /// As `Dict`, of attributes: Python has one text of each name.
    Attributes,
    /// A global: the next text is module and name, and the module has so many bytes.
    Global,
    /// The next bytes are an opcode and its argument, of which so many stand before a payload.
    Raw,
    /// An object, by its [`Call`]: its class is next. Up to `ObjectEnd`.
    Object,
    /// The class of an object that is made by INST: the next text is module and name, and the module has so many bytes.
    InstClass,
    /// A persistent id: what it is follows, up to `IdEnd`.
    Id,
    /// A persistent id: the next text.
    IdText,
    /// An extension code.
    Extension,
    /// An out-of-band buffer, by its number.
    Buffer,
    /// The next bytes, out of band if somebody takes them; read-only if the number is 1.
    BufferBytes,
    /// A str of Python 2: the next bytes.
    Py2Str,
    /// A global: module and name follow, up to `StackGlobal`.
    Names,
    /// A value that was stored, by its number.
    Fetch,
    /// A value that was stored is given more, up to `Drop`: it is next, by `Fetch`.
    Again,

    /// Ends a list, tuple, dict, set, frozenset, or the items that an object is given.
    End,
    /// Ends a tuple or frozenset that was stored already, since it was reached from its own items: the one of that number.
    EndAgain,
    /// After the class: so many arguments follow.
    Args,
    /// After the arguments: the keyword arguments follow, as a dict.
    Kwargs,
    /// After all arguments: makes the object.
    Call,
    /// As `Call`, but the object was stored already, since it was reached from its own arguments.
    CallAgain,
    /// So many items that are appended to the object follow, up to `End`;
    Items,
    /// or so many pairs,
    Pairs,
    /// or so many that are added.
    Added,
    /// After a state.
    Build,
    /// After a state setter: the object and so many more arguments follow,
    EffectArgs,
    /// and up to here.
    Effect,
    ObjectEnd,
    /// Takes the value away that was given more.
    Drop,
    IdEnd,
    /// The value that was just written is read-only.
    Readonly,
    /// Stores the value that was just written, under the next number.
    Store,
    /// The same of what no policy stores.
    StoreNow,
    StackGlobal,
    /// From here to the end, only what `Store` says is stored: identity is known.
    Exact,
}

/// All steps, in the order of their numbers.
const STEPS: [Step; 39] = [
    Step::List,
    Step::Tuple,
    Step::Set,
    Step::FrozenSet,
    Step::Dict,
    Step::Attributes,
    Step::Global,
    Step::Raw,
    Step::Object,
    Step::InstClass,
    Step::Id,
    Step::IdText,
    Step::Extension,
    Step::Buffer,
    Step::BufferBytes,
    Step::Py2Str,
    Step::Names,
    Step::Fetch,
    Step::Again,
    Step::End,
    Step::EndAgain,
    Step::Args,
    Step::Kwargs,
    Step::Call,
    Step::CallAgain,
    Step::Items,
    Step::Pairs,
    Step::Added,
    Step::Build,
    Step::EffectArgs,
    Step::Effect,
    Step::ObjectEnd,
    Step::Drop,
    Step::IdEnd,
    Step::Readonly,
    Step::Store,
    Step::StoreNow,
    Step::StackGlobal,
    Step::Exact,
];

/// Writes steps to our serializer, which is behind a map under the name of steps.
pub(crate) struct Writer<M> {
    map: M,
    /// The protocol and the memo that are written.
    pub(crate) target: Target,
}

/// Begins to write steps, if this is our serializer; gives the serializer back if it is not. `whole` for what has no limit of depth.
pub(crate) fn begin<S: Serializer>(serializer: S) -> Result<Result<Writer<S::SerializeMap>, S::Error>, S> {
    match handoff::take_target() {
        Some(target) => Ok(serializer.serialize_map(None).map(|map| Writer { map, target })),
        None => Err(serializer),
    }
}

impl<M: SerializeMap> Writer<M> {
    #[inline]
    pub(crate) fn step(&mut self, step: Step, number: usize) -> Result<(), M::Error> {
        self.map.serialize_key(&StepNumber(step, number))
    }

    #[inline]
    pub(crate) fn leaf<T: ?Sized + Serialize>(&mut self, leaf: &T) -> Result<(), M::Error> {
        self.map.serialize_value(leaf)
    }

    pub(crate) fn global(&mut self, step: Step, module: &str, name: &str) -> Result<(), M::Error> {
        self.step(step, module.len())?;
        // Most names are short.
        let (mut short, len) = ([0; 64], module.len() + name.len());
        match short.get_mut(..len) {
            Some(both) => {
                both[..module.len()].copy_from_slice(module.as_bytes());
                both[module.len()..].copy_from_slice(name.as_bytes());
                self.leaf(serde_bytes::Bytes::new(both))
            }
            None => self.leaf(serde_bytes::Bytes::new([module, name].concat().as_bytes())),
        }
    }

    pub(crate) fn end(self) -> Result<M::Ok, M::Error> {
        self.map.end()
    }
}

struct StepNumber(Step, usize);

impl Serialize for StepNumber {
    #[inline]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_tuple_variant(token::STEPS, self.0 as u32, "", self.1)?.end()
    }
}

/// What is being written step by step.
#[derive(Debug)]
pub(super) enum Frame {
    Container(Container),
    /// A dict whose key is written, or that waits for the next.
    Dict {
        container: Container,
        at_value: bool,
        /// Its keys are names of attributes.
        attributes: bool,
    },
    Object(Call),
    Plain,
}

/// Where a value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// As a key of a small dict,
    Key,
    /// as the name of an attribute,
    Attribute,
    /// or anywhere else.
    Other,
}

/// The state of the steps of one value.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    pub(super) open: Vec<Frame>,
    /// For each open INST, what stands behind its arguments.
    pub(super) inst: Vec<Vec<u8>>,
    /// Where each stored value has its place in the memo.
    stored: Vec<u32>,
    limit: usize,
    /// How many out-of-band buffers the pickle has taken.
    pub(super) buffers: usize,
}

impl Emitter<'_> {
    /// Whether the map that is to be written is steps. They begin anew in each value.
    #[cold]
    pub(crate) fn begin_steps(&mut self) -> bool {
        let limit = match self.form {
            Some(Form::Steps) => self.options.value_depth(),
            Some(Form::EndlessSteps) => usize::MAX,
            _ => return false,
        };
        self.form = None;
        self.steps.limit = limit;
        self.steps.open.clear();
        self.steps.inst.clear();
        self.steps.stored.clear();
        true
    }

    /// To be called before each value: what the container around it needs before an item. Gives where the value stands.
    #[inline]
    pub(crate) fn before_value(&mut self) -> Place {
        if self.form.is_some() {
            return Place::Other;
        }
        // Lent out of the emitter, so that what stands before the value can be written to it.
        let mut open = std::mem::take(&mut self.steps.open);
        let mut place = Place::Other;
        match open.last_mut() {
            Some(Frame::Container(container)) => {
                container.before(self);
                container.written += 1;
            }
            Some(Frame::Dict { container, at_value, attributes }) => {
                if !*at_value {
                    container.before(self);
                    container.written += 1;
                    place = match (*attributes, container.store_keys) {
                        (true, _) => Place::Attribute,
                        (false, true) => Place::Key,
                        (false, false) => Place::Other,
                    };
                }
                *at_value = !*at_value;
            }
            Some(Frame::Object(_) | Frame::Plain) | None => {}
        }
        self.steps.open = open;
        place
    }

    pub(super) fn push(&mut self, frame: Frame) -> Result<()> {
        if self.steps.open.len() >= self.steps.limit {
            return Err(self.too_deep());
        }
        self.steps.open.push(frame);
        Ok(())
    }

    pub(crate) fn step(&mut self, step: u32, number: usize) -> Result<()> {
        let Some(&step) = STEPS.get(step as usize) else { return Ok(()) };
        if (step as u32) < Step::End as u32 {
            if step != Step::Again {
                self.before_value();
            }
            self.output.boundary()?;
            return self.begin_value(step, number);
        }
        match step {
            Step::End => self.end(None)?,
            Step::EndAgain => self.end(Some(number))?,
            Step::Args => self.begin_args(number)?,
            Step::Kwargs if self.open_call().is_some_and(|call| call.args_are_whole) => {}
            Step::Kwargs => self.end(None)?,
            Step::Call => self.end_args(None)?,
            Step::CallAgain => self.end_args(Some(number))?,
            Step::Items => self.push(Frame::Container(Container::new(Kind::Items, Some(number))))?,
            Step::Added => self.push(Frame::Container(Container::new(Kind::Added, Some(number))))?,
            Step::Pairs => {
                let container = Container::new(Kind::Pairs, Some(number));
                self.push(Frame::Dict { container, at_value: false, attributes: false })?;
            }
            Step::Build => self.put(&[code::BUILD]),
            Step::EffectArgs if number > 2 => self.put(&[code::MARK]),
            Step::Effect => {
                // As CPython: the tuple of a state setter is not stored.
                match number {
                    0 => self.put(&[code::TUPLE1]),
                    1 => self.put(&[code::TUPLE2]),
                    2 => self.put(&[code::TUPLE3]),
                    _ => self.put(&[code::TUPLE]),
                }
                self.put(&[code::REDUCE, code::POP]);
            }
            Step::ObjectEnd => {
                self.steps.open.pop();
            }
            Step::Drop => {
                self.steps.open.pop();
                self.put(&[code::POP]);
            }
            Step::IdEnd => {
                self.steps.open.pop();
                self.put(&[code::BINPERSID]);
            }
            Step::StackGlobal => {
                self.steps.open.pop();
                self.put(&[code::STACK_GLOBAL]);
                self.made();
            }
            Step::Exact => self.policy = Policy::NOTHING,
            Step::Readonly => {
                self.needs(Protocol::V5, "an out-of-band buffer")?;
                self.put(&[code::READONLY_BUFFER]);
            }
            Step::Store => {
                let index = self.stored_last();
                self.steps.stored.push(index);
            }
            Step::StoreNow => {
                let index = self.store_next();
                self.steps.stored.push(index);
            }
            _ => {}
        }
        Ok(())
    }

    fn begin_value(&mut self, step: Step, number: usize) -> Result<()> {
        let frame = match step {
            Step::List => Frame::Container(Container::list(self, Some(number))),
            Step::Tuple => Frame::Container(Container::tuple(self, Some(number))?),
            Step::Set | Step::FrozenSet => {
                Frame::Container(Container::set(self, step == Step::FrozenSet, Some(number))?)
            }
            Step::Dict | Step::Attributes => {
                let mut container = Container::map(self, Some(number));
                container.store_keys &= self.steps.limit < usize::MAX;
                Frame::Dict { container, at_value: false, attributes: step == Step::Attributes }
            }
            Step::Object => {
                let call = Call::of(number);
                self.before_class(call)?;
                Frame::Object(call)
            }
            Step::Id | Step::Names | Step::Again => Frame::Plain,
            Step::Global => {
                self.form = Some(Form::Global(number));
                return Ok(());
            }
            Step::InstClass => {
                self.form = Some(Form::InstClass(number));
                return Ok(());
            }
            Step::Raw => {
                self.form = Some(Form::Raw(number));
                return Ok(());
            }
            Step::IdText => {
                self.form = Some(Form::PersistentId);
                return Ok(());
            }
            Step::BufferBytes => {
                self.form = Some(Form::Buffer { readonly: number == 1 });
                return Ok(());
            }
            Step::Py2Str => {
                self.form = Some(Form::Py2Str);
                return Ok(());
            }
            Step::Extension => return self.extension(number as i32),
            Step::Buffer => {
                self.needs(Protocol::V5, "an out-of-band buffer")?;
                return self.buffer_outside(number);
            }
            Step::Fetch => return self.fetch_stored(number),
            _ => return Ok(()),
        };
        self.push(frame)
    }

    pub(super) fn fetch_stored(&mut self, number: usize) -> Result<()> {
        if let Some(&index) = self.steps.stored.get(number) {
            self.fetch(index);
        }
        Ok(())
    }

    pub(super) fn end(&mut self, again: Option<usize>) -> Result<()> {
        let mut container = match self.steps.open.pop() {
            Some(Frame::Container(container) | Frame::Dict { container, .. }) => container,
            _ => return Ok(()),
        };
        let Some(number) = again else { return container.finish(self) };
        if container.kind == Kind::CalledList {
            container.kind = Kind::List;
            container.finish(self)?;
            self.call_only(1);
            self.put(&[code::POP]);
        } else {
            container.discard(self);
        }
        self.fetch_stored(number)
    }

    fn extension(&mut self, number: i32) -> Result<()> {
        self.needs(Protocol::V2, "an extension code")?;
        match (u8::try_from(number), u16::try_from(number)) {
            (Ok(number), _) => self.put(&[code::EXT1, number]),
            (_, Ok(number)) => {
                let [a, b] = number.to_le_bytes();
                self.put(&[code::EXT2, a, b]);
            }
            _ => {
                let [a, b, c, d] = number.to_le_bytes();
                self.put(&[code::EXT4, a, b, c, d]);
            }
        }
        Ok(())
    }

    /// # Errors
    ///
    /// If the protocol that is written is lower than what this takes.
    pub(crate) fn needs(&self, protocol: Protocol, what: &str) -> Result<()> {
        if self.at_least(protocol) {
            return Ok(());
        }
        Err(Error::data(format!("{what} needs protocol {}", protocol.number())))
    }
}
