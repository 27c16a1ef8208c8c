//! A mail as it would arrive, in a frame: what is saved, or what was entered.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use serde_json::Map;
use web::{Administrator, ContentPolicy, Form, Input, Visitor, html};

use super::one::Place;
use super::{Refused, text};
use crate::mail::Mail;
use crate::model::EmailTemplate;
use crate::service::{portal_mail, sites};
use crate::{Actor, Ctx, Error, Portal};

pub(super) async fn saved(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    Path(path): Path<(String, String, String)>,
) -> Result<Response, Refused> {
    let place = Place::of(&portal, &path).await?;
    let ctx = portal.ctx(Actor::Administrator(reader.email.clone()), "");
    let site = (&place.site, &place.kind);
    let template = portal_mail::written(&ctx, site, place.own.as_ref(), Map::new())?;
    show(&portal, &place, (&visitor, &reader), &template).await
}

pub(super) async fn entered(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    Path(path): Path<(String, String, String)>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let place = Place::of(&portal, &path).await?;
    let ctx = portal.ctx(Actor::Administrator(reader.email.clone()), "");
    match template(&ctx, &place, &input) {
        Ok(template) => show(&portal, &place, (&visitor, &reader), &template).await,
        Err(Error::Invalid(wrong)) => {
            let said = text(&visitor).get("mails-preview-wrong");
            let page = html! {
                p { (said) }
                ul { @for one in &wrong { li { (one.reason) } } }
            };
            let answer = framed(&page.into_string());
            Ok((StatusCode::UNPROCESSABLE_ENTITY, answer).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// What a form makes of the template.
///
/// # Errors
/// [`Error::Invalid`].
pub(super) fn template(ctx: &Ctx, place: &Place, input: &Input) -> Result<EmailTemplate, Error> {
    let site = (&place.site, &place.kind);
    portal_mail::written(ctx, site, place.own.as_ref(), place.body(input))
}

/// A mail of the kind as it could go to the reader, in the language of the text.
pub(super) fn sample(
    portal: &Portal,
    place: &Place,
    (visitor, reader): (&Visitor, &Administrator),
) -> Mail {
    let locale = place.language.usual(visitor.text().locale());
    let address = sites::address(portal, &place.site);
    let now = portal.clock().now();
    Mail {
        to: reader.email.clone(),
        full_name: reader.name.clone(),
        ..place.kind.sample(&place.site, &address, locale, now)
    }
}

async fn show(
    portal: &Portal,
    place: &Place,
    reader: (&Visitor, &Administrator),
    template: &EmailTemplate,
) -> Result<Response, Refused> {
    let mail = sample(portal, place, reader);
    let (letter, _) = crate::mail::as_sent(portal.db(), &mail, Some(template)).await?;
    Ok(framed(&letter.html))
}

/// A page that stands in a frame of the console alone. Its styles are written at its elements, as mail
/// readers want them.
fn framed(page: &str) -> Response {
    let policy = ContentPolicy::nothing()
        .allow("style-src", "'unsafe-inline'")
        .allow("frame-ancestors", "'self'");
    let mut response = page.to_owned().into_response();
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        http::HeaderValue::from_static("text/html; charset=utf-8"),
    );
    headers.insert(CACHE_CONTROL, http::HeaderValue::from_static("no-store"));
    headers.insert(CONTENT_SECURITY_POLICY, policy.header());
    response
}
