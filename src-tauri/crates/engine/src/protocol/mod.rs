//! The worker protocol: one JSON object a line, requests on the worker's stdin, reports on its stdout.
//!
//! A worker says [`Report::Hello`] first. Every request that carries an `id` ends in exactly one report that
//! closes it: [`Report::Done`] or [`Report::Failed`] for a generation, the matching answer or `Failed` for the
//! others. A line that is not understood is answered with `Failed` and does not end the worker; end of input
//! does. The worker's stderr is its log. A worker loads one model, once, from local paths.

mod generate;
mod load;

pub use generate::*;
pub use load::*;

use serde::{Deserialize, Serialize};

use inglenook_contract::{EngineSpeed, ErrorCode, Parameter};

/// The version of this protocol. A host refuses a worker that speaks another.
pub const PROTOCOL_VERSION: u32 = 1;

/// Names a request until its closing report; chosen by the host, never used twice.
pub type RequestId = u64;

/// What the host asks of a worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Request {
    /// Load the model; answered by [`Report::Loading`]s and one [`Report::Ready`] or [`Report::LoadFailed`].
    Load(Box<Load>),
    /// Write an answer.
    Generate(Box<Generate>),
    /// End a generation early; it closes with `Done` and [`Cancelled`](inglenook_contract::FinishReason::Cancelled) within 200 ms.
    Cancel {
        /// The generation.
        id: RequestId,
    },
    /// Turn texts into vectors.
    Embed {
        /// The request.
        id: RequestId,
        /// The texts, each within the model's context.
        inputs: Vec<String>,
    },
    /// Count tokens: of the conversation as the template renders it, or of `text` alone.
    Count {
        /// The request.
        id: RequestId,
        /// What to count.
        prompt: Prompt,
    },
    /// Measure how fast the loaded model is, when there is nothing else to do; answered by [`Report::Measured`], or not
    /// at all where there always is.
    Measure,
    /// Turn tokens back into text.
    Detokenize {
        /// The request.
        id: RequestId,
        /// Token numbers of the model's vocabulary.
        tokens: Vec<u32>,
    },
}

/// What a worker tells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Report {
    /// The first line of every worker.
    Hello(Hello),
    /// The model is being loaded.
    Loading {
        /// 0 to 1; `None` where the engine does not tell.
        fraction: Option<f64>,
        /// What is being done, for the log.
        stage: String,
    },
    /// The model is loaded.
    Ready(Box<Ready>),
    /// It could not be loaded; the worker ends.
    LoadFailed(Failure),
    /// The prompt is being read.
    Prefill {
        /// The generation.
        id: RequestId,
        /// Prompt tokens read, `cached` ones included.
        done: u32,
        /// Prompt tokens in all.
        total: u32,
        /// Of these, found in the KV cache.
        cached: u32,
    },
    /// More of an answer.
    Delta(Box<Delta>),
    /// A generation ended.
    Done(Box<Done>),
    /// A request failed.
    Failed {
        /// The request; `None` for a line that could not be read.
        id: Option<RequestId>,
        /// Why.
        #[serde(flatten)]
        failure: Failure,
    },
    /// The vectors of [`Request::Embed`], in the order of the inputs, each of the model's embedding length.
    Embedded {
        /// The request.
        id: RequestId,
        /// One vector an input.
        vectors: Vec<Vec<f32>>,
        /// Tokens read.
        tokens: u32,
    },
    /// The count of [`Request::Count`].
    Counted {
        /// The request.
        id: RequestId,
        /// All tokens.
        tokens: u32,
        /// For a conversation, the tokens that each message adds, in order; empty for a text. The tokens that
        /// the template itself adds in front and behind are in `tokens` only.
        per_message: Vec<u32>,
    },
    /// How fast the model is: the answer to [`Request::Measure`].
    Measured(EngineSpeed),
    /// The text of [`Request::Detokenize`].
    Detokenized {
        /// The request.
        id: RequestId,
        /// The text.
        text: String,
    },
}

/// Who a worker is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// [`PROTOCOL_VERSION`] of the worker.
    pub protocol: u32,
    /// The engine's name, for example `mistral.rs`.
    pub engine: String,
    /// The engine's version.
    pub version: String,
    /// The knobs it takes.
    pub parameters: Vec<Parameter>,
    /// The kernels in use, one of [`crate::kernels::NAMES`]; `None` where the engine has no choice of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kernels: Option<String>,
}

/// Why something failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The kind.
    pub code: ErrorCode,
    /// Plain words for a person.
    pub message: String,
    /// The engine's own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}
