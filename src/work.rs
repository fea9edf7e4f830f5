//! Counts work in debug builds, for the tests that prove it linear: steps, and not time. Release builds count nothing.

#[cfg(debug_assertions)]
thread_local! {
    static STEPS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// So many more steps were taken: a value looked at, a byte decoded, a key compared. How many is not even asked in release builds.
#[inline(always)]
#[cfg_attr(not(debug_assertions), allow(unused_variables))]
pub(crate) fn steps(count: impl FnOnce() -> usize) {
    #[cfg(debug_assertions)]
    STEPS.with(|steps| steps.set(steps.get().saturating_add(count() as u64)));
}

/// How many steps this thread has taken so far; `None` in release builds.
pub(crate) fn taken() -> Option<u64> {
    #[cfg(debug_assertions)]
    return Some(STEPS.with(std::cell::Cell::get));
    #[cfg(not(debug_assertions))]
    None
}
