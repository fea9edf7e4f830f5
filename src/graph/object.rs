//! What a value of the graph means: plain values that were written as calls are plain values again.

use std::{borrow::Cow, fmt, ops::Range};

use super::{Composite, How, Kind, Leaf, Ref, Side, Store, compat, flags};
use crate::{value::Global, work};

/// A value, as it means to those who read it.
#[derive(Debug, Clone)]
pub(crate) enum View<'g> {
    Leaf(Leaf<'g>),
    List(&'g [Ref]),
    Tuple(&'g [Ref]),
    /// Key, value, key, value; repeated keys still stand there.
    Dict(&'g [Ref]),
    Set(&'g [Ref]),
    FrozenSet(&'g [Ref]),
    Bytes(Cow<'g, [u8]>),
    ByteArray(Cow<'g, [u8]>),
    Global(GlobalName<'g>),
    Object(ObjectView<'g>),
    /// By BINPERSID; the id.
    PersistentId(Ref),
    /// The number of an out-of-band buffer.
    Buffer(u32),
    /// A read-only view of a bytearray or buffer.
    Readonly(Ref),
}

/// Module and name of a global, as the stream spells them.
type Spelling<'g> = (Cow<'g, [u8]>, Cow<'g, [u8]>);

/// A global as Python 3 names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GlobalName<'g> {
    pub(crate) module: Cow<'g, str>,
    pub(crate) name: Cow<'g, str>,
}

impl GlobalName<'_> {
    pub(crate) fn is(&self, module: &str, name: &str) -> bool {
        self.name == name && self.module == module
    }

    /// Whether it is the missing value of pandas, which it pickles by name.
    pub(crate) fn is_missing(&self) -> bool {
        self.name == "NA" && matches!(&*self.module, "pandas" | "pandas._libs.missing")
    }
}

impl fmt::Display for GlobalName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.module, self.name)
    }
}

/// A builtin base whose value an instance takes in a way of its own: the items of a list and a dict are set, those of a tuple are
/// mostly the arguments of a named tuple.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Builtin {
    List,
    Dict,
    Tuple,
}

impl Builtin {
    fn of(base: &str) -> Option<Builtin> {
        match base {
            "list" => Some(Builtin::List),
            "dict" => Some(Builtin::Dict),
            "tuple" => Some(Builtin::Tuple),
            _ => None,
        }
    }
}

/// An object: what made it, and what was done to it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ObjectView<'g> {
    pub(crate) how: How,
    /// The class or callable.
    pub(crate) class: Ref,
    pub(crate) args: &'g [Ref],
    /// A dict, if there are keyword arguments; else empty.
    pub(crate) kwargs: Ref,
    /// What `copyreg._reconstructor` made it of: its base, if that takes its value in a way of its own,
    pub(crate) base: Option<Builtin>,
    /// the value,
    pub(crate) remade: Option<&'g Ref>,
    /// and whether what is in it, a list or dict, is what is in the object.
    pub(crate) is_copied: bool,
    pub(crate) state: Option<Ref>,
    pub(crate) side: Option<&'g Side>,
}

impl<'g> ObjectView<'g> {
    /// With what it was made of as its argument, as the stream has it, and not as what other protocols have for it.
    pub(crate) fn as_made(self) -> ObjectView<'g> {
        match self.remade {
            Some(value) => ObjectView { args: std::slice::from_ref(value), is_copied: false, ..self },
            None => self,
        }
    }

    /// A list or dict that it was made of, whose content is its own.
    pub(crate) fn copied(&self) -> Option<Ref> {
        self.remade.copied().filter(|_| self.is_copied)
    }
}

impl Store {
    /// What `node` means.
    pub(crate) fn view<'g>(&'g self, input: &'g [u8], node: Ref) -> View<'g> {
        work::steps(|| 1);
        let node = self.current(node);
        if !node.is_composite() {
            return self.view_leaf(input, node.offset());
        }
        let composite = self.composite(node);
        match composite.kind {
            Kind::List => View::List(self.children(composite)),
            Kind::Row => View::List(self.unfolded(input, composite)),
            Kind::Tuple => View::Tuple(self.children(composite)),
            Kind::Dict => View::Dict(self.children(composite)),
            Kind::Set => View::Set(self.children(composite)),
            Kind::FrozenSet => View::FrozenSet(self.children(composite)),
            Kind::ByteArray => View::ByteArray(Cow::Borrowed(self.bytearray(input, composite))),
            Kind::FarLeaf => self.view_leaf(input, composite.offset()),
            Kind::Raw => View::Bytes(Cow::Borrowed(input.get(self.raw_range(composite)).unwrap_or_default())),
            Kind::PersistentId => View::PersistentId(Ref::from_bits(composite.first)),
            Kind::Buffer => View::Buffer(composite.first),
            Kind::ReadonlyView => View::Readonly(Ref::from_bits(composite.first)),
            Kind::Global => {
                let module = self.str_leaf(input, Ref::from_bits(composite.first));
                let name = self.str_leaf(input, Ref::from_bits(composite.len));
                View::Global(self.global_name(composite.offset(), module, name))
            }
            Kind::Object => self.view_object(input, composite),
        }
    }

    /// What the class of an object means that is a name which was given state itself: just the name.
    pub(crate) fn view_itself<'g>(&'g self, input: &'g [u8], class: Ref) -> View<'g> {
        if class.is_composite() { self.view(input, class) } else { self.view_leaf(input, class.offset()) }
    }

    /// What `node` is, as it stands in the stream: calls that mean plain values are calls.
    pub(crate) fn view_as_is<'g>(&'g self, input: &'g [u8], node: Ref) -> View<'g> {
        let node = self.current(node);
        if node.is_composite()
            && let composite = self.composite(node)
            && composite.kind == Kind::Object
            && let Some(object) = self.object_as_is(composite)
        {
            return View::Object(object);
        }
        self.view(input, node)
    }

    /// The texts that name a global, if it is one by STACK_GLOBAL.
    pub(crate) fn names(&self, node: Ref) -> Option<[Ref; 2]> {
        let composite = node.is_composite().then(|| self.composite(node))?;
        (composite.kind == Kind::Global).then(|| [Ref::from_bits(composite.first), Ref::from_bits(composite.len)])
    }

    /// Module and name of a global, as the stream spells them.
    pub(crate) fn spelled<'g>(&self, input: &'g [u8], node: Ref) -> Option<Spelling<'g>> {
        if node.is_composite() && self.composite(node).kind == Kind::Global {
            let composite = self.composite(node);
            let module = self.str_leaf(input, Ref::from_bits(composite.first));
            return Some((module, self.str_leaf(input, Ref::from_bits(composite.len))));
        }
        match Leaf::read(input, self.offset(node))? {
            Leaf::Global(module, name) => Some((Cow::Borrowed(module), Cow::Borrowed(name))),
            _ => None,
        }
    }

    /// Where the content of a value stands in the input, if it stands there: bytes, a bytearray that was not changed, a str.
    pub(crate) fn payload(&self, input: &[u8], node: Ref) -> Option<Range<usize>> {
        let node = self.current(node);
        if node.is_composite() {
            let composite = self.composite(node);
            return match composite.kind {
                Kind::FarLeaf => Leaf::payload_range(input, composite.offset()),
                Kind::Raw => Some(self.raw_range(composite)),
                Kind::ByteArray if !composite.is(flags::OWNED) => Leaf::payload_range(input, composite.offset()),
                Kind::ReadonlyView => match Ref::from_bits(composite.first) {
                    inner if inner.is_composite() && self.composite(inner).kind == Kind::ByteArray => {
                        self.payload(input, inner)
                    }
                    _ => None,
                },
                _ => None,
            };
        }
        Leaf::payload_range(input, node.offset())
    }

    fn view_leaf<'g>(&'g self, input: &'g [u8], offset: usize) -> View<'g> {
        match Leaf::read(input, offset) {
            Some(Leaf::Extension(code)) => match self.extensions.as_ref().and_then(|known| known.get(&code)) {
                Some(Global { module, name }) => View::Global(GlobalName { module: module.into(), name: name.into() }),
                None => View::Leaf(Leaf::Extension(code)),
            },
            Some(Leaf::Global(module, name)) => {
                View::Global(self.global_name(offset, Cow::Borrowed(module), Cow::Borrowed(name)))
            }
            Some(Leaf::Bytes(bytes)) => View::Bytes(Cow::Borrowed(bytes)),
            Some(leaf) => View::Leaf(leaf),
            // The machine makes references to values only.
            None => View::Leaf(Leaf::None),
        }
    }

    /// The global that GLOBAL, INST or an extension code at that offset stands for.
    pub(crate) fn global_at<'g>(&'g self, input: &'g [u8], offset: usize) -> Option<GlobalName<'g>> {
        match self.view_leaf(input, offset) {
            View::Global(global) => Some(global),
            _ => None,
        }
    }

    /// The text of a str leaf, whatever its content.
    fn str_leaf<'g>(&self, input: &'g [u8], node: Ref) -> Cow<'g, [u8]> {
        match Leaf::read(input, self.offset(node)) {
            Some(Leaf::Str(text) | Leaf::Py2Str(text)) => text,
            _ => Cow::Borrowed(b""),
        }
    }

    /// Module and name as Python 3 has them. Below protocol 3 they are Python 2's, as in CPython (`fix_imports`).
    fn global_name<'g>(&self, offset: usize, module: Cow<'g, [u8]>, name: Cow<'g, [u8]>) -> GlobalName<'g> {
        let (module, name) = (text(module), text(name));
        if self.is_python2(offset) { compat::python3_name(module, name) } else { GlobalName { module, name } }
    }

    /// The class or callable of an object, if it is just a global, or an attribute of one.
    ///
    /// What other calls mean is not asked: they have callables themselves, and so on, as deep as the pickle likes.
    pub(crate) fn global_of<'g>(&'g self, input: &'g [u8], node: Ref) -> Option<GlobalName<'g>> {
        let node = self.current(node);
        let view = match node.is_composite().then(|| self.composite(node)) {
            Some(composite) if composite.kind == Kind::Object => {
                let object = self.object_as_is(composite)?;
                let [parent, name] = *object.args else { return None };
                if composite.is(flags::CHANGED) || !self.is_getattr(input, &object) {
                    return None;
                }
                self.attribute(input, parent, name)?
            }
            _ => self.view(input, node),
        };
        match view {
            View::Global(global) => Some(global),
            _ => None,
        }
    }

    /// The keyword arguments of an object: name, value, name, value.
    pub(crate) fn kwargs<'g>(&'g self, object: &ObjectView<'g>) -> &'g [Ref] {
        // The machine has seen that it is a dict.
        if object.kwargs.is_empty() { &[] } else { self.children(self.composite(object.kwargs)) }
    }

    /// Whether an object is `getattr(…)`, and nothing was done to it.
    fn is_getattr(&self, input: &[u8], object: &ObjectView<'_>) -> bool {
        // A name that was given state itself is no name any more, and after a change may be any object.
        let callable = self.current(object.class);
        object.how == How::Reduce
            && object.state.is_none()
            && object.side.is_none()
            && (!callable.is_composite() || matches!(self.composite(callable).kind, Kind::Global | Kind::FarLeaf))
            && matches!(self.view(input, callable), View::Global(global) if global.is("builtins", "getattr"))
    }

    fn object_as_is<'g>(&'g self, composite: &'g Composite) -> Option<ObjectView<'g>> {
        let [class, args, state] = *self.slice(composite.first, 3) else { return None };
        let side = self.side(composite);
        Some(ObjectView {
            how: composite.how(),
            class,
            args: if args.is_empty() { &[] } else { self.tuple_items(args) },
            kwargs: side.map_or(Ref::EMPTY, |side| side.kwargs),
            base: None,
            remade: None,
            is_copied: false,
            state: (!state.is_empty()).then_some(state),
            side,
        })
    }

    fn view_object<'g>(&'g self, input: &'g [u8], composite: &'g Composite) -> View<'g> {
        let Some(object) = self.object_as_is(composite) else { return View::Leaf(Leaf::None) };
        if object.how == How::Reduce
            && !composite.is(flags::CHANGED)
            && let Some(view) = self.plain(input, &object)
        {
            return view;
        }
        View::Object(object)
    }

    /// What `functools.partial(callable, *args, **kwargs)()` calls, and how: for those who want the object and not its making. No
    /// opcode calls by keyword, so this is how it is written.
    pub(crate) fn called_directly<'g>(&'g self, input: &'g [u8], object: ObjectView<'g>) -> ObjectView<'g> {
        if object.how == How::Reduce && object.class.is_composite() && object.kwargs.is_empty() {
            self.partial(input, &object).unwrap_or(object)
        } else {
            object
        }
    }

    fn partial<'g>(&'g self, input: &'g [u8], object: &ObjectView<'g>) -> Option<ObjectView<'g>> {
        let composite = self.composite(object.class);
        if composite.kind != Kind::Object || composite.how() != How::Reduce || composite.is(flags::CHANGED) {
            return None;
        }
        let partial = self.object_as_is(composite)?;
        let state = partial.state.filter(|_| partial.side.is_none())?;
        if !self.global_of(input, partial.class)?.is("functools", "partial") {
            return None;
        }
        let &[class, args, kwargs, _] = self.tuple_items(state) else { return None };
        let args = match (self.tuple_items(args), object.args) {
            (args, []) | ([], args) => args,
            _ => return None,
        };
        let kwargs_are_dict = kwargs.is_composite() && self.composite(kwargs).kind == Kind::Dict;
        (kwargs_are_dict && self.is_callable(input, class)).then_some(ObjectView { class, args, kwargs, ..*object })
    }

    /// The items of an argument tuple. The empty tuple is a leaf.
    pub(crate) fn tuple_items(&self, tuple: Ref) -> &[Ref] {
        if tuple.is_composite() && !tuple.is_empty() && self.composite(tuple).kind == Kind::Tuple {
            self.children(self.composite(tuple))
        } else {
            &[]
        }
    }

    /// The plain value, global or instance that a call stands for below protocol 4.
    fn plain<'g>(&'g self, input: &'g [u8], object: &ObjectView<'g>) -> Option<View<'g>> {
        let callable = self.current(object.class);
        // The callable of a call that stands for something is a global: by far most are not worth a look at their names.
        if callable.is_composite() && !matches!(self.composite(callable).kind, Kind::Global | Kind::FarLeaf) {
            return None;
        }
        let global = self.global_of(input, callable)?;
        let untouched = object.state.is_none() && object.side.is_none();
        match (&*global.module, &*global.name, object.args) {
            ("builtins", "set", &[]) if untouched => Some(View::Set(&[])),
            ("builtins", "frozenset", &[]) if untouched => Some(View::FrozenSet(&[])),
            ("builtins", "set", &[items]) if untouched => Some(View::Set(self.settled_items(input, items)?)),
            ("builtins", "frozenset", &[items]) if untouched => {
                Some(View::FrozenSet(self.settled_items(input, items)?))
            }
            ("builtins", "bytes", &[]) if untouched => Some(View::Bytes(Cow::Borrowed(b""))),
            ("builtins", "bytearray", &[]) if untouched => Some(View::ByteArray(Cow::Borrowed(b""))),
            ("builtins", "bytearray", &[bytes]) if untouched => Some(View::ByteArray(self.plain_bytes(input, bytes)?)),
            ("builtins", "bytearray", &[text, encoding]) if untouched => {
                Some(View::ByteArray(self.encoded(input, text, encoding)?))
            }
            ("_codecs", "encode", &[text, encoding]) if untouched => {
                Some(View::Bytes(self.encoded(input, text, encoding)?))
            }
            ("builtins", "getattr", &[parent, name]) if untouched => self.attribute(input, parent, name),
            ("copyreg", "_reconstructor", &[class, base, ref state @ ..])
                if state.len() == 1 && self.is_callable(input, class) =>
            {
                self.global_of(input, base)?;
                let of_base = self.reconstructed(input, base, state, object);
                Some(View::Object(ObjectView { how: How::New, class, ..of_base }))
            }
            ("copyreg", "__newobj__", &[class, ref args @ ..]) if self.is_callable(input, class) => {
                Some(View::Object(ObjectView { how: How::New, class, args, ..*object }))
            }
            ("copyreg", "__newobj_ex__", &[class, args, kwargs])
                if self.is_settled_dict(kwargs) && self.is_tuple(input, args) =>
            {
                let args = self.tuple_items(args);
                Some(View::Object(ObjectView { how: How::New, class, args, kwargs, ..*object }))
            }
            _ => None,
        }
    }

    fn is_settled_dict(&self, node: Ref) -> bool {
        node.is_composite() && {
            let composite = self.composite(node);
            composite.kind == Kind::Dict && !composite.is(flags::CHANGED)
        }
    }

    pub(crate) fn is_tuple(&self, input: &[u8], node: Ref) -> bool {
        node.is_composite() && self.composite(node).kind == Kind::Tuple
            || matches!(self.leaf(input, node), Some(Leaf::EmptyTuple))
    }

    /// What an instance is made of that is written with the value of its base: what protocol 2 has for it.
    fn reconstructed<'g>(
        &'g self,
        input: &'g [u8],
        base: Ref,
        state: &'g [Ref],
        object: &ObjectView<'g>,
    ) -> ObjectView<'g> {
        let base = self.global_of(input, base).filter(|base| base.module == "builtins");
        let builtin = base.as_ref().and_then(|base| Builtin::of(&base.name));
        let object = &ObjectView { base: builtin, remade: builtin.and(state.first()), ..*object };
        let value = state.first().copied().unwrap_or(Ref::EMPTY);
        let kind = (value.is_composite() && !value.is_empty()).then(|| self.composite(value).kind);
        let settled = kind.is_some() && !self.composite(value).is(flags::CHANGED);
        let untouched = object.side.is_none_or(|side| side.items.len == 0 && side.pairs.len == 0);
        match (base.as_ref().map(|base| &*base.name), kind) {
            (Some("object"), _) => ObjectView { args: &[], ..*object },
            (Some("list"), Some(Kind::List)) | (Some("dict"), Some(Kind::Dict)) if settled && untouched => {
                ObjectView { args: &[], is_copied: true, ..*object }
            }
            // By far most are named tuples, which take their items one by one.
            (Some("tuple"), Some(Kind::Tuple)) => ObjectView { args: self.tuple_items(value), ..*object },
            (Some("tuple"), _) => ObjectView { args: &[], ..*object },
            _ => ObjectView { args: state, ..*object },
        }
    }

    /// What an object was given by APPEND and APPENDS, or its base.
    pub(crate) fn items<'g>(&'g self, object: &ObjectView<'g>) -> &'g [Ref] {
        match object.copied().map(|copied| self.composite(copied)) {
            Some(copied) if copied.kind == Kind::List => self.children(copied),
            _ => object.side.map_or(&[], |side| self.run(side.items)),
        }
    }

    /// What an object was given by SETITEM and SETITEMS, or its base: key, value, key, value.
    pub(crate) fn pairs<'g>(&'g self, object: &ObjectView<'g>) -> &'g [Ref] {
        match object.copied().map(|copied| self.composite(copied)) {
            Some(copied) if copied.kind == Kind::Dict => self.children(copied),
            _ => object.side.map_or(&[], |side| self.run(side.pairs)),
        }
    }

    /// What a call is made of that may mean a plain value, if that is large: a list, a tuple or a text.
    pub(crate) fn source(&self, input: &[u8], call: Ref) -> Option<Ref> {
        let mut call = call;
        // A bytearray is made of bytes, which are made of a text.
        for _ in 0..3 {
            let node = self.current(call);
            if !node.is_composite() || node.is_empty() {
                return None;
            }
            let composite = self.composite(node);
            if composite.kind != Kind::Object || composite.how() != How::Reduce || composite.len != 0 {
                return None;
            }
            let args = self.tuple_items(self.slice(composite.first, 3)[1]);
            if args.len() > 3 {
                return None;
            }
            let is_large = |arg: &&Ref| {
                let arg = self.current(**arg);
                match arg.is_composite() {
                    true => {
                        let composite = self.composite(arg);
                        matches!(composite.kind, Kind::List | Kind::Tuple | Kind::Dict) && composite.len > LARGE_RUN
                    }
                    false => Leaf::weight(input, arg.offset()) > LARGE_TEXT,
                }
            };
            if let Some(&large) = args.iter().find(is_large) {
                return Some(large);
            }
            call = *args.first()?;
        }
        None
    }

    /// The items of a list or tuple that did not change since it was an argument.
    fn settled_items(&self, input: &[u8], node: Ref) -> Option<&[Ref]> {
        if !node.is_composite() {
            return matches!(self.leaf(input, node), Some(Leaf::EmptyTuple)).then_some(&[]);
        }
        let composite = self.composite(node);
        (matches!(composite.kind, Kind::List | Kind::Tuple) && !composite.is(flags::CHANGED))
            .then(|| self.children(composite))
    }

    /// Bytes as a leaf, or as the call that stands for them below protocol 3.
    fn plain_bytes<'g>(&'g self, input: &'g [u8], node: Ref) -> Option<Cow<'g, [u8]>> {
        let node = self.current(node);
        if let Some(leaf) = self.leaf(input, node) {
            return match leaf {
                Leaf::Bytes(bytes) => Some(Cow::Borrowed(bytes)),
                _ => None,
            };
        }
        let composite = self.composite(node);
        if composite.kind != Kind::Object || composite.how() != How::Reduce || composite.len != 0 {
            return None;
        }
        let [callable, args, state] = *self.slice(composite.first, 3) else { return None };
        if !state.is_empty() || callable.is_composite() && self.composite(callable).kind != Kind::Global {
            return None;
        }
        let global = self.global_of(input, callable)?;
        match *self.tuple_items(args) {
            [] if global.is("builtins", "bytes") => Some(Cow::Borrowed(b"")),
            [text, encoding] if global.is("_codecs", "encode") => self.encoded(input, text, encoding),
            _ => None,
        }
    }

    /// `text.encode('latin-1')`, the way of bytes below protocol 3.
    fn encoded<'g>(&'g self, input: &'g [u8], text: Ref, encoding: Ref) -> Option<Cow<'g, [u8]>> {
        let Leaf::Str(text) = self.leaf(input, text)? else { return None };
        let encoding = match self.leaf(input, encoding)? {
            Leaf::Str(encoding) => encoding,
            Leaf::Py2Str(encoding) if !self.py2_bytes => encoding,
            _ => return None,
        };
        if !matches!(&*encoding, b"latin1" | b"latin-1") {
            return None;
        }
        work::steps(|| text.len());
        if text.is_ascii() {
            return Some(text);
        }
        let text = std::str::from_utf8(&text).ok()?;
        let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(c).ok()).collect();
        Some(Cow::Owned(bytes?))
    }

    /// `getattr(Outer, 'Inner')`, the way of nested classes below protocol 4. One step only: the parent is a global itself,
    /// or such a call, and chains of them are short or not looked at.
    fn attribute<'g>(&'g self, input: &'g [u8], parent: Ref, name: Ref) -> Option<View<'g>> {
        let mut names = vec![name];
        let mut parent = parent;
        let root = loop {
            let parent_now = self.current(parent);
            let composite = parent_now.is_composite().then(|| self.composite(parent_now));
            match composite {
                Some(composite) if composite.kind == Kind::Object => {
                    let [callable, args, state] = *self.slice(composite.first, 3) else { return None };
                    let args = if args.is_empty() { &[] } else { self.tuple_items(args) };
                    let &[next, name] = args else { return None };
                    if names.len() == MAX_NESTING || !state.is_empty() || composite.len != 0 {
                        return None;
                    }
                    let direct = !callable.is_composite() || self.composite(callable).kind == Kind::Global;
                    if !direct || !self.global_of(input, callable)?.is("builtins", "getattr") {
                        return None;
                    }
                    names.push(name);
                    parent = next;
                }
                _ => break self.global_of(input, parent)?,
            }
        };
        let mut dotted = root.name.into_owned();
        for name in names.into_iter().rev() {
            let (Leaf::Str(name) | Leaf::Py2Str(name)) = self.leaf(input, name)? else { return None };
            dotted.push('.');
            dotted.push_str(std::str::from_utf8(&name).ok()?);
        }
        Some(View::Global(GlobalName { module: root.module, name: Cow::Owned(dotted) }))
    }

    /// The leaf that a node is, if it is one and was not made an object.
    pub(crate) fn leaf<'g>(&self, input: &'g [u8], node: Ref) -> Option<Leaf<'g>> {
        let node = self.current(node);
        if node.is_composite() && self.composite(node).kind != Kind::FarLeaf {
            return None;
        }
        Leaf::read(input, self.offset(node))
    }
}

/// What is larger is not made anew for each of many calls.
const LARGE_RUN: u32 = 16;
const LARGE_TEXT: u64 = 64;

/// How deep classes are nested in classes, at most, for their call of `getattr` to be read as a name.
const MAX_NESTING: usize = 16;

fn text(bytes: Cow<'_, [u8]>) -> Cow<'_, str> {
    match bytes {
        Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
        Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
    }
}
