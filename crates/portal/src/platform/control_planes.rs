//! `/v2/control-planes`: sets of gateway entities. The first start makes one, "default".
//!
//! Source: the vendor's "Control Planes" specification, v2.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::routing::{self, get, patch, post};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Admin, Route};
use crate::model::{ControlPlane, ControlPlaneId, Labels};
use crate::rest::check::{Rule, Shape, optional, required, text};
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{Body, Page, Problem, apply, input, path_id};
use crate::store::audit::Entry;
use crate::store::control_planes;
use crate::{Error, Portal};

const CLUSTER_TYPES: &[&str] = &["CLUSTER_TYPE_CONTROL_PLANE", "CLUSTER_TYPE_HYBRID"];
/// The vendor's kinds, which callers filter by.
const ALL_CLUSTER_TYPES: &[&str] = &[
    "CLUSTER_TYPE_CONTROL_PLANE",
    "CLUSTER_TYPE_CONTROL_PLANE_GROUP",
    "CLUSTER_TYPE_HYBRID",
    "CLUSTER_TYPE_K8S_INGRESS_CONTROLLER",
    "CLUSTER_TYPE_KAFKA_NATIVE_EVENT_PROXY",
    "CLUSTER_TYPE_SERVERLESS",
    "CLUSTER_TYPE_SERVERLESS_V1",
];
const AUTH_TYPES: &[&str] = &["pinned_client_certs", "pki_client_certs"];

const PROXY_URL: Shape = Shape {
    fields: &[
        required("host", text(1, 120)),
        required(
            "port",
            Rule::Integer {
                min: 1,
                max: 65_535,
            },
        ),
        required("protocol", text(1, 32)),
    ],
    open: false,
};

const SHAPE: Shape = Shape {
    fields: &[
        required("name", text(1, 255)),
        optional("description", text(0, 10_000)),
        optional("cluster_type", Rule::Word(CLUSTER_TYPES)).fixed(),
        optional("auth_type", Rule::Word(AUTH_TYPES)),
        optional("cloud_gateway", Rule::Boolean),
        optional(
            "proxy_urls",
            Rule::List {
                of: &Rule::Object(&PROXY_URL),
                min: 0,
                max: 5,
            },
        ),
        optional("labels", Rule::Labels),
    ],
    open: false,
};

const COLUMNS: &[Column] = &[
    column("id", "t.id", Kind::Uuid),
    column("name", "t.name", Kind::Text),
    column(
        "cluster_type",
        "t.cluster_type",
        Kind::Word(ALL_CLUSTER_TYPES),
    )
    .filter_only(),
    // None is in the vendor's cloud.
    column("cloud_gateway", "(1 = 0)", Kind::Boolean).filter_only(),
    column("created_at", "t.created_at", Kind::Time),
];

/// What can be written of a control plane.
#[derive(Serialize, Deserialize)]
struct Input {
    name: String,
    #[serde(default)]
    description: String,
    #[serde(default = "cluster_type")]
    cluster_type: String,
    #[serde(default = "auth_type")]
    auth_type: String,
    #[serde(default)]
    proxy_urls: Vec<Value>,
    #[serde(default)]
    labels: Labels,
}

fn cluster_type() -> String {
    CLUSTER_TYPES[0].into()
}

fn auth_type() -> String {
    AUTH_TYPES[0].into()
}

pub(super) fn routes() -> Vec<Route> {
    let (all, one) = ("/v2/control-planes", "/v2/control-planes/{control_plane}");
    vec![
        (Method::GET, all, get(list)),
        (Method::POST, all, post(create)),
        (Method::GET, one, get(read)),
        (Method::PATCH, one, patch(update)),
        (Method::DELETE, one, routing::delete(delete)),
        (
            Method::GET,
            "/konnect-api/api/runtime_groups",
            get(runtime_groups),
        ),
    ]
}

async fn list(State(portal): State<Portal>, query: Query) -> Result<Json<Page<Value>>, Problem> {
    let mut listing = query.listing(COLUMNS, "t.created_at")?;
    listing.filters.extend(query.labels("labels", "t.labels"));
    let (found, total) = control_planes::list(portal.db(), &listing).await?;
    Ok(Json(Page::new(
        found.iter().map(show).collect(),
        &listing,
        total,
    )))
}

