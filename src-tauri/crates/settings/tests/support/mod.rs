//! Homes in temporary folders, children that can be killed, and threads that rights hold for.
#![allow(dead_code, reason = "every test file uses a part of it")]
#![allow(missing_docs, unreachable_pub)]

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};

use inglenook_settings::Places;
use tempfile::TempDir;

/// A machine of its own: places below a temporary folder.
pub struct Machine {
    pub folder: TempDir,
}

impl Machine {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn places(&self) -> Places {
        Places { environment: None, config: self.path("config"), data: self.path("data") }
    }
}

/// This test program again, running one test with a word for it; its lines can be read and it can be killed.
pub struct Again {
    child: Child,
    lines: BufReader<ChildStdout>,
}

/// Tells the child which folder to work in.
pub const VARIABLE: &str = "INGLENOOK_TEST_CHILD";

impl Again {
    pub fn run(test: &str, folder: &std::path::Path) -> Self {
        let mut child = Command::new(std::env::current_exe().expect("known"))
            .args(["--exact", test, "--nocapture", "--test-threads=1"])
            .env(VARIABLE, folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("started");
        let lines = BufReader::new(child.stdout.take().expect("piped"));
        Self { child, lines }
    }

    /// Waits for `count` lines that are this word.
    pub fn wait_for(&mut self, word: &str, count: usize) {
        let mut seen = 0;
        let mut line = String::new();
        while seen < count {
            line.clear();
            let read = self.lines.read_line(&mut line).expect("read");
            assert!(read > 0, "the child ended before it said “{word}” {count} times");
            seen += usize::from(line.trim_end().ends_with(word));
        }
    }

    /// Ends it as a power cut would.
    pub fn kill(mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("ended");
    }
}

/// Runs `work` on a thread that the rights of files hold for, even where the tests run as the superuser.
#[cfg(target_os = "linux")]
#[allow(unsafe_code, reason = "the standard library cannot change one thread's rights")]
pub fn without_rights<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            // SAFETY: it changes the calling thread only, which ends below.
            unsafe { libc::setfsuid(65_534) };
            work()
        });
        thread.join().expect("ended")
    })
}
