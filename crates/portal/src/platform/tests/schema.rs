//! As much of JSON Schema as the vendor's specifications use.

use serde_json::Value;

/// What is wrong with `value` by `schema`; empty if nothing is. `root` resolves references.
pub(super) fn faults(root: &Value, schema: &Value, value: &Value, path: &str) -> Vec<String> {
    let mut found = Vec::new();
    check(root, schema, value, path, &mut found);
    found
}

fn check(root: &Value, schema: &Value, value: &Value, path: &str, found: &mut Vec<String>) {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = root
            .pointer(reference.trim_start_matches('#'))
            .unwrap_or_else(|| panic!("{reference}"));
        return check(root, target, value, path, found);
    }
    if value.is_null() && nullable(root, schema) {
        return;
    }
    let mut say = |text: String| found.push(format!("{path}: {text}"));
    if let Some(kind) = schema["type"].as_str()
        && !is(kind, value)
    {
        say(format!("{value} is not of type {kind}"));
        return;
    }
    if let Some(words) = schema["enum"].as_array()
        && !words.contains(value)
    {
        say(format!("{value} is not one of {words:?}"));
    }
    if let Some(text) = value.as_str() {
        let holds = match schema["format"].as_str() {
            Some("uuid") => uuid::Uuid::parse_str(text).is_ok(),
            Some("date-time") => oauth::Timestamp::parse_rfc3339(text).is_ok(),
            _ => true,
        };
        if !holds {
            say(format!("{text} is not a {}", schema["format"]));
        }
        let length = text.chars().count() as u64;
        if schema["maxLength"].as_u64().is_some_and(|max| length > max)
            || schema["minLength"].as_u64().is_some_and(|min| length < min)
        {
            say(format!("{length} characters"));
        }
    }
    object(root, schema, value, path, found);
    if let (Some(items), Value::Object(_)) = (value.as_array(), &schema["items"]) {
        for (at, item) in items.iter().enumerate() {
            check(
                root,
                &schema["items"],
                item,
                &format!("{path}[{at}]"),
                found,
            );
        }
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        check(root, part, value, path, found);
    }
    for name in ["oneOf", "anyOf"] {
        if let Some(parts) = schema[name].as_array() {
            let tried: Vec<Vec<String>> = parts
                .iter()
                .map(|part| faults(root, part, value, path))
                .collect();
            if !tried.iter().any(Vec::is_empty) {
                let least = tried.into_iter().min_by_key(Vec::len).unwrap_or_default();
                found.push(format!("{path}: none of {name}; nearest: {least:?}"));
            }
        }
    }
}

fn object(root: &Value, schema: &Value, value: &Value, path: &str, found: &mut Vec<String>) {
    let Some(map) = value.as_object() else {
        return;
    };
    for name in schema["required"].as_array().into_iter().flatten() {
        let name = name.as_str().expect("names are texts");
        // What is only written is not shown.
        let write_only = schema["properties"][name]["writeOnly"] == true;
        if !map.contains_key(name) && !write_only {
            found.push(format!("{path}: {name} is missing"));
        }
    }
    for (name, value) in map {
        let path = format!("{path}.{name}");
        match (&schema["properties"][name], &schema["additionalProperties"]) {
            (Value::Null, Value::Bool(false)) => found.push(format!("{path} is not allowed")),
            (Value::Null, rest @ Value::Object(_)) => check(root, rest, value, &path, found),
            (Value::Null, _) => {}
            (property, _) => check(root, property, value, &path, found),
        }
    }
}

fn nullable(root: &Value, schema: &Value) -> bool {
    if let Some(reference) = schema["$ref"].as_str() {
        return root
            .pointer(reference.trim_start_matches('#'))
            .is_some_and(|target| nullable(root, target));
    }
    let parts = |name: &str| schema[name].as_array().into_iter().flatten();
    // The entities' specification says so of `next` in words alone.
    let in_words = schema["description"].as_str();
    schema["nullable"] == true
        || in_words.is_some_and(|said| said.ends_with("(may be null)"))
        || parts("oneOf").any(|part| nullable(root, part))
        || parts("anyOf").any(|part| nullable(root, part))
        || parts("allOf").any(|part| nullable(root, part))
}

fn is(kind: &str, value: &Value) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        other => panic!("type {other}"),
    }
}
