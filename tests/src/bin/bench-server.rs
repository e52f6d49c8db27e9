//! Figures of the local server, each against a peer measured in the same run: what it adds before the first word, how
//! many tokens it streams for a second of a processor, and sixteen chats at once against one.
//!
//! usage: bench-server

use std::time::{Duration, Instant};

use inglenook_contract::{ServerState, ServerStatus, Settings};
use inglenook_engine::protocol::{
    ChatMessage, Conversation, Generate, Load, LoadConfig, Prompt, ResponseFormat, Sampling,
};
use inglenook_engine::{GenerationEvent, Patience, Program, Worker};
use inglenook_journeys::http::{Connection, Request, free_port};
use inglenook_journeys::{Person, binaries};
use serde_json::{Value, json};

type Failure = Box<dyn std::error::Error>;

/// Questions whose first word is waited for, on each side.
const QUESTIONS: usize = 200;
/// Tokens of a long answer: what fits into the context of the built-in model, whose place the worker takes.
const TOKENS: u32 = 2_000;
/// Long answers: processors' time is told in hundredths of a second.
const ANSWERS: usize = 200;
/// Chats at once.
const CHATS: usize = 16;
/// Answers in a row of each chat.
const TURNS: usize = 8;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let script = json!({ "answers": [
        { "when": "much", "steps": [{ "repeat": { "times": TOKENS / 100, "steps": [{ "text": "word ".repeat(100) }] } }] },
        { "when": "", "steps": ["echo"] }
    ] });
    print_line("\n### The local server\n");
    print_line("| | server | peer | |\n|---|--:|--:|---|");
    first_word(&script).await?;
    throughput(&script).await?;
    crowd().await
}

#[expect(clippy::print_stdout, reason = "the figures are this program's output")]
fn print_line(line: &str) {
    println!("{line}");
}

/// An application whose server runs, and its port.
async fn served(person: &Person, parallel: usize) -> Result<u16, Failure> {
    let mut settings: Settings = person.gets("settings.get", json!({})).await;
    settings.server.port = free_port();
    settings.server.parallel = u32::try_from(parallel)?;
    let settings: Settings = person.gets("settings.save", json!(settings)).await;
    let status: ServerStatus = person.gets("server.switch", json!({ "on": true })).await;
    match status.state {
        ServerState::Running { .. } => Ok(settings.server.port),
        state => Err(format!("the server does not run: {state:?}").into()),
    }
}

/// Asks and reads the stream to its end: when the first word came, where one did, and the tokens written.
async fn ask(
    connection: &mut Connection,
    port: u16,
    text: &str,
    more: &Value,
) -> Result<(Option<Duration>, u64), Failure> {
    let mut body = json!({ "model": "pocket", "stream": true, "stream_options": { "include_usage": true },
        "messages": [{ "role": "user", "content": text }] });
    if let (Some(body), Some(more)) = (body.as_object_mut(), more.as_object()) {
        body.extend(more.clone());
    }
    let body = body.to_string();
    let headers = vec![("host", format!("127.0.0.1:{port}")), ("content-type", "application/json".to_owned())];
    let request = Request { method: "POST", path: "/v1/chat/completions", headers, body: body.as_bytes() };
    let began = Instant::now();
    connection.send(&request).await?;
    let head = connection.head().await?;
    let (mut first, mut tokens) = (None, 0);
    loop {
        let line = connection.line().await?;
        if first.is_none() && line.contains("\"content\":\"") && !line.contains("\"content\":\"\"") {
            first = Some(began.elapsed());
        }
        if let Some(at) = line.find("\"completion_tokens\":") {
            tokens = line[at + 20..].chars().take_while(char::is_ascii_digit).collect::<String>().parse()?;
        }
        if line == "0" {
            connection.line().await?;
            break;
        }
    }
    if head.status == 200 { Ok((first, tokens)) } else { Err(format!("status {}", head.status).into()) }
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The worker alone against the worker behind the server, in turn.
async fn first_word(script: &Value) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("script.json");
    std::fs::write(&path, script.to_string())?;
    let program = Program::new(binaries().join("inglenook-scripted-worker")).env("INGLENOOK_SCRIPT", &path);
    let load = Load {
        format: inglenook_contract::ModelFormat::Gguf,
        path: folder.path().join("model.gguf"),
        files: Vec::new(),
        config: LoadConfig::default(),
    };
    let worker = Worker::start(&program, load, Patience::default(), |_| {}).await?;
    let person = Person::with_script(script.clone()).await;
    let port = served(&person, 4).await?;
    let mut connection = Connection::open(&format!("127.0.0.1:{port}")).await?;
    let (mut through, mut alone) = (Vec::new(), Vec::new());
    for n in 0..QUESTIONS + 10 {
        let (server, _) = ask(&mut connection, port, "hello", &json!({})).await?;
        let own = first_of(&worker).await?;
        // The first ones load the model and warm everything.
        if n >= 10 {
            through.push(server.ok_or("no word came")?.as_secs_f64() * 1e3);
            alone.push(own.as_secs_f64() * 1e3);
        }
    }
    let (through, alone) = (median(through), median(alone));
    print_line(&format!(
        "| first word, median of {QUESTIONS} | {through:.2} ms | {alone:.2} ms, the worker alone | {:.2} ms more |",
        through - alone
    ));
    Ok(())
}

