//! The tool calls of one answer on their way, for every family that tells them in pieces: where a call begins, what more
//! there is of its arguments, where it ends.

use inglenook_engine::protocol::{Delta, ToolArguments, ToolCallOut};

/// What was told of the calls of one answer.
#[derive(Debug, Default)]
pub(crate) struct Calls {
    /// One call at most.
    one: bool,
    begun: usize,
    whole: usize,
    /// The call that is being written, and how many bytes of its arguments were told.
    open: Option<(String, usize)>,
}

/// More of a call.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct CallPiece {
    /// The number of the call in the answer, from 0.
    pub(crate) number: usize,
    /// The call's identifier and its tool, where it begins with this piece.
    pub(crate) begins: Option<(String, String)>,
    /// More of its arguments; may be empty.
    pub(crate) more: String,
    /// The call as a whole, where it ends with this piece. A call that never ends was cut, or was none after all.
    pub(crate) ends: Option<ToolCallOut>,
}

impl Calls {
    /// `one` says that a second call is left out.
    pub(crate) fn new(one: bool) -> Self {
        Self { one, ..Self::default() }
    }

    /// Calls that ended.
    pub(crate) fn whole(&self) -> usize {
        self.whole
    }

    /// What a part of the answer tells of calls.
    pub(crate) fn take(&mut self, delta: &mut Delta) -> Vec<CallPiece> {
        let arguments = delta.tool_arguments.take().and_then(|more| self.arguments(more));
        let whole = delta.tool_call.take().and_then(|call| self.end(call));
        arguments.into_iter().chain(whole).collect()
    }

    fn arguments(&mut self, more: ToolArguments) -> Option<CallPiece> {
        let ToolArguments { id, name, text } = more;
        let begins = self.begin(&id, &name)?;
        if let Some((_, told)) = &mut self.open {
            *told += text.len();
        }
        Some(CallPiece { number: self.begun - 1, begins, more: text, ends: None })
    }

    fn end(&mut self, call: ToolCallOut) -> Option<CallPiece> {
        let begins = self.begin(&call.id, &call.name)?;
        let told = self.open.take().map_or(0, |(_, told)| told);
        self.whole += 1;
        let more = call.arguments.get(told..).unwrap_or_default().to_owned();
        Some(CallPiece { number: self.begun - 1, begins, more, ends: Some(call) })
    }

    /// Begins a call unless it is open already; `None` where it is to be left out.
    fn begin(&mut self, id: &str, name: &str) -> Option<Option<(String, String)>> {
        if self.open.as_ref().is_some_and(|(open, _)| open == id) {
            return Some(None);
        }
        if self.one && self.begun > 0 {
            return None;
        }
        self.begun += 1;
        self.open = Some((id.to_owned(), 0));
        Some(Some((id.to_owned(), name.to_owned())))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// More of the arguments of a call of `add`.
    pub(crate) fn arguments(id: &str, text: &str) -> Delta {
        let more = ToolArguments { id: id.into(), name: "add".into(), text: text.into() };
        Delta { tool_arguments: Some(more), ..Delta::default() }
    }

    /// A whole call of `add`.
    pub(crate) fn call(id: &str, arguments: &str) -> Delta {
        let call = ToolCallOut { id: id.into(), name: "add".into(), arguments: arguments.into() };
        Delta { tool_call: Some(call), ..Delta::default() }
    }

    /// Number, beginning, arguments and end of each piece.
    fn told(one: bool, deltas: Vec<Delta>) -> Vec<(usize, bool, String, bool)> {
        let mut calls = Calls::new(one);
        let pieces = deltas.into_iter().flat_map(|mut delta| calls.take(&mut delta));
        pieces.map(|piece| (piece.number, piece.begins.is_some(), piece.more, piece.ends.is_some())).collect()
    }

    #[test]
    fn a_call_in_pieces_begins_once_and_ends_with_what_is_missing() {
        let deltas = vec![arguments("a", "{"), arguments("a", "\"x\":"), call("a", "{\"x\":1}"), call("b", "{}")];
        let expected =
            [(0, true, "{", false), (0, false, "\"x\":", false), (0, false, "1}", true), (1, true, "{}", true)];
        assert_eq!(told(false, deltas), expected.map(|(n, begins, more, ends)| (n, begins, more.to_owned(), ends)));
    }

    #[test]
    fn a_delta_may_hold_the_last_piece_and_the_end() {
        let both = Delta { tool_call: call("a", "{}").tool_call, ..arguments("a", "{}") };
        let expected = [(0, true, "{}".to_owned(), false), (0, false, String::new(), true)];
        assert_eq!(told(false, vec![both]), expected);
    }

    #[test]
    fn of_a_second_call_nothing_is_told_where_one_is_wanted() {
        let deltas = vec![arguments("a", "{}"), call("a", "{}"), arguments("b", "{"), call("b", "{}"), call("c", "{}")];
        assert_eq!(told(true, deltas).iter().map(|piece| piece.0).max(), Some(0));
        let broken = vec![arguments("a", "{a"), call("b", "{}")];
        assert_eq!(told(true, broken), [(0, true, "{a".to_owned(), false)], "what was begun counts");
    }

    #[test]
    fn a_call_that_never_ends_is_no_whole_one() {
        let mut calls = Calls::new(false);
        calls.take(&mut arguments("a", "{"));
        assert_eq!(calls.whole(), 0);
        calls.take(&mut call("b", "{}"));
        assert_eq!(calls.whole(), 1);
    }
}
