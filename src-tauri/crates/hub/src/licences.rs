//! Licences in plain words: what one may do with a model and what is asked for it, told from the identifier or the
//! name that its page gives. No legal advice: the text itself counts, and what is not known here is said to be unknown.
//!
//! The knowledge is `data/licences.json`, written in our words after the licences' own texts. Nothing is fetched here.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

static SOURCE: &str = include_str!("../data/licences.json");

/// All that is known, and the row of each name of it.
static KNOWN: LazyLock<Known> = LazyLock::new(|| Known::of(parsed()));

/// Characters of a name that a page made up which are shown.
const NAME_LONGEST: usize = 80;

/// Bytes of a link that is still taken.
const LINK_LONGEST: usize = 500;

/// A licence as a person reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Licence {
    /// As tags on the Hub have it, in small letters; [`NONE`] where the page names none, [`OTHER`] where it names one
    /// that nobody else uses.
    pub id: String,
    /// For people: "Llama 3.1 Community Licence".
    pub name: String,
    /// What one may do, in one to three sentences.
    pub summary: String,
    /// What it asks of whoever uses, changes or shares the model; each without a full stop.
    pub asks: Vec<String>,
    /// Whether the model may be used for business.
    pub commercial: Commercial,
    /// Free in the usual sense: anyone may use, change and share it for any purpose.
    pub free: bool,
    /// Where the full text is; always `https`.
    #[serde(default)]
    pub link: Option<String>,
}

/// Whether a licence lets a model be used for business.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Commercial {
    /// Without more than naming its makers and keeping notices.
    Yes,
    /// Not without another licence.
    No,
    /// Within limits that it sets: users, revenue, or what it is used for.
    Conditions,
    /// What the page says does not tell.
    Unknown,
}

/// The identifier of a page that names no licence.
pub const NONE: &str = "none";

/// The identifier of a licence that is not known here.
pub const OTHER: &str = "other";

/// The licence that a model's page names. `id` is the Hub's tag without `license:`; `name` and `link` are what the card
/// says beside `license: other`. All three are other people's words: nothing of them is trusted beyond being shown.
#[must_use]
pub fn licence(id: Option<&str>, name: Option<&str>, link: Option<&str>) -> Licence {
    let id = id.map(plain).filter(|id| !id.is_empty());
    let name = name.map(shown).filter(|name| !name.is_empty());
    let own_id = id.as_deref().filter(|id| !matches!(*id, OTHER | "unknown" | NONE));
    let known = own_id.and_then(|id| KNOWN.find(id)).or_else(|| match own_id {
        None => name.as_deref().and_then(|name| KNOWN.find(&plain(name))),
        Some(_) => None,
    });
    let link = link.and_then(safe_link);
    if let Some(known) = known {
        let mut known = known.clone();
        known.link = known.link.or(link);
        return known;
    }
    // What a card calls its licence says more than a tag that nobody knows.
    match name.or_else(|| own_id.map(shown)) {
        Some(name) => unheard_of(&name, link),
        None if id.as_deref() == Some(OTHER) || link.is_some() => nameless(link),
        None => missing(),
    }
}

fn unheard_of(name: &str, link: Option<String>) -> Licence {
    Licence {
        id: OTHER.to_owned(),
        name: name.to_owned(),
        summary: format!("Its own licence, “{name}”. Read it before you use the model for work."),
        asks: Vec::new(),
        commercial: Commercial::Unknown,
        free: false,
        link,
    }
}

fn nameless(link: Option<String>) -> Licence {
    Licence {
        id: OTHER.to_owned(),
        name: "Its own licence".to_owned(),
        summary: "Its own licence, which its page does not name. Read it before you use the model for work.".to_owned(),
        asks: Vec::new(),
        commercial: Commercial::Unknown,
        free: false,
        link,
    }
}

fn missing() -> Licence {
    Licence {
        id: NONE.to_owned(),
        name: "No licence named".to_owned(),
        summary: "Its page names no licence, so nothing here says what you may do with it. Ask its maker before you use it for work.".to_owned(),
        asks: Vec::new(),
        commercial: Commercial::Unknown,
        free: false,
        link: None,
    }
}

/// An entry of the data: a licence and the other names that cards have for it.
#[derive(Deserialize)]
struct Row {
    #[serde(default)]
    names: Vec<String>,
    #[serde(flatten)]
    licence: Licence,
}

fn parsed() -> Vec<Row> {
    serde_json::from_str(SOURCE).unwrap_or_else(|error| {
        // The file is part of the program and a test reads it; without it every licence is one to be read.
        tracing::error!(%error, "the built-in licences cannot be read");
        Vec::new()
    })
}

struct Known {
    licences: Vec<Licence>,
    by_name: HashMap<String, usize>,
}

impl Known {
    fn of(rows: Vec<Row>) -> Self {
        let mut by_name = HashMap::new();
        let mut licences = Vec::with_capacity(rows.len());
        for (index, Row { names, licence }) in rows.into_iter().enumerate() {
            by_name.insert(licence.id.clone(), index);
            by_name.insert(plain(&licence.name), index);
            by_name.extend(names.into_iter().map(|name| (name, index)));
            licences.push(licence);
        }
        Self { licences, by_name }
    }

