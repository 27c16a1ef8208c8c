//! Lists: filtered, sorted, one page at a time.

use storage::{Error, Row, Value, escape_like};

use super::Read;

/// Which page of which selection is asked for. Columns are SQL expressions of the statement that is
/// listed; they come from a table in the code, never from the request.
#[derive(Clone, Debug)]
pub(crate) struct Listing {
    /// All of them must hold.
    pub(crate) filters: Vec<Filter>,
    /// First by the first.
    pub(crate) sort: Vec<Sort>,
    /// Entries on a page.
    pub(crate) size: u32,
    /// The page, from 1.
    pub(crate) number: u32,
}

/// One condition.
#[derive(Clone, Debug)]
pub(crate) struct Filter {
    /// The column.
    pub(crate) column: &'static str,
    /// What must hold of it.
    pub(crate) test: Test,
}

/// What must hold of a column.
#[derive(Clone, Debug)]
pub(crate) enum Test {
    /// It is one of these.
    OneOf(Vec<Value>),
    /// It is not this; a missing value is not.
    Not(Value),
    /// It holds one of these texts, in upper or lower case.
    Contains(Vec<String>),
    /// It holds one of these texts, letter by letter.
    Holds(Vec<String>),
    /// It does not hold this text, letter by letter.
    Lacks(String),
    /// It is less.
    Less(Value),
    /// It is less or equal.
    AtMost(Value),
    /// It is greater.
    Greater(Value),
    /// It is greater or equal.
    AtLeast(Value),
    /// It is there, or it is missing.
    Present(bool),
    /// It is among what this query gives, in which `{}` stands for the value.
    Among(&'static str, Value),
    /// It is not among what this query gives.
    Outside(&'static str, Value),
    /// A subquery without its closing parenthesis: it gives a row if its last column is this.
    In(Value),
}

/// One criterion of the order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sort {
    /// The column.
    pub(crate) column: &'static str,
    /// Greatest first.
    pub(crate) descending: bool,
}

impl Listing {
    /// Everything, in this order: for lists that have no pages.
    #[must_use]
    pub(crate) fn all(sort: &'static str) -> Self {
        Self {
            filters: Vec::new(),
            sort: vec![Sort {
                column: sort,
                descending: false,
            }],
            size: u32::MAX,
            number: 1,
        }
    }

    /// The same, with one more condition that the caller cannot take away.
    #[must_use]
    pub(crate) fn only(mut self, column: &'static str, value: impl Into<Value>) -> Self {
        self.filters.push(Filter {
            column,
            test: Test::OneOf(vec![value.into()]),
        });
        self
    }

    /// The same, of those alone of which a subquery ([`Test::In`]) gives this.
    #[must_use]
    pub(crate) fn within(mut self, subquery: &'static str, value: impl Into<Value>) -> Self {
        self.filters.push(Filter {
            column: subquery,
            test: Test::In(value.into()),
        });
        self
    }

