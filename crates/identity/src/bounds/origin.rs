//! From where somebody asks.

use std::net::{IpAddr, Ipv6Addr};

use crate::Tenant;

/// The block of addresses that one subscriber usually has: an IPv4 address, or an IPv6 /56.
pub(crate) fn block(address: &str) -> String {
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

/// What is kept of a block: enough to tell it from others, and no address.
pub(crate) fn digest(tenant: &Tenant, block: &str) -> String {
    tenant
        .sealer()
        .digest("identity.registration.origin", block.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::block;

    #[test]
    fn a_subscriber_is_one_block() {
        assert_eq!(block("203.0.113.9"), "203.0.113.9");
        assert_eq!(block("::ffff:203.0.113.9"), "203.0.113.9");
        assert_eq!(block("2001:db8:1:2ff::1"), "2001:db8:1:200::/56");
        assert_eq!(block("2001:db8:1:200:a::9"), block("2001:db8:1:2aa::1"));
        assert_eq!(block(""), "this process");
    }
}
