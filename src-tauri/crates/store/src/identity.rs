//! New identifiers and the time of day.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use uuid::Uuid;

/// What a temporary store's identifiers begin with.
const TEMPORARY: &str = "temp-";

/// A new identifier, later in text order than those made before.
pub(crate) fn new_id(temporary: bool) -> String {
    let id = Uuid::now_v7();
    if temporary { format!("{TEMPORARY}{id}") } else { id.to_string() }
}

/// Milliseconds since 1970-01-01 UTC, later with each call: what happened after something else is dated after it,
/// in the same millisecond too and when the clock is set back.
pub(crate) fn now() -> i64 {
    static LAST: AtomicI64 = AtomicI64::new(0);
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let clock = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
    let next = |last: i64| clock.max(last.saturating_add(1));
    next(LAST.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| Some(next(last))).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_calls_give_later_times_and_identifiers() {
        let times: Vec<_> = (0..1000).map(|_| now()).collect();
        assert!(times.is_sorted_by(|one, next| one < next), "a thousand calls take less than a thousand milliseconds");
        let ids: Vec<_> = (0..1000).map(|_| new_id(false)).collect();
        assert!(ids.is_sorted_by(|one, next| one < next), "text order is the order of making");
    }
}
