//! The forms in which models write tool calls: where a call begins, where it ends, and how to read it.

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::tool_arguments::{Begun, begun_deepseek, begun_json, begun_mistral};

/// A call as the model wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    /// The tool.
    pub(crate) name: String,
    /// A JSON object, exactly as it was written.
    pub(crate) arguments: String,
}

/// Where a call ends.
pub(crate) struct End {
    /// The length of what is inside, in bytes.
    pub(crate) body: usize,
    /// Where the text goes on.
    pub(crate) next: usize,
}

/// One form of tool calls.
pub(crate) struct Form {
    /// The mark in front.
    pub(crate) open: &'static str,
    /// Finds the end in what stands behind the mark; `None` while it has not come.
    pub(crate) end: fn(&str) -> Option<End>,
    /// Finds the call that is being written in what is inside so far; `None` while none is certain.
    pub(crate) begun: fn(&str) -> Option<Begun<'_>>,
    /// Reads what is inside; `None` if it is no call. The flag says that nothing more will come, so that a
    /// missing end may be forgiven.
    pub(crate) read: fn(&str, bool) -> Option<Vec<Call>>,
}

/// All forms.
pub(crate) const FORMS: [Form; 6] = [
    // Hermes, Qwen and many others; Qwen3-Coder writes elements in the place of JSON.
    Form { open: "<tool_call>", end: |text| until(text, "</tool_call>"), begun: begun_json, read: read_hermes },
    // Phi 4.
    Form { open: "<|tool_call|>", end: |text| until(text, "<|/tool_call|>"), begun: begun_json, read: read_hermes },
    // Mistral: a list of calls, or a name and its arguments.
    Form { open: "[TOOL_CALLS]", end: end_of_mistral, begun: begun_mistral, read: |body, _| read_mistral(body) },
    // Llama 3.
    Form { open: "<|python_tag|>", end: end_of_json, begun: begun_json, read: |body, _| read_json_calls(body) },
    // DeepSeek; a call also stands without the outer mark.
    Form {
        open: "<｜tool▁calls▁begin｜>",
        end: |text| until(text, "<｜tool▁calls▁end｜>"),
        begun: begun_deepseek,
        read: |body, _| read_deepseek(body),
    },
    Form {
        open: "<｜tool▁call▁begin｜>",
        end: |text| until(text, "<｜tool▁call▁end｜>"),
        begun: begun_deepseek,
        read: |body, _| read_deepseek(body),
    },
];

/// The name of a tool as OpenAI describes tools, or as the shorter form does without the outer object.
pub(crate) fn tool_name(tool: &Value) -> Option<&str> {
    tool.get("function").unwrap_or(tool).get("name")?.as_str()
}

/// Where the first JSON object or list of the text ends; `None` while it is open.
pub(crate) fn json_end(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    let (mut in_string, mut escaped) = (false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if in_string => escaped = true,
            '"' => in_string = !in_string,
            _ if in_string => {}
            '{' | '[' => depth += 1,
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

fn until(text: &str, close: &str) -> Option<End> {
    text.find(close).map(|at| End { body: at, next: at + close.len() })
}

fn end_of_json(text: &str) -> Option<End> {
    json_end(text).map(|end| End { body: end, next: end })
}

fn end_of_mistral(text: &str) -> Option<End> {
    // Brackets in front of the arguments, as in `add[CALL_ID]x[ARGS]`, are no list.
    let is_json = text.trim_start().starts_with(['[', '{']);
    let skip = if is_json { 0 } else { text.find('{')? };
    json_end(&text[skip..]).map(|end| End { body: skip + end, next: skip + end })
}

/// Calls as JSON: one object or a list of them, with `arguments` or `parameters`.
pub(crate) fn read_json_calls(json: &str) -> Option<Vec<Call>> {
    let json = json.trim();
    if json.starts_with('[') {
        let items: Vec<Box<RawValue>> = serde_json::from_str(json).ok()?;
        return items.iter().map(|item| read_json_call(item.get())).collect();
    }
    Some(vec![read_json_call(json)?])
}

fn read_json_call(json: &str) -> Option<Call> {
    #[derive(serde::Deserialize)]
    struct Written<'a> {
        name: String,
        #[serde(borrow, alias = "parameters")]
        arguments: Option<&'a RawValue>,
        #[serde(borrow)]
        function: Option<&'a RawValue>,
    }
    // Some models repeat the shape of the offer, {"type":"function","function":{…}}.
    #[derive(serde::Deserialize)]
    struct Wrapped<'a> {
        #[serde(borrow)]
        function: &'a RawValue,
    }
    let json = json.trim();
    let written: Written<'_> = match serde_json::from_str(json) {
        Ok(written) => written,
        Err(_) => return read_json_call(serde_json::from_str::<Wrapped<'_>>(json).ok()?.function.get()),
    };
    if written.function.is_some() {
        return None;
    }
    let arguments = match written.arguments.map(RawValue::get) {
        None | Some("null") => "{}".to_owned(),
        // Arguments as JSON within a string, as OpenAI itself sends them.
        Some(text) if text.starts_with('"') => serde_json::from_str(text).ok()?,
        Some(text) => text.to_owned(),
    };
    call(written.name, arguments)
}

