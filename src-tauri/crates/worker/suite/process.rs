//! The process: what it opens, and when it ends.

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use super::client::{Worker, long_text, pocket, user};

/// How soon a worker has to be gone; generous, the machine may be busy.
const SOON: Duration = Duration::from_secs(10);

fn ends_soon(worker: &mut Worker) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < SOON {
        if worker.process.try_wait().unwrap().is_some() {
            return true;
        }
        std::thread::yield_now();
    }
    false
}

#[test]
fn ready_tells_what_is_needed_to_choose_and_to_show() {
    let worker = Worker::with_pocket();
    let ready = &worker.ready;
    assert_eq!(ready["architecture"], "qwen3");
    assert_eq!(ready["context_length"], 2048);
    assert_eq!((ready["reasoning"].as_bool(), ready["tools"].as_bool()), (Some(true), Some(true)));
    assert!(ready["template"].as_str().is_some_and(|template| template.contains("im_start")));
    assert!(ready["memory_bytes"].as_u64().is_some_and(|bytes| bytes > 1_000_000), "{ready}");
}

#[test]
fn end_of_input_ends_it_at_once_in_the_middle_of_work() {
    let mut child =
        crate::engine::command().stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    {
        use std::io::Write;
        let mut input = child.stdin.take().unwrap();
        let load = json!({"type": "load", "format": "gguf", "path": pocket(), "config": {}});
        let ask = json!({"type": "generate", "id": 1, "prompt": user(&long_text(1500))});
        writeln!(input, "{load}\n{ask}").unwrap();
    }
    let begun = Instant::now();
    while child.try_wait().unwrap().is_none() {
        assert!(begun.elapsed() < SOON, "still there");
        std::thread::yield_now();
    }
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[cfg(target_os = "linux")]
#[test]
fn it_ends_when_its_parent_is_gone_even_if_its_input_stays_open() {
    let folder = tempfile::tempdir().unwrap();
    let script = "mkfifo in && exec 3<>in && \"$0\" <&3 >out 2>/dev/null & echo $!; \
                  while ! grep -q hello out 2>/dev/null; do sleep 0.02; done";
    let shell =
        Command::new("sh").args(["-c", script, crate::engine::BINARY]).current_dir(folder.path()).output().unwrap();
    // The shell prints the number of the group that it put into the background; the worker is that or its child.
    let group: u32 = String::from_utf8(shell.stdout).unwrap().trim().parse().unwrap();
    let alive = |pid: u32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        // A process that has ended may wait for its new parent to notice.
        stat.rsplit(')').next().is_some_and(|rest| !rest.is_empty() && !rest.trim_start().starts_with('Z'))
    };
    let begun = Instant::now();
    while alive(group) {
        assert!(begun.elapsed() < SOON, "process {group} outlives its parent");
        std::thread::yield_now();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn it_offers_itself_to_the_kernel_when_memory_runs_out() {
    let worker = Worker::with_pocket();
    let score = fs::read_to_string(format!("/proc/{}/oom_score_adj", worker.process.id())).unwrap();
    assert_eq!(score.trim(), "1000");
}

#[cfg(target_os = "linux")]
#[test]
fn it_opens_no_network_socket_while_loading_and_answering() {
    let mut worker = Worker::with_pocket();
    let id = worker.ask(user(&long_text(300)), json!({"max_tokens": 40, "sampling": {"temperature": 1}}));
    let mut looked = 0;
    loop {
        let report = worker.report();
        let sockets = inet_sockets(worker.process.id());
        assert!(sockets.is_empty(), "{sockets:?}");
        looked += 1;
        if report["id"] == id && report["type"] == "done" {
            break;
        }
    }
    assert!(looked > 3, "while it works, not only when it is done");
}

/// The network sockets of a process: those of its file descriptors that the tables of the internet protocols know.
#[cfg(target_os = "linux")]
fn inet_sockets(pid: u32) -> Vec<String> {
    let links = fs::read_dir(format!("/proc/{pid}/fd")).unwrap();
    let inodes: Vec<String> = links
        .filter_map(|entry| fs::read_link(entry.ok()?.path()).ok()?.into_os_string().into_string().ok())
        .filter_map(|link| Some(link.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned()))
        .collect();
    ["tcp", "tcp6", "udp", "udp6", "raw", "raw6"]
        .iter()
        .filter_map(|table| fs::read_to_string(format!("/proc/{pid}/net/{table}")).ok())
        .flat_map(|table| table.lines().skip(1).map(str::to_owned).collect::<Vec<_>>())
        .filter(|line| line.split_whitespace().nth(9).is_some_and(|inode| inodes.iter().any(|i| i == inode)))
        .collect()
}

/// Where strace is installed it sees every call, also those that a look at the open files would miss.
#[cfg(target_os = "linux")]
#[test]
fn it_never_asks_the_system_for_a_network_socket() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("calls");
    if Command::new("strace").arg("-V").stdout(Stdio::null()).status().is_err() {
        return;
    }
    let mut command = Command::new("strace");
    command.args(["-f", "-e", "trace=%network", "-o"]).arg(&log).arg(crate::engine::BINARY);
    command.envs(crate::engine::command().get_envs().filter_map(|(name, value)| Some((name, value?))));
    let mut worker = Worker::start_with(&mut command);
    worker.load("gguf", &pocket(), json!({}));
    worker.greedy("What is the capital of Estonia?");
    drop(worker);
    let calls = fs::read_to_string(&log).unwrap();
    let inet: Vec<&str> = calls.lines().filter(|line| line.contains("AF_INET")).collect();
    assert!(inet.is_empty(), "{inet:?}");
}

#[test]
fn a_temporary_folder_is_removed_at_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = crate::engine::command();
    let mut worker = Worker::start_with(command.env("TMPDIR", folder.path()));
    worker.load("gguf", &pocket(), json!({}));
    worker.greedy("Hello");
    worker.close_input();
    assert!(ends_soon(&mut worker));
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}
