//! What programs may ask of the models: the names they are asked for by, and leases on them.
//!
//! `names` says how a model is called, `aliases` what else, `described` what it says of itself; `manage` is for whoever
//! looks after models, `pulls` for whoever fetches them by name; `tokens` says who may ask. No wire format here: the local
//! server translates.

mod aliases;
mod described;
mod manage;
mod names;
mod pulls;
mod tokens;

use std::time::Duration;

use inglenook_contract::{ChangeTag, ErrorCode, ErrorInfo, Model, ModelId, ModelState, Parameters, ServedName};
use inglenook_engine::Lease;
use inglenook_engine::protocol::Sampling;
use inglenook_hub::LibraryModel;

use crate::{App, Result, defaults, models};

pub use aliases::{add_alias, remove_alias};
pub use described::{Described, describe, digest, modified_at};
pub use inglenook_engine::Keep;
pub use manage::{Loaded, delete, find_any, fit, load};
pub use pulls::{follow, pull, pull_digest};
pub use tokens::{check_token, make_token, revoke_token, tokens};

/// A model that programs can ask.
#[derive(Clone, Debug)]
pub struct Served {
    /// The name it is listed by.
    pub name: String,
    /// Further names, of the person's own making.
    pub aliases: Vec<String>,
    /// The model.
    pub model: Model,
}

/// How a program wants a model to be ready.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// Any of its names.
    pub name: String,
    /// Tokens it has to hold; `None` takes a loaded one as it is.
    pub context_length: Option<u32>,
    /// How long it stays loaded after the request; `None` for what is set.
    pub keep: Option<Keep>,
    /// Load it although it seems not to fit.
    pub anyway: bool,
}

/// A model that is ready to be asked.
#[derive(Debug)]
pub struct Ready {
    /// The right to ask it.
    pub lease: Lease,
    /// The name it is listed by.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// What holds where a request says nothing: the person's defaults for drawing tokens, over those for this model.
    pub defaults: Parameters,
    /// Milliseconds that loading took; 0 where it was loaded.
    pub load_ms: f64,
    /// It makes vectors of texts and does not write.
    pub embeds: bool,
}

/// Tells that the local server was switched, or that what it says of itself changed.
pub fn server_changed(app: &App) {
    app.changes_bus().tell(ChangeTag::Server);
}

/// The models that programs can ask, by name.
///
/// # Errors
/// As every reading of the store.
pub async fn models(app: &App) -> Result<Vec<Served>> {
    let on_demand = app.settings().server.load_on_demand;
    let loaded = |one: &Served| matches!(one.model.state, ModelState::Ready { .. });
    let mut served = all(app).await?;
    served.retain(|one| can_be_asked(&one.model) && (on_demand || loaded(one)));
    Ok(served)
}

/// Every model by the name it has for programs, those that they cannot ask too.
///
/// # Errors
/// As every reading of the store.
pub async fn all(app: &App) -> Result<Vec<Served>> {
    let list = models::list(app).await?;
    let named = names::of(&list.models);
    let settings = app.settings().server;
    let aliases = |id: &ModelId| {
        let set = settings.models.iter().filter(|set| set.model == *id);
        set.flat_map(|set| set.aliases.clone()).collect::<Vec<_>>()
    };
    let served = list.models.into_iter().zip(named);
    let mut served: Vec<Served> =
        served.map(|(model, name)| Served { name, aliases: aliases(&model.id), model }).collect();
    served.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(served)
}

fn can_be_asked(model: &Model) -> bool {
    let chats = model.engine.is_some() && model.unsupported.is_none();
    (chats || model.embeds) && model.state != ModelState::Away
}

/// The names of the models that programs can ask.
///
/// # Errors
/// As every reading of the store.
pub async fn served_names(app: &App) -> Result<Vec<ServedName>> {
    let served = models(app).await?;
    Ok(served.into_iter().map(|served| ServedName { model: served.model.id, name: served.name }).collect())
}

/// The model with this name: an alias, the name it is listed by, a longer or shorter form of it, the repository it came
/// from, or its identifier.
///
/// # Errors
/// `NotFound`, with the names that there are.
pub async fn find(app: &App, name: &str) -> Result<Served> {
    let served = models(app).await?;
    match names::find(&served, name) {
        Some(at) => Ok(served.into_iter().nth(at).ok_or(crate::AppError::UnknownModel)?),
        None => Err(unknown(name, &served).into()),
    }
}

