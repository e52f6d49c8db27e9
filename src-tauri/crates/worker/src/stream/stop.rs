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

    /// What may be shown of the text so far, and whether a stop text was reached.
    pub(crate) fn push(&mut self, text: &str) -> (String, bool) {
        if self.texts.is_empty() {
            return (text.to_owned(), false);
        }
        self.held.push_str(text);
        if let Some(at) = self.texts.iter().filter_map(|stop| self.held.find(stop.as_str())).min() {
            let before = self.held[..at].to_owned();
            self.held.clear();
            return (before, true);
        }
        let keep = self.texts.iter().map(|stop| held_back(&self.held, stop)).max().unwrap_or(0);
        let rest = self.held.split_off(self.held.len() - keep);
        (std::mem::replace(&mut self.held, rest), false)
    }

    /// What was held back when nothing more comes: it was no stop text after all.
    pub(crate) fn finish(&mut self) -> String {
        std::mem::take(&mut self.held)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(stops: &[&str], pieces: &[&str]) -> (String, bool) {
        let mut stop = StopTexts::new(&stops.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>());
        let mut out = String::new();
        for piece in pieces {
            let (text, reached) = stop.push(piece);
            out.push_str(&text);
            if reached {
                return (out, true);
            }
        }
        out.push_str(&stop.finish());
        (out, false)
    }

    #[test]
    fn a_stop_text_over_three_tokens_is_found_and_no_part_of_it_shown() {
        assert_eq!(run(&["END."], &["one E", "N", "D. two"]), ("one ".to_owned(), true));
    }

    #[test]
    fn what_only_looked_like_one_is_shown_in_the_end() {
        assert_eq!(run(&["END."], &["one E", "N", "D!"]), ("one END!".to_owned(), false));
        assert_eq!(run(&["END."], &["one EN"]), ("one EN".to_owned(), false));
    }

    #[test]
    fn the_earliest_of_several_counts_and_empty_ones_are_ignored() {
        assert_eq!(run(&["", "b", "a"], &["xay b"]), ("x".to_owned(), true));
    }

    #[test]
    fn characters_of_several_bytes_are_not_cut() {
        assert_eq!(run(&["éé"], &["né", "é"]), ("n".to_owned(), true));
        assert_eq!(run(&["éà"], &["né", "é"]), ("néé".to_owned(), false));
    }
}
