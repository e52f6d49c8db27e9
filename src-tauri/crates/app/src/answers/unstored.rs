//! Answers whose end could not be written down, on a full disk above all: shown from memory, and tried again until
//! the end stands in the store. Nothing else holds their last words.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use inglenook_contract::{ErrorCode, Message, MessageId};
use inglenook_store::{FinishedAnswer, Store, StoreError};

use crate::App;
use crate::chats::tell;

/// Soon enough after space was freed that nobody waits for it.
const AGAIN: Duration = Duration::from_secs(2);

/// The answers that are not stored yet.
#[derive(Default)]
pub(crate) struct Unstored(Mutex<HashMap<MessageId, (Message, FinishedAnswer)>>);

impl Unstored {
    fn answers(&self) -> MutexGuard<'_, HashMap<MessageId, (Message, FinishedAnswer)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The answer as it ended, if the store does not know it.
    pub(crate) fn message(&self, id: &MessageId) -> Option<Message> {
        self.answers().get(id).map(|(message, _)| message.clone())
    }

    /// The last attempt, before the store is closed.
    pub(crate) async fn store_all(&self, store: &Store) {
        let all: Vec<_> = self.answers().drain().collect();
        for (id, (_, finished)) in all {
            if let Err(error) = store.finish(&id, finished).await {
                tracing::error!(%error, "the end of an answer is lost");
            }
        }
    }
}

/// Keeps an answer in sight and goes on trying to store it.
pub(super) fn keep(app: &App, store: &Store, message: Message, finished: FinishedAnswer) {
    let id = message.id.clone();
    app.answers().unstored.answers().insert(id.clone(), (message, finished.clone()));
    let (app, store) = (app.clone(), store.clone());
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(AGAIN).await;
            let stored = store.finish(&id, finished.clone()).await;
            if !over(&stored) {
                continue;
            }
            app.answers().unstored.answers().remove(&id);
            if let Ok(message) = stored {
                tell(&app, &message.chat);
            }
            return;
        }
    });
}

/// It is stored, or there is nothing any more that it could be stored in.
fn over(stored: &Result<Message, StoreError>) -> bool {
    match stored {
        Ok(_) => true,
        Err(error) => matches!(error.code(), ErrorCode::NotFound | ErrorCode::Busy),
    }
}
