//! How this engine's worker is started: with the best kernels that really run here, as the application finds them out.

use std::process::{Command, Stdio};
use std::sync::OnceLock;

use inglenook_engine::kernels;
use serde_json::json;

use crate::suite::client::{Worker, pocket};

/// Its program.
pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_inglenook-llamacpp");

/// A command that starts it.
pub(crate) fn command() -> Command {
    static BELOW: OnceLock<Option<String>> = OnceLock::new();
    let mut command = Command::new(BINARY);
    if let Some(below) = BELOW.get_or_init(lowest_that_crashes) {
        command.env(kernels::BELOW, below);
    }
    command
}

/// Kernels that die with a model that every other one runs; `None` if the best ones work.
fn lowest_that_crashes() -> Option<String> {
    let mut below: Option<String> = None;
    loop {
        let mut command = Command::new(BINARY);
        command.stderr(Stdio::null());
        if let Some(below) = &below {
            command.env(kernels::BELOW, below);
        }
        let mut worker = Worker::start_with(&mut command);
        let name = worker.hello["kernels"].as_str().expect("some kernels run here").to_owned();
        if worker.try_load("gguf", &pocket(), json!({})).is_some() {
            return below;
        }
        below = Some(name);
    }
}
