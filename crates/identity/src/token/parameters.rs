//! The parameters of a token request: a form, or JSON.

use serde_json::Value;

use super::refusal::Refusal;

/// Parameters by name, each once.
#[derive(Default)]
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Reads a body.
    ///
    /// JSON members that are `null` count as absent (the vendor's Python library sends
    /// `"organization": null`), numbers and booleans as their text, objects and arrays are ignored
    /// like any parameter this endpoint does not know.
    ///
    /// # Errors
    /// `invalid_request` for a body that is neither, or a parameter that is there twice
    /// (RFC 6749 §3.2).
    pub(super) fn read(content_type: Option<&str>, body: &[u8]) -> Result<Self, Refusal> {
        let media_type = content_type
            .and_then(|value| value.split(';').next())
            .unwrap_or_default()
            .trim();
        let is_json = media_type.eq_ignore_ascii_case("application/json")
            || (media_type.is_empty() && body.first() == Some(&b'{'));
        let is_form = media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded");
        if !is_json && !is_form && !media_type.is_empty() {
            return Err(Refusal::invalid_request(
                "send the parameters as application/x-www-form-urlencoded or application/json",
            ));
        }
        let parameters = if is_json {
            Self::json(body)?
        } else {
            Self::form(body)
        };
        parameters.check()
    }

    fn form(body: &[u8]) -> Self {
        let pairs = url::form_urlencoded::parse(body);
        Self(
            pairs
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect(),
        )
    }

    fn json(body: &[u8]) -> Result<Self, Refusal> {
        let value: Value = serde_json::from_slice(body)
            .map_err(|error| Refusal::invalid_request(format!("the body is not JSON: {error}")))?;
        let Value::Object(members) = value else {
            return Err(Refusal::invalid_request("the body must be a JSON object"));
        };
        let text = |(name, value)| match value {
            Value::String(text) => Some((name, text)),
            Value::Number(number) => Some((name, number.to_string())),
            Value::Bool(flag) => Some((name, flag.to_string())),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        };
        Ok(Self(members.into_iter().filter_map(text).collect()))
    }

    fn check(self) -> Result<Self, Refusal> {
        for (index, (name, value)) in self.0.iter().enumerate() {
            if self.0[..index].iter().any(|(other, _)| other == name) {
                let name: String = name.chars().take(40).collect();
                return Err(Refusal::invalid_request(format!(
                    "the parameter {name} must not be repeated"
                )));
            }
            if value.contains('\0') {
                return Err(Refusal::invalid_request(
                    "parameters must not hold the NUL character",
                ));
            }
        }
        Ok(self)
    }

    /// Every parameter that is not empty.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.0.iter();
        pairs
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .filter(|(_, value)| !value.is_empty())
    }

    /// A parameter's value; an empty one counts as absent (RFC 6749 §3.2).
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let mut pairs = self.0.iter();
        let (_, value) = pairs.find(|(key, _)| key == name)?;
        Some(value.as_str()).filter(|value| !value.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Parameters;

    #[test]
    fn a_form_and_json_say_the_same() {
        let form = Parameters::read(
            Some("application/x-www-form-urlencoded; charset=utf-8"),
            b"grant_type=client_credentials&audience=https%3A%2F%2Fapi",
        )
        .unwrap();
        let json = Parameters::read(
            Some("application/json"),
            br#"{"grant_type":"client_credentials","audience":"https://api","organization":null,"n":{}}"#,
        )
        .unwrap();
        for parameters in [form, json] {
            assert_eq!(parameters.get("grant_type"), Some("client_credentials"));
            assert_eq!(parameters.get("audience"), Some("https://api"));
            assert_eq!(parameters.get("organization"), None);
        }
    }

    #[test]
    fn doubtful_bodies_are_refused() {
        for (content_type, body) in [
            (Some("text/xml"), &b"<a/>"[..]),
            (Some("application/json"), b"[]"),
            (Some("application/json"), b"{"),
            (Some("application/x-www-form-urlencoded"), b"a=1&a=2"),
            (Some("application/x-www-form-urlencoded"), b"a=%00"),
        ] {
            assert!(Parameters::read(content_type, body).is_err());
        }
    }

    fn names_are_there_once(content_type: Option<&str>, body: &[u8]) {
        if let Ok(parameters) = Parameters::read(content_type, body) {
            let mut names: Vec<&str> = parameters.iter().map(|(name, _)| name).collect();
            let count = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), count);
            for (_, value) in parameters.iter() {
                assert!(!value.is_empty() && !value.contains('\0'));
            }
        }
    }

    /// A fuzz target: a body without a type is a form, or JSON that begins with a brace.
    #[test]
    fn fuzz() {
        bolero::check!().for_each(|body| names_are_there_once(None, body));
    }

    proptest! {
        #[test]
        fn no_body_makes_the_reader_panic_or_gives_a_name_twice(
            content_type in prop::option::of("(application/json|application/x-www-form-urlencoded|[a-z/;= ]{0,20})"),
            body in prop::collection::vec(any::<u8>(), 0..300),
        ) {
            names_are_there_once(content_type.as_deref(), &body);
        }

        #[test]
        fn what_a_form_says_is_read_back(name in "\\PC{1,20}", value in "\\PC{1,60}") {
            let form = url::form_urlencoded::Serializer::new(String::new())
                .append_pair(&name, &value)
                .finish();
            let content_type = Some("application/x-www-form-urlencoded");
            let parameters = Parameters::read(content_type, form.as_bytes()).unwrap();
            prop_assert_eq!(parameters.get(&name), Some(value.as_str()));
            let json = serde_json::json!({ name.clone(): value }).to_string();
            let parameters = Parameters::read(Some("application/json"), json.as_bytes()).unwrap();
            prop_assert_eq!(parameters.get(&name), Some(value.as_str()));
        }
    }
}
