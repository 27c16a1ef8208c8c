//! Application auth strategies: made, changed, removed.
//!
//! Names may repeat, as in Konnect: ids tell strategies apart. Secrets among the plugin's fields are
//! sealed and never shown: a change that leaves them out keeps them, a replacement that leaves them
//! out removes them.
//!
//! Source: Konnect application-auth-strategies v2.1.1.

mod openid_connect;

pub(crate) use openid_connect::UNKNOWN_FIELD;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use storage::Tx;

use crate::error::{Error, Violation};
use crate::model::{
    Act, AuthStrategy, AuthStrategyId, DcrProviderId, EntityType, KeyAuth, Labels, OpenidConnect,
    StrategyConfig, StrategyType,
};
use crate::rest::check::{
    self, Field, Mode, Rule, Shape, UUID, choice, missing, nullable, optional, required, text,
};
use crate::rest::{apply, input, path_id};
use crate::service::strategy_secrets;
use crate::store::audit::Entry;
use crate::{Ctx, Portal, store};

const NAME: Field = required("name", text(1, 256));
const DISPLAY_NAME: Field = required("display_name", text(0, 256));
const TYPE: Field = required("strategy_type", Rule::Word(StrategyType::WORDS)).fixed();
const LABELS: Field = optional("labels", Rule::Labels);
const PRINCIPALS: Field = optional(
    "principals",
    Rule::Object(&Shape {
        fields: &[required("enabled", Rule::Boolean)],
        open: false,
    }),
);

static OPENID_CONNECT: Shape = Shape {
    fields: &[
        NAME,
        DISPLAY_NAME,
        TYPE,
        required(
            "configs",
            Rule::Object(&Shape {
                // Its fields have a file of their own.
                fields: &[required("openid-connect", Rule::Any)],
                open: false,
            }),
        ),
        nullable("dcr_provider_id", UUID),
        LABELS,
        PRINCIPALS,
    ],
    open: false,
};

static KEY_AUTH: Shape = Shape {
    fields: &[
        NAME,
        DISPLAY_NAME,
        TYPE,
        required(
            "configs",
            Rule::Object(&Shape {
                fields: &[required("key-auth", Rule::Object(&KEYS))],
                open: false,
            }),
        ),
        LABELS,
        PRINCIPALS,
    ],
    open: false,
};

/// The name of a header and of a query argument: what gateways could not read would stop every change on
/// its way to them.
const KEY_NAME: Rule = Rule::Form {
    max: 256,
    rule: "invalid",
    holds: check::is_header_name,
    expects: "a name that a header can have, such as apikey",
};

static KEYS: Shape = Shape {
    fields: &[
        optional(
            "key_names",
            Rule::List {
                of: &KEY_NAME,
                min: 1,
                max: 10,
            },
        ),
        nullable(
            "ttl",
            Rule::Object(&Shape {
                fields: &[
                    required(
                        "value",
                        Rule::Integer {
                            min: 1,
                            max: 1_000_000,
                        },
                    ),
                    required("unit", Rule::Word(&["days", "weeks", "years"])),
                ],
                open: false,
            }),
        ),
    ],
    open: false,
};

/// What can be written of a strategy.
#[derive(Debug, Serialize, Deserialize)]
struct Writable {
    name: String,
    display_name: String,
    strategy_type: StrategyType,
    configs: Configs,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dcr_provider_id: Option<DcrProviderId>,
    #[serde(default)]
    labels: Labels,
    #[serde(default)]
    principals: Principals,
}

#[derive(Debug, Serialize, Deserialize)]
struct Configs {
    #[serde(rename = "key-auth", skip_serializing_if = "Option::is_none")]
    key_auth: Option<KeyAuth>,
    #[serde(rename = "openid-connect", skip_serializing_if = "Option::is_none")]
    openid_connect: Option<OpenidConnect>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Principals {
    enabled: bool,
}

impl Writable {
    /// With its secrets, so that a change may leave them out.
    fn of(portal: &Portal, strategy: &AuthStrategy) -> Result<Self, Error> {
        let (key_auth, openid_connect) = match strategy.config.clone() {
            StrategyConfig::KeyAuth(config) => (Some(config), None),
            StrategyConfig::OpenidConnect(config) => {
                let whole = strategy_secrets::whole(portal.sealer(), strategy, config)?;
                (None, Some(whole))
            }
        };
        Ok(Self {
            name: strategy.name.clone(),
            display_name: strategy.display_name.clone(),
            strategy_type: strategy.strategy_type(),
            configs: Configs {
                key_auth,
                openid_connect,
            },
            dcr_provider_id: strategy.dcr_provider_id,
            labels: strategy.labels.clone(),
            principals: Principals {
                enabled: strategy.principals_enabled,
            },
        })
    }

