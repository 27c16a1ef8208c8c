//! Importing users from a file, their password hashes among it.
//!
//! Source: the vendor's "Bulk User Imports".

mod entry;

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

use super::{Stopped, advance, begin, new};
use crate::model::connection::Connection;
use crate::model::job::{Job, Kind};
use crate::service::connections;
use crate::store::jobs;
use crate::store::users::{self, Identifier};
use crate::{Error, Tenant};

use entry::{Entry, Fault, hidden};

/// The largest file, in bytes. Source: the vendor's "Bulk User Imports": 500 KB.
pub(crate) const MAX_FILE: usize = 512_000;

/// What to import.
pub(crate) struct NewImport {
    pub(crate) connection_id: String,
    /// Whether users that exist are changed; otherwise they are errors.
    pub(crate) upsert: bool,
    /// A name that the caller gives the job.
    pub(crate) external_id: Option<String>,
    /// A JSON array of users, or one user a line.
    pub(crate) file: SecretString,
}

/// Begins an import.
///
/// # Errors
/// 404 for an unknown connection, 400 for one whose users have no passwords here, 429 while two imports
/// are unfinished.
pub(crate) async fn start(tenant: &Tenant, import: NewImport) -> Result<Job, Error> {
    let connection = connections::find(tenant, &import.connection_id).await?;
    let connection = connection.ok_or_else(Error::no_connection)?;
    if !connection.is_database() {
        return Err(Error::invalid_body(
            "Users are imported into database connections alone; this one is of another strategy.",
        ));
    }
    let mut job = new(tenant, Kind::UsersImport);
    job.connection_id = Some(connection.id);
    job.settings
        .insert("upsert".to_owned(), json!(import.upsert));
    if let Some(external_id) = import.external_id {
        job.settings
            .insert("external_id".to_owned(), json!(external_id));
    }
    let source = tenant.sealer().seal(&seal_context(&job.id), &import.file);
    begin(tenant, &job, Some(&source)).await?;
    Ok(job)
}

fn seal_context(id: &str) -> String {
    format!("identity.job:{id}")
}

/// Goes on with an import where it was.
pub(super) async fn run(tenant: &Tenant, job: &mut Job) -> Result<(), Stopped> {
    let connection_id = job.connection_id.clone().unwrap_or_default();
    let connection = connections::find(tenant, &connection_id).await?;
    let gone = || Stopped::Fault("The connection was removed meanwhile.".to_owned());
    let connection = connection.ok_or_else(gone)?;
    let source = jobs::source(tenant.db(), &job.id)
        .await?
        .unwrap_or_default();
    let source = tenant.sealer().open(&seal_context(&job.id), &source);
    let source = source.map_err(|error| Error::Internal(format!("an import's file: {error}")))?;
    let entries = parse(source.expose_secret()).map_err(Stopped::Fault)?;
    job.total = Some(i64::try_from(entries.len()).unwrap_or(i64::MAX));
    job.summary.total = job.total.unwrap_or(0);
    let upsert = job.settings.get("upsert") == Some(&Value::Bool(true));
    let first = usize::try_from(job.done).unwrap_or(0);
    for given in entries.into_iter().skip(first) {
        if let Err(fault) = take(tenant, job, &connection, &given, upsert).await? {
            let number = job.done;
            let content = json!({ "user": hidden(given), "errors": [fault.wire()] });
            let mut tx = tenant.db().begin().await?;
            jobs::add_part(&mut tx, &job.id, number, &content.to_string()).await?;
            job.summary.failed += 1;
            advance(&mut tx, job, 1).await?;
            tx.commit().await?;
        }
    }
    Ok(())
}

/// A JSON array, as the vendor wants it, or one object a line, as exports are.
fn parse(text: &str) -> Result<Vec<Value>, String> {
    let text = text.trim_start_matches('\u{feff}').trim();
    let list = match text.starts_with('[') {
        true => serde_json::from_str(text),
        false => text
            .lines()
            .filter(|line| !line.trim().is_empty())
            .map(serde_json::from_str)
            .collect(),
    };
    // The parser's own sentence may quote what it read.
    list.map_err(|error: serde_json::Error| {
        format!(
            "Failed to parse users file JSON when importing users. Make sure it is valid JSON: line {}, \
             column {}.",
            error.line(),
            error.column()
        )
    })
}

/// Takes one user. What is wrong with it is a fault; what is wrong here stops the import.
async fn take(
    tenant: &Tenant,
    job: &mut Job,
    connection: &Connection,
    given: &Value,
    upsert: bool,
) -> Result<Result<(), Fault>, Error> {
    let entry = match Entry::read(given, connection) {
        Ok(entry) => entry,
        Err(fault) => return Ok(Err(fault)),
    };
    match existing(tenant, connection, &entry).await? {
        Some(_) if !upsert => Ok(Err(Fault::exists())),
        Some(account) => update(tenant, job, connection, (entry, &account)).await,
        None => insert(tenant, job, connection, entry).await,
    }
}

/// The id of the account that an entry is about: by its id, its address or its username.
async fn existing(
    tenant: &Tenant,
    connection: &Connection,
    entry: &Entry,
) -> Result<Option<String>, Error> {
    let db = tenant.db();
    if let Some(id) = entry.user_id(connection)
        && let Some(account) = users::find_account(db, &id).await?
    {
        return Ok(Some(account.user.user_id));
    }
    let names = [
        entry.email().map(Identifier::Email),
        entry.username().map(Identifier::Username),
    ];
    for name in names.into_iter().flatten() {
        if let Some(known) = users::identify(db, &connection.name, name).await? {
            return Ok(Some(known.named().user_id.clone()));
        }
    }
    Ok(None)
}

async fn insert(
    tenant: &Tenant,
    job: &mut Job,
    connection: &Connection,
    entry: Entry,
) -> Result<Result<(), Fault>, Error> {
    let now = tenant.clock().now();
    let (user, hash) = entry.into_user(tenant.entropy(), connection, now);
    let mut tx = tenant.db().begin().await?;
    match users::insert(&mut tx, &user, hash.as_deref()).await {
        Ok(()) => {}
        Err(storage::Error::Unique { .. }) => return Ok(Err(Fault::exists())),
        Err(error) => return Err(error.into()),
    }
    job.summary.inserted += 1;
    advance(&mut tx, job, 1).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

/// What an upsert may change: names, metadata, whether the address is confirmed, and a hash that was itself
/// imported and has not been signed in with.
///
/// Source: the vendor's "Bulk User Import Database Schema and Examples", "Upsert during import".
async fn update(
    tenant: &Tenant,
    job: &mut Job,
    connection: &Connection,
    (entry, account): (Entry, &str),
) -> Result<Result<(), Fault>, Error> {
    let now = tenant.clock().now();
    let mut tx = tenant.db().begin().await?;
    let Some(found) = users::lock_account(&mut tx, account).await? else {
        return Ok(Err(Fault::gone()));
    };
    if found.linked_to.is_some() {
        return Ok(Err(Fault::linked()));
    }
    // An id may be that of a user of another connection, who is none of this import's.
    if found.user.connection != connection.name {
        return Ok(Err(Fault::exists()));
    }
    let mut user = found.user;
    entry.lay_over(&mut user);
    user.updated_at = now;
    users::update(&mut tx, &user).await?;
    if let Some(hash) = &entry.custom_hash {
        users::replace_imported(&mut tx, account, hash).await?;
    }
    job.summary.updated += 1;
    advance(&mut tx, job, 1).await?;
    tx.commit().await?;
    Ok(Ok(()))
}
