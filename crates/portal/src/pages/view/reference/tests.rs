//! Pages of the reference: well-formed in both languages whatever the document says, and never large.

use std::fmt::Write as _;
use std::path::Path;

use proptest::prelude::{Just, Strategy, any, prop_oneof};
use serde_json::{Value, json};
use web::{Locale, Page};

use super::{Shown, operation, overview, schema};
use crate::pages::reference::Document;
use crate::pages::view::tests::{html, product, visitor};

/// The most that a page may weigh, in bytes of HTML, whatever the document.
const MOST: usize = 1 << 20;

fn shown(locale: Locale) -> Shown {
    let product = product();
    Shown {
        visitor: visitor(locale),
        version: product.versions[0].clone(),
        product,
        signed_in: true,
    }
}

/// The page as text, once it is known to be sound.
async fn sound(name: &str, page: Page) -> String {
    let html = html(page).await;
    assert_eq!(html.matches("<h1").count(), 1, "{name}: one main heading");
    assert_eq!(html.matches("<main").count(), 1, "{name}: one main part");
    assert!(
        !html.contains(" style=") && !html.contains("<style"),
        "{name}: no styles inside"
    );
    assert!(html.len() < MOST, "{name} weighs {} bytes", html.len());
    web::testing::well_formed(&html).unwrap_or_else(|wrong| panic!("{name}: {wrong}"));
    html
}

async fn every_page(name: &str, document: &Document, locale: Locale) -> Vec<(String, String)> {
    let shown = shown(locale);
    let mut pages = vec![(
        String::new(),
        sound(name, overview(&shown, document, "", 1)).await,
    )];
    for entry in document.entries() {
        let page = operation(&shown, document, &entry.key).unwrap();
        pages.push((
            entry.key.clone(),
            sound(&format!("{name} {}", entry.key), page).await,
        ));
    }
    for schema_name in document.schema_names() {
        let page = schema(&shown, document, schema_name).unwrap();
        pages.push((
            schema_name.to_owned(),
            sound(&format!("{name} {schema_name}"), page).await,
        ));
    }
    pages
}

/// A document with something of everything, also of what is wrong.
fn everything() -> Document {
    Document::of(json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Weather <&>", "version": "1.2", "summary": "In short.", "description": "# Weather\n\n## Limits\n\n<script>x</script>",
            "contact": { "name": "Team", "url": "javascript:alert(1)" }, "license": { "name": "MIT", "url": "https://licence.example" },
            "termsOfService": "https://terms.example",
        },
        "externalDocs": { "url": "https://docs.example" },
        "tags": [{ "name": "Forecast", "description": "What **comes**." }, { "name": "\"><b>" }],
        "paths": {
            "/forecast/{city}": {
                "get": {
                    "operationId": "getForecast", "tags": ["Forecast"], "summary": "A forecast", "description": "Look\n\n## Ahead\n\n- a\n- b",
                    "parameters": [
                        { "name": "city", "in": "path", "required": true, "example": "kobe", "schema": { "type": "string", "maxLength": 40 } },
                        { "name": "days", "in": "query", "schema": { "type": "integer", "minimum": 1, "maximum": 7, "default": 3 } },
                        { "name": "unit", "in": "query", "schema": { "$ref": "#/components/schemas/Unit" } },
                        { "name": "fields", "in": "query", "schema": { "type": "array", "items": { "type": "string" } } },
                        { "$ref": "#/components/parameters/Gone" },
                    ],
                    "responses": {
                        "200": { "description": "A `forecast`.", "headers": { "X-Left": { "schema": { "type": "integer" } } },
                            "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Forecast" } } } },
                        "404": { "$ref": "#/components/responses/Gone" },
                    },
                },
                "post": {
                    "tags": ["Forecast", "\"><b>"], "deprecated": true,
                    "requestBody": { "required": true, "content": {
                        "application/json": { "schema": { "$ref": "#/components/schemas/Forecast" } },
                        "text/plain": { "example": "</textarea><script>" },
                    } },
                    "responses": { "204": { "description": "Done." } },
                },
            },
            "/upload": { "put": { "requestBody": { "content": { "multipart/form-data": { "schema": { "type": "object", "required": ["file"],
                "properties": { "file": { "type": "string", "format": "binary" }, "kind": { "enum": ["a", "b"] } } } } } } } },
        },
        "webhooks": { "storm": { "post": { "summary": "A storm comes", "requestBody": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Pet" } } } } } } },
        "components": { "schemas": {
            "Unit": { "type": "string", "enum": ["c", "f"], "description": "Of temperature." },
            "Forecast": { "type": "object", "required": ["place"], "properties": {
                "place": { "type": "string", "readOnly": true, "examples": ["Kobe"] },
                "next": { "$ref": "#/components/schemas/Forecast" },
                "lost": { "$ref": "#/components/schemas/Lost" },
                "by": { "type": "object", "additionalProperties": { "type": ["number", "null"] } },
                "pairs": { "type": "array", "prefixItems": [{ "type": "string" }, { "const": 1 }] },
                "any": {}, "more": { "patternProperties": { "^x": { "type": "string" } } },
            }, "additionalProperties": false },
            "Pet": { "oneOf": [{ "$ref": "#/components/schemas/Unit" }, { "$ref": "#/components/schemas/Forecast" }], "discriminator": { "propertyName": "kind" } },
        } },
    }))
}

