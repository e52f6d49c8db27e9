//! Plays the steps of one answer or of a load.

use std::io::Write;
use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::script::Step;
use super::words;
use crate::protocol::{
    Delta, Done, Failure, Generate, Prompt, Report, Timings, TokenLogprob, ToolArguments, ToolCallOut, Usage,
};
use inglenook_contract::{ErrorCode, FinishReason};

/// The way to the host: whole lines, one at a time.
static OUTPUT: Mutex<()> = Mutex::new(());

/// How often a file is looked for.
const LOOK: Duration = Duration::from_millis(5);

/// Writes raw bytes to the host.
fn write(bytes: &[u8]) {
    let _one_at_a_time = OUTPUT.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut output = std::io::stdout().lock();
    // The host is gone when this fails; then nobody is there to be told.
    let _ = output.write_all(bytes).and_then(|()| output.flush());
}

/// Writes a report.
pub(super) fn say(report: &Report) {
    let mut line = serde_json::to_vec(report).expect("reports have no maps with keys that are not text");
    line.push(b'\n');
    write(&line);
}

/// Plays a step that is not part of an answer's text; `false` if it is none of these.
async fn misbehave(step: &Step) -> bool {
    match step {
        Step::StallMs(ms) => tokio::time::sleep(Duration::from_millis(*ms)).await,
        Step::Hang => std::future::pending().await,
        Step::Log(text) => {
            let _ = writeln!(std::io::stderr(), "{text}");
        }
        Step::Line(text) => write(format!("{text}\n").as_bytes()),
        Step::Nonsense(lines) => (0..*lines).for_each(|n| write(format!("nonsense {n}\n").as_bytes())),
        Step::LongLine(bytes) => {
            let block = [b'x'; 64 << 10];
            (0..*bytes).step_by(block.len()).for_each(|_| write(&block));
        }
        Step::Panic(words) => panic!("{words}"),
        Step::Abort => std::process::abort(),
        Step::Exit(code) => std::process::exit(*code),
        Step::Fault(with) => {
            if super::session::kernels_in_use().is_some_and(|used| with.contains(&used)) {
                fault();
            }
        }
        _ => return false,
    }
    true
}

/// Dies of an illegal instruction, or as Windows tells of one.
fn fault() -> ! {
    use sysinfo::{ProcessesToUpdate, Signal, System};
    let mut system = System::new();
    if let Ok(own) = sysinfo::get_current_pid() {
        system.refresh_processes(ProcessesToUpdate::Some(&[own]), false);
        let _ = system.process(own).and_then(|process| process.kill_with(Signal::Illegal));
    }
    std::process::exit(0xC000_001D_u32 as i32)
}

/// Plays the steps of a load.
pub(super) async fn load(steps: &[Step]) -> Result<(), Failure> {
    for step in steps {
        match step {
            Step::Loading { steps, wait_ms } => {
                for n in 1..=*steps {
                    if *wait_ms > 0 {
                        tokio::time::sleep(Duration::from_millis(*wait_ms)).await;
                    }
                    let fraction = Some(f64::from(n) / f64::from(*steps));
                    say(&Report::Loading { fraction, stage: format!("step {n} of {steps}") });
                }
            }
            Step::WaitMs(ms) => tokio::time::sleep(Duration::from_millis(*ms)).await,
            Step::WaitFor(file) => {
                while !file.exists() {
                    tokio::time::sleep(LOOK).await;
                }
            }
            Step::Fail(failure) => return Err(failure.clone()),
            step => {
                misbehave(step).await;
            }
        }
    }
    Ok(())
}

/// Why an answer stops before its steps are played.
enum Break {
    Finished(FinishReason),
    Failed(Failure),
}

/// One answer while it is played.
struct Answer<'a> {
    generate: &'a Generate,
    cancel: &'a CancellationToken,
    /// Tokens that may be said.
    limit: u32,
    /// Tokens a second, if they are to be slower than possible.
    tok_s: Option<f64>,
    /// When and at which token the speed was set.
    paced_from: (Instant, u32),
    usage: Usage,
    started: Instant,
    first: Option<Instant>,
    called: bool,
    /// The stop text that ended it.
    stop_text: Option<String>,
}

