//! [`Graph`]: a pickle as a graph of values, of which nothing is decoded before somebody asks.

mod children;
mod edit;
mod globals;
mod knots;
mod made;
mod node;
mod objects;
mod place;
mod raw;
mod route;
mod run;
mod shared;
mod stages;
mod write;

use std::{borrow::Cow, io};

use serde::de::{Deserialize, DeserializeSeed};

pub(crate) use self::globals::all as globals_of;
pub(crate) use self::write::to_pickle;
pub use self::{
    children::{Entries, Items},
    globals::{GlobalUse, Usage},
    node::{Kind, Node, NodeId},
    raw::RawPickle,
};
use crate::{
    Memo, Protocol, SerOptions,
    de::{Context, DeOptions, Input, NodeDeserializer, Recall, SourceReader},
    error::{Category, Error, ErrorKind, Result},
    graph::{Facts, Ref, Store},
    opcode::Opcode,
    tools,
    value::Value,
};

/// A pickle as a graph: the machine has run, nothing is decoded or copied. Sharing and cycles are kept, at any depth.
///
/// Opening one is many times faster than loading the pickle; parts of it are read as any type, and what is not asked for costs
/// nothing. [`to_vec`](Graph::to_vec) writes it again, with everything that it holds.
///
/// ```
/// use serde_pickle::Graph;
///
/// // pickle.dumps({'orders': [{'price': 9.5}, {'price': 3.0}]}, 4)
/// # let pickle = serde_pickle::to_vec(&serde_pickle::pickle!({"orders": [{"price": 9.5}, {"price": 3.0}]}))?;
/// let graph = Graph::from_slice(&pickle)?;
/// let order = graph.root().get("orders").and_then(|orders| orders.at(1)).ok_or("no such order")?;
/// let price: f64 = order.get("price").ok_or("no price")?.deserialize()?;
/// assert_eq!(price, 3.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Memory
///
/// Beside the input, at most 64 bytes for each byte of it (empty containers, each an opcode of one byte); at most 3 bytes for each
/// byte of ordinary records, and next to nothing for long texts, bytes and arrays, which stay in the input.
#[derive(Clone)]
pub struct Graph<'de> {
    pub(crate) input: Cow<'de, [u8]>,
    pub(crate) store: Store,
    /// Forgotten when the graph is changed.
    facts: Facts,
    options: DeOptions<'de>,
    /// Out-of-band buffers, which may have become the graph's own.
    buffers: Vec<Cow<'de, [u8]>>,
    /// How long the pickle was, before anything was changed.
    length: usize,
    /// Where keys stand in what is changed.
    keys: run::Keys,
}

impl std::fmt::Debug for Graph<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Graph").field("bytes", &self.input.len()).field("root", &self.root()).finish_non_exhaustive()
    }
}

impl<'de> Graph<'de> {
    /// The graph of a slice that holds one pickle and nothing else.
    ///
    /// # Errors
    ///
    /// If the bytes are not a pickle that Python could load, or there are bytes after it.
    pub fn from_slice(pickle: &'de [u8]) -> Result<Graph<'de>> {
        DeOptions::new().graph(pickle)
    }

    /// The graph of the next pickle of a reader, which is left just after it.
    ///
    /// # Errors
    ///
    /// As [`from_slice`](Graph::from_slice), but bytes after the pickle are left unread; and if the reader fails.
    pub fn from_reader<R: io::Read>(reader: R) -> Result<Graph<'de>> {
        DeOptions::new().graph_from_reader(reader)
    }

    /// The graph of the pickle at the start of a slice, and how many bytes it takes: what comes after it is left alone.
    ///
    /// ```
    /// use serde_pickle::Graph;
    ///
    /// // Two pickles in one file: 1.5, and [1, 2].
    /// let file = b"G?\xf8\0\0\0\0\0\0.](K\x01K\x02e.";
    /// let (first, taken) = Graph::from_prefix(file)?;
    /// let second = Graph::from_slice(&file[taken..])?;
    /// assert_eq!((first.root().as_f64(), second.root().len()), (Some(1.5), 2));
    /// # Ok::<(), serde_pickle::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the bytes do not begin with a pickle that Python could load.
    pub fn from_prefix(bytes: &'de [u8]) -> Result<(Graph<'de>, usize)> {
        DeOptions::new().graph_prefix(bytes)
    }

