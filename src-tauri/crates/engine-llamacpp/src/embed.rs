//! Turning texts into vectors, with models that were made for it.

use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};

use inglenook_engine::vectors;
use inglenook_worker::WorkerError;
use inglenook_worker::gguf::Header;
use inglenook_worker::load::Facts;
use llama_cpp_2::context::LlamaContext;
use llama_cpp_2::context::params::{LlamaContextParams, LlamaPoolingType};
use llama_cpp_2::llama_backend::LlamaBackend;
use llama_cpp_2::llama_batch::LlamaBatch;
use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::token::LlamaToken;

use crate::load::failed;
use crate::vocabulary;

/// Whether the model makes vectors and no text.
pub(crate) fn is_one(architecture: &str, header: &Header) -> bool {
    let number = |key: &str| header.unsigned(&format!("{architecture}.{key}"));
    vectors::are_made(number(vectors::CAUSAL_KEY), number(vectors::POOLING_KEY))
}

/// A loaded embedding model.
pub(crate) struct Embedder {
    model: &'static LlamaModel,
    context: Mutex<LlamaContext<'static>>,
    /// Architecture as the file names it.
    pub(crate) architecture: String,
    /// Tokens that one text may have.
    pub(crate) context_length: usize,
}

impl Embedder {
    /// An embedder over a model. A text is read at once, for every word may look at every other.
    pub(crate) fn new(
        backend: &LlamaBackend,
        model: &'static LlamaModel,
        facts: Facts,
        asked: Option<u32>,
        threads: usize,
    ) -> Result<Self, WorkerError> {
        let trained = facts.trained_context.max(16);
        let context_length = asked.map_or(trained, |n| (n as usize).clamp(16, trained));
        let length = context_length as u32;
        let params = LlamaContextParams::default()
            .with_embeddings(true)
            .with_pooling_type(LlamaPoolingType::Unspecified)
            .with_n_ctx(NonZeroU32::new(length))
            .with_n_batch(length)
            .with_n_ubatch(length)
            .with_n_threads(threads as i32)
            .with_n_threads_batch(threads as i32);
        let mut context =
            model.new_context(backend, params).map_err(|error| failed("make room for texts", &error.to_string()))?;
        try_out(&mut context, model)?;
        Ok(Self { model, context: Mutex::new(context), architecture: facts.architecture, context_length })
    }

    fn tokens(&self, text: &str) -> Result<Vec<u32>, WorkerError> {
        if text.is_empty() {
            return Err(WorkerError::invalid("An empty text has no vector."));
        }
        let tokens = vocabulary::encode(self.model, text, true);
        if tokens.len() > self.context_length {
            return Err(WorkerError::ContextFull { needed: tokens.len(), context: self.context_length });
        }
        Ok(tokens)
    }

    /// The vector of one text, of length 1.
    fn vector(context: &mut LlamaContext<'_>, tokens: &[u32]) -> Result<Vec<f32>, WorkerError> {
        let mut batch = LlamaBatch::new(tokens.len(), 1);
        for (at, token) in tokens.iter().enumerate() {
            let added = batch.add(LlamaToken::new(*token as i32), at as i32, &[0], true);
            debug_assert!(added.is_ok(), "the batch is long enough");
        }
        context.clear_kv_cache();
        context.decode(&mut batch).map_err(|error| failed("make a vector of the text", &error.to_string()))?;
        let vector = context
            .embeddings_seq_ith(0)
            .or_else(|_| context.embeddings_ith(tokens.len() as i32 - 1))
            .map_err(|error| failed("make a vector of the text", &error.to_string()))?;
        Ok(normalised(vector))
    }
}

/// Computes once what every vector needs: kernels that this processor does not run after all die here, before anybody has
/// asked anything. Several tokens and one, for rows are multiplied in another way where there is only one.
fn try_out(context: &mut LlamaContext<'_>, model: &LlamaModel) -> Result<(), WorkerError> {
    let last = model.n_vocab().max(1).unsigned_abs() - 1;
    for tokens in [&[0, 1, 2, 3][..], &[0]] {
        let tokens: Vec<u32> = tokens.iter().map(|token: &u32| (*token).min(last)).collect();
        Embedder::vector(context, &tokens)?;
    }
    context.clear_kv_cache();
    Ok(())
}

/// The same direction with length 1; nothing where there is no direction.
fn normalised(vector: &[f32]) -> Vec<f32> {
    let length = vector.iter().map(|x| f64::from(*x) * f64::from(*x)).sum::<f64>().sqrt();
    let scale = if length > 0.0 { 1.0 / length } else { 0.0 };
    vector.iter().map(|x| (f64::from(*x) * scale) as f32).collect()
}

impl inglenook_worker::Embedder for Embedder {
    fn embed(&self, inputs: &[String]) -> Result<(Vec<Vec<f32>>, u32), WorkerError> {
        let mut context = self.context.lock().unwrap_or_else(PoisonError::into_inner);
        let texts = inputs.iter().map(|input| self.tokens(input)).collect::<Result<Vec<_>, _>>()?;
        let read = texts.iter().map(Vec::len).sum::<usize>() as u32;
        let vectors = texts.iter().map(|tokens| Self::vector(&mut context, tokens)).collect::<Result<_, _>>()?;
        Ok((vectors, read))
    }

    fn count(&self, text: &str) -> Result<u32, WorkerError> {
        Ok(vocabulary::encode(self.model, text, true).len() as u32)
    }

    fn decode(&self, tokens: &[u32]) -> Result<String, WorkerError> {
        let vocabulary = self.model.vocab();
        let known = vocabulary.n_tokens();
        if let Some(unknown) = tokens.iter().find(|token| i64::from(**token) >= i64::from(known)) {
            return Err(WorkerError::invalid(format!("The vocabulary has no token {unknown}.")));
        }
        let piece = |token: &u32| vocabulary.token_to_piece(LlamaToken::new(*token as i32), true, None);
        let bytes: Vec<u8> = tokens.iter().flat_map(piece).collect();
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_have_length_one() {
        assert_eq!(normalised(&[3.0, 4.0]), [0.6, 0.8]);
        assert_eq!(normalised(&[0.0, 0.0]), [0.0, 0.0]);
    }
}
