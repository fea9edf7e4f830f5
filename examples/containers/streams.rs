//! Streams of pickles, each after its length.
//!
//! - `logging.handlers.SocketHandler`: u32, big-endian, then the pickle of the attributes of a `LogRecord`.
//! - `multiprocessing` pipes and queues: i32, big-endian (-1, and then a u64, from 2 GiB on), then a pickle.

use std::io::{ErrorKind, Read, Write};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::Result;

/// What most people want of a log record. The others are left out, whatever they are.
#[derive(Debug, PartialEq, Deserialize)]
pub struct LogRecord {
    /// Of the logger.
    pub name: String,
    /// `INFO`, `ERROR` and so on.
    pub levelname: String,
    /// With its arguments put in: the handler does so.
    pub msg: String,
    /// In Unix seconds.
    pub created: f64,
    /// Where it was logged.
    #[serde(rename = "lineno")]
    pub line: u32,
}

/// Lengths beyond that are not believed: nobody shall make the program take memory by a few bytes.
const LONGEST: u64 = 64 << 20;

/// The records that a handler sends.
pub fn log_records(mut from: impl Read) -> impl Iterator<Item = Result<LogRecord>> {
    let mut next = move || -> Result<Option<LogRecord>> {
        let Some(length) = four(&mut from)? else { return Ok(None) };
        Ok(Some(serde_pickle::from_slice(&take(&mut from, u32::from_be_bytes(length).into())?)?))
    };
    std::iter::from_fn(move || next().transpose())
}

/// The next message of a pipe; none at its end.
pub fn receive<T: DeserializeOwned>(mut from: impl Read) -> Result<Option<T>> {
    let Some(length) = four(&mut from)? else { return Ok(None) };
    let length = match i32::from_be_bytes(length) {
        -1 => {
            let mut long = [0; 8];
            from.read_exact(&mut long)?;
            u64::from_be_bytes(long)
        }
        length => u64::try_from(length)?,
    };
    Ok(Some(serde_pickle::from_slice(&take(&mut from, length)?)?))
}

/// Sends a message into a pipe.
pub fn send<T: Serialize>(mut to: impl Write, message: &T) -> Result<()> {
    let pickle = serde_pickle::to_vec(message)?;
    match i32::try_from(pickle.len()) {
        Ok(length) => to.write_all(&length.to_be_bytes())?,
        Err(_) => {
            to.write_all(&(-1_i32).to_be_bytes())?;
            to.write_all(&(pickle.len() as u64).to_be_bytes())?;
        }
    }
    to.write_all(&pickle)?;
    Ok(())
}

fn four(mut from: impl Read) -> Result<Option<[u8; 4]>> {
    let mut bytes = [0; 4];
    match from.read_exact(&mut bytes) {
        Ok(()) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn take(from: impl Read, length: u64) -> Result<Vec<u8>> {
    if length > LONGEST {
        return Err(format!("a message of {length} bytes").into());
    }
    let mut pickle = Vec::new();
    from.take(length).read_to_end(&mut pickle)?;
    if (pickle.len() as u64) < length {
        return Err("the stream ends inside a message".into());
    }
    Ok(pickle)
}
