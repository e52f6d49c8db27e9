//! The list of repositories: searching, filtering, ordering, and pages of it.

use std::cmp::Ordering;

use serde_json::Value;

use super::{access, info, refusal};
use crate::repo::RepoSpec;
use crate::shared::{Shared, World};
use crate::wire::{Answer, Asked};

/// Rows of a page that asks for no number.
const ROWS: usize = 1000;
/// Fields of a row.
const USUAL: &[&str] =
    &["likes", "trendingScore", "private", "downloads", "tags", "pipeline_tag", "library_name", "createdAt"];
/// What `full` adds to them.
const FULL: &[&str] = &["author", "sha", "lastModified", "gated", "disabled", "siblings"];

pub(super) fn list(shared: &Shared, world: &World, asked: &Asked) -> Answer {
    let expanded = match info::expanded(asked) {
        Ok(expanded) => expanded,
        Err(answer) => return answer,
    };
    let mut found: Vec<&RepoSpec> =
        world.repos.iter().filter(|repo| access::lists(world, asked, repo) && fits(asked, repo)).collect();
    if let Some(sort) = asked.field("sort") {
        let Some(order) = order(&sort) else {
            return refusal(400, None, &format!("“{sort}” is nothing to sort by."));
        };
        found.sort_by(|one, other| order(other, one));
    }
    let limit = asked.field("limit").and_then(|limit| limit.parse().ok()).unwrap_or(ROWS).clamp(1, world.page);
    let Some(begin) = asked.field("cursor").map_or(Some(0), |cursor| cursor_at(&cursor)) else {
        return refusal(400, None, "The cursor is invalid.");
    };
    let end = begin.saturating_add(limit).min(found.len());
    let rows: Vec<Value> =
        found.iter().take(end).skip(begin).map(|repo| row(asked, repo, expanded.as_deref())).collect();
    let answer = Answer::json(&Value::Array(rows));
    if end < found.len() { answer.with("Link", next(&shared.hub, asked, end)) } else { answer }
}

/// The address of the next page, with everything that was asked for this one.
pub(super) fn next(hub: &str, asked: &Asked, at: usize) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in asked.fields().iter().filter(|(name, _)| name != "cursor") {
        query.append_pair(name, value);
    }
    query.append_pair("cursor", &format!("at-{at:x}"));
    format!("<{hub}{}?{}>; rel=\"next\"", asked.path, query.finish())
}

/// Where a page begins.
pub(super) fn cursor_at(cursor: &str) -> Option<usize> {
    usize::from_str_radix(cursor.strip_prefix("at-")?, 16).ok()
}

fn order(sort: &str) -> Option<fn(&RepoSpec, &RepoSpec) -> Ordering> {
    Some(match sort {
        "downloads" => |one, other| one.downloads.cmp(&other.downloads),
        "likes" => |one, other| one.likes.cmp(&other.likes),
        "trendingScore" => |one, other| one.trending.total_cmp(&other.trending),
        "createdAt" => |one, other| one.created.cmp(&other.created),
        "lastModified" => |one, other| one.modified.cmp(&other.modified),
        "num_parameters" => |one, other| one.parameters().cmp(&other.parameters()),
        _ => return None,
    })
}

/// Whether a repository is what was asked for; fields that are not known ask for nothing.
fn fits(asked: &Asked, repo: &RepoSpec) -> bool {
    asked.fields().iter().all(|(name, value)| match name.as_str() {
        "search" => value.split_whitespace().all(|word| says(repo, &word.to_lowercase())),
        "author" => repo.author().is_some_and(|author| author.eq_ignore_ascii_case(value)),
        "filter" => value.split(',').all(|tag| tagged(repo, tag)),
        "pipeline_tag" => repo.pipeline.as_ref() == Some(value),
        "gated" => (repo.gate != crate::repo::Gate::Open) == matches!(value.as_str(), "true" | "True"),
        "num_parameters" => repo.parameters().is_some_and(|count| within(count, value)),
        "apps" => tagged(repo, "gguf"),
        _ => true,
    })
}

fn says(repo: &RepoSpec, word: &str) -> bool {
    repo.id.to_lowercase().contains(word) || repo.tags.iter().any(|tag| tag.to_lowercase().contains(word))
}

fn tagged(repo: &RepoSpec, tag: &str) -> bool {
    let same = |other: &String| other.eq_ignore_ascii_case(tag);
    repo.tags.iter().any(same) || repo.library.iter().any(same) || repo.pipeline.iter().any(same)
}

/// Whether a number of parameters lies in `min:1B,max:8B`.
fn within(count: u64, bounds: &str) -> bool {
    bounds.split(',').all(|bound| match bound.split_once(':') {
        Some(("min", least)) => amount(least).is_none_or(|least| count >= least),
        Some(("max", most)) => amount(most).is_none_or(|most| count <= most),
        _ => true,
    })
}

/// `1.5B` as a number.
fn amount(text: &str) -> Option<u64> {
    let (digits, unit) = match text.trim().to_ascii_uppercase() {
        text if text.ends_with('B') => (text.trim_end_matches('B').to_owned(), 1e9),
        text if text.ends_with('M') => (text.trim_end_matches('M').to_owned(), 1e6),
        text if text.ends_with('K') => (text.trim_end_matches('K').to_owned(), 1e3),
        text => (text, 1.0),
    };
    let number: f64 = digits.parse().ok().filter(|number: &f64| (0.0..1e9).contains(number))?;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "its bounds were checked")]
    Some((number * unit) as u64)
}

fn row(asked: &Asked, repo: &RepoSpec, expanded: Option<&[String]>) -> Value {
    let commit = repo.main();
    if let Some(fields) = expanded {
        return Value::Object(info::object(repo, commit, fields.iter().map(String::as_str), false));
    }
    let full = if asked.flag("full") { FULL } else { &[] };
    let also = ["cardData", "config"].into_iter().filter(|name| asked.flag(name));
    let fields = USUAL.iter().chain(full).copied().chain(also);
    let mut row = info::object(repo, commit, fields, false);
    row.insert("modelId".to_owned(), repo.id.clone().into());
    Value::Object(row)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read() {
        assert_eq!(amount("1.5B"), Some(1_500_000_000));
        assert_eq!(amount("600m"), Some(600_000_000));
        assert_eq!(amount("12"), Some(12));
        assert_eq!(amount("-1B"), None);
        assert!(within(7_000_000_000, "min:6B,max:8B"));
        assert!(!within(9_000_000_000, "min:6B,max:8B"));
    }
}
