//! `/v3/portals/{id}/email-config`, `…/email-delivery`, `…/email-templates`, and what is the same in every
//! portal: `/v3/portals/email-templates`, `/v3/portals/email-domains`.
//!
//! Whoever runs this instance sends its mails by a server of their own, and proves their domain there: there
//! is no domain to verify, and none can be entered.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::routing::{delete, get, patch, post};
use serde_json::{Value, json};
use web::Locale;

use super::super::{Admin, Route, moment};
use crate::error::Violation;
use crate::mail::kind::{Kind, VARIABLES, vendors};
use crate::model::{EmailConfig, EmailTemplate, Site};
use crate::rest::query::Query;
use crate::rest::{Body, OptionalBody, Page, Problem};
use crate::service::portal_mail as service;
use crate::service::{sites, test_mail};
use crate::store::portal_mail as store;
use crate::{Error, Portal};

pub(super) fn routes() -> Vec<Route> {
    let (config, delivery) = (
        "/v3/portals/{portal_id}/email-config",
        "/v3/portals/{portal_id}/email-delivery",
    );
    let (templates, template) = (
        "/v3/portals/{portal_id}/email-templates",
        "/v3/portals/{portal_id}/email-templates/{template}",
    );
    let (domains, domain) = (
        "/v3/portals/email-domains",
        "/v3/portals/email-domains/{domain}",
    );
    vec![
        (Method::GET, config, get(read_config)),
        (Method::POST, config, post(create_config)),
        (Method::PATCH, config, patch(change_config)),
        (Method::DELETE, config, delete(delete_config)),
        (Method::GET, delivery, get(read_delivery)),
        (Method::PATCH, delivery, patch(change_delivery)),
        (Method::DELETE, delivery, delete(delete_config)),
        (Method::GET, templates, get(list)),
        (Method::GET, template, get(read)),
        (Method::PATCH, template, patch(change)),
        (Method::DELETE, template, delete(remove)),
        (
            Method::POST,
            "/v3/portals/{portal_id}/email-templates/{template}/send-test-email",
            post(send_test),
        ),
        (Method::GET, "/v3/portals/email-templates", get(list_usual)),
        (
            Method::GET,
            "/v3/portals/email-templates/variables",
            get(variables),
        ),
        (
            Method::GET,
            "/v3/portals/email-templates/{template}",
            get(read_usual),
        ),
        (Method::GET, domains, get(list_domains)),
        (Method::POST, domains, post(create_domain)),
        (Method::GET, domain, get(no_domain)),
        (Method::DELETE, domain, delete(no_domain)),
    ]
}

async fn read_config(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let site = sites::find(&portal, &id).await?;
    Ok(Json(config(&service::config(&portal, &site).await?)))
}

async fn create_config(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    Body(body): Body,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let site = sites::find(&portal, &id).await?;
    let made = service::create_config(&portal, &admin.ctx, &site, body).await?;
    Ok((StatusCode::CREATED, Json(config(&made))))
}

async fn change_config(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    OptionalBody(body): OptionalBody,
) -> Result<Json<Value>, Problem> {
    let site = sites::find(&portal, &id).await?;
    let changed = service::change_config(&portal, &admin.ctx, &site, body).await?;
    Ok(Json(config(&changed)))
}

