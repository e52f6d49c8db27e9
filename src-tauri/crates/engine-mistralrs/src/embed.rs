//! Turning texts into vectors, with models that were made for it.

use std::sync::Mutex;
use std::sync::PoisonError;

use inglenook_worker::WorkerError;
use mistralrs_core::{NormalRequest, RequestMessage, Response, SamplingParams};
use tokenizers::Tokenizer;

use crate::engine::{Engine, SharedPipeline, responses, wait};

/// A loaded embedding model.
pub(crate) struct Embedder {
    engine: Mutex<Engine>,
    tokenizer: Tokenizer,
    /// Architecture as the files name it.
    pub(crate) architecture: String,
    /// Tokens that one text may have.
    pub(crate) context_length: usize,
}

impl Embedder {
    /// An embedder over a model.
    pub(crate) fn new(
        pipeline: SharedPipeline,
        tokenizer: Tokenizer,
        architecture: String,
        context_length: usize,
    ) -> Result<Self, WorkerError> {
        let engine = Mutex::new(Engine::start(pipeline)?);
        Ok(Self { engine, tokenizer, architecture, context_length })
    }

    fn tokens(&self, text: &str) -> Result<Vec<u32>, WorkerError> {
        let tokens = self.encode(text)?;
        if tokens.is_empty() {
            return Err(WorkerError::invalid("An empty text has no vector."));
        }
        if tokens.len() > self.context_length {
            return Err(WorkerError::ContextFull { needed: tokens.len(), context: self.context_length });
        }
        Ok(tokens)
    }

    fn encode(&self, text: &str) -> Result<Vec<u32>, WorkerError> {
        let encoding = self.tokenizer.encode_fast(text, true).map_err(|error| WorkerError::EngineFailed {
            doing: "turn the text into tokens",
            detail: error.to_string(),
        })?;
        Ok(encoding.get_ids().to_vec())
    }
}

impl inglenook_worker::Embedder for Embedder {
    fn embed(&self, inputs: &[String]) -> Result<(Vec<Vec<f32>>, u32), WorkerError> {
        let engine = self.engine.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut vectors, mut read) = (Vec::with_capacity(inputs.len()), 0);
        for input in inputs {
            let tokens = self.tokens(input)?;
            read += tokens.len() as u32;
            let (response, mut reports) = responses();
            let message = RequestMessage::EmbeddingTokens { prompt: tokens };
            engine.send(NormalRequest::new_simple(message, SamplingParams::neutral(), response, 0, None, None))?;
            match wait(&mut reports)? {
                Response::Embeddings { embeddings, .. } => vectors.push(embeddings),
                _ => {
                    return Err(WorkerError::EngineFailed {
                        doing: "make a vector of the text",
                        detail: "it answered with something else".into(),
                    });
                }
            }
        }
        Ok((vectors, read))
    }

    fn count(&self, text: &str) -> Result<u32, WorkerError> {
        Ok(self.encode(text)?.len() as u32)
    }

    fn decode(&self, tokens: &[u32]) -> Result<String, WorkerError> {
        self.tokenizer.decode(tokens, false).map_err(|error| WorkerError::invalid(format!("Not tokens: {error}.")))
    }
}
