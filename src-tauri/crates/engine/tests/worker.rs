//! One worker process and its supervision: how it starts, answers, is cancelled and dies.

mod common;

use std::time::Duration;

use common::{LONG, Scene, ask, children, exists, first_text, gone, hasty, kill_hard, listen, load, plain};
use inglenook_contract::{ErrorCode, ErrorInfo, FinishReason};
use inglenook_engine::protocol::{Conversation, Generate, Prompt};
use inglenook_engine::{EngineError, Patience, Program, Worker};
use serde_json::{Value, json};

async fn start(scene: &Scene) -> Result<Worker, EngineError> {
    // So long that it is the worker who closes what is cancelled.
    let patience = Patience { hello: LONG, cancel: LONG, stuck: LONG, ..hasty() };
    Worker::start(&scene.program(), load(None), patience, |_| {}).await
}

async fn answering(steps: Value) -> Worker {
    start(&Scene::new(json!({ "answers": [{ "steps": steps }] }))).await.unwrap()
}

#[tokio::test]
async fn an_answer_comes_whole_with_its_prefill_and_its_count() {
    let worker = start(&plain()).await.unwrap();
    let told = listen(&mut worker.generate(ask("hello there"))).await;
    assert_eq!(told.text, "You said: hello there");
    assert_eq!(told.prefills, [(2, 2)]);
    assert_eq!(told.reason(), FinishReason::Stop);
    assert_eq!((told.done().usage.prompt_tokens, told.done().usage.completion_tokens), (2, 4));
}

#[tokio::test]
async fn reasoning_and_tool_calls_stay_apart_from_the_text() {
    let call = json!({ "tool_call": { "id": "1", "name": "weather", "arguments": "{\"city\": \"Oslo\"}" } });
    let worker = answering(json!([{ "reasoning": "I need the weather." }, { "text": "One moment." }, call])).await;
    let told = listen(&mut worker.generate(ask("how is it outside?"))).await;
    assert_eq!((told.reasoning.as_str(), told.text.as_str()), ("I need the weather.", "One moment."));
    assert_eq!(told.calls, ["weather"]);
    let arguments: String =
        told.arguments.iter().map(|(id, text)| if id == "1" { text.as_str() } else { "" }).collect();
    assert_eq!(
        arguments, "{\"city\": \"Oslo\"}",
        "the pieces of the arguments are the arguments: {:?}",
        told.arguments
    );
    assert_eq!(told.reason(), FinishReason::ToolCalls);
}

#[tokio::test]
async fn the_stop_text_that_ended_an_answer_is_named() {
    let worker = start(&plain()).await.unwrap();
    let stop = vec!["nothing".into(), "he".into(), "lo t".into(), "o t".into()];
    let told = listen(&mut worker.generate(Generate { stop, ..ask("oh hello there") })).await;
    assert_eq!((told.text.as_str(), told.done().stop_text.as_deref()), ("You said: oh ", Some("he")));
    let told = listen(&mut worker.generate(ask("hello"))).await;
    assert_eq!((told.reason(), &told.done().stop_text), (FinishReason::Stop, &None));
}

#[tokio::test]
async fn the_progress_of_a_load_is_told_and_what_is_ready_is_known() {
    let progress =
        |fraction: f64| json!({ "line": json!({ "type": "loading", "fraction": fraction, "stage": "" }).to_string() });
    let steps = json!([progress(0.25), { "wait_for": "0.25" }, progress(7.0), { "wait_for": "1" }]);
    let scene = Scene::new(json!({ "load": { "context_length": 777, "steps": steps } }));
    let mut seen = Vec::new();
    let program = scene.program();
    let starting = Worker::start(&program, load(Some(99)), hasty(), |fraction| {
        seen.extend(fraction);
        // It goes on only once this was told, so none of it can be passed over.
        fraction.into_iter().for_each(|fraction| scene.sign(&fraction.to_string()));
    });
    let worker = starting.await.unwrap();
    assert_eq!(worker.ready().context_length, 777, "what the worker says counts, not what it was asked for");
    assert_eq!(seen, [0.25, 1.0], "more than all is all");
}

