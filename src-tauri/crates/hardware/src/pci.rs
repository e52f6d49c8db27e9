//! Names of PCI devices, from the list that most Linux systems carry.

use crate::trees::Trees;

/// Where distributions keep the list.
const LISTS: &[&str] = &["usr/share/misc/pci.ids", "usr/share/hwdata/pci.ids", "usr/share/pci.ids"];

/// The device's name for people: the name in square brackets where there is one ("Radeon RX 7900 XTX"), since what
/// stands before it is the chip's. `None` where no list knows it.
pub(crate) fn device_name(trees: &Trees, vendor: u16, device: u16) -> Option<String> {
    let bytes = LISTS.iter().find_map(|list| std::fs::read(trees.path(list)).ok())?;
    let list = String::from_utf8_lossy(&bytes);
    let (vendor, device) = (format!("{vendor:04x}  "), format!("\t{device:04x}  "));
    let mut lines = list.lines().skip_while(|line| !line.starts_with(&vendor)).skip(1);
    let line =
        lines.by_ref().take_while(|line| line.starts_with(['\t', '#'])).find(|line| line.starts_with(&device))?;
    let name = line.get(device.len()..)?.trim();
    let inside = name.rsplit_once('[').and_then(|(_, rest)| rest.strip_suffix(']'));
    Some(inside.unwrap_or(name).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trees::Planted;

    const LIST: &str = "# a comment\n1001  Kolter\n\t744c  Wrong vendor\n1002  AMD/ATI\n\t7448  Other\n\t\t1002 744c  Subsystem\n\t744c  Navi 31 [Radeon RX 7900 XT/7900 XTX]\n8086  Intel\n\t9a49  TigerLake-LP GT2 [Iris Xe Graphics]\n\t5917  UHD Graphics 620\n";

    #[test]
    fn a_device_is_found_under_its_own_vendor() {
        let planted = Planted::new(&[("usr/share/misc/pci.ids", LIST)]);
        let name = |vendor, device| device_name(&planted.trees, vendor, device);
        assert_eq!(name(0x1002, 0x744c).as_deref(), Some("Radeon RX 7900 XT/7900 XTX"));
        assert_eq!(name(0x8086, 0x5917).as_deref(), Some("UHD Graphics 620"));
        assert_eq!(name(0x8086, 0x744c), None);
        assert_eq!(name(0xffff, 0x0001), None);
        assert_eq!(device_name(&Planted::new(&[]).trees, 0x1002, 0x744c), None, "no list, no name");
    }
}
