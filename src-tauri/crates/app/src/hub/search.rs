//! Searching the hub. What it cannot be asked (whether a model fits, how large it is, whether its licence is free) is
//! sorted out here, page by page.

use inglenook_contract::{ErrorCode, ErrorInfo, HubFormat, HubPage, HubRepoRef, HubRow, HubSearch, HubSort, SizeClass};
use inglenook_hub::licences::licence;
use inglenook_hub::remote::{Cursor, Gate, RepoFormat, SearchPage, SearchQuery, SearchRow, Sort};

use super::{card, names};
use crate::{App, Result};

/// Rows that are asked for at once.
const ROWS: usize = 40;
/// Pages that are asked for at most to fill one that was sorted out.
const PAGES: usize = 4;
/// Bits a weight takes at least in files that are worth running: a model larger than that fits in no file of it.
const LEAST_BITS: u64 = 4;

pub(super) async fn search(app: &App, request: &HubSearch) -> Result<HubPage> {
    let hub = app.network().hub().await;
    let exact = exact(app, request).await;
    let budget = crate::fit::budget(app);
    let mut rows = Vec::new();
    let mut page = match &request.cursor {
        Some(cursor) => hub.next_page(&cursor_of(cursor)?).await?,
        None => hub.search(&query(request)).await?,
    };
    for asked in 1.. {
        let SearchPage { rows: found, next } = page;
        rows.extend(found.into_iter().filter(|row| wanted(request, row, budget)).map(|row| shown(&row)));
        let Some(next) = next else { return Ok(HubPage { rows, cursor: None, exact }) };
        if rows.len() >= ROWS / 2 || asked >= PAGES {
            let cursor = serde_json::to_string(&next).ok();
            return Ok(HubPage { rows, cursor, exact });
        }
        page = hub.next_page(&next).await?;
    }
    Ok(HubPage { rows, cursor: None, exact })
}

fn cursor_of(text: &str) -> Result<Cursor> {
    serde_json::from_str(text).map_err(|error| {
        ErrorInfo::new(ErrorCode::InvalidRequest, "This page cannot be gone on with. Search again.")
            .with_detail(error.to_string())
            .into()
    })
}

/// The repository that the words name, by `user/name` or a pasted link.
async fn exact(app: &App, request: &HubSearch) -> Option<HubRepoRef> {
    let words = request.words.trim();
    if request.cursor.is_some() || !words.contains('/') || words.contains(char::is_whitespace) {
        return None;
    }
    let hub = app.network().hub().await;
    let (repo, revision, path) = hub.parse_link(words).ok()?;
    let found = card::find(app, repo.as_str(), revision.as_deref()).await.ok()?;
    let item = path.as_ref().and_then(|path| {
        found.items.iter().find(|item| item.files.iter().any(|file| file.path == *path)).map(|item| item.name.clone())
    });
    Some(HubRepoRef { repo: found.repo.id.as_str().to_owned(), revision, item })
}

fn query(request: &HubSearch) -> SearchQuery {
    SearchQuery {
        words: request.words.trim().to_owned(),
        author: None,
        format: request.format.map(|format| match format {
            HubFormat::Gguf => RepoFormat::Gguf,
            HubFormat::Safetensors => RepoFormat::Safetensors,
            HubFormat::Uqff => RepoFormat::Uqff,
            HubFormat::Gptq => RepoFormat::Gptq,
            HubFormat::Awq => RepoFormat::Awq,
        }),
        licence: None,
        vision: request.vision,
        tools: request.tools,
        sort: match request.sort {
            HubSort::Trending => Sort::Trending,
            HubSort::Downloads => Sort::Downloads,
            HubSort::Likes => Sort::Likes,
            HubSort::Updated => Sort::Updated,
        },
        limit: ROWS,
    }
}

fn wanted(request: &HubSearch, row: &SearchRow, budget: u64) -> bool {
    // Data sets of other trades share the tags; what has no weights of ours is no model to chat with.
    let readable = !row.formats.is_empty();
    let free = !request.free_licence || row_licence(row).free;
    let fits = !request.fits || row.parameters.is_none_or(|count| count.saturating_mul(LEAST_BITS) / 8 <= budget);
    let size = request.size.is_none_or(|class| row.parameters.is_some_and(|count| size_of(count) == class));
    readable && free && fits && size
}

fn size_of(parameters: u64) -> SizeClass {
    match parameters {
        0..=3_500_000_000 => SizeClass::Small,
        3_500_000_001..=9_500_000_000 => SizeClass::Medium,
        9_500_000_001..=36_000_000_000 => SizeClass::Large,
        _ => SizeClass::Huge,
    }
}

fn row_licence(row: &SearchRow) -> inglenook_hub::licences::Licence {
    licence(row.licence.as_deref(), None, None)
}

/// A row as the window shows it.
fn shown(row: &SearchRow) -> HubRow {
    let licence = row_licence(row);
    HubRow {
        repo: row.repo.as_str().to_owned(),
        name: names::plain(row.repo.name()),
        publisher: if row.author.is_empty() {
            row.repo.author().unwrap_or_default().to_owned()
        } else {
            row.author.clone()
        },
        downloads: row.downloads,
        likes: row.likes,
        updated_at: row.updated,
        formats: formats(&row.formats),
        free_licence: licence.free,
        licence: row.licence.is_some().then_some(licence.name),
        vision: row.vision,
        tools: row.tools,
        gated: row.gated != Gate::Open,
        parameters: row.parameters,
    }
}

/// Formats as the contract has them.
pub(super) fn formats(formats: &[RepoFormat]) -> Vec<HubFormat> {
    let format = |format: &RepoFormat| match format {
        RepoFormat::Gguf => HubFormat::Gguf,
        RepoFormat::Safetensors => HubFormat::Safetensors,
        RepoFormat::Gptq => HubFormat::Gptq,
        RepoFormat::Awq => HubFormat::Awq,
        RepoFormat::Uqff => HubFormat::Uqff,
    };
    formats.iter().map(format).collect()
}
