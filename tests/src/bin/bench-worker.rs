//! Figures of the worker on a model file: prompt and generation speed, time to the first token, a second turn over a
//! long history against the first, memory; and what host and protocol add to the worker's own first token.
//!
//! usage: bench-worker MODEL.gguf [REPEATS]

use std::path::{Path, PathBuf};
use std::time::Instant;

use inglenook_contract::{ModelFormat, Sent};
use inglenook_engine::protocol::{ChatMessage, Conversation, Done, Generate, Load, LoadConfig, Prompt, Sampling};
use inglenook_engine::{EngineKind, GenerationEvent, Launcher, LoadSpec, Pool, PoolSettings, Worker};
use inglenook_journeys::Person;

/// Prompt lengths, tokens, as the figures are promised for.
const PROMPTS: [u32; 3] = [64, 512, 2_048];
/// Prompts beyond this are read once, tokens.
const LONG: u32 = 1_024;
/// Tokens written after each prompt: enough for a steady speed.
const WRITTEN: u32 = 32;
/// Tokens of history before the second turn.
const HISTORY: u32 = 2_000;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args().skip(1);
    let model = PathBuf::from(words.next().ok_or("usage: bench-worker MODEL.gguf [REPEATS]")?);
    let repeats: usize = words.next().map_or(Ok(3), |word| word.parse())?;
    let pool = Pool::new(Launcher::from_environment(), PoolSettings::default());
    let worker = pool.ensure(spec(&model)?).await?;
    let name = model.file_name().unwrap_or_default().to_string_lossy();
    print_line(&format!(
        "{name}: loaded in {} ms, {} MB resident",
        worker.ready().load_ms,
        worker.memory_bytes() >> 20
    ));
    print_line("prompt tokens | first token ms | prompt tok/s | generation tok/s");
    for length in PROMPTS {
        let mut runs = Vec::new();
        // Minutes a run: the longest prompt varies least, and one reading of it is enough.
        let repeats = if length > LONG { 1 } else { repeats };
        for run in 0..repeats {
            runs.push(Run::of(&worker, Prompt::Text { text: text_of(&worker, length, run).await? }).await?);
        }
        let run = median(runs);
        print_line(&format!(
            "{:>13} | {:>14.0} | {:>12.1} | {:>16.1}",
            run.prompt_tokens, run.first_token_ms, run.prompt_speed, run.generation_speed
        ));
    }
    second_turn(&worker).await?;
    print_line(&format!("memory after these: {} MB resident", worker.memory_bytes() >> 20));
    drop(worker);
    pool.shutdown().await;
    what_the_host_adds(repeats.max(9)).await;
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the figures are this program's output")]
fn print_line(line: &str) {
    println!("{line}");
}

/// The engine that runs GGUF files here, with the best kernels that work.
fn spec(model: &Path) -> std::io::Result<LoadSpec> {
    let config = LoadConfig { context_length: Some(8_192), ..LoadConfig::default() };
    let path = model.canonicalize()?;
    let size_bytes = path.metadata()?.len();
    let load = Load { format: ModelFormat::Gguf, path, files: Vec::new(), config };
    Ok(LoadSpec {
        model: "bench".into(),
        engine: EngineKind::LlamaCpp,
        load,
        measure: false,
        size_bytes,
        memory_bytes: None,
    })
}

/// What one answer took.
#[derive(Clone, Copy)]
struct Run {
    prompt_tokens: u32,
    first_token_ms: f64,
    prompt_speed: f64,
    generation_speed: f64,
}

impl Run {
    async fn of(worker: &Worker, prompt: Prompt) -> Result<Self, Box<dyn std::error::Error>> {
        let done = generate(worker, prompt).await?.0;
        let read = f64::from(done.usage.prompt_tokens - done.usage.cached_tokens);
        let written = f64::from(done.usage.completion_tokens.saturating_sub(1));
        Ok(Self {
            prompt_tokens: done.usage.prompt_tokens,
            first_token_ms: done.timings.first_token_ms,
            prompt_speed: read * 1_000.0 / done.timings.first_token_ms,
            generation_speed: written * 1_000.0 / done.timings.generation_ms,
        })
    }
}

