//! What must hold for any bytes: the bodies of the fuzz targets. `tests/fuzzed` runs the same on stable, over damaged fixtures and
//! over bytes that a seed makes.

pub(crate) mod edit;
pub(crate) mod graph;
pub(crate) mod model;
pub(crate) mod settings;
pub(crate) mod sources;
pub(crate) mod streams;
pub(crate) mod targets;
pub(crate) mod written;

use serde_pickle::Value;

/// A body, by the name of its fuzz target.
pub(crate) type Body = fn(&[u8]);

/// Those that are given a pickle, or what should have been one.
pub(crate) const OF_PICKLES: &[(&str, Body)] = &[
    ("types", targets::types),
    ("sources", sources::sources),
    ("settings", settings::settings),
    ("written", written::written),
    ("graph", graph::graph),
    ("tools", streams::tools),
];

/// Those that make their values of the bytes.
pub(crate) const OF_CHOICES: &[(&str, Body)] =
    &[("model", model::model), ("values", model::values), ("edit", edit::edit)];

/// A value or an error as text: the text tells `1` from `1.0`, a tuple from a list; that of an error has offset, path and global.
pub(crate) fn said(result: &serde_pickle::Result<Value>) -> String {
    match result {
        Ok(value) => value.to_string(),
        Err(error) => format!("{:?}: {error}", error.classify()),
    }
}
