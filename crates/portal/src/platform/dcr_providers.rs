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
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Admin, Route, moment};
use crate::Portal;
use crate::error::Error;
use crate::model::{DcrConfig, DcrProvider, DcrProviderId, Labels, ProviderType};
use crate::rest::check::{self, Field, Mode, Rule, Shape, nullable, optional, required, text, url};
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{Body, Page, Problem, apply, input, path_id};
use crate::store;
use crate::store::audit::Entry;

pub(super) fn routes() -> Vec<Route> {
    let one = "/v2/dcr-providers/{id}";
    vec![
        (Method::POST, "/v2/dcr-providers", post(create)),
        (Method::GET, "/v2/dcr-providers", get(list)),
        (Method::GET, one, get(read)),
        (Method::PATCH, one, patch(update)),
        (Method::DELETE, one, delete(remove)),
        (Method::POST, "/v2/dcr-providers/{id}/verify", post(verify)),
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
];
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
static NOTHING: Shape = closed(&[]);

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
}

async fn create(
    admin: Admin,
    State(portal): State<Portal>,
    Body(body): Body,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let sent = body.get("dcr_config").cloned();
    let new: Writable = input(body, &CREATE)?;
    let shape = config_shape(new.provider_type);
    check::at("dcr_config", &sent.unwrap_or_default(), shape, Mode::Whole)?;
    let id = DcrProviderId::new(portal.entropy());
    let (config, secret) = split(&portal, id, new.provider_type, new.dcr_config)?;
    let provider = DcrProvider {
        id,
        name: new.name,
        display_name: new.display_name,
        provider_type: new.provider_type,
        issuer: new.issuer,
        config,
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

async fn list(
    _: Admin,
    State(portal): State<Portal>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let listing = query.listing(COLUMNS, "t.created_at")?;
    let (providers, total) = store::dcr_providers::list(portal.db(), &listing).await?;
    let data = providers.iter().map(render).collect();
    Ok(Json(Page::new(data, &listing, total)))
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
    let mut provider = find(&portal, &id).await?;
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
    };
    let new = apply(&present, body, &UPDATE)?;
    let merged = Value::Object(new.dcr_config.clone());
    check::at("dcr_config", &merged, shape, Mode::Merged)?;
    let (config, secret) = split(&portal, provider.id, provider.provider_type, new.dcr_config)?;
    provider.name = new.name;
    provider.display_name = new.display_name;
    provider.issuer = new.issuer;
    provider.labels = new.labels;
    provider.config = config;
    provider.secret = secret.or(provider.secret);
    provider.updated_at = admin.ctx.now;
    let mut tx = portal.db().begin().await?;
    store::dcr_providers::update(&mut tx, &provider).await?;
    let entry = Entry::new("update", "dcr_provider", provider.id);
    portal.audit(&mut tx, &admin.ctx, entry).await?;
    tx.commit().await?;
    Ok(Json(render(&provider)))
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
    let errors: Vec<&str> = verified.errors().collect();
    let status = if verified.succeeded() {
        "success"
    } else {
        "failed"
    };
    Ok(Json(json!({ "status": status, "errors": errors })))
}

async fn find(portal: &Portal, id: &str) -> Result<DcrProvider, Error> {
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
    for name in ["initial_client_secret", "dcr_token", "api_key"] {
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
    if let Some(name) = &provider.display_name {
        value["display_name"] = name.as_str().into();
    }
    value
}
