//! Stop texts: found over token borders, never shown, not even in part.

use super::held_back;

/// Looks for stop texts in what is said.
pub(crate) struct StopTexts {
    texts: Vec<String>,
    held: String,
}

impl StopTexts {
    /// A search for `texts`; empty ones are left out, they would end every answer at once.
    pub(crate) fn new(texts: &[String]) -> Self {
        Self { texts: texts.iter().filter(|t| !t.is_empty()).cloned().collect(), held: String::new() }
    }

    /// What may be shown of the text so far, and the stop text that was reached: the one that is whole first, and of
    /// several that are whole at the same character the longest, so that it does not depend on where tokens end.
    pub(crate) fn push(&mut self, text: &str) -> (String, Option<String>) {
        if self.texts.is_empty() {
            return (text.to_owned(), None);
        }
        self.held.push_str(text);
        let found = self.texts.iter().filter_map(|stop| self.held.find(stop).map(|at| (at + stop.len(), at, stop)));
        if let Some((_, at, stop)) = found.min() {
            let before = self.held[..at].to_owned();
            self.held.clear();
            return (before, Some(stop.clone()));
        }
        let keep = self.texts.iter().map(|stop| held_back(&self.held, stop)).max().unwrap_or(0);
        let rest = self.held.split_off(self.held.len() - keep);
        (std::mem::replace(&mut self.held, rest), None)
    }

    /// What was held back when nothing more comes: it was no stop text after all.
    pub(crate) fn finish(&mut self) -> String {
        std::mem::take(&mut self.held)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(stops: &[&str], pieces: &[&str]) -> (String, Option<String>) {
        let mut stop = StopTexts::new(&stops.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>());
        let mut out = String::new();
        for piece in pieces {
            let (text, reached) = stop.push(piece);
            out.push_str(&text);
            if reached.is_some() {
                return (out, reached);
            }
        }
        out.push_str(&stop.finish());
        (out, None)
    }

    fn stopped(text: &str, by: &str) -> (String, Option<String>) {
        (text.to_owned(), Some(by.to_owned()))
    }

    #[test]
    fn a_stop_text_over_three_tokens_is_found_and_no_part_of_it_shown() {
        assert_eq!(run(&["END."], &["one E", "N", "D. two"]), stopped("one ", "END."));
    }

    #[test]
    fn what_only_looked_like_one_is_shown_in_the_end() {
        assert_eq!(run(&["END."], &["one E", "N", "D!"]), ("one END!".to_owned(), None));
        assert_eq!(run(&["END."], &["one EN"]), ("one EN".to_owned(), None));
    }

    #[test]
    fn the_earliest_of_several_counts_and_empty_ones_are_ignored() {
        assert_eq!(run(&["", "b", "a"], &["xay b"]), stopped("x", "a"));
    }

    #[test]
    fn the_first_that_is_whole_is_named_wherever_tokens_end() {
        for (stops, text, expected) in [
            (["c", "bcd"], "abcd", stopped("ab", "c")),
            (["cd", "bcd"], "abcd", stopped("a", "bcd")),
            (["bc", "b"], "abcd", stopped("a", "b")),
        ] {
            for size in 1..=text.len() {
                let pieces: Vec<&str> =
                    text.as_bytes().chunks(size).map(|piece| std::str::from_utf8(piece).unwrap()).collect();
                assert_eq!(run(&stops, &pieces), expected, "{stops:?} in pieces of {size}");
            }
        }
    }

    #[test]
    fn characters_of_several_bytes_are_not_cut() {
        assert_eq!(run(&["éé"], &["né", "é"]), ("n".to_owned(), Some("éé".to_owned())));
        assert_eq!(run(&["éà"], &["né", "é"]), ("néé".to_owned(), None));
    }
}
