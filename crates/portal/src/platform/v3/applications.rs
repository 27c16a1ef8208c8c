//! Applications: `/v3/portals/{id}/applications`, `/v3/applications/{id}`. Administrators make them for a
//! developer or a team, around a client of the identity provider if they say so, and hand them to another.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use axum::routing::{delete, get, patch, post};
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::portals::applications::{find_any, find_in, page_of, remove};
use super::super::portals::strategy;
use super::super::{Admin, Route, listed, moment, only, settled};
use crate::error::{Error, Violation};
use crate::model::{
    Application, AuthStrategyId, CredentialType, Developer, DeveloperId, Labels, TeamId,
};
use crate::rest::check::{Rule, Shape, UUID, optional, required, text};
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{Body, Page, Problem, input, renamed, without_nulls};
use crate::service::applications::{Effective, NewApplication, Owner};
use crate::service::sites::find;
use crate::store::listing::Listing;
use crate::{Ctx, Portal, store};

pub(super) fn routes() -> Vec<Route> {
    let (all, one) = (
        "/v3/portals/{portal_id}/applications",
        "/v3/portals/{portal_id}/applications/{application_id}",
    );
    vec![
        (Method::GET, all, get(list)),
        (Method::POST, all, post(create)),
        (Method::GET, one, get(read)),
        (Method::PATCH, one, patch(update)),
        (Method::DELETE, one, delete(remove)),
        (
            Method::GET,
            "/v3/portals/{portal_id}/applications/{application_id}/developers",
            get(owners),
        ),
        (
            Method::GET,
            "/v3/applications/{application_id}",
            get(read_unscoped),
        ),
    ]
}

const COLUMNS: &[Column] = &[
    column("name", "t.name", Kind::Text),
    column("developer_id", "t.developer_id", Kind::Uuid),
    column("team_id", "t.team_id", Kind::Uuid),
    column("created_at", "t.created_at", Kind::Time).sort_only(),
];

const OWNER_COLUMNS: &[Column] = &[column("id", "t.id", Kind::Uuid)];

/// What the service calls a client id that a developer brings.
const NAMES: &[(&str, &str)] = &[("reference_id", "client_id")];

/// What the service calls a team.
const OWNERS: &[(&str, &str)] = &[("team_id", "owner.id")];

static OWNER: Shape = Shape {
    fields: &[
        required("type", Rule::Word(&["developer", "team"])),
        required("id", UUID),
    ],
    open: false,
};

static NEW: Shape = Shape {
    fields: &[
        required("name", text(1, 255)),
        optional("description", text(0, 255)),
        optional("labels", Rule::Labels),
        optional("dcr_client_id", text(1, 255)),
        optional("client_id", text(1, 255)),
        optional("auth_strategy_id", UUID),
        required("owner", Rule::Object(&OWNER)),
    ],
    open: false,
};

static CHANGES: Shape = Shape {
    fields: &[optional("owner", Rule::Object(&OWNER))],
    open: false,
};

#[derive(Debug, Deserialize)]
#[serde(tag = "type", content = "id", rename_all = "lowercase")]
enum Named {
    Developer(DeveloperId),
    Team(TeamId),
}

impl From<Named> for Owner {
    fn from(named: Named) -> Self {
        match named {
            Named::Developer(id) => Self::Developer(id),
            Named::Team(id) => Self::Team(id),
        }
    }
}

#[derive(Debug, Deserialize)]
struct Asked {
    name: String,
    description: Option<String>,
    #[serde(default)]
    labels: Labels,
    dcr_client_id: Option<String>,
    client_id: Option<String>,
    auth_strategy_id: Option<AuthStrategyId>,
    owner: Named,
}

#[derive(Debug, Deserialize)]
struct Changes {
    owner: Option<Named>,
}

/// Makes an application. The secret of a client that was registered for it is not in the answer: its
/// owner makes another when they need one.
async fn create(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    Body(body): Body,
) -> Result<Response, Problem> {
    let site = find(&portal, &id).await?;
    let asked: Asked = input(without_nulls(body), &NEW)?;
    let owner = Owner::from(asked.owner);
    let new = NewApplication {
        portal_id: site.id,
        developer_id: maker(&portal, &site, owner).await?,
        auth_strategy_id: asked.auth_strategy_id,
        name: asked.name,
        description: asked.description.filter(|text| !text.is_empty()),
        redirect_uri: None,
        reference_id: asked.client_id,
        scopes: Vec::new(),
        idempotency_key: None,
        labels: asked.labels,
        companion_of: None,
    };
    let made = make(&portal, &admin.ctx, new, asked.dcr_client_id).await;
    let mut made = made.map_err(|error| renamed(error, NAMES))?;
    if let Owner::Team(_) = owner {
        let applications = portal.applications();
        made = applications
            .transfer(&admin.ctx, &made.value, owner)
            .await?;
    }
    let body = Json(render_one(&portal, &made.value).await?);
    Ok(settled(&portal, made.revision, (StatusCode::CREATED, body)).await)
}

async fn make(
    portal: &Portal,
    ctx: &Ctx,
    new: NewApplication,
    existing_client: Option<String>,
) -> Result<Effective<Application>, Error> {
    if let Some(client_id) = existing_client {
        return portal.applications().adopt(ctx, new, client_id).await;
    }
    let made = portal.applications().create(ctx, new).await?;
    Ok(Effective {
        value: made.value.application,
        revision: made.revision,
    })
}

