//! Step: what OpenID Connect adds to a client's metadata.

use oauth::client_metadata::ClientMetadata;
use oauth::redirect_uri::{self, ApplicationKind};
use serde_json::{Value, json};
use url::Url;

use super::{Terms, is_https};
use crate::model::Members;
use crate::registration::refusal::Refusal;

/// The most entries of a list.
const MAX: usize = 20;

/// Keeps the members of OpenID Connect that this tenant acts on, and drops every other member that RFC
/// 7591 does not name. Strict clients take no part in OpenID Connect.
///
/// # Errors
/// `invalid_client_metadata` for a value that the client would rely on and cannot.
///
/// Source: OpenID Connect Dynamic Client Registration 1.0 §2, RP-Initiated Logout 1.0 §3.1, Back-Channel
/// Logout 1.0 §2.2.
pub(super) fn settle(metadata: &mut ClientMetadata, terms: &Terms<'_>) -> Result<(), Refusal> {
    let asked = std::mem::take(&mut metadata.extra);
    if !terms.rules.openid {
        return Ok(());
    }
    let mut kept = Members::new();
    for name in MEMBERS {
        if let Some(value) = asked.get(*name).filter(|value| !value.is_null()) {
            let value = member(name, value, metadata)
                .map_err(|rule| Refusal::metadata(format!("{name} {rule}")))?;
            kept.insert((*name).to_owned(), value);
        }
    }
    pairwise(metadata, &kept)?;
    metadata.extra = kept;
    Ok(())
}

/// In one order, so that the same metadata are the same text.
const MEMBERS: &[&str] = &[
    "backchannel_logout_session_required",
    "backchannel_logout_uri",
    "default_acr_values",
    "default_max_age",
    "id_token_signed_response_alg",
    "initiate_login_uri",
    "post_logout_redirect_uris",
    "request_object_signing_alg",
    "request_uris",
    "require_auth_time",
    "sector_identifier_uri",
    "subject_type",
    "userinfo_signed_response_alg",
];

fn member(name: &str, value: &Value, metadata: &ClientMetadata) -> Result<Value, &'static str> {
    let kept = match name {
        "id_token_signed_response_alg" => {
            // No ID token without a signature goes through the browser (Core §2).
            let implicit = metadata
                .grant_types
                .iter()
                .flatten()
                .any(|g| g == "implicit");
            let asked_implicitly = metadata
                .response_types
                .iter()
                .flatten()
                .any(|types| types.split(' ').any(|word| word == "id_token"));
            if value == "none" && implicit && asked_implicitly {
                return Err("must not be none for response types with id_token");
            }
            json!(one_of(value, signatures(metadata)).unwrap_or("RS256"))
        }
        "userinfo_signed_response_alg" => {
            json!(one_of(value, signatures(metadata)).unwrap_or("RS256"))
        }
        "request_object_signing_alg" => {
            let algorithms = ["RS256", "RS384", "PS256", "none"];
            let known = one_of(value, &algorithms);
            json!(known.ok_or("must be RS256, RS384, PS256 or none")?)
        }
        "subject_type" => {
            let known = one_of(value, &["public", "pairwise"]);
            json!(known.ok_or("must be public or pairwise")?)
        }
        "default_max_age" => {
            let seconds = value.as_u64().filter(|seconds| *seconds < 1 << 31);
            json!(seconds.ok_or("must be a number of seconds")?)
        }
        "require_auth_time" | "backchannel_logout_session_required" => {
            json!(value.as_bool().ok_or("must be true or false")?)
        }
        "default_acr_values" => list(value, |text| text.len() <= 255)?,
        "initiate_login_uri" | "sector_identifier_uri" | "backchannel_logout_uri" => {
            let uri = value.as_str().filter(|uri| is_https(uri));
            json!(uri.ok_or("must be an https URL")?)
        }
        // A fragment may carry the hash of what is there (Core §6.2).
        "request_uris" => list(value, |text| {
            is_https(text.split('#').next().unwrap_or_default())
        })?,
        _ => list(value, |text| {
            redirect_uri::check(text, ApplicationKind::Native).is_ok()
        })?,
    };
    Ok(kept)
}

/// How the tenant signs for the client: a shared secret can sign only where there is one.
fn signatures(metadata: &ClientMetadata) -> &'static [&'static str] {
    match metadata.token_endpoint_auth_method.as_deref() {
        Some("none" | "private_key_jwt") => &["RS256", "RS512", "PS256", "none"],
        _ => &["RS256", "RS512", "PS256", "HS256", "none"],
    }
}

fn one_of<'a>(value: &Value, known: &[&'a str]) -> Option<&'a str> {
    let text = value.as_str()?;
    known.iter().find(|known| **known == text).copied()
}

fn list(value: &Value, fits: impl Fn(&str) -> bool) -> Result<Value, &'static str> {
    let items = value.as_array().ok_or("must be a list of texts")?;
    if items.len() > MAX {
        return Err("must have at most 20 entries");
    }
    let fit = |item: &Value| item.as_str().is_some_and(&fits);
    if items.iter().all(fit) {
        return Ok(value.clone());
    }
    Err("must hold well-formed entries alone, and URLs with https")
}

/// Core §8.1: without a sector identifier, all redirect URIs are on one host.
fn pairwise(metadata: &ClientMetadata, kept: &Members) -> Result<(), Refusal> {
    let wanted = kept
        .get("subject_type")
        .is_some_and(|kind| kind == "pairwise");
    if !wanted || kept.contains_key("sector_identifier_uri") {
        return Ok(());
    }
    let uris = metadata.redirect_uris.iter().flatten();
    let mut hosts = uris.map(|uri| Url::parse(uri).ok()?.host_str().map(str::to_owned));
    let first = hosts.next().flatten();
    if first.is_none() || hosts.any(|host| host != first) {
        return Err(Refusal::metadata(
            "sector_identifier_uri is needed for pairwise subjects with redirect URIs on several hosts",
        ));
    }
    Ok(())
}

/// The members as the Management API calls them.
pub(super) fn members(metadata: &ClientMetadata, put: &mut impl FnMut(&str, Value)) {
    let extra = &metadata.extra;
    // Compat: the vendor's new clients sign with RS256; anything else only for who asks for it. The
    // vendor's clients have no `none`: what the client registered is looked at first.
    let algorithm = extra
        .get("id_token_signed_response_alg")
        .filter(|algorithm| *algorithm != "none")
        .cloned()
        .unwrap_or_else(|| json!("RS256"));
    put("jwt_configuration", json!({ "alg": algorithm }));
    if let Some(uri) = extra.get("initiate_login_uri") {
        put("initiate_login_uri", uri.clone());
    }
    if let Some(uris) = extra.get("post_logout_redirect_uris") {
        put("allowed_logout_urls", uris.clone());
    }
    if let Some(uri) = extra.get("backchannel_logout_uri") {
        put("oidc_logout", json!({ "backchannel_logout_urls": [uri] }));
    }
}
