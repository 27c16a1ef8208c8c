//! The vendor's specifications: every answer fits, and every operation is served or listed.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde_json::Value;

use super::super::routes;
use super::{Answer, Platform, schema};

/// Each with the part of the address that its servers have.
pub(super) static SPECIFICATIONS: LazyLock<Vec<(&str, Value)>> = LazyLock::new(|| {
    [
        (
            "/v2",
            include_str!("../../../tests/specs/application-auth-strategies-v2.yaml"),
        ),
        (
            "/v2",
            include_str!("../../../tests/specs/portal-management-v2.yaml"),
        ),
        (
            "/v2",
            include_str!("../../../tests/specs/api-products-v2.yaml"),
        ),
        (
            "/v2",
            include_str!("../../../tests/specs/control-planes-v2.yaml"),
        ),
        (
            "/v2",
            include_str!("../../../tests/specs/control-planes-config-v2.yaml"),
        ),
        (
            "/v3",
            include_str!("../../../tests/specs/portal-management-v3.yaml"),
        ),
        ("/v3", include_str!("../../../tests/specs/identity-v3.yaml")),
        (
            "/v3",
            include_str!("../../../tests/specs/api-builder-v3.yaml"),
        ),
        (
            "/v2",
            include_str!("../../../tests/specs/audit-logs-v2.yaml"),
        ),
    ]
    .into_iter()
    .map(|(prefix, text)| {
        let parsed = serde_saphyr::from_str(text).expect("a specification is YAML");
        (prefix, parsed)
    })
    .collect()
});

/// Operations that are not served yet, one a line. The list may only shrink.
const UNSERVED: &str = include_str!("../../../../../docs/unserved/konnect-platform.txt");

/// As many lines as the list had when this was written. Lower it with the list, never raise it.
const MOST: usize = 191;

/// The id of nothing.
const ABSENT: &str = "00000000-0000-4000-8000-000000000000";

pub(super) const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// `{name}` to `{}`: names of parameters differ.
pub(super) fn shape(path: &str) -> String {
    let parts = path.split('/');
    let part = |part: &str| if part.starts_with('{') { "{}" } else { part }.to_owned();
    parts.map(part).collect::<Vec<_>>().join("/")
}

fn operations() -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for (prefix, specification) in SPECIFICATIONS.iter() {
        for (path, item) in specification["paths"].as_object().unwrap() {
            for method in METHODS.iter().filter(|method| item[**method].is_object()) {
                let method = method.to_uppercase();
                all.insert(format!("{method} {}", shape(&format!("{prefix}{path}"))));
            }
        }
    }
    all
}

/// What a schema, parameter or response is, where it is a reference.
pub(super) fn resolved<'a>(root: &'a Value, node: &'a Value) -> &'a Value {
    match node["$ref"].as_str() {
        Some(reference) => resolved(
            root,
            root.pointer(reference.trim_start_matches('#')).unwrap(),
        ),
        None => node,
    }
}

#[test]
fn every_operation_of_the_specifications_is_served_or_listed() {
    let served: BTreeSet<String> = routes()
        .iter()
        .map(|(method, path, _)| format!("{method} {}", shape(path)))
        .chain([format!("GET {}", super::super::audit_logs::KEYS)])
        .collect();
    let listed: BTreeSet<String> = UNSERVED.lines().map(str::to_owned).collect();
    let missing: BTreeSet<String> = operations().difference(&served).cloned().collect();
    assert_eq!(
        missing, listed,
        "neither served nor listed, or listed and served"
    );
    assert!(listed.len() <= MOST, "serve it instead of listing it");
}

#[tokio::test]
async fn what_is_listed_as_not_served_says_so() {
    let platform = Platform::start().await;
    let planes = platform.get("/v2/control-planes").await;
    let plane = planes.body["data"][0]["id"].as_str().unwrap().to_owned();
    let bearer = platform.bearer();
    for line in UNSERVED.lines() {
        let (method, path) = line.split_once(' ').unwrap();
        let path = path.replacen("{}", &plane, 1).replace("{}", ABSENT);
        let body = serde_json::json!({});
        let answer = platform.call_as(Some(&bearer), method, &path, body).await;
        let said = answer.body["detail"].as_str();
        let said = said.or(answer.body["message"].as_str()).unwrap_or_default();
        let fits = match answer.status {
            404 => said.contains("there is no operation"),
            400 => said.contains("this gateway has no"),
            // What is not there is gone already, as services and routes are.
            status => status == 204 && method == "DELETE" && path.contains("/core-entities/"),
        };
        assert!(fits, "{line}: {} {said}", answer.status);
    }
}

