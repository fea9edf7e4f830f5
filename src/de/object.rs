//! How objects look to serde: their items, their pairs, their state, or their arguments.

use serde::de::{self, Visitor};

use super::{access::TextAccess, context::Lend, known::Hint, node::NodeDeserializer};
use crate::{
    class::has_colon,
    error::Result,
    graph::{How, Kind, Leaf, ObjectView, Ref, Run, View},
    path::Segment,
};

/// How deep recipes look into arguments: an object's tuple of arguments is a level, too.
const ARGS_DEPTH: usize = 8;

/// What an object is to those who do not know its class.
pub(crate) enum Content<'c> {
    /// No items, no state, no arguments.
    Nothing,
    Items(Vec<Ref>),
    /// Key, value, key, value.
    Pairs(Vec<Ref>),
    /// Another value: a state that is no dict, or the one argument.
    Value(Ref),
    Args(&'c [Ref]),
}

impl<'c, 'i: 'c, L> NodeDeserializer<'c, 'i, L> {
    fn side_run(&self, object: &ObjectView<'c>, run: fn(&crate::graph::Side) -> Run) -> &'c [Ref] {
        object.side.map_or(&[], |side| self.cx.store.run(run(side)))
    }

    /// What was appended, and what was added.
    pub(super) fn items(&self, object: &ObjectView<'c>) -> Vec<Ref> {
        let mut items = self.cx.store.items(object).to_vec();
        items.extend_from_slice(self.side_run(object, |side| side.adds));
        items
    }

    pub(super) fn pairs(&self, object: &ObjectView<'c>) -> &'c [Ref] {
        self.cx.store.pairs(object)
    }

    /// Everything that was given as state: by BUILD, or to a state setter after the object itself.
    fn states(&self, object: &ObjectView<'c>) -> Vec<Ref> {
        let mut states: Vec<Ref> = object.state.into_iter().collect();
        states.extend_from_slice(self.side_run(object, |side| side.states));
        for &effect in self.side_run(object, |side| side.effects) {
            let composite = self.cx.store.composite(effect);
            let args = self.cx.store.slice(composite.first, 3)[1];
            if let &[_, state] = self.cx.store.tuple_items(args) {
                states.push(state);
            }
        }
        states
    }

    /// Takes what it costs to look at the arguments and states of an object, however little is then read of it.
    #[inline]
    pub(super) fn charge_states(&self, object: &ObjectView<'c>) -> Result<()> {
        if self.cx.is_charging() { self.charge_all_states(object) } else { Ok(()) }
    }

    #[cold]
    fn charge_all_states(&self, object: &ObjectView<'c>) -> Result<()> {
        let children = |node: Ref| match node.is_composite().then(|| self.cx.store.composite(node)) {
            Some(composite) if matches!(composite.kind, Kind::Dict | Kind::Tuple) => self.cx.store.children(composite),
            _ => &[],
        };
        for state in self.states(object) {
            self.cx.charge_line(state)?;
            let inside = children(state);
            let slots = if inside.len() == 2 { inside.iter().map(|&dict| children(dict).len()).sum() } else { 0 };
            self.cx.charge(1 + inside.len() + slots)?;
        }
        self.charge_args(object.args, ARGS_DEPTH)
    }

    /// Recipes look at arguments, and at those of the objects that these are.
    fn charge_args(&self, args: &[Ref], depth: usize) -> Result<()> {
        for &arg in args.iter().filter(|arg| !arg.is_empty()) {
            let arg = self.cx.store.current(arg);
            if !arg.is_composite() {
                self.cx.charge_leaf(arg)?;
                continue;
            }
            let composite = self.cx.store.composite(arg);
            self.cx.charge(1)?;
            if depth > 0 && matches!(composite.kind, Kind::Object | Kind::Tuple) {
                let inside = match composite.kind {
                    Kind::Tuple => self.cx.store.children(composite),
                    _ => self.cx.store.slice(composite.first, 3),
                };
                self.charge_args(inside, depth - 1)?;
            }
        }
        Ok(())
    }

    /// A state as `attributes` looks at it: what is an object by itself has no attributes to set, whatever it stands for.
    fn state_view(&self, state: Ref) -> View<'c> {
        let state = self.cx.store.current(state);
        match state.is_composite() && self.cx.store.composite(state).kind == Kind::Object {
            true => View::PersistentId(state),
            false => self.cx.store.view(self.cx.input, state),
        }
    }

    /// The attributes that states set: those of dicts, and of `(dict or None, dict of slots)`. The later wins.
    /// `Err` gives the state that is something else.
    fn attributes(&self, states: &[Ref]) -> Result<Vec<Ref>, Ref> {
        let mut pairs = Vec::new();
        for &state in states {
            match self.state_view(state) {
                View::Dict(dict) => match self.of_model(dict) {
                    Some(fields) => pairs.extend_from_slice(&fields),
                    None => pairs.extend_from_slice(dict),
                },
                View::Leaf(Leaf::None) => {}
                View::Tuple(&[dict, slots]) => {
                    let dict = self.state_view(dict);
                    let View::Dict(slots) = self.state_view(slots) else { return Err(state) };
                    match dict {
                        View::Dict(dict) => pairs.extend_from_slice(dict),
                        View::Leaf(Leaf::None) => {}
                        _ => return Err(state),
                    }
                    pairs.extend_from_slice(slots);
                }
                _ => return Err(state),
            }
        }
        Ok(pairs)
    }

    /// The fields of a model of pydantic, and what it has beyond them: they stand in a dict in its state.
    fn of_model(&self, state: &'c [Ref]) -> Option<Vec<Ref>> {
        let recipes = self.recipes();
        let is = |key: Ref, name: &str| recipes.text(key).as_deref() == Some(name);
        let (fields, rest) = state.split_at_checked(2)?;
        let is_model = is(fields[0], "__dict__")
            && rest.chunks_exact(2).any(|pair| is(pair[0], "__pydantic_fields_set__") || is(pair[0], "__fields_set__"));
        let View::Dict(fields) = self.state_view(is_model.then_some(fields[1])?) else { return None };
        let extra = rest.chunks_exact(2).find(|pair| is(pair[0], "__pydantic_extra__"));
        match extra.map(|pair| self.state_view(pair[1])) {
            Some(View::Dict(extra)) => Some([fields, extra].concat()),
            _ => Some(fields.to_vec()),
        }
    }

    /// The attributes of an object: those that it was made with by keyword, and those that its states set.
    fn attributes_of(&self, object: &ObjectView<'c>) -> Result<Vec<Ref>, Ref> {
        let attributes = self.attributes(&self.states(object))?;
        match self.cx.store.kwargs(object) {
            [] => Ok(attributes),
            kwargs => Ok([kwargs, &attributes[..]].concat()),
        }
    }

    /// The attributes of an object, if its states are such.
    pub(super) fn own_attributes(&self, object: &ObjectView<'c>) -> Vec<Ref> {
        self.attributes_of(object).unwrap_or_default()
    }

    /// Whether an object has an attribute that is one of these fields.
    pub(super) fn has_attribute(&self, object: &ObjectView<'c>, fields: &[&str]) -> bool {
        let recipes = self.recipes();
        let is_field = |key| recipes.text(key).is_some_and(|key| fields.contains(&&*key));
        self.own_attributes(object).chunks_exact(2).any(|pair| is_field(pair[0]))
    }

    /// The form that an object has by itself: its items if items were added, else its pairs, else its state, else its arguments.
    pub(super) fn content(&self, object: &ObjectView<'c>) -> Result<Content<'c>> {
        let items = self.items(object);
        if !items.is_empty() {
            return Ok(Content::Items(items));
        }
        let pairs = self.pairs(object);
        if !pairs.is_empty() {
            return Ok(Content::Pairs(pairs.to_vec()));
        }
        self.charge_states(object)?;
        Ok(match self.attributes_of(object) {
            Err(state) => Content::Value(state),
            Ok(pairs) if !pairs.is_empty() => Content::Pairs(pairs),
            Ok(_) => match *object.args {
                [] => Content::Nothing,
                [arg] => Content::Value(arg),
                ref args => Content::Args(args),
            },
        })
    }

    /// The value that a scalar target gets: a state that is no dict, or the one argument (subclasses of int, str, float).
    fn scalar(&self, object: &ObjectView<'c>) -> Option<Ref> {
        match self.attributes_of(object) {
            Err(state) => Some(state),
            Ok(_) => match *object.args {
                [arg] => Some(arg),
                _ => None,
            },
        }
    }

    fn name_of(&self, object: &ObjectView<'c>) -> String {
        match self.cx.store.global_of(self.cx.input, object.class) {
            Some(global) => global.to_string(),
            None => "object of a class that is no global".to_owned(),
        }
    }
}

impl<'de, 'c, 'i: 'c, L: Lend<'i, 'de>> NodeDeserializer<'c, 'i, L> {
    /// Reads something else in the object's place; an error in it names the object's class.
    pub(super) fn in_place<T>(self, object: &ObjectView<'c>, result: Result<T>) -> Result<T> {
        result.map_err(|error| self.cx.locate(self.node, error.or_global(|| self.name_of(object))))
    }

    pub(super) fn object_scalar<V: Visitor<'de>>(
        self,
        object: &ObjectView<'c>,
        visitor: V,
        hint: Hint,
        read: fn(Self, V) -> Result<V::Value>,
    ) -> Result<V::Value> {
        self.charge_states(object)?;
        if let Some(known) = self.known(object) {
            return self.visit_known(object, known, hint, visitor);
        }
        match self.scalar(object) {
            Some(value) => self.in_place(object, read(self.instead(value)?, visitor)),
            None => Err(self.invalid_type(&visitor)),
        }
    }

    pub(super) fn object_any<V: Visitor<'de>>(self, object: &ObjectView<'c>, visitor: V) -> Result<V::Value> {
        self.charge_states(object)?;
        if let Some(known) = self.known(object) {
            return self.visit_known(object, known, Hint::Any, visitor);
        }
        let result = match self.content(object)? {
            Content::Nothing => self.visit_pairs(&[], visitor),
            Content::Items(items) => self.visit_run(&items, visitor),
            Content::Pairs(pairs) => self.visit_pairs(&pairs, visitor),
            Content::Value(value) => de::Deserializer::deserialize_any(self.instead(value)?, visitor),
            Content::Args(args) => self.visit_run(args, visitor),
        };
        self.in_place(object, result)
    }

    /// A sequence, or a tuple of so many.
    pub(super) fn object_seq<V: Visitor<'de>>(
        self,
        object: &ObjectView<'c>,
        len: Option<usize>,
        visitor: V,
    ) -> Result<V::Value> {
        self.charge_states(object)?;
        if let Some(known) = self.known(object) {
            return self.visit_known(object, known, Hint::Seq(len), visitor);
        }
        let items = self.items(object);
        if !items.is_empty() {
            return self.in_place(object, self.visit_run(&items, visitor));
        }
        let result = match (self.attributes_of(object), object.args) {
            (Err(state), _) => de::Deserializer::deserialize_seq(self.instead(state)?, visitor),
            // A subclass of list that is empty, or the items of a collection that is made of one.
            (Ok(_), &[arg]) if object.how != How::New || self.is_sequence(arg) => {
                de::Deserializer::deserialize_seq(self.instead(arg)?, visitor)
            }
            // A model of pydantic that is just a list.
            (Ok(attributes), []) if self.is_root(&attributes) => {
                de::Deserializer::deserialize_seq(self.instead(attributes[1])?, visitor)
            }
            (Ok(attributes), []) if !attributes.is_empty() => return Err(self.invalid_type(&visitor)),
            (Ok(_), args) => self.visit_run(args, visitor),
        };
        self.in_place(object, result)
    }

    fn is_root(&self, attributes: &[Ref]) -> bool {
        matches!(attributes, &[key, _] if self.recipes().text(key).as_deref() == Some("root"))
    }

    fn is_sequence(&self, node: Ref) -> bool {
        matches!(
            self.cx.store.view(self.cx.input, node),
            View::List(_) | View::Tuple(_) | View::Set(_) | View::FrozenSet(_) | View::Leaf(Leaf::EmptyTuple)
        )
    }

    pub(super) fn object_map<V: Visitor<'de>>(self, object: &ObjectView<'c>, visitor: V) -> Result<V::Value> {
        self.charge_states(object)?;
        if let Some(known) = self.known(object) {
            return self.visit_known(object, known, Hint::Map, visitor);
        }
        let pairs = self.pairs(object);
        if !pairs.is_empty() {
            return self.in_place(object, self.visit_pairs(pairs, visitor));
        }
        let result = match (self.attributes_of(object), object.args) {
            (Err(state), _) => de::Deserializer::deserialize_map(self.instead(state)?, visitor),
            (Ok(attributes), &[arg]) if attributes.is_empty() => {
                de::Deserializer::deserialize_map(self.instead(arg)?, visitor)
            }
            (Ok(attributes), _) => self.visit_pairs(&attributes, visitor),
        };
        self.in_place(object, result)
    }

    /// Pairs and then attributes by name; or a state that is no dict; or the arguments by position.
    pub(super) fn object_struct<V: Visitor<'de>>(
        self,
        object: &ObjectView<'c>,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        self.charge_states(object)?;
        if let Some(known) = self.known(object) {
            return self.visit_known(object, known, Hint::Struct(fields), visitor);
        }
        if fields.contains(&"__dict__")
            && let Some(View::Dict(state)) = object.state.map(|state| self.cx.store.view(self.cx.input, state))
        {
            return self.in_place(object, self.visit_pairs(state, visitor));
        }
        let mut fields = self.pairs(object).to_vec();
        let state = match self.attributes_of(object) {
            Ok(attributes) => {
                fields.extend_from_slice(&attributes);
                None
            }
            Err(state) => Some(state),
        };
        let result = match (state, object.args) {
            _ if !fields.is_empty() => self.visit_pairs(&fields, visitor),
            (Some(state), _) => de::Deserializer::deserialize_struct(self.instead(state)?, "", &[], visitor),
            (None, []) => {
                let items = self.items(object);
                if items.is_empty() { self.visit_pairs(&[], visitor) } else { self.visit_run(&items, visitor) }
            }
            (None, &[arg]) if matches!(self.cx.store.view(self.cx.input, arg), View::Dict(_) | View::Tuple(_)) => {
                de::Deserializer::deserialize_struct(self.instead(arg)?, "", &[], visitor)
            }
            (None, args) => self.visit_run(args, visitor),
        };
        self.in_place(object, result)
    }

    /// These pairs and then the object's attributes.
    pub(super) fn visit_attributes<V: Visitor<'de>>(
        self,
        object: &ObjectView<'c>,
        pairs: &[Ref],
        visitor: V,
    ) -> Result<V::Value> {
        let mut fields = pairs.to_vec();
        fields.extend(self.own_attributes(object));
        self.visit_pairs(&fields, visitor)
    }

    /// An instance of a class picks the variant of that class; a Python Enum's member is its value, as variant text.
    pub(super) fn object_enum<V: Visitor<'de>>(
        self,
        object: &ObjectView<'c>,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        let depth = self.deeper()?;
        self.charge_states(object)?;
        if let Some(global) = self.cx.store.global_of(self.cx.input, object.class)
            && let Some(variant) = super::class::variant_of(variants, &global)
        {
            let access = ClassAccess { variant, content: NodeDeserializer { depth, ..self } };
            return self.in_place(object, visitor.visit_enum(access));
        }
        if let Some(known) = self.known(object) {
            return self.enum_known(object, known, variants, visitor);
        }
        match self.scalar(object) {
            Some(value) => {
                let value = self.instead(value)?;
                self.in_place(object, de::Deserializer::deserialize_enum(value, "", variants, visitor))
            }
            // getattr(Class, 'MEMBER'): by name, as Python 3.11.0 to 3.11.4 wrote them.
            None => match *object.args {
                [_, name] if self.is_getattr(object) => match self.cx.store.leaf(self.cx.input, name) {
                    Some(Leaf::Str(name)) => {
                        let name = String::from_utf8_lossy(&name).into_owned();
                        self.in_place(object, visitor.visit_enum(TextAccess(name)))
                    }
                    _ => Err(self.invalid_type(&visitor)),
                },
                _ => Err(self.invalid_type(&visitor)),
            },
        }
    }

    fn is_getattr(&self, object: &ObjectView<'c>) -> bool {
        self.cx.store.global_of(self.cx.input, object.class).is_some_and(|global| global.is("builtins", "getattr"))
    }
}

