//! A schema as the list of what it is put together from: what it refers to, its `allOf`, and itself.
//!
//! Source: OpenAPI 3.1 §4.8.24, JSON Schema 2020-12 §10.2.

use serde_json::Value;

use super::document::{Document, array};

/// How many parts one schema may have.
const PARTS: usize = 64;
/// How many properties of one are looked at: more than a page tells.
const PROPERTIES: usize = 1000;

/// The parts of one schema; what comes later counts more.
#[derive(Debug, Default)]
pub(super) struct Layers<'a> {
    pub(super) parts: Vec<&'a Value>,
    /// What references led to on the way, so that they are not gone again below.
    pub(super) targets: Vec<&'a Value>,
    /// The name under which the components have the whole.
    pub(super) name: Option<&'a str>,
    /// References that lead nowhere.
    pub(super) broken: Vec<&'a str>,
    /// `null` is one of the alternatives.
    pub(super) nullable: bool,
    /// The alternatives, where there is more than one: the word for them, what says which one it is, and they.
    pub(super) choices: Vec<(&'static str, Option<&'a Value>, Vec<&'a Value>)>,
}

impl<'a> Layers<'a> {
    pub(super) fn of(document: &'a Document, value: &'a Value) -> Self {
        let mut layers = Self::default();
        layers.add(document, value);
        layers.name = named(document, value);
        layers
    }

    fn add(&mut self, document: &'a Document, value: &'a Value) {
        if self.parts.len() >= PARTS || self.targets.len() >= PARTS {
            return;
        }
        if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            match document.resolve(value) {
                Err(_) => self.broken.push(reference),
                Ok(target) => {
                    if !self
                        .targets
                        .iter()
                        .any(|seen| std::ptr::eq(*seen, target.value))
                    {
                        self.targets.push(target.value);
                        self.add(document, target.value);
                    }
                }
            }
        }
        for part in array(&value["allOf"]) {
            self.add(document, part);
        }
        for word in ["oneOf", "anyOf"] {
            let options: Vec<&Value> = array(&value[word]).collect();
            let (nothing, some): (Vec<&Value>, Vec<&Value>) =
                options.into_iter().partition(|o| is_null(o));
            self.nullable |= !nothing.is_empty();
            match some.as_slice() {
                [] => {}
                // One alternative is none.
                [only] => self.add(document, only),
                _ => self.choices.push((word, value.get("discriminator"), some)),
            }
        }
        self.parts.push(value);
    }

    /// The last part that has something under `name`.
    pub(super) fn last(&self, name: &str) -> Option<&'a Value> {
        self.parts.iter().rev().find_map(|part| part.get(name))
    }

    pub(super) fn text(&self, name: &str) -> Option<&'a str> {
        let found = self.last(name).and_then(Value::as_str).map(str::trim);
        found.filter(|text| !text.is_empty())
    }

    pub(super) fn says(&self, name: &str) -> bool {
        self.last(name) == Some(&Value::Bool(true))
    }

    /// The types but `null`, and whether that is one.
    pub(super) fn types(&self) -> (Vec<&'a str>, bool) {
        let mut types = Vec::new();
        let mut nullable = self.nullable || self.says("nullable") || self.says("x-nullable");
        for part in &self.parts {
            let said = &part["type"];
            for name in array(said).chain(Some(said)).filter_map(Value::as_str) {
                match name {
                    "null" => nullable = true,
                    name if !types.contains(&name) => types.push(name),
                    _ => {}
                }
            }
        }
        if types.is_empty() {
            if self.parts.iter().any(|part| part["properties"].is_object()) {
                types.push("object");
            } else if self.parts.iter().any(|part| part["items"].is_object()) {
                types.push("array");
            }
        }
        (types, nullable)
    }

    /// The properties in order, each once; what a later part says of one counts.
    pub(super) fn properties(&self) -> Vec<(&'a str, &'a Value)> {
        let mut found: Vec<(&str, &Value)> = Vec::new();
        let all = self.parts.iter().map(|part| &part["properties"]);
        let all = all.filter_map(Value::as_object).flatten();
        for (name, value) in all.take(PROPERTIES) {
            match found.iter_mut().find(|(known, _)| known == name) {
                Some(known) => known.1 = value,
                None => found.push((name, value)),
            }
        }
        found
    }

    pub(super) fn requires(&self, property: &str) -> bool {
        let lists = self.parts.iter().map(|part| &part["required"]);
        lists.flat_map(array).any(|name| name == property)
    }
}

/// The name of a schema that is a component: by its own reference, or that of its only part (the way of
/// OpenAPI 3.0 to say something beside a reference).
fn named<'a>(document: &'a Document, value: &'a Value) -> Option<&'a str> {
    if value.get("$ref").is_some() {
        return document.resolve(value).ok()?.name;
    }
    let mut said = ["allOf", "oneOf", "anyOf"]
        .iter()
        .filter_map(|word| value.get(word)?.as_array());
    let (parts, other) = (said.next()?, said.next());
    let mut some = parts.iter().filter(|part| !is_null(part));
    match (some.next(), some.next(), other, value.get("properties")) {
        (Some(only), None, None, None) => named(document, only),
        _ => None,
    }
}

fn is_null(schema: &Value) -> bool {
    schema["type"] == "null" || schema["const"] == Value::Null && schema.get("const").is_some()
}
