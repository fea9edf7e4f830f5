//! Does everything that can be done with a pickle, and measures memory and steps of each.

use std::{
    collections::{HashMap, hash_map::DefaultHasher},
    hash::{Hash, Hasher},
};

use serde::{Deserialize, de::IgnoredAny};
use serde_pickle::{
    Cycles, DeOptions, Memo, Protocol, RawPickle, SerOptions, Value, tools,
    types::{DateTime, NdArray},
};

use crate::measure::{measure, small_thread};

/// What a graph takes at most beside the pickle: see `Graph` and `SECURITY.md`.
pub(crate) const GRAPH_PER_BYTE: usize = 64;
/// What a value takes at most for each byte of the pickle, and for each unit of the alias budget that shared values use.
pub(crate) const VALUE_PER_BYTE: usize = 256;
pub(crate) const VALUE_PER_UNIT: usize = 48;
/// What anything takes at most, however short the pickle is.
pub(crate) const FIXED: usize = 64 << 10;
/// Steps for each byte of the pickle and each unit of the budget, of any one thing that is done.
const STEPS: usize = 100;

/// The budget of the attacks: what they would exceed it by is what matters, and not how large it is.
pub(crate) const BUDGET: usize = 100_000;

#[derive(Debug, Deserialize)]
#[allow(dead_code)]
struct Typed {
    a: Option<Vec<u64>>,
    b: Option<HashMap<String, (f64, bool)>>,
    c: Option<Box<Typed>>,
}

/// Skips items that do not fit, as some users do: the errors must not cost more than the items.
#[derive(Debug)]
#[allow(dead_code)]
struct Lenient(Option<u32>);

impl<'de> Deserialize<'de> for Lenient {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Lenient, D::Error> {
        Ok(Lenient(u32::deserialize(deserializer).ok()))
    }
}

struct Trial<'a> {
    name: &'a str,
    pickle: &'a [u8],
}

impl Trial<'_> {
    /// Does one thing, with bounds.
    fn of<T>(&self, what: &str, memory: usize, run: impl FnOnce() -> T) -> T {
        let (result, peak, steps) = measure(run);
        let length = self.pickle.len();
        let most = STEPS * (length + BUDGET);
        if std::env::var_os("HOSTILE_FIGURES").is_some() {
            println!(
                "{:32} {what:24} {:9} bytes, peak {peak:10} ({:6.1}), steps {steps}",
                self.name,
                length,
                peak as f64 / length as f64
            );
        }
        assert!(peak <= memory, "{}: {what} takes {peak} bytes of memory for {length}; at most {memory}", self.name);
        assert!(steps <= most, "{}: {what} takes {steps} steps for {length} bytes; at most {most}", self.name);
        result
    }

    fn typed<T: for<'de> Deserialize<'de>>(&self, what: &str, options: &DeOptions<'_>) {
        let memory = self.value_memory();
        let slice = self.of(what, memory, || options.from_slice::<T>(self.pickle).map(drop));
        let reader = self.of(what, memory, || options.from_reader::<_, T>(self.pickle).map(drop));
        let (slice, reader) = (say(slice), say(reader));
        let is_for_slices = reader.as_ref().is_err_and(|error| error.contains("are read from slices only"));
        assert!(is_for_slices || reader == slice, "{}: {what}: {slice:?}, and from a reader {reader:?}", self.name);
    }

    fn graph_memory(&self) -> usize {
        FIXED + GRAPH_PER_BYTE * self.pickle.len()
    }

    fn value_memory(&self) -> usize {
        FIXED + VALUE_PER_BYTE * self.pickle.len() + VALUE_PER_UNIT * BUDGET
    }
}

fn say<T>(result: serde_pickle::Result<T>) -> Result<T, String> {
    result.map_err(|error| error.to_string())
}

/// All of it. Gives what reading as a `Value` said.
pub(crate) fn survive(name: &'static str, pickle: Vec<u8>) -> Result<(), String> {
    small_thread(move || survive_here(name, &pickle))
}

fn survive_here(name: &str, pickle: &[u8]) -> Result<(), String> {
    let trial = Trial { name, pickle };
    let options = DeOptions::new().alias_budget(BUDGET as u64);
    trial.of("ignored", trial.graph_memory(), || drop(options.from_slice::<IgnoredAny>(pickle)));
    trial.of("ignored, strict", trial.graph_memory(), || {
        drop(options.clone().strict(true).from_slice::<IgnoredAny>(pickle));
    });
    trial.typed::<Vec<u64>>("Vec<u64>", &options);
    trial.typed::<Vec<f64>>("Vec<f64>", &options);
    trial.typed::<Vec<bool>>("Vec<bool>", &options);
    trial.typed::<Vec<Option<()>>>("Vec<Option<()>>", &options);
    trial.typed::<Vec<String>>("Vec<String>", &options);
    trial.typed::<Vec<serde_bytes::ByteBuf>>("Vec<ByteBuf>", &options);
    trial.typed::<Vec<Lenient>>("Vec<Lenient>", &options);
    trial.typed::<Vec<Vec<u64>>>("Vec<Vec<u64>>", &options);
    trial.typed::<Typed>("struct", &options);
    trial.typed::<Vec<Typed>>("Vec<struct>", &options);
    trial.typed::<HashMap<String, IgnoredAny>>("HashMap<String, ignored>", &options);
    trial.typed::<serde_json::Value>("serde_json::Value", &options);
    trial.typed::<Vec<RawPickle>>("Vec<RawPickle>", &options);
    trial.typed::<Vec<NdArray>>("Vec<NdArray>", &options);
    trial.typed::<Vec<Option<DateTime>>>("Vec<Option<DateTime>>", &options);
    trial.typed::<Vec<HashMap<String, Vec<f64>>>>("Vec<HashMap<String, Vec<f64>>>", &options);
    trial.typed::<Value>("Value", &options.clone().cycles(Cycles::None));
    trial.typed::<serde_json::Value>("serde_json::Value", &options.clone().cycles(Cycles::None));
    trial.of("disassembly", FIXED + (2 << 20) + 256 * pickle.len(), || drop(tools::Disassembly::of(pickle)));
    graph(&trial, &options);
    value(&trial, &options)
}

