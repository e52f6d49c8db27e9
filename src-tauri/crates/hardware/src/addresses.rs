//! Under which names and addresses other machines of the network reach this one.

use std::net::IpAddr;

use sysinfo::{Networks, System};

/// The addresses of this machine in its networks, as they stand in a URL, and its name there with and without `.local`.
/// Addresses first, those of the older kind before the others.
#[must_use]
pub fn addresses() -> Vec<String> {
    let networks = Networks::new_with_refreshed_list();
    let mut found: Vec<IpAddr> = networks
        .values()
        .flat_map(|data| data.ip_networks().iter().map(|network| network.addr))
        .filter(reachable)
        .collect();
    found.sort_by_key(|address| (address.is_ipv6(), *address));
    found.dedup();
    let names =
        System::host_name().filter(|name| !name.is_empty() && name != "localhost").into_iter().flat_map(|name| {
            let name = name.to_lowercase();
            if name.contains('.') { vec![name] } else { vec![format!("{name}.local"), name] }
        });
    found.into_iter().map(in_url).chain(names).collect()
}

/// Neither this machine alone nor only the next cable.
fn reachable(address: &IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !address.is_loopback() && !address.is_link_local() && !address.is_unspecified(),
        IpAddr::V6(address) => !address.is_loopback() && !address.is_unicast_link_local() && !address.is_unspecified(),
    }
}

fn in_url(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_alone_is_no_address_of_the_network() {
        for address in ["127.0.0.1", "::1", "169.254.1.1", "fe80::1", "0.0.0.0"] {
            assert!(!reachable(&address.parse().expect("an address")), "{address}");
        }
        for address in ["192.168.1.7", "10.0.0.1", "2001:db8::1", "fd00::1"] {
            assert!(reachable(&address.parse().expect("an address")), "{address}");
        }
        assert_eq!(in_url("fd00::1".parse().expect("an address")), "[fd00::1]");
    }
}
