//! Running one statement on a connection.

use std::sync::Arc;

use rusqlite::types::{Null, ValueRef};
use rusqlite::{CachedStatement, Connection};

use super::fault;
use crate::{Error, Kind, Row, Value};

/// A statement on its way to a thread.
#[derive(Debug)]
pub(super) struct Statement {
    sql: String,
    params: Vec<Value>,
}

/// What a statement did.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) rows: Vec<Row>,
    pub(crate) affected: u64,
}

impl Statement {
    pub(super) fn new(sql: &str, params: Vec<Value>) -> Self {
        Self {
            sql: sql.to_owned(),
            params,
        }
    }

    pub(super) fn run(&self, connection: &Connection) -> Result<Outcome, Error> {
        let fault = |error| fault::of_statement(&error);
        let mut statement = connection.prepare_cached(&self.sql).map_err(fault)?;
        self.bind(&mut statement)?;
        if statement.column_count() == 0 {
            let affected = statement.raw_execute().map_err(fault)? as u64;
            return Ok(Outcome {
                rows: Vec::new(),
                affected,
            });
        }
        let before = connection.total_changes();
        let columns: Arc<[String]> = statement
            .column_names()
            .into_iter()
            .map(str::to_owned)
            .collect();
        let mut found = Vec::new();
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(fault)? {
            let values = columns.iter().enumerate().map(|(at, column)| {
                let value = row.get_ref(at).map_err(fault)?;
                decode(column, value)
            });
            found.push(Row {
                values: values.collect::<Result<_, _>>()?,
                columns: columns.clone(),
            });
        }
        let affected = connection.total_changes() - before;
        Ok(Outcome {
            rows: found,
            affected,
        })
    }

    /// SQLite numbers `$1` by first appearance, as any name: each is bound by the number it names.
    fn bind(&self, statement: &mut CachedStatement<'_>) -> Result<(), Error> {
        for at in 1..=statement.parameter_count() {
            let number = statement
                .parameter_name(at)
                .and_then(|name| name.strip_prefix('$'))
                .and_then(|digits| digits.parse::<usize>().ok());
            let value = number.and_then(|n| self.params.get(n.wrapping_sub(1)));
            let bound = match value {
                Some(Value::Null(_)) => statement.raw_bind_parameter(at, Null),
                Some(Value::Text(text)) => statement.raw_bind_parameter(at, text),
                Some(Value::Int(number)) => statement.raw_bind_parameter(at, number),
                Some(Value::Bool(flag)) => statement.raw_bind_parameter(at, flag),
                None => {
                    let name = statement.parameter_name(at).unwrap_or("?").to_owned();
                    let given = self.params.len();
                    return Err(Error::Other(format!(
                        "the statement names {name}, {given} parameters were given"
                    )));
                }
            };
            bound.map_err(|error| fault::of_statement(&error))?;
        }
        Ok(())
    }
}

fn decode(column: &str, value: ValueRef<'_>) -> Result<Value, Error> {
    match value {
        ValueRef::Null => Ok(Value::Null(Kind::Text)),
        ValueRef::Integer(number) => Ok(Value::Int(number)),
        ValueRef::Text(bytes) => String::from_utf8(bytes.to_vec())
            .map(Value::Text)
            .map_err(|_| Error::Corrupt(format!("column `{column}` holds text that is not UTF-8"))),
        ValueRef::Real(_) | ValueRef::Blob(_) => Err(Error::Corrupt(format!(
            "column `{column}` holds neither text nor a whole number"
        ))),
    }
}
