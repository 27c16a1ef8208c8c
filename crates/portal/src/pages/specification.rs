//! A version's OpenAPI document as the reference shows it: at the gateway's address, with the credentials
//! that the gateway takes.

use serde_json::{Map, Value, json};

/// What the gateway asks of callers, as far as a reader can enter it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    /// `Authorization: Basic`, client id and secret.
    ClientCredentials,
    /// `Authorization: Bearer`.
    Bearer,
    /// A key in a header.
    Key(String),
}

/// Points a document at the gateway.
///
/// `servers` replaces the document's own, which are where the team's gateway finds the service, not where
/// developers do. `schemes` replaces its security, for the same reason; both stay if there is nothing to
/// say instead. Swagger 2.0 has neither in this form: it gets host, base path and schemes.
pub(crate) fn prepare(mut document: Value, servers: &[String], schemes: &[Scheme]) -> Value {
    let Some(root) = document.as_object_mut() else {
        return document;
    };
    if root.contains_key("swagger") {
        point_swagger(root, servers);
        return document;
    }
    if !servers.is_empty() {
        root.insert(
            "servers".to_owned(),
            servers.iter().map(|url| json!({ "url": url })).collect(),
        );
        each_operation(root, &|operation| {
            operation.shift_remove("servers");
        });
    }
    if !schemes.is_empty() {
        secure(root, schemes);
    }
    document
}

fn point_swagger(root: &mut Map<String, Value>, servers: &[String]) {
    let Some(url) = servers.first().and_then(|url| url::Url::parse(url).ok()) else {
        return;
    };
    let Some(host) = url.host_str() else { return };
    let host = url
        .port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    root.insert("host".to_owned(), host.into());
    root.insert("basePath".to_owned(), url.path().into());
    root.insert("schemes".to_owned(), json!([url.scheme()]));
}

fn secure(root: &mut Map<String, Value>, schemes: &[Scheme]) {
    let (mut definitions, mut requirements) = (Map::new(), Vec::new());
    for scheme in schemes {
        let (name, definition) = match scheme {
            Scheme::ClientCredentials => (
                "clientCredentials".to_owned(),
                json!({ "type": "http", "scheme": "basic", "description": "Client ID and client secret of your application." }),
            ),
            Scheme::Bearer => (
                "accessToken".to_owned(),
                json!({ "type": "http", "scheme": "bearer", "description": "An access token of your application." }),
            ),
            Scheme::Key(header) => (
                format!("apiKey-{header}"),
                json!({ "type": "apiKey", "in": "header", "name": header, "description": "An API key of your application." }),
            ),
        };
        requirements.push(json!({ &name: [] }));
        definitions.insert(name, definition);
    }
    root.insert("security".to_owned(), requirements.into());
    let components = root.entry("components").or_insert_with(|| json!({}));
    if let Some(components) = components.as_object_mut() {
        components.insert("securitySchemes".to_owned(), definitions.into());
    }
    each_operation(root, &|operation| {
        operation.shift_remove("security");
    });
}

/// Path items and their operations.
fn each_operation(root: &mut Map<String, Value>, change: &dyn Fn(&mut Map<String, Value>)) {
    let paths = root.get_mut("paths").and_then(Value::as_object_mut);
    for item in paths
        .into_iter()
        .flat_map(|paths| paths.values_mut())
        .filter_map(Value::as_object_mut)
    {
        change(item);
        for operation in item.values_mut().filter_map(Value::as_object_mut) {
            change(operation);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Scheme, prepare};

    const GATEWAY: &str = "https://api.example/weather";

    #[test]
    fn servers_and_security_become_the_gateways() {
        let text = json!({
            "openapi": "3.1.0",
            "servers": [{ "url": "http://internal:9000" }],
            "components": { "schemas": { "A": {} }, "securitySchemes": { "mtls": { "type": "mutualTLS" } } },
            "paths": { "/a": { "servers": [], "get": { "security": [{ "mtls": [] }], "summary": "A" } } },
        });
        let out = prepare(
            text,
            &[GATEWAY.to_owned()],
            &[Scheme::ClientCredentials, Scheme::Bearer],
        );
        assert_eq!(out["servers"], json!([{ "url": GATEWAY }]));
        assert_eq!(
            out["security"],
            json!([{ "clientCredentials": [] }, { "accessToken": [] }])
        );
        assert_eq!(
            out["components"]["securitySchemes"]["accessToken"]["scheme"],
            "bearer"
        );
        assert!(out["components"]["securitySchemes"].get("mtls").is_none());
        assert_eq!(out["paths"]["/a"], json!({ "get": { "summary": "A" } }));
        assert!(out["components"]["schemas"]["A"].is_object());
    }

    #[test]
    fn what_there_is_nothing_to_say_about_stays() {
        let text = json!({ "openapi": "3.0.3", "servers": [{ "url": "/x" }], "paths": {} });
        assert_eq!(prepare(text.clone(), &[], &[]), text);
        assert_eq!(prepare(json!([]), &[], &[]), json!([]));
    }

    #[test]
    fn swagger_two_points_at_the_gateway_in_its_own_words() {
        let text = json!({ "swagger": "2.0", "host": "internal", "paths": {} });
        let out = prepare(text, &["http://g:8000/w".to_owned()], &[]);
        assert_eq!(
            (&out["host"], &out["basePath"]),
            (&json!("g:8000"), &json!("/w"))
        );
    }
}
