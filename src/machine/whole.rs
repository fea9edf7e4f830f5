//! Containers that are made whole, of what stands on the stack.

use super::Machine;
use crate::{
    error::Result,
    graph::{Kind, Ref, flags},
};

impl Machine<'_> {
    /// The values above the topmost mark, as a container.
    pub(super) fn collect(&mut self, kind: Kind) -> Result<()> {
        let mark = self.pop_mark()?;
        match kind {
            Kind::Dict => self.check_keys(mark, 2)?,
            Kind::FrozenSet => self.check_keys(mark, 1)?,
            _ => {}
        }
        let node = self.collect_from(kind, mark)?;
        self.pos = self.store_ahead(self.pos, node);
        Ok(())
    }

    /// Gives the position after it, and after its store.
    #[inline(always)]
    pub(super) fn tuple_of(&mut self, count: usize) -> Result<usize> {
        let height = self.stack.len();
        if height < self.fence + count {
            return Err(self.underflow());
        }
        let tuple = self.collect_from(Kind::Tuple, height - count)?;
        Ok(self.store_ahead(self.pos, tuple))
    }

    #[inline(always)]
    pub(super) fn collect_from(&mut self, kind: Kind, from: usize) -> Result<Ref> {
        let first = self.index_fits(self.store.arena.len())?;
        let len = self.index_fits(self.stack.len() - from)?;
        self.index_fits(first as usize + len as usize)?;
        self.store.arena.extend_from_slice(&self.stack[from..]);
        self.stack.truncate(from);
        self.push_node(kind, first, len)
    }

    /// Marks what a call is given: if it changes later, the call's result is not a function of what it is then.
    pub(super) fn mark_used(&mut self, args: Ref) -> Result<()> {
        if !args.is_composite() {
            return Ok(());
        }
        let composite = *self.store.composite(args);
        if composite.kind != Kind::Tuple {
            return Ok(());
        }
        for at in composite.first..composite.first + composite.len {
            let arg = self.store.arena[at as usize];
            if arg.is_composite() {
                self.unfold(arg.index())?;
                self.store.composites[arg.index()].flags |= flags::USED;
            }
        }
        Ok(())
    }
}
