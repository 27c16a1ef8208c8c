//! Building a draft: its packages are installed, its code is compiled. It happens in the background.

use std::time::{Duration, Instant};

use aws_lc_rs::digest;

use super::packages::{installed, written};
use super::runner::Modules;
use super::{deploy, missing, reload};
use crate::model::action::{Action, Content, Dependency, Fault, Status};
use crate::store::{actions, topic};
use crate::{Error, Tenant};

/// Begins to build an Action's draft.
pub(super) fn start(tenant: &Tenant, action: &Action) {
    let (id, number) = (action.id.clone(), action.build);
    let builder = tenant.clone();
    tenant.spawn(async move {
        if let Err(error) = build(&builder, &id, number).await {
            tracing::warn!(action.id = %id, error.cause = %error, "an action was not built; it is tried again at the next start");
        }
    });
}

/// Builds what was not built when a process ended.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn resume(tenant: &Tenant) -> Result<(), Error> {
    for id in actions::unbuilt(tenant.db()).await? {
        if let Some(action) = actions::find(tenant.db(), &id).await? {
            start(tenant, &action);
        }
    }
    Ok(())
}

/// How often [`settled`] looks.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// The Action once its draft is built or has failed; after `patience`, as it is then. Any process may
/// build it, so the database is asked.
///
/// # Errors
/// [`Error::Unavailable`]; 404 for an unknown Action.
pub(crate) async fn settled(
    tenant: &Tenant,
    id: &str,
    patience: Duration,
) -> Result<Action, Error> {
    let until = Instant::now() + patience;
    loop {
        let action = actions::find(tenant.db(), id).await?.ok_or_else(missing)?;
        if action.status.is_settled() || Instant::now() >= until {
            return Ok(action);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// A draft that is ready to be deployed.
struct Made {
    /// Id and bytes of newly installed packages.
    modules: Option<(String, String)>,
    /// The dependencies, each with the version that was found.
    dependencies: Vec<Dependency>,
}

async fn build(tenant: &Tenant, id: &str, number: i64) -> Result<(), Error> {
    let Some(draft) = begin(tenant, id, number).await? else {
        return Ok(());
    };
    let made = make(tenant, &draft.name, &draft.draft).await?;
    let now = tenant.clock().now();
    let mut tx = tenant.db().begin().await?;
    let locked = actions::lock(&mut tx, id).await?;
    let Some(mut action) = locked.filter(|action| waits(action, number)) else {
        return Ok(());
    };
    match made {
        Ok(made) => {
            if let Some((modules, content)) = made.modules {
                actions::keep_modules(&mut tx, &modules, &content, now).await?;
                action.draft.modules = Some(modules);
            }
            action.draft.dependencies = made.dependencies;
            action.status = Status::Built;
            action.built_at = Some(now);
        }
        Err(fault) => {
            tracing::info!(action.id = %id, fault.id = %fault.id, "an action does not build");
            action.status = Status::Failed;
            action.fault = Some(fault);
        }
    }
    let deploys = action.deploy_when_built && action.status == Status::Built;
    if deploys {
        deploy::deploy_draft(&mut tx, tenant, &mut action).await?;
        tx.record_change(topic::ACTIONS, id).await?;
    }
    action.deploy_when_built = false;
    actions::update(&mut tx, &action).await?;
    tx.commit().await?;
    if deploys {
        reload(tenant).await?;
    }
    Ok(())
}

/// The draft to build, unless it has changed since or is built already.
async fn begin(tenant: &Tenant, id: &str, number: i64) -> Result<Option<Action>, Error> {
    let mut tx = tenant.db().begin().await?;
    let locked = actions::lock(&mut tx, id).await?;
    let Some(mut action) = locked.filter(|action| waits(action, number)) else {
        return Ok(None);
    };
    action.status = Status::Building;
    actions::update(&mut tx, &action).await?;
    tx.commit().await?;
    Ok(Some(action))
}

/// Whether this draft still waits to be built, or to be deployed after that: another process may have done it.
const fn waits(action: &Action, number: i64) -> bool {
    action.build == number && (!action.status.is_settled() || action.deploy_when_built)
}

async fn make(tenant: &Tenant, name: &str, draft: &Content) -> Result<Result<Made, Fault>, Error> {
    let runner = &tenant.actions().runner;
    let mut made = Made {
        modules: None,
        dependencies: draft.dependencies.clone(),
    };
    let packages = match &draft.modules {
        Some(id) => match installed(tenant, id).await? {
            Ok(modules) => modules,
            Err(fault) => return Ok(Err(fault)),
        },
        None if draft.dependencies.is_empty() => Modules::default(),
        None => match runner.install(&draft.dependencies).await {
            Err(fault) => return Ok(Err(fault)),
            Ok(installed) => {
                let id = hex(digest::digest(&digest::SHA256, &installed.bytes).as_ref());
                let modules = tenant.actions().packages.keep(&id, installed.modules);
                made.modules = Some((id, written(&installed.bytes)));
                made.dependencies = installed.pinned;
                modules
            }
        },
    };
    let compiled = runner.compile(name, &draft.code, packages).await;
    Ok(compiled.map(|_| made))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{begin, settled};
    use crate::model::action::{Status, Trigger};
    use crate::service::actions::{Change, create};
    use crate::stage::stages;

    #[tokio::test]
    async fn a_draft_that_another_process_built_is_not_built_again() {
        for stage in stages().await {
            let tenant = &stage.tenant;
            let change = Change {
                name: Some("enrich".into()),
                trigger: Some((Trigger::PostLogin, "v3".into())),
                ..Change::default()
            };
            let action = create(tenant, change).await.unwrap();
            let patience = Duration::from_secs(60);
            let built = settled(tenant, &action.id, patience).await.unwrap();
            assert_eq!(built.status, Status::Built);
            let again = begin(tenant, &action.id, action.build).await.unwrap();
            assert!(again.is_none(), "{}", stage.database.name);
            let now = settled(tenant, &action.id, Duration::ZERO).await.unwrap();
            assert_eq!(now.status, Status::Built, "it can be deployed as before");
        }
    }
}
