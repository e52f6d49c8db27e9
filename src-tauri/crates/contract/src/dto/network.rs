//! What leaves this machine: the switches, the token, the ledger.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A host that the application may contact, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HostEntry {
    /// Its name.
    pub host: String,
    /// What it is contacted for.
    pub purpose: String,
    /// Whether it may be contacted.
    pub allowed: bool,
    /// How often it was, as far as the ledger reaches.
    pub contacts: u64,
    /// Bytes that came from it, as far as the ledger reaches.
    pub received_bytes: u64,
    /// When it was last contacted, milliseconds since 1970-01-01 UTC.
    pub last_at: Option<i64>,
}

/// One contact with a host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LedgerEntry {
    /// Grows with every entry.
    pub number: i64,
    /// When it began, milliseconds since 1970-01-01 UTC.
    pub at: i64,
    /// The host's name.
    pub host: String,
    /// What it was for.
    pub purpose: String,
    /// The status it answered with; `None` where no answer came.
    pub status: Option<u16>,
    /// Bytes of the request.
    pub sent_bytes: u64,
    /// Bytes of the answer.
    pub received_bytes: u64,
}

/// A page of the ledger, newest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LedgerRequest {
    /// Entries before this number; `None` for the newest.
    pub before: Option<i64>,
}

/// Where the token of the hub is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TokenPlace {
    /// There is none.
    None,
    /// In the system's keyring.
    Keyring,
    /// In memory, until the application ends: the system has no keyring that works.
    Session,
    /// In the environment, as `HF_TOKEN`.
    Environment,
}

/// What is known of the hub's token. The token itself never comes back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TokenState {
    /// Where it is.
    pub place: TokenPlace,
    /// Whose it is, where that was asked.
    pub user: Option<String>,
    /// Why the keyring could not be used.
    pub trouble: Option<String>,
}

/// A token of the hub.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NewToken {
    /// As the hub shows it: `hf_…`.
    pub token: String,
}

impl std::fmt::Debug for NewToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewToken(…)")
    }
}
