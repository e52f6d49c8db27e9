//! What programs written for OpenAI ask.
//!
//! Fields and their meaning follow OpenAI's public API description (MIT licence); what it leaves open is as LM Studio,
//! llama.cpp's server and Ollama do it, so that a program need not know which of them answers.

pub(crate) mod asked;
pub(crate) mod chat;
pub(crate) mod completions;
pub(crate) mod embeddings;
mod given;
pub(crate) mod models;
pub(crate) mod responses;
pub(crate) mod said;
