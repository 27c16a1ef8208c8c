//! The errors that the vendor's specifications document, walked from the specifications themselves: every
//! operation that is served, without a token, with one that may do nothing, with nothing there, with a body that cannot be read.
//!
//! 409 needs something to be there already, each time something else; the tests of each kind have those.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::needs::{self, Need};
use super::super::routes;
use super::contract::{self, SPECIFICATIONS, resolved, shape};
use super::portals::{applicant, published};
use super::roles::{READERS, account, administrator};
use super::{Answer, Platform};

/// An operation that is served.
struct Operation {
    method: String,
    /// With `{parameters}`.
    path: String,
    root: &'static Value,
    said: &'static Value,
}

impl Operation {
    fn documents(&self, status: &str) -> bool {
        self.said["responses"][status].is_object()
    }

    fn takes_json(&self) -> bool {
        self.body()["content"]["application/json"].is_object()
    }

    fn body(&self) -> &Value {
        resolved(self.root, &self.said["requestBody"])
    }

    /// Entities of the gateway are read whatever they are called.
    fn asks_for_the_kind(&self) -> bool {
        self.takes_json() && !self.path.contains("/core-entities/")
    }

    /// Whether its pages have numbers; others have cursors.
    fn is_paged(&self) -> bool {
        let parameters = self.said["parameters"].as_array();
        let mut parameters = parameters.into_iter().flatten();
        parameters.any(|parameter| {
            let name = resolved(self.root, parameter)["name"].as_str();
            name == Some("page[number]")
        })
    }

    /// The path with each parameter as what this gives for the segment before it.
    fn path(&self, of: impl Fn(&str) -> String) -> String {
        let mut before = "";
        let mut parts = Vec::new();
        for part in self.path.split('/') {
            parts.push(match part.starts_with('{') {
                true => of(before),
                false => part.to_owned(),
            });
            before = part;
        }
        parts.join("/")
    }
}

/// Every operation of every specification that is served here.
fn served() -> Vec<Operation> {
    let routes: BTreeSet<String> = routes()
        .iter()
        .map(|(method, path, _)| format!("{method} {}", shape(path)))
        .collect();
    let mut all = Vec::new();
    for (prefix, root) in SPECIFICATIONS.iter() {
        for (path, item) in root["paths"].as_object().unwrap() {
            let path = format!("{prefix}{path}");
            for method in contract::METHODS {
                let operation = Operation {
                    method: method.to_uppercase(),
                    path: path.clone(),
                    root,
                    said: &item[method],
                };
                let name = format!("{} {}", operation.method, shape(&path));
                if operation.said.is_object() && routes.contains(&name) {
                    all.push(operation);
                }
            }
        }
    }
    assert!(all.len() >= 310, "{}", all.len());
    all
}

const NOTHING: &str = "93f8380e-7798-4566-99e3-2edf2b57d289";

fn nothing(_: &str) -> String {
    NOTHING.to_owned()
}

/// Notes whatever is not the status that is expected.
#[derive(Default)]
struct Found(Vec<String>);

impl Found {
    fn expect(&mut self, operation: &Operation, status: u16, answer: &Answer) {
        let Operation { method, path, .. } = operation;
        if answer.status == status {
            contract::check(method, path, answer);
        } else {
            self.0.push(format!(
                "{method} {path}: {} {}",
                answer.status, answer.body
            ));
        }
    }
}

impl Drop for Found {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert!(self.0.is_empty(), "{:#?}", self.0);
        }
    }
}

#[tokio::test]
async fn without_a_token_every_operation_answers_the_documented_401() {
    let platform = Platform::start().await;
    let mut found = Found::default();
    for operation in served() {
        let path = operation.path(nothing);
        let answer = platform.raw(None, &operation.method, &path, String::new());
        found.expect(&operation, 401, &answer.await);
    }
}

#[tokio::test]
async fn with_a_token_without_roles_every_operation_answers_the_documented_403() {
    let platform = Platform::start().await;
    let (_, bearer) = account(&platform, "without").await;
    let open: Vec<String> = routes()
        .iter()
        .filter(|(method, path, _)| needs::of(method, path) == [Need::Token])
        .map(|(method, path, _)| format!("{method} {}", shape(path)))
        .collect();
    let mut found = Found::default();
    let mut refused = 0;
    for operation in served() {
        let path = operation.path(nothing);
        if open.contains(&format!("{} {}", operation.method, shape(&operation.path))) {
            continue;
        }
        let answer = platform.raw(Some(&bearer), &operation.method, &path, "{}".to_owned());
        found.expect(&operation, 403, &answer.await);
        refused += 1;
    }
    assert!(refused >= 300, "{refused}");
}

#[tokio::test]
async fn with_a_token_that_reads_every_write_answers_the_documented_403() {
    let platform = Platform::start().await;
    let (account, bearer) = account(&platform, "reader").await;
    let path = format!("/v3/teams/{READERS}/system-accounts");
    let body = serde_json::json!({ "id": account });
    assert_eq!(platform.post(&path, body).await.status, 201);
    let mut found = Found::default();
    for operation in served() {
        let path = operation.path(nothing);
        let answer = platform.raw(Some(&bearer), &operation.method, &path, "{}".to_owned());
        let answer = answer.await;
        match operation.method.as_str() {
            "GET" => assert!(
                ![401, 403].contains(&answer.status),
                "{path}: {}",
                answer.body
            ),
            _ if operation.path == "/v3/apis/validate-specification" => {}
            _ => found.expect(&operation, 403, &answer),
        }
    }
}