#[tokio::test]
async fn several_answers_are_written_at_once_and_not_mixed_up() {
    let scene = Scene::new(json!({ "answers": [{ "when": "endless", "steps": [
        { "text": "once upon a time" }, { "wait_ms": 3_600_000 }
    ] }] }));
    let worker = start(&scene).await.unwrap();
    let mut endless = worker.generate(ask("endless"));
    first_text(&mut endless).await;
    let mut others: Vec<_> = (0..8).map(|n| worker.generate(ask(&format!("number {n}")))).collect();
    for (n, generation) in others.iter_mut().enumerate() {
        assert_eq!(listen(generation).await.text, format!("You said: number {n}"));
    }
    endless.cancel();
    assert_eq!(listen(&mut endless).await.reason(), FinishReason::Cancelled, "the long one was open all the time");
}

#[tokio::test]
async fn a_cancelled_answer_ends_and_the_worker_lives() {
    let worker = answering(json!([{ "tok_s": 50 }, { "repeat": { "times": 10_000, "steps": [{ "text": " more" }] } }]));
    let worker = worker.await;
    let mut generation = worker.generate(ask("write"));
    let text = first_text(&mut generation).await;
    generation.canceller().cancel();
    let told = listen(&mut generation).await;
    assert_eq!(told.reason(), FinishReason::Cancelled, "it is not listened to for the minutes that it would take");
    let tokens = (text + &told.text).split_whitespace().count();
    assert_eq!(told.done().usage.completion_tokens as usize, tokens, "what was said is counted");
    let told = listen(&mut worker.generate(Generate { max_tokens: Some(1), ..ask("again") })).await;
    assert_eq!(told.reason(), FinishReason::Length, "the same process goes on answering");
}

#[tokio::test]
async fn a_dropped_generation_is_cancelled() {
    let scene = Scene::new(json!({ "answers": [{ "when": "hang", "steps": [{ "text": "well" }, "hang"] }] }));
    let worker = Worker::start(&scene.program(), load(None), hasty(), |_| {}).await.unwrap();
    let mut generation = worker.generate(ask("hang"));
    first_text(&mut generation).await;
    drop(generation);
    // Only a cancel that is not answered has the worker ended, so its end proves the cancel.
    let error = tokio::time::timeout(LONG, worker.ended()).await.expect("the worker is ended");
    assert!(error.message.contains("did not stop"), "{error:?}");
}

#[tokio::test]
async fn a_worker_killed_in_the_middle_loses_only_what_was_not_said() {
    let worker = answering(json!([{ "log": "about to say it" }, { "text": "half-" }, { "wait_ms": 3_600_000 }])).await;
    let mut generation = worker.generate(ask("go"));
    let text = first_text(&mut generation).await;
    kill_hard(worker.pid());
    let told = listen(&mut generation).await;
    assert_eq!(text + &told.text, "half-", "what was said arrives");
    let failure = told.failure();
    assert_eq!(failure.code, ErrorCode::EngineCrashed, "{failure:?}");
    let detail = failure.detail.as_deref().unwrap();
    assert!(detail.contains("signal 9") && detail.contains("about to say it"), "how, and the end of the log: {detail}");
    assert!(!exists(worker.pid()), "no zombie stays behind");
    let told = listen(&mut worker.generate(ask("anyone there?"))).await;
    assert_eq!(told.failure().code, ErrorCode::EngineCrashed, "a later request is told the same");
}

#[tokio::test]
async fn every_way_to_die_is_told_with_its_code_and_detail() {
    for (step, code, detail) in [
        (json!("abort"), ErrorCode::EngineCrashed, "signal 6"),
        (json!({ "exit": 3 }), ErrorCode::EngineCrashed, "exit code 3"),
        (json!({ "exit": 0 }), ErrorCode::EngineCrashed, "exit code 0"),
        (json!({ "panic": "index out of bounds" }), ErrorCode::EngineCrashed, "index out of bounds"),
        (json!({ "long_line": 17_000_000 }), ErrorCode::EngineFailed, ""),
        (json!({ "nonsense": 2000 }), ErrorCode::EngineFailed, ""),
    ] {
        let worker = answering(json!([{ "text": "so" }, step.clone(), { "wait_ms": 3_600_000 }])).await;
        let told = listen(&mut worker.generate(ask("go"))).await;
        let failure = told.failure();
        assert_eq!(told.text, "so", "after {step}");
        assert_eq!(failure.code, code, "{step}: {failure:?}");
        assert!(failure.detail.as_deref().unwrap_or("").contains(detail), "{step}: {failure:?}");
        assert!(ErrorInfo::from(failure.clone()).retryable || code == ErrorCode::EngineFailed, "{step}");
        worker.ended().await;
        assert!(!exists(worker.pid()), "no zombie stays behind after {step}");
    }
}

