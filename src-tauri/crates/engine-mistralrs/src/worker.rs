//! The worker's life: say hello, load one model, answer until the end of input.
//!
//! Three threads. The main thread only reads requests, so that a cancellation is heard at once, whatever the
//! engine is busy with. One thread loads the model and then writes the answers, one after the other: mistral.rs
//! runs only requests of exactly the same length together, and copies their caches whenever one comes or goes, so
//! on a processor two answers at once would each take twice as long. One thread answers what needs no engine, such
//! as counting.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use inglenook_contract::FinishReason;
use inglenook_engine::EngineKind;
use inglenook_engine::protocol::{Generate, Hello, Load, PROTOCOL_VERSION, Prompt, Report, Request, RequestId};

use crate::embed::Embedder;
use crate::error::WorkerError;
use crate::generate::{self, Job};
use crate::lane::Lanes;
use crate::load::Loaded;
use crate::model::Model;
use crate::ticket::Ticket;
use crate::wire::{Inbox, Outbox};
use crate::{load, process};

/// The exit code after a model that could not be loaded; the report has said why.
const EXIT_NOT_LOADED: i32 = 1;
/// The exit code after a crash of a thread.
const EXIT_CRASHED: i32 = 70;

/// The share of free memory that conversations may keep between requests, as a divisor.
const CACHE_SHARE: u64 = 4;

/// Reads requests until the end of input.
pub(crate) fn run() -> ExitCode {
    let outbox = Outbox::stdout();
    outbox.send(&Report::Hello(hello()));
    let mut inbox = Inbox::new(std::io::stdin().lock(), outbox.clone());
    let mut worker = Worker::new(outbox);
    while let Some(request) = inbox.next_request() {
        worker.take(request);
    }
    process::end(0)
}

fn hello() -> Hello {
    Hello {
        protocol: PROTOCOL_VERSION,
        engine: EngineKind::MistralRs.name().into(),
        version: "0.8.1".into(),
        parameters: EngineKind::MistralRs.parameters().to_vec(),
    }
}

type Tickets = Arc<Mutex<HashMap<RequestId, Arc<Ticket>>>>;
type Aside = Box<dyn FnOnce(&Outbox, &OnceLock<Loaded>) + Send>;

/// Work for the engine.
enum Work {
    /// An answer to write.
    Write(Box<Job>),
    /// Texts to turn into vectors.
    Embed { id: RequestId, inputs: Vec<String> },
}

struct Worker {
    outbox: Outbox,
    tickets: Tickets,
    model: Arc<OnceLock<Loaded>>,
    /// Where the engine works; there from the moment a model is asked for.
    works: Option<Sender<Work>>,
    /// Where the rest is done.
    asides: Option<Sender<Aside>>,
}

impl Worker {
    fn new(outbox: Outbox) -> Self {
        Self { outbox, tickets: Tickets::default(), model: Arc::default(), works: None, asides: None }
    }

    fn take(&mut self, request: Request) {
        match request {
            Request::Load(load) => self.load(*load),
            Request::Generate(generate) => self.generate(*generate),
            Request::Cancel { id } => {
                let ticket = lock(&self.tickets).remove(&id);
                if let Some(ticket) = ticket {
                    ticket.done(FinishReason::Cancelled);
                }
            }
            Request::Count { id, prompt } => {
                self.aside(id, Box::new(move |outbox, model| count(outbox, model, id, &prompt)))
            }
            Request::Detokenize { id, tokens } => {
                self.aside(id, Box::new(move |outbox, model| detokenize(outbox, model, id, &tokens)));
            }
            Request::Embed { id, inputs } => match &self.works {
                // The receiver lives as long as the process.
                Some(works) => drop(works.send(Work::Embed { id, inputs })),
                None => self.outbox.fail(Some(id), &WorkerError::NoModel),
            },
        }
    }

