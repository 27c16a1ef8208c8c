//! Names become addresses that the policy admits, and a connection is made to one of those alone.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::{Error, ErrorKind, Policy};

/// The addresses of a host by the system's resolver, to compare with others: nothing is sent there. None if
/// the name has none.
pub async fn addresses(host: &str) -> Vec<IpAddr> {
    let found = tokio::net::lookup_host((host, 0)).await;
    let found = found.map(|all| all.map(|address| address.ip()).collect());
    found.unwrap_or_default()
}

/// The system's resolver behind the policy.
///
/// The client connects to what this returns, so a name cannot point elsewhere between check and use
/// (DNS rebinding).
pub(crate) struct Guarded(pub(crate) Arc<Policy>);

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let policy = self.0.clone();
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found = tokio::net::lookup_host((host.as_str(), 0)).await;
            let found: Vec<SocketAddr> = found.map(Iterator::collect).unwrap_or_default();
            if found.is_empty() {
                let message =
                    format!("the name {host} has no address; check its spelling and the DNS");
                return Err(Error::new(ErrorKind::Name, message).into());
            }
            let admitted: Vec<SocketAddr> = found
                .into_iter()
                .filter(|address| policy.admits(address.ip()))
                .collect();
            if admitted.is_empty() {
                return Err(Error::refused(&host).into());
            }
            Ok(Box::new(admitted.into_iter()) as Addrs)
        })
    }
}
