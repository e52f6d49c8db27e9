//! What requests for an answer have in common.

use std::time::Duration;

use inglenook_app::serving::{Keep, Ready, Wish};
use inglenook_contract::Parameters;
use inglenook_engine::protocol::ResponseFormat;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::answer::Ask;
use crate::body::named;
use crate::error::ApiError;
use crate::openai::asked::{Drawing, in_range};

/// The fields that chats and single prompts share.
#[derive(Debug, Default, Deserialize)]
#[serde(remote = "Self")]
pub(super) struct Common {
    pub(super) model: String,
    pub(super) stream: Option<bool>,
    /// Leave out the oldest messages where they do not fit. Ollama does that unless told otherwise; here it has to be
    /// said, for the model would not know what the person believes that it knows.
    pub(super) truncate: Option<bool>,
    options: Option<Options>,
    keep_alive: Option<Value>,
    format: Option<Value>,
    think: Option<Value>,
    logprobs: Option<bool>,
    top_logprobs: Option<i64>,
}

/// How the model is loaded and the answer drawn. What is not known is left aside.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Options {
    #[serde(flatten)]
    drawing: Drawing,
    num_ctx: Option<i64>,
    num_predict: Option<i64>,
}

/// A part of a larger request: it says itself which of its fields is wrong, for what it is a part of cannot.
impl<'de> Deserialize<'de> for Common {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        named(deserializer, |deserializer| Self::deserialize(deserializer))
    }
}

impl Options {
    /// The context that is asked for.
    pub(super) fn context_length(&self) -> Result<Option<u32>, ApiError> {
        let length = self.num_ctx.map(|tokens| in_range("options.num_ctx", tokens, 1..=i64::from(u32::MAX)));
        Ok(length.transpose()?.and_then(|tokens| u32::try_from(tokens).ok()))
    }

    fn parameters(&self) -> Result<Parameters, ApiError> {
        // Below zero a seed means "any" there.
        let drawing = Drawing { seed: self.drawing.seed.filter(|seed| *seed >= 0), ..self.drawing.clone() };
        let (parameters, _) = drawing.read()?;
        // Zero, -1 and -2 all mean that nothing but the context limits the answer.
        let limit = self.num_predict.filter(|tokens| *tokens > 0);
        let max_tokens = limit.map(|tokens| u32::try_from(tokens).unwrap_or(u32::MAX));
        Ok(Parameters { max_tokens, ..parameters })
    }
}

impl Common {
    /// What the model is asked.
    pub(super) fn ask(&self) -> Result<Ask, ApiError> {
        let options = self.options.clone().unwrap_or_default();
        let top = self.top_logprobs.map(|top| in_range("top_logprobs", top, 0..=20)).transpose()?;
        let top = top.and_then(|top| u32::try_from(top).ok()).unwrap_or(0);
        let wish = Wish {
            name: self.model.clone(),
            context_length: options.context_length()?,
            keep: keep(self.keep_alive.as_ref())?,
            ..Wish::default()
        };
        Ok(Ask {
            wish,
            parameters: Parameters { thinking: think(self.think.as_ref())?, ..options.parameters()? },
            response_format: format(self.format.as_ref())?,
            logprobs: self.logprobs.unwrap_or(false).then_some(top),
            choices: 1,
            ..Ask::default()
        })
    }

    pub(super) fn streams(&self) -> bool {
        self.stream.unwrap_or(true)
    }
}

/// Whether the answer is reasoned aloud; refused, as programs for Ollama expect it, where the model cannot.
pub(super) fn reasoning(ask: &Ask, ready: &Ready) -> Result<bool, ApiError> {
    match ask.parameters.thinking {
        Some(true) if !ready.lease.ready().reasoning => {
            let words =
                format!("\"{}\" does not support thinking: its chat template has no switch for it.", ready.name);
            Err(ApiError::invalid_param("think", words))
        }
        said => Ok(said.or(ready.defaults.thinking).unwrap_or(false)),
    }
}

/// Pictures are refused: no model here sees them.
pub(super) fn no_pictures(images: Option<&Vec<Value>>, at: &str) -> Result<(), ApiError> {
    match images {
        Some(images) if !images.is_empty() => {
            Err(ApiError::invalid_param(at, "This model cannot see pictures.").code("no_vision"))
        }
        _ => Ok(()),
    }
}

fn think(think: Option<&Value>) -> Result<Option<bool>, ApiError> {
    match think {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(on)) => Ok(Some(*on)),
        Some(Value::String(word)) if matches!(word.as_str(), "low" | "medium" | "high" | "max") => Ok(Some(true)),
        Some(other) => {
            let words =
                format!("think has to be true, false, \"low\", \"medium\" or \"high\"; {other} is none of these.");
            Err(ApiError::invalid_param("think", words))
        }
    }
}

fn format(format: Option<&Value>) -> Result<ResponseFormat, ApiError> {
    match format {
        None | Some(Value::Null) => Ok(ResponseFormat::Text),
        Some(Value::String(word)) if word.is_empty() => Ok(ResponseFormat::Text),
        Some(Value::String(word)) if word == "json" => Ok(ResponseFormat::JsonObject),
        Some(schema @ Value::Object(_)) => Ok(ResponseFormat::JsonSchema { schema: schema.clone() }),
        Some(_) => Err(ApiError::invalid_param("format", "format has to be \"json\" or a JSON schema.")),
    }
}

