//! `/v2/application-auth-strategies`.
//!
//! Names may repeat, as in Konnect: ids tell strategies apart. PUT answers 201, as the specification
//! has it. Secrets among the plugin's fields are sealed and never shown: a PATCH that leaves them out
//! keeps them, a PUT that leaves them out removes them.
//!
//! Source: Konnect application-auth-strategies v2.1.1.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use axum::routing::{delete, get, patch, post, put};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use storage::Tx;

use super::{Admin, Route, commit, listed, moment, openid_connect, settled};
use crate::Portal;
use crate::error::{Error, Violation};
use crate::model::{
    AuthStrategy, AuthStrategyId, DcrProviderId, KeyAuth, Labels, OpenidConnect, ProviderType,
    StrategyConfig, StrategyType,
};
use crate::rest::check::{
    self, Field, Mode, Rule, Shape, UUID, choice, missing, nullable, optional, required, text,
};
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{Body, Page, Problem, apply, input, path_id};
use crate::service::strategy_secrets;
use crate::store;
use crate::store::audit::Entry;
use crate::store::listing::Listing;

pub(super) fn routes() -> Vec<Route> {
    let (all, one) = (
        "/v2/application-auth-strategies",
        "/v2/application-auth-strategies/{id}",
    );
    vec![
        (Method::POST, all, post(create)),
        (Method::GET, all, get(list)),
        (Method::GET, one, get(read)),
        (Method::PUT, one, put(replace)),
        (Method::PATCH, one, patch(update)),
        (Method::DELETE, one, delete(remove)),
    ]
}

const COLUMNS: &[Column] = &[
    column("name", "t.name", Kind::Text),
    column("display_name", "t.display_name", Kind::Text),
    column(
        "strategy_type",
        "t.strategy_type",
        Kind::Word(StrategyType::WORDS),
    ),
    column("dcr_provider_id", "t.dcr_provider_id", Kind::Uuid),
    column("dcr_provider_name", "d.name", Kind::Text),
    column(
        "dcr_provider_type",
        "d.provider_type",
        Kind::Word(ProviderType::WORDS),
    ),
    column("created_at", "t.created_at", Kind::Time).sort_only(),
    column("updated_at", "t.updated_at", Kind::Time).sort_only(),
];

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

static KEYS: Shape = Shape {
    fields: &[
        optional(
            "key_names",
            Rule::List {
                of: &text(1, 256),
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

async fn create(
    admin: Admin,
    State(portal): State<Portal>,
    Body(body): Body,
) -> Result<(StatusCode, Json<Value>), Problem> {
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
        created_at: admin.ctx.now,
        updated_at: admin.ctx.now,
    };
    new.write(&portal, &mut strategy)?;
    let mut tx = portal.db().begin().await?;
    resolve_provider(&mut tx, &mut strategy).await?;
    store::strategies::insert(&mut tx, &strategy).await?;
    let entry = Entry::new("create", "auth_strategy", strategy.id);
    portal.audit(&mut tx, &admin.ctx, entry).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(render(&strategy))))
}

async fn list(
    _: Admin,
    State(portal): State<Portal>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let db = portal.db();
    let list = async |listing: &Listing| store::strategies::list(db, listing).await;
    listed(&query, COLUMNS, list, render).await
}

async fn read(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    Ok(Json(render(&find(&portal, &id).await?)))
}

async fn replace(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    Body(body): Body,
) -> Result<Response, Problem> {
    let mut strategy = find(&portal, &id).await?;
    let new = whole(body)?;
    if new.strategy_type != strategy.strategy_type() {
        let only = [strategy.strategy_type().as_str()];
        return Err(Error::invalid(choice("strategy_type", &only)).into());
    }
    new.write(&portal, &mut strategy)?;
    let revision = save(&portal, &admin, &mut strategy).await?;
    let answer = (StatusCode::CREATED, Json(render(&strategy)));
    Ok(settled(&portal, Some(revision), answer).await)
}

async fn update(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    Body(body): Body,
) -> Result<Response, Problem> {
    let mut strategy = find(&portal, &id).await?;
    let present = Writable::of(&portal, &strategy)?;
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
    new.write(&portal, &mut strategy)?;
    let revision = save(&portal, &admin, &mut strategy).await?;
    Ok(settled(&portal, Some(revision), Json(render(&strategy))).await)
}

async fn remove(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let strategy = find(&portal, &id).await?;
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
        ))
        .into());
    }
    let applications = store::applications::of_strategy(&mut tx, strategy.id).await?;
    if !applications.is_empty() {
        return Err(Error::Conflict(format!(
            "{} applications were created with this strategy; delete them first",
            applications.len()
        ))
        .into());
    }
    store::strategies::delete(&mut tx, strategy.id)
        .await
        .map_err(|error| {
            Error::from(error).or_conflict(
                "a portal has this strategy as its default; give the portal another one first",
            )
        })?;
    let entry = Entry::new("delete", "auth_strategy", strategy.id);
    commit(&portal, &admin.ctx, tx, entry).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn save(portal: &Portal, admin: &Admin, strategy: &mut AuthStrategy) -> Result<i64, Error> {
    strategy.updated_at = admin.ctx.now;
    let mut tx = portal.db().begin().await?;
    resolve_provider(&mut tx, strategy).await?;
    store::strategies::update(&mut tx, strategy).await?;
    let entry = Entry::new("update", "auth_strategy", strategy.id);
    commit(portal, &admin.ctx, tx, entry).await
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

async fn find(portal: &Portal, id: &str) -> Result<AuthStrategy, Error> {
    let id = path_id("application auth strategy", id)?;
    let strategy = store::strategies::find(portal.db(), id).await?;
    strategy.ok_or_else(|| Error::not_found("application auth strategy", id))
}

fn render(strategy: &AuthStrategy) -> Value {
    let configs = match &strategy.config {
        StrategyConfig::KeyAuth(config) => json!({ "key-auth": config }),
        StrategyConfig::OpenidConnect(config) => json!({ "openid-connect": config }),
    };
    let provider = match (strategy.dcr_provider_id, &strategy.dcr_provider) {
        (Some(id), Some((name, display_name, kind))) => {
            let mut provider = json!({ "id": id, "name": name, "provider_type": kind });
            if let Some(display_name) = display_name {
                provider["display_name"] = display_name.as_str().into();
            }
            provider
        }
        _ => Value::Null,
    };
    json!({
        "id": strategy.id,
        "name": strategy.name,
        "display_name": strategy.display_name,
        "strategy_type": strategy.strategy_type(),
        "configs": configs,
        "active": strategy.active,
        "dcr_provider": provider,
        "labels": strategy.labels,
        "supports_multiple_credentials": strategy.strategy_type() == StrategyType::KeyAuth,
        "principals": { "enabled": strategy.principals_enabled },
        "created_at": moment(strategy.created_at),
        "updated_at": moment(strategy.updated_at),
    })
}
