//! A desktop's tray for tests of the real window: it takes icons as KDE's does, and does what a person would with them.
//! Lines of JSON go both ways; the end of its input is its end.
//!
//! In: `"icons"`, `"click"`, `"menu"`, `{"choose": "Quit Inglenook"}`, each about the newest icon. Out: one answer to
//! each. Source: freedesktop.org, "StatusNotifierItem" and "com.canonical.dbusmenu".

use std::io::{BufRead as _, Write as _};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value as Json, json};
use zbus::blocking::{Connection, Proxy, connection, fdo::DBusProxy};
use zbus::zvariant::{OwnedValue, Structure, Value};

type Failed = Box<dyn std::error::Error>;

/// The names of all that ever registered.
type Icons = Arc<Mutex<Vec<String>>>;

struct Watcher(Icons);

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&self, service: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(service);
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }
}

fn main() -> Result<(), Failed> {
    let icons = Icons::default();
    let bus = connection::Builder::session()?
        .serve_at("/StatusNotifierWatcher", Watcher(Arc::clone(&icons)))?
        .name("org.kde.StatusNotifierWatcher")?
        .build()?;
    say(&json!("ready"))?;
    for line in std::io::stdin().lock().lines() {
        let there = there(&bus, &icons)?;
        say(&answer(&bus, &there, &serde_json::from_str(&line?)?).unwrap_or_else(|error| {
            // An icon may go between the look and the question.
            json!({ "error": error.to_string() })
        }))?;
    }
    Ok(())
}

fn say(what: &Json) -> Result<(), Failed> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{what}")?;
    Ok(out.flush()?)
}

/// The icons whose owners still live.
fn there(bus: &Connection, icons: &Icons) -> Result<Vec<String>, Failed> {
    let names = DBusProxy::new(bus)?;
    let known = icons.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let mut there = Vec::new();
    for icon in known {
        if names.name_has_owner(icon.as_str().try_into()?)? {
            there.push(icon);
        }
    }
    Ok(there)
}

fn answer(bus: &Connection, icons: &[String], asked: &Json) -> Result<Json, Failed> {
    if asked == "icons" {
        return Ok(json!(icons.len()));
    }
    let icon = icons.last().ok_or("there is no icon")?;
    let item = Proxy::new(bus, icon.as_str(), "/StatusNotifierItem", "org.kde.StatusNotifierItem")?;
    if asked == "click" {
        item.call_method("Activate", &(0_i32, 0_i32))?;
        return Ok(json!(true));
    }
    let menu: zbus::zvariant::OwnedObjectPath = item.get_property("Menu")?;
    let menu = Proxy::new(bus, icon.as_str(), menu.as_str().to_owned(), "com.canonical.dbusmenu")?;
    let entries = entries(&menu)?;
    let Some(label) = asked["choose"].as_str() else {
        return Ok(entries.into_iter().map(|(_, label)| label).collect());
    };
    let (id, _) = entries.iter().find(|(_, shown)| shown == label).ok_or("the menu does not have it")?;
    menu.call_method("Event", &(*id, "clicked", Value::from(0_i32), 0_u32))?;
    Ok(json!(true))
}

/// The entries of a menu by number, separators left out. A layout is `(revision, (id, properties, entries))`.
fn entries(menu: &Proxy<'_>) -> Result<Vec<(i32, String)>, Failed> {
    type Layout = (i32, std::collections::HashMap<String, OwnedValue>, Vec<OwnedValue>);
    let (_, (_, _, children)): (u32, Layout) = menu.call("GetLayout", &(0_i32, 1_i32, Vec::<&str>::new()))?;
    let mut entries = Vec::new();
    for child in children {
        let child: Structure<'_> = child.try_into()?;
        let (id, properties, _): Layout = child.try_into()?;
        if let Some(label) = properties.get("label") {
            entries.push((id, label.downcast_ref::<&str>()?.to_owned()));
        }
    }
    Ok(entries)
}
