//! Where models are looked for: the application's own folder, the built-in models', the person's, other programs'.

use std::path::{Path, PathBuf};

use inglenook_contract::{ChangeTag, FolderOwner, ModelFolder, ModelList, UseFolder};
use inglenook_hub::{SearchedFolder, elsewhere};

use super::rescan;
use crate::{App, AppError, Result};

/// Adds a folder with models, or the folder in which a file lies. One that is looked in already is not added twice; one
/// of another program's that was left out is looked in again, and one that was removed a moment ago while its disk was
/// away is still known.
///
/// # Errors
/// `InvalidRequest` for a path that is not absolute, `NotFound` where nothing is there.
pub async fn add_folder(app: &App, folder: &str) -> Result<ModelList> {
    let path = Path::new(folder.trim());
    if !path.is_absolute() {
        return Err(AppError::RelativeFolder);
    }
    let asked = path.to_owned();
    let folder = match blocking(move || folder_at(&asked)).await {
        Some(folder) => folder,
        None if !app.store().kept_models(&path.to_string_lossy()).await?.is_empty() => path.to_owned(),
        None => return Err(AppError::NoSuchFolder),
    };
    let known = all(app).await;
    let same = known.iter().find(|known| is_same(&known.path, &folder));
    let name = same.map_or(&folder, |known| &known.path).to_string_lossy().into_owned();
    let is_known = same.is_some();
    app.settings_file().update(|settings| {
        settings.ignored_folders.retain(|ignored| *ignored != name);
        if !is_known && !settings.model_folders.contains(&name) {
            settings.model_folders.push(name);
        }
    })?;
    app.changes_bus().tell(ChangeTag::Settings);
    rescan(app).await
}

/// Looks in a folder no more; its files stay. What is remembered of it goes with the application's end, so that this can
/// be undone.
///
/// # Errors
/// As every writing of the settings.
pub async fn remove_folder(app: &App, folder: &str) -> Result<ModelList> {
    app.settings_file().update(|settings| settings.model_folders.retain(|kept| kept != folder))?;
    app.changes_bus().tell(ChangeTag::Settings);
    rescan(app).await
}

/// Looks in another program's folder, or leaves it out.
///
/// # Errors
/// `NotFound` for a folder that is no other program's.
pub async fn use_folder(app: &App, request: &UseFolder) -> Result<ModelList> {
    let is_theirs = others(app).await.iter().any(|folder| folder.path.as_os_str() == request.path.as_str());
    if !is_theirs {
        return Err(AppError::NoSuchFolder);
    }
    app.settings_file().update(|settings| {
        settings.ignored_folders.retain(|ignored| *ignored != request.path);
        if !request.used {
            settings.ignored_folders.push(request.path.clone());
        }
    })?;
    app.changes_bus().tell(ChangeTag::Settings);
    rescan(app).await
}

/// The folders to look in.
pub(crate) async fn folders(app: &App) -> Vec<SearchedFolder> {
    let ignored = app.settings().ignored_folders;
    let is_wanted = |folder: &SearchedFolder| !ignored.iter().any(|path| folder.path.as_os_str() == path.as_str());
    all(app).await.into_iter().filter(is_wanted).collect()
}

/// Other programs' folders that the person does not want looked in.
pub(super) fn ignored(app: &App) -> Vec<ModelFolder> {
    let ignored = app.settings().ignored_folders;
    let others = elsewhere(app.surroundings()).into_iter();
    let left_out = others.filter(|folder| ignored.iter().any(|path| folder.path.as_os_str() == path.as_str()));
    let told = |folder: SearchedFolder| ModelFolder {
        path: folder.path.to_string_lossy().into_owned(),
        owner: folder.owner,
        error: None,
        away: false,
        ignored: true,
        models: 0,
        size_bytes: 0,
    };
    left_out.map(told).collect()
}

/// All folders, those that are left out too. A folder of the person's goes before that of another program.
async fn all(app: &App) -> Vec<SearchedFolder> {
    let of = |path: PathBuf, owner| SearchedFolder { path, owner };
    let built_in = app.built_in_models().map(|path| of(path, FolderOwner::BuiltIn));
    let own = of(app.home().models(), FolderOwner::Own);
    let persons = app.settings().model_folders.into_iter().map(|path| of(path.into(), FolderOwner::Added));
    let mut all: Vec<SearchedFolder> = built_in.into_iter().chain([own]).chain(persons).collect();
    for other in others(app).await {
        if !all.iter().any(|known| is_same(&known.path, &other.path)) {
            all.push(other);
        }
    }
    all
}

async fn others(app: &App) -> Vec<SearchedFolder> {
    let surroundings = app.surroundings().clone();
    blocking(move || elsewhere(&surroundings)).await
}

/// The folder at a path, or the one in which the file there lies.
fn folder_at(path: &Path) -> Option<PathBuf> {
    let metadata = path.metadata().ok()?;
    if metadata.is_dir() { Some(path.to_owned()) } else { path.parent().map(Path::to_owned) }
}

fn is_same(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    one == other || real(one) == real(other)
}

pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
