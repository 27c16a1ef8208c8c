//! `/v3/portals`.
//!
//! A portal here has authentication where one of `/v2/portals` is not public. Whether a source's address
//! is looked at (`sipr_enabled`) and what administrators read of developers in notifications
//! (`notifications_developer_pii_visibility_enabled`) cannot be turned on: a portal that says so and does
//! not do it would deceive whoever relies on it.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use axum::routing::{delete, get, patch, post};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::{Admin, Route, listed, moment, settled};
use super::force;
use crate::Portal;
use crate::error::{Error, Violation};
use crate::model::{AuthStrategyId, Labels, Site, Visibility};
use crate::rest::check::{Rule, Shape, UUID, nullable, optional, required, text};
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{Body, Page, Problem, apply, input, without_nulls};
use crate::service::sites::{self, canonical_domain, default_domain, find};
use crate::store;
use crate::store::listing::Listing;

pub(super) fn routes() -> Vec<Route> {
    let one = "/v3/portals/{portal_id}";
    vec![
        (Method::GET, "/v3/portals", get(list)),
        (Method::POST, "/v3/portals", post(create)),
        (Method::GET, one, get(read)),
        (Method::PATCH, one, patch(update)),
        (Method::DELETE, one, delete(remove)),
    ]
}

const COLUMNS: &[Column] = &[
    column("id", "t.id", Kind::Uuid).filter_only(),
    column("name", "t.name", Kind::Text),
    column("description", "t.description", Kind::Text),
    column("authentication_enabled", "(NOT t.is_public)", Kind::Boolean),
    column("rbac_enabled", "t.rbac_enabled", Kind::Boolean),
    column(
        "default_api_visibility",
        "t.default_api_visibility",
        Kind::Text,
    )
    .filter_only(),
    column(
        "default_page_visibility",
        "t.default_page_visibility",
        Kind::Text,
    )
    .filter_only(),
    column(
        "default_application_auth_strategy_id",
        "t.default_auth_strategy_id",
        Kind::Uuid,
    )
    .filter_only(),
    column(
        "auto_approve_developers",
        "t.auto_approve_developers",
        Kind::Boolean,
    ),
    column(
        "auto_approve_applications",
        "t.auto_approve_applications",
        Kind::Boolean,
    ),
    // The default domain begins with the id.
    column("default_domain", "t.id", Kind::Text),
    column(
        "canonical_domain",
        "COALESCE(t.custom_domain, t.id)",
        Kind::Text,
    ),
    column("created_at", "t.created_at", Kind::Time).sort_only(),
    column("updated_at", "t.updated_at", Kind::Time).sort_only(),
];

static SHAPE: Shape = Shape {
    fields: &[
        required("name", text(1, 255)),
        optional("display_name", text(1, 255)),
        nullable("description", text(0, 512)),
        optional("authentication_enabled", Rule::Boolean),
        optional("rbac_enabled", Rule::Boolean),
        optional("sipr_enabled", Rule::Boolean),
        optional("default_api_visibility", Rule::Word(Visibility::WORDS)),
        optional("default_page_visibility", Rule::Word(Visibility::WORDS)),
        nullable("default_application_auth_strategy_id", UUID),
        optional("auto_approve_developers", Rule::Boolean),
        optional("auto_approve_applications", Rule::Boolean),
        nullable("labels", Rule::Labels),
        optional(
            "notifications_developer_pii_visibility_enabled",
            Rule::Boolean,
        ),
    ],
    open: false,
};

/// What may be written of a portal. Members that a change removes go back to these.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default)]
struct Writable {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    authentication_enabled: bool,
    rbac_enabled: bool,
    sipr_enabled: bool,
    default_api_visibility: Visibility,
    default_page_visibility: Visibility,
    #[serde(skip_serializing_if = "Option::is_none")]
    default_application_auth_strategy_id: Option<AuthStrategyId>,
    auto_approve_developers: bool,
    auto_approve_applications: bool,
    labels: Labels,
    notifications_developer_pii_visibility_enabled: bool,
}

impl Default for Writable {
    fn default() -> Self {
        Self {
            name: String::new(),
            display_name: None,
            description: None,
            authentication_enabled: true,
            rbac_enabled: false,
            sipr_enabled: false,
            default_api_visibility: Visibility::Private,
            default_page_visibility: Visibility::Private,
            default_application_auth_strategy_id: None,
            auto_approve_developers: false,
            auto_approve_applications: false,
            labels: Labels::new(),
            notifications_developer_pii_visibility_enabled: false,
        }
    }
}

