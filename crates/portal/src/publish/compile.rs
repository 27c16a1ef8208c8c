//! Rows to configuration.

use std::collections::{BTreeMap, BTreeSet};

use gateway::config::{Api, Config, Route, Service, Strategy, StrategyKind};
use serde_json::{Map, Value as Json};
use storage::{Database, Error, Row, params};

use super::{applications, openid_connect};

/// The whole configuration, at the newest revision or a little later: applying changes that it holds
/// already does no harm.
///
/// Only published versions that have a service and a strategy are APIs; only active applications
/// appear, with their approved registrations alone.
///
/// # Errors
/// Those of the database, and [`Error::Corrupt`] for a row that no API wrote.
pub async fn compile(db: &Database) -> Result<Config, Error> {
    let mut config = without_applications(db).await?;
    config.applications = applications::all(db).await?;
    Ok(config)
}

/// The same without applications.
pub(super) async fn without_applications(db: &Database) -> Result<Config, Error> {
    // Read first: what is read afterwards is at this revision or newer, never older.
    let revision = db.feed().revision().await?;
    let apis = apis(db).await?;
    let used: BTreeSet<&String> = apis.iter().flat_map(|api| &api.strategy_ids).collect();
    let mut strategies = strategies(db).await?;
    strategies.retain(|strategy| used.contains(&strategy.id));
    Ok(Config {
        revision,
        services: services(db).await?,
        routes: routes(db).await?,
        strategies,
        apis,
        applications: Vec::new(),
    })
}

async fn services(db: &Database) -> Result<Vec<Service>, Error> {
    let sql = "SELECT id, name, protocol, host, port, path, retries, connect_timeout, write_timeout, \
                      read_timeout, tls_verify, enabled \
               FROM portal_service ORDER BY id";
    let rows = db.query(sql, params![]).await?;
    rows.iter()
        .map(|row| {
            let path: Option<String> = row.get("path")?;
            Ok(Service {
                id: row.get("id")?,
                name: row.get("name")?,
                protocol: row.get("protocol")?,
                host: row.get("host")?,
                port: row.get("port")?,
                path: path.unwrap_or_default().trim_end_matches('/').to_owned(),
                connect_timeout: row.get("connect_timeout")?,
                read_timeout: row.get("read_timeout")?,
                write_timeout: row.get("write_timeout")?,
                retries: row.get("retries")?,
                tls_verify: row.get("tls_verify")?,
                enabled: row.get("enabled")?,
            })
        })
        .collect()
}

async fn routes(db: &Database) -> Result<Vec<Route>, Error> {
    let sql = "SELECT id, service_id, name, protocols, methods, hosts, paths, headers, \
                      regex_priority, strip_path, preserve_host \
               FROM portal_route WHERE service_id IS NOT NULL ORDER BY id";
    let rows = db.query(sql, params![]).await?;
    rows.iter()
        .map(|row| {
            let headers: Option<BTreeMap<String, Vec<String>>> = json(row, "headers")?;
            let hosts: Option<Vec<String>> = json(row, "hosts")?;
            Ok(Route {
                id: row.get("id")?,
                name: row.get("name")?,
                service_id: row.get("service_id")?,
                protocols: json(row, "protocols")?.unwrap_or_default(),
                methods: json(row, "methods")?.unwrap_or_default(),
                hosts: hosts
                    .unwrap_or_default()
                    .iter()
                    .map(|host| host.to_lowercase())
                    .collect(),
                paths: json(row, "paths")?.unwrap_or_default(),
                headers: headers.unwrap_or_default(),
                strip_path: row.get("strip_path")?,
                preserve_host: row.get("preserve_host")?,
                regex_priority: row.get("regex_priority")?,
            })
        })
        .collect()
}

async fn strategies(db: &Database) -> Result<Vec<Strategy>, Error> {
    let sql = "SELECT id, strategy_type, config FROM portal_auth_strategy ORDER BY id";
    let rows = db.query(sql, params![]).await?;
    rows.iter()
        .map(|row| {
            let id: String = row.get("id")?;
            let config: Map<String, Json> = json(row, "config")?.unwrap_or_default();
            let strategy_type: String = row.get("strategy_type")?;
            let kind = match strategy_type.as_str() {
                "key_auth" => StrategyKind::KeyAuth {
                    key_names: openid_connect::header_names(
                        openid_connect::list(&config, "key_names")
                            .unwrap_or_else(|| vec!["apikey".to_owned()]),
                    ),
                },
                "openid_connect" => {
                    StrategyKind::OpenidConnect(Box::new(openid_connect::settings(&config)))
                }
                other => {
                    return Err(Error::Corrupt(format!(
                        "auth strategy {id} has the unknown type {other}"
                    )));
                }
            };
            Ok(Strategy { id, kind })
        })
        .collect()
}

/// A version counts as published where its product is in a portal and its publication there says so.
/// What guards services: every version that is in a portal with a strategy, whether developers see it or
/// not. Hiding a version must never open its service.
async fn apis(db: &Database) -> Result<Vec<Api>, Error> {
    let sql = "SELECT DISTINCT v.id, v.service_id, p.auth_strategy_id \
               FROM portal_product_version v \
               JOIN portal_publication p ON p.product_version_id = v.id \
               JOIN portal_service s ON s.id = v.service_id \
               WHERE p.auth_strategy_id IS NOT NULL \
               ORDER BY v.id, p.auth_strategy_id";
    let rows = db.query(sql, params![]).await?;
    let mut apis: Vec<Api> = Vec::new();
    for row in &rows {
        let id: String = row.get("id")?;
        let strategy_id: String = row.get("auth_strategy_id")?;
        match apis.last_mut() {
            Some(api) if api.id == id => api.strategy_ids.push(strategy_id),
            _ => apis.push(Api {
                id,
                service_id: row.get("service_id")?,
                strategy_ids: vec![strategy_id],
            }),
        }
    }
    Ok(apis)
}

/// A nullable column of JSON text.
pub(super) fn json<T: serde::de::DeserializeOwned>(
    row: &Row,
    column: &str,
) -> Result<Option<T>, Error> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| {
        serde_json::from_str(&text).map_err(|_| {
            Error::Corrupt(format!("column {column} does not hold the JSON it should"))
        })
    })
    .transpose()
}
