//! A host in small: starts the worker, sends lines, collects what comes back.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// How long anything may take before a test is given up. Generous: the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(120);

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..").canonicalize().expect("the repository")
}

/// The starter model.
pub(crate) fn pocket() -> PathBuf {
    root().join("src-tauri/resources/models/pocket/Pocket-Q8_0.gguf")
}

/// A worker process.
pub(crate) struct Worker {
    pub(crate) process: Child,
    input: Option<ChildStdin>,
    reports: Receiver<(Instant, Value)>,
    next: u64,
    /// What `hello` said.
    pub(crate) hello: Value,
    /// What `ready` said.
    pub(crate) ready: Value,
}

/// All that was reported of one answer.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub(crate) text: String,
    pub(crate) reasoning: String,
    pub(crate) calls: Vec<Value>,
    pub(crate) logprobs: Vec<Value>,
    pub(crate) deltas: Vec<Value>,
    pub(crate) prefill: Vec<Value>,
    /// `done` or `failed`.
    pub(crate) end: Value,
}

impl Answer {
    pub(crate) fn finish(&self) -> &str {
        self.end["finish_reason"].as_str().unwrap_or_else(|| panic!("not done: {}", self.end))
    }

    pub(crate) fn cached(&self) -> u64 {
        self.end["usage"]["cached_tokens"].as_u64().expect("usage")
    }

    pub(crate) fn prompt_tokens(&self) -> u64 {
        self.end["usage"]["prompt_tokens"].as_u64().expect("usage")
    }

    pub(crate) fn completion_tokens(&self) -> u64 {
        self.end["usage"]["completion_tokens"].as_u64().expect("usage")
    }
}

impl Worker {
    /// A worker that has said hello and been asked for nothing yet.
    pub(crate) fn start() -> Self {
        Self::start_with(&mut crate::engine::command())
    }

    /// The same, started by this command.
    pub(crate) fn start_with(command: &mut Command) -> Self {
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the worker starts");
        let input = process.stdin.take();
        let output = BufReader::new(process.stdout.take().expect("stdout"));
        let (sender, reports) = channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let report = serde_json::from_str(&line).unwrap_or_else(|_| panic!("no report: {line}"));
                if sender.send((Instant::now(), report)).is_err() {
                    break;
                }
            }
        });
        let mut worker = Self { process, input, reports, next: 0, hello: Value::Null, ready: Value::Null };
        worker.hello = worker.report();
        assert_eq!(worker.hello["type"], "hello", "the first line");
        assert_eq!(worker.hello["protocol"], 1);
        worker
    }

    /// A worker with this model loaded.
    pub(crate) fn with_model(format: &str, path: &Path, config: Value) -> Self {
        let mut worker = Self::start();
        let end = worker.load(format, path, config);
        assert_eq!(end["type"], "ready", "{end}");
        worker
    }

    /// A worker with the starter model.
    pub(crate) fn with_pocket() -> Self {
        Self::with_model("gguf", &pocket(), json!({}))
    }

    /// Asks for a model; the report that ends loading.
    pub(crate) fn load(&mut self, format: &str, path: &Path, config: Value) -> Value {
        self.try_load(format, path, config).expect("the process lives")
    }

    /// The same; `None` if the process dies over it.
    pub(crate) fn try_load(&mut self, format: &str, path: &Path, config: Value) -> Option<Value> {
        self.send(&json!({"type": "load", "format": format, "path": path, "config": config}));
        loop {
            let report = match self.reports.recv_timeout(PATIENCE) {
                Ok((_, report)) => report,
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => panic!("no report in time"),
            };
            if report["type"] != "loading" {
                self.ready = report.clone();
                return Some(report);
            }
        }
    }

    pub(crate) fn send(&mut self, request: &Value) {
        self.send_line(&request.to_string());
    }

    pub(crate) fn send_line(&mut self, line: &str) {
        let input = self.input.as_mut().expect("still open");
        writeln!(input, "{line}").and_then(|()| input.flush()).expect("the worker listens");
    }

    /// Says that no more requests will come.
    pub(crate) fn close_input(&mut self) {
        self.input = None;
    }

    /// The next report.
    pub(crate) fn report(&mut self) -> Value {
        self.timed_report().1
    }

    /// The next report and when it came.
    pub(crate) fn timed_report(&mut self) -> (Instant, Value) {
        self.reports.recv_timeout(PATIENCE).expect("a report in time")
    }

    /// A report if one comes this soon.
    pub(crate) fn report_within(&mut self, time: Duration) -> Option<Value> {
        self.reports.recv_timeout(time).ok().map(|(_, report)| report)
    }

    /// Sends a generation with further fields and returns its number.
    pub(crate) fn ask(&mut self, prompt: Value, fields: Value) -> u64 {
        self.next += 1;
        let mut request = json!({"type": "generate", "id": self.next, "prompt": prompt});
        for (name, value) in fields.as_object().expect("fields") {
            request[name] = value.clone();
        }
        self.send(&request);
        self.next
    }

    /// Asks and waits for the whole answer.
    pub(crate) fn answer(&mut self, prompt: Value, fields: Value) -> Answer {
        let id = self.ask(prompt, fields);
        self.collect(id)
    }

    /// Waits for the whole answer to this request; nothing else may be under way.
    pub(crate) fn collect(&mut self, id: u64) -> Answer {
        let mut answer = Answer::default();
        loop {
            let report = self.report();
            assert_eq!(report["id"], id, "a report about something else: {report}");
            if add(&mut answer, report) {
                return answer;
            }
        }
    }

    /// A greedy answer to one question.
    pub(crate) fn greedy(&mut self, question: &str) -> Answer {
        self.answer(user(question), json!({"sampling": {"temperature": 0}, "max_tokens": 200}))
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // It may have ended already, which is what many a test is about.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Adds a report to an answer; true for the closing one.
pub(crate) fn add(answer: &mut Answer, report: Value) -> bool {
    match report["type"].as_str() {
        Some("prefill") => answer.prefill.push(report),
        Some("delta") => {
            answer.text.push_str(report["text"].as_str().unwrap_or_default());
            answer.reasoning.push_str(report["reasoning"].as_str().unwrap_or_default());
            answer.calls.extend(report.get("tool_call").cloned());
            answer.logprobs.extend(report["logprobs"].as_array().cloned().unwrap_or_default());
            answer.deltas.push(report);
        }
        Some("done" | "failed") => {
            answer.end = report;
            return true;
        }
        other => panic!("an unexpected report {other:?}: {report}"),
    }
    false
}

/// A conversation of one question.
pub(crate) fn user(question: &str) -> Value {
    chat(json!([{"role": "user", "content": question}]))
}

/// A conversation.
pub(crate) fn chat(messages: Value) -> Value {
    json!({"kind": "chat", "messages": messages})
}

/// Many words that the starter model's vocabulary splits into at least `tokens` tokens.
pub(crate) fn long_text(tokens: usize) -> String {
    (0..tokens).map(|n| format!("{} ", n % 10)).collect()
}
