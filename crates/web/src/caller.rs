//! From where somebody calls.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use http::HeaderMap;
use ipnet::IpNet;

/// Whether an address is in one of the networks.
#[must_use]
pub fn is_within(networks: &[IpNet], address: IpAddr) -> bool {
    let address = address.to_canonical();
    networks.iter().any(|own| own.contains(&address))
}

/// Who calls: the peer itself or, where the peer is a proxy of the operator's, the last address in
/// `X-Forwarded-For` that is none. Each proxy adds the address that it saw; everything before what the
/// first of ours added is the caller's own word (RFC 9700 §4.13).
#[must_use]
pub fn caller(proxies: &[IpNet], peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let lines = headers.get_all("x-forwarded-for").iter().rev();
    let hops = lines.flat_map(|line| line.to_str().unwrap_or_default().rsplit(','));
    let mut caller = peer;
    for hop in hops {
        if !is_within(proxies, caller) {
            break;
        }
        match address(hop.trim()) {
            Some(address) => caller = address,
            None => break,
        }
    }
    caller
}

/// An address, with or without a port.
fn address(text: &str) -> Option<IpAddr> {
    let with_port = || text.parse::<SocketAddr>().map(|address| address.ip());
    let address = text.parse::<IpAddr>().or_else(|_| with_port()).ok()?;
    Some(address.to_canonical())
}

/// The block of addresses that one subscriber usually has: an IPv4 address, or an IPv6 /56. Whatever is
/// counted by address is counted by this, or a guesser would take a new address for every guess.
#[must_use]
pub fn address_block(address: &str) -> String {
    match address
        .parse::<IpAddr>()
        .map(|address| address.to_canonical())
    {
        Err(_) => "this process".to_owned(),
        Ok(IpAddr::V4(v4)) => v4.to_string(),
        Ok(IpAddr::V6(v6)) => {
            let block = v6.to_bits() & !((1 << 72) - 1);
            format!("{}/56", Ipv6Addr::from_bits(block))
        }
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};
    use ipnet::IpNet;

    use super::{address_block, caller};

    fn called(proxies: &[&str], peer: &str, lines: &[&'static str]) -> String {
        let proxies: Vec<IpNet> = proxies.iter().map(|own| own.parse().unwrap()).collect();
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("x-forwarded-for", HeaderValue::from_static(line));
        }
        caller(&proxies, peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn rfc9700_4_13_what_a_stranger_says_of_addresses_counts_for_nothing() {
        let sent = ["192.0.2.7"];
        assert_eq!(called(&[], "203.0.113.9", &sent), "203.0.113.9");
        let ours = ["10.0.0.0/8"];
        assert_eq!(called(&ours, "203.0.113.9", &sent), "203.0.113.9");
        assert_eq!(called(&ours, "10.0.0.1", &sent), "192.0.2.7");
    }

    #[test]
    fn of_forwarded_addresses_the_last_that_is_no_proxy_is_the_caller() {
        let ours = ["10.0.0.0/8", "2001:db8:1::/48"];
        let cases: [(&[&'static str], &str); 6] = [
            (&["192.0.2.1, 192.0.2.7"], "192.0.2.7"),
            (&["192.0.2.1", "192.0.2.7, 10.9.9.9"], "192.0.2.7"),
            (&["2001:db8::1"], "2001:db8::1"),
            (&["192.0.2.7:4711, [2001:db8:1::5]:80"], "192.0.2.7"),
            (&["192.0.2.7, unknown"], "10.0.0.1"),
            (&[], "10.0.0.1"),
        ];
        for (lines, expected) in cases {
            assert_eq!(called(&ours, "10.0.0.1", lines), expected, "{lines:?}");
        }
    }

    #[test]
    fn a_subscriber_is_one_address_block() {
        assert_eq!(address_block("203.0.113.9"), "203.0.113.9");
        assert_eq!(address_block("::ffff:203.0.113.9"), "203.0.113.9");
        assert_eq!(address_block("2001:db8:1:2ff::1"), "2001:db8:1:200::/56");
        assert_eq!(
            address_block("2001:db8:1:200:a::9"),
            address_block("2001:db8:1:2aa::1")
        );
        assert_eq!(address_block(""), "this process");
    }
}
