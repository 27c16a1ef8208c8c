//! What a client's metadata become: one list of steps for whatever way they come by. A step corrects
//! what it may (RFC 7591 §2 lets the server replace values) and refuses what it must.

mod localized;
mod names;
mod openid;
mod redirects;

use oauth::Scopes;
use oauth::client_metadata::ClientMetadata;
use serde_json::{Value, json};

use super::refusal::Refusal;
use crate::RegistrationPolicy;
use crate::model::Members;
use crate::model::third_party::{Rules, STRICT};

/// Under which terms a client registers.
#[derive(Clone, Copy)]
pub(super) struct Terms<'a> {
    /// Those of the profile.
    pub(super) rules: &'static Rules,
    /// Those of the operator.
    pub(super) policy: &'a RegistrationPolicy,
    /// The tenant's own name, which no client may bear.
    pub(super) tenant_name: &'a str,
    /// Whether the client may have a shared secret: not if it is known by a public document.
    pub(super) secrets: bool,
}

/// Methods of client authentication that are honoured.
pub(super) const METHODS: [&str; 4] = [
    "none",
    "client_secret_post",
    "client_secret_basic",
    "private_key_jwt",
];

const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// Decides what a client is registered as. Members that this server does not know are left out, not
/// refused (RFC 7591 §2).
///
/// # Errors
/// `invalid_redirect_uri`, `invalid_client_metadata` with the member that must be changed, and how.
pub(super) fn accept(
    mut metadata: ClientMetadata,
    terms: &Terms<'_>,
) -> Result<ClientMetadata, Refusal> {
    metadata.software_statement = None;
    authentication(&mut metadata, terms);
    grants(&mut metadata, terms)?;
    response_types(&mut metadata, terms);
    redirects::check(&metadata, terms)?;
    names::settle(&mut metadata, terms)?;
    scope(&mut metadata, terms)?;
    let mut localized = localized::settle(&metadata, terms)?;
    openid::settle(&mut metadata, terms)?;
    metadata.extra.append(&mut localized);
    rest(&metadata)?;
    Ok(metadata)
}

/// The method that was asked for, or one that the client can use in its place: with its keys if it has
/// any, else with a secret in the body, the vendor's default.
fn authentication(metadata: &mut ClientMetadata, terms: &Terms<'_>) {
    let asked = metadata.token_endpoint_auth_method.as_deref();
    let honoured = asked.filter(|method| {
        METHODS.contains(method) && (terms.secrets || !method.starts_with("client_secret"))
    });
    let has_keys = metadata.jwks_uri.is_some() || metadata.jwks.is_some();
    let method = match (honoured, asked) {
        (Some(method), _) => method,
        (None, Some(_)) if has_keys => "private_key_jwt",
        (None, _) if !terms.secrets => "none",
        (None, _) => "client_secret_post",
    };
    metadata.token_endpoint_auth_method = Some(method.to_owned());
}

fn is_public(metadata: &ClientMetadata) -> bool {
    metadata.token_endpoint_auth_method.as_deref() == Some("none")
}

/// The grant types that were asked for and may be had; the rest fall away without an error.
fn grants(metadata: &mut ClientMetadata, terms: &Terms<'_>) -> Result<(), Refusal> {
    let strict = terms.rules == &STRICT;
    let public = is_public(metadata);
    let mut allowed = vec!["authorization_code", "refresh_token"];
    if !strict {
        allowed.push("implicit");
        // A client that proves nothing gets no token of its own (RFC 6749 §4.4).
        if !public {
            allowed.push("client_credentials");
        }
    }
    let default: &[&str] = if strict { &allowed[..1] } else { &allowed };
    let asked: Vec<&str> = match &metadata.grant_types {
        Some(asked) => asked.iter().map(String::as_str).collect(),
        None => default.to_vec(),
    };
    // A device that asks for it may have it; nobody gets it by default.
    if !strict && asked.contains(&DEVICE_CODE) {
        allowed.push(DEVICE_CODE);
    }
    let may = |grant: &str| allowed.contains(&grant) && terms.policy.allows_grant_type(grant);
    let mut granted: Vec<String> = Vec::new();
    for grant in asked {
        if may(grant) && !granted.iter().any(|had| had == grant) {
            granted.push(grant.to_owned());
        }
    }
    if granted.is_empty() {
        if !may("authorization_code") {
            return Err(Refusal::metadata(format!(
                "grant_types: none of them may be had here; possible are {}",
                terms.policy.grant_types.join(", ")
            )));
        }
        granted.push("authorization_code".to_owned());
    }
    metadata.grant_types = Some(granted);
    Ok(())
}

