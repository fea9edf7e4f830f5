//! What all values that are built from one graph share: which containers are open, and the keys of records.

use std::{cell::RefCell, rc::Rc, sync::Arc};

use super::{context::Context, recall::OpenNodes};
use crate::{
    graph::{Kind, Leaf, Ref, Store},
    op::long,
    opcode::code,
    value::{Dict, Value},
};

/// Dicts with more pairs are no records.
const PAIRS: usize = 64;
/// So many records are remembered.
const RECORDS: usize = 8;

#[derive(Default)]
pub(super) struct Built {
    /// Which composites are being built; only where values are shared can one be met again.
    open: RefCell<OpenNodes>,
    records: RefCell<Vec<Record>>,
}

/// A dict whose keys are distinct texts: where it stands in the arena.
struct Record {
    first: u32,
    len: u32,
    /// Made when the same keys come again.
    keys: Option<Rc<Keys>>,
}

/// The keys of a record.
pub(super) type Keys = [Arc<Value>];

impl Built {
    pub(super) fn is_open(&self, node: Ref) -> bool {
        node.is_composite() && self.open.borrow().contains(&node.index())
    }

    pub(super) fn mark(&self, node: Ref, is_open: bool) {
        if !node.is_composite() {
            return;
        }
        if is_open {
            self.open.borrow_mut().insert(node.index());
        } else {
            self.open.borrow_mut().remove(&node.index());
        }
    }

    /// The keys of these pairs, if they are those of a dict that was built before. In records they are one and the same objects.
    #[inline]
    pub(super) fn record(&self, cx: &Context<'_, '_, '_>, pairs: &[Ref]) -> Option<Rc<Keys>> {
        if cx.store.fetches == 0 || pairs.len() < 2 || cx.is_charging() {
            return None;
        }
        let mut records = self.records.borrow_mut();
        let record = records.iter_mut().find(|record| {
            record.len as usize == pairs.len() && {
                let known = cx.store.slice(record.first, record.len);
                known.chunks_exact(2).zip(pairs.chunks_exact(2)).all(|(known, pair)| known[0] == pair[0])
            }
        })?;
        if record.keys.is_none() {
            let texts = pairs.iter().step_by(2).map(|&key| cx.key(key));
            let keys: Option<Rc<Keys>> = texts.map(|text| Some(Arc::new(Value::Str(text?.to_owned())))).collect();
            record.keys = Some(keys?);
        }
        record.keys.clone()
    }

    /// Remembers a dict whose keys are distinct, if they are texts, and if any text comes again.
    #[inline]
    pub(super) fn know_record(&self, store: &Store, node: Ref, dict: &Dict) {
        if store.fetches == 0 || dict.len() > PAIRS || dict.is_empty() || !node.is_composite() {
            return;
        }
        let composite = store.composite(node);
        if composite.kind != Kind::Dict || !dict.keys().all(Value::is_str) {
            return;
        }
        let mut records = self.records.borrow_mut();
        if records.len() == RECORDS {
            records.rotate_left(1);
            records.pop();
        }
        records.push(Record { first: composite.first, len: composite.len, keys: None });
    }
}

impl Context<'_, '_, '_> {
    /// A leaf in one of the commonest opcodes, if nothing is wrong with it.
    #[inline]
    pub(super) fn plain_value(&self, node: Ref) -> Option<Value> {
        let (code, rest) = self.leaf(node)?;
        Some(match code {
            code::SHORT_BINUNICODE | code::BINUNICODE if !self.is_charging() => {
                Value::Str(String::from_utf8(Leaf::payload(code, rest)?.to_vec()).ok()?)
            }
            code::BININT1 => Value::Int(i64::from(*rest.first()?)),
            code::BININT2 => Value::Int(i64::from(u16::from_le_bytes(*rest.first_chunk()?))),
            code::BININT => Value::Int(i64::from(i32::from_le_bytes(*rest.first_chunk()?))),
            code::LONG1 if !self.is_charging() => Value::Int(long::to_i64(Leaf::payload(code, rest)?)?),
            code::BINFLOAT => Value::Float(f64::from_be_bytes(*rest.first_chunk()?)),
            code::NONE => Value::None,
            code::NEWTRUE => Value::Bool(true),
            code::NEWFALSE => Value::Bool(false),
            _ => return None,
        })
    }
}
