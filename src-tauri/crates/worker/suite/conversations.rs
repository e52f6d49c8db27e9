//! What the worker keeps between requests, and how a request ends early.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::client::{Answer, Worker, add, chat, long_text, pocket, user};

fn greedy() -> Value {
    json!({"sampling": {"temperature": 0}, "max_tokens": 60})
}

fn say(messages: &mut Vec<Value>, role: &str, content: &str) {
    messages.push(json!({"role": role, "content": content}));
}

#[test]
fn a_second_turn_reads_only_what_is_new() {
    let mut worker = Worker::with_pocket();
    let mut messages = Vec::new();
    let mut cached = 0;
    for question in ["What is the capital of Kenya?", "And of Greece?", "I am called Ada.", "What is my name?"] {
        say(&mut messages, "user", question);
        let answer = worker.answer(chat(json!(messages)), greedy());
        say(&mut messages, "assistant", &answer.text);
        if messages.len() > 2 {
            assert!(answer.cached() > cached, "{} after {cached}", answer.cached());
            let new = answer.prompt_tokens() - answer.cached();
            assert!(new < 25, "only the question and the marks around it are new, not {new} tokens");
        }
        cached = answer.cached();
    }
}

#[test]
fn answers_do_not_depend_on_what_the_cache_holds() {
    let mut messages = Vec::new();
    let mut worker = Worker::with_pocket();
    for question in ["What is the capital of Kenya?", "What is 12 + 30?", "What is the capital of Peru?"] {
        say(&mut messages, "user", question);
        let warm = worker.answer(chat(json!(messages)), greedy());
        let cold = Worker::with_pocket().answer(chat(json!(messages)), greedy());
        assert_eq!(cold.cached(), 0);
        assert_eq!(warm.text, cold.text, "after {messages:?}");
        say(&mut messages, "assistant", &warm.text);
    }
}

#[test]
fn another_answer_to_the_same_question_reads_next_to_nothing() {
    let mut worker = Worker::with_pocket();
    let prompt = user(&format!("{} What is the capital of Kenya?", long_text(100)));
    let first = worker.answer(prompt.clone(), greedy());
    let again = worker.answer(prompt, greedy());
    assert_eq!(again.text, first.text);
    assert!(again.prompt_tokens() - again.cached() <= 4, "{} of {}", again.cached(), again.prompt_tokens());
}

#[test]
fn what_the_model_wrote_is_found_again_in_its_own_tokens() {
    // At this temperature the starter model writes what its words would never be split into.
    let mut worker = Worker::with_pocket();
    let mut looked_at = 0;
    for seed in 0..12 {
        let fields = json!({"sampling": {"temperature": 6, "seed": seed}, "max_tokens": 30, "logprobs": 0});
        let question = json!({"role": "user", "content": format!("{seed} What is the capital of Kenya?")});
        let first = worker.answer(chat(json!([question])), fields);
        let spelt: String = first.logprobs.iter().filter_map(|l| l["token"].as_str()).collect();
        if spelt != first.text || spelt.contains('\u{fffd}') {
            // It wrote marks, blanks or half characters, which are not shown and so do not come back to it.
            continue;
        }
        looked_at += 1;
        let said = json!({"role": "assistant", "content": first.text});
        let next = chat(json!([question, said, {"role": "user", "content": "And of Greece?"}]));
        let second = worker.answer(next.clone(), greedy());
        let read = first.prompt_tokens() + first.completion_tokens() - 1;
        assert!(second.cached() >= read, "{} of {read} after {:?}", second.cached(), first.text);
        let again = worker.answer(next, greedy());
        assert_eq!(again.text, second.text);
        assert!(again.prompt_tokens() - again.cached() <= 4, "{} of {}", again.cached(), again.prompt_tokens());
    }
    assert!(looked_at > 0, "no seed wrote plain text");
}

