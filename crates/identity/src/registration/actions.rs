//! Step: what do the tenant's Actions say to a client that registers itself?

use oauth::client_metadata::ClientMetadata;
use oauth::jose::jwt;
use serde_json::Value;

use super::accept::{Terms, accept};
use super::refusal::Refusal;
use super::register::parse;
use crate::Tenant;
use crate::model::client::{Client, MAX_METADATA, MAX_METADATA_TEXT};
use crate::model::{Members, merge};
use crate::service::actions::flow::{self, ClientOrigin, NewClient};
use crate::visit::Visit;

/// What is registered after the Actions had their say.
pub(super) struct Settled {
    pub(super) metadata: ClientMetadata,
    /// `client_metadata`, which only Actions and administrators set.
    pub(super) own: Members,
}

/// A client that registers itself.
pub(super) struct Applicant<'a> {
    pub(super) origin: ClientOrigin,
    pub(super) visit: Option<&'a Visit>,
    /// What was sent, for the claims of a software statement that was verified.
    pub(super) sent: Option<&'a Value>,
    /// The client as it is, where it changes what it said of itself.
    pub(super) known: Option<&'a Client>,
}

/// Lets the Actions refuse the client, or change what it is registered as. What they change passes the
/// same rules as what the client says itself.
///
/// # Errors
/// What an Action refuses with: a code of RFC 7591 §3.2.2 with status 400, or 403 `access_denied`.
pub(super) async fn ask(
    tenant: &Tenant,
    applicant: Applicant<'_>,
    metadata: ClientMetadata,
    terms: &Terms<'_>,
) -> Result<Settled, Refusal> {
    let members = match serde_json::to_value(&metadata) {
        Ok(Value::Object(members)) => members,
        _ => Members::new(),
    };
    let mut own = applicant
        .known
        .map_or_else(Members::new, |known| known.metadata.clone());
    let new = || NewClient {
        origin: applicant.origin,
        members: &members,
        metadata: own.clone(),
        known_as: applicant.known.map(|known| known.client_id.as_str()),
        software_statement: applicant.sent.and_then(statement),
        visit: applicant.visit,
    };
    let wish = flow::client_registration(tenant, new).await?;
    if let Some((code, reason)) = wish.denied {
        return Err(Refusal::by_action(&code, reason));
    }
    let metadata = match wish.changes.is_empty() {
        true => metadata,
        false => {
            let mut members = members.clone();
            merge(&mut members, wish.changes);
            accept(parse(&Value::Object(members))?, terms)?
        }
    };
    merge(&mut own, wish.metadata);
    let long = |text: &str| text.chars().count() > MAX_METADATA_TEXT;
    let too_long = own
        .iter()
        .any(|(key, value)| long(key) || value.as_str().is_some_and(long));
    match own.len() > MAX_METADATA || too_long {
        true => Err(Refusal::metadata(format!(
            "an action sets more than {MAX_METADATA} entries of metadata, or one of more than \
             {MAX_METADATA_TEXT} characters"
        ))),
        false => Ok(Settled { metadata, own }),
    }
}

/// The claims of a statement. Its signature was verified before, where an issuer is trusted at all.
fn statement(sent: &Value) -> Option<Value> {
    let statement = sent.get("software_statement")?.as_str()?;
    Some(Value::Object(jwt::peek(statement).ok()?.claims))
}

impl From<flow::Failed> for Refusal {
    fn from(failed: flow::Failed) -> Self {
        Self::by_action("server_error", failed.sentence())
    }
}
