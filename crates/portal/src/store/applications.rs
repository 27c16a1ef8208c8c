//! Applications and their API keys.

use std::collections::HashMap;

use storage::{Database, Error, Json, Row, Tx, params};

use super::Read;
use super::listing::{self, Filter, Listing, Test};
use super::related;
use crate::model::{
    Application, ApplicationId, ApplicationKey, ApplicationKeyId, ApplicationStatus,
    AuthStrategyId, DcrProviderId, DeveloperId, PortalId, TeamId,
};

const COLUMNS: &str = "t.id, t.portal_id, t.developer_id, t.team_id, t.auth_strategy_id, t.status, t.name, t.description, t.redirect_uri, t.reference_id, t.client_id, t.scopes, t.secret_version, t.idempotency_key, t.labels, t.created_at, t.updated_at";
const FROM: &str = "portal_application t";

fn parse(row: &Row) -> Result<Application, Error> {
    Ok(Application {
        id: row.get("id")?,
        portal_id: row.get("portal_id")?,
        developer_id: row.get("developer_id")?,
        team_id: row.get("team_id")?,
        auth_strategy_id: row.get("auth_strategy_id")?,
        status: row.get("status")?,
        name: row.get("name")?,
        description: row.get("description")?,
        redirect_uri: row.get("redirect_uri")?,
        reference_id: row.get("reference_id")?,
        client_id: row.get("client_id")?,
        scopes: row.get::<Json<_>>("scopes")?.0,
        secret_version: row.get("secret_version")?,
        idempotency_key: row.get("idempotency_key")?,
        labels: row.get::<Json<_>>("labels")?.0,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// What a developer owns, alone or with a team: a query for [`listing::Test::Among`].
pub(crate) const OWNED: &str = "SELECT o.id FROM portal_application o \
                     WHERE o.developer_id = {} AND o.team_id IS NULL \
                     UNION ALL SELECT o.id FROM portal_application o \
                     JOIN portal_team_developer m ON m.team_id = o.team_id \
                     WHERE m.developer_id = {}";

/// The listing of those alone that a developer owns, alone or with a team, and that are ready. The
/// application's alias is `t`.
pub(crate) fn owned(mut listing: Listing, developer_id: DeveloperId) -> Listing {
    listing.filters.push(Filter {
        column: "t.id",
        test: Test::Among(OWNED, developer_id.into()),
    });
    listing.only("t.status", ApplicationStatus::Active)
}

/// One by its id.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn find(
    mut read: impl Read,
    id: ApplicationId,
) -> Result<Option<Application>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE t.id = $1");
    read.one(&sql, params![id], parse).await
}

/// One page, and how many there are. The table's alias is `t`.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn list(
    read: impl Read,
    listing: &Listing,
) -> Result<(Vec<Application>, i64), Error> {
    listing::page(read, COLUMNS, FROM, "t.id", listing, parse).await
}

/// Adds one.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn insert(tx: &mut Tx, entity: &Application) -> Result<(), Error> {
    let sql = "INSERT INTO portal_application (id, portal_id, developer_id, team_id, auth_strategy_id, status, name, description, redirect_uri, reference_id, client_id, scopes, secret_version, idempotency_key, labels, created_at, updated_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";
    let params = params![
        entity.id,
        entity.portal_id,
        entity.developer_id,
        entity.team_id,
        entity.auth_strategy_id,
        entity.status,
        &entity.name,
        &entity.description,
        &entity.redirect_uri,
        &entity.reference_id,
        &entity.client_id,
        Json(&entity.scopes),
        entity.secret_version,
        &entity.idempotency_key,
        Json(&entity.labels),
        entity.created_at,
        entity.updated_at
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

/// All of a developer.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn of_developer(
    mut read: impl Read,
    developer_id: DeveloperId,
) -> Result<Vec<Application>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {FROM} WHERE t.developer_id = $1 ORDER BY t.created_at, t.id"
    );
    read.all(&sql, params![developer_id], parse).await
}

/// All of a portal.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn of_portal(
    mut read: impl Read,
    portal_id: PortalId,
) -> Result<Vec<Application>, Error> {
    let sql =
        format!("SELECT {COLUMNS} FROM {FROM} WHERE t.portal_id = $1 ORDER BY t.created_at, t.id");
    read.all(&sql, params![portal_id], parse).await
}

/// How many were created with a strategy, in whatever state.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn count_of_strategy(
    mut read: impl Read,
    strategy_id: AuthStrategyId,
) -> Result<i64, Error> {
    let sql = "SELECT COUNT(*) AS n FROM portal_application WHERE auth_strategy_id = $1";
    read.count(sql, params![strategy_id]).await
}

