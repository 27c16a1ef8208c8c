//! The Okta adapter against an org as Okta documents it.

use std::sync::Arc;
use std::time::Duration;

use dcr::contract::{self, ByHand, Subject};
use dcr::{DcrProvider, ErrorKind, NewClient, Okta, OktaConfig, Probe};
use egress::Egress;
use oauth::Clock;
use serde_json::json;

use crate::server::okta::{AUDIENCE, ORG, Org, TOKEN, refuse};
use crate::server::{Fault, Server, Tokens, application, way_out};

struct Set {
    server: Server<Org>,
    egress: Egress,
    clock: Clock,
}

impl Set {
    fn new() -> Self {
        let (egress, clock) = way_out();
        let server = Server::new(Org::default());
        server.mounted(&egress, &[ORG]);
        Self {
            server,
            egress,
            clock,
        }
    }

    fn with(&self, issuer: &str, token: &str) -> Okta {
        let config = OktaConfig {
            issuer: issuer.to_owned(),
            dcr_token: token.into(),
        };
        Okta::new(config, self.egress.clone(), self.clock.clone()).expect("an issuer")
    }

    fn provider(&self) -> Okta {
        self.with(&format!("{ORG}/oauth2/default/"), TOKEN)
    }

    fn apps(&self) -> usize {
        self.server.with(|org| org.apps.len())
    }
}

fn web_application() -> NewClient {
    NewClient {
        redirect_uris: vec!["https://a.example/cb".parse().expect("a URL")],
        ..application("web", &[])
    }
}

/// Somebody who changes clients there by hand.
fn by_hand(set: &Set) -> ByHand {
    let (renames, removes) = (set.server.clone(), set.server.clone());
    ByHand {
        rename: Box::new(move |id| {
            renames.with(|org| org.edit(id, |app| app["label"] = "by hand".into()))
        }),
        remove: Box::new(move |id| removes.with(|org| org.remove(id))),
    }
}

#[tokio::test]
async fn the_adapter_keeps_the_contract() {
    let set = Set::new();
    contract::holds(&Subject {
        provider: Arc::new(set.provider()),
        tokens: Arc::new(Tokens {
            egress: set.egress.clone(),
            endpoint: format!("{ORG}/oauth2/default/v1/token"),
            default_scope: None,
        }),
        audience: AUDIENCE.to_owned(),
        scopes: ["read:weather".to_owned(), "write:weather".to_owned()],
        openid: false,
        rotates: true,
        by_hand: Some(by_hand(&set)),
    })
    .await;
    assert_eq!(set.apps(), 0);
}

#[tokio::test(start_paused = true)]
async fn an_app_that_is_not_known_everywhere_yet_is_waited_for() {
    let set = Set::new();
    set.server.with(|org| org.delay = 3);
    let made = set.provider().register(&web_application()).await.unwrap();
    let everyone = (made.client_id, "00g2".to_owned());
    assert!(set.server.with(|org| org.groups.contains(&everyone)));
}

#[tokio::test(start_paused = true)]
async fn a_group_that_cannot_be_assigned_leaves_no_app_even_if_it_is_not_known_yet() {
    let set = Set::new();
    set.server.with(|org| {
        org.delay = 3;
        org.forbidden.insert("groups");
    });
    let error = set
        .provider()
        .register(&web_application())
        .await
        .err()
        .unwrap();
    let permission = Some("read groups and assign them to apps".to_owned());
    assert_eq!(error.kind, ErrorKind::Denied { permission });
    assert_eq!(error.left_behind, None, "{error}");
    assert_eq!(set.apps(), 0);
}

#[tokio::test]
async fn a_machine_is_assigned_to_nobody() {
    let set = Set::new();
    set.provider()
        .register(&application("a", &[]))
        .await
        .unwrap();
    assert!(set.server.with(|org| org.groups.is_empty()));
}

#[tokio::test(start_paused = true)]
async fn a_rate_limit_is_waited_for_by_oktas_own_clock() {
    let set = Set::new();
    let limited = |reset: &str| {
        let mut answer = refuse(429, "E0000047", "API call exceeded rate limit");
        answer.headers = vec![
            ("date", "Tue, 14 Nov 2023 23:00:00 GMT".to_owned()),
            ("x-rate-limit-limit", "10".to_owned()),
            ("x-rate-limit-remaining", "0".to_owned()),
            ("x-rate-limit-reset", reset.to_owned()),
        ];
        Fault::Answers(answer)
    };
    set.server.fail("POST /api/v1/apps", limited("1700002803"));
    let started = tokio::time::Instant::now();
    set.provider()
        .register(&application("a", &[]))
        .await
        .unwrap();
    assert_eq!(
        started.elapsed().as_secs(),
        3,
        "the clocks are 46 minutes apart"
    );

    set.server.fail("POST /api/v1/apps", limited("1700002850"));
    let error = set
        .provider()
        .register(&application("b", &[]))
        .await
        .err()
        .unwrap();
    let retry_after = Some(Duration::from_secs(50));
    assert_eq!(error.kind, ErrorKind::RateLimited { retry_after });
    assert_eq!(set.apps(), 1);
}

