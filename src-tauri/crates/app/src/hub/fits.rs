//! How the files of a repository fit this machine. One header is read from the hub: the others of the same model
//! differ from it in how the weights are stored, which their names and sizes tell.

use std::cmp::Reverse;
use std::sync::Arc;

use inglenook_contract::{Fit, HubFits, HubItemFit, HubRepoRef, Verdict};
use inglenook_hub::EngineKind;
use inglenook_hub::engines::{Candidate, judge};
use inglenook_hub::fit::Sizes;
use inglenook_hub::remote::{FileRef, Hub, Item, ItemKind, Repo};

use super::card::{self, Card};
use super::seen::SeenHeader;
use crate::fit::{self, Learnt, Question};
use crate::{App, Result};

/// What every item of a card fits like.
pub(super) async fn of_repo(app: &App, request: &HubRepoRef) -> Result<HubFits> {
    let card = card::find(app, &request.repo, request.revision.as_deref()).await?;
    let header = header(app, &card).await?;
    let items = fits(app, &card, header.as_deref()).await?;
    let choice = best(&card, &items);
    Ok(HubFits {
        recommended: choice.map(|(item, _)| item.name.clone()),
        reason: choice.map(|(_, reason)| reason.to_owned()),
        architecture: header.as_ref().map(|header| header.sizes.architecture.clone()),
        parameters: header.as_ref().and_then(|header| header.parameters),
        context_length: header.as_ref().and_then(|header| header.sizes.trained_context),
        read_bytes: header.as_ref().map_or(0, |header| header.read_bytes),
        items,
    })
}

/// The item to take on this machine.
pub(crate) async fn recommended<'a>(app: &App, card: &'a Card) -> Result<Option<&'a Item>> {
    let header = header(app, card).await?;
    let fits = fits(app, card, header.as_deref()).await?;
    Ok(best(card, &fits).map(|(item, _)| item))
}

async fn fits(app: &App, card: &Card, header: Option<&SeenHeader>) -> Result<Vec<HubItemFit>> {
    let learnt = Learnt::read(app).await?;
    let budget = fit::budget(app);
    let of = |item: &Item| HubItemFit { item: item.name.clone(), fit: of_item(item, header, &learnt, budget) };
    Ok(card.items.iter().map(of).collect())
}

fn of_item(item: &Item, header: Option<&SeenHeader>, learnt: &Learnt, budget: u64) -> Fit {
    let unread = vec![(EngineKind::MistralRs, Some("This version does not load UQFF files yet.".to_owned()))];
    let (sizes, engines) = match (item.kind, header) {
        (ItemKind::Uqff, _) => (Sizes::default(), unread),
        (_, Some(header)) => (sizes_of(item, header), header.engines.clone()),
        (_, None) => (Sizes::default(), vec![(EngineKind::LlamaCpp, None)]),
    };
    let question = Question { sizes: &sizes, engines: &engines, engine: None, context: None, kv_cache: None, budget };
    fit::fit(&question, learnt)
}

/// The sizes of an item, from the header of it or of another one of the same model.
fn sizes_of(item: &Item, header: &SeenHeader) -> Sizes {
    if item.name == header.item {
        return header.sizes.clone();
    }
    match &item.quantisation {
        Some(name) => header.sizes.with_quantisation(item.bytes, name),
        None => header.sizes.with_file_bytes(item.bytes),
    }
}

/// The header of one item: of the smallest GGUF, whose header is as long as any, else of the safetensors.
async fn header(app: &App, card: &Card) -> Result<Option<Arc<SeenHeader>>> {
    let Card { repo, items } = card;
    let at = format!("{} {}", repo.id.as_str(), repo.commit.as_str());
    if let Some(seen) = app.hub_seen().header(&at) {
        return Ok(Some(seen));
    }
    let of = |kind: ItemKind| items.iter().find(move |item| item.kind == kind);
    let hub = app.network().hub().await;
    let purpose = format!("Read the header of {}", repo.id.as_str());
    let header = match (of(ItemKind::Gguf), of(ItemKind::Safetensors)) {
        (Some(item), _) => gguf(&hub, repo, item, &purpose).await?,
        (None, Some(item)) => safetensors(&hub, repo, item, &purpose).await?,
        (None, None) => return Ok(None),
    };
    let header = Arc::new(header);
    app.hub_seen().note_header(at, Arc::clone(&header));
    Ok(Some(header))
}

