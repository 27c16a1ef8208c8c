//! The Auth0 adapter against a stand-in that can be made to fail.

use std::sync::Arc;
use std::time::Duration;

use dcr::contract::{self, ByHand, Subject};
use dcr::testing::{KeptInMemory, Memory};
use dcr::{
    Auth0, Auth0Config, Connection, DcrProvider, Error, ErrorKind, Metadata, NewClient, Probe,
    ProviderConfig, Settings,
};
use egress::{Egress, Policy};
use oauth::{Clock, Timestamp};

use crate::server::auth0::{ADMIN, AUDIENCE, Fault, ISSUER, PERMISSIONS, StandIn};

const SCOPES: [&str; 2] = ["read:weather", "write:weather"];

struct Set {
    tenant: StandIn,
    clock: Clock,
    egress: Egress,
}

impl Set {
    fn new() -> Self {
        let clock = Clock::manual(Timestamp::from_unix_seconds(1_700_000_000));
        let policy = Policy {
            timeout: Duration::from_secs(3),
            ..Policy::default()
        };
        let egress = Egress::new(policy, clock.clone());
        let tenant = StandIn::new();
        egress.mount(ISSUER, &tenant.router());
        Self {
            tenant,
            clock,
            egress,
        }
    }

    fn with(&self, change: impl FnOnce(&mut Auth0Config)) -> Auth0 {
        let mut config = Auth0Config {
            issuer: ISSUER.to_owned(),
            initial_client_id: ADMIN.0.to_owned(),
            initial_client_secret: ADMIN.1.into(),
            initial_client_audience: None,
        };
        change(&mut config);
        Auth0::new(config, self.egress.clone(), self.clock.clone()).expect("an issuer")
    }

    fn provider(&self) -> Auth0 {
        self.with(|_| {})
    }
}

/// Somebody who changes clients in the dashboard.
fn by_hand(set: &Set) -> ByHand {
    let (renames, removes) = (set.tenant.clone(), set.tenant.clone());
    ByHand {
        rename: Box::new(move |id| {
            renames.tenant().edit(id, |client| {
                client.insert("name".to_owned(), "by hand".into());
            });
        }),
        remove: Box::new(move |id| removes.tenant().remove(id)),
    }
}

fn new_client() -> NewClient {
    NewClient {
        name: "cli".to_owned(),
        description: None,
        redirect_uris: Vec::new(),
        auth_methods: vec!["client_credentials".to_owned()],
        audience: Some(AUDIENCE.to_owned()),
        scopes: vec!["openid".to_owned()],
        metadata: Metadata {
            konnect_application_id: "application".to_owned(),
            ..Metadata::default()
        },
        auth_strategy_id: String::new(),
        dcr_provider_id: String::new(),
        distinction: None,
    }
}

async fn register_error(provider: &Auth0) -> Error {
    provider
        .register(&new_client())
        .await
        .err()
        .expect("an error")
}

#[tokio::test]
async fn the_adapter_keeps_the_contract() {
    let set = Set::new();
    contract::holds(&Subject {
        provider: Arc::new(set.provider()),
        tokens: Arc::new(set.tenant.clone()),
        audience: AUDIENCE.to_owned(),
        scopes: SCOPES.map(ToOwned::to_owned),
        openid: true,
        rotates: true,
        by_hand: Some(by_hand(&set)),
    })
    .await;
    assert!(
        set.tenant.tenant().clients.is_empty(),
        "the suite and verify clean up"
    );
    assert!(set.tenant.tenant().grants.is_empty());
    assert!(
        set.tenant.count("POST /oauth/token") <= 3,
        "the management token is kept; verify asks for its own and for one of its client"
    );
}

#[tokio::test]
async fn the_provider_in_memory_keeps_the_contract() {
    let memory = Memory::new(AUDIENCE, &SCOPES);
    let (renames, removes) = (memory.clone(), memory.clone());
    contract::holds(&Subject {
        provider: Arc::new(memory.clone()),
        tokens: Arc::new(memory),
        audience: AUDIENCE.to_owned(),
        scopes: SCOPES.map(ToOwned::to_owned),
        openid: true,
        rotates: true,
        by_hand: Some(ByHand {
            rename: Box::new(move |id| renames.edit(id, |client| client.name = "by hand".into())),
            remove: Box::new(move |id| removes.remove(id)),
        }),
    })
    .await;
}

