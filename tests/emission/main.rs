//! What is written is what Python writes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by it")]

mod fresh;
mod graphs;
mod interop;
mod python;
mod random;
mod spec;
mod streams;

use serde_pickle::Protocol;

const PROTOCOLS: [Protocol; 6] = [Protocol::V0, Protocol::V1, Protocol::V2, Protocol::V3, Protocol::V4, Protocol::V5];
