//! What Python would do to load a pickle: what it would import and call, with what.

use std::fmt::{self, Write as _};

use super::dangerous;
use crate::{
    error::Error,
    graph::{How, Kind, Leaf, Ref, Store},
    lazy::GlobalUse,
    machine::{self, Scratch},
    op::long,
    repr,
    value::Global,
};

/// What Python would import and call to load a pickle, in the order of the stream. Nothing is imported or called here.
///
/// If the pickle is broken, the report holds what Python would have done before it noticed.
///
/// ```
/// use serde_pickle::tools::{Danger, TrustReport};
///
/// let report = TrustReport::of(b"cposix\nsystem\n(S'ls'\ntR!");
/// let call = &report.actions[1];
/// assert_eq!(call.to_string(), "calls posix.system('ls') at byte 22: known dangerous, runs commands");
/// assert_eq!(call.danger, Danger::KnownDangerous("runs commands"));
/// assert_eq!(report.error.map(|error| error.to_string()).as_deref(), Some("unknown opcode 0x21 at byte 23"));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct TrustReport {
    /// What would be done, one after the other.
    pub actions: Vec<Action>,
    /// What is wrong with the pickle, if something is: nothing after it would be done.
    pub error: Option<Error>,
}

/// Something that Python would do.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Action {
    /// The byte offset of the opcode that does it.
    pub offset: u64,
    /// What it is.
    pub what: What,
    /// What is imported or called; attributes of globals by `getattr` are resolved. `None` if what is called is itself the result
    /// of a call.
    pub global: Option<Global>,
    /// What it is called with, as Python's repr, the beginning of it.
    pub args: String,
    /// Whether state or items are given to the result, which calls its methods.
    pub then_changed: bool,
    /// What is known of the global.
    pub danger: Danger,
}

/// What Python would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum What {
    /// Imports a module, and takes the global out of it.
    Import,
    /// Calls (REDUCE).
    Call,
    /// Makes an instance (NEWOBJ, NEWOBJ_EX, INST, OBJ).
    New,
}

/// What is known of a global. That nothing is known does not mean that it does no harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Danger {
    /// It is known to be dangerous: what it does.
    KnownDangerous(&'static str),
    /// Nothing is known of it.
    Unknown,
}

impl TrustReport {
    /// Of the pickle at the start of a slice. What follows its STOP is not looked at.
    pub fn of(pickle: &[u8]) -> TrustReport {
        TrustReport::with(&crate::DeOptions::new(), pickle)
    }

    /// With what the options say of extension codes.
    pub(crate) fn with(options: &crate::DeOptions<'_>, pickle: &[u8]) -> TrustReport {
        let mut store: Store = options.store();
        let (end, result) = machine::run(pickle, 0, &mut store, &mut Scratch::default(), options.settings());
        let input = &pickle[..end.min(pickle.len())];
        let mut actions: Vec<Action> = crate::lazy::globals_of(&store, input).into_iter().map(import).collect();
        for composite in store.composites.iter().filter(|composite| composite.kind == Kind::Object) {
            let what = match composite.how() {
                How::Reduce => What::Call,
                How::New | How::Instance => What::New,
                How::Promoted => continue,
            };
            let &[class, args, state] = store.slice(composite.first, 3) else { continue };
            let global = store.global_of(input, class).map(|global| Global::new(global.module, global.name));
            let mut text = String::new();
            list(&store, input, store.tuple_items(args), &mut text);
            actions.push(Action {
                offset: composite.offset() as u64,
                what,
                danger: Danger::of(global.as_ref()),
                global,
                args: text,
                then_changed: !state.is_empty() || composite.len != 0,
            });
        }
        // INST imports before it makes an instance.
        actions.sort_by_key(|action| (action.offset, action.what != What::Import));
        TrustReport { actions, error: result.err() }
    }

    /// Whether something in it is known to be dangerous. That nothing is says little: most of what does harm is not known.
    pub fn has_known_dangers(&self) -> bool {
        self.actions.iter().any(|action| action.danger != Danger::Unknown)
    }
}

impl Danger {
    fn of(global: Option<&Global>) -> Danger {
        match global.and_then(dangerous::known) {
            Some(what) => Danger::KnownDangerous(what),
            None => Danger::Unknown,
        }
    }

