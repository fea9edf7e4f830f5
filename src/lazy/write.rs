//! Graphs to serializers: step by step to ours, with sharing and cycles; as values to others.

use std::collections::HashMap;

use serde::ser::{Error as _, Serialize, SerializeMap, Serializer};

use super::{Graph, Node};
use crate::{
    Memo, Protocol, SerOptions,
    error::Result,
    graph::{How as GraphHow, Leaf, ObjectView, Ref, Store, View},
    ser::steps::{self, Call, How, Step, Writer},
    token,
    value::{SurrogateStr, int_from_bytes},
};

impl Serialize for Graph<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.root().serialize(serializer)
    }
}

/// A part of a graph, with what it shares inside.
impl Serialize for Node<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(token::GRAPH, &Whole(*self))
    }
}

struct Whole<'g, 'de>(Node<'g, 'de>);

impl Serialize for Whole<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let graph = self.0.graph();
        match steps::begin(serializer) {
            Ok(writer) => {
                let writer = writer?;
                let as_is = writer.protocol == graph.protocol();
                GraphWriter::new(&graph.store, &graph.input, as_is).write(writer, self.0.at)
            }
            Err(serializer) => self.0.to_value().map_err(S::Error::custom)?.serialize(serializer),
        }
    }
}

/// A part of a graph as a pickle of its own, at the lowest of protocols 4 and 5 that has what it has.
pub(crate) fn to_pickle(store: &Store, input: &[u8], root: Ref) -> Result<Vec<u8>> {
    struct Part<'g>(&'g Store, &'g [u8], Ref);

    impl Serialize for Part<'_> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            match steps::begin(serializer) {
                Ok(writer) => GraphWriter::new(self.0, self.1, false).write(writer?, self.2),
                Err(serializer) => serializer.serialize_unit(),
            }
        }
    }

    struct Door<'g>(Part<'g>);

    impl Serialize for Door<'_> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_newtype_struct(token::GRAPH, &self.0)
        }
    }

    let door = Door(Part(store, input, root));
    let options = SerOptions::new().memo(Memo::Keys);
    options.to_vec(&door).or_else(|_| options.protocol(Protocol::V5).to_vec(&door))
}

struct GraphWriter<'g> {
    store: &'g Store,
    input: &'g [u8],
    /// Calls that stand for plain values are written as they stand, and names are spelled as they are: for the stream's own protocol.
    as_is: bool,
    shared: Shared,
    /// The numbers of values that were stored.
    stored: HashMap<Ref, usize, foldhash::fast::RandomState>,
    todo: Vec<Todo<'g>>,
}

