//! What a form sent, and how it reads as the JSON of an API: for pages that do what an API does.

use serde::Deserialize;
use serde_json::{Value, json};

/// The fields of a form, in their order; names may repeat.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Input(Vec<(String, String)>);

impl Input {
    /// The fields of a form that was read otherwise.
    pub(crate) const fn new(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// The first value of a field, without space around it; empty if there is none.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value.trim())
    }

    /// Every value of a field.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let fitting = self.0.iter().filter(move |(key, _)| key == name);
        fitting.map(|(_, value)| value.as_str())
    }

    /// Every field with its value, in their order.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.0.iter();
        pairs.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether a box was ticked.
    #[must_use]
    pub fn is_on(&self, name: &str) -> bool {
        self.text(name) == "on"
    }

    /// The lines of a field, empty ones left out, as a JSON array. A comma ends a line, too.
    #[must_use]
    pub fn lines(&self, name: &str) -> Value {
        let lines = self.text(name).split(['\n', '\r', ',']);
        let lines: Vec<&str> = lines
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect();
        json!(lines)
    }

    /// A whole number, or the text as it came, for the validation to complain about.
    #[must_use]
    pub fn number(&self, name: &str) -> Value {
        let text = self.text(name);
        text.parse::<i64>()
            .map_or_else(|_| json!(text), |number| json!(number))
    }
}

/// An array of texts as lines.
#[must_use]
pub fn as_lines(value: Option<&Value>) -> String {
    let items = value.and_then(Value::as_array).into_iter().flatten();
    let lines: Vec<&str> = items.filter_map(Value::as_str).collect();
    lines.join("\n")
}

/// A text, or nothing.
#[must_use]
pub fn as_text(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(number @ Value::Number(_)) => number.to_string(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Input;

    #[test]
    fn a_form_reads_as_json() {
        let pairs = [
            (
                "urls",
                "https://a.example\r\n\r\n https://b.example , https://c.example",
            ),
            ("grant", "implicit"),
            ("grant", "refresh_token"),
            ("seconds", "3600"),
            ("wrong", "3600s"),
            ("on", "on"),
        ];
        let input = Input(pairs.map(|(n, v)| (n.to_owned(), v.to_owned())).to_vec());
        let urls = [
            "https://a.example",
            "https://b.example",
            "https://c.example",
        ];
        assert_eq!(input.lines("urls"), json!(urls));
        let grants: Vec<&str> = input.all("grant").collect();
        assert_eq!(grants, ["implicit", "refresh_token"]);
        assert_eq!(input.number("seconds"), 3600);
        assert_eq!(input.number("wrong"), "3600s");
        assert!(input.is_on("on") && !input.is_on("off"));
    }
}
