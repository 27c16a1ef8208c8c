//! What a client may do, by whose it is: the tenant's own, or a third party's under one of the two
//! security modes. Data alone; the endpoints enforce it.
//!
//! Source: the vendor's "Third-Party Applications" (security modes) and "Dynamic Client Registration".

use serde_json::{Value, json};

use crate::model::client::Client;

/// What a client may do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Rules {
    /// Whether an authorization request must carry a PKCE challenge (RFC 7636).
    pub(crate) requires_pkce: bool,
    /// Whether the client takes part in OpenID Connect: OIDC scopes, ID tokens, userinfo, logout, pushed
    /// and signed requests, the device flow.
    pub(crate) openid: bool,
    /// Response types that the client may ask for; `None` for all that are served.
    pub(crate) response_types: Option<&'static [&'static str]>,
    /// Grant types that the client may ever have; `None` for all that are served.
    pub(crate) grant_types: Option<&'static [&'static str]>,
    /// Parameters that an authorization request may carry, `ext-…` beside them; `None` for any.
    pub(crate) authorize_parameters: Option<&'static [&'static str]>,
    /// Whether an API needs a client grant, its own or the default one, also where its policy lets any
    /// client in.
    pub(crate) requires_client_grant: bool,
    /// Whether every sign-in asks the user for consent, unless it was given before.
    pub(crate) requires_consent: bool,
    /// Whether only connections of domain level are offered.
    pub(crate) domain_connections_only: bool,
}

/// The tenant's own clients.
pub(crate) static FIRST_PARTY: Rules = Rules {
    requires_pkce: false,
    openid: true,
    response_types: None,
    grant_types: None,
    authorize_parameters: None,
    requires_client_grant: false,
    requires_consent: false,
    domain_connections_only: false,
};

/// A third party's clients in the permissive mode: as the tenant's own, but users are asked, and only
/// connections of domain level are open.
pub(crate) static PERMISSIVE: Rules = Rules {
    requires_consent: true,
    domain_connections_only: true,
    ..FIRST_PARTY
};

/// A third party's clients in the strict mode.
pub(crate) static STRICT: Rules = Rules {
    requires_pkce: true,
    openid: false,
    response_types: Some(&["code"]),
    grant_types: Some(&["authorization_code", "refresh_token", "client_credentials"]),
    authorize_parameters: Some(&[
        "acr_values",
        "audience",
        "authorization_details",
        "client_id",
        "code_challenge",
        "code_challenge_method",
        "connection",
        "correlation_id",
        "display",
        "dpop_jkt",
        "login_hint",
        "max_age",
        "nonce",
        "prompt",
        "redirect_uri",
        "resource",
        "response_type",
        "scope",
        "state",
        "ui_locales",
    ]),
    requires_client_grant: true,
    requires_consent: true,
    domain_connections_only: true,
};

impl Rules {
    /// The rules of a client.
    pub(crate) fn of(client: &Client) -> &'static Self {
        let mode = client.settings.get("third_party_security_mode");
        match (client.is_first_party, mode) {
            (true, _) => &FIRST_PARTY,
            (false, Some(Value::String(mode))) if mode == "strict" => &STRICT,
            (false, _) => &PERMISSIVE,
        }
    }

    /// Whether an authorization request may carry the parameter.
    pub(crate) fn allows_authorize_parameter(&self, name: &str) -> bool {
        self.authorize_parameters
            .is_none_or(|allowed| allowed.contains(&name) || name.starts_with("ext-"))
    }

    /// Whether an authorization request may ask for the response type, its words in any order.
    pub(crate) fn allows_response_type(&self, response_type: &str) -> bool {
        self.response_types
            .is_none_or(|allowed| allowed.contains(&response_type))
    }

    /// Whether the client may ever have the grant type.
    pub(crate) fn allows_grant_type(&self, grant_type: &str) -> bool {
        self.grant_types
            .is_none_or(|allowed| allowed.contains(&grant_type))
    }
}

/// Whether an error may be sent to the client's redirect URI before the user has signed in. Strict
/// clients get it only if an administrator says so: anybody may register a redirect URI, and a tenant
/// that redirects to it on request is an open redirector (RFC 9700 §4.11).
pub(crate) fn redirects_errors(client: &Client) -> bool {
    let protected = json!("open_redirect_protection");
    client.settings.get("redirection_policy") != Some(&protected)
}

#[cfg(test)]
mod tests {
    use oauth::{Entropy, Timestamp};
    use serde_json::{Value, json};

    use super::{FIRST_PARTY, PERMISSIVE, Rules, STRICT, redirects_errors};
    use crate::model::client::Client;

    fn client(request: Value) -> Client {
        let Value::Object(members) = request else {
            unreachable!()
        };
        Client::register(members, &Entropy::seeded(1), Timestamp::from_millis(0))
    }

    #[test]
    fn rules_follow_from_whose_client_it_is() {
        let own = client(json!({ "name": "own" }));
        assert_eq!(Rules::of(&own), &FIRST_PARTY);
        let strict = client(json!({ "name": "t", "is_first_party": false }));
        assert_eq!(Rules::of(&strict), &STRICT);
        assert!(redirects_errors(&own) && !redirects_errors(&strict));
        let permissive = client(json!({
            "name": "t", "is_first_party": false, "third_party_security_mode": "permissive"
        }));
        assert_eq!(Rules::of(&permissive), &PERMISSIVE);
        assert!(redirects_errors(&permissive));
    }

    #[test]
    fn a_strict_client_sends_listed_parameters_alone() {
        for refused in [
            "claims",
            "id_token_hint",
            "invitation",
            "login_ticket",
            "request",
            "request_uri",
            "screen_hint",
            "response_mode",
            "organization",
        ] {
            assert!(!STRICT.allows_authorize_parameter(refused), "{refused}");
            assert!(PERMISSIVE.allows_authorize_parameter(refused));
        }
        assert!(STRICT.allows_authorize_parameter("ext-theme"));
        assert!(STRICT.allows_authorize_parameter("resource"));
        assert!(STRICT.allows_response_type("code"));
        assert!(!STRICT.allows_response_type("id_token token"));
        assert!(!STRICT.allows_grant_type("implicit"));
    }
}
