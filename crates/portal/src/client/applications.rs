//! A developer's applications.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use oauth::redirect_uri::{self, ApplicationKind};
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use url::Url;

use super::effective::{settled, told};
use super::guard::text as header_text;
use super::session::SignedIn;
use super::strategy::{self, View, Views};
use crate::model::{
    Application, ApplicationId, ApplicationStatus, AuthStrategyId, DeveloperId, Labels,
};
use crate::rest::check::{Rule, Shape, UUID, nullable, optional, required, text};
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{Body, Page, Problem, input, path_id};
use crate::service::applications::{
    ApplicationChanges, CreatedApplication, LONGEST_OVERLAP, NewApplication, Removal,
};
use crate::{Error, Portal, Violation, store};

const COLUMNS: &[Column] = &[
    column("name", "t.name", Kind::Text),
    column("auth_strategy_id", "t.auth_strategy_id", Kind::Uuid),
    column("created_at", "t.created_at", Kind::Time).sort_only(),
];

/// The answer is that of an earlier request with the same `Idempotency-Key`.
const REPEATED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// `pending` while the client of a deleted application is still at the identity provider.
const REMOVAL: HeaderName = HeaderName::from_static("gatehouse-client-removal");

/// Longest `Idempotency-Key`.
const KEY: usize = 255;

const SCOPES: Rule = Rule::List {
    of: &text(1, 128),
    min: 0,
    max: 100,
};

const NEW: Shape = Shape {
    fields: &[
        required("name", text(1, 255)),
        nullable("description", text(0, 255)),
        nullable("redirect_uri", text(0, 2048)),
        nullable("reference_id", text(0, 255)),
        nullable("auth_strategy_id", UUID),
        nullable("scopes", SCOPES),
    ],
    open: false,
};

const CHANGES: Shape = Shape {
    fields: &[
        optional("name", text(1, 255)),
        nullable("description", text(0, 255)),
        nullable("redirect_uri", text(0, 2048)),
        nullable("reference_id", text(0, 255)),
        nullable("scopes", SCOPES),
    ],
    open: false,
};

#[derive(Deserialize)]
struct Asked {
    name: String,
    description: Option<String>,
    redirect_uri: Option<String>,
    reference_id: Option<String>,
    auth_strategy_id: Option<AuthStrategyId>,
    scopes: Option<Vec<String>>,
}

pub(super) async fn list(
    SignedIn { id, .. }: SignedIn,
    State(portal): State<Portal>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    Ok(Json(listed(&portal, id, &query, shown).await?))
}

/// The page of a developer's applications that is asked for.
///
/// # Errors
/// [`Error::Invalid`], with every violation of the query.
pub(super) async fn listed(
    portal: &Portal,
    id: DeveloperId,
    query: &Query,
    shown: fn(&Application, &View) -> Value,
) -> Result<Page<Value>, Error> {
    let listing = query.listing(COLUMNS, "t.created_at")?;
    let listing = store::applications::owned(listing, id);
    let (applications, total) = store::applications::list(portal.db(), &listing).await?;
    let used = applications
        .iter()
        .map(|application| application.auth_strategy_id);
    let views = Views::among(portal, used).await?;
    let show = |application: &Application| {
        let view = views.get(application.auth_strategy_id)?;
        Ok::<_, Error>(shown(application, view))
    };
    let data = applications.iter().map(show).collect::<Result<_, _>>()?;
    Ok(Page::new(data, &listing, total))
}

/// Makes an application. With DCR the answer holds its client's credentials, this once.
pub(super) async fn create(
    signed_in: SignedIn,
    State(portal): State<Portal>,
    headers: HeaderMap,
    Body(body): Body,
) -> Result<(StatusCode, HeaderMap, Json<Value>), Problem> {
    let (headers, made) = make(&portal, &signed_in, &headers, body).await?;
    let view = strategy::find(&portal, made.application.auth_strategy_id).await?;
    let mut value = shown(&made.application, &view);
    if let Some(secret) = made.client_secret {
        value["credentials"] = json!({
            "client_id": made.application.client_id,
            "client_secret": secret.reveal().expose_secret(),
        });
    }
    Ok((StatusCode::CREATED, headers, Json(value)))
}

