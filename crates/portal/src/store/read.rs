//! Reading inside or outside a transaction.

use std::future::Future;

use storage::{Database, Error, Row, Tx, Value};

/// What can be asked: a database (committed state) or an open transaction (its own writes too).
pub(crate) trait Read: Send {
    /// All rows.
    ///
    /// # Errors
    /// Those of [`Database::query`].
    fn rows(
        &mut self,
        sql: &str,
        params: Vec<Value>,
    ) -> impl Future<Output = Result<Vec<Row>, Error>> + Send;

    /// The first row, if there is one.
    ///
    /// # Errors
    /// Those of [`Database::query`].
    fn row(
        &mut self,
        sql: &str,
        params: Vec<Value>,
    ) -> impl Future<Output = Result<Option<Row>, Error>> + Send {
        async { Ok(self.rows(sql, params).await?.into_iter().next()) }
    }

    /// All rows, each as what `parse` makes of it.
    ///
    /// # Errors
    /// Those of [`Database::query`], and those of `parse`.
    fn all<T: Send>(
        &mut self,
        sql: &str,
        params: Vec<Value>,
        parse: fn(&Row) -> Result<T, Error>,
    ) -> impl Future<Output = Result<Vec<T>, Error>> + Send {
        async move { self.rows(sql, params).await?.iter().map(parse).collect() }
    }

    /// The first row, if there is one, as what `parse` makes of it.
    ///
    /// # Errors
    /// Those of [`Database::query`], and those of `parse`.
    fn one<T: Send>(
        &mut self,
        sql: &str,
        params: Vec<Value>,
        parse: fn(&Row) -> Result<T, Error>,
    ) -> impl Future<Output = Result<Option<T>, Error>> + Send {
        async move {
            let row = self.row(sql, params).await?;
            row.as_ref().map(parse).transpose()
        }
    }

    /// The number in the column `n` of the only row.
    ///
    /// # Errors
    /// Those of [`Database::query`].
    fn count(
        &mut self,
        sql: &str,
        params: Vec<Value>,
    ) -> impl Future<Output = Result<i64, Error>> + Send {
        async {
            self.row(sql, params)
                .await?
                .ok_or(Error::NotFound)?
                .get("n")
        }
    }

    /// The same of a long list, where a large number may be a little old: see [`Database::total`].
    ///
    /// # Errors
    /// Those of [`Database::query`].
    fn total(
        &mut self,
        sql: &str,
        params: Vec<Value>,
    ) -> impl Future<Output = Result<i64, Error>> + Send {
        self.count(sql, params)
    }
}

impl Read for &Database {
    async fn rows(&mut self, sql: &str, params: Vec<Value>) -> Result<Vec<Row>, Error> {
        self.query(sql, params).await
    }

    async fn total(&mut self, sql: &str, params: Vec<Value>) -> Result<i64, Error> {
        Database::total(self, sql, params).await
    }
}

impl Read for &mut Tx {
    async fn rows(&mut self, sql: &str, params: Vec<Value>) -> Result<Vec<Row>, Error> {
        self.query(sql, params).await
    }
}
