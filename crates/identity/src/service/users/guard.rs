//! Brakes on guessing passwords.
//!
//! Failures are counted per account and network address in the database, for every node: after
//! as many as the tenant allows that address is refused for the account, until the password is changed or an
//! administrator lifts the block. Beside that, a network address that fails again and again, with
//! whatever accounts, is slowed down in memory.

use std::time::Duration;

use oauth::Clock;
use web::{Allowance, Throttle};

use crate::store::login_failures::{self, Attempt};
use crate::{Error, Tenant, bounds};

/// How long failures count.
const KEPT: Duration = Duration::from_secs(30 * 24 * 3600);
/// How many failures are kept at most.
const MOST: i64 = 200_000;

/// What is counted in memory.
#[derive(Debug)]
pub(crate) struct Guard {
    /// Failed sign-ins, and mistyped codes of devices, from one address block.
    pub(crate) sign_ins: Throttle,
    /// Sign-ups from one address block.
    pub(super) sign_ups: Throttle,
    /// Mails caused from one address block.
    pub(crate) mails_from: Throttle,
    /// Mails to one address.
    pub(crate) mails_to: Throttle,
}

impl Guard {
    pub(crate) fn new(clock: &Clock) -> Self {
        let throttle = |burst, seconds| {
            let refill = Duration::from_secs(seconds);
            Throttle::new(clock.clone(), Allowance { burst, refill })
        };
        Self {
            sign_ins: throttle(100, 30),
            sign_ups: throttle(50, 30),
            mails_from: throttle(50, 30),
            mails_to: throttle(5, 120),
        }
    }
}

/// Counts an attempt before the password is looked at, so that many at once are not one. Gives how
/// many there were.
pub(super) async fn count(tenant: &Tenant, account: &str, ip: &str) -> Result<i64, Error> {
    let now = tenant.clock().now();
    let ip = counted_as(tenant, ip);
    let attempt = Attempt {
        account,
        ip: &ip,
        now,
        since: now - KEPT,
    };
    Ok(login_failures::count(tenant.db(), attempt).await?)
}

/// The addresses that a failure counts for, as one block; none, where failures from everywhere count
/// together.
pub(super) fn counted_as(tenant: &Tenant, ip: &str) -> String {
    match ip.is_empty() || tenant.protection().counts_all_addresses {
        true => String::new(),
        false => bounds::block(ip),
    }
}

/// The addresses from which a user is blocked.
pub(crate) async fn blocked_from(tenant: &Tenant, user_id: &str) -> Result<Vec<String>, Error> {
    let since = tenant.clock().now() - KEPT;
    let allowed = tenant.protection().max_attempts;
    Ok(login_failures::blocked_from(tenant.db(), user_id, allowed, since).await?)
}

/// Lifts every block of a user.
pub(crate) async fn forgive(tenant: &Tenant, user_id: &str) -> Result<(), Error> {
    let mut tx = tenant.db().begin().await?;
    login_failures::forgive(&mut tx, user_id, None).await?;
    Ok(tx.commit().await?)
}

/// Forgets failures that no longer count.
pub(crate) async fn prune(tenant: &Tenant) -> Result<u64, Error> {
    let before = tenant.clock().now() - KEPT;
    Ok(login_failures::prune(tenant.db(), before, MOST).await?)
}
