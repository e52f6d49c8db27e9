//! An answer while it is written: what it holds so far, and who watches it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use futures::Stream;
use inglenook_contract::{AnswerEvent, ChatId, Message, MessageId, MessageStatus};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// One answer on its way. Watchers that come late begin with all of it so far; what they get after only adds.
pub(crate) struct Live {
    pub(crate) id: MessageId,
    pub(crate) chat: ChatId,
    state: Mutex<State>,
    /// Set by the person's "stop".
    pub(crate) stop: CancellationToken,
    /// Set when the end is stored.
    pub(crate) ended: CancellationToken,
}

struct State {
    message: Message,
    watchers: Vec<mpsc::UnboundedSender<AnswerEvent>>,
}

impl Live {
    pub(crate) fn new(message: Message) -> Self {
        Self {
            id: message.id.clone(),
            chat: message.chat.clone(),
            state: Mutex::new(State { message, watchers: Vec::new() }),
            stop: CancellationToken::new(),
            ended: CancellationToken::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The answer as it stands.
    pub(crate) fn message(&self) -> Message {
        self.state().message.clone()
    }

    /// The answer as it stands, and everything that comes after.
    pub(crate) fn watch(&self) -> impl Stream<Item = AnswerEvent> + Send + 'static + use<> {
        let (sender, mut receiver) = mpsc::unbounded_channel();
        let mut state = self.state();
        let _ = sender.send(AnswerEvent::Snapshot { message: Box::new(state.message.clone()) });
        state.watchers.push(sender);
        futures::stream::poll_fn(move |context| receiver.poll_recv(context))
    }

    /// Replaces what stands, for those who come later and for those who watch.
    pub(crate) fn replace(&self, message: Message) {
        let mut state = self.state();
        state.message = message.clone();
        state.tell(&AnswerEvent::Snapshot { message: Box::new(message) });
    }

    /// The model reads the prompt.
    pub(crate) fn prefill(&self, done: u32, total: u32) {
        self.state().tell(&AnswerEvent::Prefill { done, total });
    }

    /// More text.
    pub(crate) fn add(&self, text: String, reasoning: String) {
        let mut state = self.state();
        state.message.status = MessageStatus::Streaming;
        state.message.text.push_str(&text);
        state.message.reasoning.push_str(&reasoning);
        state.tell(&AnswerEvent::Delta { text, reasoning });
    }

    /// The end; watchers' streams close after it.
    pub(crate) fn end(&self, message: Message) {
        let mut state = self.state();
        state.message = message.clone();
        state.tell(&AnswerEvent::Ended { message: Box::new(message) });
        state.watchers.clear();
        self.ended.cancel();
    }
}

impl State {
    fn tell(&mut self, event: &AnswerEvent) {
        self.watchers.retain(|watcher| watcher.send(event.clone()).is_ok());
    }
}
