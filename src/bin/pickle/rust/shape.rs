//! What was seen in one place of all records: the union of its kinds.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

/// Everything that was seen in a place.
#[derive(Default, Clone, PartialEq)]
pub(super) struct Shape {
    pub(super) none: bool,
    /// Something that is around the place: a cycle.
    pub(super) back: bool,
    pub(super) bool: bool,
    pub(super) int: Option<Ints>,
    pub(super) float: bool,
    pub(super) text: bool,
    pub(super) bytes: bool,
    /// Dates and the like, by the name of their class.
    pub(super) known: BTreeSet<String>,
    pub(super) list: Option<Box<Shape>>,
    pub(super) tuple: Option<Tuple>,
    pub(super) dict: Option<Box<Dict>>,
    /// Instances, by the names of their classes.
    pub(super) classes: BTreeSet<String>,
    pub(super) global: bool,
    /// What only a `Value` holds.
    pub(super) other: bool,
}

/// The ints that were seen.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Ints {
    pub(super) least: i128,
    pub(super) most: i128,
    /// Whether there were some that i128 cannot hold.
    pub(super) big: bool,
}

impl Ints {
    pub(super) fn with(self, int: i64) -> Ints {
        Ints { least: self.least.min(int.into()), most: self.most.max(int.into()), ..self }
    }
}

/// Tuples: of one length, or of several.
#[derive(Clone, PartialEq)]
pub(super) struct Tuple {
    pub(super) items: Vec<Shape>,
    pub(super) varies: bool,
}

/// Dicts: fields by name, and what has other keys.
#[derive(Default, Clone, PartialEq)]
pub(super) struct Dict {
    /// How many dicts were seen.
    pub(super) count: usize,
    pub(super) fields: IndexMap<String, Field>,
    /// Keys that are no names of fields, and their values.
    pub(super) keys: Shape,
    pub(super) values: Shape,
    pub(super) is_map: bool,
    /// For a key whose text tells dicts apart: the dicts by that text.
    pub(super) tags: Option<(String, BTreeMap<String, Dict>)>,
}

#[derive(Default, Clone, PartialEq)]
pub(super) struct Field {
    pub(super) shape: Shape,
    /// In how many dicts it was.
    pub(super) count: usize,
}

/// A dict of more keys is a map.
const MOST_FIELDS: usize = 200;
/// Keys by which people tell dicts apart.
const TAGS: [&str; 8] = ["type", "kind", "tag", "op", "event", "action", "shape", "__type__"];

impl Shape {
    pub(super) fn of(set: impl FnOnce(&mut Shape)) -> Shape {
        let mut shape = Shape::default();
        set(&mut shape);
        shape
    }

    pub(super) fn add_int(&mut self, int: Option<i128>) {
        let value = int.unwrap_or_default();
        let ints = self.int.get_or_insert(Ints { least: value, most: value, big: false });
        ints.least = ints.least.min(value);
        ints.most = ints.most.max(value);
        ints.big |= int.is_none();
    }

    /// What was seen elsewhere, here, too.
    pub(super) fn merge(&mut self, other: Shape) {
        self.none |= other.none;
        self.back |= other.back;
        self.bool |= other.bool;
        self.float |= other.float;
        self.text |= other.text;
        self.bytes |= other.bytes;
        self.global |= other.global;
        self.other |= other.other;
        self.known.extend(other.known);
        self.classes.extend(other.classes);
        if let Some(ints) = other.int {
            self.add_int(Some(ints.least));
            self.add_int(Some(ints.most));
            if ints.big {
                self.add_int(None);
            }
        }
        if let Some(items) = other.list {
            self.list.get_or_insert_default().merge(*items);
        }
        if let Some(tuple) = other.tuple {
            self.add_tuple(tuple.items, tuple.varies);
        }
        if let Some(dict) = other.dict {
            self.dict.get_or_insert_default().merge(*dict);
        }
    }

    pub(super) fn add_tuple(&mut self, items: Vec<Shape>, varies: bool) {
        match &mut self.tuple {
            None => self.tuple = Some(Tuple { items, varies }),
            Some(tuple) => {
                tuple.varies |= varies || tuple.items.len() != items.len();
                for (at, item) in items.into_iter().enumerate() {
                    match tuple.items.get_mut(at) {
                        Some(known) => known.merge(item),
                        None => tuple.items.push(item),
                    }
                }
            }
        }
    }

