//! Tests of `telling`: which events an answer becomes, and the response at their end.

use inglenook_engine::protocol::{Timings, ToolCallOut, Usage};

use super::*;
use crate::calls::tests::{arguments, call as whole_call};

fn telling(one_call: bool) -> Telling {
    let mut head = Map::new();
    head.insert("id".to_owned(), json!("resp_1"));
    Telling::new(head, one_call)
}

fn text(text: &str) -> Delta {
    Delta { text: text.into(), ..Delta::default() }
}

fn thought(text: &str) -> Delta {
    Delta { reasoning: text.into(), ..Delta::default() }
}

fn call(id: &str) -> Delta {
    let call = ToolCallOut { id: id.into(), name: "f".into(), arguments: "{}".into() };
    Delta { tool_call: Some(call), ..Delta::default() }
}

fn done(finish_reason: FinishReason) -> Done {
    let usage = Usage { prompt_tokens: 10, cached_tokens: 4, completion_tokens: 5 };
    Done { id: 0, finish_reason, stop_text: None, usage, timings: Timings::default() }
}

/// Every event of an answer.
fn told(telling: &mut Telling, deltas: Vec<Delta>, finish_reason: FinishReason) -> Vec<Value> {
    let mut events = telling.begin();
    deltas.into_iter().for_each(|delta| events.extend(telling.delta(delta)));
    events.extend(telling.done(&done(finish_reason), 3));
    events
}

fn kinds(events: &[Value]) -> Vec<&str> {
    events.iter().filter_map(|event| event["type"].as_str()).map(|kind| kind.trim_start_matches("response.")).collect()
}

#[test]
fn a_thought_and_an_answer_are_two_items() {
    let events =
        told(&mut telling(false), vec![thought("Hm"), thought("."), text("Os"), text("lo")], FinishReason::Stop);
    let expected = [
        "created",
        "in_progress",
        "output_item.added",
        "reasoning_summary_part.added",
        "reasoning_summary_text.delta",
        "reasoning_summary_text.delta",
        "reasoning_summary_text.done",
        "reasoning_summary_part.done",
        "output_item.done",
        "output_item.added",
        "content_part.added",
        "output_text.delta",
        "output_text.delta",
        "output_text.done",
        "content_part.done",
        "output_item.done",
        "completed",
    ];
    assert_eq!(kinds(&events), expected);
    let numbers: Vec<_> = events.iter().filter_map(|event| event["sequence_number"].as_u64()).collect();
    assert_eq!(numbers, (0..events.len() as u64).collect::<Vec<_>>());

    let message = &events[9]["item"];
    assert_eq!((&message["status"], &message["content"]), (&json!("in_progress"), &json!([])));
    assert_eq!(
        events[11],
        json!({
            "type": "response.output_text.delta", "sequence_number": 11, "item_id": message["id"],
            "output_index": 1, "content_index": 0, "delta": "Os", "logprobs": [],
        })
    );
    assert_eq!(
        events[6],
        json!({
            "type": "response.reasoning_summary_text.done", "sequence_number": 6, "item_id": events[2]["item"]["id"],
            "output_index": 0, "summary_index": 0, "text": "Hm.",
        })
    );
    let response = &events[16]["response"];
    assert_eq!(response["status"], "completed");
    assert!(response["completed_at"].is_u64());
    assert_eq!(response["output"], json!([events[8]["item"], events[15]["item"]]));
    assert_eq!(response["output"][1]["content"][0]["text"], "Oslo");
    assert_eq!(
        response["usage"],
        json!({
            "input_tokens": 10, "input_tokens_details": { "cached_tokens": 4, "cache_write_tokens": 6 },
            "output_tokens": 5, "output_tokens_details": { "reasoning_tokens": 3 }, "total_tokens": 15,
        })
    );
}

#[test]
fn calls_end_what_was_said_before_and_go_into_the_conversation() {
    let mut telling = telling(false);
    let events = told(&mut telling, vec![text("See:"), call("a"), call("b")], FinishReason::Stop);
    let call =
        ["output_item.added", "function_call_arguments.delta", "function_call_arguments.done", "output_item.done"];
    assert_eq!(kinds(&events)[7..], [&["output_item.done"], &call[..], &call[..], &["completed"]].concat());
    assert_eq!(
        events[10],
        json!({
            "type": "response.function_call_arguments.done", "sequence_number": 10, "item_id": events[8]["item"]["id"],
            "output_index": 1, "name": "f", "arguments": "{}",
        })
    );
    let last = &events.last().expect("some")["response"]["output"];
    assert_eq!((&last[2]["call_id"], &last[2]["arguments"]), (&json!("b"), &json!("{}")));
    assert_eq!((telling.answer().content.as_str(), telling.answer().tool_calls.len()), ("See:", 2));
}

