//! The adapter for Entra ID against a tenant as Microsoft documents it.

use std::sync::Arc;
use std::time::Duration;

use dcr::contract::{self, ByHand, Subject};
use dcr::{AzureAd, DcrProvider, ErrorKind, InitialClientConfig, Probe};
use egress::Egress;
use oauth::Clock;

use crate::server::entra::{ADMIN, Entra, GRAPH, LOGIN, STS, TENANT, refuse};
use crate::server::{Fault, Server, Tokens, application, way_out};

struct Set {
    server: Server<Entra>,
    egress: Egress,
    clock: Clock,
}

impl Set {
    fn new() -> Self {
        let (egress, clock) = way_out();
        let server = Server::new(Entra::default());
        server.mounted(&egress, &[LOGIN, STS, GRAPH]);
        Self {
            server,
            egress,
            clock,
        }
    }

    fn with(&self, issuer: &str, secret: &str) -> AzureAd {
        let config = InitialClientConfig {
            issuer: issuer.to_owned(),
            initial_client_id: ADMIN.0.to_owned(),
            initial_client_secret: secret.into(),
        };
        AzureAd::new(config, self.egress.clone(), self.clock.clone()).expect("an issuer")
    }

    fn provider(&self) -> AzureAd {
        self.with(&format!("{STS}/{TENANT}/"), ADMIN.1)
    }

    fn apps(&self) -> usize {
        self.server.with(|entra| entra.apps.len())
    }
}

/// Somebody who changes clients there by hand.
fn by_hand(set: &Set) -> ByHand {
    let (renames, removes) = (set.server.clone(), set.server.clone());
    ByHand {
        rename: Box::new(move |id| {
            renames.with(|entra| entra.edit(id, |app| app["displayName"] = "by hand".into()))
        }),
        remove: Box::new(move |id| removes.with(|entra| entra.remove(id))),
    }
}

#[tokio::test(start_paused = true)]
async fn the_adapter_keeps_the_contract_however_slowly_entra_learns() {
    for delay in [0, 3] {
        let set = Set::new();
        set.server.with(|entra| entra.delay = delay);
        contract::holds(&Subject {
            provider: Arc::new(set.provider()),
            tokens: Arc::new(Tokens {
                egress: set.egress.clone(),
                endpoint: format!("{LOGIN}/{TENANT}/oauth2/v2.0/token"),
                default_scope: Some(format!("{GRAPH}/.default")),
            }),
            audience: "api://weather".to_owned(),
            scopes: [
                "api://weather/.default".to_owned(),
                "api://other/.default".to_owned(),
            ],
            openid: false,
            rotates: true,
            by_hand: Some(by_hand(&set)),
        })
        .await;
        assert_eq!(set.apps(), 0, "nothing is left but in the recycle bin");
        assert!(set.server.with(|entra| entra.principals.is_empty()));
    }
}

#[tokio::test(start_paused = true)]
async fn a_secret_is_good_when_it_is_handed_out() {
    let set = Set::new();
    set.server.with(|entra| entra.delay = 2);
    let made = set
        .provider()
        .register(&application("a", &[]))
        .await
        .unwrap();
    let asked = set.server.count(&format!("POST /{TENANT}/oauth2"));
    assert!(
        asked >= 4,
        "the token endpoint was asked until it knew: {asked}"
    );
    let rotated = set.provider().rotate_secret(&made.client_id).await;
    assert!(rotated.is_ok());
    let left = |entra: &mut Entra| entra.apps[&made.client_id]["passwordCredentials"].clone();
    let left = set.server.with(left);
    assert_eq!(
        left.as_array().map(Vec::len),
        Some(1),
        "the old secret is gone"
    );
}

