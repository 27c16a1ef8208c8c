//! `/v2/portals`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use axum::routing::{delete, get, patch, post};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use storage::Tx;
use url::Url;

use super::super::{Admin, Route, commit, moment, only, settled};
use super::find;
use crate::Portal;
use crate::error::{Error, Violation};
use crate::model::{
    Appearance, AuthStrategyId, AuthenticationSettings, Labels, PortalId, PublishStatus, Site,
};
use crate::rest::check::{self, HOSTNAME, Rule, Shape, UUID, nullable, optional, required, text};
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{Body, Page, Problem, apply, input};
use crate::store;
use crate::store::audit::Entry;

pub(super) fn routes() -> Vec<Route> {
    let one = "/v2/portals/{portal_id}";
    vec![
        (Method::GET, "/v2/portals", get(list)),
        (Method::POST, "/v2/portals", post(create)),
        (Method::GET, one, get(read)),
        (Method::PATCH, one, patch(update)),
        (Method::DELETE, one, delete(remove)),
    ]
}

const COLUMNS: &[Column] = &[
    column("id", "t.id", Kind::Uuid).filter_only(),
    column("name", "t.name", Kind::Text),
    column("description", "t.description", Kind::Text),
    column("is_public", "t.is_public", Kind::Boolean),
    column("rbac_enabled", "t.rbac_enabled", Kind::Boolean),
    column(
        "auto_approve_applications",
        "t.auto_approve_applications",
        Kind::Boolean,
    ),
    column(
        "auto_approve_developers",
        "t.auto_approve_developers",
        Kind::Boolean,
    ),
    // The default domain begins with the id.
    column("default_domain", "t.id", Kind::Text),
    column("custom_domain", "t.custom_domain", Kind::Text),
    column("custom_client_domain", "t.custom_client_domain", Kind::Text),
    column(
        "default_application_auth_strategy_id",
        "t.default_auth_strategy_id",
        Kind::Uuid,
    )
    .filter_only(),
    column("created_at", "t.created_at", Kind::Time).sort_only(),
    column("updated_at", "t.updated_at", Kind::Time).sort_only(),
];

static SHAPE: Shape = Shape {
    fields: &[
        required("name", text(1, 255)),
        optional("display_name", text(1, 255)),
        nullable("description", text(0, 512)),
        optional("is_public", Rule::Boolean),
        optional("rbac_enabled", Rule::Boolean),
        optional("auto_approve_applications", Rule::Boolean),
        optional("auto_approve_developers", Rule::Boolean),
        nullable("custom_domain", HOSTNAME),
        nullable("custom_client_domain", HOSTNAME),
        nullable("default_application_auth_strategy_id", UUID),
        optional("labels", Rule::Labels),
    ],
    open: false,
};

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Writable {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    is_public: bool,
    rbac_enabled: bool,
    auto_approve_applications: bool,
    auto_approve_developers: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_domain: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_client_domain: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    default_application_auth_strategy_id: Option<AuthStrategyId>,
    labels: Labels,
}

impl Writable {
    fn of(site: &Site) -> Self {
        Self {
            name: site.name.clone(),
            display_name: Some(site.display_name.clone()),
            description: site.description.clone(),
            is_public: site.is_public,
            rbac_enabled: site.rbac_enabled,
            auto_approve_applications: site.auto_approve_applications,
            auto_approve_developers: site.auto_approve_developers,
            custom_domain: site.custom_domain.clone(),
            custom_client_domain: site.custom_client_domain.clone(),
            default_application_auth_strategy_id: site.default_auth_strategy_id,
            labels: site.labels.clone(),
        }
    }

    fn write(self, site: &mut Site) {
        site.display_name = self.display_name.unwrap_or_else(|| self.name.clone());
        site.name = self.name;
        site.description = self.description;
        site.is_public = self.is_public;
        site.rbac_enabled = self.rbac_enabled;
        site.auto_approve_applications = self.auto_approve_applications;
        site.auto_approve_developers = self.auto_approve_developers;
        site.custom_domain = self.custom_domain.map(|host| host.to_ascii_lowercase());
        site.custom_client_domain = self.custom_client_domain.map(|h| h.to_ascii_lowercase());
        site.default_auth_strategy_id = self.default_application_auth_strategy_id;
        site.labels = self.labels;
    }
}

async fn create(
    admin: Admin,
    State(portal): State<Portal>,
    Body(body): Body,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let new: Writable = input(body, &SHAPE)?;
    let mut site = Site {
        id: PortalId::new(portal.entropy()),
        name: String::new(),
        display_name: String::new(),
        description: None,
        is_public: false,
        rbac_enabled: false,
        auto_approve_applications: false,
        auto_approve_developers: false,
        custom_domain: None,
        custom_client_domain: None,
        default_auth_strategy_id: None,
        appearance: Appearance::new(),
        authentication: AuthenticationSettings::default(),
        labels: Labels::new(),
        created_at: admin.ctx.now,
        updated_at: admin.ctx.now,
    };
    new.write(&mut site);
    let mut tx = portal.db().begin().await?;
    check_strategy(&mut tx, &site).await?;
    store::sites::insert(&mut tx, &site).await.map_err(taken)?;
    let entry = Entry::new("create", "portal", site.id).in_portal(site.id);
    portal.audit(&mut tx, &admin.ctx, entry).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(render_one(&portal, &site).await?)))
}

