//! Keeping models: found in other programs' folders, checked against what they have to be, deleted wholly and nothing else.

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use inglenook_contract::{ErrorInfo, FolderOwner};
use inglenook_hub::download::{Finding, ModelsFolder, Progress, verify};
use inglenook_hub::{Library, LibraryModel, LibraryReader, SearchedFolder, remove, undeletable};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};
use support::Gguf;
use tempfile::TempDir;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

struct Disk(TempDir);

impl Disk {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn at(&self, below: &str) -> PathBuf {
        self.0.path().join(below)
    }

    fn put(&self, below: &str, bytes: &[u8]) -> PathBuf {
        let path = self.at(below);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(&path, bytes).expect("written");
        path
    }

    /// A folder with all that a model with safetensors has.
    fn put_pocket(&self, below: &str) -> PathBuf {
        for entry in fs::read_dir(support::pocket_safetensors()).expect("Pocket is there") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            self.put(&format!("{below}/{name}"), &fs::read(&path).expect("read"));
        }
        self.at(below)
    }

    fn read(&self, below: &str, owner: FolderOwner) -> Library {
        LibraryReader::new().read_blocking(&[SearchedFolder { path: self.at(below), owner }])
    }

    fn only(&self, below: &str, owner: FolderOwner) -> LibraryModel {
        let library = self.read(below, owner);
        assert_eq!((library.models.len(), library.rejected.as_slice()), (1, &[][..]));
        library.models.into_iter().next().expect("one")
    }

    /// The models folder, for what lies in none.
    fn own(&self) -> ModelsFolder {
        ModelsFolder::new(self.at("own"))
    }
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn git_hash(bytes: &[u8]) -> String {
    let sum = Sha1::new().chain_update(format!("blob {}\0", bytes.len())).chain_update(bytes).finalize();
    sum.iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn findings(model: &LibraryModel) -> Vec<Finding> {
    let progress = watch::channel(Progress::default()).0;
    let checked = verify(model.expected(), &progress, CancellationToken::new()).await.expect("looked at");
    checked.into_iter().map(|checked| checked.finding).collect()
}

fn flip_a_byte(path: &Path) {
    let mut bytes = fs::read(path).expect("read");
    *bytes.last_mut().expect("not empty") ^= 1;
    fs::write(path, bytes).expect("written");
}

/// Ollama's store with one model.
fn ollama(disk: &Disk, root: &str) -> PathBuf {
    let weights = Gguf::small().build();
    let digest = sha256(&weights);
    let layer =
        serde_json::json!({ "mediaType": "application/vnd.ollama.image.model", "digest": format!("sha256:{digest}") });
    let manifest = serde_json::json!({ "schemaVersion": 2, "layers": [layer] }).to_string();
    for tag in ["3b", "latest"] {
        disk.put(&format!("{root}/manifests/registry.ollama.ai/library/llama3.2/{tag}"), manifest.as_bytes());
    }
    disk.put(&format!("{root}/blobs/sha256-{digest}"), &weights)
}

#[tokio::test]
async fn ollamas_models_are_used_where_they_lie_and_left_to_ollama() {
    let disk = Disk::new();
    let blob = ollama(&disk, "store");
    let model = disk.only("store", FolderOwner::Ollama);
    assert_eq!((model.name.as_str(), model.owner, model.verifiable), ("llama3.2:3b", FolderOwner::Ollama, true));
    assert_eq!((model.path.as_path(), model.architecture.as_str()), (blob.as_path(), "llama"));
    assert_eq!(findings(&model).await, [Finding::Same]);
    flip_a_byte(&blob);
    assert_eq!(findings(&model).await, [Finding::Differs]);

    let words = undeletable(&model).expect("it is Ollama's");
    assert!(words.contains("ollama rm llama3.2:3b"), "{words}");
    let error = ErrorInfo::from(remove(&model, &disk.own()).expect_err("refused"));
    assert_eq!(error.message, words);
    assert!(blob.exists());

    let within = disk.only("", FolderOwner::Added);
    assert_eq!(within.owner, FolderOwner::Ollama, "it is known for what it is in a folder that a person added");
}

#[cfg(unix)]
#[tokio::test]
async fn the_cache_of_hugging_face_is_checked_by_the_names_of_its_contents() {
    use std::os::unix::fs::symlink;
    let disk = Disk::new();
    let pocket = support::pocket_safetensors();
    let revision = "hub/models--ann--Pocket/snapshots/0123abcd";
    fs::create_dir_all(disk.at(revision)).expect("made");
    let mut contents = Vec::new();
    for name in ["config.json", "model.safetensors", "tokenizer.json"] {
        let bytes = fs::read(pocket.join(name)).expect("read");
        let sum = if name == "model.safetensors" { sha256(&bytes) } else { git_hash(&bytes) };
        contents.push(disk.put(&format!("hub/models--ann--Pocket/blobs/{sum}"), &bytes));
        symlink(format!("../../blobs/{sum}"), disk.at(revision).join(name)).expect("linked");
    }
    let model = disk.only("hub", FolderOwner::HuggingFace);
    assert_eq!((model.name.as_str(), model.owner, model.verifiable), ("Pocket", FolderOwner::HuggingFace, true));
    assert_eq!(findings(&model).await, [Finding::Same, Finding::Same, Finding::Same]);
    flip_a_byte(&contents[0]);
    flip_a_byte(&contents[1]);
    assert_eq!(findings(&model).await, [Finding::Differs, Finding::Differs, Finding::Same]);
    assert!(undeletable(&model).expect("others use it").contains("hf cache rm"));
}

#[test]
fn what_a_person_brought_cannot_be_checked_and_can_be_deleted() {
    let disk = Disk::new();
    let weights = Gguf::small().build();
    disk.put("disk/ann/Small/small.gguf", &weights);
    disk.put("disk/ann/notes.txt", b"mine");
    let model = disk.only("disk", FolderOwner::Added);
    assert!(!model.verifiable && model.expected().is_empty());
    assert_eq!(undeletable(&model), None);
    assert_eq!(remove(&model, &disk.own()).expect("deleted"), weights.len() as u64);
    assert!(!disk.at("disk/ann/Small").exists(), "the empty folder went too");
    assert!(disk.at("disk/ann/notes.txt").exists() && disk.at("disk").exists());
    assert_eq!(remove(&model, &disk.own()).expect("it is gone already"), 0);
}

#[test]
fn a_folder_of_safetensors_is_deleted_without_what_else_lies_in_it() {
    let disk = Disk::new();
    let folder = disk.put_pocket("disk/Pocket");
    disk.put("disk/Pocket/my notes.md", b"mine");
    disk.put("disk/Pocket/other.gguf", &Gguf::small().build());
    let library = disk.read("disk", FolderOwner::Added);
    let model = library.models.iter().find(|model| model.path == folder).expect("found");
    let freed = remove(model, &disk.own()).expect("deleted");
    assert!(freed > model.size_bytes, "the tokenizer counts too");
    let mut left: Vec<_> =
        fs::read_dir(&folder).expect("there").map(|entry| entry.expect("an entry").file_name()).collect();
    left.sort();
    left.retain(|name| name != "README.md");
    assert_eq!(left, ["my notes.md", "other.gguf"]);
    assert_eq!(disk.only("disk", FolderOwner::Added).name, "Small");
}

#[cfg(unix)]
#[test]
fn a_link_frees_nothing_and_what_it_leads_to_stays() {
    use std::os::unix::fs::symlink;
    let disk = Disk::new();
    let elsewhere = disk.put("elsewhere/small.gguf", &Gguf::small().build());
    fs::create_dir_all(disk.at("disk")).expect("made");
    symlink(&elsewhere, disk.at("disk/link.gguf")).expect("linked");
    assert_eq!(remove(&disk.only("disk", FolderOwner::Added), &disk.own()).expect("deleted"), 0);
    assert!(elsewhere.exists() && disk.at("disk/link.gguf").symlink_metadata().is_err());

    fs::hard_link(&elsewhere, disk.at("disk/hard.gguf")).expect("linked");
    assert_eq!(remove(&disk.only("disk", FolderOwner::Added), &disk.own()).expect("deleted"), 0, "it has another name");
    assert!(elsewhere.exists());
}

#[test]
fn a_folder_that_is_not_there_or_empty_may_be_away() {
    let disk = Disk::new();
    fs::create_dir_all(disk.at("empty")).expect("made");
    disk.put("full/notes.txt", b"mine");
    let away = |below: &str, owner| disk.read(below, owner).folders[0].away;
    assert!(away("empty", FolderOwner::Added), "a place where disks are mounted is empty while they are away");
    assert!(away("nowhere", FolderOwner::Added));
    assert!(!away("full", FolderOwner::Added));
    assert!(!away("nowhere", FolderOwner::Own), "the application's own is never away");
}