/// The variant of an object's class, with the object as its content.
struct ClassAccess<'c, 'i, L> {
    variant: &'static str,
    content: NodeDeserializer<'c, 'i, L>,
}

impl<'de, 'c, 'i: 'c, L: Lend<'i, 'de>> de::EnumAccess<'de> for ClassAccess<'c, 'i, L> {
    type Error = crate::Error;
    type Variant = Self;

    fn variant_seed<T: de::DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Self)> {
        let variant = de::IntoDeserializer::<crate::Error>::into_deserializer(self.variant);
        Ok((seed.deserialize(variant)?, self))
    }
}

impl<'c, 'i, L> ClassAccess<'c, 'i, L> {
    fn inside<T>(self, read: impl FnOnce(NodeDeserializer<'c, 'i, L>) -> Result<T>) -> Result<T> {
        read(self.content).map_err(|error| error.within(Segment::Name(self.variant.into())))
    }
}

impl<'de, 'c, 'i: 'c, L: Lend<'i, 'de>> de::VariantAccess<'de> for ClassAccess<'c, 'i, L> {
    type Error = crate::Error;

    fn unit_variant(self) -> Result<()> {
        Ok(())
    }

    fn newtype_variant_seed<T: de::DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value> {
        if has_colon(self.variant) {
            return self.inside(|content| seed.deserialize(content.newtype_of_class()?));
        }
        self.inside(|content| seed.deserialize(content))
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value> {
        self.inside(|content| de::Deserializer::deserialize_tuple(content, len, visitor))
    }

    fn struct_variant<V: Visitor<'de>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value> {
        self.inside(|content| de::Deserializer::deserialize_struct(content, "", fields, visitor))
    }
}