    fn load(&mut self, load: Load) {
        if self.works.is_some() {
            return self.outbox.fail(None, &WorkerError::Busy);
        }
        process::set_threads(load.config.threads);
        let (works, received) = channel();
        let (outbox, model, tickets) = (self.outbox.clone(), self.model.clone(), self.tickets.clone());
        self.start("engine", move || match load_model(&load, &outbox, &model) {
            Loaded::Writer(model) => write(&model, &received, &outbox, &tickets),
            Loaded::Embedder(embedder) => embed(&embedder, &received, &outbox),
        });
        let (asides, received) = channel::<Aside>();
        let (outbox, model) = (self.outbox.clone(), self.model.clone());
        self.start("aside", move || received.into_iter().for_each(|aside| aside(&outbox, &model)));
        self.works = Some(works);
        self.asides = Some(asides);
    }

    /// Starts a thread. If it panics the process ends and says why: a host that hears nothing waits for ever.
    fn start(&self, name: &str, body: impl FnOnce() + Send + 'static) {
        let (outbox, model, tickets) = (self.outbox.clone(), self.model.clone(), self.tickets.clone());
        let watched = move || {
            if catch_unwind(AssertUnwindSafe(body)).is_err() {
                tell_of_crash(&outbox, &tickets, model.get().is_some());
                process::end(EXIT_CRASHED);
            }
        };
        if let Err(error) = std::thread::Builder::new().name(name.into()).spawn(watched) {
            tracing::error!(%error, "no thread could be started");
            process::end(EXIT_CRASHED);
        }
    }

    fn generate(&self, request: Generate) {
        let Some(works) = &self.works else { return self.outbox.fail(Some(request.id), &WorkerError::NoModel) };
        let ticket = Arc::new(Ticket::new(request.id, self.outbox.clone()));
        {
            let mut tickets = lock(&self.tickets);
            tickets.retain(|_, ticket| !ticket.is_closed());
            if tickets.contains_key(&request.id) {
                let error = WorkerError::invalid("Another answer with this number is being written.");
                return self.outbox.fail(Some(request.id), &error);
            }
            tickets.insert(request.id, ticket.clone());
        }
        // The receiver lives as long as the process.
        let _ = works.send(Work::Write(Box::new(Job { ticket, request })));
    }

    fn aside(&self, id: RequestId, aside: Aside) {
        match &self.asides {
            // The receiver lives as long as the process.
            Some(asides) => drop(asides.send(aside)),
            None => self.outbox.fail(Some(id), &WorkerError::NoModel),
        }
    }
}

fn lock(tickets: &Tickets) -> MutexGuard<'_, HashMap<RequestId, Arc<Ticket>>> {
    tickets.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Tells all who wait that a thread has died: those who asked for answers, and whoever asked for the model.
fn tell_of_crash(outbox: &Outbox, tickets: &Tickets, loaded: bool) {
    let detail = load::last_panic();
    if !loaded {
        let error = WorkerError::EngineFailed { doing: "load the model", detail: detail.clone() };
        outbox.send(&Report::LoadFailed(error.failure()));
    }
    let error = WorkerError::EngineCrashed { detail };
    lock(tickets).values().for_each(|ticket| ticket.failed(&error));
}

fn load_model(load: &Load, outbox: &Outbox, place: &OnceLock<Loaded>) -> Loaded {
    match load::load(load, outbox) {
        Ok((loaded, ready)) => {
            // Empty until now: a second load is refused.
            let _ = place.set(loaded.clone());
            outbox.send(&Report::Ready(Box::new(ready)));
            loaded
        }
        Err(error) => {
            tracing::error!(%error, "not loaded");
            outbox.send(&Report::LoadFailed(error.failure()));
            process::end(EXIT_NOT_LOADED);
        }
    }
}

