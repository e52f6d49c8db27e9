//! Answers on their way: at most one a chat. Who else wants to speak there queues or stops it first.

mod coalesce;
mod live;
mod prompt;
mod run;
mod unstored;
mod written;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use inglenook_contract::{ChatId, Message, MessageId, MessageRef, Sent};
use inglenook_store::Turn;

use crate::App;
use crate::chats::tell;
pub(crate) use live::Live;

/// The answers on their way.
#[derive(Default)]
pub(crate) struct Answers {
    by_chat: Mutex<HashMap<ChatId, Arc<Live>>>,
    gate: tokio::sync::Mutex<()>,
    /// Ended, but not in the store.
    pub(crate) unstored: unstored::Unstored,
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

    /// Ends what is being written in a chat and keeps anything else from beginning anywhere meanwhile.
    pub(crate) async fn still(&self, chat: &ChatId) -> tokio::sync::MutexGuard<'_, ()> {
        loop {
            self.stop_and_wait(chat).await;
            let gate = self.gate().await;
            if !self.is_answering(chat) {
                return gate;
            }
        }
    }

    /// Ends everything that is being written and keeps anything else from beginning meanwhile.
    pub(crate) async fn still_all(&self) -> tokio::sync::MutexGuard<'_, ()> {
        loop {
            self.stop_all().await;
            let gate = self.gate().await;
            if self.by_chat().is_empty() {
                return gate;
            }
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
    let running = tokio::spawn(run::run(app.clone(), Arc::clone(&live)));
    let app = app.clone();
    tokio::spawn(async move {
        // Whoever waits for the end of an answer must get one, whatever happens to it.
        if running.await.is_err_and(|error| error.is_panic()) {
            run::give_up(&app, &live).await;
        }
    });
    reference
}
