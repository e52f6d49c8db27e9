//! Reading a hub's JSON leniently: a field that is missing, odd or of another kind is not there. Texts are bounded and
//! hold nothing that is not shown.

use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::names::shown;
use super::repo::Gate;

/// Most entries of a list of texts.
const MAX_TEXTS: usize = 500;

/// A text in one line and of a length that can be shown.
pub(super) fn text(of: &Value, key: &str) -> Option<String> {
    line(of.get(key)?)
}

fn line(value: &Value) -> Option<String> {
    let text = value.as_str()?.trim();
    (!text.is_empty()).then(|| shown(text))
}

/// A whole number that is not below zero.
pub(super) fn number(of: &Value, key: &str) -> Option<u64> {
    of.get(key)?.as_u64()
}

/// Whether it says yes.
pub(super) fn yes(of: &Value, key: &str) -> bool {
    of.get(key).and_then(Value::as_bool).unwrap_or_default()
}

/// A list of texts, or a single one.
pub(super) fn texts(of: &Value, key: &str) -> Vec<String> {
    match of.get(key) {
        Some(Value::Array(entries)) => entries.iter().filter_map(line).take(MAX_TEXTS).collect(),
        Some(single) => line(single).into_iter().collect(),
        None => Vec::new(),
    }
}

/// A time (RFC 3339) as milliseconds since 1970-01-01 UTC.
pub(super) fn time_ms(of: &Value, key: &str) -> Option<i64> {
    let at = OffsetDateTime::parse(of.get(key)?.as_str()?, &Rfc3339).ok()?;
    i64::try_from(at.unix_timestamp_nanos() / 1_000_000).ok()
}

/// Whether terms have to be accepted.
pub(super) fn gate(of: &Value) -> Gate {
    match of.get("gated") {
        None | Some(Value::Null | Value::Bool(false)) => Gate::Open,
        Some(Value::String(kind)) if kind == "auto" => Gate::Terms,
        // What is not known is taken for the stricter kind.
        Some(_) => Gate::Asked,
    }
}

/// The rest of the first tag that begins so, for example of `license:mit`.
pub(super) fn tag_value(tags: &[String], prefix: &str) -> Option<String> {
    let value = tags.iter().find_map(|tag| tag.strip_prefix(prefix))?;
    (!value.is_empty()).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn odd_fields_are_not_there() {
        let of = json!({"author": 7, "likes": -1, "downloads": "many", "tags": [1, "gguf", null, ""], "private": "no"});
        assert_eq!(text(&of, "author"), None);
        assert_eq!((number(&of, "likes"), number(&of, "downloads"), number(&of, "none")), (None, None, None));
        assert_eq!(texts(&of, "tags"), ["gguf"]);
        assert!(!yes(&of, "private"));
        assert_eq!(text(&json!("a text"), "author"), None);
    }

    #[test]
    fn texts_are_one_line_and_show_all_that_they_hold() {
        assert_eq!(text(&json!({"a": " x\u{202e}y\nz "}), "a").as_deref(), Some("x\u{fffd}y\u{fffd}z"));
        assert!(text(&json!({"a": "x".repeat(9999)}), "a").is_some_and(|text| text.chars().count() <= 121));
        assert_eq!(texts(&json!({"a": "single"}), "a"), ["single"]);
    }

    #[test]
    fn times_become_milliseconds() {
        assert_eq!(time_ms(&json!({"at": "1970-01-01T00:00:01.500Z"}), "at"), Some(1500));
        assert_eq!(time_ms(&json!({"at": "yesterday"}), "at"), None);
    }

    #[test]
    fn an_unknown_gate_is_a_closed_one() {
        assert_eq!(gate(&json!({})), Gate::Open);
        assert_eq!(gate(&json!({"gated": false})), Gate::Open);
        assert_eq!(gate(&json!({"gated": "auto"})), Gate::Terms);
        assert_eq!(gate(&json!({"gated": "manual"})), Gate::Asked);
        assert_eq!(gate(&json!({"gated": true})), Gate::Asked);
    }
}
