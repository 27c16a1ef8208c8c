//! A client's life, tried through the port itself: made, changed, given another secret, used and
//! removed.

use crate::call::Caller;
use crate::client::{NOBODY, canary};
use crate::findings::{self, Canary, failed, held};
use crate::port::{ClientChanges, DcrProvider, ErrorKind, Finding, Probe, RegisteredClient};

/// How an application would get tokens.
pub(crate) struct TokenWay<'a> {
    pub(crate) endpoint: &'a str,
    /// `client_secret_post` instead of `client_secret_basic`.
    pub(crate) post: bool,
    /// The value of `audience`, where the provider knows that parameter.
    pub(crate) audience: Option<&'a str>,
    /// The scopes to ask for.
    pub(crate) scopes: Vec<String>,
    /// Where an administrator mends a refusal.
    pub(crate) mend: &'a str,
}

/// Leads a client through its life and leaves none behind, not even one of an earlier try.
pub(crate) async fn tried(
    provider: &dyn DcrProvider,
    caller: &Caller,
    probe: &Probe,
    way: Option<TokenWay<'_>>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Err(error) = clear(provider).await {
        findings.push(failed("find", &error));
        return findings;
    }
    findings.push(held("find", "clients can be looked up"));
    let made = provider.register(&canary(&probe.scopes)).await;
    let RegisteredClient {
        client_id,
        client_secret,
    } = match made {
        Ok(made) => made,
        Err(error) => {
            findings.push(failed("create", &error));
            if error.left_behind.is_some() || error.effect_is_unknown() {
                findings.extend(clear(provider).await.err().map(|e| failed("clean_up", &e)));
            }
            return findings;
        }
    };
    findings.push(held("create", "clients can be registered"));
    findings.push(change(provider, &client_id).await);
    let mut secret = client_secret.reveal();
    match provider.rotate_secret(&client_id).await {
        Ok(rotated) => {
            secret = rotated.reveal();
            findings.push(held("rotate", "secrets can be replaced"));
        }
        // Not every provider can, and applications live without.
        Err(error) if error.kind == ErrorKind::Unsupported => {
            findings.push(held("rotate", error.message));
        }
        Err(error) => findings.push(failed("rotate", &error)),
    }
    if let Some(way) = way {
        let canary = Canary {
            token_endpoint: way.endpoint,
            client_id: &client_id,
            client_secret: &secret,
            post: way.post,
            audience: way.audience,
            scopes: &way.scopes,
            mend: way.mend,
        };
        findings.extend(findings::token(caller, &canary, probe).await);
    }
    match provider.delete(&client_id).await {
        Ok(()) => findings.push(held("delete", "clients can be removed")),
        Err(error) => findings.push(findings::left(&client_id, &error)),
    }
    findings
}

async fn change(provider: &dyn DcrProvider, client_id: &str) -> Finding {
    let changes = ClientChanges {
        name: Some("Gatehouse verification (removed at once)".to_owned()),
        ..ClientChanges::default()
    };
    let changed = provider.update(client_id, &changes).await;
    findings::of("update", &changed, "clients can be changed")
}

async fn clear(provider: &dyn DcrProvider) -> Result<(), crate::port::Error> {
    for client in provider.find(NOBODY).await? {
        provider.delete(&client.client_id).await?;
    }
    Ok(())
}
