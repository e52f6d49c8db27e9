//! The switch: whether the server runs, and that it runs as it is set.

use std::sync::{Arc, Weak};
use std::time::Duration;

use futures::Stream;
use inglenook_app::{App, hardware, serving};
use inglenook_contract::{ErrorCode, ErrorInfo, ServerRequestEvent, ServerSettings, ServerState, ServerStatus};
use tokio::sync::{Mutex, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::guard::{self, Door};
use crate::state::Serving;
use crate::{listen, routes};

/// How often an open server looks where this machine is in its network; a look reads a few small files.
const LOOK: Duration = Duration::from_secs(5);

/// The local server. Cloning it gives another handle on the same one.
#[derive(Clone)]
pub struct Server(Arc<Inner>);

struct Inner {
    serving: Serving,
    state: watch::Sender<ServerState>,
    running: Mutex<Option<Running>>,
}

struct Running {
    /// What it was started with, as far as a change needs another start.
    with: Opened,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

/// The settings that decide what is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Opened {
    port: u16,
    lan: bool,
    hosts: Vec<String>,
}

impl Opened {
    fn of(settings: &ServerSettings) -> Self {
        Self { port: settings.port, lan: settings.lan, hosts: settings.hosts.clone() }
    }
}

impl Server {
    /// The server of an application; off, unless it is set to start with it.
    pub async fn new(app: App) -> Self {
        let settings = app.watch_settings();
        let serving = Serving::new(app);
        let state = watch::Sender::new(ServerState::Off);
        let server = Self(Arc::new(Inner { serving, state, running: Mutex::default() }));
        if server.0.serving.app().settings().server.start_with_app {
            server.switch(true).await;
        }
        tokio::spawn(follow(Arc::downgrade(&server.0), settings));
        server
    }

    /// Switches it on or off; where it cannot be started, the state says why.
    pub async fn switch(&self, on: bool) {
        let mut running = self.0.running.lock().await;
        self.0.close(&mut running).await;
        if on {
            self.0.open(&mut running).await;
        } else {
            self.0.tell(ServerState::Off);
        }
    }

    /// Whether it runs, from now on. A server that starts again, because it was set otherwise, was never off.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<ServerState> {
        self.0.state.subscribe()
    }

    /// As it is now.
    ///
    /// # Errors
    /// As every reading of the store.
    pub async fn status(&self) -> Result<ServerStatus, ErrorInfo> {
        let names = serving::served_names(self.0.serving.app()).await?;
        Ok(ServerStatus { state: self.0.state.borrow().clone(), names })
    }

    /// What it is asked, from now on; what is remembered first.
    pub fn requests(&self) -> impl Stream<Item = ServerRequestEvent> + Send + 'static + use<> {
        self.0.serving.requests().watch()
    }

    /// Forgets what it was asked.
    pub fn clear_requests(&self) {
        self.0.serving.requests().clear();
    }

    /// Ends it with the application.
    pub async fn shutdown(&self) {
        let mut running = self.0.running.lock().await;
        self.0.close(&mut running).await;
        self.0.tell(ServerState::Off);
    }
}

impl Inner {
    fn tell(&self, state: ServerState) {
        self.state.send_replace(state);
        serving::server_changed(self.serving.app());
    }

    async fn open(self: &Arc<Self>, running: &mut Option<Running>) {
        let settings = self.serving.app().settings().server;
        let opened = Opened::of(&settings);
        match self.start(&settings).await {
            Ok((stop, task, state)) => {
                tracing::info!(?state, "the server runs");
                *running = Some(Running { with: opened, stop, task });
                self.tell(state);
            }
            Err(error) => {
                tracing::warn!(code = ?error.code, message = error.message, "the server does not run");
                self.tell(ServerState::Failed { error });
            }
        }
    }

