//! Making, changing and removing Actions. Every change is a draft until it is deployed.

use secrecy::SecretString;

use super::{build, missing, reload, secrets};
use crate::model::action::{Action, Content, Dependency, MAX_ACTIONS, RUNTIME, Status, Trigger};
use crate::model::action_samples;
use crate::store::{action_bindings, actions, topic};
use crate::{Error, Tenant};

/// A secret as it is sent: without a value, the one that is there stays.
#[derive(Clone, Debug)]
pub(crate) struct NewSecret {
    pub(crate) name: String,
    pub(crate) value: Option<SecretString>,
}

/// What a request says about an Action; what it leaves out stays as it is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Change {
    pub(crate) name: Option<String>,
    pub(crate) trigger: Option<(Trigger, String)>,
    pub(crate) code: Option<String>,
    pub(crate) dependencies: Option<Vec<Dependency>>,
    pub(crate) secrets: Option<Vec<NewSecret>>,
    pub(crate) runtime: Option<String>,
    /// Deploy the draft as soon as it is built.
    pub(crate) deploy: bool,
}

/// Makes an Action and begins to build it.
///
/// # Errors
/// 400 without a name or a trigger, 409 for a name that is taken, 403 if there are too many.
pub(crate) async fn create(tenant: &Tenant, change: Change) -> Result<Action, Error> {
    let now = tenant.clock().now();
    let missing = |name: &str| {
        Error::invalid_body(format!(
            "Payload validation error: 'Missing required property: {name}'."
        ))
    };
    let name = change.name.clone().ok_or_else(|| missing("name"))?;
    let trigger = change.trigger.clone();
    let (trigger, version) = trigger.ok_or_else(|| missing("supported_triggers"))?;
    let mut action = Action {
        id: tenant.entropy().uuid().to_string(),
        name,
        trigger,
        trigger_version: version,
        draft: Content {
            runtime: RUNTIME.to_owned(),
            code: action_samples::template(trigger).to_owned(),
            dependencies: Vec::new(),
            secret_names: Vec::new(),
            sealed_secrets: String::new(),
            modules: None,
        },
        status: Status::Pending,
        fault: None,
        build: 0,
        deploy_when_built: change.deploy,
        has_undeployed: true,
        deployed_version: None,
        created_at: now,
        updated_at: now,
        built_at: None,
    };
    apply(tenant, &mut action, change)?;
    let mut tx = tenant.db().begin().await?;
    if actions::count(&mut tx).await? >= i64::try_from(MAX_ACTIONS).unwrap_or(i64::MAX) {
        return Err(Error::Forbidden {
            code: "too_many_entities",
            message: format!("A tenant may have {MAX_ACTIONS} actions: delete one first").into(),
        });
    }
    actions::insert(&mut tx, &action).await.map_err(taken)?;
    tx.commit().await?;
    tracing::info!(action.id = %action.id, "action made");
    build::start(tenant, &action);
    Ok(action)
}

/// Changes an Action's draft, and builds it anew if there is something to build.
///
/// # Errors
/// 404 for an unknown Action, 400 for another trigger than it has, 409 for a name that is taken.
pub(crate) async fn change(tenant: &Tenant, id: &str, change: Change) -> Result<Action, Error> {
    let mut tx = tenant.db().begin().await?;
    let found = actions::lock(&mut tx, id).await?;
    let mut action = found.ok_or_else(missing)?;
    if let Some((trigger, _)) = &change.trigger
        && *trigger != action.trigger
    {
        return Err(Error::invalid_body(
            "The trigger of an action cannot be changed: make a new action for the other trigger",
        ));
    }
    let deploy = change.deploy;
    let renamed = change
        .name
        .as_ref()
        .is_some_and(|name| *name != action.name);
    let changed = apply(tenant, &mut action, change)?;
    if changed {
        action.status = Status::Pending;
        action.fault = None;
        action.build += 1;
        action.has_undeployed = true;
    }
    action.deploy_when_built = deploy && action.has_undeployed;
    action.updated_at = tenant.clock().now();
    actions::update(&mut tx, &action).await.map_err(taken)?;
    if renamed {
        tx.record_change(topic::ACTIONS, &action.id).await?;
    }
    tx.commit().await?;
    if renamed {
        reload(tenant).await?;
    }
    if changed || action.deploy_when_built {
        build::start(tenant, &action);
    }
    Ok(action)
}

/// Lays a change over an Action. Gives whether its draft is another one now.
fn apply(tenant: &Tenant, action: &mut Action, change: Change) -> Result<bool, Error> {
    let before = action.draft.clone();
    if let Some(name) = change.name {
        action.name = name;
    }
    if let Some((_, version)) = change.trigger {
        action.trigger_version = version;
    }
    let draft = &mut action.draft;
    if let Some(code) = change.code {
        draft.code = code;
    }
    if let Some(runtime) = change.runtime {
        draft.runtime = runtime;
    }
    if let Some(dependencies) = change.dependencies
        && dependencies != draft.dependencies
    {
        draft.dependencies = dependencies;
        draft.modules = None;
    }
    if let Some(wanted) = change.secrets {
        let same = wanted.iter().all(|secret| secret.value.is_none())
            && wanted
                .iter()
                .map(|secret| &secret.name)
                .eq(draft.secret_names.iter().map(|known| &known.name));
        if !same {
            secrets::put(tenant, &action.id, draft, wanted)?;
        }
    }
    Ok(action.draft != before)
}

/// Removes an Action. One that is gone already is no error.
///
/// # Errors
/// 409 if it is bound, unless `force` unbinds it.
pub(crate) async fn delete(tenant: &Tenant, id: &str, force: bool) -> Result<(), Error> {
    let mut tx = tenant.db().begin().await?;
    if actions::lock(&mut tx, id).await?.is_none() {
        return Ok(());
    }
    if !force && action_bindings::is_bound(&mut tx, id).await? {
        return Err(Error::Conflict(
            "The action is bound to a trigger: remove the binding first, or delete it with force=true"
                .into(),
        ));
    }
    actions::delete(&mut tx, id).await?;
    tx.record_change(topic::ACTIONS, id).await?;
    tx.commit().await?;
    tracing::info!(action.id = %id, "action removed");
    reload(tenant).await
}

fn taken(error: storage::Error) -> Error {
    match error {
        storage::Error::Unique { .. } => {
            Error::Conflict("An action of this name exists already".into())
        }
        other => other.into(),
    }
}
