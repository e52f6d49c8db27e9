//! What a model says of itself: its header, its chat template, its licence.

use std::fmt::Write as _;
use std::time::UNIX_EPOCH;

use inglenook_contract::{ErrorInfo, Model, ModelFormat};
use inglenook_hub::LibraryModel;
use inglenook_hub::header::gguf;
use inglenook_hub::header::safetensors::SafetensorsHeader;
use inglenook_hub::licences::{self, licence};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::{Served, find_any};
use crate::{App, AppError, Result, models};

/// Values of a list that is told where not all of the header is wanted; what is longer is the vocabulary.
const SHORT_LIST: u64 = 1_024;
/// The chat template's key in a GGUF header.
const TEMPLATE: &str = "tokenizer.chat_template";

/// What a model says of itself.
#[derive(Clone, Debug)]
pub struct Described {
    /// The model and its names.
    pub served: Served,
    /// The entries of its header without the template, by the names that GGUF has for them.
    pub entries: Map<String, Value>,
    /// Its chat template (Jinja).
    pub template: Option<String>,
    /// Its licence in plain words, where the header names one.
    pub licence: Option<String>,
}

/// Reads what a model says of itself. Without `whole`, long lists such as the vocabulary are `null`.
///
/// # Errors
/// `NotFound`, and what is wrong with the file.
pub async fn describe(app: &App, name: &str, whole: bool) -> Result<Described> {
    let served = find_any(app, name).await?;
    let model = models::find(app, &served.model.id).await.ok_or(AppError::UnknownModel)?;
    let longest = if whole { u64::MAX } else { SHORT_LIST };
    let read = tokio::task::spawn_blocking(move || read(&model, longest)).await;
    let (mut entries, template) = read.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))?;
    if let Some(parameters) = served.model.parameters {
        entries.insert("general.parameter_count".to_owned(), parameters.into());
    }
    let licence = licence_words(&entries);
    Ok(Described { served, entries, template, licence })
}

fn read(model: &LibraryModel, longest: u64) -> Result<(Map<String, Value>, Option<String>), ErrorInfo> {
    match model.format {
        ModelFormat::Gguf => {
            let mut entries = gguf::entries(&model.path, longest)?;
            let template = match entries.shift_remove(TEMPLATE) {
                Some(Value::String(template)) => Some(template).filter(|template| !template.is_empty()),
                _ => None,
            };
            Ok((entries, template))
        }
        ModelFormat::Safetensors => {
            let header = SafetensorsHeader::read(&model.path)?;
            let mut entries = Map::new();
            entries.insert("general.architecture".to_owned(), json!(model.architecture));
            entries.insert("general.name".to_owned(), json!(model.name));
            if let Some(length) = header.context_length {
                entries.insert(format!("{}.context_length", model.architecture), length.into());
            }
            Ok((entries, header.template))
        }
    }
}

/// The licence's name, what it means, and where its text stands.
fn licence_words(entries: &Map<String, Value>) -> Option<String> {
    let said = |key: &str| entries.get(key).and_then(Value::as_str);
    let (id, name) = (said("general.license"), said("general.license.name"));
    id.or(name)?;
    let licence = licence(id, name, said("general.license.link"));
    if licence.id == licences::NONE {
        return None;
    }
    let mut words = format!("{}\n\n{}", licence.name, licence.summary);
    for asked in licence.asks {
        // Writing to a text cannot fail.
        let _ = write!(words, "\n- {asked}");
    }
    if let Some(link) = licence.link {
        let _ = write!(words, "\n\n{link}");
    }
    Some(words)
}

/// 64 hex digits that stay the same as long as the model does: the SHA-256 of where it lies, of its size and of the
/// commit it came from. Not of its bytes: to read them all takes minutes, and programs only compare.
#[must_use]
pub fn digest(model: &Model) -> String {
    let commit = model.origin.as_ref().map_or("", |origin| origin.commit.as_str());
    let known = format!("{} {} {commit}", model.id, model.size_bytes);
    Sha256::digest(known).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// When the model's file was last written, milliseconds since 1970-01-01 UTC; 0 where the system does not say.
pub async fn modified_at(model: &Model) -> i64 {
    let written = tokio::fs::metadata(&model.path).await.and_then(|metadata| metadata.modified());
    let since = written.ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    since.and_then(|since| i64::try_from(since.as_millis()).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(entries: Value) -> Option<String> {
        licence_words(entries.as_object().expect("an object"))
    }

    #[test]
    fn a_licence_that_is_known_is_told_in_words() {
        let apache = words(json!({ "general.license": "apache-2.0" })).unwrap();
        assert!(apache.starts_with("Apache") && apache.contains("https://"), "{apache}");
        let own = words(json!({ "general.license": "other", "general.license.name": "Acorn Licence" })).unwrap();
        assert!(own.contains("Acorn Licence"), "{own}");
        assert_eq!(words(json!({ "general.name": "Pocket" })), None);
    }
}
