//! A [`Value`] from the graph, without recursion.

use std::{borrow::Cow, collections::HashMap, rc::Rc};

use super::{
    access::segment,
    built::Keys,
    context::Context,
    hint::Hint,
    node::NodeDeserializer,
    options::Cycles,
    strings::{Py2, py2},
    take::{Answer, Given, Taker},
};
use crate::{
    error::{Error, Result},
    graph::{How as GraphHow, Leaf, NAME, OBJECT, ObjectView, Ref, RowItems, View},
    path::{Path, Segment},
    value::{
        Buffer, Dict, Global, How, Object, Set, SurrogateStr, Value, handoff, int_from_bytes,
        key::{Key, Signature},
        walk::paired,
    },
};

/// Builds the value and hands it to the visitor of `Value`.
pub(super) fn hand_over<'de>(node: NodeDeserializer<'_, '_, 'de>, visitor: Taker<'_, 'de>) -> Result<()> {
    handoff::put(Builder::new(node.cx).build(node.node)?);
    let result = visitor.visit_newtype_struct(Given::Other(&mut Nothing));
    // Whoever else may have asked under this name has not taken it.
    drop(handoff::take());
    result
}

/// What stands for a value that is handed over.
struct Nothing;

impl<'de> Answer<'de> for Nothing {
    fn answer(&mut self, _hint: Hint, visitor: Taker<'_, 'de>) -> Result<()> {
        visitor.visit_unit()
    }
}

/// The value of a node.
pub(crate) fn value<'c, 'i: 'c, 'de>(cx: &'c Context<'c, 'i, 'de>, node: Ref) -> Result<Value> {
    Builder::new(cx).build(node)
}

/// A container whose children are being built.
struct Frame<'c> {
    node: Ref,
    kind: Container<'c>,
    children: Cow<'c, [Ref]>,
    /// Where the next child stands.
    at: usize,
    /// How far the one after it is. Of a dict whose keys are known, 2: only the values are built.
    step: usize,
}

enum Container<'c> {
    List,
    Tuple,
    Dict,
    /// The keys are those of a dict that was built before.
    Record(Rc<Keys>),
    Set,
    FrozenSet,
    PersistentId,
    Object(Box<ObjectView<'c>>),
}

struct Builder<'c, 'i, 'de> {
    cx: &'c Context<'c, 'i, 'de>,
    open: Vec<Frame<'c>>,
    /// The children of all open containers that are done.
    values: Vec<Value>,
    signer: Signer,
}

