//! What holds for any bytes, in bounds of memory and of counted steps: the bodies of the fuzz targets (`fuzz/bodies`) over bytes
//! that a seed makes, and a run of mutated fixtures.
//!
//! How many cases there are is the environment variable `SERDE_PICKLE_CASES`, the first seed `SERDE_PICKLE_SEED`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by it")]

#[path = "../../fuzz/bodies/mod.rs"]
mod bodies;
mod faults;
mod finds;
mod measure;
mod mutate;
mod properties;
mod streams;

#[global_allocator]
static ALLOCATOR: peak_alloc::PeakAlloc = peak_alloc::PeakAlloc;

/// A number from the environment.
fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().map_or(default, |text| text.parse().unwrap())
}
