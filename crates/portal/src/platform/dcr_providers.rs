//! `/v2/dcr-providers`.
//!
//! Names may repeat, as in Konnect: ids tell providers apart. A provider that a strategy uses cannot
//! be deleted (409), which the specification leaves open.
//!
//! Source: Konnect application-auth-strategies v2.1.1.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::routing::{delete, get, patch, post};
use oauth::Timestamp;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Admin, Route, listed, moment};
use crate::Portal;
use crate::error::{Error, Violation};
use crate::model::{Connection, DcrConfig, DcrProvider, DcrProviderId, Labels, ProviderType};
use crate::rest::check::{self, Field, Mode, Rule, Shape, nullable, optional, required, text, url};
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{Body, Page, Problem, apply, input, path_id};
use crate::service::applications::Verification;
use crate::store;
use crate::store::audit::Entry;
use crate::store::listing::Listing;

pub(super) fn routes() -> Vec<Route> {
    let one = "/v2/dcr-providers/{id}";
    vec![
        (Method::POST, "/v2/dcr-providers", post(create)),
        (Method::GET, "/v2/dcr-providers", get(list)),
        (Method::GET, one, get(read)),
        (Method::PATCH, one, patch(update)),
        (Method::DELETE, one, delete(remove)),
        (Method::POST, "/v2/dcr-providers/{id}/verify", post(verify)),
        (Method::POST, "/v2/dcr-providers/{id}/switch", post(switch)),
        (Method::POST, "/v2/dcr-providers/{id}/checks", post(checks)),
    ]
}

const COLUMNS: &[Column] = &[
    column("id", "t.id", Kind::Text).filter_only(),
    column("name", "t.name", Kind::Text),
    column("issuer", "t.issuer", Kind::Text),
    column(
        "provider_type",
        "t.provider_type",
        Kind::Word(ProviderType::WORDS),
    ),
    column("initial_client_id", "t.initial_client_id", Kind::Text).filter_only(),
    column(
        "initial_client_audience",
        "t.initial_client_audience",
        Kind::Text,
    )
    .filter_only(),
    column("created_at", "t.created_at", Kind::Time).sort_only(),
    column("updated_at", "t.updated_at", Kind::Time).sort_only(),
];

const FIELDS: &[Field] = &[
    required("name", text(1, 256)),
    optional("display_name", text(1, 256)),
    required("issuer", url(256)),
    required("provider_type", Rule::Word(ProviderType::WORDS)).fixed(),
    required("dcr_config", Rule::Any),
    optional("labels", Rule::Labels),
    nullable("connection", Rule::Object(&CONNECTION)),
];
/// How the provider is reached: a member of our own.
static CONNECTION: Shape = closed(&[
    nullable(
        "ca_certificates",
        Rule::Form {
            max: 65_536,
            rule: "invalid",
            holds: |pem| egress::tls::certificates(pem).is_ok(),
            expects: "one or more CA certificates as PEM",
        },
    ),
    nullable(
        "proxy",
        Rule::Form {
            max: 256,
            rule: "invalid",
            holds: is_proxy,
            expects: "an http:// or https:// URL of a proxy, without user and password: they would be \
                      shown to everybody who reads this provider",
        },
    ),
    nullable("timeout_seconds", Rule::Integer { min: 1, max: 120 }),
]);
/// The specification lets unknown fields through when a provider is created, and not later.
const CREATE: Shape = Shape {
    fields: FIELDS,
    open: true,
};
const UPDATE: Shape = Shape {
    fields: FIELDS,
    open: false,
};

const fn closed(fields: &'static [Field]) -> Shape {
    Shape {
        fields,
        open: false,
    }
}

