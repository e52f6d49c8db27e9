//! The application: its parts, put together once and shared by every use-case.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use futures::Stream;
use inglenook_contract::{ChangeTag, Changed, Notice, Settings};
use inglenook_engine::{Launcher, Pool, PoolSettings};
use inglenook_hub::download::ModelsFolder;
use inglenook_hub::{Library, LibraryReader, Surroundings};
use inglenook_settings::{Home, SettingsFile};
use inglenook_store::Store;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{OnceCell, watch};
use tokio_util::sync::CancellationToken;

use crate::answers::Answers;
use crate::changes::Changes;
use crate::downloads::{self, Queue};
use crate::engines::{self, Engines};
use crate::hub::Seen;
use crate::models::{self, Away, Updates};
use crate::network::Network;
use crate::{Result, fit};

/// What the application is put together from.
pub struct AppParts {
    /// The home, locked by whoever starts the application.
    pub home: Home,
    /// What opening the home had to say.
    pub notices: Vec<Notice>,
    /// Where the models lie that ship with the application.
    pub built_in_models: Option<PathBuf>,
    /// What starts the workers.
    pub launcher: Launcher,
    /// What tells where other programs keep their models.
    pub surroundings: Surroundings,
}

/// The application; cloning it is cheap.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    home: Home,
    settings: SettingsFile,
    store: Store,
    temporary: Store,
    reader: LibraryReader,
    library: RwLock<Arc<Library>>,
    scanned: OnceCell<()>,
    built_in_models: Option<PathBuf>,
    surroundings: Surroundings,
    away: Away,
    updates: Updates,
    pool: Pool,
    answers: Answers,
    changes: Changes,
    engines: Engines,
    network: Network,
    downloads: Queue,
    hub_seen: Seen,
    notices: Mutex<Vec<Notice>>,
    closing: CancellationToken,
}

impl App {
    /// Opens settings and store, and begins to read the model folders in the background.
    ///
    /// # Errors
    /// What keeps the store from opening: a newer version's database, no permission, a full disk.
    pub async fn start(parts: AppParts) -> Result<Self> {
        let (settings, set_aside) = SettingsFile::open(parts.home.settings())?;
        let opened = Store::open(&parts.home.chats()).await?;
        let mut notices = parts.notices;
        notices.extend(set_aside);
        notices.extend(opened.notices);
        let (changes, processor) = (Changes::default(), inglenook_hardware::processor());
        opened.store.keep_folders(&settings.current().model_folders).await?;
        let engines = Engines::read(&opened.store).await?;
        let (on_loaded, loads) = fit::on_loaded();
        let pool_settings = PoolSettings {
            on_loaded,
            kernels_crashed: opened.store.crashed_kernels(&processor).await?,
            on_kernels: engines::on_kernels(opened.store.clone(), changes.clone(), processor),
            on_measured: engines::on_measured(engines.clone(), opened.store.clone(), changes.clone()),
            ..pool_settings(&settings.current())
        };
        let pool = Pool::new(parts.launcher, pool_settings);
        let network = Network::new(&settings.current(), opened.store.clone(), changes.clone())?;
        let app = Self(Arc::new(Inner {
            home: parts.home,
            settings,
            store: opened.store,
            temporary: Store::temporary().await?,
            reader: LibraryReader::new(),
            library: RwLock::default(),
            scanned: OnceCell::new(),
            built_in_models: parts.built_in_models,
            surroundings: parts.surroundings,
            away: Away::default(),
            updates: Updates::default(),
            pool,
            answers: Answers::default(),
            changes,
            engines,
            network,
            downloads: Queue::default(),
            hub_seen: Seen::default(),
            notices: Mutex::new(notices),
            closing: CancellationToken::new(),
        }));
        app.watch_model_states();
        app.apply_settings_as_they_change();
        downloads::drive(&app);
        fit::keep_records(&app, loads);
        tokio::spawn({
            let app = app.clone();
            async move {
                app.library().await;
                models::presence::watch(app).await;
            }
        });
        Ok(app)
    }

    fn watch_model_states(&self) {
        let mut states = self.pool().subscribe();
        let changes = self.changes_bus().clone();
        tokio::spawn(async move {
            loop {
                match states.recv().await {
                    Ok(model) => changes.tell_model(&model),
                    Err(RecvError::Lagged(_)) => changes.tell(ChangeTag::ModelState),
                    Err(RecvError::Closed) => break,
                }
            }
        });
    }

