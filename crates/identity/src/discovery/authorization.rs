//! What the authorization endpoint and the ends of sessions add to the metadata.

use oauth::jose::Algorithm;
use serde_json::{Value, json};
use web::Locale;

use crate::Tenant;
use crate::authentication::{BY_REFERENCE, UNSIGNED};
use crate::settings::Issuer;

/// Source: RFC 8414 §2; RFC 9207 §3; `OpenID` Connect Discovery 1.0 §3, RP-Initiated Logout 1.0 §2.1,
/// Back-Channel Logout 1.0 §2.1.
pub(super) fn members(tenant: &Tenant, issuer: &Issuer) -> Vec<(&'static str, Value)> {
    let settings = tenant.tenant_settings();
    let mut signed: Vec<&str> = Algorithm::ASYMMETRIC
        .iter()
        .map(|algorithm| algorithm.as_str())
        .collect();
    if settings.flag(UNSIGNED) {
        signed.push("none");
    }
    let locales: Vec<&str> = settings.locales().into_iter().map(Locale::tag).collect();
    vec![
        (
            "authorization_endpoint",
            json!(issuer.endpoint("authorize")),
        ),
        (
            "end_session_endpoint",
            json!(issuer.endpoint("oidc/logout")),
        ),
        (
            "response_types_supported",
            json!([
                "code",
                "token",
                "id_token",
                "code token",
                "code id_token",
                "token id_token",
                "code token id_token"
            ]),
        ),
        (
            "response_modes_supported",
            json!(["query", "fragment", "form_post"]),
        ),
        ("code_challenge_methods_supported", json!(["S256", "plain"])),
        (
            "authorization_response_iss_parameter_supported",
            json!(settings.names_issuer()),
        ),
        ("claims_parameter_supported", json!(true)),
        ("request_parameter_supported", json!(true)),
        (
            "request_uri_parameter_supported",
            json!(settings.flag(BY_REFERENCE)),
        ),
        // Where there are none, a client that reads this alone would register what is refused.
        (
            "require_request_uri_registration",
            json!(settings.flag(BY_REFERENCE)),
        ),
        ("request_object_signing_alg_values_supported", json!(signed)),
        (
            "prompt_values_supported",
            json!(["none", "login", "consent", "select_account"]),
        ),
        ("ui_locales_supported", json!(locales)),
        ("backchannel_logout_supported", json!(true)),
        ("backchannel_logout_session_supported", json!(true)),
    ]
}
