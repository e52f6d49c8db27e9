//! `POST /v1/embeddings`.

use axum::extract::State;
use axum::{Extension, Json as Sent};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use inglenook_app::serving::Wish;
use serde::Deserialize;
use serde_json::{Value, json};

use super::asked::{in_range, ttl};
use super::given;
use crate::body::Json;
use crate::error::ApiError;
use crate::requests::Entry;
use crate::state::Serving;
use crate::vectors::cut;

/// Texts of one request, as OpenAI has it.
const MOST_TEXTS: usize = 2048;

/// A request.
#[derive(Debug, Deserialize)]
pub(crate) struct Request {
    model: String,
    input: Value,
    encoding_format: Option<String>,
    dimensions: Option<i64>,
    /// Seconds that the model stays loaded after this, as LM Studio has it.
    ttl: Option<f64>,
}

/// How a vector is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Numbers,
    Base64,
}

impl Form {
    fn of(word: Option<&str>) -> Result<Self, ApiError> {
        match word {
            None | Some("float") => Ok(Self::Numbers),
            Some("base64") => Ok(Self::Base64),
            Some(word) => {
                let words = format!("encoding_format: \"{word}\" is neither float nor base64.");
                Err(ApiError::invalid_param("encoding_format", words))
            }
        }
    }

    fn write(self, vector: &[f32]) -> Value {
        match self {
            Self::Numbers => json!(vector),
            Self::Base64 => {
                let bytes: Vec<u8> = vector.iter().flat_map(|number| number.to_le_bytes()).collect();
                json!(STANDARD.encode(bytes))
            }
        }
    }
}

pub(crate) async fn embed(
    State(serving): State<Serving>,
    Extension(entry): Extension<Entry>,
    Json(request): Json<Request>,
) -> Result<Sent<Value>, ApiError> {
    let form = Form::of(request.encoding_format.as_deref())?;
    let dimensions = request.dimensions.map(|count| in_range("dimensions", count, 1..=1 << 20)).transpose()?;
    let inputs = given::read("input", &request.input, MOST_TEXTS)?;
    let wish = Wish { name: request.model, keep: ttl(request.ttl)?, ..Wish::default() };
    let asked = serving.ready_to_embed(&wish, &entry).await?;
    let mut texts = Vec::with_capacity(inputs.len());
    for input in inputs {
        texts.push(input.text(&asked).await?);
    }
    let mut made = asked.embed(&texts).await?;
    if let Some(count) = dimensions.and_then(|count| usize::try_from(count).ok()) {
        shorten(&mut made.vectors, count)?;
    }
    Ok(Sent(list(&asked.ready.name, &made.vectors, made.tokens, form)))
}

/// Keeps the first so many numbers of each vector.
fn shorten(vectors: &mut [Vec<f32>], count: usize) -> Result<(), ApiError> {
    if let Some(short) = vectors.iter().find(|vector| vector.len() < count) {
        let words = format!("dimensions: this model's vectors have {} numbers; {count} are too many.", short.len());
        return Err(ApiError::invalid_param("dimensions", words).code("out_of_range"));
    }
    vectors.iter_mut().for_each(|vector| cut(vector, count));
    Ok(())
}

fn list(model: &str, vectors: &[Vec<f32>], tokens: u32, form: Form) -> Value {
    let one = |(index, vector): (usize, &Vec<f32>)| json!({ "object": "embedding", "index": index, "embedding": form.write(vector) });
    json!({
        "object": "list",
        "data": vectors.iter().enumerate().map(one).collect::<Vec<_>>(),
        "model": model,
        "usage": { "prompt_tokens": tokens, "total_tokens": tokens },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_are_written_as_numbers_or_as_their_bytes() {
        let vectors = [vec![1.0, -0.5], vec![0.0, 2.0]];
        assert_eq!(
            list("finder", &vectors, 7, Form::Numbers),
            json!({
                "object": "list",
                "data": [
                    { "object": "embedding", "index": 0, "embedding": [1.0, -0.5] },
                    { "object": "embedding", "index": 1, "embedding": [0.0, 2.0] },
                ],
                "model": "finder",
                "usage": { "prompt_tokens": 7, "total_tokens": 7 },
            })
        );
        assert_eq!(Form::Base64.write(&[1.0, -0.5]), json!("AACAPwAAAL8="), "little-endian");
        assert_eq!(Form::of(Some("hex")).expect_err("refused").param.as_deref(), Some("encoding_format"));
    }

    #[test]
    fn more_numbers_than_there_are_is_refused() {
        let mut vectors = [vec![3.0, 4.0, 5.0]];
        let error = shorten(&mut vectors, 4).expect_err("refused");
        assert!(error.message.contains("have 3 numbers; 4 are"), "{}", error.message);
        shorten(&mut vectors, 2).expect("cut");
        assert_eq!(vectors, [[0.6, 0.8]]);
    }
}
