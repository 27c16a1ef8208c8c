//! What Konnect sends to a bridge.

use oauth::redirect_uri::{self, ApplicationKind};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::refusal::Refusal;
use crate::model::Members;

/// The mark of clients that were made over the bridge.
pub(super) const MARK: &str = "gatehouse_bridge";

/// The scopes that a client was made with, so that an event can grant them for another API.
pub(super) const SCOPES: &str = "gatehouse_bridge_scopes";

/// The idempotency key of the request that a client was made by.
pub(super) const REQUEST: &str = "gatehouse_bridge_request";

/// Longest value of a client's metadata, and longest description.
const METADATA: usize = 255;
const DESCRIPTION: usize = 140;

/// `ApplicationPayload`. Further members are let through: later versions of the specification may
/// bring some.
#[derive(Deserialize)]
pub(super) struct Application {
    pub(super) redirect_uris: Vec<String>,
    client_name: String,
    grant_types: Vec<String>,
    pub(super) scopes: Vec<String>,
    token_endpoint_auth_method: String,
    application_description: String,
    portal_id: String,
    organization_id: String,
    developer_id: String,
    auth_strategy_id: String,
    dcr_provider_id: String,
    /// Not in the specification; our own portal knows it at this point.
    #[serde(default)]
    application_id: Option<String>,
}

/// `EventHook`. What is required and of no use here is read all the same: without it the body is not as
/// specified.
#[derive(Deserialize)]
pub(super) struct Event {
    pub(super) client_id: String,
    pub(super) application_id: String,
    pub(super) application_name: String,
    pub(super) application_description: String,
    #[serde(rename = "portal_id")]
    _portal_id: String,
    #[serde(rename = "organization_id")]
    _organization_id: String,
    #[serde(rename = "developer_id")]
    _developer_id: String,
    #[serde(rename = "auth_strategy_id")]
    _auth_strategy_id: String,
    #[serde(rename = "dcr_provider_id")]
    _dcr_provider_id: String,
    #[serde(flatten)]
    pub(super) kind: Kind,
}

#[derive(Deserialize)]
#[serde(tag = "event_type", rename_all = "snake_case")]
pub(super) enum Kind {
    UpdateApplication {
        redirect_uris: Vec<String>,
    },
    AddRegistration {
        #[serde(rename = "api_product_version_id")]
        _version: String,
        #[serde(default)]
        audience: Option<String>,
    },
    RemoveRegistration {
        #[serde(rename = "api_product_version_id")]
        _version: String,
        #[serde(default)]
        audience: Option<String>,
    },
}

/// Reads a body.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body)
        .map_err(|error| Refusal::invalid(format!("the body is not as specified: {error}")))
}

impl Application {
    /// The client's members, for the Management API's rules.
    pub(super) fn members(&self, request: Option<&str>) -> Result<Members, Refusal> {
        let metadata = [
            ("konnect_portal_id", self.portal_id.as_str()),
            ("konnect_developer_id", &self.developer_id),
            ("konnect_org_id", &self.organization_id),
            ("konnect_auth_strategy_id", &self.auth_strategy_id),
            ("konnect_dcr_provider_id", &self.dcr_provider_id),
            (MARK, "true"),
            (SCOPES, &self.scopes.join(" ")),
            (REQUEST, request.unwrap_or_default()),
            (
                "konnect_application_id",
                self.application_id.as_deref().unwrap_or_default(),
            ),
        ];
        let mut kept = Members::new();
        for (name, value) in metadata.into_iter().filter(|(_, value)| !value.is_empty()) {
            if value.chars().count() > METADATA {
                let reason = format!("{name} must not have more than {METADATA} characters");
                return Err(Refusal::invalid(reason));
            }
            kept.insert(name.to_owned(), value.into());
        }
        let method = match self.token_endpoint_auth_method.as_str() {
            method @ ("client_secret_post" | "client_secret_basic") => method,
            "" => "client_secret_post",
            other => {
                let reason = format!(
                    "token_endpoint_auth_method must be client_secret_post or client_secret_basic: \
                     not {other}"
                );
                return Err(Refusal::invalid(reason));
            }
        };
        let mut members = object(json!({
            "app_type": "non_interactive",
            "token_endpoint_auth_method": method,
            "oidc_conformant": true,
            "jwt_configuration": { "alg": "RS256" },
            "client_metadata": kept,
        }));
        members.extend(named(&self.client_name, &self.application_description)?);
        members.extend(object(json!({
            "grant_types": grant_types(&self.grant_types, &self.redirect_uris),
            "callbacks": checked(&self.redirect_uris)?,
        })));
        Ok(members)
    }
}

/// Name and description.
pub(super) fn named(name: &str, description: &str) -> Result<Members, Refusal> {
    if name.is_empty() || name.contains(['<', '>']) {
        return Err(Refusal::invalid(
            "the application's name must not be empty and must not contain < or >",
        ));
    }
    let description: String = description.chars().take(DESCRIPTION).collect();
    Ok(object(json!({ "name": name, "description": description })))
}

/// Redirect URIs, as strict as for clients that register themselves.
pub(super) fn checked(uris: &[String]) -> Result<&[String], Refusal> {
    for uri in uris {
        redirect_uri::check(uri, ApplicationKind::Native)
            .map_err(|error| Refusal::invalid(format!("the redirect URI {uri}: {error}")))?;
    }
    Ok(uris)
}

/// Konnect sends the auth methods of the strategy here. Those that a gateway answers by itself
/// (`bearer`, `session`) need a token, so a client gets client credentials for them.
pub(super) fn grant_types(asked: &[String], redirect_uris: &[String]) -> Vec<&'static str> {
    let asks = |method: &str| asked.iter().any(|asked| asked == method);
    let code_flow = asks("authorization_code") || !redirect_uris.is_empty();
    let own = asks("client_credentials") || asks("bearer") || asks("session") || !code_flow;
    let mut grants = Vec::new();
    if own {
        grants.push("client_credentials");
    }
    if code_flow {
        grants.extend(["authorization_code", "refresh_token"]);
    }
    grants
}

/// The members of an object that was just written down.
pub(super) fn object(value: Value) -> Members {
    match value {
        Value::Object(members) => members,
        _ => Members::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::grant_types;

    #[test]
    fn auth_methods_become_grants() {
        let grants = |methods: &[&str], uris: &[&str]| {
            let owned = |texts: &[&str]| texts.iter().map(ToString::to_string).collect::<Vec<_>>();
            grant_types(&owned(methods), &owned(uris))
        };
        let code = ["authorization_code", "refresh_token"];
        assert_eq!(grants(&["bearer"], &[]), ["client_credentials"]);
        assert_eq!(grants(&["authorization_code"], &[]), code);
        assert_eq!(
            grants(&["client_credentials"], &["https://app.example/cb"]),
            ["client_credentials", "authorization_code", "refresh_token"]
        );
    }
}
