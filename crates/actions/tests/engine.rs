//! Scripts as their authors write them, and as attackers do.

use std::sync::Arc;
use std::time::Duration;

use actions::{Command, Engine, Error, Limits, Outcome, Script, Settings};
use serde_json::{Value, json};

fn engine() -> Engine {
    engine_with(Limits {
        time: Duration::from_millis(300),
        ..Limits::default()
    })
}

fn engine_with(limits: Limits) -> Engine {
    Engine::start(Settings {
        threads: 2,
        queue: 8,
        limits,
    })
    .expect("threads")
}

fn script(source: &str) -> Arc<Script> {
    Arc::new(Script {
        name: "action.js".to_owned(),
        source: source.to_owned(),
        handler: "onExecuteCredentialsExchange".to_owned(),
        api: vec![
            "access.deny".to_owned(),
            "accessToken.setCustomClaim".to_owned(),
        ],
    })
}

async fn run(source: &str, event: Value) -> Outcome {
    engine().run(script(source), &event).await
}

/// Runs the body of a handler.
async fn handle(body: &str) -> Outcome {
    let source =
        format!("exports.onExecuteCredentialsExchange = async (event, api) => {{{body}\n}}");
    run(&source, json!({})).await
}

#[tokio::test]
async fn effects_leave_as_commands_in_the_order_of_the_calls() {
    let outcome = run(
        r#"
        const claim = (metadata) => "https://example.com/" + metadata.konnect_portal_id;
        exports.onExecuteCredentialsExchange = async (event, api) => {
            console.log("client", event.client, 1, undefined);
            await null;
            api.accessToken.setCustomClaim("portal", claim(event.client.metadata))
                .accessToken.setCustomClaim("n", { a: [1, undefined] });
            api.access.deny("invalid_scope");
        };"#,
        json!({ "client": { "metadata": { "konnect_portal_id": "p1" } } }),
    )
    .await;
    assert_eq!(
        outcome.result.unwrap(),
        [
            Command {
                method: "accessToken.setCustomClaim".to_owned(),
                arguments: vec![json!("portal"), json!("https://example.com/p1")],
            },
            Command {
                method: "accessToken.setCustomClaim".to_owned(),
                arguments: vec![json!("n"), json!({ "a": [1, null] })],
            },
            Command {
                method: "access.deny".to_owned(),
                arguments: vec![json!("invalid_scope")],
            },
        ]
    );
    assert_eq!(
        outcome.console,
        r#"client {"metadata":{"konnect_portal_id":"p1"}} 1 undefined"#
    );
}

#[tokio::test]
async fn the_event_is_read_only_and_nothing_of_a_host_is_there() {
    let outcome = run(
        r#"
        module.exports = { onExecuteCredentialsExchange(event, api) {
            event.client.name = "changed";
            for (const name of ["require", "process", "fetch", "setTimeout", "std", "os", "print"]) {
                if (name in globalThis) throw new Error(name + " is there");
            }
            api.access.deny(event.client.name);
        } }"#,
        json!({ "client": { "name": "kept" } }),
    )
    .await;
    assert_eq!(outcome.result.unwrap()[0].arguments, [json!("kept")]);
}

#[tokio::test]
async fn executions_share_nothing() {
    let engine = engine();
    let source = script(
        "globalThis.seen = (globalThis.seen ?? 0) + 1;
         Object.prototype.polluted = true;
         exports.onExecuteCredentialsExchange = async (e, api) => { api.access.deny(seen); };",
    );
    for _ in 0..5 {
        let outcome = engine.run(Arc::clone(&source), &json!({})).await;
        assert_eq!(outcome.result.unwrap()[0].arguments, [json!(1)]);
    }
}

#[tokio::test]
async fn every_way_to_run_for_ever_is_stopped() {
    for body in [
        "while (true) {}",
        "for (;;) { try { while (true) {} } catch {} finally { for (;;) {} } }",
        "for (;;) await null;",
        "const again = () => { Promise.resolve().then(again); }; again(); await new Promise(() => {});",
        "/(a+)+$/.test('a'.repeat(200) + 'b');",
        "Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1);",
        "throw { get message() { while (true) {} }, toString() { while (true) {} } };",
    ] {
        let outcome = handle(body).await;
        assert!(
            matches!(outcome.result, Err(Error::TimedOut { .. })),
            "{body}: {:?}",
            outcome.result
        );
        assert!(outcome.elapsed < Duration::from_secs(2), "{body}");
    }
}

