//! Swagger 2.0 told in the words of OpenAPI 3, so that everything else knows one language.
//!
//! Source: Swagger 2.0 (<https://swagger.io/specification/v2/>).

use serde_json::{Map, Value, json};

use super::document::array;

/// What belongs to the schema of a parameter rather than to the parameter.
const OF_SCHEMA: [&str; 17] = [
    "type",
    "format",
    "items",
    "default",
    "enum",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
    "multipleOf",
    "x-nullable",
];

/// The same document as OpenAPI 3.
pub(super) fn upgraded(old: Value) -> Value {
    let mut new = Map::new();
    for name in ["info", "tags", "externalDocs", "security"] {
        if let Some(value) = old.get(name) {
            new.insert(name.to_owned(), value.clone());
        }
    }
    new.insert("openapi".to_owned(), "3.0.3".into());
    new.insert("servers".to_owned(), servers(&old));
    let paths = entries(&old["paths"]).map(|(path, item)| (path.clone(), path_item(&old, item)));
    new.insert("paths".to_owned(), Value::Object(paths.collect()));
    let schemes = entries(&old["securityDefinitions"]);
    let schemes: Map<String, Value> = schemes
        .map(|(name, said)| (name.clone(), scheme(said)))
        .collect();
    new.insert(
        "components".to_owned(),
        json!({ "schemas": old.get("definitions").unwrap_or(&json!({})), "securitySchemes": schemes }),
    );
    let mut new = Value::Object(new);
    rename(&mut new);
    new
}

fn servers(old: &Value) -> Value {
    let base = old["basePath"].as_str().unwrap_or_default();
    let Some(host) = old["host"].as_str() else {
        return match base {
            "" => json!([]),
            base => json!([{ "url": base }]),
        };
    };
    let schemes: Vec<&str> = array(&old["schemes"]).filter_map(Value::as_str).collect();
    let schemes = if schemes.is_empty() {
        vec!["https"]
    } else {
        schemes
    };
    schemes
        .iter()
        .map(|scheme| json!({ "url": format!("{scheme}://{host}{base}") }))
        .collect()
}

fn path_item(old: &Value, item: &Value) -> Value {
    let shared: Vec<&Value> = array(&item["parameters"]).collect();
    let mut new = Map::new();
    for (name, value) in entries(item) {
        match name.as_str() {
            "parameters" => {}
            _ if value.is_object() => {
                new.insert(name.clone(), operation(old, &shared, value));
            }
            _ => {
                new.insert(name.clone(), value.clone());
            }
        }
    }
    Value::Object(new)
}

fn operation(old: &Value, shared: &[&Value], operation: &Value) -> Value {
    let mut new = operation.as_object().cloned().unwrap_or_default();
    for name in ["consumes", "produces", "schemes", "parameters"] {
        new.shift_remove(name);
    }
    let kinds = |name: &str| -> Vec<String> {
        let said = operation
            .get(name)
            .or_else(|| old.get(name))
            .unwrap_or(&Value::Null);
        let kinds: Vec<String> = array(said)
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect();
        if kinds.is_empty() {
            vec!["application/json".to_owned()]
        } else {
            kinds
        }
    };
    let (mut parameters, mut fields, mut body) = (Vec::new(), Vec::new(), None);
    let own: Vec<&Value> = array(&operation["parameters"])
        .map(|p| found(old, p))
        .collect();
    let inherited = shared.iter().map(|p| found(old, p));
    let inherited = inherited.filter(|p| {
        !own.iter()
            .any(|o| o["name"] == p["name"] && o["in"] == p["in"])
    });
    for said in inherited.chain(own.iter().copied()) {
        match said["in"].as_str() {
            Some("body") => body = Some(said),
            Some("formData") => fields.push(said),
            _ => parameters.push(parameter(said)),
        }
    }
    if let Some(body) = body {
        let content = kinds("consumes")
            .into_iter()
            .map(|kind| (kind, json!({ "schema": body["schema"] })));
        let content: Map<String, Value> = content.collect();
        let said = json!({ "description": body["description"], "required": body["required"], "content": content });
        new.insert("requestBody".to_owned(), said);
    } else if !fields.is_empty() {
        new.insert("requestBody".to_owned(), form(&fields, &kinds("consumes")));
    }
    let produced = kinds("produces");
    let responses = entries(&operation["responses"])
        .map(|(status, said)| (status.clone(), response(found(old, said), &produced)));
    new.insert("responses".to_owned(), Value::Object(responses.collect()));
    new.insert("parameters".to_owned(), Value::Array(parameters));
    Value::Object(new)
}

