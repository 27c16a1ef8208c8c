//! A gateway alone, for `scripts/bench`: its configuration is made here, its issuer is part of the
//! process (discovery, keys and token endpoint are answered without a socket).
//!
//! `bench_gateway OUT LISTEN UPSTREAM APPLICATIONS` writes `public.pem`, `tokens.txt` (1,000 bearer
//! tokens, RS256) and, when it serves, `ready` to the folder OUT.
//! Paths: `/open` (no authentication), `/bearer`, `/basic` (client credentials), `/session`.
#![expect(clippy::unwrap_used, reason = "a benchmark may stop here")]

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::path::Path;

use axum::extract::Form;
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gateway::config::{
    Api, Application, Config, OpenidConnect, Registration, Route, Service, Session, Strategy,
    StrategyKind,
};
use gateway::{Gateway, SessionKeys, Settings};
use oauth::jose::{Algorithm, Header, SigningKey, jwt};
use oauth::{Clock, Entropy};
use serde_json::{Value, json};

/// As in the product.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ISSUER: &str = "http://issuer.bench";
const KINDS: [&str; 4] = ["open", "bearer", "basic", "session"];

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [out, listen, upstream, applications] = &*arguments else {
        panic!("usage: bench_gateway OUT LISTEN UPSTREAM APPLICATIONS");
    };
    let out = Path::new(out);
    let clock = Clock::system();
    let key = SigningKey::generate_rsa().unwrap().with_kid("bench");
    let pem = STANDARD.encode(key.public_spki_der().unwrap());
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{pem}\n-----END PUBLIC KEY-----\n");
    std::fs::write(out.join("public.pem"), pem).unwrap();
    let tokens: Vec<String> = (0..1000).map(|n| token(&key, &clock, n)).collect();
    std::fs::write(out.join("tokens.txt"), tokens.join("\n")).unwrap();

    let policy = egress::Policy::default();
    let egress = egress::Egress::new(policy, clock.clone());
    egress.mount(ISSUER, &issuer(key, clock.clone()));
    let entropy = Entropy::system();
    let keys = SessionKeys::random(&entropy);
    let settings = Settings {
        workers: Some(1),
        ..Settings::default()
    };
    let gateway = Gateway::new(settings, egress, clock, entropy, keys);
    let upstream = upstream.parse().unwrap();
    let applications = applications.parse().unwrap();
    gateway.publish(&config(upstream, applications)).unwrap();
    let listener = std::net::TcpListener::bind(listen).unwrap();
    std::fs::write(out.join("ready"), "").unwrap();
    let serving = gateway.serve(listener, None, std::future::pending());
    serving.await.unwrap();
}

fn token(key: &SigningKey, clock: &Clock, number: u32) -> String {
    let now = clock.now().unix_seconds();
    let claims = json!({
        "iss": format!("{ISSUER}/"), "sub": "bench@clients", "azp": "bench", "gty": "client-credentials",
        "aud": "https://weather.bench/", "scope": "openid read:weather", "iat": now,
        "exp": now + 86_400, "jti": format!("00000000-0000-4000-8000-{number:012}"),
    });
    jwt::sign(
        key,
        &Header::jwt(Algorithm::Rs256, "at+jwt", key.kid()),
        &claims,
    )
    .unwrap()
}

fn issuer(key: SigningKey, clock: Clock) -> Router {
    let metadata = json!({
        "issuer": format!("{ISSUER}/"),
        "jwks_uri": format!("{ISSUER}/jwks"),
        "token_endpoint": format!("{ISSUER}/oauth/token"),
        "token_endpoint_auth_methods_supported": ["client_secret_post"],
    });
    let jwks = json!({ "keys": [key.public_jwk().unwrap()] });
    let exchange = move |Form(form): Form<HashMap<String, String>>| async move {
        assert_eq!(form["client_secret"], "bench");
        Json::<Value>(json!({ "access_token": token(&key, &clock, 0), "expires_in": 86_400 }))
    };
    Router::new()
        .route(
            "/.well-known/openid-configuration",
            get(|| async { Json(metadata) }),
        )
        .route("/jwks", get(|| async { Json(jwks) }))
        .route("/oauth/token", post(exchange))
}

fn config(upstream: SocketAddr, applications: usize) -> Config {
    let guarded = &KINDS[1..];
    let strategies = guarded.iter().map(|&kind| Strategy {
        id: kind.into(),
        kind: StrategyKind::OpenidConnect(Box::new(openid(match kind {
            "bearer" => &["bearer"],
            "basic" => &["client_credentials"],
            _ => &["client_credentials", "bearer", "session"],
        }))),
    });
    let apis = guarded.iter().map(|&kind| Api {
        id: kind.into(),
        service_id: kind.into(),
        strategy_ids: vec![kind.into()],
    });
    let known = guarded.iter().map(|kind| application(kind, "bench"));
    let others = (0..applications).map(|n| {
        let client_id = format!("{n:032x}");
        application(guarded[n % guarded.len()], &client_id)
    });
    Config {
        revision: 1,
        services: KINDS.iter().map(|kind| service(kind, upstream)).collect(),
        routes: KINDS.iter().map(|kind| route(kind)).collect(),
        strategies: strategies.collect(),
        apis: apis.collect(),
        applications: known.chain(others).collect(),
    }
}

fn service(kind: &str, upstream: SocketAddr) -> Service {
    Service {
        id: kind.into(),
        name: None,
        protocol: "http".into(),
        host: upstream.ip().to_string(),
        port: upstream.port(),
        path: String::new(),
        connect_timeout: 5_000,
        read_timeout: 60_000,
        write_timeout: 60_000,
        retries: 1,
        tls_verify: None,
        enabled: true,
    }
}

fn route(kind: &str) -> Route {
    Route {
        id: kind.into(),
        name: None,
        service_id: kind.into(),
        protocols: vec!["http".into(), "https".into()],
        methods: Vec::new(),
        hosts: Vec::new(),
        paths: vec![format!("/{kind}")],
        headers: BTreeMap::new(),
        strip_path: true,
        preserve_host: false,
        regex_priority: 0,
    }
}

fn openid(methods: &[&str]) -> OpenidConnect {
    let own = |list: &[&str]| list.iter().map(|&item| item.to_owned()).collect();
    OpenidConnect {
        issuer: ISSUER.into(),
        credential_claim: own(&["azp"]),
        scopes: own(&["openid"]),
        auth_methods: own(methods),
        token_post_args_names: own(&["audience"]),
        token_post_args_values: own(&["https://weather.bench/"]),
        audience_required: own(&["https://weather.bench/"]),
        audience_claim: own(&["aud"]),
        scopes_required: Vec::new(),
        scopes_claim: own(&["scope"]),
        issuers_allowed: Vec::new(),
        client_credentials_param_type: own(&["header", "query", "body"]),
        bearer_token_param_type: own(&["header", "query", "body"]),
        hide_credentials: false,
        upstream_access_token_header: Some("authorization:bearer".into()),
        cache_tokens: true,
        cache_ttl: 3600,
        leeway: 0,
        ssl_verify: true,
        session: Session::default(),
    }
}

fn application(strategy: &str, client_id: &str) -> Application {
    Application {
        id: format!("{strategy}-{client_id}"),
        name: format!("Application {client_id}"),
        strategy_id: strategy.into(),
        client_ids: vec![client_id.into()],
        keys: Vec::new(),
        secrets: Vec::new(),
        secret_version: 1,
        registrations: vec![Registration {
            api_id: strategy.into(),
            scopes: Vec::new(),
        }],
    }
}