#[tokio::test]
async fn the_issuer_works_as_people_write_it() {
    let set = Set::new();
    for ending in [
        "",
        "/",
        "/api/v2",
        "/api/v2/",
        "/.well-known/openid-configuration",
    ] {
        let provider = set.with(|config| config.issuer = format!("{ISSUER}{ending}"));
        let registered = provider.register(&new_client()).await;
        assert!(registered.is_ok(), "{ending}: {:?}", registered.err());
    }
    let config = Auth0Config {
        issuer: "my tenant".to_owned(),
        initial_client_id: String::new(),
        initial_client_secret: String::new().into(),
        initial_client_audience: None,
    };
    let error = Auth0::new(config, set.egress.clone(), set.clock.clone())
        .err()
        .unwrap();
    assert_eq!(error.kind, ErrorKind::Misconfigured);
}

#[tokio::test]
async fn a_blank_audience_is_none_and_a_wrong_one_is_explained() {
    let set = Set::new();
    let provider = set.with(|config| config.initial_client_audience = Some(" ".to_owned()));
    assert!(provider.register(&new_client()).await.is_ok());
    let audience = "https://custom.example/api/v2/";
    let provider = set.with(|config| config.initial_client_audience = Some(audience.to_owned()));
    let error = register_error(&provider).await;
    assert_eq!(error.kind, ErrorKind::Misconfigured);
    assert!(error.message.contains(audience), "{error}");
}

#[tokio::test]
async fn a_wrong_initial_secret_is_one_clear_sentence_without_the_secret() {
    let set = Set::new();
    let provider = set.with(|config| config.initial_client_secret = "wrong-and-private".into());
    let error = register_error(&provider).await;
    assert_eq!(error.kind, ErrorKind::Denied { permission: None });
    assert!(
        error
            .message
            .contains("initial client id or secret is wrong"),
        "{error}"
    );
    assert!(!format!("{error:?}").contains("wrong-and-private"));
}

#[tokio::test]
async fn the_token_is_renewed_before_it_ends_and_after_a_refusal() {
    let set = Set::new();
    let provider = set.provider();
    let tokens = || set.tenant.count("POST /oauth/token");
    provider.register(&new_client()).await.unwrap();
    set.clock.advance(Duration::from_secs(86_000));
    provider.register(&new_client()).await.unwrap();
    assert_eq!(tokens(), 1);
    set.clock.advance(Duration::from_secs(300));
    provider.register(&new_client()).await.unwrap();
    assert_eq!(tokens(), 2);
    // The tenant's keys were rotated, say.
    set.tenant.tenant().tokens.clear();
    provider.register(&new_client()).await.unwrap();
    assert_eq!(tokens(), 3);
}

#[tokio::test]
async fn concurrent_calls_share_one_token() {
    let set = Set::new();
    let provider = set.provider();
    let client = new_client();
    let calls = (0..8).map(|_| provider.register(&client));
    let registered = futures_util::future::join_all(calls).await;
    assert!(registered.iter().all(Result::is_ok));
    assert_eq!(set.tenant.count("POST /oauth/token"), 1);
}

#[tokio::test]
async fn a_permission_granted_later_works_without_waiting_for_the_token_to_end() {
    let set = Set::new();
    set.tenant.revoke("create:clients");
    let provider = set.provider();
    let error = register_error(&provider).await;
    let permission = Some("create:clients".to_owned());
    assert_eq!(error.kind, ErrorKind::Denied { permission });
    assert!(
        error.message.contains("Machine to Machine Applications"),
        "{error}"
    );
    set.tenant
        .tenant()
        .permissions
        .insert("create:clients".to_owned());
    set.clock.advance(Duration::from_secs(10));
    assert!(provider.register(&new_client()).await.is_ok());
}

