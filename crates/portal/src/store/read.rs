//! Reading inside or outside a transaction.

use std::future::Future;

use storage::{Database, Error, Row, Tx, Value};

/// What can be asked: a database (committed state) or an open transaction (its own writes too).
pub trait Read: Send {
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
}

impl Read for &Database {
    async fn rows(&mut self, sql: &str, params: Vec<Value>) -> Result<Vec<Row>, Error> {
        self.query(sql, params).await
    }
}

impl Read for &mut Tx {
    async fn rows(&mut self, sql: &str, params: Vec<Value>) -> Result<Vec<Row>, Error> {
        self.query(sql, params).await
    }
}
