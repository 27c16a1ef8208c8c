//! The adapter for any server of RFC 7591 against this house's own tenant, by its registration endpoint.

use std::sync::Arc;

use dcr::testing::KeptInMemory;
use dcr::{
    Access, ClientChanges, DcrProvider, ErrorKind, Metadata, NewClient, Rfc7591, Rfc7591Config,
};
use oauth::Clock;
use serde_json::json;

use crate::administrator::{Administrator, ISSUER};

fn application() -> NewClient {
    NewClient {
        name: "cli".to_owned(),
        description: None,
        redirect_uris: vec!["https://app.example/callback".parse().expect("a URL")],
        auth_methods: vec!["authorization_code".to_owned()],
        audience: None,
        scopes: Vec::new(),
        metadata: Metadata {
            konnect_application_id: "0190a1b2-0000-7000-8000-00000000000a".to_owned(),
            ..Metadata::default()
        },
        auth_strategy_id: String::new(),
        dcr_provider_id: String::new(),
        distinction: None,
    }
}

#[tokio::test]
async fn an_application_lives_its_life_at_our_own_registration_endpoint() {
    let database = storage::testing::sqlite(&[identity::MIGRATIONS]).await;
    let administrator = Administrator::with(&database.db, Clock::system(), |settings| {
        settings.registration.management = true;
        settings.registration.require_token = true;
    })
    .await;
    let flags = json!({ "enable_dynamic_client_registration": true });
    let settings =
        json!({ "flags": flags, "dynamic_client_registration_security_mode": "permissive" });
    administrator
        .patch("/api/v2/tenants/settings", &settings)
        .await;
    let token = json!({ "name": "portal" });
    let token = administrator
        .post("/api/v2/initial-access-tokens", &token)
        .await;
    let states = KeptInMemory::default();
    let adapter = |token: &str| {
        let config = Rfc7591Config {
            issuer: ISSUER.to_owned(),
            registration_endpoint: None,
            access: Access::InitialToken(token.into()),
        };
        let egress = administrator.egress.clone();
        Rfc7591::new(config, egress, Clock::system(), Arc::new(states.clone())).expect("an adapter")
    };
    let before = administrator.clients().await;
    let refused = adapter("wrong").register(&application()).await.err();
    let kind = refused.map(|error| error.kind);
    assert!(matches!(kind, Some(ErrorKind::Denied { .. })), "{kind:?}");

    let provider = adapter(token["token"].as_str().expect("a token"));
    let made = provider.register(&application()).await.expect("a client");
    let found = provider.find("0190a1b2-0000-7000-8000-00000000000a").await;
    assert_eq!(found.expect("a list")[0].client_id, made.client_id);
    for name in ["renamed", "renamed again"] {
        let changes = ClientChanges {
            name: Some(name.to_owned()),
            redirect_uris: Some(vec!["https://app.example/other".parse().expect("a URL")]),
            ..ClientChanges::default()
        };
        provider
            .update(&made.client_id, &changes)
            .await
            .expect(name);
    }
    let client = administrator
        .get(&format!("/api/v2/clients/{}", made.client_id))
        .await;
    assert_eq!(client["name"], "renamed again (00000000000a)");
    assert_eq!(client["callbacks"], json!(["https://app.example/other"]));
    let rotated = provider.rotate_secret(&made.client_id).await.err();
    assert_eq!(
        rotated.map(|error| error.kind),
        Some(ErrorKind::Unsupported)
    );
    provider.delete(&made.client_id).await.expect("a deletion");
    provider.delete(&made.client_id).await.expect("another");
    assert_eq!(administrator.clients().await, before, "no client is left");
}
