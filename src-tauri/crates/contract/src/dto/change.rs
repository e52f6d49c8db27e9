//! Change events: every write names what it changed, and views read again what they show of it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The kind of thing that changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ChangeTag {
    /// The list of chats: one was added, renamed, pinned, moved or deleted.
    Chats,
    /// One chat's messages, queue, parameters or draft; `id` is the chat.
    Chat,
    /// The models on this machine or the folders they are in.
    Models,
    /// One model's state: loading, ready, failed, not loaded; `id` is the model.
    ModelState,
    /// The downloads: one came, went or got on.
    Downloads,
    /// What left this machine: the ledger has a new entry, or the token changed.
    Network,
    /// The local server: it was switched on or off, failed, or its tokens changed.
    Server,
    /// The settings.
    Settings,
    /// Something that the person should be told about the data on disk (see `app.notices`).
    Status,
}

/// One change. Events carry no data on purpose: the store is the record.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
pub struct Changed {
    /// What kind of thing changed.
    pub tag: ChangeTag,
    /// Which one, where there are several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub id: Option<String>,
}
