//! The settings of the OpenID Connect plugin that have no field of their own, as JSON; and the audience,
//! which the plugin has in two places.

use serde_json::{Map, Value, json};
use web::Text;

use crate::model::OpenidConnect;
use crate::service::strategies::UNKNOWN_FIELD;
use crate::{Bound, Violation};

/// The field that holds the JSON, and what every path into it begins with.
pub(super) const FIELD: &str = "configs.openid-connect";

/// What has a field of its own.
const OWN: &[&str] = &[
    "issuer",
    "scopes",
    "credential_claim",
    "audience",
    "auth_methods",
];
/// The rules that have a sentence of their own.
const SAID: &[&str] = &[
    "unknown_property",
    "invalid",
    "is_boolean",
    "is_integer",
    "is_string",
    "is_array",
    "is_object",
    "is_fqdn",
    "min",
    "max",
    "min_length",
    "max_length",
    "max_items",
    "enum",
    "dependent_fields",
];
const ARGUMENT: &str = "audience";
const NAMES: &str = "token_post_args_names";
const VALUES: &str = "token_post_args_values";

/// Why what was entered is no settings.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It is no JSON, from here on.
    Syntax { line: usize, column: usize },
    /// It is another kind of JSON.
    NotAnObject,
    /// It holds something that has a field of its own.
    Own(String),
}

impl Fault {
    /// What to say about it.
    pub(super) fn message(&self, text: Text) -> String {
        match self {
            Self::Syntax { line, column } => {
                let (line, column) = (line.to_string(), column.to_string());
                let place = [("line", line.into()), ("column", column.into())];
                text.with("json-syntax", place)
            }
            Self::NotAnObject => text.get("json-not-an-object"),
            Self::Own(name) => text.with("json-own", [("field", name.into())]),
        }
    }
}

/// The entered settings.
///
/// # Errors
/// [`Fault`]. Whether the settings are the plugin's is the service's question.
pub(super) fn read(entered: &str) -> Result<Map<String, Value>, Fault> {
    if entered.trim().is_empty() {
        return Ok(Map::new());
    }
    let value = serde_json::from_str(entered).map_err(|error| Fault::Syntax {
        line: error.line(),
        column: error.column(),
    })?;
    let Value::Object(settings) = value else {
        return Err(Fault::NotAnObject);
    };
    if let Some(name) = OWN.iter().find(|name| settings.contains_key(**name)) {
        return Err(Fault::Own((*name).to_owned()));
    }
    if arguments(&settings)
        .iter()
        .any(|(name, _)| name == ARGUMENT)
    {
        return Err(Fault::Own(format!("{NAMES}: {ARGUMENT}")));
    }
    Ok(settings)
}

/// What stands in the field: nothing where every setting has a field of its own.
pub(super) fn shown(config: &OpenidConnect) -> String {
    let settings = settings(config);
    match settings.is_empty() {
        true => String::new(),
        false => format!("{:#}", Value::Object(settings)),
    }
}

/// The settings that have no field of their own.
pub(in crate::console) fn settings(config: &OpenidConnect) -> Map<String, Value> {
    let mut settings = config.plugin.clone();
    settings.remove("audience");
    let kept: Vec<(Value, Value)> = arguments(&settings)
        .into_iter()
        .filter(|(name, _)| name != ARGUMENT)
        .collect();
    if settings.contains_key(NAMES) {
        settings.remove(NAMES);
        settings.remove(VALUES);
        put_arguments(&mut settings, kept);
    }
    settings
}

/// The audiences, that of the tokens first.
pub(in crate::console) fn audiences(config: &OpenidConnect) -> Vec<String> {
    let listed = config.plugin.get("audience").and_then(Value::as_array);
    let listed = listed.into_iter().flatten().filter_map(Value::as_str);
    let first = config.audience();
    let others = listed.filter(|audience| Some(*audience) != first);
    first.into_iter().chain(others).map(str::to_owned).collect()
}

/// Adds the audiences: as the plugin's setting, and the first as the argument by which the gateway asks
/// the token endpoint for it.
pub(in crate::console) fn add_audiences(settings: &mut Map<String, Value>, audiences: &[String]) {
    let Some(first) = audiences.first() else {
        return;
    };
    settings.insert("audience".to_owned(), json!(audiences));
    for (list, item) in [(NAMES, ARGUMENT), (VALUES, first)] {
        let list = settings.entry(list).or_insert_with(|| json!([]));
        // Anything else than a list is the service's to refuse.
        if let Value::Array(items) = list {
            items.push(json!(item));
        }
    }
}

/// What has to change for `present` to become `wanted`, as a patch. What is kept sealed is in neither, and
/// stays unless it is named.
///
/// Source: RFC 7396.
pub(in crate::console) fn changes(
    present: &Map<String, Value>,
    wanted: &Map<String, Value>,
) -> Map<String, Value> {
    let gone = present.keys().filter(|name| !wanted.contains_key(*name));
    let mut patch: Map<String, Value> = gone.map(|name| (name.clone(), Value::Null)).collect();
    for (name, value) in wanted {
        match (present.get(name), value) {
            (Some(Value::Object(before)), Value::Object(after)) => {
                let inside = changes(before, after);
                if !inside.is_empty() {
                    patch.insert(name.clone(), Value::Object(inside));
                }
            }
            (Some(before), after) if before == after => {}
            (_, after) => {
                patch.insert(name.clone(), after.clone());
            }
        }
    }
    patch
}

