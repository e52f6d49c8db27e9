//! From drawn tokens to what is reported: characters, reasoning, tool calls, stop texts, in this order.

pub(crate) mod reasoning;
mod stop;
pub(crate) mod tool_arguments;
pub(crate) mod tool_calls;
pub(crate) mod tool_forms;
mod utf8;

use reasoning::Reasoning;
use stop::StopTexts;
use tool_arguments::CallPiece;
use tool_calls::ToolCalls;
use utf8::Utf8;

/// What became clear with a token.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Said {
    /// More of the answer.
    pub(crate) text: String,
    /// More of the reasoning.
    pub(crate) reasoning: String,
    /// Tool calls, and more of their arguments.
    pub(crate) calls: Vec<CallPiece>,
    /// The stop text that was reached.
    pub(crate) stopped: Option<String>,
}

impl Said {
    /// Whether there is nothing to report.
    pub(crate) fn is_empty(&self) -> bool {
        self.text.is_empty() && self.reasoning.is_empty() && self.calls.is_empty()
    }
}

/// The way of one answer from bytes to reports.
pub(crate) struct Stream {
    utf8: Utf8,
    reasoning: Reasoning,
    calls: ToolCalls,
    stop: StopTexts,
    /// A stop text was reached: what comes behind it is no part of the answer.
    stopped: bool,
}

impl Stream {
    /// A stream with these parts; `stop` are the stop texts.
    pub(crate) fn new(reasoning: Reasoning, calls: ToolCalls, stop: &[String]) -> Self {
        Self { utf8: Utf8::default(), reasoning, calls, stop: StopTexts::new(stop), stopped: false }
    }

    /// Whether the model is thinking now.
    pub(crate) fn is_reasoning(&self) -> bool {
        self.reasoning.is_inside()
    }

    /// Takes the bytes of one token.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Said {
        let text = self.utf8.push(bytes);
        let mut said = Said::default();
        self.split(&text, &mut said);
        said
    }

    /// Gives what was held back, when nothing more comes. `cut` says that the answer was ended from outside.
    pub(crate) fn finish(&mut self, cut: bool) -> Said {
        let mut said = Said::default();
        let rest = self.utf8.finish();
        self.split(&rest, &mut said);
        if let Some(piece) = self.reasoning.finish() {
            self.take(piece, &mut said);
        }
        for piece in self.calls.finish(cut) {
            self.take_spoken(piece, &mut said);
        }
        // Empty where a stop text was reached.
        said.text.push_str(&self.stop.finish());
        said
    }

    fn split(&mut self, text: &str, said: &mut Said) {
        if text.is_empty() {
            return;
        }
        for piece in self.reasoning.push(text) {
            self.take(piece, said);
        }
    }

    fn take(&mut self, piece: reasoning::Piece, said: &mut Said) {
        match piece {
            reasoning::Piece::Reasoning(thought) => said.reasoning.push_str(&thought),
            reasoning::Piece::Text(text) => {
                for piece in self.calls.push(&text) {
                    self.take_spoken(piece, said);
                }
            }
        }
    }

    fn take_spoken(&mut self, piece: tool_calls::Piece, said: &mut Said) {
        if self.stopped {
            return;
        }
        match piece {
            tool_calls::Piece::Call(call) => said.calls.push(call),
            tool_calls::Piece::Text(text) => {
                let (text, stopped) = self.stop.push(&text);
                said.text.push_str(&text);
                self.stopped = stopped.is_some();
                said.stopped = stopped;
            }
        }
    }
}

/// How many bytes at the end of `text` may be the beginning of `mark`.
pub(crate) fn held_back(text: &str, mark: &str) -> usize {
    mark.char_indices().map(|(at, _)| at).filter(|at| *at > 0 && text.ends_with(&mark[..*at])).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_back_the_longest_beginning() {
        assert_eq!(held_back("abc<to", "<tool>"), 3);
        assert_eq!(held_back("abc", "<tool>"), 0);
        assert_eq!(held_back("aba", "abab"), 3);
        assert_eq!(held_back("<tool>", "<tool>"), 0, "a whole mark is found, not held back");
    }

    #[test]
    fn stop_texts_count_in_the_answer_and_not_in_the_reasoning() {
        let reasoning = Reasoning::new(("<think>", "</think>"), true);
        let mut stream = Stream::new(reasoning, ToolCalls::new(&[], false), &["stop".into()]);
        let said = stream.push(b"stop? no.</think>go on. stop here");
        assert_eq!(said.reasoning, "stop? no.");
        assert_eq!(said.text, "go on. ");
        assert_eq!(said.stopped.as_deref(), Some("stop"));
    }

    #[test]
    fn nothing_that_was_held_back_follows_a_stop_text() {
        let tools = [serde_json::json!({"type": "function", "function": {"name": "add"}})];
        for held in [" \n", " <tool_", "<tool_call>{\"name\": \"add\"}"] {
            let mut stream = Stream::new(Reasoning::behind(), ToolCalls::new(&tools, false), &["END".into()]);
            let said = stream.push(format!("one END{held}").as_bytes());
            assert_eq!((said.text.as_str(), said.stopped.as_deref()), ("one ", Some("END")));
            assert_eq!(stream.finish(false), Said::default(), "{held:?} was held back");
        }
    }
}
