//! Schemas.

use serde_json::json;

use super::{names, of_schemas, read};
use crate::pages::reference::{Budget, Direction, Others, Stop, made_of, read_schema};

#[test]
fn parts_of_all_of_are_one_object() {
    let document = of_schemas(json!({
        "Base": { "type": "object", "required": ["id"], "properties": { "id": { "type": "string" }, "kind": { "type": "string" } } },
        "Cat": { "description": "A cat.", "allOf": [
            { "$ref": "#/components/schemas/Base" },
            { "required": ["lives"], "properties": { "lives": { "type": "integer" }, "kind": { "const": "cat" } } },
        ] },
    }));
    let cat = read(&document, "Cat");
    assert_eq!(cat.types, ["object"]);
    assert_eq!(names(&cat), ["id!", "kind", "lives!"]);
    assert_eq!(cat.description, Some("A cat."));
    assert_eq!(cat.properties[1].schema.values, [&json!("cat")]);
}

#[test]
fn what_stands_beside_a_reference_counts_and_the_name_stays() {
    let document = of_schemas(json!({
        "Place": { "type": "string", "description": "Somewhere." },
        "Trip": { "properties": {
            "from": { "$ref": "#/components/schemas/Place", "description": "Where it begins." },
            "to": { "allOf": [{ "$ref": "#/components/schemas/Place" }], "nullable": true },
            "over": { "$ref": "#/components/schemas/Place" },
        } },
    }));
    let trip = read(&document, "Trip");
    let told: Vec<_> = trip
        .properties
        .iter()
        .map(|p| (p.schema.name, p.schema.description, p.schema.nullable))
        .collect();
    assert_eq!(
        told,
        [
            (Some("Place"), Some("Where it begins."), false),
            (Some("Place"), Some("Somewhere."), true),
            (Some("Place"), Some("Somewhere."), false),
        ]
    );
}

#[test]
fn null_is_told_in_every_way_of_writing_it() {
    let document = of_schemas(json!({
        "Old": { "type": "string", "nullable": true },
        "New": { "type": ["string", "null"], "format": "date" },
        "Either": { "anyOf": [{ "type": "integer", "minimum": 1 }, { "type": "null" }] },
        "Mixed": { "type": ["integer", "string"] },
    }));
    for name in ["Old", "New", "Either"] {
        let schema = read(&document, name);
        assert!(
            schema.nullable && schema.types.len() == 1 && schema.choices.is_empty(),
            "{schema:?}"
        );
    }
    assert_eq!(read(&document, "Either").rules[0].value, "1");
    assert_eq!(read(&document, "Mixed").types, ["integer", "string"]);
}

#[test]
fn rules_of_both_generations_are_told_in_the_same_words() {
    let document = of_schemas(json!({
        "Old": { "type": "integer", "minimum": 1, "exclusiveMinimum": true, "maximum": 9 },
        "New": { "type": "integer", "exclusiveMinimum": 1, "maximum": 9 },
        "Text": { "type": "string", "minLength": 2, "maxLength": 5, "pattern": "^[a-z]+$" },
        "List": { "type": "array", "minItems": 1, "uniqueItems": true, "items": { "type": "string", "enum": ["a", "b"] } },
    }));
    let rules = |name: &str| -> Vec<String> {
        let rules = read(&document, name).rules;
        rules
            .iter()
            .map(|rule| format!("{} {}", rule.word, rule.value))
            .collect()
    };
    assert_eq!(rules("Old"), ["above 1", "max 9"]);
    assert_eq!(rules("New"), ["above 1", "max 9"]);
    assert_eq!(
        rules("Text"),
        ["min-length 2", "max-length 5", "pattern ^[a-z]+$"]
    );
    assert_eq!(rules("List"), ["min-items 1", "unique "]);
    let list = read(&document, "List");
    assert_eq!(list.items[0].values.len(), 2);
}

#[test]
fn alternatives_are_named_and_told_apart() {
    let document = of_schemas(json!({
        "Cat": { "type": "object", "properties": { "kind": { "type": "string" } } },
        "Dog": { "type": "object", "properties": { "kind": { "type": "string" } } },
        "Pet": {
            "oneOf": [{ "$ref": "#/components/schemas/Cat" }, { "$ref": "#/components/schemas/Dog" }],
            "discriminator": { "propertyName": "kind", "mapping": { "hound": "#/components/schemas/Dog" } },
        },
        "Some": { "anyOf": [{ "type": "string" }, { "type": "integer" }] },
    }));
    let pet = read(&document, "Pet");
    let choice = &pet.choices[0];
    assert_eq!((choice.any, choice.discriminator), (false, Some("kind")));
    let told: Vec<_> = choice
        .options
        .iter()
        .map(|(value, option)| (*value, option.name))
        .collect();
    assert_eq!(
        told,
        [(Some("Cat"), Some("Cat")), (Some("hound"), Some("Dog"))]
    );
    assert!(read(&document, "Some").choices[0].any);
    let example = made_of(&document, document.schema("Pet").unwrap());
    assert!(
        example.text.contains("\"kind\": \"Cat\""),
        "{}",
        example.text
    );
}