async fn list(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let asked = (&query, COLUMNS);
    page_of(&portal, &id, asked, async |found| {
        render(&portal, found).await
    })
    .await
}

async fn read(
    _: Admin,
    State(portal): State<Portal>,
    Path((id, application)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let application = find_in(&portal, &id, &application).await?;
    Ok(Json(render_one(&portal, &application).await?))
}

async fn read_unscoped(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let application = find_any(&portal, &id).await?;
    Ok(Json(render_one(&portal, &application).await?))
}

async fn update(
    admin: Admin,
    State(portal): State<Portal>,
    Path((id, application)): Path<(String, String)>,
    Body(body): Body,
) -> Result<Response, Problem> {
    let application = find_in(&portal, &id, &application).await?;
    let changes: Changes = input(without_nulls(body), &CHANGES)?;
    let changed = match changes.owner {
        Some(owner) => {
            let applications = portal.applications();
            let moved = applications.transfer(&admin.ctx, &application, owner.into());
            moved.await.map_err(|error| renamed(error, OWNERS))?
        }
        None => Effective {
            value: application,
            revision: None,
        },
    };
    let body = Json(render_one(&portal, &changed.value).await?);
    Ok(settled(&portal, changed.revision, body).await)
}

/// The developers who may act for an application: the one who owns it, or those of the team that does.
async fn owners(
    _: Admin,
    State(portal): State<Portal>,
    Path((id, application)): Path<(String, String)>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let application = find_in(&portal, &id, &application).await?;
    let list = async |listing: &Listing| {
        let listing = listing.clone();
        let listing = match application.owner() {
            Owner::Developer(id) => listing.only("t.id", id),
            Owner::Team(id) => listing.within(store::team_members::OF_TEAM, id),
        };
        store::developers::list(portal.db(), &listing).await
    };
    let shown = |owner: &Developer| json!({ "id": owner.id, "email": owner.email, "full_name": owner.full_name });
    listed(&query, OWNER_COLUMNS, list, shown).await
}

/// The developer whom a new application is kept with: its owner, or who is in the owning team longest.
async fn maker(
    portal: &Portal,
    site: &crate::model::Site,
    owner: Owner,
) -> Result<DeveloperId, Error> {
    let wrong =
        |reason: String| Error::invalid(Violation::body("owner.id", "missing_reference", reason));
    match owner {
        Owner::Developer(id) => {
            let found = store::developers::find(portal.db(), id).await?;
            let found = found.filter(|developer| developer.portal_id == site.id);
            let none = || wrong(format!("\"owner.id\": this portal has no developer {id}"));
            found.map(|developer| developer.id).ok_or_else(none)
        }
        Owner::Team(id) => {
            let team = store::teams::find(portal.db(), id).await?;
            let team = team.filter(|team| team.portal_id == site.id);
            let none = || wrong(format!("\"owner.id\": this portal has no team {id}"));
            let team = team.ok_or_else(none)?;
            if !team.can_own_applications {
                return Err(wrong(format!(
                    "\"owner.id\": team {id} may not own applications"
                )));
            }
            let first = store::team_members::first(portal.db(), id, None).await?;
            first.ok_or_else(|| wrong(format!("\"owner.id\": team {id} has no developer")))
        }
    }
}

async fn render_one(portal: &Portal, application: &Application) -> Result<Value, Error> {
    Ok(only(
        render(portal, std::slice::from_ref(application)).await?,
    ))
}

async fn render(portal: &Portal, applications: &[Application]) -> Result<Vec<Value>, Error> {
    let db = portal.db();
    let used = applications.iter().map(|one| one.auth_strategy_id);
    let strategies = store::strategies::among(db, used).await?;
    let ids = applications.iter().map(|one| one.id);
    let registrations = store::registrations::count_by_application(db, ids).await?;
    let rendered = applications.iter().map(|one| {
        let used = strategies.get(&one.auth_strategy_id);
        let used = used.ok_or_else(|| Error::not_found("auth strategy", one.auth_strategy_id))?;
        let mut value = json!({
            "id": one.id,
            "name": one.name,
            "description": one.description,
            "labels": one.labels,
            "registration_count": registrations.get(&one.id).unwrap_or(&0),
            "portal": { "id": one.portal_id },
            "auth_strategy": strategy(used),
            "owner": match one.owner() {
                Owner::Developer(id) => json!({ "type": "developer", "id": id }),
                Owner::Team(id) => json!({ "type": "team", "id": id }),
            },
            "created_at": moment(one.created_at),
            "updated_at": moment(one.updated_at),
        });
        let credential = used.credential_type();
        if credential != CredentialType::KeyAuth {
            let dcr = credential == CredentialType::ClientCredentials;
            value["client_id"] = json!(one.client_id.as_deref().unwrap_or(&one.reference_id));
            value["dcr_provider"] = used
                .dcr_provider_id
                .map_or(Value::Null, |id| json!({ "id": id }));
            value["granted_scopes"] = json!(dcr.then_some(&one.scopes));
        }
        Ok(value)
    });
    rendered.collect()
}
