//! The memo of a writer: which texts were stored, under which index.

use std::{borrow::Cow, collections::HashMap};

/// Names of fields and variants, and short keys of small maps: texts that come again in every record.
///
/// What decides is the content. Addresses are a shortcut only, so that output never depends on them.
#[derive(Default)]
pub(crate) struct KeyMemo {
    /// By address and length of a `&'static str`: its index. Empty until the first name.
    shortcuts: Vec<Shortcut>,
    /// By content, in the order of their indexes, as long as they are few.
    few: Vec<Cow<'static, str>>,
    /// By content, when they are more.
    many: HashMap<Cow<'static, str>, u32, foldhash::fast::RandomState>,
    /// How many values were stored, keys or other.
    count: u32,
}

#[derive(Clone, Copy)]
struct Shortcut {
    address: usize,
    length: usize,
    index: u32,
}

const SHORTCUTS: usize = 64;
/// How many places of the table one name may stand in.
const PROBES: usize = 4;

/// Names of one struct lie close together, one after the other: multiplication spreads them.
#[inline(always)]
fn slot(address: usize, length: usize) -> usize {
    let mixed = ((address ^ length << 20) as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 58) as usize % SHORTCUTS
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
        self.shortcuts.clear();
        self.few.clear();
        self.many.clear();
        self.count = 0;
    }

    #[inline]
    pub(crate) fn name(&mut self, name: &'static str) -> Lookup {
        let address = name.as_ptr() as usize;
        let slot = slot(address, name.len());
        if let Some(shortcut) = self.shortcuts.get(slot)
            && shortcut.address == address
            && shortcut.length == name.len()
        {
            return Lookup::Known(shortcut.index);
        }
        self.probe(name, address, slot)
    }

    #[inline(never)]
    fn probe(&mut self, name: &'static str, address: usize, slot: usize) -> Lookup {
        for shortcut in self.shortcuts.iter().skip(slot + 1).take(PROBES - 1) {
            if shortcut.address == address && shortcut.length == name.len() {
                return Lookup::Known(shortcut.index);
            }
        }
        self.new_name(name, address, slot)
    }

    #[cold]
    fn new_name(&mut self, name: &'static str, address: usize, slot: usize) -> Lookup {
        let lookup = self.by_content(Cow::Borrowed(name));
        if let Lookup::Known(index) | Lookup::New(index) = lookup {
            if self.shortcuts.is_empty() {
                // No text stands at the address 0.
                self.shortcuts.resize(SHORTCUTS + PROBES, Shortcut { address: 0, length: 0, index: 0 });
            }
            let probes = &mut self.shortcuts[slot..slot + PROBES];
            let free = probes.iter().position(|shortcut| shortcut.address == 0).unwrap_or(0);
            probes[free] = Shortcut { address, length: name.len(), index };
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
            self.few.iter().position(|known| known == key).map(|index| index as u32)
        } else {
            self.many.get(key).copied()
        }
    }

    fn by_content(&mut self, key: Cow<'static, str>) -> Lookup {
        if let Some(index) = self.find(&key) {
            return Lookup::Known(index);
        }
        let index = self.count;
        if index >= MOST {
            return Lookup::Untold;
        }
        self.count += 1;
        if self.many.is_empty() {
            self.few.push(key);
            if self.few.len() > FEW {
                let entries = self.few.drain(..).enumerate().map(|(index, key)| (key, index as u32));
                self.many.extend(entries);
            }
        } else {
            self.many.insert(key, index);
        }
        Lookup::New(index)
    }
}
