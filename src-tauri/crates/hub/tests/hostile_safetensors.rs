//! A folder is hostile input, too: what its files say decides neither how long they are read, nor how much is held, nor
//! how much a person is told.

#[path = "support/bounds.rs"]
mod bounds;

use inglenook_contract::ErrorInfo;
use inglenook_hub::header::safetensors::{Beginnings, SafetensorsHeader};
use inglenook_hub::{HeaderError, TemplateAbilities};

const CONFIG: &str = r#"{"architectures":["LlamaForCausalLM"],"num_hidden_layers":2}"#;
const ONE: &str = r#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#;
/// Longest message that fits a window.
const MOST_LETTERS: usize = 600;

/// A folder of these texts, and weights that have this header.
fn folder(header: &str, files: &[(&str, &str)]) -> Beginnings {
    let mut folder = Beginnings::default();
    let mut weights = (header.len() as u64).to_le_bytes().to_vec();
    weights.extend(header.as_bytes());
    let length = weights.len() as u64 + 1;
    folder.put("model.safetensors", weights, length);
    folder.put("config.json", CONFIG.into(), CONFIG.len() as u64);
    for (name, text) in files {
        folder.put(*name, text.as_bytes().to_vec(), text.len() as u64);
    }
    folder
}

fn read(name: &str, folder: &Beginnings) -> Result<SafetensorsHeader, HeaderError> {
    bounds::within(name, || SafetensorsHeader::read_from(folder))
}

fn refused(name: &str, folder: &Beginnings) -> String {
    let error = read(name, folder).err().unwrap_or_else(|| panic!("{name}: was not refused"));
    let message = ErrorInfo::from(error).message;
    let letters = message.chars().count();
    assert!(letters <= MOST_LETTERS && message.ends_with('.'), "{name}: {letters} letters: {message:.700}");
    message
}

#[test]
fn files_in_memory_are_read_as_those_in_a_folder_are() {
    let header = read("whole", &folder(ONE, &[("tokenizer.json", "{}")])).expect("whole");
    assert_eq!((header.parameters, header.has_tokenizer), (1, true));
    assert_eq!(header.files, [std::path::Path::new("model.safetensors")], "names, where there is no folder");
    assert!(!read("no tokenizer", &folder(ONE, &[])).expect("whole").has_tokenizer);
    let mut cut = folder(ONE, &[]);
    cut.put("model.safetensors", 100_u64.to_le_bytes().to_vec(), 50);
    assert!(refused("cut", &cut).starts_with("model.safetensors: The file ends in the middle of its header"));
    assert!(matches!(read("empty", &Beginnings::default()), Err(HeaderError::Io { .. })), "no config.json");
}

#[test]
fn a_refusal_does_not_repeat_what_the_files_say() {
    let long = "x".repeat(1 << 20);
    for (name, header) in [
        ("a text for a tensor", format!(r#"{{"a":"{long}"}}"#)),
        ("a text for a shape", format!(r#"{{"a":{{"dtype":"U8","shape":"{long}"}}}}"#)),
        ("a text for a place", format!(r#"{{"a":{{"dtype":"U8","shape":[1],"data_offsets":"{long}"}}}}"#)),
        ("an unknown type", format!(r#"{{"a":{{"dtype":"{long}","shape":[1],"data_offsets":[0,1]}}}}"#)),
        ("a long name", format!(r#"{{"{}":{{"dtype":"Q9","shape":[1],"data_offsets":[0,1]}}}}"#, "x".repeat(1000))),
    ] {
        let message = refused(name, &folder(&header, &[]));
        assert!(message.starts_with("model.safetensors: ") && message.contains("damaged"), "{name}: {message}");
    }
    let text = format!(r#""{long}""#);
    for (file, content) in [
        ("config.json", format!(r#"{{"architectures":{text}}}"#)),
        ("config.json", format!(r#"{{"architectures":["A"],"quantization_config":{text}}}"#)),
        ("tokenizer_config.json", text.clone()),
        ("model.safetensors.index.json", format!(r#"{{"weight_map":{text}}}"#)),
    ] {
        let message = refused(file, &folder(ONE, &[(file, &content)]));
        assert!(message.starts_with(&format!("{file} cannot be understood (")), "{message}");
    }
}

#[test]
fn long_values_are_not_unpacked_again_and_again() {
    let long = "\\u0061".repeat((4 << 20) / 6 - 40);
    let config = format!(r#"{{"architectures":["A"],"num_hidden_layers":512,"model_type":"{long}"}}"#);
    assert!(read("a long kind of model", &folder(ONE, &[("config.json", &config)])).is_ok());
}

#[test]
fn a_list_for_a_template_is_not_built() {
    let zeros = format!(r#"{{"chat_template":[{}0]}}"#, "0,".repeat((4 << 20) - 100));
    let message = refused("numbers", &folder(ONE, &[("tokenizer_config.json", &zeros)]));
    assert!(message.starts_with("tokenizer_config.json cannot be understood"), "{message}");
    let message = refused("a number", &folder(ONE, &[("tokenizer_config.json", r#"{"chat_template":1}"#)]));
    assert!(message.starts_with("tokenizer_config.json cannot be understood"), "{message}");
    let none = folder(ONE, &[("tokenizer_config.json", r#"{"chat_template":null}"#)]);
    assert_eq!(read("none", &none).expect("whole").template, None);
}

#[test]
fn a_template_is_searched_once_however_it_is_built() {
    for piece in ["{{}}", "{%%}", "{{ tools }}", "{", "}}", "{%", "{{%"] {
        let template = piece.repeat((1 << 20) / piece.len());
        bounds::within(piece, || TemplateAbilities::of(&template));
    }
}