async fn list(
    _: Admin,
    State(portal): State<Portal>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let listing = query.listing(COLUMNS, "t.created_at")?;
    let (sites, total) = store::sites::list(portal.db(), &listing).await?;
    let data = render(&portal, &sites).await?;
    Ok(Json(Page::new(data, &listing, total)))
}

async fn read(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let site = find(&portal, &id).await?;
    Ok(Json(render_one(&portal, &site).await?))
}

async fn update(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    Body(body): Body,
) -> Result<Json<Value>, Problem> {
    let mut site = find(&portal, &id).await?;
    apply(&Writable::of(&site), body, &SHAPE)?.write(&mut site);
    site.updated_at = admin.ctx.now;
    let mut tx = portal.db().begin().await?;
    check_strategy(&mut tx, &site).await?;
    store::sites::update(&mut tx, &site).await.map_err(taken)?;
    let entry = Entry::new("update", "portal", site.id).in_portal(site.id);
    portal.audit(&mut tx, &admin.ctx, entry).await?;
    tx.commit().await?;
    Ok(Json(render_one(&portal, &site).await?))
}

async fn remove(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    let site = find(&portal, &id).await?;
    let force = match query.get("force") {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => {
            let mut violation = check::choice("force", &["true", "false"]);
            violation.source = crate::Source::Query;
            return Err(Error::invalid(violation).into());
        }
    };
    let (developers, taking) = (
        store::developers::count_of(portal.db(), site.id).await?,
        active_versions(&portal, site.id).await?,
    );
    if !force && developers + taking > 0 {
        let reason = format!(
            "this portal has {developers} developers and {taking} product versions that take \
             registrations; remove them first, or delete it with all of them by force=true"
        );
        return Err(Error::invalid(Violation::query("force", "required", reason)).into());
    }
    for application in store::applications::of_portal(portal.db(), site.id).await? {
        super::applications::end(&portal, &admin.ctx, &application).await?;
    }
    let mut tx = portal.db().begin().await?;
    store::sites::delete(&mut tx, site.id)
        .await
        .map_err(|error| Error::from(error).or_conflict(super::applications::STILL_LEAVING))?;
    let entry = Entry::new("delete", "portal", site.id).in_portal(site.id);
    let revision = commit(&portal, &admin.ctx, tx, entry).await?;
    Ok(settled(&portal, Some(revision), StatusCode::NO_CONTENT).await)
}

async fn active_versions(portal: &Portal, id: PortalId) -> Result<i64, Error> {
    let versions = store::publications::of_portal(portal.db(), id).await?;
    let taking = versions.iter().filter(|version| {
        version.publish_status == PublishStatus::Published
            && version.application_registration_enabled
    });
    Ok(i64::try_from(taking.count()).unwrap_or(i64::MAX))
}

async fn check_strategy(tx: &mut Tx, site: &Site) -> Result<(), Error> {
    if let Some(id) = site.default_auth_strategy_id
        && store::strategies::find(&mut *tx, id).await?.is_none()
    {
        return Err(Error::invalid(Violation::body(
            "default_application_auth_strategy_id",
            "missing_reference",
            format!("there is no application auth strategy {id}"),
        )));
    }
    Ok(())
}

fn taken(error: storage::Error) -> Error {
    let sentence = match &error {
        storage::Error::Unique { constraint } if constraint.contains("domain") => {
            "another portal has this domain"
        }
        _ => "another portal has this name",
    };
    Error::from(error).or_conflict(sentence)
}

/// The host at which a portal answers without a domain of its own.
fn default_domain(portal: &Portal, site: &Site) -> String {
    let host = Url::parse(portal.portal_url()).ok();
    let host = host.as_ref().and_then(Url::domain).unwrap_or("localhost");
    format!("{}.{host}", site.id)
}

async fn render_one(portal: &Portal, site: &Site) -> Result<Value, Error> {
    Ok(only(render(portal, std::slice::from_ref(site)).await?))
}

async fn render(portal: &Portal, sites: &[Site]) -> Result<Vec<Value>, Error> {
    let (db, ids) = (portal.db(), || sites.iter().map(|site| site.id));
    let applications = store::applications::count_by_portal(db, ids()).await?;
    let developers = store::developers::count_by_portal(db, ids()).await?;
    let products = store::api_products::count_by_portal(db, ids()).await?;
    let rendered = sites.iter().map(|site| {
        json!({
            "id": site.id,
            "name": site.name,
            "display_name": site.display_name,
            "description": site.description,
            "is_public": site.is_public,
            "rbac_enabled": site.rbac_enabled,
            "auto_approve_applications": site.auto_approve_applications,
            "auto_approve_developers": site.auto_approve_developers,
            "custom_domain": site.custom_domain,
            "custom_client_domain": site.custom_client_domain,
            "default_domain": default_domain(portal, site),
            "default_application_auth_strategy_id": site.default_auth_strategy_id,
            "labels": site.labels,
            "application_count": applications.get(&site.id).unwrap_or(&0),
            "developer_count": developers.get(&site.id).unwrap_or(&0),
            "published_product_count": products.get(&site.id).unwrap_or(&0),
            "created_at": moment(site.created_at),
            "updated_at": moment(site.updated_at),
        })
    });
    Ok(rendered.collect())
}
