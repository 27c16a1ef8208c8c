//! `/api/v2/actions/triggers/{id}/bindings`.

use axum::Json as Reply;
use axum::extract::State;
use axum::routing::MethodFilter;
use serde_json::{Value, json};

use super::{Page, members, view};
use crate::management::access::Caller;
use crate::management::body::{Id, Json};
use crate::management::operations::Operations;
use crate::management::problem::Problem;
use crate::management::query::Query;
use crate::model::action::{Action, Binding, Trigger, Version};
use crate::service::actions as service;
use crate::store::{action_bindings, action_versions, actions};
use crate::{Error, Tenant};

pub(super) fn add(operations: &mut Operations) {
    let path = "/actions/triggers/{id}/bindings";
    operations.serve(MethodFilter::GET, path, &["read:actions"], list);
    operations.serve(MethodFilter::PATCH, path, &["update:actions"], replace);
}

/// The vendor's triggers that nothing sets off here: no Action is ever bound to one.
const UNSERVED: [&str; 11] = [
    "custom-email-provider",
    "custom-phone-provider",
    "custom-token-exchange",
    "event-stream",
    "iga-approval",
    "login-post-identifier",
    "password-hash-migration",
    "password-reset-post-challenge",
    "post-change-password",
    "send-phone-message",
    "signup-post-identifier",
];

fn trigger(id: &str) -> Result<Trigger, Error> {
    Trigger::parse(id).ok_or_else(|| Error::NotFound {
        code: None,
        message: "The trigger does not exist.".into(),
    })
}

/// What bindings are shown with.
struct Known {
    actions: Vec<Action>,
    versions: Vec<Version>,
}

impl Known {
    async fn read(tenant: &Tenant) -> Result<Self, Error> {
        Ok(Self {
            actions: actions::all(tenant.db()).await?,
            versions: action_versions::deployed(tenant.db()).await?,
        })
    }

    fn show(&self, binding: &Binding) -> Value {
        let action = self
            .actions
            .iter()
            .find(|action| action.id == binding.action_id);
        json!({
            "id": binding.id,
            "trigger_id": binding.trigger.id(),
            "display_name": binding.display_name,
            "action": action.map(|action| view::with_deployed(action, &self.versions)),
            "created_at": binding.created_at.to_rfc3339(),
            "updated_at": binding.updated_at.to_rfc3339(),
        })
    }
}

async fn list(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(id): Id,
    query: Query,
) -> Result<Reply<Value>, Problem> {
    let page = Page::read(&query)?;
    let mut bindings = Vec::new();
    // Tools ask for every trigger that they know.
    if !UNSERVED.contains(&id.as_str()) {
        let trigger = trigger(&id)?;
        bindings = action_bindings::all(tenant.db()).await?;
        bindings.retain(|binding| binding.trigger == trigger);
    }
    let known = Known::read(&tenant).await?;
    Ok(Reply(
        page.of("bindings", bindings, |binding| known.show(&binding)),
    ))
}

async fn replace(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(id): Id,
    Json(body): Json,
) -> Result<Reply<Value>, Problem> {
    let trigger = trigger(&id)?;
    let bindings = service::bind(&tenant, trigger, members::bindings(body)?).await?;
    let known = Known::read(&tenant).await?;
    let shown: Vec<Value> = bindings.iter().map(|binding| known.show(binding)).collect();
    Ok(Reply(json!({ "bindings": shown })))
}
