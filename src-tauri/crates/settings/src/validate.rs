//! What values are allowed, and the words for those that are not.
//!
//! The ranges are the contract's. What the contract leaves open is open here too, apart from what could never work.

mod server;

use std::ops::RangeInclusive;
use std::path::Path;

use inglenook_contract::{ErrorCode, ErrorInfo, Parameters, Settings};
use url::{Host, Url};

/// Pixels of text in chats.
pub(crate) const TEXT_SIZES: RangeInclusive<u32> = 12..=22;
/// Most stop texts, and most characters of one.
const MAX_STOPS: usize = 8;
const MAX_STOP_CHARACTERS: usize = 200;

/// Checks the parameters of a chat, or the defaults of all chats.
///
/// # Errors
/// [`ErrorCode::InvalidRequest`], naming the value and its range.
pub fn validate_parameters(parameters: &Parameters) -> Result<(), ErrorInfo> {
    check_parameters(parameters).map_err(|words| ErrorInfo::new(ErrorCode::InvalidRequest, words))
}

/// Checks what a person set; returns it as it will be kept: no folder twice. Refuses in words that name the value and
/// its range.
pub(crate) fn checked(mut settings: Settings) -> Result<Settings, String> {
    if !TEXT_SIZES.contains(&settings.text_size) {
        return Err(format!("The size of the text has to be 12 to 22 pixels; {} is not.", settings.text_size));
    }
    let mut folders: Vec<String> = Vec::with_capacity(settings.model_folders.len());
    for folder in settings.model_folders {
        if !Path::new(&folder).is_absolute() {
            return Err(format!("“{folder}” is not a full path: it has to begin at the top of the disk."));
        }
        if !folders.contains(&folder) {
            folders.push(folder);
        }
    }
    settings.model_folders = folders;
    settings.hub_endpoint = hub_endpoint(&settings.hub_endpoint)?;
    settings.proxy = proxy(&settings.proxy)?;
    settings.blocked_hosts = settings.blocked_hosts.iter().map(|host| host.trim().to_lowercase()).collect();
    settings.blocked_hosts.retain(|host| !host.is_empty());
    settings.blocked_hosts.sort();
    settings.blocked_hosts.dedup();
    check_parameters(&settings.defaults)?;
    if !(1..=16).contains(&settings.models_in_memory) {
        return Err(format!("1 to 16 models can stay in memory; {} is not possible.", settings.models_in_memory));
    }
    settings.server = server::checked(settings.server)?;
    Ok(settings)
}

/// The hub's address, tidied: without white space and a slash at its end.
pub(crate) fn hub_endpoint(text: &str) -> Result<String, String> {
    let text = text.trim().trim_end_matches('/');
    if text.is_empty() {
        return Ok(String::new());
    }
    let wrong = |why: &str| Err(format!("“{text}” cannot be the address of a hub: {why}."));
    let Ok(url) = Url::parse(text) else { return wrong("it has to look like https://huggingface.co") };
    let Some(host) = url.host() else { return wrong("it names no host") };
    let here = match host {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    };
    match url.scheme() {
        "https" => {}
        "http" if here => {}
        "http" => return wrong("without https anybody on the way could read your token and change what comes"),
        _ => return wrong("it has to begin with https://"),
    }
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
        return wrong("it has to be the bare address");
    }
    Ok(text.to_owned())
}

/// A proxy's address, without white space around it.
pub(crate) fn proxy(text: &str) -> Result<String, String> {
    let text = text.trim();
    let fine = text.is_empty()
        || Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.host().is_some());
    if fine {
        Ok(text.to_owned())
    } else {
        Err(format!("“{text}” cannot be a proxy: it has to look like http://host:port."))
    }
}

fn check_parameters(parameters: &Parameters) -> Result<(), String> {
    let Parameters { temperature, top_p, top_k, min_p, repeat_penalty, .. } = parameters;
    let Parameters { presence_penalty, frequency_penalty, max_tokens, stop, context_length, .. } = parameters;
    between("temperature", *temperature, 0.0..=2.0)?;
    between("top-p", *top_p, 0.0..=1.0)?;
    between("min-p", *min_p, 0.0..=1.0)?;
    between("repeat penalty", *repeat_penalty, 0.5..=2.0)?;
    between("presence penalty", *presence_penalty, -2.0..=2.0)?;
    between("frequency penalty", *frequency_penalty, -2.0..=2.0)?;
    if let Some(k) = top_k.filter(|k| *k > 1000) {
        return Err(format!("The top-k has to be 0 to 1,000; {k} is not."));
    }
    for (name, value) in [("longest answer", max_tokens), ("context length", context_length)] {
        if *value == Some(0) {
            return Err(format!("The {name} has to be at least one token."));
        }
    }
    if stop.len() > MAX_STOPS {
        return Err(format!("At most {MAX_STOPS} stop texts are possible; these are {}.", stop.len()));
    }
    if stop.iter().any(String::is_empty) {
        return Err("A stop text cannot be empty.".to_owned());
    }
    match stop.iter().map(|text| text.chars().count()).find(|length| *length > MAX_STOP_CHARACTERS) {
        Some(length) => Err(format!("A stop text has at most {MAX_STOP_CHARACTERS} characters; one has {length}.")),
        None => Ok(()),
    }
}

