//! Objects of a graph, step by step.

use serde::ser::SerializeMap;

use super::write::{Fill, GraphWriter, Todo};
use crate::{
    Memo, Protocol,
    graph::{GlobalName, How as GraphHow, Kind, Leaf, ObjectView, Ref, View},
    machine::is_wrapper,
    ser::{
        call::{Base, Call, How, Parts},
        steps::{Step, Writer},
    },
    value::handoff::Target,
};

impl<'g> GraphWriter<'g> {
    /// What writes the tuple of an object's arguments as it is: because it stands elsewhere, too, or the stream tells how.
    fn whole_args(&self, node: Ref, object: &ObjectView<'g>) -> Option<Todo<'g>> {
        if !node.is_composite() || self.store.composite(node).kind != Kind::Object {
            return None;
        }
        let args = self.store.args(node);
        if args.is_empty() || !std::ptr::eq(self.store.tuple_items(args), object.args) {
            return None;
        }
        if self.shared.stands_twice(args) || self.is_as_is(node) && !args.is_composite() {
            return Some(Todo::Node(args));
        }
        self.is_as_is(node).then(|| Todo::Args(args, self.is_set(object.class)))
    }

    fn is_set(&self, class: Ref) -> bool {
        let global = self.store.global_of(self.input, class);
        global.is_some_and(|global| global.is("builtins", "set") || global.is("builtins", "frozenset"))
    }

    /// What an object is made of below protocol 2.
    fn base(&self, node: Ref, object: &ObjectView<'g>, target: Target) -> Base {
        if object.how == GraphHow::Instance && target.protocol == Protocol::V0 {
            let can =
                |class: GlobalName<'_>| !class.name.contains('.') && class.name.is_ascii() && class.module.is_ascii();
            let named = self.store.global_of(self.input, object.class).is_some_and(can);
            return if named { Base::Inst } else { Base::Object };
        }
        if object.how != GraphHow::New {
            return Base::Object;
        }
        let items = self.store.items(object).len();
        let pairs = self.store.pairs(object).len();
        // Of a list that holds itself, Python would make copies without end.
        let in_itself = items + pairs > 0 && self.shared.component(node) != 0;
        let keys = self.store.pairs(object).iter().step_by(2);
        let more = in_itself
            || object.side.is_some_and(|side| side.adds.len > 0)
            || !object.kwargs.is_empty()
            // No dict has such a key, whatever the object makes of it.
            || keys.copied().any(|key| self.is_unhashable(key));
        if target.memo == Memo::Python && !object.kwargs.is_empty() {
            // Python asks for arguments from protocol 2 on only.
            return Base::Object;
        }
        let parts = Parts { args: object.args.len(), items, pairs, more };
        Base::of(target, parts, || match self.store.view(self.input, *object.args.first()?) {
            View::Leaf(Leaf::Int(_) | Leaf::Long(_)) => Some(Base::Int),
            View::Leaf(Leaf::Str(_)) => Some(Base::Str),
            View::Leaf(Leaf::Float(_)) => Some(Base::Float),
            View::Bytes(_) => Some(Base::Bytes),
            View::Tuple(_) | View::Leaf(Leaf::EmptyTuple) => Some(Base::TupleItself),
            _ => None,
        })
    }

    /// Whether a value is a list, a dict, a set or a bytearray, or holds one; or is too large to tell.
    fn is_unhashable(&self, key: Ref) -> bool {
        const MOST: usize = 64;
        let mut open = vec![key];
        for _ in 0..MOST {
            let Some(node) = open.pop() else { return false };
            match self.store.view(self.input, node) {
                View::List(_) | View::Dict(_) | View::Set(_) | View::ByteArray(_) => return true,
                View::Tuple(items) if items.len() <= MOST => open.extend_from_slice(items),
                View::Tuple(_) => return true,
                View::Readonly(inner) => open.push(inner),
                _ => {}
            }
        }
        !open.is_empty()
    }

    /// As Python has it when it has loaded the stream: where that is another protocol than what is written.
    fn as_loaded(&self, node: Ref, mut object: ObjectView<'g>) -> ObjectView<'g> {
        if self.is_as_is(node) {
            return object;
        }
        // `functools.partial(cls.__new__, cls, *args, **kwargs)()`: NEWOBJ_EX below protocol 4.
        let direct = self.store.called_directly(self.input, object);
        if direct.class != object.class
            && let [class, args @ ..] = direct.args
            && self.is_new_of(direct.class, *class)
        {
            return ObjectView { how: GraphHow::New, class: *class, args, ..direct };
        }
        // An instance of Python 2, whose constructor is not called.
        if self.as_python && object.how == GraphHow::Instance && object.args.is_empty() {
            object.how = GraphHow::New;
        }
        object
    }

    /// Whether a callable is the `__new__` of that class, by the names of both: that of another module is another.
    fn is_new_of(&self, callable: Ref, class: Ref) -> bool {
        let names = (self.store.global_of(self.input, callable), self.store.global_of(self.input, class));
        let (Some(new), Some(class)) = names else { return false };
        new.module == class.module && new.name.strip_suffix(".__new__") == Some(&*class.name)
    }

    /// Whether joblib's wrapper would be read as one whose array is yet to come: its array, which stands before its state, is a dict.
    fn announces_array(&self, object: &ObjectView<'g>) -> bool {
        object.side.is_some_and(|side| side.states.len > 0)
            && object.state.is_some_and(|array| matches!(self.store.view(self.input, array), View::Dict(_)))
            && is_wrapper(self.store, self.input, object.class)
    }

    /// Whether a call's arguments still are a tuple.
    fn has_tuple_of_args(&self, node: Ref) -> bool {
        if !node.is_composite() || self.store.composite(node).kind != Kind::Object {
            return true;
        }
        let args = self.store.args(node);
        args.is_empty() || self.store.is_tuple(self.input, args)
    }

    /// Why an object cannot be written: a change may have put anything anywhere, and what a call gave may be plain data.
    fn unfit(&self, node: Ref, object: &ObjectView<'g>) -> Option<String> {
        let offset = self.store.offset(node);
        if !self.makes_objects(object.class) {
            return Some(format!("what makes the object of byte {offset} is not callable"));
        }
        if self.announces_array(object) {
            return Some(format!(
                "a dict stands in the place of joblib's array at byte {offset}: it would announce another"
            ));
        }
        if !self.store.edited {
            return None;
        }
        if object.how == GraphHow::Promoted && !self.store.is_named(self.input, object.class) {
            return Some(format!("what was given state at byte {offset} is no name any more"));
        }
        if !self.has_tuple_of_args(node) {
            return Some(format!("what the object of byte {offset} is made of is not a tuple"));
        }
        let effects = object.side.map_or(&[][..], |side| self.store.run(side.effects));
        let is_call = |&effect: &Ref| self.makes_objects(self.store.callable(effect)) && self.has_tuple_of_args(effect);
        (!effects.iter().all(is_call))
            .then(|| format!("what sets the state of the object of byte {offset} is no call any more"))
    }

    pub(super) fn object<M: SerializeMap>(
        &mut self,
        writer: &mut Writer<M>,
        node: Ref,
        object: ObjectView<'g>,
    ) -> Result<(), M::Error> {
        if let Some(message) = self.unfit(node, &object) {
            return Err(serde::ser::Error::custom(message));
        }
        let object = self.as_loaded(node, object);
        let how = match object.how {
            GraphHow::Reduce => How::Reduce,
            GraphHow::New => How::New,
            GraphHow::Instance => How::Instance,
            GraphHow::Promoted => How::Itself,
        };
        // Below protocol 4 it takes a call of three arguments to say that there are none.
        let says_none = writer.target.protocol < Protocol::V4 && self.store.kwargs(&object).is_empty();
        let kwargs = if says_none { Ref::EMPTY } else { object.kwargs };
        let object = ObjectView { kwargs, ..object };
        if self.as_python
            && !kwargs.is_empty()
            && (Protocol::V2..Protocol::V4).contains(&writer.target.protocol)
            && let Some(class) = self.store.global_of(self.input, object.class)
        {
            let new = (class.module.into_owned(), class.name.into_owned() + ".__new__");
            self.open::<M>(node)?;
            self.partial(node, object, new);
            return Ok(());
        }
        let base = self.base(node, &object, writer.target);
        let takes_none = writer.target.protocol < Protocol::V2 && !self.is_as_is(node);
        let dropped = self.as_python && how == How::New && takes_none && !kwargs.is_empty();
        let kwargs = if dropped { Ref::EMPTY } else { kwargs };
        let args = if dropped { &[] } else { object.args };
        let mut call = Call { how, base, has_kwargs: !kwargs.is_empty(), args_are_whole: false };
        let whole_args = self.whole_args(node, &object).filter(|_| call.takes_tuple(writer.target.protocol));
        call.args_are_whole = whole_args.is_some();
        self.open::<M>(node)?;
        writer.step(Step::Object, call.number())?;
        self.todo.push(Todo::Call(node, object));
        if how == How::Itself {
            self.todo.push(Todo::Itself(object.class));
            return Ok(());
        }
        if !kwargs.is_empty() {
            self.todo.extend([Todo::State(kwargs), Todo::Step(Step::Kwargs, 0)]);
        }
        match whole_args {
            Some(args) => self.todo.push(args),
            None => {
                let (run, number) = match base {
                    Base::List => (self.store.items(&object), self.store.items(&object).len()),
                    Base::Dict => (self.store.pairs(&object), self.store.pairs(&object).len() / 2),
                    _ => (args, args.len()),
                };
                self.todo.extend([Todo::Run(run.iter()), Todo::Step(Step::Args, number)]);
            }
        }
        if base == Base::Inst
            && let Some(class) = self.store.global_of(self.input, object.class)
        {
            return writer.global(Step::InstClass, &class.module, &class.name);
        }
        self.todo.push(Todo::Node(object.class));
        Ok(())
    }

    /// Whether it can be called, as it is written.
    fn makes_objects(&self, class: Ref) -> bool {
        let class = self.store.current(class);
        let is_name = !class.is_composite() || self.store.composite(class).kind == Kind::Global;
        if is_name && !self.store.edited {
            return true;
        }
        let is_callable = self.store.is_callable(self.input, class);
        let made = class.is_composite() && self.store.composite(class).kind == Kind::Object;
        is_callable && (!made || matches!(self.view_of(class), View::Object(_) | View::Global(_)))
    }

    /// `functools.partial(cls.__new__, cls, *args, **kwargs)()`: what Python makes of keyword arguments at protocols 2 and 3.
    fn partial(&mut self, node: Ref, object: ObjectView<'g>, (module, name): (String, String)) {
        let call = Call::REDUCE;
        let new = || Todo::Name(module.clone(), name.clone());
        let end = || Todo::Step(Step::End, 0);
        let first = self.todo.len();
        self.todo.extend([
            Todo::Step(Step::Object, call.number()),
            // The partial.
            Todo::Step(Step::Object, call.number()),
            Todo::Name("functools".to_owned(), "partial".to_owned()),
            Todo::Step(Step::Args, 1),
            new(),
            Todo::Step(Step::Call, 0),
            // Its state.
            Todo::Step(Step::Tuple, 4),
            new(),
            Todo::Step(Step::Tuple, 1 + object.args.len()),
            Todo::Node(object.class),
            Todo::Run(object.args.iter()),
            end(),
            Todo::State(object.kwargs),
            Todo::None,
            end(),
            Todo::Step(Step::Build, 0),
            Todo::Step(Step::ObjectEnd, 0),
            // It is called.
            Todo::Step(Step::Args, 0),
            Todo::Call(node, object),
        ]);
        self.todo[first..].reverse();
    }

    /// Makes the object of class and arguments, and gives it what it was given.
    pub(super) fn after_call<M: SerializeMap>(
        &mut self,
        writer: &mut Writer<M>,
        node: Ref,
        object: ObjectView<'g>,
    ) -> Result<(), M::Error> {
        if let Some(&number) = self.stored.get(&node) {
            writer.step(Step::CallAgain, number)?;
            writer.step(Step::ObjectEnd, 0)?;
            self.close(node, writer.target);
            return Ok(());
        }
        writer.step(Step::Call, 0)?;
        match self.stored.get(&object.class) {
            // The name that it was is the object.
            Some(&number) if object.how == GraphHow::Promoted => _ = self.stored.insert(node, number),
            _ => self.made(writer, node)?,
        }
        self.todo.push(Todo::Step(Step::ObjectEnd, 0));
        self.close(node, writer.target);
        if let Some(Fill::Object(node, object)) =
            self.knots.fill(self.shared.component(node), Fill::Object(node, object))
        {
            self.fill_object(node, &object, writer.target);
        }
        Ok(())
    }

    pub(super) fn fill_object(&mut self, node: Ref, object: &ObjectView<'g>, target: Target) {
        let first = self.todo.len();
        let (items, pairs) = match self.base(node, object, target) {
            // They are what it was made of.
            Base::List | Base::Dict => (&[][..], &[][..]),
            _ => (self.store.items(object), self.store.pairs(object)),
        };
        let added = object.side.map_or(&[][..], |side| self.store.run(side.adds));
        let todo = &mut self.todo;
        let mut given = |step, number: usize, run: &'g [Ref]| {
            if !run.is_empty() {
                todo.extend([Todo::Step(step, number), Todo::Run(run.iter()), Todo::Step(Step::End, 0)]);
            }
        };
        given(Step::Items, items.len(), items);
        given(Step::Added, added.len(), added);
        given(Step::Pairs, pairs.len() / 2, pairs);
        let later = object.side.map_or(&[][..], |side| self.store.run(side.states));
        for &state in object.state.iter().chain(later) {
            if !self.is_left_out(node, object, state, target) {
                self.todo.extend([Todo::State(state), Todo::Step(Step::Build, 0)]);
            }
        }
        for &effect in object.side.map_or(&[][..], |side| self.store.run(side.effects)) {
            let args = self.store.effect_args(effect);
            self.todo.extend([
                Todo::Node(self.store.callable(effect)),
                Todo::Step(Step::EffectArgs, args.len()),
                Todo::Fetch(node),
                Todo::Run(args.iter()),
                Todo::Step(Step::Effect, args.len()),
            ]);
        }
        self.todo[first..].reverse();
    }

    /// Python asks below protocol 2 whether a state is true.
    fn is_left_out(&self, node: Ref, object: &ObjectView<'g>, state: Ref, target: Target) -> bool {
        if !self.as_python || self.is_as_is(node) || object.how != GraphHow::New || target.protocol >= Protocol::V2 {
            return false;
        }
        match self.store.view(self.input, state) {
            View::Dict(run) | View::List(run) | View::Set(run) | View::FrozenSet(run) | View::Tuple(run) => {
                run.is_empty()
            }
            View::Leaf(leaf) => match leaf {
                Leaf::None | Leaf::Bool(false) | Leaf::Int(0) | Leaf::EmptyTuple => true,
                Leaf::Float(float) => float == 0.0,
                Leaf::Str(text) => text.is_empty(),
                _ => false,
            },
            View::Bytes(bytes) | View::ByteArray(bytes) => bytes.is_empty(),
            _ => false,
        }
    }

    /// A state, or keyword arguments: texts that name attributes are one each in Python.
    pub(super) fn state<M: SerializeMap>(&mut self, writer: &mut Writer<M>, node: Ref) -> Result<(), M::Error> {
        let interns = self.as_python && !self.is_as_is(node) && !self.stored.contains_key(&node);
        match self.view_of(node) {
            View::Dict(pairs) if interns => {
                let fill = Fill::Items(node, Step::Pairs, pairs);
                if self.knots.fill(self.shared.component(node), fill).is_none() {
                    writer.step(Step::Dict, 0)?;
                    self.made(writer, node)?;
                    return writer.step(Step::End, 0);
                }
                writer.step(Step::Attributes, pairs.len() / 2)?;
                self.made(writer, node)?;
                self.todo.extend([Todo::Step(Step::End, 0), Todo::Attributes(pairs.chunks_exact(2))]);
                Ok(())
            }
            View::Tuple(&[dict, slots]) if interns && self.is_slots(dict, slots) => {
                self.open::<M>(node)?;
                writer.step(Step::Tuple, 2)?;
                self.todo.extend([Todo::EndTuple(node), Todo::State(slots), Todo::State(dict)]);
                Ok(())
            }
            _ => self.node(writer, node),
        }
    }

    fn is_slots(&self, dict: Ref, slots: Ref) -> bool {
        let view = |node| self.store.view(self.input, node);
        matches!(view(dict), View::Dict(_) | View::Leaf(Leaf::None)) && matches!(view(slots), View::Dict(_))
    }

    /// The name of an attribute.
    pub(super) fn attribute<M: SerializeMap>(&mut self, writer: &mut Writer<M>, name: Ref) -> Result<(), M::Error> {
        if let View::Leaf(Leaf::Str(text)) = self.view_of(name)
            && let Ok(text) = std::str::from_utf8(&text)
        {
            return writer.leaf(text);
        }
        self.node(writer, self.store.current(name))
    }
}
