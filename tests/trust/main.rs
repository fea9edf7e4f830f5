//! What loading a pickle in Python would do: the trust report, the allow-list of globals, and what `check` finds unusual.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by it")]

mod allowed;
mod checked;
mod joblib;
mod python;
mod report;
