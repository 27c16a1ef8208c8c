//! Secrets of Actions: sealed as a whole, opened where an Action is about to run.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret as _, SecretString};

use super::edit::NewSecret;
use crate::model::action::{Content, SecretName};
use crate::{Error, Tenant};

/// Values by name.
pub(super) type Values = BTreeMap<String, SecretString>;

/// Sealed secrets are bound to their Action: moved to another one, they do not open.
fn context(action_id: &str) -> String {
    format!("identity.action_secrets:{action_id}")
}

/// Opens the secrets of an Action.
///
/// # Errors
/// [`Error::Internal`] if they do not open.
pub(super) fn open(tenant: &Tenant, action_id: &str, content: &Content) -> Result<Values, Error> {
    if content.sealed_secrets.is_empty() {
        return Ok(Values::new());
    }
    let damaged = |why: String| {
        Error::Internal(format!(
            "the secrets of action {action_id} do not open: {why}"
        ))
    };
    let sealer = tenant.sealer();
    let opened = sealer.open(&context(action_id), &content.sealed_secrets);
    let opened = opened.map_err(|error| damaged(error.to_string()))?;
    let values: BTreeMap<String, String> = serde_json::from_str(opened.expose_secret())
        .map_err(|_| damaged("they are not what was sealed".to_owned()))?;
    let values = values.into_iter();
    Ok(values.map(|(name, value)| (name, value.into())).collect())
}

/// Puts a new list of secrets into an Action: one without a value keeps the value that it has.
///
/// # Errors
/// 400 for a name that comes twice, or has neither a new value nor an old one.
pub(super) fn put(
    tenant: &Tenant,
    action_id: &str,
    content: &mut Content,
    wanted: Vec<NewSecret>,
) -> Result<(), Error> {
    let old = open(tenant, action_id, content)?;
    let now = tenant.clock().now();
    let mut names = Vec::with_capacity(wanted.len());
    let mut values: BTreeMap<String, String> = BTreeMap::new();
    for NewSecret { name, value } in wanted {
        let refuse = |sentence: &str| {
            Error::invalid_body(format!(
                "Payload validation error: '{sentence}: {name}' on property secrets."
            ))
        };
        let known = content.secret_names.iter().find(|known| known.name == name);
        let (value, updated_at) = match (value, known, old.get(&name)) {
            (Some(value), _, _) => (value.expose_secret().to_owned(), now),
            (None, Some(known), Some(value)) => {
                (value.expose_secret().to_owned(), known.updated_at)
            }
            (None, _, _) => return Err(refuse("A new secret needs a value")),
        };
        if values.insert(name.clone(), value).is_some() {
            return Err(refuse("Two secrets have the same name"));
        }
        names.push(SecretName { name, updated_at });
    }
    content.secret_names = names;
    content.sealed_secrets = match values.is_empty() {
        true => String::new(),
        false => {
            let text = serde_json::to_string(&values).unwrap_or_default();
            let secret = SecretString::from(text);
            tenant.sealer().seal(&context(action_id), &secret)
        }
    };
    Ok(())
}
