//! The provider with which a portal's developers sign in: entered, changed, turned on, removed.
//!
//! Konnect has two surfaces for it, the authentication settings and the identity providers; here both
//! write one row and the switch in the portal's settings, together.
//!
//! Source: Konnect portal-management v2.2.2.

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::error::{Error, Violation};
use crate::model::{
    AuthenticationSettings, ClaimMappings, IdentityProvider, IdentityProviderId, Site,
};
use crate::rest::apply;
use crate::rest::check::{self, Mode, Rule, Shape, optional, required, text, url};
use crate::store::audit::Entry;
use crate::{Ctx, Portal, store};

const ISSUER: Rule = url(512);
const CLIENT_ID: Rule = text(1, 256);
const CLIENT_SECRET: Rule = text(1, 1024);
static SCOPE: Rule = Rule::Form {
    max: 128,
    rule: "invalid",
    holds: |text| {
        text.parse::<oauth::Scopes>()
            .is_ok_and(|scopes| scopes.len() == 1)
    },
    expects: "a scope: characters without space",
};
const SCOPES: Rule = Rule::List {
    of: &SCOPE,
    min: 0,
    max: 50,
};
static CLAIMS: Shape = Shape {
    fields: &[
        optional("name", text(1, 256)),
        optional("email", text(1, 256)),
        optional("groups", text(1, 256)),
    ],
    open: false,
};

/// What is left of a body of settings once the provider's part is taken out: the switches.
static SWITCHES: Shape = Shape {
    fields: &[],
    open: true,
};
/// What the settings say of the provider, as the specification has it. What a GET calls `oidc_config` is
/// taken as well, so that what was read can be written.
static SETTINGS: Shape = Shape {
    fields: &[
        optional("basic_auth_enabled", Rule::Boolean),
        optional("oidc_auth_enabled", Rule::Boolean),
        optional("saml_auth_enabled", Rule::Boolean),
        optional("oidc_team_mapping_enabled", Rule::Boolean),
        optional("idp_mapping_enabled", Rule::Boolean),
        optional("konnect_mapping_enabled", Rule::Boolean),
        optional("oidc_issuer", ISSUER),
        optional("oidc_client_id", CLIENT_ID),
        optional("oidc_client_secret", CLIENT_SECRET),
        optional("oidc_scopes", SCOPES),
        optional("oidc_claim_mappings", Rule::Object(&CLAIMS)),
        optional("oidc_config", Rule::Object(&OIDC_CONFIG)),
    ],
    open: false,
};
static OIDC_CONFIG: Shape = Shape {
    fields: &[
        optional("issuer", ISSUER),
        optional("client_id", CLIENT_ID),
        optional("client_secret", CLIENT_SECRET),
        optional("scopes", SCOPES),
        optional("claim_mappings", Rule::Object(&CLAIMS)),
    ],
    open: false,
};

/// The provider as the other surface has it.
static CREATE: Shape = Shape {
    fields: &[
        required("type", Rule::Word(&["oidc", "saml"])),
        optional("enabled", Rule::Boolean),
        required("config", Rule::Any),
    ],
    open: false,
};
static UPDATE: Shape = Shape {
    fields: &[
        optional("enabled", Rule::Boolean),
        optional("config", Rule::Any),
    ],
    open: false,
};
static CONFIG: Shape = Shape {
    fields: &[
        required("issuer_url", ISSUER),
        required("client_id", CLIENT_ID),
        optional("client_secret", CLIENT_SECRET).secret(),
        optional("scopes", SCOPES),
        optional("claim_mappings", Rule::Object(&CLAIMS)),
    ],
    open: false,
};

/// What a body says of the provider.
#[derive(Debug, Default, Deserialize)]
struct Change {
    #[serde(alias = "issuer_url")]
    issuer: Option<String>,
    client_id: Option<String>,
    client_secret: Option<SecretString>,
    scopes: Option<Vec<String>>,
    claim_mappings: Option<Map<String, Value>>,
}

impl Change {
    fn read(config: Map<String, Value>) -> Result<Self, Error> {
        serde_json::from_value(Value::Object(config))
            .map_err(|error| Error::Internal(error.to_string()))
    }
}

