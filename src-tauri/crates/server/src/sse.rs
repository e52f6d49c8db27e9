//! Answers in pieces: server-sent events and lines of JSON, and what follows a body to its end.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::http::{HeaderValue, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use hyper::body::Frame;
use serde::Serialize;

use crate::requests::Entry;

/// How long an answer may be silent before a comment says that it goes on: proxies and clients cut what is silent.
const BREATH: Duration = Duration::from_secs(10);

/// An event whose data is this value, without a name.
pub(crate) fn data<T: Serialize>(value: &T) -> Event {
    // Our own types always become JSON.
    Event::default().data(serde_json::to_string(value).unwrap_or_default())
}

/// An event with a name. The name is the first line: some programs read line by line and want to know it before.
pub(crate) fn named<T: Serialize>(name: &str, value: &T) -> Event {
    Event::default().event(name).data(serde_json::to_string(value).unwrap_or_default())
}

/// An answer of server-sent events.
pub(crate) fn events(events: impl Stream<Item = Event> + Send + 'static) -> Response {
    let events = events.map(Ok::<_, Infallible>);
    let mut response = Sse::new(events).keep_alive(KeepAlive::new().interval(BREATH)).into_response();
    // Some proxies gather what comes unless they are told.
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

/// An answer of one JSON value a line.
pub(crate) fn lines<T: Serialize>(values: impl Stream<Item = T> + Send + 'static) -> Response {
    let lines = values.map(|value| {
        let mut line = serde_json::to_vec(&value).unwrap_or_default();
        line.push(b'\n');
        Ok::<_, Infallible>(Bytes::from(line))
    });
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"))];
    (kind, Body::from_stream(lines)).into_response()
}

/// A body that keeps the request's place in the log open until its last byte was taken or the client went away.
pub(crate) struct Followed {
    body: Body,
    entry: Entry,
    whole: bool,
}

impl Followed {
    pub(crate) fn new(body: Body, entry: Entry) -> Self {
        let whole = body.is_end_stream();
        Self { body, entry, whole }
    }
}

impl HttpBody for Followed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        match &frame {
            Poll::Ready(Some(Ok(frame))) => {
                if let Some(data) = frame.data_ref() {
                    self.entry.response_body(data);
                }
                self.whole = self.whole || self.body.is_end_stream();
            }
            Poll::Ready(None) => self.whole = true,
            _ => {}
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> hyper::body::SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Followed {
    fn drop(&mut self) {
        if !self.whole {
            self.entry.broke_off();
        }
    }
}
