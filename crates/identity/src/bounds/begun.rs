//! Room for what strangers begin.

use super::{Census, shares};
use crate::store::begun::{self, Begun};
use crate::{Error, Tenant};

/// How many there are of each kind.
pub(crate) struct Crowds {
    sign_ins: Census,
    pushed_requests: Census,
    device_codes: Census,
}

impl Crowds {
    pub(crate) fn new() -> Self {
        Self {
            sign_ins: Census::new(),
            pushed_requests: Census::new(),
            device_codes: Census::new(),
        }
    }

    const fn of(&self, kind: Begun) -> &Census {
        match kind {
            Begun::SignIn => &self.sign_ins,
            Begun::PushedRequest => &self.pushed_requests,
            Begun::DeviceCode => &self.device_codes,
        }
    }
}

/// Makes sure that one more fits: beyond the bound, the oldest of the address block that has most are
/// forgotten. A flood from one place ends its own.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn make_room(tenant: &Tenant, kind: Begun) -> Result<(), Error> {
    let (bound, census) = (bound(tenant, kind), tenant.crowds().of(kind));
    if let Some(_sweeping) = census.turn(bound, tenant.clock().now()).await {
        crowd_out(tenant, kind, census, i64::from(bound)).await?;
    }
    Ok(())
}

fn bound(tenant: &Tenant, kind: Begun) -> u32 {
    let settings = tenant.settings();
    match kind {
        Begun::SignIn => settings.max_pending,
        Begun::PushedRequest => settings.max_pushed_requests,
        Begun::DeviceCode => settings.max_device_codes,
    }
}

async fn crowd_out(tenant: &Tenant, kind: Begun, census: &Census, bound: i64) -> Result<(), Error> {
    let (db, now) = (tenant.db(), tenant.clock().now());
    let mut total = begun::count(db, kind).await?;
    if total >= bound {
        begun::prune(db, kind, now).await?;
        total = begun::count(db, kind).await?;
        let excess = total + 1 - bound;
        if excess > 0 {
            let held = begun::by_origin(db, kind).await?;
            for (origin, count) in shares(held, excess) {
                begun::forget_oldest(db, kind, &origin, count).await?;
            }
        }
        total = total.min(bound);
    }
    census.counted(total, now);
    Ok(())
}