    fn write(self, portal: &Portal, strategy: &mut AuthStrategy) -> Result<(), Error> {
        strategy.config = match (self.configs.key_auth, self.configs.openid_connect) {
            (Some(config), None) => StrategyConfig::KeyAuth(config),
            (None, Some(config)) => StrategyConfig::OpenidConnect(config),
            _ => return Err(Error::invalid(missing("configs"))),
        };
        strategy.name = self.name;
        strategy.display_name = self.display_name;
        strategy.dcr_provider_id = self.dcr_provider_id;
        strategy.labels = self.labels;
        strategy.principals_enabled = self.principals.enabled;
        strategy_secrets::seal(portal.sealer(), strategy);
        Ok(())
    }
}

/// The strategy with this id, as it stands in an address.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn find(portal: &Portal, id: &str) -> Result<AuthStrategy, Error> {
    let id = path_id("application auth strategy", id)?;
    let strategy = store::strategies::find(portal.db(), id).await?;
    strategy.ok_or_else(|| Error::not_found("application auth strategy", id))
}

/// Names of the settings that a strategy keeps sealed, such as `client_secret` and `redis.password`.
///
/// # Errors
/// [`Error::Internal`] if the key that they were sealed under is gone.
pub(crate) fn sealed_names(portal: &Portal, strategy: &AuthStrategy) -> Result<Vec<String>, Error> {
    let StrategyConfig::OpenidConnect(config) = strategy.config.clone() else {
        return Ok(Vec::new());
    };
    let mut whole = strategy_secrets::whole(portal.sealer(), strategy, config)?;
    let mut names = Vec::new();
    paths("", &whole.take_secrets(), &mut names);
    Ok(names)
}

fn paths(above: &str, object: &Map<String, Value>, found: &mut Vec<String>) {
    for (name, value) in object {
        match value {
            Value::Object(inside) => paths(&format!("{above}{name}."), inside, found),
            _ => found.push(format!("{above}{name}")),
        }
    }
}

/// Makes a strategy.
///
/// # Errors
/// [`Error::Invalid`].
pub(crate) async fn create(
    portal: &Portal,
    ctx: &Ctx,
    body: Map<String, Value>,
) -> Result<AuthStrategy, Error> {
    let mut strategy = made(portal, ctx, body)?;
    let mut tx = portal.db().begin().await?;
    insert(portal, ctx, &mut tx, &mut strategy).await?;
    tx.commit().await?;
    Ok(strategy)
}

