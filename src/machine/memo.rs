//! The memo: remembered values by index.

use std::collections::HashMap;

use crate::graph::Ref;

/// Indexes come in order in what Python writes, so they are slots of a vector. An index far beyond the number of entries
/// goes to a map instead: an index is four bytes that anybody can write, and must not become memory.
#[derive(Default)]
pub(crate) struct Memo {
    dense: Vec<Ref>,
    sparse: HashMap<u64, Ref, foldhash::fast::RandomState>,
    entries: usize,
}

impl Memo {
    pub(crate) fn clear(&mut self) {
        self.dense.clear();
        if !self.sparse.is_empty() {
            self.sparse.clear();
        }
        self.entries = 0;
    }

    /// MEMOIZE: the index is the number of entries, which may be one that is in use.
    #[inline(always)]
    pub(crate) fn memoize(&mut self, value: Ref) {
        if self.entries == self.dense.len() && self.sparse.is_empty() {
            self.dense.push(value);
            self.entries += 1;
        } else {
            self.put(self.entries as u64, value);
        }
    }

    #[inline]
    pub(crate) fn put(&mut self, index: u64, value: Ref) {
        // Twice the entries and a few more: what is never filled stays in proportion to what is.
        let room = (2 * self.entries + 64) as u64;
        if index < room || index < self.dense.len() as u64 {
            let index = index as usize;
            if index == self.dense.len() {
                self.dense.push(Ref::EMPTY);
            } else if index > self.dense.len() {
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
