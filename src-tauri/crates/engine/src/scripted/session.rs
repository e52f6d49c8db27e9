//! The scripted worker from its greeting to its end.

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use inglenook_contract::ErrorCode;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio_util::sync::CancellationToken;

use super::play::{self, say};
use super::script::{LoadScript, Script, flatten};
use super::{SCRIPT, words};
use crate::protocol::{Failure, Generate, Hello, Load, PROTOCOL_VERSION, Ready, Report, Request, RequestId};
use crate::{EngineKind, kernels};

/// Runs the scripted worker on this process's stdin and stdout until its input ends.
#[must_use]
pub fn main() -> ExitCode {
    let script = match std::env::var_os(SCRIPT).map(PathBuf::from).map(|path| open_script(&path)) {
        None => Script::default(),
        Some(Ok(script)) => script,
        Some(Err(words)) => {
            let _ = writeln!(std::io::stderr(), "The script cannot be used. {words}");
            return ExitCode::from(2);
        }
    };
    // A panic in a task would otherwise leave the process alive.
    let told = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        told(panic);
        std::process::exit(101);
    }));
    match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(run(Arc::new(script))),
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "The runtime cannot be started: {error}");
            return ExitCode::FAILURE;
        }
    }
    // Not returned: a task that hangs, or the thread that reads the input, must not keep the process alive.
    std::process::exit(0)
}

/// Reads a script and works in its folder from there on: the files that it names lie beside it.
fn open_script(path: &Path) -> Result<Script, String> {
    let script = Script::read(path)?;
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::env::set_current_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    Ok(script)
}

/// The generations that can be cancelled.
type Running = Arc<Mutex<HashMap<RequestId, CancellationToken>>>;

async fn run(script: Arc<Script>) {
    tokio::time::sleep(Duration::from_millis(script.hello.wait_ms)).await;
    if script.hello.silent {
        std::future::pending::<()>().await;
    }
    say(&Report::Hello(hello(&script)));
    let running = Running::default();
    let mut context_length = None;
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        match serde_json::from_str::<Request>(&line) {
            Ok(Request::Load(load)) => match load_model(&script.load, &load).await {
                Some(ready) => {
                    context_length = Some(ready.context_length);
                    say(&Report::Ready(Box::new(ready)));
                    // What may fail here is told by the steps themselves.
                    let _ = play::load(&flatten(&script.load.after)).await;
                }
                None => return,
            },
            Ok(request) => serve(&script, request, context_length, &running),
            Err(error) => say(&Report::Failed {
                id: None,
                failure: failure(ErrorCode::InvalidRequest, format!("A line could not be read: {error}")),
            }),
        }
    }
    if script.ignore_end_of_input {
        std::future::pending::<()>().await;
    }
}

/// The kernels that this worker pretends to compute with.
static KERNELS: OnceLock<Option<String>> = OnceLock::new();

/// The best that the script's processor claims to run and that the worker was not told to leave alone.
fn choose_kernels(script: &Script) -> Option<String> {
    let below = std::env::var(kernels::BELOW).ok();
    let mut candidates = kernels::candidates(below.as_deref());
    candidates.find(|name| script.hello.kernels.iter().any(|claimed| claimed == name)).map(str::to_owned)
}

/// What was chosen.
pub(super) fn kernels_in_use() -> Option<String> {
    KERNELS.get().cloned().flatten()
}

fn hello(script: &Script) -> Hello {
    KERNELS.get_or_init(|| choose_kernels(script));
    Hello {
        kernels: kernels_in_use(),
        protocol: script.hello.protocol.unwrap_or(PROTOCOL_VERSION),
        engine: "scripted".into(),
        version: env!("CARGO_PKG_VERSION").into(),
        parameters: EngineKind::LlamaCpp.parameters().to_vec(),
    }
}

/// Plays the load; `None` if it failed.
async fn load_model(script: &LoadScript, load: &Load) -> Option<Ready> {
    let started = std::time::Instant::now();
    if let Err(failure) = play::load(&flatten(&script.steps)).await {
        say(&Report::LoadFailed(failure));
        return None;
    }
    Some(Ready {
        architecture: script.architecture.clone(),
        context_length: script.context_length.or(load.config.context_length).unwrap_or(8192),
        template: load.config.chat_template.clone().or_else(|| script.template.clone()),
        reasoning: script.reasoning,
        tools: script.tools,
        memory_bytes: script.memory_bytes,
        load_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
    })
}

fn serve(script: &Arc<Script>, request: Request, context_length: Option<u32>, running: &Running) {
    let running = Arc::clone(running);
    match request {
        Request::Load(_) => {}
        Request::Measure => script.speed.into_iter().for_each(|speed| say(&Report::Measured(speed))),
        Request::Generate(generate) => match context_length {
            Some(context_length) => {
                let script = Arc::clone(script);
                let cancel = CancellationToken::new();
                open(&running).insert(generate.id, cancel.clone());
                tokio::spawn(async move {
                    answer(&script, &generate, context_length, &cancel).await;
                    open(&running).remove(&generate.id);
                });
            }
            None => say(&Report::Failed {
                id: Some(generate.id),
                failure: failure(ErrorCode::InvalidRequest, "No model is loaded.".into()),
            }),
        },
        Request::Cancel { id } => {
            if let Some(cancel) = open(&running).get(&id) {
                cancel.cancel();
            }
        }
        Request::Embed { id, inputs } => {
            let tokens = inputs.iter().map(|input| words::count(input)).sum();
            let vectors = inputs.iter().map(|input| words::embed(input)).collect();
            say(&Report::Embedded { id, vectors, tokens });
        }
        Request::Count { id, prompt } => {
            let (tokens, per_message) = (words::count_prompt(&prompt), words::count_messages(&prompt));
            say(&Report::Counted { id, tokens, per_message });
        }
        Request::Detokenize { id, tokens } => {
            let text = tokens.iter().map(|token| format!("<{token}>")).collect();
            say(&Report::Detokenized { id, text });
        }
    }
}

async fn answer(script: &Script, generate: &Generate, context_length: u32, cancel: &CancellationToken) {
    let steps = script.steps(words::said(&generate.prompt));
    play::answer(generate, &steps, script.tok_s, context_length, cancel).await;
}

fn open(running: &Running) -> std::sync::MutexGuard<'_, HashMap<RequestId, CancellationToken>> {
    running.lock().expect("a panic ends this process")
}

fn failure(code: ErrorCode, message: String) -> Failure {
    Failure { code, message, detail: None }
}
