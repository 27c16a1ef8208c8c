//! `/v2/application-auth-strategies`. PUT answers 201, as the specification has it.
//!
//! Source: Konnect application-auth-strategies v2.1.1.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use axum::routing::{delete, get, patch, post, put};
use serde_json::{Value, json};

use super::{Admin, Route, listed, moment, settled};
use crate::Portal;
use crate::model::{AuthStrategy, ProviderType, StrategyConfig, StrategyType};
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{Body, Page, Problem};
use crate::service::strategies::{self, find};
use crate::service::strategy_secrets;
use crate::store;
use crate::store::listing::Listing;

pub(super) fn routes() -> Vec<Route> {
    let (all, one) = (
        "/v2/application-auth-strategies",
        "/v2/application-auth-strategies/{id}",
    );
    vec![
        (Method::POST, all, post(create)),
        (Method::GET, all, get(list)),
        (Method::GET, one, get(read)),
        (Method::PUT, one, put(replace)),
        (Method::PATCH, one, patch(update)),
        (Method::DELETE, one, delete(remove)),
        (
            Method::GET,
            "/v2/application-auth-strategies/{id}/withheld",
            get(withheld),
        ),
    ]
}

const COLUMNS: &[Column] = &[
    column("name", "t.name", Kind::Text),
    column("display_name", "t.display_name", Kind::Text),
    column(
        "strategy_type",
        "t.strategy_type",
        Kind::Word(StrategyType::WORDS),
    ),
    column("dcr_provider_id", "t.dcr_provider_id", Kind::Uuid),
    column("dcr_provider_name", "d.name", Kind::Text),
    column(
        "dcr_provider_type",
        "d.provider_type",
        Kind::Word(ProviderType::WORDS),
    ),
    column("created_at", "t.created_at", Kind::Time).sort_only(),
    column("updated_at", "t.updated_at", Kind::Time).sort_only(),
];

async fn create(
    admin: Admin,
    State(portal): State<Portal>,
    Body(body): Body,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let strategy = strategies::create(&portal, &admin.ctx, body).await?;
    Ok((StatusCode::CREATED, Json(render(&strategy))))
}

async fn list(
    _: Admin,
    State(portal): State<Portal>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let db = portal.db();
    let list = async |listing: &Listing| store::strategies::list(db, listing).await;
    listed(&query, COLUMNS, list, render).await
}

async fn read(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    Ok(Json(render(&find(&portal, &id).await?)))
}

/// What of `configs.openid-connect` there is and is never shown; no operation of Konnect's.
async fn withheld(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let strategy = find(&portal, &id).await?;
    let members = strategy_secrets::withheld(portal.sealer(), &strategy);
    Ok(Json(json!({ "withheld": members })))
}

async fn replace(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    Body(body): Body,
) -> Result<Response, Problem> {
    let strategy = find(&portal, &id).await?;
    let (strategy, revision) = strategies::replace(&portal, &admin.ctx, strategy, body).await?;
    let answer = (StatusCode::CREATED, Json(render(&strategy)));
    Ok(settled(&portal, Some(revision), answer).await)
}

async fn update(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    Body(body): Body,
) -> Result<Response, Problem> {
    let strategy = find(&portal, &id).await?;
    let (strategy, revision) = strategies::update(&portal, &admin.ctx, strategy, body).await?;
    Ok(settled(&portal, Some(revision), Json(render(&strategy))).await)
}

async fn remove(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let strategy = find(&portal, &id).await?;
    strategies::delete(&portal, &admin.ctx, &strategy).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn render(strategy: &AuthStrategy) -> Value {
    let configs = match &strategy.config {
        StrategyConfig::KeyAuth(config) => json!({ "key-auth": config }),
        StrategyConfig::OpenidConnect(config) => json!({ "openid-connect": config }),
    };
    let provider = match (strategy.dcr_provider_id, &strategy.dcr_provider) {
        (Some(id), Some((name, display_name, kind))) => {
            let mut provider = json!({ "id": id, "name": name, "provider_type": kind });
            if let Some(display_name) = display_name {
                provider["display_name"] = display_name.as_str().into();
            }
            provider
        }
        _ => Value::Null,
    };
    json!({
        "id": strategy.id,
        "name": strategy.name,
        "display_name": strategy.display_name,
        "strategy_type": strategy.strategy_type(),
        "configs": configs,
        "active": strategy.active,
        "dcr_provider": provider,
        "labels": strategy.labels,
        "supports_multiple_credentials": strategy.strategy_type() == StrategyType::KeyAuth,
        "principals": { "enabled": strategy.principals_enabled },
        "created_at": moment(strategy.created_at),
        "updated_at": moment(strategy.updated_at),
    })
}