fn unknown(name: &str, served: &[Served]) -> ErrorInfo {
    const SHOWN: usize = 5;
    let names: Vec<&str> = served.iter().map(|served| served.name.as_str()).take(SHOWN).collect();
    let more = if served.len() > SHOWN { format!(" and {} more", served.len() - SHOWN) } else { String::new() };
    let there = match names.as_slice() {
        [] => "No model is there.".to_owned(),
        names => format!("There is {}{more}.", names.join(", ")),
    };
    let shown: String = name.chars().take(100).collect();
    ErrorInfo::new(ErrorCode::NotFound, format!("There is no model \"{shown}\" on this machine. {there}"))
}

/// The model, loaded, in a way that does for the request.
///
/// # Errors
/// `NotFound`, and whatever keeps it from loading.
pub async fn ready(app: &App, wish: &Wish) -> Result<Ready> {
    readied(app, find(app, &wish.name).await?, wish).await
}

async fn readied(app: &App, served: Served, wish: &Wish) -> Result<Ready> {
    let model = models::find(app, &served.model.id).await.ok_or(crate::AppError::UnknownModel)?;
    let defaults = chosen_defaults(app, &model);
    let began = std::time::Instant::now();
    let (lease, load_ms) = match as_it_is(app, &model, wish) {
        Some(lease) => (lease, 0.0),
        None => {
            let lease = loaded(app, &model, &defaults, wish).await?;
            (lease, began.elapsed().as_secs_f64() * 1e3)
        }
    };
    lease.keep(wish.keep.unwrap_or_else(|| kept(app, &model.id)));
    app.store().record_use(&model.id).await?;
    let embeds = model.embedder.is_some();
    Ok(Ready { lease, name: served.name, title: model.name, defaults, load_ms, embeds })
}

/// Ends a model's process, whatever it does.
///
/// # Errors
/// `NotFound`.
pub async fn unload(app: &App, name: &str) -> Result<Served> {
    let served = find_any(app, name).await?;
    app.pool().unload(&served.model.id).await;
    Ok(served)
}

/// A lease on the model as it is loaded. Another context length is not enforced on one that is longer: what a window's
/// chat loaded for itself is not loaded again for every request in between.
fn as_it_is(app: &App, model: &LibraryModel, wish: &Wish) -> Option<Lease> {
    let lease = app.pool().lease(&model.id)?;
    wish.context_length.is_none_or(|wanted| lease.ready().context_length >= wanted).then_some(lease)
}

async fn loaded(app: &App, model: &LibraryModel, defaults: &Parameters, wish: &Wish) -> Result<Lease> {
    let parameters = models::with_context(wish.context_length, defaults, model);
    let mut spec = match model.embedder {
        Some(engine) => models::spec_on(engine, app, model, &parameters).await?,
        None => models::load_spec(app, model, &parameters).await?,
    };
    if wish.anyway {
        spec.memory_bytes = Some(0);
    }
    Ok(app.pool().ensure(spec).await?)
}

/// What a person set for chats steers programs too, apart from what would surprise them: words put before theirs, and
/// ends that they did not ask for.
fn chosen_defaults(app: &App, model: &LibraryModel) -> Parameters {
    let person =
        Parameters { system_prompt: String::new(), stop: Vec::new(), max_tokens: None, ..app.settings().defaults };
    defaults::effective(&Parameters::default(), &person, model)
}

/// What is set for this model's stay in memory.
fn kept(app: &App, model: &ModelId) -> Keep {
    let settings = app.settings().server;
    let minutes = settings.models.iter().find(|set| set.model == *model).and_then(|set| set.idle_unload_minutes);
    match minutes {
        None => Keep::AsSet,
        Some(0) => Keep::Loaded,
        Some(minutes) => Keep::For(Duration::from_secs(u64::from(minutes) * 60)),
    }
}

/// How tokens are drawn for a request that sets these parameters.
#[must_use]
pub fn sampling(asked: &Parameters, defaults: &Parameters) -> Sampling {
    defaults::sampling(&defaults::over(asked, defaults))
}
