//! One answer from its beginning to its end: the model is made ready, the prompt is built, what comes is shown and
//! written down, and whatever happens the answer ends in the store in one of its final states.

use std::sync::Arc;

use inglenook_contract::{AnswerStats, ErrorCode, ErrorInfo, Message, MessageStatus, Role};
use inglenook_engine::protocol::{Done, Generate, Prompt};
use inglenook_engine::{Generation, GenerationEvent, Lease};
use inglenook_store::Store;
use tokio::time::Instant;

use super::coalesce::Coalescer;
use super::prompt::conversation;
use super::{Live, begin_turn, tell, unstored};
use crate::answers::written::Written;
use crate::{App, Result, defaults, models};

/// How an answer ended.
enum End {
    /// The model was done.
    Done(Done),
    /// The person stopped it.
    Stopped(Option<Done>),
    /// It failed.
    Failed(ErrorInfo),
}

/// Writes one answer. Never fails: what goes wrong stands in the answer.
pub(super) async fn run(app: App, live: Arc<Live>) {
    let store = app.store_of(live.chat.as_str()).clone();
    let mut written = Written::going_on_from(&live.message());
    let end = match write(&app, &store, &live, &mut written).await {
        Ok(end) => end,
        Err(error) => End::Failed(error.into()),
    };
    finish(&app, &store, &live, written, end).await;
}

/// Ends an answer over which this process stumbled, with what was shown of it.
pub(super) async fn give_up(app: &App, live: &Live) {
    let store = app.store_of(live.chat.as_str()).clone();
    let words = "Something went wrong inside Inglenook while this was written. The log says more.";
    let end = End::Failed(ErrorInfo::new(ErrorCode::Internal, words).retryable());
    finish(app, &store, live, Written::going_on_from(&live.message()), end).await;
}

async fn write(app: &App, store: &Store, live: &Live, written: &mut Written) -> Result<End> {
    let prepared = tokio::select! {
        biased;
        () = live.stop.cancelled() => return Ok(End::Stopped(None)),
        prepared = prepare(app, store, live) => prepared?,
    };
    let (lease, generate) = prepared;
    follow(store, live, written, &lease, generate).await
}

/// The model, ready, and what it is asked. May take long: folders are read, weights are loaded.
async fn prepare(app: &App, store: &Store, live: &Live) -> Result<(Lease, Generate)> {
    let answer = live.message();
    let chat = store.chat(&live.chat).await?;
    let model = models::for_chat(app, &chat).await?;
    let parameters = defaults::effective(&chat.parameters, &app.settings().defaults, &model);
    let path = store.path_to(&live.id).await?;
    let spec = models::load_spec(app, &model, &parameters).await?;
    let lease = app.pool().ensure(spec).await?;
    let streaming = store.begin_streaming(&live.id, &models::answered_by(&model)).await?;
    live.replace(streaming);
    if !store.is_temporary() {
        store.record_use(&model.id).await?;
    }
    let generate = Generate {
        id: 0,
        prompt: Prompt::Chat(conversation(&path, &answer, &parameters)),
        sampling: defaults::sampling(&parameters),
        max_tokens: parameters.max_tokens,
        stop: parameters.stop.clone(),
        response_format: Default::default(),
        logprobs: None,
    };
    Ok((lease, generate))
}

/// Follows a generation to its end, showing and storing what comes.
async fn follow(store: &Store, live: &Live, written: &mut Written, lease: &Lease, generate: Generate) -> Result<End> {
    let mut generation: Generation = lease.generate(generate);
    let mut pieces = Coalescer::new(Instant::now());
    let mut stopping = false;
    loop {
        let due = pieces.next_due();
        tokio::select! {
            biased;
            () = live.stop.cancelled(), if !stopping => {
                stopping = true;
                generation.cancel();
            }
            event = generation.next() => match event {
                Some(GenerationEvent::Prefill { done, total, .. }) => live.prefill(done, total),
                Some(GenerationEvent::Delta(delta)) => {
                    pieces.push(&delta.text, &delta.reasoning);
                    written.add(delta);
                }
                Some(GenerationEvent::Done(done)) => {
                    show_rest(live, &mut pieces);
                    return Ok(if stopping { End::Stopped(Some(done)) } else { End::Done(done) });
                }
                Some(GenerationEvent::Failed(failure)) => {
                    show_rest(live, &mut pieces);
                    return Ok(End::Failed(failure.into()));
                }
                None => return Ok(End::Failed(silent_end())),
            },
            () = until(due), if due.is_some() => {}
        }
        let now = Instant::now();
        if let Some(piece) = pieces.for_window(now) {
            live.add(piece.text, piece.reasoning);
        }
        if let Some(piece) = pieces.for_store(now) {
            store.append(&live.id, &piece.text, &piece.reasoning).await?;
        }
    }
}

