//! From shapes to Rust.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    fmt::Write as _,
};

use super::{
    Dates,
    infer::{Class, Classes, Member},
    names::{camel, fresh, singular, snake},
    shape::{Dict, Ints, Shape},
};

/// Prints types, and gives them names.
pub(super) struct Printer<'a> {
    classes: &'a Classes,
    dates: Dates,
    /// The Rust names of classes.
    names: BTreeMap<&'a str, String>,
    /// Classes that contain themselves.
    recursive: HashSet<&'a str>,
    taken: HashSet<String>,
    /// The items, each under its own text without its name: equal ones are printed once.
    items: Vec<String>,
    known: HashMap<String, String>,
}

/// Where a type stands.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// Right in a struct: what contains itself needs a box there.
    Direct,
    /// In a Vec or map.
    Heap,
}

/// Longer tuples have no traits.
const LONGEST_TUPLE: usize = 12;
const DERIVES: &str = "#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]\n";

impl<'a> Printer<'a> {
    pub(super) fn new(classes: &'a Classes, dates: Dates) -> Self {
        // Names that are in scope.
        let mut taken: HashSet<String> = [
            "Option",
            "Vec",
            "String",
            "Box",
            "HashMap",
            "Value",
            "Serialize",
            "Deserialize",
            "Root",
            "Some",
            "None",
            "Ok",
            "Err",
            "Result",
        ]
        .map(String::from)
        .into();
        let mut names = BTreeMap::new();
        for class in classes.by_name.keys() {
            let last = class.rsplit([':', '.']).next().unwrap_or(class);
            names.insert(class.as_str(), fresh(camel(last), &mut taken));
        }
        let recursive = classes.by_name.keys().map(String::as_str).filter(|class| reaches(classes, class)).collect();
        Printer { classes, dates, names, recursive, taken, items: Vec::new(), known: HashMap::new() }
    }

    /// The types that read values of these shapes, each under its name.
    pub(super) fn print(mut self, roots: &[(String, Shape)]) -> String {
        let mut aliases = String::new();
        for (name, shape) in roots {
            let text = self.reads(shape, &format!("{name} value"), Place::Heap);
            let _ = writeln!(aliases, "/// What the file holds.\npub type {name} = {text};\n");
        }
        for (class, shape) in &self.classes.by_name {
            self.class(class, shape);
        }
        let mut out = String::new();
        if !self.items.is_empty() {
            out.push_str("use serde::{Deserialize, Serialize};\n\n");
        }
        out.push_str(&aliases);
        out.push_str(&self.items.join("\n"));
        out
    }

    /// The type of a place, by its name.
    fn reads(&mut self, shape: &Shape, name: &str, place: Place) -> String {
        if shape.back {
            return "serde::de::IgnoredAny".into();
        }
        let text = self.content(shape, name, place);
        if shape.none && shape.kinds() > 0 { format!("Option<{text}>") } else { text }
    }

    fn content(&mut self, shape: &Shape, name: &str, place: Place) -> String {
        let kinds = shape.kinds();
        if kinds == 0 {
            // None only, or nothing at all.
            return if shape.none { "Option<serde_pickle::Value>".into() } else { "serde_pickle::Value".into() };
        }
        if shape.other {
            return "serde_pickle::Value".into();
        }
        if shape.float && (kinds == 1 || kinds == 2 && shape.int.is_some()) {
            return "f64".into();
        }
        // Texts and dates that are read as text.
        let dates: BTreeSet<String> = shape.known.iter().map(|class| self.date(class)).collect();
        if !dates.is_empty() && kinds == shape.known.len() + usize::from(shape.text) {
            let mut types = dates;
            types.extend(shape.text.then(|| "String".to_owned()));
            return if types.len() == 1 { types.pop_first().unwrap_or_default() } else { "String".into() };
        }
        if shape.classes.len() == kinds && kinds > 1 {
            return self.class_enum(shape, name);
        }
        if kinds > 1
            && let Some(values) = self.without_members(shape)
        {
            return self.content(&values, name, place);
        }
        if kinds == 2
            && let (Some(items), Some(tuple)) = (&shape.list, &shape.tuple)
        {
            // Lists and tuples of any length.
            let mut all = (**items).clone();
            tuple.items.iter().for_each(|item| all.merge(item.clone()));
            return format!("Vec<{}>", self.reads(&all, &singular(name), Place::Heap));
        }
        if kinds > 1 {
            return self.untagged(shape, name);
        }
        self.single(shape, name, place)
    }

