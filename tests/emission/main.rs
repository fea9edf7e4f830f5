//! What is written is what Python writes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by it")]

mod fresh;
mod python;
mod random;
mod spec;
