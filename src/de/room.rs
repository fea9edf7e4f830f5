//! The memory that reading a pickle takes, kept for the next one on the same thread: small pickles cost no allocation but their value.

use std::cell::Cell;

use serde::de::Deserialize;

use super::{
    context::{Context, Input},
    flow::{self, Flowed},
    node::NodeDeserializer,
    options::DeOptions,
    recall::Recall,
};
use crate::{
    error::Result,
    graph::{Facts, Store},
    machine::{self, Machine, Reached, Scratch, Settings},
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

    /// Reads the pickle that starts at `start`. Gives the value and the position after its STOP.
    pub(super) fn read<'de, T: Deserialize<'de>>(
        &mut self,
        options: &DeOptions<'de>,
        settings: Settings,
        input: &'de [u8],
        start: usize,
    ) -> Result<(T, usize)> {
        self.store.extensions.clone_from(&options.extensions);
        // What is in the memo is of another pickle.
        let settings = Settings { keep_memo: false, ..settings.with_rows() };
        let mut machine = Machine::new(input, start, &mut self.store, &mut self.scratch, settings);
        if flow::is_possible(options) {
            machine.in_windows();
        }
        let (end, result) = match machine.run() {
            Ok(Reached::Window) => match flow::read(&mut machine, options, input, start) {
                Flowed::Read(value) => return Ok((value, machine.end(Ok(Reached::Stop)).0)),
                Flowed::Untouched => {
                    machine.as_a_whole();
                    let reached = machine.run();
                    machine.end(reached)
                }
                Flowed::Broken => {
                    let _ = machine.end(Ok(Reached::Stop));
                    self.store.clear();
                    machine::run(input, start, &mut self.store, &mut self.scratch, settings)
                }
            },
            reached => machine.end(reached),
        };
        if self.scratch.room() > KEPT {
            // Before the values are made: stack and memo of a large pickle are as large as the values of some.
            self.scratch = Scratch::default();
        }
        result?;
        options.check(&self.store, input, start, end)?;
        let (root, facts) = (self.store.root, Facts::default());
        let recall = Recall::new(&self.store, options, end - start);
        let context = Context::new(&self.store, &facts, &recall, Input::slice(input), options);
        match T::deserialize(NodeDeserializer::new(&context, root, options.typed_depth())) {
            Ok(value) => Ok((value, end)),
            // The type may have refused the value after it was read.
            Err(error) => Err(context.locate(root, error)),
        }
    }
}
