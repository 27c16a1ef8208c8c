//! Roles, their permissions and their users.

use oauth::Timestamp;
use storage::{Database, Row, Tx, escape_like, params};

use crate::model::role::Role;
use crate::model::user::User;
use crate::store::page::{After, Conditions, Window};
use crate::store::users;

const COLUMNS: &str = "id, name, description, created_at";

pub(crate) async fn insert(tx: &mut Tx, role: &Role) -> Result<(), storage::Error> {
    let sql =
        "INSERT INTO identity_role (id, name, description, created_at) VALUES ($1, $2, $3, $4)";
    let params = params![&role.id, &role.name, &role.description, role.created_at];
    tx.execute(sql, params).await?;
    Ok(())
}

pub(crate) async fn update(tx: &mut Tx, role: &Role) -> Result<(), storage::Error> {
    let sql = "UPDATE identity_role SET name = $2, description = $3 WHERE id = $1";
    tx.execute(sql, params![&role.id, &role.name, &role.description])
        .await?;
    Ok(())
}

/// Removes a role; its users and permissions lose it. Gives whether it was there.
pub(crate) async fn delete(tx: &mut Tx, id: &str) -> Result<bool, storage::Error> {
    for sql in [
        "DELETE FROM identity_user_role WHERE role_id = $1",
        "DELETE FROM identity_role_permission WHERE role_id = $1",
    ] {
        tx.execute(sql, params![id]).await?;
    }
    let sql = "DELETE FROM identity_role WHERE id = $1";
    Ok(tx.execute(sql, params![id]).await? > 0)
}

pub(crate) async fn find(db: &Database, id: &str) -> Result<Option<Role>, storage::Error> {
    let sql = format!("SELECT {COLUMNS} FROM identity_role WHERE id = $1");
    let row = db.query_optional(&sql, params![id]).await?;
    row.as_ref().map(read).transpose()
}

/// The role, locked until the transaction ends.
pub(crate) async fn lock(tx: &mut Tx, id: &str) -> Result<Option<Role>, storage::Error> {
    let sql = format!("UPDATE identity_role SET name = name WHERE id = $1 RETURNING {COLUMNS}");
    let row = tx.query_optional(&sql, params![id]).await?;
    row.as_ref().map(read).transpose()
}

pub(crate) async fn list(
    db: &Database,
    name: Option<&str>,
    window: &Window,
) -> Result<Vec<Role>, storage::Error> {
    let (clause, params) = named(name).page("identity_role", "id", window);
    let sql = format!("SELECT {COLUMNS} FROM identity_role{clause}");
    let rows = db.query(&sql, params).await?;
    rows.iter().map(read).collect()
}

pub(crate) async fn count(db: &Database, name: Option<&str>) -> Result<i64, storage::Error> {
    let (clause, params) = named(name).count();
    let sql = format!("SELECT COUNT(*) AS total FROM identity_role{clause}");
    db.query_one(&sql, params).await?.get("total")
}

fn named(name: Option<&str>) -> Conditions {
    let mut conditions = Conditions::default();
    if let Some(name) = name {
        let pattern = format!("%{}%", escape_like(&name.to_lowercase()));
        conditions.add("LOWER(name) LIKE ? ESCAPE '\\'", pattern);
    }
    conditions
}

/// Gives a user a role; one that they have stays as it is.
pub(crate) async fn assign(
    tx: &mut Tx,
    user_id: &str,
    role_id: &str,
    now: Timestamp,
) -> Result<(), storage::Error> {
    let sql = "INSERT INTO identity_user_role (user_id, role_id, created_at) VALUES ($1, $2, $3) \
               ON CONFLICT (user_id, role_id) DO NOTHING";
    tx.execute(sql, params![user_id, role_id, now]).await?;
    Ok(())
}

pub(crate) async fn unassign(
    tx: &mut Tx,
    user_id: &str,
    role_id: &str,
) -> Result<(), storage::Error> {
    let sql = "DELETE FROM identity_user_role WHERE user_id = $1 AND role_id = $2";
    tx.execute(sql, params![user_id, role_id]).await?;
    Ok(())
}

/// A user's roles.
pub(crate) async fn of_user(
    db: &Database,
    user_id: &str,
    window: &Window,
) -> Result<Vec<Role>, storage::Error> {
    let (clause, params) = held_by(user_id).page("identity_role", "id", window);
    let sql = format!("SELECT {COLUMNS} FROM identity_role{clause}");
    let rows = db.query(&sql, params).await?;
    rows.iter().map(read).collect()
}

pub(crate) async fn count_of_user(db: &Database, user_id: &str) -> Result<i64, storage::Error> {
    let (clause, params) = held_by(user_id).count();
    let sql = format!("SELECT COUNT(*) AS total FROM identity_role{clause}");
    db.query_one(&sql, params).await?.get("total")
}

fn held_by(user_id: &str) -> Conditions {
    let mut conditions = Conditions::default();
    conditions.add(
        "id IN (SELECT role_id FROM identity_user_role WHERE user_id = ?)",
        user_id,
    );
    conditions
}

