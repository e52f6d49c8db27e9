//! What names and tags of a repository tell of the model: its formats, its size, whether it sees pictures and calls
//! tools. They are publishers' words and habits; what a header or a template says counts more.

use super::names::RepoId;
use super::search::RepoFormat;

/// Tags that say that a model takes pictures.
const VISION_TAGS: &[&str] =
    &["image-text-to-text", "image-to-text", "visual-question-answering", "vision", "multimodal"];
/// Tags that say that a model calls tools.
const TOOL_TAGS: &[&str] =
    &["function calling", "function-calling", "tool-use", "tool use", "tool-calling", "tool calling", "tools", "agent"];
/// Beginnings of the names of families whose chat templates take tools.
const TOOL_FAMILIES: &[&str] = &[
    "c4ai-command-r",
    "command-r",
    "command-a",
    "devstral",
    "functionary",
    "glm-4",
    "glm4",
    "gpt-oss",
    "granite-3",
    "granite-4",
    "granite-3.3",
    "hermes-2-pro",
    "hermes-3",
    "hermes-4",
    "hammer2",
    "kimi-k2",
    "lfm2",
    "llama-3.1",
    "llama-3.2",
    "llama-3.3",
    "llama-4",
    "llama-xlam",
    "magistral",
    "meta-llama-3.1",
    "meta-llama-3.3",
    "ministral",
    "mistral-large",
    "mistral-nemo",
    "mistral-small",
    "nemotron",
    "phi-4-mini",
    "qwen2.5",
    "qwen3",
    "qwq",
    "smollm3",
    "watt-tool",
    "xlam",
];

/// The formats that tags and the library's name tell of.
pub(super) fn formats(tags: &[String], library: Option<&str>) -> Vec<RepoFormat> {
    let says = |format: &RepoFormat| {
        tags.iter().map(String::as_str).chain(library).any(|word| word.eq_ignore_ascii_case(format.tag()))
    };
    RepoFormat::ALL.iter().copied().filter(says).collect()
}

/// Whether pictures are taken.
pub(super) fn sees(tags: &[String], pipeline: Option<&str>) -> bool {
    tags.iter().map(String::as_str).chain(pipeline).any(|word| VISION_TAGS.contains(&word))
}

/// Whether tools are called, by the tags or by what its family does.
pub(super) fn calls_tools(repo: &RepoId, tags: &[String]) -> bool {
    let name = repo.name().to_ascii_lowercase();
    // Those who quantise put the publisher in front: `Qwen_Qwen3-8B-GGUF`.
    let behind = name.split_once('_').map_or("", |(_, behind)| behind);
    // `llama-4` is the family of Llama-4-Scout, and none of Llama-4B.
    let begins = |name: &str, family: &str| {
        name.strip_prefix(family).is_some_and(|rest| !rest.starts_with(|letter: char| letter.is_ascii_alphanumeric()))
    };
    let of_family = |family: &&str| begins(&name, family) || begins(behind, family);
    tags.iter().any(|tag| TOOL_TAGS.contains(&tag.to_ascii_lowercase().as_str())) || TOOL_FAMILIES.iter().any(of_family)
}

/// Numbers in the model, by its name: `7B`, `1.5B`, `135M`, `8x7B`. Names are rounded, and experts share layers, so
/// this is a first guess.
pub(super) fn parameters(repo: &RepoId) -> Option<u64> {
    let words = || repo.name().split(['-', '_', ' ', '+']);
    words().find_map(|word| sized(word, true)).or_else(|| words().find_map(|word| sized(word, false)))
}

/// `large` takes thousands of millions and more; `1M` in a name is as often a length of context.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 10^16, and above zero")]
fn sized(word: &str, large: bool) -> Option<u64> {
    let word = word.to_ascii_lowercase();
    let (number, unit) = word.split_at_checked(word.len().checked_sub(1)?)?;
    let unit = match unit {
        "t" if large => 1e12,
        "b" if large => 1e9,
        "m" if !large => 1e6,
        _ => return None,
    };
    let digits = |text: &str| {
        let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let begins = text.bytes().next().is_some_and(|byte| byte.is_ascii_digit());
        text.parse::<f64>().ok().filter(|number| plain && begins && *number > 0.0 && *number < 10_000.0)
    };
    let (experts, each) = match number.split_once('x') {
        Some((experts, each)) => (digits(experts).filter(|experts| experts.fract() == 0.0)?, digits(each)?),
        None => (1.0, digits(number)?),
    };
    let count = experts * each * unit;
    (large || each >= 5.0).then_some(count as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(name: &str) -> Option<u64> {
        parameters(&RepoId::parse(name).expect("a name"))
    }

    #[test]
    fn a_size_is_read_from_a_name() {
        assert_eq!(size("Qwen/Qwen3-0.6B-GGUF"), Some(600_000_000));
        assert_eq!(size("meta-llama/Llama-3.2-3B-Instruct"), Some(3_000_000_000));
        assert_eq!(size("mistralai/Mixtral-8x7B-Instruct-v0.1"), Some(56_000_000_000));
        assert_eq!(size("Qwen/Qwen3-30B-A3B"), Some(30_000_000_000));
        assert_eq!(size("HuggingFaceTB/SmolLM2-135M"), Some(135_000_000));
        assert_eq!(size("Qwen/Qwen2.5-7B-Instruct-1M"), Some(7_000_000_000));
        assert_eq!(size("internlm/internlm2_5-chat-1M-7b"), Some(7_000_000_000));
        assert_eq!(size("google/gemma-3-270m-it"), Some(270_000_000));
        assert_eq!(size("moonshotai/Kimi-1T"), Some(1_000_000_000_000));
    }

    #[test]
    fn other_words_are_no_sizes() {
        for name in [
            "microsoft/Phi-3-mini-4k-instruct",
            "a/b",
            "a/4bit",
            "a/x1.2.3b",
            "a/model-b",
            "a/Some-1M",
            "a/infB",
            "a/0b",
        ] {
            assert_eq!(size(name), None, "{name}");
        }
    }

    #[test]
    fn tags_and_families_tell_abilities() {
        let tags = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let repo = |name: &str| RepoId::parse(name).expect("a name");
        assert_eq!(formats(&tags(&["gguf", "en"]), Some("safetensors")), [RepoFormat::Gguf, RepoFormat::Safetensors]);
        assert!(sees(&tags(&[]), Some("image-text-to-text")));
        assert!(!sees(&tags(&["text-generation"]), None));
        assert!(calls_tools(&repo("a/B"), &tags(&["Function-Calling"])));
        assert!(calls_tools(&repo("bartowski/Qwen_Qwen3-8B-GGUF"), &[]));
        assert!(calls_tools(&repo("meta-llama/Llama-4-Scout"), &[]) && !calls_tools(&repo("a/Llama-4B"), &[]));
        assert!(!calls_tools(&repo("TheBloke/Llama-2-7B-GGUF"), &[]));
    }
}
