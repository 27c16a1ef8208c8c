//! An issuer: discovery, keys, a token endpoint for client credentials.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::extract::{Form, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use oauth::Clock;
use oauth::jose::{Algorithm, Header, SigningKey, jwt};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinSet;

#[derive(Clone)]
pub(crate) struct Issuer {
    pub(crate) url: String,
    inner: Arc<Inner>,
}

struct Inner {
    clock: Clock,
    clients: Mutex<HashMap<String, String>>,
    keys: Mutex<Vec<SigningKey>>,
    exchanges: AtomicUsize,
    key_requests: AtomicUsize,
    away: AtomicBool,
    /// Token requests are answered while this holds true.
    open: watch::Sender<bool>,
    scope: Mutex<String>,
    last_form: Mutex<HashMap<String, String>>,
}

impl Issuer {
    pub(crate) async fn start(tasks: &mut JoinSet<()>, clock: Clock) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let issuer = Self {
            url,
            inner: Arc::new(Inner {
                clock,
                clients: Mutex::default(),
                keys: Mutex::new(vec![
                    SigningKey::generate_es256().unwrap().with_kid("first"),
                ]),
                exchanges: AtomicUsize::new(0),
                key_requests: AtomicUsize::new(0),
                away: AtomicBool::new(false),
                open: watch::Sender::new(true),
                scope: Mutex::new("openid".into()),
                last_form: Mutex::default(),
            }),
        };
        let router = issuer.router();
        tasks.spawn(async move { axum::serve(listener, router).await.unwrap() });
        issuer
    }

    fn router(&self) -> Router {
        Router::new()
            .route("/.well-known/openid-configuration", get(metadata))
            .route("/jwks", get(keys))
            .route("/oauth/token", post(token))
            .with_state(self.clone())
    }

    /// The same issuer at another address, behind TLS with a certificate that no authority signed.
    pub(crate) async fn self_signed(&self, tasks: &mut JoinSet<()>) -> Self {
        let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".into()]).unwrap();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let server = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(server));
        let plain = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let behind = plain.local_addr().unwrap();
        let front = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = Self {
            url: format!("https://{}", front.local_addr().unwrap()),
            inner: Arc::clone(&self.inner),
        };
        let router = issuer.router();
        tasks.spawn(async move { axum::serve(plain, router).await.unwrap() });
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = front.accept().await {
                let acceptor = acceptor.clone();
                connections.spawn(async move {
                    let Ok(mut outside) = acceptor.accept(stream).await else {
                        return;
                    };
                    let mut inside = tokio::net::TcpStream::connect(behind).await.unwrap();
                    let _ = tokio::io::copy_bidirectional(&mut outside, &mut inside).await;
                });
            }
        });
        issuer
    }

    pub(crate) fn add_client(&self, id: &str, secret: &str) {
        let mut clients = self.inner.clients.lock().unwrap();
        clients.insert(id.into(), secret.into());
    }

    pub(crate) fn remove_client(&self, id: &str) {
        self.inner.clients.lock().unwrap().remove(id);
    }

    pub(crate) fn exchanges(&self) -> usize {
        self.inner.exchanges.load(Ordering::SeqCst)
    }

    pub(crate) fn key_requests(&self) -> usize {
        self.inner.key_requests.load(Ordering::SeqCst)
    }

    pub(crate) fn last_form(&self) -> HashMap<String, String> {
        self.inner.last_form.lock().unwrap().clone()
    }

    /// Makes every endpoint answer 503, or no longer.
    pub(crate) fn set_away(&self, away: bool) {
        self.inner.away.store(away, Ordering::SeqCst);
    }

    /// Holds back answers of the token endpoint, or lets them go.
    pub(crate) fn set_open(&self, open: bool) {
        self.inner.open.send_replace(open);
    }

    pub(crate) fn set_scope(&self, scope: &str) {
        *self.inner.scope.lock().unwrap() = scope.into();
    }

    /// Signs with a new key from now on, and publishes it alone.
    pub(crate) fn rotate_keys(&self) {
        let key = SigningKey::generate_es256().unwrap().with_kid("second");
        *self.inner.keys.lock().unwrap() = vec![key];
    }

    pub(crate) fn token(&self, client_id: &str) -> String {
        self.token_with(client_id, json!({}))
    }

    /// A token with these claims beside, or in the place of, its own.
    pub(crate) fn token_with(&self, client_id: &str, claims: Value) -> String {
        let now = self.inner.clock.now().unix_seconds();
        let mut all = json!({
            "iss": format!("{}/", self.url),
            "azp": client_id,
            "sub": format!("{client_id}@clients"),
            "aud": ["https://weather.test/"],
            "scope": *self.inner.scope.lock().unwrap(),
            "iat": now,
            "exp": now + 3600,
            "jti": self.exchanges(),
        });
        for (name, value) in claims.as_object().unwrap() {
            all[name] = value.clone();
        }
        let keys = self.inner.keys.lock().unwrap();
        let header = Header::jwt(Algorithm::Es256, "at+jwt", keys[0].kid());
        jwt::sign(&keys[0], &header, &all).unwrap()
    }

    fn gone(&self) -> Option<Response> {
        let away = self.inner.away.load(Ordering::SeqCst);
        away.then(|| StatusCode::SERVICE_UNAVAILABLE.into_response())
    }
}

async fn metadata(State(issuer): State<Issuer>) -> Response {
    if let Some(gone) = issuer.gone() {
        return gone;
    }
    let url = &issuer.url;
    Json(json!({
        "issuer": format!("{url}/"),
        "token_endpoint": format!("{url}/oauth/token"),
        "jwks_uri": format!("{url}/jwks"),
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
    }))
    .into_response()
}

async fn keys(State(issuer): State<Issuer>) -> Response {
    if let Some(gone) = issuer.gone() {
        return gone;
    }
    issuer.inner.key_requests.fetch_add(1, Ordering::SeqCst);
    let keys = issuer.inner.keys.lock().unwrap();
    let keys: Vec<_> = keys.iter().filter_map(SigningKey::public_jwk).collect();
    Json(json!({ "keys": keys })).into_response()
}

async fn token(
    State(issuer): State<Issuer>,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    if let Some(gone) = issuer.gone() {
        return gone;
    }
    issuer.inner.exchanges.fetch_add(1, Ordering::SeqCst);
    *issuer.inner.last_form.lock().unwrap() = form.clone();
    let mut open = issuer.inner.open.subscribe();
    open.wait_for(|open| *open).await.unwrap();
    let known = issuer
        .inner
        .clients
        .lock()
        .unwrap()
        .get(&form["client_id"])
        .cloned();
    if known.as_ref() != Some(&form["client_secret"]) {
        let error = json!({ "error": "invalid_client", "error_description": "Unauthorized" });
        return (StatusCode::UNAUTHORIZED, Json(error)).into_response();
    }
    let token = issuer.token(&form["client_id"]);
    Json(json!({ "access_token": token, "token_type": "Bearer", "expires_in": 3600 }))
        .into_response()
}
