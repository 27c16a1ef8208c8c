//! Taking back what a user allowed a client.

use storage::Tx;

use crate::model::grant::Grant;
use crate::service::revocation;
use crate::store::grants;
use crate::{Error, Tenant};

/// Takes a grant back: the client has to ask again, and the refresh tokens that it got are worth
/// nothing. One that is gone already is no error.
pub(crate) async fn withdraw(tenant: &Tenant, id: &str) -> Result<(), Error> {
    let mut tx = tenant.db().begin().await?;
    if let Some(grant) = grants::delete(&mut tx, id).await? {
        end(tenant, &mut tx, &grant).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Takes back everything that a user allowed.
pub(crate) async fn withdraw_all_of(tenant: &Tenant, user_id: &str) -> Result<(), Error> {
    let mut tx = tenant.db().begin().await?;
    for grant in grants::delete_of_user(&mut tx, user_id).await? {
        end(tenant, &mut tx, &grant).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn end(tenant: &Tenant, tx: &mut Tx, grant: &Grant) -> Result<(), Error> {
    let userinfo = grant.audience == userinfo(tenant);
    let audience = (!userinfo).then_some(grant.audience.as_str());
    revocation::end_grant(tx, &grant.user_id, &grant.client_id, audience).await
}

/// What a grant names where the client only learns who the user is.
pub(crate) fn userinfo(tenant: &Tenant) -> String {
    format!("{}/userinfo", tenant.settings().canonical)
}
