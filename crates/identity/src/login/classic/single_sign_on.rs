//! `GET /user/ssodata` and `GET /user/geoloc/country`: what login widgets ask about the reader.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::CACHE_CONTROL;
use http::{HeaderMap, HeaderValue};
use serde_json::{Value, json};

use super::origin::From;
use super::refusal::Refusal;
use crate::Tenant;
use crate::authentication::session;
use crate::service::{connections, users};

/// Who signed in last in this browser. Only the tenant's own pages are told.
pub(super) async fn data(State(tenant): State<Tenant>, headers: HeaderMap) -> Response {
    let from = From::of(&tenant, &headers);
    let answer = match from {
        From::Nowhere | From::Home if !is_from_elsewhere(&headers) => last(&tenant, &headers).await,
        _ => Ok(json!({ "sso": false })),
    };
    let mut response = answer.map_or_else(IntoResponse::into_response, |data| {
        Json(data).into_response()
    });
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Whether a browser says that another site asks: where it loads this as a picture or a script, it sends no
/// origin (Fetch Metadata, `Sec-Fetch-Site`).
fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    headers
        .get("sec-fetch-site")
        .is_some_and(|site| site != "same-origin" && site != "none")
}

async fn last(tenant: &Tenant, headers: &HeaderMap) -> Result<Value, Refusal> {
    let nobody = json!({ "sso": false });
    let Some(session) = session::current(tenant, headers).await? else {
        return Ok(nobody);
    };
    let Some(user) = users::find(tenant, &session.user_id).await? else {
        return Ok(nobody);
    };
    let connection = connections::by_name(tenant, &session.connection).await?;
    let strategy = connection.map(|connection| connection.strategy);
    Ok(json!({
        "sso": true,
        "lastUsedUserID": user.user_id,
        "lastUsedUsername": user.email.as_deref().unwrap_or_else(|| user.called()),
        "lastUsedConnection": { "name": session.connection, "strategy": strategy },
        "sessionClients": [],
    }))
}

/// The reader's country. This tenant keeps no map of network addresses: it does not know.
pub(super) async fn country(State(tenant): State<Tenant>, headers: HeaderMap) -> Response {
    let mut response = Json(json!({ "countryCode": null, "countryName": null })).into_response();
    From::of(&tenant, &headers).share(&mut response);
    response
}
