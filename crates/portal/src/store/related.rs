//! What the rows of a page belong to: one query a kind, however long the page.

use std::collections::HashMap;
use std::hash::Hash;

use storage::{Error, FromValue, Row, Tx, Value};

use super::Read;

/// An id, as these queries take and give it.
pub(crate) trait Id: Copy + Eq + Hash + Send + Into<Value> + FromValue {}

impl<T: Copy + Eq + Hash + Send + Into<Value> + FromValue> Id for T {}

/// The entities with these ids, of those that there are. The table's alias is `t`.
pub(super) async fn by_id<I: Id, T: Send>(
    mut read: impl Read,
    columns: &str,
    from: &str,
    ids: impl IntoIterator<Item = I>,
    parse: fn(&Row) -> Result<T, Error>,
) -> Result<HashMap<I, T>, Error> {
    let (condition, params) = one_of("t.id", ids);
    let sql = format!("SELECT {columns} FROM {from} WHERE {condition}");
    let rows = read.rows(&sql, params).await?;
    let pair = |row: &Row| Ok((row.get("id")?, parse(row)?));
    rows.iter().map(pair).collect()
}

/// How many rows of a table belong to each of these ids; an id without any is left out.
pub(super) async fn counts<I: Id>(
    mut read: impl Read,
    table: &str,
    column: &str,
    ids: impl IntoIterator<Item = I>,
) -> Result<HashMap<I, i64>, Error> {
    let (condition, params) = one_of(column, ids);
    let sql = format!(
        "SELECT {column} AS id, COUNT(*) AS n FROM {table} WHERE {condition} GROUP BY {column}"
    );
    let rows = read.rows(&sql, params).await?;
    let pair = |row: &Row| Ok((row.get("id")?, row.get("n")?));
    rows.iter().map(pair).collect()
}

/// The same for few ids of which each may have very many rows: a large number may be a little old.
pub(super) async fn totals<I: Id>(
    mut read: impl Read,
    table: &str,
    column: &str,
    ids: impl IntoIterator<Item = I>,
) -> Result<HashMap<I, i64>, Error> {
    let sql = format!("SELECT COUNT(*) AS n FROM {table} WHERE {column} = $1");
    let ids: Vec<I> = ids.into_iter().collect();
    let mut all = HashMap::new();
    for id in ids {
        let total = read.total(&sql, vec![id.into()]).await?;
        if total > 0 {
            all.insert(id, total);
        }
    }
    Ok(all)
}

/// A table that says who is in which team: the column of who, beside `team_id` and `created_at`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Membership {
    pub(super) table: &'static str,
    pub(super) member: &'static str,
}

impl Membership {
    /// Takes somebody in, and says whether they were not in it before: the team, who, and when.
    ///
    /// # Errors
    /// [`Error::ForeignKey`] if one of both is gone, and those of [`Tx::execute`].
    pub(super) async fn add(self, tx: &mut Tx, row: [Value; 3]) -> Result<bool, Error> {
        let Self { table, member } = self;
        let sql = format!(
            "INSERT INTO {table} (team_id, {member}, created_at) VALUES ($1, $2, $3) \
             ON CONFLICT (team_id, {member}) DO NOTHING"
        );
        Ok(tx.execute(&sql, row.into()).await? > 0)
    }

    /// Takes somebody out, and says whether they were in it: the team, and who.
    ///
    /// # Errors
    /// Those of [`Tx::execute`].
    pub(super) async fn remove(self, tx: &mut Tx, row: [Value; 2]) -> Result<bool, Error> {
        let Self { table, member } = self;
        let sql = format!("DELETE FROM {table} WHERE team_id = $1 AND {member} = $2");
        Ok(tx.execute(&sql, row.into()).await? > 0)
    }
}

/// That a column is one of these ids, and the parameters for that.
pub(super) fn one_of<I: Copy + Eq + Hash + Into<Value>>(
    column: &str,
    ids: impl IntoIterator<Item = I>,
) -> (String, Vec<Value>) {
    let mut seen = std::collections::HashSet::new();
    let params: Vec<Value> = ids
        .into_iter()
        .filter(|id| seen.insert(*id))
        .map(Into::into)
        .collect();
    if params.is_empty() {
        return ("1 = 0".to_owned(), params);
    }
    let places: Vec<String> = (1..=params.len()).map(|n| format!("${n}")).collect();
    (format!("{column} IN ({})", places.join(", ")), params)
}
