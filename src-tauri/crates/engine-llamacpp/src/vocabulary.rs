//! The vocabulary of a loaded model, as workers use it.

use inglenook_worker::tokens::{Encode, TokenBytes, Tokens};
use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::token::LlamaToken;
use llama_cpp_2::token_type::LlamaTokenAttr;

/// Cuts texts as llama.cpp does.
struct Encoder(&'static LlamaModel);

impl Encode for Encoder {
    fn encode(&self, text: &str) -> Result<Vec<u32>, String> {
        Ok(encode(self.0, text, false))
    }
}

/// The tokens of a text; special ones in it are recognised. `add_special` puts those around it that the model wants.
pub(crate) fn encode(model: &LlamaModel, text: &str, add_special: bool) -> Vec<u32> {
    let tokens = model.vocab().tokenize(text.as_bytes(), add_special, true);
    tokens.into_iter().map(|LlamaToken(id)| id as u32).collect()
}

/// The vocabulary of a model.
pub(crate) fn read(model: &'static LlamaModel) -> Tokens {
    let vocabulary = model.vocab();
    let mut bytes = Vec::with_capacity(vocabulary.n_tokens().max(0) as usize);
    let mut named = Vec::new();
    for token in vocabulary.tokens() {
        let attributes = vocabulary.attr(token);
        let special = attributes.contains(LlamaTokenAttr::Control) || attributes.contains(LlamaTokenAttr::Unknown);
        let spelled = vocabulary.token_to_piece(token, true, None);
        // Recognised by name wherever it stands in a text.
        if (special || attributes.contains(LlamaTokenAttr::UserDefined)) && !spelled.is_empty() {
            named.push((String::from_utf8_lossy(&spelled).into_owned(), token.0 as u32));
        }
        bytes.push(TokenBytes { bytes: spelled, special });
    }
    Tokens::new(Box::new(Encoder(model)), bytes, named)
}

/// Tokens that end an answer.
pub(crate) fn ends(model: &LlamaModel) -> Vec<u32> {
    let vocabulary = model.vocab();
    vocabulary.tokens().filter(|token| vocabulary.is_eog(*token)).map(|token| token.0 as u32).collect()
}
