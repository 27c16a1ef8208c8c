//! Teams of the organisation and who is in them: `/v3/teams`, `/v3/system-accounts/{id}/teams`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::routing::{delete, get, patch, post};
use serde_json::{Value, json};

use super::super::member::member;
use super::super::{Admin, Route, listed, moment};
use super::{system_accounts as shown_account, users};
use crate::model::{Holder, OrganizationTeam};
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{OptionalBody, Page, Problem};
use crate::service::organization_teams::{self, find};
use crate::service::system_accounts::find as find_account;
use crate::store::listing::Listing;
use crate::store::organization_teams::IN_TEAM;
use crate::{Portal, store};

pub(super) fn routes() -> Vec<Route> {
    let one = "/v3/teams/{team_id}";
    let (users, accounts) = (
        "/v3/teams/{team_id}/users",
        "/v3/teams/{team_id}/system-accounts",
    );
    vec![
        (Method::GET, "/v3/teams", get(list)),
        (Method::POST, "/v3/teams", post(create)),
        (Method::GET, one, get(read)),
        (Method::PATCH, one, patch(update)),
        (Method::DELETE, one, delete(remove)),
        (Method::GET, users, get(users_of)),
        (Method::POST, users, post(add_user)),
        (
            Method::DELETE,
            "/v3/teams/{team_id}/users/{user_id}",
            delete(remove_user),
        ),
        (Method::GET, accounts, get(accounts_of)),
        (Method::POST, accounts, post(add_account)),
        (
            Method::DELETE,
            "/v3/teams/{team_id}/system-accounts/{account_id}",
            delete(remove_account),
        ),
        (
            Method::GET,
            "/v3/system-accounts/{account_id}/teams",
            get(of_account),
        ),
    ]
}

pub(super) const COLUMNS: &[Column] = &[
    column("name", "t.name", Kind::Text),
    column("labels", "t.labels", Kind::Labels).filter_only(),
    column("created_at", "t.created_at", Kind::Time).sort_only(),
];

async fn list(State(portal): State<Portal>, query: Query) -> Result<Json<Page<Value>>, Problem> {
    let list =
        async |listing: &Listing| store::organization_teams::list(portal.db(), listing).await;
    listed(&query, COLUMNS, list, |team| render(&portal, team)).await
}

async fn create(
    Admin { ctx }: Admin,
    State(portal): State<Portal>,
    OptionalBody(body): OptionalBody,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let team = organization_teams::create(&portal, &ctx, body).await?;
    Ok((StatusCode::CREATED, Json(render(&portal, &team))))
}

async fn read(
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    Ok(Json(render(&portal, &find(&portal, &id).await?)))
}

async fn update(
    Admin { ctx }: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    OptionalBody(body): OptionalBody,
) -> Result<Json<Value>, Problem> {
    let team = find(&portal, &id).await?;
    let team = organization_teams::update(&portal, &ctx, team, body).await?;
    Ok(Json(render(&portal, &team)))
}

async fn remove(
    Admin { ctx }: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let team = find(&portal, &id).await?;
    organization_teams::delete(&portal, &ctx, &team).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn users_of(
    State(portal): State<Portal>,
    Path(id): Path<String>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let team = find(&portal, &id).await?;
    let list = async |listing: &Listing| {
        let listing = listing.clone();
        let listing = match team.access {
            Some(access) => listing.only("t.role", access),
            None => listing.within(IN_TEAM, team.id),
        };
        store::administrators::list(portal.db(), &listing).await
    };
    listed(&query, users::COLUMNS, list, users::render).await
}

async fn add_user(
    Admin { ctx }: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    OptionalBody(body): OptionalBody,
) -> Result<StatusCode, Problem> {
    let team = find(&portal, &id).await?;
    let user = users::find(&portal, &member::<String>(body)?).await?;
    organization_teams::add_user(&portal, &ctx, &team, &user).await?;
    Ok(StatusCode::CREATED)
}

async fn remove_user(
    Admin { ctx }: Admin,
    State(portal): State<Portal>,
    Path((id, user)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let team = find(&portal, &id).await?;
    let user = users::find(&portal, &user).await?;
    organization_teams::remove(&portal, &ctx, &team, Holder::User(user.id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn accounts_of(
    State(portal): State<Portal>,
    Path(id): Path<String>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let team = find(&portal, &id).await?;
    let list = async |listing: &Listing| {
        let listing = listing.clone().within(IN_TEAM, team.id);
        store::system_accounts::list(portal.db(), &listing).await
    };
    listed(&query, shown_account::COLUMNS, list, shown_account::render).await
}

async fn add_account(
    Admin { ctx }: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    OptionalBody(body): OptionalBody,
) -> Result<StatusCode, Problem> {
    let team = find(&portal, &id).await?;
    let account = find_account(&portal, &member::<String>(body)?).await?;
    organization_teams::add_account(&portal, &ctx, &team, &account).await?;
    Ok(StatusCode::CREATED)
}

async fn remove_account(
    Admin { ctx }: Admin,
    State(portal): State<Portal>,
    Path((id, account)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let team = find(&portal, &id).await?;
    let account = find_account(&portal, &account).await?;
    let member = Holder::SystemAccount(account.id);
    organization_teams::remove(&portal, &ctx, &team, member).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn of_account(
    State(portal): State<Portal>,
    Path(id): Path<String>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let member = Holder::SystemAccount(find_account(&portal, &id).await?.id);
    let list = async |listing: &Listing| {
        store::organization_teams::list_of(portal.db(), member, listing).await
    };
    listed(&query, COLUMNS, list, |team| render(&portal, team)).await
}

pub(super) fn render(portal: &Portal, team: &OrganizationTeam) -> Value {
    // The teams that are always there are as old as the organisation.
    let since = portal.organization().created_at;
    json!({
        "id": team.id,
        "name": team.name,
        "description": team.description,
        "system_team": team.access.is_some(),
        "labels": team.labels,
        "created_at": moment(team.created_at.max(since)),
        "updated_at": moment(team.updated_at.max(since)),
    })
}
