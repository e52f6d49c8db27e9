//! Models on this machine: bounded header readers and the library of all folders.
//!
//! A model file is hostile input: nothing here loads weights, keeps a token list or trusts a declared size. What
//! can be told from the header alone is told before an engine is asked, down to "no engine here runs this".

mod architectures;
pub mod catalogue;
pub mod download;
pub mod engines;
mod error;
pub mod fit;
pub mod header;
mod library;
pub mod licences;
mod parts;
pub mod remote;
mod template;

pub use architectures::architecture_name;
pub use engines::EngineKind;
pub use error::HeaderError;
pub use library::{
    Library, LibraryModel, LibraryReader, Live, RemovalError, SearchedFolder, Surroundings, elsewhere, remove,
    undeletable,
};
pub use template::TemplateAbilities;
