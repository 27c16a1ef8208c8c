//! Applications that are a further way to sign in for another one, the main one.

use std::collections::HashMap;

use storage::{Error, Row, Tx, params};

use super::Read;
use super::listing::{Filter, Listing, Test};
use super::related;
use crate::model::{Application, ApplicationId};

/// Makes an application a companion of another.
///
/// # Errors
/// [`Error::Unique`] if the other one has a companion with this strategy, and those of [`Tx::execute`].
pub(crate) async fn join(
    tx: &mut Tx,
    application: &Application,
    main_id: ApplicationId,
) -> Result<(), Error> {
    let sql = "INSERT INTO portal_application_companion (id, main_id, auth_strategy_id) VALUES ($1, $2, $3)";
    let params = params![application.id, main_id, application.auth_strategy_id];
    tx.execute(sql, params).await?;
    Ok(())
}

/// An application is no companion any more.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn leave(tx: &mut Tx, id: ApplicationId) -> Result<(), Error> {
    let sql = "DELETE FROM portal_application_companion WHERE id = $1";
    tx.execute(sql, params![id]).await?;
    Ok(())
}

/// The main application of a companion.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn main_of(
    mut read: impl Read,
    id: ApplicationId,
) -> Result<Option<ApplicationId>, Error> {
    let sql = "SELECT main_id FROM portal_application_companion WHERE id = $1";
    let parse: fn(&Row) -> Result<ApplicationId, Error> = |row| row.get("main_id");
    read.one(sql, params![id], parse).await
}

/// The companions of these applications, those of one in the order of their ids; who has none is left out.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn of(
    mut read: impl Read,
    mains: impl IntoIterator<Item = ApplicationId>,
) -> Result<HashMap<ApplicationId, Vec<ApplicationId>>, Error> {
    let (condition, params) = related::one_of("main_id", mains);
    let sql = format!(
        "SELECT main_id, id FROM portal_application_companion WHERE {condition} ORDER BY main_id, id"
    );
    let mut all: HashMap<ApplicationId, Vec<ApplicationId>> = HashMap::new();
    for row in &read.rows(&sql, params).await? {
        all.entry(row.get("main_id")?)
            .or_default()
            .push(row.get("id")?);
    }
    Ok(all)
}

/// The listing without companions. The application's alias is `t`.
pub(crate) fn without(mut listing: Listing) -> Listing {
    listing.filters.push(Filter {
        column: "(SELECT c.main_id FROM portal_application_companion c WHERE c.id = t.id)",
        test: Test::Present(false),
    });
    listing
}