impl Writable {
    fn of(site: &Site) -> Self {
        Self {
            name: site.name.clone(),
            display_name: Some(site.display_name.clone()),
            description: site.description.clone(),
            authentication_enabled: !site.is_public,
            rbac_enabled: site.rbac_enabled,
            sipr_enabled: false,
            default_api_visibility: site.default_api_visibility,
            default_page_visibility: site.default_page_visibility,
            default_application_auth_strategy_id: site.default_auth_strategy_id,
            auto_approve_developers: site.auto_approve_developers,
            auto_approve_applications: site.auto_approve_applications,
            labels: site.labels.clone(),
            notifications_developer_pii_visibility_enabled: false,
        }
    }

    /// Writes it, if nothing is turned on that is not here.
    fn write(self, site: &mut Site) -> Result<(), Error> {
        let unserved = [
            ("sipr_enabled", self.sipr_enabled),
            (
                "notifications_developer_pii_visibility_enabled",
                self.notifications_developer_pii_visibility_enabled,
            ),
        ];
        if let Some((name, _)) = unserved.into_iter().find(|(_, on)| *on) {
            let reason = format!("\"{name}\" cannot be turned on: this portal does not do that");
            return Err(Error::invalid(Violation::body(name, "invalid", reason)));
        }
        site.display_name = self.display_name.unwrap_or_else(|| self.name.clone());
        site.name = self.name;
        site.description = self.description;
        site.is_public = !self.authentication_enabled;
        site.rbac_enabled = self.rbac_enabled;
        site.default_api_visibility = self.default_api_visibility;
        site.default_page_visibility = self.default_page_visibility;
        site.default_auth_strategy_id = self.default_application_auth_strategy_id;
        site.auto_approve_developers = self.auto_approve_developers;
        site.auto_approve_applications = self.auto_approve_applications;
        site.labels = self.labels;
        Ok(())
    }
}

async fn create(
    admin: Admin,
    State(portal): State<Portal>,
    Body(body): Body,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let new: Writable = input(without_nulls(body), &SHAPE)?;
    let mut site = sites::blank(&portal, &admin.ctx);
    new.write(&mut site)?;
    sites::add(&portal, &admin.ctx, &site).await?;
    Ok((StatusCode::CREATED, Json(render(&portal, &site))))
}

async fn list(
    _: Admin,
    State(portal): State<Portal>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let list = async |listing: &Listing| store::sites::list(portal.db(), listing).await;
    listed(&query, COLUMNS, list, |site| render(&portal, site)).await
}

async fn read(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    Ok(Json(render(&portal, &find(&portal, &id).await?)))
}

async fn update(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    Body(body): Body,
) -> Result<Json<Value>, Problem> {
    let mut site = find(&portal, &id).await?;
    apply(&Writable::of(&site), body, &SHAPE)?.write(&mut site)?;
    sites::save(&portal, &admin.ctx, &mut site, "portal").await?;
    Ok(Json(render(&portal, &site)))
}

async fn remove(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    let site = find(&portal, &id).await?;
    let revision = sites::delete(&portal, &admin.ctx, &site, force(&query)?).await?;
    Ok(settled(&portal, Some(revision), StatusCode::NO_CONTENT).await)
}

fn render(portal: &Portal, site: &Site) -> Value {
    json!({
        "id": site.id,
        "name": site.name,
        "display_name": site.display_name,
        "description": site.description,
        "authentication_enabled": !site.is_public,
        "rbac_enabled": site.rbac_enabled,
        "sipr_enabled": false,
        "default_api_visibility": site.default_api_visibility,
        "default_page_visibility": site.default_page_visibility,
        "default_application_auth_strategy_id": site.default_auth_strategy_id,
        "auto_approve_developers": site.auto_approve_developers,
        "auto_approve_applications": site.auto_approve_applications,
        "default_domain": default_domain(portal, site),
        "canonical_domain": canonical_domain(portal, site),
        "labels": site.labels,
        "notifications_developer_pii_visibility_enabled": false,
        "created_at": moment(site.created_at),
        "updated_at": moment(site.updated_at),
    })
}