/// How long a model stays loaded: seconds, or a duration such as `5m` or `1h30m`; below zero until it is unloaded.
pub(super) fn keep(alive: Option<&Value>) -> Result<Option<Keep>, ApiError> {
    let wrong = || {
        let words = "keep_alive has to be a number of seconds or a duration such as \"5m\" or \"1h30m\".";
        ApiError::invalid_param("keep_alive", words)
    };
    let seconds = match alive {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Number(number)) => number.as_f64().ok_or_else(wrong)?,
        Some(Value::String(text)) if text.is_empty() => return Ok(None),
        Some(Value::String(text)) => duration(text).ok_or_else(wrong)?,
        Some(_) => return Err(wrong()),
    };
    if seconds < 0.0 {
        return Ok(Some(Keep::Loaded));
    }
    Ok(Some(Keep::For(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))))
}

/// Seconds that a duration takes as Go writes it, or a bare number of them.
fn duration(text: &str) -> Option<f64> {
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    if let Some(seconds) = number(rest) {
        return Some(sign * seconds);
    }
    let mut seconds = 0.0;
    while !rest.is_empty() {
        let unit = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
        let (count, behind) = rest.split_at(unit);
        let end = behind.find(|letter: char| letter.is_ascii_digit() || letter == '.').unwrap_or(behind.len());
        let (unit, next) = behind.split_at(end);
        let worth = match unit {
            "ns" => 1e-9,
            "us" | "µs" | "μs" => 1e-6,
            "ms" => 1e-3,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3_600.0,
            _ => return None,
        };
        seconds += number(count)? * worth;
        rest = next;
    }
    (!text.is_empty()).then_some(sign * seconds)
}

/// Digits with at most one point; no exponents, infinities and the like.
fn number(text: &str) -> Option<f64> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    plain.then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ask(request: Value) -> Result<Ask, ApiError> {
        serde_json::from_value::<Common>(request).expect("a request").ask()
    }

    #[test]
    fn options_become_parameters() {
        let options = json!({
            "temperature": 0, "top_p": 0.5, "top_k": 7, "min_p": 0.1, "repeat_penalty": 1.1, "seed": 5, "stop": ["END"],
            "num_ctx": 2048, "num_predict": 64, "mirostat": 2, "num_gpu": 99,
        });
        let ask = ask(json!({ "model": "pocket", "options": options, "keep_alive": "5m" })).unwrap();
        assert_eq!((ask.wish.name.as_str(), ask.wish.context_length), ("pocket", Some(2048)));
        assert_eq!(ask.wish.keep, Some(Keep::For(Duration::from_secs(300))));
        let expected = Parameters {
            temperature: Some(0.0),
            top_p: Some(0.5),
            top_k: Some(7),
            min_p: Some(0.1),
            repeat_penalty: Some(1.1),
            seed: Some(5),
            stop: vec!["END".into()],
            max_tokens: Some(64),
            ..Parameters::default()
        };
        assert_eq!(ask.parameters, expected);
    }

    #[test]
    fn numbers_that_mean_no_limit_or_any_seed_are_none() {
        for tokens in [-2, -1, 0] {
            let ask = ask(json!({ "model": "a", "options": { "num_predict": tokens, "seed": -1 } })).unwrap();
            assert_eq!((ask.parameters.max_tokens, ask.parameters.seed), (None, None), "{tokens}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused_by_name() {
        for (request, param) in [
            (json!({ "model": "a", "options": { "temperature": 9 } }), "temperature"),
            (json!({ "model": "a", "options": { "num_ctx": 0 } }), "options.num_ctx"),
            (json!({ "model": "a", "think": "sometimes" }), "think"),
            (json!({ "model": "a", "think": 1 }), "think"),
            (json!({ "model": "a", "format": "xml" }), "format"),
            (json!({ "model": "a", "keep_alive": "soon" }), "keep_alive"),
            (json!({ "model": "a", "keep_alive": true }), "keep_alive"),
            (json!({ "model": "a", "top_logprobs": 21 }), "top_logprobs"),
        ] {
            let error = ask(request.clone()).unwrap_err();
            assert_eq!(error.param.as_deref(), Some(param), "{request}");
        }
    }

    #[test]
    fn forms_and_thinking() {
        let asked = |format, think| ask(json!({ "model": "a", "format": format, "think": think })).unwrap();
        assert_eq!(asked(json!(""), json!(null)).response_format, ResponseFormat::Text);
        assert_eq!(asked(json!("json"), json!(false)).parameters.thinking, Some(false));
        assert_eq!(asked(json!("json"), json!("low")).parameters.thinking, Some(true));
        let schema = json!({ "type": "object" });
        assert_eq!(asked(schema.clone(), json!(true)).response_format, ResponseFormat::JsonSchema { schema });
    }

    #[test]
    fn durations_are_read_as_go_writes_them() {
        for (text, seconds) in [
            ("5m", 300.0),
            ("1h30m", 5_400.0),
            ("1.5s", 1.5),
            ("2m0.5s", 120.5),
            ("300ms", 0.3),
            ("0", 0.0),
            ("-1", -1.0),
            ("-1m", -60.0),
            ("90", 90.0),
        ] {
            assert_eq!(duration(text), Some(seconds), "{text}");
        }
        for wrong in ["", "m", "5x", "1h30", "1e9s", "inf", "NaN", "--1", "1..5s", "5 m"] {
            assert_eq!(duration(wrong), None, "{wrong}");
        }
        assert_eq!(keep(Some(&json!(-1))).unwrap(), Some(Keep::Loaded));
        assert_eq!(keep(Some(&json!("-1"))).unwrap(), Some(Keep::Loaded));
        assert_eq!(keep(Some(&json!(0))).unwrap(), Some(Keep::For(Duration::ZERO)));
        assert_eq!(keep(Some(&json!(1e300))).unwrap(), Some(Keep::For(Duration::MAX)), "longer than time can be told");
        assert_eq!(keep(None).unwrap(), None);
    }
}
