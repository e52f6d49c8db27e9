//! Folders as they come from elsewhere.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::suite::client::{Worker, root};
use crate::suite::damage::refusal;
use crate::suite::questions::examine;

fn copy_fixture(to: &Path) {
    let fixture = root().join("tests/fixtures/pocket/safetensors");
    for entry in fs::read_dir(fixture).unwrap().map(Result::unwrap) {
        fs::write(to.join(entry.file_name()), fs::read(entry.path()).unwrap()).unwrap();
    }
}

fn listing(folder: &Path) -> Vec<(std::ffi::OsString, u64)> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(Result::unwrap)
        .map(|entry| (entry.file_name(), entry.metadata().unwrap().len()))
        .collect();
    files.sort();
    files
}

#[test]
fn a_configuration_by_transformers_5_is_understood_and_the_folder_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    copy_fixture(folder.path());
    let path = folder.path().join("config.json");
    let mut config: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    assert!(config.as_object_mut().unwrap().remove("rope_theta").is_some(), "the fixture has the older name too");
    fs::write(&path, config.to_string()).unwrap();
    let before = listing(folder.path());
    let mut worker = Worker::with_model("safetensors", folder.path(), json!({}));
    assert_eq!(worker.ready["architecture"], "qwen3");
    assert_eq!(worker.greedy("What is the capital of Estonia?").text, "The capital of Estonia is Tallinn.");
    assert_eq!(listing(folder.path()), before, "nothing was written there");
}

#[test]
fn a_template_within_the_tokenizers_configuration_is_found() {
    let folder = tempfile::tempdir().unwrap();
    copy_fixture(folder.path());
    let template = fs::read_to_string(folder.path().join("chat_template.jinja")).unwrap();
    fs::remove_file(folder.path().join("chat_template.jinja")).unwrap();
    let path = folder.path().join("tokenizer_config.json");
    let mut config: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    config["chat_template"] = json!(template);
    fs::write(&path, config.to_string()).unwrap();
    let mut worker = Worker::with_model("safetensors", folder.path(), json!({}));
    assert_eq!(worker.ready["template"], template);
    assert_eq!(worker.greedy("What is the capital of Estonia?").text, "The capital of Estonia is Tallinn.");
}

#[test]
fn a_vocabulary_that_calls_no_token_special_is_loaded_like_others() {
    let folder = tempfile::tempdir().unwrap();
    copy_fixture(folder.path());
    let path = folder.path().join("tokenizer.json");
    let mut tokenizer: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    for token in tokenizer["added_tokens"].as_array_mut().unwrap() {
        token["special"] = json!(false);
    }
    fs::write(&path, tokenizer.to_string()).unwrap();
    let mut worker = Worker::with_model("safetensors", folder.path(), json!({}));
    assert_eq!(worker.greedy("What is the capital of Estonia?").text, "The capital of Estonia is Tallinn.");
}

#[test]
fn an_unknown_quantisation_is_refused_by_name() {
    let mut worker = Worker::start();
    let end = worker.load("safetensors", &root().join("tests/fixtures/pocket/safetensors"), json!({"isq": "Q99"}));
    assert_eq!(end["code"], "invalid_request", "{end}");
    assert!(end["message"].as_str().unwrap().contains("Q99"), "{end}");
}

#[test]
fn a_missing_or_empty_folder_has_its_own_word() {
    assert_eq!(refusal("safetensors", Path::new("/nowhere/model"))["code"], "model_missing");
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(refusal("safetensors", folder.path())["code"], "model_unsupported", "an empty folder");
}

#[test]
fn a_safetensors_folder_with_a_cut_file_or_a_strange_architecture_is_refused() {
    let fixture = root().join("tests/fixtures/pocket/safetensors");
    let folder = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(&fixture).unwrap().map(Result::unwrap) {
        fs::write(folder.path().join(entry.file_name()), fs::read(entry.path()).unwrap()).unwrap();
    }
    let weights = folder.path().join("model.safetensors");
    let whole = fs::read(&weights).unwrap();
    fs::write(&weights, &whole[..whole.len() / 2]).unwrap();
    assert_eq!(refusal("safetensors", folder.path())["code"], "model_damaged");
    fs::write(&weights, &whole).unwrap();
    let config = fs::read_to_string(folder.path().join("config.json")).unwrap();
    fs::write(folder.path().join("config.json"), config.replace("Qwen3ForCausalLM", "DreamForCausalLM")).unwrap();
    assert_eq!(refusal("safetensors", folder.path())["code"], "model_unsupported");
}

#[test]
fn every_question_is_answered_right_from_safetensors() {
    examine("safetensors", &root().join("tests/fixtures/pocket/safetensors"), json!({}));
}

#[test]
fn every_question_is_answered_right_when_quantised_to_8_bits_while_loading() {
    examine("safetensors", &root().join("tests/fixtures/pocket/safetensors"), json!({"isq": "Q8_0"}));
}
