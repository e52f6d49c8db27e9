//! The automatic title of a chat: the beginning of the first message.

/// The longest automatic title, characters; what fits a sidebar.
const LONGEST: usize = 60;
/// A word is only cut where keeping it whole would leave less than this, characters.
const SHORTEST: usize = 30;

/// The first line of `text` that says anything, cut at a word.
pub(crate) fn automatic(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let words = line.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() <= LONGEST {
        return words;
    }
    let start: String = words.chars().take(LONGEST).collect();
    let cut = match start.rfind(' ') {
        Some(space) if start[..space].chars().count() >= SHORTEST => &start[..space],
        _ => start.as_str(),
    };
    format!("{}…", cut.trim_end_matches([' ', ',', ';', ':', '.']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_first_line_is_the_title() {
        assert_eq!(automatic("\n  What is   a hearth? \nTell me."), "What is a hearth?");
        assert_eq!(automatic(" \n "), "");
    }

    #[test]
    fn a_long_line_is_cut_at_a_word() {
        let title =
            automatic("Please explain to me, step by step, how the chimney of an old house draws smoke upwards");
        assert_eq!(title, "Please explain to me, step by step, how the chimney of an…");
    }

    #[test]
    fn a_line_without_spaces_is_cut_between_letters() {
        let title = automatic(&"暖炉".repeat(80));
        assert_eq!(title.chars().count(), LONGEST + 1, "whole characters, and the sign that there is more");
    }
}
