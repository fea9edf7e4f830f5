//! Lines: what fits stands in one, what does not is indented.

use std::{
    collections::HashMap,
    io::{self, Write},
};

use serde_pickle::{Kind, Node, NodeId, Value};

use super::form::{Form, Part, array_of, class_of, form, scalar_of};
use crate::{
    output::{Paint, Palette},
    walk,
};

/// How much is shown.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) depth: usize,
    pub(crate) items: usize,
    pub(crate) text: usize,
    pub(crate) width: usize,
}

/// Lays out the nodes of a graph.
pub(crate) struct Layout {
    limits: Limits,
    palette: Palette,
    /// What stands in several places.
    shared: HashMap<NodeId, usize>,
    /// The numbers of those that were shown.
    numbers: HashMap<NodeId, usize>,
    /// In the order in which they got their numbers: what does not fit a line is taken back.
    numbered: Vec<NodeId>,
}

/// Text in colours, and how wide it is without them.
#[derive(Default)]
struct Line {
    text: String,
    width: usize,
    room: usize,
}

/// Does not fit.
struct TooWide;

impl Line {
    fn add(&mut self, palette: Palette, paint: Option<Paint>, text: &str) -> Result<(), TooWide> {
        self.width += text.chars().count();
        if self.width > self.room || text.contains('\n') {
            return Err(TooWide);
        }
        match paint {
            Some(paint) => self.text.push_str(&palette.paint(paint, text)),
            None => self.text.push_str(text),
        }
        Ok(())
    }
}

/// Columns for each level.
const INDENT: usize = 4;

impl Layout {
    /// Of what is below a node.
    pub(crate) fn new(root: Node<'_, '_>, limits: Limits, palette: Palette) -> Layout {
        Layout { shared: walk::shared(root, |_| false), ..Layout::unshared(limits, palette) }
    }

    /// Without marks of sharing: for parts.
    pub(crate) fn unshared(limits: Limits, palette: Palette) -> Layout {
        Layout { limits, palette, shared: HashMap::new(), numbers: HashMap::new(), numbered: Vec::new() }
    }

    pub(crate) fn write(&mut self, node: Node<'_, '_>, out: &mut impl Write) -> io::Result<()> {
        self.lines(node, 0, 0, 0, 0, out)?;
        writeln!(out)
    }

    pub(crate) fn one_line(&mut self, node: Node<'_, '_>) -> String {
        let mut line = Line { room: self.limits.width, ..Line::default() };
        match self.node(node, 0, &mut line) {
            Ok(()) => line.text,
            Err(TooWide) => {
                let most = self.limits.width.saturating_sub(3);
                let mut text: String = line.text.chars().take(most).collect();
                text.push_str("...");
                text
            }
        }
    }

    /// A node from where the line is now: `before` columns are taken, and `after` will be.
    fn lines(
        &mut self,
        node: Node<'_, '_>,
        depth: usize,
        indent: usize,
        before: usize,
        after: usize,
        out: &mut impl Write,
    ) -> io::Result<()> {
        if let Some(line) = self.try_line(before + after, |layout, line| layout.node(node, depth, line)) {
            return out.write_all(line.as_bytes());
        }
        // Marks, scalars and classes stand in a line, however long.
        let mut head = Line { room: usize::MAX, ..Line::default() };
        if self.mark(node, &mut head).is_err() || self.scalar(node, &mut head).is_ok_and(|done| done) {
            return out.write_all(head.text.as_bytes());
        }
        let Some(form) = self.form(node, depth) else { return out.write_all(head.text.as_bytes()) };
        // The room is endless.
        let _ = self.begin(&form, depth, &mut head);
        out.write_all(head.text.as_bytes())?;
        self.parts(&form.parts, depth, indent, out)?;
        write!(out, "{:indent$}{}", "", form.end.trim_start_matches(','))
    }