#[tokio::test]
async fn find_walks_over_all_pages_and_takes_the_token_nowhere_else() {
    let set = Set::new();
    let provider = set.provider();
    for index in 0..7 {
        let client = application(&format!("application-{}", index % 5), &[]);
        provider.register(&client).await.unwrap();
    }
    assert_eq!(provider.find("application-1").await.unwrap().len(), 2);
    assert_eq!(provider.find("application-4").await.unwrap().len(), 1);
    let mut elsewhere = crate::server::answer(200, json!([]));
    let next = "<https://elsewhere.example/api/v1/apps?after=x>; rel=\"next\"";
    elsewhere.headers.push(("link", next.to_owned()));
    set.server
        .fail("GET /api/v1/apps", Fault::Answers(elsewhere));
    assert!(provider.find("application-1").await.unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_unavailable_and_the_app_can_be_found() {
    let set = Set::new();
    let provider = set.provider();
    set.server.fail("POST /api/v1/apps", Fault::AnswerLost);
    let error = provider
        .register(&application("a", &[]))
        .await
        .err()
        .unwrap();
    assert_eq!(error.kind, ErrorKind::Unavailable);
    assert_eq!(
        set.server.count("POST /api/v1/apps"),
        1,
        "not repeated blindly"
    );
    let found = provider.find("a").await.unwrap();
    assert_eq!(found[0].name, "cli");
    provider.delete(&found[0].client_id).await.unwrap();
    assert_eq!(set.apps(), 0);
}

#[tokio::test]
async fn scopes_are_those_of_the_authorization_server() {
    let set = Set::new();
    let listed = set.provider().scopes(AUDIENCE).await.unwrap().unwrap();
    assert_eq!(listed[0].description.as_deref(), Some("Read it"));
    let org = set.with(ORG, TOKEN);
    assert_eq!(
        org.scopes(AUDIENCE).await.unwrap(),
        None,
        "the org has no such list"
    );
}

#[tokio::test]
async fn a_new_redirect_uri_opens_the_code_flow() {
    let set = Set::new();
    let provider = set.provider();
    let made = provider.register(&application("a", &[])).await.unwrap();
    let changes = dcr::ClientChanges {
        redirect_uris: Some(vec!["https://a.example/cb".parse().unwrap()]),
        ..dcr::ClientChanges::default()
    };
    provider.update(&made.client_id, &changes).await.unwrap();
    let app = set.server.with(|org| org.apps[&made.client_id].clone());
    let client = &app["settings"]["oauthClient"];
    assert_eq!(client["application_type"], "web");
    assert_eq!(client["response_types"], json!(["token", "code"]));
    assert_eq!(app["profile"]["konnect_application_id"], "a");
}

#[tokio::test]
async fn verify_names_what_is_missing() {
    let set = Set::new();
    let probe = Probe {
        audience: Some(AUDIENCE.to_owned()),
        scopes: vec!["openid".to_owned(), "read:weather".to_owned()],
        credential_claim: vec!["cid".to_owned()],
        ..Probe::default()
    };
    let failed = async |provider: Okta, probe: &Probe| -> Vec<String> {
        let findings = provider.verify(probe).await;
        let failed = findings.into_iter().filter(|finding| !finding.ok);
        failed.map(|finding| finding.check).collect()
    };
    assert!(failed(set.provider(), &probe).await.is_empty());
    let wrong = set.with(&format!("{ORG}/oauth2/default"), "00wrong");
    assert_eq!(
        failed(wrong, &probe).await,
        ["authorization_server", "find"]
    );
    let elsewhere = set.with(&format!("{ORG}/oauth2/elsewhere"), TOKEN);
    assert_eq!(
        failed(elsewhere, &probe).await,
        ["discovery", "authorization_server"]
    );
    let mut other = probe.clone();
    other.audience = Some("api://other".to_owned());
    other.scopes.push("unknown".to_owned());
    other.credential_claim = vec!["app".to_owned(), "clientId".to_owned()];
    assert_eq!(failed(set.provider(), &other).await, ["audience", "token"]);
    other.scopes.pop();
    assert_eq!(
        failed(set.provider(), &other).await,
        ["audience", "credential_claim"]
    );
    set.server.with(|org| org.forbidden.insert("apps"));
    assert_eq!(failed(set.provider(), &probe).await, ["find"]);
    assert_eq!(set.apps(), 0);
}

#[tokio::test]
async fn the_token_stays_out_of_errors() {
    let set = Set::new();
    let wrong = set.with(ORG, "00wrong-and-private");
    let error = wrong.register(&application("a", &[])).await.err().unwrap();
    assert_eq!(error.kind, ErrorKind::Denied { permission: None });
    assert!(!format!("{error:?}").contains("00wrong-and-private"));
}
