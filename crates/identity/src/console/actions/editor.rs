//! The editor: code, packages, secrets, a test with its outcome beside the code, and deploying.

mod view;

pub(super) use view::fault_shown;

use std::time::Duration;

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;
use web::components::FieldErrors;
use web::{Administrator, Editor, Form, Page, Tone, Visitor};

use super::{address, found, note, refused, text};
use crate::model::action::{Action, Dependency, MAX_CODE, Status};
use crate::model::action_samples;
use crate::service::actions::{self as service, Change, NewSecret, Trial};
use crate::store::actions;
use crate::{Error, Tenant};
use view::Shown;

/// How long a page waits for a draft to be built.
const PATIENCE: u32 = 600;
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// What the form sends.
#[derive(Default, Deserialize)]
pub(super) struct Entered {
    #[serde(default)]
    name: String,
    #[serde(default)]
    code: String,
    /// `name@version`, one a line.
    #[serde(default)]
    dependencies: String,
    /// Secrets by place: their names, and their values where those are new.
    #[serde(default)]
    secret_name: Vec<String>,
    #[serde(default)]
    secret_value: Vec<String>,
    /// Secrets that are taken away.
    #[serde(default)]
    remove: Vec<String>,
    /// JSON.
    #[serde(default)]
    event: String,
    #[serde(default)]
    intent: String,
}

/// An Action's editor.
pub(super) async fn show(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    reader: Administrator,
    Path(id): Path<String>,
) -> Result<Page, Response> {
    let action = found(&tenant, &visitor, &id).await?;
    let shown = Shown {
        event: &sample(&action),
        trial: None,
        refusal: None,
        entered: None,
        may_change: reader.role.may_change(),
    };
    Ok(view::page(&visitor, &action, &shown, &FieldErrors::new()))
}

fn sample(action: &Action) -> String {
    let sample = action_samples::sample(action.trigger);
    serde_json::to_string_pretty(&sample).unwrap_or_default()
}

/// Saves the draft; tries or deploys it, if that was asked for.
pub(super) async fn submit(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    Editor(administrator): Editor,
    Path(id): Path<String>,
    Form(entered): Form<Entered>,
) -> Result<Response, Response> {
    let action = found(&tenant, &visitor, &id).await?;
    let again = |action: &Action, refusal: Option<&str>, errors: &FieldErrors| {
        let shown = Shown {
            event: &entered.event,
            trial: None,
            refusal,
            entered: Some(&entered),
            may_change: true,
        };
        view::page(&visitor, action, &shown, errors).into_response()
    };
    let (change, event) = match read(&visitor, &entered) {
        Ok(read) => read,
        Err(errors) => return Ok(again(&action, None, &errors)),
    };
    let saved = match service::change(&tenant, &id, change).await {
        Ok(saved) => saved,
        Err(error @ (Error::Invalid { .. } | Error::Conflict(_))) => {
            return Ok(again(
                &action,
                Some(&error.to_string()),
                &FieldErrors::new(),
            ));
        }
        Err(error) => return Err(refused(&visitor, error)),
    };
    note(&tenant, &administrator, "Action saved", &saved.name);
    match entered.intent.as_str() {
        "test" => {
            let action = built(&tenant, &visitor, &id).await?;
            let trial = service::try_out(&tenant, &id, event).await;
            let trial = trial.map_err(|error| refused(&visitor, error))?;
            Ok(tried(&visitor, &action, &entered, &trial).into_response())
        }
        "deploy" => {
            built(&tenant, &visitor, &id).await?;
            match service::deploy(&tenant, &id).await {
                Ok((action, version)) => {
                    note(&tenant, &administrator, "Action deployed", &action.name);
                    let number = version.number.into();
                    let said = text(&visitor).with("deployed", [("number", number)]);
                    let here = address(&id);
                    Ok(visitor
                        .redirect_saying(here, Tone::Success, said)
                        .into_response())
                }
                // The page tells what is at fault with the draft.
                Err(Error::Invalid { .. }) => Ok(visitor.redirect(address(&id)).into_response()),
                Err(error) => Err(refused(&visitor, error)),
            }
        }
        _ => {
            let said = text(&visitor).get("saved");
            Ok(visitor
                .redirect_saying(address(&id), Tone::Success, said)
                .into_response())
        }
    }
}