impl<'c, 'i: 'c, 'de> Builder<'c, 'i, 'de> {
    fn new(cx: &'c Context<'c, 'i, 'de>) -> Self {
        Builder { cx, open: Vec::new(), values: Vec::new(), signer: Signer::default() }
    }

    fn build(mut self, root: Ref) -> Result<Value> {
        match self.run(root) {
            Ok(value) => Ok(value),
            Err(error) => {
                self.open.iter().for_each(|frame| self.mark(frame.node, false));
                Err(self.at_path(error, self.open.len()))
            }
        }
    }

    fn run(&mut self, root: Ref) -> Result<Value> {
        self.enter_located(root, false)?;
        while let Some(frame) = self.open.last_mut() {
            while let Some(&child) = frame.children.get(frame.at)
                && let Some(value) = self.cx.plain_value(child)
            {
                self.values.push(value);
                frame.at += frame.step;
            }
            if let Some(&child) = frame.children.get(frame.at) {
                // The class that a name is which was given state itself: just the name.
                let is_class = frame.at == 0
                    && matches!(&frame.kind, Container::Object(object) if object.how == GraphHow::Promoted);
                frame.at += frame.step;
                self.enter_located(child, is_class)?;
                continue;
            }
            // From here on, an error is about the container, and not about its last item.
            if let Some(frame) = self.open.pop() {
                self.mark(frame.node, false);
                let value = self.close(frame)?;
                self.values.push(value);
            }
        }
        Ok(self.values.pop().unwrap_or_default())
    }

    #[inline]
    fn mark(&self, node: Ref, is_open: bool) {
        if self.cx.store.shares {
            self.cx.built().mark(node, is_open);
        }
    }

    /// The route to the child at which the outermost so many containers are.
    fn at_path(&self, error: Error, frames: usize) -> Error {
        self.segments(frames).into_iter().rev().fold(error, Error::within)
    }

    fn segments(&self, frames: usize) -> Vec<Segment> {
        let of = |frame: &Frame<'c>| {
            let at = frame.at.checked_sub(frame.step)?;
            match &frame.kind {
                Container::List | Container::Tuple => Some(Segment::Index(at)),
                Container::Dict | Container::Record(_) if at < frame.children.len() => {
                    Some(segment(self.cx, frame.children[at & !1]))
                }
                _ => None,
            }
        };
        self.open[..frames].iter().filter_map(of).collect()
    }

    fn enter_located(&mut self, node: Ref, is_class: bool) -> Result<()> {
        self.enter(node, is_class).map_err(|error| self.cx.locate(node, error))
    }

    /// A leaf is done at once; a container is opened.
    fn enter(&mut self, node: Ref, is_class: bool) -> Result<()> {
        let node = if is_class { node } else { self.cx.store.current(node) };
        if let Some(row) = self.cx.store.row(self.cx.input, node) {
            return self.row(node, row);
        }
        self.cx.charge_line(node)?;
        let view = match is_class {
            true => self.cx.store.view_itself(self.cx.input, node),
            false => self.cx.store.view(self.cx.input, node),
        };
        let (mut at, mut step) = (0, 1);
        let (kind, children) = match view {
            View::List(items) => (Container::List, Cow::Borrowed(items)),
            View::Tuple(items) => (Container::Tuple, Cow::Borrowed(items)),
            View::Dict(pairs) => match self.cx.built().record(self.cx, pairs) {
                Some(keys) => {
                    (at, step) = (1, 2);
                    (Container::Record(keys), Cow::Borrowed(pairs))
                }
                None => (Container::Dict, Cow::Borrowed(pairs)),
            },
            View::Set(items) => (Container::Set, Cow::Borrowed(items)),
            View::FrozenSet(items) => (Container::FrozenSet, Cow::Borrowed(items)),
            View::PersistentId(id) => (Container::PersistentId, Cow::Owned(vec![id])),
            View::Object(object) => {
                let object = object.as_made();
                self.cx.charge(OBJECT)?;
                (Container::Object(Box::new(object)), Cow::Owned(self.parts(&object)?))
            }
            view => {
                let value = self.plain(view)?;
                self.values.push(value);
                return Ok(());
            }
        };
        let limit = self.cx.options.value_depth();
        if self.cx.store.shares && self.cx.built().is_open(node) {
            if self.cx.options.cycles == Cycles::None {
                self.values.push(Value::None);
                return Ok(());
            }
            return Err(self.contains_itself(node));
        }
        if self.open.len() >= limit {
            return Err(self.cx.too_deep(node, limit));
        }
        self.cx.charge(children.len() + 1)?;
        self.mark(node, true);
        self.open.push(Frame { node, kind, children, at, step });
        Ok(())
    }

    /// A list of scalars: nothing is opened.
    fn row(&mut self, node: Ref, row: RowItems<'i>) -> Result<()> {
        let limit = self.cx.options.value_depth();
        if self.open.len() >= limit {
            return Err(self.cx.too_deep(node, limit));
        }
        self.cx.charge(row.len() + 1)?;
        let value = |item: Ref| match self.cx.plain_value(item) {
            Some(value) => Ok(value),
            None => self.plain(self.cx.store.view(self.cx.input, item)).map_err(|error| self.cx.locate(item, error)),
        };
        let mut items = Vec::with_capacity(row.len());
        for (at, item) in row.enumerate() {
            items.push(value(item).map_err(|error| error.within(Segment::Index(at)))?);
        }
        self.values.push(Value::List(items));
        Ok(())
    }

    #[cold]
    fn contains_itself(&self, node: Ref) -> Error {
        let outer = self.open.iter().position(|frame| frame.node == node).unwrap_or(0);
        let mut path = Path::default();
        self.segments(outer).into_iter().rev().for_each(|segment| path.push_outer(segment));
        let place = if path.is_empty() { "the root".to_owned() } else { path.to_string() };
        self.cx.locate(node, Error::data(format!("the value contains itself: it is {place}")))
    }

    /// Everything that an object has, in the order in which `object` takes it.
    fn parts(&self, object: &ObjectView<'c>) -> Result<Vec<Ref>> {
        let store = self.cx.store;
        let mut parts = vec![object.class];
        parts.extend_from_slice(object.args);
        parts.extend_from_slice(self.kwargs(object));
        parts.extend_from_slice(store.items(object));
        parts.extend_from_slice(object.side.map_or(&[], |side| store.run(side.adds)));
        parts.extend_from_slice(store.pairs(object));
        parts.extend(object.state);
        let Some(side) = object.side else { return Ok(parts) };
        parts.extend_from_slice(store.run(side.states));
        for &effect in store.run(side.effects) {
            let args = store.effect_args(effect);
            // The same arguments may stand in many calls.
            self.cx.charge(args.len())?;
            parts.push(store.callable(effect));
            parts.extend_from_slice(args);
        }
        Ok(parts)
    }

    fn kwargs(&self, object: &ObjectView<'c>) -> &'c [Ref] {
        self.cx.store.kwargs(object)
    }

    fn object(&mut self, object: &ObjectView<'c>, parts: Vec<Value>) -> Result<Value> {
        let store = self.cx.store;
        let mut parts = parts.into_iter();
        let mut take = |count: usize| -> Vec<Value> { parts.by_ref().take(count).collect() };
        let how = match object.how {
            GraphHow::Reduce => How::Reduce,
            GraphHow::New => How::New,
            GraphHow::Instance => How::Instance,
            GraphHow::Promoted => How::Itself,
        };
        let class = take(1).pop().unwrap_or_default();
        let mut made = Object::reduce(class, take(object.args.len()));
        made.how = how;
        made.base = object.base;
        made.by_newobj_ex = how == How::New && !object.kwargs.is_empty();
        let mut kwargs = take(self.kwargs(object).len()).into_iter();
        while let (Some(key), Some(value)) = (kwargs.next(), kwargs.next()) {
            made.kwargs.insert(key, value).map_err(|error| self.cx.locate(object.class, error))?;
        }
        made.items = take(store.items(object).len());
        made.added = take(object.side.map_or(0, |side| side.adds.len as usize));
        made.pairs = paired(take(store.pairs(object).len()));
        made.states = take(usize::from(object.state.is_some()));
        let Some(side) = object.side else { return Ok(made.into()) };
        made.states.extend(take(side.states.len as usize));
        for &effect in store.run(side.effects) {
            let callable = take(1).pop().unwrap_or_default();
            made.effects.push((callable, take(store.effect_args(effect).len())));
        }
        Ok(made.into())
    }

    fn plain(&self, view: View<'c>) -> Result<Value> {
        let value = match view {
            View::Leaf(leaf) => return self.leaf(leaf),
            View::Bytes(bytes) => Value::Bytes(bytes.into_owned()),
            View::ByteArray(bytes) => Value::ByteArray(bytes.into_owned()),
            View::Buffer(number) => Value::Buffer(Buffer::numbered(number, self.cx.buffer(number))),
            View::Readonly(inner) => match self.cx.store.view(self.cx.input, inner) {
                View::ByteArray(bytes) => Value::Buffer(Buffer::new(bytes.into_owned()).readonly(true)),
                View::Buffer(number) => Value::Buffer(Buffer::numbered(number, self.cx.buffer(number)).readonly(true)),
                _ => Value::None,
            },
            View::Global(global) => {
                self.cx.charge(NAME + global.module.len() + global.name.len())?;
                Global::new(global.module, global.name).into()
            }
            // These have values inside.
            _ => Value::None,
        };
        match &value {
            Value::Bytes(bytes) | Value::ByteArray(bytes) => self.cx.charge(bytes.len())?,
            Value::Buffer(buffer) => self.cx.charge(buffer.bytes().map_or(0, <[u8]>::len))?,
            _ => {}
        }
        Ok(value)
    }

    fn leaf(&self, leaf: Leaf<'c>) -> Result<Value> {
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
                SurrogateStr::from_bytes(text.into_owned())?
            }
            Leaf::Py2Str(bytes) => {
                self.cx.charge(bytes.len())?;
                match py2(bytes, self.cx.options)? {
                    Py2::Text(text) => Value::Str(text.into_owned()),
                    Py2::Surrogates(text) => Value::SurrogateStr(text),
                    Py2::Bytes(bytes) => Value::Bytes(bytes.into_owned()),
                }
            }
            Leaf::Bytes(bytes) => {
                self.cx.charge(bytes.len())?;
                Value::Bytes(bytes.to_vec())
            }
            Leaf::EmptyTuple => Value::Tuple(Vec::new()),
            Leaf::Extension(code) => Value::Extension(code),
            Leaf::PersistentId(id) => {
                self.cx.charge(id.len())?;
                self.persistent(String::from_utf8_lossy(id).into_owned().into())?
            }
            // Globals have a view of their own.
            Leaf::Global(..) => Value::None,
        })
    }

    fn persistent(&self, id: Value) -> Result<Value> {
        match &self.cx.options.persistent_load {
            Some(load) => load(&id),
            None => Ok(Value::PersistentId(Box::new(id))),
        }
    }

    /// The value of a container whose children are done.
    fn close(&mut self, frame: Frame<'c>) -> Result<Value> {
        let start = self.values.len() - frame.children.len() / frame.step;
        match frame.kind {
            Container::List => Ok(Value::List(self.values.split_off(start))),
            Container::Tuple => Ok(Value::Tuple(self.values.split_off(start))),
            Container::Record(keys) => Ok(Value::Dict(Dict::of_shared(&keys, &mut self.values.drain(start..)))),
            Container::Dict => {
                let mut dict = Dict::with_capacity(frame.children.len() / 2);
                let mut values = self.values.drain(start..);
                for pair in frame.children.chunks_exact(2) {
                    let (Some(key), Some(value)) = (values.next(), values.next()) else { break };
                    dict.insert_key(key_of(self.cx, &mut self.signer, pair[0], key)?, value);
                }
                if 2 * dict.len() == frame.children.len() {
                    self.cx.built().know_record(self.cx.store, frame.node, &dict);
                }
                Ok(Value::Dict(dict))
            }
            Container::Set | Container::FrozenSet => {
                let mut set = Set::new();
                for (value, &item) in self.values.drain(start..).zip(frame.children.iter()) {
                    set.insert_key(key_of(self.cx, &mut self.signer, item, value)?);
                }
                Ok(match frame.kind {
                    Container::Set => Value::Set(set),
                    _ => Value::FrozenSet(set),
                })
            }
            Container::PersistentId => {
                let id = self.values.pop().unwrap_or_default();
                self.persistent(id).map_err(|error| self.cx.locate(frame.node, error))
            }
            Container::Object(object) => {
                let parts = self.values.split_off(start);
                self.object(&object, parts)
            }
        }
    }
}

