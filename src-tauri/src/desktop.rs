//! What only a desktop can do for the host: folder dialogues, the file manager, the system's browser.

use std::path::{Path, PathBuf};

use futures::future::BoxFuture;
use futures::stream::BoxStream;
use inglenook_contract::{Abilities, ErrorCode, ErrorInfo, FileDrop};
use inglenook_host::Desktop;
use tauri::Manager as _;
use tauri_plugin_dialog::DialogExt as _;

use crate::drops::Drops;
use crate::login::Login;
use crate::tray;

/// The desktop around the window.
pub(crate) struct TauriDesktop {
    app: tauri::AppHandle,
    login: Option<Login>,
}

impl TauriDesktop {
    pub(crate) fn new(app: tauri::AppHandle, login: Option<Login>) -> Self {
        Self { app, login }
    }

    fn login(&self) -> Result<&Login, ErrorInfo> {
        self.login.as_ref().ok_or_else(|| {
            ErrorInfo::new(ErrorCode::Unavailable, "The system cannot start Inglenook from where it lies.")
        })
    }
}

impl Desktop for TauriDesktop {
    fn abilities(&self) -> Abilities {
        Abilities {
            pick_folder: true,
            reveal: true,
            open_link: true,
            start_at_login: self.login.is_some(),
            tray: Some(tray::is_there()),
        }
    }

    fn pick_folder(&self) -> BoxFuture<'_, Result<Option<PathBuf>, ErrorInfo>> {
        Box::pin(async move {
            let (sender, receiver) = tokio::sync::oneshot::channel();
            self.app.dialog().file().pick_folder(move |folder| {
                let _ = sender.send(folder);
            });
            let picked = receiver.await.ok().flatten();
            picked.map(|folder| folder.into_path().map_err(|error| not_possible("use that folder", &error))).transpose()
        })
    }

    fn open_link(&self, url: &str) -> Result<(), ErrorInfo> {
        tauri_plugin_opener::open_url(url, None::<&str>).map_err(|error| not_possible("open the link", &error))
    }

    fn reveal(&self, path: &Path) -> Result<(), ErrorInfo> {
        tauri_plugin_opener::reveal_item_in_dir(path).map_err(|error| not_possible("open the file manager", &error))
    }

    fn starts_at_login(&self) -> Result<bool, ErrorInfo> {
        self.login()?.is_on().map_err(|error| not_possible("say whether it starts Inglenook at login", &error))
    }

    fn start_at_login(&self, on: bool) -> Result<(), ErrorInfo> {
        self.login()?.set(on).map_err(|error| not_possible("change what it starts at login", &error))
    }

    fn drops(&self) -> BoxStream<'static, FileDrop> {
        match self.app.try_state::<Drops>() {
            Some(drops) => drops.listen(),
            None => Box::pin(futures::stream::empty()),
        }
    }
}

fn not_possible(what: &str, error: &dyn std::fmt::Display) -> ErrorInfo {
    ErrorInfo::new(ErrorCode::Unavailable, format!("The system could not {what}.")).with_detail(error.to_string())
}
