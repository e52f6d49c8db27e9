//! What the machine is: processor, memory, graphics cards, disk; and how much of it is in use.
//!
//! Nothing is estimated here: what a system does not tell is left out. What fits into the memory is decided
//! elsewhere. Files of the system (`/proc`, `/sys`) are read below a root that the tests move.

mod addresses;
mod bandwidth;
mod busy;
mod cgroup;
mod disk;
mod gpu;
mod memory;
mod pci;
mod processor;
mod trees;
mod watch;

use std::path::Path;

use inglenook_contract::{Hardware, Kernels};

pub use addresses::addresses;
pub use bandwidth::bandwidth;
pub use memory::{Memory, memory};
use trees::Trees;
pub use watch::Watch;

/// The machine now; the disk is the one on which `data_dir` lies. Blocks for tens of milliseconds, longer where a
/// graphics driver has to wake its card.
#[must_use]
pub fn probe(data_dir: &Path) -> Hardware {
    let Memory { total_bytes, free_bytes } = memory();
    let instructions = processor::instructions();
    Hardware {
        processor: processor::name(),
        cores: processor::physical_cores(),
        threads: processor::threads(),
        vector: processor::vector(&instructions).to_owned(),
        instructions: instructions.into_iter().map(str::to_owned).collect(),
        memory_bytes: total_bytes,
        memory_free_bytes: free_bytes,
        gpus: gpu::Cards::find(&Trees::default()).into_gpus(),
        disk: disk::of(data_dir),
        // Whoever runs engines knows.
        kernels: Kernels::default(),
    }
}

/// The processor's name.
#[must_use]
pub fn processor() -> String {
    processor::name()
}
