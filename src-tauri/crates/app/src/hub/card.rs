//! A repository as a card: what it is, what may be done with it, what can be downloaded, what of that is here.

use std::sync::Arc;

use inglenook_contract::{HubAccess, HubCard, HubItem, HubItemState, HubRepoRef, HubRow, LicenceWords, ModelFormat};
use inglenook_hub::Library;
use inglenook_hub::catalogue::catalogue;
use inglenook_hub::licences::{Licence, licence};
use inglenook_hub::remote::{Gate, Item, ItemKind, Repo, RepoId, items};
use inglenook_store::KeptDownload;

use super::{names, search};
use crate::{App, Result, downloads};

/// A repository and what can be downloaded of it.
pub(crate) struct Card {
    pub(crate) repo: Arc<Repo>,
    pub(crate) items: Vec<Item>,
}

/// Asks the hub for a repository, unless it was asked lately.
pub(crate) async fn find(app: &App, repo: &str, revision: Option<&str>) -> Result<Card> {
    let hub = app.network().hub().await;
    let id = RepoId::parse(repo).map_err(inglenook_hub::remote::HubError::from)?;
    let at = format!("{} {} {}", hub.endpoint(), id.as_str(), revision.unwrap_or_default());
    let asked = app.hub_seen().repo(&at);
    // A card and its fits are asked for at the same moment.
    let repo = asked.get_or_try_init(|| async { hub.repo(&id, revision).await.map(Arc::new) }).await?;
    let repo = Arc::clone(repo);
    let items = items(&repo);
    Ok(Card { repo, items })
}

/// A card as the window shows it.
pub(super) async fn shown(app: &App, request: &HubRepoRef) -> Result<HubCard> {
    let Card { repo, items } = find(app, &request.repo, request.revision.as_deref()).await?;
    let hub = app.network().hub().await;
    // A card without its text is still a card.
    let readme = hub.readme(&repo.id, repo.commit.as_str()).await.unwrap_or_else(|error| {
        tracing::info!(repo = repo.id.as_str(), %error, "no model card");
        None
    });
    let (library, kept) = (app.library().await, app.store().downloads().await?);
    let entry = catalogue().iter().find(|entry| entry.repo == repo.id.as_str() || entry.base == repo.id.as_str());
    let licence = licence_of(&repo);
    Ok(HubCard {
        commit: repo.commit.as_str().to_owned(),
        access: access(app, &repo),
        architecture: repo.gguf.as_ref().and_then(|facts| facts.architecture.clone()),
        context_length: repo.gguf.as_ref().and_then(|facts| facts.context_length),
        best_for: entry.map(|entry| entry.best_for.clone()),
        readme,
        page: hub.page(&repo.id).into(),
        items: items.iter().map(|item| shown_item(app, &repo, item, &library, &kept)).collect(),
        row: row(&repo, &licence),
        licence: words(licence),
    })
}

/// What can be downloaded of a repository, as the window shows it.
pub(super) async fn shown_items(app: &App, request: &HubRepoRef) -> Result<Vec<HubItem>> {
    let Card { repo, items } = find(app, &request.repo, request.revision.as_deref()).await?;
    let (library, kept) = (app.library().await, app.store().downloads().await?);
    Ok(items.iter().map(|item| shown_item(app, &repo, item, &library, &kept)).collect())
}

fn licence_of(repo: &Repo) -> Licence {
    let link = repo.licence_link.as_ref().map(|link| link.as_str());
    licence(repo.licence.as_deref(), repo.licence_name.as_deref(), link)
}

/// A licence as the contract has it.
fn words(licence: Licence) -> LicenceWords {
    let Licence { name, summary, asks, free, link, .. } = licence;
    LicenceWords { name, summary, asks, free, link }
}

fn row(repo: &Repo, licence: &Licence) -> HubRow {
    HubRow {
        repo: repo.id.as_str().to_owned(),
        name: names::plain(repo.id.name()),
        publisher: if repo.author.is_empty() { repo.id.author().unwrap_or_default() } else { &repo.author }.to_owned(),
        downloads: repo.downloads,
        likes: repo.likes,
        updated_at: repo.updated,
        formats: search::formats(&repo.formats),
        free_licence: licence.free,
        licence: repo.licence.is_some().then(|| licence.name.clone()),
        vision: repo.vision,
        tools: repo.tools,
        gated: repo.gated != Gate::Open,
        parameters: repo.parameters,
    }
}

fn access(app: &App, repo: &Repo) -> HubAccess {
    match (repo.gated, app.network().has_token()) {
        (Gate::Open, _) => HubAccess::Open,
        (_, true) => HubAccess::Gated,
        (_, false) => HubAccess::NeedsToken,
    }
}

fn shown_item(app: &App, repo: &Repo, item: &Item, library: &Library, kept: &[KeptDownload]) -> HubItem {
    let id = repo.id.as_str();
    let first = item.files.first().map_or("", |file| file.path.as_str());
    let model = downloads::from_hub(app, library, id, item.files.iter().map(|file| file.path.as_str()));
    let state = match (downloads::under_way(kept, id, first), model) {
        (Some(download), _) => HubItemState::Downloading { download: download.clone() },
        (None, Some(model)) => HubItemState::Here { model: model.id.clone() },
        (None, None) => HubItemState::Away,
    };
    HubItem {
        item: item.name.clone(),
        format: match item.kind {
            ItemKind::Gguf => Some(ModelFormat::Gguf),
            ItemKind::Safetensors => Some(ModelFormat::Safetensors),
            ItemKind::Uqff => None,
        },
        quantisation: item.quantisation.clone(),
        size_bytes: item.bytes,
        files: u32::try_from(item.files.len()).unwrap_or(u32::MAX),
        state,
    }
}
