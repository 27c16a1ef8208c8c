//! The adapter for any server of RFC 7591 against one that others made: npm `oidc-provider`, which
//! replaces the registration access token with every update.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use dcr::contract::{self, Subject};
use dcr::testing::KeptInMemory;
use dcr::{Access, Connection, ErrorKind, Probe, ProviderConfig, Rfc7591Config, Settings};
use egress::{Egress, Policy};
use oauth::Clock;

use crate::server::Tokens;

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
        default_scope: None,
    };
    contract::holds(&Subject {
        provider: provider("by-hand"),
        tokens: Arc::new(tokens),
        audience: String::new(),
        scopes: ["read:weather".to_owned(), "write:weather".to_owned()],
        openid: true,
        rotates: false,
        by_hand: None,
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
