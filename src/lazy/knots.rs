//! Values that contain themselves, while they are written.
//!
//! A list, a dict or an object is there, and stored, before it is filled: these are *early*. A tuple, a frozenset or the arguments
//! of an object are there when their items are: these are *late*. Every knot that a pickle can hold has something early in it.
//! When what is early is reached while something late of its knot is open, there are two ways:
//!
//! - As Python: it is filled at once. That reaches the late value again, which is written once more, inside itself; then the outer
//!   one is taken away, and the inner one fetched. With many early values in one tuple that takes the square of their number.
//! - It stays empty until the late values around it are complete, and is filled then. This takes no more than there is, but is only
//!   right in tuples: a call, or a set, looks into what it is given.

use std::collections::HashMap;

use crate::graph::Ref;

/// Python stops at about a thousand levels, so that it writes no such value of more.
const AGAIN: usize = 1000;
/// How many times a late value is written inside itself where it is not written as Python does: more would take the square of what
/// there is. Beyond, what is early stays empty until the call was made.
const AGAIN_IN_CALLS: usize = 16;

pub(super) struct Knots<T> {
    as_python: bool,
    /// How many are.
    again: usize,
    /// How many late values are open, and how many of them look into what they are given.
    late: usize,
    looking: usize,
    open: HashMap<Ref, Open, foldhash::fast::RandomState>,
    knots: HashMap<u32, Knot<T>, foldhash::fast::RandomState>,
}

/// A late value that is open: how often, and when it last was opened.
#[derive(Default)]
struct Open {
    times: usize,
    early: usize,
}

struct Knot<T> {
    /// How many of its late values are open, and how many of them look into what they are given.
    late: usize,
    looking: usize,
    /// How many of its early values were begun.
    early: usize,
    /// What is to be filled when no late value is open any more.
    waiting: Vec<T>,
}

/// A knot of late values only, which no pickle can hold.
#[derive(Debug)]
pub(super) struct Endless;

impl<T> Knots<T> {
    pub(super) fn new(as_python: bool) -> Self {
        Knots { as_python, again: 0, late: 0, looking: 0, open: HashMap::default(), knots: HashMap::default() }
    }

    fn knot(&mut self, component: u32) -> &mut Knot<T> {
        self.knots.entry(component).or_insert(Knot { late: 0, looking: 0, early: 0, waiting: Vec::new() })
    }

    /// Whether what is written now may be written again.
    pub(super) fn writes_again(&self) -> bool {
        self.late > 0 && (self.as_python || self.looking > 0)
    }

    /// A late value of that component is begun; whether it looks into what it is given.
    pub(super) fn open(&mut self, node: Ref, component: u32, looks: bool) -> Result<(), Endless> {
        if component == 0 {
            return Ok(());
        }
        self.late += 1;
        self.looking += usize::from(looks);
        let knot = self.knot(component);
        knot.late += 1;
        knot.looking += usize::from(looks);
        let early = knot.early;
        let open = self.open.entry(node).or_default();
        if open.times > 0 {
            if open.early == early {
                return Err(Endless);
            }
            self.again += 1;
        }
        open.times += 1;
        open.early = early;
        Ok(())
    }

    /// A late value is complete. Gives what is now to be filled.
    pub(super) fn close(&mut self, node: Ref, component: u32, looks: bool) -> Vec<T> {
        if component == 0 {
            return Vec::new();
        }
        if let Some(open) = self.open.get_mut(&node) {
            open.times -= 1;
            if open.times == 0 {
                self.open.remove(&node);
            } else {
                self.again -= 1;
            }
        }
        self.late = self.late.saturating_sub(1);
        self.looking = self.looking.saturating_sub(usize::from(looks));
        let knot = self.knot(component);
        knot.late = knot.late.saturating_sub(1);
        knot.looking = knot.looking.saturating_sub(usize::from(looks));
        if knot.late == 0 { std::mem::take(&mut knot.waiting) } else { Vec::new() }
    }

    /// An early value of that component is begun. Gives what fills it back, if that is to be done at once.
    pub(super) fn fill(&mut self, component: u32, fill: T) -> Option<T> {
        if component == 0 {
            return Some(fill);
        }
        let (as_python, again) = (self.as_python, self.again);
        let knot = self.knot(component);
        let most = if as_python { AGAIN } else { AGAIN_IN_CALLS };
        let at_once = (as_python || knot.looking > 0) && again < most;
        if knot.late > 0 && !at_once {
            knot.waiting.push(fill);
            return None;
        }
        knot.early += 1;
        Some(fill)
    }
}
