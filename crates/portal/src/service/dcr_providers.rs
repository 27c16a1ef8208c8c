//! DCR providers: made, changed, switched, removed.
//!
//! Names may repeat, as in Konnect: ids tell providers apart. A provider that a strategy uses cannot
//! be deleted, which the specification leaves open.
//!
//! Source: Konnect application-auth-strategies v2.1.1.

use oauth::Timestamp;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use storage::Tx;

use crate::error::{Error, Violation};
use crate::model::{
    Connection, DcrConfig, DcrProvider, DcrProviderId, Labels, PROVIDER_SECRETS, ProviderType,
};
use crate::rest::check::{self, Field, Mode, Rule, Shape, nullable, optional, required, text, url};
use crate::rest::{apply, input, path_id};
use crate::service::applications::Verification;
use crate::store::audit::Entry;
use crate::{Ctx, Portal, store};

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

/// The provider with this id, as it stands in an address.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn find(portal: &Portal, id: &str) -> Result<DcrProvider, Error> {
    let id = path_id("DCR provider", id)?;
    let provider = store::dcr_providers::find(portal.db(), id).await?;
    provider.ok_or_else(|| Error::not_found("DCR provider", id))
}

/// Makes a provider. Nothing is asked of it yet.
///
/// # Errors
/// [`Error::Invalid`].
pub(crate) async fn create(
    portal: &Portal,
    ctx: &Ctx,
    body: Map<String, Value>,
) -> Result<DcrProvider, Error> {
    let provider = made(portal, ctx, body)?;
    let mut tx = portal.db().begin().await?;
    insert(portal, ctx, &mut tx, &provider).await?;
    tx.commit().await?;
    Ok(provider)
}

/// The provider that a body describes; it is not kept yet.
///
/// # Errors
/// [`Error::Invalid`].
pub(super) fn made(
    portal: &Portal,
    ctx: &Ctx,
    body: Map<String, Value>,
) -> Result<DcrProvider, Error> {
    check::gather([
        check::all(&Value::Object(body.clone()), &CREATE, Mode::Whole),
        config_holds(&body),
    ])?;
    let new: Writable = input(body, &CREATE)?;
    let id = DcrProviderId::new(portal.entropy());
    let (config, secret) = split(portal, id, new.provider_type, new.dcr_config)?;
    Ok(DcrProvider {
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
        created_at: ctx.now,
        updated_at: ctx.now,
    })
}

/// Keeps a new provider, and who made it.
///
/// # Errors
/// [`Error::Unavailable`].
pub(super) async fn insert(
    portal: &Portal,
    ctx: &Ctx,
    tx: &mut Tx,
    provider: &DcrProvider,
) -> Result<(), Error> {
    store::dcr_providers::insert(tx, provider).await?;
    let entry = Entry::new("create", "dcr_provider", provider.id).making(provider);
    portal.audit(tx, ctx, entry).await
}

/// Changes what `body` names; a secret that it leaves out stays.
///
/// # Errors
/// [`Error::Invalid`], also of another issuer that has none of the applications' clients.
pub(crate) async fn update(
    portal: &Portal,
    ctx: &Ctx,
    provider: DcrProvider,
    body: Map<String, Value>,
) -> Result<DcrProvider, Error> {
    let before = provider.clone();
    let provider = changed(portal, provider, body, ctx.now)?;
    keeps_its_clients(portal, &before, &provider).await?;
    keep(portal, ctx, &before, &provider).await?;
    Ok(provider)
}

/// Whether the clients of applications are where the provider is to be looked for from now on.
async fn keeps_its_clients(
    portal: &Portal,
    before: &DcrProvider,
    provider: &DcrProvider,
) -> Result<(), Error> {
    if before.issuer == provider.issuer
        || !portal.applications().is_elsewhere(provider.clone()).await?
    {
        return Ok(());
    }
    let reason = "\"issuer\" has none of the clients that applications have: make another DCR provider with \
                  an auth strategy of its own for it";
    Err(Error::invalid(Violation::body("issuer", "invalid", reason)))
}

/// Changes the provider only if it works with the change: it is verified with the settings as they
/// would be. Applications notice nothing if new credentials do not hold.
///
/// # Errors
/// Those of [`update`]. What the provider lacks is a finding.
pub(crate) async fn switch(
    portal: &Portal,
    ctx: &Ctx,
    provider: DcrProvider,
    body: Map<String, Value>,
) -> Result<Verification, Error> {
    let before = provider.clone();
    let provider = changed(portal, provider, body, ctx.now)?;
    keeps_its_clients(portal, &before, &provider).await?;
    let applications = portal.applications();
    let verified = applications.verify_settings(ctx, provider.clone()).await?;
    if verified.succeeded() {
        keep(portal, ctx, &before, &provider).await?;
    }
    Ok(verified)
}

/// Removes a provider that no strategy uses.
///
/// # Errors
/// [`Error::Conflict`] while one does.
pub(crate) async fn delete(
    portal: &Portal,
    ctx: &Ctx,
    provider: &DcrProvider,
) -> Result<(), Error> {
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
        )));
    }
    store::dcr_providers::delete(&mut tx, provider.id).await?;
    let entry = Entry::new("delete", "dcr_provider", provider.id).removing(provider);
    portal.audit(&mut tx, ctx, entry).await?;
    tx.commit().await?;
    Ok(())
}

async fn keep(
    portal: &Portal,
    ctx: &Ctx,
    before: &DcrProvider,
    provider: &DcrProvider,
) -> Result<(), Error> {
    let mut tx = portal.db().begin().await?;
    rewrite(portal, ctx, &mut tx, (before, provider)).await?;
    tx.commit().await?;
    Ok(())
}

/// Keeps a provider that was changed, and who changed it.
///
/// # Errors
/// [`Error::NotFound`] if it is gone.
pub(super) async fn rewrite(
    portal: &Portal,
    ctx: &Ctx,
    tx: &mut Tx,
    (before, provider): (&DcrProvider, &DcrProvider),
) -> Result<(), Error> {
    store::dcr_providers::update(tx, provider).await?;
    let entry = Entry::new("update", "dcr_provider", provider.id);
    let entry = entry.changing(before, provider);
    let entry = match before.secret == provider.secret {
        true => entry,
        false => entry.replacing("secret"),
    };
    portal.audit(tx, ctx, entry).await
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

/// The provider as a change makes it; the change is not kept yet.
///
/// # Errors
/// [`Error::Invalid`].
pub(super) fn changed(
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

/// Parts what may be shown from the secret, which is sealed here and never leaves again.
fn split(
    portal: &Portal,
    id: DcrProviderId,
    provider_type: ProviderType,
    mut config: Map<String, Value>,
) -> Result<(DcrConfig, Option<String>), Error> {
    let mut secret = None;
    for name in PROVIDER_SECRETS {
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

/// What may be shown of the settings.
pub(crate) fn public(config: &DcrConfig) -> Result<Map<String, Value>, Error> {
    match serde_json::to_value(config) {
        Ok(Value::Object(map)) => Ok(map),
        _ => Err(Error::Internal(
            "a provider's settings are not an object".into(),
        )),
    }
}
