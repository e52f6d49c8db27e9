//! What the worker of every engine is made of.
//!
//! A worker is a process that loads one model and answers requests about it over the line protocol of crate
//! `inglenook-engine`. All of that is the same for every engine but two things: how a model is read from its files,
//! and how logits are computed. An engine brings those two as an [`Engine`] and a [`Scribe`]; here are the process's
//! life, chat templates, drawing tokens from logits, grammars, and the reading of reasoning and tool calls out of what
//! was drawn. So the same question is asked, and its answer told, alike by all of them.

pub mod answer;
pub mod error;
pub mod gguf;
pub mod life;
pub mod load;
pub mod measure;
pub mod model;
pub mod process;
mod prompt;
mod sampling;
mod stream;
pub mod template;
pub mod ticket;
pub mod tokens;
pub mod wire;

pub use error::WorkerError;
pub use life::{Embedder, Engine, Loaded, Scribe, Works, run};
