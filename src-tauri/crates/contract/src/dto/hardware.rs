//! What the machine is.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A graphics card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Gpu {
    /// Its name.
    pub name: String,
    /// Bytes of its own memory, where that can be told.
    pub memory_bytes: Option<u64>,
}

/// The machine, as far as it matters for models.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Hardware {
    /// The processor's name.
    pub processor: String,
    /// Physical cores.
    pub cores: u32,
    /// The widest vector instructions, in words: `AVX-512`, `AVX2`, `NEON`; empty for none.
    pub vector: String,
    /// Bytes of memory (a container's limit where that is lower).
    pub memory_bytes: u64,
    /// Of these, free for a model now.
    pub memory_free_bytes: u64,
    /// Graphics cards.
    pub gpus: Vec<Gpu>,
    /// Bytes free where the data lies.
    pub disk_free_bytes: u64,
    /// What llama.cpp multiplies with here.
    pub kernels: Kernels,
}

/// The kernels of llama.cpp on this machine: the same arithmetic, built for one generation of processors after the
/// other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Kernels {
    /// Those in use, in words: `AVX-512 with VNNI and BF16`; `None` before the first model was loaded.
    pub used: Option<String>,
    /// Better ones, in words, that crashed here although the processor claims to run them; they are left alone.
    pub crashed: Option<String>,
}