/// A value as a key: objects and NaNs by the identity that they have in the graph.
fn key_of<'c, 'i: 'c, 'de>(cx: &'c Context<'c, 'i, 'de>, signer: &mut Signer, node: Ref, value: Value) -> Result<Key> {
    if let Some(kind) = value.unhashable() {
        return Err(cx.locate(node, Error::data(format!("unhashable key: {kind}"))));
    }
    if !value.has_identity() {
        return Ok(Key::of(value));
    }
    Ok(Key::with(value, signer.sign(cx, node)?))
}

/// Numbers what keys are made of: equal parts have one number, and so each part is looked at once, however deep it stands in others.
#[derive(Default)]
struct Signer {
    numbers: HashMap<Signature, u64, foldhash::fast::RandomState>,
    /// Of tuples and frozensets.
    known: HashMap<Ref, u64, foldhash::fast::RandomState>,
}

/// A tuple or frozenset whose items are being numbered.
struct Unsigned<'c> {
    node: Ref,
    items: &'c [Ref],
    numbers: Vec<u64>,
    is_set: bool,
}

impl Signer {
    fn sign<'c, 'i: 'c, 'de>(&mut self, cx: &'c Context<'c, 'i, 'de>, root: Ref) -> Result<u64> {
        let mut open: Vec<Unsigned<'c>> = Vec::new();
        let mut next = root;
        loop {
            let node = cx.store.current(next);
            let mut done = match self.known.get(&node) {
                Some(&number) => Some(number),
                None => match cx.store.view(cx.input, node) {
                    View::Tuple(items) => {
                        open.push(Unsigned { node, items, numbers: Vec::new(), is_set: false });
                        None
                    }
                    View::FrozenSet(items) => {
                        open.push(Unsigned { node, items, numbers: Vec::new(), is_set: true });
                        None
                    }
                    view => Some(self.sign_single(cx, node, &view)?),
                },
            };
            // Up to the next item that has no number yet.
            loop {
                let Some(frame) = open.last_mut() else { return Ok(done.unwrap_or_default()) };
                frame.numbers.extend(done.take());
                if let Some(&item) = frame.items.get(frame.numbers.len()) {
                    next = item;
                    break;
                }
                let mut signature = Signature::default();
                let numbers = std::mem::take(&mut frame.numbers);
                if frame.is_set {
                    signature.frozenset(numbers)
                } else {
                    signature.tuple(&numbers)
                }
                let number = self.number(signature);
                if frame.node.is_composite() {
                    self.known.insert(frame.node, number);
                }
                open.pop();
                done = Some(number);
            }
        }
    }

    fn sign_single<'c, 'i: 'c, 'de>(
        &mut self,
        cx: &'c Context<'c, 'i, 'de>,
        node: Ref,
        view: &View<'c>,
    ) -> Result<u64> {
        let mut signature = Signature::default();
        match view {
            View::Leaf(Leaf::Float(float)) if float.is_nan() => signature.object(u64::from(node.bits())),
            View::Object(_)
            | View::PersistentId(_)
            | View::Leaf(Leaf::PersistentId(_))
            | View::Buffer(_)
            | View::Readonly(_) => {
                signature.object(u64::from(node.bits()));
            }
            _ => signature.plain(&value(cx, node)?),
        }
        Ok(self.number(signature))
    }

    fn number(&mut self, signature: Signature) -> u64 {
        let next = self.numbers.len() as u64;
        *self.numbers.entry(signature).or_insert(next)
    }
}
