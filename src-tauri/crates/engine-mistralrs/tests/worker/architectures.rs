//! Architectures: those that this engine is said to run it computes as their makers do.

use crate::suite::architectures::differences;

/// Those whose safetensors the table of engines gives to mistral.rs.
const RUNS: [&str; 8] = ["llama", "mistral", "mixtral", "qwen2", "qwen3", "phi3", "granite", "smollm3"];

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
