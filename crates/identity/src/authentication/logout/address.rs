//! Where a browser may be sent after it signed out.

use serde_json::Value;
use url::Url;

use crate::model::client::Client;
use crate::model::strings;
use crate::model::tenant_settings::TenantSettings;

/// The addresses that a client registered.
pub(super) fn of_client(client: &Client) -> Vec<&str> {
    let said = client
        .registration
        .as_ref()
        .and_then(|registration| registration.openid("post_logout_redirect_uris"));
    strings(client.settings.get("allowed_logout_urls"))
        .chain(strings(said))
        .collect()
}

/// The addresses that the tenant allows whatever client the user comes from.
pub(super) fn of_tenant(settings: &TenantSettings) -> Vec<&str> {
    strings(settings.0.get("allowed_logout_urls")).collect()
}

/// Whether an address is among those that are allowed. Its query is not compared, nor are capital
/// letters in its host, and `*` may stand for the first label of a host
/// (`https://*.example.com/out`), as the vendor has it.
///
/// Source: the vendor's "Redirect Users with Alternative Logout".
pub(super) fn is_allowed(allowed: &[&str], address: &str) -> bool {
    // What a browser would repair is refused, so that both read the same.
    let clean = address
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'\\' | b'"' | b'<' | b'>'));
    let Some(given) = clean.then(|| compared(address)) else {
        return false;
    };
    // A user name before the host makes another host look like an allowed one.
    let Ok(url) = Url::parse(address) else {
        return false;
    };
    let scripts = ["javascript", "data", "vbscript", "file", "blob", "about"];
    if !url.username().is_empty() || url.password().is_some() || scripts.contains(&url.scheme()) {
        return false;
    }
    allowed.iter().any(|own| {
        let own = compared(own);
        own == given || fits_wildcard(&own, &given)
    })
}

/// An address as it is compared. `https://A.example` and `https://a.example/` are the same request,
/// and libraries that parse addresses write the second for the first.
///
/// Source: RFC 3986 §6.2.2.1, §6.2.3.
fn compared(address: &str) -> String {
    let bare = address.split(['?', '#']).next().unwrap_or_default();
    let web = |scheme: &&str| ["http", "https"].contains(scheme);
    let Some((scheme, rest)) = bare.split_once("://").filter(|(scheme, _)| web(scheme)) else {
        return bare.to_owned();
    };
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    format!("{scheme}://{}/{path}", host.to_ascii_lowercase())
}

/// `https://*.example.com/out` fits `https://a.example.com/out`: one label, and nothing else.
fn fits_wildcard(pattern: &str, address: &str) -> bool {
    let Some((scheme, rest)) = pattern.split_once("://*.") else {
        return false;
    };
    let Some(own) = address
        .strip_prefix(scheme)
        .and_then(|own| own.strip_prefix("://"))
    else {
        return false;
    };
    let Some((label, own)) = own.split_once('.') else {
        return false;
    };
    let is_label = !label.is_empty()
        && label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    is_label && own == rest
}

/// Adds `state` to where the browser goes (RP-Initiated Logout 1.0 §3).
pub(super) fn with_state(address: &str, state: Option<&str>) -> String {
    let Some(state) = state else {
        return address.to_owned();
    };
    let state: String = url::form_urlencoded::byte_serialize(state.as_bytes()).collect();
    let (bare, fragment) = match address.split_once('#') {
        Some((bare, fragment)) => (bare, format!("#{fragment}")),
        None => (address, String::new()),
    };
    let separator = if bare.contains('?') { '&' } else { '?' };
    format!("{bare}{separator}state={state}{fragment}")
}

/// Whether the tenant asks before it signs a user out for a request that nobody vouches for.
pub(super) fn prompts(settings: &TenantSettings) -> bool {
    let sessions = settings.0.get("sessions");
    sessions.and_then(|sessions| sessions.get("oidc_logout_prompt_enabled"))
        != Some(&Value::Bool(false))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{is_allowed, with_state};

    const ALLOWED: [&str; 5] = [
        "https://a.example/out",
        "https://*.b.example/out?x=1",
        "myapp://out",
        "http://localhost:3000",
        "https://*.c.example/",
    ];

    #[test]
    fn queries_are_not_compared_and_a_star_stands_for_one_label() {
        for address in [
            "https://a.example/out",
            "https://a.example/out?from=x",
            "https://one.b.example/out",
            "myapp://out",
            "https://A.example/out",
            "http://localhost:3000/",
            "http://localhost:3000/?from=x",
            "https://one.c.example",
        ] {
            assert!(is_allowed(&ALLOWED, address), "{address}");
        }
        for address in [
            "https://a.example/out/",
            "https://a.example/Out",
            "myapp://Out",
            "myapp://out/",
            "http://localhost:3000//",
            "http://localhost:30001/",
            "http://localhost:3000.evil.example/",
            "https://a.example/out/..",
            "https://a.example.evil.example/out",
            "https://a.example@evil.example/out",
            "https://evil.example/?https://a.example/out",
            "https://b.example/out",
            "https://one.two.b.example/out",
            "https://evil.example#.b.example/out",
            "https://evil.example/.b.example/out",
            "https://a.example\\out",
            "//a.example/out",
            "javascript:alert(1)",
            "",
        ] {
            assert!(!is_allowed(&ALLOWED, address), "{address}");
        }
        assert!(!is_allowed(&["javascript:alert(1)"], "javascript:alert(1)"));
    }

    #[test]
    fn state_goes_into_the_query() {
        assert_eq!(
            with_state("https://a.example/out", None),
            "https://a.example/out"
        );
        assert_eq!(
            with_state("https://a.example/out?x=1#y", Some("a b")),
            "https://a.example/out?x=1&state=a+b#y"
        );
    }

    proptest! {
        #[test]
        fn only_hosts_that_are_meant_pass(address in "https://[a-z.@:/\\\\#?]{0,30}b\\.example/out") {
            if is_allowed(&ALLOWED, &address) {
                let host = url::Url::parse(&address).unwrap().host_str().unwrap().to_owned();
                prop_assert!(host == "a.example" || host.ends_with(".b.example"), "{}", address);
            }
        }
    }
}
