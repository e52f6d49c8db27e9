//! The real models of the repository, read to the last number.

mod support;

use inglenook_contract::FolderOwner;
use inglenook_contract::ModelFormat;
use inglenook_hub::header::Shape;
use inglenook_hub::header::gguf::{GgufHeader, Purpose};
use inglenook_hub::header::safetensors::SafetensorsHeader;
use inglenook_hub::{EngineKind, LibraryReader, SearchedFolder, TemplateAbilities};

const POCKET_SHAPE: Shape = Shape {
    blocks: Some(6),
    embedding: Some(256),
    heads: Some(4),
    kv_heads: Some(2),
    key_length: Some(64),
    value_length: Some(64),
};

#[test]
fn pocket_in_q8_0_is_read_exactly() {
    let header = GgufHeader::read(&support::pocket_q8()).expect("whole");
    assert_eq!(header.version, 3);
    assert_eq!(header.purpose, Purpose::Model);
    assert_eq!(header.architecture.as_deref(), Some("qwen3"));
    assert_eq!(header.name.as_deref(), Some("Pocket"));
    assert_eq!(header.parameters, 5_509_120);
    assert_eq!(header.embeddings, 3_072 * 256, "tokens by the length of their vectors");
    assert_eq!(header.quantisation.as_deref(), Some("Q8_0"));
    assert_eq!(header.tensor_types.iter().map(|stored| stored.name).collect::<Vec<_>>(), ["Q8_0", "F32"]);
    assert_eq!(header.context_length, Some(2048));
    assert_eq!(header.shape, POCKET_SHAPE);
    assert_eq!(header.tokenizer.as_deref(), Some("gpt2"));
    assert!(header.has_tokens, "tokens and the end of an answer are in the file");
    assert_eq!(header.split, None);
    assert_eq!(header.file_bytes, 5_962_720);
    let template = header.template.expect("has one");
    assert!(template.starts_with("{%- set system ="), "the template is whole: {template}");
    assert_eq!(TemplateAbilities::of(&template), TemplateAbilities { thinks: true, tools: true });
}

#[test]
fn pocket_in_f16_is_read_exactly() {
    let header = GgufHeader::read(&support::pocket_f16()).expect("whole");
    assert_eq!(header.quantisation.as_deref(), Some("F16"));
    assert_eq!(header.parameters, 5_509_120);
    assert_eq!(header.file_bytes, 11_123_680);
    assert_eq!(header.shape, POCKET_SHAPE);
}

#[test]
fn pocket_in_safetensors_is_read_exactly() {
    let header = SafetensorsHeader::read(&support::pocket_safetensors()).expect("whole");
    assert_eq!((header.architecture.as_str(), header.architectures), ("Qwen3ForCausalLM", 1));
    assert_eq!(header.parameters, 5_509_120);
    assert_eq!(header.quantisation.as_deref(), Some("BF16"));
    assert_eq!(header.quantised, None);
    assert_eq!(header.context_length, Some(2048));
    assert_eq!(header.shape, POCKET_SHAPE);
    assert!(header.has_tokenizer);
    assert_eq!(header.size_bytes, 11_025_536);
    assert_eq!(header.files.len(), 1);
    let template = header.template.expect("has one");
    assert_eq!(TemplateAbilities::of(&template), TemplateAbilities { thinks: true, tools: true });
}

#[test]
fn the_cache_of_one_token_is_counted_from_the_shape() {
    // 6 blocks × 2 heads × (64 + 64) numbers × 4 bytes.
    assert_eq!(POCKET_SHAPE.kv_bytes_per_token(4), Some(6144));
    let without_lengths = Shape { key_length: None, value_length: None, ..POCKET_SHAPE };
    assert_eq!(without_lengths.kv_bytes_per_token(4), Some(6144), "256 / 4 heads is 64 too");
    assert_eq!(Shape::default().kv_bytes_per_token(4), None);
    let absurd = Shape {
        blocks: Some(u32::MAX),
        embedding: Some(u32::MAX),
        heads: Some(1),
        kv_heads: Some(u32::MAX),
        key_length: None,
        value_length: None,
    };
    assert_eq!(absurd.kv_bytes_per_token(4), None, "an overflow is no number");
}

#[tokio::test]
async fn the_library_shows_them_all_with_their_engine() {
    let folder = |path: std::path::PathBuf, owner| SearchedFolder { path, owner };
    let library = LibraryReader::new()
        .read(vec![
            folder(support::repository().join("src-tauri/resources/models"), FolderOwner::BuiltIn),
            folder(support::repository().join("tests/fixtures/pocket"), FolderOwner::Added),
        ])
        .await;
    assert_eq!(library.rejected, []);
    assert_eq!(library.folders.iter().map(|folder| folder.models).collect::<Vec<_>>(), [1, 3]);
    let seen: Vec<_> = library
        .models
        .iter()
        .map(|model| {
            (
                model.name.as_str(),
                model.format,
                model.quantisation.as_deref(),
                model.owner == FolderOwner::BuiltIn,
                model.engine,
            )
        })
        .collect();
    let (gguf, other) = (Some(EngineKind::LlamaCpp), Some(EngineKind::MistralRs));
    assert_eq!(
        seen,
        [
            ("Pocket", ModelFormat::Gguf, Some("F16"), false, gguf),
            ("Pocket", ModelFormat::Gguf, Some("Q4_K_M"), false, gguf),
            ("Pocket", ModelFormat::Gguf, Some("Q8_0"), true, gguf),
            ("safetensors", ModelFormat::Safetensors, Some("BF16"), false, other),
        ]
    );
    for model in &library.models {
        assert!(model.thinks && model.tools, "{} knows both", model.name);
        assert_eq!(model.parameters, Some(5_509_120));
        assert_eq!(model.id.as_str().len(), 16);
        assert_eq!(library.find(&model.id), Some(model));
        assert!(model.takes(model.engine).contains(&inglenook_contract::Parameter::Thinking));
    }
}
