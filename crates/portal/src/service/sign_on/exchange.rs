//! The code becomes an ID token, which is verified, and claims.

use std::time::Duration;

use egress::Request;
use egress::issuer::Metadata;
use http::StatusCode;
use oauth::jose::{Algorithm, KeySet, jwt, token_hash};
use oauth::secret;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::attempt::Attempt;
use super::{Failure, claims};
use crate::Portal;
use crate::model::IdentityProvider;
use crate::service::identity_providers;

/// Clock difference that is forgiven.
const LEEWAY: Duration = Duration::from_secs(60);

/// How long the provider may take for one answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Who deals with whom.
pub(super) struct Party<'a> {
    pub(super) portal: &'a Portal,
    pub(super) provider: &'a IdentityProvider,
    pub(super) metadata: &'a Metadata,
}

#[derive(Deserialize)]
struct Granted {
    id_token: Option<SecretString>,
    access_token: Option<SecretString>,
}

#[derive(Deserialize)]
struct Denied {
    error: String,
}

impl Party<'_> {
    /// Exchanges the code and gives the claims of the verified ID token, those of the userinfo endpoint
    /// beside them where the ID token lacks one that is `wanted`.
    ///
    /// # Errors
    /// [`Failure::Provider`].
    ///
    /// Source: OpenID Connect Core 1.0 §3.1.3, §5.3.
    pub(super) async fn redeem(
        &self,
        attempt: &Attempt,
        code: &str,
        wanted: &[&str],
    ) -> Result<Map<String, Value>, Failure> {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &attempt.redirect_uri),
            ("code_verifier", &attempt.verifier),
        ];
        let answer = self.token_request(&form).await?;
        if !answer.status.is_success() {
            return Err(Failure::Provider(format!(
                "the token endpoint refused the code: {}",
                error_of(&answer)
            )));
        }
        let granted: Granted = answer
            .json()
            .map_err(|_| Failure::provider("the token endpoint gave no tokens"))?;
        let id_token = granted.id_token.as_ref().ok_or_else(|| {
            Failure::provider("the token endpoint gave no ID token; does it know the scope openid?")
        })?;
        let access = granted.access_token.as_ref();
        let claims = self.verified(id_token.expose_secret(), access).await?;
        check_nonce(&claims, &attempt.nonce)?;
        match access {
            Some(access) if wanted.iter().any(|name| !claims.contains_key(*name)) => {
                self.with_userinfo(claims, access).await
            }
            _ => Ok(claims),
        }
    }

    /// Asks the token endpoint, as the client that the portal is there.
    pub(super) async fn token_request(
        &self,
        form: &[(&str, &str)],
    ) -> Result<egress::Response, Failure> {
        let endpoint = self.metadata.token_endpoint.as_deref();
        let endpoint = endpoint
            .ok_or_else(|| Failure::provider("the identity provider names no token endpoint"))?;
        let secret = identity_providers::secret(self.portal, self.provider);
        let secret = secret.map_err(super::account)?;
        let client_id = self.provider.client_id.as_str();
        let mut form = form.to_vec();
        let request = Request::post(endpoint).timeout(PATIENCE);
        let request = match &secret {
            None => {
                form.push(("client_id", client_id));
                request.form(&form)
            }
            Some(secret) if self.takes_secret_in_body() => {
                form.push(("client_id", client_id));
                form.push(("client_secret", secret.expose_secret()));
                request.form(&form)
            }
            Some(secret) => request.basic(client_id, secret).form(&form),
        };
        self.portal
            .egress()
            .send(request.header("accept", "application/json"))
            .await
            .map_err(Failure::provider)
    }

    /// RFC 8414 §2: without a word, `client_secret_basic`.
    fn takes_secret_in_body(&self) -> bool {
        let methods = self
            .metadata
            .token_endpoint_auth_methods_supported
            .as_deref();
        let named = |wanted: &str| methods.is_some_and(|all| all.iter().any(|one| one == wanted));
        named("client_secret_post") && !named("client_secret_basic")
    }

    /// The claims of an ID token, if it is this provider's, for this client, and of now.
    async fn verified(
        &self,
        id_token: &str,
        access: Option<&SecretString>,
    ) -> Result<Map<String, Value>, Failure> {
        let issuers = self.portal.issuers();
        let keys = issuers.keys(&self.provider.issuer).await;
        let keys = keys.map_err(Failure::provider)?;
        let verified = match self.verify(id_token, &keys) {
            Err(jwt::Error::UnknownKey { .. }) => {
                let keys = issuers.refresh_keys(&self.provider.issuer).await;
                let keys = keys.map_err(Failure::provider)?;
                self.verify(id_token, &keys)
            }
            other => other,
        };
        let verified =
            verified.map_err(|error| Failure::Provider(format!("the ID token {error}")))?;
        let claims = &verified.claims;
        let said = |name: &str| claims.get(name).and_then(Value::as_str);
        let audiences = claims
            .get("aud")
            .and_then(Value::as_array)
            .map_or(1, Vec::len);
        let azp = said("azp");
        if azp.is_some_and(|azp| azp != self.provider.client_id) || (audiences > 1 && azp.is_none())
        {
            return Err(Failure::provider("the ID token is for another client"));
        }
        if let (Some(hash), Some(access)) = (said("at_hash"), access)
            && token_hash(verified.header.alg, access.expose_secret()) != hash
        {
            return Err(Failure::provider(
                "the ID token belongs to another access token",
            ));
        }
        Ok(verified.claims)
    }

    fn verify(&self, id_token: &str, keys: &KeySet) -> Result<jwt::Verified, jwt::Error> {
        let expect = jwt::Expectations {
            issuers: jwt::Accept::Only(&self.metadata.issuer),
            audiences: jwt::Accept::Only(&self.provider.client_id),
            now: self.portal.clock().now(),
            leeway: LEEWAY,
            // Shared secrets sign nothing here: the client's is known to more than the provider.
            algorithms: Algorithm::ASYMMETRIC,
            require_exp: true,
            max_age: None,
            typ: None,
        };
        jwt::verify(id_token, keys, &expect)
    }

    /// Claims of the userinfo endpoint, where the ID token does not say the same.
    async fn with_userinfo(
        &self,
        mut claims: Map<String, Value>,
        access: &SecretString,
    ) -> Result<Map<String, Value>, Failure> {
        let Some(endpoint) = &self.metadata.userinfo_endpoint else {
            return Ok(claims);
        };
        let request = Request::get(endpoint)
            .bearer(access)
            .header("accept", "application/json")
            .timeout(PATIENCE);
        let answer = self.portal.egress().send(request).await;
        let answer = answer.map_err(Failure::provider)?;
        if answer.status != StatusCode::OK {
            let said = format!("the userinfo endpoint answered {}", answer.status);
            return Err(Failure::Provider(said));
        }
        let mut more: Map<String, Value> = answer
            .json()
            .map_err(|_| Failure::provider("the userinfo endpoint gave no JSON"))?;
        // OpenID Connect Core §5.3.2: an access token of somebody else may have been put there.
        if more.get("sub") != claims.get("sub") {
            return Err(Failure::provider(
                "the userinfo endpoint speaks of somebody else than the ID token",
            ));
        }
        // Whether an address is verified is said where the address is.
        match claims.contains_key(&self.provider.claim_mappings.email) {
            true => more.remove("email_verified"),
            false => claims.remove("email_verified"),
        };
        for (name, value) in more {
            claims.entry(name).or_insert(value);
        }
        Ok(claims)
    }
}

fn check_nonce(claims: &Map<String, Value>, nonce: &str) -> Result<(), Failure> {
    let said = claims.get("nonce").and_then(Value::as_str);
    match said {
        Some(said) if secret::same(said.as_bytes(), nonce.as_bytes()) => Ok(()),
        _ => Err(Failure::provider(
            "the ID token is of another sign-in than this one",
        )),
    }
}

/// The OAuth error code of an answer, or its status.
pub(super) fn error_of(answer: &egress::Response) -> String {
    let code = answer
        .json::<Denied>()
        .map(|denied| claims::plain(&denied.error));
    match code {
        Ok(code) if !code.is_empty() => code,
        _ => format!("status {}", answer.status.as_u16()),
    }
}
