//! What several tests need: stores in a folder of their own, turns with their answers, paths as texts, and this
//! test program started once more as another process.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use inglenook_contract::*;
use inglenook_store::{FinishedAnswer, Store, Turn};
use tempfile::TempDir;

/// Names the folder for a test that this program runs as another process.
pub(crate) const CHILD_FOLDER: &str = "INGLENOOK_STORE_TEST_FOLDER";

/// A store in a folder of its own, which goes with the folder.
pub(crate) async fn store() -> (Store, TempDir) {
    let home = tempfile::tempdir().unwrap();
    (open(home.path()).await, home)
}

/// A store in this folder, which opens without a word.
pub(crate) async fn open(dir: &Path) -> Store {
    let opened = Store::open(dir).await.unwrap();
    assert_eq!(opened.notices, [], "nothing is wrong with this database");
    opened.store
}

/// How an answer ends that went well.
pub(crate) fn done(text: &str) -> FinishedAnswer {
    FinishedAnswer {
        status: MessageStatus::Done,
        finish_reason: Some(FinishReason::Stop),
        error: None,
        stats: Some(AnswerStats { prompt_tokens: 30, completion_tokens: 12, ..AnswerStats::default() }),
        tool_calls: Vec::new(),
        reasoning_ms: None,
        text: text.to_owned(),
        reasoning: String::new(),
    }
}

/// Says something and has it answered.
pub(crate) async fn talk(store: &Store, chat: &ChatId, said: &str, answer: &str) -> Turn {
    let turn = store.add_turn(chat, said, None).await.unwrap();
    let answer = store.finish(&turn.answer.id, done(answer)).await.unwrap();
    Turn { answer, ..turn }
}

/// A new chat in which these things were said and answered in turn.
pub(crate) async fn chat(store: &Store, texts: &[&str]) -> (ChatId, Vec<Message>) {
    let chat = store.create_chat(None).await.unwrap().summary.id;
    let mut messages = Vec::new();
    for pair in texts.chunks(2) {
        let turn = talk(store, &chat, pair[0], pair[1]).await;
        messages.extend([turn.message, turn.answer]);
    }
    (chat, messages)
}

/// The texts of the path that is shown.
pub(crate) async fn shown(store: &Store, chat: &ChatId) -> Vec<String> {
    let page = store.page(chat, Some(0), 1000).await.unwrap();
    assert_eq!(page.total as usize, page.messages.len(), "the total is that of the path");
    for (index, message) in page.messages.iter().enumerate() {
        assert_eq!(message.index as usize, index, "a message knows its place");
    }
    page.messages.into_iter().map(|message| message.text).collect()
}

/// This program again, to run the one test `name`, which finds `folder` in its environment.
pub(crate) fn child(name: &str, folder: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([name, "--exact", "--nocapture", "--test-threads=1"]).env(CHILD_FOLDER, folder);
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    command
}

/// Tells the parent something, at once and past the capturing of test output.
pub(crate) fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).unwrap();
}

/// A runtime for a test that is a program of its own.
pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}
