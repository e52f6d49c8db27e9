//! What a model will take, as JSON: the estimate behind `tests/bench/fit.py`, which holds it against the real workers.
//!
//! `cargo run --release -p inglenook-hub --example fit -- MODEL ENGINE CONTEXT KV [KERNELS]`, where ENGINE is `llamacpp`
//! or `mistralrs`, KV `f16` or `q8_0`, and KERNELS a name as llama.cpp's build gives them.
#![allow(clippy::print_stdout, reason = "it is what it is for")]

use std::error::Error;
use std::path::Path;

use inglenook_contract::KvCache;
use inglenook_hub::EngineKind;
use inglenook_hub::fit::{self, Plan, Repacking, Sizes};
use inglenook_hub::header::gguf::GgufHeader;
use inglenook_hub::header::safetensors::SafetensorsHeader;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [model, engine, context, kv, kernels @ ..] = arguments.as_slice() else {
        return Err("MODEL ENGINE CONTEXT KV [KERNELS]".into());
    };
    let path = Path::new(model);
    let sizes = if path.is_dir() {
        Sizes::from(&SafetensorsHeader::read(path)?)
    } else {
        Sizes::from(&GgufHeader::read(path)?)
    };
    let engine = match engine.as_str() {
        "llamacpp" => EngineKind::LlamaCpp,
        "mistralrs" => EngineKind::MistralRs,
        other => return Err(format!("no engine {other}").into()),
    };
    let kv = if kv == "q8_0" { KvCache::Q8_0 } else { KvCache::F16 };
    let mut plan = Plan::usual(engine, &sizes, Some(context.parse()?), Some(kv));
    if let Some(kernels) = kernels.first().filter(|_| engine == EngineKind::LlamaCpp) {
        plan.repacking = Repacking::of_kernels(kernels);
    }
    let need = fit::need(&sizes, &plan);
    let parts = need.parts;
    let report = serde_json::json!({
        "architecture": sizes.architecture,
        "quantisation": sizes.quantisation,
        "context": plan.context,
        "resident_bytes": need.resident_bytes,
        "after_load_bytes": need.after_load_bytes,
        "loading_peak_bytes": need.loading_peak_bytes,
        "per_1k_context_bytes": need.per_1k_context_bytes,
        "parts": {
            "weights": parts.weights,
            "kv": parts.kv,
            "recurrent": parts.recurrent,
            "compute": parts.compute,
            "repacked": parts.repacked,
            "overhead": parts.overhead,
        },
    });
    println!("{report}");
    Ok(())
}
