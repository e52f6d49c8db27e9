//! Models: what is in the folders, and what is in memory.
//!
//! `folders` says where they are looked for, `away` remembers those whose disk is not connected, `presence` notices when they come back, `care` checks and
//! deletes files, `updates` looks for newer ones on the hub.

mod away;
mod care;
mod folders;
pub(crate) mod presence;
mod updates;

use std::path::PathBuf;

use inglenook_contract::{AnsweredBy, Chat, LoadModel, Model, ModelId, ModelList, Parameter, Parameters};
use inglenook_engine::LoadSpec;
use inglenook_engine::protocol::{Load, LoadConfig};
use inglenook_hub::{EngineKind, LibraryModel, Live};

use crate::fit::{self, Learnt};
use crate::{App, AppError, Result, defaults};

pub(crate) use away::Away;
pub use care::{delete, verify};
pub(crate) use folders::folders;
pub use folders::{add_folder, remove_folder, use_folder};
pub(crate) use updates::Updates;
pub use updates::{find_updates, update};

/// The models of all folders, each with its state.
///
/// # Errors
/// As every reading of the store.
pub async fn list(app: &App) -> Result<ModelList> {
    let library = app.library().await;
    let used = app.store().last_used().await?;
    let last_used = |id: &ModelId| used.get(id).copied();
    let mut models: Vec<Model> = library.models.iter().map(|model| shown(app, model, last_used(&model.id))).collect();
    let mut folders = library.folders.clone();
    let remembered = app.away().told(&mut folders);
    models.extend(remembered.into_iter().map(|model| Model { last_used_at: last_used(&model.id), ..model }));
    folders.extend(folders::ignored(app));
    Ok(ModelList { models, folders, rejected: library.rejected.clone() })
}

fn shown(app: &App, model: &LibraryModel, last_used_at: Option<i64>) -> Model {
    let defaults = defaults::over(&app.settings().defaults, &defaults::built_in(Some(model)));
    let (engine, reason) = app.engines().of(model);
    model.to_contract(Live {
        state: app.pool().state(&model.id),
        last_used_at,
        update: app.updates().of(model),
        defaults,
        engine,
        engine_reason: reason.to_owned(),
        engines: app.engines().shown(model),
    })
}

/// Reads the folders again.
///
/// # Errors
/// As [`list`].
pub async fn rescan(app: &App) -> Result<ModelList> {
    app.scan().await;
    list(app).await
}

/// Loads a model with the person's defaults; returns when it is ready.
///
/// # Errors
/// `NotFound`, `OutOfMemory` where it would not fit (unless it is to be loaded anyway), and whatever keeps it from
/// loading.
pub async fn load(app: &App, request: &LoadModel) -> Result<()> {
    let model = find(app, &request.model).await.ok_or(AppError::UnknownModel)?;
    let defaults = defaults::effective(&Parameters::default(), &app.settings().defaults, &model);
    let mut spec = load_spec(app, &model, &with_context(request.context_length, &defaults, &model)).await?;
    if request.anyway {
        spec.memory_bytes = Some(0);
    }
    Ok(app.pool().load(spec).await?)
}

/// Ends a model's process; answers that it writes end with it.
///
/// # Errors
/// None today; a model that is not loaded is left as it is.
pub async fn unload(app: &App, model: &ModelId) -> Result<()> {
    app.pool().unload(model).await;
    Ok(())
}

/// Where a model's file lies.
///
/// # Errors
/// `NotFound`.
pub fn path(app: &App, model: &ModelId) -> Result<PathBuf> {
    app.known_library().find(model).map(|model| model.path.clone()).ok_or(AppError::UnknownModel)
}

/// The model with this identifier; the folders are read once more if it is not known, because a file may have come
/// since.
pub(crate) async fn find(app: &App, model: &ModelId) -> Option<LibraryModel> {
    if let Some(found) = app.library().await.find(model) {
        return Some(found.clone());
    }
    app.scan().await.find(model).cloned()
}

/// The model that answers next in a chat.
///
/// # Errors
/// [`AppError::NoModel`] where none was chosen, [`AppError::ModelAway`] where its disk is not connected,
/// [`AppError::ModelGone`] where it is not there any more.
pub(crate) async fn for_chat(app: &App, chat: &Chat) -> Result<LibraryModel> {
    let chosen = chat.model.clone().or(app.settings().last_model).ok_or(AppError::NoModel)?;
    match find(app, &chosen).await {
        Some(model) => Ok(model),
        None => Err(app.away().folder_of(&chosen).map_or(AppError::ModelGone, AppError::ModelAway)),
    }
}

/// Parameters with the context that was asked for, if one was; never longer than what the model was trained for.
pub(crate) fn with_context(asked: Option<u32>, parameters: &Parameters, model: &LibraryModel) -> Parameters {
    let longest = model.context_length.unwrap_or(u32::MAX);
    let context_length = asked.or(parameters.context_length).map(|length| length.min(longest));
    Parameters { context_length, ..parameters.clone() }
}

/// How a model is loaded to chat with these parameters.
///
/// # Errors
/// Why no engine here can do that.
pub(crate) async fn load_spec(app: &App, model: &LibraryModel, parameters: &Parameters) -> Result<LoadSpec> {
    let engine = match (app.engines().of(model), &model.unsupported) {
        ((Some(engine), _), None) => engine,
        (_, Some(reason)) => return Err(reason.clone().into()),
        ((None, _), None) => return Err(AppError::UnknownModel),
    };
    spec_on(engine, app, model, parameters).await
}

/// How a model is loaded by this engine.
pub(crate) async fn spec_on(
    engine: EngineKind,
    app: &App,
    model: &LibraryModel,
    parameters: &Parameters,
) -> Result<LoadSpec> {
    // A knob that the engine does not have must not load the model again when it is turned.
    let kv_cache = parameters.kv_cache.filter(|_| engine.parameters().contains(&Parameter::KvCache));
    let config = LoadConfig { context_length: parameters.context_length, kv_cache, ..LoadConfig::default() };
    let files = if model.files.len() > 1 { model.files.clone() } else { Vec::new() };
    let load = Load { format: model.format, path: model.path.clone(), files, config };
    let learnt = Learnt::read(app).await?;
    let plan = learnt.plan(engine, &model.sizes, parameters.context_length, kv_cache);
    let memory_bytes = fit::load_bytes(model, &plan, &learnt);
    let measure = model.embedder.is_none() && app.engines().is_unmeasured(&model.id, engine);
    Ok(LoadSpec { model: model.id.clone(), engine, load, measure, size_bytes: model.size_bytes, memory_bytes })
}

/// The model's name as an answer remembers it.
pub(crate) fn answered_by(model: &LibraryModel) -> AnsweredBy {
    AnsweredBy { id: model.id.clone(), name: model.name.clone(), quantisation: model.quantisation.clone() }
}
