//! ID tokens (OpenID Connect Core §2).

use oauth::jose::{Algorithm, Header, SigningKey, jwt, token_hash};
use serde_json::{Value, json};

use crate::keys::Unsigned;
use crate::model::Members;
use crate::model::authorization::Authorization;
use crate::model::client::Client;
use crate::model::user::User;
use crate::settings::Issuer;
use crate::token::{KnownClient, profile, subject};
use crate::{Error, Tenant};

/// Seconds that an ID token lives where the client says nothing.
const DEFAULT_LIFETIME: i64 = 36_000;

/// What an ID token is given out with: it vouches for each of these.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct IdTokenExtras<'a> {
    /// For `at_hash`.
    pub(crate) access_token: Option<&'a str>,
    /// For `c_hash`, in a hybrid response.
    pub(crate) code: Option<&'a str>,
    /// For `s_hash`, in a hybrid response.
    pub(crate) state: Option<&'a str>,
    /// Whether it goes through the browser.
    pub(crate) front_channel: bool,
}

/// How a client's ID tokens are signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Signature {
    /// Not at all: only where the client registered that, and only from the token endpoint.
    Unsecured,
    By(Algorithm),
}

/// Issues an ID token: who the user is, for this client.
///
/// Claims of the scopes are in it even where an access token is issued too.
/// Compat: OpenID Connect Core §5.4 would leave them to `/userinfo` then; the vendor's clients read
/// them here.
///
/// # Errors
/// [`Error::Internal`] if the client's tokens are to be signed with a secret and it has none that
/// suffices.
pub(crate) async fn id_token(
    tenant: &Tenant,
    issuer: &Issuer,
    client: &KnownClient,
    authorization: &Authorization,
    user: &User,
    extras: IdTokenExtras<'_>,
) -> Result<String, Error> {
    let draft = IdTokenDraft::new(tenant, issuer, client, authorization, user, extras)?;
    match draft.is_slow() {
        true => tenant.signers().run(move || draft.finish(None)).await,
        false => draft.finish(None),
    }
}

/// An ID token that lacks its signature, and the hash of an access token that is to be signed with it.
pub(in crate::token) struct IdTokenDraft {
    claims: Members,
    /// With what it is signed, if it is.
    signature: Option<(Algorithm, SigningKey)>,
}

impl IdTokenDraft {
    /// Makes one as [`id_token`] does.
    ///
    /// # Errors
    /// As [`id_token`].
    pub(in crate::token) fn new(
        tenant: &Tenant,
        issuer: &Issuer,
        client: &KnownClient,
        authorization: &Authorization,
        user: &User,
        extras: IdTokenExtras<'_>,
    ) -> Result<Self, Error> {
        let algorithm = match signature(client) {
            // OpenID Connect Registration §2: never through the browser.
            Signature::Unsecured if extras.front_channel => Some(Algorithm::Rs256),
            Signature::Unsecured => None,
            Signature::By(algorithm) => Some(algorithm),
        };
        let claims = claims(
            tenant,
            issuer,
            client,
            authorization,
            user,
            extras,
            algorithm,
        );
        let signature = match algorithm {
            None => None,
            Some(algorithm) => Some((algorithm, key(tenant, client, algorithm)?)),
        };
        Ok(Self { claims, signature })
    }

    /// Whether it takes long to finish.
    pub(in crate::token) fn is_slow(&self) -> bool {
        let signature = self.signature.as_ref();
        signature.is_some_and(|(algorithm, _)| !algorithm.is_symmetric())
    }

    /// Signs it, and lets it vouch for the access token that it is given out with.
    ///
    /// # Errors
    /// [`Error::Internal`] only.
    pub(in crate::token) fn finish(mut self, access_token: Option<&str>) -> Result<String, Error> {
        let Some((algorithm, key)) = self.signature else {
            return Ok(jwt::unsecured(&self.claims));
        };
        if let Some(text) = access_token {
            let hash = token_hash(algorithm, text);
            self.claims.insert("at_hash".to_owned(), json!(hash));
        }
        unsigned(key, algorithm, &self.claims)?.sign()
    }
}

