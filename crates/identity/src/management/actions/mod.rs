//! `/api/v2/actions`: Actions, their versions, what runs at the triggers, and what came of it.

mod bindings;
mod executions;
mod members;
mod triggers;
mod versions;
mod view;

use axum::Json as Reply;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::MethodFilter;
use serde_json::{Value, json};

use crate::management::access::Caller;
use crate::management::body::{Id, Json};
use crate::management::operations::Operations;
use crate::management::problem::Problem;
use crate::management::query::Query;
use crate::management::schema::Body;
use crate::model::Members;
use crate::model::action::{Action, Trigger};
use crate::service::actions::flow::joined;
use crate::service::actions::{self as service, Trial};
use crate::store::{action_versions, actions};
use crate::{Error, Tenant};

/// The page size where none is asked for, and the largest one.
const DEFAULT: i64 = 20;
const MAX: i64 = 100;

pub(super) fn add(operations: &mut Operations) {
    let (all, one) = ("/actions/actions", "/actions/actions/{id}");
    operations.serve(MethodFilter::GET, all, &["read:actions"], list);
    operations.serve(MethodFilter::POST, all, &["create:actions"], create);
    operations.serve(MethodFilter::GET, one, &["read:actions"], read);
    operations.serve(MethodFilter::PATCH, one, &["update:actions"], change);
    operations.serve(MethodFilter::DELETE, one, &["delete:actions"], delete);
    operations.serve(
        MethodFilter::POST,
        "/actions/actions/{id}/deploy",
        &["create:actions"],
        deploy,
    );
    operations.serve(
        MethodFilter::POST,
        "/actions/actions/{id}/test",
        &["create:actions"],
        test,
    );
    versions::add(operations);
    bindings::add(operations);
    triggers::add(operations);
    executions::add(operations);
}

/// Actions page in their own way: from 0, with the total always.
struct Page {
    page: i64,
    per_page: i64,
}

impl Page {
    fn read(query: &Query) -> Result<Self, Error> {
        Ok(Self {
            page: query.integer("page", 0, 1_000_000)?.unwrap_or(0),
            per_page: query.integer("per_page", 1, MAX)?.unwrap_or(DEFAULT),
        })
    }

    /// The answer's body for a list that is in memory whole.
    fn of<T>(&self, collection: &str, all: Vec<T>, wire: impl Fn(T) -> Value) -> Value {
        let total = all.len();
        let count = |number: i64| usize::try_from(number).unwrap_or(usize::MAX);
        let skipped = count(self.page).saturating_mul(count(self.per_page));
        let part = all.into_iter().skip(skipped).take(count(self.per_page));
        let part: Vec<Value> = part.map(wire).collect();
        json!({
            "total": total,
            "page": self.page,
            "per_page": self.per_page,
            collection: part,
        })
    }
}

fn missing() -> Problem {
    Problem(Error::NotFound {
        code: None,
        message: "The action does not exist.".into(),
    })
}

async fn list(
    State(tenant): State<Tenant>,
    _caller: Caller,
    query: Query,
) -> Result<Reply<Value>, Problem> {
    let page = Page::read(&query)?;
    let trigger = query
        .text("triggerId")
        .map(|id| Trigger::parse(id).ok_or(id));
    let deployed = query.boolean("deployed")?;
    let mut all = actions::all(tenant.db()).await?;
    match trigger {
        None => {}
        Some(Ok(trigger)) => all.retain(|action| action.trigger == trigger),
        Some(Err(id)) if id.len() > 100 => {
            return Err(Problem(query.fault("triggerId", "String is too long")));
        }
        // Another trigger of the vendor: nothing runs there.
        Some(Err(_)) => all.clear(),
    }
    if let Some(name) = query.text("actionName") {
        all.retain(|action| action.name == name);
    }
    if let Some(deployed) = deployed {
        all.retain(|action| action.deployed_version.is_some() == deployed);
    }
    if query.boolean("installed")? == Some(true) {
        // Those of a marketplace, which this tenant has not.
        all.clear();
    }
    let versions = action_versions::deployed(tenant.db()).await?;
    let body = page.of("actions", all, |action| {
        view::with_deployed(&action, &versions).into()
    });
    Ok(Reply(body))
}

async fn create(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Json(body): Json,
) -> Result<(StatusCode, Reply<Members>), Problem> {
    let change = members::read(body, Body::Create)?;
    let action = service::create(&tenant, change).await?;
    Ok((StatusCode::CREATED, Reply(view::action(&action))))
}

async fn read(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(id): Id,
) -> Result<Reply<Members>, Problem> {
    let action = actions::find(tenant.db(), &id).await?.ok_or_else(missing)?;
    Ok(Reply(shown(&tenant, &action).await?))
}

/// An Action with the version that runs.
async fn shown(tenant: &Tenant, action: &Action) -> Result<Members, Error> {
    let version = match &action.deployed_version {
        Some(id) => action_versions::find(tenant.db(), &action.id, id).await?,
        None => None,
    };
    Ok(view::with_deployed(action, version.as_slice()))
}

async fn change(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(id): Id,
    Json(body): Json,
) -> Result<Reply<Members>, Problem> {
    let change = members::read(body, Body::Change)?;
    let action = service::change(&tenant, &id, change).await?;
    Ok(Reply(shown(&tenant, &action).await?))
}

async fn delete(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(id): Id,
    query: Query,
) -> Result<StatusCode, Problem> {
    let force = query.boolean("force")?.unwrap_or(false);
    service::delete(&tenant, &id, force).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Compat: the vendor's specification says 202; its API answers 200.
async fn deploy(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(id): Id,
) -> Result<Reply<Members>, Problem> {
    let (action, version) = service::deploy(&tenant, &id).await?;
    Ok(Reply(view::version(&action, &version)))
}

/// The vendor leaves open what `payload` holds; here it is what an author wants to know.
async fn test(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(id): Id,
    Json(body): Json,
) -> Result<Reply<Value>, Problem> {
    let payload = members::payload(body)?;
    let trial = service::try_out(&tenant, &id, payload).await?;
    Ok(Reply(json!({ "payload": tried(&trial) })))
}

fn tried(trial: &Trial) -> Value {
    let commands = trial.result.as_deref().unwrap_or_default();
    json!({
        "status": if trial.result.is_ok() { "succeeded" } else { "failed" },
        "error": trial.result.as_ref().err().map(view::fault),
        "commands": commands,
        "console": joined(&trial.console),
        "logs": trial.console,
        "stats": {
            "elapsed_us": u64::try_from(trial.elapsed.as_micros()).unwrap_or(u64::MAX),
            "memory_bytes": trial.memory,
        },
    })
}
