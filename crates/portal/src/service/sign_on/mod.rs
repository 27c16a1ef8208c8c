//! Developers sign in with the team's OpenID provider: authorization code, PKCE, state, nonce.
//!
//! Between the two requests nothing is kept here: what must be remembered lies sealed in a cookie of the
//! browser that began, so that no other browser can end what it did not begin.
//!
//! Source: OpenID Connect Core 1.0 §3.1, RFC 7636, RFC 9207, RFC 9700 §2.1.

mod attempt;
mod claims;
mod exchange;
pub(crate) mod trial;

use egress::issuer::Metadata;
use oauth::{pkce, secret};
use serde::Deserialize;
use url::Url;

use crate::error::Error;
use crate::model::{IdentityProvider, Site};
use crate::service::accounts::{self, Tokens, Visit};
use crate::{Portal, store};

use attempt::Attempt;

/// Where the provider sends the browser back to, on the portal's own origin.
pub(crate) const CALLBACK: &str = "/api/v2/developer/authenticate/oidc-callback";

/// A sign-in that began.
#[derive(Debug)]
pub(crate) struct Begun {
    /// The provider's page.
    pub(crate) location: String,
    /// What the browser keeps until it comes back, for [`Begun::LASTS`].
    pub(crate) sealed: String,
}

impl Begun {
    /// How long somebody may take at the provider.
    pub(crate) const LASTS: std::time::Duration = attempt::LASTS;
}

/// What the provider sent the browser back with.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Answer {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

/// A sign-in that ended well.
#[derive(Debug)]
pub(crate) struct Done {
    /// The session.
    pub(crate) tokens: Tokens,
    /// Where they wanted to go.
    pub(crate) return_to: String,
}

/// Why nobody is signed in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// This browser began no sign-in that this answer belongs to, or too long ago.
    #[error("no sign-in of this browser waits for this answer")]
    NotBegun,
    /// Whoever sat at the provider's page said no.
    #[error("the provider's page was left without signing in")]
    Declined,
    /// The portal has no provider, or not any more.
    #[error("single sign-on is not set up for this portal")]
    NotOffered,
    /// The provider did not do its part. The text is for the log.
    #[error("{0}")]
    Provider(String),
    /// The account does not let them in.
    #[error(transparent)]
    Account(#[from] accounts::Error),
}

impl Failure {
    fn provider(error: impl std::fmt::Display) -> Self {
        Self::Provider(error.to_string())
    }
}

/// The provider of a portal, if developers sign in with it.
///
/// # Errors
/// [`Error::Unavailable`].
async fn offered(portal: &Portal, site: &Site) -> Result<Option<IdentityProvider>, Error> {
    if site.is_public || !site.authentication.oidc_auth_enabled {
        return Ok(None);
    }
    let found = store::identity_providers::of_portal(portal.db(), site.id).await?;
    Ok(found.filter(|provider| provider.enabled))
}

/// Begins a sign-in. `origin` is the portal's own; `return_to` a path on it, or another address that the
/// caller vouches for.
///
/// # Errors
/// [`Failure::NotOffered`], [`Failure::Provider`] while the provider cannot be asked for its addresses.
pub(crate) async fn begin(
    portal: &Portal,
    (site, origin): (&Site, &str),
    return_to: &str,
) -> Result<Begun, Failure> {
    let provider = offered(portal, site).await.map_err(account)?;
    let provider = provider.ok_or(Failure::NotOffered)?;
    let metadata = portal.issuers().metadata(&provider.issuer).await;
    let metadata = metadata.map_err(Failure::provider)?;
    let entropy = portal.entropy();
    let attempt = Attempt {
        portal_id: site.id,
        provider_id: provider.id,
        state: entropy.url_safe(43),
        nonce: entropy.url_safe(43),
        verifier: pkce::new_verifier(entropy),
        redirect_uri: format!("{origin}{CALLBACK}"),
        return_to: return_to.to_owned(),
    };
    let location = authorization_request(&metadata, &provider, &attempt)?;
    let sealed = attempt.seal(portal).map_err(account)?;
    Ok(Begun { location, sealed })
}

/// The request as an address of the provider (OpenID Connect Core §3.1.2.1).
fn authorization_request(
    metadata: &Metadata,
    provider: &IdentityProvider,
    attempt: &Attempt,
) -> Result<String, Failure> {
    let endpoint = metadata.authorization_endpoint.as_deref();
    let endpoint = endpoint.and_then(|endpoint| Url::parse(endpoint).ok());
    let mut url = endpoint.ok_or_else(|| {
        Failure::provider("the identity provider names no authorization endpoint")
    })?;
    let challenge = pkce::challenge(pkce::Method::S256, &attempt.verifier);
    url.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", &provider.client_id)
        .append_pair("redirect_uri", &attempt.redirect_uri)
        .append_pair("scope", &scope(provider))
        .append_pair("state", &attempt.state)
        .append_pair("nonce", &attempt.nonce)
        .append_pair("code_challenge", &challenge)
        .append_pair("code_challenge_method", pkce::Method::S256.as_str());
    Ok(url.into())
}

