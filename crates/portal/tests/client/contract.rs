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

/// An operation as its specification describes it.
pub(crate) struct Operation {
    pub(crate) method: String,
    /// With `{parameters}`.
    pub(crate) path: String,
    said: &'static Value,
}

/// Every operation with its description.
pub(crate) fn described() -> Vec<Operation> {
    let of = |(method, path): (String, String)| Operation {
        said: &specification(&path)["paths"][&path][method.to_lowercase()],
        method,
        path,
    };
    operations().into_iter().map(of).collect()
}

impl Operation {
    /// Whether it may answer this.
    pub(crate) fn documents(&self, status: &str) -> bool {
        self.said["responses"][status].is_object()
    }

    /// Whether it takes a body.
    pub(crate) fn takes_json(&self) -> bool {
        self.body().is_object()
    }

    /// Whether a request without a body is none.
    pub(crate) fn needs_body(&self) -> bool {
        resolve(specification(&self.path), &self.said["requestBody"])["required"] == true
    }

    /// A body with every member that it must have.
    pub(crate) fn example(&self) -> Value {
        example(specification(&self.path), &self.body()["schema"])
    }

    /// Whether its pages have numbers; others have cursors.
    pub(crate) fn is_paged(&self) -> bool {
        let root = specification(&self.path);
        let parameters = self.said["parameters"].as_array();
        let mut parameters = parameters.into_iter().flatten();
        parameters.any(|parameter| resolve(root, parameter)["name"] == "page[number]")
    }

    /// The path with each parameter as what this gives for the segment before it.
    pub(crate) fn filled(&self, of: impl Fn(&str) -> &'static str) -> String {
        let mut before = "";
        let mut parts = Vec::new();
        for part in self.path.split('/') {
            parts.push(if part.starts_with('{') {
                of(before)
            } else {
                part
            });
            before = part;
        }
        parts.join("/")
    }

    fn body(&self) -> &'static Value {
        let root = specification(&self.path);
        &resolve(root, &self.said["requestBody"])["content"]["application/json"]
    }
}

fn example(root: &Value, schema: &Value) -> Value {
    let schema = resolve(root, schema);
    if let Some(first) = schema["enum"].as_array().and_then(|words| words.first()) {
        return first.clone();
    }
    if let Some(choice) = schema["oneOf"].as_array().and_then(|all| all.first()) {
        return example(root, choice);
    }
    match (schema["type"].as_str(), schema["format"].as_str()) {
        (Some("array"), _) => Value::Array(vec![example(root, &schema["items"])]),
        (Some("boolean"), _) => Value::Bool(true),
        (Some("integer" | "number"), _) => Value::from(1),
        (Some("string"), Some("uuid")) => "93f8380e-7798-4566-99e3-2edf2b57d289".into(),
        (Some("string"), Some("date-time")) => "2030-01-01T00:00:00Z".into(),
        (Some("string"), Some("email")) => "somebody@example.com".into(),
        (Some("string"), _) => "text".into(),
        _ => {
            let required = schema["required"].as_array().into_iter().flatten();
            let member = |name: &Value| {
                let name = name.as_str()?;
                let value = example(root, &schema["properties"][name]);
                Some((name.to_owned(), value))
            };
            Value::Object(required.filter_map(member).collect())
        }
    }
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
