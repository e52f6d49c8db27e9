//! Folders with safetensors, whole and damaged: every damage is told in plain words.

use std::path::Path;

use inglenook_contract::{ErrorCode, ErrorInfo};
use inglenook_hub::header::safetensors::SafetensorsHeader;
use tempfile::TempDir;

const CONFIG: &str = r#"{"architectures":["LlamaForCausalLM"],"max_position_embeddings":4096,"num_hidden_layers":2,
    "hidden_size":64,"num_attention_heads":4,"num_key_value_heads":2}"#;

fn weights(header: &str, data: usize) -> Vec<u8> {
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.as_bytes());
    bytes.resize(bytes.len() + data, 0);
    bytes
}

const ONE: &str = r#"{"__metadata__":{"format":"pt"},"a":{"dtype":"BF16","shape":[4,8],"data_offsets":[0,64]}}"#;

/// A folder with this configuration and these files.
fn folder(config: &str, files: &[(&str, Vec<u8>)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("config.json"), config).expect("written");
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).expect("written");
    }
    folder
}

fn refused(name: &str, folder: &Path) -> ErrorInfo {
    let error = SafetensorsHeader::read(folder).err().unwrap_or_else(|| panic!("{name}: was not refused"));
    let info = ErrorInfo::from(error);
    assert!(info.message.len() < 600, "{name}: {}", info.message);
    info
}

fn refused_weights(name: &str, bytes: Vec<u8>) -> String {
    refused(name, folder(CONFIG, &[("model.safetensors", bytes)]).path()).message
}

#[test]
fn one_file_is_read() {
    let folder = folder(CONFIG, &[("model.safetensors", weights(ONE, 64)), ("tokenizer.json", b"{}".to_vec())]);
    let header = SafetensorsHeader::read(folder.path()).expect("whole");
    assert_eq!(header.parameters, 32);
    assert_eq!(header.quantisation.as_deref(), Some("BF16"));
    assert_eq!(header.context_length, Some(4096));
    assert!(header.has_tokenizer);
    assert_eq!(header.template, None);
}

