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
    /// It is one of these ids, which are few: each is looked up, whatever else would be an index to walk along.
    /// One filter of a listing at most.
    Known(Vec<Value>),
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

    /// Whether all that is asked for are columns of `t` as they are.
    fn asks_for_own_columns(&self) -> bool {
        self.filters.iter().all(|filter| is_own(filter.column))
            && self.sort.iter().all(|sort| is_own(sort.column))
    }

    /// The same, without the conditions on anything but columns of `t` as they are.
    #[must_use]
    pub(crate) fn by_own_columns(mut self) -> Self {
        self.filters.retain(|filter| is_own(filter.column));
        self
    }

    /// Whether it is known which entries it may be about: they are looked up by their ids.
    pub(crate) fn is_looked_up(&self) -> bool {
        let known = |filter: &Filter| matches!(filter.test, Test::Known(_));
        self.filters.iter().any(known)
    }

    /// The rows of `from`, as the statement begins with them: ids that are known come first. SQLite would
    /// rather walk through all of a portal's rows than look ten of them up.
    fn begins(&self, from: &str, params: &mut Vec<Value>) -> String {
        let known = self.filters.iter().find_map(|filter| match &filter.test {
            Test::Known(ids) if !ids.is_empty() => Some(ids),
            _ => None,
        });
        let Some(ids) = known else {
            return from.to_owned();
        };
        let first = params.len() + 1;
        params.extend(ids.iter().cloned());
        let places: Vec<String> = (first..=params.len())
            .map(|at| format!("(${at})"))
            .collect();
        format!("(VALUES {}) known CROSS JOIN {from}", places.join(", "))
    }

    /// The order, and which part of it, of so many entries in all.
    fn part(&self, id: &str, total: i64, params: &mut Vec<Value>) -> Part {
        let size = i64::from(self.size);
        let offset = i64::from(self.number.saturating_sub(1)) * size;
        // What comes before a page is walked over: from the end that is nearer.
        let from_end = offset > total / 2 && offset < total;
        let (offset, limit) = match from_end {
            true => {
                let limit = size.min(total - offset);
                (total - offset - limit, limit)
            }
            false => (offset, size),
        };
        let mut order = String::new();
        for Sort { column, descending } in &self.sort {
            order.push_str(column);
            order.push_str(if *descending == from_end {
                " ASC, "
            } else {
                " DESC, "
            });
        }
        order.push_str(id);
        order.push_str(if from_end { " DESC" } else { " ASC" });
        let (limit_at, offset_at) = (params.len() + 1, params.len() + 2);
        params.push(Value::Int(limit));
        params.push(Value::Int(offset));
        Part {
            order,
            range: format!("LIMIT ${limit_at} OFFSET ${offset_at}"),
            from_end,
        }
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
                Test::Known(ids) if ids.is_empty() => "1 = 0".to_owned(),
                Test::Known(_) => format!("{column} = known.column1"),
            };
            sql.push_str(" AND ");
            sql.push_str(&condition);
        }
        sql
    }
}

/// Whether that is a column of `t` as it is.
fn is_own(column: &str) -> bool {
    column.starts_with("t.") && !column.contains(' ')
}

/// A part of a list.
struct Part {
    /// As it is read.
    order: String,
    range: String,
    /// It is read backwards.
    from_end: bool,
}

impl Part {
    /// What was read, as it was asked for.
    fn in_order<T>(&self, mut read: Vec<T>) -> Vec<T> {
        if self.from_end {
            read.reverse();
        }
        read
    }
}

/// The pattern of whatever holds a text.
fn holding(part: &str) -> Value {
    Value::Text(format!("%{}%", escape_like(part)))
}

/// One page of `select`, a statement without `WHERE`, and how many entries there are in all; a large number
/// of them may be a little old. `id` is the column that makes the order complete.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn page<T: Send>(
    read: impl Read,
    columns: &str,
    from: &str,
    id: &str,
    listing: &Listing,
    parse: fn(&Row) -> Result<T, Error>,
) -> Result<(Vec<T>, i64), Error> {
    let mut params = Vec::new();
    let from = listing.begins(from, &mut params);
    let conditions = listing.conditions(&mut params);
    let asked = Asked {
        count: format!("SELECT COUNT(*) AS n FROM {from} WHERE 1 = 1{conditions}"),
        rows: format!(
            "SELECT {columns} FROM {from} WHERE 1 = 1{conditions} ORDER BY {ORDER} {RANGE}"
        ),
        params,
    };
    asked.of(read, listing, id, parse).await
}