/// The strategy that a body describes; it is not kept yet.
///
/// # Errors
/// [`Error::Invalid`].
pub(super) fn made(
    portal: &Portal,
    ctx: &Ctx,
    body: Map<String, Value>,
) -> Result<AuthStrategy, Error> {
    let new = whole(body)?;
    let mut strategy = AuthStrategy {
        id: AuthStrategyId::new(portal.entropy()),
        name: String::new(),
        display_name: String::new(),
        config: StrategyConfig::KeyAuth(KeyAuth {
            key_names: Vec::new(),
            ttl: None,
        }),
        secrets: None,
        principals_enabled: false,
        dcr_provider_id: None,
        dcr_provider: None,
        active: false,
        labels: Labels::new(),
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    new.write(portal, &mut strategy)?;
    Ok(strategy)
}

/// Keeps a new strategy, and who made it.
///
/// # Errors
/// [`Error::Invalid`] if there is no such provider.
pub(super) async fn insert(
    portal: &Portal,
    ctx: &Ctx,
    tx: &mut Tx,
    strategy: &mut AuthStrategy,
) -> Result<(), Error> {
    may_use(ctx, strategy)?;
    resolve_provider(tx, strategy).await?;
    store::strategies::insert(tx, strategy).await?;
    let entry = Entry::new("create", "auth_strategy", strategy.id).making(&*strategy);
    portal.audit(tx, ctx, entry).await
}

/// Puts `body` in the place of everything but the kind. Gives the revision that gateways are to obey.
///
/// # Errors
/// [`Error::Invalid`].
pub(crate) async fn replace(
    portal: &Portal,
    ctx: &Ctx,
    mut strategy: AuthStrategy,
    body: Map<String, Value>,
) -> Result<(AuthStrategy, i64), Error> {
    let new = whole(body)?;
    if new.strategy_type != strategy.strategy_type() {
        let only = [strategy.strategy_type().as_str()];
        return Err(Error::invalid(choice("strategy_type", &only)));
    }
    new.write(portal, &mut strategy)?;
    save(portal, ctx, strategy).await
}

/// Changes what `body` names. Gives the revision that gateways are to obey.
///
/// # Errors
/// [`Error::Invalid`].
pub(crate) async fn update(
    portal: &Portal,
    ctx: &Ctx,
    strategy: AuthStrategy,
    body: Map<String, Value>,
) -> Result<(AuthStrategy, i64), Error> {
    let strategy = changed(portal, strategy, body)?;
    save(portal, ctx, strategy).await
}

/// The strategy as a change makes it; the change is not kept yet.
///
/// # Errors
/// [`Error::Invalid`].
pub(super) fn changed(
    portal: &Portal,
    mut strategy: AuthStrategy,
    body: Map<String, Value>,
) -> Result<AuthStrategy, Error> {
    let present = Writable::of(portal, &strategy)?;
    let new = match strategy.strategy_type() {
        StrategyType::KeyAuth => apply(&present, body, &KEY_AUTH)?,
        StrategyType::OpenidConnect => {
            plugin_fields(&body, Mode::Partial)?;
            let new = apply(&present, body, &OPENID_CONNECT)?;
            let merged =
                serde_json::to_value(&new).map_err(|error| Error::Internal(error.to_string()))?;
            plugin_fields(merged.as_object().unwrap_or(&Map::new()), Mode::Merged)?;
            new
        }
    };
    new.write(portal, &mut strategy)?;
    Ok(strategy)
}

/// Removes a strategy that nothing uses. Gives the revision that gateways are to obey.
///
/// # Errors
/// [`Error::Conflict`] while a product version, an application or a portal uses it.
pub(crate) async fn delete(
    portal: &Portal,
    ctx: &Ctx,
    strategy: &AuthStrategy,
) -> Result<i64, Error> {
    let mut tx = portal.db().begin().await?;
    let uses = store::publications::of_strategy(&mut tx, strategy.id).await?;
    if !uses.is_empty() {
        let uses: Vec<String> = uses
            .iter()
            .map(|p| format!("{} in portal {}", p.product_version_id, p.portal_id))
            .collect();
        return Err(Error::Conflict(format!(
            "product versions use this strategy: {}; take it out of them first",
            uses.join(", ")
        )));
    }
    let applications = store::applications::count_of_strategy(&mut tx, strategy.id).await?;
    if applications > 0 {
        return Err(Error::Conflict(format!(
            "{applications} applications were created with this strategy; delete them first"
        )));
    }
    store::strategies::delete(&mut tx, strategy.id)
        .await
        .map_err(|error| {
            Error::from(error).or_conflict(
                "a portal has this strategy as its default; give the portal another one first",
            )
        })?;
    let entry = Entry::new("delete", "auth_strategy", strategy.id).removing(strategy);
    portal.commit(ctx, tx, entry).await
}

async fn save(
    portal: &Portal,
    ctx: &Ctx,
    mut strategy: AuthStrategy,
) -> Result<(AuthStrategy, i64), Error> {
    let mut tx = portal.db().begin().await?;
    let entry = rewrite(ctx, &mut tx, &mut strategy).await?;
    let revision = portal.commit(ctx, tx, entry).await?;
    Ok((strategy, revision))
}

/// Keeps a strategy that was changed. Gives the audit's entry: gateways obey the change, so it ends with
/// [`Portal::commit`].
///
/// # Errors
/// [`Error::Invalid`] if there is no such provider, or applications have clients at another,
/// [`Error::NotFound`] if the strategy is gone.
pub(super) async fn rewrite(
    ctx: &Ctx,
    tx: &mut Tx,
    strategy: &mut AuthStrategy,
) -> Result<Entry<'static>, Error> {
    strategy.updated_at = ctx.now;
    let before = store::strategies::find(&mut *tx, strategy.id).await?;
    if let Some(before) = &before {
        keeps_its_clients(tx, before, strategy.dcr_provider_id).await?;
    }
    if before
        .as_ref()
        .is_none_or(|before| before.dcr_provider_id != strategy.dcr_provider_id)
    {
        may_use(ctx, strategy)?;
    }
    resolve_provider(tx, strategy).await?;
    store::strategies::update(tx, strategy).await?;
    let entry = Entry::new("update", "auth_strategy", strategy.id).changing(&before, &*strategy);
    let same = |before: &AuthStrategy| before.secrets == strategy.secrets;
    Ok(match before.as_ref().is_none_or(same) {
        true => entry,
        false => entry.replacing("secrets"),
    })
}

