//! The adapter for HTTP bridges, against one that holds it to the published document.

use std::sync::Arc;

use dcr::contract::{self, Subject};
use dcr::testing::KeptInMemory;
use dcr::{
    ClientChanges, ClientStates, DcrProvider, ErrorKind, HttpBridge, HttpConfig, KeptClient, Probe,
    RegistrationChange, RegistrationEvent,
};
use egress::Egress;
use oauth::Clock;
use serde_json::json;

use crate::server::bridge::{BRIDGE, Bridge, ISSUER, KEY};
use crate::server::{Fault, Server, Tokens, answer, application, oauth_error, way_out};

struct Set {
    server: Server<Bridge>,
    states: KeptInMemory,
    egress: Egress,
    clock: Clock,
}

impl Set {
    fn new() -> Self {
        let (egress, clock) = way_out();
        let server = Server::new(Bridge::default());
        server.mounted(&egress, &[BRIDGE, ISSUER]);
        Self {
            server,
            states: KeptInMemory::default(),
            egress,
            clock,
        }
    }

    fn with(&self, change: impl FnOnce(&mut HttpConfig)) -> HttpBridge {
        let mut config = HttpConfig {
            issuer: ISSUER.to_owned(),
            dcr_base_url: format!("{BRIDGE}/dcr/"),
            api_key: KEY.into(),
            disable_event_hooks: false,
            disable_refresh_secret: false,
            allow_multiple_credentials: true,
        };
        change(&mut config);
        let states = Arc::new(self.states.clone());
        HttpBridge::new(config, self.egress.clone(), self.clock.clone(), states).expect("a URL")
    }

    fn provider(&self) -> HttpBridge {
        self.with(|_| {})
    }
}

#[tokio::test]
async fn the_adapter_keeps_the_contract_whatever_is_disabled() {
    for (events, secrets) in [(false, false), (true, false), (false, true), (true, true)] {
        let set = Set::new();
        let provider = set.with(|config| {
            config.disable_event_hooks = events;
            config.disable_refresh_secret = secrets;
        });
        contract::holds(&Subject {
            provider: Arc::new(provider),
            tokens: Arc::new(Tokens {
                egress: set.egress.clone(),
                endpoint: format!("{ISSUER}/token"),
                default_scope: None,
            }),
            audience: String::new(),
            scopes: ["read:weather".to_owned(), "write:weather".to_owned()],
            openid: true,
            rotates: true,
            by_hand: None,
        })
        .await;
        assert!(set.server.with(|bridge| bridge.clients.is_empty()));
        assert!(set.states.clients().is_empty());
        let heard = set.server.count("POST /dcr/client-") > 0;
        assert!(
            heard || (events && secrets),
            "hooks: {events}, secrets: {secrets}"
        );
        assert_eq!(set.server.with(|bridge| bridge.events.is_empty()), events);
    }
}

#[tokio::test]
async fn events_tell_the_whole_application() {
    let set = Set::new();
    let provider = set.provider();
    let made = provider
        .register(&application("a", &["read:weather"]))
        .await;
    let id = made.unwrap().client_id;
    let changes = ClientChanges {
        name: Some("renamed".to_owned()),
        description: Some(Some("what it does".to_owned())),
        redirect_uris: Some(vec!["https://a.example/cb".parse().unwrap()]),
    };
    provider.update(&id, &changes).await.unwrap();
    let mut event = RegistrationEvent {
        change: RegistrationChange::Added,
        product_version_id: "version".to_owned(),
        audience: Some("https://api.weather.example/".to_owned()),
    };
    provider.notify(&id, &event).await.unwrap();
    event.change = RegistrationChange::Removed;
    event.audience = None;
    provider.notify(&id, &event).await.unwrap();
    let events = set.server.with(|bridge| bridge.events.clone());
    let whole = json!({
        "client_id": id,
        "application_id": "a",
        "application_name": "renamed",
        "application_description": "what it does",
        "portal_id": "portal",
        "organization_id": "org",
        "developer_id": "developer",
        "auth_strategy_id": "strategy",
        "dcr_provider_id": "provider",
    });
    let with = |rest: serde_json::Value| {
        let mut event = whole.clone();
        let event_object = event.as_object_mut().unwrap();
        event_object.extend(rest.as_object().unwrap().clone());
        event
    };
    assert_eq!(
        events,
        [
            with(
                json!({ "event_type": "update_application", "redirect_uris": ["https://a.example/cb"] })
            ),
            with(json!({
                "event_type": "add_registration",
                "api_product_version_id": "version",
                "audience": "https://api.weather.example/",
            })),
            with(
                json!({ "event_type": "remove_registration", "api_product_version_id": "version" })
            ),
        ]
    );
}

