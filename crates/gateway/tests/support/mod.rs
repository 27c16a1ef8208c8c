//! A gateway over real sockets, between an issuer and an upstream that tests control.
#![expect(dead_code, reason = "each test file uses its part")]
#![expect(clippy::unwrap_used, reason = "a test may stop here")]

mod issuer;
mod upstream;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use axum::body::Bytes;
use gateway::config::{
    Api, Application, Config, OpenidConnect, Registration, Route, Service, Session, Strategy,
    StrategyKind,
};
use gateway::{Gateway, SessionKeys, Settings};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use oauth::{Clock, Entropy, Timestamp};
use serde_json::Value;
use tokio::task::JoinSet;

pub(crate) use issuer::Issuer;
pub(crate) use upstream::Upstream;

pub(crate) struct World {
    pub(crate) gateway: Gateway,
    pub(crate) address: SocketAddr,
    pub(crate) issuer: Issuer,
    pub(crate) upstream: Upstream,
    pub(crate) clock: Clock,
    pub(crate) config: Config,
    pub(crate) tasks: JoinSet<()>,
}

impl World {
    /// An open route `/open`, a guarded one `/weather`, and one registered application, `app`.
    pub(crate) async fn start() -> Self {
        Self::with(Settings::default(), |_| {}).await
    }

    pub(crate) async fn with(settings: Settings, change: impl FnOnce(&mut Config)) -> Self {
        let mut tasks = JoinSet::new();
        let clock = Clock::manual(Timestamp::from_unix_seconds(1_800_000_000));
        let issuer = Issuer::start(&mut tasks, clock.clone()).await;
        let upstream = Upstream::start(&mut tasks).await;
        issuer.add_client("app", "s3cret");
        let mut config = config(&issuer, &upstream);
        change(&mut config);
        let gateway = Gateway::new(
            Settings {
                workers: Some(2),
                drain: Duration::from_millis(100),
                ..settings
            },
            egress(&clock),
            clock.clone(),
            Entropy::seeded(7),
            SessionKeys::new([7; 32], &[]),
        );
        gateway.publish(&config).unwrap();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let serving = gateway.clone();
        tasks.spawn(async move {
            serving
                .serve(listener, None, std::future::pending())
                .await
                .unwrap();
        });
        Self {
            gateway,
            address,
            issuer,
            upstream,
            clock,
            config,
            tasks,
        }
    }

    /// Publishes the configuration after a change of it, as a control plane does.
    pub(crate) fn publish(&mut self, change: impl FnOnce(&mut Config)) {
        change(&mut self.config);
        self.config.revision += 1;
        self.gateway.publish(&self.config).unwrap();
    }

    pub(crate) fn application(&mut self) -> &mut Application {
        &mut self.config.applications[0]
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send("GET", path, headers, "").await
    }

    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let client = Client::builder(TokioExecutor::new()).build_http();
        let request = request.body(Full::new(body.into())).unwrap();
        Answer::read(client.request(request).await.unwrap()).await
    }

    /// Runs `curl` with these arguments; what it prints is the status and the body.
    pub(crate) async fn curl(&self, arguments: &[&str]) -> String {
        let arguments: Vec<String> = arguments
            .iter()
            .map(|a| a.replace("example.com", &self.address.to_string()))
            .collect();
        tokio::task::spawn_blocking(move || {
            let output = std::process::Command::new("curl")
                .args([
                    "--silent",
                    "--max-time",
                    "20",
                    "--write-out",
                    "\n%{http_code}",
                ])
                .args(&arguments)
                .output()
                .unwrap();
            String::from_utf8(output.stdout).unwrap()
        })
        .await
        .unwrap()
    }

    pub(crate) fn bearer(&self, client_id: &str) -> String {
        format!("Bearer {}", self.issuer.token(client_id))
    }
}

