//! Which model is meant.

use inglenook_contract::{ErrorCode, ErrorInfo, Model, ModelList, ServerStatus};
use inglenook_host::Reached;
use serde_json::json;

/// A model with the name that programs ask it by.
pub(crate) struct Named {
    /// `None` for one that cannot be asked.
    pub(crate) name: Option<String>,
    pub(crate) model: Model,
}

impl Named {
    /// The name to be typed.
    pub(crate) fn typed(&self) -> &str {
        self.name.as_deref().unwrap_or_else(|| self.model.id.as_str())
    }
}

/// All models of this machine, by name.
pub(crate) async fn all(app: &Reached) -> Result<Vec<Named>, ErrorInfo> {
    let list: ModelList = app.ask("model.list", json!({})).await?;
    let status: ServerStatus = app.ask("server.status", json!({})).await?;
    let name = |model: &Model| status.names.iter().find(|name| name.model == model.id).map(|name| name.name.clone());
    let mut all: Vec<Named> = list.models.into_iter().map(|model| Named { name: name(&model), model }).collect();
    all.sort_by(|a, b| a.typed().cmp(b.typed()));
    Ok(all)
}

/// The model with this name: what programs call it, its name for people, or its identifier.
pub(crate) async fn find(app: &Reached, wanted: &str) -> Result<Named, ErrorInfo> {
    let mut all = all(app).await?;
    match place(&all, wanted) {
        Some(at) => Ok(all.swap_remove(at)),
        None => {
            let names: Vec<&str> = all.iter().map(Named::typed).collect();
            let there = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
            let words = format!("There is no model \"{wanted}\" on this machine. There is: {there}.");
            Err(ErrorInfo::new(ErrorCode::NotFound, words))
        }
    }
}

fn place(all: &[Named], wanted: &str) -> Option<usize> {
    let tidied = wanted.trim().to_lowercase().replace('@', ":");
    let tidied = tidied.strip_suffix(":latest").unwrap_or(&tidied);
    all.iter()
        .position(|one| one.name.as_deref() == Some(tidied))
        .or_else(|| all.iter().position(|one| one.model.name.to_lowercase() == tidied))
        .or_else(|| all.iter().position(|one| one.model.id.as_str() == tidied))
}
