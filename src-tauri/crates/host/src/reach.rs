//! Reaching the application: it runs in this process, or another one has the data open and is asked instead.
//!
//! Two processes never open one database. A window that finds a server without one, or a command that finds a window,
//! hands its requests over, so that a person need not know which of them came first.

use std::path::PathBuf;
use std::sync::Arc;

use inglenook_contract::{
    Abilities, ErrorCode, ErrorInfo, EventStream, Hello, LinkRef, ModelList, ModelRef, Nothing, PickedFolder,
    StartAtLogin, dispatch_call, open_stream,
};
use inglenook_settings::Home;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::control::{Door, Remote};
use crate::desktop::{check_link, events_of};
use crate::{Desktop, Host, HostOptions};

/// An application that can be asked.
pub enum Reached {
    /// It runs in this process, and others find it.
    Here {
        /// The application.
        host: Arc<Host>,
        /// Open to other processes; `None` where the system gave no socket.
        door: Option<Door>,
    },
    /// It runs in another process.
    There {
        /// The way to it.
        remote: Remote,
        /// The desktop around this process: what it can do is done here.
        desktop: Arc<dyn Desktop>,
    },
}

impl Reached {
    /// Starts the application, or finds the one that has the data open.
    ///
    /// # Errors
    /// As [`Host::start`]; `Busy` where another process has the data open and does not answer.
    pub async fn open(options: HostOptions) -> Result<Self, ErrorInfo> {
        let home = Home::locate_in(options.places.clone())?;
        let desktop = Arc::clone(&options.desktop);
        match Host::start(options).await {
            Ok(host) => Ok(Self::here(host)),
            Err(busy) if busy.code == ErrorCode::Busy => match Remote::of(home.root()).await {
                Some(remote) => Ok(Self::There { remote, desktop }),
                None => Err(busy),
            },
            Err(error) => Err(error),
        }
    }

    fn here(host: Host) -> Self {
        let host = Arc::new(host);
        let door = Door::open(&host, host.home()).inspect_err(|error| {
            tracing::warn!(%error, "other processes will not reach this one");
        });
        Self::Here { host, door: door.ok() }
    }

    /// The application that has the data open, if one does; starts nothing.
    ///
    /// # Errors
    /// Where the data is cannot be told.
    pub async fn running(places: inglenook_settings::Places) -> Result<Option<Remote>, ErrorInfo> {
        let home = Home::locate_in(places)?;
        Ok(Remote::of(home.root()).await)
    }

    /// Whether it runs in this process.
    #[must_use]
    pub fn is_here(&self) -> bool {
        matches!(self, Self::Here { .. })
    }

    /// Answers a call of the contract.
    ///
    /// # Errors
    /// What the call fails with.
    pub async fn call(&self, name: &str, request: Value) -> Result<Value, ErrorInfo> {
        match self {
            Self::Here { host, .. } => dispatch_call(&**host, name, request).await,
            Self::There { remote, desktop } => there(remote, desktop, name, request).await,
        }
    }

    /// Opens a stream of the contract; its events are JSON.
    ///
    /// # Errors
    /// What the stream fails with.
    pub async fn stream(&self, name: &str, request: Value) -> Result<EventStream<Value>, ErrorInfo> {
        match self {
            Self::Here { host, .. } => open_stream(&**host, name, request).await,
            Self::There { desktop, .. } if name == "desktop.drops" => Ok(events_of(desktop.drops())),
            Self::There { remote, .. } => remote.stream(name, request).await,
        }
    }

    /// As [`call`](Self::call), with types.
    ///
    /// # Errors
    /// What the call fails with.
    pub async fn ask<T: DeserializeOwned>(&self, name: &str, request: impl Serialize) -> Result<T, ErrorInfo> {
        let answer = self.call(name, encode(request)?).await?;
        serde_json::from_value(answer).map_err(|error| {
            ErrorInfo::new(ErrorCode::Internal, "The answer was not understood.").with_detail(error.to_string())
        })
    }

    /// Ends the application where it runs in this process; another one is left alone.
    pub async fn shutdown(&self) {
        if let Self::Here { host, .. } = self {
            host.shutdown().await;
        }
    }
}

/// What the desktop around this process does is done here; everything else is asked there.
async fn there(remote: &Remote, desktop: &Arc<dyn Desktop>, name: &str, request: Value) -> Result<Value, ErrorInfo> {
    match name {
        "app.hello" => {
            let mut hello: Hello = decode(remote.call(name, request).await?)?;
            // Closing this window ends nothing: what serves is in the other process.
            let abilities = crate::desktop::ask(desktop, |desktop| Ok(desktop.abilities())).await?;
            hello.abilities = Abilities { tray: None, ..abilities };
            encode(hello)
        }
        "desktop.pickFolder" => {
            let path = desktop.pick_folder().await?.map(|path| path.to_string_lossy().into_owned());
            encode(PickedFolder { path })
        }
        "desktop.openLink" => {
            let LinkRef { url } = decode(request)?;
            check_link(&url)?;
            beside(desktop, move |desktop| desktop.open_link(&url)).await
        }
        "desktop.startAtLogin" => {
            encode(StartAtLogin { on: crate::desktop::ask(desktop, |desktop| desktop.starts_at_login()).await? })
        }
        "desktop.setStartAtLogin" => {
            let StartAtLogin { on } = decode(request)?;
            beside(desktop, move |desktop| desktop.start_at_login(on)).await
        }
        "model.reveal" => {
            let ModelRef { model } = decode(request)?;
            let list: ModelList = decode(remote.call("model.list", json!({})).await?)?;
            let found = list.models.into_iter().find(|one| one.id == model);
            let found = found.ok_or_else(|| ErrorInfo::new(ErrorCode::NotFound, "There is no such model any more."))?;
            beside(desktop, move |desktop| desktop.reveal(&PathBuf::from(found.path))).await
        }
        _ => remote.call(name, request).await,
    }
}

/// Off the async threads: a file manager or a browser may take its time.
async fn beside<F>(desktop: &Arc<dyn Desktop>, ask: F) -> Result<Value, ErrorInfo>
where
    F: FnOnce(&dyn Desktop) -> Result<(), ErrorInfo> + Send + 'static,
{
    crate::desktop::ask(desktop, ask).await?;
    encode(Nothing {})
}

fn decode<T: DeserializeOwned>(value: Value) -> Result<T, ErrorInfo> {
    serde_json::from_value(value).map_err(|error| {
        ErrorInfo::new(ErrorCode::InvalidRequest, "The request was not understood.").with_detail(error.to_string())
    })
}

fn encode(value: impl Serialize) -> Result<Value, ErrorInfo> {
    serde_json::to_value(value).map_err(|error| {
        ErrorInfo::new(ErrorCode::Internal, "The answer could not be put into words.").with_detail(error.to_string())
    })
}
