//! Arguments that change after the call: `s = set(items); items.append(3)`.
//!
//! Where a container is reached from the result of the call only through its arguments, it is complete when the call is written, and
//! that is too late: the call looks into what it is given. So such calls are written first, in the order of the stream, each after its
//! arguments were given what they had then; and the rest when all are made. A call that is reached from its own arguments Python
//! writes in the midst of them, where it comes by, after the batches that are complete; if that is so in the stream, so it is here.
//!
//! At protocols below 4, sets are calls themselves, and cannot grow: they are what they are in the end.

use std::collections::{HashMap, HashSet};

use super::{
    shared::Shared,
    write::{GraphWriter, Todo},
};
use crate::{
    Protocol,
    graph::{Kind, Ref, Store},
    ser::steps::Step,
};

/// What was written so far of the containers that changed.
#[derive(Default)]
pub(super) struct Stages {
    /// The index of the call that is written, while there are some.
    call: Option<usize>,
    /// How many children were written of each container.
    written: HashMap<Ref, usize, foldhash::fast::RandomState>,
    /// The calls, and what they were given: to be stored.
    staged: HashSet<Ref, foldhash::fast::RandomState>,
}

/// As many items Python appends at a time.
const BATCH: usize = 1000;

/// The arguments of calls that changed after a call.
struct Changed<'s> {
    store: &'s Store,
    shared: &'s Shared,
    /// Of each tuple of arguments, which may be that of many calls, those that changed at all.
    of_args: HashMap<Ref, Vec<Ref>, foldhash::fast::RandomState>,
    /// What is around a call is filled one by one, as at protocol 0.
    one_by_one: bool,
    /// How many may be looked at: no more than the pickle has bytes.
    budget: usize,
}

impl Changed<'_> {
    /// Those of a call that were less when it was made, as far as Python would not write them so by itself. Gives nothing if there
    /// are too many.
    fn of(&mut self, call: Ref) -> Option<Vec<Ref>> {
        let (store, one_by_one) = (self.store, self.one_by_one);
        let args = store.args(call);
        let candidates = self.of_args.entry(args).or_insert_with(|| {
            let items = store.tuple_items(args).iter().copied();
            items.filter(|arg| store.changes.contains_key(arg)).collect()
        });
        self.budget = self.budget.checked_sub(candidates.len())?;
        let kwargs = store.side(store.composite(call)).map(|side| side.kwargs);
        let all = candidates.iter().copied().chain(kwargs);
        let (shared, in_batches) = (self.shared, |len: usize| one_by_one || len.is_multiple_of(BATCH));
        Some(
            all.filter(|&arg| {
                let around = shared.component(arg) != 0 && shared.component(arg) == shared.component(call);
                store.len_at(arg, call.index()).is_some_and(|len| !around || !in_batches(len))
            })
            .collect(),
        )
    }
}

impl<'g> GraphWriter<'g> {
    /// What is to be done for calls before anything else, if there are such.
    pub(super) fn stage(&mut self, root: Ref) {
        if root != self.store.root || self.store.changes.is_empty() {
            return;
        }
        let (store, shared) = (self.store, &self.shared);
        let budget = self.input.len();
        let one_by_one = self.as_is > 0 && self.protocol == Protocol::V0;
        let mut changed = Changed { store, shared, of_args: HashMap::default(), one_by_one, budget };
        let calls: Option<Vec<(Ref, Vec<Ref>)>> =
            shared.objects(store).map(|call| Some((call, changed.of(call)?))).collect();
        let mut calls = calls.unwrap_or_default();
        calls.retain(|(_, changed)| !changed.is_empty());
        let mut containers: Vec<Ref> = Vec::new();
        for (call, changed) in &calls {
            self.stages.staged.insert(*call);
            containers.extend(changed.iter().copied().filter(|&container| self.stages.staged.insert(container)));
        }
        let Some((first, _)) = calls.first() else { return };
        self.stages.call = Some(first.index());
        // The last first.
        self.todo.extend(containers.iter().rev().map(|&container| Todo::Grow(container)));
        self.todo.push(Todo::Stage(None));
        for (call, changed) in calls.into_iter().rev() {
            // In a tuple: a call whose result is dropped would be one that changes its first argument.
            self.todo.extend([Todo::Step(Step::Drop, 0), Todo::Step(Step::End, 0), Todo::Node(call)]);
            self.todo.extend([Todo::Step(Step::Tuple, 1), Todo::Step(Step::Again, 0)]);
            self.todo.extend(changed.into_iter().rev().map(Todo::Grow));
            self.todo.push(Todo::Stage(Some(call.index())));
        }
    }

    pub(super) fn begin_stage(&mut self, call: Option<usize>) {
        self.stages.call = call;
    }

    pub(super) fn is_staged(&self, node: Ref) -> bool {
        !self.stages.staged.is_empty() && self.stages.staged.contains(&node)
    }

    /// How much of a container's children is written where it begins.
    pub(super) fn so_far(&mut self, node: Ref, run: &'g [Ref]) -> &'g [Ref] {
        let Some(call) = self.stages.call else { return run };
        if !self.is_staged(node) {
            return run;
        }
        let len = self.store.len_at(node, call).unwrap_or(run.len()).min(run.len());
        self.stages.written.insert(node, len);
        &run[..len]
    }

    /// Gives a container that was begun what it had at the call that is next, or all.
    pub(super) fn grow(&mut self, node: Ref) {
        let composite = self.store.composite(node);
        let run = self.store.children(composite);
        let len = self.stages.call.and_then(|call| self.store.len_at(node, call)).unwrap_or(run.len()).min(run.len());
        let Some(written) = self.stages.written.get_mut(&node).filter(|written| **written < len) else { return };
        let run = &run[*written..len];
        *written = len;
        let (step, number) = match composite.kind {
            Kind::Dict => (Step::Pairs, run.len() / 2),
            Kind::Set => (Step::Added, run.len()),
            _ => (Step::Items, run.len()),
        };
        self.todo.extend([Todo::Step(Step::Drop, 0), Todo::Step(Step::End, 0), Todo::Run(run.iter())]);
        self.todo.extend([Todo::Step(step, number), Todo::Fetch(node), Todo::Step(Step::Again, 0)]);
    }
}
