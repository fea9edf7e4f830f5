//! Graphs to serializers: step by step to ours, with sharing and cycles; as values to others.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
};

use serde::ser::{Error as _, Serialize, SerializeMap, Serializer};

use super::{Graph, Node, knots::Knots, shared::Shared, stages::Stages};
use crate::{
    Memo, Protocol, SerOptions,
    de::{DeOptions, Py2, py2},
    error::Result,
    graph::{Kind, Leaf, ObjectView, Ref, Store, View, flags},
    ser::steps::{self, Step, Writer},
    token,
    value::{SurrogateStr, handoff::Target, int_from_bytes},
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
                // What was added later is of another protocol.
                let protocol = graph.protocol();
                let as_is = if writer.target.protocol == protocol { graph.length } else { 0 };
                let mut all = GraphWriter::new(&graph.store, &graph.input, protocol, as_is, writer.target);
                all.options = Some(&graph.options);
                // Without PROTO names are Python 2's, whatever the opcodes are.
                all.renames = graph.store.is_python2(0) != (protocol < Protocol::V3);
                all.write(writer, self.0.at)
            }
            Err(serializer) => self.0.to_value().map_err(S::Error::custom)?.serialize(serializer),
        }
    }
}

/// A part of a graph as a pickle of its own, at the lowest of protocols 4 and 5 that has what it has.
///
/// Gives, too, how many bytes of text were decoded for it: more than the pickle has, if ints and floats are spelled at length.
pub(crate) fn to_pickle(store: &Store, input: &[u8], root: Ref) -> (Result<Vec<u8>>, usize) {
    struct Part<'g>(&'g Store, &'g [u8], Ref, &'g Cell<usize>);

    impl Serialize for Part<'_> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            match steps::begin(serializer) {
                Ok(writer) => {
                    let writer = writer?;
                    let mut parts = GraphWriter::new(self.0, self.1, Protocol::V0, 0, writer.target);
                    parts.decoded = Some(self.3);
                    parts.write(writer, self.2)
                }
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

    let decoded = Cell::new(0);
    let door = Door(Part(store, input, root, &decoded));
    let options = SerOptions::new().memo(Memo::Keys);
    let pickle = options.to_vec(&door).or_else(|_| options.protocol(Protocol::V5).to_vec(&door));
    (pickle, decoded.get())
}

pub(super) struct GraphWriter<'g> {
    pub(super) store: &'g Store,
    pub(super) input: &'g [u8],
    /// What stands before this offset is written as it stands, calls for plain values as calls, and names in their own spelling:
    /// for the stream's own protocol.
    pub(super) as_is: usize,
    /// The protocol of the stream.
    pub(super) protocol: Protocol,
    /// What Python stores is stored.
    pub(super) as_python: bool,
    pub(super) shared: Shared,
    pub(super) knots: Knots<Fill<'g>>,
    pub(super) stages: Stages,
    /// How many bytes of text were decoded, if somebody asks.
    decoded: Option<&'g Cell<usize>>,
    /// Names are spelled as they would not be at that protocol.
    renames: bool,
    /// What Python 2's str are, if that is known.
    options: Option<&'g DeOptions<'g>>,
    /// What calls are made of that mean plain values, if it is large: the first call of each.
    sources: RefCell<HashMap<Ref, Ref, foldhash::fast::RandomState>>,
    /// The numbers of values that were stored and will be asked for.
    pub(super) stored: HashMap<Ref, usize, foldhash::fast::RandomState>,
    /// How many were stored.
    pub(super) stores: usize,
    pub(super) todo: Vec<Todo<'g>>,
}

