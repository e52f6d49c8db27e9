//! The arguments of a tool call, told while they are written.
//!
//! What stands inside the marks of a call is read anew with every token, as far as it goes: a call of an offered tool
//! is certain once its name is whole and its arguments begin as a JSON object. Told is only what the whole call will
//! have as its arguments too, so forms in which they are put together afterwards (elements, JSON within a text) come
//! whole. So does every call of a list but the first: which calls a list has is known at its end.

use std::collections::HashSet;

use inglenook_engine::protocol::{ToolArguments, ToolCallOut};
use serde::de::IgnoredAny;

use super::tool_forms::{Call, deepseek_parts, json_end, mistral_parts};

/// A call as far as it is written, while its arguments are JSON.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Begun<'a> {
    name: String,
    /// From their `{` to as far as they go, at most to their `}`.
    arguments: &'a str,
}

/// What is told of calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CallPiece {
    /// More of the arguments of one that is being written.
    Arguments(ToolArguments),
    /// A whole one.
    Whole(ToolCallOut),
}

/// What was told of the call that is being written.
#[derive(Default)]
pub(crate) struct Told(Option<ToolArguments>);

impl Told {
    /// What there is to tell of a call of one of the tools with these `names`.
    pub(crate) fn more(&mut self, names: &HashSet<String>, begun: Option<Begun<'_>>) -> Option<CallPiece> {
        let Begun { name, arguments } = begun.filter(|call| names.contains(&call.name))?;
        let told = self.0.get_or_insert_with(|| ToolArguments { id: new_id(), name, text: String::new() });
        let text = arguments.strip_prefix(told.text.as_str()).filter(|more| !more.is_empty())?.to_owned();
        told.text.push_str(&text);
        Some(CallPiece::Arguments(ToolArguments { text, ..told.clone() }))
    }

    /// What was begun has ended, and these are the calls that it was; none where it was no call.
    pub(crate) fn whole(&mut self, calls: Vec<Call>) -> impl Iterator<Item = CallPiece> + use<> {
        let mut told = self.0.take();
        calls.into_iter().map(move |Call { name, arguments }| {
            let begun = told.take_if(|told| told.name == name && arguments.starts_with(&told.text));
            let id = begun.map_or_else(new_id, |begun| begun.id);
            CallPiece::Whole(ToolCallOut { id, name, arguments })
        })
    }
}

/// Nine letters and digits, the form that Mistral's templates insist on.
fn new_id() -> String {
    uuid::Uuid::new_v4().simple().to_string()[..9].to_owned()
}

/// A call in JSON, or the first of a list of them.
pub(crate) fn begun_json(text: &str) -> Option<Begun<'_>> {
    let text = text.trim_start();
    begun_object(text.strip_prefix('[').map_or(text, str::trim_start))
}

/// A call in JSON whose name comes before its arguments; where it does not, there is nothing to tell before the end.
fn begun_object(text: &str) -> Option<Begun<'_>> {
    let mut rest = text.strip_prefix('{')?;
    let mut name = None;
    loop {
        let (key, value) = key_and_value(rest)?;
        match (key.as_str(), name.take()) {
            ("arguments" | "parameters", Some(name)) => return begun(name, value),
            // The shape of the offer, {"type":"function","function":{…}}.
            ("function", None) => return begun_object(value),
            ("arguments" | "parameters" | "function", _) => return None,
            ("name", _) => name = Some(serde_json::from_str(&value[..value_end(value)?]).ok()?),
            (_, known) => name = known,
        }
        rest = &value[value_end(value)?..];
    }
}

/// A name and its arguments, or calls in JSON.
pub(crate) fn begun_mistral(text: &str) -> Option<Begun<'_>> {
    let text = text.trim_start();
    if text.starts_with(['[', '{']) {
        return begun_json(text);
    }
    let (name, arguments) = mistral_parts(text)?;
    begun(name.to_owned(), arguments)
}

/// The first call behind the mark.
pub(crate) fn begun_deepseek(text: &str) -> Option<Begun<'_>> {
    let call = text.trim_start().trim_start_matches("<｜tool▁call▁begin｜>");
    let (name, arguments) = deepseek_parts(call.split("<｜tool▁call▁end｜>").next()?)?;
    begun(name.to_owned(), arguments)
}

fn begun(name: String, arguments: &str) -> Option<Begun<'_>> {
    let arguments = arguments.trim_start();
    let arguments = &arguments[..json_end(arguments).unwrap_or(arguments.len())];
    (arguments.starts_with('{') && begins_json(arguments)).then(|| Begun { name: name.trim().to_owned(), arguments })
}

/// Whether this is JSON as far as it goes: clients that read along give up on anything else. A number that ends in its
/// point is none until its next digit comes.
fn begins_json(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).map_or_else(|error| error.is_eof(), |_| true)
}

/// The next key of an object and everything from its value on; `None` while they have not come.
fn key_and_value(text: &str) -> Option<(String, &str)> {
    let text = text.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',');
    if !text.starts_with('"') {
        return None;
    }
    let end = value_end(text)?;
    let key = serde_json::from_str(&text[..end]).ok()?;
    let value = text[end..].trim_start().strip_prefix(':')?.trim_start();
    (!value.is_empty()).then_some((key, value))
}

/// Where the JSON value at the beginning of `text` ends; `None` while it is open.
fn value_end(text: &str) -> Option<usize> {
    match text.chars().next()? {
        '{' | '[' => json_end(text),
        '"' => {
            let mut escaped = false;
            let closes = |(_, c): &(usize, char)| {
                let closes = *c == '"' && !escaped;
                escaped = *c == '\\' && !escaped;
                closes
            };
            text.char_indices().skip(1).find(closes).map(|(at, _)| at + 1)
        }
        _ => text.find([',', '}']),
    }
}