/// The scopes that are asked for: those of the settings, and the one that makes it OpenID Connect.
fn scope(provider: &IdentityProvider) -> String {
    let others = provider.scopes.iter().map(String::as_str);
    let others = others.filter(|scope| *scope != "openid");
    let all: Vec<&str> = std::iter::once("openid").chain(others).collect();
    all.join(" ")
}

/// Ends a sign-in: checks the answer step by step, exchanges the code, and opens the session.
///
/// # Errors
/// [`Failure`]. The account may have been made even so: if it waits for approval.
pub(crate) async fn complete(
    portal: &Portal,
    visit: &Visit,
    (site, request_id): (&Site, &str),
    sealed: Option<&str>,
    answer: &Answer,
) -> Result<Done, Failure> {
    let attempt = sealed.and_then(|sealed| Attempt::open(portal, sealed));
    let attempt = attempt.ok_or(Failure::NotBegun)?;
    let state = answer.state.as_deref().unwrap_or_default();
    if attempt.portal_id != site.id || !secret::same(state.as_bytes(), attempt.state.as_bytes()) {
        return Err(Failure::NotBegun);
    }
    let provider = offered(portal, site).await.map_err(account)?;
    let provider = provider.filter(|provider| provider.id == attempt.provider_id);
    let provider = provider.ok_or(Failure::NotOffered)?;
    portal.accounts().slow_down(visit)?;
    let metadata = portal.issuers().metadata(&provider.issuer).await;
    let metadata = metadata.map_err(Failure::provider)?;
    check_issuer(&metadata, answer.iss.as_deref())?;
    if let Some(error) = &answer.error {
        return Err(match error.as_str() {
            "access_denied" => Failure::Declined,
            other => Failure::Provider(format!("it answered {}", claims::plain(other))),
        });
    }
    let code = answer.code.as_deref().ok_or_else(|| {
        Failure::provider("the identity provider sent the browser back without a code")
    })?;
    let party = exchange::Party {
        portal,
        provider: &provider,
        metadata: &metadata,
    };
    let mappings = &provider.claim_mappings;
    let mut wanted = vec![mappings.email.as_str()];
    if site.authentication.idp_mapping_enabled {
        wanted.push(&mappings.groups);
    }
    let claims = party.redeem(&attempt, code, &wanted).await?;
    let vouched = claims::vouched(&provider, &metadata.issuer, &claims)?;
    let admitted = portal.accounts().admit(visit, request_id, &vouched).await;
    let (developer, tokens) = admitted?;
    tracing::info!(
        developer.id = developer.id,
        "signed in with the identity provider"
    );
    Ok(Done {
        tokens,
        return_to: attempt.return_to,
    })
}

/// Whether the answer is from the provider that was asked (RFC 9207 §2.4): a mix-up with another one must
/// not carry the code there.
fn check_issuer(metadata: &Metadata, iss: Option<&str>) -> Result<(), Failure> {
    match iss {
        Some(iss) if iss != metadata.issuer => Err(Failure::provider(
            "the answer names another issuer than the one that was asked",
        )),
        None if metadata.authorization_response_iss_parameter_supported => Err(Failure::provider(
            "the answer names no issuer, and the identity provider says that its answers do",
        )),
        _ => Ok(()),
    }
}

/// A fault of ours on the way.
fn account(error: Error) -> Failure {
    Failure::Account(match error {
        Error::Unavailable(text) => accounts::Error::Storage(storage::Error::Unavailable(text)),
        other => accounts::Error::Internal(other.to_string()),
    })
}

#[cfg(test)]
mod tests {
    use egress::issuer::Metadata;
    use serde_json::json;

    use super::check_issuer;

    fn metadata(named: bool) -> Metadata {
        serde_json::from_value(json!({
            "issuer": "https://id.example",
            "jwks_uri": "https://id.example/keys",
            "authorization_response_iss_parameter_supported": named,
        }))
        .unwrap()
    }

    #[test]
    fn rfc9207_2_4_an_answer_of_another_issuer_is_refused() {
        let holds = |named, iss| check_issuer(&metadata(named), iss).is_ok();
        assert!(holds(true, Some("https://id.example")));
        assert!(holds(false, None) && holds(false, Some("https://id.example")));
        assert!(!holds(true, None), "it says that it names itself");
        assert!(!holds(false, Some("https://evil.example")));
        assert!(!holds(false, Some("https://id.example/")), "byte by byte");
    }
}
