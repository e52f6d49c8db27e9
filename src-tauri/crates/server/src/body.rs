//! Reading what is asked: JSON of a bounded size, within bounded memory, from clients that do not fall silent.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use serde::Deserializer;
use serde::de::{DeserializeOwned, Error as _};
use serde_json::error::Category;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::ApiError;
use crate::requests::Entry;
use crate::state::Serving;

/// Bytes of the largest request: some pictures and a book.
pub(crate) const LARGEST: usize = 32 << 20;
/// Bytes that all requests that are being read may take together.
const BUDGET: usize = 256 << 20;
/// What the budget is counted in.
const UNIT: usize = 1 << 10;
/// How long a client may fall silent in the middle of its request.
const SILENCE: Duration = Duration::from_secs(30);

/// The memory that requests may take together.
pub(crate) struct Budget(Arc<Semaphore>);

impl Default for Budget {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(BUDGET / UNIT)))
    }
}

impl Budget {
    /// Takes room for so many bytes.
    fn take(&self, bytes: usize) -> Result<OwnedSemaphorePermit, ApiError> {
        let units = u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX);
        Arc::clone(&self.0)
            .try_acquire_many_owned(units)
            .map_err(|_| ApiError::overloaded("Too many large requests at once. Try again in a moment.").retry_after(2))
    }
}

/// The request's JSON as `T`. Its errors name the field that is wrong.
pub(crate) struct Json<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequest<Serving> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, serving: &Serving) -> Result<Self, ApiError> {
        let entry = request.extensions().get::<Entry>().cloned();
        let bytes = read(request, serving.bodies()).await?;
        if let Some(entry) = entry {
            entry.request_body(&bytes);
        }
        parse(&bytes).map(Json)
    }
}

async fn read(request: Request, budget: &Budget) -> Result<Bytes, ApiError> {
    let mut body = request.into_body();
    let mut read = BytesMut::new();
    let mut _room = Vec::new();
    loop {
        let frame = tokio::time::timeout(SILENCE, body.frame());
        let frame = match frame.await {
            Err(_) => return Err(ApiError::new(StatusCode::REQUEST_TIMEOUT, "The request stopped in the middle.")),
            Ok(None) => return Ok(read.freeze()),
            Ok(Some(Err(error))) => return Err(ApiError::invalid(format!("The request could not be read: {error}."))),
            Ok(Some(Ok(frame))) => frame,
        };
        let Ok(data) = frame.into_data() else { continue };
        if read.len() + data.len() > LARGEST {
            let words = format!("The request is larger than {} MB, which is the most.", LARGEST >> 20);
            return Err(ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, words).code("request_too_large"));
        }
        _room.push(budget.take(data.len())?);
        read.extend_from_slice(&data);
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(ApiError::invalid("The request has no body; a JSON object is expected."));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.into_inner();
        if inner.classify() != Category::Data {
            return ApiError::invalid(format!("The request is not JSON: {inner}."));
        }
        let words = placed(&path, &plain(&inner.to_string()));
        match field_of(&words) {
            Some(field) => ApiError::invalid_param(field, format!("{words}.")),
            None => ApiError::invalid(format!("The request is not understood: {words}.")),
        }
    })?;
    json.end().map_err(|error| ApiError::invalid(format!("The request is not JSON: {error}.")))?;
    Ok(value)
}

/// Reads fields that several requests share. serde gathers them before it reads them and forgets where they stood, so
/// what is wrong begins with the field's name here.
pub(crate) fn named<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    read: impl FnOnce(serde_path_to_error::Deserializer<'_, '_, D>) -> Result<T, D::Error>,
) -> Result<T, D::Error> {
    let mut track = serde_path_to_error::Track::new();
    let read = read(serde_path_to_error::Deserializer::new(deserializer, &mut track));
    read.map_err(|error| D::Error::custom(placed(&track.path().to_string(), &error.to_string())))
}

/// What is wrong, behind where it is; some words know a part of that themselves.
fn placed(path: &str, words: &str) -> String {
    match (path, field_of(words)) {
        (".", _) => words.to_owned(),
        (path, Some(_)) => format!("{path}.{words}"),
        (path, None) => format!("{path}: {words}"),
    }
}

/// The field that words begin with.
fn field_of(words: &str) -> Option<&str> {
    let (field, _) = words.split_once(": ")?;
    let name = |letter: char| letter.is_alphanumeric() || "_.-[]".contains(letter);
    field.chars().all(name).then_some(field)
}

/// What serde expected, in the words of JSON.
fn plain(words: &str) -> String {
    let Some((found, expected)) = words.rsplit_once(", expected ") else { return words.to_owned() };
    let (kind, place) = expected.find(" at line ").map_or((expected, ""), |at| expected.split_at(at));
    let kind = match kind {
        "f32" | "f64" => "a number",
        "i64" | "u64" | "u32" | "usize" => "a whole number",
        "a sequence" => "a list",
        "a map" => "an object",
        kind if kind.starts_with("struct ") => "an object",
        kind => kind,
    };
    format!("{found}, expected {kind}{place}")
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Asked {
        messages: Vec<Message>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Message {
        content: String,
    }

    #[test]
    fn an_error_names_the_field() {
        let error = parse::<Asked>(br#"{"messages":[{"content":"a"},{"content":7}]}"#).unwrap_err();
        assert_eq!(error.param.as_deref(), Some("messages[1].content"));
        assert!(error.message.contains("expected a string"), "{}", error.message);
        assert_eq!(error.status, StatusCode::BAD_REQUEST);
    }

    #[derive(Debug, Deserialize)]
    struct Larger {
        #[serde(flatten)]
        _shared: Shared,
    }

    #[derive(Debug, Deserialize)]
    #[serde(remote = "Self")]
    struct Shared {
        _heat: Option<f64>,
        _bias: Option<std::collections::BTreeMap<String, f64>>,
    }

    impl<'de> Deserialize<'de> for Shared {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            named(deserializer, |deserializer| Self::deserialize(deserializer))
        }
    }

    #[test]
    fn so_does_one_within_shared_fields() {
        let error = parse::<Larger>(br#"{"a":1,"_heat":"hot"}"#).unwrap_err();
        assert_eq!(error.param.as_deref(), Some("_heat"));
        assert!(
            error.message.starts_with("_heat: invalid type: string \"hot\", expected a number"),
            "{}",
            error.message
        );
        let error = parse::<Vec<Larger>>(br#"[{},{"_heat":"hot"}]"#).unwrap_err();
        assert_eq!(error.param.as_deref(), Some("[1]._heat"));
        let error = parse::<Larger>(br#"{"_bias":{"7":"x"}}"#).unwrap_err();
        assert_eq!(error.param.as_deref(), Some("_bias.7"));
        parse::<Larger>(b"{}").unwrap();
    }

    #[test]
    fn what_is_no_json_is_told_as_that() {
        for wrong in ["", " \n", "{", "{}}", "hello", "{\"messages\":[]} x", "\u{0}"] {
            let error = parse::<Asked>(wrong.as_bytes()).unwrap_err();
            assert_eq!(error.status, StatusCode::BAD_REQUEST, "{wrong:?}");
            assert_eq!(error.param, None, "{wrong:?}: {}", error.message);
        }
    }

    #[test]
    fn the_budget_comes_back() {
        let budget = Budget::default();
        let half = budget.take(BUDGET / 2).unwrap();
        let _other = budget.take(BUDGET / 2).unwrap();
        assert_eq!(budget.take(1).unwrap_err().status, StatusCode::SERVICE_UNAVAILABLE);
        drop(half);
        assert!(budget.take(1).is_ok());
    }
}
