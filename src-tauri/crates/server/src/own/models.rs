//! `/api/v1/models`: what is here and how it stands, and deleting it.

use axum::Json as Sent;
use axum::extract::{Path, State};
use inglenook_app::serving::{self, Served};
use inglenook_contract::{ModelFormat, ModelState};
use serde::Serialize;
use utoipa::ToSchema;

use super::moment;
use crate::error::ApiError;
use crate::state::Serving;

/// Every model.
#[derive(Serialize, ToSchema)]
pub(crate) struct Models {
    /// By name.
    models: Vec<Model>,
}

/// A model on this machine.
#[derive(Serialize, ToSchema)]
pub(crate) struct Model {
    /// The name to ask for it by, everywhere.
    #[schema(example = "qwen3-4b")]
    name: String,
    /// Further names, of the person's own making.
    aliases: Vec<String>,
    /// Its name for people.
    #[schema(example = "Qwen3 4B")]
    title: String,
    /// How the weights are stored.
    format: Format,
    /// As its header names it.
    #[schema(example = "qwen3")]
    architecture: String,
    /// Number of weights.
    #[schema(example = 4_022_468_096_u64)]
    parameters: Option<u64>,
    /// How the weights are quantised.
    #[schema(example = "Q4_K_M")]
    quantisation: Option<String>,
    /// Bytes on disk.
    #[schema(example = 2_497_280_256_u64)]
    size_bytes: u64,
    /// Tokens it was trained to hold.
    #[schema(example = 40_960)]
    context_length: Option<u32>,
    /// What it can do.
    capabilities: Capabilities,
    /// The repository that it was downloaded from.
    #[schema(example = "Qwen/Qwen3-4B-GGUF")]
    source: Option<String>,
    /// The engine that runs it; null where none can.
    #[schema(example = "llama.cpp")]
    engine: Option<String>,
    /// Why no engine runs it.
    unsupported: Option<String>,
    /// Where it stands.
    state: Standing,
    /// How it is loaded; null unless its state is `ready`.
    loaded: Option<LoadedAs>,
    /// How far loading has come, 0 to 1, while that can be told.
    loading: Option<f64>,
    /// Why it could not be loaded the last time, where its state is `failed`.
    error: Option<String>,
    /// When it last answered.
    #[schema(format = DateTime)]
    last_used_at: Option<String>,
}

/// How weights are stored.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Format {
    /// One GGUF file, or several that belong together.
    Gguf,
    /// A folder with `config.json` and safetensors files.
    Safetensors,
}

/// What a model can do.
#[derive(Serialize, ToSchema)]
pub(crate) struct Capabilities {
    /// It answers in a conversation.
    #[schema(example = true)]
    chat: bool,
    /// It knows tools.
    #[schema(example = true)]
    tools: bool,
    /// It can reason aloud.
    #[schema(example = true)]
    thinking: bool,
    /// It makes embeddings.
    embeddings: bool,
}

/// Where a model stands between disk and memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ModelState, example = "ready")]
pub(crate) enum Standing {
    /// On disk only.
    Unloaded,
    /// On its way into memory.
    Loading,
    /// Ready to answer.
    Ready,
    /// The last attempt to load it failed.
    Failed,
    /// Its disk is not connected.
    Away,
}

/// How a model is loaded.
#[derive(Serialize, ToSchema)]
pub(crate) struct LoadedAs {
    /// Tokens it holds.
    #[schema(example = 8192)]
    context_length: u32,
    /// Bytes its process takes.
    #[schema(example = 3_650_722_201_u64)]
    memory_bytes: u64,
    /// When it is unloaded unless somebody asks it something; null for never.
    #[schema(format = DateTime)]
    unload_at: Option<String>,
}

impl From<Served> for Model {
    fn from(served: Served) -> Self {
        let Served { name, aliases, model } = served;
        let (state, loaded, loading, error) = match model.state {
            ModelState::Unloaded => (Standing::Unloaded, None, None, None),
            ModelState::Away => (Standing::Away, None, None, None),
            ModelState::Loading { fraction } => (Standing::Loading, None, fraction, None),
            ModelState::Failed { error } => (Standing::Failed, None, None, Some(error.message)),
            ModelState::Ready { context_length, memory_bytes, unload_at } => {
                let unload_at = unload_at.and_then(moment);
                (Standing::Ready, Some(LoadedAs { context_length, memory_bytes, unload_at }), None, None)
            }
        };
        Self {
            name,
            aliases,
            title: model.name,
            format: match model.format {
                ModelFormat::Gguf => Format::Gguf,
                ModelFormat::Safetensors => Format::Safetensors,
            },
            architecture: model.architecture,
            parameters: model.parameters,
            quantisation: model.quantisation,
            size_bytes: model.size_bytes,
            context_length: model.context_length,
            capabilities: Capabilities {
                chat: model.engine.is_some() && model.unsupported.is_none(),
                tools: model.tools,
                thinking: model.thinks,
                embeddings: model.embeds,
            },
            source: model.origin.map(|origin| origin.repo),
            engine: model.engine,
            unsupported: model.unsupported.map(|reason| reason.message),
            state,
            loaded,
            loading,
            error,
            last_used_at: model.last_used_at.and_then(moment),
        }
    }
}

