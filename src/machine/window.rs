//! The items of a large list or dict at the root, a window at a time: what was read of it is forgotten, so that the graph stays small.
//!
//! This goes well for a tree. Where a value stands in two places, or is changed in an unusual way, the windows say so, and the
//! pickle is to be read as a whole.

use super::Machine;
use crate::{
    graph::{FAR, Kind, Ref, Store, flags},
    opcode::code,
    work,
};

/// How far a machine has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Reached {
    /// STOP: the root is known.
    Stop,
    /// The end of a batch of a list or dict at the root, which is given more.
    Window,
}

/// So many places of the arena make a window: with all else that belongs to them, less than the cache that a core has for itself.
/// Where work is counted for tests, windows are small, so that tests have some.
const SIZE: usize = if cfg!(debug_assertions) { 8 } else { 16 * 1024 };

/// So many places of the arena for each item are worth a window.
const DEPTH: usize = if cfg!(debug_assertions) { 1 } else { 8 };

/// The list or dict at the root: the first composite that was made.
const ROOT: usize = 0;

/// How the items of the root are given out.
pub(super) struct Windows {
    /// From how many places of the arena on there is a window.
    pub(super) size: usize,
    /// Items were taken.
    taken: bool,
    /// How many composites are kept from window to window.
    composites: usize,
    /// How many entries of the memo were looked at.
    entries: usize,
}

impl Windows {
    pub(super) const NONE: Windows = Windows { size: usize::MAX, taken: false, composites: ROOT + 1, entries: 0 };

    /// Whether it is the one whose items were taken.
    #[inline]
    pub(super) fn has_taken(&self, index: usize) -> bool {
        self.taken && index == ROOT
    }
}

impl Machine<'_> {
    /// Makes it stop at windows. Where offsets are so far that leaves are composites, there are none.
    pub(crate) fn in_windows(&mut self) {
        if self.input.len() <= FAR {
            self.windows.size = SIZE;
        }
    }

    /// From now on it stops at STOP only.
    pub(crate) fn as_a_whole(&mut self) {
        self.windows.size = usize::MAX;
    }

    /// Where it stands: just after what was consumed.
    pub(crate) fn position(&self) -> usize {
        self.pos
    }

    pub(crate) fn store(&self) -> &Store {
        self.store
    }

    /// The items of the window; of a dict: key, value, key, value.
    #[inline]
    pub(crate) fn items(&self) -> &[Ref] {
        self.store.children(&self.store.composites[ROOT])
    }

    /// The list or dict itself.
    pub(crate) fn root(&self) -> Ref {
        Ref::composite(ROOT)
    }

    /// Whether the root is a dict.
    pub(crate) fn is_of_pairs(&self) -> bool {
        self.store.composites[ROOT].kind == Kind::Dict
    }

    /// Whether a batch has ended that is one of a list or dict at the root, and the next one begins.
    #[cold]
    pub(super) fn is_window(&mut self) -> bool {
        if !self.marks.is_empty() {
            return false;
        }
        let is_root =
            self.stack[..] == [self.root()] && matches!(self.store.composites[ROOT].kind, Kind::List | Kind::Dict);
        // Once items were taken, it is for the reader to see that this is no tree.
        // And what is kept for all windows is gone through in each: with more names than a window holds, what is left is the last one.
        let few_names = self.windows.composites <= SIZE;
        if !(is_root && few_names && (self.windows.taken || self.is_tree() && self.is_deep())) {
            self.as_a_whole();
            return false;
        }
        self.input.get(self.after_frame(self.pos)) == Some(&code::MARK)
    }

    /// Whether enough hangs on the items for windows to pay: a few nanoseconds for each.
    fn is_deep(&self) -> bool {
        self.store.arena.len() >= DEPTH * self.items().len()
    }

    /// Whether each value so far stands in one place, and is what it will be: then nothing can be wanted of what was read.
    pub(crate) fn is_tree(&mut self) -> bool {
        let store = &self.store;
        !store.shares
            && store.promoted.is_empty()
            && store.changes.is_empty()
            && store.raw.is_empty()
            && self.outer.is_empty()
            && store.composites[ROOT].flags & !flags::MOVED == 0
            && self.memo.since(0).is_some()
    }

    /// Whether STOP took the one whose items were taken.
    pub(crate) fn root_was_taken(&self) -> bool {
        self.store.root == self.root()
    }

    /// Forgets the items of the window, and all that belongs to them but the names of classes, which the memo has for others.
    pub(crate) fn forget_window(&mut self) {
        let store = &mut *self.store;
        let mut names = Vec::new();
        if let Some(entries) = self.memo.since(self.windows.entries) {
            work::steps(|| entries.len());
            self.windows.entries += entries.len();
            for entry in entries.iter_mut().filter(|entry| entry.is_composite() && entry.index() > ROOT) {
                match store.composites.get(entry.index()) {
                    Some(name) if name.kind == Kind::Global => {
                        *entry = Ref::composite(self.windows.composites + names.len());
                        names.push(*name);
                    }
                    // Who fetches it finds nothing, and the pickle is read as a whole.
                    _ => *entry = Ref::EMPTY,
                }
            }
        }
        store.composites.truncate(self.windows.composites);
        store.composites.append(&mut names);
        store.arena.clear();
        store.sides.clear();
        store.bytearrays.clear();
        store.unfolded.take();
        let root = &mut store.composites[ROOT];
        (root.first, root.len, root.flags) = (0, 0, 0);
        (self.windows.taken, self.windows.composites) = (true, store.composites.len());
    }
}
