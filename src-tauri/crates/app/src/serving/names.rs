//! The names that programs ask for models by.
//!
//! A model is listed as `qwen3-4b`; where several would be called so, as `qwen3-4b:q4_k_m`; where even that is no one
//! name, with the beginning of its identifier behind it. Each form is understood whatever is listed, with `@` for `:`
//! and with Ollama's `:latest`, so that a program's configuration outlives another model's arrival.

use std::collections::HashMap;

use inglenook_contract::{Model, ModelState};

use super::Served;

/// The names of models, in their order.
pub(super) fn of(models: &[Model]) -> Vec<String> {
    let (short, long): (Vec<String>, Vec<String>) =
        models.iter().map(|model| (slug(&model.name), with_quantisation(model))).unzip();
    let count = |names: &[String]| {
        let mut counted: HashMap<String, usize> = HashMap::new();
        names.iter().for_each(|name| *counted.entry(name.clone()).or_default() += 1);
        counted
    };
    let (short_counts, long_counts) = (count(&short), count(&long));
    let named = models.iter().zip(short).zip(long);
    named
        .map(|((model, short), long)| match (short_counts.get(&short), long_counts.get(&long)) {
            (Some(1), _) => short,
            (_, Some(1)) => long,
            _ => longest(model),
        })
        .collect()
}

/// The place of the model that is meant.
pub(super) fn find(served: &[Served], name: &str) -> Option<usize> {
    let wanted = tidied(name);
    let place = |fits: &dyn Fn(&Served) -> bool| {
        let mut all = served.iter().enumerate().filter(|(_, served)| fits(served));
        let first = all.next()?;
        // Of several, one that answers at once, else the one that answered last.
        let liking =
            |served: &Served| (matches!(served.model.state, ModelState::Ready { .. }), served.model.last_used_at);
        let best = all.fold(first, |best, next| if liking(next.1) > liking(best.1) { next } else { best });
        Some(best.0)
    };
    let repo = |served: &Served| served.model.origin.as_ref().map(|origin| origin.repo.to_lowercase());
    let (bare, tag) = wanted.split_once(':').map_or((wanted.as_str(), None), |(bare, tag)| (bare, Some(tag)));
    let tagged = |served: &Served| {
        tag.is_none_or(|tag| served.model.quantisation.as_ref().is_some_and(|its| its.eq_ignore_ascii_case(tag)))
    };
    place(&|served| served.aliases.iter().any(|alias| tidied(alias) == wanted))
        .or_else(|| place(&|served| served.name == wanted))
        .or_else(|| place(&|served| with_quantisation(&served.model) == wanted))
        .or_else(|| place(&|served| longest(&served.model) == wanted))
        .or_else(|| place(&|served| slug(&served.model.name) == bare && tagged(served)))
        .or_else(|| place(&|served| repo(served).as_deref() == Some(bare) && tagged(served)))
        .or_else(|| place(&|served| served.model.id.as_str() == wanted))
}

/// Whether this is a name that no other model has: an alias, the name it is listed by, or its identifier.
pub(super) fn whole(served: &Served, name: &str) -> bool {
    let wanted = tidied(name);
    served.name == wanted
        || served.model.id.as_str() == wanted
        || served.aliases.iter().any(|alias| tidied(alias) == wanted)
}

/// A name without white space around it and without Ollama's `:latest`.
pub(super) fn bare(name: &str) -> &str {
    let name = name.trim();
    name.strip_suffix(":latest").unwrap_or(name)
}

/// As names are compared.
pub(super) fn tidied(name: &str) -> String {
    let name = name.trim().to_lowercase().replace('@', ":");
    let name = name.strip_prefix("hf.co/").or_else(|| name.strip_prefix("huggingface.co/")).unwrap_or(&name);
    name.strip_suffix(":latest").unwrap_or(name).to_owned()
}

fn with_quantisation(model: &Model) -> String {
    let short = slug(&model.name);
    model.quantisation.as_ref().map_or_else(|| short.clone(), |its| format!("{short}:{}", its.to_lowercase()))
}

/// A name that is its own whatever else is there.
fn longest(model: &Model) -> String {
    format!("{}-{}", with_quantisation(model), model.id.as_str().get(..4).unwrap_or_default())
}

