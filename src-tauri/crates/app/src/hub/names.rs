//! Names of repositories for people.

/// Endings that say how a model is stored, which is said elsewhere.
const ENDINGS: &[&str] = &["-gguf", "_gguf", ".gguf", "-uqff", "-gptq", "-awq"];

/// A repository's name without its publisher and without how it is stored: `Qwen3-4B-GGUF` becomes “Qwen3 4B”.
pub(crate) fn plain(name: &str) -> String {
    let mut name = name;
    while let Some(ending) = ENDINGS.iter().find(|ending| ends_with(name, ending)) {
        name = name.get(..name.len() - ending.len()).unwrap_or(name);
    }
    name.split(['-', '_']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

fn ends_with(name: &str, ending: &str) -> bool {
    name.len() > ending.len()
        && name.get(name.len() - ending.len()..).is_some_and(|end| end.eq_ignore_ascii_case(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_loses_what_is_said_elsewhere() {
        assert_eq!(plain("Qwen3-4B-GGUF"), "Qwen3 4B");
        assert_eq!(plain("gemma-3-4b-it-GPTQ-gguf"), "gemma 3 4b it");
        assert_eq!(plain("SmolLM3_3B"), "SmolLM3 3B");
        assert_eq!(plain("-GGUF"), "GGUF", "something is left");
        assert_eq!(plain("modèle-gguf"), "modèle");
    }
}
