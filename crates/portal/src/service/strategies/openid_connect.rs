//! The public fields of the `openid-connect` plugin, as a strategy's `configs.openid-connect` may
//! hold them.
//!
//! Fields that the gateway obeys are checked by kind; the others are known by name and kept.
//! A field that is neither is refused by name, so that a slip of the pen does not pass for a setting.
//!
//! Source: <https://developer.konghq.com/plugins/openid-connect/reference/>.

use serde_json::{Map, Value};

use crate::error::{Bound, Violation};
use crate::rest::check::{self, Field, HOSTNAME, Mode, Rule, Shape, nullable, required, text, url};

const TEXTS: Rule = Rule::List {
    of: &text(1, 512),
    min: 0,
    max: 50,
};
const LINE: Rule = text(0, 2048);
const SECONDS: Rule = Rule::Integer {
    min: 0,
    max: 315_360_000,
};
/// `authorization:bearer` is the plugin's way to say "as a bearer token".
const HEADER: Rule = Rule::Form {
    max: 128,
    rule: "invalid",
    holds: |text| check::is_header_name(text.split(':').next().unwrap_or_default()),
    expects: "the name of a header, such as authorization:bearer",
};
const PLACES: Rule = Rule::List {
    of: &Rule::Word(&["header", "query", "body"]),
    min: 0,
    max: 3,
};

const FIELDS: &[Field] = &[
    required("issuer", url(256)),
    required(
        "credential_claim",
        Rule::List {
            of: &text(0, 128),
            min: 0,
            max: 10,
        },
    ),
    required(
        "scopes",
        Rule::List {
            of: &text(0, 128),
            min: 0,
            max: 50,
        },
    ),
    required(
        "auth_methods",
        Rule::List {
            of: &Rule::Word(AUTH_METHODS),
            min: 0,
            max: 10,
        },
    ),
    nullable("audience", TEXTS),
    nullable("audience_claim", TEXTS),
    nullable("audience_required", TEXTS),
    nullable(
        "bearer_token_param_type",
        Rule::List {
            of: &Rule::Word(&["header", "query", "body", "cookie"]),
            min: 0,
            max: 4,
        },
    ),
    nullable("cache_tokens", Rule::Boolean),
    nullable("cache_ttl", SECONDS),
    nullable("client_credentials_param_type", PLACES),
    nullable("cluster_cache_redis", Rule::Object(&REDIS)),
    nullable("hide_credentials", Rule::Boolean),
    nullable("issuers_allowed", TEXTS),
    nullable("leeway", SECONDS),
    nullable("redis", Rule::Object(&REDIS)),
    nullable("scopes_claim", TEXTS),
    nullable("scopes_required", TEXTS),
    nullable("session_absolute_timeout", SECONDS),
    nullable("session_cookie_domain", HOSTNAME),
    nullable("session_cookie_http_only", Rule::Boolean),
    nullable("session_cookie_name", text(1, 128)),
    nullable("session_cookie_path", text(1, 256)),
    nullable(
        "session_cookie_same_site",
        Rule::Word(&["Strict", "Lax", "None", "Default"]),
    ),
    nullable("session_cookie_secure", Rule::Boolean),
    nullable("session_idling_timeout", SECONDS),
    nullable("session_rolling_timeout", SECONDS),
    nullable("ssl_verify", Rule::Boolean),
    nullable("token_post_args_names", TEXTS),
    nullable("token_post_args_values", TEXTS),
    nullable("upstream_access_token_header", HEADER),
];

const SHAPE: Shape = Shape {
    fields: FIELDS,
    open: true,
};

