//! Models that make vectors. There is no small one to be had, so the starter model is dressed up as one: the same
//! layers under the names that embedding models give them, and a description of what follows.

use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::suite::client::{Worker, root, user};

fn make(folder: &Path) {
    let fixture = root().join("tests/fixtures/pocket/safetensors");
    for name in ["config.json", "tokenizer.json"] {
        fs::write(folder.join(name), fs::read(fixture.join(name)).unwrap()).unwrap();
    }
    let weights = fs::read(fixture.join("model.safetensors")).unwrap();
    let (length, rest) = weights.split_at(8);
    let (header, data) = rest.split_at(u64::from_le_bytes(length.try_into().unwrap()) as usize);
    let header: Map<String, Value> = serde_json::from_slice(header).unwrap();
    let renamed: Map<String, Value> =
        header.into_iter().map(|(name, value)| (name.trim_start_matches("model.").to_owned(), value)).collect();
    let header = serde_json::to_vec(&renamed).unwrap();
    let length = (header.len() as u64).to_le_bytes();
    fs::write(folder.join("model.safetensors"), [&length[..], &header, data].concat()).unwrap();
    let part = |path: &str, kind: &str| json!({"idx": 0, "name": "", "path": path, "type": format!("sentence_transformers.models.{kind}")});
    let modules = json!([part("", "Transformer"), part("1_Pooling", "Pooling"), part("2_Normalize", "Normalize")]);
    fs::write(folder.join("modules.json"), modules.to_string()).unwrap();
    fs::create_dir(folder.join("1_Pooling")).unwrap();
    let pooling = json!({
        "word_embedding_dimension": 256, "pooling_mode_cls_token": false, "pooling_mode_mean_tokens": true,
        "pooling_mode_max_tokens": false, "pooling_mode_mean_sqrt_len_tokens": false,
        "pooling_mode_weightedmean_tokens": false, "pooling_mode_lasttoken": false, "include_prompt": true,
    });
    fs::write(folder.join("1_Pooling/config.json"), pooling.to_string()).unwrap();
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[test]
fn texts_become_vectors_that_tell_them_apart() {
    let folder = tempfile::tempdir().unwrap();
    make(folder.path());
    let mut worker = Worker::with_model("safetensors", folder.path(), json!({}));
    assert_eq!(worker.ready["template"], Value::Null);
    let inputs = ["What is the capital of Kenya?", "What is the capital of Greece?", "Make a table: tacos 4, pizza 2"];
    worker.send(&json!({"type": "embed", "id": 1, "inputs": inputs}));
    let report = worker.report();
    assert_eq!((&report["type"], &report["id"]), (&json!("embedded"), &json!(1)), "{report}");
    let vectors: Vec<Vec<f64>> = serde_json::from_value(report["vectors"].clone()).unwrap();
    assert_eq!(vectors.iter().map(Vec::len).collect::<Vec<_>>(), [256, 256, 256], "the model's width");
    for vector in &vectors {
        assert!((dot(vector, vector) - 1.0).abs() < 1e-3, "of length one");
    }
    let (near, far) = (dot(&vectors[0], &vectors[1]), dot(&vectors[0], &vectors[2]));
    assert!(near > far, "two questions about capitals are nearer ({near}) than a question and a table ({far})");
    worker.send(&json!({"type": "count", "id": 2, "prompt": {"kind": "text", "text": inputs[0]}}));
    let one = worker.report()["tokens"].as_u64().unwrap();
    assert!(report["tokens"].as_u64().unwrap() > one, "all three were counted");
}

#[test]
fn a_model_that_makes_vectors_does_not_write_and_refuses_what_is_too_long() {
    let folder = tempfile::tempdir().unwrap();
    make(folder.path());
    let mut worker = Worker::with_model("safetensors", folder.path(), json!({"context_length": 32}));
    assert_eq!(worker.answer(user("Hello"), json!({})).end["code"], "unavailable");
    worker.send(&json!({"type": "embed", "id": 3, "inputs": ["a b c d e f ".repeat(50)]}));
    assert_eq!(worker.report()["code"], "context_full");
    worker.send(&json!({"type": "embed", "id": 4, "inputs": ["short"]}));
    assert_eq!(worker.report()["type"], "embedded", "and lives on");
}
