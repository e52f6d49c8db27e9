//! Kernels that crash although the processor claims to run them: found out by the worker that dies with them, left
//! behind for the next lower ones, and remembered.

use std::sync::{Arc, Mutex, PoisonError};

use tracing::warn;

use super::loading::Loading;
use crate::launcher::Program;
use crate::starting::Starting;
use crate::{EngineError, Patience, Worker, kernels};

/// How many kernels may crash over one model before the model is to blame.
const MOST_CRASHES: usize = 4;

/// What is known of the kernels on this machine, by their names in [`kernels::NAMES`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KernelsKnown {
    /// Those that the last worker took.
    pub used: Option<String>,
    /// The lowest that crashed; neither these nor any above are taken.
    pub crashed: Option<String>,
}

/// Told whenever [`KernelsKnown`] changes.
pub type OnKernels = Arc<dyn Fn(&KernelsKnown) + Send + Sync>;

/// Keeps what is known of kernels.
pub(super) struct KernelsBook {
    known: Mutex<KernelsKnown>,
    changed: OnKernels,
}

impl KernelsBook {
    pub(super) fn new(crashed: Option<String>, changed: OnKernels) -> Self {
        Self { known: Mutex::new(KernelsKnown { used: None, crashed }), changed }
    }

    pub(super) fn known(&self) -> KernelsKnown {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes what is known, and tells of it.
    pub(super) fn note(&self, change: impl FnOnce(&mut KernelsKnown)) {
        let after = {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            let before = known.clone();
            change(&mut known);
            if *known == before {
                return;
            }
            known.clone()
        };
        (self.changed)(&after);
    }
}

/// Starts a worker and has it load its model, with lower and lower kernels while it crashes over that. If it crashes
/// with all that are tried, they are as good as before and the model is to blame.
pub(super) async fn start(
    book: &KernelsBook,
    program: &Program,
    patience: Patience,
    loading: &Loading,
    tell: impl Fn() + Send + Sync,
) -> Result<Worker, EngineError> {
    let before = book.known().crashed;
    let (mut below, mut first_death) = (before.clone(), None);
    for _ in 0..=MOST_CRASHES {
        let program = match &below {
            Some(name) => program.clone().env(kernels::BELOW, name),
            None => program.clone(),
        };
        let starting = Starting::spawn(&program, patience)?;
        let (gone, kernels) = (starting.gone(), starting.kernels());
        let load = starting.load(loading.spec.load.clone(), |fraction| {
            if loading.note(fraction) {
                tell();
            }
        });
        let outcome = loading.unless_aborted(load).await.flatten();
        if outcome.is_err() {
            // Its memory is back before anybody is told, and before another is started.
            gone.await;
        }
        let used = kernels();
        match (outcome, used) {
            (Err(EngineError::Died(death)), Some(used)) if death.may_be_the_kernels() => {
                warn!(
                    kernels = used,
                    how = death.how(),
                    "a worker crashed over its model; the next lower kernels are tried"
                );
                first_death.get_or_insert(death);
                below = Some(used);
            }
            (Ok(worker), used) => {
                book.note(|known| {
                    known.used = used.or_else(|| known.used.take());
                    known.crashed.clone_from(&below);
                });
                return Ok(worker);
            }
            (Err(error), _) => return Err(first_death.map_or(error, EngineError::Died)),
        }
    }
    Err(first_death.map_or(EngineError::Unloaded, EngineError::Died))
}
