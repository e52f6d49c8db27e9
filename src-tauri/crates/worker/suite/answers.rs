//! How answers are drawn and where they end.

use serde_json::{Value, json};

use super::client::{Worker, user};

const ASK: &str = "What is the capital of Estonia?";

/// The starter model is very sure of what it says; only a high temperature makes it waver.
fn warm(worker: &mut Worker, seed: u64) -> String {
    let fields = json!({"sampling": {"temperature": 4, "seed": seed}, "max_tokens": 40});
    worker.answer(user(ASK), fields).text
}

#[test]
fn the_same_seed_gives_the_same_text_after_other_requests_and_in_another_process() {
    let mut worker = Worker::with_pocket();
    let first = warm(&mut worker, 7);
    worker.greedy("What is 2 + 3?");
    warm(&mut worker, 8);
    assert_eq!(warm(&mut worker, 7), first, "after other requests, from a cache in another state");
    assert_eq!(warm(&mut Worker::with_pocket(), 7), first, "in another process");
}

#[test]
fn different_seeds_give_different_texts() {
    let mut worker = Worker::with_pocket();
    let texts: std::collections::HashSet<String> = (0..8).map(|seed| warm(&mut worker, seed)).collect();
    assert!(texts.len() > 4, "eight seeds at a high temperature: {texts:?}");
}

#[test]
fn no_seed_is_a_new_one_each_time() {
    let mut worker = Worker::with_pocket();
    let fields = json!({"sampling": {"temperature": 4}, "max_tokens": 40});
    let texts: std::collections::HashSet<String> =
        (0..6).map(|_| worker.answer(user(ASK), fields.clone()).text).collect();
    assert!(texts.len() > 1, "{texts:?}");
}

#[test]
fn narrow_sampling_is_greedy_at_any_temperature() {
    let mut worker = Worker::with_pocket();
    let greedy = worker.greedy(ASK).text;
    for narrow in [json!({"top_k": 1}), json!({"top_p": 0.0}), json!({"min_p": 1.0})] {
        let mut sampling = json!({"temperature": 2.0, "seed": 1});
        sampling.as_object_mut().unwrap().extend(narrow.as_object().unwrap().clone());
        let text = worker.answer(user(ASK), json!({"sampling": sampling, "max_tokens": 60})).text;
        assert_eq!(text, greedy, "{narrow}");
    }
}

#[test]
fn penalties_change_the_answer() {
    let mut worker = Worker::with_pocket();
    let greedy = worker.greedy(ASK).text;
    for penalty in [json!({"repeat_penalty": 10.0}), json!({"presence_penalty": 2.0, "frequency_penalty": 2.0})] {
        let mut sampling = json!({"temperature": 0});
        sampling.as_object_mut().unwrap().extend(penalty.as_object().unwrap().clone());
        let fields = json!({"sampling": sampling, "max_tokens": 120});
        let long =
            worker.answer(user("Count from 1 to 20."), json!({"sampling": {"temperature": 0}, "max_tokens": 120}));
        let text = worker.answer(user("Count from 1 to 20."), fields).text;
        assert_ne!(text, long.text, "{penalty} against repeating digits");
    }
    assert_eq!(worker.greedy(ASK).text, greedy, "and only for the request that asked for them");
}

#[test]
fn a_value_out_of_range_is_refused_by_name() {
    let mut worker = Worker::with_pocket();
    let answer = worker.answer(user(ASK), json!({"sampling": {"top_p": 2.0}}));
    assert_eq!(answer.end["code"], "invalid_request");
    assert!(answer.end["message"].as_str().unwrap().contains("top_p"), "{}", answer.end);
}

#[test]
fn max_tokens_ends_an_answer_exactly_there() {
    let mut worker = Worker::with_pocket();
    for most in [0, 1, 3] {
        let answer = worker.answer(user(ASK), json!({"sampling": {"temperature": 0}, "max_tokens": most}));
        assert_eq!((answer.finish(), answer.completion_tokens()), ("length", most), "{answer:?}");
    }
    let whole = worker.greedy(ASK).text;
    let cut = worker.answer(user(ASK), json!({"sampling": {"temperature": 0}, "max_tokens": 3})).text;
    assert!(!cut.is_empty() && whole.starts_with(&cut), "{cut:?} begins {whole:?}");
}

#[test]
fn a_stop_text_ends_the_answer_and_is_no_part_of_it() {
    let mut worker = Worker::with_pocket();
    let whole = worker.greedy(ASK).text;
    let (before, _) = whole.split_once("nia is Ta").expect("a text over several tokens");
    let fields = json!({"sampling": {"temperature": 0}, "stop": ["never", "nia is Ta"], "max_tokens": 60});
    let answer = worker.answer(user(ASK), fields);
    assert_eq!((answer.text.as_str(), answer.finish()), (before, "stop"));
    assert_eq!(answer.end["stop_text"], "nia is Ta", "and it is named");
    assert_eq!(worker.greedy(ASK).end.get("stop_text"), None, "nothing is named where the model ended by itself");
}

