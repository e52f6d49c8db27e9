//! Where other programs keep models on this machine. They are read in place: nothing is copied or changed.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use inglenook_contract::FolderOwner;

use super::SearchedFolder;

/// The variables by which these programs are told where their models lie.
const VARIABLES: &[&str] = &["HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HOME", "XDG_CACHE_HOME", "OLLAMA_MODELS"];
/// No settings of LM Studio are longer.
const MOST_SETTINGS_BYTES: u64 = 4 << 20;

/// What decides where other programs keep their models.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// The person's own folder.
    pub home: Option<PathBuf>,
    /// Variables of the environment, by name; those that are empty are left out.
    pub variables: Vec<(&'static str, PathBuf)>,
    /// Where the system's folders lie; `/` but for tests.
    pub system: Option<PathBuf>,
}

impl Surroundings {
    /// Those of this process.
    #[must_use]
    pub fn of_this_process() -> Self {
        let variable = |name: &&'static str| {
            let value = std::env::var_os(name).filter(|value| !value.is_empty())?;
            Some((*name, PathBuf::from(value)))
        };
        Self {
            home: std::env::home_dir(),
            variables: VARIABLES.iter().filter_map(variable).collect(),
            system: cfg!(target_os = "linux").then(|| PathBuf::from("/")),
        }
    }

    fn variable(&self, name: &str) -> Option<PathBuf> {
        self.variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone())
    }

    fn at_home(&self, below: &str) -> Option<PathBuf> {
        Some(self.home.as_ref()?.join(below))
    }
}

/// The folders of other programs that are there, each real folder once.
#[must_use]
pub fn elsewhere(around: &Surroundings) -> Vec<SearchedFolder> {
    let mut met = Vec::new();
    let mut all = Vec::new();
    let places = hugging_face(around).into_iter().map(|path| (path, FolderOwner::HuggingFace));
    let places = places.chain(ollama(around).into_iter().map(|path| (path, FolderOwner::Ollama)));
    for (path, owner) in places.chain(lm_studio(around).into_iter().map(|path| (path, FolderOwner::LmStudio))) {
        let Ok(real) = path.canonicalize() else { continue };
        if real.is_dir() && !met.contains(&real) {
            met.push(real);
            all.push(SearchedFolder { path, owner });
        }
    }
    all
}

/// The cache of Hugging Face's libraries, as `huggingface_hub` finds it: the first variable that is set decides.
fn hugging_face(around: &Surroundings) -> Option<PathBuf> {
    let named = around.variable("HF_HUB_CACHE").or_else(|| around.variable("HUGGINGFACE_HUB_CACHE"));
    let in_home = || around.variable("HF_HOME").map(|home| home.join("hub"));
    let in_cache = || around.variable("XDG_CACHE_HOME").map(|cache| cache.join("huggingface/hub"));
    named.or_else(in_home).or_else(in_cache).or_else(|| around.at_home(".cache/huggingface/hub"))
}

/// Ollama's store: a person's own, and that of the service, which runs as somebody else.
fn ollama(around: &Surroundings) -> Vec<PathBuf> {
    let own = around.variable("OLLAMA_MODELS").or_else(|| around.at_home(".ollama/models"));
    let service = around.system.as_ref().map(|root| root.join("usr/share/ollama/.ollama/models"));
    own.into_iter().chain(service).collect()
}

/// LM Studio's folder of downloads: where its settings say, else where it puts it by itself.
fn lm_studio(around: &Surroundings) -> Vec<PathBuf> {
    let pointer = around.at_home(".lmstudio-home-pointer").and_then(|path| bounded(&path));
    let pointed = pointer.map(|text| PathBuf::from(text.trim())).filter(|path| path.is_absolute());
    let homes = [pointed, around.at_home(".lmstudio"), around.at_home(".cache/lm-studio")];
    homes.into_iter().flatten().flat_map(|home| [set_by_person(&home), Some(home.join("models"))]).flatten().collect()
}

fn set_by_person(lm_studio: &Path) -> Option<PathBuf> {
    let settings: serde_json::Value = serde_json::from_str(&bounded(&lm_studio.join("settings.json"))?).ok()?;
    let folder = PathBuf::from(settings.get("downloadsFolder")?.as_str()?);
    folder.is_absolute().then_some(folder)
}