fn graph(trial: &Trial<'_>, options: &DeOptions<'_>) {
    let Ok(graph) = trial.of("graph", trial.graph_memory(), || options.graph(trial.pickle)) else { return };
    trial.of("globals", trial.value_memory(), || drop(graph.globals()));
    // Of each call, no more than some hundred characters are shown.
    trial.of("trust report", FIXED + 1024 * trial.pickle.len(), || drop(graph.trust_report().to_string()));
    trial.of("check", FIXED + 256 * trial.pickle.len(), || drop(tools::check(trial.pickle)));
    for protocol in Protocol::ALL {
        for memo in [Memo::Keys, Memo::Python] {
            let options = SerOptions::new().protocol(protocol).memo(memo);
            // As Python: a tuple that is reached from its items is written once more for each of them, up to a thousand.
            let again = if memo == Memo::Python { 1000 * trial.pickle.len() } else { 0 };
            trial.of("graph written", again + trial.value_memory(), || drop(options.to_vec(&graph)));
        }
    }
    // Part by part, up to as many as make the same work as all at once.
    trial.of("graph, part by part", trial.value_memory(), || {
        for item in graph.root().items().take(10) {
            let _ = item.deserialize::<u64>();
            let _ = item.deserialize::<IgnoredAny>();
            let _ = item.deserialize::<bool>();
        }
    });
    edited(trial, options);
    trial.of("graph, owned", trial.graph_memory() + trial.pickle.len(), || drop(graph.into_owned()));
}

/// Changes of a graph, of which each is written again: each takes what there is and what is added.
fn edited(trial: &Trial<'_>, options: &DeOptions<'_>) {
    let Ok(mut graph) = options.graph(trial.pickle) else { return };
    let memory = trial.value_memory() + 8 * trial.pickle.len();
    let root = graph.root().id();
    let inner: Vec<_> = graph.root().items().take(3).map(|node| node.id()).collect();
    trial.of("graph, edited", memory, || {
        for &node in &inner {
            drop(graph.insert_item(root, 0, &"new"));
            drop(graph.replace_with(node, &[1, 2]));
            drop(graph.set_entry(node, "name", &"new"));
            drop(graph.remove_item(root, 0));
            graph.replace(node, root);
        }
        drop(graph.set_path("[0]", &1));
        drop(graph.remove_path("[0]"));
        drop(graph.rename_class(&serde_pickle::Global::new("a", "b"), &serde_pickle::Global::new("c", "d")));
    });
    // As Python, again: see above.
    trial.of("graph, edited and written", memory + 1000 * trial.pickle.len(), || drop(graph.to_vec()));
    trial.of("graph, edited and read", memory, || drop(graph.deserialize::<Value>()));
}

fn value(trial: &Trial<'_>, options: &DeOptions<'_>) -> Result<(), String> {
    let memory = trial.value_memory();
    let read = trial.of("Value", memory, || options.from_slice::<Value>(trial.pickle));
    let from_reader = trial.of("Value from a reader", memory, || options.from_reader::<_, Value>(trial.pickle));
    let message = |error: &serde_pickle::Error| error.to_string();
    let is_for_slices =
        from_reader.as_ref().is_err_and(|error| error.to_string().contains("are read from slices only"));
    assert!(
        is_for_slices || from_reader.as_ref().err().map(message) == read.as_ref().err().map(message),
        "{}",
        trial.name
    );
    drop(from_reader);
    let value = read.map_err(|error| error.to_string())?;
    let clone = trial.of("clone", memory, || value.clone());
    trial.of("eq", memory, || value == clone);
    trial.of("drop", memory, || drop(clone));
    trial.of("hash", memory, || {
        let mut hasher = DefaultHasher::new();
        value.hash(&mut hasher);
        hasher.finish()
    });
    trial.of("display", 4 * memory, || value.to_string().len());
    trial.of("debug", 4 * memory, || format!("{value:?}").len());
    let ways = [
        (Protocol::V0, Memo::Keys),
        (Protocol::V1, Memo::Python),
        (Protocol::V2, Memo::Equal),
        (Protocol::V4, Memo::Keys),
        (Protocol::V5, Memo::None),
        (Protocol::V5, Memo::Python),
    ];
    for (protocol, memo) in ways {
        let options = SerOptions::new().protocol(protocol).memo(memo);
        trial.of("value written", memory, || drop(options.to_vec(&value)));
    }
    trial.of("to JSON", 4 * memory, || drop(serde_json::to_string(&value)));
    trial.of("from_value", memory, || drop(serde_pickle::from_value::<Value>(value)));
    Ok(())
}
