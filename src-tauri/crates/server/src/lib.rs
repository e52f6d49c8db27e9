//! The local server: what programs written for OpenAI, Ollama or Anthropic ask, answered by the application's models.
//!
//! A transport over `inglenook-app` and nothing else. `routes` is the one list of what is served; `guard` decides who
//! may ask; `body` reads what they ask; `answer` has a model answer it; each family of programs has a folder that
//! translates, and `own` is what is ours. `requests` remembers what was asked, in memory alone, and `meter` counts it.

mod answer;
mod anthropic;
mod body;
mod calls;
mod error;
mod fitting;
mod gate;
mod guard;
mod listen;
mod meter;
mod ollama;
mod openai;
mod own;
mod requests;
mod routes;
mod sse;
mod state;
mod switch;
mod vectors;

pub use routes::{Family, ROUTES, Route};
pub use switch::Server;
