//! Identifiers: one type each, so that a chat cannot be passed where a message is meant.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
        #[serde(transparent)]
        #[ts(type = "string")]
        pub struct $name(pub String);

        impl $name {
            /// The identifier as text, as it goes over the wire and into the database.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl<T: Into<String>> From<T> for $name {
            fn from(text: T) -> Self {
                Self(text.into())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id! {
    /// A chat: a UUID version 7, so that text order is creation order. A temporary chat's begins with `temp-`.
    ChatId
}
id! {
    /// A message in the tree of a chat: a UUID version 7. In a temporary chat it begins with `temp-`.
    MessageId
}
id! {
    /// A text that waits in a chat until the answer before it is done: a UUID version 7.
    QueuedId
}
id! {
    /// A model on this machine: the first 16 hex digits of the SHA-256 of its path, so it survives a restart
    /// and says nothing about where the file lies.
    ModelId
}
id! {
    /// A token of the local server: a UUID version 7, so that text order is the order in which they were made.
    TokenId
}
id! {
    /// A download: a UUID version 7, so that text order is the order in which they were asked for.
    DownloadId
}
