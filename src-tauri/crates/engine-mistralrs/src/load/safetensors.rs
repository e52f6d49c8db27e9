//! Folders with `config.json` and safetensors files.

use std::fs;
use std::io::{BufReader, Read as _};
use std::path::{Path, PathBuf};

use candle_core::Device;
use inglenook_engine::protocol::Load;
use inglenook_worker::WorkerError;
use inglenook_worker::load::{Facts, Progress, from_disk, require, require_readable, text_if_there};
use inglenook_worker::template::SpecialTokens;
use mistralrs_core::{
    AdapterPaths, DeviceMapSetting, LocalModelPaths, ModelDType, ModelPaths, NormalLoaderBuilder, NormalSpecificConfig,
    parse_isq_value,
};
use serde_json::{Map, Value};
use tokenizers::Tokenizer;

use super::config::with_older_names;
use super::staging::Staging;
use super::{Read, TokenSource, embedding, from_engine};

/// Bytes of the longest header that the engine's reader takes.
const LONGEST_HEADER: u64 = 100_000_000;

/// What a folder holds.
pub(super) struct Folder {
    /// Where it is.
    pub(super) path: PathBuf,
    /// `config.json`, with the names that the engine knows.
    pub(super) config: Map<String, Value>,
    /// The files with weights.
    pub(super) weights: Vec<PathBuf>,
    /// `tokenizer.json`.
    pub(super) tokenizer_file: PathBuf,
    /// The same, read.
    pub(super) tokenizer: Tokenizer,
}

/// Loads a model from its folder.
pub(super) fn load(request: &Load, progress: &mut Progress) -> Result<Read, WorkerError> {
    let folder = Folder::open(&request.path)?;
    let isq = match &request.config.isq {
        Some(name) => Some(parse_isq_value(name, Some(&Device::Cpu)).map_err(|error| {
            tracing::warn!(%error, "quantisation");
            WorkerError::invalid(format!("The engine does not know the quantisation {name}."))
        })?),
        None => None,
    };
    let needed = needed(&folder.weights, isq.is_some());
    require(needed)?;
    progress.weights(needed);
    if embedding::is_one(&folder.path) {
        let embedder = embedding::load(folder, isq, request.config.context_length)?;
        return Ok(Read::Embedder(Box::new(embedder)));
    }
    let facts = folder.facts()?;
    let tokens = TokenSource::File(Box::new(folder.tokenizer.clone()));
    let staging = Staging::new()?;
    let paths: Box<dyn ModelPaths> = Box::new(LocalModelPaths {
        tokenizer_filename: folder.tokenizer_file,
        config_filename: staging.write("config.json", &Value::Object(folder.config).to_string())?,
        template_filename: Some(staging.silent_template()?),
        filenames: folder.weights,
        adapter_paths: AdapterPaths::None,
        gen_conf: None,
        preprocessor_config: None,
        processor_config: None,
        chat_template_json_filename: None,
    });
    let id = folder.path.to_string_lossy().into_owned();
    let builder = NormalLoaderBuilder::new(NormalSpecificConfig::default(), None, None, Some(id), false, None);
    let pipeline = builder
        .build(None)
        // 32 bits on a processor: candle multiplies no matrices of 16-bit brain floats there at all.
        .and_then(|loader| {
            let map = DeviceMapSetting::dummy();
            loader.load_model_from_path(&paths, &ModelDType::F32, &Device::Cpu, true, map, isq, None)
        })
        .map_err(|error| from_engine(&error))?;
    Ok(Read::Writer { pipeline, facts: Box::new(facts), tokens })
}

/// Bytes of memory that the weights will take: all become 32 bits, see above; quantised while loading they stay
/// below what they were.
fn needed(weights: &[PathBuf], quantised: bool) -> u64 {
    let of = |file: &PathBuf| {
        let on_disk = fs::metadata(file).map_or(0, |about| about.len());
        // The engine finds the words for a file whose header cannot be read.
        if quantised { on_disk } else { unpacked(file, on_disk).unwrap_or(on_disk) }
    };
    weights.iter().map(of).fold(0, u64::saturating_add)
}

