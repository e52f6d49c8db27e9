//! Fills a home with one long chat, for figures of the window: `fill-home HOME MESSAGES`.

use std::path::PathBuf;

use inglenook_contract::MessageStatus;
use inglenook_store::{FinishedAnswer, Store};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args().skip(1);
    let (Some(home), Some(messages)) = (words.next(), words.next()) else {
        return Err("usage: fill-home HOME MESSAGES".into());
    };
    let folder = PathBuf::from(home).join("chats");
    std::fs::create_dir_all(&folder)?;
    let store = Store::open(&folder).await?.store;
    let chat = store.create_chat(None).await?.summary.id;
    for turn in 0..messages.parse::<u32>()? / 2 {
        let turn = store.add_turn(&chat, &format!("Question {turn}: how does this go on?"), None).await?;
        let end = FinishedAnswer {
            status: MessageStatus::Done,
            finish_reason: None,
            error: None,
            stats: None,
            tool_calls: Vec::new(),
            reasoning_ms: None,
            text: answer(turn.message.index),
            reasoning: String::new(),
        };
        store.finish(&turn.answer.id, end).await?;
    }
    store.close().await?;
    Ok(())
}

/// Answers of several shapes: plain, a list, code, a table.
fn answer(index: u32) -> String {
    let plain = format!("This is answer {index}. It says a few words, has **some** weight, and then it ends.");
    match index % 8 {
        2 => format!("{plain}\n\n- one thing\n- another thing\n- and `a third`"),
        4 => format!("{plain}\n\n```rust\nfn answer() -> u32 {{\n    {index}\n}}\n```"),
        6 => format!("{plain}\n\n| name | value |\n| --- | --- |\n| index | {index} |\n| half | {} |", index / 2),
        _ => plain,
    }
}
