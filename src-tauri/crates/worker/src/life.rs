//! The worker's life: say hello, load one model, answer until the end of input.
//!
//! Three threads. The main thread only reads requests, so that a cancellation is heard at once, whatever the
//! engine is busy with. One thread loads the model and then writes the answers, alone or several together as the
//! engine can. One thread answers what needs no engine, such as counting.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use inglenook_contract::{EngineSpeed, FinishReason};
use inglenook_engine::protocol::{Generate, Hello, Load, Prompt, Ready, Report, Request, RequestId};

use crate::answer::Job;
use crate::error::WorkerError;
use crate::load::{self, last_panic};
use crate::model::Model;
use crate::process;
use crate::ticket::Ticket;
use crate::wire::{Inbox, Outbox};

/// The exit code after a model that could not be loaded; the report has said why.
const EXIT_NOT_LOADED: i32 = 1;
/// The exit code after a crash of a thread.
const EXIT_CRASHED: i32 = 70;

/// How often a measurement that was broken off is begun again: whoever always interrupts it does without.
const MOST_TRIALS: u8 = 3;

/// An engine, as far as workers differ.
pub trait Engine: Send + Sync + 'static {
    /// What it says of itself.
    fn hello(&self) -> Hello;

    /// Called on the main thread before a model is loaded, while hardly any other thread is there: the place to set
    /// what libraries read from the environment.
    fn before_loading(&self, _load: &Load) {}

    /// Reads a model, on the thread that will write its answers. Panics become failures.
    ///
    /// # Errors
    /// Why it cannot be loaded.
    fn load(&self, load: &Load, outbox: &Outbox) -> Result<(Loaded, Ready), WorkerError>;
}

/// A model ready for requests.
pub enum Loaded {
    /// It writes.
    Writer {
        /// What is known of it.
        model: Arc<Model>,
        /// What writes with it.
        scribe: Box<dyn Scribe>,
    },
    /// It makes vectors.
    Embedder(Arc<dyn Embedder>),
}

/// Writes answers with a loaded model, on a thread of its own.
pub trait Scribe {
    /// Writes answers until nobody asks for any more. Every job is closed, whatever comes of it.
    ///
    /// # Errors
    /// The engine is gone, and the process must end.
    fn write(self: Box<Self>, works: &Works) -> Result<(), WorkerError>;
}

/// Makes vectors of texts with a loaded model.
pub trait Embedder: Send + Sync {
    /// One vector for each text, and the tokens that were read in all.
    ///
    /// # Errors
    /// A text is empty or too long, or the engine failed. [`WorkerError::EngineCrashed`] ends the process.
    fn embed(&self, inputs: &[String]) -> Result<(Vec<Vec<f32>>, u32), WorkerError>;

    /// How many tokens a text has, with those that the model wants around it.
    ///
    /// # Errors
    /// The text cannot be cut into tokens.
    fn count(&self, text: &str) -> Result<u32, WorkerError>;

    /// The text of tokens.
    ///
    /// # Errors
    /// These are no tokens of the model.
    fn decode(&self, tokens: &[u32]) -> Result<String, WorkerError>;
}

/// Where a scribe gets what is to be written.
pub struct Works {
    works: Receiver<Work>,
    outbox: Outbox,
    /// Came while somebody only wanted to know whether anything had.
    next: RefCell<Option<Job>>,
    /// How often it is still tried to tell how fast the model is.
    trials: Cell<u8>,
}

impl Works {
    fn new(works: Receiver<Work>, outbox: Outbox) -> Self {
        Self { works, outbox, next: RefCell::default(), trials: Cell::default() }
    }

    /// The next answer to write; waits for it. `None` when there will be no more. Where how fast the model is was asked
    /// for, `measure` is called while nothing else is to be done; it gives up as soon as [`Works::is_one_waiting`].
    #[must_use]
    pub fn wait(&self, mut measure: impl FnMut(&Self) -> Option<EngineSpeed>) -> Option<Job> {
        loop {
            if let Some(job) = self.look() {
                return Some(job);
            }
            if let Some(left) = self.trials.get().checked_sub(1) {
                self.trials.set(left);
                if let Some(speed) = measure(self) {
                    self.trials.set(0);
                    self.outbox.send(&Report::Measured(speed));
                    continue;
                }
            }
            if let Some(job) = self.look() {
                return Some(job);
            }
            if let Some(job) = self.job(self.works.recv().ok()?) {
                return Some(job);
            }
        }
    }

    /// Whether an answer waits to be written.
    #[must_use]
    pub fn is_one_waiting(&self) -> bool {
        let job = self.look();
        let mut next = self.next.borrow_mut();
        *next = job;
        next.is_some()
    }

    /// The next answer to write, if one waits.
    #[must_use]
    pub fn look(&self) -> Option<Job> {
        if let Some(job) = self.next.borrow_mut().take() {
            return Some(job);
        }
        loop {
            if let Some(job) = self.job(self.works.try_recv().ok()?) {
                return Some(job);
            }
        }
    }

    fn job(&self, work: Work) -> Option<Job> {
        match work {
            Work::Write(job) => Some(*job),
            Work::Measure => {
                self.trials.set(MOST_TRIALS);
                None
            }
            Work::Embed { id, .. } => {
                self.outbox.fail(Some(id), &unavailable("This model answers in text; it makes no vectors."));
                None
            }
        }
    }
}

