//! Every example in docs/ACTIONS-RUNTIME.md runs.

use actions::{Engine, Program, Settings};
use serde_json::json;

use crate::packages::tenant;
use crate::registry::real;
use crate::support::{execution, settings};

const PAGE: &str = include_str!("../../../../docs/ACTIONS-RUNTIME.md");

#[tokio::test]
async fn every_example_runs() {
    let modules = real(&["axios", "jsonwebtoken", "lodash", "uuid"]).await;
    let settings = Settings {
        egress: tenant(),
        ..settings()
    };
    let engine = Engine::start(settings).unwrap();
    let examples: Vec<_> = PAGE
        .split("```js\n")
        .skip(1)
        .filter_map(|rest| rest.split("\n```").next())
        .collect();
    assert!(examples.len() >= 5);
    for example in examples {
        let program = Program::compile("example.js", example, modules.clone()).unwrap();
        let event = json!({ "client": { "client_id": "c1" } });
        let outcome = engine.run(execution(&program.into(), event)).await;
        assert!(outcome.result.is_ok(), "{example}\n{:?}", outcome.result);
    }
}

#[test]
fn the_page_tells_the_limits_that_are_set() {
    let limits = actions::Limits::default();
    for text in [
        format!("{} MiB of JavaScript heap", limits.memory >> 20),
        format!("| stack | {} KiB", limits.stack >> 10),
        format!("{} KiB together", limits.output >> 10),
        format!(
            "{} requests open at a time, {} MiB a body",
            limits.requests,
            limits.response >> 20
        ),
        "8,192 characters".to_owned(),
    ] {
        assert!(PAGE.contains(&text), "{text}");
    }
    assert_eq!(limits.console, 8192);
}
