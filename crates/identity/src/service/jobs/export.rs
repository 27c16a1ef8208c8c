//! Exporting users into a file: one JSON object a line, or CSV.
//!
//! Source: the vendor's "Bulk User Exports".

use serde_json::Value;

use super::{Stopped, advance, begin, file, new};
use crate::model::Members;
use crate::model::job::{Job, Kind};
use crate::model::search::Search;
use crate::service::connections;
use crate::store::page::{After, Window};
use crate::store::{jobs, users};
use crate::{Error, Tenant};

/// How many users one transaction writes.
const AT_ONCE: i64 = 500;

/// Begins an export. `settings` have passed validation: `format`, `limit`, `fields`.
///
/// # Errors
/// 404 for an unknown connection, 429 while two exports are unfinished.
pub(crate) async fn start(
    tenant: &Tenant,
    connection_id: Option<String>,
    settings: Members,
) -> Result<Job, Error> {
    if let Some(id) = &connection_id {
        let connection = connections::find(tenant, id).await?;
        connection.ok_or_else(Error::no_connection)?;
    }
    let mut job = new(tenant, Kind::UsersExport);
    job.connection_id = connection_id;
    job.settings = settings;
    begin(tenant, &job, None).await?;
    Ok(job)
}

/// Goes on with an export where it was. Who signs up meanwhile is in it or not.
pub(super) async fn run(tenant: &Tenant, job: &mut Job) -> Result<(), Stopped> {
    let connection = match &job.connection_id {
        None => None,
        Some(id) => {
            let gone = || Stopped::Fault("The connection was removed meanwhile.".to_owned());
            Some(connections::find(tenant, id).await?.ok_or_else(gone)?.name)
        }
    };
    let filter = users::Filter::new(&Search::All, connection.as_deref(), None);
    let filter = filter.map_err(Error::Internal)?;
    let limit = job.settings.get("limit").and_then(Value::as_i64);
    let all = users::count(tenant.db(), &filter).await?;
    job.total = Some(limit.map_or(all, |limit| limit.min(all)));
    let columns = file::Columns::of(&job.settings);
    loop {
        let left = limit.map_or(AT_ONCE, |limit| limit - job.done);
        let window = Window {
            after: job
                .place
                .clone()
                .map(|(created_at, id)| After { created_at, id }),
            offset: 0,
            limit: left.min(AT_ONCE),
        };
        let found = match window.limit {
            ..=0 => Vec::new(),
            _ => users::search(tenant.db(), &filter, &window).await?,
        };
        let first = job.place.is_none();
        let last = found
            .last()
            .map(|user| (user.created_at, user.user_id.clone()));
        let count = i64::try_from(found.len()).unwrap_or(0);
        let mut text = String::new();
        if first {
            text.push_str(&columns.head());
        }
        for user in found {
            text.push_str(&columns.line(&user.wire()));
        }
        let mut tx = tenant.db().begin().await?;
        if !text.is_empty() {
            jobs::add_part(&mut tx, &job.id, job.done, &text).await?;
        }
        let Some(last) = last else {
            tx.commit().await?;
            return Ok(());
        };
        job.place = Some(last);
        job.summary.total += count;
        advance(&mut tx, job, count).await?;
        tx.commit().await?;
    }
}