async fn delete_config(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let site = sites::find(&portal, &id).await?;
    service::delete_config(&portal, &admin.ctx, &site).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn read_delivery(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let site = sites::find(&portal, &id).await?;
    let found = store::config_of(portal.db(), site.id).await?;
    Ok(Json(delivery(&site, found.as_ref())))
}

async fn change_delivery(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    Body(body): Body,
) -> Result<Json<Value>, Problem> {
    let site = sites::find(&portal, &id).await?;
    let changed = service::change_delivery(&portal, &admin.ctx, &site, body).await?;
    Ok(Json(delivery(&site, Some(&changed))))
}

async fn list(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let site = sites::find(&portal, &id).await?;
    let own = store::templates_of(portal.db(), site.id).await?;
    let shown = vendors().map(|kind| {
        let own = own.iter().find(|template| template.name == kind.name);
        render(&site, &kind, own)
    });
    Ok(Json(json!({ "data": shown.collect::<Vec<_>>() })))
}

async fn read(
    _: Admin,
    State(portal): State<Portal>,
    Path((id, name)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let site = sites::find(&portal, &id).await?;
    let kind = service::kind(&name)?;
    let own = store::template_of(portal.db(), site.id, kind.name).await?;
    Ok(Json(render(&site, &kind, own.as_ref())))
}

async fn change(
    admin: Admin,
    State(portal): State<Portal>,
    Path((id, name)): Path<(String, String)>,
    Body(body): Body,
) -> Result<Json<Value>, Problem> {
    let site = sites::find(&portal, &id).await?;
    let kind = service::kind(&name)?;
    let changed = service::change_template(&portal, &admin.ctx, (&site, &kind), body).await?;
    Ok(Json(render(&site, &kind, Some(&changed))))
}

async fn remove(
    admin: Admin,
    State(portal): State<Portal>,
    Path((id, name)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let site = sites::find(&portal, &id).await?;
    let kind = service::kind(&name)?;
    service::delete_template(&portal, &admin.ctx, (&site, &kind)).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn send_test(
    admin: Admin,
    State(portal): State<Portal>,
    Path((id, name)): Path<(String, String)>,
    Body(body): Body,
) -> Result<StatusCode, Problem> {
    let site = sites::find(&portal, &id).await?;
    let kind = service::kind(&name)?;
    test_mail::send_to_caller(&portal, &admin.ctx, (&site, &kind), body).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn list_usual(_: Admin) -> Json<Value> {
    let shown: Vec<Value> = vendors().map(|kind| render_usual(&kind)).collect();
    Json(json!({ "data": shown }))
}

async fn read_usual(_: Admin, Path(name): Path<String>) -> Result<Json<Value>, Problem> {
    Ok(Json(render_usual(&service::kind(&name)?)))
}

async fn variables(_: Admin) -> Json<Value> {
    let shown = VARIABLES.iter().filter_map(|(name, description, example)| {
        let kinds = vendors().filter(|kind| kind.variables().contains(name));
        let scope: Vec<&str> = kinds.map(|kind| kind.name).collect();
        let shown =
            json!({ "name": name, "description": description, "scope": scope, "example": example });
        (!scope.is_empty()).then_some(shown)
    });
    Json(json!({ "data": shown.collect::<Vec<_>>() }))
}

async fn list_domains(_: Admin, query: Query) -> Result<Json<Page<Value>>, Problem> {
    let listing = query.listing(&[], "t.created_at")?;
    Ok(Json(Page::cut(Vec::new(), &listing)))
}

async fn create_domain(_: Admin, Body(_): Body) -> Problem {
    let reason = "domains are not verified here: set up the mail server of this instance (mail.smtp_url) for \
                  the domain, with its SPF and DKIM records, and name an address of it as \"from_email\"";
    Error::invalid(Violation::body("domain", "invalid", reason)).into()
}

async fn no_domain(_: Admin, Path(domain): Path<String>) -> Problem {
    Error::not_found("email domain", domain).into()
}

fn config(config: &EmailConfig) -> Value {
    json!({
        "id": config.id,
        "domain_name": null,
        "from_name": config.from_name,
        "from_email": config.from_email,
        "reply_to_email": config.reply_to_email,
        "created_at": moment(config.created_at),
        "updated_at": moment(config.updated_at),
    })
}

fn delivery(site: &Site, config: Option<&EmailConfig>) -> Value {
    json!({
        "enabled": true,
        "from_email": config.and_then(|config| config.from_email.as_ref()),
        "reply_to_email": config.and_then(|config| config.reply_to_email.as_ref()),
        "created_at": moment(config.map_or(site.created_at, |config| config.created_at)),
        "updated_at": moment(config.map_or(site.created_at, |config| config.updated_at)),
    })
}

fn render_usual(kind: &Kind) -> Value {
    let [subject, title, body, button_label] = kind.usual(Locale::En);
    json!({
        "name": kind.name,
        "label": kind.label,
        "variables": kind.variables(),
        "default_content": {
            "subject": subject,
            "title": title,
            "body": body,
            "button_label": button_label,
        },
    })
}

fn render(site: &Site, kind: &Kind, own: Option<&EmailTemplate>) -> Value {
    let mut shown = render_usual(kind);
    shown["content"] = own.map_or(Value::Null, |own| json!(own.content));
    if let Some(own) = own.filter(|own| !own.translations.is_empty()) {
        shown["translations"] = json!(own.translations);
    }
    shown["enabled"] = own.is_none_or(|own| own.enabled).into();
    let made = own.map_or(site.created_at, |own| own.created_at);
    let changed = own.map_or(site.created_at, |own| own.updated_at);
    shown["created_at"] = moment(made).into();
    shown["updated_at"] = moment(changed).into();
    shown
}
