//! A loaded model: everything about it that requests need and that never changes.

use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

use llguidance::ParserFactory;
use llguidance::toktrie::{ApproximateTokEnv, TokEnv};

use crate::error::WorkerError;
use crate::prompt::PLAIN_STOP;
use crate::stream::reasoning;
use crate::template::Template;
use crate::tokens::Tokens;

/// A model ready to answer.
pub struct Model {
    /// Architecture as the files name it.
    pub architecture: String,
    /// Tokens that one generation may take, prompt and answer together.
    pub context_length: usize,
    /// Turns text into tokens.
    pub vocabulary: Tokens,
    /// Turns conversations into prompts; the plain one for a model without.
    pub template: Template,
    /// Whether the template is the model's own, or one that the host gave.
    pub has_template: bool,
    /// Tokens that end an answer.
    pub ends: HashSet<u32>,
    /// Tokens in front of a text that no template has written.
    pub text_prefix: Vec<u32>,
    /// Makes grammars; built when the first is needed, for it takes a while and most never need one.
    pub(crate) grammars: OnceLock<ParserFactory>,
    /// A token that answers must not contain, for the engine has another use for it; `u32::MAX` where there is none.
    pub never: u32,
}

impl Model {
    /// The vocabulary.
    pub fn tokens(&self) -> &Tokens {
        &self.vocabulary
    }

    /// The template.
    pub fn template(&self) -> &Template {
        &self.template
    }

    /// The marks around this model's reasoning.
    pub(crate) fn reasoning_marks(&self) -> (&'static str, &'static str) {
        reasoning::marks_of(self.template.source())
    }

    /// Whether the model writes tool calls as JSON without any mark, as Llama 3 does.
    pub(crate) fn writes_bare_calls(&self) -> bool {
        let source = self.template.source();
        let marked =
            ["<tool_call>", "<|tool_call|>", "[TOOL_CALLS]", "tool▁call"].iter().any(|mark| source.contains(mark));
        !marked && (source.contains("<|python_tag|>") || source.contains("\"parameters\""))
    }

    /// Where answers end that have no token for it.
    pub(crate) fn plain_stop(&self) -> Vec<String> {
        if self.has_template { Vec::new() } else { vec![PLAIN_STOP.to_owned()] }
    }

    /// The tokens of a text that stands for itself.
    pub(crate) fn encode_text(&self, text: &str) -> Result<Vec<u32>, WorkerError> {
        let tokens = self.vocabulary.encode(text)?;
        if tokens.starts_with(&self.text_prefix) {
            return Ok(tokens);
        }
        let mut with_prefix = self.text_prefix.clone();
        with_prefix.extend(tokens);
        Ok(with_prefix)
    }

    /// The factory of grammars.
    pub(crate) fn grammars(&self) -> Result<&ParserFactory, WorkerError> {
        if let Some(factory) = self.grammars.get() {
            return Ok(factory);
        }
        let trie = self.vocabulary.trie(self.ends.iter().copied().min().unwrap_or_default());
        let environment: TokEnv = Arc::new(ApproximateTokEnv::new(trie));
        let factory = ParserFactory::new_simple(&environment).map_err(|error| WorkerError::EngineFailed {
            doing: "prepare grammars for this model's vocabulary",
            detail: error.to_string(),
        })?;
        Ok(self.grammars.get_or_init(|| factory))
    }
}
