//! The parameters of an authorization request: a query, a form, or what a request object holds.

use serde_json::Value;

use super::refusal::Refusal;
use crate::model::Members;

/// Parameters in order, as they were sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Reads `application/x-www-form-urlencoded`.
    pub(crate) fn form(text: &[u8]) -> Self {
        let pairs = url::form_urlencoded::parse(text);
        Self(
            pairs
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect(),
        )
    }

    /// The claims of a request object (RFC 9101 §4): numbers and booleans as their text, objects as
    /// JSON, and of lists of texts each text.
    pub(crate) fn claims(claims: Members) -> Self {
        let mut pairs = Vec::new();
        for (name, value) in claims {
            match value {
                Value::Null => {}
                Value::String(text) => pairs.push((name, text)),
                Value::Array(list) => {
                    let texts = list.into_iter().filter_map(|item| match item {
                        Value::String(text) => Some((name.clone(), text)),
                        _ => None,
                    });
                    pairs.extend(texts);
                }
                other => pairs.push((name, other.to_string())),
            }
        }
        Self(pairs)
    }

    /// What was pushed beforehand (RFC 9126).
    pub(crate) const fn pushed(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// A parameter's value; an empty one counts as absent (RFC 6749 §3.1).
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// Every value of a parameter that may be repeated.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0
            .iter()
            .filter(move |(own, value)| own == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// Name and value of each.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// How often a parameter was sent, empty or not.
    fn count(&self, name: &str) -> usize {
        self.0.iter().filter(|(own, _)| own == name).count()
    }

    /// The parameter, if it is there once at most.
    ///
    /// # Errors
    /// `invalid_request` if it is repeated (RFC 6749 §3.1).
    pub(crate) fn once(&self, name: &'static str) -> Result<Option<&str>, Refusal> {
        match self.count(name) {
            0 | 1 => Ok(self.get(name)),
            _ => Err(Refusal::repeated(name)),
        }
    }

    /// A text that goes into a page or a token and needs no more than `limit` characters.
    ///
    /// # Errors
    /// `invalid_request` if it is longer.
    pub(crate) fn short(&self, name: &'static str, limit: usize) -> Result<Option<&str>, Refusal> {
        match self.get(name) {
            Some(text) if text.chars().count() > limit => Err(Refusal::invalid_request(format!(
                "the parameter {name} is too long: at most {limit} characters"
            ))),
            text => Ok(text),
        }
    }
}

/// Step: is every parameter there once? `resource` alone may be repeated (RFC 8707 §2).
///
/// # Errors
/// `invalid_request`, for a parameter that this endpoint does not know too: what two readers
/// understand differently is how one of them is fooled.
pub(crate) fn each_once(parameters: &Parameters) -> Result<(), Refusal> {
    let mut names: Vec<&str> = parameters.iter().map(|(name, _)| name).collect();
    names.sort_unstable();
    let twice = names
        .windows(2)
        .find(|pair| pair[0] == pair[1] && pair[0] != "resource");
    if let Some(pair) = twice {
        return Err(Refusal::repeated(pair[0]));
    }
    match parameters.iter().any(|(_, value)| value.contains('\0')) {
        true => Err(Refusal::invalid_request(
            "parameters must not hold the NUL character",
        )),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Parameters, each_once};

    #[test]
    fn a_repeated_parameter_is_refused_and_a_resource_may_be_repeated() {
        assert!(each_once(&Parameters::form(b"a=1&b=2&resource=x&resource=y")).is_ok());
        assert!(each_once(&Parameters::form(b"a=1&b=2&a=1")).is_err());
        assert!(each_once(&Parameters::form(b"a=&a=1")).is_err());
        assert!(each_once(&Parameters::form(b"a=%00")).is_err());
    }

    #[test]
    fn claims_become_parameters() {
        let claims = serde_json::json!({
            "max_age": 10, "claims": { "a": 1 }, "aud": ["x", "y"], "nonce": null, "state": "s"
        });
        let serde_json::Value::Object(claims) = claims else {
            unreachable!()
        };
        let read = Parameters::claims(claims);
        assert_eq!(read.get("max_age"), Some("10"));
        assert_eq!(read.get("claims"), Some(r#"{"a":1}"#));
        assert_eq!(read.all("aud").count(), 2);
        assert_eq!(read.get("nonce"), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let read = Parameters::form(&bytes);
            let _ = each_once(&read);
            let _ = read.once("client_id");
        }
    }
}
