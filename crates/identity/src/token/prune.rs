//! Forgetting what nobody can use any more.

use std::time::Duration;

use crate::store::begun::{self, Begun};
use crate::store::{access_tokens, authorization_codes, refresh_tokens};
use crate::{Error, Tenant};

/// How long a code is remembered after it expired, so that its reuse is noticed while what it gave may
/// still be in use. Source: the lifetime of an access token where nothing else was chosen.
const REMEMBERED: Duration = Duration::from_secs(86_400);
/// How long a device is told that its code expired.
const TOLD: Duration = Duration::from_secs(3600);

/// Removes expired codes, tokens and pushed requests. Gives how many there were.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn prune(tenant: &Tenant) -> Result<u64, Error> {
    let (db, now) = (tenant.db(), tenant.clock().now());
    let mut count = authorization_codes::prune(db, now - REMEMBERED).await?;
    count += access_tokens::prune(db, now).await?;
    count += refresh_tokens::prune(db, now).await?;
    count += prune_begun(tenant).await?;
    Ok(count)
}

/// Removes sign-ins, device codes and pushed requests that expired: nobody needs a password to make them.
/// Gives how many there were.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn prune_begun(tenant: &Tenant) -> Result<u64, Error> {
    let (db, now) = (tenant.db(), tenant.clock().now());
    let mut count = begun::prune(db, Begun::SignIn, now).await?;
    count += begun::prune(db, Begun::DeviceCode, now - TOLD).await?;
    count += begun::prune(db, Begun::PushedRequest, now).await?;
    Ok(count)
}
