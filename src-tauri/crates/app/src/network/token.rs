//! The hub's token: found once, shown to the hub alone, never to the window.

use std::env;
use std::sync::{PoisonError, RwLock};

use inglenook_contract::{ErrorCode, ErrorInfo, TokenPlace, TokenState};
use inglenook_hub::remote::Hub;
use inglenook_settings::Secrets;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::{Mutex, OnceCell};

use crate::Result;

/// Its name among the secrets.
const NAME: &str = "Hugging Face token";

#[derive(Default)]
pub(super) struct Token {
    secrets: Secrets,
    found: OnceCell<()>,
    known: RwLock<Known>,
    /// What a person tries out; the hub is shown it instead of what is kept. Held while it is tried.
    tried: RwLock<Option<SecretString>>,
    trying: Mutex<()>,
}

struct Known {
    secret: Option<SecretString>,
    place: TokenPlace,
    user: Option<String>,
    trouble: Option<String>,
}

impl Default for Known {
    fn default() -> Self {
        Self { secret: None, place: TokenPlace::None, user: None, trouble: None }
    }
}

/// A token that the hub has taken.
pub(super) struct TriedOut {
    secret: SecretString,
    user: Option<String>,
}

impl Token {
    /// Looks for it, the first time: in the keyring, else in the environment. A keyring may ask the person, so this is
    /// done only when the hub is about to be asked.
    pub(super) async fn find(&self) {
        self.found
            .get_or_init(|| async {
                let held = self.secrets.read(NAME).await;
                let known = match held.secret {
                    Some(secret) => Known {
                        secret: Some(secret),
                        place: if held.session { TokenPlace::Session } else { TokenPlace::Keyring },
                        ..Known::default()
                    },
                    None => Known { trouble: held.trouble, ..from_environment() },
                };
                *self.known.write().unwrap_or_else(PoisonError::into_inner) = known;
            })
            .await;
    }

    /// What the hub is shown.
    pub(super) fn secret(&self) -> Option<SecretString> {
        let tried = self.tried.read().unwrap_or_else(PoisonError::into_inner).clone();
        tried.or_else(|| self.known.read().unwrap_or_else(PoisonError::into_inner).secret.clone())
    }

    /// What the window may know.
    pub(super) fn state(&self) -> TokenState {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        TokenState { place: known.place, user: known.user.clone(), trouble: known.trouble.clone() }
    }

    /// Shows a token to the hub.
    ///
    /// # Errors
    /// `InvalidRequest` for what is no token, and what the hub says.
    pub(super) async fn try_out(&self, text: &str, hub: &Hub) -> Result<TriedOut> {
        let text = text.trim();
        if text.is_empty() || text.len() > 500 || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            let words = "This does not look like a token. It is one word that usually begins with hf_.";
            return Err(ErrorInfo::new(ErrorCode::InvalidRequest, words).into());
        }
        let secret = SecretString::from(text.to_owned());
        let _turn = self.trying.lock().await;
        let _tried = Tried::of(&self.tried, secret.clone());
        let user = hub.whoami().await?;
        Ok(TriedOut { secret, user })
    }

    /// Keeps a token that the hub has taken.
    pub(super) async fn keep(&self, TriedOut { secret, user }: TriedOut) {
        let trouble = self.secrets.save(NAME, secret.expose_secret().to_owned().into()).await;
        let place = if trouble.is_some() { TokenPlace::Session } else { TokenPlace::Keyring };
        *self.known.write().unwrap_or_else(PoisonError::into_inner) =
            Known { secret: Some(secret), place, user, trouble };
    }

    /// Forgets it; returns why it may still be in the keyring.
    pub(super) async fn forget(&self) -> Option<String> {
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = from_environment();
        self.secrets.forget(NAME).await
    }
}

/// What the environment says; there a token cannot be forgotten.
fn from_environment() -> Known {
    match env::var("HF_TOKEN").ok().filter(|token| !token.trim().is_empty()) {
        Some(token) => Known {
            secret: Some(SecretString::from(token.trim().to_owned())),
            place: TokenPlace::Environment,
            ..Known::default()
        },
        None => Known::default(),
    }
}

/// A token that is shown for now; whoever tries it may go away in the middle.
struct Tried<'a>(&'a RwLock<Option<SecretString>>);

impl<'a> Tried<'a> {
    fn of(place: &'a RwLock<Option<SecretString>>, secret: SecretString) -> Self {
        *place.write().unwrap_or_else(PoisonError::into_inner) = Some(secret);
        Self(place)
    }
}

impl Drop for Tried<'_> {
    fn drop(&mut self) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
