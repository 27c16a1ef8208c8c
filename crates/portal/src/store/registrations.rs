//! Registrations of applications for product versions.

use std::collections::HashMap;

use storage::{Error, Json, Row, Tx, params};

use super::Read;
use super::related;
use crate::model::{
    ApplicationId, ApplicationStatus, ApprovalStatus, DeveloperId, PortalId, ProductVersionId,
    Registration, RegistrationId,
};

const COLUMNS: &str = "t.id, t.portal_id, t.application_id, t.product_version_id, t.status, t.granted_scopes, t.created_at, t.updated_at";
const FROM: &str = "portal_registration t";

fn parse(row: &Row) -> Result<Registration, Error> {
    Ok(Registration {
        id: row.get("id")?,
        portal_id: row.get("portal_id")?,
        application_id: row.get("application_id")?,
        product_version_id: row.get("product_version_id")?,
        status: row.get("status")?,
        granted_scopes: row
            .get::<Option<Json<_>>>("granted_scopes")?
            .map(|json| json.0),
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// One by its id.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn find(
    mut read: impl Read,
    id: RegistrationId,
) -> Result<Option<Registration>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE t.id = $1");
    read.one(&sql, params![id], parse).await
}

/// Adds one.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn insert(tx: &mut Tx, entity: &Registration) -> Result<(), Error> {
    let sql = "INSERT INTO portal_registration (id, portal_id, application_id, product_version_id, status, granted_scopes, created_at, updated_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let params = params![
        entity.id,
        entity.portal_id,
        entity.application_id,
        entity.product_version_id,
        entity.status,
        entity.granted_scopes.as_ref().map(Json),
        entity.created_at,
        entity.updated_at
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

/// Writes everything that may change of one (`status`, `granted_scopes`, `updated_at`).
///
/// # Errors
/// [`Error::NotFound`] if it is gone, and those of [`Tx::execute`].
pub(crate) async fn update(tx: &mut Tx, entity: &Registration) -> Result<(), Error> {
    let sql = "UPDATE portal_registration SET status = $2, granted_scopes = $3, updated_at = $4 \
               WHERE id = $1";
    let params = params![
        entity.id,
        entity.status,
        entity.granted_scopes.as_ref().map(Json),
        entity.updated_at
    ];
    if tx.execute(sql, params).await? == 0 {
        return Err(Error::NotFound);
    }
    Ok(())
}

/// Removes one, and says whether there was one.
///
/// # Errors
/// [`Error::ForeignKey`] while others refer to it, and those of [`Tx::execute`].
pub(crate) async fn delete(tx: &mut Tx, id: RegistrationId) -> Result<bool, Error> {
    Ok(tx
        .execute("DELETE FROM portal_registration WHERE id = $1", params![id])
        .await?
        > 0)
}

/// The registration of this application for this version.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn find_for(
    mut read: impl Read,
    application_id: ApplicationId,
    version_id: ProductVersionId,
) -> Result<Option<Registration>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {FROM} WHERE t.application_id = $1 AND t.product_version_id = $2"
    );
    read.one(&sql, params![application_id, version_id], parse)
        .await
}

/// All of an application.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn of_application(
    mut read: impl Read,
    application_id: ApplicationId,
) -> Result<Vec<Registration>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {FROM} WHERE t.application_id = $1 ORDER BY t.created_at, t.id"
    );
    read.all(&sql, params![application_id], parse).await
}

/// How many each application has; who has none is left out.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn count_by_application(
    read: impl Read,
    ids: impl IntoIterator<Item = ApplicationId>,
) -> Result<HashMap<ApplicationId, i64>, Error> {
    related::counts(read, "portal_registration", "application_id", ids).await
}

/// The scopes that approved registrations of these applications grant, by application.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn granted_among(
    mut read: impl Read,
    ids: impl IntoIterator<Item = ApplicationId>,
) -> Result<HashMap<ApplicationId, Vec<String>>, Error> {
    let (condition, mut params) = related::one_of("application_id", ids);
    params.push(ApprovalStatus::Approved.into());
    let sql = format!(
        "SELECT application_id, granted_scopes FROM portal_registration \
         WHERE {condition} AND status = ${} AND granted_scopes IS NOT NULL",
        params.len()
    );
    let mut granted: HashMap<ApplicationId, Vec<String>> = HashMap::new();
    for row in read.rows(&sql, params).await? {
        let scopes: Json<Vec<String>> = row.get("granted_scopes")?;
        granted
            .entry(row.get("application_id")?)
            .or_default()
            .extend(scopes.0);
    }
    Ok(granted)
}

