//! Searching users.

use storage::{Database, Value, params};

use super::{COLUMNS, read};
use crate::model::search::Search;
use crate::model::user::User;
use crate::store::page::Window;
use crate::store::search::{Column, Fields, condition};

/// Which users to list, in which order.
pub(crate) struct Filter {
    clause: String,
    params: Vec<Value>,
    sort: Option<Sort>,
}

/// An order beside that of creation.
pub(crate) struct Sort {
    column: &'static str,
    descending: bool,
}

impl Sort {
    /// The order by a field; `None` if users cannot be sorted by it.
    pub(crate) fn by(field: &str, descending: bool) -> Option<Self> {
        let known = [
            "user_id",
            "email",
            "username",
            "name",
            "nickname",
            "given_name",
            "family_name",
            "created_at",
            "updated_at",
            "last_login",
            "logins_count",
        ];
        let column = known.into_iter().find(|column| *column == field)?;
        Some(Self { column, descending })
    }
}

impl Filter {
    /// Users that a query finds, of one connection or of all.
    ///
    /// # Errors
    /// The name of a field that users do not have.
    pub(crate) fn new(
        search: &Search,
        connection: Option<&str>,
        sort: Option<Sort>,
    ) -> Result<Self, String> {
        let mut params = Vec::new();
        // A linked account is its user's, and nobody by itself.
        let mut clause = format!(
            "linked_to IS NULL AND {}",
            condition(search, &FIELDS, &mut params)?
        );
        if let Some(connection) = connection {
            params.push(connection.into());
            clause = format!("{clause} AND connection = ${}", params.len());
        }
        Ok(Self {
            clause,
            params,
            sort,
        })
    }
}

const FIELDS: Fields = Fields {
    column,
    usual: &[
        "email",
        "username",
        "name",
        "nickname",
        "given_name",
        "family_name",
        "user_id",
    ],
};

/// Source: the vendor's "User Search Query Syntax", "Searchable fields".
fn column(field: &str) -> Option<Column> {
    for (prefix, column) in [
        ("user_metadata.", "user_metadata"),
        ("app_metadata.", "app_metadata"),
    ] {
        if let Some(path) = field.strip_prefix(prefix) {
            let name = path.rsplit('.').next().unwrap_or(path);
            return Some(Column::Member(column, name.to_owned()));
        }
    }
    Some(match field {
        "user_id" => Column::Exact("user_id"),
        "email" | "email.raw" => Column::Text("email"),
        "email.domain" => Column::Domain("email"),
        "username" => Column::Text("username"),
        "name" => Column::Text("name"),
        "nickname" => Column::Text("nickname"),
        "given_name" => Column::Text("given_name"),
        "family_name" => Column::Text("family_name"),
        "phone_number" => Column::Exact("phone_number"),
        "picture" => Column::Exact("picture"),
        "identities.connection" => or_linked(Column::Exact("connection"), "connection"),
        "identities.user_id" => or_linked(Column::Exact("SUBSTR(user_id, 7)"), "user_id"),
        "identities.provider" => Column::Constant("auth0"),
        "identities.isSocial" => Column::Constant("false"),
        "email_verified" => Column::Boolean("email_verified"),
        "phone_verified" => Column::Boolean("phone_verified"),
        "blocked" => Column::Boolean("blocked"),
        "logins_count" => Column::Number("logins_count"),
        "created_at" => Column::Time("created_at"),
        "updated_at" => Column::Time("updated_at"),
        "last_login" => Column::Time("last_login"),
        "last_password_reset" => Column::Time("last_password_reset"),
        "last_ip" => Column::Exact("last_ip"),
        _ => return None,
    })
}

/// The user's own account, or one that is linked to it.
fn or_linked(own: Column, member: &str) -> Column {
    Column::AnyOf(vec![own, Column::Member("linked", member.to_owned())])
}

/// One page of users. A page by checkpoint is in the order of creation.
pub(crate) async fn search(
    db: &Database,
    filter: &Filter,
    window: &Window,
) -> Result<Vec<User>, storage::Error> {
    let mut params = filter.params.clone();
    let mut clause = filter.clause.clone();
    let mut order = "created_at, user_id".to_owned();
    if let Some(after) = &window.after {
        params.extend(params![after.created_at, &after.id]);
        let (time, key) = (params.len() - 1, params.len());
        clause = format!("{clause} AND (created_at, user_id) > (${time}, ${key})");
    } else if let Some(Sort { column, descending }) = &filter.sort {
        let direction = if *descending { "DESC" } else { "ASC" };
        // Where a value is missing, both databases put the row last.
        order = format!("({column} IS NULL), {column} {direction}, user_id");
    }
    params.extend(params![window.limit, window.offset]);
    let (limit, offset) = (params.len() - 1, params.len());
    let sql = format!(
        "SELECT {COLUMNS} FROM identity_user WHERE {clause} ORDER BY {order} \
         LIMIT ${limit} OFFSET ${offset}"
    );
    let rows = db.query(&sql, params).await?;
    rows.iter().map(read).collect()
}

pub(crate) async fn count(db: &Database, filter: &Filter) -> Result<i64, storage::Error> {
    let clause = &filter.clause;
    let sql = format!("SELECT COUNT(*) AS total FROM identity_user WHERE {clause}");
    let row = db.query_one(&sql, filter.params.clone()).await?;
    row.get("total")
}
