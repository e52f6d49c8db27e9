//! Files that are not what they should be, and lines that are no requests.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::client::{Worker, pocket, user};

/// Has a model loaded that cannot be, and returns why.
pub(crate) fn refusal(format: &str, path: &Path) -> Value {
    let mut worker = Worker::start();
    let end = worker.load(format, path, json!({}));
    assert_eq!(end["type"], "load_failed", "{end}");
    assert!(end["message"].as_str().is_some_and(|words| words.ends_with('.')), "a sentence: {end}");
    let status = worker.process.wait().expect("it ends");
    assert!(status.code().is_some(), "it ends by itself and is not killed by a signal: {status}");
    end
}

#[test]
fn a_cut_gguf_file_is_called_damaged() {
    let whole = fs::read(pocket()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for part in [0, 100, 50_000, whole.len() / 2, whole.len() - 1] {
        let path = folder.path().join("cut.gguf");
        fs::write(&path, &whole[..part]).unwrap();
        assert_eq!(refusal("gguf", &path)["code"], "model_damaged", "cut at {part}");
    }
}

#[test]
fn a_gguf_file_with_flipped_bits_never_crashes_the_worker() {
    let whole = fs::read(pocket()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("flipped.gguf");
    for n in 0..24usize {
        let mut bytes = whole.clone();
        // The header, where all the lengths are.
        for at in (n..4000).step_by(97 + n) {
            bytes[at] ^= 1 << (n % 8);
        }
        fs::write(&path, &bytes).unwrap();
        let mut worker = Worker::start();
        let end = worker.load("gguf", &path, json!({}));
        assert!(end["type"] == "load_failed" || end["type"] == "ready", "{end}");
    }
}

#[test]
fn what_is_missing_or_unknown_has_its_own_word() {
    assert_eq!(refusal("gguf", Path::new("/nowhere/model.gguf"))["code"], "model_missing");
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text.gguf");
    fs::write(&text, "just a text, no model at all").unwrap();
    assert_eq!(refusal("gguf", &text)["code"], "model_damaged");
}

#[test]
fn a_chat_template_that_cannot_be_read_or_run_fails_alone() {
    let mut worker = Worker::start();
    let end = worker.load("gguf", &pocket(), json!({"chat_template": "{% if %}"}));
    assert_eq!(end["code"], "template_failed", "{end}");
    let refuses = "{{ raise_exception('Only questions, please.') }}";
    let mut worker = Worker::with_model("gguf", &pocket(), json!({"chat_template": refuses}));
    let answer = worker.greedy("Hello");
    assert_eq!(answer.end["code"], "template_failed");
    assert!(answer.end["message"].as_str().unwrap().contains("Only questions, please"), "{}", answer.end);
    let endless = "{% for a in range(99999) %}{% for b in range(99999) %}{% set c = b %}{% endfor %}{% endfor %}";
    let mut worker = Worker::with_model("gguf", &pocket(), json!({"chat_template": endless}));
    assert_eq!(worker.greedy("Hello").end["code"], "template_failed");
    let impossible = "{{ 'a' | indent(18446744073709551615) }}";
    let mut worker = Worker::with_model("gguf", &pocket(), json!({"chat_template": impossible}));
    assert_eq!(worker.greedy("Hello").end["code"], "template_failed");
    let text = json!({"kind": "text", "text": "Hello"});
    assert_eq!(worker.answer(text, json!({"max_tokens": 2})).end["type"], "done", "text needs no template");
}

#[test]
fn a_model_without_a_template_is_talked_to_in_plain_text() {
    let own = "{% for m in messages %}[{{ m.role }}] {{ m.content }}\n{% endfor %}";
    let mut worker = Worker::with_model("gguf", &pocket(), json!({"chat_template": own}));
    assert_eq!(worker.ready["template"], own);
    assert_eq!(worker.answer(user("Hello"), json!({"max_tokens": 4})).end["type"], "done");
}

#[test]
fn a_malformed_line_is_answered_and_the_worker_lives_on() {
    let mut worker = Worker::with_pocket();
    for line in ["{", "[]", "\"hello\"", "{\"type\":\"generate\"}", "\u{0}"] {
        worker.send_line(line);
        let report = worker.report();
        assert_eq!((&report["type"], &report["id"]), (&json!("failed"), &Value::Null), "{line}: {report}");
        assert_eq!(report["code"], "invalid_request");
    }
    assert_eq!(worker.greedy("What is the capital of Estonia?").text, "The capital of Estonia is Tallinn.");
}

#[test]
fn requests_before_a_model_and_a_second_model_are_refused() {
    let mut worker = Worker::start();
    assert_eq!(worker.greedy("Hello").end["code"], "no_model");
    worker.send(&json!({"type": "count", "id": 5, "prompt": user("Hello")}));
    assert_eq!(worker.report()["code"], "no_model");
    worker.load("gguf", &pocket(), json!({}));
    worker.send(&json!({"type": "load", "format": "gguf", "path": pocket(), "config": {}}));
    assert_eq!(worker.report()["code"], "busy");
    assert_eq!(worker.greedy("Hello").end["type"], "done", "the first model is untouched");
}

#[test]
fn a_model_that_makes_no_vectors_says_so() {
    let mut worker = Worker::with_pocket();
    worker.send(&json!({"type": "embed", "id": 6, "inputs": ["Hello"]}));
    let report = worker.report();
    assert_eq!((&report["id"], &report["code"]), (&json!(6), &json!("unavailable")));
}