async fn until(due: Option<Instant>) {
    if let Some(due) = due {
        tokio::time::sleep_until(due).await;
    }
}

fn show_rest(live: &Live, pieces: &mut Coalescer) {
    if let Some(piece) = pieces.rest_for_window() {
        live.add(piece.text, piece.reasoning);
    }
}

fn silent_end() -> ErrorInfo {
    ErrorInfo::new(ErrorCode::EngineFailed, "The engine ended the answer without saying why.").retryable()
}

/// Stores the end, tells those who watch, and lets the next waiting text go out.
async fn finish(app: &App, store: &Store, live: &Live, written: Written, end: End) {
    let (status, done, error) = match end {
        End::Done(done) => (MessageStatus::Done, Some(done), None),
        End::Stopped(done) => (MessageStatus::Stopped, done, None),
        End::Failed(error) => (MessageStatus::Failed, None, Some(error)),
    };
    if let Some(error) = &error {
        // Its words and its detail may quote the chat: they stand with the answer.
        tracing::warn!(code = ?error.code, "an answer failed");
    }
    let stats = done.as_ref().map(stats);
    let finished = written.finished(status, done.map(|done| done.finish_reason), stats, error);
    let message = match store.finish(&live.id, finished.clone()).await {
        Ok(message) => message,
        Err(error) => {
            tracing::error!(%error, "the end of an answer could not be stored");
            let shown = as_if_stored(live.message(), finished.clone(), error.into());
            unstored::keep(app, store, shown.clone(), finished);
            shown
        }
    };
    let gate = app.answers().gate().await;
    app.answers().unregister(&live.chat);
    // Before the end is told, so that whoever hears of it finds the next text on its way already.
    next(app, store, live, status).await;
    live.end(message);
    drop(gate);
    tell(app, &live.chat);
}

/// The answer as it would have been stored: the window still shows every word of it, and why it is not kept.
fn as_if_stored(shown: Message, finished: inglenook_store::FinishedAnswer, error: ErrorInfo) -> Message {
    Message {
        status: MessageStatus::Failed,
        error: Some(error),
        text: finished.text,
        reasoning: finished.reasoning,
        tool_calls: finished.tool_calls,
        stats: finished.stats,
        ..shown
    }
}

/// Sends the next waiting text after an answer that ended well; after any other they are held, because the person
/// may want to say something else now; so after a "stop" that came too late for the answer. The caller holds the gate.
async fn next(app: &App, store: &Store, live: &Live, status: MessageStatus) {
    let stopped = status == MessageStatus::Stopped || live.stop.is_cancelled();
    let result = match status {
        MessageStatus::Done if !stopped => send_next(app, store, live).await,
        _ if stopped => store.hold_queue(&live.chat, &held("You stopped the answer before it.")).await,
        _ => store.hold_queue(&live.chat, &held("The answer before it failed.")).await,
    };
    if let Err(error) = result {
        tracing::error!(%error, "the queue of a chat could not be gone on with");
    }
}

async fn send_next(app: &App, store: &Store, live: &Live) -> inglenook_store::Result<()> {
    if let Some(queued) = store.next_queued(&live.chat).await? {
        let turn = store.add_queued_turn(&live.chat, &queued.id, Some(&live.id)).await?;
        debug_assert_eq!(turn.message.role, Role::User, "what waits was written by a person");
        begin_turn(app, turn);
    }
    Ok(())
}

fn held(words: &str) -> ErrorInfo {
    ErrorInfo::new(ErrorCode::Cancelled, words)
}

fn stats(done: &Done) -> AnswerStats {
    AnswerStats {
        prompt_tokens: done.usage.prompt_tokens,
        cached_tokens: done.usage.cached_tokens,
        completion_tokens: done.usage.completion_tokens,
        first_token_ms: milliseconds(done.timings.first_token_ms),
        generation_ms: milliseconds(done.timings.generation_ms),
    }
}

/// Whole milliseconds; a time is never negative and an answer takes no 49 days.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates, which is what is wanted")]
fn milliseconds(time: f64) -> u32 {
    time.round() as u32
}
