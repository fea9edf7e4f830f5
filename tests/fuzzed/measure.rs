//! Memory and steps of one thing that is done.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// One test at a time: the allocator counts for the whole process.
static ALONE: Mutex<()> = Mutex::new(());

/// To be held by each test from its first allocation on.
pub(crate) fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs in a small thread, as a server's might be.
pub(crate) fn small_thread<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> T {
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(run).unwrap();
    match thread.join() {
        Ok(result) => result,
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

/// What something took: the peak of memory above what there was, and steps (0 in release builds, which count none).
pub(crate) fn measure<T>(run: impl FnOnce() -> T) -> (T, usize, usize) {
    let steps = || serde_pickle::__steps().unwrap_or(0) as usize;
    let (before, first) = (crate::ALLOCATOR.current_usage(), steps());
    crate::ALLOCATOR.reset_peak_usage();
    let result = run();
    (result, crate::ALLOCATOR.peak_usage().saturating_sub(before), steps() - first)
}
