//! From where somebody calls.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use http::header::USER_AGENT;
use http::{Extensions, HeaderMap};
use ipnet::IpNet;

/// As much of a `User-Agent` as is kept, in characters.
const MOST: usize = 300;

/// From where a request comes, for audits: an address that is believed, and a program's own word of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caller {
    /// The network address; none inside this process.
    pub address: Option<IpAddr>,
    /// The `User-Agent`, shortened.
    pub user_agent: Option<String>,
}

impl Caller {
    /// Who sent a request: as [`attribute`] found, or else the peer of the connection.
    #[must_use]
    pub fn of(extensions: &Extensions, headers: &HeaderMap) -> Self {
        if let Some(found) = extensions.get::<Self>() {
            return found.clone();
        }
        Self::behind(&[], extensions, headers)
    }

    fn behind(proxies: &[IpNet], extensions: &Extensions, headers: &HeaderMap) -> Self {
        let peer = extensions.get::<ConnectInfo<SocketAddr>>();
        let agent = headers.get(USER_AGENT);
        let agent = agent.and_then(|value| value.to_str().ok());
        Self {
            address: peer.map(|peer| caller(proxies, peer.0.ip(), headers)),
            user_agent: agent.map(|text| text.chars().take(MOST).collect()),
        }
    }
}

/// Puts the [`Caller`] into every request of `router`. `proxies` are the operator's own, whose
/// `X-Forwarded-For` is believed.
pub fn attribute<S: Clone + Send + Sync + 'static>(
    router: Router<S>,
    proxies: Vec<IpNet>,
) -> Router<S> {
    router.layer(from_fn_with_state(Arc::<[IpNet]>::from(proxies), note))
}

async fn note(State(proxies): State<Arc<[IpNet]>>, mut request: Request, next: Next) -> Response {
    let found = Caller::behind(&proxies, request.extensions(), request.headers());
    request.extensions_mut().insert(found);
    next.run(request).await
}

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
