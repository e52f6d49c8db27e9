//! New identifiers and the time of day.

use std::time::{SystemTime, UNIX_EPOCH};

use uuid::Uuid;

/// What a temporary store's identifiers begin with.
const TEMPORARY: &str = "temp-";

/// A new identifier, later in text order than those made before.
pub(crate) fn new_id(temporary: bool) -> String {
    let id = Uuid::now_v7();
    if temporary { format!("{TEMPORARY}{id}") } else { id.to_string() }
}

/// Milliseconds since 1970-01-01 UTC.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
