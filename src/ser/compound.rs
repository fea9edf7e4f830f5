//! Containers that are being written: serde's `SerializeSeq` and the like.
//!
//! What is called for each item is inlined, so that a container's few fields stay in registers; but not in debug builds, where every
//! inlined local has a place of its own in a frame that recurses.

use serde::ser::{self, Serialize};

use super::{
    emit::{Emitter, Form, KEY_PAIRS},
    key::KeySerializer,
};
use crate::{
    Protocol,
    error::{Error, Result},
    opcode::code,
    path::Segment,
};

/// Whoever a value is written for: inside another value, or a whole pickle that has an end to be written.
pub(crate) trait Host<'s> {
    fn emitter(&mut self) -> &mut Emitter<'s>;
    /// The value is complete.
    fn done(self) -> Result<()>;
}

impl<'s> Host<'s> for &mut Emitter<'s> {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn emitter(&mut self) -> &mut Emitter<'s> {
        self
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn done(self) -> Result<()> {
        Ok(())
    }
}

/// Items come in batches of so many, as in CPython: readers hold one on their stack.
const BATCH: usize = 1000;

/// What the items of a container become.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// APPEND, APPENDS.
    List,
    /// SETITEM, SETITEMS.
    Dict,
    /// ADDITEMS.
    Set,
    /// Everything after the mark, or the values on top of the stack.
    Tuple,
    FrozenSet,
    /// Below protocol 4: `set([...])`, of a list.
    CalledList,
}

pub(crate) struct Compound<H> {
    host: H,
    kind: Kind,
    /// How many items or pairs were announced.
    announced: Option<usize>,
    written: usize,
    /// How many there are since the mark; without one, 0.
    in_batch: usize,
    /// An item without a mark waits for its APPEND or SETITEM.
    single: bool,
    /// Short text keys are stored in the memo.
    store_keys: bool,
    /// The container is the content of a variant: it stands in a dict of one.
    in_variant: bool,
}

impl<H> Compound<H> {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn new(host: H, kind: Kind, announced: Option<usize>) -> Self {
        Compound { host, kind, announced, written: 0, in_batch: 0, single: false, store_keys: false, in_variant: false }
    }
}