    async fn start(
        self: &Arc<Self>,
        settings: &ServerSettings,
    ) -> Result<(CancellationToken, JoinHandle<()>, ServerState), ErrorInfo> {
        let app = self.serving.app();
        if settings.lan && serving::tokens(app).await?.is_empty() {
            let words = "Sharing with the network needs a token: make one first, so that not everybody there can use your models.";
            return Err(ErrorInfo::new(ErrorCode::InvalidRequest, words));
        }
        let port = settings.port;
        let listeners = listen::bind(port, settings.lan).await.map_err(|error| not_opened(port, &error))?;
        let addresses = if settings.lan { hardware::addresses().await } else { Vec::new() };
        let (known, names) = watch::channel(guard::names(port, &settings.hosts, &addresses));
        let router = routes::router(self.serving.clone(), Door { names, lan: settings.lan });
        self.serving.gate().set(settings.parallel, settings.queue);
        let stop = CancellationToken::new();
        let task = tokio::spawn(listen::serve(listeners, router, stop.clone()));
        let state = reached(port, &addresses);
        if settings.lan {
            let here = Here { port, hosts: settings.hosts.clone(), addresses, known };
            tokio::spawn(here.follow(Arc::downgrade(self), stop.clone()));
        }
        Ok((stop, task, state))
    }

    /// Ends what runs, and leaves what is told of it to whoever knows what comes next.
    async fn close(&self, running: &mut Option<Running>) {
        if let Some(Running { stop, task, .. }) = running.take() {
            stop.cancel();
            let _ = task.await;
            tracing::info!("the server is off");
        }
    }
}

fn reached(port: u16, addresses: &[String]) -> ServerState {
    let lan = addresses.iter().map(|address| format!("http://{address}:{port}")).collect();
    ServerState::Running { address: format!("http://127.0.0.1:{port}"), lan }
}

/// Where this machine is in its network, for a server that is open to it.
struct Here {
    port: u16,
    hosts: Vec<String>,
    addresses: Vec<String>,
    known: watch::Sender<Vec<String>>,
}

impl Here {
    /// Follows this machine into another network, or to another address in this one: it is shown, and let in.
    async fn follow(mut self, server: Weak<Inner>, stop: CancellationToken) {
        let mut look = tokio::time::interval(LOOK);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = look.tick() => {}
            }
            let now = hardware::addresses().await;
            if now == self.addresses {
                continue;
            }
            let Some(server) = server.upgrade() else { return };
            // Whoever closes the server holds this, and what is told afterwards is theirs to tell.
            let _running = server.running.lock().await;
            if stop.is_cancelled() {
                return;
            }
            tracing::info!("this machine has other addresses in its network");
            self.addresses = now;
            self.known.send_replace(guard::names(self.port, &self.hosts, &self.addresses));
            server.tell(reached(self.port, &self.addresses));
        }
    }
}

fn not_opened(port: u16, error: &std::io::Error) -> ErrorInfo {
    let (code, words) = match error.kind() {
        std::io::ErrorKind::AddrInUse => (
            ErrorCode::Busy,
            format!(
                "Another program on this machine uses port {port} already. Choose another port, or end that program."
            ),
        ),
        std::io::ErrorKind::PermissionDenied => (
            ErrorCode::PermissionDenied,
            format!("The system does not let Inglenook use port {port}. Choose one above 1,023."),
        ),
        _ => (ErrorCode::Internal, format!("Port {port} could not be opened.")),
    };
    ErrorInfo::new(code, words).with_detail(error.to_string())
}

/// Starts the server anew when what it was started with was changed, and tells the gate its limits.
async fn follow(server: Weak<Inner>, mut settings: watch::Receiver<inglenook_contract::Settings>) {
    while settings.changed().await.is_ok() {
        let Some(server) = server.upgrade() else { return };
        let now = settings.borrow_and_update().server.clone();
        server.serving.gate().set(now.parallel, now.queue);
        let mut running = server.running.lock().await;
        let failed = matches!(*server.state.borrow(), ServerState::Failed { .. });
        let changed = running.as_ref().is_some_and(|running| running.with != Opened::of(&now));
        if changed || failed {
            server.close(&mut running).await;
            server.open(&mut running).await;
        }
    }
}
