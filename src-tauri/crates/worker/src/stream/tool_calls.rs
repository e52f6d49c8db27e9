//! Tool calls out of the text of an answer.
//!
//! Models write calls in a handful of forms. Everything that is, or may yet become, the beginning of one is held
//! back, so that the raw form never reaches the person. What turns out to be no call is said as text. The arguments of
//! a call are told while they are written where its form allows it (`tool_arguments`).

use std::collections::HashSet;

use serde_json::Value;

use super::held_back;
use super::tool_arguments::{Begun, CallPiece, Told, begun_json};
use super::tool_forms::{self, Call, Form};

/// A piece of an answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Said.
    Text(String),
    /// A tool to be called, or more of its arguments.
    Call(CallPiece),
}

/// Finds tool calls in a stream of text.
pub(crate) struct ToolCalls {
    forms: Vec<&'static Form>,
    /// A call may stand without any mark, as JSON, if it is all that the answer begins with.
    bare: bool,
    names: HashSet<String>,
    held: String,
    state: State,
    told: Told,
    calls: usize,
}

enum State {
    /// Nothing but white space so far: a bare call may still begin.
    Start,
    /// Text.
    Text,
    /// Behind the opening mark of this form.
    Inside(&'static Form),
    /// Inside what may be a bare call.
    Bare,
    /// Inside a call that the prompt has opened and a grammar rules: all that comes is JSON.
    Forced,
}

impl ToolCalls {
    /// A search for calls of `tools` (as OpenAI writes them). `bare` says that the model writes calls as plain
    /// JSON.
    pub(crate) fn new(tools: &[Value], bare: bool) -> Self {
        let names = tools.iter().filter_map(tool_forms::tool_name).map(str::to_owned).collect::<HashSet<_>>();
        let forms = if names.is_empty() { Vec::new() } else { tool_forms::FORMS.iter().collect() };
        let state = if bare && !names.is_empty() { State::Start } else { State::Text };
        Self { forms, bare, names, held: String::new(), state, told: Told::default(), calls: 0 }
    }

    /// For an answer that is nothing but a call of one of `tools` in JSON, without marks.
    pub(crate) fn forced(tools: &[Value]) -> Self {
        Self { state: State::Forced, ..Self::new(tools, false) }
    }

    /// The pieces that `text` completes.
    pub(crate) fn push(&mut self, text: &str) -> Vec<Piece> {
        if self.forms.is_empty() {
            return if text.is_empty() { Vec::new() } else { vec![Piece::Text(text.to_owned())] };
        }
        self.held.push_str(text);
        let mut pieces = Vec::new();
        while self.step(&mut pieces) {}
        pieces
    }

    /// What is left when nothing more comes. `cut` says that the answer was ended from outside: half a call is
    /// then dropped, for nobody can use it.
    pub(crate) fn finish(&mut self, cut: bool) -> Vec<Piece> {
        let held = std::mem::take(&mut self.held);
        let calls = match &self.state {
            State::Inside(form) => (form.read)(&held, true),
            State::Bare => self.bare_call(&held),
            State::Forced => tool_forms::read_json_calls(&held),
            State::Start | State::Text => None,
        };
        match (calls, &self.state) {
            (Some(calls), _) if !calls.is_empty() => self.told.whole(calls).map(Piece::Call).collect(),
            // Half a call: nobody asked for its text.
            (_, State::Forced) => Vec::new(),
            (_, State::Inside(form)) if !cut => text(format!("{}{held}", form.open)),
            (_, State::Inside(_)) => Vec::new(),
            (_, State::Bare) if cut && self.is_half_a_call(&held) => Vec::new(),
            // Behind a call, white space is only what separated it from the next.
            _ if self.calls > 0 && held.trim().is_empty() => Vec::new(),
            _ => text(held),
        }
    }

    fn step(&mut self, pieces: &mut Vec<Piece>) -> bool {
        match self.state {
            State::Start => {
                // Between bare calls stands a semicolon or a line break.
                let said = match self.calls {
                    0 => self.held.trim_start(),
                    _ => self.held.trim_start_matches([';', '\n', ' ']),
                };
                if said.is_empty() {
                    return false;
                }
                self.held = said.to_owned();
                let said = self.held.as_str();
                self.state = if said.starts_with('{') { State::Bare } else { State::Text };
                true
            }
            State::Text => self.step_text(pieces),
            State::Bare => self.step_bare(pieces),
            State::Inside(form) => self.step_inside(form, pieces),
            State::Forced => {
                self.tell_arguments(begun_json, self.held.len(), pieces);
                false
            }
        }
    }

