//! Bytes that mean harm: whatever is done with them ends in a value or an error, in a thread of 2 MiB, in memory and in steps that
//! grow with the bytes only.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by it")]

mod attacks;
mod constants;
mod depth;
mod limited;
#[path = "../fuzzed/measure.rs"]
mod measure;
mod messages;
mod recipes;
mod sequences;
mod survive;

#[global_allocator]
static ALLOCATOR: peak_alloc::PeakAlloc = peak_alloc::PeakAlloc;
