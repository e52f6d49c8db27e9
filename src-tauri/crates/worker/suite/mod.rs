//! What every engine's worker is held to: one suite, included by the tests of each engine's crate. It knows nothing but
//! the line protocol; the crate brings a module `engine` that says how its worker is started.

mod answers;
pub(crate) mod architectures;
pub(crate) mod client;
mod conversations;
pub(crate) mod damage;
mod forms;
mod process;
pub(crate) mod questions;