#[tokio::test]
async fn the_bridges_own_words_reach_the_administrator_without_the_key() {
    let set = Set::new();
    let refusal = oauth_error(400, "quota_reached", "this directory has 500 clients");
    set.server.fail("POST /dcr/", Fault::Answers(refusal));
    let error = set
        .provider()
        .register(&application("a", &[]))
        .await
        .err()
        .unwrap();
    assert_eq!(error.kind, ErrorKind::Misconfigured);
    assert!(
        error
            .message
            .contains("quota_reached: this directory has 500"),
        "{error}"
    );

    let wrong = set.with(|config| config.api_key = "wrong_but_private".into());
    let error = wrong.register(&application("a", &[])).await.err().unwrap();
    assert_eq!(error.kind, ErrorKind::Denied { permission: None });
    assert!(
        !format!("{error:?}").contains("wrong_but_private"),
        "{error:?}"
    );

    let plain = answer(400, serde_json::Value::Null);
    set.server.fail("POST /dcr/", Fault::Answers(plain));
    let error = set
        .provider()
        .register(&application("a", &[]))
        .await
        .err()
        .unwrap();
    assert!(error.message.contains("400"), "{error}");
}

#[tokio::test]
async fn a_bridge_that_answers_with_anothers_client_is_not_believed() {
    let set = Set::new();
    let stranger = KeptClient {
        client_id: "client-1".to_owned(),
        application_id: "someone-else".to_owned(),
        state: "{}".into(),
    };
    set.states.keep(&stranger).await.unwrap();
    let error = set
        .provider()
        .register(&application("a", &[]))
        .await
        .err()
        .unwrap();
    assert_eq!(error.kind, ErrorKind::Misconfigured);
    assert!(error.message.contains("another application's"), "{error}");
}

#[tokio::test]
async fn verify_names_what_is_missing() {
    let set = Set::new();
    let failed = async |provider: HttpBridge| -> Vec<String> {
        let probe = Probe {
            credential_claim: vec!["client_id".to_owned()],
            ..Probe::default()
        };
        let findings = provider.verify(&probe).await;
        let failed = findings.into_iter().filter(|finding| !finding.ok);
        failed.map(|finding| finding.check).collect()
    };
    assert!(failed(set.provider()).await.is_empty());
    let wrong = set.with(|config| config.api_key = "wrong_but_private".into());
    assert_eq!(failed(wrong).await, ["create"]);
    set.server.fail(
        "POST /dcr/client-",
        Fault::Answers(answer(404, json!(null))),
    );
    assert_eq!(failed(set.provider()).await, ["update"]);
    let elsewhere = set.with(|config| config.issuer = format!("{ISSUER}/elsewhere"));
    assert_eq!(failed(elsewhere).await, ["discovery"]);
    assert!(set.server.with(|bridge| bridge.clients.is_empty()));
}

#[tokio::test]
async fn a_token_that_is_refused_is_no_fault_before_a_strategy_says_what_it_is_for() {
    let set = Set::new();
    let refused = || {
        let body = json!({ "error": "invalid_request", "error_description": "which audience?" });
        set.server
            .fail("POST /token", Fault::Answers(answer(400, body)));
    };
    refused();
    let findings = set.provider().verify(&Probe::default()).await;
    let token = findings.iter().find(|finding| finding.check == "token");
    let said = &token.expect("it is told").message;
    assert!(said.contains("once an auth strategy"), "{said}");
    assert!(findings.iter().all(|finding| finding.ok), "{findings:?}");
    refused();
    let probe = Probe {
        credential_claim: vec!["client_id".to_owned()],
        ..Probe::default()
    };
    let findings = set.provider().verify(&probe).await;
    let failed = findings.iter().filter(|finding| !finding.ok);
    let failed: Vec<&str> = failed.map(|finding| finding.check.as_str()).collect();
    assert_eq!(failed, ["token"]);
}

#[tokio::test]
async fn applications_of_one_name_get_clients_of_their_own() {
    let set = Set::new();
    set.server.with(|bridge| bridge.hands_out_by_name = true);
    let provider = set.provider();
    let mut made = Vec::new();
    for id in ["application-1", "application-2"] {
        let registered = provider.register(&application(id, &[])).await;
        made.push(registered.expect(id).client_id);
    }
    assert_ne!(made[0], made[1]);
}

#[tokio::test(start_paused = true)]
async fn a_registration_without_an_answer_stays_noted_unless_the_bridge_can_be_asked() {
    for answers_lookups in [false, true] {
        let set = Set::new();
        set.server
            .with(|bridge| bridge.answers_lookups = answers_lookups);
        let provider = set.provider();
        let refused = oauth_error(400, "policy", "not today");
        set.server.fail("POST /dcr/", Fault::Answers(refused));
        let made = provider.register(&application("a", &[])).await;
        assert!(made.is_err());
        assert!(set.states.open_attempts().is_empty(), "it was refused");
        set.server.fail("POST /dcr/", Fault::AnswerLost);
        let made = provider.register(&application("a", &[])).await;
        assert!(made.is_err_and(|error| error.effect_is_unknown()));
        let attempts = set.states.open_attempts();
        assert_eq!(attempts.len(), 1);
        let look_for = &attempts[0].look_for;
        assert!(look_for.contains("\"cli (a)\""), "{look_for}");
        provider.remove_all("a").await.expect("a removal");
        let left = set.server.with(|bridge| bridge.clients.len());
        let noted = set.states.open_attempts().len();
        let expected = usize::from(!answers_lookups);
        assert_eq!((left, noted), (expected, expected), "{answers_lookups}");
    }
}
