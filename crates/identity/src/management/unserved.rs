//! Operations of the vendor's Management API that this tenant does not serve.
//!
//! They answer in the API's own shape: 401 without a token, 403 without the scope, and otherwise 404
//! with a sentence that says so, which is what tools take for "this tenant has no such feature".

use axum::http::Uri;
use axum::routing::MethodFilter;

use crate::Error;
use crate::management::operations::Operations;
use crate::management::problem::Problem;

/// An operation that is not served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unserved {
    /// The method.
    pub method: &'static str,
    /// The path beneath `/api/v2`, with `{id}` for variable segments.
    pub path: &'static str,
    /// The scope that the vendor asks for.
    pub scope: &'static str,
}

macro_rules! unserved {
    ($($method:ident $path:literal $scope:literal)*) => {
        /// The list. It may only shrink.
        pub const UNSERVED: &[Unserved] = &[
            $(Unserved { method: stringify!($method), path: $path, scope: $scope },)*
        ];

        pub(super) fn add(operations: &mut Operations) {
            $(operations.serve(MethodFilter::$method, $path, &[$scope], unserved);)*
        }
    };
}

async fn unserved(uri: Uri) -> Problem {
    let path: String = uri.path().chars().take(200).collect();
    Problem(Error::NotFound {
        code: Some("operation_not_served"),
        message: format!("This tenant does not serve {path}").into(),
    })
}

