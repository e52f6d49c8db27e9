//! What fits this machine: the estimate of `inglenook-hub`, held against the memory that is free now, and corrected by
//! what earlier loads took.

use std::collections::HashMap;
use std::sync::Arc;

use inglenook_contract::{ChangeTag, Fit, FitRecord, KvCache, SpeedRange, Verdict};
use inglenook_engine::{LoadSpec, LoadTook, OnLoaded};
use inglenook_hub::fit::{self, Correction, Need, Pair, Plan, Repacking, Sizes};
use inglenook_hub::{EngineKind, LibraryModel};
use inglenook_store::LoadRecord;
use tokio::sync::mpsc;

use crate::{App, Result, defaults};

/// Bytes that a model may take now: what is free, and what unloading the idle ones gives back, less a margin.
pub(crate) fn budget(app: &App) -> u64 {
    fit::budget(inglenook_hardware::memory().free_bytes, app.pool().idle_bytes())
}

/// What was learnt from loads on this machine.
pub(crate) struct Learnt {
    loads: Vec<LoadRecord>,
    /// Bytes a second.
    bandwidth: f64,
    /// The share of the bandwidth that generation reaches, by engine.
    share: HashMap<EngineKind, f64>,
    /// What the kernels of llama.cpp do with weights here.
    repacking: Repacking,
}

impl Learnt {
    /// Reads what is known, and measures the memory the first time.
    ///
    /// # Errors
    /// As every reading of the store.
    pub(crate) async fn read(app: &App) -> Result<Self> {
        let loads = app.store().loads().await?;
        let measuring = tokio::task::spawn_blocking(inglenook_hardware::bandwidth).await;
        let bandwidth = measuring.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
        let share = shares(app, bandwidth).await;
        let used = app.pool().kernels().used;
        let repacking = used.as_deref().map_or_else(Repacking::of_this_processor, Repacking::of_kernels);
        Ok(Self { loads, bandwidth, share, repacking })
    }

    /// How an engine loads a model here.
    pub(crate) fn plan(
        &self,
        engine: EngineKind,
        sizes: &Sizes,
        context: Option<u32>,
        kv_cache: Option<KvCache>,
    ) -> Plan {
        let usual = Plan::usual(engine, sizes, context, kv_cache);
        match engine {
            EngineKind::LlamaCpp => Plan { repacking: self.repacking, ..usual },
            EngineKind::MistralRs => usual,
        }
    }

    /// What earlier loads of the same kind say about an estimate: those of the same architecture and quantisation, else
    /// those of the same architecture.
    fn correction(&self, sizes: &Sizes, engine: EngineKind) -> Correction {
        let alike = |load: &&LoadRecord| load.shown.engine == engine.name() && load.architecture == sizes.architecture;
        let same = |load: &&LoadRecord| alike(load) && load.shown.quantisation == sizes.quantisation;
        // The store has the newest first, and learning wants it last.
        let pairs = |which: &dyn Fn(&&LoadRecord) -> bool| -> Vec<Pair> {
            let mut pairs: Vec<Pair> = self.loads.iter().filter(which).map(pair).collect();
            pairs.reverse();
            pairs
        };
        let exactly = pairs(&same);
        Correction::learn(&if exactly.is_empty() { pairs(&alike) } else { exactly })
    }
}

fn pair(load: &LoadRecord) -> Pair {
    Pair {
        predicted_bytes: load.estimated_bytes,
        exact_bytes: load.exact_bytes,
        measured_bytes: load.shown.measured_bytes,
    }
}

/// How much of the bandwidth each engine was seen to reach: the median of what was measured here.
async fn shares(app: &App, bandwidth: f64) -> HashMap<EngineKind, f64> {
    let library = app.library().await;
    let mut seen: HashMap<EngineKind, Vec<f64>> = HashMap::new();
    for model in &library.models {
        for (engine, speed) in app.engines().speeds(model) {
            let plan = Plan::usual(engine, &model.sizes, Some(512), None);
            // What is tiny computes more than it reads.
            let large = model.size_bytes > 100_000_000;
            let whole = fit::speed(&model.sizes, &plan, Some(bandwidth), Some(1.0)).filter(|_| large);
            if let Some((least, most)) = whole {
                seen.entry(engine).or_default().push(speed.tok_s / f64::midpoint(least, most));
            }
        }
    }
    let median = |mut shares: Vec<f64>| {
        shares.sort_by(f64::total_cmp);
        shares.get(shares.len() / 2).copied()
    };
    seen.into_iter().filter_map(|(engine, shares)| Some((engine, median(shares)?.clamp(0.05, 1.0)))).collect()
}

/// What is asked about a model.
pub(crate) struct Question<'a> {
    pub(crate) sizes: &'a Sizes,
    /// Every engine and why it does not run it, the preferred one first.
    pub(crate) engines: &'a [(EngineKind, Option<String>)],
    /// The engine to count with; `None` takes the first that runs it.
    pub(crate) engine: Option<EngineKind>,
    /// Tokens; `None` takes what models are loaded with here.
    pub(crate) context: Option<u32>,
    pub(crate) kv_cache: Option<KvCache>,
    /// Bytes it may take.
    pub(crate) budget: u64,
}