#[tokio::test]
async fn a_loop_outside_the_handler_is_stopped_too() {
    let outcome = run("while (true) {}", json!({})).await;
    assert!(matches!(outcome.result, Err(Error::TimedOut { .. })));
}

#[tokio::test]
async fn a_promise_that_nothing_settles_is_named_at_once() {
    let outcome = handle("await new Promise(() => {});").await;
    assert!(matches!(outcome.result, Err(Error::NeverSettles { .. })));
    assert!(outcome.elapsed < Duration::from_millis(200));
}

#[tokio::test]
async fn a_memory_bomb_ends_the_script_and_not_the_process() {
    for body in [
        "const all = []; for (;;) all.push(new Array(1000).fill(1));",
        "new ArrayBuffer(1 << 30);",
        "let s = 'x'; for (;;) s += s + 'y'.repeat(1e6);",
    ] {
        let outcome = handle(body).await;
        let Err(error) = outcome.result else {
            panic!("{body} went through")
        };
        // A string has a maximal length below the memory limit's reach; that is an error as well.
        assert!(
            matches!(error, Error::OutOfMemory { .. } | Error::Threw { .. }),
            "{body}: {error}"
        );
    }
}

#[tokio::test]
async fn deep_recursion_is_an_error_of_the_script() {
    let outcome = handle("const f = () => f() + 1; f();").await;
    let Err(Error::Threw { message, .. }) = outcome.result else {
        panic!("{:?}", outcome.result)
    };
    assert!(message.starts_with("RangeError"), "{message}");
}

#[tokio::test]
async fn a_throw_names_its_line() {
    let outcome = run(
        "exports.onExecuteCredentialsExchange = async (event) => {\n  await null;\n  throw new TypeError('no portal');\n};",
        json!({}),
    )
    .await;
    let error = outcome.result.unwrap_err();
    assert_eq!(
        error.to_string(),
        "action.js threw TypeError: no portal (line 3)"
    );
    let outcome = handle("throw 'text';").await;
    assert_eq!(
        outcome.result.unwrap_err().to_string(),
        "action.js threw text"
    );
}

#[tokio::test]
async fn what_does_not_parse_names_its_line() {
    let outcome = run("const a = 1;\nconst = 2;", json!({})).await;
    let Err(Error::Syntax { line, .. }) = outcome.result else {
        panic!("{:?}", outcome.result)
    };
    assert_eq!(line, Some(2));
}

#[tokio::test]
async fn a_missing_handler_is_named() {
    let outcome = run("exports.other = 1", json!({})).await;
    assert!(matches!(outcome.result, Err(Error::NoHandler { .. })));
}

#[tokio::test]
async fn too_much_output_ends_the_script_even_if_it_catches_the_error() {
    let outcome = handle("for (;;) { try { api.access.deny('x'.repeat(1000)); } catch {} }").await;
    assert!(matches!(outcome.result, Err(Error::TooMuchOutput { .. })));
    let outcome = handle("for (let i = 0; i < 100; i++) console.log('line ' + i);").await;
    assert!(outcome.result.is_ok());
    assert!(outcome.console.chars().count() <= 256);
    assert!(outcome.console.starts_with("line 0\nline 1\n"));
}

#[tokio::test]
async fn more_than_threads_and_queue_can_hold_is_refused() {
    let engine = Engine::start(Settings {
        threads: 1,
        queue: 1,
        limits: Limits {
            time: Duration::from_millis(300),
            ..Limits::default()
        },
    })
    .unwrap();
    let source = script("while (true) {}");
    let runs = (0..8).map(|_| {
        let (engine, source) = (engine.clone(), Arc::clone(&source));
        async move { engine.run(source, &json!({})).await.result }
    });
    let results = futures_util::future::join_all(runs).await;
    assert!(results.contains(&Err(Error::Busy)));
    // And it goes on working.
    let outcome = engine
        .run(
            script("exports.onExecuteCredentialsExchange = () => {}"),
            &json!({}),
        )
        .await;
    assert_eq!(outcome.result, Ok(Vec::new()));
}
