//! Lists of scalars, whose items never get onto the stack.

use super::{Machine, input_at};
use crate::{
    error::Result,
    graph::{Kind, Ref, RowItems, begins_item, row},
    opcode::code,
    work,
};

impl Machine<'_> {
    /// An empty list was pushed, and its first items may follow. Gives the position from which on the machine goes on.
    #[inline(always)]
    pub(super) fn row_ahead(&mut self, list: Ref, pos: usize) -> Result<usize> {
        match self.begins_batch(pos) && self.rows {
            true => self.row(list, pos),
            false => Ok(pos),
        }
    }

    /// Whether MARK stands there, and an item behind it. A frame may end between them.
    #[inline(always)]
    fn begins_batch(&self, pos: usize) -> bool {
        match input_at(self.input, pos) {
            Some(&[code::MARK, code::FRAME]) => {
                self.input.get(self.after_frame(pos + 1)).is_some_and(|&opcode| begins_item(opcode))
            }
            Some(&[code::MARK, opcode]) => begins_item(opcode),
            _ => false,
        }
    }

    /// Batches of items, each of which may be one of a row, up to one that is not.
    fn row(&mut self, list: Ref, mark: usize) -> Result<usize> {
        let (first, mut len) = (mark + 1, 0);
        let mut batch = first;
        loop {
            let (items, end) = self.batch(batch);
            work::steps(|| items);
            if self.input.get(end) != Some(&code::APPENDS) {
                // More than a row: what was stepped over goes onto the stack after all.
                self.push_mark()?;
                self.stack.extend(RowItems::new(self.input, batch, items));
                return Ok(end);
            }
            len += items;
            let composite = &mut self.store.composites[list.index()];
            // No input is that long in which there are rows.
            (composite.kind, composite.first, composite.len) = (Kind::Row, first as u32, len as u32);
            let next = self.after_frame(end + 1);
            if !self.begins_batch(next) {
                return Ok(end + 1);
            }
            batch = next + 1;
        }
    }

    /// Steps over items. Gives how many there are, and the position after them.
    #[inline(always)]
    fn batch(&self, start: usize) -> (usize, usize) {
        let (mut items, mut at) = (0, start);
        loop {
            while let Some(end) = row::item_end(self.input, at) {
                at = end;
                items += 1;
            }
            match self.after_frame(at) {
                end if end == at => return (items, at),
                end => at = end,
            }
        }
    }

    /// The position after a FRAME, if there is one and nothing is wrong with it.
    #[inline(always)]
    pub(super) fn after_frame(&self, at: usize) -> usize {
        let Some(&[code::FRAME, ref length @ ..]) = input_at::<9>(self.input, at) else { return at };
        let (length, end) = (u64::from_le_bytes(*length), at + 9);
        if length > (self.input.len() - end) as u64 { at } else { end }
    }

    /// A row that is given more than a row has becomes a list like others.
    pub(super) fn unfold(&mut self, index: usize) -> Result<()> {
        let row = self.store.composites[index];
        if row.kind != Kind::Row {
            return Ok(());
        }
        let first = self.index_fits(self.store.arena.len())?;
        self.index_fits(first as usize + row.len as usize)?;
        self.store.arena.extend(RowItems::of(self.input, &row));
        work::steps(|| row.len as usize);
        let composite = &mut self.store.composites[index];
        (composite.kind, composite.first) = (Kind::List, first);
        Ok(())
    }
}
