//! Applications as administrators see them: `/v2/portals/{id}/applications`, `/v2/applications/{id}`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get};
use serde_json::{Value, json};

use super::super::{Admin, Route, moment, only, settled};
use super::{find, strategy};
use crate::model::{Application, ApplicationStatus, CredentialType};
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{Page, Problem, path_id};
use crate::service::applications::Removal;
use crate::service::decisions::Reason;
use crate::store;
use crate::{Error, Portal};

pub(super) fn routes() -> Vec<Route> {
    let one = "/v2/portals/{portal_id}/applications/{application_id}";
    vec![
        (
            Method::GET,
            "/v2/portals/{portal_id}/applications",
            get(list),
        ),
        (Method::GET, one, get(read)),
        (Method::DELETE, one, delete(remove)),
        (
            Method::GET,
            "/v2/applications/{application_id}",
            get(read_unscoped),
        ),
    ]
}

const COLUMNS: &[Column] = &[
    column("id", "t.id", Kind::Uuid).filter_only(),
    column("name", "t.name", Kind::Text),
    column("developer_id", "t.developer_id", Kind::Uuid),
    column(
        "developer_name",
        "(SELECT o.full_name FROM portal_developer o WHERE o.id = t.developer_id)",
        Kind::Text,
    )
    .filter_only(),
    column(
        "developer_email",
        "(SELECT o.email FROM portal_developer o WHERE o.id = t.developer_id)",
        Kind::Text,
    )
    .filter_only(),
    column("auth_strategy_id", "t.auth_strategy_id", Kind::Uuid).filter_only(),
    column("reference_id", "t.reference_id", Kind::Text).filter_only(),
    column("created_at", "t.created_at", Kind::Time).sort_only(),
];

async fn list(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let asked = (&query, COLUMNS);
    page_of(&portal, &id, asked, async |found| {
        render(&portal, found).await
    })
    .await
}

/// The page of a portal's applications that is asked for.
pub(in crate::platform) async fn page_of(
    portal: &Portal,
    id: &str,
    (query, columns): (&Query, &'static [Column]),
    render: impl AsyncFnOnce(&[Application]) -> Result<Vec<Value>, Error>,
) -> Result<Json<Page<Value>>, Problem> {
    let site = find(portal, id).await?;
    let listing = query
        .listing(columns, "t.created_at")?
        .only("t.portal_id", site.id)
        .only("t.status", ApplicationStatus::Active);
    let (applications, total) = store::applications::list(portal.db(), &listing).await?;
    let data = render(&applications).await?;
    Ok(Json(Page::new(data, &listing, total)))
}

async fn read(
    _: Admin,
    State(portal): State<Portal>,
    Path((id, application)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let application = find_in(&portal, &id, &application).await?;
    Ok(Json(render_one(&portal, &application).await?))
}

async fn read_unscoped(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let application = find_any(&portal, &id).await?;
    Ok(Json(render_one(&portal, &application).await?))
}

pub(in crate::platform) async fn remove(
    admin: Admin,
    State(portal): State<Portal>,
    Path((id, application)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let application = find_in(&portal, &id, &application).await?;
    let ended = portal
        .applications()
        .take_away(&admin.ctx, &application, &Reason::default())
        .await?;
    let response = settled(&portal, ended.revision, StatusCode::NO_CONTENT).await;
    Ok(match ended.value {
        Removal::Complete => response,
        Removal::Pending => ([("gatehouse-client-removal", "pending")], response).into_response(),
    })
}

pub(in crate::platform) async fn find_any(portal: &Portal, id: &str) -> Result<Application, Error> {
    let id = path_id("application", id)?;
    let found = store::applications::find(portal.db(), id).await?;
    found
        .filter(|application| application.status == ApplicationStatus::Active)
        .ok_or_else(|| Error::not_found("application", id))
}

/// The application of a portal, by the ids of both.
pub(in crate::platform) async fn find_in(
    portal: &Portal,
    site: &str,
    id: &str,
) -> Result<Application, Error> {
    let site = find(portal, site).await?;
    let application = find_any(portal, id).await?;
    if application.portal_id == site.id {
        Ok(application)
    } else {
        Err(Error::not_found("application", application.id))
    }
}

async fn render_one(portal: &Portal, application: &Application) -> Result<Value, Error> {
    Ok(only(
        render(portal, std::slice::from_ref(application)).await?,
    ))
}

async fn render(portal: &Portal, applications: &[Application]) -> Result<Vec<Value>, Error> {
    let db = portal.db();
    let owners = applications
        .iter()
        .map(|application| application.developer_id);
    let developers = store::developers::among(db, owners).await?;
    let used = applications
        .iter()
        .map(|application| application.auth_strategy_id);
    let strategies = store::strategies::among(db, used).await?;
    let ids = applications.iter().map(|application| application.id);
    let registrations = store::registrations::count_by_application(db, ids).await?;
    let rendered = applications.iter().map(|application| {
        let gone =
            |what: &str| Error::Internal(format!("{what} of application {}", application.id));
        let developer = developers.get(&application.developer_id);
        let developer = developer.ok_or_else(|| gone("no developer"))?;
        let auth_strategy = strategies.get(&application.auth_strategy_id);
        let auth_strategy = auth_strategy.ok_or_else(|| gone("no strategy"))?;
        let dcr = auth_strategy.credential_type() == CredentialType::ClientCredentials;
        let provider = auth_strategy.dcr_provider_id.map(|id| json!({ "id": id }));
        Ok(json!({
            "id": application.id,
            "name": application.name,
            "description": application.description,
            "labels": application.labels,
            "reference_id": application.reference_id,
            "registration_count": registrations.get(&application.id).unwrap_or(&0),
            "dcr_provider": provider,
            "portal": { "id": application.portal_id },
            "developer": {
                "id": developer.id,
                "name": developer.full_name,
                "email": developer.email,
            },
            "auth_strategy": strategy(auth_strategy),
            "granted_scopes": dcr.then_some(&application.scopes),
            "created_at": moment(application.created_at),
            "updated_at": moment(application.updated_at),
        }))
    });
    rendered.collect()
}
