//! What the desktop around the host is asked for.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{ThreadId, current};

use futures::future::BoxFuture;
use inglenook_contract::{Abilities, Api as _, ErrorInfo, LinkRef};
use inglenook_host::{Desktop, Host, HostOptions, Launcher, Places, Surroundings};

/// A desktop that remembers which thread asked it.
#[derive(Default)]
struct Asked(Mutex<Option<ThreadId>>);

impl Desktop for Asked {
    fn abilities(&self) -> Abilities {
        Abilities::default()
    }

    fn pick_folder(&self) -> BoxFuture<'_, Result<Option<PathBuf>, ErrorInfo>> {
        Box::pin(async { Ok(None) })
    }

    fn open_link(&self, _url: &str) -> Result<(), ErrorInfo> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(current().id());
        Ok(())
    }

    fn reveal(&self, _path: &Path) -> Result<(), ErrorInfo> {
        Ok(())
    }
}

#[tokio::test(flavor = "current_thread")]
async fn a_browser_that_takes_its_time_holds_up_no_other_call() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("the-desktop");
    let _ = std::fs::remove_dir_all(&folder);
    let places = Places { environment: Some(folder.clone()), config: folder.clone(), data: folder };
    let desktop = Arc::new(Asked::default());
    let asked: Arc<dyn Desktop> = desktop.clone();
    let launcher = Launcher::from_environment();
    let host = Host::start(HostOptions {
        places,
        launcher,
        resources: None,
        surroundings: Surroundings::default(),
        desktop: asked,
    })
    .await
    .expect("started");
    host.desktop_open_link(LinkRef { url: "https://example.org".to_owned() }).await.expect("opened");
    let asked = desktop.0.lock().unwrap_or_else(PoisonError::into_inner).expect("asked");
    assert_ne!(asked, current().id(), "every call of this host is answered on this thread");
    host.shutdown().await;
}
