//! Programs as their authors write them.

use std::sync::Arc;

use crate::support::{body, engine, execution, program, run, said};
use actions::{Command, Error, Level, Modules, Position, Program};
use serde_json::json;

#[tokio::test]
async fn effects_leave_as_commands_in_the_order_of_the_calls() {
    let program = program(
        r#"
        const claim = (metadata) => "https://example.com/" + metadata.konnect_portal_id;
        exports.onExecuteCredentialsExchange = async (event, api) => {
            await null;
            api.accessToken.setCustomClaim("portal", claim(event.client.metadata))
                .accessToken.setCustomClaim("n", { a: [1, undefined] });
            api.access.deny("invalid_scope");
        };"#,
    );
    let event = json!({ "client": { "metadata": { "konnect_portal_id": "p1" } } });
    let outcome = engine().run(execution(&program, event)).await;
    let command = |method: &str, arguments| Command {
        method: method.to_owned(),
        arguments,
    };
    assert_eq!(
        outcome.result.unwrap(),
        [
            command(
                "accessToken.setCustomClaim",
                vec![json!("portal"), json!("https://example.com/p1")]
            ),
            command(
                "accessToken.setCustomClaim",
                vec![json!("n"), json!({ "a": [1, null] })]
            ),
            command("access.deny", vec![json!("invalid_scope")]),
        ]
    );
}

#[tokio::test]
async fn the_event_is_read_only_and_carries_the_secrets() {
    let program = body(
        "event.client.name = 'changed'; event.added = 1;
         api.access.deny([event.client.name, event.added ?? null, event.secrets.KEY]);",
    );
    let mut execution = execution(&program, json!({ "client": { "name": "kept" } }));
    execution
        .secrets
        .insert("KEY".to_owned(), "s3cret".to_owned());
    let outcome = engine().run(execution).await;
    assert_eq!(said(&outcome), json!([["kept", null, "s3cret"]]));
}

#[tokio::test]
async fn executions_share_nothing() {
    let engine = engine();
    let program = program(
        "globalThis.seen = (globalThis.seen ?? 0) + 1;
         if (Object.prototype.polluted) throw new Error('polluted');
         Object.prototype.polluted = true;
         Array.prototype.map = JSON.stringify = Promise.prototype.then = () => { throw new Error('tampered'); };
         exports.onExecuteCredentialsExchange = (e, api) => { api.access.deny(seen); };",
    );
    for _ in 0..20 {
        let outcome = engine.run(execution(&program, json!({}))).await;
        assert_eq!(said(&outcome), json!([1]));
    }
}

#[tokio::test]
async fn a_throw_names_its_place_in_the_file() {
    let program = program(
        "exports.onExecuteCredentialsExchange = async (event) => {\n  await null;\n  throw new TypeError('no portal');\n};",
    );
    let error = engine()
        .run(execution(&program, json!({})))
        .await
        .result
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "action.js threw TypeError: no portal (line 3, column 13: throw new TypeError('no portal');)"
    );
    let error = run("const x = {}; x.y.z;").await.result.unwrap_err();
    let Some(Position { line, column, .. }) = error.position() else {
        panic!("{error}")
    };
    assert_eq!((*line, *column > 60), (1, true), "{error}");
    let outcome = run("throw 'text';").await;
    assert_eq!(
        outcome.result.unwrap_err().to_string(),
        "action.js threw text"
    );
}

#[test]
fn what_does_not_parse_names_its_place() {
    let error = Program::compile(
        "action.js",
        "const a = 1;\n  const = 2;",
        Modules::default(),
    );
    assert_eq!(
        error.unwrap_err().position(),
        Some(&Position {
            line: 2,
            column: 9,
            source: "const = 2;".to_owned()
        })
    );
    let error = Program::compile("action.js", "const = 2;", Modules::default()).unwrap_err();
    assert_eq!(error.position().map(|at| at.column), Some(7), "{error}");
}

#[test]
fn code_has_a_largest_size() {
    let source = " ".repeat(Program::LARGEST_SOURCE);
    assert!(Program::compile("action.js", &source, Modules::default()).is_ok());
    let error = Program::compile("action.js", &(source + " "), Modules::default());
    assert!(matches!(error, Err(Error::TooLarge { .. })));
}

#[tokio::test]
async fn a_missing_handler_is_named() {
    let outcome = engine()
        .run(execution(&program("exports.other = 1"), json!({})))
        .await;
    assert!(matches!(outcome.result, Err(Error::NoHandler { .. })));
}

#[tokio::test]
async fn the_console_has_levels() {
    let outcome = run("console.log('a', 1); console.error('b'); console.debug('c')").await;
    let lines: Vec<_> = outcome
        .console
        .iter()
        .map(|line| (line.level, line.text.as_str()))
        .collect();
    assert_eq!(
        lines,
        [
            (Level::Log, "a 1"),
            (Level::Error, "b"),
            (Level::Debug, "c")
        ]
    );
    assert!(outcome.memory > 10_000, "{}", outcome.memory);
}

#[tokio::test]
async fn timers_run_in_their_order_and_as_often_as_asked() {
    let outcome = run("const seen = [];
         await new Promise((done) => {
             let times = 0;
             setTimeout((x) => seen.push(x), 5, 'late');
             setImmediate(() => seen.push('now'));
             const gone = setTimeout(() => seen.push('never'), 1);
             clearTimeout(gone);
             queueMicrotask(() => seen.push('micro'));
             const each = setInterval(() => {
                 times += 1;
                 if (times === 3) { clearInterval(each); done(); }
             }, 4);
         });
         api.access.deny(seen);")
    .await;
    assert_eq!(said(&outcome), json!([["micro", "now", "late"]]));
}

#[tokio::test]
async fn engines_are_shared_by_copies() {
    let engine = engine();
    let program = body("api.access.deny(1)");
    let runs = (0..4).map(|_| {
        let (engine, program) = (engine.clone(), Arc::clone(&program));
        async move { engine.run(execution(&program, json!({}))).await }
    });
    for outcome in futures_util::future::join_all(runs).await {
        assert_eq!(said(&outcome), json!([1]));
    }
}