/// Bytes of a file's weights in 32 bits, by its header; `None` if that cannot be read.
fn unpacked(file: &Path, on_disk: u64) -> Option<u64> {
    let mut file = fs::File::open(file).ok()?;
    let mut length = [0; 8];
    file.read_exact(&mut length).ok()?;
    let length = u64::from_le_bytes(length);
    if length > on_disk.min(LONGEST_HEADER) {
        return None;
    }
    let header: Map<String, Value> = serde_json::from_reader(BufReader::new(file.take(length))).ok()?;
    let elements = |tensor: &Value| {
        let shape = tensor.get("shape")?.as_array()?;
        shape.iter().try_fold(1u64, |n, dimension| n.checked_mul(dimension.as_u64()?))
    };
    let elements = header.values().filter_map(elements).fold(0, u64::saturating_add);
    Some(elements.saturating_mul(4))
}

impl Folder {
    /// Looks at a folder and reads all but the weights.
    fn open(path: &Path) -> Result<Self, WorkerError> {
        require_readable(path)?;
        let mut config = object(&path.join("config.json"))?.ok_or_else(|| WorkerError::ModelUnsupported {
            why: "the folder has no config.json".into(),
            detail: None,
        })?;
        with_older_names(&mut config);
        let weights = weights(path)?;
        let tokenizer_file = path.join("tokenizer.json");
        require_readable(&tokenizer_file)?;
        let tokenizer = Tokenizer::from_file(&tokenizer_file).map_err(|error| WorkerError::ModelDamaged {
            why: "its tokenizer.json cannot be read".into(),
            detail: Some(error.to_string()),
        })?;
        Ok(Self { path: path.to_owned(), config, weights, tokenizer_file, tokenizer })
    }

    /// Architecture as the configuration names it.
    pub(super) fn architecture(&self) -> String {
        self.config.get("model_type").and_then(Value::as_str).unwrap_or("unknown").to_owned()
    }

    /// Tokens that the model was trained for.
    pub(super) fn trained_context(&self) -> usize {
        let text = self.config.get("text_config").and_then(Value::as_object).unwrap_or(&self.config);
        let number = |key: &str| text.get(key).and_then(Value::as_u64).map(|n| n as usize);
        number("max_position_embeddings").or_else(|| number("n_positions")).unwrap_or(4096)
    }

    fn facts(&self) -> Result<Facts, WorkerError> {
        let tokens = object(&self.path.join("tokenizer_config.json"))?.unwrap_or_default();
        let generation = object(&self.path.join("generation_config.json"))?.unwrap_or_default();
        let special = SpecialTokens {
            bos: token_name(&tokens, "bos_token"),
            eos: token_name(&tokens, "eos_token"),
            unk: token_name(&tokens, "unk_token"),
            pad: token_name(&tokens, "pad_token"),
        };
        let configs = [&self.config, &generation];
        let mut ends: Vec<u32> = configs.iter().flat_map(|map| ids(map.get("eos_token_id"))).collect();
        ends.extend(self.tokenizer.token_to_id(&special.eos));
        Ok(Facts {
            architecture: self.architecture(),
            trained_context: self.trained_context(),
            template: template(&self.path, &tokens)?,
            special,
            ends,
            text_prefix: self.tokenizer.encode("", true).map(|e| e.get_ids().to_vec()).unwrap_or_default(),
        })
    }
}

/// The files with weights: those that the index names, or all there are.
fn weights(folder: &Path) -> Result<Vec<PathBuf>, WorkerError> {
    let mut names: Vec<String> = match object(&folder.join("model.safetensors.index.json"))? {
        Some(index) => {
            let map = index.get("weight_map").and_then(Value::as_object);
            map.map(|map| map.values().filter_map(Value::as_str).map(str::to_owned).collect()).unwrap_or_default()
        }
        None => {
            let entries = fs::read_dir(folder).map_err(|error| from_disk(folder, &error))?;
            let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
            names.filter(|name| name.ends_with(".safetensors") && !name.starts_with("consolidated")).collect()
        }
    };
    names.sort();
    names.dedup();
    if names.is_empty() {
        return Err(WorkerError::ModelUnsupported { why: "the folder has no safetensors files".into(), detail: None });
    }
    if let Some(name) = names.iter().find(|name| name.contains(['/', '\\'])) {
        return Err(WorkerError::ModelDamaged {
            why: "its index names a file outside of the folder".into(),
            detail: Some(name.clone()),
        });
    }
    let files: Vec<PathBuf> = names.iter().map(|name| folder.join(name)).collect();
    files.iter().try_for_each(|file| require_readable(file))?;
    Ok(files)
}