    fn step_bare(&mut self, pieces: &mut Vec<Piece>) -> bool {
        self.tell_arguments(begun_json, self.held.len(), pieces);
        let Some(end) = tool_forms::json_end(&self.held) else { return false };
        let calls = self.bare_call(&self.held[..end]).unwrap_or_default();
        if calls.is_empty() {
            self.state = State::Text;
        } else {
            self.held = self.held.split_off(end);
            self.state = State::Start;
        }
        self.call(calls, pieces);
        true
    }

    fn step_inside(&mut self, form: &Form, pieces: &mut Vec<Piece>) -> bool {
        let end = (form.end)(&self.held);
        let inside = end.as_ref().map_or(self.held.len(), |end| end.body);
        self.tell_arguments(form.begun, inside, pieces);
        let Some(at) = end else { return false };
        let calls = (form.read)(&self.held[..at.body], false).unwrap_or_default();
        if calls.is_empty() {
            // It looked like a call and is none: let the person see what the model said.
            pieces.extend(text(format!("{}{}", form.open, &self.held[..at.next])));
        }
        self.held = self.held.split_off(at.next);
        self.state = State::Text;
        self.call(calls, pieces);
        true
    }

    /// Tells what the first `inside` bytes of what is held have more of a call's arguments than was told.
    fn tell_arguments(&mut self, begun: fn(&str) -> Option<Begun<'_>>, inside: usize, pieces: &mut Vec<Piece>) {
        pieces.extend(self.told.more(&self.names, begun(&self.held[..inside])).map(Piece::Call));
    }

    /// Ends what looked like a call: it was these calls, or none.
    fn call(&mut self, calls: Vec<Call>, pieces: &mut Vec<Piece>) {
        self.calls += calls.len();
        pieces.extend(self.told.whole(calls).map(Piece::Call));
    }

    fn step_text(&mut self, pieces: &mut Vec<Piece>) -> bool {
        let found = self
            .forms
            .iter()
            .filter_map(|form| self.held.find(form.open).map(|at| (at, *form)))
            .min_by_key(|(at, form)| (*at, usize::MAX - form.open.len()));
        if let Some((at, form)) = found {
            let before = self.held[..at].to_owned();
            self.held = self.held.split_off(at + form.open.len());
            self.say(before.trim_end().to_owned(), pieces);
            self.state = State::Inside(form);
            return true;
        }
        let keep = self.forms.iter().map(|form| held_back(&self.held, form.open)).max().unwrap_or(0);
        // White space may be what stands in front of a call and is kept with it.
        let safe = self.held[..self.held.len() - keep].trim_end().len();
        let rest = self.held.split_off(safe);
        let said = std::mem::replace(&mut self.held, rest);
        self.say(said, pieces);
        false
    }

    fn say(&mut self, said: String, pieces: &mut Vec<Piece>) {
        if said.trim().is_empty() && self.calls > 0 {
            return;
        }
        pieces.extend(text(said));
    }

    /// The call that this JSON is, if it names a tool that was offered.
    fn bare_call(&self, json: &str) -> Option<Vec<Call>> {
        if !self.bare {
            return None;
        }
        let calls = tool_forms::read_json_calls(json)?;
        calls.iter().all(|call| self.names.contains(&call.name)).then_some(calls)
    }

