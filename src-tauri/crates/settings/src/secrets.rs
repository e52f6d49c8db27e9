//! Secrets: in the system's keyring, else in memory until the application ends. Never in a file, never in the window.
//!
//! A keyring may be missing (no session bus), locked, or ask the person and wait for ever; each is told apart and none
//! keeps the application waiting. A secret that the keyring does not take stays in memory, and whoever saved it is told.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use keyring_core::{CredentialStore, Error};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::oneshot;

/// What secrets are kept under in the system's keyring.
const SERVICE: &str = "Inglenook";
/// How long a keyring may take. Longer than a person needs to type a password into its dialogue would hang the page.
const PATIENCE: Duration = Duration::from_secs(20);

/// Opens the keyring.
type Opener = Arc<dyn Fn() -> keyring_core::Result<Arc<CredentialStore>> + Send + Sync>;

/// The secrets of the application, by name.
pub struct Secrets {
    open: Opener,
    patience: Duration,
    session: Mutex<HashMap<String, SecretString>>,
}

/// A secret as it was found.
#[derive(Debug, Default)]
pub struct Held {
    /// The secret; `None` where there is none.
    pub secret: Option<SecretString>,
    /// It is in memory only.
    pub session: bool,
    /// Why the keyring could not be asked, in words for a person.
    pub trouble: Option<String>,
}

impl Default for Secrets {
    fn default() -> Self {
        Self::with(Arc::new(system), PATIENCE)
    }
}

impl Secrets {
    fn with(open: Opener, patience: Duration) -> Self {
        Self { open, patience, session: Mutex::default() }
    }

    /// Finds a secret; one in memory is newer than one in the keyring.
    pub async fn read(&self, name: &str) -> Held {
        let session = self.lock().get(name).cloned();
        if session.is_some() {
            return Held { secret: session, session: true, trouble: None };
        }
        let read = self.ask(name, |entry| match entry.get_password() {
            Ok(secret) => Ok(Some(SecretString::from(secret))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        });
        match read.await {
            Ok(secret) => Held { secret, ..Held::default() },
            Err(trouble) => Held { trouble: Some(trouble), ..Held::default() },
        }
    }

    /// Keeps a secret in the keyring, or in memory where that cannot be; returns why it could not.
    pub async fn save(&self, name: &str, secret: SecretString) -> Option<String> {
        let kept = secret.clone();
        let saved = self.ask(name, move |entry| entry.set_password(kept.expose_secret())).await;
        match saved {
            Ok(()) => {
                self.lock().remove(name);
                None
            }
            Err(trouble) => {
                self.lock().insert(name.to_owned(), secret);
                Some(trouble)
            }
        }
    }

    /// Forgets a secret, in memory and in the keyring; returns why it may still be in the keyring.
    pub async fn forget(&self, name: &str) -> Option<String> {
        self.lock().remove(name);
        let forgotten = self.ask(name, |entry| match entry.delete_credential() {
            Err(Error::NoEntry) => Ok(()),
            outcome => outcome,
        });
        forgotten.await.err()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, SecretString>> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks the keyring on a thread of its own: it may wait for a person for ever, and then nobody waits for it.
    async fn ask<T: Send + 'static>(
        &self,
        name: &str,
        ask: impl FnOnce(&keyring_core::Entry) -> keyring_core::Result<T> + Send + 'static,
    ) -> Result<T, String> {
        let (open, name) = (Arc::clone(&self.open), name.to_owned());
        let (answer, answered) = oneshot::channel();
        std::thread::spawn(move || {
            let outcome = open().and_then(|store| store.build(SERVICE, &name, None)).and_then(|entry| ask(&entry));
            // Whoever asked may have gone.
            let _ = answer.send(outcome);
        });
        match tokio::time::timeout(self.patience, answered).await {
            Ok(Ok(outcome)) => outcome.map_err(|error| words(&error)),
            Ok(Err(_)) => Err("The system's keyring failed.".to_owned()),
            Err(_) => Err("The system's keyring does not answer. It may be waiting for its password.".to_owned()),
        }
    }
}

/// Why a keyring refused.
fn words(error: &Error) -> String {
    tracing::warn!(%error, "the keyring");
    match error {
        Error::NoStorageAccess(_) => "The system's keyring is locked.",
        Error::TooLong(..) => "The system's keyring does not take secrets of this length.",
        _ => "This system has no keyring that answers.",
    }
    .to_owned()
}

#[cfg(all(unix, not(target_os = "macos")))]
fn system() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

#[cfg(target_os = "macos")]
fn system() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

#[cfg(windows)]
fn system() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(windows_native_keyring_store::Store::new()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exposed(held: &Held) -> Option<&str> {
        held.secret.as_ref().map(|secret| secret.expose_secret())
    }

    fn with_mock() -> (Secrets, Arc<keyring_core::mock::Store>) {
        let store = keyring_core::mock::Store::new().unwrap();
        let opened = Arc::clone(&store);
        (Secrets::with(Arc::new(move || Ok(Arc::clone(&opened) as Arc<CredentialStore>)), PATIENCE), store)
    }

    #[tokio::test]
    async fn a_secret_comes_back_and_can_be_forgotten() {
        let (secrets, _store) = with_mock();
        assert_eq!(exposed(&secrets.read("hub").await), None);
        assert_eq!(secrets.save("hub", "hf_abc".to_owned().into()).await, None);
        let held = secrets.read("hub").await;
        assert_eq!((exposed(&held), held.session), (Some("hf_abc"), false));
        assert_eq!(secrets.forget("hub").await, None);
        assert_eq!(secrets.forget("hub").await, None, "forgetting what is not there is no failure");
        assert_eq!(exposed(&secrets.read("hub").await), None);
    }

    #[tokio::test]
    async fn without_a_keyring_a_secret_lasts_until_the_end() {
        let secrets = Secrets::with(Arc::new(|| Err(Error::NoDefaultStore)), PATIENCE);
        let trouble = secrets.save("hub", "hf_abc".to_owned().into()).await;
        assert!(trouble.is_some_and(|words| words.contains("no keyring")));
        let held = secrets.read("hub").await;
        assert_eq!((exposed(&held), held.session), (Some("hf_abc"), true));
        assert!(secrets.forget("hub").await.is_some(), "whether it was in the keyring nobody knows");
        assert_eq!(exposed(&secrets.read("hub").await), None);
    }

    #[tokio::test]
    async fn a_keyring_that_waits_for_ever_keeps_nobody_waiting() {
        let for_ever = || {
            loop {
                std::thread::park();
            }
        };
        let secrets = Secrets::with(Arc::new(for_ever), Duration::from_millis(1));
        let held = secrets.read("hub").await;
        assert!(held.trouble.is_some_and(|words| words.contains("does not answer")));
    }
}