/// Makes the application that the body asks for.
///
/// # Errors
/// Those of [`Applications::create`](crate::service::applications::Applications::create), as developers
/// may read them.
pub(super) async fn make(
    portal: &Portal,
    signed_in: &SignedIn,
    headers: &HeaderMap,
    body: Map<String, Value>,
) -> Result<(HeaderMap, CreatedApplication), Error> {
    let asked: Asked = input(body, &NEW)?;
    let new = NewApplication {
        portal_id: signed_in.site.id,
        developer_id: signed_in.id,
        auth_strategy_id: asked.auth_strategy_id,
        name: asked.name,
        description: filled(asked.description),
        redirect_uri: filled(asked.redirect_uri)
            .map(|uri| redirect(&uri))
            .transpose()?,
        reference_id: filled(asked.reference_id),
        scopes: asked.scopes.unwrap_or_default(),
        idempotency_key: idempotency_key(headers)?,
        labels: Labels::new(),
        companion_of: None,
    };
    let made = portal.applications().create(&signed_in.ctx, new).await;
    let (mut headers, made) = settled(portal, made.map_err(told)?).await;
    if made.repeated {
        headers.insert(REPEATED, HeaderValue::from_static("true"));
    }
    Ok((headers, made))
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
    let (headers, application) = change(&portal, &signed_in, &application, body).await?;
    let view = strategy::find(&portal, application.auth_strategy_id).await?;
    Ok((headers, Json(shown(&application, &view))))
}

/// Changes what the body names of an application.
///
/// # Errors
/// Those of [`Applications::update`](crate::service::applications::Applications::update), as developers
/// may read them.
pub(super) async fn change(
    portal: &Portal,
    signed_in: &SignedIn,
    application: &Application,
    body: Map<String, Value>,
) -> Result<(HeaderMap, Application), Error> {
    let changes = changes(application, body)?;
    let applications = portal.applications();
    let changed = applications.update(&signed_in.ctx, application, changes);
    Ok(settled(portal, changed.await.map_err(told)?).await)
}