/// The chat template: a file of its own, or a part of the tokenizer's configuration.
fn template(folder: &Path, tokens: &Map<String, Value>) -> Result<Option<String>, WorkerError> {
    if let Some(text) = text_if_there(&folder.join("chat_template.jinja"))? {
        return Ok(Some(text));
    }
    let own = object(&folder.join("chat_template.json"))?.unwrap_or_default();
    let found = [own.get("chat_template"), tokens.get("chat_template")].into_iter().flatten().find_map(|t| match t {
        Value::String(text) => Some(text.clone()),
        // Several by name: the ordinary one. The one for tools is used where it is the only one.
        Value::Array(named) => {
            let by_name = |name: &str| named.iter().find(|t| t.get("name").and_then(Value::as_str) == Some(name));
            let chosen = by_name("default").or_else(|| by_name("tool_use")).or_else(|| named.first())?;
            chosen.get("template")?.as_str().map(str::to_owned)
        }
        _ => None,
    });
    Ok(found)
}

/// A special token's name: written alone, or as an object with its content.
fn token_name(tokens: &Map<String, Value>, key: &str) -> String {
    let value = tokens.get(key);
    let text = value.and_then(|v| v.as_str().or_else(|| v.get("content")?.as_str()));
    text.unwrap_or_default().to_owned()
}

/// One number or a list of them.
fn ids(value: Option<&Value>) -> Vec<u32> {
    match value {
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_u64).map(|id| id as u32).collect(),
        Some(one) => one.as_u64().map(|id| id as u32).into_iter().collect(),
        None => Vec::new(),
    }
}

/// A JSON file with an object in it; `None` if it is not there.
fn object(path: &Path) -> Result<Option<Map<String, Value>>, WorkerError> {
    let Some(text) = text_if_there(path)? else { return Ok(None) };
    serde_json::from_str(&text).map(Some).map_err(|error| WorkerError::ModelDamaged {
        why: format!("its {} cannot be read", path.file_name().unwrap_or_default().to_string_lossy()),
        detail: Some(error.to_string()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn token_names_and_ids_come_in_two_shapes() {
        let Value::Object(tokens) = json!({"bos_token": "<s>", "eos_token": {"content": "</s>"}}) else {
            unreachable!()
        };
        assert_eq!(
            (token_name(&tokens, "bos_token").as_str(), token_name(&tokens, "eos_token").as_str()),
            ("<s>", "</s>")
        );
        assert_eq!(token_name(&tokens, "pad_token"), "");
        assert_eq!(ids(Some(&json!([1, 2]))), [1, 2]);
        assert_eq!(ids(Some(&json!(3))), [3]);
        assert!(ids(Some(&json!(null))).is_empty());
    }

    #[test]
    fn weights_are_counted_in_32_bits_whatever_they_lie_in() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, dtype: &str, width: usize| {
            let ends = [0, 6 * width];
            let header = json!({"__metadata__": {"format": "pt"},
                "a": {"dtype": dtype, "shape": [2, 3], "data_offsets": ends}})
            .to_string();
            let file = folder.path().join(name);
            let bytes = [&(header.len() as u64).to_le_bytes(), header.as_bytes(), &vec![0; 6 * width]].concat();
            fs::write(&file, bytes).unwrap();
            file
        };
        let (half, whole) = (write("half", "BF16", 2), write("whole", "F32", 4));
        assert_eq!(needed(std::slice::from_ref(&half), false), 24);
        assert_eq!(needed(&[half, whole.clone()], false), 48);
        assert_eq!(needed(std::slice::from_ref(&whole), true), fs::metadata(&whole).unwrap().len());
        fs::write(&whole, u64::MAX.to_le_bytes()).unwrap();
        assert_eq!(needed(&[whole], false), 8, "no header at all");
    }

    #[test]
    fn a_configuration_that_cannot_be_read_is_not_called_missing() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("config.json")).unwrap();
        let error = Folder::open(folder.path()).err().unwrap();
        assert!(matches!(error, WorkerError::ModelUnreadable { .. }), "{error:?}");
    }

    #[test]
    fn an_index_may_not_point_out_of_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let index = json!({"weight_map": {"a": "../secret.safetensors"}});
        fs::write(folder.path().join("model.safetensors.index.json"), index.to_string()).unwrap();
        assert!(matches!(weights(folder.path()), Err(WorkerError::ModelDamaged { .. })));
    }
}
