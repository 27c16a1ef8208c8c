//! What keeps registered clients within bounds: whose time is over goes, and where too many wait for
//! their first use, the oldest of whoever has most. Each leaves a mark by which it can come back.

use oauth::{ClientSecret, Timestamp};
use serde_json::Value;

use super::refusal::Refusal;
use super::uses;
use crate::bounds::shares;
use crate::store::pruned_clients::{self, PrunedClient};
use crate::store::registrations::{self, Leaving};
use crate::store::{clients, topic};
use crate::{Error, Tenant};

/// How many clients go in one transaction.
const BATCH: usize = 100;
/// How many marks are kept of clients that were used, and of others. A mark is some 150 bytes.
const MARKS: [(bool, i64); 2] = [(true, 100_000), (false, 10_000)];

/// Makes sure that one more client fits.
///
/// # Errors
/// 403 `too_many_entities` if all the clients that the operator allows are in use.
pub(super) async fn make_room(tenant: &Tenant) -> Result<(), Refusal> {
    let (policy, now) = (&tenant.settings().registration, tenant.clock().now());
    let (census, most) = (&tenant.registrar().census, i64::from(policy.max_clients));
    let full = || census.total() > most;
    let turn = match census.turn(policy.max_unused, now).await {
        None if full() && !census.is_recent(now) => {
            Some(census.sweeping.lock().await).filter(|_| full())
        }
        turn => turn,
    };
    if turn.is_some() {
        crowd_out(tenant, 1).await?;
    }
    if full() {
        tracing::warn!(
            "no more clients may register: identity.registration.max_clients is reached"
        );
        return Err(Refusal::full());
    }
    Ok(())
}

/// Writes what was used, and removes whose time is over and who is too many. Gives how many went.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn sweep(tenant: &Tenant) -> Result<u64, Error> {
    let _sweeping = tenant.registrar().census.sweeping.lock().await;
    uses::write(tenant).await?;
    let mut gone = 0;
    loop {
        let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
        let overdue = registrations::overdue(tenant.db(), tenant.clock().now(), limit).await?;
        let removed = remove(tenant, &overdue).await?;
        gone += removed;
        if removed == 0 {
            break;
        }
    }
    gone += crowd_out(tenant, 0).await?;
    for (used, keep) in MARKS {
        pruned_clients::trim(tenant.db(), used, keep).await?;
    }
    if gone > 0 {
        tracing::info!(count = gone, "unused clients removed");
    }
    Ok(gone)
}

/// Removes the clients that were never used and are too many, or stand in the way of those that are coming.
async fn crowd_out(tenant: &Tenant, coming: i64) -> Result<u64, Error> {
    let (policy, db) = (&tenant.settings().registration, tenant.db());
    // A client that was just used is none to be removed.
    uses::write(tenant).await?;
    let (total, unused) = registrations::count(db).await?;
    let over_unused = unused + coming - i64::from(policy.max_unused);
    let over_total = total + coming - i64::from(policy.max_clients);
    let excess = over_unused.max(over_total).clamp(0, unused);
    let mut gone = 0;
    if excess > 0 {
        let held = registrations::unused_by_origin(db).await?;
        let mut leaving = Vec::new();
        for (origin, count) in shares(held, excess) {
            leaving.extend(registrations::oldest_unused(db, &origin, count).await?);
        }
        // Together: a flood comes from many places, and a transaction for each would be slower than it.
        gone += remove(tenant, &leaving).await?;
        for (used, keep) in MARKS {
            pruned_clients::trim(db, used, keep).await?;
        }
    }
    let left = total - i64::try_from(gone).unwrap_or(i64::MAX);
    let census = &tenant.registrar().census;
    census.counted(left + coming, tenant.clock().now());
    Ok(gone)
}

