//! Keeping the ledger: contacts are written in batches, off the way of whoever made them.

use std::time::Duration;

use inglenook_contract::{ChangeTag, LedgerEntry};
use inglenook_net::OnContact;
use inglenook_store::Store;
use tokio::sync::mpsc;

use crate::changes::Changes;

/// How long contacts are gathered before they are written: a download has several at once.
const GATHER: Duration = Duration::from_millis(300);

/// Writes every contact it is told of.
pub(super) fn keeper(store: Store, changes: Changes) -> OnContact {
    let (sender, mut contacts) = mpsc::unbounded_channel::<LedgerEntry>();
    tokio::spawn(async move {
        while let Some(first) = contacts.recv().await {
            tokio::time::sleep(GATHER).await;
            let mut batch = vec![first];
            while let Ok(contact) = contacts.try_recv() {
                batch.push(contact);
            }
            match store.record_contacts(&batch).await {
                Ok(()) => changes.tell(ChangeTag::Network),
                Err(error) => tracing::error!(%error, contacts = batch.len(), "the ledger could not be written"),
            }
        }
    });
    std::sync::Arc::new(move |contact| {
        // The keeper ends with the application only.
        let _ = sender.send(contact);
    })
}
