//! Lines in, lines out: the only place that touches stdin and stdout.

use std::io::{self, BufRead, Write};
use std::sync::{Arc, Mutex, PoisonError};

use inglenook_contract::ErrorCode;
use inglenook_engine::protocol::{Failure, Report, Request, RequestId};

use crate::error::WorkerError;

/// Writes reports, one a line, from any thread.
#[derive(Clone)]
pub struct Outbox(Arc<Mutex<Box<dyn Write + Send>>>);

impl Outbox {
    /// Reports go to stdout, which must carry nothing else.
    pub fn stdout() -> Self {
        Self::to(io::stdout())
    }

    /// Reports go to `writer`.
    pub fn to(writer: impl Write + Send + 'static) -> Self {
        Self(Arc::new(Mutex::new(Box::new(writer))))
    }

    /// Writes one line and flushes it. A host that reads no more has ended, and so does this process.
    pub fn send(&self, report: &Report) {
        let mut line = match serde_json::to_string(report) {
            Ok(line) => line,
            Err(error) => {
                tracing::error!(%error, "a report could not be written as JSON");
                return;
            }
        };
        line.push('\n');
        let mut writer = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = writer.write_all(line.as_bytes()).and_then(|()| writer.flush()) {
            tracing::warn!(%error, "nobody reads the reports any more");
            crate::process::end(0);
        }
    }

    /// Closes a request as failed.
    pub fn fail(&self, id: Option<RequestId>, error: &WorkerError) {
        self.send(&Report::Failed { id, failure: error.failure() });
    }
}

/// Reads requests, one a line, until the end of input. A line that is not a request is answered and skipped.
pub struct Inbox<R> {
    lines: R,
    outbox: Outbox,
}

impl<R: BufRead> Inbox<R> {
    /// Requests come from `lines`; complaints about lines go to `outbox`.
    pub fn new(lines: R, outbox: Outbox) -> Self {
        Self { lines, outbox }
    }

    /// The next request; `None` at the end of input.
    pub fn next_request(&mut self) -> Option<Request> {
        let mut line = Vec::new();
        loop {
            line.clear();
            match self.lines.read_until(b'\n', &mut line) {
                Ok(0) => return None,
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    tracing::warn!(%error, "requests can no longer be read");
                    return None;
                }
            }
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            match serde_json::from_slice(&line) {
                Ok(request) => return Some(request),
                Err(error) => self.outbox.send(&Report::Failed { id: None, failure: malformed(&error) }),
            }
        }
    }
}

fn malformed(error: &serde_json::Error) -> Failure {
    Failure {
        code: ErrorCode::InvalidRequest,
        message: "The engine was sent a line that it does not understand.".into(),
        detail: Some(error.to_string()),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A writer whose lines a test can look at.
    #[derive(Clone, Default)]
    pub(crate) struct Sink(Arc<Mutex<Vec<u8>>>);

    impl Sink {
        /// An outbox that writes here.
        pub(crate) fn outbox(&self) -> Outbox {
            Outbox::to(self.clone())
        }

        /// What was reported so far.
        pub(crate) fn reports(&self) -> Vec<Report> {
            let bytes = self.0.lock().unwrap();
            bytes.split(|b| *b == b'\n').filter(|l| !l.is_empty()).map(|l| serde_json::from_slice(l).unwrap()).collect()
        }
    }

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_line_that_is_no_request_is_answered_and_the_next_one_is_read() {
        let sink = Sink::default();
        let input = "\n{nonsense\n{\"type\":\"dance\"}\n{\"type\":\"cancel\",\"id\":7}\n";
        let mut inbox = Inbox::new(input.as_bytes(), sink.outbox());
        assert_eq!(inbox.next_request(), Some(Request::Cancel { id: 7 }));
        assert_eq!(inbox.next_request(), None, "end of input");
        let reports = sink.reports();
        assert_eq!(reports.len(), 2, "one complaint for each bad line, none for the empty one");
        for report in reports {
            let Report::Failed { id: None, failure } = report else { panic!("not a failure without id: {report:?}") };
            assert_eq!(failure.code, ErrorCode::InvalidRequest);
        }
    }
}
