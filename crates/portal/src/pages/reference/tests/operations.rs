//! Operations: their list, their parameters, what they send and get.

use serde_json::{Value, json};

use super::of_operation;
use crate::pages::reference::{
    Call, Credential, Document, Operation, Place, credentials_of, samples,
};

fn only(document: &Document) -> Operation<'_> {
    Operation::read(document, &document.entries()[0]).unwrap()
}

#[test]
fn operations_stand_under_their_tags_and_keep_their_addresses() {
    let document = Document::of(json!({
        "openapi": "3.1.0",
        "tags": [{ "name": "Second", "description": "Told first." }, { "name": "Unused" }],
        "paths": {
            "/a": { "get": { "operationId": "listA", "tags": ["First"] }, "parameters": [] },
            "/b/{id}": {
                "get": { "tags": ["Second", "First"], "deprecated": true },
                "put": { "operationId": "not/fit" },
                "x-note": {}, "patch": 3,
            },
            "/c": { "$ref": "#/components/pathItems/C" },
            "/d": { "get": { "operationId": "listA" } },
            "/e": { "$ref": "elsewhere.yaml" },
        },
        "webhooks": { "rain": { "post": { "summary": "It rains" } } },
        "components": { "pathItems": { "C": { "delete": { "operationId": "endC" } } } },
    }));
    let keys: Vec<&str> = document
        .entries()
        .iter()
        .map(|entry| entry.key.as_str())
        .collect();
    assert_eq!(
        keys,
        [
            "listA",
            "get-b-id",
            "put-b-id",
            "endC",
            "get-d",
            "post-rain"
        ]
    );
    let groups: Vec<(&str, usize)> = document
        .groups()
        .iter()
        .map(|g| (g.name.as_str(), g.entries.len()))
        .collect();
    assert_eq!(groups, [("Second", 1), ("First", 2), ("", 4)]);
    assert!(document.entries()[1].deprecated && document.entries()[5].webhook);
    assert!(Operation::read(&document, &document.entries()[3]).is_some());
    assert!(Operation::read(&document, &document.entries()[5]).is_some());
    assert_eq!(document.find("nothing"), None);
}

#[test]
fn parameters_of_the_path_are_the_operations_unless_it_says_otherwise() {
    let document = Document::of(json!({
        "openapi": "3.0.3",
        "components": {
            "parameters": { "Page": { "name": "page", "in": "query", "schema": { "type": "integer", "default": 1 } } },
            "examples": { "Tokyo": { "value": "tokyo" } },
        },
        "paths": { "/{city}": {
            "parameters": [
                { "name": "city", "in": "path", "schema": { "type": "string" }, "examples": { "one": { "$ref": "#/components/examples/Tokyo" } } },
                { "name": "lang", "in": "header", "description": "Of the path." },
            ],
            "get": { "parameters": [
                { "$ref": "#/components/parameters/Page" },
                { "$ref": "#/components/parameters/Gone" },
                { "name": "lang", "in": "header", "description": "Its own.", "deprecated": true },
                { "name": "Authorization", "in": "header" },
                { "name": "filter", "in": "query", "style": "deepObject", "content": { "application/json": { "schema": { "type": "object" } } } },
                { "name": "session", "in": "cookie", "required": true, "schema": { "type": "string" } },
            ] },
        } },
    }));
    let operation = only(&document);
    let told: Vec<_> = operation
        .parameters
        .iter()
        .map(|p| (p.name, p.place, p.required))
        .collect();
    assert_eq!(
        told,
        [
            ("city", Place::Path, true),
            ("page", Place::Query, false),
            ("filter", Place::Query, false),
            ("lang", Place::Header, false),
            ("session", Place::Cookie, true),
        ]
    );
    assert_eq!(operation.broken, ["#/components/parameters/Gone"]);
    assert_eq!(operation.parameters[0].example, Some(&json!("tokyo")));
    assert_eq!(operation.parameters[3].description, Some("Its own."));
    assert!(operation.parameters[3].deprecated);
    assert_eq!(operation.parameters[2].schema.types, ["object"]);
    assert_eq!(
        (
            operation.parameters[2].style,
            operation.parameters[2].explode
        ),
        ("deepObject", false)
    );
}

