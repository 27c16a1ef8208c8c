//! A developer's applications. What v2 calls the reference id of one is here its client id, and a secret
//! stands beside it.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use secrecy::ExposeSecret as _;
use serde_json::{Map, Value, json};

use super::super::applications::{change, listed, make, own};
use super::super::effective::{settled, told};
use super::super::registrations::scopes;
use super::super::session::SignedIn;
use super::super::strategy::{self, View};
use crate::model::{Application, ApprovalStatus, TeamId};
use crate::rest::check::{Mode, Rule, Shape, UUID, all, nullable, optional, required, text};
use crate::rest::query::Query;
use crate::rest::{Body, Page, Problem, renamed};
use crate::service::applications::Owner;
use crate::{Error, Portal, Violation, store};

/// What the service calls a client id.
const NAMES: &[(&str, &str)] = &[("reference_id", "client_id")];

const SCOPES: Rule = Rule::List {
    of: &text(1, 128),
    min: 0,
    max: 100,
};

const NEW: Shape = Shape {
    fields: &[
        required("name", text(1, 255)),
        nullable("client_id", text(0, 255)),
        nullable("redirect_uri", text(0, 2048)),
        nullable("description", text(0, 255)),
        nullable("auth_strategy_id", UUID),
        nullable("scopes", SCOPES),
        nullable("team_id", UUID),
    ],
    open: false,
};

const CHANGES: Shape = Shape {
    fields: &[
        optional("name", text(1, 255)),
        nullable("client_id", text(0, 255)),
        nullable("redirect_uri", text(0, 2048)),
        nullable("description", text(0, 255)),
        nullable("scopes", SCOPES),
        nullable("team_id", UUID),
    ],
    open: false,
};

pub(super) async fn list(
    SignedIn { id, .. }: SignedIn,
    State(portal): State<Portal>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    Ok(Json(listed(&portal, id, &query, shown).await?))
}

/// Makes an application. With DCR the answer holds its client's secret, this once.
pub(super) async fn create(
    signed_in: SignedIn,
    State(portal): State<Portal>,
    headers: HeaderMap,
    Body(body): Body,
) -> Result<(StatusCode, HeaderMap, Json<Value>), Problem> {
    let mut body = earlier(body, &NEW, Mode::Whole)?;
    let team = team(&mut body)?;
    if let Some(Some(team)) = team {
        portal
            .applications()
            .may_share(&signed_in.ctx, signed_in.site.id, team)
            .await?;
    }
    let made = make(&portal, &signed_in, &headers, body).await;
    let (headers, made) = made.map_err(|error| renamed(error, NAMES))?;
    let application = share(&portal, &signed_in, made.application, team).await?;
    let view = strategy::find(&portal, application.auth_strategy_id).await?;
    let mut value = shown(&application, &view);
    if let Some(secret) = made.client_secret {
        value["client_secret"] = secret.reveal().expose_secret().into();
    }
    Ok((StatusCode::CREATED, headers, Json(value)))
}

pub(super) async fn get(
    signed_in: SignedIn,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let application = own(&portal, &signed_in, &id).await?;
    let view = strategy::find(&portal, application.auth_strategy_id).await?;
    Ok(Json(shown(&application, &view)))
}

pub(super) async fn update(
    signed_in: SignedIn,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    Body(body): Body,
) -> Result<(HeaderMap, Json<Value>), Problem> {
    let application = own(&portal, &signed_in, &id).await?;
    let mut body = earlier(body, &CHANGES, Mode::Partial)?;
    let team = team(&mut body)?;
    let application = share(&portal, &signed_in, application, team).await?;
    let changed = change(&portal, &signed_in, &application, body).await;
    let (headers, application) = changed.map_err(|error| renamed(error, NAMES))?;
    let view = strategy::find(&portal, application.auth_strategy_id).await?;
    Ok((headers, Json(shown(&application, &view))))
}

