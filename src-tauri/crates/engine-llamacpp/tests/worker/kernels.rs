//! Every build of the kernels that this processor runs computes the same.

use inglenook_engine::kernels;
use serde_json::json;

use crate::suite::client::{Worker, pocket};

#[test]
fn all_kernels_that_run_here_answer_alike() {
    let mut tried = Vec::new();
    let mut below: Option<String> = None;
    while below.as_deref() != kernels::NAMES.last().copied() {
        let mut command = std::process::Command::new(crate::engine::BINARY);
        if let Some(below) = &below {
            command.env(kernels::BELOW, below);
        }
        let mut worker = Worker::start_with(&mut command);
        let name = worker.hello["kernels"].as_str().expect("the lowest run everywhere").to_owned();
        // Those that this machine only pretends to run end the process; that they are left behind is told elsewhere.
        if worker.try_load("gguf", &pocket(), json!({})).is_some() {
            assert_eq!(
                worker.greedy("What is the capital of France?").text,
                "The capital of France is Paris.",
                "{name}"
            );
            tried.push(name.clone());
        }
        below = Some(name);
    }
    assert!(tried.len() >= 2, "an old processor runs the two oldest at least: {tried:?}");
}