#[tokio::test]
async fn every_page_of_every_kind_is_sound_in_every_language() {
    let document = everything();
    for locale in Locale::ALL {
        let pages = every_page("everything", &document, locale).await;
        let all: String = pages.iter().map(|(_, html)| html.as_str()).collect();
        assert!(!all.contains("<script>x") && !all.contains("</textarea><script>"));
        assert!(
            !all.contains("javascript:alert"),
            "a link that runs a script"
        );
    }
    let shown = shown(Locale::En);
    assert!(operation(&shown, &document, "nothing").is_none());
    assert!(schema(&shown, &document, "Nothing").is_none());
}

#[tokio::test]
async fn an_operation_tells_all_that_a_caller_has_to_know() {
    let document = everything();
    let page = operation(&shown(Locale::En), &document, "getForecast").unwrap();
    let html = sound("getForecast", page).await;
    for told in [
        "http://127.0.0.1:8000/weather</span>/forecast/{city}",
        "In the path",
        "Characters, at most:",
        "refers to “#/components/parameters/Gone” here",
        "refers to “#/components/schemas/Lost” here",
        "refers to “#/components/responses/Gone” here",
        "It has no other properties.",
        "This is the same again:",
        "curl &quot;http://127.0.0.1:8000/weather/forecast/kobe&quot;",
        "-u &quot;CLIENT_ID:CLIENT_SECRET&quot;",
        "data-try=\"/try/v3\"",
        "needs JavaScript",
        "<option value=\"f\">",
    ] {
        assert!(html.contains(told), "{told}: {html}");
    }
    assert!(
        !html.contains(" name=\"city\""),
        "a field with a name could end in an address"
    );
}

#[tokio::test]
async fn the_list_of_operations_is_searched_without_a_script() {
    let document = everything();
    let shown = shown(Locale::En);
    let found = sound("found", overview(&shown, &document, "FORECAST/", 1)).await;
    assert!(found.contains("3 operations found"), "{found}");
    let nothing = sound("nothing", overview(&shown, &document, "snow", 1)).await;
    assert!(nothing.contains("Nothing found for “snow”"), "{nothing}");
    sound("beyond", overview(&shown, &document, "", 9000)).await;
    let empty = Document::of(json!({ "openapi": "3.1.0" }));
    assert!(
        sound("empty", overview(&shown, &empty, "", 1))
            .await
            .contains("No operations yet")
    );
}

#[tokio::test]
async fn the_vendors_own_documents_are_told_page_by_page() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/specs");
    let mut operations = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|kind| kind != "yaml") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let document: Value = serde_saphyr::from_str(&text).unwrap();
        let document = Document::of(document);
        assert!(!document.entries().is_empty(), "{}", path.display());
        operations += document.entries().len();
        every_page(&path.display().to_string(), &document, Locale::Ja).await;
    }
    assert!(operations > 500, "{operations}");
}

/// 500 operations in 3 MB, whose schemas hold each other.
fn large() -> Document {
    let (mut paths, mut schemas) = (serde_json::Map::new(), serde_json::Map::new());
    for at in 0..500 {
        let name = |at: usize| format!("#/components/schemas/Thing{}", at % 500);
        let mut properties = serde_json::Map::new();
        for field in 0..12 {
            let schema = match field % 3 {
                0 => json!({ "$ref": name(at * 7 + field + 1) }),
                1 => json!({ "type": "array", "items": { "$ref": name(at * 3 + field) } }),
                _ => {
                    json!({ "type": "string", "description": "What it is about, in a sentence or two. ".repeat(6) })
                }
            };
            properties.insert(format!("field_{field}"), schema);
        }
        schemas.insert(format!("Thing{at}"), json!({ "type": "object", "description": "A thing. ".repeat(40), "properties": properties }));
        let mut path = String::new();
        write!(path, "/things/{{id}}/parts/{at}").unwrap();
        paths.insert(path, json!({ "post": {
            "operationId": format!("makePart{at}"), "tags": [format!("Part {}", at / 25)], "summary": format!("Make part {at}"),
            "description": "How to make it, at length. ".repeat(140),
            "requestBody": { "content": { "application/json": { "schema": { "$ref": name(at) } } } },
            "responses": { "200": { "description": "ok", "content": { "application/json": { "schema": { "$ref": name(at + 1) } } } } },
        } }));
    }
    let root = json!({ "openapi": "3.0.3", "info": { "title": "Large" }, "paths": paths, "components": { "schemas": schemas } });
    let bytes = root.to_string().len();
    assert!(bytes > 3_000_000, "{bytes}");
    Document::of(root)
}

