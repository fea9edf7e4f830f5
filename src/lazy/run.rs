//! Where the children of a value stand that can be changed, and how they are.

use std::collections::HashMap;

use super::{Graph, Kind, Node, NodeId};
use crate::{
    error::{Error, Result},
    graph::{Kind as Composite, Ref, Run, View, flags},
};

/// Where children stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Place {
    /// Of a container: its own.
    Children(Ref),
    /// Of a call that means a set, or a subclass of list or dict: those of the list or dict that it is made of, which is the
    /// argument of that number.
    Made {
        call: Ref,
        arg: usize,
    },
    /// Of an object: what was appended, added, or set by key.
    Appended(Ref),
    Added(Ref),
    Pairs(Ref),
}

/// Where text keys stand, the last of each: of what was looked into by keys, and is large.
#[derive(Debug, Clone, Default)]
pub(super) struct Keys {
    places: HashMap<Place, HashMap<Box<str>, usize, foldhash::fast::RandomState>, foldhash::fast::RandomState>,
}

/// Fewer entries are looked through each time.
const FEW: usize = 16;

impl Graph<'_> {
    /// Where the items of a node stand; new ones go to the last.
    pub(super) fn item_places(&self, node: NodeId) -> Vec<Place> {
        let node = self.node(node);
        match (node.kind(), node.composite()) {
            (_, Some(Composite::List | Composite::Tuple | Composite::Set | Composite::FrozenSet)) => {
                vec![Place::Children(node.at)]
            }
            (Kind::Set | Kind::FrozenSet, Some(Composite::Object)) => vec![Place::Made { call: node.at, arg: 0 }],
            (Kind::Object, _) => match self.made_of(node, Composite::List) {
                Some(place) => vec![place],
                None if node.items().len() > 0 => {
                    let added = (node.added().len() > 0).then_some(Place::Added(node.at));
                    [Some(Place::Appended(node.at)), added].into_iter().flatten().collect()
                }
                None => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// Where the entries of a node can stand, with its attributes; new ones go to the first.
    pub(super) fn entry_places(&self, node: NodeId) -> Vec<Place> {
        let node = self.node(node);
        if node.composite() == Some(Composite::Dict) {
            return vec![Place::Children(node.at)];
        }
        let mut places: Vec<Place> = self.made_of(node, Composite::Dict).into_iter().collect();
        if places.is_empty() && node.kind() == Kind::Object && node.entries().len() > 0 {
            places.push(Place::Pairs(node.at));
        }
        places.extend(self.attribute_places(node));
        places
    }

    /// Where the attributes of an object stand, those of its last state first.
    fn attribute_places(&self, node: Node<'_, '_>) -> Vec<Place> {
        let mut places = Vec::new();
        let states: Vec<Node<'_, '_>> = node.states().collect();
        for state in states.into_iter().rev() {
            match state.composite() {
                Some(Composite::Dict) => places.push(Place::Children(state.at)),
                // Attributes, and slots.
                Some(Composite::Tuple) if state.len() == 2 => {
                    let both = [state.at(0), state.at(1)].into_iter().flatten();
                    let dicts = both.filter(|part| part.composite() == Some(Composite::Dict));
                    places.extend(dicts.map(|part| Place::Children(part.at)));
                }
                _ => {}
            }
        }
        places
    }

    /// The place of what a subclass of list or dict is made of below protocol 2, if it is one of that kind.
    fn made_of(&self, node: Node<'_, '_>, kind: Composite) -> Option<Place> {
        let View::Object(object) = self.store.view(&self.input, node.at) else { return None };
        let made = object.copied()?;
        (self.store.composite(made).kind == kind).then_some(Place::Made { call: node.at, arg: 2 })
    }

    /// The run of a place, and how many children it has room for.
    fn run_of(&self, place: Place) -> (Run, u32) {
        let side = |object: Ref| self.store.side(self.store.composite(object)).copied().unwrap_or_default();
        let of_side = |run: Run| (run, if run.len == 0 { 0 } else { run.len.next_power_of_two() });
        match place {
            Place::Children(node) => {
                let composite = self.store.composite(node);
                let run = Run { first: composite.first, len: composite.len };
                let moved = composite.is(flags::MOVED) && run.len > 0;
                (run, if moved { run.len.next_power_of_two() } else { run.len })
            }
            Place::Made { call, arg } => match self.store.tuple_items(self.store.args(call)).get(arg) {
                Some(&made) if made.is_composite() => (self.run_of(Place::Children(made)).0, 0),
                _ => (Run::default(), 0),
            },
            Place::Appended(object) => of_side(side(object).items),
            Place::Added(object) => of_side(side(object).adds),
            Place::Pairs(object) => of_side(side(object).pairs),
        }
    }

    pub(super) fn children_at(&self, place: Place) -> &[Ref] {
        self.store.run(self.run_of(place).0)
    }

    /// Puts children into a place, instead of so many from there on.
    pub(super) fn splice(&mut self, place: Place, at: usize, removed: usize, added: &[Ref]) -> Result<()> {
        self.edited();
        let place = self.own(place)?;
        let (run, room) = self.run_of(place);
        if !(removed == added.len() || at == run.len as usize && removed == 0) {
            // What follows now stands elsewhere.
            self.keys.places.remove(&place);
        }
        let new = self.store.splice(run, room, at, removed, added).ok_or_else(too_many)?;
        match place {
            Place::Children(node) => {
                // From now on, it is for calls what it is.
                self.store.changes.remove(&node);
                let composite = &mut self.store.composites[node.index()];
                if new.first != run.first {
                    composite.flags |= flags::MOVED;
                }
                (composite.first, composite.len) = (new.first, new.len);
            }
            Place::Appended(object) => self.side_mut(object)?.items = new,
            Place::Added(object) => self.side_mut(object)?.adds = new,
            Place::Pairs(object) => self.side_mut(object)?.pairs = new,
            // Was made its own.
            Place::Made { .. } => {}
        }
        Ok(())
    }

    fn side_mut(&mut self, object: Ref) -> Result<&mut crate::graph::Side> {
        let composite = &mut self.store.composites[object.index()];
        if composite.len == 0 {
            self.store.sides.push(crate::graph::Side::default());
            composite.len = u32::try_from(self.store.sides.len()).map_err(|_| too_many())?;
        }
        self.store.sides.get_mut(composite.len as usize - 1).ok_or_else(too_many)
    }

    /// Gives a call a list or dict of its own: the one that it is made of may stand elsewhere, too.
    fn own(&mut self, place: Place) -> Result<Place> {
        let Place::Made { call, arg } = place else { return Ok(place) };
        let args = self.store.tuple_items(self.store.args(call)).to_vec();
        let (kind, offset) = match args.get(arg) {
            Some(&made) if made.is_composite() && self.store.composite(made).kind == Composite::Dict => {
                (Composite::Dict, self.store.offset(made))
            }
            _ => (Composite::List, self.store.offset(call)),
        };
        let children = self.children_at(place).to_vec();
        let made = self.new_composite(kind, offset, &children)?;
        let mut args: Vec<Ref> = args.into_iter().take(arg).collect();
        args.push(made);
        let args = self.new_composite(Composite::Tuple, self.store.offset(call), &args)?;
        let slots = self.store.composite(call).first as usize;
        self.store.arena[slots + 1] = args;
        Ok(Place::Children(made))
    }

    fn new_composite(&mut self, kind: Composite, offset: usize, children: &[Ref]) -> Result<Ref> {
        let run = self.store.splice(Run::default(), 0, 0, 0, children).ok_or_else(too_many)?;
        let mut composite = crate::graph::Composite::new(kind, offset, run.first, run.len);
        composite.flags |= flags::MOVED;
        let index = self.store.composites.len();
        if index >= i32::MAX as usize {
            return Err(too_many());
        }
        self.store.composites.push(composite);
        Ok(Ref::composite(index))
    }

    /// Where a text key stands in a place, the last if there are several.
    pub(super) fn last_key(&mut self, place: Place, key: &str) -> Option<usize> {
        let of_text = |graph: &Graph<'_>, key: Ref| graph.node(NodeId(key)).as_str().map(|text| Box::from(&*text));
        if self.children_at(place).len() <= 2 * FEW {
            let mut pairs = self.children_at(place).chunks_exact(2);
            let is_key = |pair: &[Ref]| self.node(NodeId(pair[0])).as_str().is_some_and(|text| *text == *key);
            return pairs.rposition(is_key).map(|at| 2 * at);
        }
        if !self.keys.places.contains_key(&place) {
            let pairs = self.children_at(place).chunks_exact(2).enumerate();
            let keys = pairs.filter_map(|(at, pair)| Some((of_text(self, pair[0])?, 2 * at))).collect();
            self.keys.places.insert(place, keys);
        }
        self.keys.places.get(&place)?.get(key).copied()
    }

    /// A key was added at the end.
    pub(super) fn know_key(&mut self, place: Place, key: &str, at: usize) {
        if let Some(keys) = self.keys.places.get_mut(&place) {
            keys.insert(key.into(), at);
        }
    }

    /// Forgets where keys stand.
    pub(super) fn forget_keys(&mut self) {
        self.keys.places.clear();
    }
}

fn too_many() -> Error {
    Error::limit("the graph holds more values than can be numbered")
}
