//! `POST /api/v1/fit`: whether a model fits this machine, before it is downloaded or loaded.

use std::collections::HashMap;

use axum::Json as Sent;
use axum::extract::State;
use inglenook_app::{hub, serving};
use inglenook_contract::{Fit, HubItem, HubItemState, HubRepoRef};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::load::context_length;
use crate::body::Json;
use crate::error::ApiError;
use crate::state::Serving;

/// What to look at: a repository of the hub, or a model that is here.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct FitRequest {
    /// A repository, `publisher/name`, or its address at the hub.
    #[schema(example = "Qwen/Qwen3-4B-GGUF")]
    repo: Option<String>,
    /// A branch, a tag or a commit of the repository; the main branch unless it is named.
    revision: Option<String>,
    /// Any name of a model that is here, in the place of a repository.
    model: Option<String>,
    /// Tokens of context to count with, for a model that is here; the usual ones unless they are named.
    #[schema(value_type = Option<u32>, minimum = 1)]
    context_length: Option<i64>,
}

/// How it fits.
#[derive(Serialize, ToSchema)]
pub(crate) struct FitResponse {
    /// The repository, where one was asked about.
    #[schema(example = "Qwen/Qwen3-4B-GGUF")]
    repo: Option<String>,
    /// The model by the name it is listed by, where one was asked about.
    model: Option<String>,
    /// As its header names it.
    #[schema(example = "qwen3")]
    architecture: Option<String>,
    /// Number of weights.
    #[schema(example = 4_022_468_096_u64)]
    parameters: Option<u64>,
    /// Tokens it was trained to hold.
    #[schema(example = 40_960)]
    context_length: Option<u32>,
    /// The item to take on this machine.
    #[schema(example = "Qwen3-4B-Q4_K_M")]
    recommended: Option<String>,
    /// Why that one.
    #[schema(example = "The best quality that answers at a pleasant speed here.")]
    reason: Option<String>,
    /// Every item of the repository; for a model that is here, itself.
    items: Vec<ItemFit>,
}

/// How one item fits.
#[derive(Serialize, ToSchema)]
pub(crate) struct ItemFit {
    /// Its name within the repository, as a download takes it.
    #[schema(example = "Qwen3-4B-Q4_K_M")]
    item: String,
    /// How the weights are quantised.
    #[schema(example = "Q4_K_M")]
    quantisation: Option<String>,
    /// Bytes of all its files.
    #[schema(example = 2_497_280_256_u64)]
    size_bytes: Option<u64>,
    /// It is on this machine.
    #[schema(example = false)]
    downloaded: bool,
    /// The answer in a word.
    verdict: Verdict,
    /// Why no engine runs it, where that is the verdict.
    refusal: Option<String>,
    /// The engine that would run it.
    #[schema(example = "llama.cpp")]
    engine: Option<String>,
    /// Bytes of memory it rests at with `counted_context_length`.
    #[schema(example = 3_650_722_201_u64)]
    needs_bytes: Option<u64>,
    /// Bytes it takes at most while it is loaded.
    #[schema(example = 3_650_722_201_u64)]
    loading_bytes: Option<u64>,
    /// Bytes it may take: free now and what unloading idle models gives back, less a margin.
    #[schema(example = 12_884_901_888_u64)]
    budget_bytes: u64,
    /// Tokens of context that are counted with.
    #[schema(example = 8192)]
    counted_context_length: u32,
    /// The longest context that fits; null where not even a short one does.
    #[schema(example = 40_960)]
    longest_context_length: Option<u32>,
    /// How fast it may write; null where nothing is known to tell from.
    tokens_per_second: Option<Speed>,
}

/// Whether a model fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verdict {
    /// With the context that is counted with.
    Fits,
    /// With a shorter context: see `longest_context_length`.
    FitsWithShorterContext,
    /// Not on the graphics card as a whole: a part of it is computed by the processor.
    PartlyOnProcessor,
    /// Not at all.
    DoesNotFit,
    /// No engine here runs it.
    NoEngine,
    /// Its header does not say enough.
    Unknown,
}

/// From and to, tokens a second.
#[derive(Serialize, ToSchema)]
pub(crate) struct Speed {
    /// At least.
    #[schema(example = 9.0)]
    from: f64,
    /// At most.
    #[schema(example = 12.0)]
    to: f64,
}

