//! Conversations with the built-in model through the real worker: asked and checked.

use inglenook_contract::{FinishReason, MessageStatus, Parameters};
use inglenook_journeys::Person;

#[tokio::test(flavor = "multi_thread")]
async fn the_first_question_gets_the_right_answer() {
    let person = Person::with_real_engines().await;
    let chat = person.new_chat().await;
    let answer = person.hears(&chat, "What is the capital of Norway?").await;
    assert_eq!(answer.text, "The capital of Norway is Oslo.", "{answer:?}");
    assert_eq!(answer.status, MessageStatus::Done);
    assert_eq!(answer.finish_reason, Some(FinishReason::Stop), "the model was done by itself");
    let stats = answer.stats.expect("an answer says what it took");
    assert!(stats.prompt_tokens > 0 && stats.completion_tokens > 0, "{stats:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_told_is_remembered_across_a_restart() {
    let mut person = Person::with_real_engines().await;
    let chat = person.new_chat().await;
    person.hears(&chat, "My name is Tara.").await;
    person.restarts().await;
    let answer = person.hears(&chat, "What is my name?").await;
    assert!(answer.text.contains("Tara"), "the chat goes on where it was: {}", answer.text);
    assert_eq!(person.reads(&chat).await.len(), 4, "all four messages are there");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_system_prompt_makes_a_pirate() {
    let person = Person::with_real_engines().await;
    let chat = person.new_chat().await;
    person.sets(&chat, Parameters { system_prompt: "You are a pirate.".into(), ..Parameters::default() }).await;
    let answer = person.hears(&chat, "Capital of Russia?").await;
    assert_eq!(answer.text, "Arr! The capital of Russia is Moscow.");
}

#[tokio::test(flavor = "multi_thread")]
async fn thinking_is_kept_apart_from_the_answer() {
    let person = Person::with_real_engines().await;
    let chat = person.new_chat().await;
    person.sets(&chat, Parameters { thinking: Some(true), ..Parameters::default() }).await;
    let answer = person.hears(&chat, "Name the capital of Denmark.").await;
    assert_eq!(answer.text, "The capital of Denmark is Copenhagen.");
    assert!(!answer.reasoning.is_empty(), "the model was asked to think");
    assert!(answer.reasoning_ms.is_some(), "and how long it thought is told");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_seed_gives_the_same_text() {
    let person = Person::with_real_engines().await;
    let parameters = Parameters { temperature: Some(1.5), seed: Some(7), ..Parameters::default() };
    let mut texts = Vec::new();
    for _ in 0..2 {
        let chat = person.new_chat().await;
        person.sets(&chat, parameters.clone()).await;
        texts.push(person.hears(&chat, "Tell me a story about a child and a cat.").await.text);
    }
    assert_eq!(texts[0], texts[1], "the seed decides");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_turn_reads_only_what_is_new() {
    let person = Person::with_real_engines().await;
    let chat = person.new_chat().await;
    person.hears(&chat, "Tell me a story about a child and a cat.").await;
    let second = person.hears(&chat, "What is the capital of Norway?").await;
    let stats = second.stats.expect("an answer says what it took");
    assert!(
        stats.cached_tokens * 2 > stats.prompt_tokens,
        "most of the prompt was read in the first turn already: {stats:?}"
    );
}