    /// A shape with the values of members in the place of their enums, if there are some: what serde buffers has no class.
    fn without_members(&self, shape: &Shape) -> Option<Shape> {
        let mut values = shape.clone();
        values.classes.retain(|class| {
            let members = self.classes.by_name.get(class).map(|class| &class.members);
            for member in members.into_iter().flatten() {
                match member {
                    Member::Int(int) => values.int = Some(values.int.map_or(one(*int), |ints| ints.with(*int))),
                    Member::Name(_) | Member::Text(_) => values.text = true,
                }
            }
            members.is_none_or(BTreeSet::is_empty)
        });
        (values.classes.len() < shape.classes.len()).then_some(values)
    }

    /// The type of a shape of one kind.
    fn single(&mut self, shape: &Shape, name: &str, place: Place) -> String {
        if let Some(class) = shape.classes.first() {
            let boxed = place == Place::Direct && self.recursive.contains(class.as_str());
            let class = self.names.get(class.as_str()).cloned().unwrap_or_default();
            return if boxed { format!("Box<{class}>") } else { class };
        }
        if let Some(ints) = shape.int {
            return int(ints).into();
        }
        if let Some(items) = &shape.list {
            return format!("Vec<{}>", self.reads(items, &singular(name), Place::Heap));
        }
        if let Some(tuple) = &shape.tuple {
            return self.tuple(&tuple.items, tuple.varies, name, place);
        }
        if let Some(dict) = &shape.dict {
            return self.dict(dict, name);
        }
        if let Some(class) = shape.known.first() {
            return self.date(class);
        }
        match () {
            () if shape.bool => "bool".into(),
            () if shape.text => "String".into(),
            () if shape.bytes => "serde_bytes::ByteBuf".into(),
            () if shape.global => "serde_pickle::Global".into(),
            () => "serde_pickle::Value".into(),
        }
    }

    fn tuple(&mut self, items: &[Shape], varies: bool, name: &str, place: Place) -> String {
        if items.is_empty() {
            // Read from an empty tuple, as `()` is not.
            return "[serde_pickle::Value; 0]".into();
        }
        if varies || items.len() > LONGEST_TUPLE {
            let mut all = Shape::default();
            items.iter().for_each(|item| all.merge(item.clone()));
            return format!("Vec<{}>", self.reads(&all, &singular(name), Place::Heap));
        }
        let types: Vec<String> =
            items.iter().enumerate().map(|(at, item)| self.reads(item, &format!("{name}_{at}"), place)).collect();
        if types.len() == 1 { format!("({},)", types[0]) } else { format!("({})", types.join(", ")) }
    }

    fn dict(&mut self, dict: &Dict, name: &str) -> String {
        if dict.looks_like_map() {
            let (keys, values) = dict.as_map();
            let key = match keys.kinds() {
                0 => Some("String".to_owned()),
                _ => self.key(&keys),
            };
            let Some(key) = key else { return "serde_pickle::Value".into() };
            let value = self.reads(&values, &singular(name), Place::Heap);
            return format!("std::collections::HashMap<{key}, {value}>");
        }
        if let Some((key, dicts)) = dict.alternatives() {
            return self.tagged(key, dicts, name);
        }
        let body = self.fields(dict);
        self.item(name, "", "A dict.", &format!("pub struct {{}} {{\n{body}}}\n"))
    }

    /// A type that can be a key of a HashMap.
    fn key(&mut self, shape: &Shape) -> Option<String> {
        if shape.kinds() != 1 || shape.none || shape.back {
            return None;
        }
        match (&shape.tuple, shape.int) {
            (Some(tuple), _) if !tuple.varies && tuple.items.len() <= LONGEST_TUPLE => {
                let types = tuple.items.iter().map(|item| self.key(item)).collect::<Option<Vec<_>>>()?;
                Some(if types.len() == 1 { format!("({},)", types[0]) } else { format!("({})", types.join(", ")) })
            }
            (None, Some(ints)) if !ints.big => Some(int(ints).into()),
            (None, None) if shape.text || !shape.known.is_empty() => Some("String".into()),
            (None, None) if shape.bool => Some("bool".into()),
            (None, None) if shape.bytes => Some("serde_bytes::ByteBuf".into()),
            _ => {
                let class = shape.classes.first()?;
                let form = self.classes.by_name.get(class)?.members_form();
                (form == Some(Form::Enum)).then(|| self.names.get(class.as_str()).cloned()).flatten()
            }
        }
    }

