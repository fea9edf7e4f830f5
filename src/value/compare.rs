//! Python's `==` of whole values, in time that grows with their size only.

use std::{collections::HashMap, hash::BuildHasher};

use super::{
    Dict, Object, Set, Value,
    key::{Seeded, ValueKey, same_scalar},
};
use crate::work;

/// One comparison of two values. Keys that have identity (objects, NaNs) are equal if they look the same, though no hash finds them:
/// each of one side is matched with one of the other by a print of all that it holds, which is made once.
#[derive(Default)]
pub(super) struct Comparison {
    /// The prints of containers, by their address.
    prints: HashMap<usize, u64, foldhash::fast::RandomState>,
}

impl Comparison {
    pub(super) fn values(&mut self, a: &Value, b: &Value) -> bool {
        work::steps(|| 1);
        match (a, b) {
            (Value::List(a), Value::List(b)) | (Value::Tuple(a), Value::Tuple(b)) => self.slices(a, b),
            (Value::Dict(a), Value::Dict(b)) => self.dicts(a, b),
            (Value::Set(a) | Value::FrozenSet(a), Value::Set(b) | Value::FrozenSet(b)) => self.sets(a, b),
            (Value::Object(a), Value::Object(b)) => self.objects(a, b),
            (Value::PersistentId(a), Value::PersistentId(b)) => self.values(a, b),
            _ => same_scalar(a, b),
        }
    }

    fn slices(&mut self, a: &[Value], b: &[Value]) -> bool {
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| self.values(a, b))
    }

    fn pairs(&mut self, a: &[(Value, Value)], b: &[(Value, Value)]) -> bool {
        let mut pairs = a.iter().zip(b);
        a.len() == b.len() && pairs.all(|(a, b)| self.values(&a.0, &b.0) && self.values(&a.1, &b.1))
    }

    pub(super) fn objects(&mut self, a: &Object, b: &Object) -> bool {
        a.how == b.how
            && self.values(&a.class, &b.class)
            && self.slices(&a.args, &b.args)
            && self.dicts(&a.kwargs, &b.kwargs)
            && self.slices(&a.items, &b.items)
            && self.slices(&a.added, &b.added)
            && self.pairs(&a.pairs, &b.pairs)
            && self.slices(&a.states, &b.states)
            && a.effects.len() == b.effects.len()
            && a.effects.iter().zip(&b.effects).all(|(a, b)| self.values(&a.0, &b.0) && self.slices(&a.1, &b.1))
    }

    pub(super) fn dicts(&mut self, a: &Dict, b: &Dict) -> bool {
        if a.len() != b.len() {
            return false;
        }
        let mut own = Vec::new();
        for (place, (key, value)) in a.iter().enumerate() {
            if key.has_identity() {
                own.push((key, Some(value)));
                continue;
            }
            match b.get_plain(place, key) {
                Some(other) if self.values(value, other) => {}
                _ => return false,
            }
        }
        own.is_empty() || {
            let others = b.iter().filter(|(key, _)| key.has_identity());
            let others = others.map(|(key, value)| (key, Some(value))).collect();
            self.match_all(own, others)
        }
    }

    pub(super) fn sets(&mut self, a: &Set, b: &Set) -> bool {
        if a.len() != b.len() || a.sum() != b.sum() {
            return false;
        }
        let mut own = Vec::new();
        for item in a.iter() {
            if item.has_identity() {
                own.push((item, None));
            } else if !b.has_plain(item) {
                return false;
            }
        }
        own.is_empty() || {
            let others = b.iter().filter(|item| item.has_identity()).map(|item| (item, None)).collect();
            self.match_all(own, others)
        }
    }

    /// Whether each of the one has an equal of its own in the other.
    fn match_all(&mut self, own: Vec<Entry<'_>>, others: Vec<Entry<'_>>) -> bool {
        if own.len() != others.len() {
            return false;
        }
        let mut by_print: HashMap<u64, Vec<Entry<'_>>, foldhash::fast::RandomState> = HashMap::default();
        // The first is the last, and taken first: equal values in the same order match at once.
        for entry in others.into_iter().rev() {
            by_print.entry(self.entry_print(&entry)).or_default().push(entry);
        }
        own.into_iter().all(|entry| {
            let print = self.entry_print(&entry);
            let Some(candidates) = by_print.get_mut(&print) else { return false };
            let equal = candidates.iter().rposition(|other| {
                self.values(entry.0, other.0)
                    && match (entry.1, other.1) {
                        (Some(a), Some(b)) => self.values(a, b),
                        _ => true,
                    }
            });
            equal.map(|at| candidates.remove(at)).is_some()
        })
    }

    fn entry_print(&mut self, entry: &Entry<'_>) -> u64 {
        let key = self.print(entry.0);
        let value = entry.1.map_or(0, |value| self.print(value));
        Seeded.hash_one((key, value))
    }

    /// Equal values have equal prints, and others hardly ever: everything that is inside counts.
    fn print(&mut self, value: &Value) -> u64 {
        work::steps(|| 1);
        match value {
            Value::List(_) | Value::Tuple(_) | Value::Dict(_) | Value::Object(_) | Value::PersistentId(_) => {}
            Value::Set(set) | Value::FrozenSet(set) if set.has_identity() => {}
            scalar => return Seeded.hash_one(ValueKey(scalar)),
        }
        let address = std::ptr::from_ref(value).addr();
        if let Some(&print) = self.prints.get(&address) {
            return print;
        }
        let print = match value {
            Value::List(items) | Value::Tuple(items) => self.print_all(1, items),
            Value::Dict(dict) => self.print_dict(dict),
            Value::Set(set) | Value::FrozenSet(set) => {
                set.iter().fold(3, |sum: u64, item| sum.wrapping_add(self.print(item)))
            }
            Value::Object(object) => self.print_object(object),
            Value::PersistentId(id) => Seeded.hash_one((5, self.print(id))),
            _ => 0,
        };
        self.prints.insert(address, print);
        print
    }

    fn print_all<'v>(&mut self, start: u64, values: impl IntoIterator<Item = &'v Value>) -> u64 {
        values.into_iter().fold(start, |print, value| Seeded.hash_one((print, self.print(value))))
    }

    fn print_dict(&mut self, dict: &Dict) -> u64 {
        dict.iter()
            .fold(2, |sum: u64, (key, value)| sum.wrapping_add(Seeded.hash_one((self.print(key), self.print(value)))))
    }

    fn print_object(&mut self, object: &Object) -> u64 {
        let mut print = self.print(&object.class);
        print = self.print_all(print, &object.args);
        print = Seeded.hash_one((print, self.print_dict(&object.kwargs)));
        print = self.print_all(print, object.items.iter().chain(&object.added));
        print = self.print_all(print, object.pairs.iter().flat_map(|(key, value)| [key, value]));
        print = self.print_all(print, &object.states);
        for (callable, args) in &object.effects {
            print = self.print_all(print, std::iter::once(callable).chain(args));
        }
        print
    }
}

/// A key, and the value that a dict has under it.
type Entry<'v> = (&'v Value, Option<&'v Value>);

/// Python's `==`.
impl PartialEq for Value {
    fn eq(&self, other: &Value) -> bool {
        Comparison::default().values(self, other)
    }
}

impl PartialEq for Object {
    fn eq(&self, other: &Object) -> bool {
        Comparison::default().objects(self, other)
    }
}

impl PartialEq for Dict {
    fn eq(&self, other: &Dict) -> bool {
        Comparison::default().dicts(self, other)
    }
}