/// Those with these ids.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn among(
    read: impl Read,
    ids: impl IntoIterator<Item = ApplicationId>,
) -> Result<HashMap<ApplicationId, Application>, Error> {
    related::by_id(read, COLUMNS, FROM, ids, parse).await
}

/// What shows whether an application changed.
pub(crate) struct Glimpse {
    /// The application.
    pub(crate) id: ApplicationId,
    /// Its strategy.
    pub(crate) auth_strategy_id: AuthStrategyId,
    /// Its state.
    pub(crate) status: ApplicationStatus,
    /// When it last changed.
    pub(crate) updated_at: oauth::Timestamp,
}

/// Some of all applications, in the order of their ids, from the one after `after` on.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn glimpses(
    mut read: impl Read,
    after: Option<ApplicationId>,
    most: i64,
) -> Result<Vec<Glimpse>, Error> {
    let sql = "SELECT id, auth_strategy_id, status, updated_at FROM portal_application \
               WHERE id > $1 ORDER BY id LIMIT $2";
    let parse: fn(&Row) -> Result<Glimpse, Error> = |row| {
        Ok(Glimpse {
            id: row.get("id")?,
            auth_strategy_id: row.get("auth_strategy_id")?,
            status: row.get("status")?,
            updated_at: row.get("updated_at")?,
        })
    };
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    read.all(sql, params![after, most], parse).await
}

/// Those that have one of these clients, whatever their strategy.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn of_clients(
    mut read: impl Read,
    client_ids: &[&str],
) -> Result<Vec<Application>, Error> {
    let (condition, params) = related::one_of("t.client_id", client_ids.iter().copied());
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE {condition}");
    read.all(&sql, params, parse).await
}

/// Those that have this client, whatever their strategy.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn of_client(db: &Database, client_id: &str) -> Result<Vec<Application>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE t.client_id = $1");
    let rows = db.query(&sql, params![client_id]).await?;
    rows.iter().map(parse).collect()
}

/// A developer's application that was made with this idempotency key.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn of_key(
    mut read: impl Read,
    developer_id: DeveloperId,
    idempotency_key: &str,
) -> Result<Option<Application>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {FROM} WHERE t.developer_id = $1 AND t.idempotency_key = $2"
    );
    let params = params![developer_id, idempotency_key];
    read.one(&sql, params, parse).await
}

/// Those that are deleted here while their clients are not yet removed at the provider.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn leaving(
    mut read: impl Read,
    provider_id: DcrProviderId,
) -> Result<Vec<Application>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {FROM} \
         JOIN portal_auth_strategy s ON s.id = t.auth_strategy_id \
         WHERE s.dcr_provider_id = $1 AND t.status = $2 ORDER BY t.updated_at, t.id"
    );
    let params = params![provider_id, ApplicationStatus::Deleting];
    read.all(&sql, params, parse).await
}

/// Those of a provider that changed since then, in whatever state.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn changed_since(
    mut read: impl Read,
    provider_id: DcrProviderId,
    since: oauth::Timestamp,
) -> Result<Vec<Application>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {FROM} \
         JOIN portal_auth_strategy s ON s.id = t.auth_strategy_id \
         WHERE s.dcr_provider_id = $1 AND t.updated_at >= $2 ORDER BY t.updated_at, t.id"
    );
    read.all(&sql, params![provider_id, since], parse).await
}

/// Clients of a provider's applications, those that changed last first, at most so many.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn some_clients(
    mut read: impl Read,
    provider_id: DcrProviderId,
    most: i64,
) -> Result<Vec<String>, Error> {
    let sql = "SELECT t.client_id FROM portal_application t \
               JOIN portal_auth_strategy s ON s.id = t.auth_strategy_id \
               WHERE s.dcr_provider_id = $1 AND t.status = $2 AND t.client_id IS NOT NULL \
               ORDER BY t.updated_at DESC, t.id LIMIT $3";
    let params = params![provider_id, ApplicationStatus::Active, most];
    let parse: fn(&Row) -> Result<String, Error> = |row| row.get("client_id");
    read.all(sql, params, parse).await
}

/// How many that are ready each team owns; one without is left out.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn count_by_team(
    read: impl Read,
    ids: impl IntoIterator<Item = TeamId>,
) -> Result<HashMap<TeamId, i64>, Error> {
    related::counts(
        read,
        "(SELECT * FROM portal_application WHERE status = 'active') a",
        "team_id",
        ids,
    )
    .await
}