/// Replaces the client's secret and shows the new one, this once.
///
/// An application whose earlier secret still works beside the present one is asked to give one up first:
/// nobody could say which of the two is meant.
pub(super) async fn regenerate_secret(
    signed_in: SignedIn,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<(StatusCode, HeaderMap, Json<Value>), Problem> {
    let application = own(&portal, &signed_in, &id).await?;
    let applications = portal.applications();
    if !applications.retiring(&application).await?.is_empty() {
        let text = "this application has several credentials; delete the old ones first";
        return Err(Error::Conflict(text.into()).into());
    }
    let rotated = applications.rotate(&signed_in.ctx, &application, Duration::ZERO);
    let (headers, rotated) = settled(&portal, rotated.await.map_err(told)?).await;
    let body = json!({
        "client_id": rotated.client_id,
        "client_secret": rotated.client_secret.reveal().expose_secret(),
    });
    Ok((StatusCode::CREATED, headers, Json(body)))
}

/// The scopes of an application: its own, and those of its approved registrations.
pub(super) async fn granted_scopes(
    signed_in: SignedIn,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let application = own(&portal, &signed_in, &id).await?;
    let view = strategy::find(&portal, application.auth_strategy_id).await?;
    if view.available_scopes.is_none() {
        return Ok(scopes(None));
    }
    let mut granted = application.scopes.clone();
    for registration in store::registrations::of_application(portal.db(), application.id).await? {
        if registration.status == ApprovalStatus::Approved {
            granted.extend(registration.granted_scopes.unwrap_or_default());
        }
    }
    let mut seen = std::collections::HashSet::new();
    granted.retain(|scope| seen.insert(scope.clone()));
    Ok(scopes(Some(granted)))
}

/// The body as v2 has it.
fn earlier(
    body: Map<String, Value>,
    shape: &Shape,
    mode: Mode,
) -> Result<Map<String, Value>, Error> {
    let body = Value::Object(body);
    all(&body, shape, mode)?;
    let Value::Object(mut body) = body else {
        return Err(Error::Internal("an object is one no more".into()));
    };
    if let Some(client_id) = body.remove("client_id") {
        body.insert("reference_id".to_owned(), client_id);
    }
    Ok(body)
}

/// Takes the team out of the body: absent, none, or one.
fn team(body: &mut Map<String, Value>) -> Result<Option<Option<TeamId>>, Error> {
    let Some(value) = body.remove("team_id") else {
        return Ok(None);
    };
    let unknown = || {
        let reason = "\"team_id\" names none of your teams in this portal";
        Error::invalid(Violation::body("team_id", "missing_reference", reason))
    };
    match value.as_str() {
        None => Ok(Some(None)),
        Some(id) => Ok(Some(Some(id.parse().map_err(|_| unknown())?))),
    }
}

/// Hands an application to a team, or back to its developer alone.
async fn share(
    portal: &Portal,
    signed_in: &SignedIn,
    application: Application,
    team: Option<Option<TeamId>>,
) -> Result<Application, Error> {
    let owner = match team {
        None => return Ok(application),
        Some(None) => Owner::Developer(application.developer_id),
        Some(Some(team)) => Owner::Team(team),
    };
    if owner == application.owner() {
        return Ok(application);
    }
    let moved = portal
        .applications()
        .transfer(&signed_in.ctx, &application, owner);
    match moved.await {
        Ok(moved) => Ok(moved.value),
        // The specification of a change knows no 403.
        Err(Error::Forbidden(why)) => {
            let violation = Violation::body("team_id", "invalid", why);
            Err(Error::invalid(violation))
        }
        Err(error) => Err(told(error)),
    }
}

fn shown(application: &Application, strategy: &View) -> Value {
    let mut value = json!({
        "id": application.id,
        "name": application.name,
        "description": application.description,
        "redirect_uri": application.redirect_uri,
        "auth_strategy": strategy.whole(),
        "team_id": application.team_id,
        "created_at": application.created_at.to_rfc3339(),
        "updated_at": application.updated_at.to_rfc3339(),
    });
    if let Some(client_id) = &application.client_id {
        value["client_id"] = client_id.as_str().into();
    }
    if strategy.available_scopes.is_some() {
        value["scopes"] = application.scopes.as_slice().into();
    }
    value
}
