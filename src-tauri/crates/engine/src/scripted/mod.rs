//! A worker without a model: it speaks the worker protocol and plays a script, so that everything but inference
//! can be tested, failures included, on any machine and with the same outcome every time.
//!
//! The program is `inglenook-scripted-worker`. A script is a JSON file named by the environment variable
//! `INGLENOOK_SCRIPT`; without one, and where no rule of the script matches, it answers "You said: …" word by
//! word. A word with the space before it is a token, everywhere.
//!
//! ```json
//! {
//!   "tok_s": 150,
//!   "load": { "context_length": 4096, "memory_bytes": 4900000000, "steps": [{ "loading": { "steps": 10, "wait_ms": 50 } }] },
//!   "answers": [
//!     { "when": "poem", "steps": [{ "reasoning": "A poem." }, { "text": "Roses are red" }, "abort"] },
//!     { "when": "", "steps": ["echo"] }
//!   ]
//! }
//! ```
//!
//! Everything may be left out:
//! - `tok_s`: tokens a second; without it, as fast as they can be written.
//! - `hello`: `protocol` (the version it claims), `silent` (says nothing at all), `wait_ms` before it.
//! - `load`: `steps` played before `ready`, `after` played after it, and what `ready` says: `architecture`, `context_length` (else what was
//!   asked for, else 8192), `template`, `reasoning` and `tools` (both true), `memory_bytes` (any claim).
//! - `answers`: rules; the first whose `when` is part of the last message of the person (or of the raw prompt)
//!   has its `steps` played.
//! - `ignore_end_of_input`: goes on living when its input is closed.
//!
//! Steps of an answer are written as `{ "name": value }`, those without a value as `"name"`:
//!
//! | step | what it does |
//! |---|---|
//! | `text`, `reasoning`: text | says it, token by token |
//! | `echo` | the default answer |
//! | `tool_call`: `{id, name, arguments}` | calls a tool, its arguments token by token and then whole; the answer then finishes with `tool_calls` |
//! | `prefill`: `{total, steps, cached, wait_ms}` | reports progress in so many steps, waiting before each |
//! | `loading`: `{steps, wait_ms}` | for `load.steps`: reports progress |
//! | `tok_s`: number | another speed from here on; 0 is as fast as possible |
//! | `wait_ms`: number | waits; a cancel is noticed |
//! | `stall_ms`: number | waits; a cancel is noticed only afterwards |
//! | `wait_for`: name | waits until a file of this name lies beside the script; a cancel is noticed |
//! | `hang` | neither goes on nor notices a cancel |
//! | `repeat`: `{times, steps}` | plays steps again and again |
//! | `finish`: reason | ends the answer here with this reason |
//! | `fail`: `{code, message, detail}` | fails the answer, or the load |
//! | `log`: text | writes a line to its log |
//! | `line`: text | writes this line to the host as it is |
//! | `nonsense`: number | writes so many lines that make no sense |
//! | `long_line`: number | writes so many bytes without an end of line |
//! | `panic`: text, `abort`, `exit`: number | ends the process that way |

mod play;
mod script;
mod session;
mod words;

pub use script::{Answer, HelloScript, LoadScript, Script, Step};
pub use session::main;

use std::path::{Path, PathBuf};

use crate::Program;

/// Finds the scripted worker for the tests of other crates: beside the running executable, or one folder up,
/// where a target folder has it. `script` is the file that it plays; `None` for the default answers.
///
/// # Errors
/// It was not built; in words, with how to build it.
pub fn program(script: Option<&Path>) -> Result<Program, String> {
    let file = format!("inglenook-scripted-worker{}", std::env::consts::EXE_SUFFIX);
    let own = std::env::current_exe().map_err(|error| format!("This program's own place is unknown: {error}"))?;
    let places: Vec<PathBuf> = own.ancestors().skip(1).take(2).map(|folder| folder.join(&file)).collect();
    let found = places.iter().find(|place| place.is_file()).ok_or_else(|| {
        format!(
            "{file} is neither of {places:?}. Build it: cargo build -p inglenook-engine --bin inglenook-scripted-worker"
        )
    })?;
    let program = Program::new(found);
    Ok(match script {
        Some(script) => program.env(SCRIPT, script),
        None => program,
    })
}

/// The environment variable that names the script.
pub const SCRIPT: &str = "INGLENOOK_SCRIPT";