#[tokio::test]
async fn a_refused_grant_removes_the_client_again() {
    let set = Set::new();
    set.tenant.revoke("create:client_grants");
    let error = register_error(&set.provider()).await;
    let permission = Some("create:client_grants".to_owned());
    assert_eq!(error.kind, ErrorKind::Denied { permission });
    assert!(set.tenant.tenant().clients.is_empty());
}

#[tokio::test]
async fn a_client_that_could_not_be_removed_again_is_named() {
    let set = Set::new();
    set.tenant.revoke("create:client_grants");
    set.tenant.revoke("delete:clients");
    let error = register_error(&set.provider()).await;
    let tenant = set.tenant.tenant();
    let (client_id, client) = tenant.clients.first_key_value().expect("the client stays");
    assert!(error.message.contains("create:client_grants"), "{error}");
    assert!(error.message.contains(client_id.as_str()), "{error}");
    assert_eq!(error.left_behind.as_ref(), Some(client_id));
    assert!(error.message.contains("delete:clients"), "{error}");
    assert!(
        !error
            .message
            .contains(client["client_secret"].as_str().unwrap())
    );
}

#[tokio::test(start_paused = true)]
async fn a_short_rate_limit_is_waited_for() {
    let set = Set::new();
    let headers = vec![("retry-after", "2".to_owned())];
    set.tenant
        .fail("POST /api/v2/clients", Fault::Answers(429, headers));
    let reset = (set.clock.now().unix_seconds() + 3).to_string();
    let headers = vec![("x-ratelimit-reset", reset)];
    set.tenant
        .fail("POST /api/v2/client-grants", Fault::Answers(429, headers));
    let started = tokio::time::Instant::now();
    set.provider().register(&new_client()).await.unwrap();
    assert_eq!(started.elapsed().as_secs(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_long_rate_limit_is_reported() {
    let set = Set::new();
    let headers = vec![("retry-after", "60".to_owned())];
    set.tenant
        .fail("POST /api/v2/clients", Fault::Answers(429, headers));
    let error = register_error(&set.provider()).await;
    let retry_after = Some(Duration::from_secs(60));
    assert_eq!(error.kind, ErrorKind::RateLimited { retry_after });
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_unavailable_and_the_client_can_be_found() {
    let set = Set::new();
    let provider = set.provider();
    set.tenant.fail("POST /api/v2/clients", Fault::AnswerLost);
    assert_eq!(register_error(&provider).await.kind, ErrorKind::Unavailable);
    assert_eq!(
        set.tenant.count("POST /api/v2/clients"),
        1,
        "it is not repeated blindly"
    );
    let found = provider.find("application").await.unwrap();
    assert_eq!(found.len(), 1);
    provider.delete(&found[0].client_id).await.unwrap();
    assert!(set.tenant.tenant().clients.is_empty());
}

#[tokio::test]
async fn a_fault_of_the_tenant_is_unavailable() {
    let set = Set::new();
    let provider = set.provider();
    set.tenant
        .fail("POST /api/v2/clients", Fault::Answers(503, Vec::new()));
    assert_eq!(register_error(&provider).await.kind, ErrorKind::Unavailable);
}

#[tokio::test]
async fn find_walks_over_all_pages() {
    let set = Set::new();
    let provider = set.provider();
    for index in 0..7 {
        let mut client = new_client();
        client.metadata.konnect_application_id = format!("application-{}", index % 5);
        provider.register(&client).await.unwrap();
    }
    assert_eq!(provider.find("application-1").await.unwrap().len(), 2);
    assert_eq!(provider.find("application-4").await.unwrap().len(), 1);
}

#[tokio::test]
async fn each_missing_permission_has_its_own_finding() {
    let probe = Probe {
        audience: Some(AUDIENCE.to_owned()),
        scopes: SCOPES.map(ToOwned::to_owned).to_vec(),
        developer_managed_scopes: true,
        credential_claim: vec!["azp".to_owned()],
    };
    let mut sentences = Vec::new();
    for permission in PERMISSIONS {
        let set = Set::new();
        set.tenant.revoke(permission);
        let findings = set.provider().verify(&probe).await;
        let finding = findings
            .iter()
            .find(|finding| finding.check == permission)
            .unwrap();
        assert!(!finding.ok, "{permission}");
        assert!(finding.message.contains(permission), "{}", finding.message);
        assert!(finding.message.contains("Machine to Machine Applications"));
        for other in findings.iter().filter(|other| other.check != permission) {
            // Without a client that can be removed again, a grant cannot be tried.
            let no_client = permission == "delete:clients" || permission.starts_with("create:");
            let follows = other.check == "audience" && no_client;
            assert!(
                other.ok || follows,
                "{permission} missing, {}: {}",
                other.check,
                other.message
            );
        }
        assert!(
            set.tenant.tenant().clients.is_empty(),
            "{permission} missing leaves no client"
        );
        assert!(!sentences.contains(&finding.message));
        sentences.push(finding.message.clone());
    }
}

#[tokio::test]
async fn verify_names_a_wrong_issuer_a_wrong_secret_and_an_unknown_audience() {
    let set = Set::new();
    let failed = async |provider: Auth0, probe: &Probe| -> Vec<String> {
        let findings = provider.verify(probe).await;
        findings
            .into_iter()
            .filter(|f| !f.ok)
            .map(|f| f.check)
            .collect()
    };
    let none = Probe::default();
    assert!(failed(set.provider(), &none).await.is_empty());
    let wrong_secret = set.with(|config| config.initial_client_secret = "wrong".into());
    assert_eq!(failed(wrong_secret, &none).await, ["management_token"]);
    let probe = Probe {
        audience: Some("https://unknown.example/".to_owned()),
        ..Probe::default()
    };
    assert_eq!(failed(set.provider(), &probe).await, ["audience"]);
    let elsewhere = set.with(|config| config.issuer = format!("{ISSUER}/elsewhere"));
    assert_eq!(
        failed(elsewhere, &none).await,
        ["discovery", "management_token"]
    );
}

#[tokio::test]
async fn verify_gets_a_token_as_an_application_would() {
    let set = Set::new();
    let probe = |claim: &str| Probe {
        audience: Some(AUDIENCE.to_owned()),
        scopes: SCOPES.map(ToOwned::to_owned).to_vec(),
        credential_claim: vec![claim.to_owned()],
        ..Probe::default()
    };
    let sentence = async |claim: &str| {
        let findings = set.provider().verify(&probe(claim)).await;
        assert!(findings.iter().any(|f| f.check == "token" && f.ok));
        let found = findings.into_iter().find(|f| f.check == "credential_claim");
        found.expect("the claim is looked for")
    };
    assert!(sentence("azp").await.ok);
    let missing = sentence("client_id").await;
    assert!(
        !missing.ok && missing.message.contains("to azp"),
        "{missing:?}"
    );
}

#[tokio::test]
async fn verify_tells_clocks_that_differ() {
    let set = Set::new();
    set.tenant.tenant().date = Some("Tue, 14 Nov 2023 22:20:00 GMT".to_owned());
    let findings = set.provider().verify(&Probe::default()).await;
    let clock = findings.iter().find(|finding| finding.check == "clock");
    let clock = clock.expect("400 seconds are too many");
    assert!(clock.message.contains("400 seconds ahead of"), "{clock:?}");
    set.tenant.tenant().date = Some("Tue, 14 Nov 2023 22:13:00 GMT".to_owned());
    let findings = set.provider().verify(&Probe::default()).await;
    let clock = findings.iter().find(|finding| finding.check == "clock");
    assert!(clock.is_some_and(|finding| finding.ok), "{clock:?}");
}

#[tokio::test]
async fn kinds_without_an_adapter_say_so() {
    let set = Set::new();
    let settings = Settings {
        config: ProviderConfig::Other {
            provider_type: "kongIdentity".to_owned(),
        },
        connection: Connection::default(),
        states: Arc::new(KeptInMemory::default()),
    };
    let error = dcr::connect(settings, &set.egress, set.clock.clone())
        .err()
        .unwrap();
    assert_eq!(error.kind, ErrorKind::Unsupported);
    assert!(error.message.contains("kongIdentity"), "{error}");
}
