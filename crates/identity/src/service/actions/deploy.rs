//! Deploying a draft, and going back to what was deployed before.

use storage::Tx;

use super::{missing, reload};
use crate::model::action::{Action, Content, MAX_VERSIONS, Status, Version};
use crate::store::{action_versions, actions, topic};
use crate::{Error, Tenant};

/// Makes the draft a version, which runs from now on wherever the Action is bound.
///
/// # Errors
/// 404 for an unknown Action; 400 for a draft that is not built. The vendor's deploy tool waits as long
/// as the message says so.
pub(crate) async fn deploy(tenant: &Tenant, id: &str) -> Result<(Action, Version), Error> {
    let mut tx = tenant.db().begin().await?;
    let found = actions::lock(&mut tx, id).await?;
    let mut action = found.ok_or_else(missing)?;
    match action.status {
        Status::Built => {}
        Status::Pending | Status::Building => {
            let status = action.status.as_str();
            return Err(refused(format!(
                "The action must be in the 'built' state before it can be deployed, and it is '{status}': \
                 try again in a moment"
            )));
        }
        Status::Failed => {
            let why = action.fault.map(|fault| fault.message).unwrap_or_default();
            return Err(refused(format!("The action was not built: {why}")));
        }
    }
    let version = deploy_draft(&mut tx, tenant, &mut action).await?;
    actions::update(&mut tx, &action).await?;
    tx.record_change(topic::ACTIONS, id).await?;
    tx.commit().await?;
    reload(tenant).await?;
    tracing::info!(action.id = %id, action.version = version.number, "action deployed");
    Ok((action, version))
}

fn refused(message: String) -> Error {
    Error::Invalid {
        code: "action_not_built",
        message: message.into(),
    }
}

/// [`deploy`] of an Action that is locked and built; the caller writes it.
pub(super) async fn deploy_draft(
    tx: &mut Tx,
    tenant: &Tenant,
    action: &mut Action,
) -> Result<Version, Error> {
    let content = action.draft.clone();
    action.has_undeployed = false;
    publish(tx, tenant, action, content).await
}

/// Deploys anew what an earlier version said; with `update_draft` the draft says it too.
///
/// # Errors
/// 404 for an unknown Action or version.
pub(crate) async fn roll_back(
    tenant: &Tenant,
    id: &str,
    version_id: &str,
    update_draft: bool,
) -> Result<(Action, Version), Error> {
    let earlier = action_versions::find(tenant.db(), id, version_id).await?;
    let earlier = earlier.ok_or_else(missing)?;
    let mut tx = tenant.db().begin().await?;
    let found = actions::lock(&mut tx, id).await?;
    let mut action = found.ok_or_else(missing)?;
    if update_draft {
        action.draft = earlier.content.clone();
        action.status = Status::Built;
        action.fault = None;
        action.build += 1;
    }
    action.has_undeployed = action.draft != earlier.content;
    let version = publish(&mut tx, tenant, &mut action, earlier.content).await?;
    actions::update(&mut tx, &action).await?;
    tx.record_change(topic::ACTIONS, id).await?;
    tx.commit().await?;
    reload(tenant).await?;
    tracing::info!(action.id = %id, action.version = version.number, "action rolled back");
    Ok((action, version))
}

async fn publish(
    tx: &mut Tx,
    tenant: &Tenant,
    action: &mut Action,
    content: Content,
) -> Result<Version, Error> {
    let now = tenant.clock().now();
    let number = action_versions::last_number(tx, &action.id).await? + 1;
    let version = Version {
        id: tenant.entropy().uuid().to_string(),
        action_id: action.id.clone(),
        number,
        content,
        created_at: now,
    };
    action_versions::insert(tx, &version).await?;
    let kept = i64::try_from(MAX_VERSIONS).unwrap_or(i64::MAX);
    action_versions::forget_old(tx, &action.id, number - kept, &version.id).await?;
    action.deployed_version = Some(version.id.clone());
    action.updated_at = now;
    Ok(version)
}
