//! Models on the hub: searching, one repository as a card, the recommended ones.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{DownloadId, Fit, ModelFormat, ModelId};

/// How results are ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum HubSort {
    /// What many look at these days.
    #[default]
    Trending,
    /// The most downloaded.
    Downloads,
    /// The best liked.
    Likes,
    /// The last changed.
    Updated,
}

/// How models are stored on the hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum HubFormat {
    /// One file with everything.
    Gguf,
    /// A folder with weights, settings and tokenizer.
    Safetensors,
    /// mistral.rs's own quantised files.
    Uqff,
    /// Safetensors quantised by GPTQ.
    Gptq,
    /// Safetensors quantised by AWQ.
    Awq,
}

/// How large models may be, by their number of weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SizeClass {
    /// Up to 3 billion.
    Small,
    /// Over 3 and up to 9 billion.
    Medium,
    /// Over 9 and up to 35 billion.
    Large,
    /// Over 35 billion.
    Huge,
}

/// What is searched for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct HubSearch {
    /// Words, `user/repository` or a pasted link; empty for what is popular.
    pub words: String,
    /// The order.
    pub sort: HubSort,
    /// Only what has a file that fits this machine, as far as the size can be told.
    pub fits: bool,
    /// Only this format.
    pub format: Option<HubFormat>,
    /// Only under licences that allow everything.
    pub free_licence: bool,
    /// Only what sees.
    pub vision: bool,
    /// Only what knows tools.
    pub tools: bool,
    /// Only this size.
    pub size: Option<SizeClass>,
    /// Goes on behind an earlier page.
    pub cursor: Option<String>,
}

/// A page of results.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct HubPage {
    /// In the order asked for.
    pub rows: Vec<HubRow>,
    /// Where the next page begins; `None` at the end.
    pub cursor: Option<String>,
    /// What was searched for names this very repository, or a file in it.
    pub exact: Option<HubRepoRef>,
}

/// A repository in the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct HubRow {
    /// `publisher/name`.
    pub repo: String,
    /// Its name without the publisher.
    pub name: String,
    /// Whose it is.
    pub publisher: String,
    /// Downloads of the last month.
    pub downloads: u64,
    /// How many liked it.
    pub likes: u64,
    /// When it last changed, milliseconds since 1970-01-01 UTC.
    pub updated_at: Option<i64>,
    /// How its weights are stored.
    pub formats: Vec<HubFormat>,
    /// The licence's name; `None` where none is named.
    pub licence: Option<String>,
    /// The licence allows everything.
    pub free_licence: bool,
    /// It sees.
    pub vision: bool,
    /// It knows tools.
    pub tools: bool,
    /// Its terms have to be accepted on the hub first.
    pub gated: bool,
    /// Number of weights, as far as name or page tell.
    pub parameters: Option<u64>,
}

/// Names a repository, a revision of it, a file in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HubRepoRef {
    /// `publisher/name`.
    pub repo: String,
    /// A branch, a tag or a commit; `None` is the main branch.
    pub revision: Option<String>,
    /// The item that a pasted link meant.
    pub item: Option<String>,
}

/// A licence in plain words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LicenceWords {
    /// Its name, for example `Apache 2.0`.
    pub name: String,
    /// What one may do, in one or two sentences.
    pub summary: String,
    /// What it asks for.
    pub asks: Vec<String>,
    /// It allows everything.
    pub free: bool,
    /// Where its text stands.
    pub link: Option<String>,
}

/// Whether a repository's files may be fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum HubAccess {
    /// By anybody.
    Open,
    /// By who accepted the terms, and a token is kept here: a download tells.
    Gated,
    /// By who accepted the terms; no token is kept here.
    NeedsToken,
}

/// A repository with all that is worth knowing before a download.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct HubCard {
    /// As in the list.
    pub row: HubRow,
    /// The commit that all of this describes.
    pub commit: String,
    /// Whether its files may be fetched.
    pub access: HubAccess,
    /// What may be done with it.
    pub licence: LicenceWords,
    /// Architecture, as far as the hub tells it.
    pub architecture: Option<String>,
    /// Tokens the model was trained to hold.
    pub context_length: Option<u32>,
    /// What it is good at, where the catalogue knows it.
    pub best_for: Option<String>,
    /// The card, in Markdown; `None` where there is none.
    pub readme: Option<String>,
    /// Its page on the hub.
    pub page: String,
    /// What can be downloaded, small before large.
    pub items: Vec<HubItem>,
}

/// One thing to download: a GGUF file with its parts, or a folder with safetensors.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct HubItem {
    /// Its name within the repository.
    pub item: String,
    /// How the weights are stored; `None` for a format that no engine here reads.
    pub format: Option<ModelFormat>,
    /// How the weights are quantised.
    pub quantisation: Option<String>,
    /// Bytes of all files.
    pub size_bytes: u64,
    /// How many files.
    pub files: u32,
    /// Where it stands on this machine.
    pub state: HubItemState,
}

/// Where a file of the hub stands on this machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum HubItemState {
    /// Not here.
    Away,
    /// On its way.
    Downloading {
        /// The download.
        download: DownloadId,
    },
    /// Here.
    Here {
        /// The model.
        model: ModelId,
    },
}

/// How every item of a card fits; reading a header from the hub takes a moment, so it is asked for apart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct HubFits {
    /// By item.
    pub items: Vec<HubItemFit>,
    /// The item to take on this machine.
    pub recommended: Option<String>,
    /// Why that one.
    pub reason: Option<String>,
    /// Architecture, from the header.
    pub architecture: Option<String>,
    /// Number of weights, from the header.
    pub parameters: Option<u64>,
    /// Tokens the model was trained to hold, from the header.
    pub context_length: Option<u32>,
    /// Bytes that were read from the hub for this.
    pub read_bytes: u64,
}

/// How one item fits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct HubItemFit {
    /// Which.
    pub item: String,
    /// How.
    pub fit: Fit,
}

/// A model of the catalogue, for this machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Recommendation {
    /// Where it lies on the hub.
    pub repo: String,
    /// Its name.
    pub name: String,
    /// Who made it.
    pub publisher: String,
    /// What it is good at.
    pub best_for: String,
    /// Why it stands here, for this machine.
    pub reason: String,
    /// `small`, `balanced` or `best` among those for the first start.
    pub class: Option<PickClass>,
    /// The quantisation to take here.
    pub quantisation: String,
    /// Bytes to download, about.
    pub size_bytes: u64,
    /// Bytes of memory it will take, about.
    pub needs_bytes: u64,
    /// It fits.
    pub fits: bool,
    /// Number of weights.
    pub parameters: u64,
    /// The licence's name.
    pub licence: String,
    /// The licence allows everything.
    pub free_licence: bool,
}

/// One of the three picks of the first start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PickClass {
    /// Small and quick.
    Small,
    /// The best for most.
    Balanced,
    /// The best that fits.
    Best,
}
