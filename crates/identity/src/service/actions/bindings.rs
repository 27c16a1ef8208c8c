//! Which Actions run at a trigger, in which order.

use super::reload;
use crate::model::action::{Action, Binding, MAX_BINDINGS, Trigger};
use crate::store::{action_bindings, actions, topic};
use crate::{Error, Tenant};

/// How a request names an Action.
#[derive(Clone, Debug)]
pub(crate) enum Reference {
    /// By the id of a binding that is there.
    Binding(String),
    /// By its id.
    Action(String),
    /// By its name.
    Name(String),
}

/// A place that is wanted.
#[derive(Clone, Debug)]
pub(crate) struct NewBinding {
    pub(crate) action: Reference,
    /// The Action's name where there is none.
    pub(crate) display_name: Option<String>,
}

/// Replaces what runs at a trigger; in effect when this returns. Gives it in order.
///
/// # Errors
/// 400 for an Action that is unknown, of another trigger, named twice or not deployed yet, and for too
/// many of them.
pub(crate) async fn replace(
    tenant: &Tenant,
    trigger: Trigger,
    wanted: Vec<NewBinding>,
) -> Result<Vec<Binding>, Error> {
    if wanted.len() > MAX_BINDINGS {
        return Err(refused(format!(
            "A trigger runs up to {MAX_BINDINGS} actions"
        )));
    }
    let known = actions::all(tenant.db()).await?;
    let mut old = action_bindings::all(tenant.db()).await?;
    old.retain(|binding| binding.trigger == trigger);
    let now = tenant.clock().now();
    let mut bindings: Vec<Binding> = Vec::with_capacity(wanted.len());
    for new in wanted {
        let action = resolve(&known, &old, &new.action)?;
        check(trigger, action)?;
        if bindings
            .iter()
            .any(|binding| binding.action_id == action.id)
        {
            return Err(refused(format!(
                "The action {} is named twice",
                action.name
            )));
        }
        let display_name = new.display_name.unwrap_or_else(|| action.name.clone());
        let before = old.iter().find(|binding| binding.action_id == action.id);
        bindings.push(match before {
            Some(before) => Binding {
                updated_at: now,
                display_name,
                ..before.clone()
            },
            None => Binding {
                id: tenant.entropy().uuid().to_string(),
                trigger,
                action_id: action.id.clone(),
                display_name,
                created_at: now,
                updated_at: now,
            },
        });
    }
    let mut tx = tenant.db().begin().await?;
    let written = action_bindings::replace(&mut tx, trigger, &bindings).await;
    written.map_err(|error| match error {
        storage::Error::ForeignKey => refused("An action was deleted meanwhile".to_owned()),
        other => other.into(),
    })?;
    tx.record_change(topic::ACTIONS, trigger.id()).await?;
    tx.commit().await?;
    reload(tenant).await?;
    Ok(bindings)
}

fn resolve<'a>(
    known: &'a [Action],
    old: &[Binding],
    reference: &Reference,
) -> Result<&'a Action, Error> {
    let by_id = |id: &str| known.iter().find(|action| action.id == id);
    let (found, named) = match reference {
        Reference::Action(id) => (by_id(id), id),
        Reference::Name(name) => (known.iter().find(|action| action.name == *name), name),
        Reference::Binding(id) => {
            let binding = old.iter().find(|binding| binding.id == *id);
            (binding.and_then(|binding| by_id(&binding.action_id)), id)
        }
    };
    found.ok_or_else(|| refused(format!("There is no action {named}")))
}

fn check(trigger: Trigger, action: &Action) -> Result<(), Error> {
    if action.trigger != trigger {
        return Err(refused(format!(
            "The action {} is for the trigger {}",
            action.name,
            action.trigger.id()
        )));
    }
    match action.deployed_version {
        Some(_) => Ok(()),
        None => Err(refused(format!(
            "The action {} must be deployed before it is bound",
            action.name
        ))),
    }
}

fn refused(sentence: String) -> Error {
    Error::invalid_body(format!(
        "Payload validation error: '{sentence}' on property bindings."
    ))
}
