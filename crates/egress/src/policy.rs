//! Where requests may go, and how long and how large answers may be.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use ipnet::IpNet;
use rustls_pki_types::CertificateDer;

/// Bounds of outbound requests.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Networks that may be reached although they are not public.
    pub allow: Vec<IpNet>,
    /// How long a connection may take to be made, TLS included.
    pub connect_timeout: Duration,
    /// How long a request may take from its first byte to the answer's last.
    pub timeout: Duration,
    /// How large an answer's body may be, in bytes.
    pub max_response_bytes: usize,
    /// Certificate authorities trusted beside the public ones.
    pub roots: Vec<CertificateDer<'static>>,
    /// The `User-Agent`.
    pub user_agent: String,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            allow: Vec::new(),
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(15),
            max_response_bytes: 4 << 20,
            roots: Vec::new(),
            user_agent: concat!("gatehouse/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

impl Policy {
    /// Whether a request may be sent to this address.
    #[must_use]
    pub fn admits(&self, address: IpAddr) -> bool {
        let address = embedded(address);
        is_public(address) || self.allow.iter().any(|net| net.contains(&address))
    }
}

/// The IPv4 address that an IPv6 form carries (mapped, 6to4, NAT64), else the address itself: what
/// is private stays private in every spelling.
fn embedded(address: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = address else {
        return address;
    };
    let bytes = v6.octets();
    let v4 = |at: usize| {
        IpAddr::V4(Ipv4Addr::new(
            bytes[at],
            bytes[at + 1],
            bytes[at + 2],
            bytes[at + 3],
        ))
    };
    if let Some(mapped) = v6.to_ipv4_mapped() {
        return IpAddr::V4(mapped);
    }
    match v6.segments() {
        [0x2002, ..] => v4(2),
        [0x64, 0xff9b, 0, 0, 0, 0, _, _] => v4(12),
        // The deprecated IPv4-compatible form, `::` and `::1` excepted.
        [0, 0, 0, 0, 0, 0, high, low] if high != 0 || low > 1 => v4(12),
        _ => address,
    }
}

/// Whether an address is globally reachable (IANA's special-purpose registries, RFC 6890).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let shared = a == 100 && (b & 0xc0) == 64;
    let protocol_assignments = a == 192 && b == 0 && c == 0;
    // Azure's metadata and DNS service has a public address.
    let wire_server = address == Ipv4Addr::new(168, 63, 129, 16);
    let relay_anycast = a == 192 && b == 88 && c == 99;
    let benchmarking = a == 198 && (b & 0xfe) == 18;
    !(a == 0
        || a >= 240
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || shared
        || protocol_assignments
        || wire_server
        || relay_anycast
        || benchmarking)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    // Only 2000::/3 is handed out; inside it, Teredo, ORCHID and documentation are special.
    let global_unicast = (first & 0xe000) == 0x2000;
    let protocol_assignments = first == 0x2001 && second < 0x0200;
    let documentation =
        (first == 0x2001 && second == 0x0db8) || (first == 0x3fff && second < 0x1000);
    global_unicast && !protocol_assignments && !documentation
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use proptest::prelude::*;

    use super::Policy;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn special_addresses_are_refused_in_every_spelling() {
        let policy = Policy::default();
        for text in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "168.63.129.16",
            "100.100.100.200",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "192.0.0.8",
            "198.18.0.1",
            "203.0.113.5",
            "240.0.0.1",
            "::",
            "::1",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "2001:db8::1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "2002:7f00:1::1",
            "2002:a9fe:a9fe::",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::1",
            "::ffff:0:127.0.0.1",
            "fec0::1",
            "64:ff9b::a9fe:a9fe",
            "2001::1",
            "3fff::1",
            "100::1",
        ] {
            assert!(!policy.admits(address(text)), "{text}");
        }
        for text in [
            "1.1.1.1",
            "8.8.8.8",
            "2606:4700::1111",
            "64:ff9b::1.1.1.1",
            "2002:101:101::",
        ] {
            assert!(policy.admits(address(text)), "{text}");
        }
    }

    #[test]
    fn a_named_network_is_allowed_in_every_spelling() {
        let policy = Policy {
            allow: vec!["10.1.0.0/16".parse().unwrap()],
            ..Policy::default()
        };
        assert!(policy.admits(address("10.1.9.9")) && policy.admits(address("::ffff:10.1.9.9")));
        assert!(!policy.admits(address("10.2.0.1")));
    }

    proptest! {
        #[test]
        fn an_ipv4_address_is_judged_alike_as_mapped_and_translated(bits in any::<u32>()) {
            let policy = Policy::default();
            let v4 = std::net::Ipv4Addr::from(bits);
            let [a, b, c, d] = v4.octets();
            let plain = policy.admits(v4.into());
            prop_assert_eq!(plain, policy.admits(v4.to_ipv6_mapped().into()));
            prop_assert_eq!(plain, policy.admits(address(&format!("64:ff9b::{a}.{b}.{c}.{d}"))));
        }
    }
}