unserved! {
    GET "/actions/actions" "read:actions"
    POST "/actions/actions" "create:actions"
    GET "/actions/actions/{id}" "read:actions"
    PATCH "/actions/actions/{id}" "update:actions"
    DELETE "/actions/actions/{id}" "delete:actions"
    POST "/actions/actions/{id}/deploy" "create:actions"
    POST "/actions/actions/{id}/test" "create:actions"
    GET "/actions/actions/{id}/versions" "read:actions"
    GET "/actions/executions/{id}" "read:actions"
    GET "/actions/modules" "read:actions"
    GET "/actions/triggers" "read:actions"
    GET "/actions/triggers/{id}/bindings" "read:actions"
    PATCH "/actions/triggers/{id}/bindings" "update:actions"
    GET "/attack-protection/breached-password-detection" "read:attack_protection"
    PATCH "/attack-protection/breached-password-detection" "update:attack_protection"
    GET "/attack-protection/brute-force-protection" "read:attack_protection"
    PATCH "/attack-protection/brute-force-protection" "update:attack_protection"
    GET "/attack-protection/bot-detection" "read:attack_protection"
    PATCH "/attack-protection/bot-detection" "update:attack_protection"
    GET "/attack-protection/captcha" "read:attack_protection"
    PATCH "/attack-protection/captcha" "update:attack_protection"
    GET "/attack-protection/suspicious-ip-throttling" "read:attack_protection"
    PATCH "/attack-protection/suspicious-ip-throttling" "update:attack_protection"
    GET "/branding" "read:branding"
    PATCH "/branding" "update:branding"
    GET "/branding/themes/default" "read:branding"
    GET "/branding/templates/universal-login" "read:branding"
    GET "/branding/phone/providers" "read:phone_providers"
    GET "/branding/phone/templates" "read:phone_templates"
    GET "/clients/{id}/connections" "read:connections"
    GET "/connection-profiles" "read:connections"
    GET "/connections" "read:connections"
    POST "/connections" "create:connections"
    GET "/connections/{id}" "read:connections"
    PATCH "/connections/{id}" "update:connections"
    DELETE "/connections/{id}" "delete:connections"
    GET "/connections/{id}/clients" "read:connections"
    PATCH "/connections/{id}/clients" "update:connections"
    GET "/connections-directory-provisionings" "read:directory_provisionings"
    GET "/custom-domains" "read:custom_domains"
    POST "/custom-domains" "create:custom_domains"
    GET "/custom-domains/{id}" "read:custom_domains"
    PATCH "/custom-domains/{id}" "update:custom_domains"
    DELETE "/custom-domains/{id}" "delete:custom_domains"
    GET "/device-credentials" "read:device_credentials"
    GET "/email-templates/{id}" "read:email_templates"
    POST "/email-templates" "create:email_templates"
    PATCH "/email-templates/{id}" "update:email_templates"
    GET "/emails/provider" "read:email_provider"
    POST "/emails/provider" "create:email_provider"
    PATCH "/emails/provider" "update:email_provider"
    DELETE "/emails/provider" "delete:email_provider"
    GET "/event-streams" "read:event_streams"
    GET "/flows" "read:flows"
    GET "/flows/vault/connections" "read:flows_vault_connections"
    GET "/forms" "read:forms"
    GET "/grants" "read:grants"
    DELETE "/grants" "delete:grants"
    DELETE "/grants/{id}" "delete:grants"
    GET "/guardian/factors" "read:guardian_factors"
    GET "/guardian/policies" "read:mfa_policies"
    GET "/hooks" "read:hooks"
    POST "/jobs/users-imports" "create:users"
    POST "/jobs/users-exports" "read:users"
    POST "/jobs/verification-email" "update:users"
    GET "/keys/encryption" "read:encryption_keys"
    GET "/log-streams" "read:log_streams"
    POST "/log-streams" "create:log_streams"
    GET "/log-streams/{id}" "read:log_streams"
    PATCH "/log-streams/{id}" "update:log_streams"
    DELETE "/log-streams/{id}" "delete:log_streams"
    GET "/logs" "read:logs"
    GET "/logs/{id}" "read:logs"
    GET "/network-acls" "read:network_acls"
    GET "/organizations" "read:organizations"
    POST "/organizations" "create:organizations"
    GET "/organizations/{id}" "read:organizations"
    PATCH "/organizations/{id}" "update:organizations"
    DELETE "/organizations/{id}" "delete:organizations"
    GET "/prompts" "read:prompts"
    PATCH "/prompts" "update:prompts"
    GET "/prompts/rendering" "read:prompts"
    GET "/rate-limit-policies" "read:limits"
    GET "/risk-assessments/settings" "read:risk_assessments"
    GET "/roles" "read:roles"
    POST "/roles" "create:roles"
    GET "/roles/{id}" "read:roles"
    PATCH "/roles/{id}" "update:roles"
    DELETE "/roles/{id}" "delete:roles"
    GET "/roles/{id}/permissions" "read:roles"
    POST "/roles/{id}/permissions" "update:roles"
    DELETE "/roles/{id}/permissions" "update:roles"
    GET "/roles/{id}/users" "read:roles"
    POST "/roles/{id}/users" "update:roles"
    GET "/rules" "read:rules"
    GET "/rules-configs" "read:rules_configs"
    GET "/self-service-profiles" "read:self_service_profiles"
    GET "/stats/active-users" "read:stats"
    GET "/stats/daily" "read:stats"
    GET "/supplemental-signals" "read:supplemental_signals"
    POST "/tickets/email-verification" "create:user_tickets"
    POST "/tickets/password-change" "create:user_tickets"
    GET "/token-exchange-profiles" "read:token_exchange_profiles"
    GET "/user-attribute-profiles" "read:user_attribute_profiles"
    GET "/user-blocks" "read:users"
    GET "/users" "read:users"
    POST "/users" "create:users"
    GET "/users/{id}" "read:users"
    PATCH "/users/{id}" "update:users"
    DELETE "/users/{id}" "delete:users"
    GET "/users/{id}/roles" "read:users"
    POST "/users/{id}/roles" "update:users"
    DELETE "/users/{id}/roles" "update:users"
    GET "/users/{id}/permissions" "read:users"
    POST "/users/{id}/permissions" "update:users"
    DELETE "/users/{id}/permissions" "update:users"
    GET "/users/{id}/logs" "read:logs_users"
    GET "/users-by-email" "read:users"
}
