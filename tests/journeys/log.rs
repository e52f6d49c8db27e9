//! The log of a whole day at the application holds no word of a chat. In a program of its own: a process has one log,
//! which lies in the home that was opened first.

use std::path::Path;
use std::time::Duration;

use inglenook_contract::*;
use inglenook_journeys::{PATIENCE, Person};
use serde_json::json;

/// What nobody else writes, in every place where a word of a chat may turn up.
const SECRET: &str = "another-unlikely-word-nobody-writes";

/// Everything in the log once `line` stands in it: it is written in order, and a moment later.
async fn log_up_to(folder: &Path, line: &str) -> String {
    let reading = async {
        loop {
            let files =
                std::fs::read_dir(folder).expect("the folder of the log").map(|file| file.expect("a file").path());
            let text: String = files.map(|file| std::fs::read_to_string(file).expect("a log is text")).collect();
            if text.contains(line) {
                return text;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, reading).await.unwrap_or_else(|_| panic!("the log never says “{line}”"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_holds_no_word_of_a_chat() {
    let delta = json!({ "type": "delta", "id": 1, "text": { "not": SECRET } }).to_string();
    let misread = json!({ "type": SECRET, "text": SECRET }).to_string();
    let script = json!({ "answers": [
        { "when": "crash", "steps": [
            { "text": SECRET }, { "line": delta }, { "line": misread }, { "line": SECRET }, { "line": format!("\"{SECRET}\"") },
            { "line": json!({ "type": "failed", "id": null, "code": "internal", "message": SECRET }).to_string() },
            { "panic": SECRET }
        ] },
        { "when": "", "steps": ["echo"] }
    ] });
    let mut person = Person::with_script(script).await;
    let mut settings: Settings = person.gets("settings.get", json!({})).await;
    settings.log_level = LogLevel::Debug;
    let _: Settings = person.gets("settings.save", serde_json::to_value(&settings).expect("settings")).await;
    let chat = person.new_chat().await;
    assert_eq!(person.hears(&chat, SECRET).await.status, MessageStatus::Done);
    let temporary = person.new_chat_with(true).await;
    assert_eq!(person.hears(&temporary, SECRET).await.status, MessageStatus::Done);
    assert_eq!(person.hears(&chat, "crash").await.status, MessageStatus::Failed);
    assert_eq!(person.hears(&chat, "hello").await.status, MessageStatus::Done);
    person.closes().await;

    let log = log_up_to(&person.home().join("logs"), "reason=Closing").await;
    for told in ["a line of the worker makes no sense", "did not understand a line", "a worker died"] {
        assert!(log.contains(told), "“{told}” stands in the log:\n{log}");
    }
    assert!(log.contains("report=\"delta\""), "what kind of line it was is told:\n{log}");
    let told: Vec<&str> = log.lines().filter(|line| line.contains(SECRET)).collect();
    assert_eq!(told, [""; 0], "lines with what a person or a model said");
}
