//! Answers against `dev-portal-v2.yaml` and `dev-portal-v3.yaml`.

use std::sync::LazyLock;

use serde_json::Value;

static V2: LazyLock<Value> =
    LazyLock::new(|| serde_saphyr::from_str(include_str!("../specs/dev-portal-v2.yaml")).unwrap());
static V3: LazyLock<Value> =
    LazyLock::new(|| serde_saphyr::from_str(include_str!("../specs/dev-portal-v3.yaml")).unwrap());

/// The specification that a path belongs to.
fn specification(template: &str) -> &'static Value {
    match template.starts_with("/api/v3/") {
        true => &V3,
        false => &V2,
    }
}

/// Every operation: method in upper case, path template.
pub(crate) fn operations() -> Vec<(String, String)> {
    let mut all = Vec::new();
    let paths = [&*V2, &*V3].map(|spec| spec["paths"].as_object().unwrap());
    for (path, item) in paths.into_iter().flatten() {
        for method in item.as_object().unwrap().keys() {
            if ["get", "post", "put", "patch", "delete"].contains(&method.as_str()) {
                all.push((method.to_uppercase(), path.clone()));
            }
        }
    }
    all
}

/// Whether the answer is one that the operation may give. Names the first difference if not.
pub(crate) fn check(
    method: &str,
    template: &str,
    status: u16,
    content_type: Option<&str>,
    body: &Value,
) -> Result<(), String> {
    let root = specification(template);
    let operation = &root["paths"][template][method.to_lowercase()];
    let response = resolve(root, &operation["responses"][status.to_string()]);
    if response.is_null() {
        return Err(format!(
            "{method} {template} may not answer {status}: {body}"
        ));
    }
    let Some(content) = response["content"].as_object() else {
        return Ok(());
    };
    let kind = content_type.unwrap_or_default();
    let media = content
        .get(kind)
        .ok_or_else(|| format!("{method} {template}: {status} as {kind:?}"))?;
    let schema = &media["schema"];
    if schema.is_null() {
        return Ok(());
    }
    matches(root, schema, body, "$")
        .map_err(|what| format!("{method} {template} {status}: {what} in {body}"))
}

fn resolve<'a>(root: &'a Value, node: &'a Value) -> &'a Value {
    match node["$ref"].as_str() {
        Some(reference) => {
            let target = root.pointer(reference.trim_start_matches('#'));
            resolve(root, target.unwrap())
        }
        None => node,
    }
}

fn matches(root: &Value, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    let schema = resolve(root, schema);
    if value.is_null() && schema["nullable"] == true {
        return Ok(());
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        matches(root, part, value, at)?;
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let found: Vec<_> = choices
            .iter()
            .map(|choice| matches(root, choice, value, at))
            .collect();
        if !found.iter().any(Result::is_ok) {
            return Err(format!("{at} is none of: {found:?}"));
        }
    }
    if let Some(allowed) = schema["enum"].as_array()
        && !allowed.contains(value)
    {
        return Err(format!("{at} is {value}, not one of {allowed:?}"));
    }
    let right = match schema["type"].as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("boolean") => value.is_boolean(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        _ => true,
    };
    if !right {
        return Err(format!("{at} is {value}, not {}", schema["type"]));
    }
    match schema["format"].as_str() {
        Some("uuid")
            if value
                .as_str()
                .is_none_or(|t| uuid::Uuid::parse_str(t).is_err()) =>
        {
            return Err(format!("{at} is {value}, not a UUID"));
        }
        Some("date-time") => {
            let text = value.as_str().unwrap_or_default();
            oauth::Timestamp::parse_rfc3339(text).map_err(|error| format!("{at} {error}"))?;
        }
        _ => {}
    }
    if let Some(map) = value.as_object() {
        let properties = schema["properties"].as_object();
        for name in schema["required"].as_array().into_iter().flatten() {
            let name = name.as_str().unwrap();
            if !map.contains_key(name) {
                return Err(format!("{at}.{name} is missing"));
            }
        }
        for (name, value) in map {
            match properties.and_then(|properties| properties.get(name)) {
                Some(schema) => matches(root, schema, value, &format!("{at}.{name}"))?,
                None if schema["additionalProperties"] == false => {
                    return Err(format!("{at}.{name} is not in the specification"));
                }
                None => {}
            }
        }
    }
    for (n, item) in value.as_array().into_iter().flatten().enumerate() {
        matches(root, &schema["items"], item, &format!("{at}[{n}]"))?;
    }
    Ok(())
}
