//! The starter model's own examination, on each way of storing it. It knows every answer by heart, so a miss is a
//! fault of the template, the sampling, the parsing or the cache.

use serde_json::{Value, json};

use super::client::{Worker, pocket, root};

/// Asks all questions of a model loaded in this way.
pub(crate) fn examine(format: &str, path: &std::path::Path, config: Value) {
    let questions = std::fs::read_to_string(root().join("tests/fixtures/pocket/questions.json")).expect("questions");
    let questions: Vec<Value> = serde_json::from_str(&questions).expect("JSON");
    assert_eq!(questions.len(), 187, "all of them");
    let mut worker = Worker::with_model(format, path, config);
    let mut wrong = Vec::new();
    for question in &questions {
        let thinking = question["thinking"].as_bool().unwrap_or(false);
        let tools = question.get("tools").filter(|tools| tools.is_array()).cloned().unwrap_or_else(|| json!([]));
        let prompt = json!({
            "kind": "chat", "messages": question["messages"], "tools": tools, "reasoning": thinking,
        });
        let answer = worker.answer(prompt, json!({"sampling": {"temperature": 0}, "max_tokens": 400}));
        let right = match &question["expect"] {
            Value::String(text) => answer.text == *text && answer.calls.is_empty(),
            expect => {
                let expect = &expect["tool_call"];
                answer.text.is_empty()
                    && answer.finish() == "tool_calls"
                    && matches!(answer.calls.as_slice(), [call] if call["name"] == expect["name"]
                        && serde_json::from_str::<Value>(call["arguments"].as_str().unwrap_or_default()).ok().as_ref()
                            == Some(&expect["arguments"]))
            }
        };
        if !right || thinking == answer.reasoning.is_empty() {
            wrong.push(format!("{}: {answer:?}", question["messages"]));
        }
    }
    assert!(wrong.is_empty(), "{} of 187 wrong, for example {}", wrong.len(), wrong[0]);
}

#[test]
fn every_question_is_answered_right_with_8_bit_weights() {
    examine("gguf", &pocket(), json!({}));
}

#[test]
fn every_question_is_answered_right_with_16_bit_weights() {
    examine("gguf", &root().join("tests/fixtures/pocket/Pocket-F16.gguf"), json!({}));
}

#[test]
fn every_question_is_answered_right_with_4_bit_weights() {
    examine("gguf", &root().join("tests/fixtures/pocket/Pocket-Q4_K_M.gguf"), json!({}));
}
