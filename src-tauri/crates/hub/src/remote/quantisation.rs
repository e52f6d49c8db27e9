//! The quantisation that a file's name tells: `Q4_K_M`, `IQ3_XXS`, `UD-Q4_K_XL`, `BF16`, `MXFP4`.

/// What may follow the first part, with `_` between.
const ENDINGS: &[&str] = &["K", "0", "1", "4", "8", "S", "M", "L", "XS", "XXS", "XL", "NL", "MOE"];

/// The last that stands in a file's name, without its ending; `None` where none does. In capitals.
pub(super) fn of_gguf(stem: &str) -> Option<String> {
    let stem = stem.to_ascii_uppercase();
    let words: Vec<&str> = stem.split(['-', '.', ' ', '@', '+']).collect();
    words.iter().enumerate().rev().find_map(|(at, word)| {
        let found = of_word(word)?;
        // Unsloth's, which are not stored as others of the same name.
        let dynamic = at.checked_sub(1).and_then(|before| words.get(before)) == Some(&"UD");
        Some(if dynamic { format!("UD-{found}") } else { found })
    })
}

/// In `NAME_Q4_K_M`, what begins as a quantisation with all that belongs to it.
fn of_word(word: &str) -> Option<String> {
    let parts: Vec<&str> = word.split('_').collect();
    let start = parts.iter().rposition(|part| is_start(part))?;
    let (first, rest) = parts.get(start..)?.split_first()?;
    let belonging = rest.iter().take_while(|part| ENDINGS.contains(part));
    let mut name = plain(first).to_owned();
    for part in belonging {
        name.push('_');
        name.push_str(part);
    }
    Some(name)
}

fn is_start(part: &str) -> bool {
    let numbered = |prefix: &str, digits: &str| {
        part.strip_prefix(prefix).is_some_and(|rest| rest.len() == 1 && digits.contains(rest))
    };
    numbered("Q", "12345678")
        || numbered("IQ", "1234")
        || numbered("TQ", "12")
        || matches!(part, "F16" | "FP16" | "BF16" | "F32" | "FP32" | "MXFP4" | "NVFP4" | "FP8")
}

/// One name for what publishers write in two ways.
fn plain(start: &str) -> &str {
    match start {
        "FP16" => "F16",
        "FP32" => "F32",
        other => other,
    }
}

/// The quantisation of a UQFF file: the last word of its name, in capitals: `Q4K`, `AFQ8`, `HQQ4`.
pub(super) fn of_uqff(stem: &str) -> Option<String> {
    let word = stem.rsplit(['-', '.', '_', ' ']).next()?;
    let named = word.len() <= 12 && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (named && word.bytes().any(|byte| byte.is_ascii_digit())).then(|| word.to_ascii_uppercase())
}

/// How weights in safetensors were quantised, by the words of the repository's name and its tags: `GPTQ`, `FP8`.
pub(super) fn of_safetensors(name: &str, tags: &[String]) -> Option<&'static str> {
    const METHODS: &[&str] =
        &["GPTQ", "AWQ", "EXL2", "EXL3", "HQQ", "FP8", "NVFP4", "MXFP4", "BNB", "BITSANDBYTES", "AFQ"];
    let name = name.to_ascii_uppercase();
    let words: Vec<&str> = name.split(['-', '_', '.', ' ']).collect();
    let says = |method: &&&str| words.contains(*method) || tags.iter().any(|tag| tag.eq_ignore_ascii_case(method));
    METHODS.iter().find(says).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantisation_is_read_from_a_name() {
        for (stem, expected) in [
            ("Qwen3-8B-Q4_K_M", "Q4_K_M"),
            ("qwen2.5-7b-instruct-q4_k_m", "Q4_K_M"),
            ("llama-2-7b.Q5_K_S", "Q5_K_S"),
            ("Model.i1-IQ3_XXS", "IQ3_XXS"),
            ("Qwen3-8B-UD-Q4_K_XL", "UD-Q4_K_XL"),
            ("Phi-3-mini-4k-instruct-q4", "Q4"),
            ("Phi-3-mini-4k-instruct-fp16", "F16"),
            ("gemma-3-4b-it-BF16", "BF16"),
            ("gpt-oss-20b-mxfp4", "MXFP4"),
            ("gpt-oss-20b-MXFP4_MOE", "MXFP4_MOE"),
            ("Model_Q8_0", "Q8_0"),
            ("Model-Q4_0_4_8", "Q4_0_4_8"),
            ("Model-IQ4_NL", "IQ4_NL"),
            ("Model-TQ1_0", "TQ1_0"),
            ("Model-Q6_K_L", "Q6_K_L"),
            ("Model-f32", "F32"),
            ("Model-Q4_K_M-imat", "Q4_K_M"),
        ] {
            assert_eq!(of_gguf(stem).as_deref(), Some(expected), "{stem}");
        }
        for none in ["ggml-model", "Qwen3-8B", "Q9", "", "Q4KM", "IQ", "mmproj-model"] {
            assert_eq!(of_gguf(none), None, "{none}");
        }
    }

    #[test]
    fn other_formats_have_names_of_their_own() {
        assert_eq!(of_uqff("llama-3.2-3b-instruct-q4k").as_deref(), Some("Q4K"));
        assert_eq!(of_uqff("phi-4-afq8").as_deref(), Some("AFQ8"));
        assert_eq!(of_uqff("model"), None);
        assert_eq!(of_safetensors("Qwen3-8B-AWQ", &[]), Some("AWQ"));
        assert_eq!(of_safetensors("Qwen3-8B", &["gptq".to_owned()]), Some("GPTQ"));
        assert_eq!(of_safetensors("Qwen3-8B", &[]), None);
    }
}