/// Removes clients and leaves their marks, except for those that were used or taken into care since.
async fn remove(tenant: &Tenant, leaving: &[Leaving]) -> Result<u64, Error> {
    let mut gone = 0;
    for batch in leaving.chunks(BATCH) {
        let mut tx = tenant.db().begin().await?;
        let left = registrations::still_leaving(&mut tx, batch).await?;
        let removed: Vec<&Leaving> = batch
            .iter()
            .filter(|client| left.contains(&client.client_id))
            .collect();
        for client in &removed {
            if let Some(mark) = mark(tenant, client)? {
                pruned_clients::insert(&mut tx, &mark).await?;
            }
        }
        let ids: Vec<&str> = removed.iter().map(|one| one.client_id.as_str()).collect();
        clients::delete_all(&mut tx, &ids).await?;
        for client in &removed {
            // Nodes know a client by heart only once it was at an endpoint; the others are not worth a
            // line of the feed, and a node forgets an unused client by itself.
            if client.used {
                tx.record_change(topic::CLIENT, &client.client_id).await?;
            }
        }
        tx.commit().await?;
        for client in &removed {
            tenant.directory().forget_client(&client.client_id);
        }
        gone += u64::try_from(removed.len()).unwrap_or(u64::MAX);
    }
    Ok(gone)
}

fn mark(tenant: &Tenant, client: &Leaving) -> Result<Option<PrunedClient>, Error> {
    let Some(fingerprint) = client.fingerprint.clone() else {
        return Ok(None);
    };
    let secret = match &client.sealed_secret {
        None => None,
        Some(sealed) => Some(secret_digest(
            tenant,
            &crate::service::clients::open(tenant.sealer(), &client.client_id, sealed)?,
        )),
    };
    Ok(Some(PrunedClient {
        client_id: client.client_id.clone(),
        fingerprint,
        secret,
        used: client.used,
        pruned_at: tenant.clock().now(),
    }))
}

const SECRET: &str = "identity.pruned_client.secret";

fn secret_digest(tenant: &Tenant, secret: &ClientSecret) -> String {
    use secrecy::ExposeSecret as _;
    let secret = secret.expose_secret().as_bytes();
    tenant.sealer().digest(SECRET, secret)
}

/// A pruned client that has proved itself.
pub(super) struct Returning {
    pub(super) client_id: String,
    pub(super) secret: Option<ClientSecret>,
}

/// The pruned client that a registration names and proves to be: with the same metadata and, if it had a
/// secret, with that. Anything else is a new client, and no hint that the id was ever another's.
pub(super) async fn returning(
    tenant: &Tenant,
    sent: &Value,
    fingerprint: &str,
) -> Result<Option<Returning>, Refusal> {
    let text = |member: &str| sent.get(member).and_then(Value::as_str);
    let Some(client_id) = text("client_id").filter(|id| id.len() <= 255 && !id.contains('\0'))
    else {
        return Ok(None);
    };
    let Some(mark) = pruned_clients::find(tenant.db(), client_id).await? else {
        return Ok(None);
    };
    let secret = match &mark.secret {
        None => None,
        Some(digest) => {
            let sent = text("client_secret").unwrap_or_default();
            if !tenant
                .sealer()
                .verify_digest(SECRET, sent.as_bytes(), digest)
            {
                return Ok(None);
            }
            Some(ClientSecret::from(sent.to_owned()))
        }
    };
    if mark.fingerprint != fingerprint || !pruned_clients::delete(tenant.db(), client_id).await? {
        return Ok(None);
    }
    Ok(Some(Returning {
        client_id: mark.client_id,
        secret,
    }))
}

/// When a client was pruned, if it was: for the page that tells its user so.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn pruned(tenant: &Tenant, client_id: &str) -> Result<Option<Timestamp>, Error> {
    if client_id.len() > 255 || client_id.contains('\0') {
        return Ok(None);
    }
    let mark = pruned_clients::find(tenant.db(), client_id).await?;
    Ok(mark.map(|mark| mark.pruned_at))
}