/// The users of a role, with the place of each in the list.
pub(crate) async fn users_of(
    db: &Database,
    role_id: &str,
    window: &Window,
) -> Result<Vec<(After, User)>, storage::Error> {
    let mut conditions = Conditions::default();
    conditions.add(
        "user_id IN (SELECT user_id FROM identity_user_role WHERE role_id = ?)",
        role_id,
    );
    let (clause, params) = conditions.page("identity_user", "user_id", window);
    let columns = users::COLUMNS;
    let sql = format!("SELECT {columns} FROM identity_user{clause}");
    let rows = db.query(&sql, params).await?;
    let placed = |row: &Row| {
        let user = users::read(row)?;
        let place = After {
            created_at: user.created_at,
            id: user.user_id.clone(),
        };
        Ok((place, user))
    };
    rows.iter().map(placed).collect()
}

pub(crate) async fn count_users_of(db: &Database, role_id: &str) -> Result<i64, storage::Error> {
    let sql = "SELECT COUNT(*) AS total FROM identity_user_role WHERE role_id = $1";
    db.query_one(sql, params![role_id]).await?.get("total")
}

/// Who holds a permission: a role or a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holder<'a> {
    Role(&'a str),
    User(&'a str),
}

impl<'a> Holder<'a> {
    const fn table(self) -> (&'static str, &'static str, &'a str) {
        match self {
            Self::Role(id) => ("identity_role_permission", "role_id", id),
            Self::User(id) => ("identity_user_permission", "user_id", id),
        }
    }
}

/// Gives a permission; one that is held stays as it is.
pub(crate) async fn permit(
    tx: &mut Tx,
    holder: Holder<'_>,
    resource_server_id: &str,
    permission: &str,
) -> Result<(), storage::Error> {
    let (table, column, id) = holder.table();
    let sql = format!(
        "INSERT INTO {table} ({column}, resource_server_id, permission) VALUES ($1, $2, $3) \
         ON CONFLICT ({column}, resource_server_id, permission) DO NOTHING"
    );
    tx.execute(&sql, params![id, resource_server_id, permission])
        .await?;
    Ok(())
}

pub(crate) async fn forbid(
    tx: &mut Tx,
    holder: Holder<'_>,
    resource_server_id: &str,
    permission: &str,
) -> Result<(), storage::Error> {
    let (table, column, id) = holder.table();
    let sql = format!(
        "DELETE FROM {table} WHERE {column} = $1 AND resource_server_id = $2 AND permission = $3"
    );
    tx.execute(&sql, params![id, resource_server_id, permission])
        .await?;
    Ok(())
}

/// The permissions that a role or a user holds itself: API id and scope, in order.
pub(crate) async fn held(
    db: &Database,
    holder: Holder<'_>,
) -> Result<Vec<(String, String)>, storage::Error> {
    let (table, column, id) = holder.table();
    let sql = format!(
        "SELECT resource_server_id, permission FROM {table} WHERE {column} = $1 \
         ORDER BY resource_server_id, permission LIMIT 10000"
    );
    let rows = db.query(&sql, params![id]).await?;
    rows.iter()
        .map(|row| Ok((row.get("resource_server_id")?, row.get("permission")?)))
        .collect()
}

/// The roles by which a user holds a permission.
pub(crate) async fn sources(
    db: &Database,
    user_id: &str,
) -> Result<Vec<(Role, String, String)>, storage::Error> {
    let sql = "SELECT identity_role.id, identity_role.name, identity_role.description, \
               identity_role.created_at, identity_role_permission.resource_server_id, \
               identity_role_permission.permission FROM identity_user_role \
               JOIN identity_role ON identity_role.id = identity_user_role.role_id \
               JOIN identity_role_permission ON identity_role_permission.role_id = identity_role.id \
               WHERE identity_user_role.user_id = $1 \
               ORDER BY identity_role_permission.resource_server_id, \
               identity_role_permission.permission, identity_role.name LIMIT 10000";
    let rows = db.query(sql, params![user_id]).await?;
    rows.iter()
        .map(|row| {
            Ok((
                read(row)?,
                row.get("resource_server_id")?,
                row.get("permission")?,
            ))
        })
        .collect()
}

/// The scopes of an API that a user holds, directly or by a role. An API that enforces its policies
/// (RBAC) gives no others.
pub(crate) async fn permissions_at(
    db: &Database,
    user_id: &str,
    resource_server_id: &str,
) -> Result<Vec<String>, storage::Error> {
    let sql = "SELECT permission FROM identity_user_permission \
               WHERE user_id = $1 AND resource_server_id = $2 \
               UNION SELECT identity_role_permission.permission FROM identity_role_permission \
               JOIN identity_user_role \
               ON identity_user_role.role_id = identity_role_permission.role_id \
               WHERE identity_user_role.user_id = $1 \
               AND identity_role_permission.resource_server_id = $2 ORDER BY permission";
    let rows = db.query(sql, params![user_id, resource_server_id]).await?;
    rows.iter().map(|row| row.get("permission")).collect()
}

fn read(row: &Row) -> Result<Role, storage::Error> {
    Ok(Role {
        id: row.get("id")?,
        name: row.get("name")?,
        description: row.get("description")?,
        created_at: row.get("created_at")?,
    })
}
