//! An OpenID provider that tests control, mounted where the portal's way out finds it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::extract::{Form, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::{HeaderMap, StatusCode, header};
use oauth::jose::{Algorithm, Header, SigningKey, jwt};
use oauth::{Clock, pkce};
use serde_json::{Value, json};
use storage::params;

use crate::world::{Answer, Caller, SITE, World};

pub(crate) const ISSUER: &str = "https://id.example";
pub(crate) const CLIENT: &str = "portal-at-id";
pub(crate) const SECRET: &str = "s3cret-at-id";
pub(crate) const CALLBACK: &str = "/api/v2/developer/authenticate/oidc-callback";

#[derive(Clone)]
pub(crate) struct Provider(Arc<Inner>);

struct Inner {
    clock: Clock,
    key: SigningKey,
    /// What waits to be fetched, by code.
    granted: Mutex<HashMap<String, Granted>>,
    userinfo: Mutex<Value>,
}

struct Granted {
    challenge: String,
    redirect_uri: String,
    claims: Value,
    algorithm: Algorithm,
}

/// What the portal asked for, as the browser brought it.
pub(crate) struct Asked(HashMap<String, String>);

impl Asked {
    pub(crate) fn of(answer: &Answer) -> Self {
        assert_eq!(answer.status, 302, "{}", answer.body);
        let location: url::Url = location(answer).parse().unwrap();
        assert!(
            location
                .as_str()
                .starts_with("https://id.example/authorize?")
        );
        Self(location.query_pairs().into_owned().collect())
    }

    pub(crate) fn get(&self, name: &str) -> &str {
        &self.0[name]
    }
}

pub(crate) fn location(answer: &Answer) -> &str {
    answer.headers[header::LOCATION].to_str().unwrap()
}

impl Provider {
    /// Starts it, and enters it at the portal.
    pub(crate) async fn of(world: &World) -> Self {
        let provider = Self(Arc::new(Inner {
            clock: world.portal.clock().clone(),
            key: SigningKey::generate_es256().unwrap().with_kid("first"),
            granted: Mutex::default(),
            userinfo: Mutex::default(),
        }));
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(metadata))
            .route("/jwks", get(keys))
            .route("/authorize", get(authorize))
            .route("/token", post(token))
            .route("/userinfo", get(userinfo))
            .with_state(provider.clone());
        world.egress.mount(ISSUER, &router);
        let id = "99999999-9999-4999-8999-999999999999";
        let context = format!("portal.identity_provider.{id}");
        let sealed = world.sealer.seal(&context, &SECRET.into());
        let sql = "INSERT INTO portal_identity_provider (id, portal_id, enabled, issuer, client_id, secret, \
                   scopes, claim_mappings, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, \
                   '[\"profile\",\"email\"]', '{}', 1, 1)";
        let values = params![id, SITE, true, ISSUER, CLIENT, sealed];
        world.test.db.execute(sql, values).await.unwrap();
        world.settings(json!({ "oidc_auth_enabled": true })).await;
        provider
    }

    /// What the userinfo endpoint answers.
    pub(crate) fn knows(&self, claims: Value) {
        *self.0.userinfo.lock().unwrap() = claims;
    }

    /// Lets somebody sign in: gives the code for claims, beside the usual ones.
    pub(crate) fn grant(&self, asked: &Asked, claims: &Value, algorithm: Algorithm) -> String {
        let now = self.0.clock.now().unix_seconds();
        let mut all = json!({
            "iss": ISSUER, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked.get("nonce"),
        });
        for (name, value) in claims.as_object().unwrap() {
            all[name] = value.clone();
        }
        let mut granted = self.0.granted.lock().unwrap();
        let code = format!("code-{}", granted.len());
        granted.insert(
            code.clone(),
            Granted {
                challenge: asked.get("code_challenge").to_owned(),
                redirect_uri: asked.get("redirect_uri").to_owned(),
                claims: all,
                algorithm,
            },
        );
        code
    }

    /// A whole sign-in: to the provider and back.
    pub(crate) async fn sign_in(&self, caller: &mut Caller<'_>, claims: Value) -> Answer {
        let asked = Asked::of(&caller.send("GET", SSO, None).await);
        let code = self.grant(&asked, &claims, Algorithm::Es256);
        caller.send("GET", &back(&asked, &code), None).await
    }
}

pub(crate) const SSO: &str = "/api/v2/developer/authenticate/sso?returnTo=%2Fmy-apps";

/// The way back with a code.
pub(crate) fn back(asked: &Asked, code: &str) -> String {
    let state = asked.get("state");
    format!("{CALLBACK}?code={code}&state={state}&iss=https%3A%2F%2Fid.example")
}

async fn metadata() -> Json<Value> {
    Json(json!({
        "issuer": ISSUER,
        "authorization_endpoint": "https://id.example/authorize",
        "token_endpoint": "https://id.example/token",
        "userinfo_endpoint": "https://id.example/userinfo",
        "jwks_uri": "https://id.example/jwks",
        "authorization_response_iss_parameter_supported": true,
    }))
}

async fn keys(State(provider): State<Provider>) -> Json<Value> {
    Json(json!({ "keys": [provider.0.key.public_jwk()] }))
}

/// Nobody is signed in here; and the redirect URIs of one host are known.
async fn authorize(Query(asked): Query<HashMap<String, String>>) -> Response {
    let uri = &asked["redirect_uri"];
    if !uri.starts_with("https://portal.example/") {
        return (StatusCode::BAD_REQUEST, "unknown redirect URI").into_response();
    }
    Redirect::to(&format!(
        "{uri}?error=login_required&state={}",
        asked["state"]
    ))
    .into_response()
}

async fn token(
    State(provider): State<Provider>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    let refused =
        |status: StatusCode, error: &str| (status, Json(json!({ "error": error }))).into_response();
    let basic = headers.get(header::AUTHORIZATION);
    // `portal-at-id:s3cret-at-id`
    if basic.is_none_or(|basic| basic != "Basic cG9ydGFsLWF0LWlkOnMzY3JldC1hdC1pZA==") {
        return refused(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    let granted = provider.0.granted.lock().unwrap().remove(&form["code"]);
    let Some(granted) = granted else {
        return refused(StatusCode::BAD_REQUEST, "invalid_grant");
    };
    let verifier = form["code_verifier"].as_str();
    let proven = pkce::verify(pkce::Method::S256, &granted.challenge, verifier);
    if !proven || form["redirect_uri"] != granted.redirect_uri {
        return refused(StatusCode::BAD_REQUEST, "invalid_grant");
    }
    let id_token = match granted.algorithm {
        Algorithm::Es256 => {
            let key = &provider.0.key;
            let header = Header::jwt(Algorithm::Es256, "JWT", key.kid());
            jwt::sign(key, &header, &granted.claims).unwrap()
        }
        other => {
            let key = SigningKey::hmac(&"7".repeat(64).into()).unwrap();
            jwt::sign(&key, &Header::jwt(other, "JWT", "first"), &granted.claims).unwrap()
        }
    };
    Json(json!({ "id_token": id_token, "access_token": "at", "token_type": "Bearer" }))
        .into_response()
}

async fn userinfo(State(provider): State<Provider>) -> Json<Value> {
    Json(provider.0.userinfo.lock().unwrap().clone())
}
