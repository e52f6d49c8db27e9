//! The two doors between the page and the host: `rpc` for calls, `stream` for what goes on telling. Neither
//! knows a call by name; the contract's table does.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures::StreamExt as _;
use inglenook_contract::ErrorInfo;
use serde_json::Value;
use tauri::State;
use tauri::ipc::Channel;

use crate::HostStartup;

/// The streams that the page holds open, by the number that the page gave them.
#[derive(Clone, Default)]
pub(crate) struct OpenStreams(Arc<Mutex<HashMap<u32, tauri::async_runtime::JoinHandle<()>>>>);

impl OpenStreams {
    fn keep(&self, id: u32, task: tauri::async_runtime::JoinHandle<()>) {
        if let Some(old) = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id, task) {
            old.abort();
        }
    }

    /// Lets go of a stream that ended by itself.
    fn forget(&self, id: u32) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }

    fn close(&self, id: u32) {
        if let Some(task) = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&id) {
            task.abort();
        }
    }

    /// Closes all of them: the page that listened is gone.
    pub(crate) fn close_all(&self) {
        for (_, task) in self.0.lock().unwrap_or_else(PoisonError::into_inner).drain() {
            task.abort();
        }
    }
}

/// Answers one call of the contract.
#[tauri::command]
pub(crate) async fn rpc(state: State<'_, HostStartup>, name: String, request: Value) -> Result<Value, ErrorInfo> {
    state.ready().await?.call(&name, request).await
}

/// Opens one stream of the contract; its events come through the channel, `null` at its end.
#[tauri::command]
pub(crate) async fn stream(
    state: State<'_, HostStartup>,
    open: State<'_, OpenStreams>,
    id: u32,
    name: String,
    request: Value,
    events: Channel<Value>,
) -> Result<(), ErrorInfo> {
    let mut stream = state.ready().await?.stream(&name, request).await?;
    let streams = open.inner().clone();
    // Kept before it can end, so that its own end finds it there.
    let (begin, begun) = tokio::sync::oneshot::channel::<()>();
    let task = tauri::async_runtime::spawn(async move {
        let _ = begun.await;
        while let Some(event) = stream.next().await {
            if events.send(event).is_err() {
                break;
            }
        }
        // The page tells "ended" from "still open" by this.
        let _ = events.send(Value::Null);
        streams.forget(id);
    });
    open.keep(id, task);
    let _ = begin.send(());
    Ok(())
}

/// Closes a stream that the page no longer listens to.
#[tauri::command]
pub(crate) fn unstream(open: State<'_, OpenStreams>, id: u32) {
    open.close(id);
}
