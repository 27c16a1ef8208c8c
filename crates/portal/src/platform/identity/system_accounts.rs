//! `/v3/system-accounts`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::routing::{delete, get, patch, post};
use serde_json::{Value, json};

use super::super::{Admin, Route, listed, moment};
use crate::Portal;
use crate::model::SystemAccount;
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{OptionalBody, Page, Problem};
use crate::service::system_accounts::{self, find};
use crate::store;
use crate::store::listing::Listing;

pub(super) fn routes() -> Vec<Route> {
    let one = "/v3/system-accounts/{account_id}";
    vec![
        (Method::GET, "/v3/system-accounts", get(list)),
        (Method::POST, "/v3/system-accounts", post(create)),
        (Method::GET, one, get(read)),
        (Method::PATCH, one, patch(update)),
        (Method::DELETE, one, delete(remove)),
    ]
}

pub(super) const COLUMNS: &[Column] = &[
    column("name", "t.name", Kind::Text),
    column("description", "t.description", Kind::Text),
    // The vendor's own accounts, of which there are none here.
    column("konnect_managed", "(1 = 0)", Kind::Boolean).filter_only(),
    column("created_at", "t.created_at", Kind::Time).sort_only(),
];

async fn create(
    admin: Admin,
    State(portal): State<Portal>,
    OptionalBody(body): OptionalBody,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let account = system_accounts::create(&portal, &admin.ctx, body).await?;
    Ok((StatusCode::CREATED, Json(render(&account))))
}

async fn list(
    _: Admin,
    State(portal): State<Portal>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let list = async |listing: &Listing| store::system_accounts::list(portal.db(), listing).await;
    listed(&query, COLUMNS, list, render).await
}

async fn read(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    Ok(Json(render(&find(&portal, &id).await?)))
}

async fn update(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    OptionalBody(body): OptionalBody,
) -> Result<Json<Value>, Problem> {
    let account = find(&portal, &id).await?;
    let account = system_accounts::update(&portal, &admin.ctx, account, body).await?;
    Ok(Json(render(&account)))
}

async fn remove(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let account = find(&portal, &id).await?;
    system_accounts::delete(&portal, &admin.ctx, &account).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) fn render(account: &SystemAccount) -> Value {
    json!({
        "id": account.id,
        "name": account.name,
        "description": account.description,
        "konnect_managed": false,
        "created_at": moment(account.created_at),
        "updated_at": moment(account.updated_at),
    })
}