/// List the models.
///
/// All on this machine, with what it is, what it can do and whether it is in memory; those too that no engine here runs.
#[utoipa::path(
    get,
    path = "/api/v1/models",
    operation_id = "list_models",
    tag = "Models",
    responses((status = 200, description = "The models", body = Models))
)]
pub(crate) async fn list(State(serving): State<Serving>) -> Result<Sent<Models>, ApiError> {
    let all = serving::all(serving.app()).await?;
    Ok(Sent(Models { models: all.into_iter().map(Model::from).collect() }))
}

/// A model that was deleted.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeletedModel {
    /// Always `deleted`.
    #[schema(example = "deleted")]
    status: &'static str,
    /// The name it was listed by.
    #[schema(example = "qwen3-4b")]
    model: String,
    /// Bytes that came back.
    #[schema(example = 2_497_280_256_u64)]
    freed_bytes: u64,
}

/// Delete a model.
///
/// Its files are gone for good. It is unloaded first. The name has to be whole, as it is listed, an alias or its identifier: one that could mean
/// several models deletes none. Models that ship with Inglenook or belong to another program stay.
#[utoipa::path(
    delete,
    path = "/api/v1/models/{name}",
    operation_id = "delete_model",
    tag = "Models",
    params(("name" = String, Path, description = "The model's whole name", example = "qwen3-4b")),
    responses(
        (status = 200, description = "Its files are gone", body = DeletedModel),
        (status = 400, description = "The name is not whole, or the model is not to be deleted here",
            body = super::openapi::Error),
        (status = 404, description = "There is no such model", body = super::openapi::Error)
    )
)]
pub(crate) async fn delete(
    State(serving): State<Serving>,
    Path(name): Path<String>,
) -> Result<Sent<DeletedModel>, ApiError> {
    let (served, freed) = serving::delete(serving.app(), &name).await?;
    Ok(Sent(DeletedModel { status: "deleted", model: served.name, freed_bytes: freed.bytes }))
}

#[cfg(test)]
mod tests {
    use inglenook_contract::{ErrorCode, ErrorInfo, FolderOwner};
    use serde_json::{Value, json};

    use super::*;

    fn told(state: ModelState) -> Value {
        let model = inglenook_contract::Model {
            id: "9cdc97bf12f64e20".into(),
            name: "Pocket".into(),
            format: ModelFormat::Gguf,
            path: "/home/ann/secret/pocket.gguf".into(),
            files: 1,
            size_bytes: 5,
            architecture: "qwen3".into(),
            parameters: Some(7),
            quantisation: Some("Q8_0".into()),
            context_length: Some(2048),
            thinks: true,
            tools: false,
            owner: FolderOwner::Own,
            origin: None,
            update: None,
            verifiable: false,
            undeletable: None,
            engine: Some("llama.cpp".into()),
            engine_reason: String::new(),
            engines: Vec::new(),
            unsupported: None,
            embeds: false,
            takes: Vec::new(),
            defaults: Default::default(),
            state,
            last_used_at: None,
        };
        let served = Served { name: "pocket".into(), aliases: vec!["gpt-4o".into()], model };
        serde_json::to_value(Model::from(served)).expect("JSON")
    }

    #[test]
    fn a_model_is_told_without_where_it_lies() {
        let told = told(ModelState::Unloaded);
        assert_eq!((&told["name"], &told["aliases"]), (&json!("pocket"), &json!(["gpt-4o"])));
        assert_eq!((&told["state"], &told["loaded"]), (&json!("unloaded"), &Value::Null));
        assert_eq!(
            told["capabilities"],
            json!({ "chat": true, "tools": false, "thinking": true, "embeddings": false })
        );
        assert!(!told.to_string().contains("ann"), "no path of the person's disk: {told}");
    }

    #[test]
    fn a_loaded_model_tells_what_it_takes_and_until_when() {
        let ready = ModelState::Ready { context_length: 512, memory_bytes: 9, unload_at: Some(60_000) };
        let told = told(ready);
        assert_eq!(told["state"], "ready");
        let loaded = json!({ "context_length": 512, "memory_bytes": 9, "unload_at": "1970-01-01T00:01:00Z" });
        assert_eq!(told["loaded"], loaded);
    }

    #[test]
    fn a_failure_is_told_in_words_alone() {
        let error = ErrorInfo::new(ErrorCode::ModelDamaged, "The file is cut.").with_detail("/home/ann/secret");
        let told = told(ModelState::Failed { error });
        assert_eq!((&told["state"], &told["error"]), (&json!("failed"), &json!("The file is cut.")));
        assert!(!told.to_string().contains("ann"), "{told}");
    }
}
