//! `GET /api/v1/hardware`: the machine, as far as it matters for models.

use axum::Json as Sent;
use axum::extract::State;
use inglenook_app::hardware;
use serde::Serialize;
use utoipa::ToSchema;

use crate::state::Serving;

/// The machine, now.
#[derive(Serialize, ToSchema)]
pub(crate) struct Hardware {
    processor: Processor,
    memory: Memory,
    /// Graphics cards.
    gpus: Vec<Gpu>,
    /// The disk on which the models lie, where the system tells.
    disk: Option<Disk>,
}

/// The processor, as far as this program may use it.
#[derive(Serialize, ToSchema)]
pub(crate) struct Processor {
    /// What its maker calls it.
    #[schema(example = "AMD Ryzen 7 7840U")]
    name: String,
    /// Physical cores.
    #[schema(example = 8)]
    cores: u32,
    /// Threads that run at once.
    #[schema(example = 16)]
    threads: u32,
    /// What it can do that speeds up models, the plain before the special.
    #[schema(example = json!(["AVX2", "FMA", "AVX-512", "AVX-512 VNNI"]))]
    instructions: Vec<String>,
    /// What llama.cpp multiplies with here; null before the first model was loaded.
    #[schema(example = "AVX-512 with VNNI and BF16")]
    kernels: Option<String>,
}

/// The memory; a container's limit where that is lower.
#[derive(Serialize, ToSchema)]
pub(crate) struct Memory {
    /// All of it.
    #[schema(example = 33_285_996_544_u64)]
    total_bytes: u64,
    /// Of these, free for a model now.
    #[schema(example = 21_474_836_480_u64)]
    free_bytes: u64,
}

/// A graphics card.
#[derive(Serialize, ToSchema)]
pub(crate) struct Gpu {
    /// What its maker calls it.
    #[schema(example = "NVIDIA GeForce RTX 4070")]
    name: String,
    /// Bytes of its own memory, where that can be told.
    #[schema(example = 12_878_610_432_u64)]
    memory_bytes: Option<u64>,
    /// It computes in the machine's memory and has none of its own.
    shares_memory: bool,
    /// What drives it, where that can be told.
    #[schema(example = "NVIDIA 570.86.15")]
    driver: Option<String>,
}

/// A disk.
#[derive(Serialize, ToSchema)]
pub(crate) struct Disk {
    /// All its bytes.
    #[schema(example = 1_000_204_886_016_u64)]
    total_bytes: u64,
    /// Of these, what can still be written.
    #[schema(example = 512_110_190_592_u64)]
    free_bytes: u64,
}

impl From<inglenook_contract::Hardware> for Hardware {
    fn from(found: inglenook_contract::Hardware) -> Self {
        let gpu = |gpu: inglenook_contract::Gpu| Gpu {
            name: gpu.name,
            memory_bytes: gpu.memory_bytes,
            shares_memory: gpu.shares_memory,
            driver: gpu.driver,
        };
        Self {
            processor: Processor {
                name: found.processor,
                cores: found.cores,
                threads: found.threads,
                instructions: found.instructions,
                kernels: found.kernels.used,
            },
            memory: Memory { total_bytes: found.memory_bytes, free_bytes: found.memory_free_bytes },
            gpus: found.gpus.into_iter().map(gpu).collect(),
            disk: found.disk.map(|disk| Disk { total_bytes: disk.total_bytes, free_bytes: disk.free_bytes }),
        }
    }
}

/// Describe the machine.
///
/// Processor, memory, graphics cards and the disk on which the models lie, with what is free now.
#[utoipa::path(
    get,
    path = "/api/v1/hardware",
    operation_id = "hardware",
    tag = "Machine",
    responses((status = 200, description = "What was found", body = Hardware))
)]
pub(crate) async fn show(State(serving): State<Serving>) -> Sent<Hardware> {
    Sent(hardware::get(serving.app()).await.into())
}