#[test]
fn a_branch_uses_what_it_shares_and_the_other_branch_is_still_there() {
    let mut worker = Worker::with_pocket();
    let trunk = json!({"role": "user", "content": format!("{} What is the capital of Kenya?", long_text(300))});
    let answer = worker.answer(chat(json!([trunk])), greedy());
    let said = json!({"role": "assistant", "content": answer.text});
    let one = json!([trunk, said, {"role": "user", "content": "And of Greece?"}]);
    let two = json!([trunk, said, {"role": "user", "content": "What is 2 + 2?"}]);
    let first = worker.answer(chat(one.clone()), greedy());
    let second = worker.answer(chat(two), greedy());
    let back = worker.answer(chat(one), greedy());
    assert!(second.cached() > 300, "the trunk is shared: {}", second.cached());
    assert!(back.cached() > 300, "and still there: {}", back.cached());
    assert_eq!(back.text, first.text);
}

#[test]
fn two_conversations_do_not_drive_each_other_out() {
    let mut worker = Worker::with_pocket();
    let mut talks = [vec![], vec![]];
    for (talk, topic) in talks.iter_mut().zip(["Kenya", "Greece"]) {
        say(talk, "user", &format!("{topic} {} What is the capital of {topic}?", long_text(100)));
    }
    for turn in 0..3 {
        for talk in &mut talks {
            let answer = worker.answer(chat(json!(talk)), greedy());
            if turn > 0 {
                assert!(answer.cached() > 100, "turn {turn}: {}", answer.cached());
            }
            say(talk, "assistant", &answer.text);
            say(talk, "user", "And of Peru?");
        }
    }
}

#[test]
fn a_chat_with_the_same_instructions_leaves_the_others_cache_alone() {
    let mut worker = Worker::with_pocket();
    let instructions = json!({"role": "system", "content": long_text(150)});
    let long = json!({"role": "user", "content": format!("{} What is the capital of Kenya?", long_text(400))});
    let first = json!([instructions, long]);
    worker.answer(chat(first.clone()), greedy());
    worker.answer(chat(json!([instructions, {"role": "user", "content": "What is 2 + 2?"}])), greedy());
    let back = worker.answer(chat(first), greedy());
    // What it says to so many numbers hangs by a hair: how many of them are read together decides it.
    assert!(back.prompt_tokens() - back.cached() <= 4, "{} of {}", back.cached(), back.prompt_tokens());
}

#[test]
fn what_is_kept_does_not_grow_from_request_to_request() {
    let mut worker = Worker::with_pocket();
    let resident = |worker: &Worker| {
        let statm = std::fs::read_to_string(format!("/proc/{}/statm", worker.process.id())).ok()?;
        statm.split_whitespace().nth(1)?.parse::<u64>().ok().map(|pages| pages * 4096)
    };
    let ask = |worker: &mut Worker, n: usize| {
        let text = format!("{n} {} {n}", long_text(400));
        worker.answer(user(&text), json!({"sampling": {"temperature": 0}, "max_tokens": 2}));
    };
    (0..8).for_each(|n| ask(&mut worker, n));
    let Some(before) = resident(&worker) else { return };
    (8..32).for_each(|n| ask(&mut worker, n));
    let grown = resident(&worker).unwrap().saturating_sub(before);
    // 24 prompts of 800 tokens would be 118 MB, kept each on its own.
    assert!(grown < 50_000_000, "{} MB more after 24 other prompts", grown / 1_000_000);
}

#[test]
fn a_long_prompt_tells_how_far_it_is_read() {
    let mut worker = Worker::with_pocket();
    let answer = worker.answer(user(&long_text(700)), json!({"sampling": {"temperature": 0}, "max_tokens": 4}));
    let done: Vec<u64> = answer.prefill.iter().filter_map(|p| p["done"].as_u64()).collect();
    assert!(done.len() > 3 && done.windows(2).all(|w| w[0] < w[1]), "{done:?}");
    assert_eq!((done[0], done.last().copied()), (0, Some(answer.prompt_tokens())));
    assert!(answer.prefill.iter().all(|p| p["total"] == answer.prompt_tokens()));
}