/// How a surface calls the fields, for what is said of them.
#[derive(Clone, Copy, Debug)]
struct Names {
    issuer: &'static str,
    client_id: &'static str,
    client_secret: &'static str,
}

const IN_SETTINGS: Names = Names {
    issuer: "oidc_issuer",
    client_id: "oidc_client_id",
    client_secret: "oidc_client_secret",
};
const IN_CONFIG: Names = Names {
    issuer: "config.issuer_url",
    client_id: "config.client_id",
    client_secret: "config.client_secret",
};

/// The provider of a portal, if it has one.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn of_portal(
    portal: &Portal,
    site: &Site,
) -> Result<Option<IdentityProvider>, Error> {
    Ok(store::identity_providers::of_portal(portal.db(), site.id).await?)
}

/// The provider of a portal with this id, as it stands in an address.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn find(
    portal: &Portal,
    site: &Site,
    id: &str,
) -> Result<IdentityProvider, Error> {
    let id: IdentityProviderId = crate::rest::path_id("identity provider", id)?;
    let found = of_portal(portal, site).await?;
    found
        .filter(|provider| provider.id == id)
        .ok_or_else(|| Error::not_found("identity provider", id))
}

/// The settings as the API shows them.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn settings(portal: &Portal, site: &Site) -> Result<Value, Error> {
    let provider = of_portal(portal, site).await?;
    Ok(rendered(&site.authentication, provider.as_ref()))
}

fn rendered(settings: &AuthenticationSettings, provider: Option<&IdentityProvider>) -> Value {
    let mut value = json!(settings);
    if let Some(provider) = provider {
        value["oidc_config"] = json!({
            "issuer": provider.issuer,
            "client_id": provider.client_id,
            "scopes": provider.scopes,
            "claim_mappings": provider.claim_mappings,
        });
    }
    value
}

/// Changes what `body` names of the settings, the provider among it, and gives them as they are then.
///
/// # Errors
/// [`Error::Invalid`].
pub(crate) async fn change_settings(
    portal: &Portal,
    ctx: &Ctx,
    mut site: Site,
    mut body: Map<String, Value>,
) -> Result<Value, Error> {
    check::all(&Value::Object(body.clone()), &SETTINGS, Mode::Partial)?;
    let mut config = match body.remove("oidc_config") {
        Some(Value::Object(config)) => config,
        _ => Map::new(),
    };
    for name in [
        "issuer",
        "client_id",
        "client_secret",
        "scopes",
        "claim_mappings",
    ] {
        if let Some(value) = body.remove(&format!("oidc_{name}")) {
            config.insert(name.to_owned(), value);
        }
    }
    let present = of_portal(portal, &site).await?;
    let settings = switched(&site.authentication, body)?;
    let mut provider = match config.is_empty() {
        true => present,
        false => {
            let change = Change::read(config)?;
            Some(changed(portal, ctx, &site, present, change, IN_SETTINGS)?)
        }
    };
    match &mut provider {
        Some(provider) => provider.enabled = settings.oidc_auth_enabled,
        None if settings.oidc_auth_enabled => {
            let reason =
                "\"oidc_issuer\" is required: name the provider before developers sign in with it";
            return Err(Error::invalid(Violation::body(
                "oidc_issuer",
                "required",
                reason,
            )));
        }
        None => {}
    }
    check_ways(&site, &settings)?;
    site.authentication = settings;
    keep(portal, ctx, &mut site, provider.as_ref(), "update").await?;
    Ok(rendered(&site.authentication, provider.as_ref()))
}

/// The switches with what a body says of them. One of them has two names in the specification.
fn switched(
    present: &AuthenticationSettings,
    body: Map<String, Value>,
) -> Result<AuthenticationSettings, Error> {
    let named = |name: &str| body.get(name).and_then(Value::as_bool);
    let mapping = named("idp_mapping_enabled").or(named("oidc_team_mapping_enabled"));
    let mut settings: AuthenticationSettings = apply(present, body, &SWITCHES)?;
    if let Some(mapping) = mapping {
        settings.idp_mapping_enabled = mapping;
        settings.oidc_team_mapping_enabled = mapping;
    }
    Ok(settings)
}

