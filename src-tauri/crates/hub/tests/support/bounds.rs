//! How long a reading may take and how much it may hold. Whoever takes this in has its memory counted.
#![allow(unsafe_code, reason = "a counting allocator and a thread's clock cannot be had without")]
#![allow(clippy::missing_panics_doc, missing_docs, unreachable_pub)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::time::Duration;

const MOST_TIME: Duration = Duration::from_millis(200);
const MOST_BYTES: i64 = 200 << 20;

/// Counts what this thread holds and the most it ever held.
struct Counting;

thread_local! {
    static HELD: Cell<i64> = const { Cell::new(0) };
    static PEAK: Cell<i64> = const { Cell::new(0) };
}

fn count(change: i64) {
    let held = HELD.get() + change;
    HELD.set(held);
    PEAK.set(PEAK.get().max(held));
}

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(i64::try_from(layout.size()).unwrap_or(i64::MAX));
        // SAFETY: as promised by the caller.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        count(-i64::try_from(layout.size()).unwrap_or(i64::MAX));
        // SAFETY: as promised by the caller.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The processor's time that this thread has taken: what else the machine is busy with does not count.
#[cfg(target_os = "linux")]
fn taken() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: it writes to `time` and nowhere else.
    let outcome = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    assert_eq!(outcome, 0, "a thread has a clock");
    Duration::new(
        time.tv_sec.try_into().expect("no time is negative"),
        time.tv_nsec.try_into().expect("a second's part"),
    )
}

/// The time that has passed.
#[cfg(not(target_os = "linux"))]
fn taken() -> Duration {
    static BEGIN: std::sync::LazyLock<std::time::Instant> = std::sync::LazyLock::new(std::time::Instant::now);
    BEGIN.elapsed()
}

/// What `read` comes to, which must be within the bounds.
pub fn within<T>(name: &str, mut read: impl FnMut() -> T) -> T {
    // Others share this thread's caches, and on some systems its time: the quickest of a few readings counts.
    let mut quickest = Duration::MAX;
    for _ in 0..5 {
        PEAK.set(HELD.get());
        let before = HELD.get();
        let begin = taken();
        let outcome = read();
        quickest = quickest.min(taken() - begin);
        let peak = PEAK.get() - before;
        assert!(peak < MOST_BYTES, "{name}: held {peak} bytes");
        if quickest < MOST_TIME {
            return outcome;
        }
    }
    panic!("{name}: took {quickest:?}");
}
