//! Who is signed in: settled once a request, before any page.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use oauth::ShownOnce;
use portal::console::refusal;
use secrecy::{ExposeSecret as _, SecretString};
use web::{Administrator, Cookie, Visitor, cookie_value};

use super::{Console, frame, text};

/// What remains open to whoever must choose a password first.
const OPEN: [&str; 3] = ["/account", "/account/password", "/sign-out"];

/// Finds the administrator, and puts the console's frame around every page.
pub(super) async fn settle(
    State(console): State<Console>,
    visitor: Visitor,
    mut request: Request,
    next: Next,
) -> Response {
    let found = match token(&console, request.headers()) {
        Some(token) => console.administrators().of_session(&token).await,
        None => Ok(None),
    };
    let account = match found {
        Ok(account) => account,
        Err(error) => return refusal::page(&visitor, &error),
    };
    let administrator = account.as_ref().map(Administrator::from);
    let must_choose = account.is_some_and(|account| account.password_is_temporary);
    let rights = match &administrator {
        Some(reader) => console.portal.rights_of(reader).await.map(Some),
        None => Ok(None),
    };
    let rights = match rights {
        Ok(rights) => rights,
        Err(error) => return refusal::page(&visitor, &error),
    };
    let mut frame = frame::around(
        &console,
        &visitor,
        administrator.as_ref().zip(rights.as_ref()),
    );
    if must_choose {
        frame.sections.clear();
        let path = request.uri().path();
        if !OPEN.contains(&path) && !path.starts_with("/assets/") {
            return choose_first(&visitor.framed(frame), request.method());
        }
    }
    let framed = visitor.framed(frame.clone());
    request.extensions_mut().insert(Arc::new(frame));
    if let Some((administrator, rights)) = administrator.zip(rights) {
        request.extensions_mut().insert(administrator);
        request.extensions_mut().insert(Arc::new(rights));
    }
    let response = next.run(request).await;
    let status = response.status();
    let failed = status.is_client_error() || status.is_server_error();
    if failed && !response.headers().contains_key(CONTENT_TYPE) {
        return framed.problem(status).into_response();
    }
    response
}

fn choose_first(visitor: &Visitor, method: &Method) -> Response {
    if *method == Method::GET {
        return visitor.redirect("/account").into_response();
    }
    let text = text(visitor);
    let (title, next) = (
        text.get("account-choose-first"),
        text.get("account-temporary"),
    );
    visitor
        .problem_page(StatusCode::FORBIDDEN, &title, &next)
        .into_response()
}

/// The session that the browser brought along.
pub(super) fn token(console: &Console, headers: &HeaderMap) -> Option<SecretString> {
    cookie_value(headers, name(console)).map(SecretString::from)
}

/// The cookie that keeps a session until the browser closes; the database ends it sooner.
pub(super) fn cookie(console: &Console, token: ShownOnce<SecretString>) -> HeaderValue {
    let token = token.reveal();
    Cookie::new(name(console), token.expose_secret(), console.is_secure()).header()
}

/// The cookie that removes it.
pub(super) fn no_cookie(console: &Console) -> HeaderValue {
    Cookie::removal(name(console), console.is_secure()).header()
}

/// A `__Host-` cookie cannot be planted by a neighbouring host (RFC 6265bis §4.1.3.2); it exists over TLS
/// alone.
fn name(console: &Console) -> &'static str {
    if console.is_secure() {
        "__Host-console_session"
    } else {
        "console_session"
    }
}

/// The caller's network address; empty where there is none.
pub(super) fn address(
    console: &Console,
    peer: Option<&ConnectInfo<SocketAddr>>,
    headers: &HeaderMap,
) -> String {
    peer.map(|peer| web::caller(console.proxies(), peer.0.ip(), headers).to_string())
        .unwrap_or_default()
}