impl<'s, H: Host<'s>> Compound<H> {
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn seq(mut host: H, len: Option<usize>) -> Result<Self> {
        let emitter = host.emitter();
        emitter.enter()?;
        emitter.output.boundary()?;
        match emitter.form.take() {
            Some(Form::Tuple) => Compound::tuple(host, len),
            Some(form @ (Form::Set | Form::FrozenSet)) => Compound::set(host, form, len),
            _ => {
                open(emitter, code::EMPTY_LIST, code::LIST);
                Ok(Compound::new(host, Kind::List, len))
            }
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn tuple(mut host: H, len: Option<usize>) -> Result<Self> {
        let emitter = host.emitter();
        match len {
            Some(0) if emitter.at_least(Protocol::V1) => {}
            Some(1..=3) if emitter.at_least(Protocol::V2) => {}
            _ => emitter.put(&[code::MARK]),
        }
        Ok(Compound::new(host, Kind::Tuple, len))
    }

    #[cold]
    fn set(mut host: H, form: Form, len: Option<usize>) -> Result<Self> {
        let emitter = host.emitter();
        if emitter.at_least(Protocol::V4) {
            let (op, kind) = match form {
                Form::Set => (code::EMPTY_SET, Kind::Set),
                _ => (code::MARK, Kind::FrozenSet),
            };
            emitter.put(&[op]);
            return Ok(Compound::new(host, kind, len));
        }
        emitter.global("builtins", if form == Form::Set { "set" } else { "frozenset" })?;
        emitter.mark_before(1);
        open(emitter, code::EMPTY_LIST, code::LIST);
        Ok(Compound::new(host, Kind::CalledList, len))
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn fixed_tuple(mut host: H, len: usize) -> Result<Self> {
        let emitter = host.emitter();
        emitter.enter()?;
        emitter.output.boundary()?;
        match emitter.form.take() {
            Some(form @ (Form::Set | Form::FrozenSet)) => Compound::set(host, form, Some(len)),
            _ => Compound::tuple(host, Some(len)),
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn map(mut host: H, len: Option<usize>) -> Result<Self> {
        let emitter = host.emitter();
        emitter.enter()?;
        emitter.output.boundary()?;
        open(emitter, code::EMPTY_DICT, code::DICT);
        let mut map = Compound::new(host, Kind::Dict, len);
        map.store_keys = len.is_some_and(|len| len <= KEY_PAIRS);
        Ok(map)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn structure(mut host: H, len: usize) -> Result<Self> {
        let emitter = host.emitter();
        emitter.enter()?;
        emitter.output.boundary()?;
        open(emitter, code::EMPTY_DICT, code::DICT);
        Ok(Compound::new(host, Kind::Dict, Some(len)))
    }

    pub(crate) fn tuple_variant(mut host: H, variant: &'static str, len: usize) -> Result<Self> {
        open_variant(host.emitter(), variant)?;
        let mut tuple = Compound::fixed_tuple(host, len)?;
        tuple.in_variant = true;
        Ok(tuple)
    }

    pub(crate) fn struct_variant(mut host: H, variant: &'static str, len: usize) -> Result<Self> {
        open_variant(host.emitter(), variant)?;
        let mut structure = Compound::structure(host, len)?;
        structure.in_variant = true;
        Ok(structure)
    }

    /// To be called before each item, or pair.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn before(&mut self) {
        match self.kind {
            Kind::List | Kind::Dict | Kind::CalledList => {}
            Kind::Set => {
                let emitter = self.host.emitter();
                if self.in_batch == BATCH {
                    emitter.put(&[code::ADDITEMS]);
                    self.in_batch = 0;
                }
                if self.in_batch == 0 {
                    emitter.put(&[code::MARK]);
                }
                self.in_batch += 1;
                return;
            }
            Kind::Tuple | Kind::FrozenSet => return,
        }
        if self.in_batch > 0 && self.in_batch < BATCH {
            self.in_batch += 1;
            return;
        }
        self.begin_batch();
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn begin_batch(&mut self) {
        let announced_one = self.announced == Some(1);
        let (kind, single, in_batch) = (self.kind, self.single, self.in_batch > 0);
        self.single = begin_batch(self.host.emitter(), kind, single, in_batch, announced_one);
        self.in_batch = usize::from(!self.single);
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn item<T: ?Sized + Serialize>(&mut self, item: &T) -> Result<()> {
        self.before();
        match item.serialize(self.host.emitter()) {
            Ok(()) => {
                self.written += 1;
                Ok(())
            }
            Err(error) => Err(at_index(error, self.written)),
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn field<T: ?Sized + Serialize>(&mut self, name: &'static str, value: &T) -> Result<()> {
        self.before();
        let emitter = self.host.emitter();
        emitter.name(name)?;
        match value.serialize(emitter) {
            Ok(()) => Ok(()),
            Err(error) => Err(named(error, name)),
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn finish(mut self) -> Result<()> {
        let emitter = self.host.emitter();
        match self.kind {
            Kind::List | Kind::CalledList if self.single => emitter.put(&[code::APPEND]),
            Kind::List | Kind::CalledList if self.in_batch > 0 => emitter.put(&[code::APPENDS]),
            Kind::Dict if self.single => emitter.put(&[code::SETITEM]),
            Kind::Dict if self.in_batch > 0 => emitter.put(&[code::SETITEMS]),
            Kind::Set if self.in_batch > 0 => emitter.put(&[code::ADDITEMS]),
            Kind::List | Kind::CalledList | Kind::Dict | Kind::Set => {}
            Kind::FrozenSet => emitter.put(&[code::FROZENSET]),
            Kind::Tuple => {
                if let Some(announced) = self.announced
                    && announced != self.written
                {
                    return Err(Error::data(format!(
                        "a tuple was announced with {announced} items and has {}",
                        self.written
                    )));
                }
                let short = emitter.at_least(Protocol::V2);
                emitter.put(&[match self.announced {
                    Some(0) if emitter.at_least(Protocol::V1) => code::EMPTY_TUPLE,
                    Some(1) if short => code::TUPLE1,
                    Some(2) if short => code::TUPLE2,
                    Some(3) if short => code::TUPLE3,
                    _ => code::TUPLE,
                }]);
            }
        }
        if self.kind == Kind::CalledList {
            emitter.call(1)?;
        }
        emitter.leave();
        if self.in_variant {
            close_variant(emitter);
        }
        self.host.done()
    }
}

/// Ends what came before, and begins a batch; gives whether it is a single item without a mark. It takes no reference to the
/// container, so that this may stay in registers.
#[inline(never)]
fn begin_batch(emitter: &mut Emitter<'_>, kind: Kind, single: bool, in_batch: bool, announced_one: bool) -> bool {
    let (one, many) = match kind {
        Kind::Dict => (code::SETITEM, code::SETITEMS),
        _ => (code::APPEND, code::APPENDS),
    };
    if single {
        emitter.put(&[one]);
    }
    if in_batch {
        emitter.put(&[many]);
    }
    // Protocol 0 has no batches; and what is announced as one item needs no mark.
    if !emitter.at_least(Protocol::V1) || announced_one {
        return true;
    }
    emitter.put(&[code::MARK]);
    false
}

#[cold]
fn at_index(error: Error, index: usize) -> Error {
    error.within(Segment::Index(index))
}

#[cold]
pub(crate) fn named(error: Error, name: &str) -> Error {
    error.within(Segment::Name(name.into()))
}

/// An empty container: protocol 0 has none, and makes it of nothing above a mark.
#[cfg_attr(not(debug_assertions), inline(always))]
fn open(emitter: &mut Emitter<'_>, empty: u8, of_slice: u8) {
    if emitter.at_least(Protocol::V1) {
        emitter.put(&[empty]);
    } else {
        emitter.put(&[code::MARK, of_slice]);
    }
}

/// `{'Name': content}` up to the content.
pub(crate) fn open_variant(emitter: &mut Emitter<'_>, variant: &'static str) -> Result<()> {
    emitter.enter()?;
    emitter.output.boundary()?;
    open(emitter, code::EMPTY_DICT, code::DICT);
    emitter.name(variant)
}

pub(crate) fn close_variant(emitter: &mut Emitter<'_>) {
    emitter.put(&[code::SETITEM]);
    emitter.leave();
}

impl<'s, H: Host<'s>> ser::SerializeSeq for Compound<H> {
    type Ok = ();
    type Error = Error;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn serialize_element<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<()> {
        self.item(value)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn end(self) -> Result<()> {
        self.finish()
    }
}

impl<'s, H: Host<'s>> ser::SerializeTuple for Compound<H> {
    type Ok = ();
    type Error = Error;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn serialize_element<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<()> {
        self.item(value)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn end(self) -> Result<()> {
        self.finish()
    }
}

impl<'s, H: Host<'s>> ser::SerializeTupleStruct for Compound<H> {
    type Ok = ();
    type Error = Error;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn serialize_field<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<()> {
        self.item(value)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn end(self) -> Result<()> {
        self.finish()
    }
}

impl<'s, H: Host<'s>> ser::SerializeTupleVariant for Compound<H> {
    type Ok = ();
    type Error = Error;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn serialize_field<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<()> {
        self.item(value)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn end(self) -> Result<()> {
        self.finish()
    }
}

impl<'s, H: Host<'s>> ser::SerializeMap for Compound<H> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: ?Sized + Serialize>(&mut self, key: &T) -> Result<()> {
        self.before();
        if self.store_keys {
            key.serialize(KeySerializer { emitter: self.host.emitter() })
        } else {
            key.serialize(self.host.emitter())
        }
    }

    fn serialize_value<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<()> {
        value.serialize(self.host.emitter())
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn end(self) -> Result<()> {
        self.finish()
    }
}

impl<'s, H: Host<'s>> ser::SerializeStruct for Compound<H> {
    type Ok = ();
    type Error = Error;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn serialize_field<T: ?Sized + Serialize>(&mut self, name: &'static str, value: &T) -> Result<()> {
        self.field(name, value)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn end(self) -> Result<()> {
        self.finish()
    }
}

impl<'s, H: Host<'s>> ser::SerializeStructVariant for Compound<H> {
    type Ok = ();
    type Error = Error;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn serialize_field<T: ?Sized + Serialize>(&mut self, name: &'static str, value: &T) -> Result<()> {
        self.field(name, value)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn end(self) -> Result<()> {
        self.finish()
    }
}