    /// A graph that borrows nothing. What resolves persistent ids and decodes the str of Python 2 is forgotten.
    pub fn into_owned(self) -> Graph<'static> {
        let DeOptions {
            encoding,
            depth_limit,
            alias_budget,
            int_max_str_digits,
            keep_memo,
            human_readable,
            strict,
            cycles,
            extensions,
            class_like,
            check_classes,
            allowed_globals,
            ..
        } = self.options;
        Graph {
            input: Cow::Owned(self.input.into_owned()),
            store: self.store,
            facts: self.facts,
            options: DeOptions {
                encoding,
                depth_limit,
                alias_budget,
                int_max_str_digits,
                keep_memo,
                human_readable,
                strict,
                cycles,
                extensions,
                class_like,
                check_classes,
                allowed_globals,
                persistent_load: None,
                str_decoder: None,
                buffers: Vec::new(),
            },
            buffers: self.buffers.into_iter().map(|buffer| Cow::Owned(buffer.into_owned())).collect(),
            length: self.length,
            keys: self.keys,
        }
    }

    /// The value of the pickle.
    pub fn root(&self) -> Node<'_, 'de> {
        Node::new(self, self.store.root)
    }

    /// The node of that id.
    pub fn node(&self, id: NodeId) -> Node<'_, 'de> {
        Node::new(self, id.0)
    }

    /// Reads the whole value.
    ///
    /// # Errors
    ///
    /// If it does not fit the type, or a limit is exceeded.
    pub fn deserialize<'g, T: Deserialize<'g>>(&'g self) -> Result<T> {
        self.root().deserialize()
    }

    /// The protocol that the pickle is of: what PROTO says, or else the lowest that has all of its opcodes, but for TUPLE2 where
    /// Python itself writes it at every protocol (before it calls a state setter).
    pub fn protocol(&self) -> Protocol {
        let pickle = &self.input[..self.length.min(self.input.len())];
        if let Some((&code, rest)) = pickle.split_first()
            && code == Opcode::Proto.code()
        {
            return rest.first().and_then(|&number| Protocol::from_number(number)).unwrap_or(Protocol::HIGHEST);
        }
        let of_setter = |at: usize| pickle.get(at + 1..).is_some_and(|rest| rest.starts_with(b"R0"));
        let ops = tools::ops(pickle).filter_map(Result::ok);
        let ops = ops.filter(|op| op.opcode != Opcode::Tuple2 || !of_setter(op.offset));
        ops.map(|op| op.opcode.protocol()).max().unwrap_or(Protocol::V0)
    }

    /// Writes the graph at its own protocol, or at the lowest above it that has what the graph has: see [`SerOptions`] for others,
    /// which take a `&Graph` as any value.
    ///
    /// # Errors
    ///
    /// If something in it cannot be written.
    pub fn to_vec(&self) -> Result<Vec<u8>> {
        let least = self.protocol();
        let at = |protocol: Protocol| SerOptions::new().protocol(protocol).memo(Memo::Python).to_vec(self);
        let above = || Protocol::ALL.into_iter().filter(|protocol| *protocol > least);
        at(least).or_else(|error| match error.classify() {
            Category::Data => above().find_map(|protocol| at(protocol).ok()).ok_or(error),
            _ => Err(error),
        })
    }

    /// As [`to_vec`](Graph::to_vec), to a writer.
    ///
    /// # Errors
    ///
    /// As [`to_vec`](Graph::to_vec), and if the writer fails.
    pub fn to_writer<W: io::Write>(&self, mut writer: W) -> Result<()> {
        let protocol = self.protocol();
        let says_less = || {
            let mut opcodes = self.store.opcodes(&self.input, 0, self.length.min(self.input.len()));
            opcodes.any(|(_, opcode)| opcode.protocol() > protocol)
        };
        if self.store.edited || protocol < Protocol::HIGHEST && says_less() {
            // It may take a higher protocol, which shows at the end.
            return writer.write_all(&self.to_vec()?).map_err(Error::io);
        }
        SerOptions::new().protocol(protocol).memo(Memo::Python).to_writer(writer, self)
    }

    /// What the pickle would import in Python, in the order of the stream, with what it would do with it: also what is thrown away.
    pub fn globals(&self) -> std::vec::IntoIter<GlobalUse> {
        globals::all(&self.store, &self.input).into_iter()
    }

    /// What Python would import and call to load the pickle as it was read, with what, and what is known of it. Extension codes are what
    /// [`DeOptions::extensions`] says.
    pub fn trust_report(&self) -> tools::TrustReport {
        tools::TrustReport::with(&self.options, &self.input[..self.length.min(self.input.len())])
    }

    /// How many values the graph holds that are not plain scalars: each is kept in 16 bytes, and 4 for each place where it stands.
    pub fn containers(&self) -> usize {
        self.store.composites.len()
    }

    fn read<'g, S: DeserializeSeed<'g>>(&'g self, node: Ref, seed: S) -> Result<S::Value> {
        let mut options: DeOptions<'g> = self.options.clone();
        options.buffers = self.buffers.iter().map(|buffer| &**buffer).collect();
        let recall = Recall::of(&self.store, &options, self.input.len(), node);
        let context = Context::new(&self.store, &self.facts, &recall, Input::slice(&self.input), &options);
        let value = seed.deserialize(NodeDeserializer::new(&context, node, options.typed_depth()));
        value.map_err(|error| context.locate(node, error))
    }

    fn value(&self, node: Ref) -> Result<Value> {
        let mut options: DeOptions<'_> = self.options.clone();
        options.buffers = self.buffers.iter().map(|buffer| &**buffer).collect();
        let recall = Recall::of(&self.store, &options, self.input.len(), node);
        let context = Context::new(&self.store, &self.facts, &recall, Input::slice(&self.input), &options);
        crate::de::value(&context, node)
    }
}

