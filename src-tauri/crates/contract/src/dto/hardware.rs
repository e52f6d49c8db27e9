//! What the machine is, and how much of it is in use.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A graphics card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Gpu {
    /// Its name.
    pub name: String,
    /// Bytes of its own memory, where that can be told.
    pub memory_bytes: Option<u64>,
    /// It is known to compute in the machine's memory and to have none of its own.
    pub shares_memory: bool,
    /// What drives it, in words, where that can be told: `NVIDIA 570.86.15`, `amdgpu`.
    pub driver: Option<String>,
}

/// A disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Disk {
    /// All its bytes.
    pub total_bytes: u64,
    /// Of these, what this user can still write.
    pub free_bytes: u64,
}

/// The machine, as far as it matters for models.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Hardware {
    /// The processor's name.
    pub processor: String,
    /// Physical cores; not more than this program may use.
    pub cores: u32,
    /// Threads that run at once, of all that this program may use.
    pub threads: u32,
    /// The widest vector instructions, in words: `AVX-512`, `AVX2`, `NEON`; empty for none.
    pub vector: String,
    /// What the processor says it can do that speeds up models, in words, the plain before the special: `AVX2`, `FMA`,
    /// `AVX-512 VNNI`, `AMX`, `i8mm`.
    pub instructions: Vec<String>,
    /// Bytes of memory (a container's limit where that is lower).
    pub memory_bytes: u64,
    /// Of these, free for a model now.
    pub memory_free_bytes: u64,
    /// Graphics cards.
    pub gpus: Vec<Gpu>,
    /// The disk on which the data lies, where the system tells.
    pub disk: Option<Disk>,
    /// What llama.cpp multiplies with here.
    pub kernels: Kernels,
}

/// How much of the machine is in use at one moment, whoever uses it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct HardwareUse {
    /// Of the processors that this program may use (a container's limit counts), the share that was busy since the last
    /// event, 0 to 1; `None` where the system does not tell.
    pub processor: Option<f64>,
    /// Bytes of memory (a container's limit where that is lower).
    pub memory_bytes: u64,
    /// Of these, free for a model now.
    pub memory_free_bytes: u64,
    /// Bytes that the models in memory take.
    pub models_bytes: u64,
    /// The graphics cards, in the order of [`Hardware::gpus`].
    pub gpus: Vec<GpuUse>,
    /// The disk on which the data lies, where the system tells.
    pub disk: Option<Disk>,
}

/// How much of a graphics card is in use. `None` for what its driver does not tell.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct GpuUse {
    /// Bytes of its own memory that are taken.
    pub memory_used_bytes: Option<u64>,
    /// The share of the time in which it computed, 0 to 1.
    pub busy: Option<f64>,
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
