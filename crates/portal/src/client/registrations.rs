//! Registrations of an application for product versions.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use serde_json::{Value, json};

use super::applications::own;
use super::effective::{settled, told};
use super::session::SignedIn;
use super::strategy;
use crate::model::{Application, ApprovalStatus, ProductVersionId, Registration, RegistrationId};
use crate::rest::check::{Rule, Shape, UUID, nullable, required, text};
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{Body, Page, Problem, input, path_id};
use crate::service::applications::NewRegistration;
use crate::store::catalogue::{self, Registered};
use crate::store::listing::Listing;
use crate::{Error, Portal, store};

const COLUMNS: &[Column] = &[
    column("id", "t.id", Kind::Uuid),
    column("status", "t.status", Kind::Word(ApprovalStatus::WORDS)),
    column("product_name", "a.name", Kind::Text),
    column("product_version_name", "v.name", Kind::Text),
    column("created_at", "t.created_at", Kind::Time).sort_only(),
];

const NEW: Shape = Shape {
    fields: &[
        required("product_version_id", UUID),
        nullable(
            "scopes",
            Rule::List {
                of: &text(1, 128),
                min: 0,
                max: 100,
            },
        ),
    ],
    open: false,
};

#[derive(Deserialize)]
struct Asked {
    product_version_id: ProductVersionId,
    scopes: Option<Vec<String>>,
}

pub(super) async fn list(
    signed_in: SignedIn,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    Ok(Json(
        listed(&portal, (&signed_in, &id), (&query, COLUMNS), shown).await?,
    ))
}

/// The page of the registrations of a developer's application that is asked for.
pub(super) async fn listed(
    portal: &Portal,
    (signed_in, id): (&SignedIn, &str),
    (query, columns): (&Query, &'static [Column]),
    shown: fn(&Registered) -> Value,
) -> Result<Page<Value>, Error> {
    let application = own(portal, signed_in, id).await?;
    let listing = query.listing(columns, "t.created_at")?;
    let listing = listing.only("t.application_id", application.id);
    let (found, total) = catalogue::registrations(portal.db(), &listing).await?;
    let data = found.iter().map(shown).collect();
    Ok(Page::new(data, &listing, total))
}

pub(super) async fn create(
    signed_in: SignedIn,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    Body(body): Body,
) -> Result<(StatusCode, HeaderMap, Json<Value>), Problem> {
    let application = own(&portal, &signed_in, &id).await?;
    let asked: Asked = input(body, &NEW)?;
    let new = NewRegistration {
        product_version_id: asked.product_version_id,
        scopes: asked.scopes.unwrap_or_default(),
        status: None,
    };
    let (headers, registered) = register(&portal, &signed_in, &application, new).await?;
    Ok((StatusCode::CREATED, headers, Json(shown(&registered))))
}

/// Registers an application.
///
/// # Errors
/// Those of [`Applications::register`](crate::service::applications::Applications::register), as
/// developers may read them.
pub(super) async fn register(
    portal: &Portal,
    signed_in: &SignedIn,
    application: &Application,
    new: NewRegistration,
) -> Result<(HeaderMap, Registered), Error> {
    let applications = portal.applications();
    let made = applications.register(&signed_in.ctx, application, new);
    let (headers, registration) = settled(portal, made.await.map_err(told)?).await;
    let registered = find(portal, application, registration.id).await?;
    Ok((headers, registered))
}

pub(super) async fn get(
    signed_in: SignedIn,
    State(portal): State<Portal>,
    Path(path): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    Ok(Json(shown(&at(&portal, &signed_in, &path).await?)))
}

pub(super) async fn delete(
    signed_in: SignedIn,
    State(portal): State<Portal>,
    Path((id, registration)): Path<(String, String)>,
) -> Result<(StatusCode, HeaderMap), Problem> {
    let application = own(&portal, &signed_in, &id).await?;
    let id = path_id("registration", &registration)?;
    let gone = portal
        .applications()
        .unregister(&signed_in.ctx, &application, id)
        .await;
    let (headers, ()) = settled(&portal, gone.map_err(told)?).await;
    Ok((StatusCode::NO_CONTENT, headers))
}

pub(super) async fn granted_scopes(
    signed_in: SignedIn,
    State(portal): State<Portal>,
    Path(path): Path<(String, String)>,
) -> Result<Response, Problem> {
    let found = at(&portal, &signed_in, &path).await?;
    Ok(scopes(found.granted_scopes))
}

/// The scopes of an application for a version, registered or not: those of the application itself
/// count as well.
pub(super) async fn version_scopes(
    signed_in: SignedIn,
    State(portal): State<Portal>,
    Path((id, version)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let application = own(&portal, &signed_in, &id).await?;
    let version: ProductVersionId = path_id("product version", &version)?;
    let found = store::registrations::find_for(portal.db(), application.id, version).await?;
    let view = strategy::find(&portal, application.auth_strategy_id).await?;
    let granted = view.available_scopes.is_some().then(|| {
        let registered: Option<Registration> = found;
        let mut all = application.scopes.clone();
        for scope in registered
            .and_then(|found| found.granted_scopes)
            .unwrap_or_default()
        {
            if !all.contains(&scope) {
                all.push(scope);
            }
        }
        all
    });
    Ok(scopes(granted))
}

/// The scopes, or that there are none to choose from.
pub(super) fn scopes(granted: Option<Vec<String>>) -> Response {
    match granted {
        Some(scopes) => Json(json!({ "scopes": scopes })).into_response(),
        None => {
            let body = json!({
                "type": "https://httpstatuses.com/422",
                "status": 422,
                "title": "Unsupported IDP",
                "instance": "kong:trace:0",
                "detail": "This feature is not supported by the application.",
            });
            let kind = [(header::CONTENT_TYPE, "application/problem+json")];
            (StatusCode::UNPROCESSABLE_ENTITY, kind, body.to_string()).into_response()
        }
    }
}

/// A registration of the application.
///
/// # Errors
/// [`Error::NotFound`].
/// The registration at this path: a developer's application, and which one of it.
pub(super) async fn at(
    portal: &Portal,
    signed_in: &SignedIn,
    (id, registration): &(String, String),
) -> Result<Registered, Error> {
    let application = own(portal, signed_in, id).await?;
    let id = path_id("registration", registration)?;
    find(portal, &application, id).await
}

async fn find(
    portal: &Portal,
    application: &Application,
    id: RegistrationId,
) -> Result<Registered, Error> {
    let listing = Listing::all("t.created_at")
        .only("t.id", id)
        .only("t.application_id", application.id);
    let (mut found, _) = catalogue::registrations(portal.db(), &listing).await?;
    found
        .pop()
        .ok_or_else(|| Error::not_found("registration", id))
}

fn shown(registered: &Registered) -> Value {
    let mut value = json!({
        "id": registered.id,
        "application_id": registered.application_id,
        "status": registered.status,
        "product_id": registered.product_id,
        "product_name": registered.product_name,
        "product_version_id": registered.product_version_id,
        "product_version_name": registered.product_version_name,
        "created_at": registered.created_at.to_rfc3339(),
        "updated_at": registered.updated_at.to_rfc3339(),
    });
    if let Some(scopes) = &registered.granted_scopes {
        value["granted_scopes"] = scopes.as_slice().into();
    }
    value
}
