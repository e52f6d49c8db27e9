//! What an answer takes where nobody said: the chat's own parameters over the person's defaults over these.

use inglenook_contract::{FolderOwner, KvCache, Parameters};
use inglenook_engine::protocol::Sampling;
use inglenook_hub::LibraryModel;

/// Tokens that a model is loaded with unless someone asks for more: enough for a long conversation, and a KV
/// cache that a small machine can hold.
pub(crate) const CONTEXT_LENGTH: u32 = 8_192;

/// The built-in defaults for a model. A model too small to choose well among likely words (Pocket) answers best
/// greedily; the others get the mild randomness that their makers recommend most often.
#[must_use]
pub(crate) fn built_in(model: Option<&LibraryModel>) -> Parameters {
    let trained = model.and_then(|model| model.context_length).unwrap_or(CONTEXT_LENGTH);
    let greedy = model.is_some_and(|model| model.owner == FolderOwner::BuiltIn);
    Parameters {
        temperature: Some(if greedy { 0.0 } else { 0.7 }),
        top_p: Some(if greedy { 1.0 } else { 0.95 }),
        top_k: Some(if greedy { 0 } else { 40 }),
        min_p: Some(if greedy { 0.0 } else { 0.05 }),
        repeat_penalty: Some(1.0),
        presence_penalty: Some(0.0),
        frequency_penalty: Some(0.0),
        context_length: Some(trained.min(CONTEXT_LENGTH)),
        thinking: Some(false),
        kv_cache: Some(KvCache::F16),
        ..Parameters::default()
    }
}

/// `above` where it says something, else `below`.
#[must_use]
pub(crate) fn over(above: &Parameters, below: &Parameters) -> Parameters {
    Parameters {
        system_prompt: if above.system_prompt.is_empty() { &below.system_prompt } else { &above.system_prompt }.clone(),
        temperature: above.temperature.or(below.temperature),
        top_p: above.top_p.or(below.top_p),
        top_k: above.top_k.or(below.top_k),
        min_p: above.min_p.or(below.min_p),
        repeat_penalty: above.repeat_penalty.or(below.repeat_penalty),
        presence_penalty: above.presence_penalty.or(below.presence_penalty),
        frequency_penalty: above.frequency_penalty.or(below.frequency_penalty),
        max_tokens: above.max_tokens.or(below.max_tokens),
        stop: if above.stop.is_empty() { &below.stop } else { &above.stop }.clone(),
        seed: above.seed.or(below.seed),
        context_length: above.context_length.or(below.context_length),
        thinking: above.thinking.or(below.thinking),
        kv_cache: above.kv_cache.or(below.kv_cache),
    }
}

/// What holds for an answer in a chat.
#[must_use]
pub(crate) fn effective(chat: &Parameters, person: &Parameters, model: &LibraryModel) -> Parameters {
    over(chat, &over(person, &built_in(Some(model))))
}

/// The part of the parameters that draws tokens.
#[must_use]
pub(crate) fn sampling(parameters: &Parameters) -> Sampling {
    Sampling {
        temperature: parameters.temperature,
        top_p: parameters.top_p,
        top_k: parameters.top_k,
        min_p: parameters.min_p,
        repeat_penalty: parameters.repeat_penalty,
        presence_penalty: parameters.presence_penalty,
        frequency_penalty: parameters.frequency_penalty,
        logit_bias: Vec::new(),
        seed: parameters.seed.map(u64::from),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chat_wins_over_the_persons_defaults_and_these_over_the_built_in_ones() {
        let chat = Parameters { temperature: Some(0.1), ..Parameters::default() };
        let person = Parameters { temperature: Some(0.5), top_k: Some(7), ..Parameters::default() };
        let effective = over(&chat, &over(&person, &built_in(None)));
        assert_eq!(effective.temperature, Some(0.1), "the chat said it");
        assert_eq!(effective.top_k, Some(7), "the chat did not say it, the person did");
        assert_eq!(effective.top_p, Some(0.95), "nobody said it");
    }

    #[test]
    fn a_zero_that_somebody_set_is_not_mistaken_for_nothing() {
        let chat = Parameters { temperature: Some(0.0), ..Parameters::default() };
        assert_eq!(over(&chat, &built_in(None)).temperature, Some(0.0), "0 is greedy, not unset");
    }
}
