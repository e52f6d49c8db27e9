//! Models that keep a state instead of their past (Mamba), or both (Granite 4, LFM2): a state cannot be cut back, so it
//! is kept where it will be gone on from.

use serde_json::{Value, json};

use crate::suite::architectures::folder;
use crate::suite::client::{Answer, Worker};
use crate::together::collect_all;

/// One with nothing but states, one with attention and experts between them, one with short convolutions.
const MODELS: [&str; 3] = ["mamba", "granitehybrid", "lfm2"];

const STORY: &str = "When the rain had ended they walked along the river to the mill and sat on the wall to count the \
                     boats until it was dark, and then they went home and told what they had seen";

fn worker(model: &str) -> Worker {
    Worker::with_model("gguf", &folder().join(model).join("model.gguf"), json!({"context_length": 1024}))
}

fn greedy() -> Value {
    json!({"sampling": {"temperature": 0}, "max_tokens": 24})
}

fn go_on(worker: &mut Worker, text: &str) -> Answer {
    worker.answer(json!({"kind": "text", "text": text}), greedy())
}

#[test]
fn another_answer_and_the_next_turn_read_only_what_is_new() {
    for model in MODELS {
        let mut worker = worker(model);
        let first = go_on(&mut worker, STORY);
        let again = go_on(&mut worker, STORY);
        assert_eq!(again.text, first.text, "{model}");
        assert_eq!((first.cached(), again.cached()), (0, first.prompt_tokens() - 1), "{model}");
        let longer = format!("{STORY}{}. And then", first.text);
        let next = go_on(&mut worker, &longer);
        assert!(next.cached() >= first.prompt_tokens(), "{model}: {} cached", next.cached());
        assert_eq!(next.text, go_on(&mut self::worker(model), &longer).text, "{model}: as if read in one go");
    }
}

#[test]
fn a_branch_that_leaves_in_the_middle_knows_nothing_of_the_other() {
    for model in MODELS {
        let mut worker = worker(model);
        go_on(&mut worker, STORY);
        let branch = format!("{} and slept until the morning", &STORY[..STORY.len() / 2]);
        let there = go_on(&mut worker, &branch);
        assert_eq!(there.text, go_on(&mut self::worker(model), &branch).text, "{model}");
        assert_eq!(go_on(&mut worker, STORY).text, go_on(&mut self::worker(model), STORY).text, "{model}: and back");
    }
}

#[test]
fn several_at_once_say_what_each_says_alone() {
    for model in MODELS {
        let texts: Vec<String> = (0..6).map(|n| STORY.chars().skip(n * 9).collect()).collect();
        let alone: Vec<String> = texts.iter().map(|text| go_on(&mut worker(model), text).text).collect();
        let mut worker = worker(model);
        let numbers: Vec<u64> =
            texts.iter().map(|text| worker.ask(json!({"kind": "text", "text": text}), greedy())).collect();
        let together = collect_all(&mut worker, &numbers);
        assert_eq!(together.iter().map(|answer| answer.text.clone()).collect::<Vec<_>>(), alone, "{model}");
    }
}

#[test]
fn more_conversations_than_there_are_places_for_states_come_back_one_by_one() {
    for model in MODELS {
        let mut worker = worker(model);
        // Each is remembered twice, before its last token and behind its answer; there are eight places.
        let texts: Vec<String> = (0..6).map(|n| format!("{n} {STORY}")).collect();
        let first: Vec<String> = texts.iter().map(|text| go_on(&mut worker, text).text).collect();
        for (text, said) in texts.iter().zip(&first) {
            let again = go_on(&mut worker, text);
            assert_eq!(&again.text, said, "{model}");
            assert_eq!(again.cached(), again.prompt_tokens() - 1, "{model}: {text}");
        }
    }
}
