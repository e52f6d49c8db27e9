//! What is here: `GET /`, `/api/version`, `/api/tags`, `/api/ps` and `POST /api/show`.

use axum::Json as Sent;
use axum::extract::State;
use inglenook_app::serving::{self, Described, Served};
use inglenook_contract::{Model, ModelFormat, ModelState, Parameters};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::{Named, moment, moment_ms};
use crate::body::Json;
use crate::error::ApiError;
use crate::state::Serving;

/// The release of Ollama whose answers these are like: the first with everything that is served here, probabilities of
/// tokens and Anthropic's messages among it. Programs compare it with the release that they need.
const VERSION: &str = "0.14.0";

/// Nanoseconds for which a model stays that is never unloaded: as long as Ollama can say.
const FOR_EVER: time::Duration = time::Duration::nanoseconds(i64::MAX);

/// Programs look for these words.
pub(crate) async fn root() -> &'static str {
    "Ollama is running"
}

pub(crate) async fn version() -> Sent<Value> {
    Sent(json!({ "version": VERSION }))
}

#[derive(Serialize)]
struct Listed {
    name: String,
    model: String,
    modified_at: String,
    size: u64,
    digest: String,
    details: Details,
    capabilities: Vec<&'static str>,
}

#[derive(Clone, Debug, Serialize)]
struct Details {
    parent_model: &'static str,
    format: &'static str,
    family: String,
    families: Vec<String>,
    parameter_size: String,
    quantization_level: String,
}

impl Details {
    fn of(model: &Model) -> Self {
        let format = match model.format {
            ModelFormat::Gguf => "gguf",
            ModelFormat::Safetensors => "safetensors",
        };
        Self {
            parent_model: "",
            format,
            family: model.architecture.clone(),
            families: vec![model.architecture.clone()],
            parameter_size: model.parameters.map(parameter_size).unwrap_or_default(),
            quantization_level: model.quantisation.clone().unwrap_or_default(),
        }
    }
}

/// `4.0B`, `638.0M`, `12.3K`.
#[expect(clippy::cast_precision_loss, reason = "one decimal is shown")]
fn parameter_size(parameters: u64) -> String {
    match parameters {
        0..1_000 => parameters.to_string(),
        1_000..1_000_000 => format!("{:.1}K", parameters as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1}M", parameters as f64 / 1e6),
        _ => format!("{:.1}B", parameters as f64 / 1e9),
    }
}

/// A name as Ollama shows it: always with a tag, which programs split off. It is understood with it and without.
fn tagged(name: &str) -> String {
    if name.contains(':') { name.to_owned() } else { format!("{name}:latest") }
}

/// What a model can do, as far as Ollama has words for it.
fn capabilities(model: &Model) -> Vec<&'static str> {
    if model.embeds {
        return vec!["embedding"];
    }
    let abilities = [(true, "completion"), (model.tools, "tools"), (model.thinks, "thinking")];
    abilities.into_iter().filter(|(can, _)| *can).map(|(_, word)| word).collect()
}

/// A model by every one of its names: a copy, as Ollama calls it, is listed as a model of its own.
fn names(served: &Served) -> impl Iterator<Item = String> {
    std::iter::once(&served.name).chain(&served.aliases).map(|name| tagged(name))
}

pub(crate) async fn tags(State(serving): State<Serving>) -> Result<Sent<Value>, ApiError> {
    let mut models = Vec::new();
    for served in serving::models(serving.app()).await? {
        let modified_at = moment_ms(serving::modified_at(&served.model).await);
        models.extend(names(&served).map(|name| Listed {
            model: name.clone(),
            name,
            modified_at: modified_at.clone(),
            size: served.model.size_bytes,
            digest: serving::digest(&served.model),
            details: Details::of(&served.model),
            capabilities: capabilities(&served.model),
        }));
    }
    Ok(Sent(json!({ "models": models })))
}

#[derive(Serialize)]
struct Running {
    name: String,
    model: String,
    size: u64,
    digest: String,
    details: Details,
    expires_at: String,
    /// Bytes on a graphics card; every engine here computes on the processor.
    size_vram: u64,
    context_length: u32,
}

pub(crate) async fn ps(State(serving): State<Serving>) -> Result<Sent<Value>, ApiError> {
    let served = serving::models(serving.app()).await?;
    let running: Vec<Running> = served.into_iter().filter_map(running).collect();
    Ok(Sent(json!({ "models": running })))
}

