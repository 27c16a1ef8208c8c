//! Taking back what a user allowed a client.

use crate::store::grants;
use crate::{Error, Tenant};

/// Takes a grant back: the client has to ask again. One that is gone already is no error.
pub(crate) async fn withdraw(tenant: &Tenant, id: &str) -> Result<(), Error> {
    let mut tx = tenant.db().begin().await?;
    grants::delete(&mut tx, id).await?;
    tx.commit().await?;
    Ok(())
}

/// Takes back everything that a user allowed.
pub(crate) async fn withdraw_all_of(tenant: &Tenant, user_id: &str) -> Result<(), Error> {
    let mut tx = tenant.db().begin().await?;
    grants::delete_of_user(&mut tx, user_id).await?;
    tx.commit().await?;
    Ok(())
}
