//! Telling clients that a session is over: `OpenID` Connect Back-Channel Logout 1.0.
//!
//! A job for each client is written in the transaction that ends the session, so that a session never
//! ends without its clients hearing of it.

use std::time::Duration;

use egress::Request;
use oauth::Timestamp;
use oauth::jose::{Algorithm, Header};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use storage::Tx;
use storage::outbox::{Job, JobError, NewJob};

use crate::keys::Unsigned;
use crate::model::client::Client;
use crate::model::session::Session;
use crate::model::strings;
use crate::store::sessions::Participant;
use crate::token::subject;
use crate::{Error, Tenant};

/// The outbox's queue.
pub(crate) const QUEUE: &str = "identity.backchannel_logout";

/// How long a logout token is good (§2.4 recommends two minutes at most).
const LIFETIME: i64 = 120;
const TIMEOUT: Duration = Duration::from_secs(10);
/// Nobody reads the answer.
const MAX_ANSWER: usize = 16 * 1024;
/// After as many attempts a client is not told any more.
const ATTEMPTS: u32 = 8;

/// Why a session ends; clients choose which of these they hear of.
///
/// Source: the vendor's `backchannel_logout_initiators`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Initiator {
    /// A client asked for it, or the user did at this tenant.
    Client,
    /// An administrator ended it.
    Administrator,
    /// The user's password was changed.
    PasswordChanged,
    /// The user is no more.
    AccountDeleted,
    /// The user was blocked.
    AccountDeactivated,
    /// Somebody else signed in with the same browser.
    Replaced,
}

impl Initiator {
    const fn name(self) -> &'static str {
        match self {
            Self::Client | Self::Replaced => "rp-logout",
            Self::Administrator => "session-revoked",
            Self::PasswordChanged => "password-changed",
            Self::AccountDeleted => "account-deleted",
            Self::AccountDeactivated => "account-deactivated",
        }
    }
}

/// What a job says. The token itself is made when it is sent.
#[derive(Debug, Serialize, Deserialize)]
struct Notice {
    client_id: String,
    issuer: String,
    user_id: String,
    session_id: String,
    initiator: String,
}

/// Writes down that a client is to be told.
pub(super) async fn enqueue(
    tx: &mut Tx,
    session: &Session,
    participant: &Participant,
    initiator: Initiator,
) -> Result<(), storage::Error> {
    let notice = Notice {
        client_id: participant.client_id.clone(),
        issuer: participant.issuer.clone(),
        user_id: session.user_id.clone(),
        session_id: session.id.clone(),
        initiator: initiator.name().to_owned(),
    };
    let key = format!("{}:{}", session.id, participant.client_id);
    tx.enqueue(NewJob {
        queue: QUEUE,
        key: &key,
        payload: json!(notice),
        // At once.
        due: Timestamp::from_millis(0),
    })
    .await
}

/// The handler of [`QUEUE`].
pub(crate) async fn deliver(tenant: &Tenant, job: Job) -> Result<(), JobError> {
    let notice: Notice = serde_json::from_value(job.payload).map_err(|_| JobError::Permanent {
        reason: "the notice was written by another version of this program".to_owned(),
    })?;
    let client = tenant.directory().client(tenant, &notice.client_id).await;
    let Some(client) = client.map_err(|error| later(&error))? else {
        return Ok(());
    };
    for url in addresses(&client.client, &notice.initiator) {
        let token = logout_token(tenant, &client.client, &notice).await;
        let token = token.map_err(|error| later(&error))?;
        let request = Request::post(url)
            .form(&[("logout_token", token)])
            .timeout(TIMEOUT)
            .max_bytes(MAX_ANSWER);
        let reason = match tenant.egress().send(request).await {
            Ok(answer) if answer.status.is_success() => continue,
            // 400: the client understood, and does not want it (§2.8).
            Ok(answer) if answer.status == 400 => {
                tracing::info!(client.id = %notice.client_id, "a logout token was refused");
                continue;
            }
            Ok(answer) => format!("the client answers {}", answer.status.as_u16()),
            Err(error) => error.to_string(),
        };
        return Err(match job.attempt < ATTEMPTS {
            true => JobError::Retry {
                after: None,
                reason,
            },
            false => JobError::Permanent { reason },
        });
    }
    Ok(())
}

fn later(error: &Error) -> JobError {
    JobError::Retry {
        after: None,
        reason: error.to_string(),
    }
}

/// Where the client wants to hear of it: what an administrator set, and what the client registered.
fn addresses<'a>(client: &'a Client, initiator: &str) -> Vec<&'a str> {
    let registered = client
        .registration
        .as_ref()
        .and_then(|registration| registration.openid("backchannel_logout_uri"))
        .and_then(Value::as_str);
    let settings = client
        .settings
        .get("oidc_logout")
        .or(client.settings.get("oidc_backchannel_logout"));
    let listed = strings(settings.and_then(|settings| settings.get("backchannel_logout_urls")));
    let wanted = settings.is_none_or(|settings| wants(settings, initiator));
    listed.filter(|_| wanted).chain(registered).collect()
}

fn wants(settings: &Value, initiator: &str) -> bool {
    let Some(initiators) = settings.get("backchannel_logout_initiators") else {
        return true;
    };
    if initiators.get("mode").and_then(Value::as_str) == Some("all") {
        return true;
    }
    let mut selected = strings(initiators.get("selected_initiators"));
    // The vendor always tells of these two.
    matches!(initiator, "rp-logout" | "idp-logout") || selected.any(|one| one == initiator)
}

/// Source: Back-Channel Logout 1.0 §2.4: `events`, no `nonce`, a `typ` of its own so that it is never
/// taken for an ID token.
async fn logout_token(tenant: &Tenant, client: &Client, notice: &Notice) -> Result<String, Error> {
    let now = tenant.clock().now().unix_seconds();
    let claims = json!({
        "iss": notice.issuer,
        "sub": subject::of(tenant, client, &notice.user_id),
        "aud": notice.client_id,
        "iat": now,
        "exp": now + LIFETIME,
        "jti": tenant.entropy().alphanumeric(24),
        "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
        "sid": notice.session_id,
    });
    let key = tenant.ring().current.clone();
    let unsigned = Unsigned {
        header: Header::jwt(Algorithm::Rs256, "logout+jwt", key.kid()),
        key,
        payload: claims.to_string().into_bytes(),
    };
    tenant.signers().sign(unsigned).await
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::wants;

    #[test]
    fn a_client_hears_of_what_it_chose() {
        let all = json!({ "backchannel_logout_initiators": { "mode": "all" } });
        assert!(wants(&all, "password-changed"));
        let some = json!({ "backchannel_logout_initiators": {
            "mode": "custom", "selected_initiators": ["rp-logout", "account-deleted"]
        } });
        assert!(wants(&some, "account-deleted") && wants(&some, "rp-logout"));
        assert!(!wants(&some, "password-changed"));
        assert!(wants(&json!({}), "password-changed"));
    }
}
