//! Keeping documents.

use crate::model::{Members, merge};
use crate::store::documents::{self, Document};
use crate::store::topic;
use crate::{Error, Tenant};

/// How themes are kept.
pub(crate) mod theme {
    /// Their kind.
    pub(crate) const KIND: &str = "theme";
    /// What their ids begin with.
    pub(crate) const PREFIX: &str = "theme/";
}

/// A document over its defaults; the defaults alone where nothing was kept.
pub(crate) async fn read(
    tenant: &Tenant,
    id: &str,
    mut defaults: Members,
) -> Result<Members, Error> {
    if let Some(document) = documents::find(tenant.db(), id).await? {
        merge(&mut defaults, document.content);
    }
    Ok(defaults)
}

/// Lays validated changes over a document; `null` takes a member away. Gives it whole.
pub(crate) async fn change(
    tenant: &Tenant,
    id: &str,
    defaults: Members,
    changes: Members,
) -> Result<Members, Error> {
    let mut tx = tenant.db().begin().await?;
    let stored = documents::lock(&mut tx, id).await?;
    let mut content = stored.map(|document| document.content).unwrap_or_default();
    merge(&mut content, changes);
    write(&mut tx, tenant, id, content.clone()).await?;
    tx.record_change(topic::DOCUMENT, id).await?;
    tx.commit().await?;
    tenant.reload_document(id).await?;
    let mut whole = defaults;
    merge(&mut whole, content);
    Ok(whole)
}

/// Replaces a document whole.
pub(crate) async fn replace(tenant: &Tenant, id: &str, content: Members) -> Result<(), Error> {
    let mut tx = tenant.db().begin().await?;
    write(&mut tx, tenant, id, content).await?;
    tx.record_change(topic::DOCUMENT, id).await?;
    tx.commit().await?;
    tenant.reload_document(id).await
}

/// Takes a document away.
pub(crate) async fn delete(tenant: &Tenant, id: &str) -> Result<(), Error> {
    let mut tx = tenant.db().begin().await?;
    documents::delete(&mut tx, id).await?;
    tx.record_change(topic::DOCUMENT, id).await?;
    tx.commit().await?;
    tenant.reload_document(id).await
}

async fn write(
    tx: &mut storage::Tx,
    tenant: &Tenant,
    id: &str,
    content: Members,
) -> Result<(), Error> {
    let now = tenant.clock().now();
    let document = Document {
        id: id.to_owned(),
        content,
        secret: None,
        created_at: now,
    };
    Ok(documents::put(tx, &document, now).await?)
}
