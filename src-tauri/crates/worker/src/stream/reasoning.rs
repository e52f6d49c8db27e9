//! Reasoning apart from the answer: `<think>…</think>` and its relatives.

use super::held_back;

/// The marks that models put around their reasoning, opening and closing.
const MARKS: [(&str, &str); 4] = [
    ("<think>", "</think>"),
    ("[THINK]", "[/THINK]"),
    ("<seed:think>", "</seed:think>"),
    ("<|channel>thought\n", "<channel|>"),
];

/// The marks that a model with this chat template uses.
pub(crate) fn marks_of(template: &str) -> (&'static str, &'static str) {
    MARKS.into_iter().find(|(open, _)| template.contains(open.trim_end())).unwrap_or(MARKS[0])
}

/// A piece of what the model says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Thought.
    Reasoning(String),
    /// Said.
    Text(String),
}

enum State {
    /// Nothing but white space so far: reasoning may still open.
    Start,
    /// Inside the marks; the flag says whether anything was thought yet.
    Inside { begun: bool },
    /// Behind them; the flag says whether white space in front of the answer is still to be skipped.
    Behind { skip_space: bool },
}

/// Splits a stream of text into reasoning and answer. Reasoning stands in front of the answer or nowhere; a mark
/// in the middle of an answer is a word like any other.
pub(crate) struct Reasoning {
    open: &'static str,
    close: &'static str,
    state: State,
    held: String,
}

impl Reasoning {
    /// A splitter for these marks. `inside` says that the prompt has opened the reasoning already.
    pub(crate) fn new((open, close): (&'static str, &'static str), inside: bool) -> Self {
        let state = if inside { State::Inside { begun: false } } else { State::Start };
        Self { open, close, state, held: String::new() }
    }

    /// A splitter for a thought that goes on in its middle: the space in front of its next word is a part of it.
    pub(crate) fn within((open, close): (&'static str, &'static str)) -> Self {
        Self { open, close, state: State::Inside { begun: true }, held: String::new() }
    }

    /// A splitter for an answer that goes on in its middle.
    pub(crate) fn behind() -> Self {
        Self { open: "", close: "", state: State::Behind { skip_space: false }, held: String::new() }
    }

    /// Whether the model is thinking now.
    pub(crate) fn is_inside(&self) -> bool {
        matches!(self.state, State::Inside { .. })
    }

    /// The pieces that `text` completes.
    pub(crate) fn push(&mut self, text: &str) -> Vec<Piece> {
        self.held.push_str(text);
        let mut pieces = Vec::new();
        while self.step(&mut pieces) {}
        pieces
    }

    /// What was held back when nothing more comes.
    pub(crate) fn finish(&mut self) -> Option<Piece> {
        let held = std::mem::take(&mut self.held);
        match self.state {
            State::Inside { .. } => some(held.trim_end()).map(Piece::Reasoning),
            State::Start | State::Behind { .. } => some(&held).map(Piece::Text),
        }
    }