pub(super) async fn delete(
    signed_in: SignedIn,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<(StatusCode, HeaderMap), Problem> {
    let application = own(&portal, &signed_in, &id).await?;
    let gone = portal
        .applications()
        .delete(&signed_in.ctx, &application)
        .await;
    let (mut headers, removal) = settled(&portal, gone.map_err(told)?).await;
    if removal == Removal::Pending {
        headers.insert(REMOVAL, HeaderValue::from_static("pending"));
    }
    Ok((StatusCode::NO_CONTENT, headers))
}

/// The developer's applications that are deleted, while their clients are still to be removed at the
/// identity provider.
pub(super) async fn pending_deletions(
    SignedIn { id, .. }: SignedIn,
    State(portal): State<Portal>,
) -> Result<Json<Value>, Problem> {
    let own = store::applications::of_developer(portal.db(), id).await?;
    let leaving = own
        .iter()
        .filter(|application| application.status == ApplicationStatus::Deleting);
    let leaving = leaving.map(|application| {
        json!({
            "id": application.id,
            "name": application.name,
            "client_id": application.client_id,
            "since": application.updated_at.to_rfc3339(),
        })
    });
    Ok(Json(json!({ "data": leaving.collect::<Vec<_>>() })))
}

#[derive(Deserialize)]
pub(super) struct Overlapping {
    /// Seconds.
    overlap: Option<String>,
}

/// How long the credentials that are replaced work on.
fn overlap(asked: Option<&str>) -> Result<Duration, Error> {
    let seconds = asked.unwrap_or("0").parse().ok();
    let overlap = seconds.map(Duration::from_secs);
    overlap
        .filter(|overlap| *overlap <= LONGEST_OVERLAP)
        .ok_or_else(|| {
            let longest = LONGEST_OVERLAP.as_secs();
            let reason = format!("\"overlap\" must be a number of seconds, at most {longest}");
            Error::invalid(Violation::query("overlap", "invalid", reason))
        })
}

/// Replaces the client's secret and shows the new one, this once. With `?overlap=SECONDS` the old
/// credential works on for so long.
pub(super) async fn refresh_token(
    signed_in: SignedIn,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    axum::extract::Query(asked): axum::extract::Query<Overlapping>,
) -> Result<(StatusCode, HeaderMap, Json<Value>), Problem> {
    let application = own(&portal, &signed_in, &id).await?;
    let overlap = overlap(asked.overlap.as_deref())?;
    let applications = portal.applications();
    let rotated = applications.rotate(&signed_in.ctx, &application, overlap);
    let rotated = rotated.await;
    let (headers, rotated) = settled(&portal, rotated.map_err(told)?).await;
    let mut body = json!({
        "client_id": rotated.client_id,
        "client_secret": rotated.client_secret.reveal().expose_secret(),
    });
    if let Some(previous) = rotated.previous {
        body["previous"] = json!({
            "id": previous.id(),
            "client_id": previous.client_id,
            "expires_at": previous.retires_at.to_rfc3339(),
        });
    }
    Ok((StatusCode::CREATED, headers, Json(body)))
}

/// An application of the developer or of one of their teams, in this portal. Others do not exist for them.
pub(super) async fn own(
    portal: &Portal,
    signed_in: &SignedIn,
    id: &str,
) -> Result<Application, Error> {
    let id: ApplicationId = path_id("application", id)?;
    let found = portal.applications().get(id, Some(signed_in.id)).await?;
    if found.portal_id == signed_in.site.id {
        Ok(found)
    } else {
        Err(Error::not_found("application", id))
    }
}

fn shown(application: &Application, strategy: &View) -> Value {
    let mut value = json!({
        "id": application.id,
        "name": application.name,
        "reference_id": application.reference_id,
        "description": application.description,
        "redirect_uri": application.redirect_uri,
        "auth_strategy": strategy.whole(),
        "created_at": application.created_at.to_rfc3339(),
        "updated_at": application.updated_at.to_rfc3339(),
    });
    if strategy.available_scopes.is_some() {
        value["scopes"] = application.scopes.as_slice().into();
    }
    value
}

/// A member that is absent stays; null or an empty text removes what may be missing.
fn changes(
    application: &Application,
    body: Map<String, Value>,
) -> Result<ApplicationChanges, Error> {
    crate::rest::check::all(
        &Value::Object(body.clone()),
        &CHANGES,
        crate::rest::check::Mode::Partial,
    )?;
    let member = |name: &str| {
        let value = body.get(name)?;
        Some(
            value
                .as_str()
                .filter(|text| !text.is_empty())
                .map(str::to_owned),
        )
    };
    if let Some(scopes) = body.get("scopes").and_then(Value::as_array) {
        let same = scopes
            .iter()
            .filter_map(Value::as_str)
            .eq(application.scopes.iter().map(String::as_str));
        if !same {
            let reason = "\"scopes\" of an application are chosen when it is created or registered";
            return Err(Error::invalid(Violation::body("scopes", "invalid", reason)));
        }
    }
    let redirect_uri = match member("redirect_uri") {
        Some(Some(uri)) => Some(Some(redirect(&uri)?)),
        Some(None) => Some(None),
        None => None,
    };
    Ok(ApplicationChanges {
        name: member("name").flatten(),
        description: member("description"),
        redirect_uri,
        reference_id: member("reference_id").flatten(),
    })
}

fn redirect(text: &str) -> Result<Url, Error> {
    let wrong = |reason: String| {
        let reason = format!("\"redirect_uri\" {reason}");
        Error::invalid(Violation::body("redirect_uri", "invalid", reason))
    };
    redirect_uri::check(text, ApplicationKind::Native).map_err(|error| wrong(error.to_string()))?;
    text.parse().map_err(|_| wrong("must be a URI".into()))
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Error> {
    match header_text(headers, "idempotency-key").map(str::trim) {
        None | Some("") => Ok(None),
        Some(key) if key.len() <= KEY => Ok(Some(key.to_owned())),
        Some(_) => Err(Error::Malformed(format!(
            "the Idempotency-Key header must not have more than {KEY} characters"
        ))),
    }
}

fn filled(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}
