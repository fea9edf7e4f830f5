//! The memory that reading a pickle takes, kept for the next one on the same thread: small pickles cost no allocation but their value.

use std::cell::Cell;

use super::options::DeOptions;
use crate::{
    error::Result,
    graph::Store,
    machine::{self, Scratch, Settings},
};

/// A room that has grown beyond this many bytes is given back.
const KEPT: usize = 512 * 1024;

/// A graph, and what the machine needs to make it.
#[derive(Default)]
pub(super) struct Room {
    pub(super) store: Store,
    scratch: Scratch,
}

thread_local! {
    static ROOM: Cell<Option<Box<Room>>> = const { Cell::new(None) };
}

impl Room {
    /// The one that was kept; a new one if there is none, or if it is in use further up.
    pub(super) fn take() -> Box<Room> {
        ROOM.try_with(Cell::take).ok().flatten().unwrap_or_default()
    }

    /// Keeps it for the next pickle.
    pub(super) fn keep(mut self: Box<Self>) {
        if self.store.room() + self.scratch.room() <= KEPT {
            self.store.clear();
            self.store.extensions = None;
            // While the thread ends there is no next pickle.
            let _ = ROOM.try_with(|room| room.set(Some(self)));
        }
    }

    /// Makes the graph of the pickle that starts at `start`. Gives the position after its STOP.
    pub(super) fn run(
        &mut self,
        options: &DeOptions<'_>,
        settings: Settings,
        input: &[u8],
        start: usize,
    ) -> Result<usize> {
        self.store.extensions.clone_from(&options.extensions);
        // What is in the memo is of another pickle.
        let settings = Settings { keep_memo: false, ..settings.with_rows() };
        let (end, result) = machine::run(input, start, &mut self.store, &mut self.scratch, settings);
        if self.scratch.room() > KEPT {
            // Before the values are made: stack and memo of a large pickle are as large as the values of some.
            self.scratch = Scratch::default();
        }
        result?;
        options.check(&self.store, input, start, end)?;
        Ok(end)
    }
}
