//! What a chat template can do, read from its text without running it.

/// What a chat template can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TemplateAbilities {
    /// It can ask the model to reason aloud before it answers.
    pub thinks: bool,
    /// It can tell the model of tools.
    pub tools: bool,
}

impl TemplateAbilities {
    /// Reads them from the template's text (Jinja).
    #[must_use]
    pub fn of(template: &str) -> Self {
        let thinks = ["enable_thinking", "<think>", "reasoning"].iter().any(|word| template.contains(word));
        Self { thinks, tools: template.contains("tools") }
    }
}
