//! The application's end: whoever connects is answered from the contract's table.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};

use futures::StreamExt as _;
use inglenook_contract::{ErrorCode, ErrorInfo, dispatch_call, open_stream};
use interprocess::local_socket::ListenerOptions;
use interprocess::local_socket::tokio::prelude::*;
use interprocess::local_socket::tokio::{Listener, Stream};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::task::JoinHandle;

use super::{Asked, Kind, Told, name, place};
use crate::Host;

/// Bytes of the longest line that is read: a pasted book fits.
const LONGEST_LINE: u64 = 16 << 20;

/// Open as long as it lives.
#[derive(Debug)]
pub struct Door {
    task: JoinHandle<()>,
    place: PathBuf,
}

impl Door {
    /// Opens the door of a home to this host, which holds the home's lock.
    ///
    /// # Errors
    /// What the system says. The application does without: then only its window reaches it.
    pub fn open(host: &Arc<Host>, home: &Path) -> io::Result<Self> {
        let place = place(home)?;
        // Whoever left one behind is gone: this process has the home's lock.
        let _ = std::fs::remove_file(&place);
        let listener = ListenerOptions::new().name(name(&place)?).create_tokio()?;
        own_only(&place)?;
        let task = tokio::spawn(listen(listener, Arc::downgrade(host)));
        Ok(Self { task, place })
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.task.abort();
        let _ = std::fs::remove_file(&self.place);
    }
}

/// Nobody else on the machine may enter, whatever the folders above allow.
#[cfg(unix)]
fn own_only(place: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(place, std::fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
fn own_only(_: &Path) -> io::Result<()> {
    Ok(())
}

async fn listen(listener: Listener, host: Weak<Host>) {
    loop {
        match listener.accept().await {
            Ok(stream) => {
                let Some(host) = host.upgrade() else { return };
                tokio::spawn(async move {
                    if let Err(error) = attend(stream, &host).await {
                        tracing::debug!(%error, "a command went away");
                    }
                });
            }
            Err(error) => {
                // Too many open files, for example; it passes.
                tracing::warn!(%error, "a command could not be let in");
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
        }
    }
}

async fn attend(stream: Stream, host: &Host) -> io::Result<()> {
    let (reader, mut writer) = tokio::io::split(stream);
    let mut reader = BufReader::new(reader.take(LONGEST_LINE));
    let mut line = String::new();
    reader.read_line(&mut line).await?;
    let asked: Asked = match serde_json::from_str(&line) {
        Ok(asked) => asked,
        Err(error) => {
            let words = "The request was not understood.";
            let error = ErrorInfo::new(ErrorCode::InvalidRequest, words).with_detail(error.to_string());
            return tell(&mut writer, &Told::Error(error)).await;
        }
    };
    match asked.kind {
        Kind::Call(call) => {
            let told = dispatch_call(host, &call, asked.request).await.map_or_else(Told::Error, Told::Ok);
            tell(&mut writer, &told).await
        }
        Kind::Stream(stream) => match open_stream(host, &stream, asked.request).await {
            Err(error) => tell(&mut writer, &Told::Error(error)).await,
            Ok(mut events) => {
                tell(&mut writer, &Told::Ok(Value::Null)).await?;
                let mut gone = [0u8; 1];
                loop {
                    // Nothing more is said from there: an end of its side is the end of its interest.
                    let event = tokio::select! {
                        event = events.next() => event,
                        _ = reader.read(&mut gone) => return Ok(()),
                    };
                    let Some(event) = event else { return tell(&mut writer, &Told::End(true)).await };
                    tell(&mut writer, &Told::Event(event)).await?;
                }
            }
        },
    }
}

async fn tell(writer: &mut (impl tokio::io::AsyncWrite + Unpin), told: &Told) -> io::Result<()> {
    let mut line = serde_json::to_vec(told)?;
    line.push(b'\n');
    writer.write_all(&line).await?;
    writer.flush().await
}