/// What a reference of the old kind leads to; a broken one stays and is told as one.
fn found<'a>(old: &'a Value, value: &'a Value) -> &'a Value {
    let reference = value.get("$ref").and_then(Value::as_str);
    let target = reference.and_then(|reference| old.pointer(reference.strip_prefix('#')?));
    target.unwrap_or(value)
}

/// The members that belong to a schema, apart from the others.
fn parted(said: &Value) -> (Map<String, Value>, Map<String, Value>) {
    let (schema, mut rest): (Map<String, Value>, Map<String, Value>) = entries(said)
        .map(|(name, value)| (name.clone(), value.clone()))
        .partition(|(name, _)| OF_SCHEMA.contains(&name.as_str()));
    rest.shift_remove("schema");
    (schema, rest)
}

fn parameter(said: &Value) -> Value {
    let (schema, mut rest) = parted(said);
    if let Some(style) = rest.shift_remove("collectionFormat") {
        let (style, explode) = match style.as_str() {
            Some("multi") => ("form", true),
            Some("ssv") => ("spaceDelimited", false),
            Some("pipes") => ("pipeDelimited", false),
            _ => ("form", false),
        };
        if rest.get("in").is_some_and(|place| place == "query") {
            rest.insert("style".to_owned(), style.into());
        }
        rest.insert("explode".to_owned(), explode.into());
    }
    if !schema.is_empty() {
        rest.insert("schema".to_owned(), Value::Object(schema));
    }
    Value::Object(rest)
}

fn form(fields: &[&Value], kinds: &[String]) -> Value {
    let has_file = fields.iter().any(|field| field["type"] == "file");
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for field in fields {
        let Some(name) = field["name"].as_str() else {
            continue;
        };
        let (mut schema, rest) = parted(field);
        if field["type"] == "file" {
            schema.insert("type".to_owned(), "string".into());
            schema.insert("format".to_owned(), "binary".into());
        }
        if let Some(description) = rest.get("description") {
            schema.insert("description".to_owned(), description.clone());
        }
        if field["required"] == true {
            required.push(Value::from(name));
        }
        properties.insert(name.to_owned(), Value::Object(schema));
    }
    let plain = "application/x-www-form-urlencoded";
    let said = kinds.iter().find(|kind| kind.contains("form"));
    let kind = match (said, has_file) {
        (Some(kind), false) => kind,
        (_, true) => "multipart/form-data",
        (None, false) => plain,
    };
    let schema = json!({ "type": "object", "properties": properties, "required": required });
    json!({ "content": { kind: { "schema": schema } } })
}

fn response(said: &Value, kinds: &[String]) -> Value {
    let mut new = said.as_object().cloned().unwrap_or_default();
    let (schema, examples) = (new.shift_remove("schema"), new.shift_remove("examples"));
    let examples = examples.unwrap_or(Value::Null);
    let mut content = Map::new();
    if let Some(schema) = schema {
        for kind in kinds {
            content.insert(kind.clone(), json!({ "schema": schema }));
        }
    }
    for (kind, example) in entries(&examples) {
        let entry = content.entry(kind.clone()).or_insert_with(|| json!({}));
        entry["example"] = example.clone();
    }
    if !content.is_empty() {
        new.insert("content".to_owned(), Value::Object(content));
    }
    if let Some(headers) = new.get_mut("headers").and_then(Value::as_object_mut) {
        for header in headers.values_mut() {
            *header = parameter(header);
        }
    }
    Value::Object(new)
}

fn scheme(said: &Value) -> Value {
    let mut new = said.as_object().cloned().unwrap_or_default();
    match said["type"].as_str() {
        Some("basic") => {
            new.insert("type".to_owned(), "http".into());
            new.insert("scheme".to_owned(), "basic".into());
        }
        Some("oauth2") => {
            let flow = match said["flow"].as_str() {
                Some("application") => "clientCredentials",
                Some("accessCode") => "authorizationCode",
                Some(other) => other,
                None => "implicit",
            };
            let mut told = Map::new();
            for name in ["authorizationUrl", "tokenUrl", "scopes"] {
                if let Some(value) = new.shift_remove(name) {
                    told.insert(name.to_owned(), value);
                }
            }
            new.shift_remove("flow");
            new.insert("flows".to_owned(), json!({ flow: told }));
        }
        _ => {}
    }
    Value::Object(new)
}

/// References and discriminators, wherever they are.
fn rename(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get_mut("$ref")
                && let Some(name) = reference.strip_prefix("#/definitions/")
            {
                *reference = format!("#/components/schemas/{name}");
            }
            if let Some(Value::String(property)) = members.get("discriminator") {
                let said = json!({ "propertyName": property });
                members.insert("discriminator".to_owned(), said);
            }
            members.values_mut().for_each(rename);
        }
        Value::Array(all) => all.iter_mut().for_each(rename),
        _ => {}
    }
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}