/// How Redis is reached. The gateway has no use for it; the names are closed because some are secret,
/// and a slip of the pen would put such a one in the clear.
static REDIS: Shape = Shape {
    fields: &[
        nullable("cloud_authentication", Rule::Object(&CLOUD)),
        nullable("cluster_max_redirections", Rule::Any),
        nullable("cluster_nodes", Rule::Any),
        nullable("connect_timeout", Rule::Any),
        nullable("connection_is_proxied", Rule::Boolean),
        nullable("database", Rule::Any),
        nullable("host", Rule::Any),
        nullable("keepalive_backlog", Rule::Any),
        nullable("keepalive_pool_size", Rule::Any),
        nullable("password", LINE),
        nullable("port", Rule::Any),
        nullable("prefix", Rule::Any),
        nullable("read_timeout", Rule::Any),
        nullable("send_timeout", Rule::Any),
        nullable("sentinel_master", Rule::Any),
        nullable("sentinel_nodes", Rule::Any),
        nullable("sentinel_password", LINE),
        nullable("sentinel_role", Rule::Any),
        nullable("sentinel_username", Rule::Any),
        nullable("server_name", Rule::Any),
        nullable("socket", Rule::Any),
        nullable("ssl", Rule::Boolean),
        nullable("ssl_verify", Rule::Boolean),
        nullable("username", Rule::Any),
    ],
    open: false,
};

/// How a cloud provider's Redis is reached.
static CLOUD: Shape = Shape {
    fields: &[
        nullable("auth_provider", Rule::Word(&["aws", "azure", "gcp"])),
        nullable("aws_access_key_id", LINE),
        nullable("aws_assume_role_arn", LINE),
        nullable("aws_cache_name", LINE),
        nullable("aws_is_serverless", Rule::Boolean),
        nullable("aws_region", LINE),
        nullable("aws_role_session_name", LINE),
        nullable("aws_secret_access_key", LINE),
        nullable("azure_client_id", LINE),
        nullable("azure_client_secret", LINE),
        nullable("azure_tenant_id", LINE),
        nullable("gcp_service_account_json", text(0, 16384)),
    ],
    open: false,
};

const AUTH_METHODS: &[&str] = &[
    "authorization_code",
    "bearer",
    "client_credentials",
    "introspection",
    "kong_oauth2",
    "password",
    "refresh_token",
    "session",
    "userinfo",
];

