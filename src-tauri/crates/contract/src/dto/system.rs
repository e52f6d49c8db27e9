//! The application itself: version, host, data on disk.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{DataLocation, ErrorInfo, Settings};

/// What the window needs before it can show anything.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Hello {
    /// The application's version.
    pub version: String,
    /// What this host can do besides.
    pub abilities: Abilities,
    /// The settings.
    pub settings: Settings,
    /// Where the data lies.
    pub data: DataLocation,
    /// What the person should be told about it.
    pub notices: Vec<Notice>,
}

/// What a host can do that others cannot; a weaker one declines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Abilities {
    /// Can open a folder dialogue.
    pub pick_folder: bool,
    /// Can show a file in the file manager.
    pub reveal: bool,
    /// Can open a link in the system's browser.
    pub open_link: bool,
    /// Can be started when the person logs in.
    pub start_at_login: bool,
    /// Whether the system shows a tray, where the application is found once its window is closed; `None` where no
    /// window of its own could be closed.
    pub tray: Option<bool>,
}

/// Whether the application is started, without its window and with its server on, when the person logs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct StartAtLogin {
    /// It is.
    pub on: bool,
}

/// Something about the data on disk that the person should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Notice {
    /// The database was damaged and set aside; a new one is in use.
    DatabaseSetAside {
        /// Where the damaged one lies now.
        path: String,
        /// Backups that could be restored, newest first.
        backups: Vec<Backup>,
    },
    /// The settings file could not be read; the defaults are in use and the file was set aside.
    SettingsSetAside {
        /// Where it lies now.
        path: String,
    },
    /// The data was brought to its new place.
    DataMoved {
        /// Where it came from; it still lies there.
        from: String,
    },
    /// The data could not be brought to its new place; the old one is in use.
    DataNotMoved {
        /// Why.
        error: ErrorInfo,
    },
}

/// A copy of the database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Backup {
    /// Its file name.
    pub name: String,
    /// When it was made, milliseconds since 1970-01-01 UTC.
    pub created_at: i64,
    /// How many chats are in it.
    pub chats: u32,
}

/// Names a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BackupRef {
    /// Its file name.
    pub name: String,
}

/// A link in a message that the person clicked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LinkRef {
    /// The address; only https and mailto are opened.
    pub url: String,
}

/// A folder that the person picked in a dialogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PickedFolder {
    /// Its path; `None` if the dialogue was closed.
    pub path: Option<String>,
}

/// Where something stands in the application's own words: an empty request or an empty answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// Files that are dragged over the window from another program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FileDrop {
    /// They are above it.
    Over,
    /// They left it again, or the drag was given up.
    Left,
    /// They were let go.
    Dropped {
        /// Absolute paths of files and folders.
        paths: Vec<String>,
    },
}
