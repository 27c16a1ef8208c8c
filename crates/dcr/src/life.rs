//! A client's life, tried through the port itself: made, changed, given another secret, used and
//! removed.

use std::time::Duration;

use crate::call::Caller;
use crate::client::{NOBODY, canary};
use crate::findings::{self, Canary, failed, held};
use crate::port::{ClientChanges, DcrProvider, ErrorKind, Finding, Probe, RegisteredClient};

/// The waits for a provider that lists a new client a little later.
const UNTIL_LISTED: [Duration; 4] = [
    Duration::from_millis(250),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
];

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
    if let Err(error) = provider.remove_all(NOBODY).await {
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
                findings.extend(
                    provider
                        .remove_all(NOBODY)
                        .await
                        .err()
                        .map(|e| failed("clean_up", &e)),
                );
            }
            return findings;
        }
    };
    findings.push(held("create", "clients can be registered"));
    findings.push(read_back(provider, &client_id).await);
    findings.push(change(provider, &client_id).await);
    findings.extend(grant(provider, &client_id, probe).await);
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

/// That nobody can ask what became of a registration without an answer. It is no fault of a setting.
pub(crate) fn untold(who: &str) -> Finding {
    held(
        "lookup",
        format!(
            "{who} cannot be asked what became of a registration without an answer: such a client is \
             listed under the provider's possible orphans"
        ),
    )
}

/// Whether the client is found by what it carries. Some providers learn of it a little later.
async fn read_back(provider: &dyn DcrProvider, client_id: &str) -> Finding {
    let mut waits = UNTIL_LISTED.into_iter();
    loop {
        match provider.find(NOBODY).await {
            Ok(found) if found.iter().any(|client| client.client_id == client_id) => {
                return held("read_back", "what was registered is found again");
            }
            Ok(_) => {}
            Err(error) => return failed("read_back", &error),
        }
        let Some(wait) = waits.next() else {
            return findings::lacking(
                "read_back",
                format!(
                    "the client {client_id} was registered and is not found again; look whether the \
                     identity provider kept its metadata"
                ),
            );
        };
        tokio::time::sleep(wait).await;
    }
}

/// Where developers choose scopes: that a client's are narrowed and widened.
async fn grant(provider: &dyn DcrProvider, client_id: &str, probe: &Probe) -> Option<Finding> {
    let first = probe
        .scopes
        .first()
        .filter(|_| probe.developer_managed_scopes)?;
    let audience = probe.audience.as_deref().unwrap_or_default();
    let narrow = std::slice::from_ref(first);
    let narrowed = provider.set_scopes(client_id, audience, narrow).await;
    let granted = match narrowed {
        Ok(()) => {
            provider
                .set_scopes(client_id, audience, &probe.scopes)
                .await
        }
        Err(error) => Err(error),
    };
    let holds = "scopes of a client can be granted and withdrawn";
    Some(match granted {
        // Developers are told so where they ask.
        Err(error) if error.kind == ErrorKind::Unsupported => held("grant", error.message),
        granted => findings::of("grant", &granted, holds),
    })
}

async fn change(provider: &dyn DcrProvider, client_id: &str) -> Finding {
    let changes = ClientChanges {
        name: Some("Gatehouse verification (removed at once)".to_owned()),
        ..ClientChanges::default()
    };
    let changed = provider.update(client_id, &changes).await;
    findings::of("update", &changed, "clients can be changed")
}
