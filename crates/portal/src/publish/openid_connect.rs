//! A strategy's `configs.openid-connect` to what the gateway obeys. Absent fields get the defaults of
//! Kong's plugin.
//!
//! Source: <https://developer.konghq.com/plugins/openid-connect/reference/>.

use gateway::config::{OpenidConnect, Session};
use serde_json::{Map, Value};

/// The settings of a strategy.
pub(super) fn settings(config: &Map<String, Value>) -> OpenidConnect {
    let list_or = |name: &str, default: &[&str]| {
        list(config, name).unwrap_or_else(|| default.iter().map(|&item| item.to_owned()).collect())
    };
    OpenidConnect {
        issuer: egress::issuer::normalise(text(config, "issuer").unwrap_or_default()),
        credential_claim: list(config, "credential_claim")
            .filter(|claim| !claim.is_empty())
            .unwrap_or_else(|| vec!["sub".to_owned()]),
        scopes: list_or("scopes", &["openid"]),
        auth_methods: list_or("auth_methods", &["client_credentials", "bearer", "session"]),
        token_post_args_names: list_or("token_post_args_names", &[]),
        token_post_args_values: list_or("token_post_args_values", &[]),
        audience_required: list_or("audience_required", &[]),
        audience_claim: list_or("audience_claim", &["aud"]),
        scopes_required: list_or("scopes_required", &[]),
        scopes_claim: list_or("scopes_claim", &["scope"]),
        issuers_allowed: list_or("issuers_allowed", &[]),
        client_credentials_param_type: list_or(
            "client_credentials_param_type",
            &["header", "query", "body"],
        ),
        bearer_token_param_type: list_or("bearer_token_param_type", &["header", "query", "body"]),
        hide_credentials: flag(config, "hide_credentials").unwrap_or(true),
        upstream_access_token_header: upstream_header(config),
        cache_tokens: flag(config, "cache_tokens").unwrap_or(true),
        cache_ttl: number(config, "cache_ttl").unwrap_or(3600),
        leeway: number(config, "leeway").unwrap_or(0),
        ssl_verify: flag(config, "ssl_verify").unwrap_or(true),
        session: session(config),
    }
}

fn session(config: &Map<String, Value>) -> Session {
    let kong = Session::default();
    let owned = |name: &str| text(config, name).map(str::to_owned);
    Session {
        cookie_name: owned("session_cookie_name").unwrap_or(kong.cookie_name),
        cookie_path: owned("session_cookie_path").unwrap_or(kong.cookie_path),
        cookie_domain: owned("session_cookie_domain").or(kong.cookie_domain),
        cookie_same_site: match text(config, "session_cookie_same_site") {
            // Kong's "Default" leaves the attribute out, which browsers read as Lax.
            None | Some("Default") => kong.cookie_same_site,
            Some(same_site) => same_site.to_owned(),
        },
        cookie_http_only: flag(config, "session_cookie_http_only").unwrap_or(kong.cookie_http_only),
        cookie_secure: flag(config, "session_cookie_secure").or(kong.cookie_secure),
        idling_timeout: number(config, "session_idling_timeout").unwrap_or(kong.idling_timeout),
        rolling_timeout: number(config, "session_rolling_timeout").unwrap_or(kong.rolling_timeout),
        absolute_timeout: number(config, "session_absolute_timeout")
            .unwrap_or(kong.absolute_timeout),
    }
}

/// `authorization:bearer` is the plugin's way to say "as a bearer token"; null sends nothing.
fn upstream_header(config: &Map<String, Value>) -> Option<String> {
    match config.get("upstream_access_token_header") {
        None => Some("authorization".to_owned()),
        Some(Value::String(header)) => {
            let name = header.split(':').next().unwrap_or(header);
            header_names(vec![name.to_owned()]).pop()
        }
        Some(_) => None,
    }
}

/// Those that a header can be called. Strategies are checked when they are written; one from before that
/// must not stop every other change.
pub(super) fn header_names(mut names: Vec<String>) -> Vec<String> {
    names.retain(|name| http::HeaderName::try_from(name.as_str()).is_ok());
    names
}

/// A list of text; numbers and flags are taken as their text.
pub(super) fn list(config: &Map<String, Value>, name: &str) -> Option<Vec<String>> {
    let items = config.get(name)?.as_array()?;
    let text = |item: &Value| match item {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    };
    Some(items.iter().filter_map(text).collect())
}

fn text<'a>(config: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    config.get(name)?.as_str()
}

fn flag(config: &Map<String, Value>, name: &str) -> Option<bool> {
    config.get(name)?.as_bool()
}

fn number(config: &Map<String, Value>, name: &str) -> Option<u64> {
    config.get(name)?.as_u64()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::settings;

    fn map(value: Value) -> serde_json::Map<String, Value> {
        value.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn the_strategy_of_the_vendors_page_becomes_settings() {
        let settings = settings(&map(json!({
            "issuer": "https://tenant.auth0.com/api/v2/",
            "credential_claim": ["azp"],
            "scopes": ["openid"],
            "auth_methods": ["client_credentials", "bearer"],
            "token_post_args_names": ["audience"],
            "token_post_args_values": ["https://api.example"],
            "session_idling_timeout": 60,
        })));
        assert_eq!(settings.issuer, "https://tenant.auth0.com");
        assert_eq!(settings.credential_claim, ["azp"]);
        assert_eq!(settings.token_post_args_values, ["https://api.example"]);
        assert_eq!(settings.session.idling_timeout, 60);
        assert_eq!(settings.session.rolling_timeout, 3600);
        assert_eq!(settings.cache_ttl, 3600);
    }

    #[test]
    fn the_upstream_header_is_read_as_kong_writes_it() {
        let header = |config| settings(&map(config)).upstream_access_token_header;
        assert_eq!(header(json!({})).as_deref(), Some("authorization"));
        let bearer = json!({ "upstream_access_token_header": "authorization:bearer" });
        assert_eq!(header(bearer).as_deref(), Some("authorization"));
        assert_eq!(
            header(json!({ "upstream_access_token_header": null })),
            None
        );
    }
}
