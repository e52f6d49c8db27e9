//! The icon as a StatusNotifierItem with its menu, over the session's bus.
//! Source: freedesktop.org, "StatusNotifierItem" and "com.canonical.dbusmenu".

use ksni::menu::{MenuItem, StandardItem};
use ksni::{Handle, OfflineReason, ToolTip, Tray, TrayMethods as _};
use tauri::AppHandle;

use super::{Chosen, Listener, OPEN, QUIT, STOP, serving};

/// Who shows the icons of others; a desktop without a tray has no owner of this name.
const WATCHER: &str = "org.kde.StatusNotifierWatcher";

/// Whether this desktop has a tray now. Asks the bus, which takes a few milliseconds.
pub(crate) fn is_there() -> bool {
    let asked = || -> zbus::Result<bool> {
        let bus = zbus::blocking::Connection::session()?;
        let names = zbus::blocking::fdo::DBusProxy::new(&bus)?;
        Ok(names.name_has_owner(WATCHER.try_into()?)?)
    };
    asked().unwrap_or_else(|error| {
        tracing::debug!(%error, "the session's bus cannot be asked for a tray");
        false
    })
}

/// An icon; dropping it takes it away.
pub(crate) struct Icon(Handle<Item>);

impl Icon {
    /// Shows the icon, as soon as there is a tray. `None` where there is no bus to a desktop.
    pub(crate) async fn show(app: &AppHandle, address: &str, listener: Listener) -> Option<Self> {
        let item = Item { address: address.to_owned(), picture: picture(app), listener: Listener::clone(&listener) };
        // At login the tray may come later than the application.
        listener.seen(true);
        match item.assume_sni_available(true).spawn().await {
            Ok(handle) => Some(Self(handle)),
            Err(error) => {
                tracing::info!(%error, "there is no icon in the tray");
                listener.seen(false);
                None
            }
        }
    }

    /// Says another address.
    pub(crate) async fn say(&self, address: &str) {
        self.0.update(|item| address.clone_into(&mut item.address)).await;
    }
}

impl Drop for Icon {
    fn drop(&mut self) {
        // What it returns only waits for the end.
        drop(self.0.shutdown());
    }
}

/// What the tray is told.
struct Item {
    address: String,
    picture: Vec<ksni::Icon>,
    listener: Listener,
}

impl Item {
    fn choice(label: &str, chosen: Chosen) -> MenuItem<Self> {
        let activate = Box::new(move |item: &mut Self| item.listener.chosen(chosen));
        StandardItem { label: label.to_owned(), activate, ..StandardItem::default() }.into()
    }
}

impl Tray for Item {
    fn id(&self) -> String {
        "app.inglenook.desktop".to_owned()
    }

    fn title(&self) -> String {
        "Inglenook".to_owned()
    }

    fn icon_pixmap(&self) -> Vec<ksni::Icon> {
        self.picture.clone()
    }

    fn tool_tip(&self) -> ToolTip {
        ToolTip { title: self.title(), description: serving(&self.address), ..ToolTip::default() }
    }

    fn activate(&mut self, _x: i32, _y: i32) {
        self.listener.chosen(Chosen::Open);
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        let status = StandardItem { label: serving(&self.address), enabled: false, ..StandardItem::default() };
        vec![
            status.into(),
            MenuItem::Separator,
            Self::choice(OPEN, Chosen::Open),
            Self::choice(STOP, Chosen::Stop),
            Self::choice(QUIT, Chosen::Quit),
        ]
    }

    fn watcher_online(&self) {
        self.listener.seen(true);
    }

    fn watcher_offline(&self, _reason: OfflineReason) -> bool {
        self.listener.seen(false);
        // It comes back with the next tray.
        true
    }
}

/// The window's picture as the protocol wants it: ARGB, a byte each, first the most significant.
fn picture(app: &AppHandle) -> Vec<ksni::Icon> {
    let Some(icon) = app.default_window_icon() else { return Vec::new() };
    let (Ok(width), Ok(height)) = (icon.width().try_into(), icon.height().try_into()) else { return Vec::new() };
    vec![ksni::Icon { width, height, data: argb(icon.rgba()) }]
}

fn argb(rgba: &[u8]) -> Vec<u8> {
    rgba.as_chunks::<4>().0.iter().flat_map(|[red, green, blue, alpha]| [*alpha, *red, *green, *blue]).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_picture_is_turned_from_rgba_to_argb() {
        assert_eq!(super::argb(&[1, 2, 3, 4, 5, 6, 7, 8]), [4, 1, 2, 3, 8, 5, 6, 7]);
    }
}
