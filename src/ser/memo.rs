//! The memo of a writer: which texts were stored, under which index.

use std::{borrow::Cow, cell::Cell, collections::HashMap};

use super::names::Names;

/// Names of fields and variants, and short keys of small maps: texts that come again in every record.
#[derive(Default)]
pub(crate) struct KeyMemo {
    names: Names,
    /// By content, as long as they are few.
    few: Vec<(Cow<'static, str>, u32)>,
    /// Which of these comes next, if the last record's keys come again.
    next: usize,
    /// By content, when they are more.
    many: HashMap<Cow<'static, str>, u32, foldhash::fast::RandomState>,
    /// How many values were stored, keys or other.
    count: u32,
    /// Keys are stored however many there are.
    pub(super) unlimited: bool,
    globals: Globals,
    /// The text `builtins` as functions have it.
    pub(super) builtins: Option<u32>,
    /// b'' and single bytes that were stored.
    bytes: Vec<(Option<u8>, u32)>,
}

/// Globals that were stored.
#[derive(Default)]
struct Globals {
    /// Module, name and index.
    known: Vec<(Box<str>, Box<str>, u32)>,
    /// Where each is in `known`, when they are more than a few: by module and name as one text, see `join`.
    places: HashMap<Box<str>, usize, foldhash::fast::RandomState>,
    joined: String,
    /// The one that was asked for last: instances of one class come in rows.
    last: usize,
}

impl Globals {
    fn clear(&mut self) {
        self.known.clear();
        if !self.places.is_empty() {
            self.places.clear();
        }
        self.last = 0;
    }

    fn roll_back(&mut self, count: u32) {
        self.known.retain(|known| known.2 < count);
        self.places.clear();
        self.last = 0;
    }

    fn is(&self, at: usize, module: &str, name: &str) -> bool {
        self.known.get(at).is_some_and(|known| &*known.1 == name && &*known.0 == module)
    }

    fn find(&mut self, module: &str, name: &str) -> Option<u32> {
        if !self.is(self.last, module, name) {
            self.last = self.place(module, name)?;
        }
        self.known.get(self.last).map(|known| known.2)
    }

    fn place(&mut self, module: &str, name: &str) -> Option<usize> {
        if self.known.len() <= FEW {
            return (0..self.known.len()).find(|&at| self.is(at, module, name));
        }
        for (at, (module, name, _)) in self.known.iter().enumerate().skip(self.places.len()) {
            join(&mut self.joined, module, name);
            self.places.insert(self.joined.as_str().into(), at);
        }
        join(&mut self.joined, module, name);
        self.places.get(self.joined.as_str()).copied()
    }
}

/// Both, and how long the first is.
fn join(joined: &mut String, module: &str, name: &str) {
    joined.clear();
    joined.push_str(module);
    joined.push_str(name);
    joined.push_str(itoa::Buffer::new().format(module.len()));
}

const FEW: usize = 16;
/// Distinct keys beyond this are not stored: such data has no records.
const MOST: u32 = 1 << 14;

/// Whether a key was stored before.
pub(crate) enum Lookup {
    /// Under this index.
    Known(u32),
    /// No longer: it is now to be stored under this index.
    New(u32),
    /// Not to be stored.
    Untold,
}

impl KeyMemo {
    pub(crate) fn clear(&mut self) {
        self.names.clear();
        self.next = 0;
        self.few.clear();
        if !self.many.is_empty() {
            self.many.clear();
        }
        self.count = 0;
        self.globals.clear();
        self.builtins = None;
        self.bytes.clear();
    }

    /// How many values were stored.
    pub(crate) fn count(&self) -> u32 {
        self.count
    }

    /// Forgets everything but the first so many values.
    pub(crate) fn roll_back(&mut self, count: u32) {
        if self.count == count {
            return;
        }
        self.count = count;
        self.names.roll_back(count);
        self.next = 0;
        self.few.retain(|(_, index)| *index < count);
        self.many.retain(|_, index| *index < count);
        self.globals.roll_back(count);
        self.builtins = self.builtins.filter(|index| *index < count);
        self.bytes.retain(|(_, index)| *index < count);
    }

    /// The index of the next value that is stored.
    pub(crate) fn next_index(&mut self) -> u32 {
        self.count += 1;
        self.count - 1
    }