    fn parts(&mut self, parts: &[Part<'_, '_>], depth: usize, indent: usize, out: &mut impl Write) -> io::Result<()> {
        writeln!(out)?;
        let inner = indent + INDENT;
        for part in parts {
            write!(out, "{:inner$}", "")?;
            if let Some(line) = self.try_line(inner + 1, |layout, line| layout.part(part, depth, line)) {
                writeln!(out, "{line},")?;
                continue;
            }
            let mut head = Line { room: usize::MAX, ..Line::default() };
            let value = match part {
                Part::Item(value) => Some(*value),
                Part::Pair(key, value) => {
                    let _ = self.node(*key, depth + 1, &mut head).and_then(|()| head.add(self.palette, None, ": "));
                    Some(*value)
                }
                Part::Named(name, value) => {
                    let _ = head.add(self.palette, None, &format!("{name}="));
                    Some(*value)
                }
                Part::Group(begin, parts, end) => {
                    out.write_all(begin.as_bytes())?;
                    self.parts(parts, depth, inner, out)?;
                    write!(out, "{:inner$}{end}", "")?;
                    None
                }
                Part::Left(_) => {
                    let _ = self.part(part, depth, &mut head);
                    None
                }
            };
            out.write_all(head.text.as_bytes())?;
            if let Some(value) = value {
                self.lines(value, depth + 1, inner, inner + head.width, 1, out)?;
            }
            writeln!(out, ",")?;
        }
        Ok(())
    }

    /// A line, if it fits; else nothing has happened.
    fn try_line(
        &mut self,
        taken: usize,
        write: impl FnOnce(&mut Self, &mut Line) -> Result<(), TooWide>,
    ) -> Option<String> {
        let numbered = self.numbered.len();
        let mut line = Line { room: self.limits.width.saturating_sub(taken), ..Line::default() };
        match write(self, &mut line) {
            Ok(()) => Some(line.text),
            Err(TooWide) => {
                for id in self.numbered.drain(numbered..) {
                    self.numbers.remove(&id);
                }
                None
            }
        }
    }

    /// A node in a line. Each level takes room, so that the depth is bounded by it; where it is endless, by the limit.
    fn node(&mut self, node: Node<'_, '_>, depth: usize, line: &mut Line) -> Result<(), TooWide> {
        match self.mark(node, line) {
            Ok(fits) => fits?,
            Err(Shown) => return if line.width > line.room { Err(TooWide) } else { Ok(()) },
        }
        if self.scalar(node, line)? {
            return Ok(());
        }
        let Some(form) = self.form(node, depth) else { return Ok(()) };
        self.begin(&form, depth, line)?;
        self.inside(&form.parts, depth, line)?;
        line.add(self.palette, None, form.end)
    }

    fn inside(&mut self, parts: &[Part<'_, '_>], depth: usize, line: &mut Line) -> Result<(), TooWide> {
        for (at, part) in parts.iter().enumerate() {
            if at > 0 {
                line.add(self.palette, None, ", ")?;
            }
            self.part(part, depth, line)?;
        }
        Ok(())
    }

    fn part(&mut self, part: &Part<'_, '_>, depth: usize, line: &mut Line) -> Result<(), TooWide> {
        match part {
            Part::Item(value) => self.node(*value, depth + 1, line),
            Part::Pair(key, value) => {
                self.node(*key, depth + 1, line)?;
                line.add(self.palette, None, ": ")?;
                self.node(*value, depth + 1, line)
            }
            Part::Named(name, value) => {
                line.add(self.palette, None, &format!("{name}="))?;
                self.node(*value, depth + 1, line)
            }
            Part::Group(begin, parts, end) => {
                line.add(self.palette, None, begin)?;
                self.inside(parts, depth, line)?;
                line.add(self.palette, None, end)
            }
            Part::Left(left) => line.add(self.palette, Some(Paint::Mark), &format!("... {left} more")),
        }
    }

    /// The parts of a node, or what is said of them beyond the depth.
    fn form<'g, 'de>(&self, node: Node<'g, 'de>, depth: usize) -> Option<Form<'g, 'de>> {
        if depth < self.limits.depth {
            return form(node, self.limits.items);
        }
        let mut form = form(node, 0)?;
        let inside = walk::children(node).len() - usize::from(node.class().is_some());
        let count = if node.kind() == Kind::Dict { node.len() } else { inside };
        form.parts = if count == 0 { Vec::new() } else { vec![Part::Left(count)] };
        Some(form)
    }