/// What is still to be done; the last first.
pub(super) enum Todo<'g> {
    Node(Ref),
    /// A class that is written as the name that it was before it was given state.
    Itself(Ref),
    Step(Step, usize),
    Run(std::slice::Iter<'g, Ref>),
    /// A state: if it is a dict, its keys are names of attributes,
    State(Ref),
    /// and these are what is left of it.
    Attributes(std::slice::ChunksExact<'g, Ref>),
    /// Ends a tuple and the like, and stores it if it will be asked for again.
    EndTuple(Ref),
    EndGlobal(Ref),
    /// A global by module and name,
    Name(String, String),
    /// and None.
    None,
    /// The tuple of arguments, which is a new one each time, and whether it is of a set;
    Args(Ref, bool),
    /// the list in it, which is one, too, of a set;
    FreshList(Ref),
    /// and its end.
    EndArgs(Ref),
    /// Ends an id, or a view.
    EndAround(Ref, Step),
    /// The object's arguments are written; the rest follows.
    Call(Ref, ObjectView<'g>),
    Fetch(Ref),
    /// The call of that index is next, of which arguments changed later; or what is left, when there is no more.
    Stage(Option<usize>),
    /// Such an argument is given what it had then.
    Grow(Ref),
}

/// What something early is filled with.
pub(super) enum Fill<'g> {
    Items(Ref, Step, &'g [Ref]),
    Object(Ref, ObjectView<'g>),
}

/// Numbers and names of more bytes are long.
const LARGE: u64 = 64;

impl<'g> GraphWriter<'g> {
    fn new(store: &'g Store, input: &'g [u8], protocol: Protocol, as_is: usize, target: Target) -> Self {
        GraphWriter {
            protocol,
            store,
            input,
            as_is,
            as_python: target.memo == Memo::Python,
            decoded: None,
            renames: false,
            options: None,
            sources: RefCell::default(),
            shared: Shared::default(),
            stages: Stages::default(),
            knots: Knots::new(target.memo == Memo::Python),
            stored: HashMap::default(),
            stores: 0,
            todo: Vec::new(),
        }
    }

    fn write<M: SerializeMap>(mut self, mut writer: Writer<M>, root: Ref) -> Result<M::Ok, M::Error> {
        self.shared = Shared::below(self.store, self.input, root, |node| self.view_of(node));
        if self.as_is > 0 {
            writer.step(Step::Exact, 0)?;
        }
        self.todo.push(Todo::Node(root));
        self.stage(root);
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
                Todo::State(node) => self.state(&mut writer, self.store.current(node))?,
                Todo::Attributes(mut pairs) => {
                    if let Some(&[name, value]) = pairs.next() {
                        self.todo.extend([Todo::Attributes(pairs), Todo::Node(value)]);
                        self.attribute(&mut writer, name)?;
                    }
                }
                Todo::EndTuple(node) => {
                    match self.stored.get(&node) {
                        Some(&number) => writer.step(Step::EndAgain, number)?,
                        None => {
                            writer.step(Step::End, 0)?;
                            self.made(&mut writer, node)?;
                        }
                    }
                    self.close(node, writer.target);
                }
                Todo::Name(module, name) => writer.global(Step::Global, &module, &name)?,
                Todo::None => writer.leaf(&())?,
                Todo::EndGlobal(node) => {
                    writer.step(Step::StackGlobal, 0)?;
                    self.made(&mut writer, node)?;
                }
                Todo::Args(args, of_set) => {
                    let items = self.store.tuple_items(args);
                    writer.step(Step::Tuple, items.len())?;
                    self.todo.push(Todo::EndArgs(args));
                    self.todo.push(match self.fresh_list(args).filter(|_| of_set) {
                        Some(list) => Todo::FreshList(list),
                        None => Todo::Run(items.iter()),
                    });
                }
                Todo::FreshList(list) => {
                    let items = self.store.children(self.store.composite(list));
                    writer.step(Step::List, items.len())?;
                    self.store_as_stream(&mut writer, list)?;
                    self.todo.extend([Todo::Step(Step::End, 0), Todo::Run(items.iter())]);
                }
                Todo::EndArgs(args) => {
                    writer.step(Step::End, 0)?;
                    self.store_as_stream(&mut writer, args)?;
                }
                Todo::EndAround(node, step) => {
                    writer.step(step, 0)?;
                    self.made(&mut writer, node)?;
                    self.close(node, writer.target);
                }
                Todo::Call(node, object) => self.after_call(&mut writer, node, object)?,
                Todo::Stage(call) => self.begin_stage(call),
                Todo::Grow(node) => self.grow(node),
                Todo::Fetch(node) => {
                    let number = self.stored.get(&node).copied().unwrap_or_default();
                    writer.step(Step::Fetch, number)?;
                }
            }
        }
        writer.end()
    }

    /// To be called when a value is there: stores it if it will be asked for again, or the stream does.
    pub(super) fn made<M: SerializeMap>(&mut self, writer: &mut Writer<M>, node: Ref) -> Result<(), M::Error> {
        let storable = self.store.is_storable(self.input, node);
        let again = self.shared.is_shared(node) || self.knots.writes_again() && storable || self.is_staged(node);
        if again && !self.stored.contains_key(&node) {
            self.stored.insert(node, self.stores);
            self.stores += 1;
            // Python does not store what stands for something outside, and no more do we unless it stands in several places.
            return writer.step(if storable { Step::Store } else { Step::StoreNow }, 0);
        }
        self.store_as_stream(writer, node)
    }

    /// Python stores no numbers, and names by what they are. What is long and stands in many places would be decoded at each.
    fn number_made<M: SerializeMap>(&mut self, writer: &mut Writer<M>, node: Ref) -> Result<(), M::Error> {
        let long = match self.store.names(node) {
            Some(names) => names.iter().any(|&name| Leaf::weight(self.input, self.store.offset(name)) > LARGE),
            None => Leaf::weight(self.input, self.store.offset(node)) > LARGE,
        };
        if long && self.shared.stands_twice(node) && !self.stored.contains_key(&node) {
            self.stored.insert(node, self.stores);
            self.stores += 1;
            return writer.step(Step::StoreNow, 0);
        }
        Ok(())
    }

    /// Stores what nobody will ask for, if the stream does.
    fn store_as_stream<M: SerializeMap>(&mut self, writer: &mut Writer<M>, node: Ref) -> Result<(), M::Error> {
        if self.as_python && self.is_as_is(node) && self.store.is_stored(self.input, node) {
            self.stores += 1;
            writer.step(Step::Store, 0)?;
        }
        Ok(())
    }

    /// The list of a set that contains itself: Python makes a new one each time that it comes by.
    fn fresh_list(&self, args: Ref) -> Option<Ref> {
        let [list] = *self.store.tuple_items(args) else { return None };
        let is_list = self.knots.writes_again() && list.is_composite() && {
            let list = self.store.composite(list);
            list.kind == Kind::List && !list.is(flags::CHANGED)
        };
        (is_list && self.shared.component(list) != 0 && !self.shared.stands_twice(list)).then_some(list)
    }

    /// Begins what is complete only when what is in it is.
    pub(super) fn open<M: SerializeMap>(&mut self, node: Ref) -> Result<(), M::Error> {
        let looks = self.looks(node);
        self.knots.open(node, self.shared.component(node), looks).map_err(|_| {
            let offset = self.store.offset(node);
            M::Error::custom(format!(
                "the value of byte {offset} has itself among its own items: no pickle can hold that"
            ))
        })
    }

    /// Whether it looks into what it is given while it is made.
    fn looks(&self, node: Ref) -> bool {
        node.is_composite() && matches!(self.store.composite(node).kind, Kind::Object | Kind::FrozenSet | Kind::Set)
    }

    /// Ends it, and fills what waited for it.
    pub(super) fn close(&mut self, node: Ref, target: Target) {
        let waiting = self.knots.close(node, self.shared.component(node), self.looks(node));
        for fill in waiting.into_iter().rev() {
            self.todo.push(Todo::Step(Step::Drop, 0));
            match fill {
                Fill::Items(node, step, run) => {
                    let number = if step == Step::Pairs { run.len() / 2 } else { run.len() };
                    self.todo.extend([Todo::Step(Step::End, 0), Todo::Run(run.iter()), Todo::Step(step, number)]);
                    self.todo.push(Todo::Fetch(node));
                }
                Fill::Object(node, object) => {
                    self.fill_object(node, &object, target);
                    self.todo.push(Todo::Fetch(node));
                }
            }
            self.todo.push(Todo::Step(Step::Again, 0));
        }
    }

    pub(super) fn node<M: SerializeMap>(&mut self, writer: &mut Writer<M>, node: Ref) -> Result<(), M::Error> {
        if let Some(&number) = self.stored.get(&node) {
            return writer.step(Step::Fetch, number);
        }
        if let Some(decoded) = self.decoded
            && !node.is_composite()
        {
            decoded.set(decoded.get() + Leaf::line_weight(self.input, node.offset()));
        }
        let view = self.view_of(node);
        self.view(writer, node, view)
    }

    pub(super) fn is_as_is(&self, node: Ref) -> bool {
        self.as_is > 0 && self.store.offset(node) < self.as_is
    }

    pub(super) fn view_of(&self, node: Ref) -> View<'g> {
        match self.is_as_is(node) || self.is_spent(node) {
            true => self.store.view_as_is(self.input, node),
            false => self.store.view(self.input, node),
        }
    }

    /// Whether a call is made of something large that another call is made of, too. One of them is written as the plain value that
    /// it means, and all others as calls: otherwise what they share would be written for each.
    fn is_spent(&self, node: Ref) -> bool {
        let Some(source) = self.store.source(self.input, node) else { return false };
        *self.sources.borrow_mut().entry(source).or_insert(node) != node
    }

    fn view<M: SerializeMap>(&mut self, writer: &mut Writer<M>, node: Ref, view: View<'g>) -> Result<(), M::Error> {
        if self.is_as_is(node)
            && !self.is_renamed(node, &view)
            && let Some((header, leaf)) = self.store.raw_leaf(self.input, node)
        {
            writer.step(Step::Raw, header)?;
            writer.leaf(serde_bytes::Bytes::new(leaf))?;
            return self.made(writer, node);
        }
        match view {
            View::Leaf(leaf) => return self.leaf(writer, node, leaf),
            View::Bytes(bytes) => writer.leaf(serde_bytes::Bytes::new(&bytes))?,
            View::ByteArray(bytes) => writer.leaf(&ByteArray(&bytes))?,
            View::Global(_)
                if self.is_as_is(node) && self.store.names(node).is_some() && !self.is_renamed(node, &view) =>
            {
                let Some([module, name]) = self.store.names(node) else { return Ok(()) };
                writer.step(Step::Names, 0)?;
                self.todo.extend([Todo::EndGlobal(node), Todo::Node(name), Todo::Node(module)]);
                return Ok(());
            }
            View::Global(global) if self.is_method(writer, node, &global.name) => {
                match self.store.view_as_is(self.input, node) {
                    View::Object(object) => return self.object(writer, node, object),
                    _ => writer.global(Step::Global, &global.module, &global.name)?,
                }
            }
            View::Global(global) => {
                writer.global(Step::Global, &global.module, &global.name)?;
                // A global is stored under its name already.
                if self.as_is == 0 && writer.target.memo != Memo::None {
                    return self.number_made(writer, node);
                }
            }
            View::List(items) => return self.early(writer, node, Step::List, items),
            View::Dict(pairs) => return self.early(writer, node, Step::Dict, pairs),
            // Sets that are calls below protocol 4 are there when their items are.
            View::Set(items) if writer.target.protocol >= Protocol::V4 => {
                return self.early(writer, node, Step::Set, items);
            }
            View::Set(items) => return self.late(writer, node, Step::Set, items),
            // There is one empty tuple, and Python does not store it.
            View::Tuple([]) if !self.is_as_is(node) => return self.leaf(writer, node, Leaf::EmptyTuple),
            View::Tuple(items) => return self.late(writer, node, Step::Tuple, items),
            View::FrozenSet(items) => return self.late(writer, node, Step::FrozenSet, items),
            View::Object(object) => return self.object(writer, node, object),
            View::PersistentId(id) => {
                writer.step(Step::Id, 0)?;
                self.open::<M>(node)?;
                self.todo.extend([Todo::EndAround(node, Step::IdEnd), Todo::Node(id)]);
                return Ok(());
            }
            View::Buffer(number) => writer.step(Step::Buffer, number as usize)?,
            View::Readonly(inner) => {
                self.open::<M>(node)?;
                self.todo.extend([Todo::EndAround(node, Step::Readonly), Todo::Node(inner)]);
                return Ok(());
            }
        }
        self.made(writer, node)
    }

    /// Whether a name is not what the same spelling is at the protocol that is written.
    fn is_renamed(&self, node: Ref, view: &View<'g>) -> bool {
        let View::Global(global) = view else { return false };
        self.renames
            && self.store.spelled(self.input, node).is_some_and(|(module, name)| {
                let same =
                    |spelled: &[u8], meant: &str| std::str::from_utf8(spelled).map_or(true, |name| name == meant);
                !same(&module, &global.module) || !same(&name, &global.name)
            })
    }

    /// Whether a call of `getattr` is meant, and not the dotted name of a class: that is so from protocol 4 on, and below it is told
    /// by the name.
    fn is_method<M>(&self, writer: &Writer<M>, node: Ref, name: &str) -> bool {
        let called = node.is_composite() && self.store.composite(node).kind == Kind::Object;
        if !called || !self.as_python || writer.target.protocol < Protocol::V4 {
            return false;
        }
        let last = name.rsplit('.').next().unwrap_or_default();
        self.protocol >= Protocol::V4 || !last.starts_with(char::is_uppercase)
    }

    /// What is stored before its items.
    fn early<M: SerializeMap>(
        &mut self,
        writer: &mut Writer<M>,
        node: Ref,
        step: Step,
        run: &'g [Ref],
    ) -> Result<(), M::Error> {
        let run = self.so_far(node, run);
        let (number, more) = match step {
            Step::Dict => (run.len() / 2, Step::Pairs),
            Step::Set => (run.len(), Step::Added),
            _ => (run.len(), Step::Items),
        };
        if self.knots.fill(self.shared.component(node), Fill::Items(node, more, run)).is_none() {
            writer.step(step, 0)?;
            self.made(writer, node)?;
            return writer.step(Step::End, 0);
        }
        writer.step(step, number)?;
        self.made(writer, node)?;
        self.todo.extend([Todo::Step(Step::End, 0), Todo::Run(run.iter())]);
        Ok(())
    }

    /// What is stored after its items.
    fn late<M: SerializeMap>(
        &mut self,
        writer: &mut Writer<M>,
        node: Ref,
        step: Step,
        run: &'g [Ref],
    ) -> Result<(), M::Error> {
        self.open::<M>(node)?;
        writer.step(step, run.len())?;
        self.todo.extend([Todo::EndTuple(node), Todo::Run(run.iter())]);
        Ok(())
    }

    fn leaf<M: SerializeMap>(&mut self, writer: &mut Writer<M>, node: Ref, leaf: Leaf<'g>) -> Result<(), M::Error> {
        match leaf {
            Leaf::None => return writer.leaf(&()),
            Leaf::Bool(bool) => return writer.leaf(&bool),
            Leaf::Int(int) => {
                writer.leaf(&int)?;
                return self.number_made(writer, node);
            }
            Leaf::Long(bytes) => {
                writer.leaf(&int_from_bytes(&bytes))?;
                return self.number_made(writer, node);
            }
            Leaf::Float(float) => {
                writer.leaf(&float)?;
                return self.number_made(writer, node);
            }
            Leaf::Str(text) => match std::str::from_utf8(&text) {
                Ok(text) => writer.leaf(text)?,
                Err(_) => {
                    let text = SurrogateStr::from_bytes(text.into_owned()).map_err(M::Error::custom)?;
                    writer.leaf(&text)?;
                }
            },
            // Python 3 has no such str: it is what it is read as.
            Leaf::Py2Str(bytes) => {
                match self.options.filter(|_| self.as_python).map(|options| py2(bytes.clone(), options)) {
                    Some(Ok(Py2::Text(text))) => writer.leaf(&*text)?,
                    Some(Ok(Py2::Surrogates(text))) => writer.leaf(&text)?,
                    Some(Ok(Py2::Bytes(bytes))) => writer.leaf(serde_bytes::Bytes::new(&bytes))?,
                    Some(Err(_)) | None => {
                        writer.step(Step::Py2Str, 0)?;
                        writer.leaf(serde_bytes::Bytes::new(&bytes))?;
                    }
                }
            }
            Leaf::Bytes(bytes) => writer.leaf(serde_bytes::Bytes::new(bytes))?,
            Leaf::EmptyTuple => {
                writer.step(Step::Tuple, 0)?;
                return writer.step(Step::End, 0);
            }
            Leaf::Extension(code) => writer.step(Step::Extension, code as usize)?,
            Leaf::PersistentId(id) => {
                writer.step(Step::IdText, 0)?;
                writer.leaf(serde_bytes::Bytes::new(id))?;
            }
            // Globals have a view of their own.
            Leaf::Global(..) => return writer.leaf(&()),
        }
        self.made(writer, node)
    }
}

struct ByteArray<'a>(&'a [u8]);

impl Serialize for ByteArray<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(token::BYTEARRAY, serde_bytes::Bytes::new(self.0))
    }
}