#[test]
fn maps_tuples_and_closed_objects_are_told() {
    let document = of_schemas(json!({
        "Map": { "type": "object", "additionalProperties": { "type": "integer" } },
        "Closed": { "type": "object", "properties": { "a": {} }, "additionalProperties": false },
        "Free": { "type": "object", "additionalProperties": true },
        "Pairs": { "type": "array", "prefixItems": [{ "type": "string" }, { "type": "integer" }] },
        "Patterns": { "type": "object", "patternProperties": { "^x-": { "type": "string" } } },
    }));
    assert!(
        matches!(&read(&document, "Map").others, Others::Allowed(of) if of.types == ["integer"])
    );
    assert!(matches!(
        read(&document, "Closed").others,
        Others::Forbidden
    ));
    assert!(matches!(read(&document, "Free").others, Others::Allowed(_)));
    assert_eq!(read(&document, "Pairs").items.len(), 2);
    assert!(read(&document, "Patterns").properties[0].is_pattern);
}

#[test]
fn a_schema_that_holds_itself_ends_where_it_begins_again() {
    let document = of_schemas(json!({
        "Node": { "type": "object", "properties": {
            "value": { "type": "string" },
            "children": { "type": "array", "items": { "$ref": "#/components/schemas/Node" } },
        } },
        "Endless": { "allOf": [{ "$ref": "#/components/schemas/Endless" }], "type": "object" },
        "Turn": { "$ref": "#/components/schemas/Back" },
        "Back": { "$ref": "#/components/schemas/Turn" },
    }));
    let node = read(&document, "Node");
    let again = &node.properties[1].schema.items[0];
    assert_eq!(
        (again.stop, again.name),
        (Some(Stop::Recursive), Some("Node"))
    );
    assert!(again.properties.is_empty());
    assert_eq!(read(&document, "Endless").types, ["object"]);
    assert!(!read(&document, "Turn").broken.is_empty());
    let example = made_of(&document, document.schema("Node").unwrap());
    assert_eq!(
        example.text,
        "{\n  \"value\": \"string\",\n  \"children\": []\n}"
    );
}

#[test]
fn what_cannot_be_found_is_named_and_the_rest_is_shown() {
    let document = of_schemas(json!({
        "Order": { "type": "object", "properties": {
            "item": { "$ref": "#/components/schemas/Gone" },
            "file": { "$ref": "other.yaml#/Thing" },
            "count": { "type": "integer" },
        } },
    }));
    let order = read(&document, "Order");
    assert_eq!(names(&order), ["item", "file", "count"]);
    assert_eq!(
        order.properties[0].schema.broken,
        ["#/components/schemas/Gone"]
    );
    assert_eq!(order.properties[1].schema.broken, ["other.yaml#/Thing"]);
    assert_eq!(order.properties[2].schema.types, ["integer"]);
}

#[test]
fn each_side_sees_what_it_sends() {
    let document = of_schemas(json!({
        "User": { "type": "object", "properties": {
            "id": { "type": "string", "readOnly": true },
            "name": { "type": "string" },
            "password": { "type": "string", "writeOnly": true },
        } },
    }));
    let schema = document.schema("User").unwrap();
    let seen = |direction| {
        names(&read_schema(
            &document,
            direction,
            &mut Budget::default(),
            schema,
        ))
    };
    assert_eq!(seen(Direction::Request), ["name", "password"]);
    assert_eq!(seen(Direction::Response), ["id", "name"]);
    assert_eq!(seen(Direction::Both).len(), 3);
}

#[test]
fn examples_follow_what_the_schema_says() {
    let document = of_schemas(json!({
        "Given": { "type": "string", "examples": ["first", "second"] },
        "Made": { "type": "object", "properties": {
            "at": { "type": "string", "format": "date-time" },
            "unit": { "enum": ["c", "f"] },
            "count": { "type": "integer", "minimum": 3 },
            "tags": { "type": "array", "items": { "type": "string", "example": "x" } },
            "by": { "type": "object", "additionalProperties": { "type": "boolean" } },
            "old": { "type": "string", "deprecated": true },
        } },
    }));
    let text = |name: &str| made_of(&document, document.schema(name).unwrap()).text;
    assert_eq!(text("Given"), "\"first\"");
    let made: serde_json::Value = serde_json::from_str(&text("Made")).unwrap();
    let expected = json!({
        "at": "2030-01-31T09:30:00Z", "unit": "c", "count": 3, "tags": ["x"], "by": { "key": true },
    });
    assert_eq!(made, expected);
}