    /// Makes one step; false when more text is needed.
    fn step(&mut self, pieces: &mut Vec<Piece>) -> bool {
        match self.state {
            State::Start => {
                let said = self.held.trim_start();
                if let Some(thought) = said.strip_prefix(self.open) {
                    self.held = thought.to_owned();
                    self.state = State::Inside { begun: false };
                    return true;
                }
                if self.open.starts_with(said) {
                    return false;
                }
                // Many vocabularies write the first word with a space in front.
                self.state = State::Behind { skip_space: true };
                true
            }
            State::Inside { begun } => {
                if !begun {
                    self.held = self.held.trim_start().to_owned();
                }
                if let Some(at) = self.held.find(self.close) {
                    pieces.extend(some(self.held[..at].trim_end()).map(|t| Piece::Reasoning(t.to_owned())));
                    self.held = self.held.split_off(at + self.close.len());
                    self.state = State::Behind { skip_space: true };
                    return true;
                }
                // White space in front of the closing mark belongs to neither side.
                let safe = self.held.len() - held_back(&self.held, self.close);
                let safe = self.held[..safe].trim_end().len();
                let rest = self.held.split_off(safe);
                let thought = std::mem::replace(&mut self.held, rest);
                if !thought.is_empty() {
                    self.state = State::Inside { begun: true };
                    pieces.push(Piece::Reasoning(thought));
                }
                false
            }
            State::Behind { skip_space } => {
                if skip_space {
                    self.held = self.held.trim_start().to_owned();
                }
                if !self.held.is_empty() {
                    self.state = State::Behind { skip_space: false };
                    pieces.push(Piece::Text(std::mem::take(&mut self.held)));
                }
                false
            }
        }
    }
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds the text in pieces of every size and joins what comes out; all sizes must agree.
    fn split(inside: bool, text: &str) -> (String, String) {
        let run = |size: usize| {
            let mut reasoning = Reasoning::new(MARKS[0], inside);
            let (mut thought, mut said) = (String::new(), String::new());
            let chars: Vec<char> = text.chars().collect();
            let mut pieces: Vec<Piece> =
                chars.chunks(size).flat_map(|c| reasoning.push(&c.iter().collect::<String>())).collect();
            pieces.extend(reasoning.finish());
            for piece in pieces {
                match piece {
                    Piece::Reasoning(t) => thought.push_str(&t),
                    Piece::Text(t) => said.push_str(&t),
                }
            }
            (thought, said)
        };
        let whole = run(text.chars().count().max(1));
        for size in 1..6 {
            assert_eq!(run(size), whole, "the same in pieces of {size}");
        }
        whole
    }

    #[test]
    fn reasoning_that_the_model_opens_is_told_apart_without_blank_lines() {
        assert_eq!(split(false, "<think>\nHm, 2.\n</think>\n\nTwo."), ("Hm, 2.".into(), "Two.".into()));
    }

    #[test]
    fn reasoning_that_the_prompt_opened_begins_at_once() {
        assert_eq!(split(true, "Hm.\n</think>\nTwo.\n\nAnd so on."), ("Hm.".into(), "Two.\n\nAnd so on.".into()));
    }

    #[test]
    fn a_thought_that_goes_on_keeps_the_space_in_front() {
        let mut reasoning = Reasoning::within(MARKS[0]);
        let pieces = [reasoning.push(" the"), reasoning.push(" answer\n</think>\n\nTwo.")].concat();
        let thought = |text: &str| Piece::Reasoning(text.into());
        assert_eq!(pieces, [thought(" the"), thought(" answer"), Piece::Text("Two.".into())]);
    }

    #[test]
    fn an_empty_reasoning_leaves_nothing() {
        assert_eq!(split(false, "<think>\n\n</think>\n\nTwo."), (String::new(), "Two.".into()));
    }

    #[test]
    fn a_mark_in_the_middle_of_an_answer_is_a_word() {
        let text = "The tag <think> opens, </think> closes.";
        assert_eq!(split(false, text), (String::new(), text.into()));
    }

    #[test]
    fn an_answer_that_begins_like_a_mark_is_not_lost() {
        assert_eq!(split(false, "<thin ice>"), (String::new(), "<thin ice>".into()));
        assert_eq!(split(false, "<thi"), (String::new(), "<thi".into()));
    }

    #[test]
    fn white_space_in_front_of_an_answer_is_left_out() {
        assert_eq!(split(false, " The end. "), (String::new(), "The end. ".into()));
    }

    #[test]
    fn reasoning_that_never_ends_is_reasoning() {
        assert_eq!(split(true, "On and on </thin"), ("On and on </thin".into(), String::new()));
    }

    #[test]
    fn the_marks_come_from_the_template() {
        assert_eq!(marks_of("{{ '[THINK]' }}").1, "[/THINK]");
        assert_eq!(marks_of("nothing").0, "<think>");
    }
}
