//! How this engine's worker is started.

use std::process::Command;

/// Its program.
pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_inglenook-mistralrs");

/// A command that starts it.
pub(crate) fn command() -> Command {
    Command::new(BINARY)
}