/// What the documentation says of specifications that are served in part.
#[test]
fn the_documentation_counts_the_operations_that_are_served() {
    let documentation = include_str!("../../../../../docs/COMPATIBILITY.md");
    let listed: BTreeSet<&str> = UNSERVED.lines().collect();
    for (title, name) in [
        ("Portal Management V3", "portal management v3"),
        ("Konnect Identity", "identity v3"),
        ("Konnect API Catalog", "API builder v3"),
    ] {
        let found = SPECIFICATIONS.iter().filter(|(prefix, specification)| {
            let own = specification["info"]["title"].as_str().unwrap_or_default();
            *prefix == "/v3" && own == title
        });
        let found: Vec<_> = found.collect();
        let [(prefix, specification)] = found.as_slice() else {
            panic!("{} specifications are called {title}", found.len());
        };
        let mut counts = [0, 0];
        for (path, item) in specification["paths"].as_object().unwrap() {
            for method in METHODS.iter().filter(|method| item[**method].is_object()) {
                let path = shape(&format!("{prefix}{path}"));
                let operation = format!("{} {path}", method.to_uppercase());
                counts[0] += usize::from(!listed.contains(operation.as_str()));
                counts[1] += 1;
            }
        }
        let [served, all] = counts;
        let said = format!("{served} of {all} operations");
        let row = documentation
            .lines()
            .find(|line| line.starts_with(&format!("| {name}")));
        let row = row.unwrap_or_else(|| panic!("{name} is not in the documentation"));
        assert!(row.contains(&said), "{name}: say \"{said}\"");
    }
}

/// Panics if the answer is not what the specification allows.
pub(super) fn check(method: &str, path: &str, answer: &Answer) {
    let path = path.split('?').next().unwrap();
    let Some((specification, operation)) = find(method, path) else {
        return;
    };
    let kind = answer.headers.get("content-type");
    let kind = kind.map_or("", |kind| kind.to_str().unwrap());
    if answer.status >= 400 {
        // The entities' API has errors of its own, but for two lists.
        let entities = ["/core-entities/", "/dp-client-certificates"];
        let otherwise = ["/core-entities/plugin-schemas", "/core-entities/targets"];
        let own = entities.iter().any(|part| path.contains(part))
            && !otherwise.iter().any(|list| path.ends_with(list));
        let (wanted, members): (_, &[&str]) = if own {
            ("application/json", &["code", "message", "details"])
        } else {
            let members = &["status", "title", "instance", "detail"];
            ("application/problem+json", members)
        };
        assert_eq!(kind, wanted, "{method} {path}");
        for name in members {
            assert!(!answer.body[name].is_null(), "{method} {path}: {name}");
        }
    }
    let response = &operation["responses"][answer.status.to_string()];
    if response.is_null() {
        assert!(
            answer.status >= 400 && answer.status < 500,
            "{method} {path}: {} is not in the specification: {}",
            answer.status,
            answer.body
        );
        return;
    }
    let response = resolved(specification, response);
    let Some(content) = response["content"].as_object() else {
        // A refusal may say why, where the specification leaves that open.
        assert!(
            answer.status >= 400 || answer.body.is_null(),
            "{method} {path}"
        );
        return;
    };
    assert!(content.contains_key(kind), "{method} {path}: {kind}");
    if !kind.ends_with("json") {
        return;
    }
    let media = &content[kind];
    let schema = &media["schema"];
    if !schema.is_null() {
        let faults = schema::faults(specification, schema, &answer.body, "body");
        let text = format!("{method} {path} {}", answer.status);
        assert!(faults.is_empty(), "{text}: {faults:#?}\n{}", answer.body);
    }
}

fn find(method: &str, path: &str) -> Option<(&'static Value, &'static Value)> {
    SPECIFICATIONS.iter().find_map(|(prefix, specification)| {
        let path = path.strip_prefix(prefix)?;
        let fits = |template: &str| {
            template.split('/').count() == path.split('/').count()
                && template
                    .split('/')
                    .zip(path.split('/'))
                    .all(|(part, given)| part.starts_with('{') || part == given)
        };
        let paths = specification["paths"].as_object()?;
        // `/users/me` is not `/users/{userId}`.
        let fitting = paths.iter().filter(|(template, _)| fits(template));
        let (_, item) = fitting.min_by_key(|(template, _)| template.matches('{').count())?;
        let operation = &item[method.to_lowercase()];
        operation.is_object().then_some((specification, operation))
    })
}