fn median(mut runs: Vec<Run>) -> Run {
    runs.sort_by(|a, b| a.first_token_ms.total_cmp(&b.first_token_ms));
    runs[runs.len() / 2]
}

async fn generate(worker: &Worker, prompt: Prompt) -> Result<(Done, String), Box<dyn std::error::Error>> {
    let mut generation = worker.generate(Generate {
        id: 0,
        prompt,
        sampling: Sampling { temperature: Some(0.0), ..Sampling::default() },
        max_tokens: Some(WRITTEN),
        stop: Vec::new(),
        response_format: Default::default(),
        logprobs: None,
    });
    let mut text = String::new();
    while let Some(event) = generation.next().await {
        match event {
            GenerationEvent::Delta(delta) => text.push_str(&delta.text),
            GenerationEvent::Done(done) => return Ok((done, text)),
            GenerationEvent::Failed(failure) => return Err(failure.message.into()),
            GenerationEvent::Prefill { .. } => {}
        }
    }
    Err("the worker closed the generation without an end".into())
}

/// A text of about so many tokens. `salt` stands first, so that no run finds another's prompt in the cache.
async fn text_of(worker: &Worker, tokens: u32, salt: usize) -> Result<String, Box<dyn std::error::Error>> {
    let words: String = (0..tokens).map(|word| format!(" {}", 7_919 * (u64::from(word) + 1) % 10_000)).collect();
    let text = format!("{salt}{salt}{salt} at {tokens}:{words}");
    let all = worker.count(Prompt::Text { text: text.clone() }).await?.tokens;
    let share = text.len() as f64 * f64::from(tokens) / f64::from(all);
    Ok(text.chars().take(share.round() as usize).collect())
}

async fn second_turn(worker: &Worker) -> Result<(), Box<dyn std::error::Error>> {
    let history = text_of(worker, HISTORY, 99).await?;
    let said = |role: &str, content: &str| ChatMessage {
        role: role.into(),
        content: content.into(),
        ..ChatMessage::default()
    };
    let chat = |messages| Prompt::Chat(Conversation { messages, ..Conversation::default() });
    let mut messages = vec![said("user", &history)];
    let (first, answer) = generate(worker, chat(messages.clone())).await?;
    messages.extend([said("assistant", &answer), said("user", "And then?")]);
    let (second, _) = generate(worker, chat(messages)).await?;
    let ratio = second.timings.first_token_ms / first.timings.first_token_ms;
    print_line(&format!(
        "second turn over {} tokens of history: {:.0} ms against {:.0} ms for the first, ratio {ratio:.3} ({} of {} tokens from the cache)",
        first.usage.prompt_tokens,
        second.timings.first_token_ms,
        first.timings.first_token_ms,
        second.usage.cached_tokens,
        second.usage.prompt_tokens
    ));
    Ok(())
}

/// The first word as a person sees it, against the worker's own time to its first token, on the built-in model.
async fn what_the_host_adds(repeats: usize) {
    let person = Person::with_real_engines().await;
    let chat = person.new_chat().await;
    person.hears(&chat, "Hello").await;
    let mut added = Vec::new();
    for _ in 0..repeats {
        let chat = person.new_chat().await;
        let begun = Instant::now();
        let Sent::Answering { answer, .. } = person.says(&chat, "What is the capital of Norway?").await else {
            continue;
        };
        person.waits_for_words(&answer).await;
        let seen = begun.elapsed().as_secs_f64() * 1_000.0;
        let stats = person.waits_for(&answer).await.stats.unwrap_or_default();
        added.push(seen - f64::from(stats.first_token_ms));
    }
    added.sort_by(f64::total_cmp);
    if let Some(median) = added.get(added.len() / 2) {
        print_line(&format!(
            "host and protocol add {median:.1} ms to the worker's own first token (median of {repeats})"
        ));
    }
}
