//! Which engine runs a model: the one that a person chose, else the fastest as far as that was measured here, else the
//! one that the table prefers for such files.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use inglenook_contract::{ChangeTag, EngineChoice, EngineSpeed, Kernels, ModelId};
use inglenook_engine::{KernelsKnown, OnKernels, OnMeasured, kernels};
use inglenook_hub::{EngineKind, LibraryModel};
use inglenook_store::Store;

use crate::changes::Changes;
use crate::{App, AppError, Result, models};

/// The turn by which engines are compared: a question with some history, and an answer of a paragraph; tokens.
const TURN: (f64, f64) = (512.0, 128.0);

/// Choices and speeds, as the store has them.
#[derive(Clone, Default)]
pub(crate) struct Engines(Arc<RwLock<Book>>);

#[derive(Default)]
struct Book {
    chosen: HashMap<ModelId, String>,
    speeds: HashMap<(ModelId, String), EngineSpeed>,
}

impl Engines {
    /// Reads what is known.
    pub(crate) async fn read(store: &Store) -> Result<Self> {
        let book = Book { chosen: store.engine_choices().await?, speeds: store.engine_speeds().await? };
        Ok(Self(Arc::new(RwLock::new(book))))
    }

    /// The engine for a model's next load, with the reason in a few words; `None` where none runs it.
    pub(crate) fn of(&self, model: &LibraryModel) -> (Option<EngineKind>, &'static str) {
        let book = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let running: Vec<EngineKind> = model.runs_on().collect();
        let chosen = book.chosen.get(&model.id);
        if let Some(engine) = running.iter().find(|engine| chosen.is_some_and(|name| name == engine.name())) {
            return (Some(*engine), "you chose it");
        }
        let turn = |engine: &EngineKind| {
            let speed = book.speeds.get(&(model.id.clone(), engine.name().to_owned()))?;
            Some(TURN.0 / speed.prompt_tok_s.max(1e-6) + TURN.1 / speed.tok_s.max(1e-6))
        };
        match running.as_slice() {
            [] => (None, ""),
            [only] => (Some(*only), "the only one that runs it"),
            [first, ..] => {
                let times: Option<Vec<f64>> = running.iter().map(turn).collect();
                let fastest = times.and_then(|times| {
                    running.iter().zip(times).min_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(engine, _)| *engine)
                });
                fastest.map_or((Some(*first), "usually the fastest"), |engine| (Some(engine), "the fastest here"))
            }
        }
    }

    /// Every engine, as the window shows them.
    pub(crate) fn shown(&self, model: &LibraryModel) -> Vec<EngineChoice> {
        let book = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let chosen = book.chosen.get(&model.id);
        let shown = |(engine, refusal): &(EngineKind, Option<String>)| EngineChoice {
            engine: engine.name().to_owned(),
            refusal: refusal.clone(),
            chosen: chosen.is_some_and(|name| name == engine.name()),
            speed: book.speeds.get(&(model.id.clone(), engine.name().to_owned())).copied(),
        };
        model.engines.iter().map(shown).collect()
    }

    /// How fast each engine ran a model here, as far as that was measured.
    pub(crate) fn speeds(&self, model: &LibraryModel) -> Vec<(EngineKind, EngineSpeed)> {
        let book = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let speed = |engine: &EngineKind| book.speeds.get(&(model.id.clone(), engine.name().to_owned())).copied();
        model.runs_on().filter_map(|engine| Some((engine, speed(&engine)?))).collect()
    }

    /// Whether nobody knows how fast an engine runs a model.
    pub(crate) fn is_unmeasured(&self, model: &ModelId, engine: EngineKind) -> bool {
        let book = self.0.read().unwrap_or_else(PoisonError::into_inner);
        !book.speeds.contains_key(&(model.clone(), engine.name().to_owned()))
    }

    fn note(&self, change: impl FnOnce(&mut Book)) {
        change(&mut self.0.write().unwrap_or_else(PoisonError::into_inner));
    }
}

/// Chooses the engine for a model's next load; `None` leaves it to the application.
///
/// # Errors
/// `NotFound` for an unknown model, `InvalidRequest` for an engine that is not there or does not run the model.
pub async fn choose(app: &App, model: &ModelId, engine: Option<String>) -> Result<()> {
    let found = models::find(app, model).await.ok_or(AppError::UnknownModel)?;
    if let Some(name) = &engine {
        let (_, refusal) = found.engines.iter().find(|(kind, _)| kind.name() == name).ok_or(AppError::UnknownEngine)?;
        if let Some(why) = refusal {
            return Err(AppError::EngineRefuses(why.clone()));
        }
    }
    app.store().choose_engine(model, engine.as_deref()).await?;
    app.engines().note(|book| {
        match engine {
            Some(engine) => book.chosen.insert(model.clone(), engine),
            None => book.chosen.remove(model),
        };
    });
    app.changes_bus().tell(ChangeTag::Models);
    Ok(())
}

