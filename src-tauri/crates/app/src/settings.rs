//! Settings, the place of the data, and its backups.

use std::path::Path;

use inglenook_contract::{Backup, ChangeTag, DataLocation, ModelId, MoveData, Settings};

use crate::{App, Result, models};

/// New settings, all of them; what they change takes effect at once.
///
/// # Errors
/// `InvalidRequest` for a value out of range, and as every writing of the settings.
pub async fn save(app: &App, settings: Settings) -> Result<Settings> {
    let before = app.settings();
    let kept = app.settings_file().save(settings)?;
    app.changes_bus().tell(ChangeTag::Settings);
    let network = |settings: &Settings| {
        let Settings { offline, blocked_hosts, hub_endpoint, proxy, .. } = settings;
        (*offline, blocked_hosts.clone(), hub_endpoint.clone(), proxy.clone())
    };
    if network(&kept) != network(&before) {
        app.network().apply(&kept)?;
        app.hub_seen().forget();
        app.downloads().connect_anew();
        app.changes_bus().tell(ChangeTag::Network);
    }
    if kept.defaults != before.defaults {
        app.changes_bus().tell(ChangeTag::Models);
    }
    if kept.model_folders != before.model_folders {
        models::rescan(app).await?;
    }
    Ok(kept)
}

/// The model that the next new chat begins with.
pub(crate) fn remember_model(app: &App, model: &ModelId) -> Result<()> {
    if app.settings().last_model.as_ref() != Some(model) {
        app.settings_file().update(|settings| settings.last_model = Some(model.clone()))?;
        app.changes_bus().tell(ChangeTag::Settings);
    }
    Ok(())
}

/// Where the data lies.
#[must_use]
pub fn data_location(app: &App) -> DataLocation {
    app.home().location()
}

/// Plans another place for the data, or takes the plan back.
///
/// # Errors
/// `InvalidRequest` where the data cannot go there.
pub fn move_data(app: &App, request: MoveData) -> Result<DataLocation> {
    match request.path {
        Some(path) => Ok(app.home().plan_move(Path::new(path.trim()))?),
        None => Ok(app.home().take_back_move()?),
    }
}

/// Copies of the database that could take its place, newest first.
///
/// # Errors
/// `StoreFailed` or `PermissionDenied` where their folder cannot be read.
pub async fn backups(app: &App) -> Result<Vec<Backup>> {
    Ok(app.store().backups().await?)
}

/// Puts a backup in the place of the database. Answers on their way are stopped first.
///
/// # Errors
/// `NotFound`, and as every writing of the store; the database in use stays in use then.
pub async fn restore_backup(app: &App, name: &str) -> Result<()> {
    // Held until the other database is in use: what was said meanwhile would go with the old one.
    let _gate = app.answers().still_all().await;
    app.store().restore_backup(name).await?;
    app.dismiss_notices();
    app.changes_bus().tell(ChangeTag::Chats);
    app.changes_bus().tell_every_chat();
    Ok(())
}
