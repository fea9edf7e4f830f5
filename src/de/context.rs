//! What all nodes of one read share: the graph, the input, the options, and what is remembered on the way.

use std::cell::Cell;

use serde::de::Visitor;

use super::{
    built::Built,
    options::DeOptions,
    recall::{Charging, Recall},
    take::Taker,
};
use crate::{
    error::{Error, Result},
    graph::{Facts, Kind, Leaf, Ref, Store},
    opcode::code,
    recipe, work,
};

/// The proof that the input lives as long as what is read from it, which may borrow then: functions that give back what they are
/// given, and can be written only where that is so.
#[derive(Clone, Copy)]
struct Lend<'i, 'de> {
    str: fn(&'i str) -> &'de str,
    bytes: fn(&'i [u8]) -> &'de [u8],
}

/// The bytes that are read.
#[derive(Clone, Copy)]
pub(crate) struct Input<'i, 'de> {
    bytes: &'i [u8],
    /// The offset of the first one in the source.
    base: u64,
    lend: Option<Lend<'i, 'de>>,
}

impl<'i, 'de> Input<'i, 'de> {
    /// A slice of the caller's, which what is read may borrow from.
    pub(crate) fn slice(bytes: &'de [u8]) -> Input<'de, 'de> {
        Input { bytes, base: 0, lend: Some(Lend { str: |text| text, bytes: |bytes| bytes }) }
    }

    /// A buffer of ours, whose first byte has this offset in the source.
    pub(crate) fn buffer(bytes: &'i [u8], base: u64) -> Self {
        Input { bytes, base, lend: None }
    }
}

pub(crate) struct Context<'c, 'i, 'de> {
    /// None if the input is a buffer of ours.
    lend: Option<Lend<'i, 'de>>,
    pub(crate) store: &'c Store,
    facts: &'c Facts,
    pub(crate) input: &'i [u8],
    /// The offset of the input's first byte in the source.
    pub(crate) base: u64,
    pub(crate) options: &'c DeOptions<'i>,
    pub(super) recall: &'c Recall<'i>,
    charging: Cell<Charging>,
    /// A str of Python 2 that is UTF-8 is that text.
    py2_is_text: bool,
    /// What looks like a value may be none: a persistent id, or a value in itself that is to be read as none.
    pub(crate) looks_twice: bool,
    /// A value in itself is to be read as none.
    breaks_cycles: bool,
}

impl<'c, 'i, 'de> Context<'c, 'i, 'de> {
    #[inline]
    pub(crate) fn new(
        store: &'c Store,
        facts: &'c Facts,
        recall: &'c Recall<'i>,
        input: Input<'i, 'de>,
        options: &'c DeOptions<'i>,
    ) -> Self {
        let Input { bytes: input, base, lend } = input;
        Context {
            lend,
            store,
            facts,
            input,
            base,
            options,
            recall,
            charging: Cell::new(recall.charging),
            py2_is_text: recall.py2_is_text,
            looks_twice: recall.looks_twice,
            breaks_cycles: recall.is_open.is_some(),
        }
    }

    /// What is remembered of the values that are being built.
    pub(super) fn built(&self) -> &Built {
        self.recall.built()
    }

    /// What the classes mean that were met.
    pub(super) fn recipes(&self) -> &recipe::Cache {
        self.recall.recipes()
    }

    /// Where in the source a value was made.
    pub(crate) fn offset(&self, node: Ref) -> u64 {
        self.base + self.store.offset(node) as u64
    }

    #[cold]
    pub(crate) fn locate(&self, node: Ref, error: Error) -> Error {
        error.or_offset(self.offset(node))
    }

    /// Opcode and what follows it, of a leaf.
    #[inline(always)]
    pub(crate) fn leaf(&self, node: Ref) -> Option<(u8, &'i [u8])> {
        if node.is_composite() {
            return None;
        }
        let (&code, rest) = self.input.get(node.offset()..)?.split_first()?;
        Some((code, rest))
    }

    /// The bytes of a text whose length stands before it: what all protocols but 0 have. A str of Python 2 is one, too, if what is
    /// UTF-8 is text.
    #[inline(always)]
    pub(crate) fn text(&self, node: Ref) -> Option<&'i [u8]> {
        let (code, rest) = self.leaf(node)?;
        match code {
            code::SHORT_BINUNICODE => {
                let (&length, rest) = rest.split_first()?;
                rest.get(..usize::from(length))
            }
            code::SHORT_BINSTRING if self.py2_is_text => Leaf::payload(code, rest),
            code::BINUNICODE | code::BINUNICODE8 => Leaf::payload(code, rest),
            _ => None,
        }
    }

    /// Whether values may have to be charged.
    #[inline]
    pub(crate) fn is_charging(&self) -> bool {
        self.charging.get() != Charging::No
    }

    /// Takes what a value costs from the alias budget: nothing as long as everything is known to fit.
    #[inline(always)]
    pub(crate) fn charge(&self, values_and_bytes: usize) -> Result<()> {
        if self.charging.get() != Charging::No {
            self.charge_now(values_and_bytes)?;
        }
        work::steps(|| 1 + values_and_bytes);
        Ok(())
    }

    /// Takes from the budget what is in no proportion to the input, whether or not values are shared.
    pub(crate) fn charge_beyond(&self, values: usize) -> Result<()> {
        match self.recall.budget.get().checked_sub(values as u64) {
            Some(left) => {
                work::steps(|| values);
                self.recall.budget.set(left);
                Ok(())
            }
            None => Err(self.exhausted()),
        }
    }