/// What is still to be done; the last first.
enum Todo<'g> {
    Node(Ref),
    /// A class that is written as the name that it was before it was given state.
    Itself(Ref),
    Step(Step, usize),
    Run(std::slice::Iter<'g, Ref>),
    /// Ends a tuple and the like, and stores it if it will be asked for again.
    EndTuple(Ref),
    EndGlobal(Ref),
    /// The object's arguments are written; the rest follows.
    Call(Ref, ObjectView<'g>),
    Fetch(Ref),
}

impl<'g> GraphWriter<'g> {
    fn new(store: &'g Store, input: &'g [u8], as_is: bool) -> Self {
        GraphWriter { store, input, as_is, shared: Shared::default(), stored: HashMap::default(), todo: Vec::new() }
    }

    fn write<M: SerializeMap>(mut self, mut writer: Writer<M>, root: Ref) -> Result<M::Ok, M::Error> {
        self.shared = Shared::below(&self, root);
        if self.as_is {
            writer.step(Step::Exact, 0)?;
        }
        self.todo.push(Todo::Node(root));
        while let Some(next) = self.todo.pop() {
            match next {
                Todo::Node(node) => self.node(&mut writer, self.store.current(node))?,
                Todo::Itself(node) => {
                    let view = self.store.view_itself(self.input, node);
                    self.view(&mut writer, node, view)?;
                }
                Todo::Step(step, number) => writer.step(step, number)?,
                Todo::Run(mut run) => {
                    if let Some(&node) = run.next() {
                        self.todo.push(Todo::Run(run));
                        self.todo.push(Todo::Node(node));
                    }
                }
                Todo::EndTuple(node) => match self.stored.get(&node) {
                    Some(&number) => writer.step(Step::EndAgain, number)?,
                    None => {
                        writer.step(Step::End, 0)?;
                        self.store_if_shared(&mut writer, node)?;
                    }
                },
                Todo::EndGlobal(node) => {
                    writer.step(Step::StackGlobal, 0)?;
                    self.store_if_shared(&mut writer, node)?;
                }
                Todo::Call(node, object) => self.after_call(&mut writer, node, &object)?,
                Todo::Fetch(node) => {
                    let number = self.stored.get(&node).copied().unwrap_or_default();
                    writer.step(Step::Fetch, number)?;
                }
            }
        }
        writer.end()
    }

    fn store_if_shared<M: SerializeMap>(&mut self, writer: &mut Writer<M>, node: Ref) -> Result<(), M::Error> {
        if self.shared.is_shared(node) && !self.stored.contains_key(&node) {
            let number = self.stored.len();
            self.stored.insert(node, number);
            writer.step(Step::Store, 0)?;
        }
        Ok(())
    }

    fn node<M: SerializeMap>(&mut self, writer: &mut Writer<M>, node: Ref) -> Result<(), M::Error> {
        if let Some(&number) = self.stored.get(&node) {
            return writer.step(Step::Fetch, number);
        }
        let view = self.view_of(node);
        self.view(writer, node, view)
    }

    fn view_of(&self, node: Ref) -> View<'g> {
        if self.as_is { self.store.view_as_is(self.input, node) } else { self.store.view(self.input, node) }
    }

    fn view<M: SerializeMap>(&mut self, writer: &mut Writer<M>, node: Ref, view: View<'g>) -> Result<(), M::Error> {
        match view {
            View::Leaf(leaf) => return self.leaf(writer, node, leaf),
            View::Bytes(bytes) => writer.leaf(serde_bytes::Bytes::new(&bytes))?,
            View::ByteArray(bytes) => writer.leaf(&ByteArray(&bytes))?,
            View::Global(_) if self.as_is && self.store.names(node).is_some() => {
                let Some([module, name]) = self.store.names(node) else { return Ok(()) };
                writer.step(Step::Names, 0)?;
                self.todo.extend([Todo::EndGlobal(node), Todo::Node(name), Todo::Node(module)]);
                return Ok(());
            }
            View::Global(global) if self.as_is => match self.store.spelled(self.input, node) {
                Some((module, name)) => {
                    let (module, name) = (String::from_utf8_lossy(&module), String::from_utf8_lossy(&name));
                    writer.global(Step::GlobalAsIs, &module, &name)?;
                }
                None => writer.global(Step::Global, &global.module, &global.name)?,
            },
            View::Global(global) => writer.global(Step::Global, &global.module, &global.name)?,
            View::List(items) => return self.begin(writer, node, Step::List, items),
            View::Dict(pairs) => return self.begin(writer, node, Step::Dict, pairs),
            View::Set(items) => return self.begin(writer, node, Step::Set, items),
            View::Tuple(items) => return self.begin(writer, node, Step::Tuple, items),
            View::FrozenSet(items) => return self.begin(writer, node, Step::FrozenSet, items),
            View::Object(object) => return self.object(writer, node, object),
            View::PersistentId(id) => {
                writer.step(Step::Id, 0)?;
                self.todo.extend([Todo::Step(Step::IdEnd, 0), Todo::Node(id)]);
                return Ok(());
            }
            View::Buffer(_) => writer.step(Step::Buffer, 0)?,
            View::Readonly(inner) => {
                self.todo.extend([Todo::Step(Step::Readonly, 0), Todo::Node(inner)]);
                return Ok(());
            }
        }
        self.store_if_shared(writer, node)
    }

    fn begin<M: SerializeMap>(
        &mut self,
        writer: &mut Writer<M>,
        node: Ref,
        step: Step,
        children: &'g [Ref],
    ) -> Result<(), M::Error> {
        let number = if step == Step::Dict { children.len() / 2 } else { children.len() };
        writer.step(step, number)?;
        // What can hold itself is stored before its items. Sets that are calls below protocol 4 are so after them.
        let called = matches!(step, Step::Set) && writer.protocol < Protocol::V4;
        if matches!(step, Step::Tuple | Step::FrozenSet) || called {
            self.todo.push(Todo::EndTuple(node));
        } else {
            self.store_if_shared(writer, node)?;
            self.todo.push(Todo::Step(Step::End, 0));
        }
        self.todo.push(Todo::Run(children.iter()));
        Ok(())
    }

    fn leaf<M: SerializeMap>(&mut self, writer: &mut Writer<M>, node: Ref, leaf: Leaf<'g>) -> Result<(), M::Error> {
        match leaf {
            Leaf::None => return writer.leaf(&()),
            Leaf::Bool(bool) => return writer.leaf(&bool),
            Leaf::Int(int) => return writer.leaf(&int),
            Leaf::Long(bytes) => return writer.leaf(&int_from_bytes(&bytes)),
            Leaf::Float(float) => return writer.leaf(&float),
            Leaf::Str(text) => match std::str::from_utf8(&text) {
                Ok(text) => writer.leaf(text)?,
                Err(_) => {
                    let text = SurrogateStr::from_bytes(text.into_owned()).map_err(M::Error::custom)?;
                    writer.leaf(&text)?;
                }
            },
            Leaf::Py2Str(bytes) => {
                writer.step(Step::Py2Str, 0)?;
                writer.leaf(serde_bytes::Bytes::new(&bytes))?;
            }
            Leaf::Bytes(bytes) => writer.leaf(serde_bytes::Bytes::new(bytes))?,
            Leaf::EmptyTuple => {
                writer.step(Step::Tuple, 0)?;
                return writer.step(Step::End, 0);
            }
            Leaf::Extension(code) => return writer.step(Step::Extension, code as usize),
            Leaf::PersistentId(id) => {
                writer.step(Step::IdText, 0)?;
                return writer.leaf(serde_bytes::Bytes::new(id));
            }
            // Globals have a view of their own.
            Leaf::Global(..) => return writer.leaf(&()),
        }
        self.store_if_shared(writer, node)
    }

    fn kwargs(&self, object: &ObjectView<'g>) -> Ref {
        object.side.map_or(Ref::EMPTY, |side| side.kwargs)
    }

    fn object<M: SerializeMap>(
        &mut self,
        writer: &mut Writer<M>,
        node: Ref,
        object: ObjectView<'g>,
    ) -> Result<(), M::Error> {
        let kwargs = self.kwargs(&object);
        let how = match object.how {
            GraphHow::Reduce => How::Reduce,
            GraphHow::New => How::New,
            GraphHow::Instance => How::Instance,
            GraphHow::Promoted => How::Itself,
        };
        let call = Call { how, has_args: !object.args.is_empty(), has_kwargs: !kwargs.is_empty() };
        writer.step(Step::Object, call.number())?;
        self.todo.push(Todo::Call(node, object));
        if how == How::Itself {
            self.todo.push(Todo::Itself(object.class));
            return Ok(());
        }
        if !kwargs.is_empty() {
            self.todo.extend([Todo::Node(kwargs), Todo::Step(Step::Kwargs, 0)]);
        }
        self.todo.extend([
            Todo::Run(object.args.iter()),
            Todo::Step(Step::Args, object.args.len()),
            Todo::Node(object.class),
        ]);
        Ok(())
    }

    /// Makes the object of class and arguments, and gives it what it was given.
    fn after_call<M: SerializeMap>(
        &mut self,
        writer: &mut Writer<M>,
        node: Ref,
        object: &ObjectView<'g>,
    ) -> Result<(), M::Error> {
        if let Some(&number) = self.stored.get(&node) {
            writer.step(Step::CallAgain, number)?;
            return writer.step(Step::ObjectEnd, 0);
        }
        writer.step(Step::Call, 0)?;
        self.store_if_shared(writer, node)?;
        let first = self.todo.len();
        let todo = &mut self.todo;
        if let Some(side) = object.side {
            let mut given = |step, number: usize, run: &'g [Ref]| {
                if !run.is_empty() {
                    todo.extend([Todo::Step(step, number), Todo::Run(run.iter()), Todo::Step(Step::End, 0)]);
                }
            };
            let (items, added, pairs) =
                (self.store.run(side.items), self.store.run(side.adds), self.store.run(side.pairs));
            given(Step::Items, items.len(), items);
            given(Step::Added, added.len(), added);
            given(Step::Pairs, pairs.len() / 2, pairs);
        }
        let later = object.side.map_or(&[][..], |side| self.store.run(side.states));
        for &state in object.state.iter().chain(later) {
            todo.extend([Todo::Node(state), Todo::Step(Step::Build, 0)]);
        }
        for &effect in object.side.map_or(&[][..], |side| self.store.run(side.effects)) {
            let args = self.store.effect_args(effect);
            todo.extend([
                Todo::Node(self.store.callable(effect)),
                Todo::Step(Step::EffectArgs, args.len()),
                Todo::Fetch(node),
                Todo::Run(args.iter()),
                Todo::Step(Step::Effect, args.len()),
            ]);
        }
        todo.push(Todo::Step(Step::ObjectEnd, 0));
        todo[first..].reverse();
        Ok(())
    }
}

