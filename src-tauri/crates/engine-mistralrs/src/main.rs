//! `inglenook-mistralrs`: a process that loads one model with mistral.rs and answers requests about it.
//!
//! It speaks the worker protocol of crate `inglenook-engine` on stdin and stdout; its stderr is its log. What
//! happens here is only the start: the checks and the environment that must be set before there are threads.

mod cpu;
mod embed;
mod engine;
mod error;
mod generate;
mod lane;
mod load;
mod model;
mod process;
mod prompt;
mod sampling;
mod stream;
mod template;
mod ticket;
mod tokens;
mod wire;
mod worker;

use std::process::ExitCode;

fn main() -> ExitCode {
    // Before anything else: all that follows is compiled for instructions that the processor may lack.
    if let Some(exit) = cpu::refuse() {
        return exit;
    }
    process::set_environment();
    process::start_log();
    process::offer_to_oom_killer();
    process::end_with_parent();
    worker::run()
}
