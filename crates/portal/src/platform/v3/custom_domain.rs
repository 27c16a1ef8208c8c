//! `/v3/portals/{id}/custom-domain`: the domain that `/v2/portals` calls `custom_domain`.
//!
//! Whoever runs this portal points the domain at it and holds its certificate, so there is nothing to
//! verify and no certificate to upload: a domain is verified and enabled as soon as it is known.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::routing::{delete, get, patch, post};
use serde_json::{Map, Value, json};

use super::super::{Admin, Route, moment};
use crate::Portal;
use crate::error::{Error, Violation};
use crate::model::Site;
use crate::rest::check::{HOSTNAME, Mode, Rule, Shape, all, optional, required, text};
use crate::rest::{Body, Problem};
use crate::service::sites::{self, find};

pub(super) fn routes() -> Vec<Route> {
    let one = "/v3/portals/{portal_id}/custom-domain";
    vec![
        (Method::GET, one, get(read)),
        (Method::POST, one, post(create)),
        (Method::PATCH, one, patch(update)),
        (Method::DELETE, one, delete(remove)),
    ]
}

static NEW: Shape = Shape {
    fields: &[
        required("hostname", HOSTNAME),
        required("enabled", Rule::Boolean),
        required(
            "ssl",
            Rule::Object(&Shape {
                fields: &[
                    required(
                        "domain_verification_method",
                        Rule::Word(&["http", "custom_certificate"]),
                    ),
                    optional("custom_certificate", text(1, 65536)),
                    optional("custom_private_key", text(1, 65536)),
                    optional("skip_ca_check", Rule::Boolean),
                ],
                open: false,
            }),
        ),
    ],
    open: false,
};

static CHANGES: Shape = Shape {
    fields: &[
        optional("enabled", Rule::Boolean),
        optional(
            "ssl",
            Rule::Object(&Shape {
                fields: &[
                    optional("custom_certificate", text(1, 65536)),
                    optional("custom_private_key", text(1, 65536)),
                    optional("skip_ca_check", Rule::Boolean),
                ],
                open: false,
            }),
        ),
    ],
    open: false,
};

async fn read(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    Ok(Json(render(&find(&portal, &id).await?)?))
}

async fn create(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    Body(body): Body,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let mut site = find(&portal, &id).await?;
    let body = checked(body, &NEW, Mode::Whole)?;
    if let Some(domain) = &site.custom_domain {
        let text = format!("this portal has the domain {domain}; remove it first");
        return Err(Error::Conflict(text).into());
    }
    let hostname = body["hostname"].as_str().unwrap_or_default();
    site.custom_domain = Some(hostname.to_ascii_lowercase());
    sites::save(&portal, &admin.ctx, &mut site, "portal_custom_domain").await?;
    Ok((StatusCode::CREATED, Json(render(&site)?)))
}

async fn update(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    Body(body): Body,
) -> Result<Json<Value>, Problem> {
    let site = find(&portal, &id).await?;
    checked(body, &CHANGES, Mode::Partial)?;
    Ok(Json(render(&site)?))
}

async fn remove(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let mut site = find(&portal, &id).await?;
    render(&site)?;
    site.custom_domain = None;
    sites::save(&portal, &admin.ctx, &mut site, "portal_custom_domain").await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The body, if it asks for what is done here.
fn checked(body: Map<String, Value>, shape: &Shape, mode: Mode) -> Result<Value, Error> {
    let body = Value::Object(body);
    all(&body, shape, mode)?;
    let refused =
        |field, reason: &str| Err(Error::invalid(Violation::body(field, "invalid", reason)));
    if body["enabled"] == false {
        let reason = "\"enabled\" must be true: to take a domain out of use, delete it";
        return refused("enabled", reason);
    }
    let ssl = &body["ssl"];
    let own = !ssl["custom_certificate"].is_null() || !ssl["custom_private_key"].is_null();
    if own || ssl["domain_verification_method"] == "custom_certificate" {
        let reason =
            "\"ssl\" must not hold a certificate: what stands in front of this portal has it";
        return refused("ssl", reason);
    }
    Ok(body)
}

fn render(site: &Site) -> Result<Value, Error> {
    let none = || Error::NotFound("this portal has no custom domain".into());
    Ok(json!({
        "hostname": site.custom_domain.as_ref().ok_or_else(none)?,
        "enabled": true,
        "ssl": { "domain_verification_method": "http", "verification_status": "verified" },
        "cname_status": "verified",
        "created_at": moment(site.created_at),
        "updated_at": moment(site.updated_at),
    }))
}