impl<'a> DeOptions<'a> {
    /// [`Graph::from_slice`] with these options.
    ///
    /// # Errors
    ///
    /// See [`Graph::from_slice`].
    pub fn graph<'de>(&self, pickle: &'de [u8]) -> Result<Graph<'de>>
    where
        'a: 'de,
    {
        let (store, end) = self.run(pickle, 0, self.settings())?;
        if end < pickle.len() {
            return Err(Error::new(ErrorKind::TrailingData).or_offset(end as u64));
        }
        Ok(self.graph_of(Cow::Borrowed(pickle), store))
    }

    /// [`Graph::from_prefix`] with these options.
    ///
    /// # Errors
    ///
    /// See [`Graph::from_prefix`].
    pub fn graph_prefix<'de>(&self, bytes: &'de [u8]) -> Result<(Graph<'de>, usize)>
    where
        'a: 'de,
    {
        let (store, end) = self.run(bytes, 0, self.settings())?;
        Ok((self.graph_of(Cow::Borrowed(&bytes[..end]), store), end))
    }

    /// [`Graph::from_reader`] with these options.
    ///
    /// # Errors
    ///
    /// See [`Graph::from_reader`].
    pub fn graph_from_reader<'de, R: io::Read>(&self, reader: R) -> Result<Graph<'de>>
    where
        'a: 'de,
    {
        let mut source = SourceReader::new(reader);
        source.fill()?;
        let (store, end) = self.run(&source.buffer, 0, self.reader_settings())?;
        let mut input = source.buffer;
        input.truncate(end);
        Ok(self.graph_of(Cow::Owned(input), store))
    }

    fn graph_of<'de>(&self, input: Cow<'de, [u8]>, store: Store) -> Graph<'de>
    where
        'a: 'de,
    {
        Graph {
            length: input.len(),
            keys: run::Keys::default(),
            input,
            store,
            facts: Facts::default(),
            buffers: self.buffers.iter().map(|&buffer| Cow::Borrowed(buffer)).collect(),
            options: self.clone(),
        }
    }
}
