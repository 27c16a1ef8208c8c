//! What a client's JSON may hold.
//!
//! Source: the vendor's OpenAPI document for `POST /clients` and `PATCH /clients/{id}`. Members that
//! configure what this tenant does not do yet are kept and given back.

use crate::management::schema::{
    ABSOLUTE_URI_OR_EMPTY, CALLBACK_URL, HTTPS_URI_OR_EMPTY, Member, NO_ANGLE_BRACKETS, ORIGIN,
    Object, Rule, any_object, anything, array, boolean, integer, map, object, one_of, optional,
    required, text,
};

const LIFETIME: Rule = integer(1, 2_147_483_647);

static CALLBACK: Rule = text(2048).format(&CALLBACK_URL);
static ORIGIN_ITEM: Rule = text(2048).format(&ORIGIN);
static LOGOUT_URL: Rule = text(2048).format(&CALLBACK_URL);
static SHORT: Rule = text(255);
static GRANT_TYPE: Rule = text(255).min(1);
static SCOPE: Rule = text(280).min(1);
static POLICY_ITEM: Rule = object(&POLICY);
static METADATA_VALUE: Rule = text(255);
static JSON: Rule = any_object();
static ANY: Rule = anything();

static JWT: Object = Object {
    members: &[
        optional("lifetime_in_seconds", LIFETIME),
        optional("secret_encoded", boolean()),
        optional("scopes", any_object()),
        optional("alg", one_of(&["HS256", "RS256", "RS512", "PS256"])),
    ],
};

static POLICY: Object = Object {
    members: &[
        required("audience", text(600).min(1)),
        required("scope", array(&SCOPE, 1000)),
    ],
};

static REFRESH_TOKEN: Object = Object {
    members: &[
        optional("rotation_type", one_of(&["rotating", "non-rotating"])),
        optional("expiration_type", one_of(&["expiring", "non-expiring"])),
        optional("leeway", integer(0, 2_147_483_647)),
        optional("token_lifetime", LIFETIME),
        optional("infinite_token_lifetime", boolean()),
        optional("idle_token_lifetime", LIFETIME),
        optional("infinite_idle_token_lifetime", boolean()),
        optional("policies", array(&POLICY_ITEM, 10).nullable()),
    ],
};

static PRIVATE_KEY_JWT: Object = Object {
    members: &[required("credentials", array(&JSON, 2))],
};

static METHODS: Object = Object {
    members: &[required("private_key_jwt", object(&PRIVATE_KEY_JWT))],
};

/// The body of `POST /clients`.
pub(crate) static CREATE: Object = Object { members: MEMBERS };

/// The body of `PATCH /clients/{id}`.
pub(crate) static CHANGE: Object = Object { members: CHANGES };

const NAME: Member = required("name", text(256).min(1).format(&NO_ANGLE_BRACKETS));

macro_rules! members {
    ($($extra:expr),* $(,)?) => {
        &[
            NAME,
            optional("description", text(140)),
            optional("logo_uri", text(2048).format(&ABSOLUTE_URI_OR_EMPTY)),
            optional("callbacks", array(&CALLBACK, 100)),
            optional("allowed_origins", array(&ORIGIN_ITEM, 100)),
            optional("web_origins", array(&ORIGIN_ITEM, 100)),
            optional("allowed_logout_urls", array(&LOGOUT_URL, 100)),
            optional("allowed_clients", array(&SHORT, 100)),
            optional("client_aliases", array(&SHORT, 100)),
            optional("grant_types", array(&GRANT_TYPE, 30)),
            optional(
                "token_endpoint_auth_method",
                one_of(&["none", "client_secret_post", "client_secret_basic"]).nullable(),
            ),
            optional(
                "app_type",
                one_of(&[
                    "native", "spa", "regular_web", "non_interactive", "resource_server",
                    "express_configuration", "rms", "box", "cloudbees", "concur", "dropbox",
                    "mscrm", "echosign", "egnyte", "newrelic", "office365", "salesforce",
                    "sentry", "sharepoint", "slack", "springcm", "zendesk", "zoom", "sso_integration", "oag",
                ]),
            ),
            optional("is_first_party", boolean()),
            optional("oidc_conformant", boolean()),
            optional("jwt_configuration", object(&JWT)),
            optional("refresh_token", object(&REFRESH_TOKEN).nullable()),
            optional("client_metadata", map(&METADATA_VALUE, 255, 10)),
            optional("cross_origin_authentication", boolean()),
            optional("cross_origin_auth", boolean()),
            optional("cross_origin_loc", text(2048).format(&ABSOLUTE_URI_OR_EMPTY)),
            optional("custom_login_page", text(500_000)),
            optional("custom_login_page_preview", text(500_000)),
            optional("custom_login_page_on", boolean()),
            optional("form_template", text(500_000)),
            optional("initiate_login_uri", text(2048).format(&HTTPS_URI_OR_EMPTY)),
            optional("organization_usage", one_of(&["deny", "allow", "require"]).nullable()),
            optional(
                "organization_require_behavior",
                one_of(&["no_prompt", "pre_login_prompt", "post_login_prompt"]).nullable(),
            ),
            optional("organization_discovery_methods", array(&SHORT, 10).nullable()),
            optional("default_organization", any_object().nullable()),
            optional("client_authentication_methods", object(&METHODS).nullable()),
            optional("require_pushed_authorization_requests", boolean()),
            optional("require_proof_of_possession", boolean()),
            optional("signed_request_object", any_object().nullable()),
            optional("compliance_level", anything()),
            optional("is_token_endpoint_ip_header_trusted", boolean()),
            optional("third_party_security_mode", one_of(&["strict", "permissive"])),
            optional(
                "redirection_policy",
                one_of(&["allow_always", "open_redirect_protection"]),
            ),
            optional("sso", boolean()),
            optional("sso_disabled", boolean()),
            optional("addons", any_object()),
            optional("mobile", any_object()),
            optional("native_social_login", any_object().nullable()),
            optional("oidc_logout", any_object().nullable()),
            optional("oidc_backchannel_logout", any_object().nullable()),
            optional("encryption_key", any_object().nullable()),
            optional("session_transfer", any_object().nullable()),
            optional("token_exchange", any_object().nullable()),
            optional("token_quota", any_object().nullable()),
            optional("express_configuration", any_object().nullable()),
            optional("my_organization_configuration", any_object().nullable()),
            optional("async_approval_notification_channels", array(&ANY, 10)),
            optional("resource_server_identifier", text(600)),
            optional("skip_non_verifiable_callback_uri_confirmation_prompt", boolean().nullable()),
            $($extra),*
        ]
    };
}

static MEMBERS: &[Member] = members![optional("external_client_id", text(2048))];

// A shared secret below 32 characters cannot sign anything (RFC 7518 §3.2).
static CHANGES: &[Member] = members![optional("client_secret", text(255).min(32))];