/// The same of rows of one table with what is known of each: `joined` holds joins of which each gives exactly
/// one row for a row of `rows`, whose alias is `t`. Where filters and order ask for nothing but the rows'
/// own columns, the page is cut out before anything is joined to it, and nothing is joined to count.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn page_of<T: Send>(
    read: impl Read,
    columns: &str,
    (rows, joined): (&str, &str),
    listing: &Listing,
    parse: fn(&Row) -> Result<T, Error>,
) -> Result<(Vec<T>, i64), Error> {
    if !listing.asks_for_own_columns() {
        let from = format!("{rows} {joined}");
        return page(read, columns, &from, "t.id", listing, parse).await;
    }
    let mut params = Vec::new();
    let rows = listing.begins(rows, &mut params);
    let conditions = listing.conditions(&mut params);
    let asked = Asked {
        count: format!("SELECT COUNT(*) AS n FROM {rows} WHERE 1 = 1{conditions}"),
        rows: format!(
            "SELECT {columns} FROM (SELECT t.* FROM {rows} WHERE 1 = 1{conditions} \
             ORDER BY {ORDER} {RANGE}) t {joined} ORDER BY {ORDER}"
        ),
        params,
    };
    asked.of(read, listing, "t.id", parse).await
}

/// What stands for the order of a page in its statement, and for its place in the list.
const ORDER: &str = "{order}";
const RANGE: &str = "{range}";

/// The two statements of a list, which have their parameters in common.
struct Asked {
    count: String,
    rows: String,
    params: Vec<Value>,
}

impl Asked {
    /// A page, and how many entries there are: a first page that is not full says so itself.
    async fn of<T: Send>(
        self,
        mut read: impl Read,
        listing: &Listing,
        id: &str,
        parse: fn(&Row) -> Result<T, Error>,
    ) -> Result<(Vec<T>, i64), Error> {
        let is_first = listing.number <= 1;
        let before = match is_first {
            true => i64::MAX,
            false => read.total(&self.count, self.params.clone()).await?,
        };
        let mut params = self.params.clone();
        let part = listing.part(id, before, &mut params);
        let sql = self.rows.replace(ORDER, &part.order);
        let sql = sql.replace(RANGE, &part.range);
        let found = part.in_order(read.all(&sql, params, parse).await?);
        let few = i64::try_from(found.len()).unwrap_or(i64::MAX);
        let total = match is_first {
            true if few < i64::from(listing.size) => few,
            true => read.total(&self.count, self.params).await?,
            false => before,
        };
        Ok((found, total))
    }
}

/// A stretch of a list in a fixed order.
#[derive(Clone, Debug)]
pub(crate) struct Stretch<'a, const N: usize> {
    /// The order, of which no two entries have the same.
    pub(crate) key: [&'a str; N],
    /// Greatest first.
    pub(crate) descending: bool,
    /// It begins behind this place.
    pub(crate) after: Option<[Value; N]>,
    /// It ends with this place.
    pub(crate) until: Option<[Value; N]>,
    /// So many at its beginning are passed over.
    pub(crate) skipped: u32,
}