#[tokio::test(start_paused = true)]
async fn a_registration_that_is_repeated_makes_one_app() {
    let set = Set::new();
    let provider = set.provider();
    set.server.fail("PATCH", Fault::AnswerLost);
    let lost = provider
        .register(&application("a", &[]))
        .await
        .err()
        .unwrap();
    assert_eq!(lost.kind, ErrorKind::Unavailable);
    assert_eq!(provider.find("a").await.unwrap().len(), 1);
    let again = provider.register(&application("a", &[])).await;
    assert!(again.is_ok(), "{:?}", again.err());
    assert_eq!(set.apps(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_step_that_fails_leaves_no_app() {
    for step in [
        "POST /v1.0/servicePrincipals",
        "POST /v1.0/applications(appId",
    ] {
        let set = Set::new();
        set.server.with(|entra| entra.delay = 2);
        let refusal = refuse(400, "Request_BadRequest", "A policy forbids it.");
        set.server.fail(step, Fault::Answers(refusal));
        let error = set
            .provider()
            .register(&application("a", &[]))
            .await
            .err()
            .unwrap();
        assert!(error.message.contains("A policy forbids it"), "{error}");
        assert_eq!(error.left_behind, None, "{step}");
        assert_eq!(set.apps(), 0, "{step}");
    }
}

#[tokio::test(start_paused = true)]
async fn throttling_is_waited_for() {
    let set = Set::new();
    let mut limited = refuse(429, "TooManyRequests", "Too many requests");
    limited.headers.push(("retry-after", "5".to_owned()));
    set.server.fail("PATCH", Fault::Answers(limited));
    let started = tokio::time::Instant::now();
    set.provider()
        .register(&application("a", &[]))
        .await
        .unwrap();
    assert_eq!(started.elapsed(), Duration::from_secs(5));
}

#[tokio::test]
async fn an_issuer_is_understood_in_every_form_and_every_cloud() {
    let set = Set::new();
    for issuer in [
        format!("{STS}/{TENANT}"),
        format!("{LOGIN}/{TENANT}/v2.0"),
        format!("{LOGIN}/{TENANT}/v2.0/.well-known/openid-configuration"),
    ] {
        let made = set
            .with(&issuer, ADMIN.1)
            .register(&application("a", &[]))
            .await;
        assert!(made.is_ok(), "{issuer}: {:?}", made.err());
    }
    for issuer in ["https://idp.example/tenant", LOGIN, "tenant"] {
        let config = InitialClientConfig {
            issuer: issuer.to_owned(),
            initial_client_id: String::new(),
            initial_client_secret: String::new().into(),
        };
        let error = AzureAd::new(config, set.egress.clone(), set.clock.clone()).err();
        assert_eq!(error.expect(issuer).kind, ErrorKind::Misconfigured);
    }
}

#[tokio::test(start_paused = true)]
async fn verify_names_what_is_missing() {
    let set = Set::new();
    let probe = |claim: &str| Probe {
        scopes: vec!["api://weather/.default".to_owned()],
        credential_claim: vec![claim.to_owned()],
        ..Probe::default()
    };
    let failed = async |provider: AzureAd, probe: &Probe| -> Vec<(String, String)> {
        let findings = provider.verify(probe).await;
        let failed = findings.into_iter().filter(|finding| !finding.ok);
        failed
            .map(|finding| (finding.check, finding.message))
            .collect()
    };
    assert!(failed(set.provider(), &probe("appid")).await.is_empty());
    let claim = failed(set.provider(), &probe("azp")).await;
    assert!(
        claim[0].0 == "credential_claim" && claim[0].1.contains("to appid"),
        "{claim:?}"
    );
    let issuer = format!("{STS}/{TENANT}");
    let wrong = failed(set.with(&issuer, "wrong-and-private"), &probe("appid")).await;
    assert!(
        wrong[0].1.contains("copy its value, not its id"),
        "{wrong:?}"
    );
    assert!(!wrong[0].1.contains("wrong-and-private"));
    let nowhere = format!("{STS}/nowhere");
    let wrong = failed(set.with(&nowhere, ADMIN.1), &probe("appid")).await;
    assert!(
        wrong
            .iter()
            .any(|(_, said)| said.contains("no tenant nowhere")),
        "{wrong:?}"
    );
    set.server.with(|entra| entra.unpermitted = true);
    let wrong = failed(set.provider(), &probe("appid")).await;
    assert_eq!(wrong[0].0, "find");
    assert!(
        wrong[0].1.contains("Application.ReadWrite.OwnedBy"),
        "{wrong:?}"
    );
    assert_eq!(set.apps(), 0);
}
