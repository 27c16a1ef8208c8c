//! What a schema asks of a value beyond its type.
//!
//! Source: JSON Schema 2020-12 (validation) §6; OpenAPI 3.0 §4.7.24 for its `exclusiveMinimum: true`.

use serde_json::Value;

use super::layers::Layers;

/// A rule: the word for it in the locale files (`reference-rule-…`), and what it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) word: &'static str,
    pub(crate) value: String,
}

const PLAIN: [(&str, &str); 10] = [
    ("multipleOf", "multiple"),
    ("minLength", "min-length"),
    ("maxLength", "max-length"),
    ("minItems", "min-items"),
    ("maxItems", "max-items"),
    ("minProperties", "min-properties"),
    ("maxProperties", "max-properties"),
    ("pattern", "pattern"),
    ("contentEncoding", "encoding"),
    ("contentMediaType", "media-type"),
];

pub(super) fn of(layers: &Layers<'_>) -> Vec<Rule> {
    let mut rules = Vec::new();
    let mut add = |word, value: &Value| {
        let value = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return,
        };
        rules.push(Rule { word, value });
    };
    for (limit, exclusive, word, beyond) in [
        ("minimum", "exclusiveMinimum", "min", "above"),
        ("maximum", "exclusiveMaximum", "max", "below"),
    ] {
        match (layers.last(limit), layers.last(exclusive)) {
            (Some(value), Some(Value::Bool(true))) => add(beyond, value),
            (value, edge) => {
                for (word, value) in [(word, value), (beyond, edge)] {
                    if let Some(value) = value {
                        add(word, value);
                    }
                }
            }
        }
    }
    for (name, word) in PLAIN {
        match layers.last(name) {
            Some(value) if word != "min-length" || value != 0 => add(word, value),
            _ => {}
        }
    }
    if layers.says("uniqueItems") {
        add("unique", &Value::String(String::new()));
    }
    rules
}
