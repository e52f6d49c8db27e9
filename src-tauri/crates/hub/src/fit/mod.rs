//! Will it fit, before the download: how much memory a model will take, from its header alone.
//!
//! Pure functions over what the header readers found. Nothing here asks the system how much memory is free, loads a
//! model or remembers measurements; it says what to expect, and learns from pairs that others kept.
//!
//! [`Sizes`] is the model, [`Plan`] is how an engine will load it, [`need`] what that takes. [`verdict`] holds it against
//! a [`budget`], [`longest_context`] turns the question round, [`speed`] says how fast it can be at best, and a
//! [`Correction`] learns from what was measured.
//!
//! Memory is what the system calls resident, pages of mapped files included, for that is what the pool sees.
#![deny(clippy::arithmetic_side_effects)]

mod correction;
mod need;
mod plan;
mod quantisations;
mod repacking;
mod sizes;
mod speed;
mod verdict;

pub use correction::{Correction, Pair};
pub use need::{Need, NeedParts, need};
pub use plan::{KvType, Plan};
pub use repacking::Repacking;
pub use sizes::Sizes;
pub use speed::speed;
pub use verdict::{Verdict, budget, longest_context, verdict};

/// A share of a number, rounded down, that cannot overflow; the whole where `of` is 0.
fn scaled(number: u64, share: u64, of: u64) -> u64 {
    let product = u128::from(number).saturating_mul(share.into());
    product.checked_div(of.into()).map_or(number, |part| u64::try_from(part).unwrap_or(u64::MAX))
}
