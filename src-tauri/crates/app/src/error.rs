//! What a use-case can fail with, in words for a person.

use inglenook_contract::{ErrorCode, ErrorInfo};
use inglenook_settings::SettingsError;
use inglenook_store::StoreError;

/// A failure of a use-case.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AppError {
    /// The record could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The settings or the home could not be read or written.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The engine or the file system told of a failure in words already.
    #[error(transparent)]
    Told(#[from] ErrorInfo),
    /// Nothing was said.
    #[error("There is nothing to send: the message is empty.")]
    EmptyMessage,
    /// No model was chosen for the chat.
    #[error("No model is chosen for this chat yet. Choose one at the top of the window.")]
    NoModel,
    /// The chosen model is not in any folder any more.
    #[error("The model of this chat is not on this machine any more. Choose another one at the top of the window.")]
    ModelGone,
    /// The chosen model lies in a folder whose disk is not connected.
    #[error(
        "The model of this chat lies in “{0}”, which is not connected now. Connect it, or choose another model at the top of the window."
    )]
    ModelAway(String),
    /// There is no such model.
    #[error("There is no such model on this machine.")]
    UnknownModel,
    /// There is no such engine.
    #[error("There is no such engine.")]
    UnknownEngine,
    /// The engine does not run the model.
    #[error("{0}")]
    EngineRefuses(String),
    /// Only answers can be written again or gone on with.
    #[error("Only an answer of the model can be written again or gone on with.")]
    NotAnAnswer,
    /// A folder's path is not absolute.
    #[error("Please give the whole path of the folder, from the root on.")]
    RelativeFolder,
    /// There is no such folder.
    #[error("There is no folder at this path.")]
    NoSuchFolder,
    /// The model was not downloaded here, or has no newer version.
    #[error("No newer version of this model is known. Look for updates first.")]
    NoUpdate,
}

impl AppError {
    /// The kind of failure, for the wire.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Store(error) => error.code(),
            Self::Settings(error) => error.code(),
            Self::Told(error) => error.code,
            Self::EmptyMessage
            | Self::NotAnAnswer
            | Self::RelativeFolder
            | Self::UnknownEngine
            | Self::EngineRefuses(_) => ErrorCode::InvalidRequest,
            Self::NoModel => ErrorCode::NoModel,
            Self::ModelGone | Self::ModelAway(_) => ErrorCode::ModelMissing,
            Self::UnknownModel | Self::NoSuchFolder | Self::NoUpdate => ErrorCode::NotFound,
        }
    }
}

impl From<AppError> for ErrorInfo {
    fn from(error: AppError) -> Self {
        match error {
            AppError::Store(error) => error.into(),
            AppError::Settings(error) => error.into(),
            AppError::Told(error) => error,
            error => Self::new(error.code(), error.to_string()),
        }
    }
}
