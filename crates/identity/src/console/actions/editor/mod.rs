//! The editor: code, packages, secrets, a test with its outcome beside the code, and deploying.

mod entered;
mod side;
mod trial;
mod view;

use std::time::Duration;

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;
use web::components::FieldErrors;
use web::{Administrator, Form, Page, Tone, Visitor};

use super::{Acting, address, found, refused, text};
use crate::model::action::{Action, Status};
use crate::service::actions as service;
use crate::{Error, Tenant};
use entered::{Entered, Fields};
use view::Shown;

/// How long saving waits for the draft to be built, so that most pages show the outcome.
const A_MOMENT: Duration = Duration::from_secs(2);
/// How long testing and deploying wait: packages are fetched meanwhile.
const A_WHILE: Duration = Duration::from_secs(30);

/// An Action's editor.
pub(super) async fn show(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    reader: Administrator,
    Path(id): Path<String>,
) -> Result<Page, Response> {
    let action = found(&tenant, &visitor, &id).await?;
    let shown = Shown {
        may_change: reader.role.may_change(),
        ..Shown::of(&action, Fields::of(&action))
    };
    Ok(view::page(&visitor, &shown))
}

/// Saves the draft; tests or deploys it, if that was asked for.
pub(super) async fn submit(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(entered): Form<Entered>,
) -> Result<Response, Response> {
    let action = found(&tenant, &visitor, &id).await?;
    let text = text(&visitor);
    let again = |refusal: Option<String>, errors: FieldErrors| {
        let shown = Shown {
            refusal,
            errors,
            ..Shown::of(&action, entered.fields())
        };
        view::page(&visitor, &shown).into_response()
    };
    if entered.is_outdated(&action) {
        let refusal = text.get("actions-changed-meanwhile");
        return Ok(again(Some(refusal), FieldErrors::new()));
    }
    let (change, event) = match entered.read(text) {
        Ok(read) => read,
        Err(errors) => return Ok(again(None, errors)),
    };
    let saved = match service::change(&tenant, &id, change).await {
        Ok(saved) => saved,
        Err(Error::Conflict(_)) => {
            let mut errors = FieldErrors::new();
            errors.add("name", text.get("actions-invalid-name-taken"));
            return Ok(again(None, errors));
        }
        Err(error @ Error::Invalid { .. }) => {
            return Ok(again(Some(error.to_string()), FieldErrors::new()));
        }
        Err(error) => return Err(refused(&visitor, &error)),
    };
    if saved.build != action.build || saved.name != action.name {
        acting.record(&tenant, "Update an action", &saved.name);
    }
    let patience = match entered.intent.as_str() {
        "test" | "deploy" => A_WHILE,
        _ => A_MOMENT,
    };
    let settled = service::settled(&tenant, &id, patience).await;
    let action = settled.map_err(|error| refused(&visitor, &error))?;
    match entered.intent.as_str() {
        "test" => test(&tenant, &visitor, &action, &entered, event).await,
        "deploy" => deploy(&tenant, &visitor, &acting, &action, &entered).await,
        _ => {
            let (tone, said) = match action.status {
                Status::Failed => (Tone::Warning, "actions-saved-failed"),
                _ => (Tone::Success, "actions-saved"),
            };
            Ok(visitor
                .redirect_saying(address(&id, ""), tone, text.get(said))
                .into_response())
        }
    }
}

/// The draft as it was just saved, with what came of it.
fn after<'a>(action: &'a Action, entered: &Entered) -> Shown<'a> {
    let event = entered.event.clone();
    Shown::of(
        action,
        Fields {
            event,
            ..Fields::of(action)
        },
    )
}

async fn test(
    tenant: &Tenant,
    visitor: &Visitor,
    action: &Action,
    entered: &Entered,
    event: Value,
) -> Result<Response, Response> {
    let mut shown = after(action, entered);
    match service::try_out(tenant, &action.id, event).await {
        Ok(trial) => shown.trial = Some(trial),
        Err(Error::Invalid { .. }) => {
            shown.refusal = Some(text(visitor).get("actions-still-building"));
        }
        Err(error) => return Err(refused(visitor, &error)),
    }
    Ok(view::page(visitor, &shown).into_response())
}

async fn deploy(
    tenant: &Tenant,
    visitor: &Visitor,
    acting: &Acting,
    action: &Action,
    entered: &Entered,
) -> Result<Response, Response> {
    let text = text(visitor);
    let here = address(&action.id, "");
    if !action.has_undeployed {
        let said = text.get("actions-deployed-already");
        return Ok(visitor
            .redirect_saying(here, Tone::Info, said)
            .into_response());
    }
    match service::deploy(tenant, &action.id).await {
        Ok((action, version)) => {
            acting.record(tenant, "Deploy an action", &action.name);
            let said = text.with("actions-deployed-now", [("number", version.number.into())]);
            Ok(visitor
                .redirect_saying(here, Tone::Success, said)
                .into_response())
        }
        Err(Error::Invalid { .. }) => {
            let mut shown = after(action, entered);
            shown.refusal = Some(text.get(match action.status {
                Status::Failed => "actions-deploy-failed",
                _ => "actions-still-building",
            }));
            Ok(view::page(visitor, &shown).into_response())
        }
        Err(error) => Err(refused(visitor, &error)),
    }
}