    /// How many kinds there are, but None.
    pub(super) fn kinds(&self) -> usize {
        let flags = [self.bool, self.int.is_some(), self.float, self.text, self.bytes, self.global, self.other];
        flags.into_iter().filter(|&is| is).count()
            + self.known.len()
            + self.classes.len()
            + usize::from(self.list.is_some())
            + usize::from(self.tuple.is_some())
            + usize::from(self.dict.is_some())
    }

    /// Whether it has nothing but ones of a kind with fields.
    pub(super) fn is_record(&self) -> bool {
        let record = self.dict.as_ref().is_some_and(|dict| !dict.looks_like_map()) || !self.classes.is_empty();
        record && self.kinds() == 1 && !self.none
    }
}

impl Dict {
    /// One more dict, with text keys and others.
    pub(super) fn add(
        &mut self,
        fields: Vec<(String, Shape)>,
        others: Vec<(Shape, Shape)>,
        tag: Option<(String, String)>,
    ) {
        let one = Dict {
            count: 1,
            fields: fields.into_iter().map(|(name, shape)| (name, Field { shape, count: 1 })).collect(),
            ..Dict::default()
        };
        let tags = tag.map(|(key, value)| (key, BTreeMap::from([(value, one.clone())])));
        self.merge(Dict { tags, ..one });
        for (key, value) in others {
            self.is_map = true;
            self.keys.merge(key);
            self.values.merge(value);
        }
    }

    pub(super) fn merge(&mut self, other: Dict) {
        let first = self.count == 0;
        self.count += other.count;
        self.is_map |= other.is_map;
        self.keys.merge(other.keys);
        self.values.merge(other.values);
        for (name, field) in other.fields {
            let known = self.fields.entry(name).or_default();
            known.shape.merge(field.shape);
            known.count += field.count;
        }
        self.tags = match (self.tags.take(), other.tags) {
            (None, tags) if first => tags,
            (Some((key, mut dicts)), Some((other_key, others))) if key == other_key => {
                for (value, dict) in others {
                    dicts.entry(value).or_default().merge(dict);
                }
                (dicts.len() <= 20).then_some((key, dicts))
            }
            _ => None,
        };
        if self.fields.len() > MOST_FIELDS {
            self.is_map = true;
        }
        if self.is_map {
            self.tags = None;
            for (_, field) in self.fields.drain(..) {
                self.keys.text = true;
                self.values.merge(field.shape);
            }
        }
    }

    /// Whether its keys are data, and not names of fields.
    pub(super) fn looks_like_map(&self) -> bool {
        if self.is_map || self.fields.is_empty() || !self.fields.keys().all(|name| is_field_name(name)) {
            return true;
        }
        let values = || self.fields.values().map(|field| &field.shape);
        // {'alice': {..}, 'bob': {..}, 'carol': {..}}
        self.fields.len() > 2 && values().all(Shape::is_record) && {
            let mut all = Shape::default();
            values().for_each(|shape| all.merge(shape.clone()));
            all.kinds() == 1
                && all.dict.as_ref().is_none_or(|dict| dict.fields.values().all(|field| field.count == dict.count))
        }
    }

    /// The key, and the dicts by its text, if there are some that differ.
    pub(super) fn alternatives(&self) -> Option<(&str, &BTreeMap<String, Dict>)> {
        let (key, dicts) = self.tags.as_ref()?;
        let names = |dict: &Dict| dict.fields.keys().cloned().collect::<BTreeSet<_>>();
        let mut all: Vec<_> = dicts.values().map(names).collect();
        all.dedup();
        let is_clear = dicts.values().all(|dict| dict.fields.values().all(|field| field.count == dict.count));
        (all.len() > 1 && is_clear).then_some((key, dicts))
    }

    /// All keys and values, as those of a map.
    pub(super) fn as_map(&self) -> (Shape, Shape) {
        let (mut keys, mut values) = (self.keys.clone(), self.values.clone());
        for field in self.fields.values() {
            keys.text = true;
            values.merge(field.shape.clone());
        }
        (keys, values)
    }
}

/// Whether a key may tell dicts apart.
pub(super) fn is_tag(key: &str) -> bool {
    TAGS.contains(&key)
}

fn is_field_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | ' ' | '.' | ':'))
}
