//! `/v2/portals` and everything under it.
//!
//! Source: Konnect portal-management v2.2.2.

pub(super) mod appearance;
pub(super) mod applications;
mod audit_logs;
mod authentication;
pub(super) mod developers;
mod identity_providers;
mod products;
pub(super) mod registrations;
mod site;
mod team_groups;
mod team_roles;
mod teams;
mod versions;

use serde_json::{Value, json};

use crate::error::{Error, Source};
use crate::model::{AuthStrategy, OpenidConnect, StrategyConfig};
use crate::rest::check;
use crate::rest::query::Query;
use crate::service::sites::find;

use super::Route;

pub(super) fn routes() -> Vec<Route> {
    [
        site::routes(),
        appearance::routes(),
        authentication::routes(),
        identity_providers::routes(),
        team_groups::routes(),
        products::routes(),
        versions::routes(),
        developers::routes(),
        applications::routes(),
        registrations::routes(),
        teams::routes(),
        team_roles::routes(),
        audit_logs::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Whether `?force=true` says that what is in a portal goes with it.
///
/// # Errors
/// [`Error::Invalid`] if it is neither `true` nor `false`.
pub(super) fn force(query: &Query) -> Result<bool, Error> {
    match query.get("force") {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => {
            let mut violation = check::choice("force", &["true", "false"]);
            violation.source = Source::Query;
            Err(Error::invalid(violation))
        }
    }
}

/// A strategy as portals' entities show it.
pub(super) fn strategy(strategy: &AuthStrategy) -> Value {
    let mut value = json!({
        "id": strategy.id,
        "name": strategy.name,
        "credential_type": strategy.credential_type(),
    });
    match &strategy.config {
        StrategyConfig::KeyAuth(config) => {
            value["key_names"] = json!(config.key_names);
            if let Some(ttl) = config.ttl {
                value["ttl"] = json!(ttl);
            }
        }
        StrategyConfig::OpenidConnect(OpenidConnect { auth_methods, .. }) => {
            value["auth_methods"] = json!(auth_methods);
        }
    }
    value
}