fn tried(visitor: &Visitor, action: &Action, entered: &Entered, trial: &Trial) -> Page {
    let shown = Shown {
        event: &entered.event,
        trial: Some(trial),
        refusal: None,
        entered: None,
        may_change: true,
    };
    view::page(visitor, action, &shown, &FieldErrors::new())
}

/// Waits until the draft is built or has failed.
async fn built(tenant: &Tenant, visitor: &Visitor, id: &str) -> Result<Action, Response> {
    for _ in 0..PATIENCE {
        let found = actions::find(tenant.db(), id).await;
        let found = found.map_err(|error| refused(visitor, error.into()))?;
        match found {
            Some(action) if matches!(action.status, Status::Built | Status::Failed) => {
                return Ok(action);
            }
            _ => tokio::time::sleep(LOOK_EVERY).await,
        }
    }
    found(tenant, visitor, id).await
}

/// What the form says, or what is wrong with it.
fn read(visitor: &Visitor, entered: &Entered) -> Result<(Change, Value), FieldErrors> {
    let text = text(visitor);
    let mut errors = FieldErrors::new();
    let name = entered.name.trim();
    if name.is_empty() || name.chars().count() > 300 {
        errors.add("name", text.get("invalid-name"));
    }
    // Browsers send line breaks as CR LF; code is kept as it is written everywhere else.
    let code = entered.code.replace("\r\n", "\n");
    if code.len() > MAX_CODE {
        errors.add(
            "code",
            text.with("invalid-code", [("limit", MAX_CODE.into())]),
        );
    }
    let lines = entered
        .dependencies
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty());
    let dependencies: Vec<Dependency> = lines.map(dependency).collect();
    if dependencies.len() > 10 {
        errors.add("dependencies", text.get("invalid-dependencies"));
    }
    let event = match entered.event.trim() {
        "" => Value::Object(serde_json::Map::new()),
        sent => serde_json::from_str(sent).unwrap_or(Value::Null),
    };
    if !event.is_object() {
        errors.add("event", text.get("invalid-event"));
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let pairs = entered.secret_name.iter().zip(&entered.secret_value);
    let kept = pairs.filter(|(name, _)| !name.trim().is_empty() && !entered.remove.contains(name));
    let secrets = kept.map(|(name, value)| NewSecret {
        name: name.trim().to_owned(),
        value: Some(value.as_str())
            .filter(|value| !value.is_empty())
            .map(|value| SecretString::from(value.to_owned())),
    });
    let change = Change {
        name: Some(name.to_owned()),
        code: Some(code),
        dependencies: Some(dependencies),
        secrets: Some(secrets.collect()),
        ..Change::default()
    };
    Ok((change, event))
}

/// `axios`, `axios@1.7.0`, `@scope/name@^2`.
fn dependency(line: &str) -> Dependency {
    let scope = usize::from(line.starts_with('@'));
    let (name, version) = match line[scope..].find('@') {
        Some(at) => (&line[..scope + at], &line[scope + at + 1..]),
        None => (line, ""),
    };
    let version = match version.trim() {
        "" => "latest",
        version => version,
    };
    Dependency {
        name: name.trim().to_owned(),
        version: version.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::dependency;

    #[test]
    fn a_dependency_is_a_name_and_perhaps_a_version() {
        for (line, name, version) in [
            ("axios", "axios", "latest"),
            ("axios@1.7.0", "axios", "1.7.0"),
            ("@scope/name", "@scope/name", "latest"),
            ("@scope/name@^2", "@scope/name", "^2"),
        ] {
            let read = dependency(line);
            assert_eq!((read.name.as_str(), read.version.as_str()), (name, version));
        }
    }
}
