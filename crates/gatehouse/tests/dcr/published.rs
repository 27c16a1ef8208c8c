//! The tenant's bridge against the published document: each operation and each answer that the document
//! names, with requests made from the document itself.

use std::sync::LazyLock;

use http::Method;
use oauth::Clock;
use serde_json::{Map, Value, json};

use crate::administrator::{AUDIENCE, Administrator, BRIDGE_KEYS, ISSUER};
use crate::schema;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let text = include_str!("../../../portal/tests/specs/dcr-http-bridge.yaml");
    serde_saphyr::from_str(text).expect("the document")
});

fn resolved(node: &Value) -> &Value {
    match node["$ref"].as_str() {
        Some(reference) => {
            let target = DOCUMENT.pointer(reference.trim_start_matches('#'));
            resolved(target.expect("what is referred to"))
        }
        None => node,
    }
}

/// Every value of a schema's shape that differs in what it has: of each `oneOf`, one each.
fn samples(schema: &Value, name: &str, client_id: &str) -> Vec<Value> {
    let schema = resolved(schema);
    match name {
        "client_id" => return vec![client_id.into()],
        "audience" => return vec![AUDIENCE.into()],
        _ => {}
    }
    if let Some(words) = schema["enum"].as_array() {
        return vec![words[0].clone()];
    }
    let mut samples = vec![match (schema["type"].as_str(), schema["format"].as_str()) {
        (Some("array"), _) if name == "grant_types" => json!(["client_credentials"]),
        (Some("array"), _) => json!([]),
        (Some("string"), Some("uuid")) => json!("93f8380e-7798-4566-99e3-2edf2b57d289"),
        (Some("string"), _) if name == "token_endpoint_auth_method" => "client_secret_post".into(),
        (Some("string"), _) => json!("text"),
        _ => json!({}),
    }];
    let properties = schema["properties"].as_object();
    for (name, property) in properties.into_iter().flatten() {
        let value = samples_of_one(property, name, client_id);
        for sample in &mut samples {
            sample[name] = value.clone();
        }
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        samples = combined(&samples, &samples_of(part, client_id));
    }
    let choices = schema["oneOf"].as_array();
    if let Some(choices) = choices {
        let choices = choices
            .iter()
            .flat_map(|choice| samples_of(choice, client_id));
        samples = combined(&samples, &choices.collect::<Vec<_>>());
    }
    samples
}

fn samples_of(schema: &Value, client_id: &str) -> Vec<Value> {
    samples(schema, "", client_id)
}

fn samples_of_one(schema: &Value, name: &str, client_id: &str) -> Value {
    samples(schema, name, client_id).remove(0)
}

fn combined(left: &[Value], right: &[Value]) -> Vec<Value> {
    let both = |left: &Value, right: &Value| {
        let members = |value: &Value| value.as_object().cloned().unwrap_or_default();
        let mut all: Map<String, Value> = members(left);
        all.extend(members(right));
        Value::Object(all)
    };
    let pairs = left.iter();
    pairs
        .flat_map(|left| right.iter().map(move |right| both(left, right)))
        .collect()
}

/// The bodies that an operation takes; one without content where it takes none.
fn bodies(operation: &Value, client_id: &str) -> Vec<Value> {
    let content = &resolved(&operation["requestBody"])["content"]["application/json"]["schema"];
    match content {
        Value::Null => vec![Value::Null],
        schema => samples_of(schema, client_id),
    }
}

struct Bridge(Administrator);

impl Bridge {
    /// Calls an operation and holds the answer against what the document says of it.
    async fn call(&self, key: &str, method: &str, path: &str, id: &str, body: &Value) -> u16 {
        let operation = &DOCUMENT["paths"][path][method];
        let url = format!("{ISSUER}/dcr{}", path.replace("{clientId}", id));
        let method: Method = method.to_uppercase().parse().expect("a method");
        let request = egress::Request::new(method, &url).header("x-api-key", key);
        let request = match body {
            Value::Null => request,
            body => request.json(body),
        };
        let answer = self.0.egress.send(request).await.expect("an answer");
        let status = answer.status.as_u16();
        let body = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
        let response = resolved(&operation["responses"][status.to_string()]);
        assert!(
            response.is_object(),
            "{path} may not answer {status}: {body}"
        );
        let schema = &response["content"]["application/json"]["schema"];
        if schema.is_object() {
            let faults = schema::faults(&DOCUMENT, schema, &body, "$");
            assert!(faults.is_empty(), "{path} {status}: {faults:?} in {body}");
        }
        status
    }

    async fn client(&self) -> String {
        let body = &bodies(&DOCUMENT["paths"]["/"]["post"], "")[0];
        let request = egress::Request::post(&format!("{ISSUER}/dcr/"));
        let request = request.header("x-api-key", BRIDGE_KEYS[0]).json(body);
        let made = self.0.egress.send(request).await.expect("an answer");
        let made: Value = made.json().expect("credentials");
        made["client_id"].as_str().expect("an id").to_owned()
    }
}

/// `(path, method, operation)` of the whole document.
fn operations() -> Vec<(&'static String, &'static String, &'static Value)> {
    let paths = DOCUMENT["paths"].as_object().expect("paths");
    let all = paths.iter().flat_map(|(path, item)| {
        let methods = item.as_object().expect("an item").iter();
        let methods = methods.filter(|(name, _)| *name != "parameters");
        methods.map(move |(method, operation)| (path, method, operation))
    });
    all.collect()
}

#[tokio::test]
async fn each_operation_gives_each_answer_that_the_document_names_in_its_shape() {
    let database = storage::testing::sqlite(&[identity::MIGRATIONS]).await;
    let administrator = Administrator::of(&database.db, Clock::system()).await;
    administrator.api().await;
    let bridge = Bridge(administrator);
    assert_eq!(operations().len(), 4);
    for (path, method, operation) in operations() {
        let mut given = Vec::new();
        for good in bodies(operation, "none") {
            // A fresh client for each: one of the operations removes it.
            let id = bridge.client().await;
            let mut good = good;
            if good.get("client_id").is_some() {
                good["client_id"] = id.as_str().into();
            }
            given.push(bridge.call("no-key", method, path, &id, &good).await);
            let required: Vec<String> = good
                .as_object()
                .into_iter()
                .flatten()
                .map(|(k, _)| k.clone())
                .collect();
            for member in required.iter().filter(|member| *member != "audience") {
                let mut bad = good.clone();
                bad.as_object_mut().expect("an object").remove(member);
                let status = bridge.call(BRIDGE_KEYS[0], method, path, &id, &bad).await;
                assert_eq!(status, 400, "{path} without {member}");
                given.push(status);
            }
            given.push(bridge.call(BRIDGE_KEYS[1], method, path, &id, &good).await);
        }
        if path.contains("{clientId}") {
            // A client that is not the bridge's to touch.
            let (own, _) = bridge.0.client_with(&["read:clients"]).await;
            let mut body = bodies(operation, &own).remove(0);
            if body.get("client_id").is_some() {
                body["client_id"] = own.as_str().into();
            }
            given.push(bridge.call(BRIDGE_KEYS[0], method, path, &own, &body).await);
        }
        let named = operation["responses"].as_object().expect("answers").keys();
        for status in named {
            let status: u16 = status.parse().expect("a status");
            assert!(
                given.contains(&status),
                "{method} {path} never gave {status}: {given:?}"
            );
        }
    }
}
