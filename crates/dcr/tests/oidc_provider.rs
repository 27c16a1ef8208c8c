//! The adapter for any server of RFC 7591 against one that others made: npm `oidc-provider`, which
//! replaces the registration access token with every update.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use async_trait::async_trait;
use dcr::contract::{self, Subject, TokenEndpoint};
use dcr::testing::KeptInMemory;
use dcr::{Access, Connection, ErrorKind, Probe, ProviderConfig, Rfc7591Config, Settings};
use egress::{Egress, Policy, Request};
use oauth::{ClientSecret, Clock};
use serde_json::Value;

struct Server {
    process: Child,
    issuer: String,
}

impl Server {
    fn start() -> Self {
        let clients = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/clients");
        assert!(
            clients.join("node_modules/oidc-provider").exists(),
            "run scripts/test once: it installs the server into tests/clients"
        );
        let mut process = Command::new("node")
            .arg("oidc-provider.mjs")
            .current_dir(clients)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node runs");
        let said = process.stdout.take().expect("an output");
        let mut lines = BufReader::new(said).lines().map_while(Result::ok);
        let issuer = lines.find_map(|line| line.strip_prefix("issuer ").map(str::to_owned));
        Self {
            issuer: issuer.expect("it says where it is"),
            process,
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

struct Tokens {
    egress: Egress,
    endpoint: String,
}

#[async_trait]
impl TokenEndpoint for Tokens {
    async fn client_credentials(
        &self,
        client_id: &str,
        secret: &ClientSecret,
        _audience: &str,
        scope: Option<&str>,
    ) -> Result<Vec<String>, u16> {
        let mut form = vec![("grant_type", "client_credentials")];
        form.extend(scope.map(|scope| ("scope", scope)));
        let request = Request::post(&self.endpoint).basic(client_id, secret);
        let response = self
            .egress
            .send(request.form(&form))
            .await
            .expect("an answer");
        if !response.status.is_success() {
            return Err(response.status.as_u16());
        }
        let granted: Value = response.json().expect("a token");
        let granted = granted["scope"].as_str().unwrap_or_default();
        Ok(granted.split(' ').map(str::to_owned).collect())
    }
}

#[tokio::test]
async fn the_adapter_keeps_the_contract_with_a_server_that_others_made() {
    let server = Server::start();
    let policy = Policy {
        allow: vec!["127.0.0.0/8".parse().expect("a network")],
        ..Policy::default()
    };
    let egress = Egress::new(policy, Clock::system());
    let states = KeptInMemory::default();
    let provider = |token: &str| {
        let settings = Settings {
            config: ProviderConfig::Rfc7591(Rfc7591Config {
                issuer: server.issuer.clone(),
                registration_endpoint: None,
                access: Access::InitialToken(token.into()),
            }),
            connection: Connection::default(),
            states: Arc::new(states.clone()),
        };
        dcr::connect(settings, &egress, Clock::system()).expect("an adapter")
    };
    let tokens = Tokens {
        egress: egress.clone(),
        endpoint: format!("{}/token", server.issuer),
    };
    contract::holds(&Subject {
        provider: provider("by-hand"),
        tokens: Arc::new(tokens),
        audience: String::new(),
        scopes: ["read:weather".to_owned(), "write:weather".to_owned()],
        openid: true,
        rotates: false,
    })
    .await;
    assert!(states.clients().is_empty(), "nothing is left");

    let findings = provider("wrong").verify(&Probe::default()).await;
    let failed: Vec<&str> = findings
        .iter()
        .filter(|finding| !finding.ok)
        .map(|finding| finding.check.as_str())
        .collect();
    assert_eq!(failed, ["create"]);
    let scopes = provider("by-hand").scopes("").await;
    assert!(!scopes.is_err_and(|error| error.kind != ErrorKind::Unsupported));
}
