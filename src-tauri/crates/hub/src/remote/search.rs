//! Searching models. One odd row never loses the page: what cannot be read is left out.

use inglenook_net::Request;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use super::answers::About;
use super::names::{RepoId, shown};
use super::repo::Gate;
use super::{Follow, Hub, HubError, abilities, reading};

/// Most rows of a page.
const MAX_ROWS: usize = 100;
/// Longest page, bytes. A hundred rows with all their tags take about 200 kB.
const MAX_PAGE_BYTES: u64 = 16 << 20;
/// What a row needs. `gguf` is not among it: each row would bring its whole chat template.
const EXPANDED: &[&str] = &[
    "author",
    "downloads",
    "gated",
    "lastModified",
    "library_name",
    "likes",
    "pipeline_tag",
    "private",
    "safetensors",
    "tags",
    "trendingScore",
];

/// The format of a repository's weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RepoFormat {
    /// Files of llama.cpp.
    Gguf,
    /// Files of transformers.
    Safetensors,
    /// Quantised with GPTQ.
    Gptq,
    /// Quantised with AWQ.
    Awq,
    /// Files of mistral.rs.
    Uqff,
}

impl RepoFormat {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Gguf, Self::Safetensors, Self::Gptq, Self::Awq, Self::Uqff];

    /// The tag that repositories have for it.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::Gguf => "gguf",
            Self::Safetensors => "safetensors",
            Self::Gptq => "gptq",
            Self::Awq => "awq",
            Self::Uqff => "uqff",
        }
    }
}

/// The order of what is found, the most first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// What many look at these days.
    #[default]
    Trending,
    /// Downloads of the last month.
    Downloads,
    /// Likes.
    Likes,
    /// The latest change.
    Updated,
}

impl Sort {
    fn key(self) -> &'static str {
        match self {
            Self::Trending => "trendingScore",
            Self::Downloads => "downloads",
            Self::Likes => "likes",
            Self::Updated => "lastModified",
        }
    }
}

/// What is looked for. Everything that is set has to be so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchQuery {
    /// Words of the name.
    pub words: String,
    /// The publisher.
    pub author: Option<String>,
    /// The format of the weights.
    pub format: Option<RepoFormat>,
    /// The licence as the Hub names it, for example `apache-2.0`.
    pub licence: Option<String>,
    /// It takes pictures.
    pub vision: bool,
    /// It calls tools. No hub can be asked that; rows that do not are left out here, so that a page may be short.
    pub tools: bool,
    /// The order.
    pub sort: Sort,
    /// Rows a page, 1 to 100.
    pub limit: usize,
}

/// Where the next page is; only good for the hub that gave it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    address: String,
    tools: bool,
}

/// Some of what was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SearchPage {
    /// In order.
    pub rows: Vec<SearchRow>,
    /// `None` on the last page.
    pub next: Option<Cursor>,
}

/// A repository that was found, as far as a search tells of it.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchRow {
    /// Its name.
    pub repo: RepoId,
    /// Who published it; empty where nobody is named.
    pub author: String,
    /// Downloads of the last month.
    pub downloads: u64,
    /// Likes.
    pub likes: u64,
    /// The last change, milliseconds since 1970-01-01 UTC.
    pub updated: Option<i64>,
    /// Its tags.
    pub tags: Vec<String>,
    /// Whether terms have to be accepted.
    pub gated: Gate,
    /// What it is for, as the Hub sorts it: `text-generation`.
    pub pipeline: Option<String>,
    /// As the Hub names it: `apache-2.0`.
    pub licence: Option<String>,
    /// The formats that its tags name.
    pub formats: Vec<RepoFormat>,
    /// It takes pictures, by its tags.
    pub vision: bool,
    /// It calls tools, by its tags or its family.
    pub tools: bool,
    /// Numbers in the model, as the Hub counted them, else by its name.
    pub parameters: Option<u64>,
}

impl Hub {
    /// The first page of what is found.
    ///
    /// # Errors
    /// What a hub can answer; a search that finds nothing is no error.
    pub async fn search(&self, query: &SearchQuery) -> Result<SearchPage, HubError> {
        let words = query.words.trim();
        let purpose =
            if words.is_empty() { "List models".to_owned() } else { format!("Search for “{}”", shown(words)) };
        self.search_page(self.search_url(query), query.tools, &purpose).await
    }

