//! Cards as Linux's kernel tells of them, each in a folder of its own.
//!
//! AMD's driver tells of memory and of how busy a card is. Of Intel's, the driver that Intel distributes itself tells
//! of a card's memory (`lmem_*`), some kernels of what is built in (`tile*/physical_vram_size_bytes`), and the others of
//! neither: they answer only programs that speak to the card.

use inglenook_contract::{Gpu, GpuUse};

use crate::pci;
use crate::trees::Trees;

pub(super) const NVIDIA: u16 = 0x10de;
const AMD: u16 = 0x1002;
const INTEL: u16 = 0x8086;

/// Makers of cards that compute, by PCI vendor. Virtual displays and the adapters of servers are left out: a model
/// cannot run there.
const MAKERS: &[(u16, &str)] = &[(AMD, "AMD"), (NVIDIA, "NVIDIA"), (INTEL, "Intel"), (0x1ed5, "Moore Threads")];

/// Where Intel's graphics lie that are part of the processor.
const INTEGRATED: &str = "0000:00:02.0";

/// A card as the kernel tells of it.
pub(super) struct Card {
    pub(super) vendor: u16,
    /// Where it is told of.
    pub(super) folder: String,
    pub(super) gpu: Gpu,
}

/// The kernel's cards.
pub(super) fn cards(trees: &Trees) -> Vec<Card> {
    let drm = "sys/class/drm";
    let is_card = |name: &String| name.strip_prefix("card").is_some_and(|rest| rest.parse::<u32>().is_ok());
    let names = trees.names(drm).into_iter().filter(is_card);
    names.filter_map(|name| card(trees, format!("{drm}/{name}"))).collect()
}

/// One card by its folder; `None` for what cannot compute.
fn card(trees: &Trees, folder: String) -> Option<Card> {
    let device = format!("{folder}/device");
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
    let about = trees.text(format!("{device}/uevent")).unwrap_or_default();
    let said = |key: &str| about.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
    let memory_bytes = memory(trees, &folder);
    let shares_memory = vendor == INTEL && memory_bytes.is_none() && said("PCI_SLOT_NAME") == Some(INTEGRATED);
    let gpu = Gpu { name, memory_bytes, shares_memory, driver: said("DRIVER").map(str::to_owned) };
    Some(Card { vendor, folder, gpu })
}

/// A file that holds nothing but a number.
fn bytes(trees: &Trees, file: String) -> Option<u64> {
    trees.text(file)?.parse().ok()
}

/// Bytes of a card's own memory.
fn memory(trees: &Trees, folder: &str) -> Option<u64> {
    let tile = |name: String| bytes(trees, format!("{folder}/device/{name}/physical_vram_size_bytes"));
    let tiles = trees.names(format!("{folder}/device")).into_iter().filter(|name| name.starts_with("tile"));
    bytes(trees, format!("{folder}/device/mem_info_vram_total"))
        .or_else(|| bytes(trees, format!("{folder}/lmem_total_bytes")))
        .or_else(|| tiles.filter_map(tile).reduce(u64::saturating_add))
        .filter(|bytes| *bytes > 0)
}

/// How much of the card is in use.
pub(super) fn in_use(trees: &Trees, folder: &str) -> GpuUse {
    let lmem = |name: &str| bytes(trees, format!("{folder}/lmem_{name}_bytes"));
    let taken = || Some(lmem("total")?.saturating_sub(lmem("avail")?));
    let memory_used_bytes = bytes(trees, format!("{folder}/device/mem_info_vram_used")).or_else(taken);
    GpuUse { memory_used_bytes, busy: busy(trees, folder) }
}

/// How busy a card is, where its driver tells (AMD's does).
fn busy(trees: &Trees, folder: &str) -> Option<f64> {
    let told = format!("{folder}/device/gpu_busy_percent");
    // Being asked would wake it.
    if trees.text(format!("{folder}/device/power/runtime_status")).as_deref() == Some("suspended") {
        return trees.path(told).exists().then_some(0.0);
    }
    trees
        .text(told)?
        .parse::<f64>()
        .ok()
        .filter(|percent| percent.is_finite())
        .map(|percent| (percent / 100.0).clamp(0.0, 1.0))
}

