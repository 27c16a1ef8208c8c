//! Users.

mod identities;
mod search;

use oauth::Timestamp;
use oauth::password::imported;
use storage::{Database, Row, Tx, Value, params};

use crate::model::user::User;
pub(crate) use identities::{Account, find_account, link, list, lock_account, unlink};
pub(crate) use search::{Filter, Sort, count, search};

/// A user as a sign-in finds them.
pub(crate) struct Known {
    /// Who signs in.
    pub(crate) user: User,
    /// The account that was named, if it is linked to the user's.
    pub(crate) linked: Option<User>,
    /// The password of the account that was named.
    pub(crate) password_hash: Option<String>,
}

impl Known {
    /// The account that was named: its address is written to, its password is changed.
    pub(crate) fn named(&self) -> &User {
        self.linked.as_ref().unwrap_or(&self.user)
    }
}

pub(super) const COLUMNS: &str = "user_id, connection, email, email_verified, username, phone_number, \
    phone_verified, name, nickname, picture, given_name, family_name, blocked, user_metadata, \
    app_metadata, created_at, updated_at, last_login, last_ip, logins_count, last_password_reset, linked";

/// How a person names themselves at a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Identifier<'a> {
    Email(&'a str),
    Username(&'a str),
}

impl<'a> Identifier<'a> {
    /// What holds an `@` is an address. The text is in lower case.
    pub(crate) fn of(text: &'a str) -> Self {
        if text.contains('@') {
            Self::Email(text)
        } else {
            Self::Username(text)
        }
    }

    const fn column(self) -> (&'static str, &'a str) {
        match self {
            Self::Email(text) => ("email", text),
            Self::Username(text) => ("username", text),
        }
    }
}

pub(crate) async fn insert(
    tx: &mut Tx,
    user: &User,
    password_hash: Option<&str>,
) -> Result<(), storage::Error> {
    let sql = format!(
        "INSERT INTO identity_user ({COLUMNS}, password_hash) VALUES ($1, $2, $3, $4, $5, $6, $7, \
         $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)"
    );
    let mut params = profile(user);
    params.extend(params![
        user.created_at,
        user.updated_at,
        user.last_login,
        &user.last_ip,
        user.logins_count,
        user.last_password_reset,
        storage::Json(&user.linked),
        password_hash,
    ]);
    tx.execute(&sql, params).await?;
    Ok(())
}

/// Writes what a PATCH may have changed; never the password or the sign-ins.
pub(crate) async fn update(tx: &mut Tx, user: &User) -> Result<(), storage::Error> {
    let sql = "UPDATE identity_user SET connection = $2, email = $3, email_verified = $4, \
               username = $5, phone_number = $6, phone_verified = $7, name = $8, nickname = $9, \
               picture = $10, given_name = $11, family_name = $12, blocked = $13, \
               user_metadata = $14, app_metadata = $15, updated_at = $16 WHERE user_id = $1";
    let mut params = profile(user);
    params.extend(params![user.updated_at]);
    tx.execute(sql, params).await?;
    Ok(())
}

fn profile(user: &User) -> Vec<Value> {
    params![
        &user.user_id,
        &user.connection,
        &user.email,
        user.email_verified,
        &user.username,
        &user.phone_number,
        user.phone_verified,
        &user.name,
        &user.nickname,
        &user.picture,
        &user.given_name,
        &user.family_name,
        user.blocked,
        storage::Json(&user.user_metadata),
        storage::Json(&user.app_metadata),
    ]
}

/// Sets the password and remembers when. `None` takes it away.
pub(crate) async fn set_password(
    tx: &mut Tx,
    user_id: &str,
    password_hash: Option<&str>,
    now: Timestamp,
) -> Result<(), storage::Error> {
    let sql = "UPDATE identity_user SET password_hash = $2, last_password_reset = $3, \
               updated_at = $3 WHERE user_id = $1";
    tx.execute(sql, params![user_id, password_hash, now])
        .await?;
    Ok(())
}

/// Gives an account another hash that was made elsewhere, unless its password has a hash of ours already.
pub(crate) async fn replace_imported(
    tx: &mut Tx,
    user_id: &str,
    imported: &str,
) -> Result<(), storage::Error> {
    let sql = "SELECT password_hash FROM identity_user WHERE user_id = $1";
    let row = tx.query_one(sql, params![user_id]).await?;
    let before: Option<String> = row.get("password_hash")?;
    if before.is_none_or(|hash| imported::is_imported(&hash)) {
        keep_hash(tx, user_id, imported).await?;
    }
    Ok(())
}

/// Keeps another hash of the same password.
pub(crate) async fn keep_hash(
    tx: &mut Tx,
    user_id: &str,
    password_hash: &str,
) -> Result<(), storage::Error> {
    let sql = "UPDATE identity_user SET password_hash = $2 WHERE user_id = $1";
    tx.execute(sql, params![user_id, password_hash]).await?;
    Ok(())
}

/// Counts a sign-in, and gives the user as it is then.
pub(crate) async fn signed_in(
    tx: &mut Tx,
    user_id: &str,
    ip: &str,
    now: Timestamp,
) -> Result<Option<User>, storage::Error> {
    let sql = format!(
        "UPDATE identity_user SET last_login = $2, last_ip = $3, logins_count = logins_count + 1 \
         WHERE user_id = $1 RETURNING {COLUMNS}"
    );
    let row = tx.query_optional(&sql, params![user_id, now, ip]).await?;
    row.as_ref().map(read).transpose()
}

/// Removes a user with everything that hangs on them, the accounts that are linked to theirs among it; a
/// linked account by its id goes alone. Gives whether they were there.
pub(crate) async fn delete(tx: &mut Tx, user_id: &str) -> Result<bool, storage::Error> {
    let Some(account) = lock_account(tx, user_id).await? else {
        return Ok(false);
    };
    for linked in identities::ids(tx, user_id).await? {
        delete_account(tx, &linked).await?;
    }
    delete_account(tx, user_id).await?;
    if let Some(primary) = account.linked_to {
        list(tx, &primary, account.user.updated_at).await?;
    }
    Ok(true)
}

async fn delete_account(tx: &mut Tx, user_id: &str) -> Result<(), storage::Error> {
    for sql in [
        "DELETE FROM identity_user_role WHERE user_id = $1",
        "DELETE FROM identity_user_permission WHERE user_id = $1",
        "DELETE FROM identity_ticket WHERE user_id = $1",
        "DELETE FROM identity_login_failure WHERE account = $1",
        "DELETE FROM identity_user WHERE user_id = $1",
    ] {
        tx.execute(sql, params![user_id]).await?;
    }
    Ok(())
}

/// Some users of a connection, to remove them in turns.
pub(crate) async fn some_of(
    db: &Database,
    connection: &str,
    limit: i64,
) -> Result<Vec<String>, storage::Error> {
    let sql = "SELECT user_id FROM identity_user WHERE connection = $1 LIMIT $2";
    let rows = db.query(sql, params![connection, limit]).await?;
    rows.iter().map(|row| row.get("user_id")).collect()
}

pub(crate) async fn find(db: &Database, user_id: &str) -> Result<Option<User>, storage::Error> {
    let sql =
        format!("SELECT {COLUMNS} FROM identity_user WHERE user_id = $1 AND linked_to IS NULL");
    let row = db.query_optional(&sql, params![user_id]).await?;
    row.as_ref().map(read).transpose()
}

/// The user, locked until the transaction ends.
pub(crate) async fn lock(tx: &mut Tx, user_id: &str) -> Result<Option<User>, storage::Error> {
    let sql = format!(
        "UPDATE identity_user SET updated_at = updated_at \
         WHERE user_id = $1 AND linked_to IS NULL RETURNING {COLUMNS}"
    );
    let row = tx.query_optional(&sql, params![user_id]).await?;
    row.as_ref().map(read).transpose()
}

/// Who signs in to a connection with the address or the username.
pub(crate) async fn identify(
    db: &Database,
    connection: &str,
    identifier: Identifier<'_>,
) -> Result<Option<Known>, storage::Error> {
    let (column, value) = identifier.column();
    let sql = format!(
        "SELECT {COLUMNS}, linked_to, password_hash FROM identity_user \
         WHERE connection = $1 AND {column} = $2"
    );
    let row = db.query_optional(&sql, params![connection, value]).await?;
    let Some(row) = row else { return Ok(None) };
    let Account { user, linked_to } = identities::account(&row)?;
    let (user, linked) = match linked_to {
        None => (user, None),
        // The link may have ended between the two readings: then nobody is found, and they try again.
        Some(primary) => match find(db, &primary).await? {
            Some(owner) => (owner, Some(user)),
            None => return Ok(None),
        },
    };
    Ok(Some(Known {
        user,
        linked,
        password_hash: row.get("password_hash")?,
    }))
}

/// Every user with the address, in any connection.
pub(crate) async fn by_email(db: &Database, email: &str) -> Result<Vec<User>, storage::Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM identity_user WHERE email = $1 AND linked_to IS NULL \
         ORDER BY created_at, user_id LIMIT 100"
    );
    let rows = db.query(&sql, params![email]).await?;
    rows.iter().map(read).collect()
}

