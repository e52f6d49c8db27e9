//! What the local server can be set to.

use std::collections::HashSet;

use inglenook_contract::ServerSettings;
use url::Url;

/// Characters of an alias.
const LONGEST_ALIAS: usize = 120;

/// Checks the server's settings; returns them as they will be kept: nothing twice, without white space around it.
pub(super) fn checked(mut server: ServerSettings) -> Result<ServerSettings, String> {
    if server.port == 0 {
        return Err("The port has to be 1 to 65,535; 0 is not.".to_owned());
    }
    if !(1..=32).contains(&server.parallel) {
        return Err(format!("1 to 32 answers can be written at once; {} is not possible.", server.parallel));
    }
    if server.queue > 1_000 {
        return Err(format!("At most 1,000 requests can wait; {} is more.", server.queue));
    }
    server.origins = tidied(&server.origins, origin)?;
    server.hosts = tidied(&server.hosts, host)?;
    let mut taken = HashSet::new();
    for model in &mut server.models {
        model.aliases = tidied(&model.aliases, alias)?;
        for alias in &model.aliases {
            if !taken.insert(alias.to_lowercase()) {
                return Err(format!("“{alias}” cannot be the name of two models."));
            }
        }
    }
    server.models.retain(|model| !model.aliases.is_empty() || model.idle_unload_minutes.is_some());
    Ok(server)
}

fn tidied(entries: &[String], check: fn(&str) -> Result<String, String>) -> Result<Vec<String>, String> {
    let mut kept: Vec<String> = Vec::with_capacity(entries.len());
    for entry in entries.iter().map(|entry| entry.trim()).filter(|entry| !entry.is_empty()) {
        let entry = check(entry)?;
        if !kept.contains(&entry) {
            kept.push(entry);
        }
    }
    Ok(kept)
}

/// An origin as browsers send it: scheme and host, and the port where it is not the scheme's own.
fn origin(text: &str) -> Result<String, String> {
    let wrong = || format!("“{text}” is no address of a web page's origin: it has to look like http://localhost:3000.");
    let url = Url::parse(text).ok().filter(|_| !text.contains('*')).ok_or_else(wrong)?;
    let bare = url.path().trim_matches('/').is_empty() && url.query().is_none() && url.fragment().is_none();
    if !bare || url.host().is_none() || !url.username().is_empty() || url.password().is_some() {
        return Err(wrong());
    }
    let origin = url.origin();
    // Schemes of applications (`tauri:`, `app:`) have an origin that only they know.
    Ok(if origin.is_tuple() { origin.ascii_serialization() } else { text.trim_end_matches('/').to_lowercase() })
}

/// A name or an address of this machine, without a port.
fn host(text: &str) -> Result<String, String> {
    let wrong = || format!("“{text}” is no name of a machine: it has to look like my-machine.local, without a port.");
    let host = url::Host::parse(text).map_err(|_| wrong())?.to_string().to_lowercase();
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || "-_.:[]".contains(letter);
    if host.chars().all(allowed) { Ok(host) } else { Err(wrong()) }
}

fn alias(text: &str) -> Result<String, String> {
    let length = text.chars().count();
    if length > LONGEST_ALIAS {
        return Err(format!("A name has at most {LONGEST_ALIAS} characters; one has {length}."));
    }
    if text.chars().any(char::is_control) {
        return Err("A name for a model is one line of text.".to_owned());
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use inglenook_contract::ServedModel;

    use super::*;

    fn with(change: impl FnOnce(&mut ServerSettings)) -> Result<ServerSettings, String> {
        let mut settings = ServerSettings::default();
        change(&mut settings);
        checked(settings)
    }

    #[test]
    fn the_defaults_are_allowed_and_numbers_have_their_limits() {
        assert_eq!(with(|_| {}), Ok(ServerSettings::default()));
        for (parallel, queue, port, allowed) in [
            (1, 0, 1, true),
            (32, 1_000, 65_535, true),
            (0, 1, 1, false),
            (33, 1, 1, false),
            (1, 1_001, 1, false),
            (1, 1, 0, false),
        ] {
            let outcome = with(|server| (server.parallel, server.queue, server.port) = (parallel, queue, port));
            assert_eq!(outcome.is_ok(), allowed, "{parallel} {queue} {port}");
        }
    }

    #[test]
    fn origins_are_kept_as_browsers_send_them() {
        let kept = |text: &str| with(|server| server.origins = vec![text.to_owned()]).map(|server| server.origins);
        assert_eq!(kept(" HTTP://LocalHost:3000/ "), Ok(vec!["http://localhost:3000".to_owned()]));
        assert_eq!(kept("https://example.org:443"), Ok(vec!["https://example.org".to_owned()]));
        assert_eq!(kept("tauri://localhost"), Ok(vec!["tauri://localhost".to_owned()]));
        assert_eq!(kept(""), Ok(vec![]));
        for wrong in ["*", "null", "localhost:3000", "http://", "http://a/b", "http://me:word@a", "http://*.a"] {
            assert!(kept(wrong).is_err_and(|words| words.contains("origin")), "{wrong}");
        }
    }

    #[test]
    fn hosts_are_names_without_a_port() {
        let kept = |text: &str| with(|server| server.hosts = vec![text.to_owned()]).map(|server| server.hosts);
        assert_eq!(kept("My-Machine.local"), Ok(vec!["my-machine.local".to_owned()]));
        assert_eq!(kept("192.168.1.7"), Ok(vec!["192.168.1.7".to_owned()]));
        assert_eq!(kept("[fe80::1]"), Ok(vec!["[fe80::1]".to_owned()]));
        for wrong in ["my machine", "*", "*.local", "a:80", "a/b", "http://a"] {
            assert!(kept(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_alias_means_one_model() {
        let set = |model: &str, alias: &str| ServedModel {
            model: model.into(),
            aliases: vec![alias.to_owned()],
            idle_unload_minutes: None,
        };
        assert!(with(|server| server.models = vec![set("a", "gpt-4o"), set("b", "claude")]).is_ok());
        assert!(with(|server| server.models = vec![set("a", "gpt-4o"), set("b", "GPT-4o")]).is_err());
        let kept = with(|server| server.models = vec![set("a", "  ")]).unwrap();
        assert_eq!(kept.models, [], "what says nothing is not kept");
    }
}
