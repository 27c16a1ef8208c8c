//! Applications as the gateway knows them.

use std::collections::HashMap;

use gateway::config::{Application, Key, Registration, Secret};
use storage::{Database, Error, Row, params};

use super::compile::json;

/// Most ids that one statement names.
const CHUNK: usize = 500;

const APPLICATION: &str = "SELECT id, name, auth_strategy_id, client_id, secret_version \
                           FROM portal_application WHERE status = 'active'";
const KEY: &str = "SELECT application_id, id, sha256, expires_at FROM portal_application_key \
                   WHERE revoked_at IS NULL";
/// Old clients; of old secrets, what their successor is told from them by.
const RETIRING: &str = "SELECT DISTINCT application_id, client_id, secret_id = '' AS is_client, \
                        successor_id, successor_salt, successor_sha256 \
                        FROM portal_retiring_credential WHERE NOT retired";
const REGISTRATION: &str = "SELECT application_id, product_version_id, granted_scopes \
                            FROM portal_registration WHERE status = 'approved'";

/// Every active application.
pub(super) async fn all(db: &Database) -> Result<Vec<Application>, Error> {
    let applications = db
        .query(&format!("{APPLICATION} ORDER BY id"), params![])
        .await?;
    let keys = db.query(&format!("{KEY} ORDER BY id"), params![]).await?;
    let retiring = db
        .query(&format!("{RETIRING} ORDER BY client_id"), params![])
        .await?;
    let registrations = db
        .query(&format!("{REGISTRATION} ORDER BY id"), params![])
        .await?;
    assemble(&applications, &keys, &retiring, &registrations)
}

/// Those of these applications that are active. The others are gone, for a gateway.
pub(super) async fn some(db: &Database, ids: &[String]) -> Result<Vec<Application>, Error> {
    let mut found = Vec::with_capacity(ids.len());
    for ids in ids.chunks(CHUNK) {
        let places: Vec<String> = (1..=ids.len()).map(|n| format!("${n}")).collect();
        let places = places.join(", ");
        let values = || ids.iter().map(Into::into).collect();
        let sql = format!("{APPLICATION} AND id IN ({places}) ORDER BY id");
        let applications = db.query(&sql, values()).await?;
        let sql = format!("{KEY} AND application_id IN ({places}) ORDER BY id");
        let keys = db.query(&sql, values()).await?;
        let sql = format!("{RETIRING} AND application_id IN ({places}) ORDER BY client_id");
        let retiring = db.query(&sql, values()).await?;
        let sql = format!("{REGISTRATION} AND application_id IN ({places}) ORDER BY id");
        let registrations = db.query(&sql, values()).await?;
        found.extend(assemble(&applications, &keys, &retiring, &registrations)?);
    }
    Ok(found)
}

fn assemble(
    applications: &[Row],
    keys: &[Row],
    retiring: &[Row],
    registrations: &[Row],
) -> Result<Vec<Application>, Error> {
    let mut keys_of: HashMap<String, Vec<Key>> = HashMap::new();
    for row in keys {
        let key = Key {
            id: row.get("id")?,
            sha256: row.get("sha256")?,
            expires_at: row.get("expires_at")?,
        };
        keys_of
            .entry(row.get("application_id")?)
            .or_default()
            .push(key);
    }
    let mut retiring_of: HashMap<String, Vec<String>> = HashMap::new();
    let mut secrets_of: HashMap<String, Vec<Secret>> = HashMap::new();
    for row in retiring {
        let application: String = row.get("application_id")?;
        if row.get("is_client")? {
            let of = retiring_of.entry(application).or_default();
            of.push(row.get("client_id")?);
        } else if let Some(id) = row.get("successor_id")? {
            let of = secrets_of.entry(application).or_default();
            of.push(Secret {
                id,
                salt: row.get("successor_salt")?,
                sha256: row.get("successor_sha256")?,
            });
        }
    }
    let mut registrations_of: HashMap<String, Vec<Registration>> = HashMap::new();
    for row in registrations {
        let registration = Registration {
            api_id: row.get("product_version_id")?,
            scopes: json(row, "granted_scopes")?.unwrap_or_default(),
        };
        let of = registrations_of
            .entry(row.get("application_id")?)
            .or_default();
        of.push(registration);
    }
    applications
        .iter()
        .map(|row| {
            let id: String = row.get("id")?;
            let client_id: Option<String> = row.get("client_id")?;
            Ok(Application {
                name: row.get("name")?,
                strategy_id: row.get("auth_strategy_id")?,
                client_ids: client_id
                    .into_iter()
                    .chain(retiring_of.remove(&id).unwrap_or_default())
                    .collect(),
                keys: keys_of.remove(&id).unwrap_or_default(),
                secrets: secrets_of.remove(&id).unwrap_or_default(),
                secret_version: row.get("secret_version")?,
                registrations: registrations_of.remove(&id).unwrap_or_default(),
                id,
            })
        })
        .collect()
}
