//! What a request for an answer may say, and what it means: the fields that several endpoints share.
//!
//! Lenient: fields that are not known are left aside, and `null` is as good as nothing. Strict: what is known and makes
//! no sense is refused by name, so that nobody believes to have set what has no effect.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use inglenook_contract::Parameters;
use inglenook_engine::protocol::{ChatMessage, ResponseFormat, ToolCallOut, ToolChoice};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use crate::body::named;
use crate::error::ApiError;

/// Stop texts of one request.
const MOST_STOPS: usize = 16;

/// One or several.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, expecting = "expected a text or a list of texts")]
pub(crate) enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    pub(crate) fn into_vec(self) -> Vec<String> {
        match self {
            Self::One(one) => vec![one],
            Self::Many(many) => many,
        }
    }
}

/// How an answer is drawn.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(remote = "Self")]
pub(crate) struct Drawing {
    pub(crate) temperature: Option<f64>,
    pub(crate) top_p: Option<f64>,
    pub(crate) top_k: Option<i64>,
    pub(crate) min_p: Option<f64>,
    pub(crate) repeat_penalty: Option<f64>,
    pub(crate) presence_penalty: Option<f64>,
    pub(crate) frequency_penalty: Option<f64>,
    pub(crate) seed: Option<i64>,
    pub(crate) stop: Option<OneOrMany>,
    pub(crate) logit_bias: Option<BTreeMap<String, f64>>,
}

/// A part of a larger request: it says itself which of its fields is wrong, for what it is a part of cannot.
impl<'de> Deserialize<'de> for Drawing {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        named(deserializer, |deserializer| Self::deserialize(deserializer))
    }
}

impl Drawing {
    /// As parameters and biases.
    pub(crate) fn read(&self) -> Result<(Parameters, Vec<(u32, f32)>), ApiError> {
        // Minus one and zero both mean "off" among programs.
        let top_k = self.top_k.map(|k| in_range("top_k", k, -1..=100_000)).transpose()?.map(|k| k.max(0));
        let parameters = Parameters {
            temperature: number("temperature", self.temperature, 0.0..=2.0)?,
            top_p: number("top_p", self.top_p, 0.0..=1.0)?,
            top_k: top_k.and_then(|k| u32::try_from(k).ok()),
            min_p: number("min_p", self.min_p, 0.0..=1.0)?,
            repeat_penalty: number("repeat_penalty", self.repeat_penalty, 0.0..=10.0)?,
            presence_penalty: number("presence_penalty", self.presence_penalty, -2.0..=2.0)?,
            frequency_penalty: number("frequency_penalty", self.frequency_penalty, -2.0..=2.0)?,
            seed: self.seed.map(fold),
            stop: stops(self.stop.clone())?,
            ..Parameters::default()
        };
        Ok((parameters, bias(self.logit_bias.as_ref())?))
    }
}

/// Any 64 bits as a seed of ours: the same for the same.
#[expect(clippy::cast_sign_loss, clippy::cast_possible_truncation, reason = "every bit counts, none has a meaning")]
pub(crate) fn fold(seed: i64) -> u32 {
    let bits = seed as u64;
    (bits ^ (bits >> 32)) as u32
}

/// A number that lies in its range.
pub(crate) fn number(name: &str, value: Option<f64>, range: RangeInclusive<f64>) -> Result<Option<f64>, ApiError> {
    match value {
        Some(value) if !range.contains(&value) => {
            let words = format!("{name} has to be {} to {}; {value} is not.", range.start(), range.end());
            Err(ApiError::invalid_param(name, words).code("out_of_range"))
        }
        value => Ok(value),
    }
}

/// A whole number that lies in its range.
pub(crate) fn in_range(name: &str, value: i64, range: RangeInclusive<i64>) -> Result<i64, ApiError> {
    if range.contains(&value) {
        return Ok(value);
    }
    let words = format!("{name} has to be {} to {}; {value} is not.", range.start(), range.end());
    Err(ApiError::invalid_param(name, words).code("out_of_range"))
}

/// Tokens to write at most.
pub(crate) fn most_tokens(name: &str, value: Option<i64>) -> Result<Option<u32>, ApiError> {
    let value = value.map(|tokens| in_range(name, tokens, 1..=i64::from(u32::MAX))).transpose()?;
    Ok(value.and_then(|tokens| u32::try_from(tokens).ok()))
}

pub(crate) fn stops(stop: Option<OneOrMany>) -> Result<Vec<String>, ApiError> {
    let stop = stop.map(OneOrMany::into_vec).unwrap_or_default();
    if stop.len() > MOST_STOPS {
        let words = format!("stop has at most {MOST_STOPS} texts; these are {}.", stop.len());
        return Err(ApiError::invalid_param("stop", words));
    }
    // An empty text stands at the beginning of every answer; programs mean "none" by it.
    Ok(stop.into_iter().filter(|text| !text.is_empty()).collect())
}

