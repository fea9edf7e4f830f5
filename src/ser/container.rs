//! Containers that are being written: what stands before, between and after their items.
//!
//! What is called for each item is inlined, so that a container's few fields stay in registers; but not in debug builds, where every
//! inlined local has a place of its own in a frame that recurses.

use super::{
    emit::{Emitter, Form, KEY_PAIRS},
    options::Memo,
};
use crate::{
    Protocol,
    error::{Error, Result},
    opcode::code,
};

/// Items come in batches of so many, as in CPython: readers hold one on their stack.
const BATCH: usize = 1000;

/// What the items of a container become.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
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
    /// As those of a list, a dict, a set, but of an object, which is there.
    Items,
    Pairs,
    Added,
    /// Values one after the other, with nothing around them.
    Plain,
}

#[derive(Debug)]
pub(crate) struct Container {
    pub(crate) kind: Kind,
    /// How many items or pairs were announced.
    announced: Option<usize>,
    pub(crate) written: usize,
    /// How many there are since the mark; without one, 0.
    in_batch: usize,
    /// An item without a mark waits for its APPEND or SETITEM.
    single: bool,
    /// Short text keys are stored in the memo.
    pub(crate) store_keys: bool,
}

impl Container {
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn new(kind: Kind, announced: Option<usize>) -> Self {
        Container { kind, announced, written: 0, in_batch: 0, single: false, store_keys: false }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn seq(emitter: &mut Emitter<'_>, len: Option<usize>) -> Result<Self> {
        emitter.output.boundary()?;
        match emitter.form.take() {
            Some(Form::Tuple) => Container::tuple(emitter, len),
            Some(form @ (Form::Set | Form::FrozenSet)) => Container::set(emitter, form == Form::FrozenSet, len),
            _ => Ok(Container::list(emitter, len)),
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn fixed(emitter: &mut Emitter<'_>, len: usize) -> Result<Self> {
        emitter.output.boundary()?;
        match emitter.form.take() {
            Some(form @ (Form::Set | Form::FrozenSet)) => Container::set(emitter, form == Form::FrozenSet, Some(len)),
            _ => Container::tuple(emitter, Some(len)),
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn list(emitter: &mut Emitter<'_>, len: Option<usize>) -> Self {
        open(emitter, code::EMPTY_LIST, code::LIST);
        Container::new(Kind::List, len)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn tuple(emitter: &mut Emitter<'_>, len: Option<usize>) -> Result<Self> {
        match len {
            Some(0) if emitter.at_least(Protocol::V1) => {}
            Some(1..=3) if emitter.at_least(Protocol::V2) => {}
            _ => emitter.put(&[code::MARK]),
        }
        Ok(Container::new(Kind::Tuple, len))
    }

    #[cold]
    pub(crate) fn set(emitter: &mut Emitter<'_>, frozen: bool, len: Option<usize>) -> Result<Self> {
        if emitter.at_least(Protocol::V4) {
            if frozen {
                emitter.put(&[code::MARK]);
                return Ok(Container::new(Kind::FrozenSet, len));
            }
            emitter.put(&[code::EMPTY_SET]);
            emitter.made();
            return Ok(Container::new(Kind::Set, len));
        }
        emitter.global("builtins", if frozen { "frozenset" } else { "set" })?;
        emitter.mark_before(1);
        open(emitter, code::EMPTY_LIST, code::LIST);
        Ok(Container::new(Kind::CalledList, len))
    }

    /// Of a struct, or a map.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn dict(emitter: &mut Emitter<'_>, len: Option<usize>) -> Self {
        open(emitter, code::EMPTY_DICT, code::DICT);
        Container::new(Kind::Dict, len)
    }

    /// A dict of no pairs, of which not even the empty dict is there.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn no_dict() -> Self {
        Container::new(Kind::Dict, None)
    }

    /// Whether there is an item.
    pub(crate) fn is_begun(&self) -> bool {
        self.single || self.in_batch > 0
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn map(emitter: &mut Emitter<'_>, len: Option<usize>) -> Self {
        let mut map = Container::dict(emitter, len);
        map.store_keys = len.is_some_and(|len| len <= KEY_PAIRS);
        map
    }

    /// To be called before each item, or pair.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn before(&mut self, emitter: &mut Emitter<'_>) {
        match self.kind {
            Kind::List | Kind::Dict | Kind::CalledList | Kind::Items | Kind::Pairs => {}
            Kind::Set | Kind::Added => {
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
            Kind::Tuple | Kind::FrozenSet | Kind::Plain => return,
        }
        if self.in_batch > 0 && self.in_batch < BATCH {
            self.in_batch += 1;
            return;
        }
        self.begin_batch(emitter);
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn begin_batch(&mut self, emitter: &mut Emitter<'_>) {
        let alone = match self.kind {
            // As CPython: of an exact list or dict only the one item is alone, of an object a last one is, too.
            Kind::List | Kind::Dict | Kind::CalledList => self.announced == Some(1),
            _ => self.announced == Some(self.written + 1),
        };
        let (kind, single, in_batch) = (self.kind, self.single, self.in_batch > 0);
        self.single = begin_batch(emitter, kind, single, in_batch, alone);
        self.in_batch = usize::from(!self.single);
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn finish(self, emitter: &mut Emitter<'_>) -> Result<()> {
        match self.kind {
            Kind::List | Kind::CalledList | Kind::Items if self.single => emitter.put(&[code::APPEND]),
            Kind::List | Kind::CalledList | Kind::Items if self.in_batch > 0 => emitter.put(&[code::APPENDS]),
            Kind::Dict | Kind::Pairs if self.single => emitter.put(&[code::SETITEM]),
            Kind::Dict | Kind::Pairs if self.in_batch > 0 => {
                emitter.put(&[code::SETITEMS]);
                if self.in_batch == BATCH && self.kind == Kind::Dict && emitter.options.memo == Memo::Python {
                    emitter.put(&[code::MARK, code::SETITEMS]);
                }
            }
            Kind::Set | Kind::Added if self.in_batch > 0 => {
                emitter.put(&[code::ADDITEMS]);
                if self.in_batch == BATCH && self.kind == Kind::Set && emitter.options.memo == Memo::Python {
                    emitter.put(&[code::MARK, code::ADDITEMS]);
                }
            }
            Kind::FrozenSet => {
                emitter.put(&[code::FROZENSET]);
                emitter.made();
            }
            Kind::Tuple => return self.finish_tuple(emitter),
            _ => {}
        }
        if self.kind == Kind::CalledList {
            emitter.call(1)?;
        }
        Ok(())
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn finish_tuple(&self, emitter: &mut Emitter<'_>) -> Result<()> {
        if let Some(announced) = self.announced
            && announced != self.written
        {
            let written = self.written;
            return Err(Error::data(format!("a tuple was announced with {announced} items and has {written}")));
        }
        let short = emitter.at_least(Protocol::V2);
        emitter.put(&[match self.announced {
            Some(0) if emitter.at_least(Protocol::V1) => code::EMPTY_TUPLE,
            Some(1) if short => code::TUPLE1,
            Some(2) if short => code::TUPLE2,
            Some(3) if short => code::TUPLE3,
            _ => code::TUPLE,
        }]);
        if self.announced != Some(0) {
            emitter.made();
        }
        Ok(())
    }

    /// Takes the items of a tuple away again, which is there already: it was reached from its own items.
    pub(crate) fn discard(&self, emitter: &mut Emitter<'_>) {
        let marked = match self.announced {
            Some(1..=3) => !emitter.at_least(Protocol::V2),
            _ => true,
        };
        if marked && emitter.at_least(Protocol::V1) {
            emitter.put(&[code::POP_MARK]);
        } else {
            (0..self.written + usize::from(marked)).for_each(|_| emitter.put(&[code::POP]));
        }
    }
}

/// Ends what came before, and begins a batch; gives whether it is a single item without a mark. It takes no reference to the
/// container, so that this may stay in registers.
#[inline(never)]
fn begin_batch(emitter: &mut Emitter<'_>, kind: Kind, single: bool, in_batch: bool, alone: bool) -> bool {
    let (one, many) = match kind {
        Kind::Dict | Kind::Pairs => (code::SETITEM, code::SETITEMS),
        _ => (code::APPEND, code::APPENDS),
    };
    if single {
        emitter.put(&[one]);
    }
    if in_batch {
        emitter.put(&[many]);
    }
    // Protocol 0 has no batches; and what is announced as one item needs no mark.
    if !emitter.at_least(Protocol::V1) || alone {
        return true;
    }
    emitter.put(&[code::MARK]);
    false
}

/// An empty container: protocol 0 has none, and makes it of nothing above a mark.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) fn open(emitter: &mut Emitter<'_>, empty: u8, of_slice: u8) {
    if emitter.at_least(Protocol::V1) {
        emitter.put(&[empty]);
    } else {
        emitter.put(&[code::MARK, of_slice]);
    }
    emitter.made();
}
