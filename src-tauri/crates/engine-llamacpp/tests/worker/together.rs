//! Several answers at once, the room that they share, and what is kept of them.

use serde_json::{Value, json};

use crate::suite::client::{Answer, Worker, add, long_text, pocket, user};

/// Waits for the end of all these answers, in the order of their numbers.
pub(crate) fn collect_all(worker: &mut Worker, numbers: &[u64]) -> Vec<Answer> {
    let mut answers: Vec<Answer> = numbers.iter().map(|_| Answer::default()).collect();
    let mut open = numbers.len();
    while open > 0 {
        let report = worker.report();
        let at = numbers.iter().position(|number| report["id"] == *number).expect("one of them");
        open -= usize::from(add(&mut answers[at], report));
    }
    answers
}

#[test]
fn answers_are_written_together_and_not_one_after_the_other() {
    let mut worker = Worker::with_pocket();
    // At this temperature no answer comes to an end by itself.
    let fields = |seed: u64| json!({"sampling": {"temperature": 20, "seed": seed}, "max_tokens": 60});
    let numbers: Vec<u64> = (1..=3).map(|seed| worker.ask(user("Hello"), fields(seed))).collect();
    let mut order = Vec::new();
    let mut open = 3;
    while open > 0 {
        let report = worker.report();
        match report["type"].as_str() {
            Some("delta") => order.push(report["id"].as_u64().unwrap()),
            Some("done") => open -= 1,
            _ => {}
        }
    }
    let last_of_first = order.iter().rposition(|id| *id == numbers[0]).unwrap();
    let first_of_last = order.iter().position(|id| *id == numbers[2]).unwrap();
    assert!(first_of_last < last_of_first, "the third speaks before the first is done: {order:?}");
}

#[test]
fn answers_that_do_not_fit_together_are_all_written_whole() {
    // Each takes up to 230 tokens of the 256 that all of them share.
    let mut worker = Worker::with_model("gguf", &pocket(), json!({"context_length": 256}));
    let fields = |seed: u64| json!({"sampling": {"temperature": 20, "seed": seed}, "max_tokens": 150});
    let prompts: Vec<Value> = (0..5).map(|n| user(&format!("{n} {}", long_text(20)))).collect();
    let numbers: Vec<u64> = prompts.iter().zip(1..).map(|(p, seed)| worker.ask(p.clone(), fields(seed))).collect();
    let together = collect_all(&mut worker, &numbers);
    for answer in &together {
        assert_eq!((answer.finish(), answer.completion_tokens()), ("length", 150), "{answer:?}");
    }
}

#[test]
fn a_short_context_holds_what_it_holds_and_nothing_is_measured_in_it() {
    let mut worker = Worker::with_model("gguf", &pocket(), json!({"context_length": 48}));
    worker.send(&json!({"type": "measure"}));
    let numbers: Vec<u64> = (1..=4)
        .map(|seed| {
            worker.ask(user("What is the capital of Kenya?"), json!({"sampling": {"temperature": 0, "seed": seed}}))
        })
        .collect();
    for answer in collect_all(&mut worker, &numbers) {
        assert_eq!(answer.text, "The capital of Kenya is Nairobi.");
    }
}

#[test]
fn a_cache_in_8_bits_answers_as_well() {
    let mut worker = Worker::with_model("gguf", &pocket(), json!({"kv_cache": "q8_0"}));
    assert_eq!(worker.greedy("What is the capital of Kenya?").text, "The capital of Kenya is Nairobi.");
}

#[test]
fn what_was_pushed_out_of_the_cache_is_brought_back_and_not_read_again() {
    let mut worker = Worker::with_model("gguf", &pocket(), json!({"context_length": 512}));
    let prompts: Vec<Value> = (0..4).map(|n| user(&format!("{n} {} What is 2 + 2?", long_text(120)))).collect();
    let ask = |worker: &mut Worker, n: usize| {
        worker.answer(prompts[n].clone(), json!({"sampling": {"temperature": 0}, "max_tokens": 4}))
    };
    (0..4).for_each(|n| drop(ask(&mut worker, n)));
    // All four together are longer than the context.
    let total: u64 = (0..4)
        .map(|n| ask(&mut worker, n))
        .map(|answer| {
            assert!(answer.prompt_tokens() - answer.cached() <= 4, "{} of {}", answer.cached(), answer.prompt_tokens());
            answer.prompt_tokens()
        })
        .sum();
    assert!(total > 512, "{total}");
}

#[test]
fn how_fast_it_is_is_measured_when_there_is_nothing_else_to_do() {
    let mut worker = Worker::with_pocket();
    let id = worker.ask(user("What is the capital of Kenya?"), json!({"sampling": {"temperature": 0}}));
    worker.send(&json!({"type": "measure"}));
    let mut answered = false;
    let speed = loop {
        let report = worker.report();
        match report["type"].as_str() {
            Some("done") => answered = report["id"] == id,
            Some("measured") => break report,
            _ => {}
        }
    };
    assert!(answered, "first things first");
    assert!(
        speed["prompt_tok_s"].as_f64().is_some_and(|n| n > 0.0) && speed["tok_s"].as_f64().is_some_and(|n| n > 0.0)
    );
    assert_eq!(worker.greedy("What is the capital of Kenya?").text, "The capital of Kenya is Nairobi.", "as before");
}