/// Plants a card's identity.
#[cfg(test)]
pub(super) fn plant(planted: &crate::trees::Planted, card: &str, vendor: &str, device: &str) {
    planted.put(&format!("sys/class/drm/{card}/device/vendor"), &format!("{vendor}\n"));
    planted.put(&format!("sys/class/drm/{card}/device/device"), &format!("{device}\n"));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trees::Planted;

    fn gpus(planted: &Planted) -> Vec<Gpu> {
        cards(&planted.trees).into_iter().map(|card| card.gpu).collect()
    }

    fn gpu(name: &str, memory_bytes: Option<u64>) -> Gpu {
        Gpu { name: name.to_owned(), memory_bytes, shares_memory: false, driver: None }
    }

    fn used(planted: &Planted, card: &str) -> GpuUse {
        in_use(&planted.trees, &format!("sys/class/drm/{card}"))
    }

    #[test]
    fn cards_are_named_as_well_as_can_be() {
        let planted =
            Planted::new(&[("usr/share/hwdata/pci.ids", "8086  Intel\n\t9a49  TigerLake [Iris Xe Graphics]\n")]);
        plant(&planted, "card0", "0x8086", "0x9a49");
        plant(&planted, "card1", "0x1002", "0x744c");
        planted.put("sys/class/drm/card1/device/mem_info_vram_total", "25753026560\n");
        planted.put("sys/class/drm/card1-DP-1/status", "connected\n");
        planted.put("sys/class/drm/renderD128/device/vendor", "0x1002\n");
        planted.put("sys/class/drm/version", "drm 1.1.0\n");
        assert_eq!(
            gpus(&planted),
            [gpu("Intel Iris Xe Graphics", None), gpu("AMD graphics (1002:744c)", Some(25_753_026_560))]
        );
    }

    #[test]
    fn virtual_displays_and_nonsense_are_no_cards() {
        let planted = Planted::new(&[("sys/class/drm/card5/device/vendor", "0x1002")]);
        plant(&planted, "card0", "0x1af4", "0x1050");
        plant(&planted, "card1", "0x1a03", "0x2000");
        plant(&planted, "card2", "nonsense", "0x0001");
        assert_eq!(gpus(&planted), []);
    }

    #[test]
    fn graphics_in_the_processor_share_the_machines_memory() {
        let planted = Planted::new(&[]);
        for (card, slot) in [("card0", "0000:00:02.0"), ("card1", "0000:03:00.0")] {
            plant(&planted, card, "0x8086", "0x56a0");
            let about = format!("DRIVER=xe\nPCI_SLOT_NAME={slot}\n");
            planted.put(&format!("sys/class/drm/{card}/device/uevent"), &about);
        }
        let told: Vec<_> = gpus(&planted).into_iter().map(|gpu| (gpu.shares_memory, gpu.driver)).collect();
        assert_eq!(told, [(true, Some("xe".to_owned())), (false, Some("xe".to_owned()))]);
    }

    #[test]
    fn intels_memory_is_told_by_some_drivers() {
        let planted = Planted::new(&[]);
        plant(&planted, "card0", "0x8086", "0x56a0");
        planted.put("sys/class/drm/card0/lmem_total_bytes", "17179869184\n");
        plant(&planted, "card1", "0x8086", "0x0bd5");
        planted.put("sys/class/drm/card1/device/tile0/physical_vram_size_bytes", "1000\n");
        planted.put("sys/class/drm/card1/device/tile1/physical_vram_size_bytes", "2000\n");
        let memory: Vec<_> = gpus(&planted).into_iter().map(|gpu| gpu.memory_bytes).collect();
        assert_eq!(memory, [Some(17_179_869_184), Some(3000)]);
        assert_eq!(used(&planted, "card0"), GpuUse::default(), "how much is taken is not told");
        planted.put("sys/class/drm/card0/lmem_avail_bytes", "17179869000\n");
        assert_eq!(used(&planted, "card0"), GpuUse { memory_used_bytes: Some(184), busy: None });
    }

    #[test]
    fn amds_driver_tells_how_much_is_in_use() {
        let planted = Planted::new(&[]);
        plant(&planted, "card0", "0x1002", "0x744c");
        planted.put("sys/class/drm/card0/device/mem_info_vram_used", "5000\n");
        planted.put("sys/class/drm/card0/device/gpu_busy_percent", "43\n");
        assert_eq!(used(&planted, "card0"), GpuUse { memory_used_bytes: Some(5000), busy: Some(0.43) });
        planted.put("sys/class/drm/card0/device/power/runtime_status", "suspended\n");
        assert_eq!(used(&planted, "card0").busy, Some(0.0), "asleep, and not asked");
        planted.put("sys/class/drm/card0/device/power/runtime_status", "active\n");
        planted.put("sys/class/drm/card0/device/gpu_busy_percent", "nonsense\n");
        assert_eq!(used(&planted, "card0").busy, None);
    }

    #[test]
    fn a_card_that_says_nothing_leaves_everything_open() {
        let planted = Planted::new(&[]);
        plant(&planted, "card0", "0x8086", "0x9a49");
        planted.put("sys/class/drm/card0/device/power/runtime_status", "suspended\n");
        assert_eq!(used(&planted, "card0"), GpuUse::default());
    }
}