#[test]
fn bodies_and_answers_are_found_wherever_they_are_kept() {
    let document = of_operation(
        json!({
            "requestBody": { "$ref": "#/components/requestBodies/New" },
            "responses": {
                "201": { "description": "Made.", "headers": { "Location": { "$ref": "#/components/headers/Place" } },
                    "content": { "application/json": { "examples": { "small": { "$ref": "#/components/examples/Small" } } },
                        "application/xml": { "schema": { "type": "string" } } } },
                "400": { "$ref": "#/components/responses/Wrong" },
                "404": { "$ref": "#/components/responses/Gone" },
                "default": { "description": "Anything else." },
                "x-more": {},
            },
        }),
        json!({
            "requestBodies": { "New": { "required": true, "content": { "application/json": { "schema": { "type": "object", "properties": { "a": { "type": "integer" } } } } } } },
            "headers": { "Place": { "description": "Where it is.", "schema": { "type": "string" } } },
            "examples": { "Small": { "summary": "A small one", "value": { "a": 1 } } },
            "responses": { "Wrong": { "description": "It is wrong.", "content": { "application/problem+json": { "example": { "status": 400 } } } } },
        }),
    );
    let operation = only(&document);
    let body = operation.body.as_ref().unwrap();
    assert!(body.required && body.broken.is_none());
    assert_eq!(body.contents[0].examples[0].text, "{\n  \"a\": 0\n}");
    let told: Vec<_> = operation
        .responses
        .iter()
        .map(|r| (r.status, r.description, r.broken))
        .collect();
    assert_eq!(
        told,
        [
            ("201", Some("Made."), None),
            ("400", Some("It is wrong."), None),
            ("404", None, Some("#/components/responses/Gone")),
            ("default", Some("Anything else."), None),
        ]
    );
    assert_eq!(
        operation.responses[0].headers[0].description,
        Some("Where it is.")
    );
    assert_eq!(
        operation.responses[0].contents[0].examples[0].name,
        "A small one"
    );
    assert!(operation.responses[0].contents[1].examples.is_empty());
    assert!(
        operation.responses[1].contents[0].examples[0]
            .text
            .contains("400")
    );
}

#[test]
fn the_request_is_a_command_and_a_program_that_survive_what_the_document_says() {
    let document = Document::of(json!({
        "openapi": "3.0.3",
        "paths": { "/it's/{id}": { "post": {
            "parameters": [
                { "name": "id", "in": "path", "required": true, "example": "a b" },
                { "name": "unit", "in": "query", "required": true, "schema": { "enum": ["$(rm)", "f"] } },
                { "name": "X-Trace", "in": "header", "required": true, "example": "`id`" },
            ],
            "requestBody": { "content": { "application/json": { "example": { "note": "it's \"new\"" } } } },
        } } },
    }));
    let operation = only(&document);
    let call = Call::of(
        &operation,
        "https://api.example/w/",
        Some(&Credential::Basic),
    );
    let [curl, javascript, python] = samples(&call).map(|sample| sample.code);
    assert_eq!(
        curl,
        "curl -X POST 'https://api.example/w/it'\\''s/a%20b?unit=%24%28rm%29' \\\n  -u \"CLIENT_ID:CLIENT_SECRET\" \\\n  \
         -H 'X-Trace: `id`' \\\n  -H \"Content-Type: application/json\" \\\n  \
         --data '{\n  \"note\": \"it'\\''s \\\"new\\\"\"\n}'"
    );
    assert!(
        javascript.contains("btoa(\"CLIENT_ID:CLIENT_SECRET\")")
            && javascript.contains("JSON.stringify({"),
        "{javascript}"
    );
    assert!(
        python.contains("auth=(\"CLIENT_ID\", \"CLIENT_SECRET\")"),
        "{python}"
    );
}