fn bias(bias: Option<&BTreeMap<String, f64>>) -> Result<Vec<(u32, f32)>, ApiError> {
    let each = |(token, bias): (&String, &f64)| {
        let wrong = || ApiError::invalid_param("logit_bias", format!("logit_bias: \"{token}\" is no token's number."));
        let token = token.parse().map_err(|_| wrong())?;
        let bias = number("logit_bias", Some(*bias), -100.0..=100.0)?.unwrap_or_default();
        #[expect(clippy::cast_possible_truncation, reason = "between -100 and 100")]
        Ok((token, bias as f32))
    };
    bias.into_iter().flatten().map(each).collect()
}

/// A message of a conversation.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Message {
    role: String,
    content: Option<Content>,
    tool_calls: Option<Vec<ToolCall>>,
    tool_call_id: Option<String>,
}

/// What is said.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, expecting = "expected a text or a list of parts")]
pub(crate) enum Content {
    Text(String),
    Parts(Vec<Part>),
}

/// A part of what is said; its other fields depend on its kind.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Part {
    #[serde(rename = "type")]
    kind: String,
    text: Option<String>,
    refusal: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ToolCall {
    id: Option<String>,
    function: CalledFunction,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct CalledFunction {
    name: String,
    /// JSON as text; some programs send the object itself.
    #[serde(default)]
    arguments: Value,
}

impl Content {
    /// The text of it.
    ///
    /// # Errors
    /// 400 for what the model cannot see or hear.
    pub(crate) fn text(&self, at: &str) -> Result<String, ApiError> {
        match self {
            Self::Text(text) => Ok(text.clone()),
            Self::Parts(parts) => {
                let texts = parts.iter().enumerate().map(|(n, part)| part.text(&format!("{at}[{n}]")));
                Ok(texts.collect::<Result<Vec<_>, _>>()?.join("\n"))
            }
        }
    }
}

impl Part {
    fn text(&self, at: &str) -> Result<String, ApiError> {
        let missing = || ApiError::invalid_param(at, format!("{at} has no text."));
        match self.kind.as_str() {
            "text" | "input_text" | "output_text" => self.text.clone().ok_or_else(missing),
            "refusal" => self.refusal.clone().ok_or_else(missing),
            "image_url" | "input_image" | "image" => {
                Err(ApiError::invalid_param(at, "This model cannot see pictures.").code("no_vision"))
            }
            "input_audio" => Err(ApiError::invalid_param(at, "This model cannot hear.").code("no_audio")),
            kind => Err(ApiError::invalid_param(at, format!("{at}: parts of the kind \"{kind}\" are not understood."))),
        }
    }
}

/// The conversation as the model is shown it.
pub(crate) fn messages(messages: &[Message]) -> Result<Vec<ChatMessage>, ApiError> {
    if messages.is_empty() {
        return Err(ApiError::invalid_param("messages", "messages is empty: there is nothing to answer."));
    }
    messages.iter().enumerate().map(|(n, message)| one(message, &format!("messages[{n}]"))).collect()
}

fn one(message: &Message, at: &str) -> Result<ChatMessage, ApiError> {
    let role = match message.role.as_str() {
        "developer" => "system",
        "function" => "tool",
        role @ ("system" | "user" | "assistant" | "tool") => role,
        role => {
            let words = format!("{at}.role: \"{role}\" is none of system, developer, user, assistant and tool.");
            return Err(ApiError::invalid_param(format!("{at}.role"), words));
        }
    };
    let content = match &message.content {
        Some(content) => content.text(&format!("{at}.content"))?,
        None if role == "assistant" => String::new(),
        None => return Err(ApiError::invalid_param(format!("{at}.content"), format!("{at} has no content."))),
    };
    let calls = message.tool_calls.iter().flatten().enumerate();
    Ok(ChatMessage {
        role: role.to_owned(),
        content,
        tool_calls: calls.map(|(n, call)| called(call, n)).collect(),
        tool_call_id: message.tool_call_id.clone(),
        ..ChatMessage::default()
    })
}

fn called(call: &ToolCall, n: usize) -> ToolCallOut {
    let arguments = match &call.function.arguments {
        Value::String(text) => text.clone(),
        Value::Null => "{}".to_owned(),
        object => object.to_string(),
    };
    let id = call.id.clone().unwrap_or_else(|| format!("call_{n}"));
    ToolCallOut { id, name: call.function.name.clone(), arguments }
}

/// The tools that are offered, each checked for what a template needs of it.
pub(crate) fn tools(tools: Option<Vec<Value>>) -> Result<Vec<Value>, ApiError> {
    let tools = tools.unwrap_or_default();
    for (n, tool) in tools.iter().enumerate() {
        let kind = tool.get("type").and_then(Value::as_str).unwrap_or("function");
        if kind != "function" {
            let words = format!("tools[{n}]: only functions can be called here; \"{kind}\" is none.");
            return Err(ApiError::invalid_param(format!("tools[{n}].type"), words));
        }
        let name = tool.pointer("/function/name").and_then(Value::as_str).unwrap_or_default();
        if name.is_empty() {
            return Err(ApiError::invalid_param(
                format!("tools[{n}].function.name"),
                format!("tools[{n}] has no name."),
            ));
        }
    }
    Ok(tools)
}

/// Whether a tool must be called.
pub(crate) fn tool_choice(choice: Option<&Value>, tools: &[Value]) -> Result<ToolChoice, ApiError> {
    let wrong = |words: String| Err(ApiError::invalid_param("tool_choice", words));
    let offered = |name: &str| tools.iter().any(|tool| tool.pointer("/function/name").is_some_and(|its| its == name));
    let choice = match choice {
        None | Some(Value::Null) => return Ok(ToolChoice::Auto),
        Some(Value::String(word)) => match word.as_str() {
            "auto" => ToolChoice::Auto,
            "none" => ToolChoice::None,
            "required" => ToolChoice::Required,
            word => return wrong(format!("tool_choice: \"{word}\" is none of auto, none and required.")),
        },
        Some(object) => {
            let name = object.pointer("/function/name").or_else(|| object.get("name")).and_then(Value::as_str);
            match name {
                Some(name) if offered(name) => ToolChoice::Named { name: name.to_owned() },
                Some(name) => return wrong(format!("tool_choice: no tool \"{name}\" is offered.")),
                None => return wrong("tool_choice names no tool.".to_owned()),
            }
        }
    };
    match choice {
        ToolChoice::Required if tools.is_empty() => {
            wrong("tool_choice is \"required\", and no tool is offered.".to_owned())
        }
        choice => Ok(choice),
    }
}

/// What form an answer takes.
pub(crate) fn response_format(format: Option<&Value>, at: &str) -> Result<ResponseFormat, ApiError> {
    let Some(format) = format.filter(|format| !format.is_null()) else { return Ok(ResponseFormat::Text) };
    match format.get("type").and_then(Value::as_str) {
        Some("text") | None => Ok(ResponseFormat::Text),
        Some("json_object") => Ok(ResponseFormat::JsonObject),
        Some("json_schema") => {
            // Chat completions put it below `json_schema`, responses beside the kind.
            let schema = format.pointer("/json_schema/schema").or_else(|| format.get("schema"));
            let schema =
                schema.filter(|schema| schema.is_object()).cloned().unwrap_or_else(|| json!({ "type": "object" }));
            Ok(ResponseFormat::JsonSchema { schema })
        }
        Some(kind) => {
            let words = format!("{at}: \"{kind}\" is none of text, json_object and json_schema.");
            Err(ApiError::invalid_param(format!("{at}.type"), words))
        }
    }
}

/// Whether the model reasons aloud: `reasoning_effort`, or `reasoning.effort`.
pub(crate) fn thinking(effort: Option<&str>, reasoning: Option<&Value>) -> Result<Option<bool>, ApiError> {
    let inner = reasoning.and_then(|reasoning| reasoning.get("effort")).and_then(Value::as_str);
    match effort.or(inner) {
        None => Ok(None),
        Some("none" | "off") => Ok(Some(false)),
        Some("minimal" | "low" | "medium" | "high" | "xhigh" | "max" | "on") => Ok(Some(true)),
        Some(word) => {
            let words = format!("reasoning_effort: \"{word}\" is none of none, minimal, low, medium, high and xhigh.");
            Err(ApiError::invalid_param("reasoning_effort", words))
        }
    }
}

/// How long a model stays loaded: `ttl`, seconds; below zero for ever.
pub(crate) fn ttl(seconds: Option<f64>) -> Result<Option<inglenook_app::serving::Keep>, ApiError> {
    use inglenook_app::serving::Keep;
    match seconds {
        None => Ok(None),
        Some(seconds) if seconds.is_finite() && seconds >= 0.0 => {
            Ok(Some(Keep::For(std::time::Duration::try_from_secs_f64(seconds).unwrap_or(std::time::Duration::MAX))))
        }
        Some(seconds) if seconds < 0.0 => Ok(Some(Keep::Loaded)),
        Some(_) => Err(ApiError::invalid_param("ttl", "ttl has to be a number of seconds.")),
    }
}