/// An estimate is no truer for more digits.
fn tenths(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

/// What an item is, beside how it fits.
struct Itself {
    item: String,
    quantisation: Option<String>,
    size_bytes: Option<u64>,
    downloaded: bool,
}

impl Itself {
    fn fits(self, fit: Fit) -> ItemFit {
        use inglenook_contract::Verdict as Told;
        ItemFit {
            item: self.item,
            quantisation: self.quantisation,
            size_bytes: self.size_bytes,
            downloaded: self.downloaded,
            verdict: match fit.verdict {
                Told::Fits => Verdict::Fits,
                Told::FitsUpTo { .. } => Verdict::FitsWithShorterContext,
                Told::PartlyOnProcessor => Verdict::PartlyOnProcessor,
                Told::DoesNotFit => Verdict::DoesNotFit,
                Told::NoEngine => Verdict::NoEngine,
                Told::Unknown => Verdict::Unknown,
            },
            refusal: fit.refusal,
            engine: fit.engine,
            needs_bytes: fit.needs_bytes,
            loading_bytes: fit.loading_bytes,
            budget_bytes: fit.budget_bytes,
            counted_context_length: fit.context,
            longest_context_length: fit.longest_context,
            tokens_per_second: fit.speed.map(|speed| Speed { from: tenths(speed.from), to: tenths(speed.to) }),
        }
    }
}

/// Tell whether a model fits.
///
/// Into the memory of this machine, before it is downloaded or loaded. For a repository of the hub one header is read, a few megabytes, and every item of it is judged; name it by `repo`.
/// For a model that is here, name it by `model`.
#[utoipa::path(
    post,
    path = "/api/v1/fit",
    operation_id = "fit",
    tag = "Machine",
    request_body(content = FitRequest, example = json!({ "repo": "Qwen/Qwen3-4B-GGUF" })),
    responses(
        (status = 200, description = "How it fits", body = FitResponse),
        (status = 404, description = "There is no such repository or model", body = super::openapi::Error),
        (status = 502, description = "The hub was not reached, or may not be asked", body = super::openapi::Error)
    )
)]
pub(crate) async fn fit(
    State(serving): State<Serving>,
    Json(asked): Json<FitRequest>,
) -> Result<Sent<FitResponse>, ApiError> {
    let context = context_length(asked.context_length)?;
    match (asked.repo, asked.model) {
        (Some(repo), None) if context.is_none() => of_repo(&serving, &repo, asked.revision).await.map(Sent),
        (Some(_), None) => {
            let words = "context_length goes with a model that is here; for a repository, every item's \
                         longest_context_length says what fits.";
            Err(ApiError::invalid_param("context_length", words))
        }
        (None, Some(model)) => of_model(&serving, &model, context).await.map(Sent),
        _ => Err(ApiError::invalid("Name either a repository, as repo, or a model that is here, as model.")),
    }
}

async fn of_repo(serving: &Serving, repo: &str, revision: Option<String>) -> Result<FitResponse, ApiError> {
    let app = serving.app();
    let linked = hub::linked(app, repo).await?;
    let asked = HubRepoRef { revision: revision.or(linked.revision), ..linked };
    let fits = hub::fits(app, &asked).await?;
    let items = hub::items(app, &asked).await?;
    let mut by_name: HashMap<String, HubItem> = items.into_iter().map(|item| (item.item.clone(), item)).collect();
    let items = fits.items.into_iter().map(|one| {
        let known = by_name.remove(&one.item);
        let here = |item: &HubItem| matches!(item.state, HubItemState::Here { .. });
        let itself = Itself {
            item: one.item,
            size_bytes: known.as_ref().map(|item| item.size_bytes),
            downloaded: known.as_ref().is_some_and(here),
            quantisation: known.and_then(|item| item.quantisation),
        };
        itself.fits(one.fit)
    });
    Ok(FitResponse {
        repo: Some(asked.repo),
        model: None,
        architecture: fits.architecture,
        parameters: fits.parameters,
        context_length: fits.context_length,
        recommended: fits.recommended,
        reason: fits.reason,
        items: items.collect(),
    })
}

async fn of_model(serving: &Serving, name: &str, context: Option<u32>) -> Result<FitResponse, ApiError> {
    let (served, fit) = serving::fit(serving.app(), name, context).await?;
    let model = served.model;
    let itself = Itself {
        item: served.name.clone(),
        quantisation: model.quantisation,
        size_bytes: Some(model.size_bytes),
        downloaded: true,
    };
    Ok(FitResponse {
        repo: None,
        model: Some(served.name),
        architecture: Some(model.architecture),
        parameters: model.parameters,
        context_length: model.context_length,
        recommended: None,
        reason: None,
        items: vec![itself.fits(fit)],
    })
}