    /// The class and the first bracket.
    fn begin(&mut self, form: &Form<'_, '_>, depth: usize, line: &mut Line) -> Result<(), TooWide> {
        if let Some(class) = form.class {
            match class.as_global() {
                Some(global) => line.add(self.palette, Some(Paint::Class), &global_text(&global))?,
                None if depth < self.limits.depth => self.node(class, depth + 1, line)?,
                None => line.add(self.palette, Some(Paint::Mark), "...")?,
            }
        }
        line.add(self.palette, None, form.begin)
    }

    /// The mark of what stands in several places. An error if that is all.
    fn mark(&mut self, node: Node<'_, '_>, line: &mut Line) -> Result<Result<(), TooWide>, Shown> {
        let id = node.id();
        if !self.shared.contains_key(&id) || walk_is_name(node) {
            return Ok(Ok(()));
        }
        if let Some(number) = self.numbers.get(&id) {
            let _ = line.add(self.palette, Some(Paint::Mark), &format!("<shared #{number}>"));
            return Err(Shown);
        }
        let number = self.numbers.len() + 1;
        self.numbers.insert(id, number);
        self.numbered.push(id);
        Ok(line.add(self.palette, Some(Paint::Mark), &format!("<#{number}> ")))
    }

    /// A node without values inside. Gives whether it is one.
    fn scalar(&self, node: Node<'_, '_>, line: &mut Line) -> Result<bool, TooWide> {
        if let Some(scalar) = scalar_of(node)
            && let Some(class) = class_of(node)
        {
            line.add(self.palette, Some(Paint::Class), &class)?;
            line.add(self.palette, None, "(")?;
            line.add(self.palette, Some(Paint::Text), &scalar.to_string())?;
            line.add(self.palette, None, ")")?;
            return Ok(true);
        }
        if let Some(array) = array_of(node) {
            line.add(self.palette, Some(Paint::Mark), &format!("<{array}>"))?;
            return Ok(true);
        }
        let paint = match node.kind() {
            Kind::None | Kind::Bool | Kind::Int | Kind::Float => Paint::Scalar,
            Kind::Global => Paint::Class,
            Kind::Extension | Kind::Buffer => Paint::Mark,
            Kind::Str | Kind::Py2Str | Kind::Bytes | Kind::ByteArray => Paint::Text,
            Kind::Set | Kind::FrozenSet if node.is_empty() => Paint::Scalar,
            _ => return Ok(false),
        };
        let (text, left) = self.text(node);
        line.add(self.palette, Some(paint), &text)?;
        if left > 0 {
            line.add(self.palette, Some(Paint::Mark), &format!("... {left} more"))?;
        }
        Ok(true)
    }

    /// The repr of a scalar, and how much of it was left out.
    fn text(&self, node: Node<'_, '_>) -> (String, usize) {
        let most = self.limits.text;
        match node.kind() {
            Kind::Str | Kind::Py2Str => {
                if let Some(text) = node.as_str()
                    && let Some((end, _)) = text.char_indices().nth(most)
                {
                    return (Value::from(&text[..end]).to_string(), text[end..].chars().count());
                }
            }
            Kind::Bytes | Kind::ByteArray => {
                if let Some(bytes) = node.as_bytes()
                    && bytes.len() > most
                {
                    let cut = bytes[..most].to_vec();
                    let value = if node.kind() == Kind::Bytes { Value::Bytes(cut) } else { Value::ByteArray(cut) };
                    return (value.to_string(), bytes.len() - most);
                }
            }
            Kind::Buffer => return (format!("<buffer {}>", node.buffer_index().unwrap_or_default()), 0),
            _ => {}
        }
        match node.to_value() {
            Ok(value) => (value.to_string(), 0),
            // A str of Python 2 that the encoding does not allow.
            Err(_) => (Value::Bytes(node.as_bytes().unwrap_or_default().into_owned()).to_string(), 0),
        }
    }
}

/// It was shown before: the mark is all.
struct Shown;

/// Names are not marked, however often they stand.
fn walk_is_name(node: Node<'_, '_>) -> bool {
    node.kind() == Kind::Global
}

fn global_text(global: &serde_pickle::Global) -> String {
    if global.module == "builtins" { global.name.clone() } else { global.to_string() }
}
