//! The Curity adapter against a server that rotates what Curity rotates.

use std::sync::Arc;

use dcr::contract::{self, ByHand, Subject};
use dcr::testing::KeptInMemory;
use dcr::{
    ClientChanges, ClientStates, Curity, DcrProvider, ErrorKind, InitialClientConfig, KeptClient,
    Probe,
};
use egress::Egress;
use oauth::Clock;
use secrecy::ExposeSecret;

use crate::server::registration::{ADMIN, ISSUER, Registration, Rules, SCOPES};
use crate::server::{Fault, Server, Tokens, answer, application, way_out};

struct Set {
    server: Server<Registration>,
    states: KeptInMemory,
    egress: Egress,
    clock: Clock,
}

impl Set {
    fn new() -> Self {
        let (egress, clock) = way_out();
        let rules = Rules {
            needs: Some("dcr"),
            once: true,
            read_rotates: true,
            managers: true,
            ..Rules::default()
        };
        let server = Server::new(Registration::with(rules));
        server.mounted(&egress, &["https://as.example"]);
        Self {
            server,
            states: KeptInMemory::default(),
            egress,
            clock,
        }
    }

    fn with_secret(&self, secret: &str) -> Curity {
        let config = InitialClientConfig {
            issuer: format!("{ISSUER}/.well-known/openid-configuration"),
            initial_client_id: ADMIN.0.to_owned(),
            initial_client_secret: secret.into(),
        };
        let states = Arc::new(self.states.clone());
        Curity::new(config, self.egress.clone(), self.clock.clone(), states).expect("an issuer")
    }

    fn provider(&self) -> Curity {
        self.with_secret(ADMIN.1)
    }

    fn clients(&self) -> usize {
        self.server.with(|server| server.clients.len())
    }
}

/// Somebody who changes clients there by hand.
fn by_hand(set: &Set) -> ByHand {
    let (renames, removes) = (set.server.clone(), set.server.clone());
    ByHand {
        rename: Box::new(move |id| {
            renames.with(|server| server.edit(id, "client_name", "by hand".into()))
        }),
        remove: Box::new(move |id| removes.with(|server| server.remove(id))),
    }
}

#[tokio::test]
async fn the_adapter_keeps_the_contract() {
    let set = Set::new();
    contract::holds(&Subject {
        provider: Arc::new(set.provider()),
        tokens: Arc::new(Tokens {
            egress: set.egress.clone(),
            endpoint: format!("{ISSUER}/token"),
            default_scope: None,
        }),
        audience: String::new(),
        scopes: [SCOPES[1].to_owned(), SCOPES[2].to_owned()],
        openid: true,
        rotates: true,
        by_hand: Some(by_hand(&set)),
    })
    .await;
    assert_eq!(set.clients(), 0);
    assert!(set.states.clients().is_empty());
}

#[tokio::test]
async fn a_new_name_does_not_end_the_secret() {
    let set = Set::new();
    let provider = set.provider();
    let made = provider.register(&application("a", &[])).await.unwrap();
    let secret = |set: &Set| {
        let of =
            |server: &mut Registration| server.clients[&made.client_id]["client_secret"].clone();
        set.server.with(of)
    };
    let before = secret(&set);
    let changes = ClientChanges {
        name: Some("renamed".to_owned()),
        ..ClientChanges::default()
    };
    provider.update(&made.client_id, &changes).await.unwrap();
    assert_eq!(secret(&set), before);
    assert_eq!(provider.find("a").await.unwrap()[0].name, "renamed");
    let rotated = provider.rotate_secret(&made.client_id).await.unwrap();
    assert_eq!(secret(&set), rotated.reveal().expose_secret());
    assert_ne!(secret(&set), before);
}

#[tokio::test]
async fn a_lost_registration_access_token_is_made_up_for_by_the_management_scope() {
    let set = Set::new();
    let provider = set.provider();
    let made = provider.register(&application("a", &[])).await.unwrap();
    let kept = KeptClient {
        client_id: made.client_id.clone(),
        application_id: "a".to_owned(),
        state: r#"{"name":"cli","metadata":{"konnect_portal_id":"","konnect_developer_id":"",
            "konnect_org_id":"","konnect_application_id":"a"},"uri":null,"token":null}"#
            .into(),
    };
    set.states.keep(&kept).await.unwrap();
    provider.delete(&made.client_id).await.unwrap();
    assert_eq!(set.clients(), 0);
    assert!(set.states.clients().is_empty());
}

#[tokio::test]
async fn verify_names_what_is_missing() {
    let set = Set::new();
    let failed = async |provider: Curity| -> Vec<String> {
        let findings = provider.verify(&Probe::default()).await;
        let failed = findings.into_iter().filter(|finding| !finding.ok);
        failed.map(|finding| finding.check).collect()
    };
    assert!(failed(set.provider()).await.is_empty());
    assert_eq!(failed(set.with_secret("wrong")).await, ["initial_token"]);
    set.server.with(|server| server.rules.needs = Some("other"));
    assert_eq!(failed(set.provider()).await, ["initial_token"]);
    set.server.with(|server| server.rules.needs = Some("dcr"));
    set.server.fail(
        "POST /tenant/register",
        Fault::Answers(answer(404, serde_json::Value::Null)),
    );
    assert_eq!(failed(set.provider()).await, ["create"]);
    assert_eq!(set.clients(), 0);
}

#[tokio::test]
async fn a_wrong_initial_secret_is_denied_without_being_told() {
    let set = Set::new();
    let made = set
        .with_secret("wrong-and-private")
        .register(&application("a", &[]))
        .await;
    let error = made.err().unwrap();
    assert_eq!(error.kind, ErrorKind::Denied { permission: None });
    assert!(!format!("{error:?}").contains("wrong-and-private"));
}