const INITIAL_CLIENT: Field = required("initial_client_id", text(1, 256));
const INITIAL_SECRET: Field = required("initial_client_secret", text(1, 256)).secret();
static AUTH0: Shape = closed(&[
    INITIAL_CLIENT,
    INITIAL_SECRET,
    nullable("initial_client_audience", text(0, 256)),
    optional("use_developer_managed_scopes", Rule::Boolean),
]);
static CLIENT: Shape = closed(&[INITIAL_CLIENT, INITIAL_SECRET]);
static OKTA: Shape = closed(&[required("dcr_token", text(1, 256)).secret()]);
static HTTP: Shape = closed(&[
    required("dcr_base_url", url(256)),
    required(
        "api_key",
        Rule::Form {
            max: 256,
            rule: "matches_regex",
            holds: is_api_key,
            expects: "12 to 256 letters, digits or underscores",
        },
    )
    .secret(),
    optional("disable_event_hooks", Rule::Boolean),
    optional("disable_refresh_secret", Rule::Boolean),
    optional("allow_multiple_credentials", Rule::Boolean),
]);
/// A type of our own. A token or a client lets us register; with neither anybody may.
static RFC7591: Shape = closed(&[
    nullable("registration_endpoint", url(256)),
    optional("initial_access_token", text(1, 4096)).secret(),
    nullable("initial_client_id", text(1, 256)),
    optional("initial_client_secret", text(1, 256)).secret(),
    nullable("initial_client_scope", text(1, 256)),
    optional("use_developer_managed_scopes", Rule::Boolean),
]);
static NOTHING: Shape = closed(&[]);

fn is_proxy(text: &str) -> bool {
    let url = url::Url::parse(text).ok();
    url.is_some_and(|url| {
        let open = url.username().is_empty() && url.password().is_none();
        matches!(url.scheme(), "http" | "https") && url.has_host() && open
    })
}

fn is_api_key(text: &str) -> bool {
    text.len() >= 12 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

fn config_shape(provider_type: ProviderType) -> &'static Shape {
    match provider_type {
        ProviderType::Auth0 => &AUTH0,
        ProviderType::AzureAd | ProviderType::Curity => &CLIENT,
        ProviderType::Okta => &OKTA,
        ProviderType::Http => &HTTP,
        ProviderType::KongIdentity => &NOTHING,
        ProviderType::Rfc7591 => &RFC7591,
    }
}

/// What can be written of a provider. `dcr_config` may hold the secret.
#[derive(Debug, Serialize, Deserialize)]
struct Writable {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    issuer: String,
    provider_type: ProviderType,
    dcr_config: Map<String, Value>,
    #[serde(default)]
    labels: Labels,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    connection: Option<Connection>,
}

async fn create(
    admin: Admin,
    State(portal): State<Portal>,
    Body(body): Body,
) -> Result<(StatusCode, Json<Value>), Problem> {
    check::gather([
        check::all(&Value::Object(body.clone()), &CREATE, Mode::Whole),
        config_holds(&body),
    ])?;
    let new: Writable = input(body, &CREATE)?;
    let id = DcrProviderId::new(portal.entropy());
    let (config, secret) = split(&portal, id, new.provider_type, new.dcr_config)?;
    let provider = DcrProvider {
        id,
        name: new.name,
        display_name: new.display_name,
        provider_type: new.provider_type,
        issuer: new.issuer,
        config,
        connection: new.connection,
        secret,
        active: false,
        labels: new.labels,
        created_at: admin.ctx.now,
        updated_at: admin.ctx.now,
    };
    let mut tx = portal.db().begin().await?;
    store::dcr_providers::insert(&mut tx, &provider).await?;
    let entry = Entry::new("create", "dcr_provider", id);
    portal.audit(&mut tx, &admin.ctx, entry).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(render(&provider))))
}

/// Whether `dcr_config` is as its type asks, if both are there.
fn config_holds(body: &Map<String, Value>) -> Result<(), Error> {
    let provider_type = body.get("provider_type").and_then(Value::as_str);
    let (Some(provider_type), Some(config)) = (
        provider_type.and_then(ProviderType::parse),
        body.get("dcr_config"),
    ) else {
        return Ok(());
    };
    check::gather([
        check::at(
            "dcr_config",
            config,
            config_shape(provider_type),
            Mode::Whole,
        ),
        one_way_in(provider_type, config, false),
    ])
}

