//! How an object was made, and what it was given.

use super::{Entries, Items, Node, node::Sight};
use crate::{
    graph::{How as GraphHow, ObjectView, Ref, View},
    value::{Global, How},
};

impl<'g, 'de> Node<'g, 'de> {
    pub(super) fn object(&self) -> Option<ObjectView<'g>> {
        match self.view() {
            View::Object(object) => Some(object),
            _ => None,
        }
    }

    /// How it was made, if it is an object.
    pub fn how(&self) -> Option<How> {
        Some(match self.object()?.how {
            GraphHow::Reduce => How::Reduce,
            GraphHow::New => How::New,
            GraphHow::Instance => How::Instance,
            GraphHow::Promoted => How::Itself,
        })
    }

    /// The class or callable of an object.
    pub fn class(&self) -> Option<Node<'g, 'de>> {
        let object = self.object()?;
        let itself = object.how == GraphHow::Promoted;
        Some(match itself {
            true => Node { graph: self.graph, at: object.class, sight: Sight::Itself },
            false => Node::new(self.graph, object.class),
        })
    }

    /// The name of the class or callable of an object, if it is just a name.
    pub fn class_name(&self) -> Option<Global> {
        self.class()?.as_global()
    }

    /// The arguments of an object. What an instance of a subclass of list, dict or tuple holds is its one argument at protocols 0
    /// and 1 (`copyreg._reconstructor`), and not its items or entries; [`get`](Node::get), [`at`](Node::at) and typed reads see
    /// through that.
    pub fn args(&self) -> Items<'g, 'de> {
        self.items_of(self.object().map_or(&[], |object| object.as_made().args), &[])
    }

    /// The keyword arguments of an object.
    pub fn kwargs(&self) -> Entries<'g, 'de> {
        let kwargs = self.object().map_or(Ref::EMPTY, |object| object.kwargs);
        if kwargs.is_empty() { self.entries_of(&[]) } else { Node::new(self.graph, kwargs).entries() }
    }

    /// Whether an object is made with keyword arguments (NEWOBJ_EX), be it none. To Python it is the same without.
    pub fn takes_kwargs(&self) -> bool {
        self.object().is_some_and(|object| !object.kwargs.is_empty())
    }

    /// The first state of an object.
    pub fn state(&self) -> Option<Node<'g, 'de>> {
        self.states().next()
    }

    /// All states that an object was given, one after the other: by BUILD, or to a state setter.
    pub fn states(&self) -> impl Iterator<Item = Node<'g, 'de>> + use<'g, 'de> {
        let graph = self.graph;
        let object = self.object();
        let side = object.and_then(|object| object.side);
        let (later, effects) =
            side.map_or((&[][..], &[][..]), |side| (graph.store.run(side.states), graph.store.run(side.effects)));
        let of_setters = effects.iter().filter_map(move |&effect| match graph.store.effect_args(effect) {
            &[state] => Some(state),
            _ => None,
        });
        let first = object.and_then(|object| object.state);
        first.into_iter().chain(later.iter().copied()).chain(of_setters).map(move |at| Node::new(graph, at))
    }

    /// Calls whose result was dropped and whose first argument is this object: state setters, with their other arguments.
    pub fn effects(&self) -> impl Iterator<Item = (Node<'g, 'de>, Items<'g, 'de>)> + use<'g, 'de> {
        let node = *self;
        let store = &self.graph.store;
        let effects = self.object().and_then(|object| object.side).map_or(&[][..], |side| store.run(side.effects));
        effects.iter().map(move |&effect| {
            let callable = Node::new(node.graph, store.callable(effect));
            (callable, node.items_of(store.effect_args(effect), &[]))
        })
    }
}
