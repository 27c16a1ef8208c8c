//! What is around every page: the tenant's name, logo, colours and languages, and where to find help.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{ACCEPT_LANGUAGE, REFERRER_POLICY};
use http::{HeaderName, HeaderValue};
use web::assets::serve_generated;
use web::{Brand, Frame, Link, Visitor};

use super::deferred;
use crate::Tenant;
use crate::model::branding::{STYLESHEET, picture};
use crate::model::tenant_settings::TenantSettings;

/// Puts the tenant's frame around the pages made behind it, and the headers that sign-in pages need
/// beyond those of every page.
pub(super) async fn put(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    mut request: Request,
    next: Next,
) -> Response {
    let languages = request.headers().get(ACCEPT_LANGUAGE);
    let languages = languages.and_then(|languages| languages.to_str().ok());
    let visitor = visitor.offered(&tenant.tenant_settings().locales(), languages);
    let frame = frame(&tenant, &visitor);
    request.extensions_mut().insert(visitor.clone());
    request.extensions_mut().insert(Arc::new(frame.clone()));
    let response = next.run(request).await;
    let visitor = visitor.framed(frame);
    let mut response = deferred::settle(response, &visitor, &tenant.display_name());
    let headers = response.headers_mut();
    // Addresses hold tickets and states: nobody gets them as a referrer (RFC 9700 §4.2).
    headers
        .entry(REFERRER_POLICY)
        .or_insert(HeaderValue::from_static("no-referrer"));
    // Applications open these pages in pop-ups and wait for their message (`response_mode=web_message`);
    // the default would cut the two apart.
    headers
        .entry(HeaderName::from_static("cross-origin-opener-policy"))
        .or_insert(HeaderValue::from_static("unsafe-none"));
    response
}

fn frame(tenant: &Tenant, visitor: &Visitor) -> Frame {
    let (settings, branding) = (tenant.tenant_settings(), tenant.branding());
    Frame {
        brand: Brand {
            name: tenant.display_name(),
            href: String::new(),
            logo: branding
                .logo
                .clone()
                .or_else(|| settings.text("picture_url").and_then(picture)),
        },
        stylesheets: branding
            .stylesheet
            .iter()
            .map(|sheet| sheet.path.clone())
            .collect(),
        icon: branding.icon.clone(),
        footer: support(&settings)
            .map(|href| Link {
                label: visitor.text().get("support"),
                href,
                current: false,
            })
            .into_iter()
            .collect(),
        ..Frame::default()
    }
}

/// The tenant's colours as a stylesheet.
pub(super) async fn stylesheet(State(tenant): State<Tenant>, hash: Path<String>) -> Response {
    let branding = tenant.branding();
    let css = branding.stylesheet.as_ref().map(|sheet| sheet.css.clone());
    let kind = "text/css; charset=utf-8";
    serve_generated(hash, STYLESHEET, kind, css.unwrap_or_default())
}

fn support(settings: &TenantSettings) -> Option<String> {
    let page = settings
        .text("support_url")
        .filter(|url| url.starts_with("https://") || url.starts_with("http://"));
    let mail = || {
        let address = settings.text("support_email")?;
        Some(format!("mailto:{address}"))
    };
    page.map(str::to_owned).or_else(mail)
}
