//! The Auth0 adapter against this house's own tenant, over its public APIs: the same contract that
//! the adapter keeps with its stand-in, and the nine permissions one by one.

use std::sync::Arc;

use async_trait::async_trait;
use dcr::contract::{self, Subject, TokenEndpoint};
use dcr::{DcrProvider, ErrorKind, Probe};
use egress::Egress;
use oauth::{ClientSecret, Clock};
use serde_json::Value;
use storage::testing::databases;

use crate::administrator::{AUDIENCE, Administrator, PERMISSIONS, token};

struct Tokens(Egress);

#[async_trait]
impl TokenEndpoint for Tokens {
    async fn client_credentials(
        &self,
        client_id: &str,
        secret: &ClientSecret,
        audience: &str,
        scope: Option<&str>,
    ) -> Result<Vec<String>, u16> {
        let response = token(&self.0, client_id, secret, audience, scope).await;
        if !response.status.is_success() {
            return Err(response.status.as_u16());
        }
        let body: Value = response.json().expect("a token");
        let scopes = body["scope"].as_str().unwrap_or_default();
        Ok(scopes.split(' ').map(str::to_owned).collect())
    }
}

#[tokio::test]
async fn the_adapter_keeps_the_contract_with_our_own_tenant() {
    for database in databases(&[identity::MIGRATIONS]).await {
        let administrator = Administrator::of(&database.db, Clock::system()).await;
        administrator.api().await;
        let mut permissions = PERMISSIONS.to_vec();
        permissions.push("read:resource_servers");
        let adapter = administrator.adapter(&permissions).await;
        let before = administrator.clients().await;
        contract::holds(&Subject {
            provider: Arc::new(adapter),
            tokens: Arc::new(Tokens(administrator.egress.clone())),
            audience: AUDIENCE.to_owned(),
            scopes: ["read:weather".to_owned(), "write:weather".to_owned()],
            openid: true,
            rotates: true,
            by_hand: None,
        })
        .await;
        assert_eq!(administrator.clients().await, before, "no client is left");
    }
}

#[tokio::test]
async fn the_nine_permissions_of_the_vendors_page_are_enough_and_each_is_missed() {
    let probe = Probe {
        audience: Some(AUDIENCE.to_owned()),
        scopes: vec!["openid".to_owned(), "read:weather".to_owned()],
        developer_managed_scopes: false,
        credential_claim: vec!["azp".to_owned()],
    };
    let database = storage::testing::sqlite(&[identity::MIGRATIONS]).await;
    let administrator = Administrator::of(&database.db, Clock::system()).await;
    administrator.api().await;
    let adapter = administrator.adapter(&PERMISSIONS).await;
    for finding in adapter.verify(&probe).await {
        assert!(finding.ok, "{}: {}", finding.check, finding.message);
    }
    for missing in PERMISSIONS {
        let rest: Vec<&str> = PERMISSIONS.into_iter().filter(|p| *p != missing).collect();
        let adapter = administrator.adapter(&rest).await;
        let before = administrator.clients().await;
        let findings = adapter.verify(&probe).await;
        let finding = findings.iter().find(|finding| finding.check == missing);
        let finding = finding.expect(missing);
        assert!(
            !finding.ok && finding.message.contains(missing),
            "{finding:?}"
        );
        let others = findings.iter().filter(|f| !f.ok && f.check != missing);
        let unexpected: Vec<_> = others.filter(|f| f.check != "audience").collect();
        assert!(unexpected.is_empty(), "without {missing}: {unexpected:?}");
        assert_eq!(administrator.clients().await, before, "without {missing}");
    }
}

#[tokio::test]
async fn an_audience_that_the_tenant_does_not_know_is_named() {
    let database = storage::testing::sqlite(&[identity::MIGRATIONS]).await;
    let administrator = Administrator::of(&database.db, Clock::system()).await;
    let adapter = administrator.adapter(&PERMISSIONS).await;
    let probe = Probe {
        audience: Some(AUDIENCE.to_owned()),
        ..Probe::default()
    };
    let findings = adapter.verify(&probe).await;
    let audience = findings.iter().find(|finding| finding.check == "audience");
    assert!(audience.is_some_and(|finding| !finding.ok && finding.message.contains(AUDIENCE)));
    let unknown = adapter.scopes(AUDIENCE).await.err();
    assert!(matches!(
        unknown.map(|error| error.kind),
        Some(ErrorKind::Denied { .. })
    ));
}