    /// The index of a global that was stored.
    pub(crate) fn global(&mut self, module: &str, name: &str) -> Option<u32> {
        self.globals.find(module, name)
    }

    pub(crate) fn remember_global(&mut self, module: &str, name: &str, index: u32) {
        self.globals.known.push((module.into(), name.into(), index));
        self.globals.last = self.globals.known.len() - 1;
    }

    pub(crate) fn one_byte(&self, byte: Option<u8>) -> Option<u32> {
        self.bytes.iter().find(|(known, _)| *known == byte).map(|(_, index)| *index)
    }

    pub(crate) fn remember_byte(&mut self, byte: Option<u8>, index: u32) {
        self.bytes.push((byte, index));
    }

    /// The index of a name that comes where it came the last time.
    #[inline(always)]
    pub(crate) fn expected(&mut self, name: &'static str) -> Option<u32> {
        self.names.expected(name)
    }

    /// A name that was not expected next, or that this pickle has not stored yet.
    #[inline]
    pub(crate) fn name(&mut self, name: &'static str) -> Lookup {
        let Some(place) = self.names.place(name) else { return self.by_content(Cow::Borrowed(name)) };
        if let Some(index) = self.names.stored(place) {
            return Lookup::Known(index);
        }
        let index = match self.find_key(name) {
            Some(index) => index,
            None if self.is_full() => return Lookup::Untold,
            None => {
                let index = self.next_index();
                self.names.store(place, index);
                return Lookup::New(index);
            }
        };
        self.names.store(place, index);
        Lookup::Known(index)
    }

    /// A key of a map.
    pub(crate) fn key(&mut self, key: &str) -> Lookup {
        // Keys of a record come in the order in which they were stored.
        if let Some((known, index)) = self.few.get(self.next)
            && known == key
        {
            self.next = if self.next + 1 == self.few.len() { 0 } else { self.next + 1 };
            return Lookup::Known(*index);
        }
        if let Some(index) = self.find(key) {
            self.next = self.few.iter().position(|known| known.1 == index).map_or(0, |at| at + 1);
            return Lookup::Known(index);
        }
        self.add(Cow::Owned(key.to_owned()))
    }

    fn find(&self, key: &str) -> Option<u32> {
        self.find_key(key).or_else(|| self.names.find(key))
    }

    /// A text that is stored, other than as a name.
    #[inline]
    fn find_key(&self, key: &str) -> Option<u32> {
        if self.few.is_empty() && self.many.is_empty() {
            None
        } else if self.many.is_empty() {
            self.few.iter().find(|(known, _)| known == key).map(|(_, index)| *index)
        } else {
            self.many.get(key).copied()
        }
    }

    fn is_full(&self) -> bool {
        self.count >= MOST && !self.unlimited
    }

    fn by_content(&mut self, key: Cow<'static, str>) -> Lookup {
        match self.find(&key) {
            Some(index) => Lookup::Known(index),
            None => self.add(key),
        }
    }

    /// A text that is not stored yet.
    fn add(&mut self, key: Cow<'static, str>) -> Lookup {
        if self.is_full() {
            return Lookup::Untold;
        }
        let index = self.next_index();
        if self.many.is_empty() {
            self.few.push((key, index));
            if self.few.len() > FEW {
                self.many.extend(self.few.drain(..));
            }
        } else {
            self.many.insert(key, index);
        }
        Lookup::New(index)
    }
}

thread_local! {
    static MEMO: Cell<Option<Box<KeyMemo>>> = const { Cell::new(None) };
}

impl KeyMemo {
    /// The one that this thread has kept; a new one if there is none, or if it is in use further up.
    pub(crate) fn take() -> Box<KeyMemo> {
        let mut memo = MEMO.try_with(Cell::take).ok().flatten().unwrap_or_default();
        memo.clear();
        memo
    }

    /// Keeps it for the next pickle of this thread.
    pub(crate) fn keep(mut self: Box<Self>) {
        if !self.many.is_empty() || self.globals.known.len() > FEW {
            return;
        }
        self.few.clear();
        self.globals.clear();
        // While the thread ends there is no next pickle.
        let _ = MEMO.try_with(|memo| memo.set(Some(self)));
    }
}