    /// The fields of a struct, or of a variant with its own.
    fn fields(&mut self, dict: &Dict) -> String {
        let mut out = String::new();
        let mut taken = HashSet::new();
        for (name, field) in &dict.fields {
            let rust = fresh(snake(name), &mut taken);
            if leads_back(&field.shape) {
                let _ = writeln!(out, "    // `{}` leads back to what it stands in.", name.escape_debug());
                continue;
            }
            let mut text = self.reads(&field.shape, name, Place::Direct);
            let mut attributes = Vec::new();
            if rust != *name {
                attributes.push(format!("rename = {name:?}"));
            }
            if field.count < dict.count {
                attributes.push("default".into());
                if !text.starts_with("Option<") {
                    text = format!("Option<{text}>");
                }
                attributes.push("skip_serializing_if = \"Option::is_none\"".into());
            }
            if !attributes.is_empty() {
                let _ = writeln!(out, "    #[serde({})]", attributes.join(", "));
            }
            let _ = writeln!(out, "    pub {rust}: {text},");
        }
        out
    }

    /// Dicts that are told apart by a text of theirs.
    fn tagged(&mut self, key: &str, dicts: &BTreeMap<String, Dict>, name: &str) -> String {
        let mut body = String::new();
        let mut taken = HashSet::new();
        for (value, dict) in dicts {
            let variant = fresh(camel(value), &mut taken);
            if variant != *value {
                let _ = writeln!(body, "    #[serde(rename = {value:?})]");
            }
            let mut dict = dict.clone();
            dict.fields.shift_remove(key);
            let fields = self.fields(&dict).replace("    pub ", "    ").replace("    ", "        ");
            if fields.is_empty() {
                let _ = writeln!(body, "    {variant},");
            } else {
                let _ = writeln!(body, "    {variant} {{\n{fields}    }},");
            }
        }
        let attribute = format!("#[serde(tag = {key:?})]\n");
        self.item(name, &attribute, "Dicts of several kinds.", &format!("pub enum {{}} {{\n{body}}}\n"))
    }

    /// Instances of several classes.
    fn class_enum(&mut self, shape: &Shape, name: &str) -> String {
        let mut body = String::new();
        for class in &shape.classes {
            let rust = self.names.get(class.as_str()).cloned().unwrap_or_default();
            let inner = if self.recursive.contains(class.as_str()) { format!("Box<{rust}>") } else { rust.clone() };
            let _ = writeln!(body, "    #[serde(rename = {class:?})]\n    {rust}({inner}),");
        }
        self.item(name, "", "Instances of several classes.", &format!("pub enum {{}} {{\n{body}}}\n"))
    }

    /// Values of several kinds.
    fn untagged(&mut self, shape: &Shape, name: &str) -> String {
        let mut body = String::new();
        let mut add = |variant: &str, text: String| {
            let _ = writeln!(body, "    {variant}({text}),");
        };
        let mut only = |set: &dyn Fn(&mut Shape)| {
            let shape = Shape::of(|one| set(one));
            self.single(&shape, name, Place::Direct)
        };
        if shape.bool {
            add("Bool", "bool".into());
        }
        if let Some(ints) = shape.int {
            add("Int", int(ints).into());
        }
        if shape.float {
            add("Float", "f64".into());
        }
        if !shape.classes.is_empty() {
            let classes = shape.classes.clone();
            if classes.len() == 1 {
                add("Instance", only(&|one| one.classes = classes.clone()));
            } else {
                let one = Shape::of(|one| one.classes = classes);
                let text = self.class_enum(&one, &format!("{name} instance"));
                add("Instance", text);
            }
        }
        if shape.dict.is_some() {
            let one = Shape::of(|one| one.dict = shape.dict.clone());
            add("Dict", self.single(&one, &format!("{name} dict"), Place::Direct));
        }
        if shape.tuple.is_some() {
            let one = Shape::of(|one| one.tuple = shape.tuple.clone());
            add("Tuple", self.single(&one, name, Place::Direct));
        }
        if shape.list.is_some() {
            let one = Shape::of(|one| one.list = shape.list.clone());
            add("List", self.single(&one, name, Place::Direct));
        }
        // What is buffered has its natural form: dates and names are texts.
        if shape.text || !shape.known.is_empty() || shape.global {
            add("Text", "String".into());
        }
        if shape.bytes {
            add("Bytes", "serde_bytes::ByteBuf".into());
        }
        self.item(name, "#[serde(untagged)]\n", "Values of several kinds.", &format!("pub enum {{}} {{\n{body}}}\n"))
    }