/// A name for people as one for programs: lower case, a dash for whatever is neither letter, digit, dot nor underscore.
fn slug(name: &str) -> String {
    let mut slug = String::with_capacity(name.len());
    for letter in name.to_lowercase().chars() {
        match letter {
            '.' | '_' => slug.push(letter),
            letter if letter.is_alphanumeric() => slug.push(letter),
            _ if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
            _ => {}
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    if slug.is_empty() { "model".to_owned() } else { slug }
}

#[cfg(test)]
mod tests {
    use super::*;
    use inglenook_contract::{FolderOwner, ModelFormat, ModelOrigin};

    fn model(id: &str, name: &str, quantisation: &str) -> Model {
        Model {
            id: id.into(),
            name: name.into(),
            format: ModelFormat::Gguf,
            path: String::new(),
            files: 1,
            size_bytes: 1,
            architecture: "llama".into(),
            parameters: None,
            quantisation: Some(quantisation.into()),
            context_length: None,
            thinks: false,
            tools: false,
            owner: FolderOwner::Own,
            origin: None,
            update: None,
            verifiable: false,
            undeletable: None,
            engine: Some("llama.cpp".into()),
            engine_reason: String::new(),
            engines: Vec::new(),
            unsupported: None,
            embeds: false,
            takes: Vec::new(),
            defaults: Default::default(),
            state: ModelState::Unloaded,
            last_used_at: None,
        }
    }

    fn served(models: Vec<Model>) -> Vec<Served> {
        let names = of(&models);
        models.into_iter().zip(names).map(|(model, name)| Served { name, aliases: Vec::new(), model }).collect()
    }

    #[test]
    fn a_name_is_as_short_as_it_can_be_alone() {
        let models = [
            model("aaaa1", "Pocket", "Q8_0"),
            model("bbbb1", "Qwen3 4B (Instruct)", "Q4_K_M"),
            model("cccc1", "Qwen3 4B Instruct", "Q8_0"),
            model("dddd1", "Twin", "F16"),
            model("eeee1", "Twin", "F16"),
        ];
        let expected =
            ["pocket", "qwen3-4b-instruct:q4_k_m", "qwen3-4b-instruct:q8_0", "twin:f16-dddd", "twin:f16-eeee"];
        assert_eq!(of(&models), expected);
    }

    #[test]
    fn every_form_of_a_name_finds_the_model() {
        let mut all = served(vec![model("aaaa1", "Qwen3 4B", "Q4_K_M"), model("bbbb1", "Pocket", "Q8_0")]);
        all[0].aliases.push("GPT-4o".into());
        all[0].model.origin =
            Some(ModelOrigin { repo: "Qwen/Qwen3-4B-GGUF".into(), commit: String::new(), finished_at: 0 });
        for name in [
            "qwen3-4b",
            "Qwen3-4B",
            "qwen3-4b:latest",
            "qwen3-4b:q4_k_m",
            "qwen3-4b@Q4_K_M",
            "gpt-4o",
            "gpt-4o:latest",
            "Qwen/Qwen3-4B-GGUF",
            "hf.co/Qwen/Qwen3-4B-GGUF:Q4_K_M",
            "qwen3-4b:q4_k_m-aaaa",
            "aaaa1",
        ] {
            assert_eq!(find(&all, name), Some(0), "{name}");
        }
        for name in ["", "qwen3", "qwen3-4b:q8_0", "Qwen/Qwen3-4B-GGUF:Q8_0", "../pocket"] {
            assert_eq!(find(&all, name), None, "{name}");
        }
    }

    #[test]
    fn a_whole_name_is_no_other_models() {
        let mut all = served(vec![model("aaaa1", "Twin", "Q4_0"), model("bbbb1", "Twin", "Q8_0")]);
        all[0].aliases.push("Best".into());
        for name in ["twin:q4_0", "Twin@Q4_0", "best", "aaaa1"] {
            assert!(whole(&all[0], name), "{name}");
        }
        assert!(!whole(&all[0], "twin"), "it may be the other one");
        assert!(!whole(&all[0], "twin:q8_0"), "it is the other one");
    }

    #[test]
    fn of_several_the_one_that_is_loaded_is_meant() {
        let mut all = served(vec![model("aaaa1", "Twin", "Q4_0"), model("bbbb1", "Twin", "Q8_0")]);
        assert_eq!(find(&all, "twin"), Some(0));
        all[1].model.last_used_at = Some(1);
        assert_eq!(find(&all, "twin"), Some(1), "it was used");
        all[0].model.state = ModelState::Ready { context_length: 1, memory_bytes: 1, unload_at: None };
        assert_eq!(find(&all, "twin"), Some(0), "it is loaded");
    }

    #[test]
    fn what_is_no_letter_becomes_one_dash() {
        assert_eq!(slug("  Llama 3.2 (1B) — Instruct! "), "llama-3.2-1b-instruct");
        assert_eq!(slug("通义 7B"), "通义-7b");
        assert_eq!(slug("***"), "model");
    }
}
