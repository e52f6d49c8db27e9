//! Newer versions of what was downloaded: the hub is asked when the person asks, and what it said is kept until the end.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use inglenook_contract::{ChangeTag, DownloadRef, ModelId, ModelUpdate, UpdateCheck};
use inglenook_hub::LibraryModel;
use inglenook_hub::download::{ModelsFolder, Origin, git_hash_of};
use inglenook_hub::remote::{Repo, RepoFile, RepoId};

use super::find;
use super::folders::blocking;
use crate::{App, AppError, Result, downloads, hub};

/// What is known to be newer.
#[derive(Default)]
pub(crate) struct Updates(Mutex<BTreeMap<ModelId, ModelUpdate>>);

impl Updates {
    /// The newer version of a model, unless that is what is here meanwhile.
    pub(super) fn of(&self, model: &LibraryModel) -> Option<ModelUpdate> {
        let origin = model.origin.as_ref()?;
        let found = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&model.id).cloned();
        found.filter(|update| update.commit != origin.commit)
    }

    fn note(&self, model: &ModelId, update: Option<ModelUpdate>) {
        let mut found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match update {
            Some(update) => found.insert(model.clone(), update),
            None => found.remove(model),
        };
    }
}

/// Asks the hub about every repository from which something was downloaded.
///
/// # Errors
/// None today: what could not be looked up stands in the answer.
pub async fn find_updates(app: &App) -> Result<UpdateCheck> {
    let library = app.library().await;
    let mut check = UpdateCheck { looked_up: 0, newer: 0, failed: Vec::new() };
    let downloaded = library.models.iter().filter(|model| model.origin.is_some());
    let mut by_repo: BTreeMap<String, Vec<&LibraryModel>> = BTreeMap::new();
    for model in downloaded {
        let repo = model.origin.as_ref().map(|origin| origin.repo.clone()).unwrap_or_default();
        by_repo.entry(repo).or_default().push(model);
    }
    for (name, models) in by_repo {
        let repo = match ask(app, &name).await {
            Ok(repo) => repo,
            Err(error) => {
                check.failed.push(format!("{name}: {error}"));
                continue;
            }
        };
        for model in models {
            let update = newer(app.models_folder(), model, &repo).await;
            check.looked_up = check.looked_up.saturating_add(1);
            check.newer = check.newer.saturating_add(u32::from(update.is_some()));
            app.updates().note(&model.id, update);
        }
    }
    app.changes_bus().tell(ChangeTag::Models);
    Ok(check)
}

async fn ask(app: &App, name: &str) -> Result<Repo> {
    let id = RepoId::parse(name).map_err(inglenook_hub::remote::HubError::from)?;
    Ok(app.network().hub().await.repo(&id, None).await?)
}

/// What of a model's files is another on the hub; `None` where nothing is, or where a file is there no more.
async fn newer(models: ModelsFolder, model: &LibraryModel, repo: &Repo) -> Option<ModelUpdate> {
    let mut changed_bytes = 0_u64;
    for origin in model.origins() {
        let now = repo.files.iter().find(|file| file.path == origin.path)?.clone();
        let bytes = now.bytes;
        let models = models.clone();
        if blocking(move || is_another(&models, &origin, &now)).await {
            changed_bytes = changed_bytes.saturating_add(bytes);
        }
    }
    (changed_bytes > 0).then(|| ModelUpdate {
        commit: repo.commit.to_string(),
        changed_bytes,
        updated_at: repo.updated,
    })
}

/// Whether the hub's file is not the one that came. A small file is known there only by the hash that git gives it.
fn is_another(models: &ModelsFolder, came: &Origin, now: &RepoFile) -> bool {
    match (&now.sha256, &now.git) {
        (Some(sha256), _) => *sha256 != came.sha256,
        (None, Some(_)) if now.bytes != came.bytes => true,
        // A file that cannot be read here is told of by checking, not by an update.
        (None, Some(git)) => git_hash_of(models, came).is_some_and(|here| here != *git),
        (None, None) => now.bytes != came.bytes,
    }
}

/// Puts the newer version of a model into the queue; its files take the place of the elder ones when they are whole.
///
/// # Errors
/// `NotFound` where none is known, and as [`downloads::start`].
pub async fn update(app: &App, id: &ModelId) -> Result<DownloadRef> {
    let model = find(app, id).await.ok_or(AppError::UnknownModel)?;
    let (Some(origin), Some(update)) = (model.origin.as_ref(), app.updates().of(&model)) else {
        return Err(AppError::NoUpdate);
    };
    let card = hub::card::find(app, &origin.repo, Some(&update.commit)).await?;
    let first = model.origins().into_iter().next().ok_or(AppError::NoUpdate)?;
    let item = card.items.iter().find(|item| item.files.iter().any(|file| file.path == first.path));
    downloads::enqueue(app, &card, item.ok_or(AppError::NoUpdate)?).await
}