    /// By a name in the form of [`plain`], with or without what most names end in.
    fn find(&self, name: &str) -> Option<&Licence> {
        let mut name = name;
        loop {
            if let Some(index) = self.by_name.get(name) {
                return self.licences.get(*index);
            }
            name = ["-agreement", "-license", "-licence"].iter().find_map(|ending| name.strip_suffix(ending))?;
        }
    }
}

/// A name as identifiers are written: small letters, one dash between words, no longer than is shown.
fn plain(name: &str) -> String {
    let name = shown(name).to_lowercase();
    let words = name.split(|letter: char| letter.is_whitespace() || matches!(letter, '-' | '_' | '(' | ')' | ','));
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-")
}

/// What a page says, fit to stand in a line of text: no characters that move or hide others, and not too long.
fn shown(text: &str) -> String {
    let visible = text.chars().filter(|letter| !letter.is_control() && !moves_text(*letter));
    let cut: String = visible.take(NAME_LONGEST).collect();
    cut.trim().to_owned()
}

/// Invisible characters, and those that turn the direction of a line.
const fn moves_text(letter: char) -> bool {
    matches!(letter,
        '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E007F}')
}

/// An address that may be opened; cards also write file names (`LICENSE`) and worse.
fn safe_link(link: &str) -> Option<String> {
    let link = link.trim();
    let rest = link.strip_prefix("https://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    let named = host.split('.').count() >= 2 && host.split('.').all(|label| !label.is_empty());
    let plain_host = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
    let plain_rest = rest.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'<' | b'>' | b'\\'));
    (named && plain_host && plain_rest && link.len() <= LINK_LONGEST).then(|| link.to_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn of(id: &str) -> Licence {
        let known = licence(Some(id), None, None);
        assert_eq!(known.id, id, "{id} is known");
        known
    }

    fn asks(id: &str, words: &str) {
        let asks = of(id).asks;
        assert!(asks.iter().any(|ask| ask.contains(words)), "{id} must ask “{words}”: {asks:?}");
    }

    #[test]
    fn the_data_is_well_formed() {
        let rows: Vec<Row> = serde_json::from_str(SOURCE).expect("the data is JSON of this form");
        let mut seen = HashSet::new();
        for Row { names, licence } in &rows {
            let id = &licence.id;
            assert_eq!(&plain(id), id, "an identifier is in the form that is looked up");
            for name in names.iter().chain([id]) {
                assert_eq!(&plain(name), name, "{id} has a name that nobody would find");
                assert!(seen.insert(name.clone()), "{name} is there twice");
            }
            assert!(!licence.name.is_empty() && licence.name.chars().count() <= NAME_LONGEST, "{id}");
            assert!(licence.summary.ends_with('.') && licence.summary.chars().count() <= 260, "{id}");
            assert!(licence.asks.len() <= 6, "{id} asks more than anybody reads");
            for ask in &licence.asks {
                assert!(!ask.is_empty() && !ask.ends_with('.') && ask.chars().count() <= 160, "{id}: {ask}");
                assert!(ask.starts_with(char::is_uppercase), "{id}: {ask}");
            }
            if let Some(link) = &licence.link {
                assert_eq!(safe_link(link).as_ref(), Some(link), "{id}");
            }
            assert!(!licence.free || licence.commercial == Commercial::Yes, "{id}: free is free for business too");
        }
        assert!(rows.len() >= 90, "only {} licences are left", rows.len());
    }

    #[test]
    fn what_matters_most_on_the_hub_is_known() {
        for id in [
            "apache-2.0",
            "mit",
            "bsd-2-clause",
            "bsd-3-clause",
            "bsd-3-clause-clear",
            "cc-by-4.0",
            "cc-by-sa-4.0",
            "cc-by-nc-4.0",
            "cc-by-nc-sa-4.0",
            "cc-by-nc-nd-4.0",
            "cc0-1.0",
            "unlicense",
            "isc",
            "openrail",
            "bigscience-openrail-m",
            "bigscience-bloom-rail-1.0",
            "creativeml-openrail-m",
            "openrail++",
            "llama2",
            "llama3",
            "llama3.1",
            "llama3.2",
            "llama3.3",
            "llama4",
            "gemma",
            "deepseek",
            "qwen",
            "qwen-research",
            "mrl",
            "mnpl",
            "falcon-llm",
            "exaone",
            "nvidia-open-model-license",
            "gpl-3.0",
            "lgpl-3.0",
            "agpl-3.0",
            "artistic-2.0",
            "mpl-2.0",
            "ms-pl",
            "wtfpl",
            "h-research",
            "lfm1.0",
        ] {
            of(id);
        }
    }

    #[test]
    fn llamas_say_what_meta_asks() {
        for id in ["llama3.1", "llama3.2", "llama3.3", "llama4"] {
            asks(id, "“Built with Llama”");
            asks(id, "with “Llama”");
            asks(id, "700 million monthly users");
            asks(id, "acceptable use policy");
            assert_eq!(of(id).commercial, Commercial::Conditions);
            assert!(!of(id).free);
        }
        asks("llama3", "“Built with Meta Llama 3”");
        asks("llama2", "improve other language models");
        assert!(of("llama4").summary.contains("European Union"));
        assert!(!of("llama3.1").summary.contains("European Union"), "it reads no pictures");
    }

    #[test]
    fn other_makers_conditions_are_said() {
        asks("qwen", "100 million monthly users");
        asks("qwen", "“Built with Qwen”");
        asks("gemma", "prohibited use policy");
        asks("lfm1.0", "10 million US dollars");
        asks("nvidia-open-model-license", "“Licensed by NVIDIA Corporation under the NVIDIA Open Model License”");
        asks("deepseek", "restrictions");
        asks("exaone", "“EXAONE”");
    }

    #[test]
    fn research_licences_are_not_for_business() {
        for id in ["qwen-research", "mrl", "mnpl", "exaone", "h-research", "cc-by-nc-4.0", "cc-by-nc-sa-4.0"] {
            assert_eq!(of(id).commercial, Commercial::No, "{id}");
            assert!(!of(id).free, "{id}");
        }
    }

    #[test]
    fn free_licences_are_told_from_merely_open_ones() {
        for id in ["apache-2.0", "mit", "gpl-3.0", "cc0-1.0", "cc-by-4.0", "mpl-2.0"] {
            assert!(of(id).free, "{id}");
        }
        for id in ["openrail", "gemma", "cc-by-nd-4.0", "qwen", "lfm1.0"] {
            assert!(!of(id).free, "{id}");
        }
    }

    #[test]
    fn names_on_cards_are_recognised() {
        for (name, id) in [
            ("llama3.2", "llama3.2"),
            ("Llama 3.1 Community License Agreement", "llama3.1"),
            ("qwen", "qwen"),
            ("Qwen LICENSE AGREEMENT", "qwen"),
            ("qwen-research", "qwen-research"),
            ("mrl", "mrl"),
            ("gemma", "gemma"),
            ("nvidia-open-model-license", "nvidia-open-model-license"),
            ("NVIDIA Open Model License", "nvidia-open-model-license"),
            ("lfm1.0", "lfm1.0"),
            ("deepseek-license", "deepseek"),
            ("falcon-llm-license", "falcon-llm"),
            ("exaone", "exaone"),
            ("tongyi-qianwen", "tongyi-qianwen"),
            ("MIT License", "mit"),
        ] {
            assert_eq!(licence(Some("other"), Some(name), None).id, id, "{name}");
        }
        assert_eq!(licence(Some("Apache-2.0"), None, None).id, "apache-2.0");
        assert_eq!(licence(Some("mit"), Some("gemma"), None).id, "mit", "the tag counts where it says something");
    }

    #[test]
    fn an_unheard_of_licence_is_shown_by_its_name() {
        let own = licence(Some("other"), Some("bloomchat-license"), Some("https://example.org/LICENSE"));
        assert_eq!(own.id, OTHER);
        assert_eq!(own.summary, "Its own licence, “bloomchat-license”. Read it before you use the model for work.");
        assert_eq!((own.commercial, own.free), (Commercial::Unknown, false));
        assert_eq!(own.link.as_deref(), Some("https://example.org/LICENSE"));
        assert_eq!(licence(Some("brand-new-1.0"), None, None).name, "brand-new-1.0");
        assert_eq!(licence(Some("other"), None, None).name, "Its own licence");
    }

    #[test]
    fn no_licence_is_said_to_be_none() {
        for id in [None, Some(""), Some("unknown"), Some("  ")] {
            let none = licence(id, None, None);
            assert_eq!((none.id.as_str(), none.commercial, none.free), (NONE, Commercial::Unknown, false));
            assert!(none.summary.contains("names no licence"));
        }
    }

    #[test]
    fn a_pages_words_cannot_play_tricks() {
        let tricky = format!("free\u{202E}eerf\u{0}\n{}", "x".repeat(9_000));
        let own = licence(Some("other"), Some(&tricky), None);
        assert!(own.name.chars().count() <= NAME_LONGEST);
        assert!(own.name.chars().all(|letter| !letter.is_control() && !moves_text(letter)));
        for link in [
            "LICENSE",
            "javascript:alert(1)",
            "http://example.org/",
            "https://",
            "https://localhost/",
            "https://user@example.org/",
            "https://example.org/\"><script>",
            "https://exa mple.org/",
            "https://example.org\\@evil.org/",
        ] {
            assert_eq!(licence(Some("other"), Some("x"), Some(link)).link, None, "{link}");
        }
        let own = licence(Some("mit"), None, Some("https://example.org/other"));
        assert_eq!(own.link, of("mit").link, "what is known for certain comes first");
    }
}