#[tokio::test]
async fn pages_of_a_large_document_stay_small() {
    let document = large();
    let shown = shown(Locale::En);
    let html = sound("large", overview(&shown, &document, "", 1)).await;
    assert!(
        html.contains("?page=2") && !html.contains("makePart499"),
        "pages"
    );
    let last = sound("large", overview(&shown, &document, "", 2)).await;
    assert!(last.contains("makePart499"));
    for key in ["makePart0", "makePart250"] {
        let html = sound(key, operation(&shown, &document, key).unwrap()).await;
        assert!(
            html.contains("It goes on here:"),
            "{key} links what it does not hold"
        );
        assert!(
            html.matches("makePart").count() < 80,
            "{key}: the operations of its tag alone"
        );
    }
    sound("Thing1", schema(&shown, &document, "Thing1").unwrap()).await;
}

/// JSON of the words that a document is made of, each wherever it may come.
fn anything() -> impl Strategy<Value = Value> {
    let words = [
        "get",
        "post",
        "/a/{b}",
        "parameters",
        "responses",
        "200",
        "content",
        "application/json",
        "multipart/form-data",
        "schema",
        "schemas",
        "properties",
        "items",
        "prefixItems",
        "allOf",
        "oneOf",
        "anyOf",
        "additionalProperties",
        "discriminator",
        "mapping",
        "type",
        "enum",
        "required",
        "description",
        "name",
        "in",
        "example",
        "examples",
        "value",
        "$ref",
        "requestBody",
        "headers",
        "securitySchemes",
        "flows",
        "tags",
        "A",
        "B",
    ];
    let texts = [
        "object",
        "array",
        "string",
        "query",
        "path",
        "formData",
        "body",
        "#/components/schemas/A",
        "#/components/schemas/B",
        "#",
        "#/paths",
        "elsewhere",
        "<b>\"x'",
        "",
        "# h\n\n[x](javascript:x)",
    ];
    let text = proptest::sample::select(texts.to_vec()).prop_map(Value::from);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        text.clone(),
        text
    ];
    leaf.prop_recursive(7, 80, 6, move |inner| {
        let word = proptest::sample::select(words.to_vec());
        let object = proptest::collection::vec((word, inner.clone()), 0..6);
        let object = object.prop_map(|members| {
            members
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect()
        });
        prop_oneof![
            object,
            proptest::collection::vec(inner, 0..4).prop_map(Value::from)
        ]
    })
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_a_document_says_its_pages_are_sound(
        a in anything(), b in anything(), get in anything(), post in anything(), item in anything(), swagger in any::<bool>(),
    ) {
        let root = json!({
            "openapi": "3.1.0", "info": get.clone(), "tags": item.clone(), "security": a.clone(), "definitions": { "A": a.clone() },
            "components": { "schemas": { "A": a, "B": b }, "securitySchemes": item.clone() },
            "paths": { "/a": { "get": { "parameters": item.clone(), "responses": get }, "post": post }, "/b": item },
        });
        let mut root = root;
        if swagger {
            root["swagger"] = json!("2.0");
        }
        let document = Document::of(root);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(every_page("anything", &document, Locale::En));
    }
}

#[tokio::test]
async fn links_callbacks_and_cookies_of_an_operation_are_on_its_page() {
    let document = Document::of(json!({
        "openapi": "3.1.0", "paths": {
            "/jobs": { "post": {
                "operationId": "start",
                "parameters": [{ "name": "session", "in": "cookie", "required": true, "schema": { "type": "string" } }],
                "requestBody": { "content": { "application/json": { "example": { "url": "https://me.example" } } } },
                "responses": { "201": { "description": "Made.", "links": {
                    "Read": { "operationId": "read", "parameters": { "id": "$response.body#/id" } },
                } } },
                "callbacks": { "ready": { "{$request.body#/url}": { "post": {
                    "requestBody": { "content": { "application/json": { "example": { "ready": true } } } },
                    "responses": { "204": { "description": "Heard." } },
                } } } },
            } },
            "/jobs/{id}": { "get": { "operationId": "read", "summary": "Read a job" } },
        },
    }));
    for locale in [Locale::En, Locale::Ja] {
        let page = operation(&shown(locale), &document, "start").unwrap();
        let html = sound("start", page).await;
        for part in [
            "href=\"./read\"",
            "$response.body#/id",
            "id=\"callbacks\"",
            "{$request.body#/url}",
            "data-in=\"cookie\"",
            "Cookie: session=",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
    }
}
