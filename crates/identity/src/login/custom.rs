//! A tenant's own login page: HTML in which `@@config@@` stands for what the page has to know.
//!
//! The page belongs to the tenant's administrators and may load what they like. It gets the pending
//! request's `state` and a form token, which the vendor's scripts send back with the password.
//!
//! Source: the vendor's "Customize Classic Login Pages with Lock or SDK".

use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use serde_json::{Map, Value, json};

use super::going::Going;
use super::trouble::Trouble;
use crate::model::client::Client;
use crate::settings::Issuer;
use crate::{Tenant, store};

/// What stands in the page for its configuration.
const CONFIG: &str = "@@config@@";

/// The tenant's own page, where it has one and the client's users see it.
///
/// Third-party clients in the strict profile always get the built-in page.
pub(super) async fn page(
    tenant: &Tenant,
    issuer: &Issuer,
    going: &Going,
) -> Result<Option<Response>, Trouble> {
    let client = going.client();
    if client.is_strict() || !shows_own(client) {
        return Ok(None);
    }
    let global = store::clients::global(tenant.db()).await?;
    let Some(html) = global.as_ref().and_then(|global| html(global, client)) else {
        return Ok(None);
    };
    let config = STANDARD.encode(config(tenant, issuer, going).to_string());
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
        // What the page loads is its author's business; nobody may put it into a frame.
        (
            CONTENT_SECURITY_POLICY,
            "frame-ancestors 'none'; object-src 'none'",
        ),
    ];
    Ok(Some(
        (headers, html.replace(CONFIG, &config)).into_response(),
    ))
}

/// `custom_login_page_on`.
fn shows_own(client: &Client) -> bool {
    client.settings.get("custom_login_page_on") != Some(&Value::Bool(false))
}

/// The page of the client itself, else that of the "All Applications" client.
fn html<'a>(global: &'a Client, client: &'a Client) -> Option<&'a str> {
    let page = |client: &'a Client| {
        let html = client
            .settings
            .get("custom_login_page")
            .and_then(Value::as_str);
        html.filter(|html| !html.trim().is_empty())
    };
    match page(client) {
        Some(own) => Some(own),
        None => page(global).filter(|_| shows_own(global)),
    }
}

/// What the page has to know, in the vendor's spelling.
fn config(tenant: &Tenant, issuer: &Issuer, going: &Going) -> Value {
    let (client, request) = (going.client(), &going.transaction.request);
    let url = issuer.as_str().trim_end_matches('/');
    let domain = url.split_once("://").map_or(url, |(_, domain)| domain);
    let internal = internal_options(going);
    let mut config = json!({
        "icon": tenant.tenant_settings().text("picture_url").unwrap_or_default(),
        "assetsUrl": "",
        "auth0Domain": domain,
        "auth0Tenant": tenant.settings().name,
        "clientConfigurationBaseUrl": issuer.as_str(),
        "callbackOnLocationHash": request.response_type.is_front_channel(),
        "callbackURL": request.redirect_uri,
        "cdn": "",
        "clientID": client.client_id,
        "dict": { "signin": { "title": tenant.display_name() } },
        "extraParams": internal,
        "internalOptions": internal,
        "isThirdPartyClient": !client.is_first_party,
        "authorizationServer": { "url": url, "issuer": issuer.as_str() },
    });
    if let Some(connection) = &request.connection {
        config["connection"] = json!(connection);
    }
    let prompt = &request.prompt;
    let words = [
        (prompt.login, "login"),
        (prompt.consent, "consent"),
        (prompt.select_account, "select_account"),
    ];
    if let Some((_, word)) = words.into_iter().find(|(asked, _)| *asked) {
        config["prompt"] = json!(word);
    }
    config
}

/// What scripts send back: among it the pending request's `state`, not the client's, and the form token.
fn internal_options(going: &Going) -> Value {
    let request = &going.transaction.request;
    let mut options = Map::new();
    let mut put = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            options.insert(name.to_owned(), Value::from(value));
        }
    };
    put("protocol", Some("oauth2".to_owned()));
    put("response_type", Some(request.response_type.to_string()));
    put("redirect_uri", Some(request.redirect_uri.clone()));
    put("scope", Some(request.scope.to_string()));
    put("audience", request.audience.clone());
    put("nonce", request.nonce.clone());
    put("login_hint", request.login_hint.clone());
    put("screen_hint", request.screen_hint.clone());
    let locales = request.ui_locales.join(" ");
    put("ui_locales", Some(locales).filter(|text| !text.is_empty()));
    for (name, value) in &request.extensions {
        put(name, Some(value.clone()));
    }
    put("state", Some(going.transaction.state.clone()));
    put("_csrf", Some(going.visitor.csrf_token()));
    put("_intstate", Some("deprecated".to_owned()));
    Value::Object(options)
}

#[cfg(test)]
mod tests {
    use oauth::{Entropy, Timestamp};
    use serde_json::{Value, json};

    use super::{html, shows_own};
    use crate::model::client::Client;

    fn client(request: Value) -> Client {
        let Value::Object(request) = request else {
            panic!("an object")
        };
        Client::register(request, &Entropy::seeded(1), Timestamp::from_millis(0))
    }

    #[test]
    fn a_clients_own_page_comes_before_the_common_one() {
        let plain = client(json!({ "name": "a" }));
        let own = client(json!({ "name": "a", "custom_login_page": "own" }));
        let global = client(json!({ "name": "g", "custom_login_page": "common" }));
        assert_eq!(html(&global, &plain), Some("common"));
        assert_eq!(html(&global, &own), Some("own"));
        assert_eq!(html(&plain, &plain), None);
        let off =
            client(json!({ "name": "g", "custom_login_page": "c", "custom_login_page_on": false }));
        assert_eq!(html(&off, &plain), None);
        assert!(shows_own(&plain) && !shows_own(&off));
    }
}
