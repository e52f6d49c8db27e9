//! How much of the machine is in use, looked at again and again.

use std::path::{Path, PathBuf};
use std::time::Instant;

use inglenook_contract::HardwareUse;

use crate::busy::Busy;
use crate::disk;
use crate::gpu::Cards;
use crate::memory::{Memory, memory};
use crate::trees::Trees;

/// What one look at the machine needs of the one before, and the graphics driver's library, which stays open as long as
/// this lives.
pub struct Watch {
    trees: Trees,
    data_dir: PathBuf,
    cards: Cards,
    processor: Busy,
}

impl Watch {
    /// Looks for the first time. Blocks for tens of milliseconds, longer where a graphics driver has to wake its card.
    #[must_use]
    pub fn begin(data_dir: &Path) -> Self {
        let trees = Trees::default();
        let (cards, processor) = (Cards::find(&trees), Busy::begin(&trees, Instant::now()));
        Self { trees, data_dir: data_dir.to_owned(), cards, processor }
    }

    /// What is in use now. The processor's share is of the time since the last look, so leave it some hundreds of
    /// milliseconds. Blocks for milliseconds.
    #[must_use]
    pub fn look(&mut self) -> HardwareUse {
        let Memory { total_bytes, free_bytes } = memory();
        HardwareUse {
            processor: self.processor.read(&self.trees, Instant::now()),
            memory_bytes: total_bytes,
            memory_free_bytes: free_bytes,
            // Whoever runs models knows.
            models_bytes: 0,
            gpus: self.cards.in_use(&self.trees),
            disk: disk::of(&self.data_dir),
        }
    }
}
