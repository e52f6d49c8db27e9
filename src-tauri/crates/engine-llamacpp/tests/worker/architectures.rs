//! Architectures: every one is computed as its makers do.

use crate::suite::architectures::differences;

/// Every architecture that there is a model of.
const ALL: [&str; 17] = [
    "llama",
    "mistral",
    "mixtral",
    "gemma2",
    "gemma3",
    "qwen2",
    "qwen3",
    "qwen3moe",
    "phi3",
    "deepseek2",
    "gpt-oss",
    "granite",
    "llama4",
    "smollm3",
    "mamba",
    "granitehybrid",
    "lfm2",
];

#[test]
fn every_architecture_writes_what_transformers_writes() {
    let found: Vec<String> = ALL.iter().flat_map(|architecture| differences(architecture, "gguf")).collect();
    assert!(found.is_empty(), "{found:#?}");
}
