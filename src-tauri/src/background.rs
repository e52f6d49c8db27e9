//! Going on without a window: while programs are served, and a tray shows where the application is.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::StreamExt as _;
use inglenook_contract::ErrorInfo;
use inglenook_host::{Host, Reached};
use tauri::{AppHandle, Manager as _};

use crate::tray::{Chosen, Heard, Icon};
use crate::window;

/// What the system starts the application with at login.
pub(crate) const BACKGROUND: &str = "--background";

/// A desktop that comes up may take this long to show its tray.
const PATIENCE: Duration = Duration::from_secs(15);

/// Whether the icon can be seen.
#[derive(Default)]
pub(crate) struct InTray(AtomicBool);

/// Whether the application was started without its window.
pub(crate) fn is_asked() -> bool {
    std::env::args().skip(1).any(|argument| argument == BACKGROUND)
}

/// Whether the application goes on once its last window is closed.
pub(crate) fn goes_on(app: &AppHandle) -> bool {
    app.state::<InTray>().0.load(Ordering::Relaxed)
}

/// What a start without a window is for: the server is switched on. Where that fails the window opens and says why;
/// where it is to end with the window, there has to be one.
pub(crate) async fn begin(app: &AppHandle, started: &Result<Arc<Reached>, ErrorInfo>) {
    let Ok(reached) = started else { return window::show(app) };
    let Reached::Here { host, .. } = &**reached else {
        tracing::info!("another Inglenook has the data open");
        return app.exit(0);
    };
    if !host.serve().await {
        window::show(app);
    } else if host.serves().next().await.flatten().is_none() {
        window::open_minimised(app);
    }
}

/// Shows the icon as long as programs are served, and ends the application where it was all that was left.
pub(crate) async fn follow(app: AppHandle, host: Arc<Host>) {
    let mut serves = host.serves();
    let mut icon = None;
    while let Some(address) = serves.next().await {
        match (address, &icon) {
            (Some(address), None) => {
                let ears = Ears { app: app.clone(), host: Arc::downgrade(&host) };
                icon = Icon::show(&app, &address, Arc::new(ears)).await;
            }
            (Some(address), Some(icon)) => icon.say(&address).await,
            (None, None) => {}
            (None, Some(_)) => {
                icon = None;
                app.state::<InTray>().0.store(false, Ordering::Relaxed);
                if app.webview_windows().is_empty() {
                    app.exit(0);
                }
            }
        }
    }
}

/// Opens the window, out of the way, where nothing shows that the application runs.
fn be_found(app: AppHandle) {
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(PATIENCE).await;
        if !goes_on(&app) && app.webview_windows().is_empty() {
            window::open_minimised(&app);
        }
    });
}

/// Does what the person chooses at the icon.
struct Ears {
    app: AppHandle,
    host: std::sync::Weak<Host>,
}

impl Heard for Ears {
    fn chosen(&self, what: Chosen) {
        let (app, host) = (self.app.clone(), self.host.clone());
        // Not on the thread of the icon: the window is made by the main one, which may be waiting for it.
        tauri::async_runtime::spawn(async move {
            match what {
                Chosen::Open => window::show(&app),
                Chosen::Quit => app.exit(0),
                Chosen::Stop => {
                    if let Some(host) = host.upgrade() {
                        host.stop_serving().await;
                    }
                }
            }
        });
    }

    fn seen(&self, seen: bool) {
        self.app.state::<InTray>().0.store(seen, Ordering::Relaxed);
        if !seen {
            be_found(self.app.clone());
        }
    }
}