impl Question<'_> {
    fn plan(&self, learnt: &Learnt) -> Option<Plan> {
        let runs = || self.engines.iter().find(|(_, refusal)| refusal.is_none()).map(|(engine, _)| *engine);
        let engine = self.engine.or_else(runs)?;
        let usual = self.sizes.trained_context.unwrap_or(defaults::CONTEXT_LENGTH).min(defaults::CONTEXT_LENGTH);
        Some(learnt.plan(engine, self.sizes, self.context.or(Some(usual)), self.kv_cache))
    }
}

/// The answer, as the window shows it.
pub(crate) fn fit(question: &Question<'_>, learnt: &Learnt) -> Fit {
    let nothing = Fit {
        verdict: Verdict::Unknown,
        needs_bytes: None,
        loading_bytes: None,
        per_1k_bytes: None,
        budget_bytes: question.budget,
        context: 0,
        longest_context: None,
        speed: None,
        learnt_from: 0,
        engine: None,
        refusal: None,
    };
    let Some(plan) = question.plan(learnt) else {
        let refusal = question.engines.iter().find_map(|(_, refusal)| refusal.clone());
        return Fit { verdict: Verdict::NoEngine, refusal, ..nothing };
    };
    let (sizes, budget) = (question.sizes, question.budget);
    let correction = learnt.correction(sizes, plan.engine);
    let need = correction.apply(&fit::need(sizes, &plan));
    let verdict = match fit::verdict(sizes, &plan, budget, plan.context, Some(correction), None) {
        _ if !sizes.are_known() => Verdict::Unknown,
        fit::Verdict::Fits => Verdict::Fits,
        fit::Verdict::FitsUpTo(tokens) => Verdict::FitsUpTo { tokens },
        fit::Verdict::PartlyOnCpu => Verdict::PartlyOnProcessor,
        fit::Verdict::DoesNotFit => Verdict::DoesNotFit,
        fit::Verdict::NoEngine(_) => Verdict::NoEngine,
    };
    let share = learnt.share.get(&plan.engine).copied();
    let speed = fit::speed(sizes, &plan, Some(learnt.bandwidth), share);
    Fit {
        verdict,
        needs_bytes: Some(need.resident_bytes),
        loading_bytes: Some(need.loading_peak_bytes),
        per_1k_bytes: Some(need.per_1k_context_bytes),
        context: plan.context,
        longest_context: fit::longest_context(sizes, &plan, budget, &correction),
        speed: speed.map(|(from, to)| SpeedRange { from, to }),
        learnt_from: u32::try_from(correction.pairs()).unwrap_or(u32::MAX),
        engine: Some(plan.engine.name().to_owned()),
        ..nothing
    }
}

/// Bytes that a load takes at most, as the guard before it counts; `None` where the header does not say enough.
pub(crate) fn load_bytes(model: &LibraryModel, plan: &Plan, learnt: &Learnt) -> Option<u64> {
    let Need { resident_bytes, loading_peak_bytes, .. } =
        learnt.correction(&model.sizes, plan.engine).apply(&fit::need(&model.sizes, plan));
    model.sizes.are_known().then(|| resident_bytes.max(loading_peak_bytes))
}

/// What the pool tells of loads, for [`keep_records`].
pub(crate) type Loads = mpsc::UnboundedReceiver<(LoadSpec, LoadTook)>;

/// What to tell the pool, and where it arrives.
pub(crate) fn on_loaded() -> (OnLoaded, Loads) {
    let (sender, loads) = mpsc::unbounded_channel();
    let tell = move |spec: &LoadSpec, took| {
        // Whoever keeps the records ends with the application only.
        let _ = sender.send((spec.clone(), took));
    };
    (Arc::new(tell), loads)
}

/// Notes every load until the application ends.
pub(crate) fn keep_records(app: &App, mut loads: Loads) {
    let app = app.clone();
    tokio::spawn(async move {
        while let Some((spec, took)) = loads.recv().await {
            if let Err(error) = record(&app, &spec, took).await {
                tracing::warn!(%error, model = %spec.model, "what a load took could not be noted");
            }
        }
    });
}

/// Notes what a load took beside what was predicted for it, for the estimates to come.
async fn record(app: &App, spec: &LoadSpec, took: LoadTook) -> Result<()> {
    let library = app.library().await;
    let Some(model) = library.find(&spec.model).filter(|model| model.sizes.are_known()) else { return Ok(()) };
    let learnt = Learnt::read(app).await?;
    let kv_cache = spec.load.config.kv_cache;
    let plan = learnt.plan(spec.engine, &model.sizes, Some(took.context_length), kv_cache);
    let need = fit::need(&model.sizes, &plan);
    let predicted = learnt.correction(&model.sizes, spec.engine).apply(&need);
    let Pair { predicted_bytes, exact_bytes, measured_bytes } = Pair::of(&need, took.memory_bytes);
    let shown = FitRecord {
        name: model.name.clone(),
        quantisation: model.quantisation.clone(),
        engine: spec.engine.name().to_owned(),
        context: took.context_length,
        predicted_bytes: predicted.after_load_bytes,
        measured_bytes,
        at: 0,
    };
    let architecture = model.sizes.architecture.clone();
    let load = LoadRecord { shown, architecture, estimated_bytes: predicted_bytes, exact_bytes };
    app.store().record_load(&load).await?;
    app.changes_bus().tell(ChangeTag::Status);
    Ok(())
}

/// What loads were predicted to take, and took; newest first.
///
/// # Errors
/// As every reading of the store.
pub async fn records(app: &App) -> Result<Vec<FitRecord>> {
    Ok(app.store().loads().await?.into_iter().map(|load| load.shown).collect())
}