/// A developer who may act on an application that is registered for something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Holder {
    /// The portal where the developer signed up.
    pub(crate) portal_id: PortalId,
    /// The address.
    pub(crate) email: String,
    /// The name, for people.
    pub(crate) full_name: String,
    /// The language of the pages where they signed up.
    pub(crate) locale: Option<String>,
}

/// A developer of whom some application loses access.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Losing {
    /// Who.
    pub(crate) holder: Holder,
    /// The names of the versions, oldest first.
    pub(crate) versions: Vec<String>,
}

/// Who loses access if these versions end, in one portal or everywhere: those who may act on an application
/// that is approved for one, works, and is let in by no other portal's publication of it. Each once.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn losing(
    mut read: impl Read,
    versions: &[ProductVersionId],
    only: Option<PortalId>,
) -> Result<Vec<Losing>, Error> {
    let (condition, mut params) = related::one_of("v.id", versions.iter().copied());
    let mut next = |value: storage::Value| {
        params.push(value);
        format!("${}", params.len())
    };
    let (approved, active) = (
        next(ApprovalStatus::Approved.into()),
        next(ApplicationStatus::Active.into()),
    );
    let lets_in = "EXISTS (SELECT 1 FROM portal_publication p WHERE p.product_version_id = v.id \
                   AND p.auth_strategy_id = a.auth_strategy_id";
    let ends = match only {
        None => format!("{lets_in})"),
        Some(portal) => {
            let portal = next(portal.into());
            format!(
                "{lets_in} AND p.portal_id = {portal}) AND NOT {lets_in} AND p.portal_id <> {portal})"
            )
        }
    };
    let sql = format!(
        "SELECT DISTINCT d.id, d.portal_id, d.email, d.full_name, d.locale, v.created_at, v.name \
         FROM portal_product_version v \
         JOIN portal_registration r ON r.product_version_id = v.id \
         JOIN portal_application a ON a.id = r.application_id \
         LEFT JOIN portal_team_developer m ON m.team_id = a.team_id \
         JOIN portal_developer d ON d.id = COALESCE(m.developer_id, a.developer_id) \
         WHERE {condition} AND r.status = {approved} AND a.status = {active} \
         AND (a.team_id IS NULL OR d.status = {approved}) AND {ends} \
         ORDER BY d.id, v.created_at, v.name"
    );
    let mut all: Vec<Losing> = Vec::new();
    let mut last = None;
    for row in read.rows(&sql, params).await? {
        let id: DeveloperId = row.get("id")?;
        let version = row.get("name")?;
        match all.last_mut().filter(|_| last == Some(id)) {
            Some(same) => same.versions.push(version),
            None => all.push(Losing {
                holder: holder(&row)?,
                versions: vec![version],
            }),
        }
        last = Some(id);
    }
    Ok(all)
}

/// Who may act on applications that have, or wait for, access to a version: their developers, or, where
/// a team owns one, everybody in the team who is approved. Each once.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn holders(
    mut read: impl Read,
    version_id: ProductVersionId,
) -> Result<Vec<Holder>, Error> {
    let sql = "SELECT DISTINCT d.id, d.portal_id, d.email, d.full_name, d.locale \
               FROM portal_registration r \
               JOIN portal_application a ON a.id = r.application_id \
               LEFT JOIN portal_team_developer m ON m.team_id = a.team_id \
               JOIN portal_developer d ON d.id = COALESCE(m.developer_id, a.developer_id) \
               WHERE r.product_version_id = $1 AND r.status IN ($2, $3) \
               AND (a.team_id IS NULL OR d.status = $2) ORDER BY d.id";
    let params = params![
        version_id,
        ApprovalStatus::Approved,
        ApprovalStatus::Pending
    ];
    read.all(sql, params, holder).await
}

fn holder(row: &Row) -> Result<Holder, Error> {
    Ok(Holder {
        portal_id: row.get("portal_id")?,
        email: row.get("email")?,
        full_name: row.get("full_name")?,
        locale: row.get("locale")?,
    })
}
