//! The built worker from outside: a client that knows nothing but the line protocol.

mod answers;
mod client;
mod conversations;
mod damage;
mod embeddings;
mod forms;
mod process;
mod questions;
mod safetensors;
