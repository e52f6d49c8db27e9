//! The command line: the real program, with the real workers and the built-in model, alone and beside another one that
//! has the data open.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use inglenook_journeys::binaries;
use inglenook_journeys::http::free_port;
use serde_json::Value;

/// A person at a terminal.
struct Terminal {
    folder: tempfile::TempDir,
}

impl Terminal {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(binaries().join("inglenook"));
        // Nobody is asked outside of this machine, and no display is there.
        command
            .args(words)
            .env("INGLENOOK_HOME", self.home())
            .env("HOME", self.folder.path())
            .env("HF_ENDPOINT", "http://127.0.0.1:9")
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("HF_HOME")
            .env_remove("HF_HUB_CACHE")
            .env_remove("OLLAMA_MODELS")
            .env_remove("XDG_CACHE_HOME")
            .stdin(Stdio::null());
        command
    }

    fn types(&self, words: &[&str]) -> Output {
        self.command(words).output().expect("the program runs")
    }

    /// What a command prints that has to succeed.
    fn reads(&self, words: &[&str]) -> String {
        let output = self.types(words);
        let [said, told] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        assert!(output.status.success(), "{words:?}: {:?} {said} {told}", output.status);
        said
    }

    fn json(&self, words: &[&str]) -> Value {
        let said = self.reads(words);
        serde_json::from_str(&said).unwrap_or_else(|error| panic!("{words:?}: {error}: {said}"))
    }

    fn code(&self, words: &[&str]) -> Option<i32> {
        self.types(words).status.code()
    }
}

/// `inglenook serve`, ended with the test.
struct Serving(Child);

impl Serving {
    fn begin(terminal: &Terminal, port: u16) -> Self {
        let port = port.to_string();
        let mut child =
            terminal.command(&["serve", "--port", &port]).stdout(Stdio::piped()).spawn().expect("it starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("it says where");
        assert!(line.contains(&port), "{line}");
        Self(child)
    }

    /// As the system ends it.
    fn ends(mut self) -> Option<i32> {
        let ended = Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status().expect("kill runs");
        assert!(ended.success());
        self.0.wait().expect("it ends").code()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn without_a_window_a_question_is_answered() {
    let terminal = Terminal::new();
    assert!(terminal.reads(&["models"]).contains("pocket"), "the built-in model is listed");
    let models = terminal.json(&["models", "--json"]);
    assert_eq!(models[0]["name"], "pocket");
    let answer = terminal.reads(&["chat", "pocket", "What", "is", "the", "capital", "of", "Norway?"]);
    assert_eq!(answer.trim(), "The capital of Norway is Oslo.");
    let told = terminal.json(&["chat", "pocket", "What is the capital of Norway?", "--json"]);
    assert_eq!(told["text"], "The capital of Norway is Oslo.");
    let mut piped = terminal.command(&["chat", "pocket"]);
    let mut piped = piped.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
    let asked = piped.stdin.take().expect("its input").write_all(b"What is the capital of Norway?\n");
    asked.expect("it reads");
    let output = piped.wait_with_output().expect("it ends");
    assert!(String::from_utf8_lossy(&output.stdout).contains("Oslo"), "a pipe asks too");
}

#[test]
fn a_command_finds_the_server_that_has_the_data_open() {
    let terminal = Terminal::new();
    assert_eq!(terminal.code(&["status"]), Some(4), "nothing runs yet");
    assert_eq!(terminal.code(&["load", "pocket"]), Some(4), "nothing could keep it in memory");
    let serving = Serving::begin(&terminal, free_port());
    assert_eq!(terminal.json(&["status", "--json"])["server"]["kind"], "running");
    assert_eq!(terminal.json(&["ps", "--json"]), serde_json::json!([]));
    terminal.reads(&["load", "pocket", "--context", "512"]);
    let loaded = terminal.json(&["ps", "--json"]);
    assert_eq!(loaded[0]["name"], "pocket", "it stays after the command");
    assert_eq!(loaded[0]["state"]["context_length"], 512, "as long as it was asked for");
    assert_eq!(terminal.code(&["load", "pocket", "--context", "0"]), Some(2), "there is no such context");
    assert_eq!(
        terminal.reads(&["chat", "pocket", "What is the capital of Norway?"]).trim(),
        "The capital of Norway is Oslo."
    );
    terminal.reads(&["unload", "--all"]);
    assert_eq!(terminal.json(&["ps", "--json"]), serde_json::json!([]));
    let made = terminal.json(&["token", "make", "Editor", "--scope", "read", "--json"]);
    assert!(made["secret"].as_str().is_some_and(|secret| secret.starts_with("ink-")));
    assert!(terminal.reads(&["token", "list"]).contains("Editor"));
    terminal.reads(&["token", "revoke", "Editor"]);
    assert_eq!(serving.ends(), Some(0), "the system's wish to end is carried out in order");
    assert_eq!(terminal.code(&["status"]), Some(4));
}

#[test]
fn a_failure_is_told_by_words_and_by_its_code() {
    let terminal = Terminal::new();
    for (words, code) in [
        (&["modles"][..], 2),
        (&["pull", "llama3"], 2),
        (&["rm", "nothing", "--yes"], 3),
        (&["token", "revoke", "nothing"], 3),
        (&["pull", "somebody/something"], 6),
    ] {
        let output = terminal.types(words);
        assert_eq!(output.status.code(), Some(code), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(!output.stderr.is_empty() && output.stdout.is_empty(), "{words:?}: the reason stands on stderr");
    }
    let pocket = terminal.types(&["rm", "pocket", "--yes"]);
    assert!(!pocket.status.success(), "what ships with the application is not deleted");
    for shell in ["bash", "zsh", "fish"] {
        assert!(terminal.reads(&["completions", shell]).contains("inglenook"), "{shell}");
    }
    assert!(terminal.reads(&["--help"]).contains("Exit codes"));
}
