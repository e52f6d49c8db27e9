//! Chats: the list in the sidebar and one chat's own data.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{ChatId, ErrorInfo, MessageId, ModelId, Parameters, QueuedId};

/// A chat as the sidebar shows it. Times are milliseconds since 1970-01-01 UTC.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ChatSummary {
    /// Which chat.
    pub id: ChatId,
    /// Its title: the person's, or the beginning of the first message, or empty while nothing was said.
    pub title: String,
    /// Pinned chats stand first.
    pub pinned: bool,
    /// Lives in memory only and is gone with the application.
    pub temporary: bool,
    /// When it was made.
    pub created_at: i64,
    /// When something was last said in it.
    pub updated_at: i64,
    /// When it went to the trash; `None` outside it.
    pub deleted_at: Option<i64>,
    /// An answer is being written or waits for the model.
    pub answering: bool,
}

/// Which chats to list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct ChatListRequest {
    /// Only chats whose title or messages (in any version) hold this text; empty for all.
    pub search: String,
    /// The trash instead of the chats.
    pub trash: bool,
}

/// One chat without its messages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Chat {
    /// What the sidebar knows.
    pub summary: ChatSummary,
    /// The model that answers next; `None` until one was chosen.
    pub model: Option<ModelId>,
    /// What this chat says about its answers.
    pub parameters: Parameters,
    /// What stands in the composer, not sent.
    pub draft: String,
    /// Texts that go out when the answer before them is done, in order.
    pub queue: Vec<QueuedMessage>,
    /// Messages on the path that is shown.
    pub message_count: u32,
    /// Tokens that the last answer's prompt and text took, as the engine counted; `None` before the first.
    pub context_used: Option<u32>,
}

/// A text that waits for the answer before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct QueuedMessage {
    /// Which one.
    pub id: QueuedId,
    /// What the person wrote.
    pub text: String,
    /// Why it was not sent when its turn came, for example after a restart; `None` while it simply waits.
    pub held: Option<ErrorInfo>,
}

/// A new chat.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct NewChat {
    /// The model to begin with; `None` takes the one last used.
    pub model: Option<ModelId>,
    /// In memory only.
    pub temporary: bool,
}

/// A chat that begins with what a person says in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct BeginChat {
    /// The model that answers; `None` takes the one last used.
    pub model: Option<ModelId>,
    /// In memory only.
    pub temporary: bool,
    /// What steers the answers; `Parameters::default()` leaves all of it to the defaults.
    pub parameters: Parameters,
    /// What the person says.
    pub text: String,
}

/// What stands in the composer of the chat that does not exist yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NewDraft {
    /// The whole text.
    pub text: String,
}

/// Names a chat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ChatRef {
    /// Which chat.
    pub chat: ChatId,
}

/// A new title, by a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RenameChat {
    /// Which chat.
    pub chat: ChatId,
    /// The title; empty gives the automatic one back. At most 200 characters are kept.
    pub title: String,
}

/// Pin or unpin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PinChat {
    /// Which chat.
    pub chat: ChatId,
    /// Whether it stands first from now on.
    pub pinned: bool,
}

/// The composer's text, kept so that it is not lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SaveDraft {
    /// Which chat.
    pub chat: ChatId,
    /// The whole text.
    pub text: String,
}

/// Another model for the next answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ChooseModel {
    /// Which chat.
    pub chat: ChatId,
    /// Which model.
    pub model: ModelId,
}

/// New parameters for a chat, all of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct SaveParameters {
    /// Which chat.
    pub chat: ChatId,
    /// The whole set; `Parameters::default()` is a reset.
    pub parameters: Parameters,
}

/// A page of the path that is shown, oldest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct MessagePageRequest {
    /// Which chat.
    pub chat: ChatId,
    /// Index on the path of the first message wanted, from 0; `None` takes the last `limit` messages.
    pub from: Option<u32>,
    /// How many at most, 1 to 400.
    pub limit: u32,
}

/// Where a new chat begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BranchChat {
    /// The last message that the new chat takes along.
    pub message: MessageId,
}

/// A text taken out of the queue, or sent at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct QueuedRef {
    /// Which chat.
    pub chat: ChatId,
    /// Which text.
    pub queued: QueuedId,
}
