//! The library: the models of all folders.
//!
//! `walk` finds the files, `ollama` those of a store without names, `reader` reads and remembers their headers, `model`
//! makes models of them, `identity` says what each is called by; `elsewhere` knows where other programs keep theirs,
//! `expected` what files have to be, `removal` deletes.

mod elsewhere;
mod expected;
mod identity;
mod model;
mod ollama;
mod reader;
mod removal;
mod walk;

use std::path::PathBuf;

pub use elsewhere::{Surroundings, elsewhere};
pub use reader::LibraryReader;
pub use removal::{RemovalError, remove, undeletable};

use inglenook_contract::{
    EngineChoice, ErrorInfo, FolderOwner, Model, ModelFolder, ModelFormat, ModelId, ModelOrigin, ModelState,
    ModelUpdate, Parameter, Parameters, RejectedFile,
};

use crate::engines::EngineKind;
use crate::fit::Sizes;

/// A folder to look for models in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchedFolder {
    /// Its absolute path.
    pub path: PathBuf,
    /// Whose it is.
    pub owner: FolderOwner,
}

/// A model as its header describes it.
#[derive(Clone, Debug, PartialEq)]
pub struct LibraryModel {
    /// Which model.
    pub id: ModelId,
    /// Its name for people.
    pub name: String,
    /// How the weights are stored.
    pub format: ModelFormat,
    /// The file (the first of several) or the folder.
    pub path: PathBuf,
    /// All weight files, in order.
    pub files: Vec<PathBuf>,
    /// Bytes on disk, all files.
    pub size_bytes: u64,
    /// Architecture as the header names it.
    pub architecture: String,
    /// Number of weights.
    pub parameters: Option<u64>,
    /// How the weights are quantised.
    pub quantisation: Option<String>,
    /// Tokens the model was trained to hold.
    pub context_length: Option<u32>,
    /// What decides how much memory it takes.
    pub sizes: Sizes,
    /// The template can ask the model to reason aloud.
    pub thinks: bool,
    /// The template knows tools.
    pub tools: bool,
    /// The folder that was searched.
    pub root: PathBuf,
    /// Whose it is: another program's store is known as such in whatever folder it was found.
    pub owner: FolderOwner,
    /// Where it was downloaded from.
    pub origin: Option<ModelOrigin>,
    /// What its files have to be is known.
    pub verifiable: bool,
    /// Every engine and why it does not run the model, the preferred one first.
    pub engines: Vec<(EngineKind, Option<String>)>,
    /// The first of them that does.
    pub engine: Option<EngineKind>,
    /// Why no engine here can chat with it.
    pub unsupported: Option<ErrorInfo>,
    /// The engine that makes vectors of texts with it, where it was made for that; it does not chat then.
    pub embedder: Option<EngineKind>,
}

/// What only the running application knows of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct Live {
    /// Where it stands.
    pub state: ModelState,
    /// When it last answered, milliseconds since 1970-01-01 UTC.
    pub last_used_at: Option<i64>,
    /// A newer one on the hub.
    pub update: Option<ModelUpdate>,
    /// What holds in a chat that says nothing.
    pub defaults: Parameters,
    /// The engine that runs it next.
    pub engine: Option<EngineKind>,
    /// Why that one.
    pub engine_reason: String,
    /// All engines.
    pub engines: Vec<EngineChoice>,
}

impl LibraryModel {
    /// The engines that run it, the preferred one first.
    pub fn runs_on(&self) -> impl Iterator<Item = EngineKind> {
        self.engines.iter().filter(|(_, refusal)| refusal.is_none()).map(|(engine, _)| *engine)
    }

    /// The knobs that an engine takes for it; none without an engine, and thinking only where the template can.
    #[must_use]
    pub fn takes(&self, engine: Option<EngineKind>) -> Vec<Parameter> {
        let all = engine.map_or(&[][..], EngineKind::parameters);
        all.iter().copied().filter(|knob| self.thinks || *knob != Parameter::Thinking).collect()
    }

    /// The model as the window sees it, with what only the running application knows of it.
    #[must_use]
    pub fn to_contract(&self, of: Live) -> Model {
        let Live { state, last_used_at, update, defaults, engine, engine_reason, engines } = of;
        Model {
            id: self.id.clone(),
            name: self.name.clone(),
            format: self.format,
            path: self.path.display().to_string(),
            files: u32::try_from(self.files.len()).unwrap_or(u32::MAX),
            size_bytes: self.size_bytes,
            architecture: self.architecture.clone(),
            parameters: self.parameters,
            quantisation: self.quantisation.clone(),
            context_length: self.context_length,
            thinks: self.thinks,
            tools: self.tools,
            owner: self.owner,
            origin: self.origin.clone(),
            update,
            verifiable: self.verifiable,
            undeletable: undeletable(self),
            engine: engine.map(|engine| engine.name().to_owned()),
            engine_reason,
            engines,
            unsupported: self.unsupported.clone(),
            embeds: self.embedder.is_some(),
            takes: self.takes(engine),
            defaults,
            state,
            last_used_at,
        }
    }
}

/// All folders as they were found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Library {
    /// By name.
    pub models: Vec<LibraryModel>,
    /// The folders that were asked for, in that order, each with what is wrong with it.
    pub folders: Vec<ModelFolder>,
    /// Files that look like models but are not whole, with the reason.
    pub rejected: Vec<RejectedFile>,
}

impl Library {
    /// The model with this identifier.
    #[must_use]
    pub fn find(&self, id: &ModelId) -> Option<&LibraryModel> {
        self.models.iter().find(|model| model.id == *id)
    }
}
