//! What is ours: looking after models, downloads, the machine, and what describes all of it.
//!
//! Every answer has a type of its own here and not the window's, so that programs are not broken by a new window, and
//! nobody outside learns where on the disk a person keeps their files. `openapi` is made from these types; `page` shows
//! it to people.

pub(crate) mod downloads;
pub(crate) mod fit;
pub(crate) mod hardware;
pub(crate) mod health;
mod job;
pub(crate) mod load;
pub(crate) mod metrics;
pub(crate) mod models;
pub(crate) mod openapi;
pub(crate) mod page;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A moment as programs read it, to the second.
fn moment(ms: i64) -> Option<String> {
    OffsetDateTime::from_unix_timestamp(ms.div_euclid(1000)).ok()?.format(&Rfc3339).ok()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_moment_is_written_in_utc() {
        assert_eq!(super::moment(1_700_000_000_999).as_deref(), Some("2023-11-14T22:13:20Z"));
        assert_eq!(super::moment(i64::MAX), None, "no calendar goes that far");
    }
}
