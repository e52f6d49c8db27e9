//! The shell: a window around the host. Desktop-only abilities live here (window, dialogues, single instance);
//! what the application does lives in the crates below.

mod desktop;
mod drops;
mod rpc;
mod startup;
mod window;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures::future::FutureExt as _;
use inglenook_contract::{ErrorCode, ErrorInfo};
use inglenook_host::{Home, HostOptions, Launcher, Places, Reached, Surroundings};
use tauri::{Manager as _, RunEvent};

use crate::startup::Startup;

/// The window paints while the database opens, and the first call waits for it.
type HostStartup = Startup<Arc<Reached>>;

/// Says why there will be no window, and ends the process. For what keeps the application from its data the window
/// opens all the same and says so.
pub fn refuse(words: &str) -> ! {
    eprintln!("Inglenook: {words}");
    std::process::exit(1);
}

/// Opens the window and runs until it is closed.
pub fn run() {
    let places = Places::of_this_machine().ok();
    // Where there is none the host finds none either, and the page says why.
    let home = places.clone().and_then(|places| Home::locate_in(places).ok());
    let mut app =
        tauri::Builder::default().plugin(single_instance(places.as_ref())).plugin(tauri_plugin_dialog::init());
    if let Some(home) = &home {
        let file = window_state_file(home);
        app = app.plugin(tauri_plugin_window_state::Builder::default().with_filename(file).build());
    }
    let app = app
        .manage(rpc::OpenStreams::default())
        .invoke_handler(tauri::generate_handler![rpc::rpc, rpc::stream, rpc::unstream])
        .setup(move |app| {
            let handle = app.handle().clone();
            app.manage(HostStartup::new(move || begin(handle.clone()).boxed()));
            window::open(app.handle(), web_view_folder(app.handle(), home.as_ref()))?;
            Ok(())
        })
        .build(tauri::generate_context!());
    match app {
        Ok(app) => app.run(|handle, event| {
            if let RunEvent::Exit = event {
                close(handle);
            }
        }),
        Err(error) => refuse(&format!("the window could not be opened: {error}")),
    }
}

/// A second start shows the first one's window. The bus name holds what decides where the data lies, so that two
/// separate homes (a portable copy, a test) can run side by side; not the home itself, which a planned move changes
/// between the first start and the second.
fn single_instance(places: Option<&Places>) -> tauri::plugin::TauriPlugin<tauri::Wry> {
    let decides = places.map_or(Path::new(""), |places| places.environment.as_deref().unwrap_or(&places.config));
    tauri_plugin_single_instance::Builder::new()
        .dbus_id(format!("app.inglenook.Home{}", fingerprint(decides)))
        .callback(|app, _arguments, _folder| window::show(app))
        .build()
}

/// A short name for a folder that a bus name can hold.
fn fingerprint(folder: &Path) -> String {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hasher = DefaultHasher::new();
    folder.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// The window's place and size lie with the rest of the data.
fn window_state_file(home: &Home) -> String {
    home.root().join("window.json").to_string_lossy().into_owned()
}

/// The web view's own folder lies there too; where that cannot be, with what can be made anew.
fn web_view_folder(app: &tauri::AppHandle, home: Option<&Home>) -> PathBuf {
    let own = home.and_then(|home| home.make_web_view_folder().ok());
    own.or_else(|| app.path().app_cache_dir().ok()).unwrap_or_else(|| std::env::temp_dir().join("inglenook-window"))
}

/// Begins to start the host on the runtime's own threads: opening the database must not wait for the first poll of a
/// call.
fn begin(app: tauri::AppHandle) -> impl Future<Output = Result<Arc<Reached>, ErrorInfo>> {
    let started = tauri::async_runtime::spawn(start(app));
    async move {
        started.await.unwrap_or_else(|error| {
            Err(ErrorInfo::new(ErrorCode::Internal, "Inglenook could not start.").with_detail(error.to_string()))
        })
    }
}

async fn start(app: tauri::AppHandle) -> Result<Arc<Reached>, ErrorInfo> {
    let places = Places::of_this_machine()?;
    let resources = app.path().resource_dir().ok();
    let (launcher, surroundings) = (Launcher::from_environment(), Surroundings::of_this_process());
    let desktop = Arc::new(desktop::TauriDesktop::new(app));
    Ok(Arc::new(Reached::open(HostOptions { places, launcher, resources, surroundings, desktop }).await?))
}

/// Ends the workers and closes the database before the process goes.
fn close(handle: &tauri::AppHandle) {
    let startup = handle.state::<HostStartup>();
    tauri::async_runtime::block_on(async {
        if let Some(host) = startup.begun().await {
            host.shutdown().await;
        }
    });
}