    /// The page after another.
    ///
    /// # Errors
    /// As [`Hub::search`]; [`HubError::Name`] for another hub's cursor.
    pub async fn next_page(&self, cursor: &Cursor) -> Result<SearchPage, HubError> {
        let url = Url::parse(&cursor.address).ok().filter(|url| self.is_own(url));
        let url =
            url.ok_or_else(|| HubError::Name { what: "This page belongs to another hub. Search again.".to_owned() })?;
        self.search_page(url, cursor.tools, "Show more models").await
    }

    fn search_url(&self, query: &SearchQuery) -> Url {
        let mut url = self.url(["api", "models"]);
        let mut pairs = url.query_pairs_mut();
        let words = query.words.trim();
        if !words.is_empty() {
            pairs.append_pair("search", words);
        }
        if let Some(author) = query.author.as_deref().map(str::trim).filter(|author| !author.is_empty()) {
            pairs.append_pair("author", author);
        }
        if let Some(format) = query.format {
            pairs.append_pair("filter", format.tag());
        }
        if let Some(licence) = query.licence.as_deref().filter(|licence| !licence.is_empty()) {
            pairs.append_pair("filter", &format!("license:{licence}"));
        }
        if query.vision {
            pairs.append_pair("filter", "image-text-to-text");
        }
        pairs.append_pair("sort", query.sort.key());
        pairs.append_pair("limit", &query.limit.clamp(1, MAX_ROWS).to_string());
        for field in EXPANDED {
            pairs.append_pair("expand", field);
        }
        drop(pairs);
        url
    }

    async fn search_page(&self, url: Url, tools: bool, purpose: &str) -> Result<SearchPage, HubError> {
        let make = |url| Request::get(url, purpose).compressed();
        let answer = self.ask(make, url, Follow::Own, &About::default()).await?;
        let next = self.next_address(&answer.response)?.map(|address| Cursor { address: address.into(), tools });
        let rows: Vec<Value> = answer.response.json(MAX_PAGE_BYTES).await?;
        let mut rows: Vec<SearchRow> = rows.iter().filter_map(SearchRow::read).collect();
        rows.retain(|row| row.tools || !tools);
        Ok(SearchPage { rows, next })
    }

    /// Where an answer says that the next page is. An address of another origin is not gone to, for its pages would be
    /// another hub's.
    pub(super) fn next_address(&self, response: &inglenook_net::Response) -> Result<Option<Url>, HubError> {
        let Some(link) = response.header("link").and_then(next_link) else { return Ok(None) };
        Ok(response.url().join(link).ok().filter(|url| self.is_own(url)))
    }
}

/// The address of `rel="next"` in a header `Link`.
fn next_link(value: &str) -> Option<&str> {
    let mut rest = value;
    loop {
        let (_, behind) = rest.split_once('<')?;
        let (address, parameters) = behind.split_once('>')?;
        let end = parameters.find('<').unwrap_or(parameters.len());
        let of_this = parameters.get(..end)?;
        let is_next = |parameter: &str| {
            let parameter = parameter.trim().trim_end_matches(',').trim();
            parameter.eq_ignore_ascii_case("rel=\"next\"") || parameter.eq_ignore_ascii_case("rel=next")
        };
        if of_this.split(';').any(is_next) {
            return Some(address.trim());
        }
        rest = parameters.get(end..)?;
    }
}

impl SearchRow {
    /// `None` where the row names no repository.
    fn read(row: &Value) -> Option<Self> {
        let id = row.get("id").or_else(|| row.get("modelId"))?.as_str()?;
        let repo = RepoId::parse(id).ok()?;
        let tags = reading::texts(row, "tags");
        let pipeline = reading::text(row, "pipeline_tag");
        let library = reading::text(row, "library_name");
        let formats = abilities::formats(&tags, library.as_deref());
        Some(Self {
            author: reading::text(row, "author").or_else(|| repo.author().map(str::to_owned)).unwrap_or_default(),
            downloads: reading::number(row, "downloads").unwrap_or_default(),
            likes: reading::number(row, "likes").unwrap_or_default(),
            updated: reading::time_ms(row, "lastModified"),
            gated: reading::gate(row),
            licence: reading::tag_value(&tags, "license:"),
            vision: abilities::sees(&tags, pipeline.as_deref()),
            tools: abilities::calls_tools(&repo, &tags),
            parameters: parameters(&repo, row, &formats),
            formats,
            pipeline,
            tags,
            repo,
        })
    }
}

