//! What the machine is: processor, memory, graphics cards, disk.
//!
//! Nothing is estimated here: what a system does not tell is left out. What fits into the memory is decided
//! elsewhere. Files of the system (`/proc`, `/sys`) are read below a root that the tests move.

mod bandwidth;
mod disk;
mod gpu;
mod memory;
mod pci;
mod processor;
mod trees;

use std::path::Path;

use inglenook_contract::{Hardware, Kernels};

pub use bandwidth::bandwidth;
pub use memory::{Memory, memory};
use trees::Trees;

/// The machine now; the disk is the one on which `data_dir` lies. Blocks for tens of milliseconds, longer where a
/// graphics driver has to wake its card.
#[must_use]
pub fn probe(data_dir: &Path) -> Hardware {
    let trees = Trees::default();
    let Memory { total_bytes, free_bytes } = memory();
    Hardware {
        processor: processor::name(),
        cores: processor::physical_cores(),
        vector: processor::vector().to_owned(),
        memory_bytes: total_bytes,
        memory_free_bytes: free_bytes,
        gpus: gpu::all(&trees),
        disk_free_bytes: disk::free_bytes(data_dir).unwrap_or(0),
        // Whoever runs engines knows.
        kernels: Kernels::default(),
    }
}

/// The processor's name.
#[must_use]
pub fn processor() -> String {
    processor::name()
}
