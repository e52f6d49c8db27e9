//! `inglenook chat`: a conversation in the terminal. It is a temporary chat: nothing of it reaches the disk.

use std::io::IsTerminal as _;
use std::process::ExitCode;

use futures::StreamExt as _;
use inglenook_contract::{
    AnswerEvent, Chat, ChatId, ErrorCode, ErrorInfo, Message, MessageId, MessageStatus, Nothing, Parameters, Sent,
    Settings,
};
use inglenook_host::Reached;
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};

use crate::naming::{self, Named};
use crate::say::Out;

/// What the command line says.
pub(crate) struct Asked {
    pub(crate) model: Option<String>,
    pub(crate) prompt: String,
    pub(crate) system: Option<String>,
    pub(crate) thinking: bool,
}

pub(crate) async fn chat(app: &Reached, asked: Asked, out: &Out) -> Result<ExitCode, ErrorInfo> {
    let model = chosen(app, asked.model.as_deref()).await?;
    let new = json!({ "model": model.model.id, "temporary": true });
    let chat: Chat = app.ask("chat.create", new).await?;
    let id = chat.summary.id;
    let parameters = Parameters {
        system_prompt: asked.system.unwrap_or_default(),
        thinking: asked.thinking.then_some(true),
        ..chat.parameters
    };
    let _: Nothing = app.ask("chat.saveParameters", json!({ "chat": id, "parameters": parameters })).await?;
    let ended = talk(app, &id, &model, asked.prompt, out).await;
    // A temporary chat is gone with this.
    let _: Result<Nothing, ErrorInfo> = app.ask("chat.delete", json!({ "chat": id })).await;
    ended
}

async fn chosen(app: &Reached, name: Option<&str>) -> Result<Named, ErrorInfo> {
    if let Some(name) = name {
        return naming::find(app, name).await;
    }
    let settings: Settings = app.ask("settings.get", json!({})).await?;
    let last = settings.last_model.map(|id| id.to_string());
    let runs = |one: &Named| one.name.is_some();
    let mut all: Vec<Named> = naming::all(app).await?.into_iter().filter(runs).collect();
    let at = last.and_then(|last| all.iter().position(|one| one.model.id.as_str() == last));
    if all.is_empty() {
        let words = "There is no model to chat with. Download one with: inglenook pull publisher/name";
        return Err(ErrorInfo::new(ErrorCode::NoModel, words));
    }
    Ok(all.swap_remove(at.unwrap_or(0)))
}

/// One question from the command line or a pipe, or a conversation with whoever sits at the terminal.
async fn talk(app: &Reached, chat: &ChatId, model: &Named, prompt: String, out: &Out) -> Result<ExitCode, ErrorInfo> {
    let piped = !std::io::stdin().is_terminal();
    if !prompt.is_empty() || piped {
        let mut question = prompt;
        if piped {
            let mut rest = String::new();
            let _ = tokio::io::stdin().read_to_string(&mut rest).await;
            let rest = rest.trim_end();
            question =
                [question.as_str(), rest].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n");
        }
        let answer = says(app, chat, &question, out).await?;
        out.event(&json!({ "model": model.typed(), "text": answer.text, "stats": answer.stats }));
        return Ok(ExitCode::SUCCESS);
    }
    out.line(&format!("{}. An empty line or Ctrl+D ends; Ctrl+C stops an answer.", model.model.name));
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    loop {
        out.piece("> ");
        let line = tokio::select! {
            line = lines.next_line() => line.ok().flatten(),
            () = crate::serve::asked_to_end() => None,
        };
        let Some(line) = line.filter(|line| !line.trim().is_empty()) else {
            out.line("");
            return Ok(ExitCode::SUCCESS);
        };
        match says(app, chat, &line, out).await {
            Ok(_) => out.line(""),
            Err(error) => drop(out.failed(&error)),
        }
    }
}

/// Says something and shows the answer as it comes.
async fn says(app: &Reached, chat: &ChatId, text: &str, out: &Out) -> Result<Message, ErrorInfo> {
    let sent: Sent = app.ask("chat.send", json!({ "chat": chat, "text": text })).await?;
    let Sent::Answering { answer, .. } = sent else {
        return Err(ErrorInfo::new(ErrorCode::Busy, "Another answer is being written in this chat."));
    };
    follow(app, chat, &answer, out).await
}

async fn follow(app: &Reached, chat: &ChatId, answer: &MessageId, out: &Out) -> Result<Message, ErrorInfo> {
    let mut events = app.stream("message.watch", json!({ "message": answer })).await?;
    let mut thinking = false;
    let mut tell = |text: &str, reasoning: &str| {
        if !reasoning.is_empty() {
            if !std::mem::replace(&mut thinking, true) {
                out.piece("(thinking) ");
            }
            out.piece(reasoning);
        }
        if !text.is_empty() {
            if std::mem::take(&mut thinking) {
                out.piece("\n\n");
            }
            out.piece(text);
        }
    };
    loop {
        let event = tokio::select! {
            event = events.next() => event,
            () = crate::serve::asked_to_end() => {
                let _: Nothing = app.ask("chat.stop", json!({ "chat": chat })).await?;
                continue;
            }
        };
        let event = event.and_then(|event| serde_json::from_value::<AnswerEvent>(event).ok());
        match event {
            Some(AnswerEvent::Snapshot { message }) => tell(&message.text, &message.reasoning),
            Some(AnswerEvent::Delta { text, reasoning }) => tell(&text, &reasoning),
            Some(AnswerEvent::Ended { message }) => {
                out.line("");
                return match (message.status, &message.error) {
                    (MessageStatus::Failed, Some(error)) => Err(error.clone()),
                    _ => Ok(*message),
                };
            }
            Some(_) => {}
            None => {
                return Err(ErrorInfo::new(ErrorCode::Unavailable, "Inglenook ended in the middle of the answer."));
            }
        }
    }
}