impl<'a, const N: usize> Stretch<'a, N> {
    /// From a place on, or from the beginning, to the end.
    pub(crate) const fn after(key: [&'a str; N], after: Option<[Value; N]>) -> Self {
        Self {
            key,
            descending: false,
            after,
            until: None,
            skipped: 0,
        }
    }

    /// Its ends as SQL, each after an `AND`.
    fn conditions(&self, params: &mut Vec<Value>) -> String {
        let order = self.key.join(", ");
        let (behind, up_to) = match self.descending {
            true => ("<", ">="),
            false => (">", "<="),
        };
        let mut sql = String::new();
        for (place, is) in [(&self.after, behind), (&self.until, up_to)] {
            let Some(place) = place else { continue };
            let first = params.len() + 1;
            params.extend(place.iter().cloned());
            let places: Vec<String> = (first..=params.len()).map(|at| format!("${at}")).collect();
            sql.push_str(&format!(" AND ({order}) {is} ({})", places.join(", ")));
        }
        sql
    }

    fn order(&self) -> String {
        let way = if self.descending { " DESC" } else { " ASC" };
        self.key.map(|column| format!("{column}{way}")).join(", ")
    }
}

/// The entries of `select` in a stretch of a fixed order, as many as the listing's size. Its own order and
/// page count for nothing.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn following<T: Send, const N: usize>(
    mut read: impl Read,
    columns: &str,
    from: &str,
    stretch: &Stretch<'_, N>,
    listing: &Listing,
    parse: fn(&Row) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    let mut params = Vec::new();
    let from = listing.begins(from, &mut params);
    let mut conditions = listing.conditions(&mut params);
    conditions.push_str(&stretch.conditions(&mut params));
    params.push(Value::Int(i64::from(listing.size)));
    params.push(Value::Int(i64::from(stretch.skipped)));
    let (limit_at, offset_at) = (params.len() - 1, params.len());
    let sql = format!(
        "SELECT {columns} FROM {from} WHERE 1 = 1{conditions} ORDER BY {} \
         LIMIT ${limit_at} OFFSET ${offset_at}",
        stretch.order()
    );
    read.all(&sql, params, parse).await
}

#[cfg(test)]
mod tests {
    use storage::{Row, params};

    use super::{Filter, Listing, Sort, Test, page, page_of};

    fn name(row: &Row) -> Result<String, storage::Error> {
        row.get("name")
    }

    async fn made(db: &storage::Database, many: i64) {
        for n in 0..many {
            let sql = "INSERT INTO portal_team (id, portal_id, name, description, created_at, updated_at) \
                       VALUES ($1, 'po', $2, '', $3, 0)";
            // Three at a time.
            let params = params![format!("id-{n:03}"), format!("{n:03}"), n / 3];
            db.execute(sql, params).await.unwrap();
        }
    }

    #[tokio::test]
    async fn the_pages_of_a_list_hold_each_entry_once_in_its_order() {
        for test in storage::testing::databases(&[crate::MIGRATIONS]).await {
            let portal = "INSERT INTO portal_portal (id, name, display_name, is_public, rbac_enabled, \
                          auto_approve_applications, auto_approve_developers, appearance, authentication, \
                          labels, created_at, updated_at) \
                          VALUES ('po', 'p', 'P', false, false, true, true, '{}', '{}', '{}', 1, 1)";
            test.db.execute(portal, params![]).await.unwrap();
            made(&test.db, 23).await;
            for descending in [false, true] {
                let mut listing = Listing {
                    filters: vec![Filter {
                        column: "t.portal_id",
                        test: Test::OneOf(vec!["po".into()]),
                    }],
                    sort: vec![Sort {
                        column: "t.created_at",
                        descending,
                    }],
                    size: 23,
                    number: 1,
                };
                let columns = "t.id, t.name, t.created_at";
                let (from, joined) = (
                    "portal_team t",
                    "JOIN portal_portal o ON o.id = t.portal_id",
                );
                let all = page(&test.db, columns, from, "t.id", &listing, name)
                    .await
                    .unwrap();
                assert_eq!((all.0.len(), all.1), (23, 23));
                listing.size = 5;
                let (mut paged, mut joint) = (Vec::new(), Vec::new());
                for number in 1..=6 {
                    listing.number = number;
                    let found = page(&test.db, columns, from, "t.id", &listing, name)
                        .await
                        .unwrap();
                    paged.extend(found.0);
                    let found = page_of(&test.db, columns, (from, joined), &listing, name).await;
                    let found = found.unwrap();
                    assert_eq!(found.1, 23);
                    joint.extend(found.0);
                }
                assert_eq!(paged, all.0, "{} {descending}", test.name);
                assert_eq!(joint, all.0, "{} {descending}", test.name);
            }
        }
    }
}
