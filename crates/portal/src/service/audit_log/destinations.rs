//! Places that audit entries are sent to.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use storage::seal::Sealer;

use crate::error::Error;
use crate::model::{AuditDestination, AuditDestinationId, LogFormat};
use crate::rest::check::{Field, Rule, Shape, optional, required, text, url};
use crate::rest::{apply, input, path_id};
use crate::store::audit::Entry;
use crate::store::audit_webhooks;
use crate::{Ctx, Portal};

const LONGEST_URL: usize = 2048;

pub(super) const ENDPOINT: Rule = url(LONGEST_URL);
pub(super) const AUTHORIZATION: Rule = Rule::Form {
    max: 4096,
    rule: "invalid",
    holds: is_header,
    expects: "the value of an Authorization header, such as Bearer TOKEN",
};
pub(super) const FORMAT: Rule = Rule::Word(LogFormat::WORDS);

const SKIPS: Field = optional("skip_ssl_verification", Rule::Boolean);

static SHAPE: Shape = Shape {
    fields: &[
        required("name", text(1, 255)),
        required("endpoint", ENDPOINT),
        required("log_format", FORMAT),
        required("authorization", AUTHORIZATION).secret(),
        SKIPS,
    ],
    open: false,
};

/// What can be written of a destination.
#[derive(Serialize, Deserialize)]
struct Writable {
    name: String,
    endpoint: String,
    log_format: LogFormat,
    #[serde(default)]
    skip_ssl_verification: bool,
    #[serde(skip_serializing)]
    authorization: Option<SecretString>,
}

/// What may be shown of a destination.
#[derive(Serialize)]
pub(crate) struct Shown<'a> {
    id: AuditDestinationId,
    name: Option<&'a str>,
    endpoint: &'a str,
    log_format: LogFormat,
    skip_ssl_verification: bool,
    created_at: String,
    updated_at: String,
}

impl<'a> From<&'a AuditDestination> for Shown<'a> {
    fn from(destination: &'a AuditDestination) -> Self {
        Self {
            id: destination.id,
            name: destination.name.as_deref(),
            endpoint: &destination.endpoint,
            log_format: destination.log_format,
            skip_ssl_verification: destination.skip_ssl_verification,
            created_at: destination.created_at.to_rfc3339(),
            updated_at: destination.updated_at.to_rfc3339(),
        }
    }
}

/// The destination with this id, as it stands in an address.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn find(portal: &Portal, id: &str) -> Result<AuditDestination, Error> {
    let id = path_id("audit log destination", id)?;
    let found = audit_webhooks::find_destination(portal.db(), id).await?;
    found
        .filter(|destination| destination.name.is_some())
        .ok_or_else(|| Error::not_found("audit log destination", id))
}

/// Makes a destination.
///
/// # Errors
/// [`Error::Invalid`].
pub(crate) async fn create(
    portal: &Portal,
    ctx: &Ctx,
    body: Map<String, Value>,
) -> Result<AuditDestination, Error> {
    let new: Writable = input(body, &SHAPE)?;
    let id = AuditDestinationId::new(portal.entropy());
    let destination = AuditDestination {
        id,
        name: Some(new.name),
        endpoint: new.endpoint,
        authorization: sealed(portal.sealer(), id, new.authorization.as_ref()),
        log_format: new.log_format,
        skip_ssl_verification: new.skip_ssl_verification,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    let entry = Entry::new("create", "audit_log_destination", id);
    let entry = entry.making(&picture(&destination));
    keep(portal, ctx, &destination, entry).await?;
    Ok(destination)
}

/// Changes what `body` names; a header that it leaves out stays.
///
/// # Errors
/// [`Error::Invalid`].
pub(crate) async fn update(
    portal: &Portal,
    ctx: &Ctx,
    earlier: AuditDestination,
    body: Map<String, Value>,
) -> Result<AuditDestination, Error> {
    let present = Writable {
        name: earlier.name.clone().unwrap_or_default(),
        endpoint: earlier.endpoint.clone(),
        log_format: earlier.log_format,
        skip_ssl_verification: earlier.skip_ssl_verification,
        authorization: None,
    };
    let new = apply(&present, body, &SHAPE)?;
    let resealed = sealed(portal.sealer(), earlier.id, new.authorization.as_ref());
    let replaced = resealed.is_some();
    let destination = AuditDestination {
        name: Some(new.name),
        endpoint: new.endpoint,
        authorization: resealed.or_else(|| earlier.authorization.clone()),
        log_format: new.log_format,
        skip_ssl_verification: new.skip_ssl_verification,
        updated_at: ctx.now,
        ..earlier.clone()
    };
    let entry = Entry::new("update", "audit_log_destination", destination.id);
    let entry = entry.changing(&picture(&earlier), &picture(&destination));
    let entry = if replaced {
        entry.replacing("authorization")
    } else {
        entry
    };
    keep(portal, ctx, &destination, entry).await?;
    Ok(destination)
}

async fn keep(
    portal: &Portal,
    ctx: &Ctx,
    destination: &AuditDestination,
    entry: Entry<'_>,
) -> Result<(), Error> {
    let mut tx = portal.db().begin().await?;
    audit_webhooks::put_destination(&mut tx, destination).await?;
    portal.audit(&mut tx, ctx, entry).await?;
    tx.commit().await?;
    Ok(())
}

/// Removes a destination that no webhook sends to.
///
/// # Errors
/// [`Error::Conflict`] while one does.
pub(crate) async fn delete(
    portal: &Portal,
    ctx: &Ctx,
    destination: &AuditDestination,
) -> Result<(), Error> {
    let mut tx = portal.db().begin().await?;
    let deleted = audit_webhooks::delete_destination(&mut tx, destination.id).await;
    deleted.map_err(|error| {
        Error::from(error).or_conflict(
            "a portal's audit log webhook sends to this destination; give it another one first",
        )
    })?;
    let entry = Entry::new("delete", "audit_log_destination", destination.id);
    let entry = entry.removing(&picture(destination));
    portal.audit(&mut tx, ctx, entry).await?;
    tx.commit().await?;
    Ok(())
}

fn picture(destination: &AuditDestination) -> Value {
    json!(Shown::from(destination))
}

/// The header, sealed for its destination.
pub(super) fn sealed(
    sealer: &Sealer,
    id: AuditDestinationId,
    header: Option<&SecretString>,
) -> Option<String> {
    header.map(|header| sealer.seal(&AuditDestination::secret_context(id), header))
}

fn is_header(text: &str) -> bool {
    !text.trim().is_empty() && http::HeaderValue::from_str(text).is_ok()
}
