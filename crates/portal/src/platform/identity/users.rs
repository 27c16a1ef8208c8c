//! Users of the organisation: the administrators who sign in to the console. `/v3/users`, `/v3/invites`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::routing::{delete, get, patch, post};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use storage::Error as StorageError;
use web::{Locale, Role};

use super::super::{Admin, Route, listed, moment};
use super::teams;
use crate::error::{Error, Violation};
use crate::model::{Access, Administrator, Holder, OrganizationTeam};
use crate::rest::check::{Shape, optional, required, text};
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{OptionalBody, Page, Problem, apply, input, path_id};
use crate::service::administrators::NewAdministrator;
use crate::store::listing::Listing;
use crate::{Portal, store};

pub(super) fn routes() -> Vec<Route> {
    let one = "/v3/users/{user_id}";
    vec![
        (Method::POST, "/v3/invites", post(invite)),
        (Method::GET, "/v3/users", get(list)),
        (Method::GET, one, get(read)),
        (Method::PATCH, one, patch(update)),
        (Method::DELETE, one, delete(remove)),
        (Method::GET, "/v3/users/{user_id}/teams", get(teams_of)),
    ]
}

pub(super) const COLUMNS: &[Column] = &[
    column("id", "t.id", Kind::Uuid),
    column("email", "t.email", Kind::Text),
    column("full_name", "t.name", Kind::Text),
    // Whoever somebody else made has not signed in with a password of their own yet.
    column("active", "(NOT t.password_is_temporary)", Kind::Boolean).filter_only(),
    column("created_at", "t.created_at", Kind::Time).sort_only(),
];

static SHAPE: Shape = Shape {
    fields: &[
        required("full_name", text(1, 250)),
        optional("preferred_name", text(0, 250)),
    ],
    open: true,
};

#[derive(Debug, Serialize, Deserialize)]
struct Names {
    full_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    preferred_name: Option<String>,
}

static INVITATION: Shape = Shape {
    fields: &[required("email", text(1, 250))],
    open: true,
};

#[derive(Debug, Deserialize)]
struct Invitation {
    email: String,
}

/// Sends somebody a mail with which they join, or another one. They may do nothing until they have a role.
async fn invite(
    Admin { ctx }: Admin,
    State(portal): State<Portal>,
    OptionalBody(body): OptionalBody,
) -> Result<StatusCode, Problem> {
    let Invitation { email } = input(body, &INVITATION)?;
    let new = NewAdministrator {
        email,
        name: String::new(),
        role: Role::Member,
    };
    portal.invite(&ctx, new, Locale::En).await?;
    Ok(StatusCode::CREATED)
}

/// The user with this id, as it stands in an address.
pub(super) async fn find(portal: &Portal, id: &str) -> Result<Administrator, Error> {
    let id = path_id("user", id)?;
    let found = store::administrators::find(portal.db(), id).await?;
    found.ok_or_else(|| Error::not_found("user", id))
}

async fn list(State(portal): State<Portal>, query: Query) -> Result<Json<Page<Value>>, Problem> {
    let list = async |listing: &Listing| store::administrators::list(portal.db(), listing).await;
    listed(&query, COLUMNS, list, render).await
}

async fn read(
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    Ok(Json(render(&find(&portal, &id).await?)))
}

async fn update(
    Admin { ctx }: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    OptionalBody(body): OptionalBody,
) -> Result<Json<Value>, Problem> {
    let user = find(&portal, &id).await?;
    let present = Names {
        full_name: user.name.clone(),
        preferred_name: None,
    };
    let asked: Names = apply(&present, body, &SHAPE)?;
    if asked
        .preferred_name
        .is_some_and(|name| name != asked.full_name)
    {
        let reason = "a user has one name here: change \"full_name\"";
        let violation = Violation::body("preferred_name", "invalid", reason);
        return Err(Error::invalid(violation).into());
    }
    let users = portal.administrators();
    let user = users.change(&ctx, user.id, &asked.full_name, user.role);
    Ok(Json(render(&user.await?)))
}

async fn remove(
    Admin { ctx }: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let user = find(&portal, &id).await?;
    portal.administrators().remove(&ctx, user.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The teams of a user: first the one that their role in the console is, if it is one.
async fn teams_of(
    State(portal): State<Portal>,
    Path(id): Path<String>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let user = find(&portal, &id).await?;
    let asked = query.listing(teams::COLUMNS, "t.created_at")?;
    let all = Listing {
        size: u32::MAX,
        number: 1,
        ..asked.clone()
    };
    let found = all_of(&portal, &user, &all).await.map_err(Error::from)?;
    let shown = found.iter().map(|team| teams::render(&portal, team));
    Ok(Json(Page::cut(shown.collect(), &asked)))
}

async fn all_of(
    portal: &Portal,
    user: &Administrator,
    listing: &Listing,
) -> Result<Vec<OrganizationTeam>, StorageError> {
    let mut found = Vec::new();
    if let Some(access) = Access::of(user.role) {
        let access = listing.clone().only("t.access", access);
        (found, _) = store::organization_teams::list(portal.db(), &access).await?;
    }
    let member = Holder::User(user.id);
    let (own, _) = store::organization_teams::list_of(portal.db(), member, listing).await?;
    found.extend(own);
    Ok(found)
}

pub(super) fn render(user: &Administrator) -> Value {
    json!({
        "id": user.id,
        "email": user.email,
        "full_name": user.name,
        "preferred_name": user.name,
        "active": !user.password_is_temporary,
        "created_at": moment(user.created_at),
        "updated_at": moment(user.updated_at),
    })
}