/// Runs a worker: reads requests until the end of input.
pub fn run(engine: impl Engine) -> ExitCode {
    let outbox = Outbox::stdout();
    outbox.send(&Report::Hello(engine.hello()));
    let mut inbox = Inbox::new(std::io::stdin().lock(), outbox.clone());
    let mut worker = Worker::new(Arc::new(engine), outbox);
    while let Some(request) = inbox.next_request() {
        worker.take(request);
    }
    process::end(0)
}

type Tickets = Arc<Mutex<HashMap<RequestId, Arc<Ticket>>>>;
type Aside = Box<dyn FnOnce(&Outbox, &OnceLock<Known>) + Send>;

/// What answers a question without the engine.
enum Known {
    Writer(Arc<Model>),
    Embedder(Arc<dyn Embedder>),
}

/// Work for the engine.
enum Work {
    /// An answer to write.
    Write(Box<Job>),
    /// A look at the clock, when there is nothing else to do.
    Measure,
    /// Texts to turn into vectors.
    Embed { id: RequestId, inputs: Vec<String> },
}

struct Worker {
    engine: Arc<dyn Engine>,
    outbox: Outbox,
    tickets: Tickets,
    model: Arc<OnceLock<Known>>,
    /// Where the engine works; there from the moment a model is asked for.
    works: Option<Sender<Work>>,
    /// Where the rest is done.
    asides: Option<Sender<Aside>>,
}

impl Worker {
    fn new(engine: Arc<dyn Engine>, outbox: Outbox) -> Self {
        Self { engine, outbox, tickets: Tickets::default(), model: Arc::default(), works: None, asides: None }
    }

    fn take(&mut self, request: Request) {
        match request {
            Request::Load(load) => self.load(*load),
            Request::Generate(generate) => self.generate(*generate),
            Request::Cancel { id } => {
                let ticket = lock(&self.tickets).remove(&id);
                if let Some(ticket) = ticket {
                    ticket.done(FinishReason::Cancelled, None);
                }
            }
            Request::Measure => {
                if let Some(works) = &self.works {
                    // The receiver lives as long as the process.
                    let _ = works.send(Work::Measure);
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
        self.engine.before_loading(&load);
        let (works, received) = channel();
        let (engine, outbox, model, tickets) =
            (self.engine.clone(), self.outbox.clone(), self.model.clone(), self.tickets.clone());
        self.start("engine", move || match load_model(&*engine, &load, &outbox, &model) {
            Loaded::Writer { scribe, .. } => {
                let works = Works::new(received, outbox);
                if let Err(error) = scribe.write(&works) {
                    // A thread of the engine died and may have taken locks with it: nothing more can be trusted.
                    tracing::error!(%error, "the engine is gone");
                    lock(&tickets).values().for_each(|ticket| ticket.failed(&error));
                    process::end(EXIT_CRASHED);
                }
            }
            Loaded::Embedder(embedder) => embed(&*embedder, &received, &outbox),
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
    let detail = last_panic();
    if !loaded {
        let error = WorkerError::EngineFailed { doing: "load the model", detail: detail.clone() };
        outbox.send(&Report::LoadFailed(error.failure()));
    }
    let error = WorkerError::EngineCrashed { detail };
    lock(tickets).values().for_each(|ticket| ticket.failed(&error));
}

fn load_model(engine: &dyn Engine, load: &Load, outbox: &Outbox, place: &OnceLock<Known>) -> Loaded {
    match load::guarded(|| engine.load(load, outbox)) {
        Ok((loaded, ready)) => {
            // Empty until now: a second load is refused.
            let _ = place.set(match &loaded {
                Loaded::Writer { model, .. } => Known::Writer(model.clone()),
                Loaded::Embedder(embedder) => Known::Embedder(embedder.clone()),
            });
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

/// Turns texts into vectors, one request after the other.
fn embed(embedder: &dyn Embedder, works: &Receiver<Work>, outbox: &Outbox) {
    for work in works {
        match work {
            Work::Write(job) => job.ticket.failed(&unavailable("This model makes vectors; it does not write.")),
            // Nobody compares how fast vectors are made.
            Work::Measure => {}
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

fn count(outbox: &Outbox, loaded: &OnceLock<Known>, id: RequestId, prompt: &Prompt) {
    let counted = match (loaded.get(), prompt) {
        (None, _) => Err(WorkerError::NoModel),
        (Some(Known::Writer(model)), prompt) => crate::prompt::count(model, prompt),
        (Some(Known::Embedder(embedder)), Prompt::Text { text }) => {
            embedder.count(text).map(|tokens| (tokens, Vec::new()))
        }
        (Some(Known::Embedder(_)), Prompt::Chat(_)) => Err(unavailable("This model makes vectors; it has no chats.")),
    };
    match counted {
        Ok((tokens, per_message)) => outbox.send(&Report::Counted { id, tokens, per_message }),
        Err(error) => outbox.fail(Some(id), &error),
    }
}

fn detokenize(outbox: &Outbox, loaded: &OnceLock<Known>, id: RequestId, tokens: &[u32]) {
    let text = match loaded.get() {
        None => Err(WorkerError::NoModel),
        Some(Known::Writer(model)) => model.tokens().decode(tokens),
        Some(Known::Embedder(embedder)) => embedder.decode(tokens),
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
        lock(&tickets)[&4].done(FinishReason::Stop, None);
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
