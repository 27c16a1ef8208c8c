//! What runs at the triggers, ready to run.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;

use super::packages::installed;
use super::runner::{Modules, Program};
use super::secrets;
use crate::model::Members;
use crate::model::action::{Action, Binding, Fault, Trigger, Version};
use crate::store::{action_bindings, action_versions, actions};
use crate::{Error, Tenant};

/// The Actions of every trigger, in order.
#[derive(Default)]
pub(crate) struct Bound([Arc<[Arc<Ready>]>; Trigger::ALL.len()]);

/// An Action at its place in a trigger.
pub(crate) struct Ready {
    pub(crate) binding_id: String,
    pub(crate) action_id: String,
    pub(crate) name: String,
    version_id: String,
    /// The compiled code, or why there is none.
    pub(super) program: Result<Program, Fault>,
    /// `event.secrets`.
    pub(super) secrets: Members,
}

impl Bound {
    pub(super) fn at(&self, trigger: Trigger) -> Arc<[Arc<Ready>]> {
        self.0[trigger.index()].clone()
    }
}

/// Reads what is bound. Programs that were there before are taken over.
pub(super) async fn load(tenant: &Tenant, before: &Bound) -> Result<Bound, Error> {
    let bindings = action_bindings::all(tenant.db()).await?;
    if bindings.is_empty() || !tenant.settings().actions.enabled {
        return Ok(Bound::default());
    }
    let by_id = |list: Vec<Action>| list.into_iter().map(|action| (action.id.clone(), action));
    let known: HashMap<String, Action> = by_id(actions::all(tenant.db()).await?).collect();
    let deployed = action_versions::deployed(tenant.db()).await?.into_iter();
    let deployed: HashMap<String, Version> = deployed
        .map(|version| (version.action_id.clone(), version))
        .collect();
    let mut lists: [Vec<Arc<Ready>>; Trigger::ALL.len()] = Default::default();
    for binding in &bindings {
        let (Some(action), Some(version)) = (
            known.get(&binding.action_id),
            deployed.get(&binding.action_id),
        ) else {
            continue;
        };
        let same = before.at(binding.trigger);
        let same = same.iter().find(|ready| {
            ready.binding_id == binding.id
                && ready.version_id == version.id
                && ready.name == action.name
        });
        let ready = match same {
            Some(ready) => ready.clone(),
            None => Arc::new(prepare(tenant, binding, action, version).await?),
        };
        lists[binding.trigger.index()].push(ready);
    }
    Ok(Bound(lists.map(Arc::from)))
}

async fn prepare(
    tenant: &Tenant,
    binding: &Binding,
    action: &Action,
    version: &Version,
) -> Result<Ready, Error> {
    let content = &version.content;
    let packages = match &content.modules {
        Some(id) => installed(tenant, id).await?,
        None => Ok(Modules::default()),
    };
    let runner = &tenant.actions().runner;
    let program = match packages {
        Ok(packages) => runner.compile(&action.name, &content.code, packages).await,
        Err(fault) => Err(fault),
    };
    if let Err(fault) = &program {
        tracing::error!(action.id = %action.id, error.cause = %fault.message, "a deployed action does not compile");
    }
    let values = secrets::open(tenant, &action.id, content)?;
    Ok(Ready {
        binding_id: binding.id.clone(),
        action_id: action.id.clone(),
        name: action.name.clone(),
        version_id: version.id.clone(),
        program,
        secrets: shown(&values),
    })
}

/// Secrets as the event carries them.
pub(super) fn shown(values: &secrets::Values) -> Members {
    use secrecy::ExposeSecret as _;
    let values = values.iter();
    let text = |value: &secrecy::SecretString| Value::from(value.expose_secret());
    values
        .map(|(name, value)| (name.clone(), text(value)))
        .collect()
}