/// Lets kernels that crashed be tried again, at the next load.
pub fn retry_kernels(app: &App) {
    app.pool().retry_kernels();
}

/// The kernels as the window shows them.
pub(crate) fn kernels_shown(known: &KernelsKnown) -> Kernels {
    let words = |name: &Option<String>| name.as_deref().map(|name| kernels::described(name).to_owned());
    Kernels { used: words(&known.used), crashed: words(&known.crashed) }
}

/// Stores what is found out about kernels.
pub(crate) fn on_kernels(store: Store, changes: Changes, processor: String) -> OnKernels {
    let runtime = tokio::runtime::Handle::current();
    Arc::new(move |known| {
        let (store, processor, crashed) = (store.clone(), processor.clone(), known.crashed.clone());
        changes.tell(ChangeTag::Status);
        runtime.spawn(async move {
            if let Err(error) = store.record_crashed_kernels(&processor, crashed.as_deref()).await {
                tracing::warn!(%error, "what was found out about kernels is not stored; it will be found out again");
            }
        });
    })
}

/// Stores how fast an engine ran a model.
pub(crate) fn on_measured(engines: Engines, store: Store, changes: Changes) -> OnMeasured {
    let runtime = tokio::runtime::Handle::current();
    Arc::new(move |model, engine, speed| {
        engines.note(|book| {
            book.speeds.insert((model.clone(), engine.name().to_owned()), speed);
        });
        changes.tell(ChangeTag::Models);
        let (store, model) = (store.clone(), model.clone());
        runtime.spawn(async move {
            if let Err(error) = store.record_speed(&model, engine.name(), speed).await {
                tracing::warn!(%error, "a speed is not stored; it will be measured again");
            }
        });
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use inglenook_contract::ModelFormat;

    fn model(engines: Vec<(EngineKind, Option<String>)>) -> LibraryModel {
        LibraryModel {
            id: "m".into(),
            name: "M".into(),
            format: ModelFormat::Gguf,
            path: "/m.gguf".into(),
            files: vec!["/m.gguf".into()],
            size_bytes: 1,
            architecture: "llama".into(),
            parameters: None,
            quantisation: None,
            context_length: None,
            sizes: Default::default(),
            thinks: false,
            tools: false,
            root: std::path::PathBuf::new(),
            owner: inglenook_contract::FolderOwner::Added,
            origin: None,
            verifiable: false,
            engine: None,
            unsupported: None,
            embedder: None,
            engines,
        }
    }

    fn both() -> LibraryModel {
        model(vec![(EngineKind::LlamaCpp, None), (EngineKind::MistralRs, None)])
    }

    fn measured(engines: &Engines, engine: EngineKind, prompt_tok_s: f64, tok_s: f64) {
        let speed = EngineSpeed { prompt_tok_s, tok_s };
        engines.note(|book| {
            book.speeds.insert(("m".into(), engine.name().to_owned()), speed);
        });
    }

    #[test]
    fn the_preferred_engine_runs_until_another_is_measured_to_be_faster() {
        let engines = Engines::default();
        assert_eq!(engines.of(&both()), (Some(EngineKind::LlamaCpp), "usually the fastest"));
        measured(&engines, EngineKind::MistralRs, 900.0, 90.0);
        assert_eq!(engines.of(&both()).0, Some(EngineKind::LlamaCpp), "one figure alone compares nothing");
        measured(&engines, EngineKind::LlamaCpp, 100.0, 18.0);
        assert_eq!(engines.of(&both()), (Some(EngineKind::MistralRs), "the fastest here"));
    }

    #[test]
    fn what_a_person_chose_wins_unless_it_cannot_run_the_model() {
        let engines = Engines::default();
        engines.note(|book| drop(book.chosen.insert("m".into(), "mistral.rs".into())));
        assert_eq!(engines.of(&both()), (Some(EngineKind::MistralRs), "you chose it"));
        let one = model(vec![(EngineKind::LlamaCpp, None), (EngineKind::MistralRs, Some("No.".into()))]);
        assert_eq!(engines.of(&one), (Some(EngineKind::LlamaCpp), "the only one that runs it"));
        assert_eq!(engines.of(&model(vec![])), (None, ""));
    }
}