/// Signs claims for a client with the algorithm.
pub(in crate::token) async fn sign(
    tenant: &Tenant,
    client: &KnownClient,
    algorithm: Algorithm,
    claims: &Members,
) -> Result<String, Error> {
    let unsigned = unsigned(key(tenant, client, algorithm)?, algorithm, claims)?;
    tenant.signers().sign(unsigned).await
}

fn unsigned(key: SigningKey, algorithm: Algorithm, claims: &Members) -> Result<Unsigned, Error> {
    let payload = serde_json::to_vec(claims)
        .map_err(|error| Error::Internal(format!("claims cannot be written: {error}")))?;
    Ok(Unsigned {
        header: Header::jwt(algorithm, "JWT", key.kid()),
        key,
        payload,
    })
}

fn key(tenant: &Tenant, client: &KnownClient, algorithm: Algorithm) -> Result<SigningKey, Error> {
    match algorithm.is_symmetric() {
        false => Ok(tenant.ring().current.clone()),
        true => shared_key(client),
    }
}

fn shared_key(client: &KnownClient) -> Result<SigningKey, Error> {
    let id = client.client_id();
    let secret = client.secret.as_ref().ok_or_else(|| {
        Error::Internal(format!(
            "the client {id} has no secret to sign its tokens with; set jwt_configuration.alg to RS256"
        ))
    })?;
    SigningKey::hmac(secret).map_err(|error| {
        Error::Internal(format!(
            "the secret of the client {id} {error}; rotate it, or set jwt_configuration.alg to RS256"
        ))
    })
}

/// What the client registered (OpenID Connect Registration §2) or was configured with.
///
/// Compat: a confidential client without a choice gets HS256, as the vendor has it. One whose secret
/// nobody else knows how to use, because it is public or has keys, gets RS256.
fn signature(client: &KnownClient) -> Signature {
    let settings = &client.client.settings;
    let registered = client.client.openid("id_token_signed_response_alg");
    let registered = registered.and_then(Value::as_str);
    let configured = settings
        .get("jwt_configuration")
        .and_then(|jwt| jwt.get("alg"))
        .and_then(Value::as_str);
    match registered.or(configured) {
        Some("none") if !client.client.is_strict() => Signature::Unsecured,
        Some(name) => Signature::By(name.parse().unwrap_or(Algorithm::Rs256)),
        None if client.proves_itself_by_secret() && !client.client.is_strict() => {
            Signature::By(Algorithm::Hs256)
        }
        None => Signature::By(Algorithm::Rs256),
    }
}

/// Seconds that the client's ID tokens live.
fn lifetime(client: &Client) -> i64 {
    client
        .settings
        .get("jwt_configuration")
        .and_then(|jwt| jwt.get("lifetime_in_seconds"))
        .and_then(Value::as_i64)
        .unwrap_or(DEFAULT_LIFETIME)
}

fn claims(
    tenant: &Tenant,
    issuer: &Issuer,
    client: &KnownClient,
    authorization: &Authorization,
    user: &User,
    extras: IdTokenExtras<'_>,
    algorithm: Option<Algorithm>,
) -> Members {
    let now = tenant.clock().now().unix_seconds();
    let requested = authorization.claims.as_ref();
    let mut claims = profile::claims(tenant, user, &authorization.scope, requested, "id_token");
    if let Some(custom) = &authorization.custom {
        claims.extend(custom.id_token.clone());
    }
    let mut say = |name: &str, value: Value| {
        claims.insert(name.to_owned(), value);
    };
    say("iss", json!(issuer.as_str()));
    say(
        "sub",
        json!(subject::of(tenant, &client.client, &user.user_id)),
    );
    say("aud", json!(client.client_id()));
    say("iat", json!(now));
    say("exp", json!(now.saturating_add(lifetime(&client.client))));
    say("auth_time", json!(authorization.auth_time.unix_seconds()));
    let texts = [
        ("nonce", &authorization.nonce),
        ("sid", &authorization.session_id),
        ("acr", &authorization.acr),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            say(name, json!(text));
        }
    }
    if !authorization.amr.is_empty() {
        say("amr", json!(authorization.amr));
    }
    let hashed = [
        ("at_hash", extras.access_token),
        ("c_hash", extras.code),
        ("s_hash", extras.state),
    ];
    for (name, text) in hashed {
        if let (Some(text), Some(algorithm)) = (text, algorithm) {
            say(name, json!(token_hash(algorithm, text)));
        }
    }
    claims
}
