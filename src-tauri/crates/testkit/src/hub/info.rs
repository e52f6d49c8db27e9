//! What the hub says of one repository.

use serde_json::{Map, Value, json};

use super::refusal;
use crate::repo::{Commit, RepoSpec};
use crate::wire::{Answer, Asked};

/// Fields that can be asked for by `expand`.
const EXPANDABLE: &[&str] = &[
    "author",
    "baseModels",
    "cardData",
    "childrenModelCount",
    "config",
    "createdAt",
    "disabled",
    "downloads",
    "downloadsAllTime",
    "evalResults",
    "gated",
    "gguf",
    "inference",
    "inferenceProviderMapping",
    "lastModified",
    "library_name",
    "likes",
    "mask_token",
    "model-index",
    "pipeline_tag",
    "private",
    "resourceGroup",
    "safetensors",
    "sha",
    "siblings",
    "spaces",
    "tags",
    "transformersInfo",
    "trendingScore",
    "usedStorage",
    "widgetData",
    "xetEnabled",
];

/// Fields that an answer has without `expand`.
const USUAL: &[&str] = &[
    "author",
    "cardData",
    "config",
    "createdAt",
    "disabled",
    "downloads",
    "gated",
    "gguf",
    "lastModified",
    "library_name",
    "likes",
    "pipeline_tag",
    "private",
    "safetensors",
    "sha",
    "siblings",
    "spaces",
    "tags",
    "usedStorage",
];

/// The fields that `expand` asks for; `None` without any.
pub(super) fn expanded(asked: &Asked) -> Result<Option<Vec<String>>, Answer> {
    let named = asked.fields().into_iter().filter(|(name, _)| matches!(name.as_str(), "expand" | "expand[]"));
    let fields: Vec<String> =
        named.flat_map(|(_, value)| value.split(',').map(str::to_owned).collect::<Vec<_>>()).collect();
    if let Some(wrong) = fields.iter().find(|field| !EXPANDABLE.contains(&field.as_str())) {
        return Err(refusal(400, None, &format!("“{wrong}” cannot be expanded.")));
    }
    let mixed = ["full", "cardData", "config", "blobs"].iter().any(|name| asked.flag(name));
    if !fields.is_empty() && mixed {
        return Err(refusal(400, None, "“expand” cannot be used with “full”, “config”, “cardData” or “blobs”."));
    }
    Ok(Some(fields).filter(|fields| !fields.is_empty()))
}

/// One field of a repository; `None` where it has none.
pub(super) fn field(repo: &RepoSpec, commit: &Commit, name: &str, blobs: bool) -> Option<Value> {
    Some(match name {
        "author" => repo.author()?.into(),
        "createdAt" => repo.created.clone().into(),
        "disabled" => repo.disabled.into(),
        "downloads" => repo.downloads.into(),
        "downloadsAllTime" => repo.downloads.saturating_mul(12).into(),
        "gated" => repo.gate.json(),
        "lastModified" => repo.modified.clone().into(),
        "library_name" => repo.library.clone()?.into(),
        "likes" => repo.likes.into(),
        "pipeline_tag" => repo.pipeline.clone()?.into(),
        "private" => repo.private.into(),
        "sha" => commit.id.clone().into(),
        "siblings" => siblings(commit, blobs),
        "spaces" => json!([]),
        "tags" => repo.tags.clone().into(),
        "trendingScore" => repo.trending.into(),
        "usedStorage" => commit.files.values().map(|file| file.content.bytes()).sum::<u64>().into(),
        "xetEnabled" => false.into(),
        _ => repo.fields.get(name)?.clone(),
    })
}

fn siblings(commit: &Commit, blobs: bool) -> Value {
    let one = |(path, file): (&String, &crate::repo::File)| {
        if !blobs {
            return json!({"rfilename": path});
        }
        let mut one = json!({"rfilename": path, "blobId": file.git_id(), "size": file.content.bytes()});
        if file.large {
            let (sha256, pointer) = (file.content.sha256(), file.pointer().len());
            one["lfs"] = json!({"sha256": sha256, "size": file.content.bytes(), "pointerSize": pointer});
        }
        one
    };
    commit.files.iter().map(one).collect()
}

/// An object of a repository's fields.
pub(super) fn object<'f>(
    repo: &RepoSpec,
    commit: &Commit,
    fields: impl IntoIterator<Item = &'f str>,
    blobs: bool,
) -> Map<String, Value> {
    let mut object = Map::new();
    object.insert("_id".to_owned(), repo.number().into());
    object.insert("id".to_owned(), repo.id.clone().into());
    for name in fields {
        if let Some(value) = field(repo, commit, name, blobs) {
            object.insert(name.to_owned(), value);
        }
    }
    object
}

pub(super) fn of(asked: &Asked, repo: &RepoSpec, revision: &str) -> Answer {
    let Some(commit) = repo.at(revision) else { return no_revision(revision) };
    match expanded(asked) {
        Err(answer) => answer,
        Ok(Some(fields)) => {
            Answer::json(&Value::Object(object(repo, commit, fields.iter().map(String::as_str), false)))
        }
        Ok(None) => {
            let mut all = object(repo, commit, USUAL.iter().copied(), asked.flag("blobs"));
            all.insert("modelId".to_owned(), repo.id.clone().into());
            Answer::json(&Value::Object(all))
        }
    }
}

pub(super) fn no_revision(revision: &str) -> Answer {
    refusal(404, Some("RevisionNotFound"), &format!("Invalid rev id: {revision}"))
}
