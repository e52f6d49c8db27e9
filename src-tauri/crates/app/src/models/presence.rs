//! Folders come and go while the application runs: a disk is plugged in, another program downloads a model.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use super::folders::{blocking, folders};
use crate::App;

/// How often the folders themselves are looked at; what is in them is read only when one of them is another.
const EVERY: Duration = Duration::from_secs(10);

/// Reads the folders again whenever one of them came, went, or has other entries.
pub(crate) async fn watch(app: App) {
    let mut before = seen(&app).await;
    while tokio::time::timeout(EVERY, app.closing().cancelled()).await.is_err() {
        let now = seen(&app).await;
        if now != before {
            app.scan().await;
        }
        before = now;
    }
}

/// Each folder with when its own entries last changed; `None` for one that is not there.
async fn seen(app: &App) -> Vec<(PathBuf, Option<SystemTime>)> {
    let folders = folders(app).await;
    // A network's disk may take its time.
    blocking(move || {
        let changed = |path: &PathBuf| path.metadata().and_then(|metadata| metadata.modified()).ok();
        let of = |path: PathBuf| {
            let at = changed(&path);
            (path, at)
        };
        folders.into_iter().map(|folder| of(folder.path)).collect()
    })
    .await
}
