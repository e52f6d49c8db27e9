//! Models that make vectors: the starter model with two more entries in its header, which make it one.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::suite::client::{Worker, pocket, user};

/// Puts `qwen3.pooling_type = 3` (the last token's vector, as Qwen's embedding models do) into the header. What follows
/// must stay aligned to 32 bytes, so a second entry fills up.
fn embedding_model(folder: &Path) -> PathBuf {
    let mut bytes = std::fs::read(pocket()).unwrap();
    let text = |text: &str| [&(text.len() as u64).to_le_bytes()[..], text.as_bytes()].concat();
    let (unsigned, string) = (4u32.to_le_bytes(), 8u32.to_le_bytes());
    let mut entries = [text("qwen3.pooling_type"), unsigned.to_vec(), 3u32.to_le_bytes().to_vec()].concat();
    let filler = [text("test.filler"), string.to_vec()].concat();
    let missing = 32 - (entries.len() + filler.len() + 8) % 32;
    entries.extend([filler, text(&"x".repeat(missing))].concat());
    let count = u64::from_le_bytes(bytes[16..24].try_into().unwrap());
    bytes[16..24].copy_from_slice(&(count + 2).to_le_bytes());
    bytes.splice(24..24, entries);
    let path = folder.join("embedding.gguf");
    std::fs::write(&path, bytes).unwrap();
    path
}

fn embedded(worker: &mut Worker, inputs: &[&str]) -> Value {
    worker.send(&json!({"type": "embed", "id": 1, "inputs": inputs}));
    worker.report()
}

#[test]
fn texts_become_vectors_of_length_one_that_tell_them_apart() {
    let folder = tempfile::tempdir().unwrap();
    let mut worker = Worker::with_model("gguf", &embedding_model(folder.path()), json!({}));
    let texts = ["The capital of France", "The capital of Norway", "2 + 2", "2 + 2"];
    let report = embedded(&mut worker, &texts);
    assert_eq!(report["type"], "embedded", "{report}");
    let vectors: Vec<Vec<f64>> = serde_json::from_value(report["vectors"].clone()).unwrap();
    let dot = |a: usize, b: usize| vectors[a].iter().zip(&vectors[b]).map(|(x, y)| x * y).sum::<f64>();
    assert_eq!(vectors.iter().map(Vec::len).collect::<Vec<_>>(), [256; 4], "as wide as the model");
    assert!((dot(0, 0) - 1.0).abs() < 1e-3, "{}", dot(0, 0));
    assert!((dot(2, 3) - 1.0).abs() < 1e-3, "the same text, the same vector: {}", dot(2, 3));
    assert!(dot(0, 1) > dot(0, 2), "two capitals are nearer than a capital and a sum");
    worker.send(&json!({"type": "count", "id": 2, "prompt": {"kind": "text", "text": texts[0]}}));
    assert!(worker.report()["tokens"].as_u64().is_some_and(|tokens| tokens > 2));
}

#[test]
fn what_is_empty_or_too_long_is_refused_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let mut worker = Worker::with_model("gguf", &embedding_model(folder.path()), json!({"context_length": 64}));
    assert_eq!(embedded(&mut worker, &[""])["code"], "invalid_request");
    assert_eq!(embedded(&mut worker, &[&"word ".repeat(100)])["code"], "context_full");
    assert_eq!(worker.answer(user("Hello"), json!({})).end["code"], "unavailable");
    assert_eq!(embedded(&mut worker, &["still there"])["type"], "embedded");
}
