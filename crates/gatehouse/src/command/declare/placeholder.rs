//! `${NAME}` as a whole value: the environment variable that holds it.

use serde_json::Value;

/// The environment variables of this process.
pub(super) struct Variables(Vec<(String, String)>);

impl Variables {
    pub(super) const fn new(all: Vec<(String, String)>) -> Self {
        Self(all)
    }

    pub(super) fn get(&self, name: &str) -> Option<String> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.clone())
    }
}

/// The name of the variable for which a value stands.
pub(super) fn placeholder(value: &Value) -> Option<&str> {
    let name = value.as_str()?.strip_prefix("${")?.strip_suffix('}')?;
    let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    (!name.is_empty() && name.bytes().all(fits)).then_some(name)
}

/// A value that looks like a placeholder and is none begins with one `$` more.
pub(super) fn escaped(value: Value) -> Value {
    match value {
        Value::String(text)
            if text.trim_start_matches('$').starts_with('{') && text.starts_with('$') =>
        {
            format!("${text}").into()
        }
        Value::Array(items) => items.into_iter().map(escaped).collect(),
        Value::Object(members) => members
            .into_iter()
            .map(|(name, value)| (name, escaped(value)))
            .collect(),
        other => other,
    }
}

/// What [`escaped`] made of a text, as it was.
pub(super) fn unescaped(value: &Value) -> Value {
    match value.as_str().and_then(|text| text.strip_prefix('$')) {
        Some(rest) if rest.starts_with('$') && rest.trim_start_matches('$').starts_with('{') => {
            rest.into()
        }
        _ => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{escaped, placeholder, unescaped};

    #[test]
    fn only_a_whole_value_is_a_placeholder() {
        assert_eq!(placeholder(&json!("${API_KEY_1}")), Some("API_KEY_1"));
        for other in [
            json!("x${API_KEY}"),
            json!("${}"),
            json!("${a b}"),
            json!("$${API_KEY}"),
            json!(1),
        ] {
            assert_eq!(placeholder(&other), None);
        }
    }

    #[test]
    fn what_looks_like_a_placeholder_comes_back_as_it_was() {
        for text in ["${HOME}", "$${HOME}", "$", "$5", "a ${HOME}", "{}", "${"] {
            let written = escaped(json!(text));
            assert_eq!(placeholder(&written), None, "{written}");
            assert_eq!(unescaped(&written), text);
        }
    }
}
