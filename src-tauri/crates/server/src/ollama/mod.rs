//! What programs written for Ollama ask.
//!
//! Fields and their meaning follow Ollama's public API description. Where it would do something silently that is not what
//! was asked for, the request is refused in words: the oldest messages are left out only for programs that say
//! `"truncate": true` themselves.
//!
//! `asked` reads what requests have in common, `messages` conversations, `said` writes answers.

mod asked;
pub(crate) mod chat;
pub(crate) mod embed;
pub(crate) mod generate;
pub(crate) mod manage;
mod messages;
pub(crate) mod models;
pub(crate) mod pull;
mod said;

use serde::Deserialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::error::ApiError;

/// Names a model: in `model`, in older programs in `name`. Some send both, one of them empty.
#[derive(Debug, Deserialize)]
pub(crate) struct Named {
    model: Option<String>,
    name: Option<String>,
}

impl Named {
    fn name(&self) -> Result<&str, ApiError> {
        let said = [&self.model, &self.name].into_iter().flatten().find(|name| !name.trim().is_empty());
        said.map(String::as_str).ok_or_else(|| ApiError::invalid_param("model", "model is missing: name a model."))
    }
}

/// A moment as Ollama writes it.
fn moment(at: OffsetDateTime) -> String {
    // Fails only for years that no clock shows.
    at.format(&Rfc3339).unwrap_or_default()
}

fn now() -> String {
    moment(OffsetDateTime::now_utc())
}

/// A moment in milliseconds since 1970-01-01 UTC.
fn moment_ms(ms: i64) -> String {
    let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(ms) * 1_000_000);
    moment(at.unwrap_or(OffsetDateTime::UNIX_EPOCH))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_rfc_3339() {
        assert_eq!(moment_ms(0), "1970-01-01T00:00:00Z");
        assert_eq!(moment_ms(1_700_000_000_123), "2023-11-14T22:13:20.123Z");
    }

    #[test]
    fn a_model_is_named_in_either_field() {
        let name = |json: &str| serde_json::from_str::<Named>(json).unwrap().name().ok().map(str::to_owned);
        assert_eq!(name(r#"{"model":"a"}"#).as_deref(), Some("a"));
        assert_eq!(name(r#"{"name":"a"}"#).as_deref(), Some("a"));
        assert_eq!(name(r#"{"model":"a","name":""}"#).as_deref(), Some("a"), "Ollama's own program sends both");
        assert_eq!(name("{}"), None);
    }
}
