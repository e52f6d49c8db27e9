//! The graphics of Apple's chips: part of the chip and of its memory. How busy they are is told by no public interface.

use inglenook_contract::Gpu;

/// The chip's graphics, named as the chip is; `None` elsewhere.
pub(super) fn graphics() -> Option<Gpu> {
    let chip = cfg!(all(target_os = "macos", target_arch = "aarch64")).then(crate::processor::name)?;
    Some(Gpu { name: format!("{chip} graphics"), memory_bytes: None, shares_memory: true, driver: None })
}
