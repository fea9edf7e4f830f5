//! The way to a part of a graph, in the words of the errors: `users[3].email`.

use std::borrow::Cow;

use super::{Kind, Node};
use crate::{
    error::{Error, Result},
    path::{Path, Segment},
    value::{key::Key, literal},
};

impl<'g, 'de> Node<'g, 'de> {
    /// The part at a path such as `users[3].email`, in the syntax in which errors name the places where they lie.
    ///
    /// A name is a text key of a dict or an attribute of an object; `["any text"]` is the same for what is no identifier. A number
    /// in brackets is an index (from the end, if it is negative), or an int that is a key of a dict; anything else in brackets is
    /// a key as it is written in Python: `[(1, 'a')]`, `[None]`, `[b'\\x00']`, `[2.5]`; of what has no such literal, its repr as
    /// [`Value`](crate::Value) shows it. Keys are equal as in Python: `[1]` finds `1.0` and `True`. The empty path is the node itself.
    ///
    /// ```
    /// use serde_pickle::{Graph, pickle};
    ///
    /// let bytes = serde_pickle::to_vec(&pickle!({"users": [{"email": "ada@example.org"}], "by id": {7: "Ada"}}))?;
    /// let graph = Graph::from_slice(&bytes)?;
    /// assert_eq!(graph.root().lookup("users[-1].email")?.as_str().as_deref(), Some("ada@example.org"));
    /// assert_eq!(graph.root().lookup("['by id'][7]")?.as_str().as_deref(), Some("Ada"));
    /// let error = graph.root().lookup("users[0].name").unwrap_err();
    /// assert_eq!(error.to_string(), "users[0].name: there is no such key or attribute in the dict at byte 22");
    /// # Ok::<(), serde_pickle::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If there is no such part, or the path is not one.
    pub fn lookup(&self, path: &str) -> Result<Node<'g, 'de>> {
        let steps = Path::parse(path)?;
        let mut node = *self;
        for (at, step) in steps.iter().enumerate() {
            node = node.step(step).map_err(|error| {
                let error = error.or_offset(node.offset());
                steps[..=at].iter().rev().cloned().fold(error, Error::within)
            })?;
        }
        Ok(node)
    }

    /// The part one step away.
    pub(super) fn step(&self, step: &Segment) -> Result<Node<'g, 'de>> {
        let what = || Error::data(format!("there is no {} in the {}", wanted(step, self.kind()), name_of(self.kind())));
        match step {
            Segment::Name(name) => self.get(name).ok_or_else(what),
            Segment::Index(_) | Segment::Key(_) if self.has_keys() => {
                let entries = self.entries().filter(|(key, _)| is_key(*key, step));
                entries.last().map(|(_, value)| value).ok_or_else(what)
            }
            Segment::Index(index) => self.at(*index).ok_or_else(what),
            Segment::Key(repr) => {
                let from_end = repr.parse::<isize>().ok().filter(|index| *index < 0);
                let index = from_end.and_then(|index| self.len().checked_add_signed(index));
                index.and_then(|index| self.at(index)).ok_or_else(what)
            }
        }
    }

    /// Whether what is in brackets is a key, and not an index.
    pub(super) fn has_keys(&self) -> bool {
        self.kind() == Kind::Dict || self.entries().len() > 0
    }
}

/// Whether a key is the one that a step names.
pub(super) fn is_key(key: Node<'_, '_>, step: &Segment) -> bool {
    match step {
        Segment::Name(name) => key.as_str().is_some_and(|key| *key == **name),
        Segment::Index(index) => match key.kind() {
            Kind::Int => key.as_i64().is_some_and(|key| usize::try_from(key) == Ok(*index)),
            Kind::Float => key.as_f64().is_some_and(|key| key == *index as f64 && key as usize == *index),
            Kind::Bool => key.as_bool().is_some_and(|key| usize::from(key) == *index),
            _ => false,
        },
        Segment::Key(text) => match (key.to_value(), literal::parse(text)) {
            (Ok(key), Some(literal)) if key.unhashable().is_none() => {
                let (key, literal) = (Key::of(key), Key::of(literal));
                key == literal
            }
            (key, _) => key.map(|key| key.to_string()).is_ok_and(|key| key == **text),
        },
    }
}

fn wanted(step: &Segment, kind: Kind) -> &'static str {
    match (step, kind) {
        (Segment::Name(_), _) => "such key or attribute",
        (_, Kind::Dict) => "such key",
        _ => "such item",
    }
}

