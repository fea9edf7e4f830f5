//! Celery's messages, with `task_serializer = "pickle"`.
//!
//! In Redis, a message is JSON whose `body` is base64 of the pickle of `(args, kwargs, options)`; in RabbitMQ the body is the pickle as
//! it is, and the headers are those of AMQP. Results are pickles of a dict.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, de::DeserializeOwned};
use serde_pickle::Value;

use super::Result;

/// A task that somebody asks for.
#[derive(Debug)]
pub struct Task<Args, Kwargs> {
    /// The name of the task.
    pub name: String,
    /// What it is called with, by position.
    pub args: Args,
    /// What it is called with, by name.
    pub kwargs: Kwargs,
}

/// What became of a task.
#[derive(Debug, Deserialize)]
pub struct Outcome<T> {
    /// Of which task.
    pub task_id: String,
    /// `SUCCESS`, `FAILURE` and so on.
    pub status: String,
    /// What the task gave; of a failed one, the exception.
    pub result: T,
    /// Of a failed one, as text.
    pub traceback: Option<String>,
}

#[derive(Deserialize)]
struct Envelope {
    body: String,
    #[serde(rename = "content-type")]
    content_type: String,
    headers: Headers,
}

#[derive(Deserialize)]
struct Headers {
    task: String,
}

/// The task of a message as it lies in Redis.
pub fn task<Args: DeserializeOwned, Kwargs: DeserializeOwned>(message: &[u8]) -> Result<Task<Args, Kwargs>> {
    let envelope: Envelope = serde_json::from_slice(message)?;
    if envelope.content_type != "application/x-python-serialize" {
        return Err(format!("the body is no pickle but {}", envelope.content_type).into());
    }
    let (args, kwargs, _options): (Args, Kwargs, Value) = serde_pickle::from_slice(&STANDARD.decode(envelope.body)?)?;
    Ok(Task { name: envelope.headers.task, args, kwargs })
}