/// Compat: decK finds a control plane by its name here, under its name of old.
async fn runtime_groups(
    State(portal): State<Portal>,
    query: Query,
) -> Result<Json<Value>, Problem> {
    let all = query.unpaged(&[], "t.created_at")?;
    let (found, _) = control_planes::list(portal.db(), &all).await?;
    let found: Vec<Value> = found.iter().map(show).collect();
    Ok(Json(json!({ "data": found, "page": 1, "pageCount": 1 })))
}

async fn read(
    State(portal): State<Portal>,
    Path(plane): Path<String>,
) -> Result<Json<Value>, Problem> {
    Ok(Json(show(&find(&portal, &plane).await?)))
}

async fn create(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Body(body): Body,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let Input {
        name,
        description,
        cluster_type,
        auth_type,
        proxy_urls,
        labels,
    } = input(body, &SHAPE)?;
    let plane = ControlPlane {
        id: ControlPlaneId::new(portal.entropy()),
        name,
        description,
        cluster_type,
        auth_type,
        proxy_urls,
        labels,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    let mut tx = portal.db().begin().await?;
    let inserted = control_planes::insert(&mut tx, &plane).await;
    inserted.map_err(|error| Error::from(error).or_conflict(taken(&plane)))?;
    portal
        .audit(
            &mut tx,
            &ctx,
            Entry::new("create", "control_plane", plane.id).making(&plane),
        )
        .await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(show(&plane))))
}

async fn update(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path(plane): Path<String>,
    Body(body): Body,
) -> Result<Json<Value>, Problem> {
    let earlier = find(&portal, &plane).await?;
    let before = earlier.clone();
    let present = Input {
        name: earlier.name.clone(),
        description: earlier.description.clone(),
        cluster_type: earlier.cluster_type.clone(),
        auth_type: earlier.auth_type.clone(),
        proxy_urls: earlier.proxy_urls.clone(),
        labels: earlier.labels.clone(),
    };
    let Input {
        name,
        description,
        auth_type,
        proxy_urls,
        labels,
        ..
    } = apply(&present, body, &SHAPE)?;
    let plane = ControlPlane {
        name,
        description,
        auth_type,
        proxy_urls,
        labels,
        updated_at: ctx.now,
        ..earlier
    };
    let mut tx = portal.db().begin().await?;
    let updated = control_planes::update(&mut tx, &plane).await;
    updated.map_err(|error| Error::from(error).or_conflict(taken(&plane)))?;
    portal
        .audit(
            &mut tx,
            &ctx,
            Entry::new("update", "control_plane", plane.id).changing(&before, &plane),
        )
        .await?;
    tx.commit().await?;
    Ok(Json(show(&plane)))
}

/// Removes a control plane that is empty.
async fn delete(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path(plane): Path<String>,
) -> Result<StatusCode, Problem> {
    let plane = find(&portal, &plane).await?;
    let mut tx = portal.db().begin().await?;
    let deleted = control_planes::delete(&mut tx, plane.id).await;
    deleted.map_err(|error| {
        Error::from(error)
            .or_conflict("the control plane has services or routes; delete them first")
    })?;
    portal
        .audit(
            &mut tx,
            &ctx,
            Entry::new("delete", "control_plane", plane.id).removing(&plane),
        )
        .await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A control plane by its id.
pub(super) async fn find(portal: &Portal, text: &str) -> Result<ControlPlane, Error> {
    let id: ControlPlaneId = path_id("control plane", text)?;
    control_planes::find(portal.db(), id)
        .await?
        .ok_or_else(|| Error::not_found("control plane", id))
}

fn taken(plane: &ControlPlane) -> String {
    format!("a control plane named `{}` exists already", plane.name)
}

fn show(plane: &ControlPlane) -> Value {
    json!({
        "id": plane.id,
        "name": plane.name,
        "description": plane.description,
        "labels": plane.labels,
        "config": {
            "control_plane_endpoint": "",
            "telemetry_endpoint": "",
            "cluster_type": plane.cluster_type,
            "auth_type": plane.auth_type,
            "cloud_gateway": false,
            "proxy_urls": plane.proxy_urls,
        },
        "created_at": plane.created_at.to_rfc3339(),
        "updated_at": plane.updated_at.to_rfc3339(),
    })
}
