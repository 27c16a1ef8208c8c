//! An example of a schema, where the document gives none.

use serde_json::{Map, Value, json};

use super::document::{Document, array};
use super::layers::Layers;
use super::operation::{self, Example};
use super::schema::Direction;

/// How many values an example is made of at most.
const VALUES: usize = 400;
const DEEP: usize = 10;

/// A value that the schema allows, as far as its types say.
pub(super) fn of(document: &Document, direction: Direction, schema: &Value) -> Value {
    let mut maker = Maker {
        document,
        direction,
        left: VALUES,
        above: Vec::new(),
    };
    maker.make(schema).unwrap_or(Value::Null)
}

/// The same as text, for a schema by itself.
pub(crate) fn written(document: &Document, schema: &Value) -> Example {
    match of(document, Direction::Both, schema) {
        Value::Null => Example::default(),
        made => operation::written("application/json", "", &made),
    }
}

struct Maker<'a> {
    document: &'a Document,
    direction: Direction,
    left: usize,
    above: Vec<&'a Value>,
}

impl<'a> Maker<'a> {
    /// Nothing where the schema holds itself, or the example is long enough.
    fn make(&mut self, schema: &'a Value) -> Option<Value> {
        let layers = Layers::of(self.document, schema);
        let here = layers.targets.iter().chain(Some(&schema));
        let here: Vec<&Value> = here.copied().collect();
        let again = |seen: &&Value| here.iter().any(|one| std::ptr::eq(*one, *seen));
        if self.left == 0 || self.above.len() > DEEP * 2 || self.above.iter().any(again) {
            return None;
        }
        self.left -= 1;
        if let Some(given) = given(&layers) {
            return Some(given.clone());
        }
        let above = self.above.len();
        self.above.extend(here);
        let made = self.inner(&layers);
        self.above.truncate(above);
        made
    }

    fn inner(&mut self, layers: &Layers<'a>) -> Option<Value> {
        let chosen = layers
            .choices
            .first()
            .and_then(|(_, discriminator, options)| {
                let mut made = options.iter().find_map(|option| self.make(option))?;
                self.tell_apart(*discriminator, options[0], &mut made);
                Some(made)
            });
        let types = layers.types().0;
        let kind = types.first().copied();
        if matches!(kind, None | Some("object")) {
            let mut object = self.object(layers);
            if let Some(Value::Object(more)) = &chosen {
                object.extend(more.clone());
            }
            return match (object.is_empty() && kind.is_none(), chosen) {
                (true, chosen) => chosen.or(Some(Value::Null)),
                (false, Some(chosen)) if !chosen.is_object() => Some(chosen),
                (false, _) => Some(Value::Object(object)),
            };
        }
        if chosen.is_some() {
            return chosen;
        }
        Some(match kind {
            Some("array") => {
                let items = layers.last("prefixItems").or_else(|| layers.last("items"));
                match items {
                    Some(Value::Array(all)) => {
                        all.iter().filter_map(|item| self.make(item)).collect()
                    }
                    Some(one) => self.make(one).into_iter().collect(),
                    None => json!([]),
                }
            }
            Some("boolean") => json!(true),
            Some("integer" | "number") => number(layers),
            _ => json!(string(layers)),
        })
    }

    fn object(&mut self, layers: &Layers<'a>) -> Map<String, Value> {
        let mut object = Map::new();
        for (name, value) in layers.properties() {
            let of = Layers::of(self.document, value);
            let hidden = self.direction.hides(&of);
            if !hidden
                && !of.says("deprecated")
                && let Some(made) = self.make(value)
            {
                object.insert(name.to_owned(), made);
            }
        }
        if object.is_empty()
            && let Some(others) = layers
                .last("additionalProperties")
                .filter(|o| o.is_object())
            && let Some(made) = self.make(others)
        {
            object.insert("key".to_owned(), made);
        }
        object
    }

    /// The first alternative says that it is that one.
    fn tell_apart(&self, discriminator: Option<&Value>, option: &Value, made: &mut Value) {
        let Some(discriminator) = discriminator else {
            return;
        };
        let (Some(property), Some(object)) =
            (discriminator["propertyName"].as_str(), made.as_object_mut())
        else {
            return;
        };
        let name = self
            .document
            .resolve(option)
            .ok()
            .and_then(|target| target.name);
        let mut mapping = discriminator["mapping"].as_object().into_iter().flatten();
        let mapped = mapping.find(|(_, to)| Some(*to) == option.get("$ref") || to.as_str() == name);
        if let Some(value) = mapped.map(|(value, _)| value.as_str()).or(name) {
            object.insert(property.to_owned(), value.into());
        }
    }
}

/// What the document says itself.
fn given<'a>(layers: &Layers<'a>) -> Option<&'a Value> {
    let first = |name| layers.last(name).and_then(|all| array(all).next());
    layers
        .last("example")
        .or_else(|| first("examples"))
        .or_else(|| layers.last("default").filter(|value| !value.is_null()))
        .or_else(|| layers.last("const"))
        .or_else(|| first("enum"))
}

fn number(layers: &Layers<'_>) -> Value {
    let least = layers.last("minimum").filter(|value| value.is_number());
    let edge = layers.last("exclusiveMinimum").and_then(Value::as_i64);
    match (least, edge) {
        (Some(least), _) => least.clone(),
        (None, Some(edge)) => json!(edge.saturating_add(1)),
        _ => json!(0),
    }
}

fn string(layers: &Layers<'_>) -> &'static str {
    match layers.text("format") {
        Some("date-time") => "2030-01-31T09:30:00Z",
        Some("date") => "2030-01-31",
        Some("time") => "09:30:00Z",
        Some("duration") => "PT1H",
        Some("email" | "idn-email") => "name@example.com",
        Some("uuid") => "3fa85f64-5717-4562-b3fc-2c963f66afa6",
        Some("uri" | "url" | "iri") => "https://example.com/",
        Some("uri-reference" | "iri-reference") => "/path",
        Some("hostname" | "idn-hostname") => "example.com",
        Some("ipv4") => "192.0.2.1",
        Some("ipv6") => "2001:db8::1",
        Some("byte") => "dGV4dA==",
        _ => "string",
    }
}
