//! What a host may be able to do besides: it grows only when a call needs something.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures::StreamExt as _;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use inglenook_contract::{Abilities, ErrorCode, ErrorInfo, EventStream, FileDrop};
use serde_json::Value;

/// The desktop around the application. What a host cannot do it declines, and the window does not offer it.
pub trait Desktop: Send + Sync {
    /// What of the following works here; the system may be asked for it.
    fn abilities(&self) -> Abilities;

    /// Lets the person pick a folder; `None` if they closed the dialogue.
    fn pick_folder(&self) -> BoxFuture<'_, Result<Option<PathBuf>, ErrorInfo>>;

    /// Opens a link that was checked already.
    ///
    /// # Errors
    /// [`ErrorCode::Unavailable`] if the system would not.
    fn open_link(&self, url: &str) -> Result<(), ErrorInfo>;

    /// Shows a file in the file manager.
    ///
    /// # Errors
    /// [`ErrorCode::Unavailable`] if the system would not.
    fn reveal(&self, path: &Path) -> Result<(), ErrorInfo>;

    /// Whether the system starts the application when the person logs in.
    ///
    /// # Errors
    /// [`ErrorCode::Unavailable`] if the system does not do such things or would not say.
    fn starts_at_login(&self) -> Result<bool, ErrorInfo> {
        Err(declined(NO_LOGIN))
    }

    /// Has the system start the application, without its window, when the person logs in; or no longer.
    ///
    /// # Errors
    /// [`ErrorCode::Unavailable`] if the system does not do such things or would not.
    fn start_at_login(&self, _on: bool) -> Result<(), ErrorInfo> {
        Err(declined(NO_LOGIN))
    }

    /// Files that are dragged over the window, from now on; ends at once where there is no window to drag them over.
    fn drops(&self) -> BoxStream<'static, FileDrop> {
        Box::pin(futures::stream::empty())
    }
}

const NO_LOGIN: &str = "Inglenook cannot be started at login from here.";

/// No desktop at all: a machine without a display.
pub struct NoDesktop;

impl Desktop for NoDesktop {
    fn abilities(&self) -> Abilities {
        Abilities::default()
    }

    fn pick_folder(&self) -> BoxFuture<'_, Result<Option<PathBuf>, ErrorInfo>> {
        Box::pin(async { Err(declined("There is no folder dialogue here. Type the folder's path instead.")) })
    }

    fn open_link(&self, _url: &str) -> Result<(), ErrorInfo> {
        Err(declined("Links cannot be opened from here. Copy the address instead."))
    }

    fn reveal(&self, _path: &Path) -> Result<(), ErrorInfo> {
        Err(declined("There is no file manager here."))
    }
}

/// Asks a desktop for something, off the async threads: a file manager or a browser may take its time to answer.
///
/// # Errors
/// What the desktop says.
pub(crate) async fn ask<F, T>(desktop: &Arc<dyn Desktop>, ask: F) -> Result<T, ErrorInfo>
where
    F: FnOnce(&dyn Desktop) -> Result<T, ErrorInfo> + Send + 'static,
    T: Send + 'static,
{
    let desktop = Arc::clone(desktop);
    tokio::task::spawn_blocking(move || ask(&*desktop)).await.unwrap_or_else(|error| {
        Err(ErrorInfo::new(ErrorCode::Internal, "The system could not be asked.").with_detail(error.to_string()))
    })
}

/// Events as JSON.
pub(crate) fn events_of(drops: BoxStream<'static, FileDrop>) -> EventStream<Value> {
    Box::pin(drops.filter_map(|drop| async move { serde_json::to_value(drop).ok() }))
}

fn declined(words: &str) -> ErrorInfo {
    ErrorInfo::new(ErrorCode::Unavailable, words)
}

/// Whether a link that stood in a message may leave for the system's browser.
///
/// # Errors
/// [`ErrorCode::InvalidRequest`] for anything but a whole https or mailto address.
pub(crate) fn check_link(url: &str) -> Result<(), ErrorInfo> {
    let clean = url.len() <= 8_192 && !url.contains(|c: char| c.is_control() || c.is_whitespace());
    let lower = url.get(..8).unwrap_or(url).to_ascii_lowercase();
    let known = lower.starts_with("https://") && url.len() > "https://".len();
    let mail = lower.starts_with("mailto:") && url.len() > "mailto:".len();
    if clean && (known || mail) {
        return Ok(());
    }
    Err(ErrorInfo::new(ErrorCode::InvalidRequest, "Only https and mailto links are opened."))
}

#[cfg(test)]
mod tests {
    use super::check_link;

    #[test]
    fn only_https_and_mail_leave_the_application() {
        for url in ["https://example.org/a?b#c", "HTTPS://EXAMPLE.ORG", "mailto:ana@example.org"] {
            assert!(check_link(url).is_ok(), "{url} is fine");
        }
        let refused = [
            "http://example.org",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "data:text/html,x",
            "vbscript:x",
            "ftp://example.org",
            "smb://host/share",
            " https://example.org",
            "https://exa\nmple.org",
            "java\tscript:alert(1)",
            "https://",
            "mailto:",
            "",
            "//example.org",
            "inglenook://x",
        ];
        for url in refused {
            assert!(check_link(url).is_err(), "{url:?} must not be handed to the system");
        }
    }
}
