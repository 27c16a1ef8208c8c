//! Swagger 2.0.

use serde_json::json;

use super::{names, read};
use crate::pages::reference::{Credential, Document, Operation, Place, credentials_of};

fn document() -> Document {
    Document::of(json!({
        "swagger": "2.0", "info": { "title": "Old" }, "host": "api.example", "basePath": "/v1", "schemes": ["https", "http"],
        "consumes": ["application/json"], "produces": ["application/json"],
        "securityDefinitions": { "key": { "type": "apiKey", "in": "header", "name": "X-Key" }, "login": { "type": "basic" } },
        "security": [{ "key": [] }],
        "parameters": { "Id": { "name": "id", "in": "path", "required": true, "type": "integer", "minimum": 1 },
            "Body": { "name": "pet", "in": "body", "required": true, "schema": { "$ref": "#/definitions/Pet" } } },
        "responses": { "Gone": { "description": "Not there." } },
        "definitions": {
            "Pet": { "type": "object", "discriminator": "kind", "required": ["kind"], "properties": {
                "kind": { "type": "string" }, "mate": { "$ref": "#/definitions/Pet" } } },
        },
        "paths": { "/pets/{id}": {
            "parameters": [{ "$ref": "#/parameters/Id" }],
            "put": {
                "parameters": [{ "$ref": "#/parameters/Body" }, { "name": "tags", "in": "query", "type": "array", "items": { "type": "string" }, "collectionFormat": "multi" }],
                "responses": {
                    "200": { "description": "ok", "schema": { "$ref": "#/definitions/Pet" }, "headers": { "X-Left": { "type": "integer" } },
                        "examples": { "application/json": { "kind": "cat" } } },
                    "404": { "$ref": "#/responses/Gone" },
                },
            },
            "post": {
                "consumes": ["multipart/form-data"],
                "parameters": [{ "name": "photo", "in": "formData", "type": "file", "required": true }, { "name": "note", "in": "formData", "type": "string" }],
                "responses": { "204": { "description": "done" } },
            },
        } },
    }))
}

#[test]
fn bodies_parameters_and_answers_are_told_as_those_of_today() {
    let document = document();
    assert_eq!(
        document.root()["servers"][0]["url"],
        "https://api.example/v1"
    );
    let put = Operation::read(&document, &document.entries()[0]).unwrap();
    let told: Vec<_> = put
        .parameters
        .iter()
        .map(|p| (p.name, p.place, p.schema.types.clone(), p.explode))
        .collect();
    assert_eq!(told[0].0, "id");
    assert_eq!(told[1], ("tags", Place::Query, vec!["array"], true));
    assert_eq!(put.parameters[0].schema.rules[0].word, "min");
    let body = put.body.as_ref().unwrap();
    assert!(body.required);
    let schema = body.contents[0].schema.as_ref().unwrap();
    assert_eq!(
        (schema.name, names(schema)),
        (Some("Pet"), vec!["kind!".to_owned(), "mate".to_owned()])
    );
    let answers: Vec<_> = put
        .responses
        .iter()
        .map(|r| (r.status, r.description))
        .collect();
    assert_eq!(answers, [("200", Some("ok")), ("404", Some("Not there."))]);
    assert_eq!(put.responses[0].headers[0].schema.types, ["integer"]);
    assert_eq!(
        put.responses[0].contents[0].examples[0].text,
        "{\n  \"kind\": \"cat\"\n}"
    );
    assert_eq!(
        credentials_of(&document, put.said),
        [Credential::Header("X-Key".to_owned())]
    );
    assert!(read(&document, "Pet").properties[1].schema.stop.is_some());
}

#[test]
fn a_form_with_a_file_is_sent_in_parts() {
    let document = document();
    let post = Operation::read(&document, &document.entries()[1]).unwrap();
    let content = &post.body.as_ref().unwrap().contents[0];
    assert_eq!(content.media_type, "multipart/form-data");
    let schema = content.schema.as_ref().unwrap();
    assert_eq!(names(schema), ["photo!", "note"]);
    assert_eq!(schema.properties[0].schema.format, Some("binary"));
}
