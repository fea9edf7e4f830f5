//! From JSON to the program of a pickle: the lossless form (see `tagged`) has all that a graph has.

use std::{borrow::Cow, collections::HashMap};

use serde_pickle::{
    Error, Result,
    tools::{self, Arg, Op, Opcode},
};

use super::Json;

/// The program of a JSON value, and the protocol that it names.
pub(crate) fn compile(json: &Json) -> Result<(Vec<u8>, Option<u8>)> {
    let protocol = json.member("$pickle").and_then(Json::as_u64).and_then(|number| u8::try_from(number).ok());
    let value = if protocol.is_some() { json.member("value").unwrap_or(&Json::Null) } else { json };
    let mut compiler = Compiler::default();
    compiler.define(json);
    // At another protocol than that of the program, a graph is written as Python writes what it has loaded: mostly, that is what
    // the JSON was made of. But Python has new texts for the names of attributes, and one that is such a name here must stay it.
    let as_loaded = protocol == Some(5) && !compiler.has_keys;
    compiler.op(Opcode::Proto, Arg::Int(if as_loaded { 4 } else { 5 }));
    compiler.todo.push(Todo::Value(value));
    compiler.run()?;
    compiler.op(Opcode::Stop, Arg::None);
    Ok((tools::assemble(&compiler.ops)?, protocol))
}

