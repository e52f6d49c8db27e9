//! The fake hub as a program: its first line, its orders, its end.

mod support;

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::{Value, json};
use support::get;

struct Program {
    child: Child,
    out: BufReader<ChildStdout>,
}

impl Program {
    fn start(args: &[&str]) -> (Self, Value) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_inglenook-fakehub"));
        let mut child =
            command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the program starts");
        let out = BufReader::new(child.stdout.take().expect("its output"));
        let mut program = Self { child, out };
        let first = program.line();
        (program, first)
    }

    fn line(&mut self) -> Value {
        let mut line = String::new();
        self.out.read_line(&mut line).expect("a line");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    fn order(&mut self, order: &Value) -> Value {
        writeln!(self.child.stdin.as_mut().expect("its input"), "{order}").expect("written");
        self.line()
    }

    /// Closes its input; says whether it ended well.
    fn end(mut self) -> bool {
        drop(self.child.stdin.take());
        self.child.wait().expect("an end").success()
    }
}

#[tokio::test]
async fn the_program_serves_the_catalogue_and_obeys() {
    let (mut program, first) = Program::start(&[]);
    let endpoint = first["endpoint"].as_str().expect("an address").to_owned();
    assert!(first["cdn"].as_str().is_some_and(|cdn| cdn.starts_with("http://localhost:")), "{first}");
    let rows = get(&format!("{endpoint}/api/models?sort=downloads&filter=gguf")).await.json();
    assert!(rows.as_array().is_some_and(|rows| rows.len() > 20), "{rows}");

    let fault = json!({"host": "hub", "path": "/api/models", "what": {"kind": "status", "status": 503}});
    assert_eq!(program.order(&json!({"set": fault})), json!({"ok": true}));
    assert_eq!(get(&format!("{endpoint}/api/models")).await.status, 503);
    assert_eq!(program.order(&json!("clear")), json!({"ok": true}));
    assert_eq!(get(&format!("{endpoint}/api/models?limit=1")).await.status, 200);

    let update = json!({"repo": "Qwen/Qwen3-8B", "path": "new.txt", "text": "new"});
    assert!(program.order(&json!({"update": update}))["commit"].is_string());
    assert_eq!(get(&format!("{endpoint}/Qwen/Qwen3-8B/resolve/main/new.txt")).await.text(), "new");
    let update = json!({"repo": "nobody/nothing", "path": "x", "text": "x"});
    assert!(program.order(&json!({"update": update}))["error"].is_string());
    assert!(program.order(&json!({"dance": true}))["error"].is_string(), "and it goes on");

    let report = program.order(&json!("report"));
    assert_eq!(report["requests"].as_array().map(Vec::len), Some(4));
    assert_eq!(report["served"]["Qwen/Qwen3-8B/new.txt"], 3);
    assert!(program.end(), "it ends with its input");
}

#[tokio::test]
async fn a_real_file_and_a_description_of_ones_own_are_served() {
    let folder = tempfile::tempdir().expect("a folder");
    let (spec, model) = (folder.path().join("spec.json"), folder.path().join("Pocket.gguf"));
    let repo = json!({"id": "ada/x", "created": "2025-01-01T00:00:00.000Z", "modified": "2025-01-01T00:00:00.000Z",
                      "files": [{"path": "noise.bin", "bytes": 1000}, {"path": "a.txt", "text": "a"}]});
    std::fs::write(&spec, json!([repo]).to_string()).expect("written");
    std::fs::write(&model, b"GGUF and more").expect("written");
    let (program, first) =
        Program::start(&["--spec", &spec.to_string_lossy(), "--real", &model.to_string_lossy(), "--honest"]);
    let endpoint = first["endpoint"].as_str().expect("an address");
    let rows = get(&format!("{endpoint}/api/models")).await.json();
    assert_eq!((rows[0]["id"].as_str(), rows[1]["id"].as_str()), (Some("ada/x"), Some("inglenook/Pocket-GGUF")));
    let location = get(&format!("{endpoint}/inglenook/Pocket-GGUF/resolve/main/Pocket.gguf")).await.location();
    assert_eq!(get(&location).await.text(), "GGUF and more");
    let location = get(&format!("{endpoint}/ada/x/resolve/main/noise.bin")).await.location();
    assert_eq!(get(&location).await.body.len(), 1000);
    assert!(program.end());
}

#[test]
fn wrong_options_are_refused() {
    for args in [&["--nonsense"][..], &["--port"], &["--port", "x"]] {
        let output = Command::new(env!("CARGO_BIN_EXE_inglenook-fakehub")).args(args).output().expect("it ran");
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(String::from_utf8_lossy(&output.stderr).starts_with("inglenook-fakehub "), "{args:?}");
    }
}