fn running(served: Served) -> Option<Running> {
    let ModelState::Ready { context_length, memory_bytes, unload_at } = served.model.state else { return None };
    let name = tagged(&served.name);
    Some(Running {
        model: name.clone(),
        name,
        size: memory_bytes,
        digest: serving::digest(&served.model),
        details: Details::of(&served.model),
        expires_at: unload_at.map_or_else(|| moment(OffsetDateTime::now_utc() + FOR_EVER), moment_ms),
        size_vram: 0,
        context_length,
    })
}

/// Which model, and how much of it.
#[derive(Debug, Deserialize)]
pub(crate) struct ShowRequest {
    #[serde(flatten)]
    named: Named,
    verbose: Option<bool>,
}

#[derive(Serialize)]
pub(crate) struct Shown {
    modelfile: String,
    parameters: String,
    template: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    license: Option<String>,
    details: Details,
    model_info: Map<String, Value>,
    capabilities: Vec<&'static str>,
    modified_at: String,
}

pub(crate) async fn show(
    State(serving): State<Serving>,
    Json(request): Json<ShowRequest>,
) -> Result<Sent<Shown>, ApiError> {
    let whole = request.verbose.unwrap_or(false);
    let described = serving::describe(serving.app(), request.named.name()?, whole).await?;
    let modified_at = moment_ms(serving::modified_at(&described.served.model).await);
    Ok(Sent(shown(described, modified_at)))
}

fn shown(described: Described, modified_at: String) -> Shown {
    let Described { served, entries, template, licence } = described;
    let (template, parameters) = (template.unwrap_or_default(), parameters(&served.model.defaults));
    Shown {
        modelfile: modelfile(&tagged(&served.name), &template, &parameters),
        parameters: parameters.iter().map(|(name, value)| format!("{name:<30} {value}\n")).collect(),
        template,
        license: licence,
        details: Details::of(&served.model),
        model_info: entries,
        capabilities: capabilities(&served.model),
        modified_at,
    }
}

/// What holds for answers where a request says nothing, by Ollama's names.
fn parameters(defaults: &Parameters) -> Vec<(&'static str, String)> {
    let number = |name, value: Option<f64>| value.map(|value| (name, value.to_string()));
    let knobs = [
        number("temperature", defaults.temperature),
        number("top_p", defaults.top_p),
        number("top_k", defaults.top_k.map(f64::from)),
        number("min_p", defaults.min_p),
        number("repeat_penalty", defaults.repeat_penalty),
        number("num_ctx", defaults.context_length.map(f64::from)),
    ];
    knobs.into_iter().flatten().collect()
}

/// The file that would make this model in Ollama, apart from its template: that one is Jinja, Ollama's are Go's.
fn modelfile(name: &str, template: &str, parameters: &[(&str, String)]) -> String {
    let mut file = format!("FROM {name}\nTEMPLATE \"\"\"{template}\"\"\"\n");
    file.extend(parameters.iter().map(|(name, value)| format!("PARAMETER {name} {value}\n")));
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_a_tag_and_keeps_its_own() {
        assert_eq!(tagged("pocket"), "pocket:latest");
        assert_eq!(tagged("qwen3-4b:q4_k_m"), "qwen3-4b:q4_k_m");
    }

    #[test]
    fn sizes_are_rounded_as_ollama_does() {
        let sizes = [0, 999, 12_345, 638_000_000, 4_022_468_096].map(parameter_size);
        assert_eq!(sizes, ["0", "999", "12.3K", "638.0M", "4.0B"]);
    }

    #[test]
    fn a_modelfile_says_what_holds() {
        let defaults = Parameters { temperature: Some(0.7), top_k: Some(40), ..Parameters::default() };
        let file = modelfile("pocket:latest", "{{ messages }}", &parameters(&defaults));
        let expected =
            "FROM pocket:latest\nTEMPLATE \"\"\"{{ messages }}\"\"\"\nPARAMETER temperature 0.7\nPARAMETER top_k 40\n";
        assert_eq!(file, expected);
    }

    #[test]
    fn what_never_expires_can_be_told() {
        let at = moment(OffsetDateTime::now_utc() + FOR_EVER);
        assert!(at.starts_with("23") && at.ends_with('Z'), "{at}");
    }
}
