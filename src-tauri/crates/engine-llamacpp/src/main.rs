//! `inglenook-llamacpp`: a process that loads one GGUF model with llama.cpp and answers requests about it.
//!
//! What a worker is, apart from its engine, lives in crate `inglenook-worker`. Here are the start, the choice of
//! kernels ([`kernels`]), loading ([`load`]) and the writing of several answers together ([`scribe`]).

mod embed;
mod kernels;
mod load;
mod scribe;
mod sequences;
mod vocabulary;

use std::process::ExitCode;

use inglenook_engine::EngineKind;
use inglenook_engine::protocol::{Hello, Load, PROTOCOL_VERSION, Ready};
use inglenook_worker::wire::Outbox;
use inglenook_worker::{Engine, Loaded, WorkerError, process};

/// What is written of the log unless `INGLENOOK_LOG` says otherwise. What llama.cpp calls information is a page for
/// every model.
const LOG: &str = "error,inglenook_llamacpp=info,inglenook_worker=info,llama_cpp_2=warn";

fn main() -> ExitCode {
    // Before there are other threads, and before the kernels bring OpenMP along.
    kernels::let_threads_sleep();
    process::start_log(LOG);
    process::offer_to_oom_killer();
    process::end_with_parent();
    llama_cpp_2::send_logs_to_tracing(llama_cpp_2::LogOptions::default());
    inglenook_worker::run(LlamaCpp { kernels: kernels::load() })
}

struct LlamaCpp {
    /// The kernels in use; `None` if there are none that this processor runs.
    kernels: Option<String>,
}

impl Engine for LlamaCpp {
    fn hello(&self) -> Hello {
        Hello {
            protocol: PROTOCOL_VERSION,
            engine: EngineKind::LlamaCpp.name().into(),
            version: load::VERSION.into(),
            parameters: EngineKind::LlamaCpp.parameters().to_vec(),
            kernels: self.kernels.clone(),
        }
    }

    fn load(&self, load: &Load, outbox: &Outbox) -> Result<(Loaded, Ready), WorkerError> {
        if self.kernels.is_none() {
            return Err(WorkerError::EngineFailed {
                doing: "find its kernels: the installation is not whole",
                detail: kernels::places(),
            });
        }
        load::load(load, outbox)
    }
}