fn bounded(path: &Path) -> Option<String> {
    let mut text = String::new();
    std::fs::File::open(path).ok()?.take(MOST_SETTINGS_BYTES).read_to_string(&mut text).ok()?;
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Machine(tempfile::TempDir);

    impl Machine {
        fn with(folders: &[&str]) -> Self {
            let place = tempfile::tempdir().expect("a folder");
            for folder in folders {
                std::fs::create_dir_all(place.path().join(folder)).expect("made");
            }
            Self(place)
        }

        fn at(&self, below: &str) -> PathBuf {
            self.0.path().join(below)
        }

        fn finds(&self, variables: &[(&'static str, &str)]) -> Vec<(String, FolderOwner)> {
            let around = Surroundings {
                home: Some(self.at("home")),
                variables: variables.iter().map(|(name, value)| (*name, self.at(value))).collect(),
                system: Some(self.0.path().to_owned()),
            };
            let below = |path: &Path| path.strip_prefix(self.0.path()).expect("below").display().to_string();
            elsewhere(&around).into_iter().map(|found| (below(&found.path), found.owner)).collect()
        }
    }

    #[test]
    fn a_machine_without_other_programs_has_none() {
        assert_eq!(Machine::with(&["home"]).finds(&[]), []);
        assert_eq!(elsewhere(&Surroundings::default()), []);
    }

    #[test]
    fn each_program_is_found_where_it_puts_its_models_by_itself() {
        let machine = Machine::with(&[
            "home/.cache/huggingface/hub",
            "home/.ollama/models",
            "usr/share/ollama/.ollama/models",
            "home/.lmstudio/models",
            "home/.cache/lm-studio/models",
        ]);
        let found = machine.finds(&[]);
        let expected = [
            ("home/.cache/huggingface/hub", FolderOwner::HuggingFace),
            ("home/.ollama/models", FolderOwner::Ollama),
            ("usr/share/ollama/.ollama/models", FolderOwner::Ollama),
            ("home/.lmstudio/models", FolderOwner::LmStudio),
            ("home/.cache/lm-studio/models", FolderOwner::LmStudio),
        ];
        assert_eq!(found, expected.map(|(path, owner)| (path.to_owned(), owner)));
    }

    #[test]
    fn what_a_person_set_goes_before() {
        let machine = Machine::with(&["home/.cache/huggingface/hub", "a/hub", "b", "c", "home/.ollama/models"]);
        let hugging_face = |variables: &[(&'static str, &str)]| {
            machine.finds(variables).into_iter().find(|(_, owner)| *owner == FolderOwner::HuggingFace)
        };
        assert_eq!(hugging_face(&[("HF_HOME", "a")]).expect("found").0, "a/hub");
        assert_eq!(hugging_face(&[("HF_HOME", "a"), ("HF_HUB_CACHE", "b")]).expect("found").0, "b");
        assert_eq!(hugging_face(&[("HF_HOME", "nowhere")]), None, "the person says where it is");
        let ollama = machine.finds(&[("OLLAMA_MODELS", "c")]);
        assert!(ollama.contains(&("c".to_owned(), FolderOwner::Ollama)));
        assert!(!ollama.iter().any(|(path, _)| path == "home/.ollama/models"));
    }

    #[test]
    fn lm_studio_is_asked_where_it_puts_downloads() {
        let machine = Machine::with(&["home/.lmstudio/models", "disk/llms", "elsewhere/models"]);
        let settings = serde_json::json!({ "downloadsFolder": machine.at("disk/llms"), "other": [1] });
        std::fs::write(machine.at("home/.lmstudio/settings.json"), settings.to_string()).expect("written");
        let pointer = format!("{}\n", machine.at("elsewhere").display());
        std::fs::write(machine.at("home/.lmstudio-home-pointer"), pointer).expect("written");
        let found: Vec<String> = machine.finds(&[]).into_iter().map(|(path, _)| path).collect();
        assert_eq!(found, ["elsewhere/models", "disk/llms", "home/.lmstudio/models"]);
        for nonsense in ["", "{", r#"{"downloadsFolder": 7}"#, r#"{"downloadsFolder": "not/absolute"}"#] {
            std::fs::write(machine.at("home/.lmstudio/settings.json"), nonsense).expect("written");
            assert_eq!(machine.finds(&[]).len(), 2, "{nonsense}");
        }
    }
}