/// A call, if its arguments are a JSON object.
fn call(name: String, arguments: String) -> Option<Call> {
    let name = name.trim().to_owned();
    let is_object = serde_json::from_str::<Map<String, Value>>(&arguments).is_ok();
    (is_object && !name.is_empty()).then_some(Call { name, arguments })
}

fn read_hermes(body: &str, at_end: bool) -> Option<Vec<Call>> {
    let body = body.trim();
    if body.starts_with("<function=") {
        return read_elements(body).map(|call| vec![call]);
    }
    let json = match json_end(body) {
        Some(end) if at_end => &body[..end],
        _ => body,
    };
    read_json_calls(json)
}

/// `<function=name><parameter=key>value</parameter>…</function>`; a value is JSON if it can be, else a text.
fn read_elements(body: &str) -> Option<Call> {
    let (name, mut rest) = body.strip_prefix("<function=")?.split_once('>')?;
    let mut arguments = Map::new();
    while let Some((_, parameter)) = rest.split_once("<parameter=") {
        let (key, value) = parameter.split_once('>')?;
        let (value, after) = value.split_once("</parameter>")?;
        let value = value.trim_matches('\n');
        let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
        arguments.insert(key.trim().to_owned(), value);
        rest = after;
    }
    call(name.to_owned(), Value::Object(arguments).to_string())
}

fn read_mistral(body: &str) -> Option<Vec<Call>> {
    let body = body.trim();
    if body.starts_with(['[', '{']) {
        return read_json_calls(body);
    }
    let (name, arguments) = mistral_parts(body)?;
    call(name.to_owned(), arguments.trim().to_owned()).map(|call| vec![call])
}

/// The name of a call, and everything from its arguments on.
pub(crate) fn mistral_parts(body: &str) -> Option<(&str, &str)> {
    let (name, arguments) = match in_front_of_brace(body).split_once("[ARGS]") {
        Some((name, _)) => (name, &body[name.len() + "[ARGS]".len()..]),
        None => body.split_at(body.find('{')?),
    };
    // Newer templates put the call's id between the two.
    Some((name.split_once("[CALL_ID]").map_or(name, |(name, _)| name), arguments))
}

fn read_deepseek(body: &str) -> Option<Vec<Call>> {
    let calls: Vec<Call> = body
        .split("<｜tool▁call▁begin｜>")
        .map(|part| part.split("<｜tool▁call▁end｜>").next().unwrap_or_default())
        .filter(|part| !part.trim().is_empty())
        .map(|part| {
            let (name, arguments) = deepseek_parts(part)?;
            call(name.to_owned(), arguments.trim().trim_end_matches("```").trim_end().to_owned())
        })
        .collect::<Option<_>>()?;
    Some(calls)
}

/// The name of a call, and everything from its arguments on. Behind a fence stands the name in its front; without one,
/// in front of the mark.
pub(crate) fn deepseek_parts(call: &str) -> Option<(&str, &str)> {
    let (first, second) = call.split_once("<｜tool▁sep｜>")?;
    match in_front_of_brace(second).split_once("```json") {
        Some((name, _)) => Some((name, &second[name.len() + "```json".len()..])),
        None => Some((first, second)),
    }
}

/// What stands in front of the arguments: marks within them are words.
fn in_front_of_brace(text: &str) -> &str {
    text.find('{').map_or(text, |at| &text[..at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_within_strings_do_not_count() {
        assert_eq!(json_end("{\"a\": \"}\\\"}\"} rest"), Some(13));
        assert_eq!(json_end("{\"a\": \"}"), None);
    }

    #[test]
    fn arguments_must_be_an_object() {
        assert_eq!(read_json_calls("{\"name\": \"add\", \"arguments\": 3}"), None);
        assert_eq!(read_json_calls("{\"name\": \"add\"}").unwrap()[0].arguments, "{}");
        let quoted = read_json_calls("{\"name\": \"add\", \"arguments\": \"{\\\"a\\\": 1}\"}").unwrap();
        assert_eq!(quoted[0].arguments, "{\"a\": 1}");
    }

    #[test]
    fn a_call_in_the_shape_of_the_offer_is_understood() {
        let calls =
            read_json_calls("{\"type\": \"function\", \"function\": {\"name\": \"add\", \"arguments\": {}}}").unwrap();
        assert_eq!(calls, [Call { name: "add".into(), arguments: "{}".into() }]);
    }
}
