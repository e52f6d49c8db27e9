//! The shell: a window around the host. Desktop-only abilities live here (window, dialogues, single instance);
//! what the application does lives in the crates below.

mod desktop;
mod rpc;
mod window;

use std::sync::Arc;

use futures::future::{BoxFuture, FutureExt as _, Shared};
use inglenook_contract::ErrorInfo;
use inglenook_host::{Home, Host, HostOptions, Launcher, Places};
use tauri::{Manager as _, RunEvent};

/// The host on its way: the window paints while the database opens, and the first call waits for it.
type HostFuture = Shared<BoxFuture<'static, Result<Arc<Host>, ErrorInfo>>>;

/// Says why the application cannot run on this machine, and ends it.
pub fn refuse(error: &ErrorInfo) -> ! {
    eprintln!("Inglenook: {}", error.message);
    std::process::exit(1);
}

/// Opens the window and runs until it is closed.
pub fn run() {
    let places = match Places::of_this_machine() {
        Ok(places) => places,
        Err(error) => refuse(&error.into()),
    };
    let home = match Home::locate_in(places.clone()) {
        Ok(home) => home,
        Err(error) => refuse(&error.into()),
    };
    let app = tauri::Builder::default()
        .plugin(single_instance(&home))
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_window_state::Builder::default().with_filename(window_state_file(&home)).build())
        .manage(rpc::OpenStreams::default())
        .invoke_handler(tauri::generate_handler![rpc::rpc, rpc::stream, rpc::unstream])
        .setup(move |app| {
            let host = start_host(app.handle().clone(), places);
            tauri::async_runtime::spawn(host.clone().map(|_| ()));
            app.manage(host);
            window::open(app.handle(), home.root().join("window"))?;
            Ok(())
        })
        .build(tauri::generate_context!());
    match app {
        Ok(app) => app.run(|handle, event| {
            if let RunEvent::Exit = event {
                close(handle);
            }
        }),
        Err(error) => {
            eprintln!("Inglenook could not open its window: {error}");
            std::process::exit(1);
        }
    }
}

/// A second start shows the first one's window. The bus name holds the data folder, so that two separate homes
/// (a portable copy, a test) can run side by side.
fn single_instance(home: &Home) -> tauri::plugin::TauriPlugin<tauri::Wry> {
    tauri_plugin_single_instance::Builder::new()
        .dbus_id(format!("app.inglenook.Home{}", fingerprint(home.root())))
        .callback(|app, _arguments, _folder| window::show(app))
        .build()
}

/// A short name for a folder that a bus name can hold.
fn fingerprint(folder: &std::path::Path) -> String {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hasher = DefaultHasher::new();
    folder.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// The window's place and size lie with the rest of the data.
fn window_state_file(home: &Home) -> String {
    home.root().join("window.json").to_string_lossy().into_owned()
}

fn start_host(app: tauri::AppHandle, places: Places) -> HostFuture {
    let resources = app.path().resource_dir().ok();
    let launcher = Launcher::from_environment();
    let options = HostOptions { places, launcher, resources, desktop: Arc::new(desktop::TauriDesktop::new(app)) };
    // On the runtime's own threads: opening the database must not wait for the first poll of a call.
    let started = tauri::async_runtime::spawn(async move { Host::start(options).await.map(Arc::new) });
    async move {
        started.await.unwrap_or_else(|error| {
            Err(ErrorInfo::new(inglenook_contract::ErrorCode::Internal, "Inglenook could not start.")
                .with_detail(error.to_string()))
        })
    }
    .boxed()
    .shared()
}

/// Ends the workers and closes the database before the process goes.
fn close(handle: &tauri::AppHandle) {
    let host = handle.state::<HostFuture>().inner().clone();
    tauri::async_runtime::block_on(async {
        if let Ok(host) = host.await {
            host.shutdown().await;
        }
    });
}
