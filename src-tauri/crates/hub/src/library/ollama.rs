//! Ollama's store: contents named by their digest, and manifests that say which of them is a model.
//!
//! A manifest is the JSON of an OCI image: `manifests/<registry>/<namespace>/<model>/<tag>` lists layers, and the layer
//! of type `application/vnd.ollama.image.model` is a GGUF file, `blobs/sha256-<digest>`
//! (source: `server/manifest.go` and `types/model/name.go` of Ollama).

use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::remote::Sha256Hex;

/// No manifest is longer.
const MOST_BYTES: u64 = 1 << 20;
/// Most manifests of one store that are read.
const MOST_MANIFESTS: usize = 10_000;
/// Folders below `manifests`: registry, namespace, model; the tag is a file.
const DEPTH: usize = 3;
const MODEL: &str = "application/vnd.ollama.image.model";
const REGISTRY: &str = "registry.ollama.ai";
const NAMESPACE: &str = "library";

/// A model of the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// As a person would ask Ollama for it: `llama3.2:3b`.
    pub(super) name: String,
    /// The content with its weights.
    pub(super) blob: PathBuf,
}

/// Whether a folder with these folders in it is a store of Ollama's.
pub(super) fn is_store(folders: &[PathBuf]) -> bool {
    let has = |name: &str| folders.iter().any(|folder| folder.file_name().is_some_and(|last| last == name));
    has("manifests") && has("blobs")
}

/// The digest that a content's name promises; `None` for what is no content of such a store.
pub(super) fn digest_of(path: &Path) -> Option<Sha256Hex> {
    Sha256Hex::parse(path.file_name()?.to_str()?.strip_prefix("sha256-")?).ok()
}

/// The models of a store, by name. What cannot be read or is of no known form is passed over.
pub(super) fn models(store: &Path) -> Vec<Named> {
    let mut manifests = Vec::new();
    collect(&store.join("manifests"), &mut Vec::new(), &mut manifests);
    manifests.sort();
    manifests.iter().filter_map(|(names, path)| named(store, names, path)).collect()
}

/// All files below, with the names that lead there.
fn collect(folder: &Path, names: &mut Vec<String>, found: &mut Vec<(Vec<String>, PathBuf)>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        if name.starts_with('.') || found.len() >= MOST_MANIFESTS {
            continue;
        }
        names.push(name);
        let path = entry.path();
        match (names.len() > DEPTH, path.is_dir()) {
            (false, true) => collect(&path, names, found),
            (true, false) => found.push((names.clone(), path)),
            _ => {}
        }
        names.pop();
    }
}

fn named(store: &Path, names: &[String], path: &Path) -> Option<Named> {
    let [registry, namespace, model, tag] = names else { return None };
    let mut text = Vec::new();
    std::fs::File::open(path).ok()?.take(MOST_BYTES).read_to_end(&mut text).ok()?;
    let manifest: Manifest = serde_json::from_slice(&text).ok()?;
    let layer = manifest.layers.iter().find(|layer| layer.kind == MODEL)?;
    // What a manifest says becomes a file's name only if it is a digest.
    let digest = Sha256Hex::parse(layer.digest.strip_prefix("sha256:")?).ok()?;
    let blob = store.join("blobs").join(format!("sha256-{digest}"));
    let name = match (registry.as_str(), namespace.as_str()) {
        (REGISTRY, NAMESPACE) => format!("{model}:{tag}"),
        (REGISTRY, _) => format!("{namespace}/{model}:{tag}"),
        _ => format!("{registry}/{namespace}/{model}:{tag}"),
    };
    blob.is_file().then_some(Named { name, blob })
}

#[derive(Deserialize)]
struct Manifest {
    layers: Vec<Layer>,
}

#[derive(Deserialize)]
struct Layer {
    #[serde(rename = "mediaType")]
    kind: String,
    digest: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "74701a8c35f6c8d9a4b91f3f3497643001d63e0c7a84e085bed452548fa88d45";

    struct Store(tempfile::TempDir);

    impl Store {
        fn new() -> Self {
            let store = Self(tempfile::tempdir().expect("a folder"));
            store.put(&format!("blobs/sha256-{DIGEST}"), "GGUF");
            store
        }

        fn put(&self, path: &str, text: &str) {
            let path = self.0.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            std::fs::write(path, text).expect("written");
        }

        fn manifest(&self, path: &str, digest: &str) {
            let layers = serde_json::json!([
                { "mediaType": "application/vnd.ollama.image.license", "digest": format!("sha256:{}", "0".repeat(64)), "size": 1 },
                { "mediaType": MODEL, "digest": digest, "size": 4 },
            ]);
            let manifest = serde_json::json!({ "schemaVersion": 2, "config": {}, "layers": layers });
            self.put(&format!("manifests/{path}"), &manifest.to_string());
        }

        fn names(&self) -> Vec<String> {
            models(self.0.path()).into_iter().map(|named| named.name).collect()
        }
    }

    #[test]
    fn models_are_called_as_ollama_calls_them() {
        let store = Store::new();
        for path in [
            "registry.ollama.ai/library/llama3.2/3b",
            "registry.ollama.ai/ann/tuned/latest",
            "hf.co/bartowski/Some-GGUF/Q4_K_M",
        ] {
            store.manifest(path, &format!("sha256:{DIGEST}"));
        }
        assert_eq!(store.names(), ["hf.co/bartowski/Some-GGUF:Q4_K_M", "ann/tuned:latest", "llama3.2:3b"]);
        let blob = &models(store.0.path())[0].blob;
        assert_eq!(digest_of(blob).map(|digest| digest.to_string()).as_deref(), Some(DIGEST));
    }

    #[test]
    fn what_is_no_digest_never_becomes_a_path() {
        let store = Store::new();
        store.put("secret", "mine");
        for digest in
            ["sha256:../../secret", "../secret", "sha256:", "md5:00", &format!("sha256:{DIGEST}/../../secret")]
        {
            store.manifest("registry.ollama.ai/library/evil/latest", digest);
            assert_eq!(store.names(), [""; 0], "{digest}");
        }
        store.put("manifests/registry.ollama.ai/library/torn/latest", "{\"layers\":[");
        store.put("manifests/registry.ollama.ai/library/shallow", "{}");
        store.manifest("registry.ollama.ai/library/gone/latest", &format!("sha256:{}", "a".repeat(64)));
        assert_eq!(store.names(), [""; 0], "torn, in the wrong place, without its content");
    }

    #[test]
    fn a_store_is_known_by_its_two_folders() {
        let folders = |names: &[&str]| names.iter().map(|name| Path::new("/x").join(name)).collect::<Vec<_>>();
        assert!(is_store(&folders(&["blobs", "manifests"])));
        assert!(!is_store(&folders(&["blobs", "snapshots"])));
        assert_eq!(digest_of(Path::new("/x/blobs/sha256-../../etc")), None);
    }
}
