//! Further names for models, given by programs. They are the same as those that a person gives.

use inglenook_contract::{ChangeTag, ErrorCode, ErrorInfo, ServedModel};

use super::{all, find_any, names};
use crate::{App, Result};

/// Gives the model with the name `source` the name `alias` too.
///
/// # Errors
/// `NotFound` where nothing is called `source`; `InvalidRequest` where `alias` means another model already or cannot be
/// a name.
pub async fn add_alias(app: &App, source: &str, alias: &str) -> Result<()> {
    let served = find_any(app, source).await?;
    let alias = names::bare(alias);
    if alias.is_empty() {
        return Err(ErrorInfo::new(ErrorCode::InvalidRequest, "The new name is empty.").into());
    }
    let everything = all(app).await?;
    match names::find(&everything, alias).and_then(|at| everything.get(at)) {
        Some(taken) if taken.model.id == served.model.id => return Ok(()),
        Some(taken) => {
            let words = format!("\"{alias}\" means another model already, {}. Choose another name.", taken.name);
            return Err(ErrorInfo::new(ErrorCode::InvalidRequest, words).into());
        }
        None => {}
    }
    app.settings_file().update(|settings| {
        let models = &mut settings.server.models;
        match models.iter_mut().find(|set| set.model == served.model.id) {
            Some(set) => set.aliases.push(alias.to_owned()),
            None => models.push(ServedModel {
                model: served.model.id.clone(),
                aliases: vec![alias.to_owned()],
                idle_unload_minutes: None,
            }),
        }
    })?;
    tell(app);
    Ok(())
}

/// Takes a further name away; `false` where nothing has it. The model stays.
///
/// # Errors
/// As every writing of the settings.
pub fn remove_alias(app: &App, alias: &str) -> Result<bool> {
    let mut removed = false;
    app.settings_file().update(|settings| {
        for set in &mut settings.server.models {
            set.aliases.retain(|its| {
                let meant = names::tidied(its) == names::tidied(alias);
                removed |= meant;
                !meant
            });
        }
    })?;
    if removed {
        tell(app);
    }
    Ok(removed)
}

fn tell(app: &App) {
    app.changes_bus().tell(ChangeTag::Settings);
    app.changes_bus().tell(ChangeTag::Server);
}