    /// An item under a name of its own; one for all that are equal.
    fn item(&mut self, name: &str, attribute: &str, comment: &str, text: &str) -> String {
        let key = format!("{attribute}{text}");
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let rust = fresh(camel(name), &mut self.taken);
        self.items.push(format!("/// {comment}\n{DERIVES}{attribute}{}", text.replacen("{}", &rust, 1)));
        self.known.insert(key, rust.clone());
        rust
    }

    /// Members of an enum, as variants.
    fn members(&mut self, class: &str, shape: &Class, form: Form) {
        let rust = self.names.get(class).cloned().unwrap_or_default();
        let python = class.replacen(':', ".", 1);
        let by_value = !matches!(shape.members.first(), Some(Member::Name(_)));
        let call = if by_value { "()" } else { "" };
        let text = match form {
            Form::Enum => {
                let (mut body, mut taken) = (String::new(), HashSet::new());
                for member in &shape.members {
                    let (name, variant) = match member {
                        Member::Name(text) | Member::Text(text) => (text.clone(), camel(&text.to_lowercase())),
                        Member::Int(int) if *int < 0 => (int.to_string(), format!("Minus{}", int.unsigned_abs())),
                        Member::Int(int) => (int.to_string(), format!("N{int}")),
                    };
                    let variant = fresh(variant, &mut taken);
                    let rename =
                        if name == variant { String::new() } else { format!("    #[serde(rename = {name:?})]\n") };
                    let _ = writeln!(body, "{rename}    {variant},");
                }
                let how = if by_value { "by value" } else { "by name" };
                format!(
                    "/// Members of the enum `{python}`, as far as they were seen, {how}.\n\
                     #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]\n\
                     #[serde(rename = \"{class}{call}\")]\npub enum {rust} {{\n{body}}}\n"
                )
            }
            Form::Number => format!(
                "/// Members of the enum `{python}`, by value.\n{DERIVES}#[serde(rename = {class:?})]\npub struct {rust}(pub i64);\n"
            ),
            Form::Text => format!(
                "/// Members of the enum `{python}`, by value.\n{DERIVES}#[serde(rename = {class:?})]\npub struct {rust}(pub String);\n"
            ),
            Form::Any => format!("/// What `{python}` makes.\npub type {rust} = serde_pickle::Value;\n"),
        };
        self.items.push(text);
    }

    fn class(&mut self, class: &str, shape: &Class) {
        if let Some(form) = shape.members_form() {
            return self.members(class, shape, form);
        }
        let rust = self.names.get(class).cloned().unwrap_or_default();
        let comment = format!("/// Instances of `{}`.\n", class.replacen(':', ".", 1));
        let rename = format!("#[serde(rename = {class:?})]\n");
        let text = match &shape.positions {
            Some(positions) if shape.fields.count == 0 => {
                let tuple = positions.tuple.as_ref();
                let items = tuple.map_or(&[][..], |tuple| &tuple.items);
                if tuple.is_some_and(|tuple| tuple.varies) || items.iter().any(leads_back) {
                    let text = self.tuple(items, true, &rust, Place::Direct);
                    format!("pub struct {rust}(pub {text});\n")
                } else {
                    let types: Vec<String> = items
                        .iter()
                        .enumerate()
                        .map(|(at, item)| self.reads(item, &format!("{rust}_{at}"), Place::Direct))
                        .collect();
                    format!(
                        "pub struct {rust}({});\n",
                        types.iter().map(|text| format!("pub {text}")).collect::<Vec<_>>().join(", ")
                    )
                }
            }
            _ => format!("pub struct {rust} {{\n{}}}\n", self.fields(&shape.fields)),
        };
        self.items.push(format!("{comment}{DERIVES}{rename}{text}"));
    }

