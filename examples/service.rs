//! A cache that a Rust service and Python programs share: a server that speaks the protocol of Redis, as far as a cache needs it.
//!
//! `cargo run --example service [ADDRESS]`, and in Python, with the `redis` package or any client:
//!
//! ```python
//! import pickle, redis
//! cache = redis.Redis(port=6380)
//! cache.set("order:1", pickle.dumps(Order(1, ["BK-42"], shipped=None)))   # a dataclass of the module shop
//! cache.execute_command("SHIP", "order:1", "2026-03-01T12:00:00+00:00")   # Rust reads it, changes it, writes it
//! pickle.loads(cache.get("order:1")).shipped                              # datetime.datetime(...)
//! ```
//!
//! Values are pickles, kept as they came. Nothing in them is ever run; what Rust itself reads, it reads into types.

use std::{
    collections::HashMap,
    io::{self, BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use serde::{Deserialize, Serialize};
use serde_pickle::{Value, types};

/// The dataclass `Order` of the Python module `shop`: read from its instances, and written as such.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename = "shop:Order")]
pub struct Order {
    /// The number.
    pub id: u64,
    /// What was ordered.
    pub items: Vec<String>,
    /// Python's datetime, with its zone.
    pub shipped: Option<types::DateTime>,
    /// What Python programs add is kept, whatever it is.
    #[serde(default)]
    pub notes: Option<Value>,
}

/// The cache: pickles by key.
type Cache = Arc<Mutex<HashMap<Vec<u8>, Vec<u8>>>>;

/// Nobody needs more, and nobody shall make the service take it.
const MOST_ARGUMENTS: usize = 16;
const LONGEST: u64 = 16 << 20;

fn main() -> io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:6380".to_owned());
    let listener = TcpListener::bind(address)?;
    println!("listening on {}", listener.local_addr()?);
    serve(&listener)
}

/// Serves clients, each in a thread, until the listener fails.
pub fn serve(listener: &TcpListener) -> io::Result<()> {
    let cache = Cache::default();
    // Something of our own, for Python to read.
    let first = Order { id: 1, items: vec!["BK-42".into(), "PN-7".into()], shipped: None, notes: None };
    let pickle = serde_pickle::to_vec(&first).map_err(io::Error::from)?;
    cache.lock().unwrap_or_else(PoisonError::into_inner).insert(b"order:1".to_vec(), pickle);
    for client in listener.incoming() {
        let (client, cache) = (client?, cache.clone());
        thread::spawn(move || {
            if let Err(error) = attend(client, &cache) {
                eprintln!("a client: {error}");
            }
        });
    }
    Ok(())
}

/// Answers one client until it goes.
fn attend(client: TcpStream, cache: &Cache) -> io::Result<()> {
    let mut from = BufReader::new(client.try_clone()?);
    let mut to = client;
    while let Some(command) = command(&mut from)? {
        let reply = match reply(&command, cache) {
            Ok(reply) => reply,
            Err(message) => format!("-ERR {}\r\n", message.replace(['\r', '\n'], " ")).into_bytes(),
        };
        to.write_all(&reply)?;
    }
    Ok(())
}

/// A command: an array of byte strings.
fn command(from: &mut impl BufRead) -> io::Result<Option<Vec<Vec<u8>>>> {
    let Some(count) = header(from, b'*')? else { return Ok(None) };
    if count > MOST_ARGUMENTS as u64 {
        return Err(invalid("too many arguments"));
    }
    let mut arguments = Vec::new();
    for _ in 0..count {
        let length = header(from, b'$')?.filter(|&length| length <= LONGEST).ok_or_else(|| invalid("bad argument"))?;
        let mut argument = Vec::new();
        from.take(length + 2).read_to_end(&mut argument)?;
        if !argument.ends_with(b"\r\n") || argument.len() as u64 != length + 2 {
            return Err(invalid("an argument is cut"));
        }
        argument.truncate(argument.len() - 2);
        arguments.push(argument);
    }
    Ok(Some(arguments))
}

/// A line of a mark and a number; none at the end of the stream.
fn header(from: &mut impl BufRead, mark: u8) -> io::Result<Option<u64>> {
    let mut line = Vec::new();
    from.take(32).read_until(b'\n', &mut line)?;
    if line.is_empty() {
        return Ok(None);
    }
    let number = line.strip_prefix(&[mark]).and_then(|line| std::str::from_utf8(line).ok());
    let number = number.and_then(|line| line.trim_end().parse().ok());
    number.map(Some).ok_or_else(|| invalid("not a command"))
}

fn invalid(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}

fn reply(command: &[Vec<u8>], cache: &Cache) -> Result<Vec<u8>, String> {
    let mut cache = cache.lock().unwrap_or_else(PoisonError::into_inner);
    let words: Vec<&[u8]> = command.iter().map(Vec::as_slice).collect();
    let name = words.first().map(|name| name.to_ascii_uppercase()).unwrap_or_default();
    match (&name[..], &words[1.min(words.len())..]) {
        (b"PING", []) => Ok(b"+PONG\r\n".to_vec()),
        // Of clients that say hello.
        (b"CLIENT", _) => Ok(b"+OK\r\n".to_vec()),
        (b"SET", [key, value]) => {
            cache.insert(key.to_vec(), value.to_vec());
            Ok(b"+OK\r\n".to_vec())
        }
        (b"GET", [key]) => Ok(bulk(cache.get(*key).map(Vec::as_slice))),
        (b"DEL", [key]) => Ok(format!(":{}\r\n", usize::from(cache.remove(*key).is_some())).into_bytes()),
        // What Rust itself does with what Python put there.
        (b"SHIP", [key, when]) => {
            let pickle = cache.get_mut(*key).ok_or("no such key")?;
            let mut order: Order = serde_pickle::from_slice(pickle).map_err(|error| error.to_string())?;
            let when = String::from_utf8_lossy(when);
            order.shipped = Some(when.parse().map_err(|error| format!("{when}: {error}"))?);
            *pickle = serde_pickle::to_vec(&order).map_err(|error| error.to_string())?;
            Ok(b"+OK\r\n".to_vec())
        }
        _ => Err("unknown command".to_owned()),
    }
}

fn bulk(value: Option<&[u8]>) -> Vec<u8> {
    match value {
        None => b"$-1\r\n".to_vec(),
        Some(value) => [format!("${}\r\n", value.len()).as_bytes(), value, b"\r\n"].concat(),
    }
}
