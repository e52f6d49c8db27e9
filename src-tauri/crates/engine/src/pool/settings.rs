//! What a pool is told: how to behave, and which model to load how.

use std::sync::Arc;
use std::time::Duration;

use inglenook_contract::{EngineSpeed, ModelId};

use super::OnKernels;
use crate::protocol::Load;
use crate::{Clock, EngineKind, Patience, SystemClock, free_memory};

/// Tells how many bytes of memory are free; `None` where that cannot be told.
pub type FreeMemory = Arc<dyn Fn() -> Option<u64> + Send + Sync>;

/// Told how fast an engine runs a model.
pub type OnMeasured = Arc<dyn Fn(&ModelId, EngineKind, EngineSpeed) + Send + Sync>;

/// Told of every load that succeeded.
pub type OnLoaded = Arc<dyn Fn(&LoadSpec, LoadTook) + Send + Sync>;

/// What a model takes that has just been loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoadTook {
    /// Tokens it was loaded with.
    pub context_length: u32,
    /// Bytes its process holds.
    pub memory_bytes: u64,
}

/// How a pool behaves.
#[derive(Clone)]
pub struct PoolSettings {
    /// After how long without a lease a model is unloaded; `None` for never.
    pub idle_unload: Option<Duration>,
    /// Models that stay loaded, at least 1; see the module for what happens beyond.
    pub max_loaded: usize,
    /// How long workers are waited for.
    pub patience: Patience,
    /// Tells the memory that is free.
    pub free_memory: FreeMemory,
    /// Tells the time that idle models are measured with.
    pub clock: Arc<dyn Clock>,
    /// The lowest kernels that are known to crash on this machine.
    pub kernels_crashed: Option<String>,
    /// Told what is found out about kernels.
    pub on_kernels: OnKernels,
    /// Told how fast an engine runs a model.
    pub on_measured: OnMeasured,
    /// Told what loads take.
    pub on_loaded: OnLoaded,
}

impl Default for PoolSettings {
    fn default() -> Self {
        Self {
            idle_unload: Some(Duration::from_secs(15 * 60)),
            max_loaded: 1,
            patience: Patience::default(),
            free_memory: Arc::new(free_memory),
            clock: Arc::new(SystemClock),
            kernels_crashed: None,
            on_kernels: Arc::new(|_| {}),
            on_measured: Arc::new(|_, _, _| {}),
            on_loaded: Arc::new(|_, _| {}),
        }
    }
}

/// How long a model stays loaded without a lease.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keep {
    /// As [`PoolSettings::idle_unload`] says.
    #[default]
    AsSet,
    /// So long; zero lets it go as soon as nobody asks it anything.
    For(Duration),
    /// Until it is unloaded, or another model needs the room.
    Loaded,
}

/// A model and how to load it.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadSpec {
    /// Which model.
    pub model: ModelId,
    /// What runs it.
    pub engine: EngineKind,
    /// Its files and how to load them. Asking for the same model with another `load` loads it again.
    pub load: Load,
    /// Bytes of its files.
    pub size_bytes: u64,
    /// Have it measured once it is loaded; see [`PoolSettings::on_measured`].
    pub measure: bool,
    /// Bytes it is estimated to take with its context; `None` takes the files, a tenth and 256 MiB.
    pub memory_bytes: Option<u64>,
}

impl LoadSpec {
    /// Bytes that must be free before it is loaded.
    pub(super) fn needs(&self) -> u64 {
        self.memory_bytes.unwrap_or_else(|| self.size_bytes.saturating_add(self.size_bytes / 10 + (256 << 20)))
    }

    pub(super) fn loads_like(&self, other: &Self) -> bool {
        self.engine == other.engine && self.load == other.load
    }
}
