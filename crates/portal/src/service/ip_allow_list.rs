//! From where a portal may be reached.
//!
//! Source: Konnect portal-management v3.9.8, `ip-allow-list`.

use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::sites;
use crate::error::{Error, Violation};
use crate::model::{AllowedNetworks, Site};
use crate::rest::check::{Field, Rule, Shape, nullable, optional, required, text};
use crate::rest::{input, path_id};
use crate::{Ctx, Portal};

/// How many entries a portal may have.
const MOST: usize = 1000;

const ADDRESSES: Rule = Rule::List {
    of: &Rule::Form {
        max: 64,
        rule: "invalid",
        holds: is_network,
        expects: "an address such as 192.0.2.7, or a network such as 192.0.2.0/24",
    },
    min: 1,
    max: 25,
};

/// Beyond the vendor's members.
const DESCRIPTION: Field = nullable("description", text(0, 255));

static WHOLE: Shape = Shape {
    fields: &[required("allowed_ips", ADDRESSES), DESCRIPTION],
    open: false,
};

static CHANGE: Shape = Shape {
    fields: &[optional("allowed_ips", ADDRESSES), DESCRIPTION],
    open: false,
};

#[derive(Deserialize)]
struct Asked {
    allowed_ips: Option<Vec<String>>,
    /// Absent, null or a text.
    #[serde(default, deserialize_with = "named")]
    description: Option<Option<String>>,
}

/// What stands there, be it null.
fn named<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(from).map(Some)
}

fn network(text: &str) -> Option<IpNet> {
    let address = || text.parse::<IpAddr>().map(IpNet::from);
    text.parse::<IpNet>().or_else(|_| address()).ok()
}

/// Whether a text is an address or a network.
pub(crate) fn is_network(text: &str) -> bool {
    network(text).is_some()
}

/// The entry of this portal with this id, as it stands in an address.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) fn find(site: &Site, id: &str) -> Result<AllowedNetworks, Error> {
    let id: uuid::Uuid = path_id("IP allow list", id)?;
    let found = site.ip_allow_list.iter().find(|entry| entry.id == id);
    found
        .cloned()
        .ok_or_else(|| Error::not_found("IP allow list", id))
}

/// Lets addresses in. With the first entry everybody else is shut out.
///
/// # Errors
/// [`Error::Invalid`].
pub(crate) async fn add(
    portal: &Portal,
    ctx: &Ctx,
    mut site: Site,
    body: Map<String, Value>,
) -> Result<AllowedNetworks, Error> {
    let asked: Asked = input(body, &WHOLE)?;
    if site.ip_allow_list.len() >= MOST {
        let reason = format!("a portal has at most {MOST} IP allow lists; change one of them");
        let violation = Violation::body("allowed_ips", "max_items", reason);
        return Err(Error::invalid(violation));
    }
    let entry = AllowedNetworks {
        id: portal.entropy().uuid(),
        allowed_ips: distinct(asked.allowed_ips.unwrap_or_default())?,
        description: asked.description.flatten(),
    };
    site.ip_allow_list.push(entry.clone());
    sites::save(portal, ctx, &mut site, "portal_ip_allow_list").await?;
    Ok(entry)
}

/// Replaces the addresses of an entry; without `allowed_ips` nothing changes, where that is allowed.
///
/// # Errors
/// [`Error::Invalid`].
pub(crate) async fn change(
    portal: &Portal,
    ctx: &Ctx,
    (mut site, mut entry): (Site, AllowedNetworks),
    (body, whole): (Map<String, Value>, bool),
) -> Result<AllowedNetworks, Error> {
    let asked: Asked = input(body, if whole { &WHOLE } else { &CHANGE })?;
    if let Some(allowed) = asked.allowed_ips {
        entry.allowed_ips = distinct(allowed)?;
    }
    if let Some(description) = asked.description {
        entry.description = description;
    }
    for own in &mut site.ip_allow_list {
        if own.id == entry.id {
            own.clone_from(&entry);
        }
    }
    sites::save(portal, ctx, &mut site, "portal_ip_allow_list").await?;
    Ok(entry)
}

/// Takes an entry away. Without any the portal is open to every address again.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn remove(
    portal: &Portal,
    ctx: &Ctx,
    (mut site, entry): (Site, AllowedNetworks),
) -> Result<(), Error> {
    site.ip_allow_list.retain(|own| own.id != entry.id);
    sites::save(portal, ctx, &mut site, "portal_ip_allow_list").await
}

/// Refuses who comes from another address than those that are let in.
///
/// # Errors
/// [`Error::Forbidden`].
pub(crate) fn admit(site: &Site, address: Option<IpAddr>) -> Result<(), Error> {
    match lets_in(&site.ip_allow_list, address) {
        true => Ok(()),
        false => Err(Error::Forbidden(
            "this portal lets nobody in from your network address".into(),
        )),
    }
}

/// Whether these entries let an address in; without any, every one.
pub(crate) fn lets_in(entries: &[AllowedNetworks], address: Option<IpAddr>) -> bool {
    if entries.is_empty() {
        return true;
    }
    let mut networks = entries
        .iter()
        .flat_map(|entry| entry.allowed_ips.iter().filter_map(|ip| network(ip)));
    address
        .map(|address| address.to_canonical())
        .is_some_and(|address| networks.any(|own| own.contains(&address)))
}

fn distinct(allowed: Vec<String>) -> Result<Vec<String>, Error> {
    let twice = allowed
        .iter()
        .enumerate()
        .find(|(at, one)| allowed[..*at].contains(one));
    match twice {
        None => Ok(allowed),
        Some((_, one)) => Err(Error::invalid(Violation::body(
            "allowed_ips",
            "invalid",
            format!("\"allowed_ips\" names {one} twice"),
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::network;

    #[test]
    fn addresses_are_networks_of_one() {
        for (text, shown) in [
            ("192.0.2.7", "192.0.2.7/32"),
            ("192.0.2.0/24", "192.0.2.0/24"),
            ("2001:db8::1", "2001:db8::1/128"),
        ] {
            assert_eq!(network(text).unwrap().to_string(), shown);
        }
        assert!(network("192.0.2.0/33").is_none() && network("example.com").is_none());
    }
}