#[test]
fn the_template_comes_from_its_own_file_or_the_tokenizers() {
    let one = (r"tokenizer_config.json", br#"{"chat_template":"{{ one }}"}"#.to_vec());
    let several = br#"{"chat_template":[{"name":"tool_use","template":"t"},{"name":"default","template":"d"}]}"#;
    let own = ("chat_template.jinja", b"{{ own }}".to_vec());
    let template = |files: &[(&str, Vec<u8>)]| {
        let mut all = vec![("model.safetensors", weights(ONE, 64))];
        all.extend(files.iter().cloned());
        SafetensorsHeader::read(folder(CONFIG, &all).path()).expect("whole").template
    };
    assert_eq!(template(std::slice::from_ref(&one)).as_deref(), Some("{{ one }}"));
    assert_eq!(template(&[("tokenizer_config.json", several.to_vec())]).as_deref(), Some("d"));
    assert_eq!(template(&[one, own]).as_deref(), Some("{{ own }}"), "its own file goes first");
}

#[test]
fn several_files_are_added_up() {
    let two = r#"{"b":{"dtype":"F32","shape":[100],"data_offsets":[0,400]}}"#;
    let files = [
        ("model-00001-of-00002.safetensors", weights(ONE, 64)),
        ("model-00002-of-00002.safetensors", weights(two, 400)),
    ];
    let header = SafetensorsHeader::read(folder(CONFIG, &files).path()).expect("whole");
    assert_eq!((header.parameters, header.files.len()), (132, 2));
    assert_eq!(header.quantisation.as_deref(), Some("F32"), "the commonest");

    let index = br#"{"metadata":{},"weight_map":{"a":"model-00001-of-00002.safetensors","b":"model-00002-of-00002.safetensors"}}"#;
    let mut indexed = files.to_vec();
    indexed.push(("model.safetensors.index.json", index.to_vec()));
    assert_eq!(SafetensorsHeader::read(folder(CONFIG, &indexed).path()).expect("whole").parameters, 132);

    indexed.remove(1);
    let words = refused("one gone", folder(CONFIG, &indexed).path()).message;
    assert!(words.contains("model-00002-of-00002.safetensors is missing"), "{words}");
    let words = refused("one gone, no index", folder(CONFIG, &files[..1]).path()).message;
    assert!(words.contains("model-00002-of-00002.safetensors is missing"), "{words}");
}

#[test]
fn a_name_in_the_index_cannot_lead_out_of_the_folder() {
    for name in
        ["../x.safetensors", "/etc/x.safetensors", "a/b.safetensors", "a\\\\b.safetensors", ".safetensors", "x", ""]
    {
        let index = format!(r#"{{"weight_map":{{"a":"{name}"}}}}"#).into_bytes();
        let folder = folder(CONFIG, &[("model.safetensors.index.json", index)]);
        let info = refused(name, folder.path());
        assert!(info.message.contains("which no model has"), "{name}: {}", info.message);
    }
}

#[test]
fn packed_weights_are_counted_as_weights() {
    let config = CONFIG.replacen('{', r#"{"quantization_config":{"quant_method":"gptq","bits":4},"#, 1);
    let header = r#"{"l.qweight":{"dtype":"I32","shape":[8,2],"data_offsets":[0,64]},
        "l.scales":{"dtype":"F16","shape":[2],"data_offsets":[64,68]},
        "n.weight":{"dtype":"F16","shape":[2],"data_offsets":[68,72]}}"#;
    let folder = folder(&config, &[("model.safetensors", weights(header, 72))]);
    let header = SafetensorsHeader::read(folder.path()).expect("whole");
    assert_eq!(header.parameters, 16 * 8 + 2, "eight in each whole number, the scales not counted");
    assert_eq!(header.quantisation.as_deref(), Some("GPTQ 4-bit"));
}

#[test]
fn a_file_cut_anywhere_is_refused() {
    let whole = weights(ONE, 64);
    for length in 0..whole.len() {
        refused_weights(&format!("cut to {length}"), whole[..length].to_vec());
    }
    let words = refused_weights("in the weights", whole[..whole.len() - 1].to_vec());
    assert!(words.contains("probably not downloaded completely"), "{words}");
    let words = refused_weights("in the header", whole[..40].to_vec());
    assert!(words.contains("ends in the middle of its header"), "{words}");
}

#[test]
fn headers_that_cannot_be_are_refused() {
    let tensor = |dtype: &str, shape: &str, offsets: &str| {
        format!(r#"{{"a":{{"dtype":"{dtype}","shape":{shape},"data_offsets":{offsets}}}}}"#)
    };
    let cases = [
        ("not JSON", "{{{{".to_owned()),
        ("no object", "[1,2,3]".to_owned()),
        ("text behind", format!("{ONE} and more")),
        ("an unknown type", tensor("Q9", "[4]", "[0,4]")),
        ("a shape that does not fit", tensor("F32", "[4]", "[0,4]")),
        ("a place backwards", tensor("F32", "[4]", "[16,0]")),
        ("a place with a gap", tensor("F32", "[4]", "[16,32]")),
        ("far beyond the end", tensor("U8", "[9007199254740992]", "[0,9007199254740992]")),
        ("a product beyond 64 bits", tensor("F32", "[4294967296,4294967296,4294967296]", "[0,4]")),
        ("a length below zero", tensor("F32", "[-1]", "[0,4]")),
        ("a length with a fraction", tensor("F32", "[1.5]", "[0,6]")),
        ("twenty dimensions", tensor("U8", "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]", "[0,1]")),
        ("no shape", r#"{"a":{"dtype":"F32","data_offsets":[0,4]}}"#.to_owned()),
        ("twice", r#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}"#.to_owned()),
        ("one over another", r#"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}"#.to_owned()),
        ("nested without end", "[".repeat(100_000)),
        ("a name of a megabyte", format!(r#"{{"{}":{{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}}}"#, "x".repeat(1 << 20))),
    ];
    for (name, header) in cases {
        refused_weights(name, weights(&header, 64));
    }
    for length in [u64::MAX, 1 << 63, 1 << 40, 100_000_000, 0, 1] {
        let mut bytes = length.to_le_bytes().to_vec();
        bytes.extend([b' '; 64]);
        refused_weights(&format!("a header of {length} bytes"), bytes);
    }
    let words = refused_weights("bytes behind the last tensor", weights(ONE, 65));
    assert!(words.contains("goes on behind its last tensor"), "{words}");
}

#[test]
fn damaged_small_files_are_named() {
    let whole = || vec![("model.safetensors", weights(ONE, 64))];
    let words = refused("config", folder("{", &whole()).path()).message;
    assert!(words.starts_with("config.json cannot be understood"), "{words}");
    let info = refused("no architecture", folder("{}", &whole()).path());
    assert_eq!(info.code, ErrorCode::ModelUnsupported);
    let long = format!(r#"{{"x":"{}"}}"#, "y".repeat(5 << 20));
    assert!(refused("long", folder(&long, &whole()).path()).message.contains("config.json is longer"));
    let mut files = whole();
    files.push(("tokenizer_config.json", b"nonsense".to_vec()));
    assert!(refused("tokenizer", folder(CONFIG, &files).path()).message.starts_with("tokenizer_config.json cannot"));
    let mut files = whole();
    files.push(("model.safetensors.index.json", b"{}".to_vec()));
    assert!(refused("index", folder(CONFIG, &files).path()).message.starts_with("model.safetensors.index.json cannot"));
    assert_eq!(refused("no weights", folder(CONFIG, &[]).path()).code, ErrorCode::ModelMissing);
}
