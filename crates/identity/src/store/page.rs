//! Places in a list that is ordered by creation.

use oauth::Timestamp;
use storage::{Value, params};

/// An entry's place: after everything older, and by id among equals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct After {
    pub(crate) created_at: Timestamp,
    pub(crate) id: String,
}

/// Which part of a list to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) after: Option<After>,
    pub(crate) offset: i64,
    pub(crate) limit: i64,
}

/// A `WHERE` clause that grows with the filters that are given.
#[derive(Default)]
pub(crate) struct Conditions {
    clauses: Vec<String>,
    params: Vec<Value>,
}

impl Conditions {
    /// Adds a clause in which `?` stands for the value.
    pub(crate) fn add(&mut self, clause: &str, value: impl Into<Value>) {
        self.params.push(value.into());
        let place = format!("${}", self.params.len());
        self.clauses.push(clause.replace('?', &place));
    }

    /// Adds a condition on a column of truths. It is written out: a partial index is of no use to a
    /// parameter, whose value is not known yet when the index is chosen.
    pub(crate) fn is(&mut self, column: &str, value: bool) {
        self.clauses.push(match value {
            true => column.to_owned(),
            false => format!("NOT {column}"),
        });
    }

    /// Adds a clause in which each `?` stands for the next of the values.
    pub(crate) fn add_all(&mut self, clause: &str, values: impl IntoIterator<Item = Value>) {
        let mut clause = clause.to_owned();
        for value in values {
            self.params.push(value);
            let place = format!("${}", self.params.len());
            clause = clause.replacen('?', &place, 1);
        }
        self.clauses.push(clause);
    }

    /// Adds `column IN (…)`.
    pub(crate) fn any_of<'a>(&mut self, column: &str, values: impl IntoIterator<Item = &'a str>) {
        let places: Vec<String> = values
            .into_iter()
            .map(|value| {
                self.params.push(value.into());
                format!("${}", self.params.len())
            })
            .collect();
        self.clauses.push(match places.is_empty() {
            true => "1 = 0".to_owned(),
            false => format!("{column} IN ({})", places.join(", ")),
        });
    }

    /// `WHERE …`, or nothing, and the values.
    pub(crate) fn count(&self) -> (String, Vec<Value>) {
        let clause = match self.clauses.is_empty() {
            true => String::new(),
            false => format!(" WHERE {}", self.clauses.join(" AND ")),
        };
        (clause, self.params.clone())
    }

    /// The clause, order and limits of one page; `id` is the column that orders equals.
    pub(crate) fn page(mut self, table: &str, id: &str, window: &Window) -> (String, Vec<Value>) {
        if let Some(after) = &window.after {
            self.params.extend(params![after.created_at, &after.id]);
            let (time, key) = (self.params.len() - 1, self.params.len());
            // A pair, so that the index is entered where the page begins; with `OR` it would be read from
            // its start.
            self.clauses.push(format!(
                "({table}.created_at, {table}.{id}) > (${time}, ${key})"
            ));
        }
        let (clause, mut params) = self.count();
        params.extend(params![window.limit, window.offset]);
        let (limit, offset) = (params.len() - 1, params.len());
        let sql = format!(
            "{clause} ORDER BY {table}.created_at, {table}.{id} LIMIT ${limit} OFFSET ${offset}"
        );
        (sql, params)
    }
}
