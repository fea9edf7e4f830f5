//! Repeated keys of a dict: the last value wins, at the place of the first key, as in Python.

use std::{
    collections::{HashMap, HashSet},
    hash::BuildHasher,
};

use super::{context::Context, recall::Seen};
use crate::{
    error::Result,
    graph::{Kind, Leaf, Ref},
};

/// Keys up to this many are compared with each other; more go through a table.
const FEW: usize = 8;

/// The pairs without those that a later one replaces; `None` if no key repeats, as nearly always.
///
/// Text and numbers are compared as Python does. Other keys are not: what takes them is a map, which replaces by itself.
#[inline]
pub(super) fn last_wins(cx: &Context<'_, '_, '_>, node: Ref, pairs: &[Ref]) -> Result<Option<Vec<Ref>>> {
    if cx.seen(pairs, &[]) == Seen::No { look(cx, node, pairs) } else { Ok(None) }
}

/// As [`last_wins`], of pairs that were not seen before.
#[inline]
pub(super) fn look(cx: &Context<'_, '_, '_>, node: Ref, pairs: &[Ref]) -> Result<Option<Vec<Ref>>> {
    // One key does not repeat.
    if pairs.len() <= 2 { Ok(None) } else { look_at_many(cx, node, pairs) }
}

#[inline(never)]
fn look_at_many(cx: &Context<'_, '_, '_>, node: Ref, pairs: &[Ref]) -> Result<Option<Vec<Ref>>> {
    cx.charge_keys(pairs)?;
    let repeats = if pairs.len() <= 2 * FEW {
        seem_to_repeat(cx, pairs) && {
            let mut prints = [0; FEW];
            let mut known = 0;
            pairs.chunks_exact(2).any(|pair| {
                let Some(print) = print(cx, pair[0], brief) else { return false };
                let repeats = prints[..known].contains(&print);
                prints[known] = print;
                known += 1;
                repeats
            })
        }
    } else {
        Keys::with_capacity(pairs.len() / 2).repeat(cx, pairs)
    };
    if repeats {
        return Ok(Some(merge(cx, pairs)));
    }
    if node.is_composite() {
        let composite = cx.store.composite(node);
        if composite.kind == Kind::Dict {
            cx.recall.know_shape(composite.first, composite.len);
        }
    }
    Ok(None)
}

/// Many keys, by their prints.
pub(super) struct Keys {
    hasher: foldhash::fast::RandomState,
    seen: HashSet<u64, Given>,
}

impl Keys {
    pub(super) fn with_capacity(count: usize) -> Keys {
        Keys { hasher: foldhash::fast::RandomState::default(), seen: HashSet::with_capacity_and_hasher(count, Given) }
    }

    /// Whether the keys of these pairs repeat each other, or one that was seen before: probably.
    pub(super) fn repeat(&mut self, cx: &Context<'_, '_, '_>, pairs: &[Ref]) -> bool {
        let Keys { hasher, seen } = self;
        let mut prints = pairs.chunks_exact(2).filter_map(|pair| print(cx, pair[0], |text| hasher.hash_one(text)));
        prints.any(|print| !seen.insert(print))
    }
}

/// Whether two prints of a few fall into one of 256 places: rarely, if they are not the same.
#[inline(always)]
fn seem_to_repeat(cx: &Context<'_, '_, '_>, pairs: &[Ref]) -> bool {
    let mut places = [0_u64; 4];
    let mut repeats = 0;
    for pair in pairs.chunks_exact(2) {
        if let Some(print) = print(cx, pair[0], brief) {
            let place = print.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let (word, bit) = ((place >> 62) as usize, 1 << (place >> 56 & 63));
            repeats |= places[word] & bit;
            places[word] |= bit;
        }
    }
    repeats != 0
}

/// Tells short texts apart without a hash: by their length, their first bytes and their last. What has the same print is looked at.
#[inline(always)]
fn brief(text: &[u8]) -> u64 {
    let ends = match (text.first_chunk(), text.last_chunk()) {
        (Some(first), Some(last)) => u64::from_le_bytes(*first) ^ u64::from_le_bytes(*last).rotate_left(29),
        _ => match (text.first_chunk(), text.last_chunk()) {
            (Some(first), Some(last)) => {
                u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << 24
            }
            _ => text.iter().fold(0, |sum, &byte| sum << 8 | u64::from(byte)),
        },
    };
    ends ^ (text.len() as u64) << 56
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
#[inline(always)]
fn print(cx: &Context<'_, '_, '_>, key: Ref, of_text: impl Fn(&[u8]) -> u64) -> Option<u64> {
    if let Some(text) = cx.text(key) {
        return Some(of_text(text));
    }
    print_other(cx, key, of_text)
}

fn print_other(cx: &Context<'_, '_, '_>, key: Ref, of_text: impl Fn(&[u8]) -> u64) -> Option<u64> {
    identity(cx, key).map(|key| match key {
        Key::Text(text) => of_text(&text),
        Key::Number((whole, bits)) => {
            let [a, b, c, d, e, f, g, h] = bits.to_le_bytes();
            of_text(&[a, b, c, d, e, f, g, h, u8::from(whole)])
        }
    })
}

#[derive(PartialEq, Eq, Hash)]
enum Key<'c> {
    Text(std::borrow::Cow<'c, [u8]>),
    /// Of an int or bool; of a float that is whole, for it equals that int; of another float, its bits.
    Number((bool, i64)),
}

fn identity<'c, 'i: 'c, 'de>(cx: &Context<'c, 'i, 'de>, key: Ref) -> Option<Key<'i>> {
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
fn merge(cx: &Context<'_, '_, '_>, pairs: &[Ref]) -> Vec<Ref> {
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
