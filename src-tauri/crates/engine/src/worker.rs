//! One worker: a process with one model in it, seen from this side.
//!
//! A [`Worker`] starts its program, checks that it speaks the same protocol, has it load the model, and then
//! passes requests to it and its reports back to who asked. However the process ends, every open request is
//! answered. What happens to the model afterwards is the pool's business.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use inglenook_contract::{EngineSpeed, ErrorInfo};

use crate::EngineError;
use crate::death::{Death, Ended};
use crate::generation::Generation;
use crate::launcher::Program;
use crate::link::Link;
use crate::protocol::{Generate, Load, Prompt, Ready, Report, Request, RequestId};
use crate::starting::{Started, Starting};

/// How long a worker is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// From its start to its `hello`.
    pub hello: Duration,
    /// How long a load may go on without a report of progress and without taking more memory.
    pub standstill: Duration,
    /// From a cancel to the end of the generation for its consumer.
    pub cancel: Duration,
    /// From there on, until the process is ended because it still has not closed the generation. Nobody waits for
    /// it then, and ending it costs the next request a load, so this is longer.
    pub stuck: Duration,
    /// From the close of its input to a kill.
    pub end: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            // A cold start reads an executable of 75 MB from what may be a slow disk.
            hello: Duration::from_secs(20),
            // The slowest disk that answers at all fills some memory in that time.
            standstill: Duration::from_secs(5 * 60),
            cancel: Duration::from_millis(200),
            stuck: Duration::from_secs(2),
            end: Duration::from_secs(1),
        }
    }
}

/// Vectors of texts.
#[derive(Clone, Debug, PartialEq)]
pub struct Embeddings {
    /// One a text, in the order of the texts.
    pub vectors: Vec<Vec<f32>>,
    /// Tokens read.
    pub tokens: u32,
}

/// Tokens of a prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// All of them.
    pub tokens: u32,
    /// For a conversation, those that each message adds, in order.
    pub per_message: Vec<u32>,
}

/// A worker with its model loaded. Dropping it ends the process.
#[derive(Debug)]
pub struct Worker {
    link: Arc<Link>,
    _started: Started,
    ready: Ready,
}

impl Worker {
    /// Starts a program and has it load a model. `on_loading` is told of every progress, 0 to 1. Giving this
    /// future up ends the process.
    ///
    /// # Errors
    /// The program cannot be started, is silent or speaks another protocol; the load fails or the process dies.
    pub async fn start(
        program: &Program,
        load: Load,
        patience: Patience,
        on_loading: impl FnMut(Option<f64>) + Send,
    ) -> Result<Self, EngineError> {
        Starting::spawn(program, patience)?.load(load, on_loading).await
    }

    /// A process that has just loaded its model.
    pub(crate) fn new(started: Started, ready: Ready) -> Self {
        Self { link: Arc::clone(&started.0), _started: started, ready }
    }

    /// What it said of the model.
    #[must_use]
    pub fn ready(&self) -> &Ready {
        &self.ready
    }

    /// Has it measure how fast it is, when it has nothing else to do. Resolves to `None` if it ends before that. The
    /// future does not keep the process alive.
    pub fn measure(&self) -> impl Future<Output = Option<EngineSpeed>> + Send + use<> {
        self.link.send(&Request::Measure);
        let mut status = self.link.status.subscribe();
        async move {
            let status = status.wait_for(|status| status.measured.is_some() || status.death.is_some()).await.ok()?;
            status.measured
        }
    }

    /// Its process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.link.pid
    }

    /// Bytes it takes: what it said after loading, or its resident memory of at most two seconds ago where that
    /// has grown beyond.
    #[must_use]
    pub fn memory_bytes(&self) -> u64 {
        self.link.resident.load(Ordering::Relaxed).max(self.ready.memory_bytes)
    }

    /// Begins an answer. The id in `generate` is replaced by one of this worker's.
    pub fn generate(&self, mut generate: Generate) -> Generation {
        let id = self.link.next_id();
        generate.id = id;
        let (queue, opened) = self.link.open_generation(id);
        if opened {
            self.link.send(&Request::Generate(Box::new(generate)));
        }
        Generation::new(id, queue, Arc::downgrade(&self.link))
    }

    /// Turns texts into vectors.
    ///
    /// # Errors
    /// What the worker says (this model makes no vectors, a text is too long), or how it died.
    pub async fn embed(&self, inputs: Vec<String>) -> Result<Embeddings, ErrorInfo> {
        match self.call(|id| Request::Embed { id, inputs }).await? {
            Report::Embedded { vectors, tokens, .. } => Ok(Embeddings { vectors, tokens }),
            _ => Err(EngineError::Mismatched.into()),
        }
    }

    /// Counts the tokens of a prompt.
    ///
    /// # Errors
    /// What the worker says (the template refuses the conversation), or how it died.
    pub async fn count(&self, prompt: Prompt) -> Result<Count, ErrorInfo> {
        match self.call(|id| Request::Count { id, prompt }).await? {
            Report::Counted { tokens, per_message, .. } => Ok(Count { tokens, per_message }),
            _ => Err(EngineError::Mismatched.into()),
        }
    }

    /// Turns tokens back into text.
    ///
    /// # Errors
    /// What the worker says (a number outside of the vocabulary), or how it died.
    pub async fn detokenize(&self, tokens: Vec<u32>) -> Result<String, ErrorInfo> {
        match self.call(|id| Request::Detokenize { id, tokens }).await? {
            Report::Detokenized { text, .. } => Ok(text),
            _ => Err(EngineError::Mismatched.into()),
        }
    }

    async fn call(&self, request: impl FnOnce(RequestId) -> Request) -> Result<Report, EngineError> {
        let id = self.link.next_id();
        let answer = self.link.open_call(id)?;
        let _forget = Forget { link: &self.link, id };
        self.link.send(&request(id));
        match answer.await {
            Ok(outcome) => outcome.map_err(EngineError::Reported),
            Err(_) => Err(EngineError::Unloaded),
        }
    }

    /// Waits until a new request would not have to wait behind a cancelled one that the worker does not close;
    /// `false` if the worker was or is being ended.
    pub(crate) async fn settled(&self) -> bool {
        self.link.settled().await
    }

    /// Has the process ended and waits until it is gone: a moment to end by itself, then a kill.
    pub async fn end(&self) {
        self.link.end(Ended::Unloaded);
        self.gone().await;
    }

    /// Waits for the end of the process, whatever brings it about, and says how it came.
    pub async fn ended(&self) -> ErrorInfo {
        self.gone().await.map_or(EngineError::Unloaded, EngineError::Died).into()
    }

    /// Has the process ended without waiting for it.
    pub(crate) fn ask_to_end(&self, reason: Ended) {
        self.link.end(reason);
    }

    /// Whether it takes requests: it neither is being ended nor has died.
    pub(crate) fn is_open(&self) -> bool {
        self.link.is_open()
    }

    /// What tells of its end; it does not keep the worker alive.
    pub(crate) fn link(&self) -> Arc<Link> {
        Arc::clone(&self.link)
    }

    /// The end of the process, whatever brings it about. The future does not keep the worker alive.
    pub(crate) fn gone(&self) -> impl Future<Output = Option<Death>> + Send + use<> {
        self.link.gone()
    }
}

/// Takes a call back whose caller has given up waiting.
struct Forget<'a> {
    link: &'a Link,
    id: RequestId,
}

impl Drop for Forget<'_> {
    fn drop(&mut self) {
        self.link.forget(self.id);
    }
}
