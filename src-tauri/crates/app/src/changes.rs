//! Change events: every write says what it changed; whoever shows it reads it again.

use std::time::Duration;

use futures::Stream;
use inglenook_contract::{ChangeTag, Changed, ChatId, ModelId};
use tokio::sync::broadcast;

/// How long changes are gathered before they are told, so that a burst becomes one batch: one frame at 60 Hz.
const GATHER: Duration = Duration::from_millis(16);
/// Changes that a slow listener may fall behind; after that it is told that everything may have changed.
const BACKLOG: usize = 1024;

/// The bus that writes announce themselves on.
#[derive(Clone)]
pub(crate) struct Changes(broadcast::Sender<Changed>);

impl Default for Changes {
    fn default() -> Self {
        Self(broadcast::Sender::new(BACKLOG))
    }
}

impl Changes {
    /// Announces a change of something there is only one of.
    pub(crate) fn tell(&self, tag: ChangeTag) {
        self.send(Changed { tag, id: None });
    }

    /// Announces a change in a chat.
    pub(crate) fn tell_chat(&self, chat: &ChatId) {
        self.send(Changed { tag: ChangeTag::Chat, id: Some(chat.0.clone()) });
    }

    /// Announces that any chat may have changed.
    pub(crate) fn tell_every_chat(&self) {
        self.tell(ChangeTag::Chat);
    }

    /// Announces a change of a model's state.
    pub(crate) fn tell_model(&self, model: &ModelId) {
        self.send(Changed { tag: ChangeTag::ModelState, id: Some(model.0.clone()) });
    }

    fn send(&self, change: Changed) {
        // Nobody listening is fine: the store is the record.
        let _ = self.0.send(change);
    }

    /// All changes from now on, in batches without repetitions.
    pub(crate) fn watch(&self) -> impl Stream<Item = Vec<Changed>> + Send + 'static + use<> {
        futures::stream::unfold(self.0.subscribe(), |mut receiver| async move {
            let mut batch = Vec::new();
            gather_one(receiver.recv().await, &mut batch)?;
            let deadline = tokio::time::Instant::now() + GATHER;
            while let Ok(change) = tokio::time::timeout_at(deadline, receiver.recv()).await {
                if gather_one(change, &mut batch).is_none() {
                    break;
                }
            }
            Some((batch, receiver))
        })
    }
}

/// Adds a change to the batch; `None` when the bus is gone.
fn gather_one(change: Result<Changed, broadcast::error::RecvError>, batch: &mut Vec<Changed>) -> Option<()> {
    let changes = match change {
        Ok(change) => vec![change],
        Err(broadcast::error::RecvError::Lagged(_)) => everything(),
        Err(broadcast::error::RecvError::Closed) => return None,
    };
    for change in changes {
        if !batch.contains(&change) {
            batch.push(change);
        }
    }
    Some(())
}

/// What a listener is told that missed some changes: read all of it again. Without an id a tag means every one.
fn everything() -> Vec<Changed> {
    use ChangeTag::{Chat, Chats, Downloads, ModelState, Models, Network, Settings, Status};
    [Chats, Chat, Models, ModelState, Downloads, Network, Settings, Status].map(|tag| Changed { tag, id: None }).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::StreamExt as _;

    #[tokio::test]
    async fn a_burst_of_changes_becomes_one_batch_without_repetitions() {
        let changes = Changes::default();
        let mut watch = Box::pin(changes.watch());
        for _ in 0..5 {
            changes.tell(ChangeTag::Chats);
            changes.tell_chat(&"a".into());
        }
        let batch = watch.next().await.expect("a batch");
        assert_eq!(batch.len(), 2, "five announcements of each of two things are two changes: {batch:?}");
    }

    #[tokio::test]
    async fn a_listener_that_fell_behind_is_told_to_read_everything_again() {
        let changes = Changes::default();
        let mut watch = Box::pin(changes.watch());
        for chat in 0..=BACKLOG {
            changes.tell_chat(&chat.to_string().into());
        }
        let batch = watch.next().await.expect("a batch");
        assert!(
            batch.contains(&Changed { tag: ChangeTag::Chat, id: None }),
            "after missed changes every chat may have changed"
        );
    }
}
