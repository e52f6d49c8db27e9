//! The catalogue for this machine. Nothing is contacted.

use inglenook_contract::{PickClass, Recommendation};
use inglenook_hub::catalogue::{Class, Machine, Pick, first_start, rank};
use inglenook_hub::licences::licence;

use crate::{App, fit};

/// All of it, the best for this machine first.
pub(super) async fn all(app: &App) -> Vec<Recommendation> {
    rank(&machine(app).await).into_iter().map(|pick| shown(pick, None)).collect()
}

/// At most three, from small to large.
pub(super) async fn picks(app: &App) -> Vec<Recommendation> {
    let class = |pick: &Pick| match pick.class {
        Class::Small => PickClass::Small,
        Class::Balanced => PickClass::Balanced,
        Class::Best => PickClass::Best,
    };
    first_start(&machine(app).await)
        .into_iter()
        .map(|pick| (class(&pick), pick))
        .map(|(class, pick)| shown(pick, Some(class)))
        .collect()
}

async fn machine(app: &App) -> Machine {
    let budget_bytes = fit::budget(app);
    let measured = tokio::task::spawn_blocking(inglenook_hardware::bandwidth).await;
    Machine {
        memory_bytes: inglenook_hardware::memory().total_bytes,
        budget_bytes,
        bandwidth_gb_s: measured.ok().map(|bytes| bytes / 1e9),
    }
}

fn shown(pick: Pick, class: Option<PickClass>) -> Recommendation {
    let Pick { entry, quantisation, bytes, needs_bytes, fits, reason, .. } = pick;
    let licence = licence(Some(&entry.licence), None, None);
    Recommendation {
        repo: entry.repo.clone(),
        name: entry.name.clone(),
        publisher: entry.publisher.clone(),
        best_for: entry.best_for.clone(),
        reason,
        class,
        quantisation: quantisation.to_owned(),
        size_bytes: bytes,
        needs_bytes,
        fits,
        parameters: entry.parameters,
        licence: licence.name,
        free_licence: licence.free,
    }
}