    /// What is known of a global.
    pub fn of_global(global: &Global) -> Danger {
        Danger::of(Some(global))
    }
}

fn import(found: GlobalUse) -> Action {
    let global = Global::new(found.module, found.name);
    let danger = Danger::of(Some(&global));
    let (args, then_changed) = (String::new(), false);
    Action { offset: found.offset, what: What::Import, global: Some(global), args, then_changed, danger }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.global.as_ref().map_or_else(|| "the result of a call".to_owned(), Global::to_string);
        match self.what {
            What::Import => write!(f, "imports {name}")?,
            What::Call => write!(f, "calls {name}({})", self.args)?,
            What::New => write!(f, "makes an instance of {name}({})", self.args)?,
        }
        write!(f, " at byte {}: {}", self.offset, self.danger)
    }
}

impl fmt::Display for Danger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Danger::KnownDangerous(what) => write!(f, "known dangerous, {what}"),
            Danger::Unknown => f.write_str("unknown"),
        }
    }
}

/// A line for each action, and one for the error.
impl fmt::Display for TrustReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.actions.iter().try_for_each(|action| writeln!(f, "{action}"))?;
        match &self.error {
            Some(error) => writeln!(f, "then fails: {error}"),
            None => Ok(()),
        }
    }
}

/// Of texts and bytes so many characters are shown, of tuples and the like so many items.
const SHOWN: usize = 200;
const ITEMS: usize = 8;

fn list(store: &Store, input: &[u8], values: &[Ref], out: &mut String) {
    for (at, &value) in values.iter().enumerate() {
        if at > 0 {
            out.push_str(", ");
        }
        if at == ITEMS {
            out.push('…');
            break;
        }
        brief(store, input, value, out);
    }
}

/// A scalar as Python's repr; of what holds values, no more than what it is.
fn brief(store: &Store, input: &[u8], value: Ref, out: &mut String) {
    let value = store.current(value);
    if !value.is_composite() && Leaf::is_long_line(input, value.offset(), 4 * SHOWN) {
        out.push('…');
        return;
    }
    // Writing to a String does not fail.
    let _ = match store.leaf(input, value) {
        Some(Leaf::None) => out.write_str("None"),
        Some(Leaf::Bool(bool)) => out.write_str(if bool { "True" } else { "False" }),
        Some(Leaf::Int(int)) => write!(out, "{int}"),
        Some(Leaf::Long(bytes)) if bytes.len() <= SHOWN => out.write_str(&long::to_text(&bytes)),
        Some(Leaf::Long(bytes)) => write!(out, "<int of {} bits>", bytes.len() * 8),
        Some(Leaf::Float(float)) => repr::float(float, out),
        Some(Leaf::Str(text) | Leaf::Py2Str(text)) => {
            let text = String::from_utf8_lossy(&text[..text.len().min(4 * SHOWN)]);
            match text.char_indices().nth(SHOWN) {
                Some((end, _)) => repr::str(&text[..end], out).and_then(|()| out.write_str("…")),
                None => repr::str(&text, out),
            }
        }
        Some(Leaf::Bytes(bytes)) => {
            let more = if bytes.len() > SHOWN { "…" } else { "" };
            repr::bytes(&bytes[..bytes.len().min(SHOWN)], out).and_then(|()| out.write_str(more))
        }
        Some(Leaf::EmptyTuple) => out.write_str("()"),
        _ => match store.global_of(input, value) {
            Some(global) => write!(out, "{global}"),
            None => write!(out, "<{}>", kind_name(store, value)),
        },
    };
}

fn kind_name(store: &Store, value: Ref) -> &'static str {
    if !value.is_composite() {
        return "value";
    }
    match store.composite(value).kind {
        Kind::List | Kind::Row => "list",
        Kind::Tuple => "tuple",
        Kind::Dict => "dict",
        Kind::Set => "set",
        Kind::FrozenSet => "frozenset",
        Kind::ByteArray => "bytearray",
        Kind::Object => "object",
        Kind::PersistentId => "persistent id",
        Kind::Buffer | Kind::ReadonlyView => "buffer",
        Kind::Raw => "raw array",
        Kind::Global | Kind::FarLeaf => "value",
    }
}
