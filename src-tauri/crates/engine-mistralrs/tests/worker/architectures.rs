//! Architectures: those that this engine is said to run it computes as their makers do.

use serde_json::json;

use crate::suite::architectures::{differences, folder};
use crate::suite::client::Worker;

/// Those whose safetensors the table of engines gives to mistral.rs.
const RUNS: [&str; 9] =
    ["llama", "mistral", "mixtral", "qwen2", "qwen3", "phi3", "granite", "smollm3", "granitehybrid"];

/// Those that it loads and computes otherwise or not at all, which the table therefore refuses.
const DIFFERENT: [&str; 3] = ["gemma2", "deepseek2", "qwen3moe"];

#[test]
fn what_it_is_said_to_run_writes_what_transformers_writes() {
    let found: Vec<String> = RUNS.iter().flat_map(|architecture| differences(architecture, "safetensors")).collect();
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn what_the_table_refuses_is_still_computed_otherwise() {
    for architecture in DIFFERENT {
        assert!(!differences(architecture, "safetensors").is_empty(), "{architecture} is right now: tell the table");
    }
}

#[test]
fn a_model_that_keeps_a_state_reads_every_turn_from_the_start() {
    let start = || Worker::with_model("safetensors", &folder().join("granitehybrid/safetensors"), json!({}));
    let ask = |worker: &mut Worker, text: &str| {
        let fields = json!({"sampling": {"temperature": 0}, "max_tokens": 24});
        worker.answer(json!({"kind": "text", "text": text}), fields)
    };
    let mut worker = start();
    let story = "When the rain had ended they walked along the river to the mill and sat on the wall";
    let first = ask(&mut worker, story);
    let longer = format!("{story}{}. And then they went home", first.text);
    let next = ask(&mut worker, &longer);
    assert_eq!(next.cached(), 0, "mistral.rs would go on from an empty state");
    assert_eq!(next.text, ask(&mut start(), &longer).text, "as if it were the first");
    assert_eq!(ask(&mut worker, story).text, first.text, "and another answer is the same one");
}