/// The response types that go with the grant types (RFC 7591 §2.1).
fn response_types(metadata: &mut ClientMetadata, terms: &Terms<'_>) {
    let has = |grant: &str| {
        metadata
            .grant_types
            .iter()
            .flatten()
            .any(|had| had == grant)
    };
    let (code, implicit) = (has("authorization_code"), has("implicit"));
    let fits = |response: &String| {
        terms.rules.allows_response_type(response)
            && response.split(' ').all(|word| match word {
                "code" => code,
                "token" | "id_token" => implicit,
                _ => false,
            })
    };
    let asked = metadata.response_types.take();
    let mut kept: Vec<String> = asked
        .iter()
        .flatten()
        .filter(|r| fits(r))
        .cloned()
        .collect();
    if kept.is_empty() && code && (asked.is_some() || terms.rules == &STRICT) {
        kept.push("code".to_owned());
    }
    metadata.response_types = (!kept.is_empty()).then_some(kept);
}

/// What of the asked scope the operator allows. A client that asks for none is not limited to none.
fn scope(metadata: &mut ClientMetadata, terms: &Terms<'_>) -> Result<(), Refusal> {
    let asked: Option<Scopes> = match &metadata.scope {
        None => None,
        Some(text) => Some(
            text.parse()
                .map_err(|error| Refusal::metadata(format!("scope: {error}")))?,
        ),
    };
    if terms.policy.scopes.is_empty() {
        return Ok(());
    }
    let allowed = Scopes::try_from(terms.policy.scopes.as_slice()).unwrap_or_default();
    let kept = match asked {
        Some(asked) if !asked.is_empty() => asked.intersection(&allowed),
        _ => allowed,
    };
    metadata.scope = Some(kept.to_string());
    Ok(())
}

/// Everything that `oauth` knows to be wrong, and where keys may lie.
fn rest(metadata: &ClientMetadata) -> Result<(), Refusal> {
    if let Some(uri) = &metadata.jwks_uri
        && !is_https(uri)
    {
        return Err(Refusal::metadata("jwks_uri must be an https URL"));
    }
    for violation in metadata.violations() {
        // They were judged, with the operator's schemes, by a step of their own.
        if violation.field.starts_with("redirect_uris[") {
            continue;
        }
        let text = format!("{} {}", violation.field, violation.rule);
        return Err(match violation.field.as_str() {
            "redirect_uris" => Refusal::redirect_uri(text),
            _ => Refusal::metadata(text),
        });
    }
    Ok(())
}

/// Whether a text is an https URL as it should be written: what is fetched is what was read.
pub(super) fn is_https(text: &str) -> bool {
    text.len() <= oauth::redirect_uri::MAX_LEN
        && !text.contains('#')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\')
        && url::Url::parse(text).is_ok_and(|url| {
            url.scheme() == "https"
                && url.host_str().is_some_and(|host| !host.is_empty())
                && url.username().is_empty()
                && url.password().is_none()
        })
}

/// A client as the Management API's `POST /clients` would make it.
pub(super) fn members(metadata: &ClientMetadata, rules: &'static Rules) -> Members {
    let mode = if rules == &STRICT {
        "strict"
    } else {
        "permissive"
    };
    let public = is_public(metadata);
    let mut members = Members::new();
    let mut put = |name: &str, value: Value| {
        members.insert(name.to_owned(), value);
    };
    put("name", json!(metadata.client_name));
    put("is_first_party", json!(false));
    put("third_party_security_mode", json!(mode));
    put("oidc_conformant", json!(true));
    put(
        "callbacks",
        json!(metadata.redirect_uris.as_deref().unwrap_or_default()),
    );
    put("grant_types", json!(metadata.grant_types));
    put(
        "token_endpoint_auth_method",
        json!(metadata.token_endpoint_auth_method),
    );
    if let Some(logo) = &metadata.logo_uri {
        put("logo_uri", json!(logo));
    }
    openid::members(metadata, &mut put);
    if public {
        // RFC 9700 §2.2.2: a public client's refresh tokens are rotated.
        put(
            "refresh_token",
            json!({
                "rotation_type": "rotating", "expiration_type": "expiring",
                "infinite_token_lifetime": false, "infinite_idle_token_lifetime": false,
            }),
        );
    }
    members
}

#[cfg(test)]
mod tests;
