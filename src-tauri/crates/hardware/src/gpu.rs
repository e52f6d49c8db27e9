//! Graphics cards: NVIDIA's through the driver's own library where it is installed, all others through the kernel.
//!
//! On systems other than Linux only NVIDIA's cards are found; for the rest an empty list is honest.

use std::ffi::OsStr;

use inglenook_contract::Gpu;
use nvml_wrapper::Nvml;

use crate::pci;
use crate::trees::Trees;

const NVIDIA: u16 = 0x10de;
const AMD: u16 = 0x1002;

/// Makers of cards that compute, by PCI vendor. Virtual displays and the adapters of servers are left out: a model
/// cannot run there.
const MAKERS: &[(u16, &str)] = &[(AMD, "AMD"), (NVIDIA, "NVIDIA"), (0x8086, "Intel"), (0x1ed5, "Moore Threads")];

/// All cards, in the system's order.
pub(crate) fn all(trees: &Trees) -> Vec<Gpu> {
    let mut gpus = nvidia(trees);
    let known = !gpus.is_empty();
    gpus.extend(cards(trees).into_iter().filter(|card| !(known && card.vendor == NVIDIA)).map(|card| card.gpu));
    gpus
}

/// NVIDIA's cards, as the driver names them.
fn nvidia(trees: &Trees) -> Vec<Gpu> {
    // On Linux the driver's library is loaded only where the driver is: loading it wakes the card.
    if cfg!(target_os = "linux") && !trees.path("proc/driver/nvidia").exists() {
        return Vec::new();
    }
    match from_library() {
        Ok(gpus) if !gpus.is_empty() => gpus,
        Ok(_) => from_proc(trees),
        Err(error) => {
            tracing::debug!(%error, "the library of NVIDIA's driver was not to be had");
            from_proc(trees)
        }
    }
}

/// The cards with their memory, from the driver's own library (NVML), which is looked for when it is asked for.
fn from_library() -> Result<Vec<Gpu>, nvml_wrapper::error::NvmlError> {
    // The name without the version is there only where development packages are.
    let versioned = Nvml::builder().lib_path(OsStr::new("libnvidia-ml.so.1")).init();
    let library = versioned.or_else(|_| Nvml::init())?;
    let mut gpus = Vec::new();
    for index in 0..library.device_count()? {
        let device = library.device_by_index(index)?;
        let memory_bytes = device.memory_info().ok().map(|memory| memory.total);
        gpus.push(Gpu { name: device.name()?, memory_bytes });
    }
    Ok(gpus)
}

/// The driver's cards without its library: names only.
fn from_proc(trees: &Trees) -> Vec<Gpu> {
    let gpus = "proc/driver/nvidia/gpus";
    let model = |slot: String| {
        let text = trees.text(format!("{gpus}/{slot}/information"))?;
        let name = text.lines().find_map(|line| line.strip_prefix("Model:"))?.trim().to_owned();
        Some(Gpu { name, memory_bytes: None })
    };
    trees.names(gpus).into_iter().filter_map(model).collect()
}

/// A card as the kernel tells of it.
struct Card {
    vendor: u16,
    gpu: Gpu,
}

/// The kernel's cards.
fn cards(trees: &Trees) -> Vec<Card> {
    let drm = "sys/class/drm";
    let is_card = |name: &String| name.strip_prefix("card").is_some_and(|rest| rest.parse::<u32>().is_ok());
    trees
        .names(drm)
        .into_iter()
        .filter(is_card)
        .filter_map(|name| card(trees, &format!("{drm}/{name}/device")))
        .collect()
}

/// One card by its folder; `None` for what cannot compute.
fn card(trees: &Trees, device: &str) -> Option<Card> {
    let number = |name: &str| {
        let text = trees.text(format!("{device}/{name}"))?;
        u16::from_str_radix(text.strip_prefix("0x")?, 16).ok()
    };
    let (vendor, id) = (number("vendor")?, number("device")?);
    let (_, maker) = MAKERS.iter().find(|(known, _)| *known == vendor)?;
    let own = trees.text(format!("{device}/product_name")).filter(|name| !name.is_empty());
    let name = match own.or_else(|| pci::device_name(trees, vendor, id)) {
        Some(name) if name.starts_with(maker) => name,
        Some(name) => format!("{maker} {name}"),
        None => format!("{maker} graphics ({vendor:04x}:{id:04x})"),
    };
    // AMD's driver alone tells.
    let memory_bytes = trees.text(format!("{device}/mem_info_vram_total")).and_then(|text| text.parse().ok());
    Some(Card { vendor, gpu: Gpu { name, memory_bytes } })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trees::Planted;

    fn gpu(name: &str, memory_bytes: Option<u64>) -> Gpu {
        Gpu { name: name.to_owned(), memory_bytes }
    }

    fn plant(planted: &Planted, card: &str, vendor: &str, device: &str) {
        planted.put(&format!("sys/class/drm/{card}/device/vendor"), &format!("{vendor}\n"));
        planted.put(&format!("sys/class/drm/{card}/device/device"), &format!("{device}\n"));
    }

    #[test]
    fn a_machine_without_cards_has_none() {
        assert_eq!(all(&Planted::new(&[]).trees), []);
    }

    #[test]
    fn the_kernels_cards_are_named_as_well_as_can_be() {
        let planted =
            Planted::new(&[("usr/share/hwdata/pci.ids", "8086  Intel\n\t9a49  TigerLake [Iris Xe Graphics]\n")]);
        plant(&planted, "card0", "0x8086", "0x9a49");
        plant(&planted, "card1", "0x1002", "0x744c");
        planted.put("sys/class/drm/card1/device/mem_info_vram_total", "25753026560\n");
        planted.put("sys/class/drm/card1-DP-1/status", "connected\n");
        planted.put("sys/class/drm/renderD128/device/vendor", "0x1002\n");
        planted.put("sys/class/drm/version", "drm 1.1.0\n");
        assert_eq!(
            all(&planted.trees),
            [gpu("Intel Iris Xe Graphics", None), gpu("AMD graphics (1002:744c)", Some(25_753_026_560))]
        );
    }

    #[test]
    fn virtual_displays_and_nonsense_are_no_cards() {
        let planted = Planted::new(&[("sys/class/drm/card5/device/vendor", "0x1002")]);
        plant(&planted, "card0", "0x1af4", "0x1050");
        plant(&planted, "card1", "0x1a03", "0x2000");
        plant(&planted, "card2", "nonsense", "0x0001");
        assert_eq!(all(&planted.trees), []);
    }

    #[test]
    fn nvidias_cards_are_named_by_the_driver_where_its_library_is_missing() {
        let planted = Planted::new(&[(
            "proc/driver/nvidia/gpus/0000:01:00.0/information",
            "Model: \t\t NVIDIA GeForce RTX 4070\nIRQ:   \t\t 185\n",
        )]);
        plant(&planted, "card0", "0x10de", "0x2786");
        plant(&planted, "card1", "0x8086", "0x1234");
        assert_eq!(from_proc(&planted.trees), [gpu("NVIDIA GeForce RTX 4070", None)]);
        assert_eq!(all(&planted.trees).len(), 2, "NVIDIA's card is not there twice");
    }

    #[test]
    fn nvidias_card_under_the_open_driver_is_the_kernels() {
        let planted = Planted::new(&[]);
        plant(&planted, "card0", "0x10de", "0x2786");
        assert_eq!(all(&planted.trees), [gpu("NVIDIA graphics (10de:2786)", None)]);
    }
}
