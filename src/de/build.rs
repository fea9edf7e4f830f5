//! A [`Value`] from the graph, without recursion.

use serde::de::{Visitor, value::UnitDeserializer};

use super::{
    context::{Context, Lend},
    node::NodeDeserializer,
    strings::{Bytes, py2, short_text},
};
use crate::{
    error::{Error, Result},
    graph::{Leaf, Ref, View},
    value::{Dict, Set, Value, handoff, int_from_bytes},
};

/// Builds the value and hands it to the visitor of `Value`.
pub(crate) fn hand_over<'de, 'c, 'i: 'c, L: Lend<'i, 'de>, V: Visitor<'de>>(
    node: NodeDeserializer<'c, 'i, L>,
    visitor: V,
) -> Result<V::Value> {
    handoff::put(Builder::new(node.cx).build(node.node)?);
    let result = visitor.visit_newtype_struct(UnitDeserializer::new());
    // Whoever else may have asked under this name has not taken it.
    drop(handoff::take());
    result
}

/// A container whose children are being built.
struct Frame<'c> {
    node: Ref,
    kind: Container,
    children: &'c [Ref],
    at: usize,
}

#[derive(Clone, Copy)]
enum Container {
    List,
    Tuple,
    Dict,
    Set,
    FrozenSet,
}

struct Builder<'c, 'i, L> {
    cx: &'c Context<'c, 'i, L>,
    open: Vec<Frame<'c>>,
    /// The children of all open containers that are done.
    values: Vec<Value>,
    /// Which composites are open; only where values are shared can one be met again.
    is_open: Vec<bool>,
}

