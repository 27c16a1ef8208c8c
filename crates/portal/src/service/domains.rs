//! Whether a portal's own domain leads to it.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Duration;

use egress::Request;
use serde_json::Value;
use url::Url;

use crate::Portal;
use crate::error::{Error, Violation};
use crate::model::Site;

/// How long each question may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// How a domain stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Whether it leads here: the portal answers at it, or it has an address in common with the listener of
    /// the portals.
    pub(crate) leads_here: bool,
    /// Whether a server with a trusted certificate answers there.
    pub(crate) has_certificate: bool,
}

/// Looks where the custom domain of a portal leads. Konnect asks whether a CNAME is set and a certificate was
/// issued; here certificates are the operator's, so both are asked of the domain itself.
///
/// # Errors
/// [`Error::Invalid`] if the portal has no custom domain.
pub(crate) async fn verify(portal: &Portal, site: &Site) -> Result<Standing, Error> {
    let Some(domain) = &site.custom_domain else {
        let reason = "the portal has no \"custom_domain\" to verify; set one first";
        return Err(Error::invalid(Violation::body(
            "custom_domain",
            "required",
            reason,
        )));
    };
    let https = answer(portal, "https", domain).await;
    let has_certificate = https.is_some();
    let is_site = |answer: Option<Value>| {
        answer.is_some_and(|answer| answer["portal_id"] == site.id.to_string())
    };
    let leads_here = is_site(https)
        || is_site(answer(portal, "http", domain).await)
        || share_an_address(portal, domain).await;
    Ok(Standing {
        leads_here,
        has_certificate,
    })
}

/// What the portal client API says there; null if something else answers, nothing if nothing does.
async fn answer(portal: &Portal, scheme: &str, domain: &str) -> Option<Value> {
    let request = Request::get(&format!("{scheme}://{domain}/api/v2/portal"));
    let sent = tokio::time::timeout(PATIENCE, portal.egress().send(request)).await;
    let answer = sent.ok()?.ok()?;
    Some(answer.json().unwrap_or_default())
}

async fn share_an_address(portal: &Portal, domain: &str) -> bool {
    let listener = Url::parse(portal.portal_url()).ok();
    let Some(host) = listener.as_ref().and_then(Url::host_str) else {
        return false;
    };
    let own: BTreeSet<IpAddr> = addresses(host).await;
    !own.is_disjoint(&addresses(domain).await)
}

async fn addresses(host: &str) -> BTreeSet<IpAddr> {
    let found = tokio::time::timeout(PATIENCE, egress::addresses(host)).await;
    found.unwrap_or_default().into_iter().collect()
}
