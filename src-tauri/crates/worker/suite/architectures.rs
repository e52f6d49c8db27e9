//! Tiny models of random weights, one of each architecture, whose greedy tokens `transformers` has written down. What
//! an engine is said to run (crate `hub`, module `engines`) it must run like this; see
//! `tests/fixtures/architectures/README.md`.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::client::{Worker, root};

/// Where they lie.
pub(crate) fn folder() -> PathBuf {
    root().join("tests/fixtures/architectures")
}

/// How a model's answers differ from the reference, one line a prompt; nothing where they do not.
pub(crate) fn differences(architecture: &str, format: &str) -> Vec<String> {
    let file = if format == "gguf" { "model.gguf" } else { "safetensors" };
    let mut worker = Worker::start();
    let end = worker.load(format, &folder().join(architecture).join(file), json!({}));
    if end["type"] != "ready" {
        return vec![format!("{architecture} is not loaded: {end}")];
    }
    let reference = std::fs::read_to_string(folder().join("reference.json")).expect("the reference");
    let reference: Value = serde_json::from_str(&reference).expect("JSON");
    let prompts = reference["architectures"][architecture]["prompts"].as_array().expect("prompts");
    assert_eq!(prompts.len(), 4, "{architecture}");
    let mut found = Vec::new();
    for prompt in prompts {
        let text = json!({"kind": "text", "text": prompt["text"]});
        let fields =
            json!({"sampling": {"temperature": 0}, "max_tokens": prompt["generated"].as_array().map(Vec::len)});
        let answer = worker.answer(text, fields);
        if answer.text != prompt["generated_text"] {
            found.push(format!("{architecture}: {:?} instead of {}", answer.text, prompt["generated_text"]));
        }
    }
    found
}