impl<'c, 'i: 'c, L> Builder<'c, 'i, L> {
    fn new(cx: &'c Context<'c, 'i, L>) -> Self {
        let is_open = if cx.store.shares { vec![false; cx.store.composites.len()] } else { Vec::new() };
        Builder { cx, open: Vec::new(), values: Vec::new(), is_open }
    }

    fn build(mut self, root: Ref) -> Result<Value> {
        self.enter(root)?;
        while let Some(frame) = self.open.last_mut() {
            if let Some(&child) = frame.children.get(frame.at) {
                frame.at += 1;
                self.enter(child)?;
                continue;
            }
            let Some(frame) = self.open.pop() else { break };
            self.mark_open(frame.node, false);
            let value = self.close(&frame)?;
            self.values.push(value);
        }
        Ok(self.values.pop().unwrap_or_default())
    }

    fn mark_open(&mut self, node: Ref, open: bool) {
        if node.is_composite()
            && let Some(mark) = self.is_open.get_mut(node.index())
        {
            *mark = open;
        }
    }

    /// A leaf is done at once; a container is opened.
    fn enter(&mut self, node: Ref) -> Result<()> {
        let view = self.cx.store.view(self.cx.input, node);
        let (kind, children) = match view {
            View::List(items) => (Container::List, items),
            View::Tuple(items) => (Container::Tuple, items),
            View::Dict(pairs) => (Container::Dict, pairs),
            View::Set(items) => (Container::Set, items),
            View::FrozenSet(items) => (Container::FrozenSet, items),
            view => {
                let value = self.plain(node, view).map_err(|error| self.cx.locate(node, error))?;
                self.values.push(value);
                return Ok(());
            }
        };
        let limit = self.cx.options.value_depth();
        if node.is_composite() && self.is_open.get(node.index()) == Some(&true) {
            return Err(self.cx.locate(node, Error::data("the value contains itself")));
        }
        if self.open.len() >= limit {
            return Err(self.cx.too_deep(node, limit));
        }
        self.cx.charge(children.len() + 1)?;
        self.mark_open(node, true);
        self.open.push(Frame { node, kind, children, at: 0 });
        Ok(())
    }

    fn plain(&self, node: Ref, view: View<'c>) -> Result<Value> {
        let value = match view {
            View::Leaf(leaf) => return self.leaf(node, leaf),
            View::Bytes(bytes) => Value::Bytes(bytes.into_owned()),
            View::ByteArray(bytes) => Value::ByteArray(bytes.into_owned()),
            View::Readonly(inner) => match self.cx.store.view(self.cx.input, inner) {
                View::ByteArray(bytes) => Value::Bytes(bytes.into_owned()),
                _ => return Err(not_resolved("out-of-band buffer")),
            },
            View::Global(global) => {
                return Err(not_resolved("global").or_global(|| global.to_string()));
            }
            View::Object(object) => {
                let error = not_resolved("object");
                return Err(match self.cx.store.global_of(self.cx.input, object.class) {
                    Some(global) => error.or_global(|| global.to_string()),
                    None => error,
                });
            }
            View::PersistentId(id) => {
                let (Ok(id) | Err(id)) = short_text(self.cx.store, self.cx.input, id);
                return Err(not_resolved(&format!("persistent id {id}")));
            }
            View::Buffer(number) => return Err(not_resolved(&format!("out-of-band buffer {number}"))),
            View::List(_) | View::Tuple(_) | View::Dict(_) | View::Set(_) | View::FrozenSet(_) => Value::None,
        };
        if let Value::Bytes(bytes) | Value::ByteArray(bytes) = &value {
            self.cx.charge(bytes.len())?;
        }
        Ok(value)
    }

    fn leaf(&self, node: Ref, leaf: Leaf<'c>) -> Result<Value> {
        Ok(match leaf {
            Leaf::None => Value::None,
            Leaf::Bool(bool) => Value::Bool(bool),
            Leaf::Int(int) => Value::Int(int),
            Leaf::Long(bytes) => {
                self.cx.charge(bytes.len())?;
                int_from_bytes(&bytes)
            }
            Leaf::Float(float) => Value::Float(float),
            Leaf::Str(text) => {
                self.cx.charge(text.len())?;
                match String::from_utf8(text.into_owned()) {
                    Ok(text) => Value::Str(text),
                    Err(error) => {
                        crate::op::text::check_surrogatepass(error.as_bytes())?;
                        Value::SurrogateStr(error.into_bytes().into())
                    }
                }
            }
            Leaf::Py2Str(bytes) => {
                self.cx.charge(bytes.len())?;
                match py2(bytes, self.cx.options.encoding)? {
                    Bytes::Text(text) => Value::Str(text.into_owned()),
                    Bytes::Bytes(bytes) => Value::Bytes(bytes.into_owned()),
                }
            }
            Leaf::Bytes(bytes) => {
                self.cx.charge(bytes.len())?;
                Value::Bytes(bytes.to_vec())
            }
            Leaf::EmptyTuple => Value::Tuple(Vec::new()),
            Leaf::Extension(code) => return Err(not_resolved(&format!("extension code {code}"))),
            Leaf::PersistentId(id) => {
                return Err(not_resolved(&format!("persistent id {}", String::from_utf8_lossy(id))));
            }
            Leaf::Global(..) => {
                let error = not_resolved("global");
                return Err(match self.cx.store.global_of(self.cx.input, node) {
                    Some(global) => error.or_global(|| global.to_string()),
                    None => error,
                });
            }
        })
    }

    fn close(&mut self, frame: &Frame<'c>) -> Result<Value> {
        let start = self.values.len() - frame.children.len();
        match frame.kind {
            Container::List => Ok(Value::List(self.values.split_off(start))),
            Container::Tuple => Ok(Value::Tuple(self.values.split_off(start))),
            Container::Dict => {
                let mut dict = Dict::with_capacity(frame.children.len() / 2);
                let mut values = self.values.drain(start..);
                for pair in frame.children.chunks_exact(2) {
                    let (Some(key), Some(value)) = (values.next(), values.next()) else { break };
                    dict.insert(key, value).map_err(|error| self.cx.locate(pair[0], error))?;
                }
                Ok(Value::Dict(dict))
            }
            Container::Set | Container::FrozenSet => {
                let mut set = Set::new();
                for (value, &item) in self.values.drain(start..).zip(frame.children) {
                    set.insert(value).map_err(|error| self.cx.locate(item, error))?;
                }
                Ok(match frame.kind {
                    Container::Set => Value::Set(set),
                    _ => Value::FrozenSet(set),
                })
            }
        }
    }
}

fn not_resolved(what: &str) -> Error {
    Error::data(format!("{what} is not resolved"))
}
