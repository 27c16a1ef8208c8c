//! The adapter for any server of RFC 7591, against one that takes the liberties that the RFCs leave.

use std::sync::Arc;

use dcr::contract::{self, ByHand, Subject};
use dcr::testing::KeptInMemory;
use dcr::{
    Access, ClientChanges, ClientStates, DcrProvider, ErrorKind, KeptClient, Probe, Rfc7591,
    Rfc7591Config,
};
use egress::Egress;
use oauth::{ClientSecret, Clock};
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
    fn new(rules: Rules) -> Self {
        let (egress, clock) = way_out();
        let server = Server::new(Registration::with(rules));
        server.mounted(&egress, &["https://as.example"]);
        Self {
            server,
            states: KeptInMemory::default(),
            egress,
            clock,
        }
    }

    fn provider(&self, access: Access) -> Rfc7591 {
        let config = Rfc7591Config {
            issuer: format!("{ISSUER}/"),
            registration_endpoint: None,
            access,
        };
        let states = Arc::new(self.states.clone());
        Rfc7591::new(config, self.egress.clone(), self.clock.clone(), states).expect("an issuer")
    }

    fn subject(&self, provider: Rfc7591) -> Subject {
        Subject {
            provider: Arc::new(provider),
            tokens: Arc::new(Tokens {
                egress: self.egress.clone(),
                endpoint: format!("{ISSUER}/token"),
                default_scope: None,
            }),
            audience: "https://api.weather.example/".to_owned(),
            scopes: [SCOPES[1].to_owned(), SCOPES[2].to_owned()],
            openid: true,
            rotates: true,
            by_hand: Some(by_hand(self)),
        }
    }

    fn clients(&self) -> usize {
        self.server.with(|server| server.clients.len())
    }
}