/// What Python calls it.
fn name_of(kind: Kind) -> &'static str {
    match kind {
        Kind::None => "None",
        Kind::Bool => "bool",
        Kind::Int => "int",
        Kind::Float => "float",
        Kind::Str | Kind::Py2Str => "str",
        Kind::Bytes => "bytes",
        Kind::ByteArray => "bytearray",
        Kind::List => "list",
        Kind::Tuple => "tuple",
        Kind::Dict => "dict",
        Kind::Set => "set",
        Kind::FrozenSet => "frozenset",
        Kind::Global => "global",
        Kind::Object => "object",
        Kind::PersistentId => "persistent id",
        Kind::Extension => "extension code",
        Kind::Buffer | Kind::Readonly => "buffer",
    }
}

impl Path {
    /// The steps of a path, the outermost first.
    pub(super) fn parse(path: &str) -> Result<Vec<Segment>> {
        let bad = |what: &str| Error::data(format!("{path:?} is not a path: {what}"));
        let mut steps = Vec::new();
        let mut rest = path;
        while !rest.is_empty() {
            if let Some(inside) = rest.strip_prefix('[') {
                let (step, after) = bracket(inside).ok_or_else(|| bad("a bracket is not closed"))?;
                steps.push(step);
                rest = after;
                continue;
            }
            let name = match rest.strip_prefix('.') {
                Some(name) if !steps.is_empty() => name,
                None if steps.is_empty() => rest,
                _ => return Err(bad("a name follows a dot, and a path does not begin with one")),
            };
            let end = name.find(['.', '[']).unwrap_or(name.len());
            if end == 0 {
                return Err(bad("a name is empty"));
            }
            steps.push(Segment::Name(name[..end].into()));
            rest = &name[end..];
        }
        Ok(steps)
    }
}

/// What is in brackets, and what follows them.
fn bracket(inside: &str) -> Option<(Segment, &str)> {
    if let Some(quote) = inside.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        let (text, after) = quoted(&inside[1..], quote)?;
        if let Some(after) = after.strip_prefix(']') {
            return Some((Segment::Name(text.into()), after));
        }
    }
    // Brackets and quotes may stand in a repr, too.
    let (mut depth, mut skip) = (0_usize, "");
    for (at, c) in inside.char_indices() {
        if at < inside.len() - skip.len() && !skip.is_empty() {
            continue;
        }
        skip = "";
        match c {
            '"' | '\'' => skip = quoted(&inside[at + 1..], c)?.1,
            '[' | '(' | '{' => depth += 1,
            ']' if depth == 0 => {
                let (text, after) = (&inside[..at], &inside[at + 1..]);
                let is_index = text.parse().map(Segment::Index);
                return Some((is_index.unwrap_or_else(|_| Segment::Key(text.into())), after));
            }
            ']' | ')' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

/// The text up to a quote, and what follows it. A backslash keeps what is after it.
fn quoted(text: &str, quote: char) -> Option<(Cow<'_, str>, &str)> {
    let mut out = Cow::Borrowed("");
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => {
                if let Cow::Borrowed(_) = out {
                    out = Cow::Owned(text[..at].to_owned());
                }
                let (_, c) = chars.next()?;
                out.to_mut().push(match c {
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    c => c,
                });
            }
            c if c == quote => {
                let after = &text[at + 1..];
                return Some((if let Cow::Borrowed(_) = out { Cow::Borrowed(&text[..at]) } else { out }, after));
            }
            c => {
                if let Cow::Owned(out) = &mut out {
                    out.push(c);
                }
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(path: &str) -> String {
        Path::parse(path).map_or_else(|error| error.to_string(), |steps| format!("{steps:?}"))
    }

    #[test]
    fn paths() {
        assert_eq!(shown(""), "[]");
        assert_eq!(shown("users[3].email"), r#"[Name("users"), Index(3), Name("email")]"#);
        assert_eq!(shown("[-1]['it\\'s'][\"x\"]"), r#"[Key("-1"), Name("it's"), Name("x")]"#);
        assert_eq!(shown("a[(1, ']')][b'x'].c"), r#"[Name("a"), Key("(1, ']')"), Key("b'x'"), Name("c")]"#);
        assert_eq!(shown("[(1, [2])]"), r#"[Key("(1, [2])")]"#);
        assert_eq!(shown("a[1"), r#""a[1" is not a path: a bracket is not closed"#);
        assert_eq!(shown("a..b"), r#""a..b" is not a path: a name is empty"#);
        assert_eq!(shown(".a"), r#"".a" is not a path: a name follows a dot, and a path does not begin with one"#);
    }
}
