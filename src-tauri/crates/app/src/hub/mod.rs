//! Models on the hub, as the window shows them: searching, a repository's card, how its files fit, what is recommended.
//!
//! The hub is asked through `inglenook-hub`; here its answers meet what is known of this machine: the library, the
//! downloads, the memory.

pub(crate) mod card;
pub(crate) mod fits;
pub(crate) mod names;
mod recommended;
mod search;
mod seen;

use inglenook_contract::{HubCard, HubFits, HubItem, HubPage, HubRepoRef, HubSearch, Recommendation};

use crate::{App, Result};

pub(crate) use seen::Seen;

/// A page of models.
///
/// # Errors
/// What keeps the hub from being asked, or from answering.
pub async fn search(app: &App, request: &HubSearch) -> Result<HubPage> {
    search::search(app, request).await
}

/// A repository with all that can be downloaded.
///
/// # Errors
/// As [`search`]; `NotFound` and `AccessNeeded` for what is not there, or not for everybody.
pub async fn card(app: &App, request: &HubRepoRef) -> Result<HubCard> {
    card::shown(app, request).await
}

/// What can be downloaded of a repository, small before large. Contacts less than [`card`].
///
/// # Errors
/// As [`card`].
pub async fn items(app: &App, request: &HubRepoRef) -> Result<Vec<HubItem>> {
    card::shown_items(app, request).await
}

/// What a name or a pasted address of the hub means; nothing is contacted. A link to a file names the item by it.
///
/// # Errors
/// `InvalidRequest` saying what it is instead.
pub async fn linked(app: &App, text: &str) -> Result<HubRepoRef> {
    let (repo, revision, file) = app.network().hub().await.parse_link(text)?;
    Ok(HubRepoRef { repo: repo.as_str().to_owned(), revision, item: file.map(|file| file.as_str().to_owned()) })
}

/// How the files of a repository fit this machine; reads a header from the hub.
///
/// # Errors
/// As [`card`].
pub async fn fits(app: &App, request: &HubRepoRef) -> Result<HubFits> {
    fits::of_repo(app, request).await
}

/// The catalogue, ranked for this machine. Nothing is contacted.
pub async fn recommended(app: &App) -> Vec<Recommendation> {
    recommended::all(app).await
}

/// The picks of the first start, at most three. Nothing is contacted.
pub async fn picks(app: &App) -> Vec<Recommendation> {
    recommended::picks(app).await
}