    fn apply_settings_as_they_change(&self) {
        let mut settings = self.watch_settings();
        let pool = self.pool().clone();
        tokio::spawn(async move {
            while settings.changed().await.is_ok() {
                let PoolSettings { idle_unload, max_loaded, .. } = pool_settings(&settings.borrow_and_update());
                pool.set_idle_unload(idle_unload);
                pool.set_max_loaded(max_loaded);
            }
        });
    }

    /// Stops what is being written, ends the workers, closes the store.
    pub async fn shutdown(&self) {
        self.0.closing.cancel();
        self.downloads().shutdown().await;
        self.answers().stop_all().await;
        self.pool().shutdown().await;
        self.answers().unstored.store_all(self.store()).await;
        if let Err(error) = self.store().close().await {
            tracing::error!(%error, "the store was not closed in order");
        }
    }

    /// The settings as they are now.
    #[must_use]
    pub fn settings(&self) -> Settings {
        self.0.settings.current()
    }

    /// The settings now and whenever they change.
    #[must_use]
    pub fn watch_settings(&self) -> watch::Receiver<Settings> {
        self.0.settings.watch()
    }

    /// What changed, from now on, in batches.
    pub fn changes(&self) -> impl Stream<Item = Vec<Changed>> + Send + 'static + use<> {
        self.0.changes.watch()
    }

    /// What the person should be told about the data on disk.
    #[must_use]
    pub fn notices(&self) -> Vec<Notice> {
        self.0.notices.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The person has read the notices.
    pub fn dismiss_notices(&self) {
        self.0.notices.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.changes_bus().tell(ChangeTag::Status);
    }

    pub(crate) fn home(&self) -> &Home {
        &self.0.home
    }

    pub(crate) fn settings_file(&self) -> &SettingsFile {
        &self.0.settings
    }

    pub(crate) fn store(&self) -> &Store {
        &self.0.store
    }

    pub(crate) fn temporary_store(&self) -> &Store {
        &self.0.temporary
    }

    /// The store that holds a chat or a message: the name tells.
    pub(crate) fn store_of(&self, id: &str) -> &Store {
        if id.starts_with("temp-") { &self.0.temporary } else { &self.0.store }
    }

    pub(crate) fn pool(&self) -> &Pool {
        &self.0.pool
    }

    pub(crate) fn answers(&self) -> &Answers {
        &self.0.answers
    }

    pub(crate) fn engines(&self) -> &Engines {
        &self.0.engines
    }

    pub(crate) fn network(&self) -> &Network {
        &self.0.network
    }

    pub(crate) fn downloads(&self) -> &Queue {
        &self.0.downloads
    }

    /// What the hub said lately.
    pub(crate) fn hub_seen(&self) -> &Seen {
        &self.0.hub_seen
    }

    /// Where downloads go.
    pub(crate) fn models_folder(&self) -> ModelsFolder {
        ModelsFolder::new(self.home().models())
    }

    pub(crate) fn changes_bus(&self) -> &Changes {
        &self.0.changes
    }

    pub(crate) fn built_in_models(&self) -> Option<PathBuf> {
        self.0.built_in_models.clone()
    }

    pub(crate) fn surroundings(&self) -> &Surroundings {
        &self.0.surroundings
    }

    /// Cancelled when the application ends.
    pub(crate) fn closing(&self) -> &CancellationToken {
        &self.0.closing
    }

    /// The models of folders that are away.
    pub(crate) fn away(&self) -> &Away {
        &self.0.away
    }

    /// What is newer on the hub.
    pub(crate) fn updates(&self) -> &Updates {
        &self.0.updates
    }

    /// The library as it was last read.
    pub(crate) fn known_library(&self) -> Arc<Library> {
        Arc::clone(&self.0.library.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The library; waits for the first reading.
    pub(crate) async fn library(&self) -> Arc<Library> {
        self.0.scanned.get_or_init(|| async { self.read_library().await }).await;
        self.known_library()
    }

    /// The library, read again.
    pub(crate) async fn scan(&self) -> Arc<Library> {
        self.read_library().await;
        self.known_library()
    }

    async fn read_library(&self) {
        let read = Arc::new(self.0.reader.read(models::folders(self).await).await);
        self.away().after_reading(self, &read).await;
        *self.0.library.write().unwrap_or_else(PoisonError::into_inner) = read;
        self.changes_bus().tell(ChangeTag::Models);
    }
}

fn pool_settings(settings: &Settings) -> PoolSettings {
    let minutes = u64::from(settings.idle_unload_minutes);
    PoolSettings {
        max_loaded: settings.models_in_memory as usize,
        idle_unload: (minutes > 0).then(|| Duration::from_secs(minutes * 60)),
        free_memory: Arc::new(|| Some(inglenook_hardware::memory().free_bytes)),
        ..PoolSettings::default()
    }
}