#[tokio::test]
async fn where_nothing_is_every_operation_answers_the_documented_404() {
    let platform = Platform::start().await;
    let bearer = platform.bearer();
    let mut found = Found::default();
    for operation in served() {
        if !operation.documents("404") || !operation.path.contains('{') {
            continue;
        }
        let path = operation.path(nothing);
        let body = match operation.takes_json() {
            true => "{}",
            false => "",
        };
        let answer = platform.raw(Some(&bearer), &operation.method, &path, body.to_owned());
        found.expect(&operation, 404, &answer.await);
    }
}

#[tokio::test]
async fn a_body_that_is_no_json_is_the_documented_400() {
    let platform = Platform::start().await;
    let bearer = platform.bearer();
    // The plane of an entity is looked for before its body is read.
    let planes = platform.get("/v2/control-planes").await;
    let plane = planes.body["data"][0]["id"].as_str().unwrap();
    let mut found = Found::default();
    for operation in served().iter().filter(|one| one.takes_json()) {
        let path = operation.path(|before| match before {
            "control-planes" => plane.to_owned(),
            _ => NOTHING.to_owned(),
        });
        for body in ["{\"name\": ", "[]", "\"text\""] {
            let answer = platform.raw(Some(&bearer), &operation.method, &path, body.to_owned());
            found.expect(operation, 400, &answer.await);
        }
    }
}

#[tokio::test]
async fn a_body_that_is_missing_is_the_documented_400_where_it_is_required() {
    let platform = Platform::start().await;
    let bearer = platform.bearer();
    let planes = platform.get("/v2/control-planes").await;
    let plane = planes.body["data"][0]["id"].as_str().unwrap();
    let mut found = Found::default();
    let [mut required, mut optional] = [0, 0];
    for operation in served().iter().filter(|one| one.body().is_object()) {
        let path = operation.path(|before| match before {
            "control-planes" => plane.to_owned(),
            _ => NOTHING.to_owned(),
        });
        let answer = platform.raw(Some(&bearer), &operation.method, &path, String::new());
        let answer = answer.await;
        if operation.body()["required"] == true {
            found.expect(operation, 400, &answer);
            required += 1;
            continue;
        }
        // What may be left out says as much as an empty object.
        let empty = platform.raw(Some(&bearer), &operation.method, &path, "{}".to_owned());
        assert_eq!(empty.await.status, answer.status, "{path}: {}", answer.body);
        optional += 1;
    }
    assert!(required >= 69 && optional >= 41, "{required}, {optional}");
}

#[tokio::test]
async fn a_body_of_another_kind_is_the_documented_415() {
    let platform = Platform::start().await;
    let bearer = platform.bearer();
    let mut found = Found::default();
    for operation in served().iter().filter(|one| one.asks_for_the_kind()) {
        let path = operation.path(nothing);
        let answer = platform.of_kind("text/plain", Some(&bearer), &operation.method, &path, "{}");
        found.expect(operation, 415, &answer.await);
    }
}

#[tokio::test]
async fn a_page_that_is_no_number_is_the_documented_400() {
    let platform = Platform::start().await;
    let bearer = platform.bearer();
    let (portal, version, strategy) = published(&platform).await;
    let applicant = applicant(&platform, &portal, &version, &strategy).await;
    let first = async |path: &str| {
        let id = &platform.get(path).await.body["data"][0]["id"];
        id.as_str().unwrap_or_default().to_owned()
    };
    let product = first("/v2/api-products").await;
    let plane = first("/v2/control-planes").await;
    let teams = format!("/v2/portals/{portal}/teams");
    let body = serde_json::json!({ "name": "crew" });
    let team = platform.post(&teams, body).await.id();
    let body = serde_json::json!({ "name": "ci", "description": "" });
    let account = platform.post("/v3/system-accounts", body).await.id();
    let user = administrator(&platform, "reader@example.com")
        .await
        .to_string();
    let provider = platform.provider().await;
    // The applicant knows addresses.
    let last = |path: &str| {
        path.rsplit('/')
            .next()
            .map(str::to_owned)
            .unwrap_or_default()
    };
    let (developer, application) = (last(&applicant.developer), last(&applicant.application));
    let mut found = Found::default();
    for operation in served() {
        if operation.method != "GET" || !operation.is_paged() {
            continue;
        }
        let path = operation.path(|before| {
            let id: &str = match before {
                "portals" => &portal,
                "api-products" | "apis" => &product,
                "product-versions" => &version,
                "control-planes" => &plane,
                "developers" => &developer,
                "applications" => &application,
                "teams" if operation.path.starts_with("/v3/teams") => READERS,
                "teams" => &team,
                "users" => &user,
                "system-accounts" => &account,
                "dcr-providers" => &provider,
                "application-auth-strategies" => &strategy,
                _ => NOTHING,
            };
            id.to_owned()
        });
        for query in ["page[size]=many", "page[size]=0", "page[number]=-1"] {
            let path = format!("{path}?{query}");
            let answer = platform.raw(Some(&bearer), "GET", &path, String::new());
            found.expect(&operation, 400, &answer.await);
        }
    }
}
