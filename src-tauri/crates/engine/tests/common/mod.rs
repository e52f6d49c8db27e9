//! What the tests of this crate share: a script on disk, a pool on top of it, and short ways to ask and listen.

#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use inglenook_contract::{FinishReason, ModelFormat};
use inglenook_engine::protocol::{
    ChatMessage, Conversation, Done, Failure, Generate, Load, LoadConfig, Prompt, ResponseFormat, Sampling,
};
use inglenook_engine::{
    Clock, EngineKind, Generation, GenerationEvent, Launcher, LoadSpec, Patience, Pool, PoolSettings, Program, scripted,
};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Long enough for a machine under load; a test that waits this long has failed.
pub const LONG: Duration = Duration::from_secs(60);

/// A script that the workers of one test play. It can be changed between two loads.
pub struct Scene {
    dir: TempDir,
}

impl Scene {
    pub fn new(script: Value) -> Self {
        let scene = Self { dir: tempfile::tempdir().unwrap() };
        scene.rewrite(script);
        scene
    }

    pub fn rewrite(&self, script: Value) {
        std::fs::write(self.path(), script.to_string()).unwrap();
    }

    /// Lets a worker go on that waits for this.
    pub fn sign(&self, name: &str) {
        std::fs::write(self.dir.path().join(name), "").unwrap();
    }

    fn path(&self) -> std::path::PathBuf {
        self.dir.path().join("script.json")
    }

    pub fn program(&self) -> Program {
        let program = scripted::program(Some(&self.path())).expect("cargo builds it before these tests");
        assert_eq!(
            program.path,
            Path::new(env!("CARGO_BIN_EXE_inglenook-scripted-worker")),
            "it is found elsewhere too"
        );
        program
    }

    pub fn pool(&self, settings: PoolSettings) -> Pool {
        Pool::new(Launcher::with_program(self.program()), settings)
    }
}

/// A worker of the default script.
pub fn plain() -> Scene {
    Scene::new(json!({}))
}

/// Short waits for workers that are known not to answer.
pub fn hasty() -> Patience {
    Patience {
        hello: LONG,
        standstill: LONG,
        cancel: Duration::from_millis(50),
        stuck: Duration::from_millis(50),
        end: Duration::from_millis(50),
    }
}

/// Settings under which nothing happens by itself.
pub fn calm() -> PoolSettings {
    PoolSettings { idle_unload: None, free_memory: Arc::new(|| None), patience: hasty(), ..PoolSettings::default() }
}

/// A clock that stands still until it is put forward.
#[derive(Default)]
pub struct StoppedClock(AtomicI64);

impl StoppedClock {
    pub fn forward(&self, time: Duration) {
        self.0.fetch_add(i64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
    }
}

impl Clock for StoppedClock {
    fn now(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

pub fn load(context_length: Option<u32>) -> Load {
    Load {
        format: ModelFormat::Gguf,
        path: "/models/scripted.gguf".into(),
        files: Vec::new(),
        config: LoadConfig { context_length, ..LoadConfig::default() },
    }
}

pub fn spec(model: &str) -> LoadSpec {
    LoadSpec {
        model: model.into(),
        engine: EngineKind::MistralRs,
        load: load(None),
        size_bytes: 1_000_000,
        measure: false,
        memory_bytes: None,
    }
}

pub fn ask(text: &str) -> Generate {
    let message = ChatMessage { role: "user".into(), content: text.into(), ..ChatMessage::default() };
    Generate {
        id: 0,
        prompt: Prompt::Chat(Conversation { messages: vec![message], ..Conversation::default() }),
        sampling: Sampling::default(),
        max_tokens: None,
        stop: Vec::new(),
        response_format: ResponseFormat::Text,
        logprobs: None,
    }
}

/// Everything that a generation told.
#[derive(Debug, Default)]
pub struct Told {
    pub text: String,
    pub reasoning: String,
    pub calls: Vec<String>,
    /// The pieces of arguments, each with the call that it belongs to.
    pub arguments: Vec<(String, String)>,
    pub prefills: Vec<(u32, u32)>,
    pub end: Option<Result<Done, Failure>>,
}

impl Told {
    pub fn done(&self) -> &Done {
        match &self.end {
            Some(Ok(done)) => done,
            other => panic!("the generation ended well, not in {other:?}"),
        }
    }

    pub fn reason(&self) -> FinishReason {
        self.done().finish_reason
    }

    pub fn failure(&self) -> &Failure {
        match &self.end {
            Some(Err(failure)) => failure,
            other => panic!("the generation failed, it did not end in {other:?}"),
        }
    }
}

/// Listens to the end, which must come, and after which nothing may come.
pub async fn listen(generation: &mut Generation) -> Told {
    let mut told = Told::default();
    let listening = async {
        while let Some(event) = generation.next().await {
            assert!(told.end.is_none(), "nothing follows the end, but {event:?} did");
            match event {
                GenerationEvent::Prefill { done, total, .. } => told.prefills.push((done, total)),
                GenerationEvent::Delta(delta) => {
                    told.text += &delta.text;
                    told.reasoning += &delta.reasoning;
                    told.arguments.extend(delta.tool_arguments.map(|more| (more.id, more.text)));
                    told.calls.extend(delta.tool_call.map(|call| call.name));
                }
                GenerationEvent::Done(done) => told.end = Some(Ok(done)),
                GenerationEvent::Failed(failure) => told.end = Some(Err(failure)),
            }
        }
    };
    tokio::time::timeout(LONG, listening).await.expect("every generation ends");
    told
}

/// Listens until some text has come.
pub async fn first_text(generation: &mut Generation) -> String {
    let listening = async {
        loop {
            match generation.next().await {
                Some(GenerationEvent::Delta(delta)) if !delta.text.is_empty() => return delta.text,
                Some(GenerationEvent::Prefill { .. } | GenerationEvent::Delta(_)) => {}
                other => panic!("text comes before {other:?}"),
            }
        }
    };
    tokio::time::timeout(LONG, listening).await.expect("text comes")
}

/// Kills a process the hard way, as the system or a person would.
pub fn kill_hard(pid: u32) {
    let status = std::process::Command::new("kill").args(["-9", &pid.to_string()]).status().unwrap();
    assert!(status.success(), "the worker was there to be killed");
}

/// Whether the process is there, be it as a zombie.
pub fn exists(pid: u32) -> bool {
    assert!(Path::new("/proc/self").exists(), "these tests look into /proc");
    Path::new(&format!("/proc/{pid}")).exists()
}

/// Waits until a process that is bound to end is gone, and collected.
pub async fn gone(pid: u32) {
    let going = async {
        while exists(pid) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(LONG, going).await.expect("it is ended and collected");
}

/// The workers that this thread's test has started and that were not collected yet.
pub fn children() -> Vec<u32> {
    let tid = std::fs::read_link("/proc/thread-self").unwrap();
    let children = std::fs::read_to_string(Path::new("/proc").join(tid).join("children")).unwrap();
    children.split_whitespace().map(|pid| pid.parse().unwrap()).collect()
}
