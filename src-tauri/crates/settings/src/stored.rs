//! Settings as the file has them: read leniently, written without losing what a newer version put there.

use inglenook_contract::{Parameters, Settings};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::validate::{TEXT_SIZES, checked, hub_endpoint, proxy, validate_parameters};

/// The whole file: what this version knows and what it does not.
pub(crate) type Stored = Map<String, Value>;

/// Understands the text of a file; `None` for what is no JSON object. A single value that cannot be, or is out of
/// range, gives way to its default.
pub(crate) fn read(text: &[u8]) -> Option<(Settings, Stored)> {
    let Ok(Value::Object(stored)) = serde_json::from_slice(text) else { return None };
    let mut settings: Settings = lenient(&stored);
    if let Some(Value::Object(defaults)) = stored.get("defaults") {
        settings.defaults = parameters(defaults);
    }
    if !TEXT_SIZES.contains(&settings.text_size) {
        settings.text_size = Settings::default().text_size;
    }
    settings.model_folders.retain(|folder| std::path::Path::new(folder).is_absolute());
    settings.hub_endpoint = hub_endpoint(&settings.hub_endpoint).unwrap_or_default();
    settings.proxy = proxy(&settings.proxy).unwrap_or_default();
    // What is left is allowed; this takes folders that stand there twice out.
    Some((checked(settings).unwrap_or_default(), stored))
}

/// Every parameter by itself, so that one that is wrong does not take the others with it.
fn parameters(stored: &Stored) -> Parameters {
    let mut kept: Parameters = Parameters::default();
    for (key, value) in stored {
        let mut both = to_object(&kept);
        both.insert(key.clone(), value.clone());
        let tried: Parameters = lenient(&both);
        if validate_parameters(&tried).is_ok() {
            kept = tried;
        } else {
            tracing::warn!(key, "a default in the settings file is out of range");
        }
    }
    kept
}

/// Takes every value that fits, and the default for the others.
fn lenient<T: Default + Serialize + DeserializeOwned>(stored: &Stored) -> T {
    let mut taken = to_object(&T::default());
    let keys: Vec<String> = taken.keys().cloned().collect();
    for key in keys {
        let Some(value) = stored.get(&key) else { continue };
        let before = taken.insert(key.clone(), value.clone());
        if serde_json::from_value::<T>(Value::Object(taken.clone())).is_err() {
            tracing::warn!(key, "a value in the settings file cannot be understood");
            taken.insert(key, before.unwrap_or_default());
        }
    }
    serde_json::from_value(Value::Object(taken)).unwrap_or_default()
}

fn to_object<T: Serialize>(value: &T) -> Stored {
    match serde_json::to_value(value) {
        Ok(Value::Object(object)) => object,
        _ => Map::new(),
    }
}

/// `stored` with the settings in it. Keys that this version does not know stay, in every object.
pub(crate) fn merge(stored: &Stored, settings: &Settings) -> Stored {
    let mut merged = stored.clone();
    overlay(&mut merged, to_object(settings));
    merged
}

fn overlay(old: &mut Stored, new: Stored) {
    for (key, value) in new {
        match (old.get_mut(&key), value) {
            (Some(Value::Object(old)), Value::Object(new)) => overlay(old, new),
            (_, value) => {
                old.insert(key, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use inglenook_contract::{LogLevel, Theme};

    use super::*;

    fn settings(text: &str) -> Settings {
        read(text.as_bytes()).expect("an object").0
    }

    #[test]
    fn what_is_missing_is_the_default() {
        assert_eq!(settings("{}"), Settings::default());
        let dark = settings(r#"{"theme":"dark","idle_unload_minutes":0}"#);
        assert_eq!(dark, Settings { theme: Theme::Dark, idle_unload_minutes: 0, ..Settings::default() });
    }

    #[test]
    fn one_wrong_value_does_not_take_the_others_with_it() {
        let read = settings(
            r#"{"theme":"sepia","text_size":99,"log_level":"debug","welcomed":"yes","model_folders":["relative"],
                "last_model":"abc","hub_endpoint":"http://evil.example","proxy":"none","defaults":{"temperature":9,"top_p":0.5,"top_k":"many","stop":["a"],"seed":-1}}"#,
        );
        let expected = Settings {
            log_level: LogLevel::Debug,
            last_model: Some("abc".into()),
            defaults: Parameters { top_p: Some(0.5), stop: vec!["a".to_owned()], ..Parameters::default() },
            ..Settings::default()
        };
        assert_eq!(read, expected);
    }

    #[test]
    fn what_is_no_object_is_not_understood() {
        for text in ["", "[]", "null", "{\"theme\":", "\u{0}\u{0}\u{0}", "{} {}"] {
            assert_eq!(read(text.as_bytes()), None, "{text:?}");
        }
    }

    #[test]
    fn what_a_newer_version_put_there_stays() {
        let (mut settings, stored) =
            read(br#"{"voice":"alto","text_size":16,"defaults":{"temperature":1.0,"mirostat":2}}"#).expect("an object");
        settings.text_size = 18;
        settings.defaults.temperature = None;
        let merged = Value::Object(merge(&stored, &settings));
        assert_eq!(merged["voice"], "alto");
        assert_eq!(merged["defaults"]["mirostat"], 2);
        assert_eq!(merged["text_size"], 18);
        assert_eq!(merged["defaults"]["temperature"], Value::Null, "taken back, not kept");
    }
}