#[tokio::test]
async fn a_failed_allocation_is_told_as_short_memory() {
    let worker = answering(json!([{ "log": "memory allocation of 9663676416 bytes failed" }, "abort"])).await;
    let told = listen(&mut worker.generate(ask("go"))).await;
    assert_eq!(told.failure().code, ErrorCode::OutOfMemory);
    assert_eq!(told.failure().message, "The model's process was ended by the system, probably because memory ran out.");
}

#[tokio::test]
async fn lines_that_make_no_sense_harm_nothing() {
    let worker = answering(json!([
        { "text": "good" },
        { "nonsense": 50 },
        { "line": "" },
        { "line": "{\"type\":\"delta\"}" },
        { "line": "{\"type\":\"delta\",\"id\":999,\"text\":\"for nobody\"}" },
        { "line": "{\"type\":\"done\"}" },
        { "line": "{\"type\":\"failed\",\"id\":null,\"code\":\"internal\",\"message\":\"a line was not understood\"}" },
        { "text": " and well" },
    ]));
    let told = listen(&mut worker.await.generate(ask("go"))).await;
    assert_eq!((told.text.as_str(), told.reason()), ("good and well", FinishReason::Stop));
}

#[tokio::test]
async fn a_second_answer_to_the_same_request_is_ignored() {
    let done = r#"{"type":"done","id":1,"finish_reason":"length","usage":{"prompt_tokens":1,"cached_tokens":0,"completion_tokens":0},"timings":{"first_token_ms":0.0,"generation_ms":0.0}}"#;
    let worker = answering(json!([{ "line": done }, { "text": "too late" }])).await;
    let told = listen(&mut worker.generate(ask("go"))).await;
    assert_eq!((told.text.as_str(), told.reason()), ("", FinishReason::Length));
    assert_eq!(worker.count(Prompt::Text { text: "a b c".into() }).await.unwrap().tokens, 3, "and it goes on");
}

#[tokio::test]
async fn a_slow_reader_holds_up_nobody_and_misses_nothing() {
    let steps = json!([{ "repeat": { "times": 20_000, "steps": [{ "text": " word" }] } }]);
    let scene = Scene::new(json!({ "answers": [{ "when": "long", "steps": steps }] }));
    let worker = start(&scene).await.unwrap();
    let mut unread = worker.generate(Generate { max_tokens: Some(8000), ..ask("long") });
    assert_eq!(listen(&mut worker.generate(ask("short"))).await.text, "You said: short");
    let told = listen(&mut unread).await;
    assert_eq!(told.text, " word".repeat(8000));
}

#[tokio::test]
async fn a_failed_load_is_told_in_the_words_of_the_worker() {
    let scene = Scene::new(json!({ "load": { "steps": [
        { "fail": { "code": "model_damaged", "message": "The file ends in the middle of a tensor.", "detail": "blk.3" } }
    ] } }));
    let error = ErrorInfo::from(start(&scene).await.unwrap_err());
    assert_eq!(error.code, ErrorCode::ModelDamaged);
    assert_eq!(error.message, "The file ends in the middle of a tensor.");
    assert_eq!(error.detail.as_deref(), Some("blk.3"));
}

#[tokio::test]
async fn a_worker_that_aborts_while_loading_is_told_with_its_log() {
    let scene = Scene::new(json!({ "load": { "steps": [
        { "loading": { "steps": 1 } }, { "log": "tensor 7: bad shape" }, "abort"
    ] } }));
    let error = ErrorInfo::from(start(&scene).await.unwrap_err());
    assert_eq!(error.code, ErrorCode::EngineCrashed);
    assert!(error.message.contains("while it was loading"), "{}", error.message);
    assert!(error.detail.as_deref().unwrap().contains("bad shape"), "{error:?}");
}