pub(crate) fn egress(clock: &Clock) -> egress::Egress {
    let policy = egress::Policy {
        allow: vec!["127.0.0.0/8".parse().unwrap()],
        timeout: Duration::from_secs(10),
        ..egress::Policy::default()
    };
    egress::Egress::new(policy, clock.clone())
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) async fn read<B>(response: http::Response<B>) -> Self
    where
        B: http_body::Body<Data = Bytes>,
        B::Error: std::fmt::Debug,
    {
        let (parts, body) = response.into_parts();
        Self {
            status: parts.status,
            headers: parts.headers,
            body: body.collect().await.unwrap().to_bytes(),
        }
    }

    pub(crate) fn code(&self) -> u16 {
        self.status.as_u16()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// A header as the upstream got it.
    pub(crate) fn upstream(&self, name: &str) -> String {
        self.json()["headers"][name]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// The session cookie that was set, as a browser sends it back.
    pub(crate) fn cookie(&self) -> String {
        self.header("set-cookie")
            .split(';')
            .next()
            .unwrap()
            .to_owned()
    }
}

pub(crate) fn route(id: &str, path: &str) -> Route {
    Route {
        id: id.into(),
        name: None,
        service_id: id.into(),
        protocols: vec!["http".into(), "https".into()],
        methods: Vec::new(),
        hosts: Vec::new(),
        paths: vec![path.into()],
        headers: BTreeMap::new(),
        strip_path: true,
        preserve_host: false,
        regex_priority: 0,
    }
}

pub(crate) fn service(id: &str, upstream: SocketAddr) -> Service {
    Service {
        id: id.into(),
        name: Some(id.into()),
        protocol: "http".into(),
        host: upstream.ip().to_string(),
        port: upstream.port(),
        path: String::new(),
        connect_timeout: 5_000,
        read_timeout: 20_000,
        write_timeout: 20_000,
        retries: 1,
        tls_verify: None,
        enabled: true,
    }
}

pub(crate) fn openid(issuer: &str) -> OpenidConnect {
    let own = |list: &[&str]| list.iter().map(|&item| item.to_owned()).collect();
    OpenidConnect {
        issuer: issuer.into(),
        credential_claim: own(&["azp"]),
        scopes: own(&["openid"]),
        auth_methods: own(&["client_credentials", "bearer", "session"]),
        token_post_args_names: own(&["audience"]),
        token_post_args_values: own(&["https://weather.test/"]),
        audience_required: Vec::new(),
        audience_claim: own(&["aud"]),
        scopes_required: Vec::new(),
        scopes_claim: own(&["scope"]),
        issuers_allowed: Vec::new(),
        client_credentials_param_type: own(&["header", "query", "body"]),
        bearer_token_param_type: own(&["header", "query", "body"]),
        hide_credentials: true,
        upstream_access_token_header: Some("authorization:bearer".into()),
        cache_tokens: true,
        cache_ttl: 3600,
        leeway: 0,
        ssl_verify: true,
        session: Session::default(),
    }
}

pub(crate) fn application(id: &str) -> Application {
    Application {
        id: format!("id-of-{id}"),
        name: format!("Wetter {id} ☀"),
        strategy_id: "strategy".into(),
        client_ids: vec![id.into()],
        keys: Vec::new(),
        secrets: Vec::new(),
        secret_version: 1,
        registrations: vec![Registration {
            api_id: "api".into(),
            scopes: Vec::new(),
        }],
    }
}

fn config(issuer: &Issuer, upstream: &Upstream) -> Config {
    Config {
        revision: 1,
        services: vec![
            service("open", upstream.address),
            service("weather", upstream.address),
        ],
        routes: vec![route("open", "/open"), route("weather", "/weather")],
        strategies: vec![Strategy {
            id: "strategy".into(),
            kind: StrategyKind::OpenidConnect(Box::new(openid(&issuer.url))),
        }],
        apis: vec![Api {
            id: "api".into(),
            service_id: "weather".into(),
            strategy_ids: vec!["strategy".into()],
        }],
        applications: vec![application("app")],
    }
}

/// The settings of the one `openid_connect` strategy.
pub(crate) fn strategy(config: &mut Config) -> &mut OpenidConnect {
    match &mut config.strategies[0].kind {
        StrategyKind::OpenidConnect(openid) => openid,
        StrategyKind::KeyAuth { .. } => unreachable!("the world has an openid strategy"),
    }
}
