//! The other end: an application in another process, asked as if it were in this one.

use std::path::{Path, PathBuf};

use futures::Stream;
use inglenook_contract::{ErrorCode, ErrorInfo, EventStream};
use interprocess::local_socket::tokio::Stream as Socket;
use interprocess::local_socket::tokio::prelude::*;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, ReadHalf, WriteHalf};

use super::{Asked, Kind, Told, name, place};

/// An application that runs in another process.
#[derive(Clone, Debug)]
pub struct Remote {
    place: PathBuf,
}

type Reader = BufReader<ReadHalf<Socket>>;

impl Remote {
    /// The application that has this home open; `None` where none answers.
    pub async fn of(home: &Path) -> Option<Self> {
        let remote = Self { place: place(home).ok()? };
        remote.connect().await.ok().map(|_| remote)
    }

    async fn connect(&self) -> std::io::Result<Socket> {
        Socket::connect(name(&self.place)?).await
    }

    async fn ask(&self, kind: Kind, request: Value) -> Result<(Reader, WriteHalf<Socket>), ErrorInfo> {
        let asked = async {
            let (reader, mut writer) = tokio::io::split(self.connect().await?);
            let mut line = serde_json::to_vec(&Asked { kind, request })?;
            line.push(b'\n');
            writer.write_all(&line).await?;
            writer.flush().await?;
            std::io::Result::Ok((BufReader::new(reader), writer))
        };
        asked.await.map_err(|error| gone(&error.to_string()))
    }

    /// Answers a call of the contract.
    ///
    /// # Errors
    /// What the call fails with; `Unavailable` where the application has gone.
    pub async fn call(&self, call: &str, request: Value) -> Result<Value, ErrorInfo> {
        let (mut reader, _writer) = self.ask(Kind::Call(call.to_owned()), request).await?;
        match next(&mut reader).await? {
            Told::Ok(answer) => Ok(answer),
            Told::Error(error) => Err(error),
            told => Err(gone(&format!("it said {told:?}"))),
        }
    }

    /// Opens a stream of the contract; dropping it closes it. It ends where the application goes.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub async fn stream(&self, stream: &str, request: Value) -> Result<EventStream<Value>, ErrorInfo> {
        let (mut reader, writer) = self.ask(Kind::Stream(stream.to_owned()), request).await?;
        match next(&mut reader).await? {
            Told::Ok(_) => Ok(Box::pin(events(reader, writer))),
            Told::Error(error) => Err(error),
            told => Err(gone(&format!("it said {told:?}"))),
        }
    }
}

fn events(reader: Reader, writer: WriteHalf<Socket>) -> impl Stream<Item = Value> + Send {
    futures::stream::unfold((reader, writer), |(mut reader, writer)| async move {
        match next(&mut reader).await {
            Ok(Told::Event(event)) => Some((event, (reader, writer))),
            _ => None,
        }
    })
}

async fn next(reader: &mut Reader) -> Result<Told, ErrorInfo> {
    let mut line = String::new();
    match reader.read_line(&mut line).await {
        Ok(0) => Err(gone("it closed the connection")),
        Ok(_) => serde_json::from_str(&line).map_err(|error| gone(&error.to_string())),
        Err(error) => Err(gone(&error.to_string())),
    }
}

fn gone(detail: &str) -> ErrorInfo {
    ErrorInfo::new(ErrorCode::Unavailable, "The Inglenook that has the data open does not answer (any more).")
        .with_detail(detail)
        .retryable()
}
