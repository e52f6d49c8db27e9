//! Models whose folder is not there now: remembered from when it was, so that a disk that comes back finds all as it was.

use std::sync::{PoisonError, RwLock};

use inglenook_contract::{FolderOwner, Model, ModelFolder, ModelId, ModelState};
use inglenook_hub::Library;

use super::shown;
use crate::App;

/// The models of folders that are away.
#[derive(Default)]
pub(crate) struct Away(RwLock<Vec<Remembered>>);

struct Remembered {
    folder: String,
    models: Vec<Model>,
}

impl Away {
    /// Notes what lies in the folders that are there, and looks up what lay in those that are not.
    pub(crate) async fn after_reading(&self, app: &App, library: &Library) {
        let mut away = Vec::new();
        for folder in library.folders.iter().filter(|folder| folder.owner == FolderOwner::Added) {
            if folder.away {
                match app.store().kept_models(&folder.path).await {
                    Ok(models) => away.push(Remembered { folder: folder.path.clone(), models: as_away(models) }),
                    Err(error) => tracing::warn!(%error, "what lay in a folder that is away cannot be read"),
                }
            } else if folder.error.is_none()
                && let Err(error) = keep(app, library, &folder.path).await
            {
                tracing::warn!(%error, "what lies in a folder could not be noted");
            }
        }
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = away;
    }

    /// The remembered models; their folders are told to be away, and those of which nothing is remembered are not.
    pub(super) fn told(&self, folders: &mut [ModelFolder]) -> Vec<Model> {
        let away = self.0.read().unwrap_or_else(PoisonError::into_inner);
        for folder in folders.iter_mut().filter(|folder| folder.away) {
            let remembered = away.iter().find(|remembered| remembered.folder == folder.path);
            let models = remembered.map_or(&[][..], |remembered| &remembered.models);
            folder.away = !models.is_empty();
            if folder.away {
                folder.error = None;
                folder.models = u32::try_from(models.len()).unwrap_or(u32::MAX);
                folder.size_bytes = models.iter().fold(0, |sum, model| model.size_bytes.saturating_add(sum));
            }
        }
        away.iter().flat_map(|remembered| remembered.models.iter().cloned()).collect()
    }

    /// The folder of a remembered model.
    pub(super) fn folder_of(&self, model: &ModelId) -> Option<String> {
        let away = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let has = |remembered: &&Remembered| remembered.models.iter().any(|known| known.id == *model);
        away.iter().find(has).map(|remembered| remembered.folder.clone())
    }
}

async fn keep(app: &App, library: &Library, folder: &str) -> crate::Result<()> {
    let within = library.models.iter().filter(|model| model.root.as_os_str() == folder);
    let mut now: Vec<Model> = within.map(|model| as_remembered(shown(app, model, None))).collect();
    now.sort_by(|one, other| one.id.as_str().cmp(other.id.as_str()));
    // Folders are read often and seldom change.
    if app.store().kept_models(folder).await? != now {
        app.store().keep_models(folder, &now).await?;
    }
    Ok(())
}

/// What does not change by itself.
fn as_remembered(model: Model) -> Model {
    Model {
        state: ModelState::Away,
        engine: None,
        engine_reason: String::new(),
        engines: Vec::new(),
        unsupported: None,
        takes: Vec::new(),
        defaults: inglenook_contract::Parameters::default(),
        update: None,
        verifiable: false,
        undeletable: Some("Its disk is not connected.".to_owned()),
        ..model
    }
}

fn as_away(models: Vec<Model>) -> Vec<Model> {
    models.into_iter().map(as_remembered).collect()
}