fn cancel_after(worker: &mut Worker, prompt: Value, wait_for: &str) -> (Answer, Duration) {
    // At this temperature no answer comes to an end by itself.
    let id = worker.ask(prompt, json!({"sampling": {"temperature": 20, "seed": 1}}));
    let mut answer = Answer::default();
    let mut sent = None;
    loop {
        let (at, report) = worker.timed_report();
        assert_eq!(report["id"], id, "{report}");
        let is_it = report["type"] == wait_for;
        if add(&mut answer, report) {
            return (answer, at - sent.expect("cancelled before the end"));
        }
        if is_it && sent.is_none() {
            worker.send(&json!({"type": "cancel", "id": id}));
            sent = Some(Instant::now());
        }
    }
}

#[test]
fn a_cancelled_request_is_closed_at_once_while_reading_and_while_writing() {
    let mut worker = Worker::with_pocket();
    let long = user(&format!("{} Count from 1 to 50.", long_text(700)));
    for wait_for in ["prefill", "delta"] {
        let prompt = if wait_for == "prefill" { long.clone() } else { user("Count from 1 to 50.") };
        let (answer, took) = cancel_after(&mut worker, prompt, wait_for);
        assert_eq!(answer.finish(), "cancelled", "in the middle of {wait_for}");
        // The promise is 200 ms on a machine that is not full of other work.
        assert!(took < Duration::from_millis(1000), "{took:?} in the middle of {wait_for}");
    }
    assert_eq!(worker.greedy("What is the capital of Estonia?").text, "The capital of Estonia is Tallinn.");
}

#[test]
fn a_request_that_waits_can_be_cancelled_and_a_second_cancellation_is_nothing() {
    let mut worker = Worker::with_pocket();
    let first = worker.ask(user(&long_text(700)), json!({"max_tokens": 2}));
    let second = worker.ask(user("Hello"), json!({}));
    worker.send(&json!({"type": "cancel", "id": second}));
    worker.send(&json!({"type": "cancel", "id": second}));
    worker.send(&json!({"type": "cancel", "id": 12345}));
    let mut closed = Vec::new();
    while closed.len() < 2 {
        let report = worker.report();
        if report["type"] == "done" {
            closed.push((report["id"].as_u64().unwrap(), report["finish_reason"].as_str().unwrap().to_owned()));
        }
    }
    assert!(closed.contains(&(second, "cancelled".to_owned())), "{closed:?}");
    assert!(closed.iter().any(|(id, reason)| *id == first && reason != "cancelled"), "{closed:?}");
    assert_eq!(worker.greedy("Hello").end["type"], "done");
    assert_eq!(worker.report_within(Duration::from_millis(100)), None, "nothing about the cancelled one");
}

#[test]
fn a_prompt_that_does_not_fit_fails_with_both_numbers() {
    let mut worker = Worker::with_model("gguf", &pocket(), json!({"context_length": 256}));
    assert_eq!(worker.ready["context_length"], 256);
    let answer = worker.answer(user(&long_text(400)), json!({}));
    assert_eq!(answer.end["code"], "context_full", "{}", answer.end);
    let message = answer.end["message"].as_str().unwrap();
    assert!(message.contains("256") && message.contains("8"), "both numbers: {message}");
    assert!(answer.text.is_empty() && answer.prefill.is_empty(), "nothing was cut silently");
}

#[test]
fn an_answer_ends_where_the_context_is_full() {
    let mut worker = Worker::with_model("gguf", &pocket(), json!({"context_length": 128}));
    let prompt = json!({"kind": "text", "text": long_text(50)});
    // Nothing that ends an answer is likely at this temperature.
    let answer = worker.answer(prompt, json!({"sampling": {"temperature": 5.0, "seed": 1}}));
    let total = answer.prompt_tokens() + answer.completion_tokens();
    match answer.finish() {
        "length" => assert_eq!(total, 128),
        _ => assert!(total < 128, "it had ended by itself"),
    }
}