struct ByteArray<'a>(&'a [u8]);

impl Serialize for ByteArray<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(token::BYTEARRAY, serde_bytes::Bytes::new(self.0))
    }
}

/// Which values stand in several places.
#[derive(Default)]
struct Shared {
    /// For each composite: 0, 1 or 2 places.
    composites: Vec<u8>,
    /// For each byte of the input: whether the leaf of that offset was met, and whether it was so twice.
    once: Vec<u64>,
    twice: Vec<u64>,
}

impl Shared {
    fn below(writer: &GraphWriter<'_>, root: Ref) -> Shared {
        let store = writer.store;
        let mut shared = Shared::default();
        if store.fetches == 0 && !store.shares && !store.edited {
            return shared;
        }
        shared.composites = vec![0; store.composites.len()];
        let words = writer.input.len().min(crate::graph::FAR) / 64 + 1;
        (shared.once, shared.twice) = (vec![0; words], vec![0; words]);
        let mut open = vec![root];
        while let Some(node) = open.pop() {
            let node = store.current(node);
            if shared.met(node) || !node.is_composite() {
                continue;
            }
            let mut walk = crate::graph::Walk::default();
            while let Some(child) = walk.next(store, node) {
                open.push(child);
            }
            // A state setter gets the object itself.
            if let View::Object(ObjectView { side: Some(side), .. }) = store.view_as_is(writer.input, node)
                && side.effects.len > 0
            {
                shared.met(node);
            }
        }
        shared
    }

    /// Counts a place. Gives whether it is not the first.
    fn met(&mut self, node: Ref) -> bool {
        if node.is_composite() {
            let count = &mut self.composites[node.index()];
            *count = (*count + 1).min(2);
            return *count > 1;
        }
        let (word, bit) = (node.offset() / 64, 1 << (node.offset() % 64));
        let again = self.once[word] & bit != 0;
        self.once[word] |= bit;
        if again {
            self.twice[word] |= bit;
        }
        again
    }

    fn is_shared(&self, node: Ref) -> bool {
        if node.is_composite() {
            return self.composites.get(node.index()).is_some_and(|&count| count > 1);
        }
        self.twice.get(node.offset() / 64).is_some_and(|word| word & 1 << (node.offset() % 64) != 0)
    }
}
