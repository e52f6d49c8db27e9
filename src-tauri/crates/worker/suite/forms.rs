//! Answers of a certain form: reasoning, tool calls, JSON.

use serde_json::{Value, json};

use super::client::{Answer, Worker, chat, user};

fn tools() -> Value {
    json!([
        {"type": "function", "function": {"name": "calculate", "description": "Calculate.", "parameters": {
            "type": "object", "properties": {"expression": {"type": "string"}}, "required": ["expression"]}}},
        {"type": "function", "function": {"name": "get_time", "description": "Tell the time.", "parameters": {
            "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}},
    ])
}

fn with_tools(question: &str, choice: Value) -> Value {
    json!({"kind": "chat", "messages": [{"role": "user", "content": question}], "tools": tools(), "tool_choice": choice})
}

#[test]
fn a_tool_call_is_whole_and_nothing_of_it_is_text() {
    let mut worker = Worker::with_pocket();
    let prompt = with_tools("What is 6642 - 1586?", json!({"kind": "auto"}));
    let answer = worker.answer(prompt, json!({"sampling": {"temperature": 0}, "max_tokens": 100}));
    assert_eq!((answer.text.as_str(), answer.finish(), answer.calls.len()), ("", "tool_calls", 1), "{answer:?}");
    let call = &answer.calls[0];
    assert_eq!(call["name"], "calculate");
    let arguments: Value = serde_json::from_str(call["arguments"].as_str().unwrap()).unwrap();
    assert_eq!(arguments, json!({"expression": "6642 - 1586"}));
    assert!(call["id"].as_str().is_some_and(|id| id.len() == 9), "a name to refer to: {call}");
    let (count, joined) = told(&answer);
    assert!(count > 1, "the arguments are told as they are written: {answer:?}");
    assert_eq!(joined, call["arguments"].as_str().unwrap(), "{answer:?}");
}

#[test]
fn what_was_told_of_a_call_that_is_cut_stands_without_a_call() {
    let mut worker = Worker::with_pocket();
    let prompt = with_tools("What is 6642 - 1586?", json!({"kind": "auto"}));
    let mut ask =
        |most: u64| worker.answer(prompt.clone(), json!({"sampling": {"temperature": 0}, "max_tokens": most}));
    let whole = ask(100);
    let cut = ask(whole.completion_tokens() - 4);
    assert_eq!((cut.finish(), cut.text.as_str(), cut.calls.len()), ("length", "", 0), "{cut:?}");
    assert!(!told(&cut).1.is_empty() && told(&whole).1.starts_with(&told(&cut).1), "{cut:?}");
}

/// In how many pieces the arguments of an answer's calls came, and the pieces joined.
fn told(answer: &Answer) -> (usize, String) {
    let pieces: Vec<&str> = answer.deltas.iter().filter_map(|delta| delta["tool_arguments"]["text"].as_str()).collect();
    (pieces.len(), pieces.concat())
}

#[test]
fn a_tools_result_is_taken_up() {
    let mut worker = Worker::with_pocket();
    let prompt = json!({"kind": "chat", "tools": tools(), "messages": [
        {"role": "user", "content": "What is 6642 - 1586?"},
        {"role": "assistant", "content": "", "tool_calls": [
            {"id": "c1", "name": "calculate", "arguments": "{\"expression\": \"6642 - 1586\"}"}]},
        {"role": "tool", "content": "5056", "tool_call_id": "c1"},
    ]});
    let answer = worker.answer(prompt, json!({"sampling": {"temperature": 0}, "max_tokens": 60}));
    assert!(answer.text.contains("5056"), "{answer:?}");
}

#[test]
fn a_required_or_named_tool_is_called_whatever_was_said() {
    let mut worker = Worker::with_pocket();
    let with_tools = |question: &str, choice: Value| {
        let mut prompt = with_tools(question, choice);
        // A model that never saw such a demand would write on and on within the quotes.
        prompt["tools"][0]["function"]["parameters"]["properties"]["expression"]["maxLength"] = json!(20);
        prompt["tools"][1]["function"]["parameters"]["properties"]["city"]["maxLength"] = json!(20);
        prompt
    };
    for seed in 0..3 {
        let fields = json!({"sampling": {"temperature": 1.0, "seed": seed}, "max_tokens": 200});
        let named = json!({"kind": "named", "name": "get_time"});
        let answer = worker.answer(with_tools("Hello!", named), fields.clone());
        assert_eq!((answer.text.as_str(), answer.finish(), answer.calls.len()), ("", "tool_calls", 1), "{answer:?}");
        assert_eq!(answer.calls[0]["name"], "get_time");
        let arguments: Value = serde_json::from_str(answer.calls[0]["arguments"].as_str().unwrap()).unwrap();
        assert!(arguments["city"].is_string(), "bound by the tool's own schema: {arguments}");
        assert_eq!(told(&answer).1, answer.calls[0]["arguments"].as_str().unwrap(), "told as it is written");
        let answer = worker.answer(with_tools("Hello!", json!({"kind": "required"})), fields);
        assert_eq!(answer.calls.len(), 1, "{answer:?}");
    }
    let answer = worker.answer(with_tools("Hello!", json!({"kind": "named", "name": "nothing"})), json!({}));
    assert_eq!(answer.end["code"], "invalid_request", "there is no such tool");
}

#[test]
fn no_tool_is_called_where_none_may_be() {
    let mut worker = Worker::with_pocket();
    let prompt = with_tools("What is 6642 - 1586?", json!({"kind": "none"}));
    let answer = worker.answer(prompt, json!({"sampling": {"temperature": 0}, "max_tokens": 60}));
    assert!(answer.calls.is_empty() && answer.finish() != "tool_calls", "{answer:?}");
}

fn schema() -> Value {
    json!({"type": "object", "additionalProperties": false, "required": ["city", "people", "capital"], "properties": {
        "city": {"type": "string", "maxLength": 12},
        "people": {"type": "integer", "minimum": 0, "maximum": 999},
        "capital": {"type": "boolean"},
    }})
}

#[test]
fn an_answer_bound_by_a_schema_is_valid_at_any_temperature_and_wastes_no_space() {
    let mut worker = Worker::with_pocket();
    for seed in 0..6 {
        let fields = json!({
            "sampling": {"temperature": 1.2, "seed": seed}, "max_tokens": 300,
            "response_format": {"kind": "json_schema", "schema": schema()},
        });
        let answer = worker.answer(user("Tell me about Tallinn."), fields);
        assert_eq!(answer.finish(), "stop", "{answer:?}");
        let value: Value = serde_json::from_str(&answer.text).unwrap_or_else(|e| panic!("{e}: {:?}", answer.text));
        assert_eq!(value.as_object().unwrap().len(), 3, "{value}");
        assert!(value["city"].as_str().unwrap().chars().count() <= 12);
        assert!(value["people"].as_u64().unwrap() <= 999 && value["capital"].is_boolean());
        let free = value.to_string().replace("\":", "\": ").replace(",\"", ", \"");
        assert_eq!(answer.text.len(), free.len(), "no space beyond that behind commas and colons: {:?}", answer.text);
    }
}

#[test]
fn some_json_object_is_an_object() {
    let mut worker = Worker::with_pocket();
    let fields = json!({"sampling": {"temperature": 1.0, "seed": 3}, "max_tokens": 60, "response_format": {"kind": "json_object"}});
    let answer = worker.answer(user("Hello"), fields);
    assert!(answer.text.starts_with('{'), "{answer:?}");
    if answer.finish() == "stop" {
        assert!(serde_json::from_str::<Value>(&answer.text).unwrap().is_object());
    }
}

#[test]
fn a_schema_that_makes_no_sense_is_refused() {
    let mut worker = Worker::with_pocket();
    let fields = json!({"response_format": {"kind": "json_schema", "schema": {"type": "dream"}}});
    assert_eq!(worker.answer(user("Hello"), fields).end["code"], "invalid_request");
}

#[test]
fn thinking_is_told_apart_and_off_unless_asked_for() {
    let mut worker = Worker::with_pocket();
    let fields = json!({"sampling": {"temperature": 0}, "max_tokens": 300});
    let question = json!([{"role": "user", "content": "What is 17 + 25?"}]);
    let quiet = worker.answer(chat(question.clone()), fields.clone());
    assert_eq!(quiet.reasoning, "", "{quiet:?}");
    let aloud = worker.answer(json!({"kind": "chat", "messages": question, "reasoning": true}), fields);
    assert!(!aloud.reasoning.is_empty(), "{aloud:?}");
    for text in [&aloud.text, &aloud.reasoning, &quiet.text] {
        assert!(!text.contains("think>"), "no mark is shown: {text:?}");
        assert_eq!(text.trim(), text.as_str(), "no blank lines around it");
    }
}

#[test]
fn a_schema_binds_the_answer_and_not_the_thinking() {
    let mut worker = Worker::with_pocket();
    let prompt =
        json!({"kind": "chat", "reasoning": true, "messages": [{"role": "user", "content": "What is 17 + 25?"}]});
    let fields = json!({
        "sampling": {"temperature": 0}, "max_tokens": 300,
        "response_format": {"kind": "json_schema", "schema": schema()},
    });
    let answer = worker.answer(prompt, fields);
    assert!(!answer.reasoning.is_empty() && !answer.reasoning.starts_with('{'), "{answer:?}");
    assert!(serde_json::from_str::<Value>(&answer.text).is_ok(), "{answer:?}");
}

#[test]
fn an_answer_is_gone_on_with_in_its_middle() {
    let mut worker = Worker::with_pocket();
    let whole = worker.greedy("What is the capital of Estonia?").text;
    let (said, rest) = whole.split_at(whole.find(" is ").expect("a middle"));
    let prompt = json!({"kind": "chat", "continue_last": true, "messages": [
        {"role": "user", "content": "What is the capital of Estonia?"}, {"role": "assistant", "content": said}]});
    let answer = worker.answer(prompt, json!({"sampling": {"temperature": 0}, "max_tokens": 60}));
    assert_eq!(answer.text, rest, "the new text joins the old");
    let prompt = json!({"kind": "chat", "continue_last": true, "messages": [{"role": "user", "content": "Hello"}]});
    assert_eq!(worker.answer(prompt, json!({})).end["code"], "invalid_request", "that is no answer");
}

#[test]
fn thinking_is_gone_on_with_in_its_middle() {
    let mut worker = Worker::with_pocket();
    let fields = json!({"sampling": {"temperature": 0}, "max_tokens": 300});
    let question = json!({"role": "user", "content": "What is the capital of Estonia?"});
    let whole = worker.answer(json!({"kind": "chat", "reasoning": true, "messages": [question]}), fields.clone());
    let (thought, _) = whole.reasoning.split_at(whole.reasoning.find(' ').expect("a middle"));
    let prompt = json!({"kind": "chat", "reasoning": true, "continue_last": true, "messages": [
        question, {"role": "assistant", "content": "", "reasoning": thought}]});
    let answer = worker.answer(prompt, fields);
    assert!(!answer.reasoning.is_empty(), "it goes on thinking: {answer:?}");
    assert_eq!(format!("{thought}{}", answer.reasoning), whole.reasoning, "the new thought joins the old");
    assert_eq!(answer.text, whole.text);
}
