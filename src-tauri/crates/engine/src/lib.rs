//! The worker protocol, and those who start, watch and end workers.
//!
//! Inference never runs in the application's process: a model file is hostile input, engines abort, and the
//! kernel kills whoever eats the memory. This crate knows how to talk to a worker and how to keep one alive; it
//! links no engine.

pub mod protocol;
