//! Reads an entity's fields and collects everything that is wrong with them.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::error::{Error, Violation};

/// The fields of one body. Absent and null are the same here: Kong's entities have no difference.
pub(super) struct Fields {
    map: Map<String, Value>,
    wrong: Vec<Violation>,
}

impl Fields {
    /// The fields of a body, which must be among `known`.
    pub(super) fn new(map: Map<String, Value>, known: &[&str]) -> Self {
        let unknown = map.keys().filter(|key| !known.contains(&key.as_str()));
        let wrong = unknown.map(|key| {
            Violation::body(
                key,
                "unknown_property",
                "additional property is not allowed",
            )
        });
        Self {
            wrong: wrong.collect(),
            map,
        }
    }

    /// Notes what is wrong with a field.
    pub(super) fn refuse(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.wrong.push(Violation::body(field, "invalid", message));
    }

    /// Ends reading.
    ///
    /// # Errors
    /// [`Error::Invalid`] with everything that was wrong.
    pub(super) fn finish<T>(self, entity: T) -> Result<T, Error> {
        if self.wrong.is_empty() {
            Ok(entity)
        } else {
            Err(Error::Invalid(self.wrong))
        }
    }

    fn take(&mut self, field: &str) -> Option<Value> {
        self.map
            .get(field)
            .filter(|value| !value.is_null())
            .cloned()
    }

    /// A text.
    pub(super) fn text(&mut self, field: &str) -> Option<String> {
        match self.take(field)? {
            Value::String(text) => Some(text),
            _ => self.refused(field, "must be a string"),
        }
    }

    /// A text that is one of these words.
    pub(super) fn word(&mut self, field: &str, words: &[&str], default: &str) -> String {
        match self.text(field) {
            Some(text) if words.contains(&text.as_str()) => text,
            Some(_) => {
                self.refuse(field, format!("must be one of {}", words.join(", ")));
                default.to_owned()
            }
            None => default.to_owned(),
        }
    }

    /// A truth value.
    pub(super) fn flag(&mut self, field: &str) -> Option<bool> {
        match self.take(field)? {
            Value::Bool(flag) => Some(flag),
            _ => self.refused(field, "must be true or false"),
        }
    }

    /// A whole number within bounds.
    pub(super) fn number(&mut self, field: &str, least: i64, most: i64) -> Option<i64> {
        match self.take(field)?.as_i64() {
            Some(number) if (least..=most).contains(&number) => Some(number),
            _ => self.refused(
                field,
                &format!("must be a whole number from {least} to {most}"),
            ),
        }
    }

    /// A list of texts, none of them empty.
    pub(super) fn texts(&mut self, field: &str) -> Option<Vec<String>> {
        let Value::Array(items) = self.take(field)? else {
            return self.refused(field, "must be a list of strings");
        };
        let texts: Option<Vec<String>> = items
            .iter()
            .map(|item| {
                item.as_str()
                    .filter(|text| !text.is_empty())
                    .map(str::to_owned)
            })
            .collect();
        texts.or_else(|| self.refused(field, "must be a list of strings that are not empty"))
    }

    /// Header names, in lower case, and their values.
    pub(super) fn headers(&mut self, field: &str) -> Option<BTreeMap<String, Vec<String>>> {
        let value = self.take(field)?;
        match serde_json::from_value::<BTreeMap<String, Vec<String>>>(value) {
            Ok(headers) => Some(
                headers
                    .into_iter()
                    .map(|(name, values)| (name.to_ascii_lowercase(), values))
                    .collect(),
            ),
            Err(_) => self.refused(field, "must map header names to lists of values"),
        }
    }

    /// The `id` of a reference `{"id": …}`.
    pub(super) fn reference(&mut self, field: &str) -> Option<String> {
        let value = self.take(field)?;
        match value.get("id").and_then(Value::as_str) {
            Some(id) => Some(id.to_owned()),
            None => self.refused(field, "must be an object with an id"),
        }
    }

    /// A value that is kept as it was sent, if it is a list.
    pub(super) fn list(&mut self, field: &str) -> Option<Value> {
        let value = self.take(field)?;
        if value.is_array() {
            Some(value)
        } else {
            self.refused(field, "must be a list")
        }
    }

    fn refused<T>(&mut self, field: &str, message: &str) -> Option<T> {
        self.refuse(field, message);
        None
    }
}

/// A name of an entity: what Kong accepts.
pub(super) fn is_name(name: &str) -> bool {
    (1..=128).contains(&name.chars().count())
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '~'))
}
