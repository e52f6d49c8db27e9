//! How fast a model can write at best: every token reads all weights that it passes through, and the cache.

use super::{KvType, Plan, Sizes};
use crate::EngineKind;
use crate::header::Group;

/// The share of the memory's bandwidth that was reached, where nothing was learnt here: from a busy machine to a good one.
const USUAL_SHARE: (f64, f64) = (0.45, 0.85);
/// How far a learnt share is trusted, to both sides.
const LEARNT_SPREAD: f64 = 0.1;

/// Bytes that are read from memory to write one token, at the beginning of a conversation and with a full context.
#[must_use]
fn read_bytes(sizes: &Sizes, plan: &Plan) -> Option<(u64, u64)> {
    let layers = &sizes.layers;
    let experts = sizes.group_bytes(Group::Experts);
    let (used, all) = (u64::from(layers.experts_used), u64::from(layers.experts));
    let active = if used == 0 || all == 0 { experts } else { super::scaled(experts, used.min(all), all) };
    let last = if sizes.is_tied() { Group::Embeddings } else { Group::Output };
    let mut weights = active.saturating_add(sizes.group_bytes(Group::Blocks)).saturating_add(sizes.group_bytes(last));
    if plan.engine == EngineKind::MistralRs && sizes.format == inglenook_contract::ModelFormat::Safetensors {
        weights = super::scaled(weights, sizes.unpacked_bytes, sizes.weights_bytes());
    }
    let full = layers.blocks.iter().map(|block| {
        let seen = block.window_tokens.map_or(plan.context, |window| window.min(plan.context));
        let row = |kind: KvType| kind.row_bytes(block.keys).saturating_add(kind.row_bytes(block.values));
        let state = block.state.saturating_mul(8);
        row(plan.kv).saturating_mul(seen.into()).saturating_add(state)
    });
    let full = full.fold(weights, u64::saturating_add);
    (weights > 0).then_some((weights, full))
}

/// Tokens a second, from the least to the most to expect: the least with a full context, the most at the beginning of a
/// conversation. `bandwidth` is the memory's, bytes a second; `learnt` the share of it that this machine was seen to
/// reach. `None` where the bandwidth or the model's sizes are not known.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "it is an estimate")]
pub fn speed(sizes: &Sizes, plan: &Plan, bandwidth: Option<f64>, learnt: Option<f64>) -> Option<(f64, f64)> {
    let bandwidth = bandwidth.filter(|bandwidth| bandwidth.is_finite() && *bandwidth > 0.0)?;
    let (least, most) = match learnt.filter(|share| share.is_finite() && *share > 0.0) {
        Some(share) => (share * (1.0 - LEARNT_SPREAD), share * (1.0 + LEARNT_SPREAD)),
        None => USUAL_SHARE,
    };
    let (empty, full) = read_bytes(sizes, plan)?;
    Some((bandwidth / full as f64 * least, bandwidth / empty as f64 * most))
}
