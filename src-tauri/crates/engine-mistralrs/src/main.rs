//! `inglenook-mistralrs`: a process that loads one model with mistral.rs and answers requests about it.
//!
//! What a worker is, apart from its engine, lives in crate `inglenook-worker`. What happens here is only the start: the
//! checks and the environment that must be set before there are threads.

mod cpu;
mod embed;
mod engine;
mod environment;
mod generate;
mod lane;
mod load;
mod pace;

use std::process::ExitCode;

use inglenook_engine::EngineKind;
use inglenook_engine::protocol::{Hello, Load, PROTOCOL_VERSION, Ready};
use inglenook_worker::wire::Outbox;
use inglenook_worker::{Engine, Loaded, WorkerError, process};

#[cfg(all(target_arch = "x86_64", not(target_feature = "avx2")))]
compile_error!(
    "candle picks its SIMD kernels when it is compiled; without AVX2 it is several times slower. Build with `make \
     engine`, or with RUSTFLAGS=\"-C target-cpu=x86-64-v3\"."
);

/// What is written of the log unless `INGLENOOK_LOG` says otherwise.
const LOG: &str = "error,inglenook_mistralrs=info,inglenook_worker=info,mistralrs_core::engine=off";

fn main() -> ExitCode {
    // Before anything else: all that follows is compiled for instructions that the processor may lack.
    if let Some(exit) = cpu::refuse() {
        return exit;
    }
    environment::set_environment();
    process::start_log(LOG);
    process::offer_to_oom_killer();
    process::end_with_parent();
    process::at_end(load::staging::remove_all);
    inglenook_worker::run(MistralRs)
}

struct MistralRs;

impl Engine for MistralRs {
    fn hello(&self) -> Hello {
        Hello {
            protocol: PROTOCOL_VERSION,
            engine: EngineKind::MistralRs.name().into(),
            version: "0.8.1".into(),
            parameters: EngineKind::MistralRs.parameters().to_vec(),
            kernels: None,
        }
    }

    fn before_loading(&self, load: &Load) {
        environment::set_threads(load.config.threads);
    }

    fn load(&self, load: &Load, outbox: &Outbox) -> Result<(Loaded, Ready), WorkerError> {
        load::load(load, outbox)
    }
}