/// Plays an answer to its end and closes it.
pub(super) async fn answer(
    generate: &Generate,
    steps: &[Step],
    tok_s: Option<f64>,
    context_length: u32,
    cancel: &CancellationToken,
) {
    let prompt_tokens = words::count_prompt(&generate.prompt);
    let id = generate.id;
    if prompt_tokens >= context_length {
        let message =
            format!("The conversation has {prompt_tokens} tokens, more than the context of {context_length}.");
        let failure = Failure { code: ErrorCode::ContextFull, message, detail: None };
        return say(&Report::Failed { id: Some(id), failure });
    }
    let started = Instant::now();
    let limit = generate.max_tokens.unwrap_or(u32::MAX).min(context_length - prompt_tokens);
    let usage = Usage { prompt_tokens, ..Usage::default() };
    let paced_from = (started, 0);
    let mut answer = Answer {
        generate,
        cancel,
        limit,
        tok_s: None,
        paced_from,
        usage,
        started,
        first: None,
        called: false,
        stop_text: None,
    };
    answer.pace(tok_s);
    if !matches!(steps.first(), Some(Step::Prefill { .. })) {
        say(&Report::Prefill { id, done: prompt_tokens, total: prompt_tokens, cached: 0 });
    }
    let mut reason = None;
    for step in steps {
        match answer.play(step).await {
            Ok(()) => {}
            Err(Break::Failed(failure)) => return say(&Report::Failed { id: Some(id), failure }),
            Err(Break::Finished(early)) => {
                reason = Some(early);
                break;
            }
        }
    }
    let usual = if answer.called { FinishReason::ToolCalls } else { FinishReason::Stop };
    answer.done(reason.unwrap_or(usual));
}