    /// What a date is read as.
    fn date(&self, class: &str) -> String {
        let (types, chrono) = match class {
            "datetime:datetime" => ("DateTime", Some("NaiveDateTime")),
            "datetime:datetime, with an offset" => ("DateTime", Some("DateTime<chrono::FixedOffset>")),
            "datetime:datetime, in a zone" => ("DateTime", None),
            "datetime:date" => ("Date", Some("NaiveDate")),
            "datetime:time" => ("Time", Some("NaiveTime")),
            "datetime:time, in a zone" => ("Time", None),
            _ => return "String".into(),
        };
        match (self.dates, chrono) {
            (Dates::Types, _) => format!("serde_pickle::types::{types}"),
            (Dates::Chrono, Some(chrono)) => format!("chrono::{chrono}"),
            (Dates::Text, _) | (Dates::Chrono, None) => "String".into(),
        }
    }
}

/// What members of an enum are read as.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    Enum,
    /// Too many for variants: just their values.
    Number,
    Text,
    /// Not what they seemed to be.
    Any,
}

/// Classes of more members are no enums, or flags.
const MOST_MEMBERS: usize = 64;

impl Class {
    fn members_form(&self) -> Option<Form> {
        let first = self.members.first()?;
        let of_first = |member: &Member| std::mem::discriminant(member) == std::mem::discriminant(first);
        // By name and by value: what belongs to what, nobody knows.
        let mixed = matches!(first, Member::Name(_)) && !self.members.iter().all(of_first);
        Some(match first {
            _ if mixed || self.fields.count > 0 || self.positions.is_some() => Form::Any,
            _ if self.members.len() <= MOST_MEMBERS => Form::Enum,
            Member::Int(_) if self.members.iter().all(of_first) => Form::Number,
            Member::Text(_) => Form::Text,
            _ => Form::Any,
        })
    }
}

fn one(int: i64) -> Ints {
    Ints { least: int.into(), most: int.into(), big: false }
}

fn int(ints: Ints) -> &'static str {
    match ints {
        Ints { big: true, .. } => "serde_pickle::BigInt",
        Ints { least, most, .. } if i64::try_from(least).is_ok() && i64::try_from(most).is_ok() => "i64",
        Ints { least, most, .. } if u64::try_from(least).is_ok() && u64::try_from(most).is_ok() => "u64",
        Ints { .. } => "i128",
    }
}

/// Whether there is something inside that is around it.
fn leads_back(shape: &Shape) -> bool {
    shape.back
        || shape.list.as_ref().is_some_and(|items| leads_back(items))
        || shape.tuple.as_ref().is_some_and(|tuple| tuple.items.iter().any(leads_back))
        || shape.dict.as_ref().is_some_and(|dict| dict.looks_like_map() && leads_back(&dict.as_map().1))
}

/// Whether a class is inside itself.
fn reaches(classes: &Classes, class: &str) -> bool {
    let mut seen: HashSet<&str> = HashSet::new();
    let mut open: Vec<&Shape> = inside(classes, class);
    while let Some(shape) = open.pop() {
        for inner in &shape.classes {
            if inner == class {
                return true;
            }
            if seen.insert(inner) {
                open.extend(inside(classes, inner));
            }
        }
        open.extend(shape.list.as_deref());
        open.extend(shape.tuple.iter().flat_map(|tuple| &tuple.items));
        if let Some(dict) = &shape.dict {
            open.extend(dict.fields.values().map(|field| &field.shape).chain([&dict.values]));
        }
    }
    false
}

fn inside<'a>(classes: &'a Classes, class: &str) -> Vec<&'a Shape> {
    let Some(class) = classes.by_name.get(class) else { return Vec::new() };
    class.fields.fields.values().map(|field| &field.shape).chain(&class.positions).collect()
}