/// The Hub counts numbers as they are stored; of packed weights several are one, so that there the name says more.
pub(super) fn parameters(repo: &RepoId, of: &Value, formats: &[RepoFormat]) -> Option<u64> {
    let counted =
        of.get("safetensors").and_then(|weights| reading::number(weights, "total")).filter(|total| *total > 0);
    let packed = formats.iter().any(|format| matches!(format, RepoFormat::Gptq | RepoFormat::Awq));
    let named = abilities::parameters(repo);
    if packed { named.or(counted) } else { counted.or(named) }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use inglenook_net::{Net, NetSettings};
    use serde_json::json;

    use super::*;

    fn hub() -> Hub {
        let net = Net::new(NetSettings::default(), Arc::new(|_| {})).expect("a way out");
        Hub::new(net, "https://huggingface.co", Arc::new(|| None)).expect("a hub")
    }

    #[test]
    fn a_query_becomes_an_address() {
        let query = SearchQuery {
            words: " qwen 3 & more ".to_owned(),
            author: Some("Qwen".to_owned()),
            format: Some(RepoFormat::Gguf),
            licence: Some("apache-2.0".to_owned()),
            vision: true,
            tools: true,
            sort: Sort::Downloads,
            limit: 1000,
        };
        let url = hub().search_url(&query);
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let all = |key: &str| {
            pairs.iter().filter(|(name, _)| name == key).map(|(_, value)| value.as_str()).collect::<Vec<_>>()
        };
        assert_eq!(url.path(), "/api/models");
        assert_eq!(all("search"), ["qwen 3 & more"]);
        assert_eq!(all("author"), ["Qwen"]);
        assert_eq!(all("filter"), ["gguf", "license:apache-2.0", "image-text-to-text"]);
        assert_eq!(all("sort"), ["downloads"]);
        assert_eq!(all("limit"), ["100"]);
        assert!(all("expand").contains(&"likes") && !all("expand").contains(&"gguf"));
    }

    #[test]
    fn a_row_is_read_with_what_is_there() {
        let row = SearchRow::read(&json!({
            "_id": "x", "id": "Qwen/Qwen3-8B-GGUF", "downloads": 5, "likes": 2, "gated": "auto",
            "lastModified": "2025-05-15T15:34:21.000Z", "pipeline_tag": "text-generation",
            "tags": ["gguf", "license:apache-2.0"], "somethingNew": {"deep": []},
        }))
        .expect("a row");
        assert_eq!((row.author.as_str(), row.downloads, row.likes, row.gated), ("Qwen", 5, 2, Gate::Terms));
        assert_eq!((row.licence.as_deref(), row.parameters), (Some("apache-2.0"), Some(8_000_000_000)));
        assert_eq!((row.formats.as_slice(), row.tools, row.vision), ([RepoFormat::Gguf].as_slice(), true, false));
        assert_eq!(row.updated, Some(1_747_323_261_000));
    }

    #[test]
    fn rows_of_evil_or_no_name_are_left_out() {
        for row in [json!({}), json!(null), json!({"id": "../x"}), json!({"id": 3}), json!({"id": "a/b/c"})] {
            assert_eq!(SearchRow::read(&row), None, "{row}");
        }
        assert!(SearchRow::read(&json!({"id": "a/b", "tags": 7, "likes": {}, "gated": []})).is_some());
    }

    #[test]
    fn packed_weights_are_counted_by_the_name() {
        let repo = RepoId::parse("a/Model-7B-GPTQ").expect("a name");
        let of = json!({"safetensors": {"total": 1_200_000_000}});
        assert_eq!(parameters(&repo, &of, &[RepoFormat::Gptq]), Some(7_000_000_000));
        assert_eq!(parameters(&repo, &of, &[]), Some(1_200_000_000));
    }

    #[test]
    fn the_next_page_is_found_among_links() {
        assert_eq!(next_link("<https://a/b?c=1>; rel=\"next\""), Some("https://a/b?c=1"));
        assert_eq!(next_link("<https://a/1>; rel=\"prev\", <https://a/2,3>; rel=\"next\""), Some("https://a/2,3"));
        assert_eq!(next_link("</x>; title=\"y\"; rel=next"), Some("/x"));
        for none in ["", "<https://a>", "<https://a>; rel=\"xet-auth\"", "https://a; rel=\"next\"", "<"] {
            assert_eq!(next_link(none), None, "{none}");
        }
    }
}
