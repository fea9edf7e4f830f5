//! Repeated keys of a dict: the last value wins, at the place of the first key, as in Python.

use std::{
    collections::{HashMap, HashSet},
    hash::BuildHasher,
};

use super::context::Context;
use crate::graph::{Kind, Leaf, Ref};

/// Keys up to this many are compared with each other; more go through a table.
const FEW: usize = 8;

/// The pairs without those that a later one replaces; `None` if no key repeats, as nearly always.
///
/// Text and numbers are compared as Python does. Other keys are not: what takes them is a map, which replaces by itself.
#[inline]
pub(crate) fn last_wins<L>(cx: &Context<'_, '_, L>, node: Ref, pairs: &[Ref]) -> Option<Vec<Ref>> {
    if pairs.len() <= 2 || cx.is_known_shape(pairs) {
        return None;
    }
    look(cx, node, pairs)
}

fn look<L>(cx: &Context<'_, '_, L>, node: Ref, pairs: &[Ref]) -> Option<Vec<Ref>> {
    let hasher = foldhash::fast::RandomState::default();
    let print = |key: &Ref| print(cx, &hasher, *key);
    let keys = pairs.iter().step_by(2);
    let repeats = if keys.len() <= FEW {
        let mut prints = [0; FEW];
        keys.enumerate().any(|(at, key)| {
            let Some(print) = print(key) else { return false };
            prints[at] = print;
            prints[..at].contains(&print)
        })
    } else {
        let mut seen = HashSet::with_capacity_and_hasher(keys.len(), Given);
        keys.filter_map(print).any(|print| !seen.insert(print))
    };
    if repeats {
        return Some(merge(cx, pairs));
    }
    if node.is_composite() {
        let composite = cx.store.composite(node);
        if composite.kind == Kind::Dict {
            cx.know_shape(composite.first, composite.len);
        }
    }
    None
}

/// Prints are hashes already.
#[derive(Clone)]
struct Given;

impl BuildHasher for Given {
    type Hasher = GivenHasher;

    fn build_hasher(&self) -> GivenHasher {
        GivenHasher(0)
    }
}

struct GivenHasher(u64);

impl std::hash::Hasher for GivenHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _bytes: &[u8]) {}

    fn write_u64(&mut self, print: u64) {
        self.0 = print;
    }
}

/// Equal keys have equal prints.
fn print<L>(cx: &Context<'_, '_, L>, hasher: &foldhash::fast::RandomState, key: Ref) -> Option<u64> {
    if let Some(text) = cx.text(key) {
        return Some(hasher.hash_one(text));
    }
    identity(cx, key).map(|key| match key {
        Key::Text(text) => hasher.hash_one(&*text),
        Key::Number(number) => hasher.hash_one(number),
    })
}

#[derive(PartialEq, Eq, Hash)]
enum Key<'c> {
    Text(std::borrow::Cow<'c, [u8]>),
    /// Of an int or bool; of a float that is whole, for it equals that int; of another float, its bits.
    Number((bool, i64)),
}

fn identity<'c, 'i: 'c, L>(cx: &Context<'c, 'i, L>, key: Ref) -> Option<Key<'i>> {
    match cx.store.leaf(cx.input, key)? {
        Leaf::Str(text) | Leaf::Py2Str(text) => Some(Key::Text(text)),
        Leaf::Int(int) => Some(Key::Number((true, int))),
        Leaf::Bool(bool) => Some(Key::Number((true, i64::from(bool)))),
        Leaf::Float(float) => {
            let whole = float as i64;
            if whole as f64 == float && whole != i64::MAX {
                Some(Key::Number((true, whole)))
            } else {
                // NaN does not equal itself.
                (!float.is_nan()).then_some(Key::Number((false, float.to_bits() as i64)))
            }
        }
        _ => None,
    }
}

#[cold]
fn merge<L>(cx: &Context<'_, '_, L>, pairs: &[Ref]) -> Vec<Ref> {
    let mut merged: Vec<Ref> = Vec::with_capacity(pairs.len());
    let mut places = HashMap::new();
    for pair in pairs.chunks_exact(2) {
        if let Some(key) = identity(cx, pair[0]) {
            match places.entry(key) {
                std::collections::hash_map::Entry::Occupied(place) => {
                    let at: usize = *place.get();
                    merged[at + 1] = pair[1];
                    continue;
                }
                std::collections::hash_map::Entry::Vacant(place) => {
                    place.insert(merged.len());
                }
            }
        }
        merged.extend_from_slice(pair);
    }
    merged
}
