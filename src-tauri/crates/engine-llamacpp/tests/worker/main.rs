//! The built worker from outside: a client that knows nothing but the line protocol.

mod architectures;
mod embeddings;
mod engine;
mod kernels;
mod recurrent;
#[path = "../../../worker/suite/mod.rs"]
mod suite;
mod together;