#[test]
fn deltas_are_never_empty_and_come_one_by_one() {
    let mut worker = Worker::with_pocket();
    let answer = worker.greedy(ASK);
    assert!(answer.deltas.len() > 3, "a stream, not one lump");
    for delta in &answer.deltas {
        let has = |name: &str| delta[name].as_str().is_some_and(|text| !text.is_empty());
        assert!(has("text") || has("reasoning") || delta.get("tool_call").is_some(), "{delta}");
    }
}

#[test]
fn logprobs_are_probabilities_and_the_chosen_one_is_among_the_top() {
    let mut worker = Worker::with_pocket();
    let fields = json!({"sampling": {"temperature": 0}, "logprobs": 5, "max_tokens": 30});
    let answer = worker.answer(user(ASK), fields);
    assert_eq!(answer.logprobs.len() as u64, answer.completion_tokens(), "one for each token");
    let spelt: String = answer.logprobs.iter().filter_map(|l| l["token"].as_str()).collect();
    assert_eq!(spelt, answer.text, "the tokens spell the answer");
    for place in &answer.logprobs {
        let top = place["top"].as_array().unwrap();
        assert_eq!(top.len(), 5);
        let sum: f64 = top.iter().map(|t| t[1].as_f64().unwrap().exp()).sum();
        assert!(sum > 0.0 && sum <= 1.0001, "five probabilities sum to {sum}");
        assert_eq!(top[0][0], place["token"], "greedy takes the likeliest");
        assert_eq!(top[0][1], place["logprob"]);
        let sorted = top.windows(2).all(|w| w[0][1].as_f64() >= w[1][1].as_f64());
        assert!(sorted, "{top:?}");
    }
}

#[test]
fn several_requests_at_once_are_each_answered_as_if_alone() {
    let mut worker = Worker::with_pocket();
    let questions = [ASK, "What is the capital of Kenya?", "What is the capital of Greece?"];
    let alone: Vec<String> = questions.iter().map(|q| worker.greedy(q).text).collect();
    let fields = json!({"sampling": {"temperature": 0}, "max_tokens": 60});
    let ids: Vec<u64> = questions.iter().map(|q| worker.ask(user(q), fields.clone())).collect();
    let mut texts = vec![String::new(); ids.len()];
    let mut ends = vec![0; ids.len()];
    while ends.contains(&0) {
        let report = worker.report();
        let at = ids.iter().position(|id| report["id"] == *id).expect("one of them");
        texts[at].push_str(report["text"].as_str().unwrap_or_default());
        ends[at] += usize::from(report["type"] == "done");
    }
    assert_eq!(texts, alone);
    assert_eq!(ends, [1, 1, 1], "each closed once");
}

#[test]
fn plain_text_is_gone_on_with_and_counted() {
    let mut worker = Worker::with_pocket();
    let text = "<|im_start|>user\nWhat is the capital of Estonia?<|im_end|>\n<|im_start|>assistant\n";
    let prompt = json!({"kind": "text", "text": text});
    let answer = worker.answer(prompt.clone(), json!({"sampling": {"temperature": 0}, "max_tokens": 60}));
    assert_eq!(answer.text, worker.greedy(ASK).text, "the same prompt, written by hand");
    worker.send(&json!({"type": "count", "id": 900, "prompt": prompt}));
    let counted = worker.report();
    assert_eq!(counted["tokens"], answer.prompt_tokens());
    assert_eq!(counted["per_message"], json!([]));
}

#[test]
fn tokens_can_be_counted_a_message_and_turned_back_into_text() {
    let mut worker = Worker::with_pocket();
    let messages = json!([
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hello there"},
        {"role": "assistant", "content": "Hi"},
        {"role": "user", "content": "What is the capital of Estonia, please?"},
    ]);
    let prompt = json!({"kind": "chat", "messages": messages});
    worker.send(&json!({"type": "count", "id": 901, "prompt": prompt}));
    let counted = worker.report();
    let per_message: Vec<u64> = counted["per_message"].as_array().unwrap().iter().filter_map(Value::as_u64).collect();
    assert_eq!(per_message.len(), 4);
    assert!(per_message.iter().all(|n| *n > 0) && per_message[3] > per_message[2], "{per_message:?}");
    let total = counted["tokens"].as_u64().unwrap();
    let sum: u64 = per_message.iter().sum();
    assert!(total > sum, "the opening of the answer is in the total of {total} only, not in {sum}");
    assert_eq!(worker.answer(prompt, json!({"max_tokens": 1})).prompt_tokens(), total, "as many as are then read");
    worker.send(&json!({"type": "detokenize", "id": 902, "tokens": [u32::MAX]}));
    assert_eq!(worker.report()["code"], "invalid_request", "no such token");
}