fn between(name: &str, value: Option<f64>, range: RangeInclusive<f64>) -> Result<(), String> {
    match value {
        // What is not a number lies in no range.
        Some(value) if !range.contains(&value) => {
            let [low, high, value] = [*range.start(), *range.end(), value].map(|one| one.to_string().replace('-', "−"));
            Err(format!("The {name} has to be {low} to {high}; {value} is not."))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hub_is_reached_safely_or_on_this_machine() {
        let tidied = |text: &str| {
            let settings = Settings { hub_endpoint: text.to_owned(), ..Settings::default() };
            checked(settings).map(|settings| settings.hub_endpoint)
        };
        assert_eq!(tidied("").as_deref(), Ok(""));
        assert_eq!(tidied(" https://hf-mirror.com/ ").as_deref(), Ok("https://hf-mirror.com"));
        assert_eq!(tidied("https://example.org/hub").as_deref(), Ok("https://example.org/hub"));
        assert_eq!(tidied("http://127.0.0.1:8080").as_deref(), Ok("http://127.0.0.1:8080"));
        assert_eq!(tidied("http://[::1]:8080").as_deref(), Ok("http://[::1]:8080"));
        for wrong in
            ["huggingface.co", "http://hf-mirror.com", "ftp://x", "https://", "https://me:word@x", "https://x?a=1"]
        {
            assert!(tidied(wrong).is_err_and(|words| words.contains("address of a hub")), "{wrong}");
        }
    }

    #[test]
    fn proxies_and_hosts_are_tidied() {
        let settings = Settings {
            proxy: " http://proxy:3128 ".to_owned(),
            blocked_hosts: [" CDN.hf.co ", "", "a.example", "cdn.hf.co"].map(str::to_owned).to_vec(),
            ..Settings::default()
        };
        let kept = checked(settings).unwrap();
        assert_eq!(kept.proxy, "http://proxy:3128");
        assert_eq!(kept.blocked_hosts, ["a.example", "cdn.hf.co"]);
        for wrong in ["proxy:3128", "socks5://x:1", "http://"] {
            assert!(checked(Settings { proxy: wrong.to_owned(), ..Settings::default() }).is_err(), "{wrong}");
        }
    }

    fn words(parameters: &Parameters) -> Option<String> {
        let error = validate_parameters(parameters).err()?;
        assert_eq!(error.code, ErrorCode::InvalidRequest);
        Some(error.message)
    }

    #[test]
    fn the_defaults_are_allowed() {
        assert_eq!(checked(Settings::default()), Ok(Settings::default()));
        assert_eq!(words(&Parameters::default()), None);
    }

    #[test]
    fn every_range_ends_where_the_contract_says() {
        type Set = fn(&mut Parameters, f64);
        let knobs: [(&str, Set, f64, f64); 6] = [
            ("temperature", |p, v| p.temperature = Some(v), 0.0, 2.0),
            ("top-p", |p, v| p.top_p = Some(v), 0.0, 1.0),
            ("min-p", |p, v| p.min_p = Some(v), 0.0, 1.0),
            ("repeat penalty", |p, v| p.repeat_penalty = Some(v), 0.5, 2.0),
            ("presence penalty", |p, v| p.presence_penalty = Some(v), -2.0, 2.0),
            ("frequency penalty", |p, v| p.frequency_penalty = Some(v), -2.0, 2.0),
        ];
        for (name, set, low, high) in knobs {
            let with = |value| {
                let mut parameters = Parameters::default();
                set(&mut parameters, value);
                words(&parameters)
            };
            assert_eq!((with(low), with(high)), (None, None), "{name}: the ends are allowed");
            for value in [low - 0.01, high + 0.01, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX] {
                assert!(with(value).is_some_and(|words| words.contains(name)), "{name}: {value}");
            }
        }
    }

    #[test]
    fn a_refusal_names_the_value_and_the_range() {
        let hot = Parameters { temperature: Some(3.5), ..Parameters::default() };
        assert_eq!(words(&hot).as_deref(), Some("The temperature has to be 0 to 2; 3.5 is not."));
        let low = Parameters { presence_penalty: Some(-3.0), ..Parameters::default() };
        assert_eq!(words(&low).as_deref(), Some("The presence penalty has to be −2 to 2; −3 is not."));
    }

    #[test]
    fn whole_numbers_and_stop_texts_have_their_limits() {
        let with = |change: fn(&mut Parameters)| {
            let mut parameters = Parameters::default();
            change(&mut parameters);
            words(&parameters).is_some()
        };
        assert!(!with(|p| p.top_k = Some(1000)));
        assert!(with(|p| p.top_k = Some(1001)));
        assert!(with(|p| p.max_tokens = Some(0)));
        assert!(!with(|p| p.max_tokens = Some(u32::MAX)));
        assert!(with(|p| p.context_length = Some(0)));
        assert!(!with(|p| p.stop = vec!["ü".repeat(200); 8]));
        assert!(with(|p| p.stop = vec!["ü".repeat(201)]));
        assert!(with(|p| p.stop = vec!["x".to_owned(); 9]));
        assert!(with(|p| p.stop = vec![String::new()]));
    }

    #[test]
    fn the_size_of_the_text_and_folders_are_checked() {
        for (text_size, allowed) in [(11, false), (12, true), (22, true), (23, false)] {
            let outcome = checked(Settings { text_size, ..Settings::default() });
            assert_eq!(outcome.is_ok(), allowed, "{text_size}");
        }
        let folders = |names: &[&str]| {
            let model_folders = names.iter().map(|name| (*name).to_owned()).collect();
            checked(Settings { model_folders, ..Settings::default() }).map(|settings| settings.model_folders)
        };
        let here = std::env::temp_dir().display().to_string();
        assert_eq!(folders(&[&here, &here]), Ok(vec![here.clone()]), "none twice");
        assert!(folders(&["models"]).is_err_and(|words| words.contains("“models” is not a full path")));
    }
}
