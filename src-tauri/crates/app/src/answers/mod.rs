//! Answers on their way: at most one a chat. Who else wants to speak there queues or stops it first.

mod coalesce;
mod live;
mod prompt;
mod run;
mod written;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use inglenook_contract::{ChangeTag, ChatId, Message, MessageId, MessageRef, Sent};
use inglenook_store::Turn;

use crate::App;
pub(crate) use live::Live;

/// The answers on their way.
#[derive(Default)]
pub(crate) struct Answers {
    by_chat: Mutex<HashMap<ChatId, Arc<Live>>>,
    gate: tokio::sync::Mutex<()>,
}

impl Answers {
    /// Held between "is an answer on its way here?" and the beginning of one, so that two never begin at once.
    pub(crate) async fn gate(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.gate.lock().await
    }

    fn by_chat(&self) -> MutexGuard<'_, HashMap<ChatId, Arc<Live>>> {
        self.by_chat.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn is_answering(&self, chat: &ChatId) -> bool {
        self.by_chat().contains_key(chat)
    }

    /// The answer with this identifier, if it is on its way.
    pub(crate) fn live(&self, message: &MessageId) -> Option<Arc<Live>> {
        self.by_chat().values().find(|live| live.id == *message).cloned()
    }

    /// Stops the answer in a chat and waits until it is stored.
    pub(crate) async fn stop_and_wait(&self, chat: &ChatId) {
        let live = self.by_chat().get(chat).cloned();
        if let Some(live) = live {
            live.stop.cancel();
            live.ended.cancelled().await;
        }
    }

    /// Stops all answers and waits until they are stored.
    pub(crate) async fn stop_all(&self) {
        let chats: Vec<ChatId> = self.by_chat().keys().cloned().collect();
        for chat in &chats {
            self.stop_and_wait(chat).await;
        }
    }

    fn register(&self, live: &Arc<Live>) {
        self.by_chat().insert(live.chat.clone(), Arc::clone(live));
    }

    fn unregister(&self, chat: &ChatId) {
        self.by_chat().remove(chat);
    }
}

/// Begins the answer to what a person just said. The caller holds the gate.
pub(crate) fn begin_turn(app: &App, turn: Turn) -> Sent {
    let message = turn.message.id;
    let answer = begin(app, turn.answer).message;
    Sent::Answering { message, answer }
}

/// Begins an answer that stands in the store as waiting. The caller holds the gate.
pub(crate) fn begin(app: &App, answer: Message) -> MessageRef {
    let reference = MessageRef { message: answer.id.clone() };
    let live = Arc::new(Live::new(answer));
    app.answers().register(&live);
    tell(app, &live.chat);
    tokio::spawn(run::run(app.clone(), live));
    reference
}

/// Announces that a chat's messages and its place in the list changed.
fn tell(app: &App, chat: &ChatId) {
    app.changes_bus().tell(ChangeTag::Chats);
    app.changes_bus().tell_chat(chat);
}
