//! `POST /api/embed`, and `/api/embeddings` as it was before.

use std::time::Instant;

use axum::extract::State;
use axum::{Extension, Json as Sent};
use inglenook_app::serving::Wish;
use inglenook_engine::protocol::Prompt;
use serde::Deserialize;
use serde_json::{Value, json};

use super::asked::{Options, keep};
use super::said::nanoseconds;
use crate::answer::Asked;
use crate::body::Json;
use crate::error::ApiError;
use crate::openai::asked::{OneOrMany, in_range};
use crate::requests::Entry;
use crate::state::Serving;
use crate::vectors::cut;

/// A request.
#[derive(Debug, Deserialize)]
pub(crate) struct Request {
    model: String,
    input: Option<OneOrMany>,
    /// Shorten texts that are too long. Ollama does that unless told otherwise; here it has to be said.
    truncate: Option<bool>,
    dimensions: Option<i64>,
    options: Option<Options>,
    keep_alive: Option<Value>,
}

/// The same for one text, as it was before.
#[derive(Debug, Deserialize)]
pub(crate) struct OldRequest {
    model: String,
    prompt: Option<String>,
    options: Option<Options>,
    keep_alive: Option<Value>,
}

fn wish(name: String, options: Option<&Options>, alive: Option<&Value>) -> Result<Wish, ApiError> {
    let context_length = options.map_or(Ok(None), Options::context_length)?;
    Ok(Wish { name, context_length, keep: keep(alive)?, ..Wish::default() })
}

pub(crate) async fn embed(
    State(serving): State<Serving>,
    Extension(entry): Extension<Entry>,
    Json(request): Json<Request>,
) -> Result<Sent<Value>, ApiError> {
    let began = Instant::now();
    let Request { model, input, truncate, dimensions, options, keep_alive } = request;
    let dimensions = dimensions.map(|count| in_range("dimensions", count, 1..=1 << 20)).transpose()?;
    let wish = wish(model.clone(), options.as_ref(), keep_alive.as_ref())?;
    // One empty text means none: the model is only loaded.
    let mut texts = input.map(OneOrMany::into_vec).unwrap_or_default();
    if texts.len() == 1 && texts[0].is_empty() {
        texts.clear();
    }
    let asked = serving.ready_to_embed(&wish, &entry).await?;
    if truncate == Some(true) {
        shorten(&asked, &mut texts).await?;
    }
    let (mut vectors, tokens) = vectors(&asked, &entry, texts).await?;
    if let Some(count) = dimensions.and_then(|count| usize::try_from(count).ok()) {
        vectors.iter_mut().for_each(|vector| cut(vector, count));
    }
    Ok(Sent(json!({
        "model": model,
        "embeddings": vectors,
        "total_duration": u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX),
        "load_duration": nanoseconds(asked.ready.load_ms),
        "prompt_eval_count": tokens,
    })))
}

pub(crate) async fn embeddings(
    State(serving): State<Serving>,
    Extension(entry): Extension<Entry>,
    Json(request): Json<OldRequest>,
) -> Result<Sent<Value>, ApiError> {
    let OldRequest { model, prompt, options, keep_alive } = request;
    let asked = serving.ready_to_embed(&wish(model, options.as_ref(), keep_alive.as_ref())?, &entry).await?;
    let texts = prompt.into_iter().filter(|prompt| !prompt.is_empty()).collect();
    let (vectors, _) = vectors(&asked, &entry, texts).await?;
    Ok(Sent(json!({ "embedding": vectors.into_iter().next().unwrap_or_default() })))
}

async fn vectors(asked: &Asked, entry: &Entry, texts: Vec<String>) -> Result<(Vec<Vec<f32>>, u32), ApiError> {
    if texts.is_empty() {
        return Ok((Vec::new(), 0));
    }
    let made = asked.ready.lease.embed(texts).await?;
    entry.read(made.tokens);
    Ok((made.vectors, made.tokens))
}

/// Shortens each text to what the model holds, at its end.
async fn shorten(asked: &Asked, texts: &mut [String]) -> Result<(), ApiError> {
    let room = asked.ready.lease.ready().context_length;
    for text in texts {
        // Every token has a byte at least.
        if text.len() < room as usize || tokens(asked, text).await? <= room {
            continue;
        }
        let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let (mut fits, mut too_many) = (0, ends.len());
        while too_many - fits > 1 {
            let middle = fits.midpoint(too_many);
            if tokens(asked, &text[..ends[middle]]).await? <= room { fits = middle } else { too_many = middle }
        }
        text.truncate(ends[fits]);
    }
    Ok(())
}

async fn tokens(asked: &Asked, text: &str) -> Result<u32, ApiError> {
    Ok(asked.ready.lease.count(Prompt::Text { text: text.to_owned() }).await?.tokens)
}
