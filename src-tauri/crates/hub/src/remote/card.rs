//! A repository's README: its text without the front matter.

use super::names::{Commit, RepoId, RepoPath};
use super::resolve::FileRef;
use super::{Hub, HubError};

/// Longest text that is taken, bytes; what is longer is cut.
const MAX_TEXT_BYTES: usize = 1 << 20;

impl Hub {
    /// The text about a model (Markdown, with whatever a stranger wrote into it) at a commit or another revision;
    /// `None` where there is none. At most 1 MiB.
    ///
    /// # Errors
    /// What a hub can answer.
    pub async fn readme(&self, repo: &RepoId, commit: &str) -> Result<Option<String>, HubError> {
        let file = FileRef { repo: repo.clone(), revision: commit.to_owned(), path: RepoPath::parse("README.md")? };
        match self.beginning_of(&file, MAX_TEXT_BYTES, &format!("Read about {repo}")).await {
            Ok(bytes) => Ok(text_of(&bytes)),
            Err(HubError::NoFile { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The page of one of a repository's files, for people.
    pub(super) fn file_page(&self, repo: &RepoId, commit: &Commit, path: &RepoPath) -> url::Url {
        self.url(repo.as_str().split('/').chain(["blob", commit.as_str()]).chain(path.as_str().split('/')))
    }
}

/// `None` where nothing but front matter was written.
fn text_of(bytes: &[u8]) -> Option<String> {
    // Cutting may have split the last letter.
    let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n");
    let text = text.trim_start_matches('\u{feff}').trim_end_matches('\u{fffd}');
    let text = without_front_matter(text).trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The text behind the block between two lines `---` that it may begin with.
fn without_front_matter(text: &str) -> &str {
    let Some(inside) =
        text.strip_prefix("---").and_then(|rest| rest.trim_start_matches([' ', '\t']).strip_prefix('\n'))
    else {
        return text;
    };
    let mut behind = inside;
    while !behind.is_empty() {
        let (line, rest) = behind.split_once('\n').unwrap_or((behind, ""));
        if matches!(line.trim_end(), "---" | "...") {
            return rest;
        }
        behind = rest;
    }
    // Never closed: it was a line across the page.
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(markdown: &str) -> Option<String> {
        text_of(markdown.as_bytes())
    }

    #[test]
    fn the_front_matter_is_left_out() {
        assert_eq!(text("---\nlicense: mit\ntags:\n- x\n---\n# Model\n").as_deref(), Some("# Model"));
        assert_eq!(text("\u{feff}---\r\na: b\r\n---\r\nText\r\nMore").as_deref(), Some("Text\nMore"));
        assert_eq!(text("# Model\n---\nText").as_deref(), Some("# Model\n---\nText"));
        assert_eq!(text("---\nnever closed").as_deref(), Some("---\nnever closed"));
        assert_eq!(text("---\nlicense: mit\n---\n"), None);
        assert_eq!(text("----\nx").as_deref(), Some("----\nx"));
        assert_eq!(text(""), None);
    }

    #[test]
    fn a_letter_that_was_cut_is_left_out() {
        assert_eq!(text_of(&"aä".as_bytes()[..2]).as_deref(), Some("a"));
    }
}