/// What lets us register at a server of RFC 7591: a token, or a client with its secret.
fn one_way_in(provider_type: ProviderType, config: &Value, has_secret: bool) -> Result<(), Error> {
    let has = |name: &str| config.get(name).is_some_and(|value| !value.is_null());
    let (client, token) = (has("initial_client_id"), has("initial_access_token"));
    let secret = has("initial_client_secret");
    let wrong = if provider_type != ProviderType::Rfc7591 {
        return Ok(());
    } else if token && (client || secret) {
        Some((
            "initial_access_token",
            "stands without \"initial_client_id\"",
        ))
    } else if client && !secret && !has_secret {
        Some((
            "initial_client_secret",
            "is required with \"initial_client_id\"",
        ))
    } else if secret && !client {
        Some((
            "initial_client_id",
            "is required with \"initial_client_secret\"",
        ))
    } else {
        None
    };
    match wrong {
        None => Ok(()),
        Some((name, reason)) => {
            let path = format!("dcr_config.{name}");
            let reason = format!("\"{path}\" {reason}");
            Err(Error::invalid(Violation::body(
                path,
                "dependent_fields",
                reason,
            )))
        }
    }
}

async fn list(
    _: Admin,
    State(portal): State<Portal>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let db = portal.db();
    let list = async |listing: &Listing| store::dcr_providers::list(db, listing).await;
    listed(&query, COLUMNS, list, render).await
}

async fn read(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    Ok(Json(render(&find(&portal, &id).await?)))
}

async fn update(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    Body(body): Body,
) -> Result<Json<Value>, Problem> {
    let provider = find(&portal, &id).await?;
    let provider = changed(&portal, provider, body, admin.ctx.now)?;
    keep(&portal, &admin, &provider).await?;
    Ok(Json(render(&provider)))
}

/// Changes the provider only if it works with the change: [`verify`] with the settings as they would
/// be. Applications notice nothing if new credentials do not hold.
async fn switch(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    Body(body): Body,
) -> Result<Json<Value>, Problem> {
    let provider = find(&portal, &id).await?;
    let provider = changed(&portal, provider, body, admin.ctx.now)?;
    let applications = portal.applications();
    let verified = applications.verify_settings(provider.clone()).await?;
    if verified.succeeded() {
        keep(&portal, &admin, &provider).await?;
    }
    Ok(Json(outcome(&verified)))
}

/// The provider as a change makes it.
fn changed(
    portal: &Portal,
    mut provider: DcrProvider,
    body: Map<String, Value>,
    now: Timestamp,
) -> Result<DcrProvider, Error> {
    let shape = config_shape(provider.provider_type);
    if let Some(config) = body.get("dcr_config") {
        check::at("dcr_config", config, shape, Mode::Partial)?;
    }
    let present = Writable {
        name: provider.name,
        display_name: provider.display_name,
        issuer: provider.issuer,
        provider_type: provider.provider_type,
        dcr_config: public(&provider.config)?,
        labels: provider.labels,
        connection: provider.connection,
    };
    let new = apply(&present, body, &UPDATE)?;
    let merged = Value::Object(new.dcr_config.clone());
    check::at("dcr_config", &merged, shape, Mode::Merged)?;
    let had_client = provider.config.initial_client_id.is_some();
    let has_secret = had_client && provider.secret.is_some();
    one_way_in(provider.provider_type, &merged, has_secret)?;
    let (config, secret) = split(portal, provider.id, provider.provider_type, new.dcr_config)?;
    provider.name = new.name;
    provider.display_name = new.display_name;
    provider.issuer = new.issuer;
    provider.labels = new.labels;
    // A secret is the client's or a token: it goes with what it was for.
    let same_way = config.initial_client_id.is_some() == had_client;
    provider.secret = secret.or(provider.secret.filter(|_| same_way));
    provider.config = config;
    provider.connection = new.connection.filter(|set| *set != Connection::default());
    provider.updated_at = now;
    Ok(provider)
}

async fn keep(portal: &Portal, admin: &Admin, provider: &DcrProvider) -> Result<(), Error> {
    let mut tx = portal.db().begin().await?;
    store::dcr_providers::update(&mut tx, provider).await?;
    let entry = Entry::new("update", "dcr_provider", provider.id);
    portal.audit(&mut tx, &admin.ctx, entry).await?;
    tx.commit().await?;
    Ok(())
}