    /// The filters as SQL, each after an `AND`.
    pub(super) fn conditions(&self, params: &mut Vec<Value>) -> String {
        let mut sql = String::new();
        for Filter { column, test } in &self.filters {
            let mut place = |value: &Value| {
                params.push(value.clone());
                format!("${}", params.len())
            };
            let condition = match test {
                Test::OneOf(values) if values.is_empty() => "1 = 0".to_owned(),
                Test::OneOf(values) => {
                    let places: Vec<_> = values.iter().map(&mut place).collect();
                    format!("{column} IN ({})", places.join(", "))
                }
                Test::Not(value) => format!("({column} IS NULL OR {column} <> {})", place(value)),
                Test::Contains(parts) if parts.is_empty() => "1 = 0".to_owned(),
                Test::Contains(parts) => {
                    let parts: Vec<_> = parts
                        .iter()
                        .map(|part| {
                            let pattern = format!("%{}%", escape_like(&part.to_lowercase()));
                            let place = place(&Value::Text(pattern));
                            format!("LOWER({column}) LIKE {place} ESCAPE '\\'")
                        })
                        .collect();
                    format!("({})", parts.join(" OR "))
                }
                Test::Holds(parts) => {
                    let parts: Vec<_> = parts
                        .iter()
                        .map(|part| {
                            let place = place(&holding(part));
                            format!("{column} LIKE {place} ESCAPE '\\'")
                        })
                        .collect();
                    format!("({})", parts.join(" OR "))
                }
                Test::Lacks(part) => {
                    format!("{column} NOT LIKE {} ESCAPE '\\'", place(&holding(part)))
                }
                Test::Less(value) => format!("{column} < {}", place(value)),
                Test::AtMost(value) => format!("{column} <= {}", place(value)),
                Test::Greater(value) => format!("{column} > {}", place(value)),
                Test::AtLeast(value) => format!("{column} >= {}", place(value)),
                Test::Present(true) => format!("{column} IS NOT NULL"),
                Test::Present(false) => format!("{column} IS NULL"),
                Test::Among(query, value) => {
                    format!("{column} IN ({})", query.replace("{}", &place(value)))
                }
                Test::Outside(query, value) => {
                    format!("{column} NOT IN ({})", query.replace("{}", &place(value)))
                }
                Test::In(value) => format!("EXISTS {column} = {})", place(value)),
            };
            sql.push_str(" AND ");
            sql.push_str(&condition);
        }
        sql
    }
}

/// The pattern of whatever holds a text.
fn holding(part: &str) -> Value {
    Value::Text(format!("%{}%", escape_like(part)))
}

/// One page of `select`, a statement without `WHERE`, and how many entries there are in all.
/// `id` is the column that makes the order complete.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn page<T: Send>(
    mut read: impl Read,
    columns: &str,
    from: &str,
    id: &str,
    listing: &Listing,
    parse: fn(&Row) -> Result<T, Error>,
) -> Result<(Vec<T>, i64), Error> {
    let mut params = Vec::new();
    let conditions = listing.conditions(&mut params);
    let count = format!("SELECT COUNT(*) AS n FROM {from} WHERE 1 = 1{conditions}");
    let total = read.count(&count, params.clone()).await?;
    let mut order = String::new();
    for Sort { column, descending } in &listing.sort {
        order.push_str(column);
        order.push_str(if *descending { " DESC, " } else { " ASC, " });
    }
    let offset = i64::from(listing.number.saturating_sub(1)) * i64::from(listing.size);
    let (limit_at, offset_at) = (params.len() + 1, params.len() + 2);
    params.push(Value::Int(i64::from(listing.size)));
    params.push(Value::Int(offset));
    let sql = format!(
        "SELECT {columns} FROM {from} WHERE 1 = 1{conditions} \
         ORDER BY {order}{id} LIMIT ${limit_at} OFFSET ${offset_at}"
    );
    Ok((read.all(&sql, params, parse).await?, total))
}

/// The entries of `select` after a place in a fixed order, as many as the listing's size. Its own order and
/// page count for nothing. `key` is the order, of which no two entries have the same, and the place.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn following<T: Send, const N: usize>(
    mut read: impl Read,
    columns: &str,
    from: &str,
    (key, after): ([&str; N], Option<[Value; N]>),
    listing: &Listing,
    parse: fn(&Row) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    let mut params = Vec::new();
    let mut conditions = listing.conditions(&mut params);
    let order = key.join(", ");
    if let Some(after) = after {
        let first = params.len() + 1;
        let places: Vec<String> = (first..first + N).map(|at| format!("${at}")).collect();
        conditions.push_str(&format!(" AND ({order}) > ({})", places.join(", ")));
        params.extend(after);
    }
    params.push(Value::Int(i64::from(listing.size)));
    let limit_at = params.len();
    let sql = format!(
        "SELECT {columns} FROM {from} WHERE 1 = 1{conditions} ORDER BY {order} LIMIT ${limit_at}"
    );
    read.all(&sql, params, parse).await
}
