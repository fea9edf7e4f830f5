//! Runs of children that change after the machine has run.

use super::{Ref, Run, Store};
use crate::work;

impl Store {
    /// Puts values into a run in the place of others: in its room, or at the end of the arena with room for as many again, so that
    /// one after the other at its end costs a constant for each. Gives nothing if there are more values than can be numbered.
    pub(crate) fn splice(&mut self, run: Run, room: u32, at: usize, removed: usize, added: &[Ref]) -> Option<Run> {
        let (first, len) = (run.first as usize, run.len as usize);
        let (at, after) = (at.min(len), (at + removed).min(len));
        let new_len = at + added.len() + len - after;
        let moves = new_len > room.max(run.len) as usize;
        let shifted = if new_len == len { 0 } else { len - after };
        work::steps(|| added.len() + if moves { new_len } else { shifted / WORD });
        let start = if moves { self.arena.len() } else { first };
        let end = if moves { start.checked_add(new_len.next_power_of_two())? } else { start };
        u32::try_from(end).ok()?;
        if moves {
            self.arena.extend_from_within(first..first + at);
            self.arena.extend_from_slice(added);
            self.arena.extend_from_within(first + after..first + len);
            self.arena.resize(end, Ref::EMPTY);
        } else {
            self.arena.copy_within(first + after..first + after + shifted, first + at + added.len());
            self.arena[first + at..][..added.len()].copy_from_slice(added);
        }
        Some(Run { first: start as u32, len: new_len as u32 })
    }
}

/// How many values are moved by what is one step elsewhere.
const WORD: usize = 16;
