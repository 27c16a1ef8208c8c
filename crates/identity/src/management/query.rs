//! Query parameters and the fields that a caller chooses.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::Error;
use crate::management::problem::Problem;
use crate::model::Members;

/// The query string's parameters, in order. Unknown ones are ignored: client libraries add their own.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl<S: Sync> FromRequestParts<S> for Query {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let raw = parts.uri.query().unwrap_or_default();
        let pairs = url::form_urlencoded::parse(raw.as_bytes());
        let pairs: Vec<_> = pairs
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        if pairs.iter().any(|(_, value)| value.contains('\0')) {
            return Err(Problem(Error::Invalid {
                code: "invalid_query_string",
                message: "Query validation error: 'String holds the NUL character (U+0000)'."
                    .into(),
            }));
        }
        Ok(Self(pairs))
    }
}

impl Query {
    /// The parameter's first value; an empty one counts as absent.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.all(name).next().filter(|value| !value.is_empty())
    }

    /// The same query, paged by checkpoint whether it says so or not.
    pub(crate) fn by_checkpoint(&self) -> Self {
        let mut query = self.clone();
        if query.text("take").is_none() && query.text("from").is_none() {
            query.0.push(("take".to_owned(), "50".to_owned()));
        }
        query
    }

    /// Every value of a parameter that may be repeated.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let pairs = self.0.iter().filter(move |(key, _)| key == name);
        pairs.map(|(_, value)| value.as_str())
    }

    /// The items of a comma list.
    pub(crate) fn list(&self, name: &str) -> Option<Vec<&str>> {
        let text = self.text(name)?;
        Some(
            text.split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty())
                .collect(),
        )
    }

    pub(crate) fn boolean(&self, name: &str) -> Result<Option<bool>, Error> {
        match self.text(name) {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(_) => Err(self.fault(name, "Expected type boolean but found type string")),
        }
    }

    pub(crate) fn integer(&self, name: &str, min: i64, max: i64) -> Result<Option<i64>, Error> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        let Ok(number) = text.parse::<i64>() else {
            return Err(self.fault(name, "Expected type integer but found type string"));
        };
        if number < min {
            let sentence = format!("Value {number} is less than minimum {min}");
            return Err(self.fault(name, &sentence));
        }
        if number > max {
            let sentence = format!("Value {number} is greater than maximum {max}");
            return Err(self.fault(name, &sentence));
        }
        Ok(Some(number))
    }

    /// What is wrong with a parameter, in the vendor's shape.
    pub(crate) fn fault(&self, name: &str, sentence: &str) -> Error {
        Error::Invalid {
            code: "invalid_query_string",
            message: format!("Query validation error: '{sentence}' on property {name}.").into(),
        }
    }

    /// The members that the caller wants to see.
    pub(crate) fn fields(&self) -> Result<Fields, Error> {
        let include = self.boolean("include_fields")?.unwrap_or(true);
        let names = self.list("fields").map(|names| {
            names
                .into_iter()
                .map(|name| {
                    // `jwt_configuration.alg` chooses the whole member.
                    name.split('.').next().unwrap_or(name).to_owned()
                })
                .collect()
        });
        Ok(Fields { names, include })
    }
}

/// A choice of members: `fields=a,b&include_fields=true|false`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fields {
    names: Option<Vec<String>>,
    include: bool,
}

impl Fields {
    /// Whether the caller asked for this member by name.
    pub(crate) fn names(&self, member: &str) -> bool {
        self.include && self.names.iter().flatten().any(|name| name == member)
    }

    /// Whether this member will be shown.
    pub(crate) fn takes(&self, member: &str) -> bool {
        match &self.names {
            None => true,
            Some(names) => names.iter().any(|name| name == member) == self.include,
        }
    }

    /// Takes away what was not asked for.
    pub(crate) fn choose(&self, mut members: Members) -> Members {
        members.retain(|member, _| self.takes(member));
        members
    }
}
