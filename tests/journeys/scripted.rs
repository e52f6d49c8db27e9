//! What does not depend on a model's words: queueing, stopping, versions, branches, failures, restarts. The worker
//! plays a script; everything else is the real application.

use futures::StreamExt as _;
use inglenook_contract::*;
use inglenook_journeys::Person;
use serde_json::json;
use sqlx::{Connection as _, SqliteConnection};

/// A worker that answers "slow" with a text that never ends by itself and everything else at once.
fn slow_and_quick() -> serde_json::Value {
    json!({ "answers": [
        { "when": "slow", "steps": [{ "tok_s": 50.0 }, { "text": "word ".repeat(1000) }, { "wait_for": "never" }] },
        { "when": "crash", "steps": [{ "text": "It began well" }, { "wait_ms": 700 }, "abort"] },
        { "when": "", "steps": ["echo"] }
    ] })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_while_an_answer_comes_waits_and_goes_out_after() {
    let script = json!({ "answers": [
        { "when": "first", "steps": [{ "text": "one two" }, { "wait_for": "seen" }, { "text": " three four" }] },
        { "when": "", "steps": ["echo"] }
    ] });
    let person = Person::with_script(script).await;
    let chat = person.new_chat().await;
    let Sent::Answering { answer, .. } = person.says(&chat, "first").await else { panic!("nothing was on its way") };
    let Sent::Queued { .. } = person.says(&chat, "second").await else { panic!("an answer was on its way") };
    assert_eq!(person.looks_at(&chat).await.queue.len(), 1, "the second text waits in sight");
    person.signs("seen");
    person.waits_for(&answer).await;
    let messages = person.reads(&chat).await;
    assert_eq!(messages.len(), 4, "the second text went out by itself: {messages:?}");
    assert_eq!(messages[2].text, "second");
    person.waits_for(&messages[3].id).await;
    assert!(person.looks_at(&chat).await.queue.is_empty(), "nothing waits any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_answer_keeps_its_words_and_holds_the_queue() {
    let person = Person::with_script(slow_and_quick()).await;
    let chat = person.new_chat().await;
    let Sent::Answering { answer, .. } = person.says(&chat, "slow").await else { panic!("nothing was on its way") };
    person.says(&chat, "after it").await;
    person.waits_for_words(&answer).await;
    let _: Nothing = person.gets("chat.stop", json!({ "chat": chat })).await;
    let stopped = person.waits_for(&answer).await;
    assert_eq!(stopped.status, MessageStatus::Stopped);
    assert!(stopped.text.starts_with("word"), "what was said stays: {:?}", stopped.text);
    let queue = person.looks_at(&chat).await.queue;
    assert_eq!(queue.len(), 1, "the text that waited is not lost");
    assert!(queue[0].held.is_some(), "and not sent behind the person's back");
    let request = json!({ "chat": chat, "queued": queue[0].id });
    let Sent::Answering { answer, .. } = person.gets("chat.sendQueued", request).await else { panic!("it is free") };
    assert_eq!(person.waits_for(&answer).await.status, MessageStatus::Done);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_dies_costs_one_answer() {
    let person = Person::with_script(slow_and_quick()).await;
    let chat = person.new_chat().await;
    let failed = person.hears(&chat, "crash").await;
    assert_eq!(failed.status, MessageStatus::Failed);
    assert_eq!(failed.text, "It began well", "what was said stays");
    let error = failed.error.expect("a failed answer says why");
    assert_eq!(error.code, ErrorCode::EngineCrashed, "{error:?}");
    let next = person.hears(&chat, "hello").await;
    assert_eq!(next.status, MessageStatus::Done, "the next message loads the model again: {next:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_survive_a_restart() {
    let mut person = Person::with_script(slow_and_quick()).await;
    let chat = person.new_chat().await;
    let first = person.hears(&chat, "hello").await;
    let again: MessageRef = person.gets("message.regenerate", json!({ "message": first.id })).await;
    person.waits_for(&again.message).await;
    person.restarts().await;
    let messages = person.reads(&chat).await;
    assert_eq!(messages[1].versions, [first.id.clone(), again.message.clone()], "both answers are kept");
    assert_eq!(messages[1].id, again.message, "the newest is shown");
    let _: Nothing = person.gets("message.show", json!({ "message": first.id })).await;
    person.restarts().await;
    assert_eq!(person.reads(&chat).await[1].id, first.id, "what was chosen is shown after a restart");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_begins_a_new_path_and_the_old_one_stays() {
    let person = Person::with_script(slow_and_quick()).await;
    let chat = person.new_chat().await;
    person.hears(&chat, "hello").await;
    let said = person.reads(&chat).await[0].clone();
    let request = json!({ "message": said.id, "text": "good evening" });
    let answer: MessageRef = person.gets("message.edit", request).await;
    person.waits_for(&answer.message).await;
    let messages = person.reads(&chat).await;
    assert_eq!(messages[0].text, "good evening");
    assert!(messages[1].text.contains("good evening"), "the answer is to the new words: {}", messages[1].text);
    let _: Nothing = person.gets("message.show", json!({ "message": said.id })).await;
    assert!(person.reads(&chat).await[1].text.contains("hello"), "the old words still have their answer");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_answer_goes_on_where_it_stopped() {
    let person = Person::with_script(slow_and_quick()).await;
    let chat = person.new_chat().await;
    let Sent::Answering { answer, .. } = person.says(&chat, "slow").await else { panic!("nothing was on its way") };
    person.waits_for_words(&answer).await;
    let _: Nothing = person.gets("chat.stop", json!({ "chat": chat })).await;
    let before = person.waits_for(&answer).await.text;
    let again: MessageRef = person.gets("message.continue", json!({ "message": answer })).await;
    assert_eq!(again.message, answer, "the same answer goes on");
    let mut events = person.watches(&answer).await;
    while let Some(event) = events.next().await {
        if matches!(event, AnswerEvent::Delta { .. }) {
            break;
        }
    }
    let _: Nothing = person.gets("chat.stop", json!({ "chat": chat })).await;
    let after = person.waits_for(&answer).await.text;
    assert!(after.len() > before.len() && after.starts_with(&before), "nothing of it was overwritten");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_branch_takes_the_path_along_and_leaves_the_chat_alone() {
    let person = Person::with_script(slow_and_quick()).await;
    let chat = person.new_chat().await;
    let first = person.hears(&chat, "hello").await;
    person.hears(&chat, "and more").await;
    let branch: Chat = person.gets("chat.branch", json!({ "message": first.id })).await;
    let messages = person.reads(&branch.summary.id).await;
    assert_eq!(messages.len(), 2, "the path up to the message");
    assert_eq!(person.reads(&chat).await.len(), 4, "the chat it came from is as it was");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trash_gives_back_what_was_thrown_away() {
    let person = Person::with_script(slow_and_quick()).await;
    let chat = person.new_chat().await;
    person.hears(&chat, "hello").await;
    let last = person.hears(&chat, "and more").await;
    let _: Nothing = person.gets("message.delete", json!({ "message": last.id })).await;
    assert_eq!(person.reads(&chat).await.len(), 3, "the answer is gone from sight");
    let _: Nothing = person.gets("message.restore", json!({ "message": last.id })).await;
    assert_eq!(person.reads(&chat).await.len(), 4, "and is back");
    let _: Nothing = person.gets("chat.delete", json!({ "chat": chat })).await;
    assert!(person.sees_chats().await.is_empty(), "the chat is gone from sight");
    let _: Nothing = person.gets("chat.restore", json!({ "chat": chat })).await;
    assert_eq!(person.reads(&chat).await.len(), 4, "and is back with all it had");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_temporary_chat_leaves_nothing_behind() {
    let mut person = Person::with_script(slow_and_quick()).await;
    let chat = person.new_chat_with(true).await;
    let secret = "an-unlikely-word-nobody-else-writes";
    let answer = person.hears(&chat, secret).await;
    assert!(answer.text.contains(secret), "the chat works like any other");
    person.closes().await;
    let mut searched = 0;
    for file in files(&person.home()) {
        let bytes = std::fs::read(&file).expect("a file of the home");
        searched += bytes.len();
        let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!found, "{} holds words of a temporary chat", file.display());
    }
    assert!(searched > 0, "there was something to search");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_begins_with_its_first_words_and_the_draft_is_spent() {
    let mut person = Person::with_script(slow_and_quick()).await;
    let _: Nothing = person.gets("chat.saveNewDraft", json!({ "text": "hello th" })).await;
    person.restarts().await;
    let draft: NewDraft = person.gets("chat.newDraft", json!({})).await;
    assert_eq!(draft.text, "hello th", "what was written outlives a restart");

    let model = person.pocket().await.id;
    let begin = |text: &str, temperature: f64| {
        let parameters = Parameters { temperature: Some(temperature), ..Parameters::default() };
        json!({ "model": model, "temporary": false, "parameters": parameters, "text": text })
    };
    for (refused, why) in [(begin("  ", 0.5), "nothing is said"), (begin("hello there", 99.0), "out of range")] {
        let error = person.asks::<Chat>("chat.begin", refused).await.expect_err(why);
        assert_eq!(error.code, ErrorCode::InvalidRequest, "{why}");
    }
    assert!(person.sees_chats().await.is_empty(), "what was refused made no chat");
    let draft: NewDraft = person.gets("chat.newDraft", json!({})).await;
    assert_eq!(draft.text, "hello th", "and took no words");

    let chat: Chat = person.gets("chat.begin", begin("hello there", 0.5)).await;
    assert_eq!(chat.parameters.temperature, Some(0.5));
    let messages = person.reads(&chat.summary.id).await;
    let answer = person.waits_for(&messages[1].id).await;
    assert_eq!(answer.status, MessageStatus::Done, "it was answered: {answer:?}");
    let draft: NewDraft = person.gets("chat.newDraft", json!({})).await;
    assert_eq!(draft.text, "", "what was said is no draft any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn words_that_cannot_be_stored_stay_in_sight_until_they_can() {
    let person = Person::with_script(slow_and_quick()).await;
    let database = format!("sqlite://{}", person.home().join("chats/inglenook.db").display());
    let mut disk = SqliteConnection::connect(&database).await.expect("the database is there");
    let full = "CREATE TRIGGER full BEFORE UPDATE OF status ON messages WHEN NEW.status = 'done'
                BEGIN SELECT RAISE(ABORT, 'as on a full disk'); END";
    sqlx::query(full).execute(&mut disk).await.expect("a trigger");

    let chat = person.new_chat().await;
    person.hears(&chat, "hello").await;
    let answer = person.reads(&chat).await.pop().expect("an answer");
    assert_eq!(answer.text, "You said: hello", "all of it is in sight");
    assert_eq!(answer.error.map(|error| error.code), Some(ErrorCode::StoreFailed), "and that it is not kept");

    let mut changes = person.watches_changes().await;
    sqlx::query("DROP TRIGGER full").execute(&mut disk).await.expect("room again");
    while person.reads(&chat).await[1].status != MessageStatus::Done {
        changes.next().await;
    }
    let answer = person.reads(&chat).await.pop().expect("an answer");
    assert_eq!((answer.text.as_str(), answer.error), ("You said: hello", None), "it is kept now");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_tells_what_holds_where_a_chat_says_nothing() {
    let person = Person::with_script(slow_and_quick()).await;
    assert_eq!(person.pocket().await.defaults.temperature, Some(0.0), "so small a model answers greedily");
    let mut settings: Settings = person.gets("settings.get", json!({})).await;
    settings.defaults.temperature = Some(0.5);
    let _: Settings = person.gets("settings.save", serde_json::to_value(&settings).expect("settings")).await;
    let defaults = person.pocket().await.defaults;
    assert_eq!(defaults.temperature, Some(0.5), "the person's word goes before the model's");
    assert_eq!(defaults.top_k, Some(0), "where the person says nothing, the model's holds");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_request_is_answered_in_words_and_changes_nothing() {
    let person = Person::with_script(slow_and_quick()).await;
    let chat = person.new_chat().await;
    let cases = [
        ("chat.send", json!({ "chat": chat, "text": "  \n " }), ErrorCode::InvalidRequest),
        ("chat.send", json!({ "chat": "no-such-chat", "text": "hello" }), ErrorCode::NotFound),
        ("chat.send", json!({ "text": "hello" }), ErrorCode::InvalidRequest),
        ("message.regenerate", json!({ "message": "no-such-message" }), ErrorCode::NotFound),
        ("model.load", json!({ "model": "no-such-model" }), ErrorCode::NotFound),
        ("folder.add", json!({ "path": "relative/folder" }), ErrorCode::InvalidRequest),
        ("folder.add", json!({ "path": "/no/such/folder" }), ErrorCode::NotFound),
        ("desktop.openLink", json!({ "url": "file:///etc/passwd" }), ErrorCode::InvalidRequest),
        (
            "chat.saveParameters",
            json!({ "chat": chat, "parameters": { "temperature": -1.0 } }),
            ErrorCode::InvalidRequest,
        ),
        ("chat.saveParameters", json!({ "chat": chat, "parameters": { "top_p": 1.5 } }), ErrorCode::InvalidRequest),
        ("no.such.call", json!({}), ErrorCode::NotFound),
    ];
    for (name, request, code) in cases {
        let error = person.asks::<serde_json::Value>(name, request.clone()).await.expect_err("it cannot be done");
        assert_eq!(error.code, code, "{name} {request}: {error:?}");
        assert!(error.message.ends_with('.'), "a sentence for a person: {:?}", error.message);
    }
    assert!(person.reads(&chat).await.is_empty(), "nothing was said");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_host_on_the_same_home_is_refused() {
    let person = Person::with_script(slow_and_quick()).await;
    let error = person.tries_to_open_again().await.expect_err("one home, one application");
    assert_eq!(error.code, ErrorCode::Busy, "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_file_among_the_models_is_refused_and_nothing_else_suffers() {
    let person = Person::with_script(slow_and_quick()).await;
    let models = person.home().join("models");
    // A header that claims 2^63 entries, one that ends in its middle, and one that is no model at all.
    let huge = [b"GGUF".as_slice(), &3u32.to_le_bytes(), &u64::MAX.to_le_bytes(), &(1u64 << 63).to_le_bytes()].concat();
    for (name, bytes) in [("huge.gguf", &huge[..]), ("cut.gguf", &huge[..13]), ("text.gguf", b"hello, I am a model")] {
        std::fs::write(models.join(name), bytes).expect("a file among the models");
    }
    let list: ModelList = person.gets("model.rescan", json!({})).await;
    assert_eq!(list.rejected.len(), 3, "each is named: {:?}", list.rejected);
    for rejected in &list.rejected {
        assert!(rejected.error.message.ends_with('.'), "with a sentence why: {:?}", rejected.error);
    }
    let chat = person.new_chat().await;
    assert_eq!(person.hears(&chat, "hello").await.status, MessageStatus::Done, "the application goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_machine_gives_and_models_take_is_told_while_somebody_looks() {
    let person = Person::with_script(slow_and_quick()).await;
    let machine: Hardware = person.gets("hardware.get", json!({})).await;
    let mut looks = person.opens::<HardwareUse>("hardware.watch", json!({})).await;
    let before = looks.next().await.expect("a first look");
    assert_eq!((before.memory_bytes, before.gpus.len()), (machine.memory_bytes, machine.gpus.len()), "{before:?}");
    assert_eq!(before.models_bytes, 0, "nothing is loaded");
    let chat = person.new_chat().await;
    person.hears(&chat, "hello").await;
    let after = looks.next().await.expect("another look");
    assert!(after.models_bytes > 1_000_000, "a worker takes some memory: {after:?}");
}

fn files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder of the home");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}