    /// Whether this beginning of JSON is a call of an offered tool as far as it goes, and not an answer in JSON.
    fn is_half_a_call(&self, json: &str) -> bool {
        let json: String = json.split_whitespace().collect();
        self.names.iter().any(|name| {
            let call = format!("{{\"name\":\"{name}\"");
            json.starts_with(&call) || call.starts_with(&json)
        })
    }
}

fn text(said: String) -> Vec<Piece> {
    if said.is_empty() { Vec::new() } else { vec![Piece::Text(said)] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use inglenook_engine::protocol::ToolArguments;
    use serde_json::json;

    fn tools() -> Vec<Value> {
        vec![json!({"type": "function", "function": {"name": "add", "parameters": {}}})]
    }

    /// Everything that a parser says of `input` in pieces of `size` characters.
    fn pieces(mut parser: ToolCalls, size: usize, cut: bool, input: &str) -> Vec<Piece> {
        let chars: Vec<char> = input.chars().collect();
        let mut pieces: Vec<Piece> =
            chars.chunks(size).flat_map(|c| parser.push(&c.iter().collect::<String>())).collect();
        pieces.extend(parser.finish(cut));
        pieces
    }

    fn run_in(size: usize, bare: bool, cut: bool, input: &str) -> (String, Vec<(String, String)>) {
        let (mut said, mut calls) = (String::new(), Vec::new());
        let mut open: Option<ToolArguments> = None;
        for piece in pieces(ToolCalls::new(&tools(), bare), size, cut, input) {
            match piece {
                Piece::Text(t) => {
                    open = None;
                    said.push_str(&t);
                }
                Piece::Call(CallPiece::Arguments(more)) => {
                    assert!(!more.text.is_empty(), "an empty piece of {input:?}");
                    match &mut open {
                        Some(told) => {
                            assert_eq!((&told.id, &told.name), (&more.id, &more.name), "one call at a time: {input:?}");
                            told.text.push_str(&more.text);
                        }
                        None => open = Some(more),
                    }
                }
                Piece::Call(CallPiece::Whole(c)) => {
                    if let Some(told) = open.take() {
                        assert_eq!((told.id, &told.name, &told.text), (c.id, &c.name, &c.arguments), "{input:?}");
                    }
                    calls.push((c.name, c.arguments));
                }
            }
        }
        (said, calls)
    }

    /// The arguments that are told while `input` comes character by character, and in how many pieces.
    fn told_in(parser: ToolCalls, input: &str) -> (String, usize) {
        let more = |piece| match piece {
            Piece::Call(CallPiece::Arguments(more)) => Some(more.text),
            Piece::Call(CallPiece::Whole(_)) | Piece::Text(_) => None,
        };
        let told: Vec<String> = pieces(parser, 1, true, input).into_iter().filter_map(more).collect();
        (told.concat(), told.len())
    }

    fn told(bare: bool, input: &str) -> String {
        told_in(ToolCalls::new(&tools(), bare), input).0
    }

    fn run(bare: bool, input: &str) -> (String, Vec<(String, String)>) {
        let whole = run_in(input.chars().count().max(1), bare, false, input);
        for size in 1..8 {
            assert_eq!(run_in(size, bare, false, input), whole, "the same in pieces of {size}");
        }
        whole
    }

    fn add(arguments: &str) -> Vec<(String, String)> {
        vec![("add".to_owned(), arguments.to_owned())]
    }

    #[test]
    fn a_hermes_call_is_taken_out_and_its_arguments_kept_as_written() {
        let (said, calls) = run(
            false,
            "One moment.\n<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": 1.0,  \"b\": \"<x>\"}}\n</tool_call>",
        );
        assert_eq!(said, "One moment.");
        assert_eq!(calls, add("{\"a\": 1.0,  \"b\": \"<x>\"}"));
    }

    #[test]
    fn calls_of_phi_4_have_marks_of_their_own() {
        let text = "<|tool_call|>[{\"name\": \"add\", \"arguments\": {\"a\": 1}}]<|/tool_call|>";
        assert_eq!(run(false, text), (String::new(), add("{\"a\": 1}")));
    }

    #[test]
    fn several_hermes_calls_in_a_row_leave_no_text() {
        let one = "<tool_call>\n{\"name\": \"add\", \"arguments\": {}}\n</tool_call>";
        let (said, calls) = run(false, &format!("{one}\n{one}\n"));
        assert_eq!((said.as_str(), calls.len()), ("", 2));
    }

    #[test]
    fn mistral_calls_come_as_a_list_or_by_name() {
        assert_eq!(run(false, "[TOOL_CALLS][{\"name\": \"add\", \"arguments\": {\"a\": 1}}]").1, add("{\"a\": 1}"));
        assert_eq!(
            run(false, "[TOOL_CALLS] [{\"name\": \"add\", \"arguments\": {}}, {\"name\": \"add\", \"arguments\": {}}]")
                .1
                .len(),
            2
        );
        assert_eq!(run(false, "[TOOL_CALLS]add[ARGS]{\"a\": 1}").1, add("{\"a\": 1}"));
        assert_eq!(run(false, "[TOOL_CALLS]add{\"a\": 1}[TOOL_CALLS]add{\"a\": 1}").1.len(), 2);
    }

    #[test]
    fn llama_calls_are_bare_or_behind_the_python_tag() {
        assert_eq!(run(true, "{\"name\": \"add\", \"parameters\": {\"a\": 1}}").1, add("{\"a\": 1}"));
        assert_eq!(run(true, "<|python_tag|>{\"name\": \"add\", \"parameters\": {\"a\": 1}}").1, add("{\"a\": 1}"));
        let two = "{\"name\": \"add\", \"parameters\": {}}; {\"name\": \"add\", \"parameters\": {}}";
        assert_eq!(run(true, two).1.len(), 2);
    }

    #[test]
    fn json_that_is_no_call_of_an_offered_tool_is_text() {
        let other = "{\"name\": \"Ada\", \"parameters\": {}}";
        assert_eq!(run(true, other), (other.to_owned(), Vec::new()));
        let open = "{\"name\": \"add\", \"par";
        assert_eq!(run(true, open), (open.to_owned(), Vec::new()));
    }

    #[test]
    fn deepseek_calls_in_both_forms() {
        let v3 = "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>add\n```json\n{\"a\": 1}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>";
        assert_eq!(run(false, v3), (String::new(), add("{\"a\": 1}")));
        let v31 = "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>add<｜tool▁sep｜>{\"a\": 1}<｜tool▁call▁end｜><｜tool▁calls▁end｜>";
        assert_eq!(run(false, v31), (String::new(), add("{\"a\": 1}")));
    }

    #[test]
    fn calls_with_one_element_a_parameter() {
        let xml = "<tool_call>\n<function=add>\n<parameter=a>\n1\n</parameter>\n<parameter=b>\nx y\n</parameter>\n</function>\n</tool_call>";
        assert_eq!(run(false, xml).1, add("{\"a\":1,\"b\":\"x y\"}"));
    }

    #[test]
    fn what_looks_like_a_call_and_is_none_is_shown() {
        let broken = "<tool_call>\nadd one and two\n</tool_call>";
        assert_eq!(run(false, broken), (broken.to_owned(), Vec::new()));
        assert_eq!(run(false, "a < b and <tool> is"), ("a < b and <tool> is".to_owned(), Vec::new()));
    }

    #[test]
    fn a_call_whose_closing_mark_is_missing_counts_but_half_a_call_is_dropped() {
        assert_eq!(run(false, "<tool_call>\n{\"name\": \"add\", \"arguments\": {}}").1, add("{}"));
        assert_eq!(run_in(3, false, true, "So:\n<tool_call>\n{\"name\": \"ad"), ("So:".to_owned(), Vec::new()));
        for half in ["{\"name\": \"ad", "{\"name\": \"add\", \"parameters\": {\"a\": 1"] {
            assert_eq!(run_in(3, true, true, half), (String::new(), Vec::new()), "{half}");
        }
    }

    #[test]
    fn an_answer_in_json_that_is_cut_is_shown_as_far_as_it_came() {
        for json in ["{\"name\": \"Ada\", \"ye", "{\"city\": \"Tal"] {
            assert_eq!(run_in(3, true, true, json), (json.to_owned(), Vec::new()));
        }
    }

    #[test]
    fn arguments_are_told_as_they_are_written_in_every_form_that_has_them_as_they_are() {
        let arguments = r#"{"a": {"b": "}\"<tool_", "c": [1,  2.0]}, "d": "né ```json [ARGS]"}"#;
        let call = format!(r#"{{"name": "add", "arguments": {arguments}}}"#);
        for (bare, form) in [
            (false, format!("So:\n<tool_call>\n{call}\n</tool_call>")),
            (
                false,
                format!(
                    "<tool_call>{{\"id\": 7, \"parameters_of\": [], \"name\" : \"add\",\n\"parameters\":{arguments}}}"
                ),
            ),
            (false, format!("<tool_call>{{\"type\": \"function\", \"function\": {call}}}</tool_call>")),
            (false, format!("<|tool_call|>[ {call}]<|/tool_call|>")),
            (false, format!("[TOOL_CALLS] [{call}]")),
            (false, format!("[TOOL_CALLS]add[CALL_ID]x1[ARGS] {arguments}")),
            (false, format!("[TOOL_CALLS]add{arguments}")),
            (false, format!("<|python_tag|>{call}")),
            (true, call.clone()),
            (false, format!("<｜tool▁call▁begin｜>add<｜tool▁sep｜>{arguments}<｜tool▁call▁end｜>")),
            (
                false,
                format!(
                    "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>add\n```json\n{arguments}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>"
                ),
            ),
        ] {
            let (told, count) = told_in(ToolCalls::new(&tools(), bare), &form);
            let every_character = arguments.chars().count();
            assert_eq!((told.as_str(), count), (arguments, every_character - 1), "but for the point of 2.0: {form}");
            assert_eq!(run(bare, &form).1, add(arguments), "{form}");
        }
    }

    #[test]
    fn nothing_is_told_of_arguments_before_the_call_is_certain() {
        for text in [
            "<tool_call>{\"name\": \"subtract\", \"arguments\": {\"a\": 1",
            "<tool_call>{\"name\": \"add\", \"arguments\": ",
            "<tool_call>{\"name\": \"add\", \"arguments\": \"{\\\"a\\\": 1",
            "<tool_call>{\"arguments\": {\"a\": 1}, \"name\": \"ad",
            "<tool_call>\n<function=add>\n<parameter=a>\n{\"name\": \"add\", \"arguments\": {",
            "<tool_call>{\"name\": \"add\", \"function\": {\"name\": \"add\", \"arguments\": {",
            "[TOOL_CALLS]subtract[ARGS]{\"a\": 1",
            "{\"name\": \"add\", \"arguments\": {",
        ] {
            assert_eq!(told(false, text), "", "{text}");
        }
        assert_eq!(told(true, "{\"name\": \"Ada\", \"parameters\": {\"a\": 1}}"), "");
    }

    #[test]
    fn the_first_call_of_a_list_is_told_and_the_others_come_whole() {
        let two = "[TOOL_CALLS][{\"name\": \"add\", \"arguments\": {\"a\": 1}}, {\"name\": \"add\", \"arguments\": {\"b\": 2}}]";
        assert_eq!(told(false, two), "{\"a\": 1}");
        assert_eq!(run(false, two).1, [add("{\"a\": 1}"), add("{\"b\": 2}")].concat());
    }

    #[test]
    fn what_was_told_stands_where_the_call_is_cut_or_broken() {
        let half = "<tool_call>{\"name\": \"add\", \"arguments\": {\"a\": \"x";
        assert_eq!(told(false, half), "{\"a\": \"x");
        assert_eq!(run_in(1, false, true, half), (String::new(), Vec::new()), "and nobody can use half a call");
        assert_eq!(run(false, half), (half.to_owned(), Vec::new()), "what the model ended itself is shown");
        let broken = "<tool_call>{\"name\": \"add\", \"arguments\": {\"a\": 1, b: 2}}</tool_call> So.";
        assert_eq!(told(false, broken), "{\"a\": 1, ", "as far as it was JSON");
        assert_eq!(run(false, broken), (broken.to_owned(), Vec::new()));
    }

    #[test]
    fn a_forced_call_is_told_as_it_is_written_and_is_never_text() {
        for call in
            ["{\"name\": \"add\", \"arguments\": {\"a\": 1}}", "[{\"name\": \"add\", \"arguments\": {\"a\": 1}}]"]
        {
            assert_eq!(told_in(ToolCalls::forced(&tools()), call), ("{\"a\": 1}".to_owned(), 8));
            let whole = pieces(ToolCalls::forced(&tools()), 1, false, call).pop();
            let Some(Piece::Call(CallPiece::Whole(whole))) = whole else { panic!("{whole:?}") };
            assert_eq!((whole.name.as_str(), whole.arguments.as_str()), ("add", "{\"a\": 1}"));
            let cut = pieces(ToolCalls::forced(&tools()), 1, true, &call[..call.len() - 2]).pop();
            assert!(
                matches!(cut, Some(Piece::Call(CallPiece::Arguments(_)))),
                "half a call ends with what was told: {cut:?}"
            );
        }
    }

    #[test]
    fn without_tools_everything_is_text() {
        let mut parser = ToolCalls::new(&[], true);
        assert_eq!(parser.push("<tool_call>"), [Piece::Text("<tool_call>".into())]);
    }
}
