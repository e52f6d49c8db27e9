//! The worker protocol, and those who start, watch and end workers.
//!
//! Inference never runs in the application's process: a model file is hostile input, engines abort, and the
//! kernel kills whoever eats the memory. This crate knows how to talk to a worker and how to keep one alive; it
//! links no engine.
//!
//! Most callers need [`Pool`] alone: [`Pool::ensure`] gives a [`Lease`] on a loaded model, and
//! [`Lease::generate`] a [`Generation`], which is a stream of [`GenerationEvent`]s.

mod clock;
mod death;
mod error;
mod events;
mod generation;
pub mod kernels;
mod launcher;
mod link;
mod memory;
mod pool;
mod process;
pub mod protocol;
mod requests;
pub mod scripted;
mod starting;
pub mod tensor_types;
pub mod vectors;
mod watch;
mod worker;

pub use clock::{Clock, SystemClock};
pub use error::EngineError;
pub use generation::{Canceller, Generation, GenerationEvent};
pub use launcher::{EngineKind, Launcher, Program};
pub use memory::free_memory;
pub use pool::{
    FreeMemory, Keep, KernelsKnown, Lease, LoadSpec, LoadTook, OnKernels, OnLoaded, OnMeasured, Pool, PoolSettings,
};
pub use worker::{Count, Embeddings, Patience, Worker};
