//! `collections`, and the mappings and sequences of other libraries that are not plain.

use std::borrow::Cow;

use super::{Entry, Known, Recipes};
use crate::graph::{Leaf, ObjectView, Ref, View, flags};

pub(super) const RECIPES: &[Entry] = &[
    ("collections", "deque", deque),
    ("_collections", "deque", deque),
    ("collections", "OrderedDict", ordered_dict),
    ("ordereddict", "OrderedDict", ordered_dict),
    ("django.utils.datastructures", "SortedDict", ordered_dict),
    ("collections", "defaultdict", defaultdict),
    ("collections", "Counter", mapping),
    ("collections", "UserDict", user_data),
    ("collections", "UserList", user_data),
    ("collections", "UserString", user_data),
    ("frozendict", "frozendict", mapping),
    ("frozendict.core", "frozendict", mapping),
    ("immutables._map", "Map", mapping),
    ("immutables.map", "Map", mapping),
    ("msgspec._utils", "rebuild", second_mapping),
    ("sortedcontainers.sorteddict", "SortedDict", second_mapping),
    ("sortedcontainers.sortedlist", "SortedList", first),
    ("sortedcontainers.sortedlist", "SortedKeyList", first),
    ("sortedcontainers.sortedset", "SortedSet", first),
    // Tuples that have names: all of their items, and those beyond the tuple.
    ("time", "struct_time", first),
    ("os", "stat_result", first),
    ("os", "statvfs_result", first),
    ("os", "terminal_size", first),
    ("os", "times_result", first),
    ("os", "uname_result", first),
    ("posix", "stat_result", first),
    ("pwd", "struct_passwd", first),
    ("grp", "struct_group", first),
    ("resource", "struct_rusage", first),
    ("sqlalchemy.engine.row", "rowproxy_reconstructor", row),
    ("sqlalchemy.engine.result", "rowproxy_reconstructor", row),
    ("sqlalchemy.engine._py_row", "rowproxy_reconstructor", row),
    ("sqlalchemy.engine._row_cy", "rowproxy_reconstructor", row),
    ("sqlalchemy.cyextension.resultproxy", "rowproxy_reconstructor", row),
];

/// What it is made of, and what was appended.
fn deque<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    let (made_of, rest) = match object.args.split_first() {
        Some((&items, rest)) => (at.items(items)?, rest),
        None => (&[][..], &[][..]),
    };
    let maxlen = match *rest {
        [] => None,
        [maxlen] => (!at.is_none(maxlen)).then_some(maxlen),
        _ => return None,
    };
    let appended = at.run(object, |side| side.items);
    let items = match (made_of, appended) {
        ([], items) | (items, []) => Cow::Borrowed(items),
        (made_of, appended) => Cow::Owned([made_of, appended].concat()),
    };
    Some(Known::Items { items, maxlen })
}

/// What a mapping is made of: a dict, or a sequence of pairs.
fn pairs_of<'c>(at: Recipes<'c>, node: Ref) -> Option<Cow<'c, [Ref]>> {
    if let View::Dict(pairs) = at.view(node)
        && at.is_settled(node)
    {
        return Some(Cow::Borrowed(pairs));
    }
    let mut pairs = Vec::new();
    for &pair in at.items(node)? {
        pairs.extend_from_slice(<&[Ref; 2]>::try_from(at.items(pair)?).ok()?);
    }
    Some(Cow::Owned(pairs))
}

fn with_set<'c>(
    at: Recipes<'c>,
    object: &ObjectView<'c>,
    made_of: Cow<'c, [Ref]>,
    factory: Option<Ref>,
) -> Option<Known<'c>> {
    let set = at.run(object, |side| side.pairs);
    let pairs = match (&*made_of, set) {
        ([], set) => Cow::Borrowed(set),
        (_, []) => made_of,
        (made_of, set) => Cow::Owned([made_of, set].concat()),
    };
    Some(Known::Pairs { pairs, factory })
}

/// A class that is made of a mapping, or of nothing.
fn mapping<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    match *object.args {
        [] => with_set(at, object, Cow::default(), None),
        [made_of] => with_set(at, object, pairs_of(at, made_of)?, None),
        _ => None,
    }
}

fn ordered_dict<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    mapping(at, object)
}

fn defaultdict<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    let (factory, made_of) = match *object.args {
        [] => (None, Cow::default()),
        [factory] => ((!at.is_none(factory)).then_some(factory), Cow::default()),
        [factory, made_of] => ((!at.is_none(factory)).then_some(factory), pairs_of(at, made_of)?),
        _ => return None,
    };
    with_set(at, object, made_of, factory)
}

/// The class or something else, and a mapping.
fn second_mapping<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    match *object.args {
        [_, made_of] => with_set(at, object, pairs_of(at, made_of)?, None),
        _ => None,
    }
}

/// Its first argument, where that is all that there is to see.
fn first<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    match *object.args {
        [] => Some(Known::Items { items: Cow::default(), maxlen: None }),
        [items, ..] => at.items(items).map(|_| Known::Value(items)),
    }
}

/// Something like a dict, list or str that has its content as `data`.
fn user_data<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    Some(Known::Around(at.attribute(object, "data")?))
}

/// A row of SQLAlchemy: its values.
fn row<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    let &[_, state] = object.args else { return None };
    let View::Dict(pairs) = at.view(state) else { return None };
    let data = pairs.chunks_exact(2).find(|pair| at.text(pair[0]).as_deref() == Some("_data"))?[1];
    Some(Known::Value(data))
}

impl<'c> Recipes<'c> {
    /// Whether a container was not changed after it had been an argument: an object that was made of it does not see that.
    fn is_settled(&self, node: Ref) -> bool {
        let node = self.store.current(node);
        !node.is_composite() || !self.store.composite(node).is(flags::CHANGED)
    }

    /// The items of a list, tuple or set.
    fn items(&self, node: Ref) -> Option<&'c [Ref]> {
        if !self.is_settled(node) {
            return None;
        }
        match self.view(node) {
            View::List(items) | View::Tuple(items) | View::Set(items) | View::FrozenSet(items) => {
                self.spend(items.len())?;
                Some(items)
            }
            View::Leaf(Leaf::EmptyTuple) => Some(&[]),
            _ => None,
        }
    }
}
