//! Whether developers could sign in with a provider: each step tried, and what is wrong named.

use dcr::Finding;
use egress::Request;
use egress::issuer::{Issuers, Metadata};
use http::StatusCode;
use url::Url;

use super::exchange::{Party, error_of};
use super::{CALLBACK, claims, scope};
use crate::Portal;
use crate::error::Error;
use crate::model::{IdentityProvider, Site};
use crate::service::sites;

/// A code that no provider ever gave.
const NO_CODE: &str = "gatehouse-trial";

/// The redirect URIs that a provider must know: one for each origin at which the portal answers.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn redirect_uris(portal: &Portal, site: &Site) -> Result<Vec<String>, Error> {
    let origins = sites::origins(portal, site).await?;
    let uris = origins.iter().map(|origin| format!("{origin}{CALLBACK}"));
    Ok(uris.collect())
}

/// Tries a provider as a sign-in would, without signing anybody in. What is known of it from before is not
/// used. The first step that fails ends it where the next would say nothing new.
///
/// # Errors
/// [`Error::Unavailable`]. What the provider lacks is a finding.
pub(crate) async fn run(
    portal: &Portal,
    site: &Site,
    provider: &IdentityProvider,
) -> Result<Vec<Finding>, Error> {
    let issuers = Issuers::new(portal.egress().clone());
    let metadata = match issuers.metadata(&provider.issuer).await {
        Ok(metadata) => metadata,
        Err(error) => return Ok(vec![lacks("discovery", error)]),
    };
    let mut findings = vec![holds("discovery", format!("issuer {}", metadata.issuer))];
    findings.push(match issuers.keys(&provider.issuer).await {
        Ok(keys) if keys.is_empty() => lacks("keys", "the key set holds no key that can be used"),
        Ok(keys) => holds("keys", keys.keys().len()),
        Err(error) => lacks("keys", error),
    });
    findings.push(client(portal, provider, &metadata).await);
    for uri in redirect_uris(portal, site).await? {
        findings.push(way_back(portal, provider, &metadata, &uri).await);
    }
    Ok(findings)
}

fn holds(check: &str, message: impl ToString) -> Finding {
    finding(check, true, message)
}

fn lacks(check: &str, message: impl ToString) -> Finding {
    finding(check, false, message)
}

fn finding(check: &str, ok: bool, message: impl ToString) -> Finding {
    Finding {
        check: check.to_owned(),
        ok,
        message: message.to_string(),
    }
}

/// Whether the token endpoint takes client id and secret: it refuses the client before it looks at the
/// code, which nobody gave (RFC 6749 §5.2).
async fn client(portal: &Portal, provider: &IdentityProvider, metadata: &Metadata) -> Finding {
    let check = "client";
    let party = Party {
        portal,
        provider,
        metadata,
    };
    let form = [
        ("grant_type", "authorization_code"),
        ("code", NO_CODE),
        ("redirect_uri", "https://gatehouse.invalid/"),
        (
            "code_verifier",
            "gatehouse-trial-gatehouse-trial-gatehouse-trial",
        ),
    ];
    let answer = match party.token_request(&form).await {
        Ok(answer) => answer,
        Err(failure) => return lacks(check, failure),
    };
    match error_of(&answer).as_str() {
        "invalid_grant" => holds(check, &provider.client_id),
        // Whatever a provider calls it (Auth0: `access_denied`), this status is about the client alone.
        _ if answer.status == StatusCode::UNAUTHORIZED => lacks(check, "invalid_client"),
        other => lacks(check, other),
    }
}

/// Whether the provider would send a browser back to this address: asked to sign nobody in, it answers at
/// once, there or on a page of its own (OpenID Connect Core §3.1.2.6, RFC 6749 §4.1.2.1).
async fn way_back(
    portal: &Portal,
    provider: &IdentityProvider,
    metadata: &Metadata,
    uri: &str,
) -> Finding {
    let check = "redirect_uri";
    let endpoint = metadata.authorization_endpoint.as_deref();
    let Some(mut url) = endpoint.and_then(|endpoint| Url::parse(endpoint).ok()) else {
        return lacks(
            check,
            "the identity provider names no authorization endpoint",
        );
    };
    let challenge = oauth::pkce::challenge(oauth::pkce::Method::S256, NO_CODE);
    url.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", &provider.client_id)
        .append_pair("redirect_uri", uri)
        .append_pair("scope", &scope(provider))
        .append_pair("state", NO_CODE)
        .append_pair("nonce", NO_CODE)
        .append_pair("prompt", "none")
        .append_pair("code_challenge", &challenge)
        .append_pair("code_challenge_method", "S256");
    let answer = match portal.egress().send(Request::get(url.as_str())).await {
        Ok(answer) => answer,
        Err(error) => return lacks(check, error),
    };
    let location = answer.headers.get(http::header::LOCATION);
    let location = location.and_then(|value| value.to_str().ok());
    match location.and_then(|location| back_at(location, uri)) {
        Some(error) if is_nobody(&error) => holds(check, uri),
        Some(error) => lacks(check, format!("{uri}: {error}")),
        None => lacks(check, uri),
    }
}

/// Nobody is signed in, which is all that is wrong.
fn is_nobody(error: &str) -> bool {
    matches!(
        error,
        "login_required"
            | "interaction_required"
            | "consent_required"
            | "account_selection_required"
    )
}

/// The error in the answer, if the browser is sent to `uri` with it.
fn back_at(location: &str, uri: &str) -> Option<String> {
    let (target, query) = location.split_once('?')?;
    if target != uri {
        return None;
    }
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    let (_, error) = pairs.find(|(name, _)| name == "error")?;
    Some(claims::plain(&error))
}

#[cfg(test)]
mod tests {
    use super::back_at;

    #[test]
    fn only_an_answer_at_the_redirect_uri_counts() {
        let uri = "https://portal.example/cb";
        let at = |location| back_at(location, uri);
        let back = "https://portal.example/cb?error=login_required&state=x";
        assert_eq!(at(back).as_deref(), Some("login_required"));
        assert_eq!(at("https://id.example/u/login?error=login_required"), None);
        assert_eq!(
            at("https://portal.example/cb.evil?error=login_required"),
            None
        );
        assert_eq!(at("/error"), None);
    }
}
