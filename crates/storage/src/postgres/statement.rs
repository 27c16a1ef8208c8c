//! Running one statement.

use std::sync::Arc;

use sqlx::postgres::{PgArguments, PgExecutor, PgRow, PgValueFormat, PgValueRef};
use sqlx::{Arguments, AssertSqlSafe, Column, Decode, Postgres, Row as _, TypeInfo, ValueRef};

use super::connect::Server;
use super::fault;
use crate::{Error, Kind, Row, Value};

pub(super) async fn query<'c>(
    executor: impl PgExecutor<'c>,
    server: &Server,
    sql: &str,
    params: Vec<Value>,
) -> Result<Vec<Row>, Error> {
    let statement = sqlx::query_with(AssertSqlSafe(sql), arguments(params)?);
    let rows = statement
        .fetch_all(executor)
        .await
        .map_err(|error| fault::of(server, &error))?;
    let Some(first) = rows.first() else {
        return Ok(Vec::new());
    };
    let columns: Arc<[String]> = first
        .columns()
        .iter()
        .map(|column| column.name().to_owned())
        .collect();
    rows.iter().map(|row| decode(row, &columns)).collect()
}

pub(super) async fn execute<'c>(
    executor: impl PgExecutor<'c>,
    server: &Server,
    sql: &str,
    params: Vec<Value>,
) -> Result<u64, Error> {
    let statement = sqlx::query_with(AssertSqlSafe(sql), arguments(params)?);
    let done = statement
        .execute(executor)
        .await
        .map_err(|error| fault::of(server, &error))?;
    Ok(done.rows_affected())
}

fn arguments(params: Vec<Value>) -> Result<PgArguments, Error> {
    let mut arguments = PgArguments::default();
    for param in params {
        let added = match param {
            Value::Null(Kind::Text) => arguments.add(None::<String>),
            Value::Null(Kind::Int) => arguments.add(None::<i64>),
            Value::Null(Kind::Bool) => arguments.add(None::<bool>),
            Value::Text(text) => arguments.add(text),
            Value::Int(number) => arguments.add(number),
            Value::Bool(flag) => arguments.add(flag),
        };
        added.map_err(|error| Error::Other(error.to_string()))?;
    }
    Ok(arguments)
}

fn decode(row: &PgRow, columns: &Arc<[String]>) -> Result<Row, Error> {
    let values = columns.iter().enumerate().map(|(at, column)| {
        let value = row
            .try_get_raw(at)
            .map_err(|error| Error::Other(error.to_string()))?;
        let kind = value.type_info().name().to_owned();
        decode_value(&kind, value).ok_or_else(|| {
            Error::Other(format!(
                "column `{column}` is {kind}, which is neither TEXT, BIGINT nor BOOLEAN"
            ))
        })
    });
    Ok(Row {
        values: values.collect::<Result<_, _>>()?,
        columns: columns.clone(),
    })
}

fn decode_value(kind: &str, value: PgValueRef<'_>) -> Option<Value> {
    let null = value.is_null();
    let value = match kind {
        "TEXT" | "VARCHAR" | "NAME" | "CHAR" | "UNKNOWN" if null => Value::Null(Kind::Text),
        "INT8" | "INT4" | "INT2" | "NUMERIC" if null => Value::Null(Kind::Int),
        "BOOL" if null => Value::Null(Kind::Bool),
        "TEXT" | "VARCHAR" | "NAME" | "CHAR" | "UNKNOWN" => Value::Text(take(value)?),
        "INT8" => Value::Int(take(value)?),
        "INT4" => Value::Int(take::<i32>(value)?.into()),
        "INT2" => Value::Int(take::<i16>(value)?.into()),
        // What SUM gives over BIGINT.
        "NUMERIC" => Value::Int(whole_numeric(&value)?),
        "BOOL" => Value::Bool(take(value)?),
        "VOID" => Value::Null(Kind::Text),
        _ => return None,
    };
    Some(value)
}

fn take<'r, T: Decode<'r, Postgres>>(value: PgValueRef<'r>) -> Option<T> {
    T::decode(value).ok()
}

/// A NUMERIC without a fraction. On the wire: four 16-bit words (digits, weight, sign, scale), then
/// the digits to base 10000 (`numeric_send` of PostgreSQL).
fn whole_numeric(value: &PgValueRef<'_>) -> Option<i64> {
    let bytes = value.as_bytes().ok()?;
    if value.format() == PgValueFormat::Text {
        return std::str::from_utf8(bytes).ok()?.parse().ok();
    }
    let word = |at: usize| {
        Some(i16::from_be_bytes(
            bytes.get(2 * at..2 * at + 2)?.try_into().ok()?,
        ))
    };
    let (digits, weight, sign) = (usize::try_from(word(0)?).ok()?, word(1)?, word(2)?);
    let mut number = 0_i64;
    for place in 0..=usize::try_from(weight).unwrap_or(0) {
        let digit = if place < digits { word(4 + place)? } else { 0 };
        number = number.checked_mul(10_000)?.checked_sub(digit.into())?;
    }
    let fraction = weight < 0 && digits > 0 || digits > usize::try_from(weight + 1).unwrap_or(0);
    match sign {
        _ if fraction => None,
        0 => number.checked_neg(),
        0x4000 => Some(number),
        _ => None,
    }
}
