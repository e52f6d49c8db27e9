//! Graphics cards: NVIDIA's through the driver's own library where it is installed, all others through the kernel.
//!
//! On systems other than Linux only NVIDIA's cards and the graphics of Apple's chips are found; for the rest an empty
//! list is honest.

mod apple;
mod kernel;
mod nvidia;

use inglenook_contract::{Gpu, GpuUse};
use nvml_wrapper::Nvml;

use crate::trees::Trees;

/// The cards of this machine, and who tells of them.
pub(crate) struct Cards {
    /// The library of NVIDIA's driver; opening it takes its time, and wakes the cards.
    library: Option<Nvml>,
    cards: Vec<Card>,
}

struct Card {
    gpu: Gpu,
    teller: Teller,
}

/// Who knows how much of a card is in use.
enum Teller {
    /// NVIDIA's library, by the card's index there.
    Library(u32),
    /// The kernel, by the card's folder.
    Kernel(String),
    Nobody,
}

impl Cards {
    /// All cards, in the system's order.
    pub(crate) fn find(trees: &Trees) -> Self {
        let (library, mut cards) = nvidia::cards(trees);
        let known = !cards.is_empty();
        let others = kernel::cards(trees).into_iter().filter(|card| !(known && card.vendor == kernel::NVIDIA));
        cards.extend(others.map(|card| Card { gpu: card.gpu, teller: Teller::Kernel(card.folder) }));
        cards.extend(apple::graphics().map(|gpu| Card { gpu, teller: Teller::Nobody }));
        Self { library, cards }
    }

    pub(crate) fn into_gpus(self) -> Vec<Gpu> {
        self.cards.into_iter().map(|card| card.gpu).collect()
    }

    /// How much of each is in use now, in the same order.
    pub(crate) fn in_use(&self, trees: &Trees) -> Vec<GpuUse> {
        let told = |card: &Card| match (&card.teller, &self.library) {
            (Teller::Library(index), Some(library)) => nvidia::in_use(library, *index),
            (Teller::Kernel(folder), _) => kernel::in_use(trees, folder),
            (Teller::Library(_) | Teller::Nobody, _) => GpuUse::default(),
        };
        self.cards.iter().map(told).collect()
    }
}

// Elsewhere real cards would stand among the planted ones.
#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use crate::trees::Planted;

    fn names(planted: &Planted) -> Vec<String> {
        Cards::find(&planted.trees).into_gpus().into_iter().map(|gpu| gpu.name).collect()
    }

    #[test]
    fn a_machine_without_cards_has_none() {
        assert_eq!(names(&Planted::new(&[])), [] as [String; 0]);
    }

    #[test]
    fn nvidias_cards_are_not_there_twice() {
        let planted = Planted::new(&[(
            "proc/driver/nvidia/gpus/0000:01:00.0/information",
            "Model: \t\t NVIDIA GeForce RTX 4070\nIRQ:   \t\t 185\n",
        )]);
        kernel::plant(&planted, "card0", "0x10de", "0x2786");
        kernel::plant(&planted, "card1", "0x8086", "0x1234");
        let names = names(&planted);
        assert!(names.iter().any(|name| name.starts_with("NVIDIA")), "{names:?}");
        assert!(!names.iter().any(|name| name.starts_with("NVIDIA graphics")), "the kernel's is left out: {names:?}");
        assert!(names.iter().any(|name| name.starts_with("Intel")), "{names:?}");
    }

    #[test]
    fn nvidias_card_under_the_open_driver_is_the_kernels() {
        let planted = Planted::new(&[]);
        kernel::plant(&planted, "card0", "0x10de", "0x2786");
        assert_eq!(names(&planted), ["NVIDIA graphics (10de:2786)"]);
    }

    #[test]
    fn each_card_tells_of_itself() {
        let planted = Planted::new(&[]);
        kernel::plant(&planted, "card0", "0x8086", "0x9a49");
        kernel::plant(&planted, "card1", "0x1002", "0x744c");
        planted.put("sys/class/drm/card1/device/mem_info_vram_used", "1000\n");
        let cards = Cards::find(&planted.trees);
        let amd = GpuUse { memory_used_bytes: Some(1000), busy: None };
        assert_eq!(cards.in_use(&planted.trees), [GpuUse::default(), amd]);
    }
}
