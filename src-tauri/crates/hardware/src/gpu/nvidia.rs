//! NVIDIA's cards, as their driver names them.

use std::ffi::OsStr;

use inglenook_contract::{Gpu, GpuUse};
use nvml_wrapper::Nvml;
use nvml_wrapper::error::NvmlError;

use super::{Card, Teller};
use crate::trees::Trees;

/// The cards, and the library that tells of them if there is one.
pub(super) fn cards(trees: &Trees) -> (Option<Nvml>, Vec<Card>) {
    // On Linux the driver's library is loaded only where the driver is: loading it wakes the card.
    if cfg!(target_os = "linux") && !trees.path("proc/driver/nvidia").exists() {
        return (None, Vec::new());
    }
    match from_library() {
        Ok((library, cards)) if !cards.is_empty() => (Some(library), cards),
        Ok(_) => (None, from_proc(trees)),
        Err(error) => {
            tracing::debug!(%error, "the library of NVIDIA's driver was not to be had");
            (None, from_proc(trees))
        }
    }
}

/// The cards with their memory, from the driver's own library (NVML), which is looked for when it is asked for.
fn from_library() -> Result<(Nvml, Vec<Card>), NvmlError> {
    // The name without the version is there only where development packages are.
    let versioned = Nvml::builder().lib_path(OsStr::new("libnvidia-ml.so.1")).init();
    let library = versioned.or_else(|_| Nvml::init())?;
    let driver = library.sys_driver_version().ok().map(|version| format!("NVIDIA {version}"));
    let mut cards = Vec::new();
    for index in 0..library.device_count()? {
        let device = library.device_by_index(index)?;
        let memory_bytes = device.memory_info().ok().map(|memory| memory.total);
        let gpu = Gpu { name: device.name()?, memory_bytes, shares_memory: false, driver: driver.clone() };
        cards.push(Card { gpu, teller: Teller::Library(index) });
    }
    Ok((library, cards))
}

/// How much of the card is in use. What the driver keeps for itself counts as taken: no model can have it.
pub(super) fn in_use(library: &Nvml, index: u32) -> GpuUse {
    let Ok(device) = library.device_by_index(index) else { return GpuUse::default() };
    let memory = device.memory_info().ok();
    // Cards that are divided among several users do not tell how busy they are.
    let busy = device.utilization_rates().ok().map(|rates| f64::from(rates.gpu.min(100)) / 100.0);
    GpuUse { memory_used_bytes: memory.map(|memory| memory.total.saturating_sub(memory.free)), busy }
}

/// The driver's cards without its library: names only.
fn from_proc(trees: &Trees) -> Vec<Card> {
    let gpus = "proc/driver/nvidia/gpus";
    let model = |slot: String| {
        let text = trees.text(format!("{gpus}/{slot}/information"))?;
        let name = text.lines().find_map(|line| line.strip_prefix("Model:"))?.trim().to_owned();
        let gpu = Gpu { name, memory_bytes: None, shares_memory: false, driver: Some("NVIDIA".to_owned()) };
        Some(Card { gpu, teller: Teller::Nobody })
    };
    trees.names(gpus).into_iter().filter_map(model).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trees::Planted;

    #[test]
    fn cards_are_named_by_the_driver_where_its_library_is_missing() {
        let planted = Planted::new(&[(
            "proc/driver/nvidia/gpus/0000:01:00.0/information",
            "Model: \t\t NVIDIA GeForce RTX 4070\nIRQ:   \t\t 185\n",
        )]);
        let names: Vec<String> = from_proc(&planted.trees).into_iter().map(|card| card.gpu.name).collect();
        assert_eq!(names, ["NVIDIA GeForce RTX 4070"]);
    }
}
