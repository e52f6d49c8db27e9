//! The icon as Tauri makes it, where the system always has a tray.

use tauri::AppHandle;
use tauri::menu::{MenuBuilder, MenuItem, MenuItemBuilder};
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};

use super::{Chosen, Listener, OPEN, QUIT, STOP, serving};

/// Whether this desktop has a tray.
pub(crate) fn is_there() -> bool {
    true
}

/// An icon; dropping it takes it away.
pub(crate) struct Icon {
    icon: TrayIcon,
    status: MenuItem<tauri::Wry>,
}

impl Icon {
    /// Shows the icon. `None` where the system would not.
    pub(crate) async fn show(app: &AppHandle, address: &str, listener: Listener) -> Option<Self> {
        let made = Self::make(app, address, Listener::clone(&listener));
        listener.seen(made.is_ok());
        made.inspect_err(|error| tracing::info!(%error, "there is no icon in the tray")).ok()
    }

    fn make(app: &AppHandle, address: &str, listener: Listener) -> tauri::Result<Self> {
        let status = MenuItemBuilder::new(serving(address)).enabled(false).build(app)?;
        let menu = MenuBuilder::new(app)
            .item(&status)
            .separator()
            .text("open", OPEN)
            .text("stop", STOP)
            .text("quit", QUIT)
            .build()?;
        let clicked = Listener::clone(&listener);
        let mut icon = TrayIconBuilder::new()
            .tooltip("Inglenook")
            .menu(&menu)
            .show_menu_on_left_click(false)
            .on_menu_event(move |_app, event| match event.id().as_ref() {
                "open" => listener.chosen(Chosen::Open),
                "stop" => listener.chosen(Chosen::Stop),
                "quit" => listener.chosen(Chosen::Quit),
                _ => {}
            })
            .on_tray_icon_event(move |_icon, event| {
                if let TrayIconEvent::Click { button: MouseButton::Left, button_state: MouseButtonState::Up, .. } =
                    event
                {
                    clicked.chosen(Chosen::Open);
                }
            });
        if let Some(picture) = app.default_window_icon() {
            icon = icon.icon(picture.clone());
        }
        Ok(Self { icon: icon.build(app)?, status })
    }

    /// Says another address.
    pub(crate) async fn say(&self, address: &str) {
        if let Err(error) = self.status.set_text(serving(address)) {
            tracing::debug!(%error, "the tray was not told the address");
        }
    }
}

impl Drop for Icon {
    fn drop(&mut self) {
        // The application keeps a handle of its own.
        self.icon.app_handle().remove_tray_by_id(self.icon.id());
    }
}
