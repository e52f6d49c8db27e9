//! Starting and ending: the home is opened and locked, the log begins, the application is put together.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use inglenook_app::{App, AppParts, Surroundings};
use inglenook_contract::{ErrorCode, ErrorInfo};
use inglenook_engine::Launcher;
use inglenook_server::Server;
use inglenook_settings::{Home, HomeLock, OpenedHome, Places};

use crate::{Desktop, logging};

/// What a host is started with.
pub struct HostOptions {
    /// What decides where the data lies.
    pub places: Places,
    /// What starts the workers.
    pub launcher: Launcher,
    /// The folder of the application's own resources where the platform has one (a bundle).
    pub resources: Option<PathBuf>,
    /// What tells where other programs keep their models.
    pub surroundings: Surroundings,
    /// The desktop around it.
    pub desktop: Arc<dyn Desktop>,
}

/// The application behind the contract.
pub struct Host {
    pub(crate) app: App,
    pub(crate) server: Server,
    pub(crate) desktop: Arc<dyn Desktop>,
    home: PathBuf,
    /// Held as long as the application runs: two never open one database.
    _lock: HomeLock,
}

impl Host {
    /// Opens the data and puts the application together. Nothing is loaded into memory yet.
    ///
    /// # Errors
    /// What keeps it from starting, in words: another instance has the data open, the database is from a newer
    /// version, the folder cannot be written.
    pub async fn start(options: HostOptions) -> Result<Self, ErrorInfo> {
        let opened = open_home(options.places).await?;
        logging::start(&opened.home.logs());
        tracing::info!(version = env!("CARGO_PKG_VERSION"), "starting");
        if let Some(notice) = &opened.notice {
            tracing::info!(?notice, "a move of the data was planned");
        }
        let home = opened.home.root().to_owned();
        let built_in = built_in_models(options.resources.as_deref());
        let parts = AppParts {
            home: opened.home,
            notices: opened.notice.into_iter().collect(),
            built_in_models: built_in,
            launcher: options.launcher,
            surroundings: options.surroundings,
        };
        let app = App::start(parts).await.inspect_err(|error| tracing::error!(%error, "not started"))?;
        tracing::info!("started");
        let mut settings = app.watch_settings();
        logging::set_level(settings.borrow_and_update().log_level);
        tokio::spawn(async move {
            while settings.changed().await.is_ok() {
                logging::set_level(settings.borrow_and_update().log_level);
            }
        });
        let server = Server::new(app.clone()).await;
        Ok(Self { app, server, desktop: options.desktop, home, _lock: opened.lock })
    }

    /// The folder where the data lies.
    pub(crate) fn home(&self) -> &Path {
        &self.home
    }

    /// Ends the workers, writes what is not written, closes the database.
    pub async fn shutdown(&self) {
        self.server.shutdown().await;
        self.app.shutdown().await;
        tracing::info!("ended");
    }
}

/// Finds and locks the home; off the async threads, for a planned move copies everything.
async fn open_home(places: Places) -> Result<OpenedHome, ErrorInfo> {
    match tokio::task::spawn_blocking(move || Home::open_in(places)).await {
        Ok(opened) => Ok(opened?),
        Err(error) => {
            Err(ErrorInfo::new(ErrorCode::Internal, "Opening the data was broken off.").with_detail(error.to_string()))
        }
    }
}

/// Where the models lie that ship with the application: in the bundle's resources, beside the binary, or in the
/// source tree that this binary was built from.
fn built_in_models(resources: Option<&Path>) -> Option<PathBuf> {
    let beside = std::env::current_exe().ok().and_then(|exe| Some(exe.parent()?.to_path_buf()));
    let candidates = [
        resources.map(|folder| folder.join("models")),
        beside.map(|folder| folder.join("models")),
        Some(PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../resources/models"))),
    ];
    let found = candidates.into_iter().flatten().find(|folder| folder.join("pocket").is_dir())?;
    Some(found.canonicalize().unwrap_or(found))
}
