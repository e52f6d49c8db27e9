//! An engine of mistral.rs: a thread that works through requests with a loaded model.

use std::num::NonZeroUsize;
use std::sync::Arc;

use inglenook_worker::WorkerError;
use mistralrs_core::{
    DefaultSchedulerMethod, MistralRs, MistralRsBuilder, NormalRequest, Pipeline, Request, Response, SchedulerConfig,
};
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// A model that several engines work with.
pub(crate) type SharedPipeline = Arc<tokio::sync::Mutex<dyn Pipeline>>;

/// A running engine; dropping it ends its thread.
pub(crate) struct Engine {
    _thread: Arc<MistralRs>,
    requests: Sender<Request>,
}

impl Engine {
    /// Starts an engine over a model.
    pub(crate) fn start(pipeline: SharedPipeline) -> Result<Self, WorkerError> {
        let two = NonZeroUsize::MIN.saturating_add(1);
        let scheduler = SchedulerConfig::DefaultScheduler { method: DefaultSchedulerMethod::Fixed(two) };
        let builder = MistralRsBuilder::new(pipeline, scheduler, false, None)
            .with_prefix_cache_n(1)
            // The worker knows more ends of an answer than the engine, and ends requests in its own way.
            .with_disable_eos_stop(true);
        // On a runtime of one thread the engine leaves out its trial run, which would fill the cache with a word.
        let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(|error| failed(&error))?;
        let thread = runtime.block_on(builder.build());
        let requests = thread.get_sender(None).map_err(|error| failed(&error))?;
        Ok(Self { _thread: thread, requests })
    }

    /// Hands a request to the engine.
    pub(crate) fn send(&self, request: NormalRequest) -> Result<(), WorkerError> {
        let request = Request::Normal(Box::new(request));
        self.requests.blocking_send(request).map_err(|_| crashed("its thread has ended"))
    }
}

/// Where an engine reports on a request. The receiver must live until the engine is done with it: the engine's
/// thread panics if it cannot deliver a failure.
pub(crate) fn responses() -> (Sender<Response>, Receiver<Response>) {
    channel(8)
}

/// Waits for the end of a request.
pub(crate) fn wait(reports: &mut Receiver<Response>) -> Result<Response, WorkerError> {
    match reports.blocking_recv() {
        Some(Response::CompletionModelError(words, _) | Response::ModelError(words, _)) => Err(failed(&words)),
        Some(Response::InternalError(error) | Response::ValidationError(error)) => Err(failed(&error)),
        Some(response) => Ok(response),
        None => Err(crashed("it gave no answer")),
    }
}

fn failed(error: &impl std::fmt::Display) -> WorkerError {
    WorkerError::EngineFailed { doing: "compute the answer", detail: error.to_string() }
}

fn crashed(how: &str) -> WorkerError {
    WorkerError::EngineCrashed { detail: how.to_owned() }
}