/// Fields of the plugin that the gateway does not obey. They are kept, and shown unless they are
/// secret. `session_redis_…` is how earlier versions of the plugin wrote `redis`.
const KEPT: &str = "\
    anonymous authenticated_groups_claim authorization_cookie_domain \
    authorization_cookie_http_only authorization_cookie_name authorization_cookie_path \
    authorization_cookie_same_site authorization_cookie_secure authorization_endpoint \
    authorization_query_args_client authorization_query_args_names \
    authorization_query_args_values authorization_rolling_timeout bearer_token_cookie_name \
    bearer_token_header_name by_username_ignore_case cache_introspection cache_token_exchange \
    cache_tokens_salt cache_ttl_max cache_ttl_min cache_ttl_neg cache_ttl_resurrect \
    cache_user_info claims_forbidden client_alg client_arg client_auth client_id client_jwk \
    client_secret cluster_cache_items cluster_cache_strategy consumer_by consumer_claim \
    consumer_claims consumer_groups_claim consumer_groups_optional consumer_optional \
    disable_session discovery_headers_names discovery_headers_values display_errors domains \
    downstream_access_token_header downstream_access_token_jwk_header downstream_headers \
    downstream_headers_claims downstream_headers_names downstream_id_token_header \
    downstream_id_token_jwk_header downstream_introspection_header \
    downstream_introspection_jwt_header downstream_refresh_token_header \
    downstream_session_id_header downstream_user_info_header downstream_user_info_jwt_header \
    dpop_proof_lifetime dpop_use_nonce enable_hs_signatures end_session_endpoint \
    expose_error_code extra_jwks_uris forbidden_destroy_session forbidden_error_message \
    forbidden_redirect_uri groups_claim groups_required http_proxy http_proxy_authorization \
    http_version https_proxy https_proxy_authorization id_token_param_name id_token_param_type \
    ignore_signature introspect_jwt_tokens introspection_accept introspection_check_active \
    introspection_endpoint introspection_endpoint_auth_method introspection_headers_client \
    introspection_headers_names introspection_headers_values introspection_hint \
    introspection_post_args_client introspection_post_args_client_headers \
    introspection_post_args_names introspection_post_args_values introspection_token_param_name \
    jwks_endpoint jwt_session_claim jwt_session_cookie keepalive login_action login_methods \
    login_redirect_mode login_redirect_uri login_tokens logout_methods logout_post_arg \
    logout_query_arg logout_redirect_uri logout_revoke logout_revoke_access_token \
    logout_revoke_refresh_token logout_uri_suffix max_age mtls_introspection_endpoint \
    mtls_revocation_endpoint mtls_token_endpoint no_proxy password_param_type \
    preserve_query_args principals proof_of_possession_auth_methods_validation \
    proof_of_possession_dpop proof_of_possession_mtls proof_of_possession_mtls_from_header \
    pushed_authorization_request_endpoint pushed_authorization_request_endpoint_auth_method \
    redirect_uri rediscovery_lifetime refresh_token_param_name refresh_token_param_type \
    refresh_tokens require_proof_key_for_code_exchange require_pushed_authorization_requests \
    require_signed_request_object resolve_distributed_claims response_mode response_type \
    reverify revocation_endpoint revocation_endpoint_auth_method revocation_token_param_name \
    roles_claim roles_required run_on_preflight search_user_info session_audience session_bind \
    session_enforce_same_subject session_hash_storage_key session_hash_subject \
    session_memcached_host session_memcached_port session_memcached_prefix \
    session_memcached_socket session_memcached_ssl session_memcached_ssl_verify \
    session_redis_cluster_max_redirections session_redis_cluster_nodes \
    session_redis_connect_timeout session_redis_host session_redis_password session_redis_port \
    session_redis_prefix session_redis_read_timeout session_redis_send_timeout \
    session_redis_server_name session_redis_socket session_redis_ssl session_redis_ssl_verify \
    session_redis_username session_remember session_remember_absolute_timeout \
    session_remember_cookie_name session_remember_rolling_timeout session_request_headers \
    session_response_headers session_secret session_storage session_store_metadata timeout \
    tls_client_auth_cert_id tls_client_auth_ssl_verify token_cache_key_include_scope \
    token_endpoint token_endpoint_auth_method token_exchange token_exchange_endpoint \
    token_headers_client token_headers_grants token_headers_names token_headers_prefix \
    token_headers_replay token_headers_values token_post_args_client \
    unauthorized_destroy_session unauthorized_error_message unauthorized_redirect_uri \
    unexpected_redirect_uri upstream_access_token_jwk_header upstream_headers \
    upstream_headers_claims upstream_headers_names upstream_id_token_header \
    upstream_id_token_jwk_header upstream_introspection_header upstream_introspection_jwt_header \
    upstream_refresh_token_header upstream_session_id_header upstream_user_info_header \
    upstream_user_info_jwt_header userinfo_accept userinfo_endpoint userinfo_headers_client \
    userinfo_headers_names userinfo_headers_values userinfo_query_args_client \
    userinfo_query_args_names userinfo_query_args_values using_pseudo_issuer verify_claims \
    verify_nonce verify_parameters verify_signature";

const PATH: &str = "configs.openid-connect";

/// What is said of a field that the plugin does not have, in the vendor's words.
pub(crate) const UNKNOWN_FIELD: &str = "unknown field";

/// Every violation of the fields.
pub(super) fn violations(config: &Map<String, Value>, mode: Mode) -> Vec<Violation> {
    let mut found = match check::at(PATH, &Value::Object(config.clone()), &SHAPE, mode) {
        Err(crate::Error::Invalid(found)) => found,
        _ => Vec::new(),
    };
    let known = |name: &str| {
        SHAPE.names().any(|field| field == name) || KEPT.split_whitespace().any(|k| k == name)
    };
    for name in config.keys().filter(|name| !known(name)) {
        found.push(Violation::body(
            format!("{PATH}.{name}"),
            "invalid",
            UNKNOWN_FIELD,
        ));
    }
    if mode != Mode::Partial {
        let count = |name: &str| {
            config
                .get(name)
                .and_then(Value::as_array)
                .map_or(0, Vec::len)
        };
        let (names, values) = ("token_post_args_names", "token_post_args_values");
        if count(names) != count(values) {
            let reason = format!("\"{names}\" and \"{values}\" must hold as many entries");
            let violation = Violation::body(format!("{PATH}.{values}"), "dependent_fields", reason);
            let dependents = vec![format!("{PATH}.{names}")];
            found.push(violation.with(Bound::Dependents(dependents)));
        }
    }
    found
}
