//! A graph of any pickle, changed in any way: what is written of it is a pickle.

use arbitrary::{Result, Unstructured};
use serde_pickle::{DeOptions, Global, Graph, NodeId, Value, pickle};

/// Nodes of the graph, as they are found from its root.
fn nodes(graph: &Graph<'_>) -> Vec<NodeId> {
    let mut found = vec![graph.root()];
    let mut at = 0;
    while at < found.len() && found.len() < 64 {
        let node = found[at];
        found.extend(node.items().take(4));
        found.extend(node.entries().take(4).flat_map(|(key, value)| [key, value]));
        found.extend(node.class());
        found.extend(node.args().take(4));
        found.extend(node.states().take(4));
        found.extend(node.persistent_id());
        at += 1;
    }
    found.into_iter().map(|node| node.id()).collect()
}

fn change(graph: &mut Graph<'_>, choices: &mut Unstructured<'_>) -> Result<()> {
    let nodes = nodes(graph);
    let (one, other) = (*choices.choose(&nodes)?, *choices.choose(&nodes)?);
    let index = choices.int_in_range(0..=4)?;
    let value = pickle!({"new": [1, (2, "x"), (Value::Float(f64::NAN))]});
    // That it cannot be done is an error, and leaves a graph.
    match choices.int_in_range(0..=11)? {
        0 => graph.set_root(one),
        1 | 2 => graph.replace(one, other),
        3 => drop(graph.replace_with(one, &value)),
        4 => drop(graph.set_entry(one, "name", &value)),
        5 => drop(graph.set_entry_node(one, "name", other)),
        6 => drop(graph.remove_entry(one, "name")),
        7 => drop(graph.insert_item(one, index, &value)),
        8 => drop(graph.set_item(one, index, &value)),
        9 => drop(graph.remove_item(one, index)),
        10 => drop(graph.rename_class(&Global::new("a", "b"), &Global::new("c", "d"))),
        _ => drop(graph.set_path(choices.choose(&["a", "[0]", "x.y[1]", ""])?, &value)),
    }
    Ok(())
}

/// The first bytes say what is changed, the others are the pickle.
pub(crate) fn edit(bytes: &[u8]) {
    let (choices, pickle) = bytes.split_at(bytes.len().min(40));
    let options = DeOptions::new().alias_budget(5_000);
    let Ok(mut graph) = options.graph(pickle) else { return };
    let mut choices = Unstructured::new(choices);
    while !choices.is_empty() {
        if change(&mut graph, &mut choices).is_err() {
            break;
        }
        drop(graph.root().to_value());
        drop(graph.deserialize::<serde_json::Value>());
        if let Ok(written) = graph.to_vec() {
            Graph::from_slice(&written)
                .unwrap_or_else(|error| panic!("what was written is no pickle: {error}: {}", written.escape_ascii()));
        }
    }
}
