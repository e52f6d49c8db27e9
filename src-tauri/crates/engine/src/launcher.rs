//! Finds the program of an engine: named by the environment, else beside the application's own executable.
//!
//! A development build has both in one target folder, and every bundle puts Tauri's external binaries into the
//! folder of the executable: `/usr/bin` of a .deb or .rpm, `Contents/MacOS` on macOS, the installation folder on
//! Windows, `usr/bin` inside an AppImage. So one place serves all of them. Nothing is looked for in `PATH`: what
//! reads model files must be the one that was shipped.

use std::env;
use std::env::consts::EXE_SUFFIX;
use std::ffi::OsString;
use std::path::PathBuf;

use inglenook_contract::Parameter;

use crate::EngineError;

/// The environment variable that names the folder with the engines' programs.
pub(crate) const ENGINE_DIR: &str = "INGLENOOK_ENGINE_DIR";

/// An engine that this build knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EngineKind {
    /// llama.cpp: GGUF, every architecture, the fastest on processors.
    LlamaCpp,
    /// mistral.rs: safetensors, and some GGUF.
    MistralRs,
}

impl EngineKind {
    /// Every engine, the preferred one first.
    pub const ALL: &'static [Self] = &[Self::LlamaCpp, Self::MistralRs];

    /// The knobs it takes, as its worker says them in `hello`.
    #[must_use]
    pub const fn parameters(self) -> &'static [Parameter] {
        use Parameter::{
            ContextLength, FrequencyPenalty, KvCache, MaxTokens, MinP, PresencePenalty, RepeatPenalty, Seed, Stop,
            Temperature, Thinking, TopK, TopP,
        };
        const BOTH: &[Parameter] = &[
            Temperature,
            TopP,
            TopK,
            MinP,
            RepeatPenalty,
            PresencePenalty,
            FrequencyPenalty,
            MaxTokens,
            Stop,
            Seed,
            ContextLength,
            Thinking,
            KvCache,
        ];
        match self {
            Self::LlamaCpp => BOTH,
            // Its cache has one form on the processor.
            Self::MistralRs => BOTH.split_at(BOTH.len() - 1).0,
        }
    }

    /// Its name for people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::LlamaCpp => "llama.cpp",
            Self::MistralRs => "mistral.rs",
        }
    }

    /// The file name of its worker, without the suffix of the platform.
    #[must_use]
    pub fn binary(self) -> &'static str {
        match self {
            Self::LlamaCpp => "inglenook-llamacpp",
            Self::MistralRs => "inglenook-mistralrs",
        }
    }
}

/// A program and how to run it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Its file.
    pub path: PathBuf,
    /// Its arguments.
    pub args: Vec<OsString>,
    /// Environment variables to set besides those inherited.
    pub env: Vec<(OsString, OsString)>,
}

impl Program {
    /// A program without arguments.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), args: Vec::new(), env: Vec::new() }
    }

    /// The same program with one more argument.
    #[must_use]
    pub fn arg(mut self, arg: impl Into<OsString>) -> Self {
        self.args.push(arg.into());
        self
    }

    /// The same program with one more environment variable.
    #[must_use]
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }
}

/// Knows where the engines are.
#[derive(Clone, Debug)]
pub struct Launcher {
    source: Source,
}

#[derive(Clone, Debug)]
enum Source {
    /// These folders, in this order.
    Folders(Vec<PathBuf>),
    /// This program, whatever the engine.
    Fixed(Program),
}

impl Launcher {
    /// Looks where `INGLENOOK_ENGINE_DIR` says, else beside the current executable.
    #[must_use]
    pub fn from_environment() -> Self {
        let named = env::var_os(ENGINE_DIR).filter(|dir| !dir.is_empty()).map(PathBuf::from);
        // On macOS and in an AppImage the executable may be reached by a link; its own folder is what counts.
        let own = env::current_exe().and_then(|exe| exe.canonicalize()).ok();
        let beside = own.and_then(|exe| exe.parent().map(PathBuf::from));
        // Tests run from `target/<profile>/deps`; the programs lie one folder up.
        let above = beside.as_ref().filter(|dir| dir.ends_with("deps")).and_then(|dir| dir.parent().map(PathBuf::from));
        Self::with_folders(named.into_iter().chain(beside).chain(above))
    }

    /// Looks into these folders, in this order.
    #[must_use]
    pub fn with_folders(folders: impl IntoIterator<Item = PathBuf>) -> Self {
        Self { source: Source::Folders(folders.into_iter().collect()) }
    }

    /// Runs this program for every engine: how tests put the scripted worker in the place of a real one.
    #[must_use]
    pub fn with_program(program: Program) -> Self {
        Self { source: Source::Fixed(program) }
    }

    /// The program of an engine.
    ///
    /// # Errors
    /// [`EngineError::Missing`] with every place that was looked at.
    pub fn program(&self, engine: EngineKind) -> Result<Program, EngineError> {
        let folders = match &self.source {
            Source::Fixed(program) => return Ok(program.clone()),
            Source::Folders(folders) => folders,
        };
        let file = format!("{}{EXE_SUFFIX}", engine.binary());
        let places: Vec<PathBuf> = folders.iter().map(|folder| folder.join(&file)).collect();
        match places.iter().find(|place| place.is_file()) {
            Some(place) => Ok(Program::new(place)),
            None => Err(EngineError::Missing { engine: engine.name(), places }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use inglenook_contract::{ErrorCode, ErrorInfo};

    #[test]
    fn the_first_folder_that_has_the_program_wins() {
        let (empty, first, second) =
            (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let file = format!("inglenook-mistralrs{EXE_SUFFIX}");
        for dir in [&first, &second] {
            std::fs::write(dir.path().join(&file), "").unwrap();
        }
        let launcher = Launcher::with_folders([&empty, &first, &second].map(|dir| dir.path().to_owned()));
        assert_eq!(launcher.program(EngineKind::MistralRs).unwrap().path, first.path().join(&file));
    }

    #[test]
    fn a_missing_program_is_told_with_every_place_looked_at() {
        let dir = tempfile::tempdir().unwrap();
        let launcher = Launcher::with_folders([dir.path().join("one"), dir.path().join("two")]);
        let error = ErrorInfo::from(launcher.program(EngineKind::MistralRs).unwrap_err());
        assert_eq!(error.code, ErrorCode::EngineMissing);
        let detail = error.detail.expect("the places are in the detail");
        for place in ["one", "two"] {
            let path = dir.path().join(place).join(format!("inglenook-mistralrs{EXE_SUFFIX}"));
            assert!(detail.contains(&path.display().to_string()), "{detail} names {}", path.display());
        }
    }

    #[test]
    fn a_folder_of_that_name_is_not_the_program() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join(format!("inglenook-mistralrs{EXE_SUFFIX}"))).unwrap();
        assert!(Launcher::with_folders([dir.path().to_owned()]).program(EngineKind::MistralRs).is_err());
    }
}