/// What is wrong with the settings: each by its name.
pub(super) fn sentences(text: Text, violations: &[Violation]) -> String {
    let all: Vec<String> = violations
        .iter()
        .map(|violation| sentence(text, violation))
        .collect();
    all.join(" ")
}

fn sentence(text: Text, violation: &Violation) -> String {
    let prefix = format!("{FIELD}.");
    let path = violation.field.as_str();
    let path = path.strip_prefix(&prefix).unwrap_or(path);
    let rule = match violation.reason.as_str() {
        UNKNOWN_FIELD => "unknown_property",
        _ => violation.rule,
    };
    let bound = match &violation.bound {
        Bound::None => String::new(),
        Bound::Choices(words) => words.join(", "),
        Bound::Minimum(number) | Bound::Maximum(number) => number.to_string(),
        Bound::Dependents(paths) => {
            let bare = paths.iter().map(|path| path.trim_start_matches(&prefix));
            bare.collect::<Vec<_>>().join(", ")
        }
    };
    match SAID.contains(&rule) {
        true => {
            let said = [("field", path.into()), ("bound", bound.into())];
            text.with(&format!("json-{rule}"), said)
        }
        false => format!("{path}: {}", violation.reason),
    }
}

/// The arguments of the token request, as pairs of name and value.
fn arguments(settings: &Map<String, Value>) -> Vec<(Value, Value)> {
    let list = |name: &str| settings.get(name).and_then(Value::as_array).cloned();
    let names = list(NAMES).unwrap_or_default();
    let values = list(VALUES).unwrap_or_default();
    let values = values.into_iter().chain(std::iter::repeat(Value::Null));
    names.into_iter().zip(values).collect()
}

fn put_arguments(settings: &mut Map<String, Value>, all: Vec<(Value, Value)>) {
    if all.is_empty() {
        return;
    }
    let (names, values): (Vec<Value>, Vec<Value>) = all.into_iter().unzip();
    settings.insert(NAMES.to_owned(), Value::Array(names));
    settings.insert(VALUES.to_owned(), Value::Array(values));
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::{FIELD, Fault, SAID, add_audiences, audiences, changes, read, sentences, shown};
    use crate::Violation;
    use crate::console::auth::CATALOG;
    use crate::model::OpenidConnect;

    fn map(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    fn config(plugin: Value) -> OpenidConnect {
        OpenidConnect {
            issuer: "https://issuer.example".into(),
            credential_claim: vec!["azp".into()],
            scopes: vec!["openid".into()],
            auth_methods: vec!["bearer".into()],
            plugin: map(plugin),
        }
    }

    #[test]
    fn settings_are_an_object_without_what_has_a_field_of_its_own() {
        assert_eq!(read(" \n"), Ok(Map::new()));
        assert_eq!(read(r#"{ "leeway": 5 }"#), Ok(map(json!({ "leeway": 5 }))));
        let broken = Fault::Syntax {
            line: 2,
            column: 11,
        };
        assert_eq!(read("{\n\"leeway\": }"), Err(broken));
        assert_eq!(read("[]"), Err(Fault::NotAnObject));
        assert_eq!(
            read(r#"{ "issuer": "x" }"#),
            Err(Fault::Own("issuer".into()))
        );
        let argument = r#"{ "token_post_args_names": ["audience"] }"#;
        let own = Fault::Own("token_post_args_names: audience".into());
        assert_eq!(read(argument), Err(own));
    }

    #[test]
    fn an_audience_has_a_field_and_other_arguments_stay_in_the_settings() {
        let kept = config(json!({
            "token_post_args_names": ["audience", "resource"],
            "token_post_args_values": ["https://api.example", "r"],
            "audience": ["https://other.example"],
            "leeway": 5,
        }));
        let all = ["https://api.example", "https://other.example"];
        assert_eq!(audiences(&kept), all);
        let mut settings = read(&shown(&kept)).unwrap();
        let expected = json!({
            "token_post_args_names": ["resource"], "token_post_args_values": ["r"], "leeway": 5,
        });
        assert_eq!(Value::Object(settings.clone()), expected);
        add_audiences(&mut settings, &audiences(&kept));
        assert_eq!(audiences(&config(Value::Object(settings))), all);
        assert_eq!(shown(&config(json!({ "audience": ["a"] }))), "");
    }

    #[test]
    fn what_is_wrong_is_said_by_name_in_every_language() {
        for locale in web::Locale::ALL {
            let text = web::Text::new(locale).of(&CATALOG);
            for rule in SAID {
                let path = format!("{FIELD}.leeway");
                let said = sentences(text, &[Violation::body(path, rule, "x")]);
                assert!(said.contains("leeway") && !said.contains(FIELD), "{said}");
            }
            let fault = Fault::Own("issuer".into());
            assert!(fault.message(text).contains("issuer"));
            let fault = Fault::Syntax { line: 2, column: 9 };
            assert!(fault.message(text).contains('9'));
            assert!(
                Fault::NotAnObject
                    .message(text)
                    .contains("{ \"leeway\": 5 }")
            );
        }
    }

    #[test]
    fn a_patch_leads_from_one_to_the_other_and_names_no_more() {
        let present = map(json!({ "leeway": 5, "redis": { "host": "a", "port": 1 }, "gone": 1 }));
        let wanted = map(json!({ "leeway": 5, "redis": { "host": "b" }, "new": [1] }));
        let patch = json!({ "redis": { "host": "b", "port": null }, "gone": null, "new": [1] });
        assert_eq!(Value::Object(changes(&present, &wanted)), patch);
        assert_eq!(changes(&wanted, &wanted), Map::new());
    }
}