async fn first_of(worker: &Worker) -> Result<Duration, Failure> {
    let message = ChatMessage { role: "user".into(), content: "hello".into(), ..ChatMessage::default() };
    let generate = Generate {
        id: 0,
        prompt: Prompt::Chat(Conversation { messages: vec![message], ..Conversation::default() }),
        sampling: Sampling::default(),
        max_tokens: None,
        stop: Vec::new(),
        response_format: ResponseFormat::Text,
        logprobs: None,
    };
    let began = Instant::now();
    let mut generation = worker.generate(generate);
    let mut first = None;
    while let Some(event) = generation.next().await {
        if first.is_none() && matches!(event, GenerationEvent::Delta(_)) {
            first = Some(began.elapsed());
        }
    }
    first.ok_or_else(|| "the worker said nothing".into())
}

/// Seconds that the processors gave this process.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    // utime and stime, in hundredths of a second.
    [11, 12].iter().filter_map(|at| fields.get(*at)?.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// A worker that writes as fast as it can.
async fn throughput(script: &Value) -> Result<(), Failure> {
    let person = Person::with_script(script.clone()).await;
    let port = served(&person, 4).await?;
    let mut connection = Connection::open(&format!("127.0.0.1:{port}")).await?;
    ask(&mut connection, port, "hello", &json!({})).await?;
    let (before, began) = (processor_seconds(), Instant::now());
    let mut tokens = 0;
    for _ in 0..ANSWERS {
        tokens += ask(&mut connection, port, "much", &json!({})).await?.1;
    }
    let (took, seconds) = (began.elapsed().as_secs_f64(), processor_seconds() - before);
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    let tokens = tokens as f64;
    print_line(&format!(
        "| {tokens} tokens streamed, the client's reading included | {:.0} tok/s | | {:.0} tok/s for a processor's second |",
        tokens / took,
        tokens / seconds.max(0.01)
    ));
    Ok(())
}

/// Tokens a second of so many chats together, with the built-in model.
async fn together(port: u16, chats: usize) -> Result<f64, Failure> {
    let began = Instant::now();
    let each = (0..chats).map(|chat| async move {
        let mut connection = Connection::open(&format!("127.0.0.1:{port}")).await?;
        let mut written = 0;
        for turn in 0..TURNS {
            let more = json!({ "temperature": 1.5, "top_k": 0, "top_p": 1.0, "min_p": 0.0, "seed": chat * TURNS + turn, "max_tokens": 200 });
            written += ask(&mut connection, port, "Tell me a long story about the sea.", &more).await?.1;
        }
        Ok::<_, Failure>(written)
    });
    let written: u64 = futures::future::try_join_all(each).await?.into_iter().sum();
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    Ok(written as f64 / began.elapsed().as_secs_f64())
}

async fn crowd() -> Result<(), Failure> {
    let person = Person::with_real_engines().await;
    let port = served(&person, CHATS).await?;
    together(port, 1).await?;
    let (one, all) = (together(port, 1).await?, together(port, CHATS).await?);
    print_line(&format!(
        "| {CHATS} chats at once with Pocket | {all:.0} tok/s | {one:.0} tok/s, one chat | {:.2} times |",
        all / one
    ));
    Ok(())
}
