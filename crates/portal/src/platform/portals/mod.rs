//! `/v2/portals` and everything under it.
//!
//! Source: Konnect portal-management v2.2.2.

mod appearance;
mod applications;
mod authentication;
mod developers;
mod products;
mod registrations;
mod site;
mod versions;

use crate::model::{AuthStrategy, OpenidConnect, StrategyConfig};
use crate::service::sites::find;
use serde_json::{Value, json};

use super::Route;

pub(super) fn routes() -> Vec<Route> {
    [
        site::routes(),
        appearance::routes(),
        authentication::routes(),
        products::routes(),
        versions::routes(),
        developers::routes(),
        applications::routes(),
        registrations::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A strategy as portals' entities show it.
fn strategy(strategy: &AuthStrategy) -> Value {
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