/// Every user who goes by the address or the username, in any connection.
pub(crate) async fn identified(
    db: &Database,
    identifier: &str,
) -> Result<Vec<User>, storage::Error> {
    let (column, value) = Identifier::of(identifier).column();
    let sql = format!(
        "SELECT {COLUMNS} FROM identity_user WHERE {column} = $1 AND linked_to IS NULL \
         ORDER BY created_at, user_id LIMIT 100"
    );
    let rows = db.query(&sql, params![value]).await?;
    rows.iter().map(read).collect()
}

/// How many users signed in since a moment.
pub(crate) async fn active(db: &Database, since: Timestamp) -> Result<i64, storage::Error> {
    let sql = "SELECT COUNT(*) AS total FROM identity_user WHERE last_login >= $1";
    db.query_one(sql, params![since]).await?.get("total")
}

pub(super) fn read(row: &Row) -> Result<User, storage::Error> {
    let storage::Json(user_metadata) = row.get("user_metadata")?;
    let storage::Json(app_metadata) = row.get("app_metadata")?;
    let storage::Json(linked) = row.get("linked")?;
    Ok(User {
        user_id: row.get("user_id")?,
        connection: row.get("connection")?,
        email: row.get("email")?,
        email_verified: row.get("email_verified")?,
        username: row.get("username")?,
        phone_number: row.get("phone_number")?,
        phone_verified: row.get("phone_verified")?,
        name: row.get("name")?,
        nickname: row.get("nickname")?,
        picture: row.get("picture")?,
        given_name: row.get("given_name")?,
        family_name: row.get("family_name")?,
        blocked: row.get("blocked")?,
        user_metadata,
        app_metadata,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
        last_login: row.get("last_login")?,
        last_ip: row.get("last_ip")?,
        logins_count: row.get("logins_count")?,
        last_password_reset: row.get("last_password_reset")?,
        linked,
    })
}
