//! Embedding models: folders that describe, in `modules.json`, what follows the layers.

use std::path::Path;

use candle_core::Device;
use inglenook_worker::WorkerError;
use inglenook_worker::load::{require_readable, text_if_there};
use mistralrs_core::{
    AdapterPaths, DeviceMapSetting, EmbeddingLoaderBuilder, EmbeddingModelPaths, EmbeddingSpecificConfig, IsqType,
    ModelDType, ModelPaths,
};
use serde_json::{Map, Value, json};

use super::from_engine;
use super::safetensors::Folder;
use super::staging::Staging;
use crate::embed::Embedder;

/// Whether the folder holds an embedding model.
pub(super) fn is_one(folder: &Path) -> bool {
    folder.join("modules.json").is_file()
}

/// Loads an embedding model.
pub(super) fn load(folder: Folder, isq: Option<IsqType>, context: Option<u32>) -> Result<Embedder, WorkerError> {
    let staging = Staging::new()?;
    let modules = modules(&folder.path)?;
    let paths: Box<dyn ModelPaths> = Box::new(EmbeddingModelPaths {
        tokenizer_filename: folder.tokenizer_file.clone(),
        config_filename: staging.write("config.json", &Value::Object(folder.config.clone()).to_string())?,
        // The engine's type has no public name; it reads itself from JSON.
        modules: serde_json::from_value(modules).map_err(|error| damaged(&error.to_string()))?,
        filenames: folder.weights.clone(),
        adapter_paths: AdapterPaths::None,
    });
    let id = folder.path.to_string_lossy().into_owned();
    let pipeline = EmbeddingLoaderBuilder::new(EmbeddingSpecificConfig::default(), None, Some(id))
        .build(None)
        .load_model_from_path(&paths, &ModelDType::F32, &Device::Cpu, true, DeviceMapSetting::dummy(), isq, None)
        .map_err(|error| from_engine(&error))?;
    let trained = folder.trained_context();
    let context = context.map_or(trained, |n| (n as usize).min(trained));
    Embedder::new(pipeline, folder.tokenizer.clone(), folder.architecture(), context)
}

/// What follows the layers, in the engine's form.
fn modules(folder: &Path) -> Result<Value, WorkerError> {
    let text = text_if_there(&folder.join("modules.json"))?.unwrap_or_default();
    let listed: Vec<Map<String, Value>> = serde_json::from_str(&text).map_err(|error| damaged(&error.to_string()))?;
    let modules: Vec<Value> = listed.iter().map(|module| one(folder, module)).collect::<Result<_, _>>()?;
    let first_is_the_model = modules.first().is_some_and(|first| first.get("Transformer").is_some());
    if !first_is_the_model {
        return Err(WorkerError::ModelUnsupported { why: "its parts come in an unusual order".into(), detail: None });
    }
    Ok(modules.into())
}

fn one(folder: &Path, module: &Map<String, Value>) -> Result<Value, WorkerError> {
    let text = |key: &str| module.get(key).and_then(Value::as_str).unwrap_or_default();
    let path = text("path");
    if path.contains("..") || path.starts_with('/') {
        return Err(damaged("a part of it lies outside of its folder"));
    }
    let file = |name: &str| {
        let file = folder.join(path).join(name);
        require_readable(&file).map(|()| file)
    };
    Ok(match text("type").rsplit('.').next().unwrap_or_default() {
        "Transformer" => json!({"Transformer": {"path": path}}),
        "Pooling" => json!({"Pooling": {"path": path, "config": file("config.json")?}}),
        "Dense" => {
            json!({"Dense": {"path": path, "config": file("config.json")?, "model": file("model.safetensors")?}})
        }
        "Normalize" => json!({"Normalize": {"path": path}}),
        other => {
            let why = format!("it does not know the part {other} of it");
            return Err(WorkerError::ModelUnsupported { why, detail: None });
        }
    })
}

fn damaged(why: &str) -> WorkerError {
    WorkerError::ModelDamaged { why: "its modules.json cannot be read".into(), detail: Some(why.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_translated_and_may_not_lie_elsewhere() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("1_Pooling")).unwrap();
        std::fs::write(folder.path().join("1_Pooling/config.json"), "{}").unwrap();
        let write = |modules: Value| std::fs::write(folder.path().join("modules.json"), modules.to_string()).unwrap();
        let model = json!({"path": "", "type": "sentence_transformers.models.Transformer"});
        write(json!([model, {"path": "1_Pooling", "type": "sentence_transformers.models.Pooling"}]));
        let modules = modules(folder.path()).unwrap();
        assert_eq!(modules[0], json!({"Transformer": {"path": ""}}));
        assert!(modules[1]["Pooling"]["config"].as_str().unwrap().ends_with("config.json"));
        write(json!([model, {"path": "../1_Pooling", "type": "x.Pooling"}]));
        assert!(matches!(super::modules(folder.path()), Err(WorkerError::ModelDamaged { .. })));
        write(json!([model, {"path": "", "type": "x.Dreams"}]));
        assert!(matches!(super::modules(folder.path()), Err(WorkerError::ModelUnsupported { .. })));
    }
}