fn initial_client(scope: &str) -> Access {
    Access::Client {
        id: ADMIN.0.to_owned(),
        secret: ADMIN.1.into(),
        scope: Some(scope.to_owned()),
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
async fn the_adapter_keeps_the_contract_with_every_way_to_be_let_in() {
    for (needs, initial_token, access) in [
        (None, None, Access::Open),
        (
            None,
            Some("by-hand"),
            Access::InitialToken("by-hand".into()),
        ),
        (Some("register"), None, initial_client("register")),
    ] {
        let set = Set::new(Rules {
            needs,
            initial_token,
            replace_rotates: true,
            ..Rules::default()
        });
        let provider = set.provider(access);
        contract::holds(&set.subject(provider)).await;
        assert_eq!(set.clients(), 0, "nothing is left");
        assert!(
            set.states.clients().is_empty(),
            "nothing is kept for nobody"
        );
    }
}

#[tokio::test]
async fn a_token_that_is_good_once_is_replaced() {
    let set = Set::new(Rules {
        needs: Some("register"),
        once: true,
        ..Rules::default()
    });
    let provider = set.provider(initial_client("register"));
    for id in ["one", "two", "three"] {
        let registered = provider.register(&application(id, &[])).await;
        assert!(registered.is_ok(), "{id}: {:?}", registered.err());
    }
    assert_eq!(set.clients(), 3);
}

#[tokio::test]
async fn a_refused_initial_token_says_what_to_do() {
    let set = Set::new(Rules {
        initial_token: Some("by-hand"),
        ..Rules::default()
    });
    let sentence = async |access| {
        let made = set.provider(access).register(&application("a", &[])).await;
        let error = made.err().expect("a refusal");
        assert!(matches!(error.kind, ErrorKind::Denied { .. }), "{error}");
        error.message
    };
    let wrong = sentence(Access::InitialToken("wrong".into())).await;
    assert!(wrong.contains("initial access token is wrong"), "{wrong}");
    assert!(sentence(Access::Open).await.contains("set an initial"));
    let wrong = Access::Client {
        id: ADMIN.0.to_owned(),
        secret: "wrong-and-private".into(),
        scope: None,
    };
    let wrong = sentence(wrong).await;
    assert!(wrong.contains("id, secret and scope"), "{wrong}");
    assert!(!wrong.contains("wrong-and-private"), "{wrong}");
}

#[tokio::test]
async fn a_secret_that_the_server_keeps_for_good_is_said() {
    let set = Set::new(Rules::default());
    let provider = set.provider(Access::Open);
    let made = provider.register(&application("a", &[])).await.unwrap();
    let error = provider.rotate_secret(&made.client_id).await.err().unwrap();
    assert_eq!(error.kind, ErrorKind::Unsupported);
    for finding in provider.verify(&Probe::default()).await {
        assert!(finding.ok, "{finding:?}");
    }
}

#[tokio::test]
async fn a_server_without_management_says_that_clients_stay() {
    let set = Set::new(Rules {
        manages: false,
        ..Rules::default()
    });
    let provider = set.provider(Access::Open);
    let made = provider.register(&application("a", &[])).await.unwrap();
    let changes = ClientChanges {
        name: Some("b".to_owned()),
        ..ClientChanges::default()
    };
    let updated = provider.update(&made.client_id, &changes).await.err();
    assert_eq!(updated.unwrap().kind, ErrorKind::Unsupported);
    let deleted = provider.delete(&made.client_id).await.err().unwrap();
    assert_eq!(deleted.kind, ErrorKind::Unsupported);
    assert!(deleted.message.contains(&made.client_id), "{deleted}");
    assert_eq!(
        provider.find("a").await.unwrap().len(),
        1,
        "it is still known"
    );

    let set = Set::new(Rules {
        deletes: false,
        ..Rules::default()
    });
    let provider = set.provider(Access::Open);
    let made = provider.register(&application("a", &[])).await.unwrap();
    let deleted = provider.delete(&made.client_id).await.err().unwrap();
    assert_eq!(deleted.kind, ErrorKind::Unsupported);
}

#[tokio::test]
async fn each_registration_access_token_is_kept_before_the_next_call() {
    let set = Set::new(Rules::default());
    let provider = set.provider(Access::Open);
    let made = provider.register(&application("a", &[])).await.unwrap();
    for name in ["b", "c", "d"] {
        let changes = ClientChanges {
            name: Some(name.to_owned()),
            ..ClientChanges::default()
        };
        provider.update(&made.client_id, &changes).await.unwrap();
        let kept = set.states.load(&made.client_id).await.unwrap().unwrap();
        let current = set
            .server
            .with(|server| server.tokens[&made.client_id].clone());
        assert!(kept.state.expose_secret().contains(&current), "{name}");
        assert_eq!(provider.find("a").await.unwrap()[0].name, name);
    }
    provider.delete(&made.client_id).await.unwrap();
    assert_eq!(set.clients(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_change_without_an_answer_is_not_taken_for_a_client_that_is_gone() {
    let set = Set::new(Rules::default());
    let provider = set.provider(Access::Open);
    let made = provider.register(&application("a", &[])).await.unwrap();
    set.server.fail("PUT", Fault::AnswerLost);
    let changes = ClientChanges {
        name: Some("b".to_owned()),
        ..ClientChanges::default()
    };
    let lost = provider.update(&made.client_id, &changes).await.err();
    assert_eq!(lost.unwrap().kind, ErrorKind::Unavailable);
    let deleted = provider.delete(&made.client_id).await.err().unwrap();
    assert!(
        matches!(deleted.kind, ErrorKind::Denied { .. }),
        "{deleted}"
    );
    assert!(deleted.message.contains("by hand"), "{deleted}");
    assert_eq!(set.clients(), 1, "it is not an orphan that nobody knows of");
}

#[tokio::test]
async fn nobody_receives_anothers_client() {
    let set = Set::new(Rules {
        hands_out_by_name: true,
        ..Rules::default()
    });
    let provider = set.provider(Access::Open);
    let first = provider.register(&application("application-1", &[])).await;
    let second = provider.register(&application("application-2", &[])).await;
    assert_ne!(
        first.unwrap().client_id,
        second.unwrap().client_id,
        "names differ"
    );

    // A server that answers with a known client all the same is not believed.
    let stranger = KeptClient {
        client_id: "client-9".to_owned(),
        application_id: "someone-else".to_owned(),
        state: "{}".into(),
    };
    set.states.keep(&stranger).await.unwrap();
    let foreign = answer(
        200,
        serde_json::json!({ "client_id": "client-9", "client_secret": "s" }),
    );
    set.server
        .fail("POST /tenant/register", Fault::Answers(foreign));
    let error = provider
        .register(&application("application-3", &[]))
        .await
        .err();
    let error = error.expect("a refusal");
    assert_eq!(error.kind, ErrorKind::Misconfigured);
    assert_eq!(error.left_behind, None, "the other's client is not touched");
}

#[tokio::test]
async fn what_the_server_does_not_grant_leaves_no_client() {
    let set = Set::new(Rules {
        allows: vec!["openid"],
        ..Rules::default()
    });
    let provider = set.provider(Access::Open);
    let refused = provider
        .register(&application("a", &["read:weather"]))
        .await;
    let error = refused.err().unwrap();
    assert_eq!(error.kind, ErrorKind::Misconfigured);
    assert!(error.message.contains("read:weather"), "{error}");
    let mut client = application("a", &[]);
    client.redirect_uris = vec!["http://plain.example/cb".parse().unwrap()];
    let error = provider.register(&client).await.err().unwrap();
    assert_eq!(
        error.kind,
        ErrorKind::Rejected,
        "the developer can change it"
    );
    assert_eq!(set.clients(), 0);
}

#[tokio::test]
async fn verify_names_the_claim_and_what_is_missing() {
    let set = Set::new(Rules {
        needs: Some("register"),
        ..Rules::default()
    });
    let probe = |claim: &str| Probe {
        scopes: vec!["openid".to_owned(), "read:weather".to_owned()],
        credential_claim: vec![claim.to_owned()],
        ..Probe::default()
    };
    let failed = async |access, probe: Probe| -> Vec<String> {
        let findings = set.provider(access).verify(&probe).await;
        let failed = findings.into_iter().filter(|finding| !finding.ok);
        failed.map(|finding| finding.check).collect()
    };
    assert!(
        failed(initial_client("register"), probe("sub"))
            .await
            .is_empty()
    );
    let wrong_claim = failed(initial_client("register"), probe("azp")).await;
    assert_eq!(wrong_claim, ["credential_claim"]);
    let wrong_scope = failed(initial_client("other"), probe("sub")).await;
    assert_eq!(wrong_scope, ["initial_token"]);
    assert_eq!(failed(Access::Open, probe("sub")).await, ["create"]);
    let mut unknown = probe("sub");
    unknown.scopes.push("unknown".to_owned());
    assert_eq!(
        failed(initial_client("register"), unknown).await,
        ["create"]
    );
    assert_eq!(set.clients(), 0, "verify leaves nothing");
}

#[tokio::test]
async fn what_was_mended_at_the_server_holds_at_the_next_verification() {
    let set = Set::new(Rules {
        off: true,
        ..Rules::default()
    });
    let provider = set.provider(Access::Open);
    let failed = async || -> Vec<String> {
        let findings = provider.verify(&Probe::default()).await;
        let failed = findings.into_iter().filter(|finding| !finding.ok);
        failed.map(|finding| finding.check).collect()
    };
    assert_eq!(failed().await, ["registration_endpoint"]);
    set.server.with(|server| server.rules.off = false);
    assert!(failed().await.is_empty());
}

#[tokio::test]
async fn secrets_stay_out_of_errors() {
    let set = Set::new(Rules::default());
    let provider = set.provider(Access::Open);
    let made = provider.register(&application("a", &[])).await.unwrap();
    let secret: ClientSecret = made.client_secret.reveal();
    let broken = answer(200, serde_json::json!(secret.expose_secret()));
    set.server
        .fail("GET /tenant/register", Fault::Answers(broken));
    let error = provider.rotate_secret(&made.client_id).await.err().unwrap();
    assert!(!format!("{error:?}").contains(secret.expose_secret()));
}

#[tokio::test(start_paused = true)]
async fn a_registration_without_an_answer_stays_noted_with_its_name() {
    let set = Set::new(Rules::default());
    let provider = set.provider(Access::Open);
    let line = "POST /tenant/register";
    let refusal = answer(400, serde_json::Value::Null);
    set.server.fail(line, Fault::Answers(refusal));
    assert!(provider.register(&application("a", &[])).await.is_err());
    assert!(set.states.open_attempts().is_empty(), "it was refused");
    set.server.fail(line, Fault::AnswerLost);
    assert!(provider.register(&application("a", &[])).await.is_err());
    provider.remove_all("a").await.expect("a removal");
    let attempts = set.states.open_attempts();
    let look_for = &attempts.first().expect("an attempt").look_for;
    let name = |server: &mut Registration| {
        let mut clients = server.clients.values();
        let client = clients.next().expect("an orphan");
        client["client_name"].as_str().expect("a name").to_owned()
    };
    assert!(look_for.contains(&set.server.with(name)), "{look_for}");
}
