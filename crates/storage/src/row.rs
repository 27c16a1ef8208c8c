//! What comes out of a statement.

use std::sync::Arc;

use oauth::Timestamp;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::{Error, Json, Value};

/// One row of a result.
#[derive(Clone, Debug)]
pub struct Row {
    pub(crate) columns: Arc<[String]>,
    pub(crate) values: Vec<Value>,
}

impl Row {
    /// The value of a column.
    ///
    /// # Errors
    /// [`Error::Other`] if the statement has no such column, [`Error::Corrupt`] if it holds something
    /// else than a `T`.
    pub fn get<T: FromValue>(&self, column: &str) -> Result<T, Error> {
        let at = self
            .columns
            .iter()
            .position(|name| name == column)
            .ok_or_else(|| Error::Other(format!("the statement gives no column `{column}`")))?;
        T::from_value(&self.values[at])
            .map_err(|expected| Error::Corrupt(format!("column `{column}` must hold {expected}")))
    }
}

/// A type that a column can hold.
pub trait FromValue: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// What should have been there, for the end of a sentence: "text", "a whole number".
    fn from_value(value: &Value) -> Result<Self, String>;
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: &Value) -> Result<Self, String> {
        if let Value::Null(_) = value {
            return Ok(None);
        }
        T::from_value(value).map(Some)
    }
}

impl FromValue for String {
    fn from_value(value: &Value) -> Result<Self, String> {
        match value {
            Value::Text(text) => Ok(text.clone()),
            _ => Err("text".into()),
        }
    }
}

impl FromValue for i64 {
    fn from_value(value: &Value) -> Result<Self, String> {
        match value {
            Value::Int(number) => Ok(*number),
            _ => Err("a whole number".into()),
        }
    }
}

impl FromValue for bool {
    /// SQLite has no type of its own for it: 0 and 1 are read too.
    fn from_value(value: &Value) -> Result<Self, String> {
        match value {
            Value::Bool(flag) => Ok(*flag),
            Value::Int(0) => Ok(false),
            Value::Int(1) => Ok(true),
            _ => Err("true or false".into()),
        }
    }
}

impl FromValue for Timestamp {
    fn from_value(value: &Value) -> Result<Self, String> {
        match value {
            Value::Int(millis) => Ok(Self::from_millis(*millis)),
            _ => Err("milliseconds since 1970".into()),
        }
    }
}

impl FromValue for Uuid {
    fn from_value(value: &Value) -> Result<Self, String> {
        match value {
            Value::Text(text) => text.parse().map_err(|_| "a UUID".to_owned()),
            _ => Err("a UUID".into()),
        }
    }
}

impl<T: DeserializeOwned> FromValue for Json<T> {
    fn from_value(value: &Value) -> Result<Self, String> {
        let Value::Text(text) = value else {
            return Err("JSON text".into());
        };
        // serde's message may quote the stored value: only where it stands is told.
        serde_json::from_str(text).map(Json).map_err(|error| {
            format!(
                "JSON of the expected shape (line {}, column {})",
                error.line(),
                error.column()
            )
        })
    }
}

macro_rules! narrower {
    ($($number:ty),+) => {$(
        impl FromValue for $number {
            fn from_value(value: &Value) -> Result<Self, String> {
                i64::from_value(value)?
                    .try_into()
                    .map_err(|_| format!("a whole number up to {}", <$number>::MAX))
            }
        }
    )+};
}

narrower!(i32, u32, u64, u16);
