//! The window: how it opens, what it may navigate to, how it comes to the front.

use std::path::PathBuf;

use tauri::webview::{NewWindowResponse, PageLoadEvent};
use tauri::window::Color;
use tauri::{AppHandle, Manager as _, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent};

use crate::drops::Drops;
use crate::rpc::OpenStreams;

/// The only window's name; the capabilities name it too.
pub(crate) const MAIN: &str = "main";

/// The page's own colour in the dark and in the light (look: `page`), so that nothing flashes before it paints.
const PAGE_DARK: Color = Color(0x18, 0x15, 0x13, 0xff);
const PAGE_LIGHT: Color = Color(0xfb, 0xf9, 0xf6, 0xff);

/// Windows and Android serve the page under a name of the web's; elsewhere that is somebody else's server.
const UNDER_A_WEB_NAME: bool = cfg!(any(windows, target_os = "android"));

/// The folder where the web view keeps what is its own (cache, local storage).
pub(crate) struct WebViewFolder(pub(crate) PathBuf);

/// Opens the window.
///
/// # Errors
/// What the system's web view says when it cannot be made.
pub(crate) fn open(app: &AppHandle) -> tauri::Result<WebviewWindow> {
    let window = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::App("index.html".into()))
        .data_directory(app.state::<WebViewFolder>().0.clone())
        .title("Inglenook")
        .inner_size(1180.0, 780.0)
        .min_inner_size(640.0, 480.0)
        .background_color(PAGE_LIGHT)
        .on_navigation(is_own_page)
        .on_new_window(|_url, _features| NewWindowResponse::Deny)
        .on_page_load(|window, payload| {
            if payload.event() == PageLoadEvent::Started {
                window.state::<OpenStreams>().close_all();
            }
        })
        .build()?;
    let (drops, streams) = (app.state::<Drops>().inner().clone(), app.state::<OpenStreams>().inner().clone());
    // A page never learns where dropped files lie. What is dragged and is no file still belongs to the page.
    window.on_window_event(move |event| match event {
        WindowEvent::DragDrop(event) => drops.tell(event),
        WindowEvent::Destroyed => streams.close_all(),
        _ => {}
    });
    if matches!(window.theme(), Ok(tauri::Theme::Dark)) {
        window.set_background_color(Some(PAGE_DARK))?;
    }
    Ok(window)
}

/// Whether an address is the application's own page. Everything else opens nowhere: links go through the host,
/// which opens https and mailto in the system's browser.
fn is_own_page(url: &tauri::Url) -> bool {
    let own_host = match url.scheme() {
        "tauri" => "localhost",
        "http" | "https" if UNDER_A_WEB_NAME => "tauri.localhost",
        _ => return false,
    };
    url.host_str() == Some(own_host) && url.port().is_none()
}

/// Brings the window to the front; opens it where it was closed.
pub(crate) fn show(app: &AppHandle) {
    let window = app.get_webview_window(MAIN).map_or_else(|| open(app), Ok);
    let shown = window.and_then(|window| {
        window.unminimize()?;
        window.show()?;
        window.set_focus()
    });
    if let Err(error) = shown {
        tracing::warn!(%error, "the window could not be brought to the front");
    }
}

/// Opens the window where it disturbs nobody and still is found.
pub(crate) fn open_minimised(app: &AppHandle) {
    if let Err(error) = open(app).and_then(|window| window.minimize()) {
        tracing::warn!(%error, "the window could not be opened");
    }
}

#[cfg(test)]
mod tests {
    use super::{UNDER_A_WEB_NAME, is_own_page};

    #[test]
    fn the_window_navigates_to_its_own_page_only() {
        let own = ["tauri://localhost/", "tauri://localhost/index.html#/chat/1"];
        let foreign = [
            "https://example.org/",
            "http://localhost/",
            "http://127.0.0.1/",
            "tauri://evil/",
            "file:///etc/passwd",
            "data:text/html,x",
            "javascript:alert(1)",
            "http://tauri.localhost.evil.org/",
            "http://tauri.localhost:8080/",
            "tauri://localhost:8080/",
        ];
        for url in own {
            assert!(is_own_page(&url.parse().expect("a URL")), "{url} is the application's own page");
        }
        for url in foreign {
            assert!(!is_own_page(&url.parse().expect("a URL")), "{url} must not open in the window");
        }
        let named = is_own_page(&"http://tauri.localhost/".parse().expect("a URL"));
        assert_eq!(named, UNDER_A_WEB_NAME, "only where the page is served under it");
    }
}
