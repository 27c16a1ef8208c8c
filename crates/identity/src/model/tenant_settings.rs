//! The tenant's own settings.

use serde_json::{Value, json};
use web::Locale;

use crate::model::{Members, merge, merge_into, strings};

/// Settings as `GET /api/v2/tenants/settings` shows them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TenantSettings(pub(crate) Members);

/// Members that a PATCH merges one by one instead of replacing them.
const MERGED: [&str; 2] = ["flags", "sessions"];

/// How long sessions last. Kept in hours; a PATCH may also give minutes, as `…_in_minutes`.
const LIFETIMES: [&str; 4] = [
    "session_lifetime",
    "idle_session_lifetime",
    "ephemeral_session_lifetime",
    "idle_ephemeral_session_lifetime",
];

impl TenantSettings {
    /// The settings of a new tenant.
    pub(crate) fn initial() -> Self {
        let settings = json!({
            "allowed_logout_urls": [],
            "default_audience": "",
            "default_directory": "",
            "enabled_locales": ["en", "ja"],
            "flags": {
                "allow_changing_enable_sso": false,
                "allow_legacy_delegation_grant_types": false,
                "allow_legacy_ro_grant_types": false,
                "change_pwd_flow_v1": false,
                "dashboard_insights_view": false,
                "dashboard_log_streams_next": false,
                "disable_clickjack_protection_headers": false,
                "disable_fields_map_fix": false,
                "disable_impersonation": true,
                "disable_management_api_sms_obfuscation": false,
                "enable_adfs_waad_email_verification": false,
                "enable_apis_section": false,
                "enable_client_connections": true,
                "enable_custom_domain_in_emails": false,
                "enable_dynamic_client_registration": false,
                "enable_idtoken_api2": false,
                "enable_legacy_logs_search_v2": false,
                "enable_legacy_profile": false,
                "enable_pipeline2": true,
                "enable_public_signup_user_exists_error": false,
                "enable_sso": true,
                "enforce_client_authentication_on_passwordless_start": true,
                "genai_trial": false,
                "improved_signup_bot_detection_in_classic": false,
                "mfa_show_factor_list_on_enrollment": false,
                "no_disclose_enterprise_connections": false,
                "remove_alg_from_jwks": false,
                "revoke_refresh_token_grant": false,
                "trust_azure_adfs_email_verified_connection_property": false,
                "universal_login": true,
                "use_scope_descriptions_for_consent": false
            },
            "friendly_name": "",
            "picture_url": "",
            "support_email": "",
            "support_url": "",
            "sandbox_version": "22",
            "sandbox_versions_available": ["22"],
            "session_lifetime": 168,
            "idle_session_lifetime": 72,
            "session_cookie": { "mode": "persistent" },
            "sessions": { "oidc_logout_prompt_enabled": true },
            "oidc_logout": { "rp_logout_end_session_endpoint_discovery": true },
            "dynamic_client_registration_security_mode": "strict",
            "resource_parameter_profile": "compatibility",
            "client_id_metadata_document_supported": false,
            "pushed_authorization_requests_supported": false
        });
        match settings {
            Value::Object(members) => Self(members),
            _ => Self(Members::new()),
        }
    }

    /// Applies a validated PATCH: members are replaced and `null` removes one, except that each flag
    /// stands for itself.
    pub(crate) fn apply(&mut self, mut changes: Members) {
        for name in LIFETIMES {
            let minutes = changes.shift_remove(&format!("{name}_in_minutes"));
            let minutes = minutes.and_then(|minutes| u32::try_from(minutes.as_u64()?).ok());
            if let Some(minutes) = minutes {
                let hours = match minutes % 60 {
                    0 => json!(minutes / 60),
                    _ => json!(f64::from(minutes) / 60.0),
                };
                changes.insert(name.to_owned(), hours);
            }
        }
        for name in MERGED {
            if let Some(Value::Object(inner)) = changes.get_mut(name).map(Value::take) {
                changes.shift_remove(name);
                merge_into(&mut self.0, name, inner);
            }
        }
        merge(&mut self.0, changes);
    }

    /// The audience of a token request that names none.
    pub(crate) fn default_audience(&self) -> Option<&str> {
        self.text("default_audience")
    }

    /// The languages that pages are offered in, of those that they are written in.
    pub(crate) fn locales(&self) -> Vec<Locale> {
        let mut locales = Vec::new();
        for locale in strings(self.0.get("enabled_locales")).filter_map(Locale::from_tag) {
            if !locales.contains(&locale) {
                locales.push(locale);
            }
        }
        locales
    }

    /// A member that is text and not empty.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        let text = self.0.get(name).and_then(Value::as_str);
        text.filter(|text| !text.is_empty())
    }

    /// Whether authorization responses carry `iss` (RFC 9207): a client that talks to several servers
    /// tells their answers apart by it. On unless it was switched off.
    pub(crate) fn names_issuer(&self) -> bool {
        self.0.get("authorization_response_iss_parameter_supported") != Some(&json!(false))
    }

    /// Whether a member is `true`.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.0.get(name) == Some(&json!(true))
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        self.0.get("flags").and_then(|flags| flags.get(name)) == Some(&json!(true))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::TenantSettings;

    #[test]
    fn lifetimes_in_minutes_are_kept_in_hours() {
        let mut settings = TenantSettings::initial();
        let Value::Object(changes) = json!({
            "session_lifetime_in_minutes": 120, "idle_session_lifetime_in_minutes": 90
        }) else {
            unreachable!()
        };
        settings.apply(changes);
        assert_eq!(settings.0["session_lifetime"], 2);
        assert_eq!(settings.0["idle_session_lifetime"], 1.5);
        assert!(!settings.0.contains_key("session_lifetime_in_minutes"));
    }

    #[test]
    fn one_flag_changes_alone() {
        let mut settings = TenantSettings::initial();
        let Value::Object(changes) = json!({
            "flags": { "enable_dynamic_client_registration": true }, "friendly_name": "Acme"
        }) else {
            unreachable!()
        };
        settings.apply(changes);
        assert!(settings.flag("enable_dynamic_client_registration"));
        assert!(settings.flag("enable_client_connections"));
        assert_eq!(settings.0["friendly_name"], "Acme");
        assert_eq!(settings.default_audience(), None);
    }
}
