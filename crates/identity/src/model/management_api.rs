//! The Management API as a resource server: its scopes.

use serde_json::{Value, json};

/// Verbs and the nouns that they go with. Tools ask for any of them, served here or not: a token
/// with a scope that nothing uses yet does no harm, a refused one breaks the tool.
const SCOPES: &[(&[&str], &[&str])] = &[
    (
        &["read", "create", "update", "delete"],
        &[
            "actions",
            "agents",
            "authentication_methods",
            "branding",
            "client_credentials",
            "client_grants",
            "clients",
            "connection_profiles",
            "connections",
            "connections_keys",
            "custom_domains",
            "custom_signing_keys",
            "device_credentials",
            "directory_provisionings",
            "email_provider",
            "encryption_keys",
            "event_streams",
            "flows",
            "flows_vault_connections",
            "forms",
            "groups",
            "hooks",
            "log_streams",
            "network_acls",
            "organization_discovery_domains",
            "organizations",
            "phone_providers",
            "phone_templates",
            "rate_limit_policies",
            "resource_servers",
            "roles",
            "rules",
            "scim_config",
            "self_service_profiles",
            "shields",
            "signing_keys",
            "token_exchange_profiles",
            "user_attribute_profiles",
            "users",
            "users_app_metadata",
            "vdcs_templates",
        ],
    ),
    (
        &["read", "update", "delete"],
        &["refresh_tokens", "rules_configs", "sessions"],
    ),
    (
        &["read", "create", "delete"],
        &[
            "organization_client_grants",
            "organization_invitations",
            "organization_member_roles",
            "organization_members",
            "role_members",
            "scim_token",
        ],
    ),
    (
        &["read", "create", "update", "delete"],
        &["organization_connections", "user_custom_blocks"],
    ),
    (&["read", "create", "update"], &["email_templates"]),
    (
        &["read", "update"],
        &[
            "attack_protection",
            "client_keys",
            "connections_options",
            "guardian_factors",
            "limits",
            "mfa_policies",
            "prompts",
            "risk_assessments",
            "supplemental_signals",
            "tenant_settings",
            "triggers",
        ],
    ),
    (
        &["read", "delete"],
        &["anomaly_blocks", "grants", "guardian_enrollments"],
    ),
    (&["create", "delete"], &["passwords_checking_job"]),
    (
        &["read"],
        &[
            "client_summary",
            "entitlements",
            "event_deliveries",
            "flows_executions",
            "flows_vault_connections_summary",
            "insights",
            "logs",
            "logs_users",
            "organizations_summary",
            "stats",
            "user_idp_tokens",
        ],
    ),
    (
        &["create"],
        &[
            "actions_log_sessions",
            "experimentation",
            "guardian_enrollment_tickets",
            "sso_access_tickets",
            "user_tickets",
        ],
    ),
    (&["update", "delete"], &["current_user_metadata"]),
    (&["update"], &["current_user_identities"]),
    (
        &["delete", "update"],
        &["flows_executions", "event_deliveries"],
    ),
    (&["blacklist"], &["tokens"]),
];

/// Every scope, `verb:noun`.
pub(crate) fn scopes() -> impl Iterator<Item = &'static str> {
    static ALL: std::sync::LazyLock<Vec<String>> = std::sync::LazyLock::new(|| {
        SCOPES
            .iter()
            .flat_map(|(verbs, nouns)| {
                nouns
                    .iter()
                    .flat_map(move |noun| verbs.iter().map(move |verb| format!("{verb}:{noun}")))
            })
            .collect()
    });
    ALL.iter().map(String::as_str)
}

/// The scopes as a resource server's `scopes` member.
pub(crate) fn wire() -> Value {
    let described = scopes().map(|scope| {
        let sentence = scope.replace([':', '_'], " ");
        let (first, rest) = sentence.split_at(1);
        json!({ "value": scope, "description": format!("{}{rest}", first.to_uppercase()) })
    });
    described.collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    #[test]
    fn no_scope_is_named_twice_and_the_portals_are_there() {
        let all: Vec<_> = super::scopes().collect();
        assert_eq!(all.iter().collect::<HashSet<_>>().len(), all.len());
        for verb in ["read", "create", "update", "delete"] {
            for noun in ["clients", "client_grants", "resource_servers"] {
                assert!(all.contains(&format!("{verb}:{noun}").as_str()));
            }
        }
        assert!(all.contains(&"update:client_keys"));
        assert!(all.contains(&"read:client_keys"));
    }
}
