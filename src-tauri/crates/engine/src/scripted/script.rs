//! The script's form. What each part means is told in the module above.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::protocol::{Failure, ToolCallOut};
use inglenook_contract::{EngineSpeed, FinishReason};

/// A script.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Script {
    /// Tokens a second; `None` or 0 is as fast as possible.
    pub tok_s: Option<f64>,
    /// How it greets.
    pub hello: HelloScript,
    /// How it loads.
    pub load: LoadScript,
    /// How it answers; the first rule that matches counts.
    pub answers: Vec<Answer>,
    /// How fast it claims to be; `None` never tells.
    pub speed: Option<EngineSpeed>,
    /// Goes on living when its input is closed.
    pub ignore_end_of_input: bool,
}

/// How the worker greets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HelloScript {
    /// The protocol version that it claims.
    pub protocol: Option<u32>,
    /// Says nothing.
    pub silent: bool,
    /// Milliseconds before it greets.
    pub wait_ms: u64,
    /// The kernels that the processor claims to run; it takes the best that it is not told to leave alone.
    pub kernels: Vec<String>,
}

/// How the worker loads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LoadScript {
    /// Played before it is ready.
    pub steps: Vec<Step>,
    /// Played after it has said that it is ready.
    pub after: Vec<Step>,
    /// The architecture it claims.
    pub architecture: String,
    /// Tokens of context; `None` takes what it is asked for.
    pub context_length: Option<u32>,
    /// The chat template it claims.
    pub template: Option<String>,
    /// It can reason.
    pub reasoning: bool,
    /// It knows tools.
    pub tools: bool,
    /// Bytes it claims to take.
    pub memory_bytes: u64,
}

impl Default for LoadScript {
    fn default() -> Self {
        Self {
            steps: Vec::new(),
            after: Vec::new(),
            architecture: "scripted".into(),
            context_length: None,
            template: Some("scripted".into()),
            reasoning: true,
            tools: true,
            memory_bytes: 10_000_000,
        }
    }
}

/// A rule: what to play when a prompt contains a text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// Part of the prompt; empty matches every prompt.
    #[serde(default)]
    pub when: String,
    /// What to play.
    pub steps: Vec<Step>,
}

/// One thing that the worker does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Says a text.
    Text(String),
    /// Thinks a text.
    Reasoning(String),
    /// The default answer.
    Echo,
    /// Calls a tool.
    ToolCall(ToolCallOut),
    /// Reads the prompt.
    Prefill {
        /// Tokens in all; `None` the prompt's words.
        #[serde(default)]
        total: Option<u32>,
        /// Reports.
        steps: u32,
        /// Tokens found in the cache.
        #[serde(default)]
        cached: u32,
        /// Milliseconds before each report.
        #[serde(default)]
        wait_ms: u64,
    },
    /// Reports the progress of a load.
    Loading {
        /// Reports.
        steps: u32,
        /// Milliseconds before each.
        #[serde(default)]
        wait_ms: u64,
    },
    /// Another speed, tokens a second.
    TokS(f64),
    /// Waits so many milliseconds.
    WaitMs(u64),
    /// Waits for a file beside the script.
    WaitFor(PathBuf),
    /// Waits so many milliseconds and notices no cancel meanwhile.
    StallMs(u64),
    /// Waits for ever and notices no cancel.
    Hang,
    /// Plays steps again and again.
    Repeat {
        /// How often.
        times: u32,
        /// What.
        steps: Vec<Step>,
    },
    /// Ends the answer.
    Finish(FinishReason),
    /// Fails.
    Fail(Failure),
    /// Writes to its log.
    Log(String),
    /// Writes a line to the host.
    Line(String),
    /// Writes lines that make no sense.
    Nonsense(u32),
    /// Writes so many bytes without an end of line.
    LongLine(u64),
    /// Panics.
    Panic(String),
    /// Aborts.
    Abort,
    /// Ends with an exit code.
    Exit(i32),
    /// Dies of an illegal instruction if it computes with one of these kernels.
    Fault(Vec<String>),
}

impl Script {
    /// Reads a script.
    ///
    /// # Errors
    /// The file cannot be read or is no script; in words, with its path.
    pub fn read(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
    }

    /// The steps for a prompt.
    pub(super) fn steps(&self, said: &str) -> Vec<Step> {
        let rule = self.answers.iter().find(|rule| said.contains(&rule.when));
        rule.map_or_else(|| vec![Step::Echo], |rule| flatten(&rule.steps))
    }
}

/// The steps with every repetition written out.
pub(super) fn flatten(steps: &[Step]) -> Vec<Step> {
    let mut flat = Vec::new();
    for step in steps {
        match step {
            Step::Repeat { times, steps } => {
                let steps = flatten(steps);
                (0..*times).for_each(|_| flat.extend(steps.iter().cloned()));
            }
            step => flat.push(step.clone()),
        }
    }
    flat
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_reads_as_it_is_documented() {
        let script: Script = serde_json::from_str(
            r#"{
              "tok_s": 150,
              "load": { "context_length": 4096, "steps": [{ "loading": { "steps": 10, "wait_ms": 50 } }] },
              "answers": [
                { "when": "poem", "steps": [{ "reasoning": "A poem." }, { "text": "Roses" }, "abort"] },
                { "when": "", "steps": [{ "repeat": { "times": 2, "steps": ["echo", { "exit": 3 }] } }] }
              ]
            }"#,
        )
        .unwrap();
        assert_eq!(
            script.steps("write a poem"),
            [Step::Reasoning("A poem.".into()), Step::Text("Roses".into()), Step::Abort]
        );
        assert_eq!(script.steps("else"), [Step::Echo, Step::Exit(3), Step::Echo, Step::Exit(3)]);
        assert!(script.load.reasoning, "what is left out has its default");
    }

    #[test]
    fn a_misspelt_name_is_refused_instead_of_ignored() {
        assert!(serde_json::from_str::<Script>(r#"{ "tok_sec": 150 }"#).is_err());
        assert!(serde_json::from_str::<Script>(r#"{ "answers": [{ "steps": ["abrot"] }] }"#).is_err());
    }

    #[test]
    fn without_a_rule_that_matches_it_echoes() {
        assert_eq!(Script::default().steps("anything"), [Step::Echo]);
    }
}