    #[cold]
    fn charge_now(&self, values_and_bytes: usize) -> Result<()> {
        if self.charging.get() == Charging::Unknown {
            let beyond = self.facts.size(self.store, self.input, self.recall.root) > self.recall.budget.get();
            self.charging.set(if beyond { Charging::Yes } else { Charging::No });
            if !beyond {
                return Ok(());
            }
        }
        match self.recall.budget.get().checked_sub(values_and_bytes as u64) {
            Some(left) if self.charging.get() == Charging::Yes => {
                self.recall.budget.set(left);
                Ok(())
            }
            _ => Err(self.exhausted()),
        }
    }

    #[cold]
    fn exhausted(&self) -> Error {
        self.charging.set(Charging::Exhausted);
        self.recall.budget.set(0);
        Error::beyond_budget()
    }

    /// Takes what it costs to tell the keys of pairs from each other: one long text may be the key of many.
    #[inline]
    pub(crate) fn charge_keys(&self, pairs: &[Ref]) -> Result<()> {
        if self.charging.get() == Charging::No {
            return Ok(());
        }
        pairs.iter().step_by(2).filter(|key| !key.is_composite()).try_for_each(|&key| self.charge_leaf(key))
    }

    /// Takes what it costs to look at the name of the class or callable of an object.
    #[cold]
    fn charge_name(&self, node: Ref) -> Result<()> {
        let composite = self.store.composite(self.store.current(node));
        if composite.kind != Kind::Object {
            return Ok(());
        }
        let class = self.store.slice(composite.first, 3)[0];
        match self.store.names(class) {
            Some(names) => names.iter().try_for_each(|&name| self.charge_leaf(name)),
            None if class.is_composite() => Ok(()),
            None => self.charge_leaf(class),
        }
    }

    /// Takes what it costs to decode a leaf.
    pub(crate) fn charge_leaf(&self, leaf: Ref) -> Result<()> {
        if self.charging.get() == Charging::Exhausted {
            return Err(self.exhausted());
        }
        let weight = Leaf::weight(self.input, leaf.offset());
        self.charge(usize::try_from(weight).unwrap_or(usize::MAX))
    }

    /// A container is being read from here on;
    #[inline(always)]
    pub(crate) fn open(&self, node: Ref) {
        if self.breaks_cycles {
            self.mark(node, true);
        }
    }

    /// and up to here.
    #[inline(always)]
    pub(crate) fn close(&self, node: Ref) {
        if self.breaks_cycles {
            self.mark(node, false);
        }
    }

    #[cold]
    fn mark(&self, node: Ref, open: bool) {
        let node = self.store.current(node);
        if let Some(nodes) = &self.recall.is_open
            && node.is_composite()
        {
            if open {
                nodes.borrow_mut().insert(node.index());
            } else {
                nodes.borrow_mut().remove(&node.index());
            }
        }
    }

    /// Whether a container is being read, and is to be none inside itself.
    pub(crate) fn is_open(&self, node: Ref) -> bool {
        let node = self.store.current(node);
        node.is_composite() && self.recall.is_open.as_ref().is_some_and(|nodes| nodes.borrow().contains(&node.index()))
    }

    /// Takes what it costs to decode a value that is a line of text, whatever it is then: `I000…01` is a bool, and long.
    #[inline]
    pub(crate) fn charge_line(&self, node: Ref) -> Result<()> {
        match self.charging.get() {
            Charging::No => return Ok(()),
            Charging::Exhausted => return Err(self.exhausted()),
            _ if node.is_composite() => {
                // A call that means bytes makes them anew each time that it is looked at.
                let source = self.store.source(self.input, node).filter(|source| !source.is_composite());
                source.map_or(Ok(()), |text| self.charge_leaf(text))?;
                return self.charge_name(node);
            }
            _ => {}
        }
        self.charge(Leaf::line_weight(self.input, node.offset()))
    }

    /// Shows a text of the input: lent for as long as the visitor wants, or for the moment.
    #[inline(always)]
    pub(crate) fn visit_str<V: Visitor<'de>>(&self, text: &'i str, visitor: V) -> Result<V::Value> {
        match self.lend {
            Some(lend) => visitor.visit_borrowed_str((lend.str)(text)),
            None => visitor.visit_str(text),
        }
    }

    #[inline(always)]
    pub(crate) fn visit_bytes<V: Visitor<'de>>(&self, bytes: &'i [u8], visitor: V) -> Result<V::Value> {
        match self.lend {
            Some(lend) => visitor.visit_borrowed_bytes((lend.bytes)(bytes)),
            None => visitor.visit_bytes(bytes),
        }
    }

    /// As [`visit_str`](Context::visit_str), to a visitor whose type is forgotten.
    pub(super) fn take_str(&self, text: &'i str, taker: Taker<'_, 'de>) -> Result<()> {
        match self.lend {
            Some(lend) => taker.visit_borrowed_str((lend.str)(text)),
            None => taker.visit_str(text),
        }
    }

    pub(super) fn take_bytes(&self, bytes: &'i [u8], taker: Taker<'_, 'de>) -> Result<()> {
        match self.lend {
            Some(lend) => taker.visit_borrowed_bytes((lend.bytes)(bytes)),
            None => taker.visit_bytes(bytes),
        }
    }

    /// An out-of-band buffer, if it is at hand.
    pub(crate) fn buffer(&self, number: u32) -> Option<&'i [u8]> {
        self.options.buffers.get(number as usize).copied()
    }

    #[cold]
    pub(crate) fn too_deep(&self, node: Ref, limit: usize) -> Error {
        // Not looked for in all that was ever read: each pickle of a sequence may ask anew.
        let error = if !self.options.keep_memo && self.facts.is_cyclic(self.store, node) {
            Error::data("the value contains itself")
        } else {
            Error::limit(format!("nested deeper than {limit} levels; DeOptions::depth_limit raises it"))
        };
        self.locate(node, error)
    }
}