async fn remove(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let provider = find(&portal, &id).await?;
    let mut tx = portal.db().begin().await?;
    let users = store::strategies::of_provider(&mut tx, provider.id).await?;
    if !users.is_empty() {
        let names: Vec<String> = users
            .iter()
            .map(|s| format!("{} ({})", s.name, s.id))
            .collect();
        return Err(Error::Conflict(format!(
            "application auth strategies use this DCR provider: {}; delete them or give them \
             another provider first",
            names.join(", ")
        ))
        .into());
    }
    store::dcr_providers::delete(&mut tx, provider.id).await?;
    let entry = Entry::new("delete", "dcr_provider", provider.id);
    portal.audit(&mut tx, &admin.ctx, entry).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Tries what the provider's strategies need of it. That something fails is an answer, not an error.
async fn verify(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let provider = find(&portal, &id).await?;
    let verified = portal.applications().verify_provider(provider.id).await?;
    Ok(Json(outcome(&verified)))
}

fn outcome(verified: &Verification) -> Value {
    let errors: Vec<&str> = verified.errors().collect();
    let status = if verified.succeeded() {
        "success"
    } else {
        "failed"
    };
    json!({ "status": status, "errors": errors })
}

/// The same, with what holds as well: the vendor's answer has a place for errors alone.
async fn checks(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let provider = find(&portal, &id).await?;
    let verified = portal.applications().verify_provider(provider.id).await?;
    Ok(Json(json!({ "checks": verified.findings })))
}

pub(super) async fn find(portal: &Portal, id: &str) -> Result<DcrProvider, Error> {
    let id = path_id("DCR provider", id)?;
    let provider = store::dcr_providers::find(portal.db(), id).await?;
    provider.ok_or_else(|| Error::not_found("DCR provider", id))
}

/// Parts what may be shown from the secret, which is sealed here and never leaves again.
fn split(
    portal: &Portal,
    id: DcrProviderId,
    provider_type: ProviderType,
    mut config: Map<String, Value>,
) -> Result<(DcrConfig, Option<String>), Error> {
    let mut secret = None;
    for name in [
        "initial_client_secret",
        "initial_access_token",
        "dcr_token",
        "api_key",
    ] {
        if let Some(Value::String(text)) = config.remove(name) {
            let context = DcrProvider::secret_context(id);
            secret = Some(portal.sealer().seal(&context, &SecretString::from(text)));
        }
    }
    let mut config: DcrConfig = serde_json::from_value(Value::Object(config))
        .map_err(|error| Error::Internal(error.to_string()))?;
    // A form that was left empty means the same as none.
    config.initial_client_audience = config.initial_client_audience.filter(|a| !a.is_empty());
    match provider_type {
        ProviderType::Auth0 => {
            config.use_developer_managed_scopes.get_or_insert(false);
        }
        ProviderType::Http => {
            config.disable_event_hooks.get_or_insert(false);
            config.disable_refresh_secret.get_or_insert(false);
            config.allow_multiple_credentials.get_or_insert(false);
        }
        _ => {}
    }
    Ok((config, secret))
}

fn public(config: &DcrConfig) -> Result<Map<String, Value>, Error> {
    match serde_json::to_value(config) {
        Ok(Value::Object(map)) => Ok(map),
        _ => Err(Error::Internal(
            "a provider's settings are not an object".into(),
        )),
    }
}

fn render(provider: &DcrProvider) -> Value {
    let mut config = public(&provider.config).unwrap_or_default();
    if provider.provider_type == ProviderType::Auth0 {
        config
            .entry("initial_client_audience")
            .or_insert(Value::Null);
    }
    let mut value = json!({
        "id": provider.id,
        "name": provider.name,
        "provider_type": provider.provider_type,
        "issuer": provider.issuer,
        "dcr_config": config,
        "active": provider.active,
        "labels": provider.labels,
        "created_at": moment(provider.created_at),
        "updated_at": moment(provider.updated_at),
    });
    if let Some(connection) = &provider.connection {
        value["connection"] = json!(connection);
    }
    if let Some(name) = &provider.display_name {
        value["display_name"] = name.as_str().into();
    }
    value
}
