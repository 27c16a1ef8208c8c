//! What goes into a statement.

use std::borrow::Cow;
use std::sync::Arc;

use oauth::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use crate::Error;

/// The three kinds of column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `TEXT`.
    Text,
    /// `BIGINT`.
    Int,
    /// `BOOLEAN`.
    Bool,
}

/// One parameter or one column. A missing value knows its kind, because PostgreSQL must be told.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Value {
    /// No value.
    Null(Kind),
    /// `TEXT`.
    Text(String),
    /// `BIGINT`.
    Int(i64),
    /// `BOOLEAN`.
    Bool(bool),
}

impl std::fmt::Debug for Value {
    /// Only the kind: a value may be a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Null(_) => "NULL",
            Self::Text(_) => "TEXT",
            Self::Int(_) => "BIGINT",
            Self::Bool(_) => "BOOLEAN",
        })
    }
}

/// A type that may be missing: `Option<T>` becomes a [`Value`] for every `T` that is `Bind`.
pub trait Bind: Into<Value> {
    /// The kind of column it goes into.
    const KIND: Kind;
}

impl<T: Bind> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null(T::KIND), Into::into)
    }
}

macro_rules! bind {
    ($($kind:ident: $($from:ty => |$value:ident| $into:expr),+;)+) => {$($(
        impl From<$from> for Value {
            fn from($value: $from) -> Self {
                Self::$kind($into)
            }
        }
        impl Bind for $from {
            const KIND: Kind = Kind::$kind;
        }
    )+)+};
}

bind! {
    Text:
        String => |text| text,
        &String => |text| text.clone(),
        &&String => |text| (*text).clone(),
        &str => |text| text.to_owned(),
        &&str => |text| (*text).to_owned(),
        Cow<'_, str> => |text| text.into_owned(),
        Box<str> => |text| text.into(),
        Arc<str> => |text| text.as_ref().to_owned(),
        &Arc<str> => |text| text.as_ref().to_owned(),
        Uuid => |id| id.to_string(),
        &Uuid => |id| id.to_string(),
        serde_json::Value => |json| json.to_string(),
        &serde_json::Value => |json| json.to_string();
    Int:
        i64 => |number| number,
        &i64 => |number| *number,
        i32 => |number| number.into(),
        u32 => |number| number.into(),
        u16 => |number| number.into(),
        Timestamp => |moment| moment.as_millis(),
        &Timestamp => |moment| moment.as_millis();
    Bool:
        bool => |flag| flag,
        &bool => |flag| *flag;
}

macro_rules! bind_optional_reference {
    ($($from:ty),+) => {$(
        impl From<&Option<$from>> for Value {
            fn from(value: &Option<$from>) -> Self {
                value.as_ref().into()
            }
        }
    )+};
}

bind_optional_reference!(String, i64, bool, Timestamp, Uuid, serde_json::Value);

/// A value kept as JSON in a `TEXT` column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Json<T>(pub T);

impl<T: Serialize> From<Json<T>> for Value {
    /// # Panics
    /// If the type cannot be written as JSON (a map whose keys are not text): a mistake in the type.
    fn from(value: Json<T>) -> Self {
        Self::Text(serde_json::to_string(&value.0).expect("stored types can be written as JSON"))
    }
}

impl<T: Serialize> Bind for Json<T> {
    const KIND: Kind = Kind::Text;
}

/// What SQLite would store and PostgreSQL would not is refused on both.
pub(crate) fn check(params: &[Value]) -> Result<(), Error> {
    let nul = |value: &Value| matches!(value, Value::Text(text) if text.contains('\0'));
    if params.iter().any(nul) {
        Err(Error::NulInText)
    } else {
        Ok(())
    }
}

/// Makes text literal inside a pattern: `name LIKE $1 ESCAPE '\'`.
#[must_use]
pub fn escape_like(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern
}

/// The parameters of a statement: `params![id, &name, now]` is `$1`, `$2`, `$3`.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => {
        ::std::vec![$($crate::Value::from($value)),*]
    };
}
