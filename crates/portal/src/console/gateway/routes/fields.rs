//! The form of a route.

use serde_json::{Map, Value, json};
use web::components::{Choice, Field, FieldErrors, choice, switch};
use web::{Input, Markup, Text, as_lines, as_text, html};

use super::Told;
use crate::console::Refused;
use crate::console::gateway::services;
use crate::model::{ControlPlaneId, Route};
use crate::service::core_entities::route::show;
use crate::store::listing::Listing;
use crate::{Error, Portal, store};

/// Every field with its label.
const LABELS: [(&str, &str); 9] = [
    ("name", "name"),
    ("service", "routes-service"),
    ("protocols", "routes-protocols"),
    ("methods", "routes-methods"),
    ("hosts", "routes-hosts"),
    ("paths", "routes-paths"),
    ("headers", "routes-headers"),
    ("regex_priority", "routes-priority"),
    ("tags", "tags"),
];
const PROTOCOLS: [&str; 2] = ["http", "https"];

/// A route as the form has it.
pub(super) fn shown(route: &Route) -> Map<String, Value> {
    match show(route) {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// What a new one has; `service` is that to which it leads.
pub(super) fn fresh(service: Option<&str>) -> Map<String, Value> {
    let mut map = Map::new();
    map.insert("protocols".into(), json!(PROTOCOLS));
    map.insert("strip_path".into(), json!(true));
    map.insert("regex_priority".into(), json!(0));
    if let Some(id) = service {
        map.insert("service".into(), json!({ "id": id }));
    }
    map
}

/// The form over what was there: what it does not show stays as it is.
pub(super) fn body(input: &Input, mut map: Map<String, Value>) -> Map<String, Value> {
    let some = |value: Value| match value.as_array().is_some_and(Vec::is_empty) {
        true => Value::Null,
        false => value,
    };
    let name = match input.text("name") {
        "" => Value::Null,
        name => json!(name),
    };
    let service = match input.text("service") {
        "" => Value::Null,
        id => json!({ "id": id }),
    };
    let protocols: Vec<&str> = input.all("protocols").collect();
    map.insert("name".into(), name);
    map.insert("service".into(), service);
    map.insert("protocols".into(), json!(protocols));
    map.insert("methods".into(), some(input.lines("methods")));
    map.insert("hosts".into(), some(input.lines("hosts")));
    // A regular expression may hold commas.
    map.insert("paths".into(), some(json!(lines(input.text("paths")))));
    map.insert("headers".into(), headers(input.text("headers")));
    map.insert("regex_priority".into(), input.number("regex_priority"));
    for field in ["strip_path", "preserve_host"] {
        map.insert(field.into(), json!(input.is_on(field)));
    }
    map.insert("tags".into(), some(input.lines("tags")));
    map
}

fn lines(text: &str) -> Vec<&str> {
    let lines = text.lines().map(str::trim);
    lines.filter(|line| !line.is_empty()).collect()
}

/// `name: value, value` a line.
fn headers(text: &str) -> Value {
    let mut headers = Map::new();
    for line in lines(text) {
        let (name, values) = line.split_once(':').unwrap_or((line, ""));
        let values = values
            .split(',')
            .map(str::trim)
            .filter(|value| !value.is_empty());
        headers.insert(name.trim().to_owned(), json!(values.collect::<Vec<_>>()));
    }
    match headers.is_empty() {
        true => Value::Null,
        false => Value::Object(headers),
    }
}

fn as_headers(value: Option<&Value>) -> String {
    let headers = value.and_then(Value::as_object).into_iter().flatten();
    let line = |(name, values): (&String, &Value)| {
        format!("{name}: {}", as_lines(Some(values)).replace('\n', ", "))
    };
    headers.map(line).collect::<Vec<_>>().join("\n")
}

/// What to say of a refusal.
pub(super) fn told(text: Text, error: Error) -> Result<Told, Refused> {
    let error = match error {
        Error::Invalid(mut found) => {
            for violation in &mut found {
                if violation.field == "service.id" {
                    violation.field = "service".into();
                }
            }
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

/// The services that a route may lead to; `plane` is where it is, if it is somewhere already.
pub(super) async fn service_choices(
    portal: &Portal,
    plane: Option<ControlPlaneId>,
    map: &Map<String, Value>,
) -> Result<Vec<Choice>, Error> {
    let chosen = map
        .get("service")
        .and_then(|service| service["id"].as_str());
    let all = Listing::all("t.name");
    let (found, _) = store::services::list(portal.db(), &all).await?;
    let fitting = found
        .iter()
        .filter(|service| plane.is_none_or(|plane| plane == service.control_plane_id));
    let mut choices = vec![Choice::default()];
    choices.extend(fitting.map(|service| {
        let id = service.id.to_string();
        Choice {
            label: services::called(service).to_owned(),
            hint: None,
            chosen: chosen == Some(id.as_str()),
            value: id,
        }
    }));
    Ok(choices)
}

pub(super) fn fields(
    text: Text,
    map: &Map<String, Value>,
    services: &[Choice],
    errors: &FieldErrors,
) -> Markup {
    let labels = LABELS.map(|(_, id)| text.get(id));
    let hints = [
        "routes-service-hint",
        "routes-methods-hint",
        "routes-hosts-hint",
        "routes-paths-hint",
        "routes-headers-hint",
        "routes-priority-hint",
        "tags-hint",
    ]
    .map(|id| text.get(id));
    let is_on = |name: &str| map.get(name).and_then(Value::as_bool).unwrap_or(false);
    let spoken = as_lines(map.get("protocols"));
    let protocols = PROTOCOLS.map(|word| {
        choice(
            text,
            "routes-protocol",
            word,
            spoken.lines().any(|own| own == word),
        )
    });
    let (strips, keeps) = (text.get("routes-strip"), text.get("routes-host"));
    let strip = switch(text, "routes-strip", is_on("strip_path"));
    let host = switch(text, "routes-host", is_on("preserve_host"));
    let (name, priority) = (as_text(map.get("name")), as_text(map.get("regex_priority")));
    let lines = ["methods", "hosts", "paths", "tags"].map(|name| as_lines(map.get(name)));
    let headers = as_headers(map.get("headers"));
    html! {
        (Field::line(text, "name", &labels[0]).value(&name).error(errors.of("name")).max_length(128).optional())
        (Field::select(text, "service", &labels[1], services).hint(&hints[0]).error(errors.of("service")).optional())
        (Field::area(text, "paths", &labels[5]).value(&lines[2]).hint(&hints[3]).rows(3).error(errors.of("paths")).optional())
        (Field::area(text, "hosts", &labels[4]).value(&lines[1]).hint(&hints[2]).rows(2).error(errors.of("hosts")).optional())
        (Field::area(text, "methods", &labels[3]).value(&lines[0]).hint(&hints[1]).rows(2).error(errors.of("methods")).optional())
        (Field::area(text, "headers", &labels[6]).value(&headers).hint(&hints[4]).rows(2).error(errors.of("headers")).optional())
        (Field::checkboxes(text, "protocols", &labels[2], &protocols).error(errors.of("protocols")))
        (Field::checkboxes(text, "strip_path", &strips, &strip))
        (Field::checkboxes(text, "preserve_host", &keeps, &host))
        (Field::line(text, "regex_priority", &labels[7]).value(&priority).hint(&hints[5]).error(errors.of("regex_priority")).max_length(10))
        (Field::area(text, "tags", &labels[8]).value(&lines[3]).hint(&hints[6]).rows(2).error(errors.of("tags")).optional())
    }
}