/// Whether developers can sign in at all, and by ways that there are.
fn check_ways(site: &Site, settings: &AuthenticationSettings) -> Result<(), Error> {
    if settings.saml_auth_enabled {
        let reason = "\"saml_auth_enabled\" cannot be turned on: developers sign in by OpenID Connect or \
                      with mail address and password";
        return Err(Error::invalid(Violation::body(
            "saml_auth_enabled",
            "invalid",
            reason,
        )));
    }
    let none = !settings.basic_auth_enabled && !settings.oidc_auth_enabled;
    if none && !site.is_public {
        let reason = "\"basic_auth_enabled\" cannot be turned off without an identity provider that is turned \
                      on: no developer could sign in";
        return Err(Error::invalid(Violation::body(
            "basic_auth_enabled",
            "invalid",
            reason,
        )));
    }
    Ok(())
}

/// Makes the provider of a portal that has none.
///
/// # Errors
/// [`Error::Invalid`].
pub(crate) async fn create(
    portal: &Portal,
    ctx: &Ctx,
    mut site: Site,
    mut body: Map<String, Value>,
) -> Result<IdentityProvider, Error> {
    check::all(&Value::Object(body.clone()), &CREATE, Mode::Whole)?;
    if body.get("type").and_then(Value::as_str) == Some("saml") {
        let reason = "\"type\" can be \"oidc\" alone: developers do not sign in by SAML";
        return Err(Error::invalid(Violation::body("type", "invalid", reason)));
    }
    let config = body.remove("config").unwrap_or_default();
    check::at("config", &config, &CONFIG, Mode::Whole)?;
    if of_portal(portal, &site).await?.is_some() {
        let reason = "this portal has an OIDC identity provider; change that one, or delete it";
        return Err(Error::invalid(Violation::body("type", "invalid", reason)));
    }
    let change = Change::read(object(config))?;
    let mut provider = changed(portal, ctx, &site, None, change, IN_CONFIG)?;
    provider.enabled = body.get("enabled").and_then(Value::as_bool) == Some(true);
    site.authentication.oidc_auth_enabled = provider.enabled;
    keep(portal, ctx, &mut site, Some(&provider), "create").await?;
    Ok(provider)
}

/// Changes what `body` names; a secret that it leaves out stays.
///
/// # Errors
/// [`Error::Invalid`].
pub(crate) async fn update(
    portal: &Portal,
    ctx: &Ctx,
    mut site: Site,
    provider: IdentityProvider,
    mut body: Map<String, Value>,
) -> Result<IdentityProvider, Error> {
    check::all(&Value::Object(body.clone()), &UPDATE, Mode::Partial)?;
    let mut provider = match body.remove("config") {
        Some(config) => {
            check::at("config", &config, &CONFIG, Mode::Partial)?;
            let change = Change::read(object(config))?;
            changed(portal, ctx, &site, Some(provider), change, IN_CONFIG)?
        }
        None => provider,
    };
    if let Some(enabled) = body.get("enabled").and_then(Value::as_bool) {
        provider.enabled = enabled;
    }
    site.authentication.oidc_auth_enabled = provider.enabled;
    check_ways(&site, &site.authentication)?;
    keep(portal, ctx, &mut site, Some(&provider), "update").await?;
    Ok(provider)
}

