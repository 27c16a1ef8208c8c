//! What the tenant does against guessing, as its administrators chose.

use std::net::IpAddr;

use ipnet::IpNet;
use serde_json::{Value, json};

use crate::model::{Members, strings};

/// The settings of attack protection that have an effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Protection {
    /// Whether wrong passwords stop an account.
    pub(crate) brute_force: bool,
    /// How many wrong passwords it takes.
    pub(crate) max_attempts: i64,
    /// Whether they count together from whatever address.
    pub(crate) counts_all_addresses: bool,
    /// Whether the user hears of it.
    pub(crate) tells_user: bool,
    /// Addresses that are never stopped for it.
    brute_force_allowed: Vec<IpNet>,
    /// Whether addresses that fail again and again are slowed down.
    pub(crate) suspicious_ip: bool,
    suspicious_ip_allowed: Vec<IpNet>,
}

impl Protection {
    /// Reads the two documents, each over its defaults.
    pub(crate) fn read(brute_force: &Members, suspicious_ip: &Members) -> Self {
        let is_on = |document: &Members| document.get("enabled") != Some(&json!(false));
        let shields = |document: &Members, name: &str| {
            document.get("shields").is_none()
                || strings(document.get("shields")).any(|shield| shield == name)
        };
        let max_attempts = brute_force.get("max_attempts").and_then(Value::as_i64);
        Self {
            brute_force: is_on(brute_force) && shields(brute_force, "block"),
            max_attempts: max_attempts.unwrap_or(10).max(1),
            counts_all_addresses: brute_force.get("mode") == Some(&json!("count_per_identifier")),
            tells_user: shields(brute_force, "user_notification"),
            brute_force_allowed: networks(brute_force),
            suspicious_ip: is_on(suspicious_ip) && shields(suspicious_ip, "block"),
            suspicious_ip_allowed: networks(suspicious_ip),
        }
    }

    /// Whether wrong passwords from this address stop an account.
    pub(crate) fn stops(&self, ip: &str) -> bool {
        self.brute_force && !holds(&self.brute_force_allowed, ip)
    }

    /// Whether this address is slowed down when it fails.
    pub(crate) fn slows(&self, ip: &str) -> bool {
        self.suspicious_ip && !holds(&self.suspicious_ip_allowed, ip)
    }
}

/// Addresses and networks; what is neither allows nobody.
fn networks(document: &Members) -> Vec<IpNet> {
    strings(document.get("allowlist"))
        .filter_map(|text| {
            let address = text.parse::<IpAddr>().map(IpNet::from);
            address.ok().or_else(|| text.parse().ok())
        })
        .collect()
}

fn holds(networks: &[IpNet], ip: &str) -> bool {
    ip.parse::<IpAddr>()
        .is_ok_and(|ip| networks.iter().any(|network| network.contains(&ip)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Protection;

    #[test]
    fn only_listed_addresses_are_let_off() {
        let read = |brute_force: serde_json::Value| {
            Protection::read(
                brute_force.as_object().unwrap(),
                json!({}).as_object().unwrap(),
            )
        };
        let default = read(json!({}));
        assert!(default.stops("192.0.2.1") && default.slows("192.0.2.1"));
        assert_eq!(default.max_attempts, 10);
        let chosen = read(json!({
            "allowlist": ["192.0.2.1", "2001:db8::/32", "nonsense"], "max_attempts": 3
        }));
        assert!(!chosen.stops("192.0.2.1") && !chosen.stops("2001:db8::7"));
        assert!(chosen.stops("192.0.2.2") && chosen.stops(""));
        assert!(!read(json!({ "enabled": false })).stops("192.0.2.2"));
        assert!(!read(json!({ "shields": [] })).stops("192.0.2.2"));
    }
}
