//! Who reads, and in which portal: settled once a request, before any page.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::SET_COOKIE;
use http::request::Parts;
use http::{Method, StatusCode};
use web::{Account, Brand, Frame, Link, MenuItem, Visitor, wants_html};

use super::Pages;
use super::refusal::{self, Refused};
use super::source::{PortalFacts, ReaderFacts};
use super::text::text;
use crate::Error;

/// A reader of this portal, signed in or not.
#[derive(Clone, Debug)]
pub(crate) struct Reader(pub(crate) Arc<ReaderFacts>);

/// A reader who is signed in. As an extractor it sends others to sign in first.
#[derive(Clone, Debug)]
pub(crate) struct SignedIn(pub(crate) Arc<ReaderFacts>);

/// A reader who may see what the portal publishes, or some of it: anybody in a public portal, in others
/// whoever is signed in, and where APIs are published for everybody, those of them anybody.
#[derive(Clone, Debug)]
pub(crate) struct Visible(pub(crate) Arc<ReaderFacts>);

/// Finds the portal and the developer, and puts the portal's frame around every page.
pub(crate) async fn settle(
    State(pages): State<Pages>,
    visitor: Visitor,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let as_page = wants_html(&parts.headers);
    let arrival = match pages.source.arrive(&parts).await {
        Ok(arrival) => arrival,
        Err(error) => return refusal::page(&visitor, &error),
    };
    let about_api = parts.method == Method::GET && parts.uri.path().starts_with("/products/");
    let mut request = Request::from_parts(parts, body);
    let reader = Arc::new(arrival.reader);
    let visitor = visitor.clone().framed(frame(&visitor, &reader));
    if let Some(frame) = visitor.frame() {
        request.extensions_mut().insert(Arc::new(frame.clone()));
    }
    request.extensions_mut().insert(reader.clone());

    let mut response = next.run(request).await;

    // Whether there is such an API for developers, others are not told.
    let may_be_private = |refused: &Refused| {
        as_page && !reader.reads_all() && about_api && matches!(refused.error(), Error::NotFound(_))
    };
    if let Some(refused) = response.extensions().get::<Refused>()
        && may_be_private(refused)
    {
        response = to_sign_in(&visitor, &Method::GET, "");
    }
    if let Some(refused) = response.extensions_mut().remove::<Refused>() {
        response = refusal::page(&visitor, refused.error());
    } else if as_page && response.status() == StatusCode::METHOD_NOT_ALLOWED {
        response = visitor
            .problem(StatusCode::METHOD_NOT_ALLOWED)
            .into_response();
    }
    // A handler that signs in or out has the last word on the session's cookies.
    if !response.headers().contains_key(SET_COOKIE) {
        for cookie in arrival.cookies {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
    }
    response
}

fn frame(visitor: &Visitor, reader: &ReaderFacts) -> Frame {
    let text = text(visitor);
    let here = visitor.here();
    let portal = &reader.portal;
    let mut navigation = vec![catalogue_link(
        text.get("nav-catalogue"),
        reader.catalogue(),
        here,
    )];
    let pages = portal.menu.iter();
    navigation.extend(pages.map(|page| Link::new(&page.title, &page.href, here)));
    let mut frame = Frame {
        brand: brand(portal),
        icon: portal.icon.clone(),
        stylesheets: portal
            .stylesheet
            .iter()
            .map(|css| web::assets::generated_path("theme.css", css))
            .collect(),
        ..Frame::default()
    };
    match &reader.developer {
        Some(developer) => {
            navigation.push(Link::new(text.get("nav-apps"), "/my-apps", here));
            frame.account = Some(Account {
                name: developer.full_name.clone(),
                detail: developer.email.clone(),
                menu: vec![
                    MenuItem::Link(Link::new(text.get("nav-apps"), "/my-apps", here)),
                    MenuItem::Action {
                        label: visitor.text().get("sign-out"),
                        action: "/logout".to_owned(),
                    },
                ],
            });
        }
        None if !portal.is_public => {
            let sign_in = Link::new(text.get("nav-sign-in"), "/login", here);
            let sign_up = || Link::new(text.get("nav-sign-up"), "/register", here);
            let sign_up = portal.ways.passwords.then(sign_up);
            frame.welcome = std::iter::once(sign_in).chain(sign_up).collect();
        }
        None => {}
    }
    frame.navigation = navigation;
    frame
}

fn brand(portal: &PortalFacts) -> Brand {
    Brand {
        name: portal.name.clone(),
        href: "/".to_owned(),
        logo: portal.logo.clone(),
    }
}

/// The catalogue and everything about APIs.
fn catalogue_link(label: String, address: &str, here: &str) -> Link {
    let mut link = Link::new(label, address, here);
    link.current |= here.starts_with("/products/");
    link
}

impl<S: Send + Sync> FromRequestParts<S> for Reader {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        let facts = parts.extensions.get::<Arc<ReaderFacts>>();
        facts
            .cloned()
            .map(Self)
            .ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let Reader(facts) = Reader::from_request_parts(parts, state)
            .await
            .map_err(IntoResponse::into_response)?;
        match facts.developer {
            Some(_) => Ok(Self(facts)),
            None => Err(sign_in_first(parts, state).await),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visible {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let Reader(facts) = Reader::from_request_parts(parts, state)
            .await
            .map_err(IntoResponse::into_response)?;
        if facts.reads_all() || facts.public_apis {
            return Ok(Self(facts));
        }
        Err(sign_in_first(parts, state).await)
    }
}

async fn sign_in_first<S: Send + Sync>(parts: &mut Parts, state: &S) -> Response {
    match Visitor::from_request_parts(parts, state).await {
        Ok(visitor) => to_sign_in(&visitor, &parts.method, parts.uri.path()),
        Err(status) => status.into_response(),
    }
}

/// To the page for signing in, and back to this one afterwards.
pub(crate) fn to_sign_in(visitor: &Visitor, method: &Method, path: &str) -> Response {
    // A form cannot be sent again after signing in; its page can be opened.
    let back = if *method == Method::GET {
        visitor.here()
    } else {
        path
    };
    if back == "/" {
        return visitor.redirect("/login").into_response();
    }
    let encoded: String = url::form_urlencoded::byte_serialize(back.as_bytes()).collect();
    visitor
        .redirect(format!("/login?go_on={encoded}"))
        .into_response()
}
