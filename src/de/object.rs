//! How objects look to serde: their items, their pairs, their state, or their arguments.

use super::{
    hint::Hint,
    node::{KEY, NodeDeserializer},
    take::Taker,
    variant::EnumAccess,
};
use crate::{
    error::Result,
    graph::{How, Kind, Leaf, ObjectView, Ref, Run, View},
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

impl<'c, 'i: 'c, 'de> NodeDeserializer<'c, 'i, 'de> {
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

impl<'de, 'c, 'i: 'c> NodeDeserializer<'c, 'i, 'de> {
    /// Reads something else in the object's place; an error in it names the object's class.
    pub(super) fn in_place<T>(self, object: &ObjectView<'c>, result: Result<T>) -> Result<T> {
        result.map_err(|error| self.cx.locate(self.node, error.or_global(|| self.name_of(object))))
    }

    pub(super) fn object_scalar(self, object: &ObjectView<'c>, hint: Hint, visitor: Taker<'_, 'de>) -> Result<()> {
        self.charge_states(object)?;
        if let Some(known) = self.known(object) {
            return self.visit_known(object, known, hint, visitor);
        }
        match self.scalar(object) {
            Some(value) => self.in_place(object, self.instead(value)?.answer(hint, visitor)),
            None if self.depth & KEY != 0 && matches!(hint, Hint::Text) => self.visit_repr(visitor),
            None => Err(self.invalid_type(&visitor)),
        }
    }

    pub(super) fn object_any(self, object: &ObjectView<'c>, visitor: Taker<'_, 'de>) -> Result<()> {
        self.charge_states(object)?;
        if let Some(known) = self.known(object) {
            return self.visit_known(object, known, Hint::Any, visitor);
        }
        let result = match self.content(object)? {
            Content::Nothing => visitor.visit_pairs(self, &[]),
            Content::Items(items) => visitor.visit_run(self, &items),
            Content::Pairs(pairs) => visitor.visit_pairs(self, &pairs),
            Content::Value(value) => self.instead(value)?.answer(Hint::Any, visitor),
            Content::Args(args) => visitor.visit_run(self, args),
        };
        self.in_place(object, result)
    }

    /// A sequence, or a tuple of so many.
    pub(super) fn object_seq(self, object: &ObjectView<'c>, hint: Hint, visitor: Taker<'_, 'de>) -> Result<()> {
        self.charge_states(object)?;
        if let Some(known) = self.known(object) {
            return self.visit_known(object, known, hint, visitor);
        }
        let items = self.items(object);
        if !items.is_empty() {
            return self.in_place(object, visitor.visit_run(self, &items));
        }
        let result = match (self.attributes_of(object), object.args) {
            (Err(state), _) => self.instead(state)?.answer(Hint::Seq, visitor),
            // A subclass of list that is empty, or the items of a collection that is made of one.
            (Ok(_), &[arg]) if object.how != How::New || self.is_sequence(arg) => {
                self.instead(arg)?.answer(Hint::Seq, visitor)
            }
            // A model of pydantic that is just a list.
            (Ok(attributes), []) if self.is_root(&attributes) => {
                self.instead(attributes[1])?.answer(Hint::Seq, visitor)
            }
            (Ok(attributes), []) if !attributes.is_empty() => return Err(self.invalid_type(&visitor)),
            (Ok(_), args) => visitor.visit_run(self, args),
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

    pub(super) fn object_map(self, object: &ObjectView<'c>, visitor: Taker<'_, 'de>) -> Result<()> {
        self.charge_states(object)?;
        if let Some(known) = self.known(object) {
            return self.visit_known(object, known, Hint::Map, visitor);
        }
        let pairs = self.pairs(object);
        if !pairs.is_empty() {
            return self.in_place(object, visitor.visit_pairs(self, pairs));
        }
        let result = match (self.attributes_of(object), object.args) {
            (Err(state), _) => self.instead(state)?.answer(Hint::Map, visitor),
            (Ok(attributes), &[arg]) if attributes.is_empty() => self.instead(arg)?.answer(Hint::Map, visitor),
            (Ok(attributes), _) => visitor.visit_pairs(self, &attributes),
        };
        self.in_place(object, result)
    }

    /// Pairs and then attributes by name; or a state that is no dict; or the arguments by position.
    pub(super) fn object_struct(
        self,
        object: &ObjectView<'c>,
        fields: &'static [&'static str],
        visitor: Taker<'_, 'de>,
    ) -> Result<()> {
        self.charge_states(object)?;
        if let Some(known) = self.known(object) {
            return self.visit_known(object, known, Hint::Struct("", fields), visitor);
        }
        if fields.contains(&"__dict__")
            && let Some(View::Dict(state)) = object.state.map(|state| self.cx.store.view(self.cx.input, state))
        {
            return self.in_place(object, visitor.visit_pairs(self, state));
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
            _ if !fields.is_empty() => visitor.visit_pairs(self, &fields),
            (Some(state), _) => self.instead(state)?.answer(Hint::Struct("", &[]), visitor),
            (None, []) => {
                let items = self.items(object);
                if items.is_empty() { visitor.visit_pairs(self, &[]) } else { visitor.visit_run(self, &items) }
            }
            (None, &[arg]) if matches!(self.cx.store.view(self.cx.input, arg), View::Dict(_) | View::Tuple(_)) => {
                self.instead(arg)?.answer(Hint::Struct("", &[]), visitor)
            }
            (None, args) => visitor.visit_run(self, args),
        };
        self.in_place(object, result)
    }

    /// These pairs and then the object's attributes.
    pub(super) fn visit_attributes(
        self,
        object: &ObjectView<'c>,
        pairs: &[Ref],
        visitor: Taker<'_, 'de>,
    ) -> Result<()> {
        let mut fields = pairs.to_vec();
        fields.extend(self.own_attributes(object));
        visitor.visit_pairs(self, &fields)
    }

    /// An instance of a class picks the variant of that class; a Python Enum's member is its value, as variant text.
    pub(super) fn object_enum(
        self,
        object: &ObjectView<'c>,
        variants: &'static [&'static str],
        visitor: Taker<'_, 'de>,
    ) -> Result<()> {
        let depth = self.deeper()?;
        self.charge_states(object)?;
        if let Some(global) = self.cx.store.global_of(self.cx.input, object.class)
            && let Some(variant) = super::class::variant_of(variants, &global)
        {
            let access = EnumAccess::of_class(variant, NodeDeserializer { depth, ..self });
            return self.in_place(object, visitor.visit_enum(access));
        }
        if let Some(known) = self.known(object) {
            return self.enum_known(object, known, variants, visitor);
        }
        match self.scalar(object) {
            Some(value) => {
                let value = self.instead(value)?;
                self.in_place(object, value.answer(Hint::Enum("", variants), visitor))
            }
            // getattr(Class, 'MEMBER'): by name, as Python 3.11.0 to 3.11.4 wrote them.
            None => match *object.args {
                [_, name] if self.is_getattr(object) => match self.cx.store.leaf(self.cx.input, name) {
                    Some(Leaf::Str(name)) => {
                        let name = String::from_utf8_lossy(&name).into_owned();
                        self.in_place(object, visitor.visit_enum(EnumAccess::text(name)))
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
