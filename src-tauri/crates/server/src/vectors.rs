//! Having a model make vectors of texts.

use inglenook_app::serving::{self, Wish};
use inglenook_engine::Embeddings;

use crate::answer::Asked;
use crate::error::ApiError;
use crate::requests::Entry;
use crate::state::Serving;

/// Texts that the model is given at once: between them others get their turn, and a client that went away is noticed.
const AT_ONCE: usize = 16;

impl Serving {
    /// Waits for a turn and for a model that makes vectors.
    ///
    /// # Errors
    /// 400 for a model that does not, which is not even loaded then; otherwise as [`Serving::ready`].
    pub(crate) async fn ready_to_embed(&self, wish: &Wish, entry: &Entry) -> Result<Asked, ApiError> {
        let served = serving::find(self.app(), &wish.name).await?;
        if !served.model.embeds {
            entry.model(&served.model.name);
            let words = format!("{} answers in text; it makes no vectors (embeddings).", served.model.name);
            return Err(ApiError::invalid_param("model", words).code("model_unsupported"));
        }
        self.ready(wish, entry).await
    }
}

impl Asked {
    /// The vectors of texts, in their order, and the tokens that were read.
    ///
    /// # Errors
    /// What the model says of a text, for example that it is too long.
    pub(crate) async fn embed(&self, texts: &[String]) -> Result<Embeddings, ApiError> {
        let mut all = Embeddings { vectors: Vec::with_capacity(texts.len()), tokens: 0 };
        for some in texts.chunks(AT_ONCE) {
            let made = self.ready.lease.embed(some.to_vec()).await?;
            all.vectors.extend(made.vectors);
            all.tokens = all.tokens.saturating_add(made.tokens);
        }
        self.entry().read(all.tokens);
        Ok(all)
    }
}

/// Keeps the first so many numbers of a vector, at length 1 again. One that is shorter stays as it is.
pub(crate) fn cut(vector: &mut Vec<f32>, count: usize) {
    if count >= vector.len() {
        return;
    }
    vector.truncate(count);
    let length = vector.iter().map(|number| number * number).sum::<f32>().sqrt();
    if length > 0.0 {
        vector.iter_mut().for_each(|number| *number /= length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vector_that_is_cut_has_length_one_again() {
        let of = |vector: &[f32], count| {
            let mut vector = vector.to_vec();
            cut(&mut vector, count);
            vector
        };
        assert_eq!(of(&[3.0, 4.0, 12.0], 2), [0.6, 0.8]);
        assert_eq!(of(&[0.0, 0.0, 1.0], 2), [0.0, 0.0], "no length to divide by");
        assert_eq!(of(&[0.5, 0.5], 9), [0.5, 0.5]);
    }
}
