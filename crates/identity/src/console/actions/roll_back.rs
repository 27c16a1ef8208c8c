//! Going back to what was deployed before.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use serde::Deserialize;
use web::components::{Choice, Field, FieldErrors, button, form, link_button, page_heading};
use web::{Editor, Form, Page, Tone, Visitor, html};

use super::versions::diff;
use super::{Acting, address, found, head, refused, text, way};
use crate::Tenant;
use crate::model::action::{Action, Version};
use crate::service::actions as service;
use crate::store::action_versions;

/// Asks, and shows what will run differently.
pub(super) async fn page(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    Editor(_): Editor,
    Path((id, version_id)): Path<(String, String)>,
) -> Result<Page, Response> {
    let action = found(&tenant, &visitor, &id).await?;
    let version = version(&tenant, &visitor, &action, &version_id).await?;
    let now = match &action.deployed_version {
        Some(id) => Some(self::version(&tenant, &visitor, &action, id).await?),
        None => None,
    };
    let text = text(&visitor);
    let number = version.number;
    let title = text.with("actions-roll-back-title", [("number", number.into())]);
    let here = address(&action.id, "/versions");
    let label = text.get("actions-field-draft");
    let choices = [Choice {
        value: "yes".to_owned(),
        label: text.get("actions-roll-back-draft"),
        hint: Some(text.get("actions-roll-back-draft-hint")),
        chosen: false,
    }];
    let main = html! {
        (way(text, Some(&action)))
        (page_heading(&title, Some(&text.get("actions-roll-back-lead")), None))
        @if let Some(now) = &now { (diff::shown(text, &now.content, &version.content)) }
        div.section {
            (form(&visitor, &address(&action.id, &format!("/versions/{version_id}/roll-back")), &FieldErrors::new(), html! {
                (Field::checkboxes(text, "draft", &label, &choices).optional())
                div.form-actions { (button(&text.get("actions-roll-back"))) (link_button(&here, &text.get("actions-cancel"))) }
            }))
        }
    };
    Ok(visitor.page(&title).head(head()).main(main))
}

#[derive(Deserialize)]
pub(super) struct Entered {
    /// Whether the draft goes back, too.
    #[serde(default)]
    draft: String,
}

/// Deploys anew what that version said.
pub(super) async fn roll_back(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    acting: Acting,
    Path((id, version_id)): Path<(String, String)>,
    Form(entered): Form<Entered>,
) -> Result<Response, Response> {
    let action = found(&tenant, &visitor, &id).await?;
    let earlier = version(&tenant, &visitor, &action, &version_id).await?;
    let rolled = service::roll_back(&tenant, &id, &version_id, entered.draft == "yes").await;
    let (action, version) = rolled.map_err(|error| refused(&visitor, &error))?;
    acting.record(&tenant, "Roll back an action", &action.name);
    let said = text(&visitor).with(
        "actions-rolled-back",
        [
            ("earlier", earlier.number.into()),
            ("number", version.number.into()),
        ],
    );
    Ok(visitor
        .redirect_saying(address(&id, "/versions"), Tone::Success, said)
        .into_response())
}

async fn version(
    tenant: &Tenant,
    visitor: &Visitor,
    action: &Action,
    id: &str,
) -> Result<Version, Response> {
    let found = action_versions::find(tenant.db(), &action.id, id).await;
    let found = found.map_err(|error| refused(visitor, &error.into()))?;
    found.ok_or_else(|| visitor.problem(StatusCode::NOT_FOUND).into_response())
}
