//! The memo: remembered values by index.

use std::collections::HashMap;

use crate::graph::Ref;

/// CPython makes room for twice as many references as the index says: beyond this, there is no such room in any machine.
pub(crate) const MAX_INDEX: u64 = i64::MAX as u64 / 16;

/// Indexes come in order in what Python writes, so they are slots of a vector. An index far beyond the number of entries
/// goes to a map instead: an index is four bytes that anybody can write, and must not become memory.
#[derive(Default)]
pub(crate) struct Memo {
    dense: Vec<Ref>,
    sparse: HashMap<u64, Ref, foldhash::fast::RandomState>,
    /// An index was left out: there may be empty slots, and entries in the map. Until then, the vector is all there is.
    gaps: bool,
    /// With gaps: how many entries there are.
    entries: usize,
    /// An index came that was not the next one.
    out_of_order: bool,
}

impl Memo {
    pub(crate) fn clear(&mut self) {
        self.dense.clear();
        if !self.sparse.is_empty() {
            self.sparse.clear();
        }
        (self.gaps, self.out_of_order) = (false, false);
    }

    /// The entries from this one on, if each came in its turn.
    pub(crate) fn since(&mut self, index: usize) -> Option<&mut [Ref]> {
        if self.out_of_order { None } else { self.dense.get_mut(index..) }
    }

    /// How many entries there is room for.
    pub(crate) fn room(&self) -> usize {
        self.dense.capacity() + 8 * self.sparse.capacity()
    }

    /// MEMOIZE: the index is the number of entries, which may be one that is in use.
    #[inline(always)]
    pub(crate) fn memoize(&mut self, value: Ref) {
        if self.gaps { self.put_among_gaps(self.entries as u64, value) } else { self.dense.push(value) }
    }

    #[inline(always)]
    pub(crate) fn put(&mut self, index: u64, value: Ref) {
        if !self.gaps && index == self.dense.len() as u64 {
            self.dense.push(value);
            return;
        }
        self.put_elsewhere(index, value);
    }

    fn put_elsewhere(&mut self, index: u64, value: Ref) {
        self.out_of_order = true;
        if self.gaps {
            return self.put_among_gaps(index, value);
        }
        match self.dense.get_mut(index as usize) {
            Some(slot) => *slot = value,
            None => {
                (self.gaps, self.entries) = (true, self.dense.len());
                self.put_among_gaps(index, value);
            }
        }
    }

    fn put_among_gaps(&mut self, index: u64, value: Ref) {
        // Twice the entries and a few more: what is never filled stays in proportion to what is.
        let room = (2 * self.entries + 64) as u64;
        if index < room || index < self.dense.len() as u64 {
            let index = index as usize;
            if index >= self.dense.len() {
                self.dense.resize(index + 1, Ref::EMPTY);
            }
            let slot = &mut self.dense[index];
            if slot.is_empty() && (self.sparse.is_empty() || self.sparse.remove(&(index as u64)).is_none()) {
                self.entries += 1;
            }
            *slot = value;
        } else if self.sparse.insert(index, value).is_none() {
            self.entries += 1;
        }
    }

    #[inline(always)]
    pub(crate) fn get(&self, index: u64) -> Option<Ref> {
        match self.dense.get(index as usize) {
            Some(&value) if !value.is_empty() => Some(value),
            _ => self.get_sparse(index),
        }
    }

    #[cold]
    fn get_sparse(&self, index: u64) -> Option<Ref> {
        self.sparse.get(&index).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn huge_indexes_take_no_room() {
        let mut memo = Memo::default();
        for (at, index) in [u64::from(u32::MAX), 0, 7, u64::MAX].into_iter().enumerate() {
            memo.put(index, Ref::leaf(at));
            assert_eq!(memo.get(index), Some(Ref::leaf(at)));
        }
        assert!(memo.dense.capacity() < 100);
        assert_eq!((memo.get(1), memo.get(1 << 40)), (None, None));
    }

    #[test]
    fn memoize_stores_at_the_number_of_entries() {
        let mut memo = Memo::default();
        memo.put(1, Ref::leaf(10));
        memo.memoize(Ref::leaf(20)); // one entry: index 1, which is in use
        assert_eq!((memo.get(0), memo.get(1)), (None, Some(Ref::leaf(20))));
        memo.put(1000, Ref::leaf(30));
        memo.memoize(Ref::leaf(40)); // two entries: index 2
        assert_eq!(memo.get(2), Some(Ref::leaf(40)));
    }

    #[test]
    fn an_index_that_was_sparse_is_found_when_the_vector_reaches_it() {
        let mut memo = Memo::default();
        memo.put(100, Ref::leaf(1));
        for index in 0..99 {
            memo.put(index, Ref::leaf(2));
        }
        assert_eq!(memo.get(100), Some(Ref::leaf(1)));
        memo.put(100, Ref::leaf(3));
        assert_eq!((memo.get(100), memo.entries), (Some(Ref::leaf(3)), 100));
        memo.put(101, Ref::leaf(4));
        assert_eq!(memo.get(100), Some(Ref::leaf(3)));
    }
}
