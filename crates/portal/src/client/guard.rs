//! What every request of the client API passes: which portal, from which origin.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{self, HeaderName};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use web::Caller;

use crate::model::{PortalId, Site};
use crate::rest::Problem;
use crate::service::ip_allow_list::admit;
use crate::{Error, Portal, store};

/// The portal that a request is for.
#[derive(Clone, Debug)]
pub(super) struct At {
    pub(super) site: Site,
    /// Its own origin, for links in mails.
    pub(super) origin: String,
    /// Whether cookies travel over TLS alone.
    pub(super) secure: bool,
}

/// Finds the portal by `Host`, answers for other origins as far as the portal allows any, and lets no
/// other site write with a developer's cookies.
pub(super) async fn guard(
    State(portal): State<Portal>,
    mut request: Request,
    next: Next,
) -> Response {
    let at = match find(&portal, request.headers()).await {
        Ok(at) => at,
        Err(error) => return Problem::from(error).into_response(),
    };
    let caller = Caller::of(request.extensions(), request.headers());
    if let Err(error) = admit(&at.site, caller.address) {
        return Problem::from(error).into_response();
    }
    let origin = text(request.headers(), header::ORIGIN.as_str()).map(str::to_owned);
    let client = origin.filter(|origin| is_client_of(origin, &at.site));
    let mut response = if client.is_some() && is_preflight(&request) {
        preflight()
    } else if client.is_none() && writes(request.method()) && from_elsewhere(request.headers(), &at)
    {
        let text =
            "this request comes from another site; its origin is not this portal's client domain";
        Problem::from(Error::Forbidden(text.into())).into_response()
    } else {
        request.extensions_mut().insert(at);
        next.run(request).await
    };
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    if let Some(client) = client.and_then(|client| HeaderValue::try_from(client).ok()) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, client);
        let yes = HeaderValue::from_static("true");
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, yes);
    }
    response
}

/// Answers differ by developer and some hold secrets: nothing may keep them, unless it says otherwise.
pub(super) async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    headers
        .entry(header::X_CONTENT_TYPE_OPTIONS)
        .or_insert(HeaderValue::from_static("nosniff"));
    response
}

/// `PORTAL_ID.localhost`, a portal's own domain, or else the first portal of the instance.
async fn find(portal: &Portal, headers: &HeaderMap) -> Result<At, Error> {
    let given = text(headers, header::HOST.as_str())
        .unwrap_or_default()
        .to_lowercase();
    let host = without_port(&given);
    let by_id = host.strip_suffix(".localhost");
    let by_id = by_id.and_then(|id| id.parse::<PortalId>().ok());
    let found = match by_id {
        Some(id) => store::sites::find(portal.db(), id).await?,
        None => store::sites::find_by_domain(portal.db(), host).await?,
    };
    let named = found.is_some();
    let site = match found {
        Some(site) => site,
        None => store::sites::oldest(portal.db()).await?.ok_or_else(|| {
            Error::NotFound("there is no portal yet; make one on the platform API".into())
        })?,
    };
    let secure = portal.portal_url().starts_with("https://");
    let scheme = if secure { "https" } else { "http" };
    // A mail's link never leads to a host that a caller made up.
    let origin = match (&site.custom_domain, by_id) {
        (Some(domain), _) => format!("{scheme}://{domain}"),
        (None, Some(_)) if named => format!("{scheme}://{given}"),
        _ => portal.portal_url().to_owned(),
    };
    Ok(At {
        site,
        origin,
        secure,
    })
}

/// Whether an origin is the client that an administrator named.
pub(super) fn is_client_of(origin: &str, site: &Site) -> bool {
    let domain = site.custom_client_domain.as_deref();
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    match (domain, authority) {
        (Some(domain), Some(authority)) => {
            authority.eq_ignore_ascii_case(domain) && origin.starts_with("http")
        }
        _ => false,
    }
}

fn is_preflight(request: &Request) -> bool {
    let asked = header::ACCESS_CONTROL_REQUEST_METHOD;
    request.method() == Method::OPTIONS && request.headers().contains_key(asked)
}

fn preflight() -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let mut set = |name: HeaderName, value| {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    };
    set(
        header::ACCESS_CONTROL_ALLOW_METHODS,
        "GET, POST, PUT, PATCH, DELETE",
    );
    set(
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        "content-type, accept, idempotency-key, x-request-id",
    );
    set(header::ACCESS_CONTROL_MAX_AGE, "600");
    response
}

const fn writes(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Whether a browser says that another site sent this. Programs that are no browsers say nothing, and
/// carry no cookies of somebody else's.
///
/// Source: OWASP Cross-Site Request Forgery Prevention Cheat Sheet (verifying origin, fetch metadata).
fn from_elsewhere(headers: &HeaderMap, at: &At) -> bool {
    if let Some(origin) = text(headers, header::ORIGIN.as_str()) {
        let host = text(headers, header::HOST.as_str()).unwrap_or_default();
        let authority = origin
            .split_once("://")
            .map_or(origin, |(_, authority)| authority);
        return !authority.eq_ignore_ascii_case(host) && !origin.eq_ignore_ascii_case(&at.origin);
    }
    let site = text(headers, "sec-fetch-site");
    site.is_some_and(|site| !matches!(site, "same-origin" | "none"))
}

pub(super) fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}