/// Writes answers, one after the other.
fn write(model: &Arc<Model>, works: &Receiver<Work>, outbox: &Outbox, tickets: &Tickets) {
    let budget = (process::available_bytes() / CACHE_SHARE) as usize;
    let mut lanes = Lanes::new(model.shared.clone(), budget);
    for work in works {
        let job = match work {
            Work::Write(job) => job,
            Work::Embed { id, .. } => {
                outbox.fail(Some(id), &unavailable("This model answers in text; it makes no vectors."));
                continue;
            }
        };
        let id = job.ticket.id();
        if let Err(error) = generate::run(model, &mut lanes, *job) {
            // A thread of the engine died and may have taken locks with it: nothing more can be trusted.
            tracing::error!(%error, "the engine is gone");
            lock(tickets).values().for_each(|ticket| ticket.failed(&error));
            process::end(EXIT_CRASHED);
        }
        lock(tickets).remove(&id);
    }
}

/// Turns texts into vectors, one request after the other.
fn embed(embedder: &Embedder, works: &Receiver<Work>, outbox: &Outbox) {
    for work in works {
        match work {
            Work::Write(job) => job.ticket.failed(&unavailable("This model makes vectors; it does not write.")),
            Work::Embed { id, inputs } => match embedder.embed(&inputs) {
                Ok((vectors, tokens)) => outbox.send(&Report::Embedded { id, vectors, tokens }),
                Err(error) => {
                    outbox.fail(Some(id), &error);
                    if matches!(error, WorkerError::EngineCrashed { .. }) {
                        process::end(EXIT_CRASHED);
                    }
                }
            },
        }
    }
}

fn unavailable(why: &str) -> WorkerError {
    WorkerError::Unavailable { why: why.to_owned() }
}

fn count(outbox: &Outbox, loaded: &OnceLock<Loaded>, id: RequestId, prompt: &Prompt) {
    let counted = match (loaded.get(), prompt) {
        (None, _) => Err(WorkerError::NoModel),
        (Some(Loaded::Writer(model)), prompt) => crate::prompt::count(model, prompt),
        (Some(Loaded::Embedder(embedder)), Prompt::Text { text }) => {
            embedder.count(text).map(|tokens| (tokens, Vec::new()))
        }
        (Some(Loaded::Embedder(_)), Prompt::Chat(_)) => Err(unavailable("This model makes vectors; it has no chats.")),
    };
    match counted {
        Ok((tokens, per_message)) => outbox.send(&Report::Counted { id, tokens, per_message }),
        Err(error) => outbox.fail(Some(id), &error),
    }
}

fn detokenize(outbox: &Outbox, loaded: &OnceLock<Loaded>, id: RequestId, tokens: &[u32]) {
    let text = match loaded.get() {
        None => Err(WorkerError::NoModel),
        Some(Loaded::Writer(model)) => model.tokens().decode(tokens),
        Some(Loaded::Embedder(embedder)) => embedder.decode(tokens),
    };
    match text {
        Ok(text) => outbox.send(&Report::Detokenized { id, text }),
        Err(error) => outbox.fail(Some(id), &error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::tests::Sink;
    use inglenook_contract::ErrorCode;

    fn told(loaded: bool) -> Vec<Report> {
        let sink = Sink::default();
        let tickets = Tickets::default();
        for id in [3, 4] {
            lock(&tickets).insert(id, Arc::new(Ticket::new(id, sink.outbox())));
        }
        lock(&tickets)[&4].done(FinishReason::Stop);
        tell_of_crash(&sink.outbox(), &tickets, loaded);
        sink.reports().into_iter().skip(1).collect()
    }

    #[test]
    fn a_crash_is_told_to_everybody_who_waits_and_to_nobody_else() {
        let crashed = |report: &Report| matches!(report, Report::Failed { id: Some(3), failure } if failure.code == ErrorCode::EngineCrashed);
        let reports = told(true);
        assert!(matches!(reports.as_slice(), [failed] if crashed(failed)), "{reports:?}");
        let reports = told(false);
        assert!(matches!(reports.as_slice(), [Report::LoadFailed(_), failed] if crashed(failed)), "{reports:?}");
    }
}