/// The whole body by its kind, every violation at once.
fn whole(body: Map<String, Value>) -> Result<Writable, Error> {
    match body.get("strategy_type").and_then(Value::as_str) {
        Some("key_auth") => input(body, &KEY_AUTH),
        Some("openid_connect") => {
            let plugin = plugin_fields(&body, Mode::Whole);
            let rest = check::all(&Value::Object(body.clone()), &OPENID_CONNECT, Mode::Whole);
            check::gather([rest, plugin])?;
            input(body, &OPENID_CONNECT)
        }
        Some(_) => Err(Error::invalid(choice("strategy_type", StrategyType::WORDS))),
        None => Err(Error::invalid(missing("strategy_type"))),
    }
}

fn plugin_fields(body: &Map<String, Value>, mode: Mode) -> Result<(), Error> {
    let Some(config) = body.get("configs").and_then(|c| c.get("openid-connect")) else {
        // Whether it must be there is the outer shape's question.
        return Ok(());
    };
    let Some(config) = config.as_object() else {
        return Err(Error::invalid(check::kind(
            "configs.openid-connect",
            "is_object",
            "an object",
        )));
    };
    let found = openid_connect::violations(config, mode);
    if found.is_empty() {
        Ok(())
    } else {
        Err(Error::Invalid(found))
    }
}

/// Whether applications still find their clients: those stay where they were made, and nobody would remove
/// them there once the strategy names another provider.
async fn keeps_its_clients(
    tx: &mut Tx,
    before: &AuthStrategy,
    provider: Option<DcrProviderId>,
) -> Result<(), Error> {
    if before.dcr_provider_id == provider {
        return Ok(());
    }
    let applications = store::applications::count_of_strategy(&mut *tx, before.id).await?;
    if applications == 0 {
        return Ok(());
    }
    let reason = format!(
        "\"dcr_provider_id\" cannot change: {applications} applications have their clients where it says \
         now; make another auth strategy, or delete them first"
    );
    Err(Error::invalid(Violation::body(
        "dcr_provider_id",
        "invalid",
        reason,
    )))
}

/// That whoever lets applications register at a provider may see it.
fn may_use(ctx: &Ctx, strategy: &AuthStrategy) -> Result<(), Error> {
    match strategy.dcr_provider_id {
        Some(id) => ctx.may(EntityType::Providers, id, Act::Read),
        None => Ok(()),
    }
}

async fn resolve_provider(tx: &mut Tx, strategy: &mut AuthStrategy) -> Result<(), Error> {
    strategy.dcr_provider = None;
    if let Some(id) = strategy.dcr_provider_id {
        let Some(provider) = store::dcr_providers::find(&mut *tx, id).await? else {
            let reason = format!("there is no DCR provider {id}");
            return Err(Error::invalid(Violation::body(
                "dcr_provider_id",
                "missing_reference",
                reason,
            )));
        };
        strategy.dcr_provider =
            Some((provider.name, provider.display_name, provider.provider_type));
    }
    Ok(())
}