#[tokio::test]
async fn another_protocol_version_is_refused() {
    let error = ErrorInfo::from(start(&Scene::new(json!({ "hello": { "protocol": 99 } }))).await.unwrap_err());
    assert_eq!(error.code, ErrorCode::EngineMissing);
    assert!(error.detail.as_deref().unwrap().contains("99"), "{error:?}");
}

#[tokio::test]
async fn a_program_that_says_nothing_is_given_up() {
    let scene = Scene::new(json!({ "hello": { "silent": true } }));
    let patience = Patience { hello: Duration::from_millis(100), ..hasty() };
    let error = Worker::start(&scene.program(), load(None), patience, |_| {}).await.unwrap_err();
    assert!(matches!(error, EngineError::Silent { .. }), "{error:?}");
    assert_eq!(error.code(), ErrorCode::EngineFailed);
}

#[tokio::test]
async fn a_program_that_is_not_there_or_is_none_is_told_with_its_path() {
    let dir = tempfile::tempdir().unwrap();
    let text = dir.path().join("text");
    std::fs::write(&text, "no program").unwrap();
    for path in [dir.path().join("absent"), text] {
        let error = Worker::start(&Program::new(&path), load(None), hasty(), |_| {}).await.unwrap_err();
        let error = ErrorInfo::from(error);
        assert_eq!(error.code, ErrorCode::EngineMissing);
        assert!(error.detail.as_deref().unwrap().contains(&path.display().to_string()), "{error:?}");
    }
}

#[tokio::test]
async fn counting_embedding_and_detokenising_are_answered() {
    let worker = start(&plain()).await.unwrap();
    let Prompt::Chat(conversation) = ask("three little words").prompt else { unreachable!("ask makes a chat") };
    let messages = [conversation.messages.clone(), conversation.messages].concat();
    let count = worker.count(Prompt::Chat(Conversation { messages, ..Conversation::default() })).await.unwrap();
    assert_eq!((count.tokens, count.per_message), (6, vec![3, 3]));
    let embeddings = worker.embed(vec!["one two".into(), "one two".into(), "three".into()]).await.unwrap();
    assert_eq!((embeddings.vectors.len(), embeddings.tokens), (3, 5));
    assert_eq!(embeddings.vectors[0], embeddings.vectors[1], "the same text has the same vector");
    assert_eq!(worker.detokenize(vec![1, 22]).await.unwrap(), "<1><22>");
}

#[tokio::test]
async fn a_call_to_a_dead_worker_fails_instead_of_waiting() {
    let worker = start(&plain()).await.unwrap();
    kill_hard(worker.pid());
    worker.ended().await;
    let error = worker.count(Prompt::Text { text: "x".into() }).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::EngineCrashed);
}

#[tokio::test]
async fn a_start_that_is_given_up_leaves_no_process() {
    let scene = Scene::new(json!({ "load": { "steps": [{ "loading": { "steps": 1 } }, "hang"] } }));
    let (told, mut telling) = tokio::sync::mpsc::unbounded_channel();
    let program = scene.program();
    let starting = tokio::spawn(async move {
        Worker::start(&program, load(None), hasty(), |fraction| told.send(fraction).unwrap()).await.map(drop)
    });
    while telling.recv().await.unwrap().is_none() {}
    let pids = children();
    assert_eq!(pids.len(), 1, "it is there while it loads");
    starting.abort();
    assert!(starting.await.unwrap_err().is_cancelled());
    gone(pids[0]).await;
}

#[tokio::test]
async fn ctrl_c_in_the_terminal_does_not_reach_the_worker() {
    let worker = start(&plain()).await.unwrap();
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", worker.pid())).unwrap();
    let group = stat.rsplit(')').next().unwrap().split_whitespace().nth(2).unwrap();
    assert_eq!(group, worker.pid().to_string(), "it has a process group of its own");
}

#[tokio::test]
async fn a_worker_that_ignores_the_end_of_its_input_is_killed() {
    let worker = start(&Scene::new(json!({ "ignore_end_of_input": true }))).await.unwrap();
    tokio::time::timeout(LONG, worker.end()).await.expect("it does not wait for ever");
    assert!(!exists(worker.pid()));
}
