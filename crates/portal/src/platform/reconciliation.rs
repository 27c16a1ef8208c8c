//! `/v2/dcr-providers/{id}/reconciliation`: whether portal and provider agree, and what to do if not.
//!
//! No operation of Konnect's: there, nobody can see it.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::Method;
use axum::routing::{get, patch, post};
use dcr::{ClientState, Field};
use serde::Deserialize;
use serde_json::{Value, json};
use storage::outbox::Trouble;

use super::{Admin, Route, moment};
use crate::Portal;
use crate::error::Error;
use crate::model::{Application, DcrProviderId, DriftAction, DriftKind};
use crate::rest::check::{Rule, Shape, required, text};
use crate::rest::{Body, Problem, input};
use crate::service::applications::{Difference, Outcome, Plan, Reconciliation};
use crate::service::dcr_providers::find;
use crate::service::drift_policy;

pub(super) fn routes() -> Vec<Route> {
    let path = "/v2/dcr-providers/{id}/reconciliation";
    vec![
        (Method::GET, path, get(read)),
        (Method::POST, path, post(decide)),
        (Method::PATCH, path, patch(automate)),
        (
            Method::GET,
            "/v2/dcr-providers/{id}/reconciliation/summary",
            get(summary),
        ),
        (
            Method::POST,
            "/v2/dcr-providers/{id}/reconciliation/passes",
            post(pass),
        ),
        (
            Method::GET,
            "/v2/dcr-providers/{id}/reconciliation/passes",
            get(passes),
        ),
    ]
}

/// Most decisions in one request: each is a call or two at the provider.
const MOST: usize = 1000;

const DECISIONS: Shape = Shape {
    fields: &[required(
        "actions",
        Rule::List {
            of: &DECISION,
            min: 1,
            max: MOST,
        },
    )],
    open: false,
};
static DECISION: Rule = Rule::Object(&Shape {
    fields: &[
        required("difference", text(1, 512)),
        required("action", Rule::Word(DriftAction::WORDS)),
    ],
    open: false,
});

#[derive(Deserialize)]
struct Decisions {
    actions: Vec<Decision>,
}

#[derive(Deserialize)]
struct Decision {
    difference: String,
    action: DriftAction,
}

/// Compares now. This reads the provider's list of clients to its end.
async fn read(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let id = find(&portal, &id).await?.id;
    let plan = portal.applications().plan(id).await?;
    Ok(Json(render(&portal, id, &plan).await?))
}

/// Whether portal and provider agree, by the last look. Nobody is asked.
async fn summary(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let id = find(&portal, &id).await?.id;
    Ok(Json(summed_up(&portal, id).await?))
}

/// Looks at what changed now, and does what is done by itself.
async fn pass(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let id = find(&portal, &id).await?.id;
    portal.applications().pass(&admin.ctx, id).await?;
    Ok(Json(summed_up(&portal, id).await?))
}

/// How passes went, the newest first. Several in a row that went alike are one entry.
async fn passes(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let id = find(&portal, &id).await?.id;
    let passes = portal.applications().passes(id).await?;
    let passes = passes.iter().map(|passes| {
        json!({
            "since": moment(passes.since),
            "at": moment(passes.at),
            "times": passes.times,
            "found": passes.found,
            "settled": passes.settled,
            "error": passes.error,
        })
    });
    Ok(Json(json!({ "data": passes.collect::<Vec<_>>() })))
}

async fn summed_up(portal: &Portal, id: DcrProviderId) -> Result<Value, Error> {
    let applications = portal.applications();
    let now = applications.reconciliation(id).await?;
    let leaving = applications.leaving(id).await?;
    let mut value = state(&now);
    let count = |kind| now.count(kind);
    value["agrees"] = now.agrees().into();
    value["open"] = json!({
        "missing": count(DriftKind::Missing),
        "changed": count(DriftKind::Changed),
        "orphaned": count(DriftKind::Orphaned),
    });
    value["pending_deletions"] = leaving.len().into();
    let standing = now.standing.as_ref();
    value["looked_at"] = standing.map(|standing| moment(standing.looked_at)).into();
    value["looked_at_all"] = standing.map(|standing| moment(standing.full_at)).into();
    value["applications"] = standing.map(|standing| standing.applications).into();
    value["clients"] = standing.map(|standing| standing.clients).into();
    value["sight"] = standing.map(|standing| standing.sight.as_str()).into();
    value["limits"] = standing
        .and_then(|standing| standing.limits.as_deref())
        .into();
    value["incremental"] = standing.map(|standing| standing.mark.is_some()).into();
    value["not_incremental_because"] = standing
        .and_then(|standing| standing.untold.as_deref())
        .into();
    Ok(value)
}