impl Answer<'_> {
    async fn play(&mut self, step: &Step) -> Result<(), Break> {
        match step {
            Step::Text(text) => self.text(text).await,
            Step::Reasoning(text) => self.reasoning(text).await,
            Step::Echo => {
                let prompt = &self.generate.prompt;
                if matches!(prompt, Prompt::Chat(conversation) if conversation.reasoning && !conversation.continue_last)
                {
                    let thought = format!("The person said {} words.", words::count(words::said(prompt)));
                    self.reasoning(&thought).await?;
                }
                self.text(&words::echo(prompt)).await
            }
            Step::ToolCall(call) => self.call(call).await,
            Step::Prefill { total, steps, cached, wait_ms } => {
                let total = total.unwrap_or(self.usage.prompt_tokens);
                (self.usage.prompt_tokens, self.usage.cached_tokens) = (total, *cached);
                for n in 1..=*steps {
                    self.wait(Duration::from_millis(*wait_ms)).await?;
                    let read = u64::from(total.saturating_sub(*cached)) * u64::from(n) / u64::from(*steps);
                    let done = cached + u32::try_from(read).unwrap_or(u32::MAX);
                    say(&Report::Prefill { id: self.generate.id, done, total, cached: *cached });
                }
                Ok(())
            }
            Step::TokS(tok_s) => {
                self.pace(Some(*tok_s));
                Ok(())
            }
            Step::WaitMs(ms) => {
                self.wait(Duration::from_millis(*ms)).await?;
                self.pace(self.tok_s);
                Ok(())
            }
            Step::WaitFor(file) => {
                while !file.exists() {
                    self.wait(LOOK).await?;
                }
                self.pace(self.tok_s);
                Ok(())
            }
            Step::Finish(reason) => Err(Break::Finished(*reason)),
            Step::Fail(failure) => Err(Break::Failed(failure.clone())),
            step => {
                misbehave(step).await;
                self.pace(self.tok_s);
                if self.cancel.is_cancelled() { Err(Break::Finished(FinishReason::Cancelled)) } else { Ok(()) }
            }
        }
    }

    /// Says a text up to the first stop text in it.
    async fn text(&mut self, text: &str) -> Result<(), Break> {
        let stops = self.generate.stop.iter().filter(|stop| !stop.is_empty());
        let found = stops.filter_map(|stop| text.find(stop).map(|at| (at + stop.len(), at, stop))).min();
        for token in words::tokens(&text[..found.map_or(text.len(), |(_, at, _)| at)]) {
            let logprobs = self.generate.logprobs.map(|top| {
                let top = (0..top.min(1)).map(|_| (token.to_owned(), -0.1)).collect();
                TokenLogprob { token: token.to_owned(), logprob: -0.1, top }
            });
            let logprobs = logprobs.into_iter().collect();
            self.token(Delta { text: token.to_owned(), logprobs, ..Delta::default() }).await?;
        }
        let Some((_, _, stop)) = found else { return Ok(()) };
        self.stop_text = Some(stop.clone());
        Err(Break::Finished(FinishReason::Stop))
    }

    /// Calls a tool; the whole call comes with the last piece of its arguments.
    async fn call(&mut self, call: &ToolCallOut) -> Result<(), Break> {
        self.called = true;
        let mut pieces = words::tokens(&call.arguments).peekable();
        loop {
            let piece = pieces.next().map(str::to_owned);
            let tool_arguments = piece.map(|text| ToolArguments { id: call.id.clone(), name: call.name.clone(), text });
            let tool_call = pieces.peek().is_none().then(|| call.clone());
            let whole = tool_call.is_some();
            self.token(Delta { tool_arguments, tool_call, ..Delta::default() }).await?;
            if whole {
                return Ok(());
            }
        }
    }

    async fn reasoning(&mut self, text: &str) -> Result<(), Break> {
        for token in words::tokens(text) {
            self.token(Delta { reasoning: token.to_owned(), ..Delta::default() }).await?;
        }
        Ok(())
    }

    /// Sends one token when its time has come.
    async fn token(&mut self, delta: Delta) -> Result<(), Break> {
        if self.usage.completion_tokens >= self.limit {
            return Err(Break::Finished(FinishReason::Length));
        }
        let (from, at) = self.paced_from;
        // Times are counted from one point, so that the speed holds over thousands of tokens.
        let due = self
            .tok_s
            .map(|tok_s| from + Duration::from_secs_f64(f64::from(self.usage.completion_tokens - at) / tok_s));
        match due {
            Some(due) => self.wait(due.saturating_duration_since(Instant::now())).await?,
            None => self.wait(Duration::ZERO).await?,
        }
        self.first.get_or_insert_with(Instant::now);
        self.usage.completion_tokens += 1;
        say(&Report::Delta(Box::new(Delta { id: self.generate.id, ..delta })));
        Ok(())
    }

    fn pace(&mut self, tok_s: Option<f64>) {
        self.tok_s = tok_s.filter(|tok_s| *tok_s > 0.0);
        self.paced_from = (Instant::now(), self.usage.completion_tokens);
    }

    /// Waits, at least so long that a cancel can be read.
    async fn wait(&self, time: Duration) -> Result<(), Break> {
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => Err(Break::Finished(FinishReason::Cancelled)),
            () = async {
                if time.is_zero() { tokio::task::yield_now().await } else { tokio::time::sleep(time).await }
            } => Ok(()),
        }
    }

    fn done(&self, finish_reason: FinishReason) {
        let first = self.first.unwrap_or_else(Instant::now);
        let timings = Timings {
            first_token_ms: (first - self.started).as_secs_f64() * 1e3,
            generation_ms: first.elapsed().as_secs_f64() * 1e3,
        };
        let stop_text = self.stop_text.clone();
        let done = Done { id: self.generate.id, finish_reason, stop_text, usage: self.usage, timings };
        say(&Report::Done(Box::new(done)));
    }
}
