//! The settings of webhooks: the organisation's with a destination of its own, a portal's with one that the
//! organisation has.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use storage::Tx;

use super::deliver;
use super::destinations::{AUTHORIZATION, ENDPOINT, FORMAT, sealed};
use crate::error::{Error, Violation};
use crate::model::{
    AuditDestination, AuditDestinationId, AuditScope, AuditWebhook, LogFormat, PortalId, Site,
};
use crate::rest::apply;
use crate::rest::check::{Rule, Shape, UUID, nullable, optional};
use crate::store::audit::Entry;
use crate::store::{audit_log, audit_webhooks};
use crate::{Ctx, Portal};

static ORGANIZATION: Shape = Shape {
    fields: &[
        optional("endpoint", ENDPOINT),
        optional("authorization", AUTHORIZATION).secret(),
        optional("enabled", Rule::Boolean),
        optional("log_format", FORMAT),
        optional("skip_ssl_verification", Rule::Boolean),
    ],
    open: false,
};

static PORTAL: Shape = Shape {
    fields: &[
        optional("enabled", Rule::Boolean),
        nullable("audit_log_destination_id", UUID),
    ],
    open: false,
};

/// A webhook with the destination that it sends to.
#[derive(Clone, Debug)]
pub(crate) struct Webhook {
    /// Its settings, and how the last attempt went; nothing if it was never set.
    pub(crate) kept: Option<AuditWebhook>,
    /// Where to.
    pub(crate) destination: Option<AuditDestination>,
}

impl Webhook {
    /// Whether it sends.
    pub(crate) fn enabled(&self) -> bool {
        self.kept.as_ref().is_some_and(|kept| kept.enabled)
    }

    /// Whether the last attempt succeeded, or there was none yet.
    pub(crate) fn active(&self) -> bool {
        self.kept.as_ref().is_some_and(|kept| kept.failures == 0)
    }
}

#[derive(Serialize, Deserialize)]
struct OrganizationInput {
    #[serde(skip_serializing_if = "Option::is_none")]
    endpoint: Option<String>,
    #[serde(skip_serializing)]
    authorization: Option<SecretString>,
    #[serde(default)]
    enabled: bool,
    #[serde(default)]
    log_format: LogFormat,
    #[serde(default)]
    skip_ssl_verification: bool,
}

#[derive(Serialize, Deserialize)]
struct PortalInput {
    #[serde(default)]
    enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    audit_log_destination_id: Option<AuditDestinationId>,
}

/// A webhook as it is set.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn of(portal: &Portal, scope: AuditScope) -> Result<Webhook, Error> {
    let kept = audit_webhooks::find(portal.db(), scope).await?;
    let destination = match kept.as_ref().and_then(|kept| kept.destination_id) {
        Some(id) => audit_webhooks::find_destination(portal.db(), id).await?,
        None => None,
    };
    Ok(Webhook { kept, destination })
}

/// Changes what `body` names of the organisation's webhook.
///
/// # Errors
/// [`Error::Invalid`].
pub(crate) async fn change_organization(
    portal: &Portal,
    ctx: &Ctx,
    body: Map<String, Value>,
) -> Result<Webhook, Error> {
    let earlier = of(portal, AuditScope::Organization).await?;
    let present = OrganizationInput::of(&earlier);
    let new = apply(&present, body, &ORGANIZATION)?;
    let Some(endpoint) = new.endpoint.clone() else {
        let reason = "\"endpoint\" cannot be blank: say where entries are to be sent";
        return Err(Error::invalid(Violation::body(
            "endpoint", "required", reason,
        )));
    };
    let known = earlier.destination.clone();
    let id = known.as_ref().map(|known| known.id);
    let id = id.unwrap_or_else(|| AuditDestinationId::new(portal.entropy()));
    let header = sealed(portal.sealer(), id, new.authorization.as_ref());
    let replaced = header.is_some();
    let kept = known.as_ref().and_then(|known| known.authorization.clone());
    let destination = AuditDestination {
        id,
        name: None,
        endpoint,
        authorization: header.or(kept),
        log_format: new.log_format,
        skip_ssl_verification: new.skip_ssl_verification,
        created_at: known.map_or(ctx.now, |known| known.created_at),
        updated_at: ctx.now,
    };
    let entry = Entry::new("update", "audit_log_webhook", "organization");
    let entry = entry.changing(&json!(present), &json!(new));
    let entry = if replaced {
        entry.replacing("authorization")
    } else {
        entry
    };
    let webhook = set(AuditScope::Organization, Some(id), new.enabled, ctx);
    let mut tx = portal.db().begin().await?;
    audit_webhooks::put_destination(&mut tx, &destination).await?;
    keep(portal, ctx, tx, &webhook, entry).await?;
    of(portal, AuditScope::Organization).await
}