/// Gives the applications of a team back to their developers.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn leave_team(
    tx: &mut Tx,
    team_id: TeamId,
    now: oauth::Timestamp,
) -> Result<(), Error> {
    let sql = "UPDATE portal_application SET team_id = NULL, updated_at = $2 WHERE team_id = $1";
    tx.execute(sql, params![team_id, now]).await?;
    Ok(())
}

const KEY_COLUMNS: &str = "id, application_id, display_name, sha256, expires_at, revoked_at, created_at, updated_at, prefix";

fn parse_key(row: &Row) -> Result<ApplicationKey, Error> {
    Ok(ApplicationKey {
        id: row.get("id")?,
        application_id: row.get("application_id")?,
        display_name: row.get("display_name")?,
        sha256: row.get("sha256")?,
        expires_at: row.get("expires_at")?,
        revoked_at: row.get("revoked_at")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
        prefix: row.get("prefix")?,
    })
}

/// An application's keys, oldest first.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn keys(
    mut read: impl Read,
    id: ApplicationId,
) -> Result<Vec<ApplicationKey>, Error> {
    let sql = format!(
        "SELECT {KEY_COLUMNS} FROM portal_application_key WHERE application_id = $1 \
         ORDER BY created_at, id"
    );
    read.all(&sql, params![id], parse_key).await
}

/// Adds a key.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn insert_key(tx: &mut Tx, key: &ApplicationKey) -> Result<(), Error> {
    let sql = format!(
        "INSERT INTO portal_application_key ({KEY_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    );
    let params = params![
        key.id,
        key.application_id,
        &key.display_name,
        &key.sha256,
        key.expires_at,
        key.revoked_at,
        key.created_at,
        key.updated_at,
        &key.prefix
    ];
    tx.execute(&sql, params).await?;
    Ok(())
}

/// Renames a key.
///
/// # Errors
/// [`Error::NotFound`] if it is gone, and those of [`Tx::execute`].
pub(crate) async fn rename_key(
    tx: &mut Tx,
    id: ApplicationKeyId,
    display_name: &str,
    now: oauth::Timestamp,
) -> Result<(), Error> {
    let sql = "UPDATE portal_application_key SET display_name = $2, updated_at = $3 WHERE id = $1";
    if tx.execute(sql, params![id, display_name, now]).await? == 0 {
        return Err(Error::NotFound);
    }
    Ok(())
}

/// Lets a key end at another moment.
///
/// # Errors
/// [`Error::NotFound`] if it is gone, and those of [`Tx::execute`].
pub(crate) async fn end_key(
    tx: &mut Tx,
    id: ApplicationKeyId,
    end: oauth::Timestamp,
    now: oauth::Timestamp,
) -> Result<(), Error> {
    let sql = "UPDATE portal_application_key SET expires_at = $2, updated_at = $3 WHERE id = $1";
    if tx.execute(sql, params![id, end, now]).await? == 0 {
        return Err(Error::NotFound);
    }
    Ok(())
}

/// Removes a key.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn delete_key(tx: &mut Tx, id: ApplicationKeyId) -> Result<bool, Error> {
    let sql = "DELETE FROM portal_application_key WHERE id = $1";
    Ok(tx.execute(sql, params![id]).await? > 0)
}

/// How many active ones each developer has; who has none is left out.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn count_by_developer(
    read: impl Read,
    ids: impl IntoIterator<Item = DeveloperId>,
) -> Result<HashMap<DeveloperId, i64>, Error> {
    related::counts(
        read,
        "(SELECT * FROM portal_application WHERE status = 'active') a",
        "developer_id",
        ids,
    )
    .await
}

/// How many each DCR provider has, whatever their state; one that has none is left out.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn count_by_provider(
    read: impl Read,
    ids: impl IntoIterator<Item = DcrProviderId>,
) -> Result<HashMap<DcrProviderId, i64>, Error> {
    related::counts(
        read,
        "(SELECT p.id, s.dcr_provider_id FROM portal_application p \
         JOIN portal_auth_strategy s ON s.id = p.auth_strategy_id) a",
        "dcr_provider_id",
        ids,
    )
    .await
}

/// How many active ones each portal has; who has none is left out. A large number may be a little old.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn count_by_portal(
    read: impl Read,
    ids: impl IntoIterator<Item = PortalId>,
) -> Result<HashMap<PortalId, i64>, Error> {
    related::totals(
        read,
        "(SELECT * FROM portal_application WHERE status = 'active') a",
        "portal_id",
        ids,
    )
    .await
}