/// What is in the memo.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Stored<'j> {
    /// A value with a number.
    Id(u64),
    /// A container without one, by where it stands in the JSON: it may be met again, inside something that contains itself.
    At(*const Json),
    /// A text that is a key, a module or a name.
    Key(&'j str),
    Global(&'j str),
}

/// What is still to be done; the last first.
enum Todo<'j> {
    Value(&'j Json),
    Key(&'j str),
    Op(Opcode),
    /// Stores what was made, unless it was made before, inside itself: then that is it.
    Store(Stored<'j>),
    /// What an object is given, once it is made.
    Given(&'j Json, Stored<'j>),
    /// Fetches a value for a state setter.
    Fetch(Stored<'j>),
    /// Stores what nobody will ask for, as Python does.
    Keep,
}

#[derive(Default)]
struct Compiler<'j> {
    ops: Vec<Op<'j>>,
    memo: HashMap<Stored<'j>, i64>,
    /// How many were stored.
    stores: i64,
    definitions: HashMap<u64, &'j Json>,
    /// Some text is the very key of a dict.
    has_keys: bool,
    /// How full the memo was when a definition was last begun: one that begins again inside itself must have come further.
    begun: HashMap<Stored<'j>, usize>,
    todo: Vec<Todo<'j>>,
}

fn bad(message: impl std::fmt::Display) -> Error {
    <Error as serde::de::Error>::custom(message)
}

impl<'j> Compiler<'j> {
    /// Finds the values that have numbers, and whether texts are keys.
    fn define(&mut self, json: &'j Json) {
        let mut open = vec![json];
        while let Some(json) = open.pop() {
            match json {
                Json::Array(items) => open.extend(items),
                Json::Object(members) => {
                    self.has_keys |= json.member("$key").is_some();
                    if let Some(id) = json.member("$id").and_then(Json::as_u64) {
                        self.definitions.insert(id, json);
                    }
                    open.extend(members.iter().map(|(_, value)| value));
                }
                _ => {}
            }
        }
    }

    fn op(&mut self, opcode: Opcode, arg: Arg<'j>) {
        self.ops.push(Op { opcode, arg, offset: self.ops.len() });
    }

    fn store(&mut self, stored: Stored<'j>) {
        self.memo.insert(stored, self.stores);
        self.keep();
    }

    fn keep(&mut self) {
        self.op(Opcode::Memoize, Arg::None);
        self.stores += 1;
    }

    /// Whether it is in the memo: then it is fetched.
    fn fetch(&mut self, stored: Stored<'j>) -> bool {
        let Some(&index) = self.memo.get(&stored) else { return false };
        self.op(Opcode::LongBinGet, Arg::Int(index));
        true
    }

    fn run(&mut self) -> Result<()> {
        while let Some(todo) = self.todo.pop() {
            match todo {
                Todo::Value(json) => self.value(json)?,
                Todo::Key(text) => self.key(text),
                Todo::Op(opcode) => self.op(opcode, Arg::None),
                Todo::Store(stored) => {
                    if self.memo.contains_key(&stored) {
                        self.op(Opcode::Pop, Arg::None);
                        self.fetch(stored);
                    } else {
                        self.store(stored);
                    }
                }
                Todo::Keep => self.keep(),
                Todo::Given(object, stored) => self.given(object, stored)?,
                Todo::Fetch(stored) => {
                    self.fetch(stored);
                }
            }
        }
        Ok(())
    }

    fn text(&mut self, text: impl Into<Cow<'j, [u8]>>) {
        let text = text.into();
        let opcode = match text.len() {
            0..=0xff => Opcode::ShortBinUnicode,
            0x100..=0xffff_ffff => Opcode::BinUnicode,
            _ => Opcode::BinUnicode8,
        };
        self.op(opcode, Arg::Str(text));
    }

    fn key(&mut self, text: &'j str) {
        if !self.fetch(Stored::Key(text)) {
            self.text(text.as_bytes());
            self.store(Stored::Key(text));
        }
    }

    fn int(&mut self, int: i64) {
        let opcode = match (u16::try_from(int), i32::try_from(int)) {
            (Ok(..=0xff), _) => Opcode::BinInt1,
            (Ok(_), _) => Opcode::BinInt2,
            (_, Ok(_)) => Opcode::BinInt,
            _ => Opcode::Long1,
        };
        self.op(opcode, Arg::Int(int));
    }

    fn value(&mut self, json: &'j Json) -> Result<()> {
        match json {
            Json::Null => self.op(Opcode::None, Arg::None),
            Json::Bool(value) => self.op(if *value { Opcode::NewTrue } else { Opcode::NewFalse }, Arg::None),
            Json::Int(int) => self.int(*int),
            Json::UInt(int) => self.op(Opcode::Long1, Arg::Long(Cow::Owned(i128::from(*int).to_le_bytes().into()))),
            Json::Float(float) => self.op(Opcode::BinFloat, Arg::Float(*float)),
            Json::Text(text) => {
                self.text(text.as_bytes());
                self.keep();
            }
            Json::Bytes(_) => return Err(bad("base64 stands under a tag")),
            Json::Array(items) => {
                let stored = Stored::At(json);
                if !self.fetch(stored) {
                    self.op(Opcode::EmptyList, Arg::None);
                    self.store(stored);
                    self.filled(items, Opcode::Appends);
                }
            }
            Json::Object(members) => {
                let tag = members.iter().find(|(key, _)| key.starts_with('$') && key != "$id");
                match tag {
                    Some((tag, content)) => self.tagged(json, tag, content)?,
                    None if self.fetch(Stored::At(json)) => {}
                    None => self.dict(members, Stored::At(json)),
                }
            }
        }
        Ok(())
    }

    fn dict(&mut self, members: &'j [(String, Json)], stored: Stored<'j>) {
        self.op(Opcode::EmptyDict, Arg::None);
        self.store(stored);
        if members.is_empty() {
            return;
        }
        self.op(Opcode::Mark, Arg::None);
        self.todo.push(Todo::Op(Opcode::SetItems));
        self.todo.extend(members.iter().rev().flat_map(|(key, value)| [Todo::Value(value), Todo::Key(key)]));
    }

    /// Stores what was just made, if it has a number.
    fn named(&mut self, id: Option<u64>) {
        if let Some(id) = id {
            self.store(Stored::Id(id));
        }
    }

    /// The same of what Python always stores.
    fn kept(&mut self, id: Option<u64>) {
        match id {
            Some(id) => self.store(Stored::Id(id)),
            None => self.keep(),
        }
    }

    /// Fills a container by an opcode that takes what is above a mark.
    fn filled(&mut self, items: &'j [Json], opcode: Opcode) {
        if !items.is_empty() {
            self.op(Opcode::Mark, Arg::None);
            self.todo.push(Todo::Op(opcode));
            self.push_values(items);
        }
    }

    fn push_values(&mut self, items: &'j [Json]) {
        self.todo.extend(items.iter().rev().map(Todo::Value));
    }

    fn tagged(&mut self, json: &'j Json, tag: &'j str, content: &'j Json) -> Result<()> {
        let id = json.member("$id").and_then(Json::as_u64);
        let stored = id.map_or(Stored::At(json), Stored::Id);
        if tag != "$ref" {
            if self.fetch(stored) {
                return Ok(());
            }
            let full = self.memo.len();
            if let Some(id) = id
                && self.begun.insert(stored, full).is_some_and(|before| before == full)
            {
                return Err(bad(format!("the value of $id {id} contains itself as no pickle can")));
            }
        }
        let wrong = || bad(format!("{tag} has something that it cannot have"));
        let text = || content.as_str().ok_or_else(wrong);
        let items = || content.items().ok_or_else(wrong);
        let bytes = || content.as_bytes().ok_or_else(wrong);
        match tag {
            "$ref" => {
                let id = content.as_u64().ok_or_else(wrong)?;
                if !self.fetch(Stored::Id(id)) {
                    let definition = self.definitions.get(&id).ok_or_else(|| bad(format!("there is no $id {id}")))?;
                    self.todo.push(Todo::Value(definition));
                }
            }
            "$key" => self.key(text()?),
            "$str" => {
                self.text(text()?.as_bytes());
                self.kept(id);
            }
            "$surrogates" => {
                self.text(bytes()?);
                self.kept(id);
            }
            "$int" => {
                let value: num_bigint::BigInt = text()?.parse().map_err(|_| wrong())?;
                let bytes = value.to_signed_bytes_le();
                let opcode = if bytes.len() < 256 { Opcode::Long1 } else { Opcode::Long4 };
                self.op(opcode, Arg::Long(Cow::Owned(bytes)));
                self.named(id);
            }
            "$float" => {
                let bits = json.member("bits").and_then(Json::as_str).map(|bits| u64::from_str_radix(bits, 16));
                let float = match bits {
                    Some(bits) => f64::from_bits(bits.map_err(|_| wrong())?),
                    None => text()?.parse().map_err(|_| wrong())?,
                };
                self.op(Opcode::BinFloat, Arg::Float(float));
                self.named(id);
            }
            "$bytes" => {
                let bytes = bytes()?;
                let opcode = if bytes.len() < 256 { Opcode::ShortBinBytes } else { Opcode::BinBytes8 };
                self.op(opcode, Arg::Bytes(bytes));
                self.kept(id);
            }
            "$bytearray" => {
                self.op(Opcode::ByteArray8, Arg::ByteArray(bytes()?));
                self.kept(id);
            }
            "$py2str" | "$py2bytes" => {
                let bytes = if tag == "$py2str" { text()?.as_bytes() } else { bytes()? };
                self.op(Opcode::BinString, Arg::Py2Str(Cow::Borrowed(bytes)));
                self.named(id);
            }
            "$list" => {
                self.op(Opcode::EmptyList, Arg::None);
                self.store(stored);
                self.filled(items()?, Opcode::Appends);
            }
            "$set" => {
                self.op(Opcode::EmptySet, Arg::None);
                self.store(stored);
                self.filled(items()?, Opcode::AddItems);
            }
            "$tuple" | "$frozenset" => {
                self.op(Opcode::Mark, Arg::None);
                self.todo.push(Todo::Store(stored));
                self.todo.push(Todo::Op(if tag == "$tuple" { Opcode::Tuple } else { Opcode::FrozenSet }));
                self.push_values(items()?);
            }
            "$dict" => match content {
                Json::Object(members) => self.dict(members, stored),
                _ => {
                    self.op(Opcode::EmptyDict, Arg::None);
                    self.store(stored);
                    self.pairs(Some(content), Opcode::SetItems)?;
                }
            },
            "$global" => self.global(text()?)?,
            "$reduce" | "$new" | "$instance" | "$itself" => self.object(json, tag, content, stored)?,
            "$persid" => {
                self.todo.push(Todo::Store(stored));
                self.todo.extend([Todo::Op(Opcode::BinPersId), Todo::Value(content)]);
            }
            "$persid_text" => {
                self.op(Opcode::PersId, Arg::Str(Cow::Borrowed(text()?.as_bytes())));
                self.named(id);
            }
            "$extension" => {
                let code = content.as_u64().and_then(|code| i64::try_from(code).ok()).ok_or_else(wrong)?;
                self.op(Opcode::Ext4, Arg::Int(code));
            }
            "$buffer" => {
                self.op(Opcode::NextBuffer, Arg::None);
                self.named(id);
            }
            "$readonly" => {
                self.todo.push(Todo::Store(stored));
                self.todo.extend([Todo::Op(Opcode::ReadonlyBuffer), Todo::Value(content)]);
            }
            _ => return Err(bad(format!("{tag} is not known"))),
        }
        Ok(())
    }

    fn pairs(&mut self, pairs: Option<&'j Json>, opcode: Opcode) -> Result<()> {
        let pairs = pairs.and_then(Json::items).unwrap_or_default();
        if pairs.is_empty() {
            return Ok(());
        }
        self.op(Opcode::Mark, Arg::None);
        self.todo.push(Todo::Op(opcode));
        self.push_pairs(pairs)
    }

    fn push_pairs(&mut self, pairs: &'j [Json]) -> Result<()> {
        for pair in pairs.iter().rev() {
            match pair.items() {
                Some([key, value]) => self.todo.extend([Todo::Value(value), Todo::Value(key)]),
                _ => return Err(bad("a pair is not a list of two")),
            }
        }
        Ok(())
    }

    fn global(&mut self, name: &'j str) -> Result<()> {
        if self.fetch(Stored::Global(name)) {
            return Ok(());
        }
        let (module, attribute) =
            name.split_once(':').ok_or_else(|| bad(format!("{name:?} is not a module and a name: module:name")))?;
        self.key(module);
        self.key(attribute);
        self.op(Opcode::StackGlobal, Arg::None);
        self.store(Stored::Global(name));
        Ok(())
    }

    fn object(&mut self, json: &'j Json, tag: &str, class: &'j Json, stored: Stored<'j>) -> Result<()> {
        let args = json.member("args").and_then(Json::items).unwrap_or_default();
        self.todo.push(Todo::Given(json, stored));
        let kwargs = json.member("kwargs").and_then(Json::items).unwrap_or_default();
        match tag {
            "$itself" => {}
            "$instance" => {
                self.op(Opcode::Mark, Arg::None);
                self.todo.push(Todo::Op(Opcode::Obj));
                self.push_values(args);
            }
            _ => {
                let makes = match tag {
                    "$reduce" => Opcode::Reduce,
                    _ if json.member("kwargs").is_some() => Opcode::NewObjEx,
                    _ => Opcode::NewObj,
                };
                self.todo.push(Todo::Op(makes));
                if makes == Opcode::NewObjEx {
                    self.todo.extend([Todo::Keep, Todo::Op(Opcode::Dict)]);
                    self.push_pairs(kwargs)?;
                    self.todo.push(Todo::Op(Opcode::Mark));
                }
                if args.is_empty() {
                    self.todo.push(Todo::Op(Opcode::EmptyTuple));
                } else {
                    self.todo.extend([Todo::Keep, Todo::Op(Opcode::Tuple)]);
                    self.push_values(args);
                    self.todo.push(Todo::Op(Opcode::Mark));
                }
            }
        }
        self.todo.push(Todo::Value(class));
        Ok(())
    }

    /// What an object is given. It may have been made already, while its arguments were: then it is that one.
    fn given(&mut self, json: &'j Json, stored: Stored<'j>) -> Result<()> {
        if self.memo.contains_key(&stored) {
            self.op(Opcode::Pop, Arg::None);
            self.fetch(stored);
            return Ok(());
        }
        self.store(stored);
        let first = self.todo.len();
        for (name, opcode) in [("items", Opcode::Appends), ("added", Opcode::AddItems)] {
            let items = json.member(name).and_then(Json::items).unwrap_or_default();
            if !items.is_empty() {
                self.todo.push(Todo::Op(Opcode::Mark));
                self.todo.extend(items.iter().map(Todo::Value));
                self.todo.push(Todo::Op(opcode));
            }
        }
        let pairs = json.member("pairs").and_then(Json::items).unwrap_or_default();
        if !pairs.is_empty() {
            self.todo.push(Todo::Op(Opcode::Mark));
            for pair in pairs {
                let [key, value] = pair.items().unwrap_or_default() else {
                    return Err(bad("a pair is not a list of two"));
                };
                self.todo.extend([Todo::Value(key), Todo::Value(value)]);
            }
            self.todo.push(Todo::Op(Opcode::SetItems));
        }
        for state in json.member("states").and_then(Json::items).unwrap_or_default() {
            self.todo.extend([Todo::Value(state), Todo::Op(Opcode::Build)]);
        }
        for effect in json.member("effects").and_then(Json::items).unwrap_or_default() {
            if let Some([callable, args @ ..]) = effect.items() {
                self.todo.extend([Todo::Value(callable), Todo::Op(Opcode::Mark), Todo::Fetch(stored)]);
                self.todo.extend(args.iter().map(Todo::Value));
                self.todo.extend([Todo::Op(Opcode::Tuple), Todo::Op(Opcode::Reduce), Todo::Op(Opcode::Pop)]);
            }
        }
        self.todo[first..].reverse();
        Ok(())
    }
}
