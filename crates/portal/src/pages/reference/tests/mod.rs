//! Documents of every shape that the specifications allow, and some that they do not.

mod operations;
mod schemas;
mod swagger;

use serde_json::{Value, json};

use super::{Budget, Direction, Document, Schema, read_schema};

/// A document of these schemas alone.
fn of_schemas(schemas: Value) -> Document {
    Document::of(json!({ "openapi": "3.1.0", "components": { "schemas": schemas }, "paths": {} }))
}

/// A document of one operation, `POST /a`, beside `components`.
fn of_operation(operation: Value, components: Value) -> Document {
    Document::of(json!({
        "openapi": "3.0.3", "components": components, "paths": { "/a": { "post": operation } },
    }))
}

fn read<'a>(document: &'a Document, name: &str) -> Schema<'a> {
    let schema = document.schema(name).unwrap();
    read_schema(document, Direction::Both, &mut Budget::default(), schema)
}

fn names(schema: &Schema<'_>) -> Vec<String> {
    let names = schema
        .properties
        .iter()
        .map(|property| match property.required {
            true => format!("{}!", property.name),
            false => property.name.to_owned(),
        });
    names.collect()
}
