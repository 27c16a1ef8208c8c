//! The errors that the portal API's specifications document, walked from the specifications themselves: every
//! operation, without a session, with nothing there, with a body or a page that cannot be read.

use serde_json::{Value, json};

use crate::contract::{self, Operation};
use crate::world::{Answer, PRODUCT, World};

/// What is nowhere.
const NOTHING: &str = "93f8380e-7798-4566-99e3-2edf2b57d289";

/// Operations that end the session, which the walk needs.
const ENDING: [&str; 2] = ["/api/v2/developer/logout", "/api/v3/developer/logout"];

/// The third generation asks for usage where the second does, and says so whatever it is sent.
const ELSEWHERE: &str = "/api/v3/stats";

/// Notes whatever is not the status that is expected, or not of its shape.
#[derive(Default)]
struct Found {
    walked: usize,
    wrong: Vec<String>,
}

impl Found {
    fn expect(&mut self, operation: &Operation, status: u16, answer: &Answer) {
        let Operation { method, path, .. } = operation;
        self.walked += 1;
        let fault = match answer.status == status {
            true => contract::check(method, path, status, answer.kind(), &answer.body).err(),
            false => Some(format!(
                "{method} {path}: {} {}",
                answer.status, answer.body
            )),
        };
        self.wrong.extend(fault);
    }

    fn end(self, least: usize) {
        assert!(self.wrong.is_empty(), "{:#?}", self.wrong);
        assert!(self.walked >= least, "{} walked", self.walked);
    }
}

fn served() -> impl Iterator<Item = Operation> {
    contract::described()
        .into_iter()
        .filter(|operation| !ENDING.contains(&operation.path.as_str()))
}

#[tokio::test]
async fn without_a_session_the_documented_401_is_of_its_shape() {
    let world = World::all().await.remove(0);
    let mut found = Found::default();
    for operation in served().filter(|operation| operation.documents("401")) {
        let path = operation.filled(|_| NOTHING);
        let answer = world.caller().send(&operation.method, &path, None).await;
        if answer.status == 401 {
            found.expect(&operation, 401, &answer);
        }
    }
    found.end(60);
}

#[tokio::test]
async fn where_nothing_is_every_operation_answers_the_documented_404() {
    let world = World::all().await.remove(0);
    let mut developer = world.developer("jane@example.com").await;
    let mut found = Found::default();
    for operation in served() {
        if !operation.documents("404") || !operation.path.contains('{') {
            continue;
        }
        let body = operation.takes_json().then(|| operation.example());
        let path = operation.filled(|_| NOTHING);
        let answer = developer.send(&operation.method, &path, body).await;
        found.expect(&operation, 404, &answer);
    }
    found.end(50);
}

#[tokio::test]
async fn a_body_that_is_no_object_is_the_documented_400() {
    let world = World::all().await.remove(0);
    let mut developer = world.developer("jane@example.com").await;
    let mut found = Found::default();
    for operation in served() {
        if !operation.takes_json() || !operation.documents("400") || operation.path == ELSEWHERE {
            continue;
        }
        let path = operation.filled(|_| PRODUCT);
        for body in [json!([]), json!("text"), Value::Null] {
            let answer = developer.send(&operation.method, &path, Some(body)).await;
            // What is not there is said first, and whose session it is.
            if answer.status != 404 {
                found.expect(&operation, 400, &answer);
            }
        }
    }
    found.end(30);
}

#[tokio::test]
async fn a_body_that_is_missing_is_the_documented_400_where_it_is_required() {
    let world = World::all().await.remove(0);
    let mut developer = world.developer("jane@example.com").await;
    let mut found = Found::default();
    for operation in served().filter(Operation::takes_json) {
        let path = operation.filled(|_| PRODUCT);
        let answer = developer.send(&operation.method, &path, None).await;
        if operation.needs_body() {
            found.expect(&operation, 400, &answer);
            continue;
        }
        // What may be left out says as much as an empty object.
        let empty = developer.send(&operation.method, &path, Some(json!({})));
        let (method, status) = (&operation.method, empty.await.status);
        assert_eq!(status, answer.status, "{method} {path}: {}", answer.body);
    }
    found.end(8);
}

#[tokio::test]
async fn a_page_that_is_no_number_is_the_documented_400() {
    let world = World::all().await.remove(0);
    let mut developer = world.developer("jane@example.com").await;
    let mut found = Found::default();
    for operation in served() {
        if operation.method != "GET" || !operation.is_paged() || !operation.documents("400") {
            continue;
        }
        let path = operation.filled(|_| PRODUCT);
        for query in ["page[size]=many", "page[size]=0", "page[number]=-1"] {
            let path = format!("{path}?{query}");
            let answer = developer.send("GET", &path, None).await;
            if answer.status != 404 {
                found.expect(&operation, 400, &answer);
            }
        }
    }
    found.end(20);
}
