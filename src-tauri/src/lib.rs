//! The shell: a window around the host. Desktop-only abilities live here (window, dialogues, single instance);
//! what the application does lives in the crates below.

mod background;
mod desktop;
mod drops;
mod login;
mod rpc;
mod startup;
mod tray;
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

/// Opens the window and runs until it is closed, or for longer while it serves.
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
        .manage(drops::Drops::default())
        .manage(background::InTray::default())
        .invoke_handler(tauri::generate_handler![rpc::rpc, rpc::stream, rpc::unstream])
        .setup(move |app| {
            let handle = app.handle().clone();
            app.manage(window::WebViewFolder(web_view_folder(&handle, home.as_ref())));
            app.manage(HostStartup::new(move || begin(handle.clone()).boxed()));
            if !background::is_asked() {
                window::open(app.handle())?;
            }
            Ok(())
        })
        .build(tauri::generate_context!());
    match app {
        Ok(app) => app.run(|handle, event| match event {
            // Without a code it was the last window that closed.
            RunEvent::ExitRequested { code: None, api, .. } if background::goes_on(handle) => api.prevent_exit(),
            RunEvent::Exit => close(handle),
            #[cfg(target_os = "macos")]
            RunEvent::Reopen { .. } => window::show(handle),
            _ => {}
        }),
        Err(error) => refuse(&format!("the window could not be opened: {error}")),
    }
}

/// A second start shows the first one's window. The bus name holds what decides where the data lies, so that two
/// separate homes (a portable copy, a test) can run side by side; not the home itself, which a planned move changes
/// between the first start and the second.
fn single_instance(places: Option<&Places>) -> tauri::plugin::TauriPlugin<tauri::Wry> {
    let decides = places.map_or(Path::new(""), decides);
    tauri_plugin_single_instance::Builder::new()
        .dbus_id(format!("app.inglenook.Home{}", fingerprint(decides)))
        .callback(|app, arguments, _folder| {
            if !arguments.iter().any(|argument| argument == background::BACKGROUND) {
                window::show(app);
            }
        })
        .build()
}

/// What decides where the data lies, whatever was planned for it.
fn decides(places: &Places) -> &Path {
    places.environment.as_deref().unwrap_or(&places.config)
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
    let started = tauri::async_runtime::spawn(async move {
        let started = start(app.clone()).await;
        if background::is_asked() && app.webview_windows().is_empty() {
            background::begin(&app, &started).await;
        }
        if let Ok(reached) = &started
            && let Reached::Here { host, .. } = &**reached
        {
            tauri::async_runtime::spawn(background::follow(app, Arc::clone(host)));
        }
        started
    });
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
    let login = login::Login::of(&places, &fingerprint(decides(&places)));
    if let Some(login) = &login {
        login.refresh();
    }
    let desktop = Arc::new(desktop::TauriDesktop::new(app, login));
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