#[test]
fn forms_and_keys_are_sent_in_their_own_ways() {
    let form = |kind: &str| {
        let schema = json!({ "type": "object", "properties": { "name": { "example": "a&b" }, "note": { "example": "n" } } });
        of_operation(
            json!({ "requestBody": { "content": { kind: { "schema": schema } } } }),
            Value::Null,
        )
    };
    let curl = |document: &Document, credential: &Credential| {
        let call = Call::of(&only(document), "https://g", Some(credential));
        samples(&call)[0].code.clone()
    };
    let plain = form("application/x-www-form-urlencoded");
    let code = curl(&plain, &Credential::Header("apikey".to_owned()));
    assert!(
        code.contains("--data \"name=a%26b&note=n\"") && code.contains("-H \"apikey: API_KEY\""),
        "{code}"
    );
    let parts = form("multipart/form-data");
    let code = curl(&parts, &Credential::Query("key".to_owned()));
    assert!(
        code.contains("-F \"name=a&b\"")
            && code.contains("?key=API_KEY")
            && !code.contains("Content-Type"),
        "{code}"
    );
}

#[test]
fn credentials_are_the_documents_where_the_gateway_asks_for_none() {
    let document = Document::of(json!({
        "openapi": "3.1.0",
        "security": [{ "basic": [] }, { "login": ["read"] }],
        "components": { "securitySchemes": {
            "basic": { "type": "http", "scheme": "Basic" },
            "login": { "type": "oauth2", "flows": { "clientCredentials": { "tokenUrl": "https://t", "scopes": { "read": "" } } } },
            "key": { "type": "apiKey", "in": "query", "name": "k" },
            "tls": { "type": "mutualTLS" },
        } },
        "paths": { "/a": { "get": {}, "put": { "security": [{ "key": [] }, { "tls": [] }] }, "delete": { "security": [] } } },
    }));
    let of = |at: usize| {
        let operation = Operation::read(&document, &document.entries()[at]).unwrap();
        credentials_of(&document, operation.said)
    };
    assert_eq!(of(0), [Credential::Basic, Credential::Bearer]);
    assert_eq!(of(1), [Credential::Query("k".to_owned())]);
    assert_eq!(of(2), []);
}

#[test]
fn responses_lead_to_operations_and_calls_in_return_are_told() {
    let document = Document::of(json!({
        "openapi": "3.1.0",
        "components": {
            "links": { "Read": { "operationId": "read", "parameters": { "id": "$response.body#/id" } } },
            "callbacks": { "Ready": { "{$request.body#/url}": { "post": {
                "summary": "It is ready", "requestBody": { "content": { "application/json": { "schema": { "type": "object" } } } },
                "responses": { "204": { "description": "Heard." } },
            } } } },
        },
        "paths": {
            "/jobs": { "post": {
                "responses": { "201": { "description": "Made.", "links": {
                    "Read": { "$ref": "#/components/links/Read" },
                    "End": { "operationRef": "#/paths/~1jobs~1{id}/delete", "requestBody": "$request.body" },
                    "Away": { "operationRef": "https://other.example/api.json#/paths/~1a/get" },
                    "Gone": { "$ref": "#/components/links/Gone" },
                } } },
                "callbacks": {
                    "ready": { "$ref": "#/components/callbacks/Ready" },
                    "gone": { "$ref": "#/components/callbacks/Gone" },
                },
            } },
            "/jobs/{id}": { "get": { "operationId": "read", "summary": "Read a job" }, "delete": {} },
        },
    }));
    let operation = only(&document);
    let links: Vec<_> = operation.responses[0]
        .links
        .iter()
        .map(|link| (link.name, link.entry.map(|entry| entry.title()), link.named))
        .collect();
    let away = "https://other.example/api.json#/paths/~1a/get";
    assert_eq!(
        links,
        [
            ("Read", Some("Read a job".into()), "read"),
            (
                "End",
                Some("DELETE /jobs/{id}".into()),
                "#/paths/~1jobs~1{id}/delete"
            ),
            ("Away", None, away),
        ]
    );
    let first = &operation.responses[0].links[0];
    assert_eq!(first.values, [("id", "$response.body#/id".to_owned())]);
    let [ready] = &operation.callbacks[..] else {
        panic!("{:?}", operation.callbacks);
    };
    assert_eq!(
        (ready.name, ready.address, ready.method.as_str()),
        ("ready", "{$request.body#/url}", "POST")
    );
    assert_eq!(ready.summary, Some("It is ready"));
    assert!(ready.body.is_some() && ready.responses[0].status == "204");
    assert_eq!(operation.broken_callbacks, ["#/components/callbacks/Gone"]);
}