/// Removes the provider. Developers who signed in with it keep their accounts.
///
/// # Errors
/// [`Error::Invalid`] where nobody could sign in any more.
pub(crate) async fn delete(
    portal: &Portal,
    ctx: &Ctx,
    mut site: Site,
    provider: &IdentityProvider,
) -> Result<(), Error> {
    site.authentication.oidc_auth_enabled = false;
    check_ways(&site, &site.authentication)?;
    site.updated_at = ctx.now;
    let mut tx = portal.db().begin().await?;
    store::sites::update(&mut tx, &site).await?;
    store::identity_providers::delete(&mut tx, site.id).await?;
    let entry = Entry::new("delete", "identity_provider", provider.id).in_portal(site.id);
    portal.audit(&mut tx, ctx, entry.removing(provider)).await?;
    tx.commit().await?;
    Ok(())
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// The provider as a change makes it, or a new one.
fn changed(
    portal: &Portal,
    ctx: &Ctx,
    site: &Site,
    present: Option<IdentityProvider>,
    change: Change,
    names: Names,
) -> Result<IdentityProvider, Error> {
    let missing = |field: &str| {
        let reason = format!("\"{field}\" is required");
        Error::invalid(Violation::body(field, "required", reason))
    };
    let earlier = present.clone();
    let mut provider = match present {
        Some(present) => present,
        None => IdentityProvider {
            id: IdentityProviderId::new(portal.entropy()),
            portal_id: site.id,
            enabled: false,
            issuer: change.issuer.clone().ok_or_else(|| missing(names.issuer))?,
            client_id: change
                .client_id
                .clone()
                .ok_or_else(|| missing(names.client_id))?,
            secret: None,
            scopes: IdentityProvider::usual_scopes(),
            claim_mappings: ClaimMappings::default(),
            created_at: ctx.now,
            updated_at: ctx.now,
        },
    };
    provider.issuer = change.issuer.unwrap_or(provider.issuer);
    provider.client_id = change.client_id.unwrap_or(provider.client_id);
    provider.scopes = change.scopes.unwrap_or(provider.scopes);
    let claims = change.claim_mappings.unwrap_or_default();
    provider.claim_mappings = apply(&provider.claim_mappings, claims, &CLAIMS)?;
    provider.updated_at = ctx.now;
    match change.client_secret {
        Some(secret) => {
            let context = IdentityProvider::secret_context(provider.id);
            provider.secret = Some(portal.sealer().seal(&context, &secret));
        }
        // A kept secret is told to nobody but the issuer that it was entered for.
        None if is_another_client(earlier.as_ref(), &provider) => {
            let field = names.client_secret;
            let reason = format!(
                "\"{field}\" is required with another issuer or client: the one that is kept belongs to \
                 the earlier one"
            );
            return Err(Error::invalid(Violation::body(field, "required", reason)));
        }
        None => {}
    }
    Ok(provider)
}

/// Whether the kept secret is for another client than the one that the provider names now.
fn is_another_client(earlier: Option<&IdentityProvider>, provider: &IdentityProvider) -> bool {
    let issuer = |provider: &IdentityProvider| egress::issuer::normalise(&provider.issuer);
    earlier.is_some_and(|earlier| {
        earlier.secret.is_some()
            && (issuer(earlier) != issuer(provider) || earlier.client_id != provider.client_id)
    })
}

/// Writes portal and provider together.
async fn keep(
    portal: &Portal,
    ctx: &Ctx,
    site: &mut Site,
    provider: Option<&IdentityProvider>,
    action: &str,
) -> Result<(), Error> {
    site.updated_at = ctx.now;
    let mut tx = portal.db().begin().await?;
    let before = store::sites::find(&mut tx, site.id).await?;
    store::sites::update(&mut tx, site).await?;
    let entry = Entry::new("update", "portal_authentication", site.id).in_portal(site.id);
    let entry = entry.changing(&before, &*site);
    portal.audit(&mut tx, ctx, entry).await?;
    if let Some(provider) = provider {
        let before = store::identity_providers::of_portal(&mut tx, site.id).await?;
        store::identity_providers::put(&mut tx, provider).await?;
        let entry = Entry::new(action, "identity_provider", provider.id).in_portal(site.id);
        let mut entry = entry.changing(&before, provider);
        let secret = before.and_then(|before| before.secret);
        if provider.secret.is_some() && provider.secret != secret {
            entry = entry.replacing("client_secret");
        }
        portal.audit(&mut tx, ctx, entry).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// The client secret of a provider, if it has one.
///
/// # Errors
/// [`Error::Internal`] if the key that it was sealed under is gone.
pub(crate) fn secret(
    portal: &Portal,
    provider: &IdentityProvider,
) -> Result<Option<SecretString>, Error> {
    let Some(sealed) = &provider.secret else {
        return Ok(None);
    };
    let context = IdentityProvider::secret_context(provider.id);
    let opened = portal.sealer().open(&context, sealed).map_err(|error| {
        Error::Internal(format!(
            "the secret of identity provider {}: {error}",
            provider.id
        ))
    })?;
    Ok(Some(opened).filter(|secret| !secret.expose_secret().is_empty()))
}