#[test]
fn a_call_is_told_as_it_is_written() {
    let mut telling = telling(false);
    let deltas = vec![arguments("a", "{\"x\":"), arguments("a", "1}"), whole_call("a", "{\"x\":1}")];
    let events = told(&mut telling, deltas, FinishReason::ToolCalls);
    let delta = "function_call_arguments.delta";
    let expected = ["output_item.added", delta, delta, "function_call_arguments.done", "output_item.done", "completed"];
    assert_eq!(kinds(&events)[2..], expected);
    let id = &events[2]["item"]["id"];
    assert_eq!(
        events[2]["item"],
        json!({
            "id": id, "type": "function_call", "status": "in_progress", "call_id": "a", "name": "add", "arguments": "",
        })
    );
    let piece = |number: usize, more: &str| {
        json!({
            "type": "response.function_call_arguments.delta", "sequence_number": number, "item_id": id,
            "output_index": 0, "delta": more,
        })
    };
    assert_eq!(events[3..5], [piece(3, "{\"x\":"), piece(4, "1}")]);
    let item = &events[7]["response"]["output"][0];
    assert_eq!((&item["status"], &item["arguments"]), (&json!("completed"), &json!("{\"x\":1}")));
    assert_eq!(telling.answer().tool_calls.len(), 1);
}

#[test]
fn a_call_that_never_becomes_whole_is_incomplete_and_nothing_to_go_on_from() {
    for (deltas, finish, status) in [
        (vec![arguments("a", "{\"x\"")], FinishReason::Length, "incomplete"),
        (vec![arguments("a", "{x}"), text("{x}")], FinishReason::Stop, "completed"),
        (vec![arguments("a", "{x}"), call("b")], FinishReason::ToolCalls, "completed"),
    ] {
        let mut telling = telling(false);
        let events = told(&mut telling, deltas, finish);
        let response = &events.last().expect("some")["response"];
        assert_eq!((&response["status"], &response["output"][0]["status"]), (&json!(status), &json!("incomplete")));
        assert!(telling.answer().tool_calls.iter().all(|call| call.id == "b"), "{response}");
    }
}

#[test]
fn one_call_is_one_call_where_no_more_are_wanted() {
    let events = told(&mut telling(true), vec![call("a"), call("b")], FinishReason::Stop);
    let output = &events.last().expect("some")["response"]["output"];
    assert_eq!(output.as_array().map(Vec::len), Some(1), "{output}");
}

#[test]
fn an_answer_that_was_cut_is_incomplete() {
    let events = told(&mut telling(false), vec![text("Os")], FinishReason::Length);
    let last = events.last().expect("some");
    assert_eq!(last["type"], "response.incomplete");
    assert_eq!(last["response"]["incomplete_details"], json!({ "reason": "max_output_tokens" }));
    assert_eq!(last["response"]["output"][0]["status"], "incomplete");
    assert_eq!(last["response"]["completed_at"], Value::Null);
}

#[test]
fn an_answer_without_a_word_is_a_message_without_one() {
    let events = told(&mut telling(false), Vec::new(), FinishReason::Stop);
    let output = &events.last().expect("some")["response"]["output"];
    assert_eq!(output[0]["content"][0]["text"], "");
}

#[test]
fn a_failure_in_the_middle_is_never_a_clean_end() {
    let mut telling = telling(false);
    telling.begin();
    telling.delta(text("Os"));
    let error = ApiError::overloaded("The model was unloaded.").code("unavailable");
    let events = telling.failed(&error);
    assert_eq!(
        events[0],
        json!({
            "type": "error", "sequence_number": 5, "code": "unavailable", "message": "The model was unloaded.",
            "param": null,
        })
    );
    assert_eq!(events[1]["type"], "response.failed");
    let response = &events[1]["response"];
    assert_eq!(response["status"], "failed");
    assert_eq!(response["error"], json!({ "code": "server_error", "message": "The model was unloaded." }));
    assert_eq!(response["output"][0]["status"], "incomplete");
}