/// Does what was decided about differences of a plan.
async fn decide(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    Body(body): Body,
) -> Result<Json<Value>, Problem> {
    let id = find(&portal, &id).await?.id;
    let decisions: Decisions = input(body, &DECISIONS)?;
    let decisions = decisions.actions.into_iter();
    let decisions: Vec<_> = decisions.map(|d| (d.difference, d.action)).collect();
    let applications = portal.applications();
    let outcomes = applications.decide(&admin.ctx, id, &decisions).await?;
    let outcomes = decisions.iter().zip(outcomes);
    let outcomes = outcomes.map(|((difference, action), outcome)| {
        let (word, detail) = match outcome {
            Outcome::Done => ("done", None),
            Outcome::Outdated => (
                "outdated",
                Some("the difference is no more, or is another by now: read the plan again".into()),
            ),
            Outcome::Failed(why) => ("failed", Some(why)),
        };
        json!({ "difference": difference, "action": action, "outcome": word, "detail": detail })
    });
    let outcomes: Vec<Value> = outcomes.collect();
    Ok(Json(json!({ "outcomes": outcomes })))
}

/// Says what is done by itself.
async fn automate(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    Body(body): Body,
) -> Result<Json<Value>, Problem> {
    let id = find(&portal, &id).await?.id;
    let now = drift_policy::set(&portal, &admin.ctx, id, body).await?;
    Ok(Json(state(&now)))
}

fn state(reconciliation: &Reconciliation) -> Value {
    let last = reconciliation.last.as_ref().map(|last| {
        json!({
            "at": moment(last.at),
            "found": last.found,
            "settled": last.settled,
            "error": last.error,
        })
    });
    json!({ "automatic": reconciliation.policy, "last_pass": last })
}

async fn render(portal: &Portal, id: DcrProviderId, plan: &Plan) -> Result<Value, Error> {
    let applications = portal.applications();
    let mut value = state(&applications.reconciliation(id).await?);
    let leaving = applications.leaving(id).await?;
    let leaving = leaving.iter().map(|(application, trouble)| {
        let mut value = waiting(trouble.as_ref());
        value["application"] = name(application);
        value["client_id"] = json!(application.client_id);
        value["since"] = moment(application.updated_at).into();
        value
    });
    let retired = applications.retired(id).await?;
    let retired = retired.iter().map(|(going, trouble)| {
        let mut value = waiting(trouble.as_ref());
        value["application_id"] = json!(going.application_id);
        value["client_id"] = json!(going.client_id);
        value["credential_id"] = json!(going.id());
        value["since"] = moment(going.retires_at).into();
        value
    });
    value["compared_at"] = moment(plan.at).into();
    value["applications"] = plan.applications.into();
    value["clients"] = plan.clients.into();
    value["sight"] = plan.sight.as_str().into();
    value["limits"] = plan.limits.as_deref().into();
    value["differences"] = plan.differences.iter().map(difference).collect();
    value["pending_deletions"] = leaving.collect();
    value["pending_retirements"] = retired.collect();
    Ok(value)
}

/// Why something is not done at the provider yet, as far as it was tried.
fn waiting(trouble: Option<&Trouble>) -> Value {
    json!({
        "reason": trouble.map(|trouble| trouble.reason.as_str()),
        "attempts": trouble.map_or(0, |trouble| trouble.attempts),
        "next_attempt_at": trouble.and_then(|trouble| trouble.next).map(moment),
    })
}

fn name(application: &Application) -> Value {
    json!({ "id": application.id, "name": application.name })
}

fn difference(difference: &Difference) -> Value {
    let application = difference.application.as_ref();
    let client = difference.client.as_ref();
    let client_id = client.map(|client| client.client_id.as_str());
    let client_id = client_id.or_else(|| application?.client_id.as_deref());
    let fields = difference.fields.iter().map(|field| {
        json!({
            "field": field.as_str(),
            "portal": difference.expected.as_ref().map(|state| part(state, *field)),
            "provider": client.map(|state| part(state, *field)),
        })
    });
    json!({
        "id": difference.id(),
        "kind": difference.kind,
        "application": application.map(name),
        "client_id": client_id,
        "client_name": client.map(|client| &client.name),
        "fields": fields.collect::<Vec<_>>(),
        "actions": difference.actions(),
    })
}

fn part(state: &ClientState, field: Field) -> Value {
    match field {
        Field::Name => json!(state.name),
        Field::RedirectUris => json!(state.redirect_uris),
        Field::GrantTypes => json!(state.grant_types),
        Field::Scopes => json!(state.scopes),
        Field::Metadata => json!(state.metadata),
    }
}
