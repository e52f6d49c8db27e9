//! Managing models for programs: every model with its name, loading one, deleting one, and how one fits.
//!
//! What programs may not ask because it is not loaded, because no engine runs it or because its disk is away has a name
//! too: whoever manages models sees all of them.

use inglenook_contract::{ErrorCode, ErrorInfo, Fit, Freed, ModelState};

use super::{Served, Wish, all, names, readied, unknown};
use crate::{App, Result, fit, models};

/// A model that was loaded.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The name it is listed by.
    pub name: String,
    /// Tokens it holds.
    pub context_length: u32,
    /// Bytes its process takes.
    pub memory_bytes: u64,
    /// Milliseconds that loading took; 0 where it was loaded.
    pub load_ms: f64,
}

/// The model with this name among all, as [`super::find`] does it among those that can be asked.
///
/// # Errors
/// `NotFound`, with the names that there are.
pub async fn find_any(app: &App, name: &str) -> Result<Served> {
    let served = all(app).await?;
    match names::find(&served, name) {
        Some(at) => Ok(served.into_iter().nth(at).ok_or(crate::AppError::UnknownModel)?),
        None => Err(unknown(name, &served).into()),
    }
}

/// As [`find_any`], where its disk is connected.
async fn find_present(app: &App, name: &str) -> Result<Served> {
    let found = find_any(app, name).await?;
    if found.model.state == ModelState::Away {
        let words =
            format!("The disk on which \"{}\" lies is not connected now. Connect it and try again.", found.name);
        return Err(ErrorInfo::new(ErrorCode::ModelMissing, words).into());
    }
    Ok(found)
}

/// Loads a model because somebody says so, also where models are not loaded on demand.
///
/// # Errors
/// `NotFound`, `ModelMissing` where its disk is not connected, and whatever keeps it from loading.
pub async fn load(app: &App, wish: &Wish) -> Result<Loaded> {
    let ready = readied(app, find_present(app, &wish.name).await?, wish).await?;
    let context_length = ready.lease.ready().context_length;
    let memory_bytes = match app.pool().state(ready.lease.model()) {
        ModelState::Ready { memory_bytes, .. } => memory_bytes,
        _ => 0,
    };
    Ok(Loaded { name: ready.name, context_length, memory_bytes, load_ms: ready.load_ms })
}

/// Deletes a model's files for good. Its name has to be whole: one that could mean another model deletes none.
///
/// # Errors
/// As [`load`] for finding it, `InvalidRequest` where the name is not whole, and as [`models::delete`].
pub async fn delete(app: &App, name: &str) -> Result<(Served, Freed)> {
    let found = find_present(app, name).await?;
    if !names::whole(&found, name) {
        let words = format!(
            "\"{}\" is not a model's whole name. Nothing was deleted; \"{}\" may be meant.",
            name.chars().take(100).collect::<String>(),
            found.name
        );
        return Err(ErrorInfo::new(ErrorCode::InvalidRequest, words).into());
    }
    let freed = models::delete(app, &found.model.id).await?;
    Ok((found, freed))
}

/// How a model that is here fits this machine, with this context or the usual one.
///
/// # Errors
/// As [`load`] for finding it, and as every reading of the store.
pub async fn fit(app: &App, name: &str, context_length: Option<u32>) -> Result<(Served, Fit)> {
    let found = find_present(app, name).await?;
    let model = models::find(app, &found.model.id).await.ok_or(crate::AppError::UnknownModel)?;
    let (engine, _) = app.engines().of(&model);
    let question = fit::Question {
        sizes: &model.sizes,
        engines: &model.engines,
        engine,
        context: context_length,
        kv_cache: app.settings().defaults.kv_cache,
        budget: fit::budget(app),
    };
    let fit = fit::fit(&question, &fit::Learnt::read(app).await?);
    Ok((found, fit))
}
