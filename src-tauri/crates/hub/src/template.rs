//! What a chat template can do, read from its text without running it.

/// What a chat template can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TemplateAbilities {
    /// It can ask the model to reason aloud before it answers.
    pub thinks: bool,
    /// It can tell the model of tools.
    pub tools: bool,
}

/// Variables by which templates are told to let the model reason.
const SWITCHES: &[&str] = &["enable_thinking", "thinking", "thinking_mode", "enable_reasoning", "reasoning_effort"];

impl TemplateAbilities {
    /// Reads them from the template's text (Jinja). Thinking is a switch that the template asks for, or a
    /// `<think>` that it opens itself at the end of the prompt; one that it only repeats from earlier answers, or
    /// cuts out of them, is none.
    #[must_use]
    pub fn of(template: &str) -> Self {
        let end = template.rfind("add_generation_prompt").and_then(|at| template.get(at..)).unwrap_or_default();
        let code: Vec<String> = statements(template).map(without_texts).collect();
        let mentions = |word: &&str| code.iter().any(|statement| mentions(statement, word));
        Self { thinks: end.contains("<think>") || SWITCHES.iter().any(mentions), tools: mentions(&"tools") }
    }
}

/// Whether the word stands there as a word of its own.
fn mentions(statement: &str, word: &str) -> bool {
    let part_of_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    statement.match_indices(word).any(|(at, _)| {
        let before = statement.get(..at).and_then(|text| text.chars().next_back());
        let after = statement.get(at + word.len()..).and_then(|text| text.chars().next());
        !before.is_some_and(part_of_word) && !after.is_some_and(part_of_word)
    })
}

/// A statement without its quoted texts.
fn without_texts(statement: &str) -> String {
    let mut code = String::with_capacity(statement.len());
    let mut quote = None;
    let mut letters = statement.chars();
    while let Some(letter) = letters.next() {
        match quote {
            Some(_) if letter == '\\' => {
                letters.next();
            }
            Some(open) if letter == open => quote = None,
            Some(_) => {}
            None if letter == '"' || letter == '\'' => {
                quote = Some(letter);
                code.push(' ');
            }
            None => code.push(letter),
        }
    }
    code
}

/// What stands between `{%` and `%}`, and between `{{` and `}}`.
fn statements(template: &str) -> impl Iterator<Item = &str> {
    let mut rest = template;
    std::iter::from_fn(move || {
        let (begin, closing) = opening(rest)?;
        let inside = rest.get(begin + 2..)?;
        let end = inside.find(closing).unwrap_or(inside.len());
        rest = inside.get(end + 2..).unwrap_or_default();
        Some(&inside[..end])
    })
}

/// Where the first statement opens and what closes it. Both ways to open are looked for at once: one that never comes
/// would be looked for to the template's end again and again.
fn opening(text: &str) -> Option<(usize, &'static str)> {
    text.match_indices('{').find_map(|(at, _)| match text.as_bytes().get(at + 1) {
        Some(b'%') => Some((at, "%}")),
        Some(b'{') => Some((at, "}}")),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn abilities(template: &str) -> (bool, bool) {
        let TemplateAbilities { thinks, tools } = TemplateAbilities::of(template);
        (thinks, tools)
    }

    #[test]
    fn a_switch_or_an_opened_think_is_thinking() {
        assert_eq!(abilities("{% if enable_thinking is defined %}{{ '<think>' }}{% endif %}"), (true, false));
        assert_eq!(abilities("{% if add_generation_prompt %}{{ '<|assistant|><think>\n' }}{% endif %}"), (true, false));
        assert_eq!(abilities("{{ 'Reasoning: ' + reasoning_effort }}"), (true, false));
    }

    #[test]
    fn a_think_that_is_only_cut_out_is_none() {
        assert_eq!(
            abilities("{{ content.split('</think>')[-1] }}{% if add_generation_prompt %}{% endif %}"),
            (false, false)
        );
    }

    #[test]
    fn tools_count_only_as_a_word_of_a_statement() {
        assert_eq!(abilities("{% if tools %}{% endif %}"), (false, true));
        assert_eq!(abilities("{%- for tool in tools -%}{%- endfor -%}"), (false, true));
        assert_eq!(abilities("You have no tools. {{ messages }}"), (false, false));
        assert_eq!(abilities(r#"{{ "it's no use thinking of tools \" tools" + 'tools' }}"#), (false, false));
        assert_eq!(abilities("{{ pretools_x }}"), (false, false));
    }

    #[test]
    fn broken_templates_are_read_without_harm() {
        for template in ["{%", "{{", "{%}", "{{}}{%", "}}%}", "{{ü", "{% tools"] {
            let _ = TemplateAbilities::of(template);
        }
        assert!(abilities("{% tools").1, "an unclosed statement counts");
    }
}
