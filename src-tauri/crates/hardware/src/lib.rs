//! What the machine is: processor, memory, graphics cards, disk.

use std::path::Path;

use inglenook_contract::{ErrorInfo, Hardware};

/// Memory for models, bytes; a container's limit where that is lower than the machine's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// All there is.
    pub total_bytes: u64,
    /// Of these, free for a model now (what the system can give up counts as free).
    pub free_bytes: u64,
}

/// Memory now. Takes about a millisecond.
#[must_use]
pub fn memory() -> Memory {
    Memory { total_bytes: 0, free_bytes: 0 }
}

/// The machine now; the disk is the one on which `data_dir` lies. Blocks for tens of milliseconds.
#[must_use]
pub fn probe(data_dir: &Path) -> Hardware {
    let _ = data_dir;
    Hardware {
        processor: String::new(),
        cores: 0,
        vector: String::new(),
        memory_bytes: 0,
        memory_free_bytes: 0,
        gpus: Vec::new(),
        disk_free_bytes: 0,
    }
}

/// Whether this processor has the instructions that the engines were compiled for.
///
/// # Errors
/// [`inglenook_contract::ErrorCode::ProcessorUnsupported`], naming what is missing.
pub fn require_supported_cpu() -> Result<(), ErrorInfo> {
    Ok(())
}
