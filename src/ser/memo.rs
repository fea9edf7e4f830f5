//! The memo of a writer: which texts were stored, under which index.

use std::{borrow::Cow, collections::HashMap};

/// Names of fields and variants, and short keys of small maps: texts that come again in every record.
///
/// What decides is the content. Addresses are a shortcut only, so that output never depends on them.
#[derive(Default)]
pub(crate) struct KeyMemo {
    /// By address and length of a `&'static str`: its index.
    shortcuts: Vec<Shortcut>,
    /// The shortcut of the last name,
    last: usize,
    /// and the one that followed it the last time: names of a record come in the same order every time.
    guess: usize,
    /// By content, as long as they are few.
    few: Vec<(Cow<'static, str>, u32)>,
    /// By content, when they are more.
    many: HashMap<Cow<'static, str>, u32, foldhash::fast::RandomState>,
    /// How many values were stored, keys or other.
    count: u32,
    /// Keys are stored however many there are.
    pub(super) unlimited: bool,
    globals: Globals,
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

#[derive(Clone, Copy)]
struct Shortcut {
    address: usize,
    length: usize,
    index: u32,
    /// The shortcut of the name that came next.
    next: u32,
}

/// More names than this are found by content.
const SHORTCUTS: usize = 64;
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
        self.shortcuts.clear();
        (self.last, self.guess) = (0, 0);
        self.few.clear();
        if !self.many.is_empty() {
            self.many.clear();
        }
        self.count = 0;
        self.globals.clear();
        self.bytes.clear();
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
        let shortcut = self.shortcuts.get(self.guess)?;
        if shortcut.address != name.as_ptr() as usize || shortcut.length != name.len() {
            return None;
        }
        self.last = self.guess;
        self.guess = shortcut.next as usize;
        Some(shortcut.index)
    }

    /// A name that was not expected next.
    pub(crate) fn name(&mut self, name: &'static str) -> Lookup {
        let (address, length) = (name.as_ptr() as usize, name.len());
        let found = self.shortcuts.iter().position(|known| known.address == address && known.length == length);
        let at = found.unwrap_or(self.shortcuts.len());
        let lookup = match found.and_then(|at| self.shortcuts.get(at)) {
            Some(shortcut) => Lookup::Known(shortcut.index),
            None => self.by_content(Cow::Borrowed(name)),
        };
        if let Lookup::Known(index) | Lookup::New(index) = lookup {
            if found.is_none() {
                if at == SHORTCUTS {
                    return lookup;
                }
                self.shortcuts.push(Shortcut { address, length, index, next: 0 });
            }
            if let Some(last) = self.shortcuts.get_mut(self.last) {
                last.next = at as u32;
            }
            self.last = at;
            self.guess = self.shortcuts.get(at).map_or(0, |shortcut| shortcut.next as usize);
        }
        lookup
    }

    /// A key of a map.
    pub(crate) fn key(&mut self, key: &str) -> Lookup {
        if let Some(index) = self.find(key) {
            return Lookup::Known(index);
        }
        self.by_content(Cow::Owned(key.to_owned()))
    }

    fn find(&self, key: &str) -> Option<u32> {
        if self.many.is_empty() {
            self.few.iter().find(|(known, _)| known == key).map(|(_, index)| *index)
        } else {
            self.many.get(key).copied()
        }
    }

    fn by_content(&mut self, key: Cow<'static, str>) -> Lookup {
        if let Some(index) = self.find(&key) {
            return Lookup::Known(index);
        }
        let index = self.count;
        if index >= MOST && !self.unlimited {
            return Lookup::Untold;
        }
        self.count += 1;
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