impl OrganizationInput {
    fn of(webhook: &Webhook) -> Self {
        let destination = webhook.destination.as_ref();
        Self {
            endpoint: destination.map(|destination| destination.endpoint.clone()),
            authorization: None,
            enabled: webhook.enabled(),
            log_format: destination.map_or(LogFormat::Cef, |destination| destination.log_format),
            skip_ssl_verification: destination.is_some_and(|one| one.skip_ssl_verification),
        }
    }
}

/// Changes what `body` names of a portal's webhook.
///
/// # Errors
/// [`Error::Invalid`].
pub(crate) async fn change_portal(
    portal: &Portal,
    ctx: &Ctx,
    site: &Site,
    body: Map<String, Value>,
) -> Result<Webhook, Error> {
    let scope = AuditScope::Portal(site.id);
    let earlier = of(portal, scope).await?;
    let present = PortalInput {
        enabled: earlier.enabled(),
        audit_log_destination_id: earlier.destination.as_ref().map(|one| one.id),
    };
    let new = apply(&present, body, &PORTAL)?;
    let mut tx = portal.db().begin().await?;
    let field = "audit_log_destination_id";
    let found = match new.audit_log_destination_id {
        Some(id) => audit_webhooks::find_destination(&mut tx, id).await?,
        None => None,
    };
    // The organisation's own is not for portals.
    let found = found.filter(|destination| destination.name.is_some());
    match (found, new.audit_log_destination_id) {
        (None, Some(id)) => {
            let reason = format!("there is no audit log destination {id}");
            let violation = Violation::body(field, "missing_reference", reason);
            return Err(Error::invalid(violation));
        }
        (None, None) if new.enabled => {
            let reason = "an enabled webhook needs a destination: name one";
            return Err(Error::invalid(Violation::body(field, "required", reason)));
        }
        _ => {}
    }
    let entry = Entry::new("update", "audit_log_webhook", site.id).in_portal(site.id);
    let entry = entry.changing(&json!(present), &json!(new));
    let webhook = set(scope, new.audit_log_destination_id, new.enabled, ctx);
    keep(portal, ctx, tx, &webhook, entry).await?;
    of(portal, scope).await
}

/// Takes the destination of a portal's webhook away and turns it off. What it had still to send is not sent.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn take_away(portal: &Portal, ctx: &Ctx, site: &Site) -> Result<(), Error> {
    let scope = AuditScope::Portal(site.id);
    let mut tx = portal.db().begin().await?;
    audit_log::forgive(&mut tx, site.id).await?;
    let entry = Entry::new("delete", "audit_log_webhook", site.id).in_portal(site.id);
    keep(portal, ctx, tx, &set(scope, None, false, ctx), entry).await
}

/// Forgets a portal's webhook, in the transaction in which the portal goes.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn forget(tx: &mut Tx, id: PortalId) -> Result<(), Error> {
    audit_log::forgive(tx, id).await?;
    Ok(audit_webhooks::forget(tx, AuditScope::Portal(id)).await?)
}

fn set(
    scope: AuditScope,
    destination_id: Option<AuditDestinationId>,
    enabled: bool,
    ctx: &Ctx,
) -> AuditWebhook {
    AuditWebhook {
        scope,
        destination_id,
        enabled,
        updated_at: ctx.now,
        failures: 0,
        retry_at: None,
        last_attempt_at: None,
        last_response_code: None,
        last_response_message: None,
    }
}

/// Ends the write, and lets the webhook begin.
async fn keep(
    portal: &Portal,
    ctx: &Ctx,
    mut tx: Tx,
    webhook: &AuditWebhook,
    entry: Entry<'_>,
) -> Result<(), Error> {
    audit_webhooks::put(&mut tx, webhook).await?;
    portal.audit(&mut tx, ctx, entry).await?;
    if webhook.enabled {
        deliver::schedule(&mut tx, deliver::DELIVER_QUEUE, webhook.scope, ctx.now).await?;
    }
    tx.commit().await?;
    Ok(())
}
