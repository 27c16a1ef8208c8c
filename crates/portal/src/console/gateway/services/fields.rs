//! The form of a service.

use serde_json::{Map, Value, json};
use web::components::{Field, FieldErrors, switch};
use web::{Input, Markup, Text, as_lines, as_text, html};

use super::{Told, upstream};
use crate::Error;
use crate::console::Refused;
use crate::model::Service;
use crate::service::core_entities::service::show;

/// Every field with its label.
const LABELS: [(&str, &str); 7] = [
    ("name", "name"),
    ("url", "services-upstream"),
    ("retries", "services-retries"),
    ("connect_timeout", "services-connect"),
    ("write_timeout", "services-write"),
    ("read_timeout", "services-read"),
    ("tags", "tags"),
];

/// What the address of the upstream is made of.
const PARTS: [&str; 4] = ["protocol", "host", "port", "path"];

/// A service as the form has it.
pub(super) fn shown(service: &Service) -> Map<String, Value> {
    let mut map = match show(service) {
        Value::Object(map) => map,
        _ => Map::new(),
    };
    map.insert("url".into(), json!(upstream(service)));
    map
}

/// What a new one has.
pub(super) fn fresh() -> Map<String, Value> {
    let mut map = Map::new();
    map.insert("retries".into(), json!(5));
    map.insert("enabled".into(), json!(true));
    for field in ["connect_timeout", "write_timeout", "read_timeout"] {
        map.insert(field.into(), json!(60_000));
    }
    map
}

/// The form over what was there: what it does not show stays as it is.
pub(super) fn body(input: &Input, mut map: Map<String, Value>) -> Map<String, Value> {
    for part in PARTS {
        map.remove(part);
    }
    let text = |name: &str| match input.text(name) {
        "" => Value::Null,
        text => json!(text),
    };
    map.insert("name".into(), text("name"));
    map.insert("url".into(), json!(input.text("url")));
    for field in [
        "retries",
        "connect_timeout",
        "write_timeout",
        "read_timeout",
    ] {
        map.insert(field.into(), input.number(field));
    }
    map.insert("enabled".into(), json!(input.is_on("enabled")));
    map.insert("tags".into(), input.lines("tags"));
    map
}

/// What to say of a refusal. What is wrong with a part of the address is wrong with the address.
pub(super) fn told(text: Text, error: Error) -> Result<Told, Refused> {
    let error = match error {
        Error::Invalid(mut found) => {
            for violation in &mut found {
                if PARTS.contains(&violation.field.as_str()) {
                    violation.field = "url".into();
                }
            }
            found.dedup_by(|later, first| later.field == first.field);
            Error::Invalid(found)
        }
        other => other,
    };
    Told::of(
        text,
        error,
        &LABELS.map(|(field, id)| (field, text.get(id))),
        "name",
    )
}

pub(super) fn fields(text: Text, map: &Map<String, Value>, errors: &FieldErrors) -> Markup {
    let labels = LABELS.map(|(_, id)| text.get(id));
    let value = |name: &str| as_text(map.get(name));
    let hints = [
        "services-name-hint",
        "services-url-hint",
        "services-retries-hint",
        "services-timeout-hint",
        "tags-hint",
    ]
    .map(|id| text.get(id));
    let label = text.get("services-enabled");
    let is_on = map.get("enabled").and_then(Value::as_bool).unwrap_or(true);
    let enabled = switch(text, "services-enabled", is_on);
    let (name, url, retries) = (value("name"), value("url"), value("retries"));
    let waits =
        ["connect_timeout", "write_timeout", "read_timeout"].map(|name| (name, value(name)));
    let tags = as_lines(map.get("tags"));
    html! {
        (Field::line(text, "name", &labels[0]).value(&name).hint(&hints[0]).error(errors.of("name")).max_length(128).optional())
        (Field::url(text, "url", &labels[1]).value(&url).hint(&hints[1]).error(errors.of("url")).max_length(2048))
        (Field::line(text, "retries", &labels[2]).value(&retries).hint(&hints[2]).error(errors.of("retries")).max_length(5))
        @for (at, (name, value)) in waits.iter().enumerate() {
            (Field::line(text, name, &labels[3 + at]).value(value).hint(&hints[3]).error(errors.of(name)).max_length(10))
        }
        (Field::area(text, "tags", &labels[6]).value(&tags).hint(&hints[4]).rows(2).error(errors.of("tags")).optional())
        (Field::checkboxes(text, "enabled", &label, &enabled))
    }
}
