//! `pickle json`: natural JSON, for `jq` and other programs.

use std::{fmt, io::Write};

use base64::Engine as _;
use clap::{Args, ValueEnum};
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_pickle::{Cycles, Kind, Node};

use crate::{
    fail::{Fail, Outcome},
    input::Input,
    output::Output,
    tagged,
};

/// Prints JSON: a line for each pickle
///
/// By default the natural form: objects are their attributes, dates and decimals are text, tuples and sets are arrays, keys that
/// are no text are the JSON of the key, NaN and infinity are null. With `--tagged` nothing is lost, and `pickle from-json` makes
/// the same pickle of it again.
#[derive(Args)]
pub(crate) struct Json {
    #[command(flatten)]
    input: Input,
    /// Only the part at a path, such as `users[3].email`
    #[arg(short, long, conflicts_with = "tagged")]
    path: Option<String>,
    /// A line for each item of a sequence
    #[arg(short, long, conflicts_with = "tagged")]
    lines: bool,
    /// What bytes are
    #[arg(long, value_enum, default_value = "base64", conflicts_with = "tagged")]
    bytes: Bytes,
    /// null where a value contains itself, instead of an error
    #[arg(long, conflicts_with = "tagged")]
    null_cycles: bool,
    /// The lossless form: classes, sharing and cycles are kept
    #[arg(short, long)]
    tagged: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Bytes {
    Base64,
    Hex,
    /// Numbers
    Array,
    /// Each byte is the character of that number
    Latin1,
}

impl Json {
    pub(crate) fn run(&self, out: &mut Output) -> Outcome<()> {
        let path = self.path.as_deref().unwrap_or_default();
        for source in self.input.sources() {
            self.input.reading.pickles(&source?, true, |pickle, graph| {
                if self.tagged {
                    tagged::write(&graph, out)?;
                    return Ok(writeln!(out)?);
                }
                // Cycles are an option of reading.
                let cycles = if self.null_cycles { Cycles::None } else { Cycles::Error };
                let options = self.input.reading.options().cycles(cycles);
                let (graph, _) = options.graph_prefix(pickle.bytes).map_err(|error| pickle.fail(&error))?;
                let node = graph.root().lookup(path).map_err(|error| pickle.fail(&error))?;
                let is_sequence = matches!(node.kind(), Kind::List | Kind::Tuple | Kind::Set | Kind::FrozenSet);
                let nodes: Box<dyn Iterator<Item = Node<'_, '_>>> =
                    if self.lines && is_sequence { Box::new(node.items()) } else { Box::new(std::iter::once(node)) };
                for node in nodes {
                    // Whole or not at all: half of it would be of no use to anybody.
                    let mut text = Vec::new();
                    let natural = Natural { out: &mut text, bytes: self.bytes };
                    node.deserialize_seed(natural).map_err(|error| {
                        let mut fail = pickle.fail(&error);
                        if error.to_string().contains("contains itself") {
                            fail.hint = Some("--null-cycles, or --tagged".into());
                        }
                        fail
                    })?;
                    text.push(b'\n');
                    out.write_all(&text)?;
                }
                Ok::<(), Fail>(())
            })?;
        }
        Ok(())
    }
}

/// Writes whatever it is given.
struct Natural<'w> {
    out: &'w mut Vec<u8>,
    bytes: Bytes,
}

impl Natural<'_> {
    fn again(&mut self) -> Natural<'_> {
        Natural { out: self.out, bytes: self.bytes }
    }

    fn put<E: de::Error>(&mut self, text: impl fmt::Display) -> Result<(), E> {
        write!(self.out, "{text}").map_err(E::custom)
    }

    fn text<E: de::Error>(&mut self, text: &str) -> Result<(), E> {
        let quoted = serde_json::to_string(text).map_err(E::custom)?;
        self.put(quoted)
    }
}

impl<'de> DeserializeSeed<'de> for Natural<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Natural<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any Python value")
    }

    fn visit_unit<E: de::Error>(mut self) -> Result<(), E> {
        self.put("null")
    }

    fn visit_none<E: de::Error>(mut self) -> Result<(), E> {
        self.put("null")
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E: de::Error>(mut self, value: bool) -> Result<(), E> {
        self.put(value)
    }

    fn visit_i64<E: de::Error>(mut self, value: i64) -> Result<(), E> {
        self.put(value)
    }

    fn visit_u64<E: de::Error>(mut self, value: u64) -> Result<(), E> {
        self.put(value)
    }

    fn visit_i128<E: de::Error>(mut self, value: i128) -> Result<(), E> {
        self.put(value)
    }

    fn visit_u128<E: de::Error>(mut self, value: u128) -> Result<(), E> {
        self.put(value)
    }

    fn visit_f64<E: de::Error>(mut self, value: f64) -> Result<(), E> {
        let text = serde_json::to_string(&value).map_err(E::custom)?;
        self.put(text)
    }

    fn visit_str<E: de::Error>(mut self, value: &str) -> Result<(), E> {
        self.text(value)
    }

    fn visit_bytes<E: de::Error>(mut self, value: &[u8]) -> Result<(), E> {
        match self.bytes {
            Bytes::Base64 => self.text(&base64::engine::general_purpose::STANDARD.encode(value)),
            Bytes::Hex => self.text(&value.iter().map(|byte| format!("{byte:02x}")).collect::<String>()),
            Bytes::Latin1 => self.text(&value.iter().copied().map(char::from).collect::<String>()),
            Bytes::Array => {
                let numbers: Vec<String> = value.iter().map(u8::to_string).collect();
                self.put(format_args!("[{}]", numbers.join(",")))
            }
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<(), A::Error> {
        self.put("[")?;
        let mut first = true;
        while items.next_element_seed(Next { natural: self.again(), first: &mut first })?.is_some() {}
        self.put("]")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut entries: A) -> Result<(), A::Error> {
        self.put("{")?;
        let mut first = true;
        while let Some(key) = entries.next_key_seed(Key { bytes: self.bytes })? {
            if !std::mem::take(&mut first) {
                self.put(",")?;
            }
            self.text(&key)?;
            self.put(":")?;
            entries.next_value_seed(self.again())?;
        }
        self.put("}")
    }
}

/// An item, after a comma if it is not the first.
struct Next<'w> {
    natural: Natural<'w>,
    first: &'w mut bool,
}

impl<'de> DeserializeSeed<'de> for Next<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(mut self, deserializer: D) -> Result<(), D::Error> {
        let comma = if std::mem::take(self.first) { "" } else { "," };
        self.natural.put(comma)?;
        self.natural.deserialize(deserializer)
    }
}

/// A key: text as it is, anything else as its JSON.
struct Key {
    bytes: Bytes,
}

impl<'de> DeserializeSeed<'de> for Key {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        let mut text = Vec::new();
        let natural = Natural { out: &mut text, bytes: self.bytes };
        natural.deserialize(deserializer)?;
        let text = String::from_utf8(text).map_err(de::Error::custom)?;
        // Text was quoted.
        Ok(if text.starts_with('"') { serde_json::from_str(&text).map_err(de::Error::custom)? } else { text })
    }
}
