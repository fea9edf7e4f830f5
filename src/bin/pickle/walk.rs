//! Going through a graph, without recursion.

use std::collections::HashMap;

use serde_pickle::{How, Kind, Node, NodeId};

/// Whether it has values inside, so that it may be shared in a way that matters to a reader.
pub(crate) fn is_container(node: Node<'_, '_>) -> bool {
    match node.kind() {
        Kind::List | Kind::Tuple | Kind::Dict | Kind::Set | Kind::FrozenSet | Kind::Readonly | Kind::PersistentId => {
            !node.is_empty() || node.kind() != Kind::Tuple
        }
        Kind::Object | Kind::ByteArray => true,
        _ => false,
    }
}

/// The values right inside a node, in the order in which they are shown.
pub(crate) fn children<'g, 'de>(node: Node<'g, 'de>) -> Vec<Node<'g, 'de>> {
    let mut all = Vec::new();
    if node.kind() == Kind::Object {
        // The class of what was a class itself is that class: what it is called, not what it was given.
        if node.how() != Some(How::Itself) {
            all.extend(node.class());
        }
        all.extend(node.args());
        all.extend(node.kwargs().flat_map(|(key, value)| [key, value]));
        let setters = setter_states(node);
        all.extend(node.states().take(node.states().count() - setters));
        for (callable, args) in node.effects() {
            all.push(callable);
            all.extend(args);
        }
    }
    all.extend(node.items());
    all.extend(node.entries().flat_map(|(key, value)| [key, value]));
    // That of protocol 0 is text, and stands in the node itself.
    all.extend(node.persistent_id().filter(|id| id.id() != node.id()));
    all.extend(node.readonly());
    all
}

/// How many of the states of a node were given to state setters: the last ones.
pub(crate) fn setter_states(node: Node<'_, '_>) -> usize {
    node.effects().filter(|(_, args)| args.len() == 1).count()
}

/// How often each node of a kind that matters stands below a node: those that stand once are left out.
pub(crate) fn shared(root: Node<'_, '_>, counts: impl Fn(Node<'_, '_>) -> bool) -> HashMap<NodeId, usize> {
    let mut places: HashMap<NodeId, usize> = HashMap::new();
    let mut open = vec![root];
    while let Some(node) = open.pop() {
        let is_container = is_container(node);
        if is_container || counts(node) {
            let count = places.entry(node.id()).or_insert(0);
            *count += 1;
            if *count > 1 {
                continue;
            }
        }
        if is_container {
            open.extend(children(node));
        }
    }
    places.retain(|_, count| *count > 1);
    places
}
