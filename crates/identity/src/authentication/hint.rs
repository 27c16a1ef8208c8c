//! ID tokens that come back as hints: at the authorization endpoint and at logout.

use std::time::Duration;

use oauth::jose::{Algorithm, KeySet, VerifyingKey, jws, jwt};
use serde_json::Value;

use crate::Tenant;
use crate::model::Members;
use crate::token::KnownClient;

/// An ID token of this tenant.
#[derive(Clone, Debug)]
pub(super) struct Hint {
    /// Whom it is about, under the name that the client knows.
    pub(super) subject: String,
    /// The client that it was issued to.
    pub(super) audience: String,
    /// The session that it was issued in.
    pub(super) session_id: Option<String>,
}

/// A year: an ID token that is older says nothing about who is here now.
const OLDEST: Duration = Duration::from_secs(366 * 24 * 3600);

/// Verifies an ID token that this tenant issued under any of its hosts. It may have expired: it is a
/// hint, and its user may come back after days (OpenID Connect Core §3.1.2.1).
///
/// `client` is the client that sends it, where it is known: an HS256 token is signed with its secret.
/// `None` for anything else than such a token.
pub(super) async fn read(
    tenant: &Tenant,
    token: &str,
    client: Option<&KnownClient>,
) -> Option<Hint> {
    let header = jws::Compact::split(token).ok()?.header().ok()?;
    let shared;
    let ring = tenant.ring();
    let keys = match (header.alg.is_symmetric(), client) {
        (false, _) => &ring.verifying,
        (true, Some(client)) => {
            let key = VerifyingKey::hmac(client.secret()?, None).ok()?;
            shared = KeySet::new(vec![key]);
            &shared
        }
        (true, None) => return None,
    };
    let issuers: Vec<String> = tenant
        .settings()
        .origins()
        .map(|origin| origin.issuer().as_str().to_owned())
        .collect();
    let verified = jwt::verify(
        token,
        keys,
        &jwt::Expectations {
            issuers: jwt::Accept::OneOf(&issuers),
            audiences: jwt::Accept::Anything,
            now: tenant.clock().now(),
            leeway: OLDEST,
            algorithms: &[
                Algorithm::Rs256,
                Algorithm::Rs512,
                Algorithm::Ps256,
                Algorithm::Hs256,
            ],
            require_exp: true,
            max_age: None,
            typ: None,
        },
    );
    let claims = verified.ok()?.claims;
    // An access token has an audience of its own, and no client's id is one.
    let audience = text(&claims, "aud")?;
    let to_client = client.is_none_or(|client| client.client_id() == audience);
    to_client.then_some(Hint {
        subject: text(&claims, "sub")?,
        session_id: text(&claims, "sid"),
        audience,
    })
}

/// Whom a token says it was issued to. Not verified: good for finding the client alone.
pub(super) fn audience_unverified(token: &str) -> Option<String> {
    text(&jwt::peek(token).ok()?.claims, "aud")
}

fn text(claims: &Members, name: &str) -> Option<String> {
    claims.get(name).and_then(Value::as_str).map(str::to_owned)
}