async fn gguf(hub: &Hub, repo: &Repo, item: &Item, purpose: &str) -> Result<SeenHeader> {
    let first = item.files.first().map(|file| file.path.clone());
    let path = first.ok_or(crate::AppError::UnknownModel)?;
    let file = FileRef { repo: repo.id.clone(), revision: repo.commit.as_str().to_owned(), path };
    let read = hub.gguf_header(&file, purpose).await?;
    let whole = item.files.len() == 1;
    Ok(SeenHeader {
        sizes: Sizes::from(&read.header).with_all_parts(item.bytes),
        item: item.name.clone(),
        // The first of several parts lists its own weights only.
        parameters: whole.then_some(read.header.parameters).or(repo.parameters),
        engines: judge(Candidate::Gguf(&read.header)),
        read_bytes: read.fetched_bytes,
    })
}

async fn safetensors(hub: &Hub, repo: &Repo, item: &Item, purpose: &str) -> Result<SeenHeader> {
    let read = hub.safetensors_header(&repo.id, &repo.commit, item, purpose).await?;
    Ok(SeenHeader {
        sizes: Sizes::from(&read.header),
        item: item.name.clone(),
        parameters: Some(read.header.parameters),
        engines: judge(Candidate::Safetensors(&read.header)),
        read_bytes: read.fetched_bytes,
    })
}

/// The largest file of good quality that fits whole and is not tiresome: beyond 8 bits a weight nothing is gained, and
/// below 4 much is lost.
fn best<'a>(card: &'a Card, fits: &[HubItemFit]) -> Option<(&'a Item, &'static str)> {
    let fit_of = |item: &Item| fits.iter().find(|fit| fit.item == item.name).map(|fit| &fit.fit);
    let whole = |item: &&Item| fit_of(item).is_some_and(|fit| fit.verdict == Verdict::Fits);
    let pleasant = |item: &&Item| fit_of(item).and_then(|fit| fit.speed).is_none_or(|speed| speed.to >= PLEASANT);
    let rank = |item: &&Item| (quality(item.quantisation.as_deref().unwrap_or_default()), Reverse(item.bytes));
    let fitting = || card.items.iter().filter(whole);
    if let Some(item) = fitting().filter(pleasant).max_by_key(rank) {
        return Some((item, "The best quality that answers at a pleasant speed here."));
    }
    // All are slow: then the quickest that is still good.
    if let Some(item) = fitting()
        .filter(|item| quality(item.quantisation.as_deref().unwrap_or_default()) >= GOOD)
        .min_by_key(|item| item.bytes)
    {
        return Some((item, "The quickest of good quality on this machine."));
    }
    if let Some(item) = fitting().max_by_key(rank) {
        return Some((item, "The best that fits this machine."));
    }
    let short = |item: &&Item| fit_of(item).is_some_and(|fit| matches!(fit.verdict, Verdict::FitsUpTo { .. }));
    card.items.iter().filter(short).min_by_key(|item| item.bytes).map(|item| (item, "Fits with a shorter context."))
}

/// Tokens a second from which nobody waits.
const PLEASANT: f64 = 8.0;
/// The quality from which little is lost.
const GOOD: u8 = 6;

/// How much of a model is left in a quantisation, for choosing among several: what is beyond 4 bits with the newer
/// methods is hard to tell apart, so size decides there rather late.
fn quality(name: &str) -> u8 {
    let name = name.to_uppercase();
    match name.as_str() {
        "Q4_K_M" => 10,
        "Q5_K_M" | "MXFP4" => 9,
        "Q6_K" | "Q4_K_XL" | "Q5_K_S" | "Q4_K_L" => 8,
        "Q8_0" | "Q4_K_S" | "IQ4_NL" | "IQ4_XS" => 7,
        "Q4_0" | "Q4_1" | "Q5_0" | "Q5_1" | "BF16" | "F16" => 6,
        _ if name.starts_with("Q3") || name.starts_with("IQ3") => 4,
        _ if name.starts_with("Q2") || name.starts_with("IQ2") => 2,
        _ if name.starts_with("IQ1") || name.starts_with("TQ1") => 1,
        "F32" => 3,
        _ => 5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_bits_of_the_newer_method_are_the_first_choice() {
        for other in ["Q8_0", "Q3_K_M", "IQ2_XS", "F16", "F32", "Q4_0", "what"] {
            assert!(quality("Q4_K_M") > quality(other), "{other}");
        }
        assert_eq!(quality("q4_k_m"), quality("Q4_K_M"));
    }
}
