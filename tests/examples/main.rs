//! The examples, run: containers of other libraries, and a cache that is shared with Python.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by it")]

#[path = "../../examples/containers/main.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    reason = "its main is not called, and it is documented by its comments"
)]
mod containers;
mod recipes;
mod service;
