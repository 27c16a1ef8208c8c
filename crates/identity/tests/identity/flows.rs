//! Users, their clients and their codes.

use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{Request, header};
use identity::testing::Code;
use oauth::jose::{Algorithm, Header, SigningKey, jwt};
use oauth::pkce::{self, Challenge, Method};
use serde_json::{Value, json};

use crate::support::{Answer, App, Credentials};

/// Where codes go.
pub(crate) const CALLBACK: &str = "https://app.example/callback";
/// An API.
pub(crate) const API: &str = "https://weather.example/";
/// The database connection of a new tenant.
pub(crate) const CONNECTION: &str = "Username-Password-Authentication";
/// A verifier of the right shape.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// A password that is strong enough.
pub(crate) const PASSWORD: &str = "correct-Horse-9-battery";

/// A user.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) email: String,
}

/// The challenge of [`VERIFIER`].
pub(crate) fn challenge() -> Option<Challenge> {
    Some(Challenge {
        method: Method::S256,
        value: pkce::challenge(Method::S256, VERIFIER),
    })
}

impl App {
    /// A user of the tenant's first connection.
    pub(crate) async fn person(&self, name: &str) -> Person {
        let email = format!("{name}@example.com");
        let body = json!({
            "connection": CONNECTION, "email": email, "password": PASSWORD, "email_verified": true,
            "given_name": "Jane", "verify_email": false
        });
        let made = self.create("/users", body).await;
        Person {
            id: made["user_id"].as_str().unwrap().to_owned(),
            email,
        }
    }

    /// A client that proves itself with a secret.
    pub(crate) async fn web(&self, more: Value) -> Credentials {
        self.client("regular_web", more).await
    }

    /// A public client.
    pub(crate) async fn spa(&self, more: Value) -> Credentials {
        let client = self.client("spa", more).await;
        Credentials {
            secret: String::new(),
            ..client
        }
    }

    async fn client(&self, app_type: &str, more: Value) -> Credentials {
        let mut body = json!({
            "name": "App", "app_type": app_type, "callbacks": [CALLBACK],
            "jwt_configuration": { "alg": "RS256" }
        });
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        let made = self.create("/clients", body).await;
        Credentials {
            id: made["client_id"].as_str().unwrap().to_owned(),
            secret: made["client_secret"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
        }
    }

    /// A strict third-party client; public.
    pub(crate) async fn third_party(&self) -> Credentials {
        let more = json!({
            "is_first_party": false, "token_endpoint_auth_method": "none",
            "grant_types": ["authorization_code", "refresh_token"]
        });
        self.spa(more).await
    }

    /// A code for the client with this scope and no API, with PKCE.
    pub(crate) fn code(&self, client: &Credentials, person: &Person, scope: &str) -> Code {
        Code {
            client_id: client.id.clone(),
            user_id: person.id.clone(),
            scope: scope.to_owned(),
            redirect_uri: Some(CALLBACK.to_owned()),
            challenge: challenge(),
            ..Code::default()
        }
    }

    /// Exchanges a code as its client would, with these parameters changed or added; an empty one is
    /// left out.
    pub(crate) async fn redeem(
        &self,
        client: &Credentials,
        code: &str,
        more: &[(&str, &str)],
    ) -> Answer {
        let parameters = [
            ("grant_type", "authorization_code"),
            ("client_id", &client.id),
            ("client_secret", &client.secret),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
            ("code", code),
        ];
        self.token(&changed(&parameters, more)).await
    }

    /// Makes a code and exchanges it.
    pub(crate) async fn tokens(&self, client: &Credentials, code: &Code) -> Value {
        let text = code.issue(&self.tenant).await.unwrap();
        let answer = self.redeem(client, &text, &[]).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body
    }

    /// Exchanges a refresh token.
    pub(crate) async fn refresh(
        &self,
        client: &Credentials,
        token: &str,
        more: &[(&str, &str)],
    ) -> Answer {
        let parameters = [
            ("grant_type", "refresh_token"),
            ("client_id", &client.id),
            ("client_secret", &client.secret),
            ("refresh_token", token),
        ];
        self.token(&changed(&parameters, more)).await
    }

    /// Posts a form to one of the other endpoints for clients.
    pub(crate) async fn post(&self, path: &str, parameters: &[(&str, &str)]) -> Answer {
        self.send(form_to(path, parameters)).await
    }

    /// Asks who a token's user is.
    pub(crate) async fn userinfo(&self, token: &str) -> Answer {
        let request =
            Request::get("/userinfo").header(header::AUTHORIZATION, format!("Bearer {token}"));
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// The entries of the tenant's log with this code, newest first.
    pub(crate) async fn logged(&self, code: &str) -> Vec<Value> {
        let path = format!("/logs?q=type:{code}");
        let answer = self.call(http::Method::GET, &path, None).await;
        answer.body.as_array().unwrap().clone()
    }

    /// Whether a token is active, as its client is told.
    pub(crate) async fn introspect(&self, client: &Credentials, token: &str) -> Value {
        let parameters = [
            ("client_id", client.id.as_str()),
            ("client_secret", &client.secret),
            ("token", token),
        ];
        let answer = self.post("/oauth/introspect", &parameters).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body
    }
}

fn changed<'a>(
    parameters: &[(&'a str, &'a str)],
    more: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let kept = parameters
        .iter()
        .filter(|(name, _)| !more.iter().any(|(other, _)| other == name));
    kept.chain(more).copied().collect()
}

/// A form for one of the endpoints for clients.
pub(crate) fn form_to(path: &str, parameters: &[(&str, &str)]) -> Request<Body> {
    let mut request = crate::support::form(parameters);
    *request.uri_mut() = path.parse().unwrap();
    request
}

/// The claims of a JWT that was verified elsewhere, or need not be.
pub(crate) fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

/// The text of a member.
pub(crate) fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name]
        .as_str()
        .unwrap_or_else(|| panic!("no text `{name}` in {value}"))
}

/// A key that proves possession.
pub(crate) struct Prover(SigningKey);

impl Prover {
    pub(crate) fn new() -> Self {
        Self(SigningKey::generate_es256().unwrap())
    }

    pub(crate) fn thumbprint(&self) -> &str {
        self.0.kid()
    }

    /// A proof for a request, at this moment of the app's clock.
    pub(crate) fn proof(&self, app: &App, method: &str, path: &str, more: Value) -> String {
        let mut header = Header::new(Algorithm::Es256);
        header.typ = Some("dpop+jwt".to_owned());
        header.jwk = self.0.public_jwk().map(Box::new);
        let mut claims = json!({
            "jti": oauth::Entropy::system().alphanumeric(20),
            "htm": method,
            "htu": format!("{}{path}", crate::support::ORIGIN),
            "iat": app.clock.now().unix_seconds(),
        });
        for (name, value) in more.as_object().unwrap() {
            claims[name] = value.clone();
        }
        jwt::sign(&self.0, &header, &claims).unwrap()
    }
}

/// The request with a proof.
pub(crate) fn proven(mut request: Request<Body>, proof: &str) -> Request<Body> {
    let headers = request.headers_mut();
    headers.insert("dpop", proof.parse().unwrap());
    request
}
